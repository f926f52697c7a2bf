#!/usr/bin/env bats
# shellcheck disable=SC2094 # inputs are compared with what comes out of pipelines
load helper
# shellcheck source=tests/aid/filters.bash
source "$BATS_TEST_DIRNAME/aid/filters.bash"

# Each input number comes out once as the first field.
each_once() { # FROM TO FILE
	cut -f1 "$3" | sort -n | cmp - <(seq "$1" "$2")
}

# A native stage that dies of SIGKILL at a given record: with the line after it
# not read, and what it wrote not acknowledged.
make_killer() {
	cat >killer.sh <<-'EOF'
		#!/bin/bash
		fd=${PAR_STAGE%:*}
		echo 'par-stage 1' >&"$fd"
		i=0
		while IFS= read -r n; do
			echo "$n"
			if [[ $n == "$POISON" && ( -z $ONCE || ! -e $ONCE ) ]]; then
				[[ -z $ONCE ]] || : >"$ONCE"
				kill -9 $$
			fi
			echo "$i $((${#n} + 1)) ok" >&"$fd"
			i=$((i + 1))
		done
	EOF
	chmod +x killer.sh
}

@test "par-run: plain commands share the input, records stay whole" {
	seq 200000 >in
	par-run -n 3 cat <in >out
	sort -n out | cmp - in
}

@test "par-run: native stages share the input" {
	seq 0 5000 >in
	par-run -n 3 par-fib <in >out
	each_once 0 5000 out
	sort -n out | cmp - <(par-fib <in)
}

@test "par-run: -k restores the order of the input" {
	seq 0 5000 >in
	par-run -k -n 3 par-fib <in | cmp - <(par-fib <in)
}

@test "par-run: -k with stages that finish out of order, and write none or many" {
	cat >odd.py <<-'EOF'
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "w")
		print("par-stage 1 window=8 jobs=8", file=words, flush=True)
		wait = []
		def finish(index, n):
		    out = "".join("%d.%d\n" % (n, i) for i in range(n % 3))
		    sys.stdout.write(out)
		    sys.stdout.flush()
		    print(index, len(out), "ok", file=words, flush=True)
		for index, line in enumerate(iter(sys.stdin.readline, "")):
		    wait.append((index, int(line)))
		    if len(wait) == 4:
		        while wait:
		            finish(*wait.pop())
		while wait:
		    finish(*wait.pop())
	EOF
	# It holds records back until it has four of them, or its input ends.
	seq 1001 | par-run -k -n 2 python3 odd.py >out
	seq 1001 | awk '{ for (i = 0; i < $1 % 3; i++) print $1 "." i }' | cmp - out
}

@test "par-run: -k needs a native stage" {
	run -2 par-run -k cat <<<1
	[ "$output" = 'par-run: -k: cat is not a native stage; see --map' ]
}

@test "par-run: an empty input, a missing last newline, bytes 0 to 255" {
	run -0 par-run -n 2 cat </dev/null
	[ -z "$output" ]
	printf 'a\nb' | par-run -n 2 cat | sort | cmp - <(printf 'a\nb\n')
	LC_ALL=C awk 'BEGIN { for (i = 0; i < 256; i++) printf "%c", i; print "" }' >bytes
	par-run -n 1 cat <bytes | cmp - bytes
	par-run -n 1 "$ROOT/examples/stage.py" <bytes >out
	[ "$(wc -l <out)" = "$(wc -l <bytes)" ]
}

@test "par-run: a last record with no newline of a worker gets one" {
	seq 4 | par-run -n 4 sh -c 'printf %s "$(cat)"' | sort | cmp - <(seq 4)
}

@test "par-run: a record of 50 MB, plain and native" {
	head -c 50000000 /dev/zero | tr '\0' x >in
	echo >>in
	echo short >>in
	par-run -n 2 cat <in | sort | cmp - <(sort in)
	par-run -n 2 python3 "$ROOT/examples/stage.py" <in | cut -f2 | sort -n |
	    cmp - <(printf '5\n50000000\n')
}

@test "par-run: a record over the limit is named, the others go on" {
	{ echo one; head -c 1000000 /dev/zero | tr '\0' x; echo; echo two; } >in
	run -1 --separate-stderr par-run -n 1 --max-record 1000 cat <in
	[ "${lines[*]}" = "one two" ]
	[[ $stderr == *'record 2 at byte 4 is longer than 1000 bytes; see --max-record' ]]
	printf 'aaaa\nb\ncccc\ndd\n' >in
	run -1 --separate-stderr par-run -n 1 --max-record 2 cat <in
	[ "${lines[*]}" = "b dd" ]
	[[ ${stderr_lines[0]} == 'par-run: aaaa: record 1 at byte 0 is longer than 2 bytes; see --max-record' ]]
	[[ ${stderr_lines[1]} == 'par-run: cccc: record 3 at byte 7 is longer than 2 bytes; see --max-record' ]]
}

