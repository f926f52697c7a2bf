#!/usr/bin/env bats
# When it starts workers, and when it stops.
load helper

@test "par-run: --stop-on failures=N finishes what runs, and says so" {
	run --separate-stderr -4 par-run -n 1 --stop-on failures=2 sh -c '
		[ "$1" -lt 3 ] && echo "$1"' _ {} ::: 1 3 2 4 5 6
	[ "$output" = $'1\n2' ]
	[[ $stderr == 'par-run: 3: exited with status 1
par-run: 4: exited with status 1
par-run: --stop-on failures=2: 2 records failed; what runs is finished
par-run: stopped early: 2 records were read and not delivered'* ]]
}

@test "par-run: --stop-on failures=P% waits for 20 records, or as many as it says" {
	run --separate-stderr -4 par-run -n 1 --stop-on failures=10% test {} -lt 18 \
		::: 99 {1..30}
	grep -q -- '--stop-on failures=10%: 3 of 20 records failed' <<<"$stderr"
	run --separate-stderr -4 par-run -n 1 --stop-on failures=10%/1 test {} -lt 18 ::: 99 {1..30}
	grep -q -- '--stop-on failures=10%: 1 of 1 record failed' <<<"$stderr"
	run --separate-stderr -1 par-run -n 1 --stop-on failures=10% test {} -gt 1 ::: {1..40}
}

@test "par-run: --stop-on success=1 ends with status 0, whatever failed" {
	run --separate-stderr -0 par-run -n 1 --stop-on success=1 grep -Fx c {} ::: a b <(echo c) d
	[ "$output" = c ]
	grep -q -- '--stop-on success=1: 1 record done; what runs is finished' <<<"$stderr"
	grep -q 'stopped early: 1 record was' <<<"$stderr"
}

@test "par-run: --stop-on with now ends what runs" {
	mkfifo never
	run --separate-stderr -0 par-run -n 3 --stop-on success=1,now sh -c '
		[ "$1" = 2 ] && echo "$1" && exit
		read x <never' _ {} ::: 1 2 3 4
	[ "$output" = 2 ]
	grep -q -- '--stop-on success=1: 1 record done; what runs is ended' <<<"$stderr"
	grep -q 'stopped early: 3 records' <<<"$stderr"
	run --separate-stderr -4 par-run -n 3 --stop-on failures=1,now sh -c '
		[ "$1" != 2 ] && read x <never' _ {} ::: 1 2 3 4
	grep -q -- '--stop-on failures=1: 1 record failed; what runs is ended' <<<"$stderr"
}

@test "par-run: --stop-on with now: what was done comes out whole, however slow the reader" {
	mkfifo fifo
	{ eventually grep -q -- '--stop-on success=1: ' err && cat >out; } <fifo 3>&- &
	par-run -n 2 --stop-on now,success=1 \
		sh -c 'head -c 3000000 /dev/zero | tr "\0" "$1"; echo' _ {} ::: a b c d 2>err >fifo
	wait "$!"
	[ "$(tr -s a-d <out | tr -d 'a-d\n' | wc -c)" = 0 ]
	(($(wc -l <out) >= 1 && $(wc -c <out) == 3000001 * $(wc -l <out)))
	# but for a signal, which says so
	mkfifo stuck
	exec {stuck}<>stuck
	par-run -n 1 --stop-on now,success=1 sh -c 'yes | head -c 3000000' _ {} ::: a \
		2>err.2 >stuck 3>&- &
	pid=$!
	eventually grep -q -- '--stop-on success=1: ' err.2
	kill "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 4 ]
	exec {stuck}>&-
}

@test "par-run: --stop-on counts for stages, --map, blocks and hosts" {
	local how

	printf '%s\n' x {1..90} >in
	for how in par-fib '--host :1 par-fib' '-N 1 par-fib' '-b 2 -r 0 par-fib' \
		'--host :1 -N 1 -r 0 par-fib' '--host :1 par-fib'; do
		echo "$how"
		# shellcheck disable=SC2086
		run --separate-stderr -4 par-run -r 0 -n 1 --stop-on failures=1 $how <in
		grep -q -- '--stop-on failures=1: 1 record failed' <<<"$stderr"
	done
	run --separate-stderr -0 par-run -n 1 --map --stop-on success=1 sed -u p\;d <in
	grep -qE -- '--stop-on success=1: [0-9]+ records? done' <<<"$stderr"
	run --separate-stderr -2 par-run --stop-on failures=1 cat <<<x
	[ "$stderr" = 'par-run: --stop-on: cat is not a native stage; see --map' ]
}

@test "par-run: a run that --stop-on has ended goes on by --checkpoint, and counts anew" {
	local status i

	printf '%s\n' 1 x 3 y 5 >in
	for i in 4 4 0; do
		status=0
		par-run -n 1 -q bad --checkpoint state -o out --stop-on failures=1 -k \
			sh -c 'test "$1" -gt 0 && echo "$1"' _ {} <in 2>err || status=$?
		[ "$status" = "$i" ] || [ "$i$status" = 01 ]
	done
	[ "$(cat out)" = $'1\n3\n5' ]
	[ "$(cut -f1 bad)" = $'x\ny' ]
}

@test "par-run: --stop-on is refused where it can mean nothing" {
	local list

	for list in now failures=0 failures=0% failures=1x success= 'success=1,' ''; do
		run --separate-stderr -2 par-run --stop-on "$list" true {}
	done
	run --separate-stderr -2 par-run -k --stop-on success=1,now true {}
	run --separate-stderr -2 par-run --serve --stop-on failures=1 true {}
	run --separate-stderr -3 par-run -n 1 par-run --stop-on failures=1 par-fib <<<1
	grep -q -- '--stop-on: not as a stage of another par-run' <<<"$stderr"
}

@test "par-run: --env-per-worker gives each worker its value, here and on hosts" {
	local how

	mkfifo a b
	for how in '' '--host :'; do
		# each of two is there before the other ends
		# shellcheck disable=SC2086,SC2016
		par-run -k --env-per-worker GPU=0,1 --env-per-worker 'P=x\,y,z' $how sh -c '
			[ "$1" = 1 ] && { echo >a; read x <b; } || { read x <a; echo >b; }
			echo "$PAR_WORKERS $PAR_WORKER $GPU $P"' _ {} ::: 1 2 >out
		[ "$(sort out)" = $'2 1 0 x,y\n2 2 1 z' ]
	done
	seq 9 | par-run -n 1 --env-per-worker GPU=7,8 par-run -I '' --map sh -c 'sed "s/.*/$GPU/"' |
		sort -u | cmp - <(echo 7)
}

@test "par-run: a worker in place of another has its value of --env-per-worker" {
	# shellcheck disable=SC2016
	seq 3 | par-run -n 1 -r 5 --map --env-per-worker GPU=a,b sh -c '
		[ -e died ] || { : >died; kill -9 $$; }; sed "s/^/$GPU /"' 2>err | cmp - <(printf 'a %d\n' 1 2 3)
	[ -s err ]
}

@test "par-run: --env-per-worker refuses more workers than values" {
	run --separate-stderr -2 par-run -n 3 --env-per-worker A=1,2 true {}
	[[ $stderr == *'--env-per-worker has fewer values than there are workers'* ]]
	run --separate-stderr -2 par-run --host :3 --env-per-worker A=1,2 true {}
	[[ $stderr == *':3: --env-per-worker has fewer values than there are workers'* ]]
	run --separate-stderr -2 par-run --env-per-worker PAR_ID=1 true {}
	mkfifo in
	par-run --control ctl --env-per-worker A=1,2 cat <in 2>err >out 3>&- &
	run_id=$!
	BACKGROUND+=("$run_id")
	exec {to}>in
	eventually test -p ctl
	echo workers 3 >ctl
	eventually grep -q 'workers 3: --env-per-worker has fewer values' err
	exec {to}>&-
	wait "$run_id"
}

# A command that has so many MiB of memory, and waits for a line from go if that is much.
large() {
	cat >large <<-'EOF'
		#!/usr/bin/env python3
		import sys
		size = int(sys.argv[1])
		memory = bytearray(size << 20)
		for at in range(0, len(memory), 4096):
		    memory[at] = 1
		if size >= 100:
		    open("go").readline()
		print(size)
	EOF
	chmod +x large
}

@test "par-run: --admit memory kills the largest, and has it done alone, for no try" {
	large
	mkfifo go
	# shellcheck disable=SC2034 # used by what eventually runs
	exec {go}<>go
	# neither ends by itself: 150 is killed, or 160, and the other ends when it may
	background par-run -n 2 --log log --admit memory=250M ./large {} ::: 150 160 >out 2>err
	run_id=$!
	eventually grep -q 'killed, as the largest of 2 that have more memory' err
	eventually eval 'echo >&"$go"; [ "$(wc -l <out)" = 2 ]'
	wait "$run_id"
	[ "$(sort out)" = $'150\n160' ]
	[ "$(cut -f7,8 log | sort -u)" = $'1\tdone\ntries\tstatus' ]
}

@test "par-run: --admit memory gives up what needs more alone, by name" {
	large
	mkfifo go
	run --separate-stderr -1 par-run -n 2 --admit memory=80M ./large {} ::: 5 200 6
	[ "$(sort <<<"$output")" = $'5\n6' ]
	[[ $stderr == *'par-run: 200: needs more than 80M of memory' ]]
	run --separate-stderr -1 par-run --host :2 --admit memory=80M ./large {} ::: 5 200 6
	[ "$(sort <<<"$output")" = $'5\n6' ]
	[[ $stderr == *'par-run: 200: needs more than 80M of memory' ]]
}

@test "par-run: --admit starts one at a time where nothing more fits, and control changes it" {
	mkfifo gate
	exec {gate}<>gate
	background par-run -n 4 --control ctl --admit load=0.001 sh -c '
		echo "$1" >>begun; read x <gate; echo "$1"' _ {} ::: 1 2 3 4 >out 2>err
	run_id=$!
	eventually test -s begun
	echo help >ctl
	eventually grep -q 'show this' err
	[ "$(wc -l <begun)" = 1 ]
	echo admit load=2x >ctl
	eventually grep -q 'admit load=2x: load: not a number above 0' err
	echo admit load=none >ctl
	eventually eval '[ "$(wc -l <begun)" = 4 ]'
	printf '\n\n\n\n' >&"$gate"
	wait "$run_id"
}

@test "par-run: --admit pressure starts one at a time while others wait for processors" {
	local spinners=() n

	[ -r /proc/pressure/cpu ] || skip 'this system does not tell of pressure'
	touch spin
	for ((n = 0; n < 2 * $(nproc --all); n++)); do
		sh -c 'while [ -e spin ]; do :; done' 3>&- &
		spinners+=($!)
	done
	mkfifo gate
	exec {gate}<>gate
	background par-run -n 3 --control ctl --admit pressure=0.001% sh -c '
		echo "$1" >>begun; read x <gate; echo "$1"' _ {} ::: 1 2 3 >out 2>err
	run_id=$!
	eventually test -s begun
	# it looks on, and says no
	answered() { for n in 1 2 3; do echo help; done >ctl; grep -q 'show this' err; }
	eventually answered
	[ "$(wc -l <begun)" = 1 ]
	echo admit pressure=10 >ctl
	eventually grep -q 'admit pressure=10: pressure: not a part up to 100%' err
	echo admit pressure=none >ctl
	eventually eval '[ "$(wc -l <begun)" = 3 ]'
	printf '\n\n\n' >&"$gate"
	wait "$run_id"
	rm spin
	wait "${spinners[@]}"
	# where there is room all of them come, one after the other
	background par-run -n 3 --admit pressure=100% sh -c '
		echo "$1" >>begun.2; read x <gate; echo "$1"' _ {} ::: 1 2 3 >out
	run_id=$!
	eventually eval '[ "$(wc -l <begun.2)" = 3 ]'
	printf '\n\n\n' >&"$gate"
	wait "$run_id"
	[ "$(sort out)" = $'1\n2\n3' ]
}

@test "par-run: --admit pressure is refused by name where the system does not tell" {
	[ "$UID" = 0 ] || skip 'needs a file system of its own'
	unshare -m true || skip 'no file system of its own here'
	# shellcheck disable=SC2016
	run -3 --separate-stderr unshare -m bash -c 'mount -t tmpfs none /proc/pressure 2>/dev/null || mount -t tmpfs none /proc
		par-run --admit pressure=10% echo {} ::: a'
	[[ $stderr == 'par-run: --admit pressure: /proc/pressure: '@(No such file or directory|Function not implemented) ]]
	[ -z "$output" ]
}

@test "par-run: --admit starts" {
	local how

	for how in '-N 1 cat' 'echo {}' '-n 1 par-fib' 'cat' '--map cat' '--host :2 -N 1 cat'; do
		# shellcheck disable=SC2086
		seq 3 | par-run --admit starts=50/s $how | wc -l | grep -qx 3
	done
	# the second may be started an hour later
	background par-run -n 4 --admit starts=1/h sh -c 'echo "$1" >>begun' _ {} ::: 1 2 3
	run_id=$!
	eventually test -s begun
	kill "$run_id"
	wait "$run_id" || [ $? = 4 ]
	[ "$(wc -l <begun)" = 1 ]
}

# Each record of two fields, by the first one, writes itself to begun.
make_keyed() {
	cat >keyed <<-'EOF'
		#!/bin/sh
		exec par-run -n 3 --key 1 "$@" sh -c 'echo "$*" >>begun; echo "$*"' _ '{1}' '{2}'
	EOF
	chmod +x keyed
}

@test "par-run: --admit key holds back one key, and others go on" {
	make_keyed
	printf '%s\t%s\n' a 1 a 2 b 3 a 4 b 5 c 6 >in
	background ./keyed -i in --admit key=1/h --control ctl >out 2>err
	run_id=$!
	eventually eval '[ "$(wc -l <begun)" = 3 ]'
	[ "$(sort begun)" = $'a 1\nb 3\nc 6' ]
	echo admit key=none >ctl
	wait "$run_id"
	[ "$(sort out)" = "$(tr '\t' ' ' <in | sort)" ]
	# in the order of the input where that is asked for
	./keyed -k --admit key=100/s <in | cmp - <(tr '\t' ' ' <in)
}

@test "par-run: --admit key: what waits is counted when it ends, and goes on by a checkpoint" {
	make_keyed
	printf '%s\t%s\n' a 1 a 2 a 3 b 4 >in
	background ./keyed -i in --admit key=1/h --checkpoint state >>out 2>err
	run_id=$!
	eventually eval '[ "$(wc -l <out)" = 2 ]'
	kill "$run_id"
	wait "$run_id" || [ $? = 4 ]
	[ "$(cat err)" = 'par-run: stopped early: 2 records were read and not delivered' ]
	./keyed -i in --admit key=none --checkpoint state >>out
	[ "$(sort out)" = "$(tr '\t' ' ' <in | sort)" ]
}

@test "par-run: --admit key: tries are counted, and a record without the key is named" {
	local began=${EPOCHREALTIME/[.,]/}

	run --separate-stderr -1 bash -c "printf '%s\n' a b a | par-run -r 2 -k -n 3 --key 1 --admit key=20/s \
		sh -c 'echo \$1 >>begun; exit 1' _ '{}'"
	[ "$(sort begun | uniq -c | tr -s ' ')" = $' 6 a\n 3 b' ]
	# six take five twentieths of a second, or longer
	((${EPOCHREALTIME/[.,]/} - began >= 250000))
	make_keyed
	run --separate-stderr -1 bash -c 'echo a | ./keyed --admit key=20/s'
	[ "$stderr" = 'par-run: a: has no field 2' ]
	run --separate-stderr -1 bash -c "echo a | par-run --key 2 --admit key=20/s -N 1 cat"
	[ "$stderr" = 'par-run: a: lacks the field that is the key' ]
	[ "$(printf 'a\t1\n' | par-run --key 1 --admit key=1/h --dry-run echo '{2}' '{1}')" = 'echo 1 a' ]
}

@test "par-run: --admit is refused where it can mean nothing" {
	local list

	for list in load=0 memory=x starts=3 load '' key=1; do
		run --separate-stderr -2 par-run --admit "$list" true {}
	done
	run --separate-stderr -2 par-run --admit key=1/s echo '{}'
	[[ $stderr == 'par-run: --admit key needs --key FIELD, or --key host: which key is it?'* ]]
	for list in cat '--map cat' '-N 2 cat' '-b 1k cat' '-N 2 echo {}'; do
		# shellcheck disable=SC2086
		run --separate-stderr -2 par-run --key 1 --admit key=1/s $list
		[[ $stderr == 'par-run: --admit key needs {} or -N 1'* ]]
	done
	run --separate-stderr -2 par-run --admit memory=1G --map cat
	[[ $stderr == 'par-run: --admit memory needs -b, -N or {}'* ]]
}

@test "par-run: -n auto has more workers where that gets more done" {
	local list

	mapfile -t list < <(yes 0.02 | head -n 20000)
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nsleep $1; echo $PAR_WORKERS\n' >waits # slow
	chmod +x waits
	background par-run --control ctl -n auto ./waits {} ::: "${list[@]}" >out 2>err
	run_id=$!
	eventually awk -v least="$(nproc)" '$1 > least { more = 1 } END { exit !more }' out
	echo workers 1 >ctl
	eventually eval '[ "$(tail -n 1 out)" = 1 ]'
	echo workers auto >ctl
	eventually eval '(( $(tail -n 1 out) > 1 ))'
	kill "$run_id"
	wait "$run_id" || [ $? = 4 ]
}

@test "par-run: -n auto is refused, or left to hosts, where it has to be" {
	run --separate-stderr -2 par-run -n auto cat <<<x
	[ "$stderr" = 'par-run: -n auto: cat is not a native stage; see --map' ]
	run --separate-stderr -2 par-run -n autox cat
	[[ $stderr == *'--workers: autox: not a number'* ]]
	run --separate-stderr -2 par-run -n 4097 cat
	[[ $stderr == *'--workers: 4097: out of range: 1 to 4096'* ]]
	[ "$(seq 9 | par-run -k --host : -n auto --map cat)" = "$(seq 9)" ]
	[ "$(seq 9 | par-run -k -n auto --env-per-worker A=1 --map sed p\;d)" = "$(seq 9)" ]
}