@test "par-run drops nothing of a worker after one that died within a too long output" {
	cat >stage.sh <<-'EOF'
		if mkdir once 2>/dev/null; then
			read -r _
			printf 'longer than a record may be'
			exit 3
		fi
		cat
	EOF
	# Its pipe does not hold all.
	run -1 --separate-stderr par-run -n 1 --max-record 9 sh stage.sh < <(seq 50000)
	same - <(seq 2 50000) <<<"$output"
}

@test "par-run: what a worker that died has not read goes to the next one, of a few records, too" {
	echo 'if mkdir once 2>/dev/null; then read -r _; exit 3; fi; cat' >stage.sh
	run -1 --separate-stderr par-run -n 1 sh stage.sh < <(seq 6)
	[ "$output" = $'2\n3\n4\n5\n6' ]
	[[ $stderr == *'what became of the 1 record that it had is not known' ]]
}

@test "par-run: a full disk is an error, never silence" {
	for command in cat par-fib; do
		run -3 bash -c "seq 9 | par-run $command >/dev/full"
		[[ $output == *'standard output: No space left on device'* ]]
	done
}

@test "par-run: a reader that leaves ends it at once, without a word" {
	for command in cat par-fib "sh -c cat;cat"; do
		# shellcheck disable=SC2086
		{ yes 7 | par-run $command 2>err || echo "${PIPESTATUS[1]}" >status; } | head -n 1 >/dev/null
		eventually test -s status
		[ "$(cat status)" = 141 ]
		[ ! -s err ]
		rm status
	done
	mkfifo in
	{ par-run cat <in || echo $? >status; } 3>&- | true 3>&- &
	exec {to}>in
	eventually test -s status # with nothing ever written
	[ "$(cat status)" = 141 ]
	exec {to}>&-
}

@test "par-run: a command that is not there, or cannot be run" {
	run -127 par-run ./nosuch <<<1
	[[ $output == 'par-run: ./nosuch: No such file or directory' ]]
	: >file
	run -126 par-run ./file <<<1
	[[ $output == 'par-run: ./file: Permission denied' ]]
}

@test "par-run: misuse" {
	run -2 par-run
	run -2 par-run -n 0 cat
	run -2 par-run -n x cat
	run -2 par-run --nosuch cat
	run -0 par-run --help
	run -0 par-run --version
}

@test "par-run: a command's own options are its own" {
	run -0 par-run -n 1 grep -n 2 < <(seq 3)
	[ "$output" = 2:2 ]
}

@test "par-run: PAR_WORKER and PAR_WORKERS" {
	# shellcheck disable=SC2016
	par-run -n 3 sh -c 'cat >/dev/null; echo $PAR_WORKER of $PAR_WORKERS' <<<x |
	    sort | cmp - <(printf '%s of 3\n' 1 2 3)
}

@test "par-run: as many workers as processors that it may use" {
	# shellcheck disable=SC2016
	taskset -c 0 par-run sh -c 'cat; echo $PAR_WORKERS' </dev/null | cmp - <(echo 1)
}

@test "par-run: a worker killed in the middle loses nothing and doubles nothing" {
	make_killer
	seq 3000 >in
	POISON=1234 ONCE=$PWD/once par-run -n 2 ./killer.sh <in >out 2>err
	each_once 1 3000 out
	grep -qE 'killed by signal 9 [(]Killed[)]; [0-9]+ records? sent again' err
}

@test "par-run: -k with a worker killed in the middle" {
	make_killer
	seq 3000 >in
	POISON=1234 ONCE=$PWD/once par-run -k -n 2 ./killer.sh <in 2>/dev/null | cmp - in
}

@test "par-run: a record that kills workers is found, named and passed over" {
	make_killer
	seq 3000 >in
	for order in '' -k; do
		POISON=1234 run -1 --separate-stderr par-run $order -n 2 ./killer.sh <in
		sort -n <<<"$output" | cmp - <(grep -vx 1234 in)
		[[ $stderr == *'par-run: 1234: worker killed by signal 9 (Killed)'* ]]
		[ "$(grep -c 'par-run: [0-9]*: ' <<<"$stderr")" = 1 ]
	done
}

@test "par-run: kill -9 of shell and Python stages" {
	no_leak_check
	seq 1 3000 >in
	for stage in stage.sh stage.py; do
		par-run -n 3 "$ROOT/examples/$stage" <in >out 2>err 3>&- &
		pid=$!
		kills=0
		while kill -0 "$pid" 2>/dev/null && ((kills < 5)); do
			mapfile -t workers < <(pgrep -P "$pid")
			((${#workers[@]} == 0)) && continue
			kill -9 "${workers[RANDOM % ${#workers[@]}]}" 2>/dev/null && kills=$((kills + 1))
			read -r -t 0.05 <> <(:) || true
		done
		wait "$pid"
		each_once 1 3000 out
	done
}

@test "par-run: a plain worker that dies is reported with what it had" {
	# Two workers read a record each and die, once each; then all goes well.
	# shellcheck disable=SC2016
	run -1 --separate-stderr par-run -n 2 sh -c \
	    'mkdir "died.$PAR_WORKER" || exec cat; read n; kill -9 $$' < <(seq 100)
	[ "${#lines[@]}" = 98 ]
	[ "$(grep -c 'killed by signal 9 (Killed); what became of the 1 record that it had is not known' <<<"$stderr")" = 2 ]
}

@test "par-run: workers that only die end the run" {
	# shellcheck disable=SC2016
	run -3 --separate-stderr par-run -n 2 sh -c 'kill -9 $$' < <(seq 100)
	[[ $stderr == *'11 workers in a row ended without finishing a record'* ]]
}

@test "par-run: a plain worker's exit status is told" {
	run -1 --separate-stderr par-run -n 1 sh -c 'cat; exit 7' < <(seq 3)
	[ "${#lines[@]}" = 3 ]
	[ "$stderr" = 'par-run: worker 1: exited with status 7, after 3 records' ]
}

@test "par-run: a worker that stops reading is not a crash" {
	seq 100000 >in
	run -0 --separate-stderr par-run -n 2 head -n 3 <in
	[ "${#lines[@]}" = 6 ]
	[ -z "$stderr" ]
}

@test "par-run: a stage may leave when it likes, others go on" {
	cat >five.sh <<-'EOF'
		#!/bin/bash
		echo 'par-stage 1' >&"${PAR_STAGE%:*}"
		for i in 0 1 2 3 4; do
			read -r n || exit 0
			echo "$n"
			echo "$i $((${#n} + 1)) ok" >&"${PAR_STAGE%:*}"
		done
	EOF
	chmod +x five.sh
	seq 100 | par-run -n 2 ./five.sh >out
	each_once 1 100 out
}

@test "par-run: retry is tried again, fail is not" {
	cat >moody.sh <<-'EOF'
		#!/bin/bash
		exec 9>&"${PAR_STAGE%:*}"
		echo 'par-stage 1' >&9
		i=0
		while read -r n; do
			echo "$n" >>tried
			case $n in
			2) if [ "$(grep -cx 2 tried)" -lt 2 ]; then
				echo dropped
				echo "$i 8 retry busy now" >&9
			else
				echo 2
				echo "$i 2 ok" >&9
			fi ;;
			3) echo "$i 0 retry never ready" >&9 ;;
			4) echo kept; echo "$i 5 fail no good" >&9 ;;
			*) echo "$n"; echo "$i 2 ok" >&9 ;;
			esac
			i=$((i + 1))
		done
	EOF
	chmod +x moody.sh
	run -1 --separate-stderr par-run -r 1 -n 1 ./moody.sh < <(seq 5)
	sort <<<"$output" | cmp - <(printf '1\n2\n5\nkept\n')
	sort <<<"$stderr" | cmp - <(printf 'par-run: %s\n' '2 records were tried again' '3: never ready' '4: no good')
	[ "$(grep -cx 3 tried)" = 2 ]
	[ "$(grep -cx 4 tried)" = 1 ]
}

@test "par-run: output larger than a pipe before it is acknowledged" {
	cat >large.py <<-'EOF'
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "w")
		print("par-stage 1", file=words, flush=True)
		for index, line in enumerate(iter(sys.stdin.readline, "")):
		    out = line * 1500000
		    sys.stdout.write(out)
		    sys.stdout.flush()
		    print(index, len(out), "ok", file=words, flush=True)
	EOF
	for order in '' -k; do
		seq 6 | par-run $order -n 2 python3 large.py | uniq -c |
		    awk '{ print $2, $1 }' | sort -n | cmp - <(seq 6 | sed 's/$/ 1500000/')
	done
}

@test "par-run: a stage that does not keep to the protocol is stopped" {
	# shellcheck disable=SC2016
	run -1 --separate-stderr par-run -n 1 sh -c \
	    'fd=${PAR_STAGE%:*}; echo "par-stage 1" >&$fd; read n; echo 99 0 ok >&$fd; cat' <<<1
	[[ $stderr == *'acknowledged a record that it does not have'* ]]
	# shellcheck disable=SC2016
	run -1 --separate-stderr par-run -n 1 sh -c \
	    'fd=${PAR_STAGE%:*}; echo "par-stage 1" >&$fd; read n; echo rubbish >&$fd; cat' <<<1
	[[ $stderr == *'not a line of par-stage(7): rubbish'* ]]
	# shellcheck disable=SC2016
	run -3 --separate-stderr par-run -n 1 sh -c \
	    'fd=${PAR_STAGE%:*}; echo "par-stage 1" >&$fd; read n; echo 0 9 ok >&$fd; cat' <<<1
	[[ $stderr == *'counts 9 bytes of output, more than were written'* ]]
}

@test "par-run: where a stage is native, a copy that is not is ended, and what it wrote dropped" {
	local how

	cat >turns <<-'END'
		#!/bin/bash
		fd=${PAR_STAGE%:*}
		echo >>starts
		case $(wc -l <starts),$1 in
		2,writes) echo banner; exec sleep 100 ;;
		2,plain) echo par-stage 1 unsure >&"$fd"; echo par-stage 1 plain >&"$fd"; cat ;;
		esac
		echo par-stage 1 >&"$fd"
		for i in 0 1 2; do
		    IFS= read -r n && echo "$n" && echo "$i $((${#n} + 1)) ok" >&"$fd"
		done
		exit 0
	END
	chmod +x turns
	for how in writes plain; do
		rm -f starts
		run -0 --separate-stderr timeout "$DEADLINE" par-run -n 1 -k ./turns "$how" < <(seq 7)
		[ "$output" = "$(seq 7)" ]
		[[ $how != writes || $stderr == *'worker 1: writes before it has said anything; killed'* ]]
		[[ $how != plain || $stderr == *'worker 1: runs a plain command; killed'* ]]
	done
}

@test "par-run: supervisors nest" {
	seq 0 3000 >in
	par-run -n 2 par-run -n 2 par-fib <in >out
	each_once 0 3000 out
	run -1 --separate-stderr par-run -n 2 par-run par-fib < <(echo x; seq 3)
	[ "$stderr" = 'par-run: x: not a number' ]
	seq 100 | par-run -n 2 par-run -n 2 cat | sort -n | cmp - <(seq 100)
}

@test "par-run: nested, with an inner supervisor killed" {
	no_leak_check
	seq 1 30000 >in
	par-run -n 2 par-run -n 2 par-fib <in >out 2>err 3>&- &
	pid=$!
	for _ in 1 2 3; do
		# One is there, or all is done.
		eventually bash -c "pgrep -P $pid || ps -o stat= -p $pid | grep -q Z"
		pkill -9 -o -P "$pid" || true
	done
	wait "$pid"
	each_once 1 30000 out
}

@test "par-run: what has come goes on at once, not at the end of input" {
	for command in cat par-fib; do
		mkfifo "in.$command" "out.$command"
		par-run -n 2 $command <"in.$command" >"out.$command" 3>&- &
		exec {to}>"in.$command" {from}<"out.$command"
		echo 10 >&"$to"
		read -r -t "$DEADLINE" answer <&"$from"
		[[ $answer == 10* ]]
		echo 11 >&"$to"
		read -r -t "$DEADLINE" answer <&"$from"
		[[ $answer == 11* ]]
		exec {to}>&- {from}<&-
	done
}

@test "par-run: a slow record does not hold up those behind it" {
	mkfifo gate out
	cat >slow.sh <<-'EOF'
		#!/bin/bash
		exec 9>&"${PAR_STAGE%:*}"
		echo 'par-stage 1' >&9
		i=0
		while read -r n; do
			[ "$n" != 1 ] || read -r _ <gate
			echo "$n"
			echo "$i $((${#n} + 1)) ok" >&9
			i=$((i + 1))
		done
	EOF
	chmod +x slow.sh
	seq 200 >in
	par-run -n 2 ./slow.sh <in >out 3>&- &
	exec {from}<out
	for ((i = 0; i < 199; i++)); do
		read -r -t "$DEADLINE" n <&"$from"
		[ "$n" != 1 ]
	done
	echo >gate
	read -r -t "$DEADLINE" n <&"$from"
	[ "$n" = 1 ]
	wait "$!"
}

@test "par-run: SIGTERM drains: what was given out is finished, the rest is left" {
	mkfifo in out
	par-run -n 2 par-fib <in >out 2>err 3>&- &
	pid=$!
	exec {to}>in {from}<out
	echo 10 >&"$to"
	read -r -t "$DEADLINE" _ <&"$from"
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 4 ]
	grep -q 'stopped early' err
	exec {to}>&- {from}<&-
}

@test "par-run: the second signal ends workers, hung or not" {
	mkfifo in hang
	# shellcheck disable=SC2016
	"$ROOT/tests/aid/with-signals.py" default:INT \
		par-run -n 1 sh -c 'trap "" TERM; echo $$; read n <hang' <in >out 2>err 3>&- &
	pid=$!
	exec {to}>in
	eventually test -s out
	kill -TERM "$pid"
	kill -INT "$pid"
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 4 ]
	run -1 kill -0 "$(cat out)"
	exec {to}>&-
}

@test "par-run: a worker's background child does not hide its end" {
	# shellcheck disable=SC2016
	seq 3 | par-run -n 1 sh -c 'tail --pid=$PPID -f /dev/null >/dev/null 2>&1 3>&- & cat' | cmp - <(seq 3)
	cat >leaver.sh <<-'EOF'
		#!/bin/bash
		echo 'par-stage 1' >&"${PAR_STAGE%:*}"
		tail --pid=$PPID -f /dev/null 3>&- &
		read -r n
		echo "$n"
		echo "0 $((${#n} + 1)) ok" >&"${PAR_STAGE%:*}"
		kill -9 $$
	EOF
	chmod +x leaver.sh
	seq 3 | par-run -n 1 ./leaver.sh 2>err | cmp - <(seq 3)
}

@test "par-run: output of what a plain worker leaves running is waited for" {
	seq 3 | par-run -n 1 bash -c 'exec > >(sed s/^/x/); cat' | cmp - <(printf 'x%s\n' 1 2 3)
}

@test "par-run: --map makes filters of line for line as exact as native stages" {
	seq 20000 >in
	# They read ahead, or hold output back, each in its own way.
	# shellcheck disable=SC2016
	for filter in 'sed s/^/x/' 'sed -u s/^/x/' 'awk "{ print \"x\" \$1 }"' 'mawk "{ print \"x\" \$1 }"'; do
		par-run --map -k -n 2 sh -c "exec $filter" <in | cmp - <(sed 's/^/x/' in)
	done
	FILTERS=(awk perl)
	through_filters 2 par-run --map -k -n 2
	printf 'a\nb' | par-run --map -k -n 2 sh -c 'printf %s "$(cat)"' | cmp - <(printf 'a\nb\n')
}

@test "par-run: --map, with workers killed in the middle" {
	local how size

	# sed holds its lines back without -u: what is killed has read and not answered.
	for size in "${FILTER_SIZES[@]}"; do
		filter_records "$size" 2 >in
		for how in sed 'sed -u' 'perl -pe'; do
			((size == 100)) || [ "$how" = sed ] || continue
			# shellcheck disable=SC2086
			par-run --map -n 3 $how 's/x$/ y/' <in >out 2>err 3>&- &
			pid=$!
			for _ in 1 2 3; do
				pkill -9 -n -P "$pid" "${how%% *}" || true
				read -r -t 0.01 <> <(:) || true
			done
			wait "$pid"
			sort -n out | cmp - <(sed 's/x$/ y/' in)
		done
	done
}

@test "par-run: --map tells when it is not line for line" {
	run -3 par-run --map -n 1 sed p < <(seq 5)
	[[ $output == *'par-run: --map: sed does not write one line for each that it reads: a line too many came; see -b and -N'* ]]
	run -3 --separate-stderr par-run --map -n 1 sed /3/d < <(seq 3)
	[[ $stderr == *'par-run: --map: sed does not write one line for each that it reads: 2 lines came for 3 records; see -b and -N'* ]]
}

@test "par-run: --quarantine takes what is given up, with its reason, and can be replayed" {
	make_killer
	seq 300 >in
	POISON=123 run -1 --separate-stderr par-run -q aside -n 2 ./killer.sh <in
	sort -n <<<"$output" | cmp - <(grep -vx 123 in)
	cmp aside <(printf '123\t3\tworker killed by signal 9 (Killed)\t\n')
	[[ $stderr == *'par-run: 1 record set aside in aside' ]]
	cut -f1 aside | POISON='' par-run ./killer.sh | cmp - <(echo 123)

	# Another process has no last line of the one before it, nor what that left of one.
	rm aside
	run -1 --separate-stderr par-run -q aside -n 1 sh -c \
		'case $1 in 1) echo one >&2 ;; 3) printf three >&2 ;; 4) echo four >&2 ;; esac; exit 1' \
		_ {} < <(seq 4)
	cut -f 1,4 aside | cmp - <(printf '%s\t%s\n' 1 one 2 '' 3 three 4 four)

	rm aside
	printf '1\nno\tnumber\n2\n' >in
	run -1 --separate-stderr par-run --quarantine aside -k par-fib <in
	[ "${lines[*]}" = $'1\t1 2\t1' ]
	cmp aside <(printf 'no\\tnumber\t1\tnot a number\t\n')
	[ "$stderr" = 'par-run: 1 record set aside in aside' ]
}

@test "par-run: --quarantine keeps the last words of a worker, and a FIFO will do" {
	mkfifo aside
	cat aside >kept 3>&- &
	reader=$!
	# shellcheck disable=SC2016
	run -1 --separate-stderr par-run --map -r 0 -q aside -n 1 sh -c \
	    'while read n; do if [ $n = 3 ]; then echo first >&2; echo "cannot do $n" >&2; kill -9 $$; fi; echo $n; done' < <(seq 5)
	wait "$reader"
	[ "$(cut -f1,3- kept)" = $'3\tworker killed by signal 9 (Killed)\tcannot do 3' ]
	[[ $stderr == *'cannot do 3'* ]]
}

# A native stage that never ends with record 7.
make_hanger() {
	cat >hang.sh <<-'EOF'
		#!/bin/bash
		[ -z "${DEAF-}" ] || trap '' TERM
		exec 9>&"${PAR_STAGE%:*}"
		echo 'par-stage 1' >&9
		i=0
		while read -r n; do
			[ "$n" != 7 ] || while :; do read -r _ <hang; done
			echo "$n"
			echo "$i $((${#n} + 1)) ok" >&9
			i=$((i + 1))
		done
	EOF
	chmod +x hang.sh
	mkfifo hang
}

@test "par-run: --timeout ends a hung worker, and blames one record only" {
	make_hanger
	seq 200 >in
	run -1 --separate-stderr par-run -t 100ms -r 1 -q aside -n 2 ./hang.sh <in
	sort -n <<<"$output" | cmp - <(grep -vx 7 in)
	cmp aside <(printf '7\t2\ttook longer than 0.1 s\t\n')
	DEAF=1 run -1 --separate-stderr par-run -t 100ms -r 0 -k -n 2 ./hang.sh <in
	cmp <(echo "$output") <(grep -vx 7 in)
	[[ $stderr == *'par-run: 7: took longer than 0.1 s' ]]
}

@test "par-run: --timeout does not count the time that our reader takes" {
	mkfifo out
	seq 40 >in
	cat >wide.py <<-'EOF'
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "w")
		print("par-stage 1", file=words, flush=True)
		for index, line in enumerate(iter(sys.stdin.readline, "")):
		    out = line.rstrip() * 200000 + "\n"
		    sys.stdout.write(out)
		    sys.stdout.flush()
		    print(index, len(out), "ok", file=words, flush=True)
	EOF
	par-run -t 1500ms -r 0 -n 2 python3 wide.py <in >out 2>err 3>&- &
	pid=$!
	exec {from}<out
	read -r -t 3 <> <(:) || true # nothing is read for two time-outs
	[ "$(wc -l <&"$from")" = 40 ]
	wait "$pid"
	[ ! -s err ]
}

@test "par-run: -N and --block give each block a process of its own" {
	run -0 par-run -k -N 2 -n 3 wc -l < <(seq 7)
	[ "${lines[*]}" = "2 2 2 1" ]
	seq 100000 >in
	par-run -k --block 10K cat <in | cmp - in
	par-run --block 10K -n 3 sh -c 'wc -c' <in >sizes
	[ "$(awk '$1 > 10240' sizes)" = '' ]
	[ "$(awk '{ n += $1 } END { print n }' sizes)" = "$(wc -c <in)" ]
	run -0 par-run -N 1 cat </dev/null
	seq 20 | par-run -N 1 -n 4 true # they never read
	seq 3 | par-run -k -N 1 sh -c 'printf %s "$(cat)"' | cmp - <(seq 3)
}

@test "par-run: -N shows no output of a failed attempt, and tries again" {
	# shellcheck disable=SC2016
	run -0 --separate-stderr par-run -k -N 1 -n 2 sh -c \
	    'read n; echo $n; if [ $n = 3 ] && mkdir once 2>/dev/null; then echo rubbish; exit 1; fi' < <(seq 5)
	[ "${lines[*]}" = "1 2 3 4 5" ]
	[ "$stderr" = "par-run: 1 record was tried again" ]
	# The table has that, too.
	run -1 --separate-stderr par-run -s -N 2 -r 1 false < <(seq 4)
	[[ $stderr != *"tried again"* ]]
	# shellcheck disable=SC2016
	run -1 --separate-stderr par-run -k -N 2 -r 1 -q aside sh -c \
	    'while read n; do echo $n; [ $n != 3 ] || kill -9 $$; done' < <(seq 6)
	[ "${lines[*]}" = "1 2 5 6" ]
	cmp aside <(printf '%s\t2\tkilled by signal 9 (Killed)\t\n' 3 4)
}

@test "par-run: -N with processes killed at random" {
	seq 300 >in
	par-run -N 1 -n 3 -r 20 cat <in >out 2>err 3>&- &
	pid=$!
	for _ in 1 2 3 4 5 6 7 8; do
		pkill -9 -n -P "$pid" cat || true
		read -r -t 0.02 <> <(:) || true
	done
	wait "$pid"
	sort -n out | cmp - in
}

@test "par-run: the fourth signal ends it, even if nobody reads its output" {
	mkfifo out
	yes | head -n 3000000 >in
	par-run cat <in >out 3>&- &
	pid=$!
	exec {from}<out
	# It is stuck when its pipe is full and the processor idle: that is its state.
	eventually grep -q '^State:.S' "/proc/$pid/status"
	for _ in 1 2 3 4; do
		kill -TERM "$pid" || true
		read -r -t 0.05 <> <(:) || true
	done
	status=0
	wait "$pid" || status=$?
	[[ $status == 143 || $status == 4 ]] # drained before it was stuck
	exec {from}<&-
}

@test "par-run: --stats and SIGUSR1 show what each worker did" {
	run -1 --separate-stderr par-run -s -n 3 par-fib < <(echo x; seq 999)
	echo "$stderr" | awk '
		/jobs  % of all/ { table = 1; next }
		table && $NF != "all" { jobs += $1; share += $2; failed += $5; out += $9; workers++ }
		table && $NF == "all" { good = jobs == 1000 && $1 == 1000 && failed == 1 && $5 == 1 &&
			share > 99.9 && share < 100.1 && workers == 3 && out == $9 && $7 == 0 && $8 == 2 + 9 * 2 + 90 * 3 + 900 * 4 - 0 }
		END { exit !good }'
	[ "$((${#output} + 1))" = "$(awk '$NF == "all" { print $9 }' <<<"$stderr")" ]
	run -0 --separate-stderr par-run -s -n 2 cat < <(seq 1000)
	[ "$(awk '$NF == "all" { print $1 }' <<<"$stderr")" = 1000 ]
	mkfifo in
	par-run -n 2 par-fib <in >out 2>err 3>&- &
	pid=$!
	exec {to}>in
	echo 10 >&"$to"
	eventually test -s out
	kill -USR1 "$pid"
	eventually grep -q all err
	exec {to}>&-
	wait "$pid"
	[ "$(awk '$NF == "all" { print $1 }' err)" = 1 ]
}

# Do these processes wait, with no children?
all_idle() {
	local pid

	for pid; do
		! pgrep -P "$pid" >/dev/null || return 1
		[[ $(cut -d ' ' -f 3 "/proc/$pid/stat") != R ]] || return 1
	done
}

# told_in_part COMMAND...: kill those of par-run that tell of a block to one that is
# stopped; COMMAND may stand between them and the one that makes the block.
told_in_part() {
	local pid inner lowest

	rm -f there gate
	mkfifo gate
	par-run -n 2 -r 9 "$@" par-run -n 1 -N 50000 awk -f wait.awk <in >out 2>err 3>&- &
	pid=$!
	eventually test -s there
	kill -STOP "$pid"
	exec {open}<>gate
	mapfile -t inner < <(pgrep -P "$pid")
	mapfile -t lowest < <(pgrep -x par-run -P "$(IFS=, && echo "${inner[*]}")")
	eventually all_idle "${lowest[@]:-${inner[@]}}"
	kill -9 "${inner[@]}"
	kill -CONT "$pid"
	wait "$pid"
	exec {open}>&-
	sort -n out | cmp - in
}

@test "par-run: nested, inner supervisors of blocks killed while they tell of one" {
	seq 400000 >in
	# the acknowledgements of such a block were more than a pipe takes, a line for each
	cat >wait.awk <<-'EOS'
		{ print }
		END { if (NR > 8000) system("echo >there; : <gate") }
	EOS
	told_in_part
	told_in_part par-run -n 1
}

@test "par-run: a line of a stage may tell of several records" {
	cat >pairs.sh <<-'EOS'
		#!/bin/bash
		exec 9>&"${PAR_STAGE%:*}"
		echo "par-stage 1 jobs=2" >&9
		while read -r a && read -r b; do
			echo "$a $b"
			echo "$((2 * i))-$((2 * i + 1)) $((${#a} + ${#b} + 2)) ok" >&9
			((++i))
		done
	EOS
	chmod +x pairs.sh
	seq 300 >in
	par-run -n 1 -k ./pairs.sh <in >out
	paste -d ' ' - - <in | cmp out -

	# the same between two of ours, also in one stream
	run -0 par-run --serve -n 1 -N 2 cat <<<$'a\nb\nc'
	[ "$output" = $'par-stage 1 jobs=2 joint block=2 beat=10000\n0-1 4 ok\na\nb\n2 2 ok\nc' ]
	par-run -n 2 -k par-run -n 1 -N 7 cat <in | cmp - in
	par-run -k --host a --rsh 'env HOST=%h' -N 7 cat <in | cmp - in

	for bad in '1-0 0 ok' '0-1 0 fail no' '0-1 0 retry' '0- 0 ok' '0-1-2 0 ok' '-1 0 ok' \
		'0-99999999999999999999 0 ok'; do
		run -3 --separate-stderr par-run -n 1 --max-restarts 0 bash -c '
			echo "par-stage 1" >&"${PAR_STAGE%:*}"
			read -r && echo "$0" >&"${PAR_STAGE%:*}"
			cat' "$bad" <<<1
		[[ $stderr == *"not a line of par-stage(7): $bad"* ]]
	done
}

@test "par-run: nested, a filter that answers only at the end of its input" {
	seq 1 5000 >in
	par-run -n 2 par-run -n 1 --map tr 0-9 a-j <in >out
	same <(sort out) <(tr 0-9 a-j <in | sort)
	run -0 par-run -n 2 -k par-run -n 1 --map tr a-z A-Z <<<$'b\na\nb'
	[ "$output" = $'B\nA\nB' ]
}

@test "par-run: a stage may want more in flight than anybody can count, also nested" {
	cat >greedy.sh <<-'EOS'
		#!/bin/bash
		fd=${PAR_STAGE%:*}
		echo "par-stage 1 window=$MOST jobs=$MOST" >&"$fd"
		i=0
		while IFS= read -r n; do
			echo "$n"
			echo "$i $((${#n} + 1)) ok" >&"$fd"
			i=$((i + 1))
		done
	EOS
	chmod +x greedy.sh
	for MOST in 4294967295 4294967296 18446744073709551615; do
		export MOST
		seq 300 | par-run -n 2 par-run -n 3 ./greedy.sh >out 2>err
		same err /dev/null
		each_once 1 300 out
	done
}

@test "par-run: a first line of another version ends the run, nothing is guessed" {
	cat >later.sh <<-'EOS'
		#!/bin/bash
		echo 'par-stage 2' >&"${PAR_STAGE%:*}"
		cat
	EOS
	chmod +x later.sh
	seq 9 >in
	run -3 --separate-stderr par-run -n 1 ./later.sh <in
	[ "$output" = "" ]
	[ "${stderr_lines[0]}" = "par-run: ./later.sh: made by a newer par (par-stage 2, and this one reads 1): use that one" ]
}

@test "par-run: blocks of an input of any size hold its records, and no other" {
	local records

	yes 123456 | head -n 160000 >all
	# With some of these sizes the end comes just when what is gathered has moved.
	for records in 37000 60000 66000 67143 71000 74890 100000 149000; do
		head -n "$records" all >in
		par-run -n 1 -k -b 100K cat <in | cmp - in
		par-run -n 1 -N 30000 cat <in | cmp - in
		par-run -n 1 par-run -b 100K cat <in | cmp - in
	done
}

# A command for blocks that fails, or dies, where a record is among the bad ones.
write_picky() { # HOW
	cat >picky <<-END
		#!/bin/sh
		cat >in.\$\$
		grep -qxF -f bad in.\$\$ && { rm in.\$\$; $1; }
		cat in.\$\$
		rm in.\$\$
	END
	chmod +x picky
}

@test "par-run: a block that fails is halved until the records to blame are alone" {
	local where how

	seq 20000 >in
	printf '%s\n' 555 556 15000 >bad
	grep -vxF -f bad in >good
	printf '%s\n' '#!/bin/sh' 'shift' 'exec sh -c "$*"' >reach
	chmod +x reach
	for how in 'exit 1' 'kill -9 $$'; do
		write_picky "$how"
		for where in '-n 2' '-n 1' '--host :' '--host a --rsh ./reach' '--host a,b --rsh ./reach'; do
			rm -f q
			# shellcheck disable=SC2086
			run -1 --separate-stderr par-run $where -r 1 -k -b 64K -q q ./picky <in
			same <(printf '%s\n' "${lines[@]}") good
			same <(cut -f1 q | sort -n) bad
			[ "$(cut -f2 q | sort -u)" = 2 ]
		done
	done
	run -1 --separate-stderr par-run -n 2 par-run -n 2 -r 0 -b 8K ./picky <in
	same <(printf '%s\n' "${lines[@]}" | sort -n) good
	[ "${#stderr_lines[@]}" = 3 ]
}

@test "par-run: statuses that are said to be fine are, of blocks, processes, stages and hosts" {
	seq 3000 >in
	for how in '-b 1K' '-N 100' '-n 2' '-b 1K --host :' '-N 7 par-run -N 7 --ok-status 1'; do
		# shellcheck disable=SC2086 # words
		par-run --ok-status 0,1 $how grep 77 <in 2>errors | sort -n | cmp - <(grep 77 in)
		[ ! -s errors ]
	done
	run -1 par-run -k -N 1000 grep 2777 <in
	run -1 --separate-stderr par-run -k --ok-status 1,3 sh -c 'exit "$1"' _ {} ::: 0 1 2 3
	[ "$stderr" = "par-run: 2: exited with status 2" ]
	run -0 par-run --ok-status 125 sh -c 'exit 125' _ {} ::: 1 2
	run -1 par-run --ok-status 1 sh -c 'kill -9 $$' _ {} ::: 1
	run -2 par-run --ok-status 256 true
	[ "${lines[0]}" = "par-run: --ok-status: 256: not statuses from 0 to 255, such as 0,1 or 0-3" ]
}

@test "par-run: blocks of -N stay whole, unless they may be halved" {
	seq 100 >in
	echo 42 >bad
	write_picky 'exit 1'
	run -1 --separate-stderr par-run -k -r 0 -N 10 ./picky <in
	[ "${#stderr_lines[@]}" = 10 ]
	same <(printf '%s\n' "${lines[@]}") <(seq 40; seq 51 100)
	run -1 --separate-stderr par-run -k -r 0 -N 10 --halve ./picky <in
	[ "${#stderr_lines[@]}" = 1 ]
	same <(printf '%s\n' "${lines[@]}") <(grep -vx 42 in)
	run -2 par-run --halve --map cat <in
	# What is tried again is counted once, though its pieces are, too.
	run -1 --separate-stderr par-run -r 1 -N 100 --halve ./picky <in
	[ "${stderr_lines[-1]}" = 'par-run: 100 records were tried again' ]
}

@test "par-run: where every block fails, none is halved for long" {
	seq 20000 >in
	run -1 --separate-stderr par-run -n 2 -r 0 -b 1K --stats false <in
	[ "$(grep -c 'par-run: false: fails whatever records it gets' <<<"$stderr")" = 1 ]
	[ "$(grep -c 'par-run: [0-9]*: exited with status 1' <<<"$stderr")" = 20000 ]
	# A block a start, and no more than those in a row.
	(($(awk 'END { print $7 }' <<<"$stderr") + $(wc -c <in) / 1000 < 200))
}
