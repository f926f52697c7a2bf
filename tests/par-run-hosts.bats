#!/usr/bin/env bats
# Hosts that are reached without a network: the transport starts what it is given,
# here.  What a host, a link and its end do wrong is the same as over ssh.
load helper
# shellcheck source=tests/aid/filters.bash
source "$BATS_TEST_DIRNAME/aid/filters.bash"
# shellcheck source=tests/aid/victim.bash
source "$BATS_TEST_DIRNAME/aid/victim.bash"

prepare() {
	mkdir bin
	# reach HOST COMMAND...: as ssh, but it passes words and not a line for a shell
	cat >reach <<-'EOS'
		#!/bin/sh
		host=$1
		shift
		[ ! -e "$host.down" ] || { echo "$host: no route" >&2; exit 255; }
		exec "$@"
	EOS
	# A native stage: N becomes a line "HOST N".
	cat >where.py <<-'EOS'
		#!/usr/bin/env python3
		import os, signal, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "w")
		print("par-stage 1", file=words, flush=True)
		poison = sys.argv[1] if len(sys.argv) > 1 else None
		for i, line in enumerate(sys.stdin):
		    if line.strip() == poison:
		        os.kill(os.getpid(), signal.SIGKILL)
		    out = os.environ["PAR_HOST"] + " " + line
		    print(out, end="", flush=True)
		    print(i, len(out), "ok", file=words, flush=True)
	EOS
	chmod +x reach where.py
}

# hosts LIST ARGUMENT...: par-run on them
hosts() {
	local list=$1

	shift
	par-run --rsh ./reach --host "$list" "$@"
}

@test "par-run --host: each record once, on several hosts and this one" {
	seq 1 20000 >in
	hosts alpha:2,beta,:2 par-fib <in >out
	same <(sort -n out | cut -f1) in
	cut -d' ' -f1 <(seq 1 300 | hosts alpha:1,beta:1 ./where.py) | sort | uniq -c >out
	[ "$(awk '{ n += $1 } END { print n }' out)" = 300 ]
}

@test "par-run --host: -k keeps the order of the input" {
	seq 1 5000 >in
	hosts alpha:2,beta:3,: -k par-fib <in | cut -f1 >out
	same out in
	hosts alpha:2,beta:3 -k --map tr 0-9 a-j <in >out
	same out <(tr 0-9 a-j <in)
	FILTERS=(awk cut sed)
	through_filters 2 par-run --rsh ./reach --host alpha:2,beta:1 -k --map
	seq 1 40 >in
	hosts alpha:2,beta:3 -k -N 3 cat <in >out
	same out in
	hosts alpha:2,beta:3 -k -b 1k cat <in >out
	same out in
}

@test "par-run --host: any argument reaches the command as it is" {
	cat >show <<-'EOS'
		#!/bin/sh
		cat >/dev/null
		printf '<%s>\n' "$@"
	EOS
	chmod +x show
	set -- 'a b' "it's" '"two"' $'new\nline' '' '*' '$HOME' '`id`' $'\\ \1\377' -- --serve '%h' '~'
	par-run -n 1 -N 1 ./show "$@" <<<x >expected
	hosts alpha:1 -N 1 ./show "$@" <<<x >out
	same out expected
	hosts :1 -N 1 ./show "$@" <<<x >out
	same out expected
	# More than a pipe holds.
	long=$(printf '%0100000d' 1)
	hosts alpha:1 -N 1 ./show "$long" <<<x >out
	same out <(echo "<$long>")
}

@test "par-run --host: no records, and hosts that nobody needs" {
	run -0 hosts alpha,: par-fib </dev/null
	[ -z "$output" ]
	# One that does not answer does not hold up the end.
	cat >stuck <<-'EOS'
		#!/bin/sh
		[ "$1" = stuck ] && exec sleep 300
		shift
		exec "$@"
	EOS
	chmod +x stuck
	run -0 --separate-stderr par-run --rsh ./stuck --host stuck,alpha par-fib <<<7
	[ "$output" = $'7\t13' ]
	[ -z "$stderr" ]
}

@test "par-run --host: large records, and bytes of all kinds" {
	python3 - >in <<-'EOS'
		import sys
		out = sys.stdout.buffer
		every = bytes(b for b in range(256) if b != 10)
		for size in (0, 1, 255, 5 << 20, 3, 20 << 20, 70000):
		    out.write((every * (size // 255 + 1))[:size] + b"\n")
	EOS
	hosts alpha:1,beta:2 -k --map cat <in >out
	same out in
}

@test "par-run --host: a host that is down at the start, and one that comes back" {
	: >beta.down
	seq 1 1000 >in
	hosts alpha:1,beta:1 par-fib <in >out 2>err
	same <(sort -n out | cut -f1) in
	# Alone, it is waited for.
	hosts beta:1 par-fib <in >out 2>err 3>&- &
	pid=$!
	eventually grep -q 'par-run: beta: exited with status 255: beta: no route' err
	rm beta.down
	wait "$pid"
	same <(sort -n out | cut -f1) in
}

@test "par-run --host: all hosts down for too long is the end" {
	touch alpha.down beta.down
	run -3 --separate-stderr hosts alpha,beta --host-wait 300ms par-fib < <(seq 9)
	[ -z "$output" ]
	[[ "$stderr" == *"no host for 0.3 s, the last: "*": exited with status 255: "*": no route" ]]
}

@test "par-run --host: what cannot work is given up, and said once with the host" {
	# given_up REASON ARGUMENT...
	given_up() {
		local reason=$1

		shift
		run -3 --separate-stderr par-run --rsh ./reach --host alpha "$@" <<<7
		[[ "$stderr" == *"par-run: alpha: "*"$reason"*"this host is given up"* ]]
		[[ "$stderr" == *"no host is left, the last: alpha: "* ]]
	}
	given_up 'exited with status 127: ' --remote /none/par-run par-fib
	given_up 'nosuch: No such file' nosuch
	given_up 'cat is not a native stage' cat
	given_up 'not a line of par-stage(7): Welcome' --remote 'sh -c "echo Welcome; cat"' par-fib
	given_up 'made by a newer par (par-stage 2, and this one reads 1): use that one' --remote 'sh -c "echo par-stage 2; cat"' par-fib
	printf '%s\n' '#!/bin/sh' 'exec par-fib' >plain && chmod +x plain
	run -0 --separate-stderr hosts alpha,: -r 1 par-fib <<<7
	# Others go on without it.
	printf '#!/bin/sh\n[ "$1" != alpha ] || exit 127\nshift\nexec "$@"\n' >reach
	run -0 --separate-stderr hosts alpha,beta ./where.py <<<7
	[ "$output" = 'beta 7' ]
}

@test "par-run --host: the other end tells of records as they are" {
	run -0 bash -c 'printf "7\nx\n" | par-run --serve -n 1 par-fib'
	[ "$output" = $'par-stage 1 unsure beat=10000\npar-stage 1 beat=10000\n0 5 ok\n7\t13\n1 0 fail not a number' ]
	run -2 --separate-stderr par-run --serve <<<'par-job 4 9'
	[[ "$stderr" == *"par-run: --serve: made by a newer par (par-job 4, and this one reads 3): use that one here, too"* ]]
	run -2 --separate-stderr par-run --serve </dev/null
	run -2 --separate-stderr par-run --serve <<<$'par-job 1 3\nab'
	run -2 --separate-stderr par-run --serve --host a par-fib </dev/null
}

@test "par-run --host: a record that fails is tried on whatever host, as often as -r says" {
	cat >fussy <<-'EOS'
		#!/bin/sh
		read -r n
		echo "$n $PAR_HOST" >>tries
		case $n in
		never) exit 1 ;;
		beta) [ "$PAR_HOST" = beta ] || exit 1 ;;
		esac
		echo "$n done"
	EOS
	chmod +x fussy
	run -1 --separate-stderr hosts alpha:1 -N 1 -r 2 ./fussy <<<$'a\nnever\nb'
	[ "$(sort <<<"$output")" = $'a done\nb done' ]
	[[ "$stderr" == *'par-run: never: exited with status 1'* ]]
	[ "$(grep -c never tries)" = 3 ]
	run -0 --separate-stderr hosts alpha:1,beta:1 -N 1 -r 30 ./fussy <<<beta
	[ "$output" = 'beta done' ]
}

@test "par-run --host: one poisoned record is given up, the others are done" {
	seq 1 200 >in
	run -1 --separate-stderr bash -c \
		'par-run --rsh ./reach --host alpha:2,beta:2 -r 1 ./where.py 77 <in >out'
	[[ "$stderr" == *'par-run: 77: worker killed by signal 9 (Killed)'* ]]
	same <(cut -d' ' -f2 out | sort -n) <(grep -vx 77 in)
}

@test "par-run --host: a record that takes too long is named" {
	printf '%s\n' '#!/bin/sh' 'read -r n' '[ "$n" != slow ] || exec sleep 100' 'echo "$n"' >slow
	chmod +x slow
	run -1 --separate-stderr hosts alpha:2 -N 1 -r 0 -t 300ms ./slow <<<$'a\nslow\nb'
	[ "$(sort <<<"$output")" = $'a\nb' ]
	[[ "$stderr" == *'par-run: slow: took longer than 0.3 s' ]]
}

# As over ssh, the other end is another session, which nobody here can kill.
remote_reach() {
	printf '%s\n' '#!/bin/bash' shift 'cat | setsid -w "$@" | cat' >reach
}

@test "par-run --host: kill -9 of links, of par-run there and of its workers" {
	no_leak_check
	remote_reach
	mkfifo in
	par-run --rsh ./reach --host alpha:2,beta:2,gamma:1 -k \
		--map tr 0-9 a-j <in >out 2>err 3>&- &
	pid=$!
	exec 7>in
	kills=0
	for ((n = 0; kills < 25; n++)); do
		seq $((100 * n + 1)) $((100 * n + 100)) >&7
		if victim "$pid"; then kill -9 "$REPLY" 2>/dev/null && kills=$((kills + 1)); fi
	done
	exec 7>&-
	wait "$pid"
	same out <(seq $((100 * n)) | tr 0-9 a-j)
}

# A native stage that says in "has" that it was given a record, and ends it when there is
# a file "go".
held_stage() {
	cat >held.py <<-'EOS'
		#!/usr/bin/env python3
		import os, sys, time
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "w")
		print("par-stage 1", file=words, flush=True)
		for i, line in enumerate(sys.stdin):
		    open("has", "a").write(line)
		    while not os.path.exists("go") and os.getppid() > 1:
		        time.sleep(0.01)
		    print(line, end="", flush=True)
		    print(i, len(line), "ok", file=words, flush=True)
	EOS
	chmod +x held.py
	: >has
}

# has COUNT: so many records were given to a stage, so far
has() {
	[ "$(wc -l <has)" -ge "$1" ]
}

@test "par-run --host: links that are cut together are one break, of which no record is to blame" {
	local lists=({a,b,c,d,e}:1) cut

	remote_reach
	held_stage
	seq 40 | (IFS=,; exec par-run --rsh ./reach --host "${lists[*]}" -r 0 ./held.py) >out 2>err 3>&- &
	pid=$!
	for cut in 1 2 3 4 5 6; do
		eventually has $((cut * 5))
		pkill -9 -P "$pid"
	done
	touch go
	wait "$pid"
	same <(sort -n out) <(seq 40)
}

@test "par-run --host: a record that ends its host again and again is to blame, and no other" {
	cat >ends_host.py <<-'EOS'
		#!/usr/bin/env python3
		import os, signal, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "w")
		print("par-stage 1", file=words, flush=True)
		for i, line in enumerate(sys.stdin):
		    if line.strip() == "3":
		        os.kill(os.getppid(), signal.SIGKILL)
		        signal.pause()
		    print(line, end="", flush=True)
		    print(i, len(line), "ok", file=words, flush=True)
	EOS
	chmod +x ends_host.py
	seq 30 >in
	run -1 --separate-stderr bash -c \
		'par-run --rsh ./reach --host a:1,b:1 -r 0 ./ends_host.py <in >out'
	[[ "$stderr" == *'par-run: 3: worker killed by signal 9 (Killed)'* ]]
	same <(sort -n out) <(grep -vx 3 in)
}

@test "par-run --host: thirty links that are cut together are made again" {
	local cut

	remote_reach
	held_stage
	printf 'host%d:1\n' {1..30} >list
	seq 200 | par-run --rsh ./reach --hosts list -r 0 ./held.py >out 2>err 3>&- &
	pid=$!
	for cut in 1 2; do
		eventually has $((cut * 30))
		pkill -9 -P "$pid"
	done
	touch go
	wait "$pid"
	same <(sort -n out) <(seq 200)
}

@test "par-run --host: a host that hangs is cut off, and its records are done elsewhere" {
	no_leak_check
	held_stage
	# a that is cut off is down then
	cat >reach <<-'EOS'
		#!/bin/sh
		host=$1
		shift
		[ "$host" != a ] || [ ! -e a.pid ] || exit 255
		echo "$$" >"$host.pid"
		exec "$@"
	EOS
	seq 20 | par-run --rsh ./reach --host a:1,b:1 --host-beat 300ms ./held.py >out 2>err 3>&- &
	pid=$!
	eventually has 2
	kill -STOP "$(cat a.pid)"
	eventually grep -q 'a: no sign of life for' err
	touch go
	wait "$pid"
	same <(sort -n out) <(seq 20)
}

# beats FILE COUNT: so many signs of life came over that link
beats() {
	[ "$(grep -c beat= "$1")" -ge "$2" ]
}

@test "par-run --host: a link lives on that has nothing to say, or is not read" {
	no_leak_check
	held_stage
	cat >reach <<-'EOS'
		#!/bin/sh
		host=$1
		shift
		"$@" | tee "$host.link"
	EOS
	# as a clock:
	mkfifo tick gate
	par-run --rsh ./reach --host clock:1 --host-beat 700ms ./held.py <tick >tock 2>&1 3>&- &
	clock=$!
	exec 6>tick
	echo 0 >&6
	seq -f '%01000.0f' 300 >in
	par-run --rsh ./reach --host a:1,b:1 --host-beat 700ms ./held.py <in >gate 2>err 3>&- &
	pid=$!
	exec 7<>gate
	eventually has 3
	eventually beats a.link 7 # idle
	touch go
	eventually grep -q ok a.link
	had=$(grep -c beat= clock.link)
	eventually beats clock.link $((had + 7)) # not read
	exec 8<gate 7>&-
	sort <&8 >out
	wait "$pid"
	same out in
	[ ! -s err ]
	exec 6>&-
	wait "$clock"
}

@test "par-run --host: a cut link leaves nobody on the host" {
	cat >linger <<-'EOS'
		#!/bin/bash
		echo "$$" >>workers
		cat >/dev/null
		sleep 300 &
		echo "$!" >>workers
		wait
	EOS
	remote_reach
	chmod +x linger
	: >workers
	mkfifo in
	par-run --rsh ./reach --host alpha:2 -N 1 ./linger <in >out 2>err 3>&- &
	pid=$!
	exec 7>in
	seq 2 >&7
	workers_are() { [ "$(wc -l <workers)" = "$1" ]; }
	eventually workers_are 4
	# gone COUNT: none of the first so many workers is left
	gone() {
		local left

		left=$(ps -o pid= -p "$(head -n "$1" workers | paste -sd,)") || true
		[ -z "$left" ]
	}
	kill -9 "$(pgrep -P "$pid")"
	eventually gone 4
	# It is made again, with new workers.
	eventually workers_are 8
	kill -9 "$pid" "-$(pgrep -P "$pid")"
	eventually gone 8
}

@test "par-run --host: a link that is not read keeps no other waiting, and its end can be ended" {
	# that of alpha is stopped within the first output
	cat >reach <<-'EOS'
		#!/bin/bash
		host=$1
		shift
		{
			bash -c 'echo $$ >"$0.end"; exec "$@"' "$host" "$@"
			echo "$?" >"$host.status"
		} | {
			dd bs=4096 count=25 status=none
			echo "$BASHPID" >"$host.reader"
			[ "$host" != alpha ] || [ -e again ] || kill -STOP "$BASHPID"
			exec cat
		}
	EOS
	printf '%s\n' '#!/bin/bash' 'read -r n' 'printf "%s %02000000d\n" "$n" 0' >large
	chmod +x large
	mkfifo in
	par-run --rsh ./reach --host alpha:1,beta:1 -N 1 ./large <in >out 2>err 3>&- &
	pid=$!
	BACKGROUND+=("$pid")
	exec 7>in
	n=0
	given() { # until alpha has one
		echo "$((++n))" >&7
		[ -s alpha.reader ]
	}
	eventually given
	want=$(($(wc -l <out) + 3))
	for _ in {1..6}; do given; done
	lines_are() { [ "$(wc -l <out)" -ge "$want" ]; }
	eventually lines_are
	kill "$(<alpha.end)"
	kill -HUP "$(<alpha.end)"
	eventually test -s alpha.status
	[ "$(<alpha.status)" = 4 ]
	: >again
	kill -CONT "$(<alpha.reader)"
	exec 7>&-
	wait "$pid"
	same <(cut -d ' ' -f 1 out | sort -n) <(seq "$n")
	[ "$(cut -d ' ' -f 2 out | uniq -c | awk '{ print $1, length($2) }')" = "$n 2000000" ]
}

@test "par-run --host: a long way to a host does not make it slow" {
	# Every byte is 30 ms on its way, in both directions.
	cat >far.py <<-'EOS'
		#!/usr/bin/env python3
		import os, queue, subprocess, sys, threading, time
		def relay(source, sink):
		    waiting = queue.Queue()
		    def read():
		        while data := os.read(source, 1 << 16):
		            waiting.put((time.monotonic() + .03, data))
		        waiting.put((time.monotonic() + .03, b""))
		    threading.Thread(target=read, daemon=True).start()
		    while True:
		        at, data = waiting.get()
		        time.sleep(max(0, at - time.monotonic()))
		        if not data:
		            break
		        while data:
		            data = data[os.write(sink, data):]
		    os.close(sink)
		there = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		to = threading.Thread(target=relay, args=(0, there.stdin.fileno()))
		to.daemon = True
		to.start()
		relay(there.stdout.fileno(), 1)
		sys.exit(there.wait())
	EOS
	chmod +x far.py
	# Two at a time would take half an hour.
	seq 1 100000 >in
	timeout 60 par-run --rsh ./far.py --host alpha:2 --map -k tr 0-9 a-j <in >out
	same out <(tr 0-9 a-j <in)
}

@test "par-run --host: no long record waits behind another while a host has none" {
	# The first two take long, on a host each; the last two wait for each other.
	cat >meet <<-'EOS'
		#!/bin/bash
		mine=$1.$2 other=$1.$(($2 % 2 + 1))
		exec {to}<>"$other" {from}<>"$mine"
		echo >&"$to"
		read -r -t "$DEADLINE" <&"$from" || exit
		sleep 0.2 # slow
		echo "$1 $PAR_HOST"
	EOS
	chmod +x meet
	mkfifo {first,last}.{1,2}
	printf '%s\t%s\n' first 1 first 2 last 1 last 2 >in
	hosts alpha:1,beta:1 ./meet '{1}' '{2}' <in >out
	sort out | same - <(printf '%s\n' 'first alpha' 'first beta' 'last alpha' 'last beta')
}

@test "par-run --host: the table of --stats has a line for each host" {
	seq 1 100 | hosts alpha:1,:1 -s par-fib >/dev/null 2>err
	[ "$(awk 'NR > 1 { print $NF }' err | xargs)" = 'alpha : all' ]
	[ "$(awk '$NF == "all" { print $1, $8 }' err)" = '100 292' ]
}

@test "par-run --host: what an entry may be" {
	cat >show <<-'EOS'
		#!/bin/sh
		echo "$@" >>seen
		while [ "$1" != par-run ]; do shift; done
		exec "$@"
	EOS
	chmod +x show
	# entry LIST EXPECTED RSH...: the transport is called like that
	entry() {
		: >seen
		par-run --host "$1" --rsh "$3" -N 1 cat <<<x >out
		[ "$(sort -u seen | tr '\n' ';')" = "$2" ]
	}
	entry me@alpha:1 'me@alpha par-run --serve;' ./show
	entry '[::1]:1' '::1 par-run --serve;' ./show
	entry 'me@[fe80::1%eth0]' 'me@fe80::1%eth0 par-run --serve;' ./show
	entry ssh://me@alpha:2222/1 '-p 2222 me@alpha par-run --serve;' ./show
	entry ssh://alpha 'alpha par-run --serve;' ./show
	entry ssh://me@alpha:22 'x me alpha 22 a  b % par-run --serve;' \
		"./show x %u %h %p 'a  b' \"%%\""
	printf '# ours\n\n alpha:1 # here\nbeta , gamma:2\n' >list
	run -0 par-run --hosts list --rsh ./reach -s -N 1 cat <<<x
	[ "$(awk 'NR > 2 { print $NF }' <<<"$output" | xargs)" = 'alpha beta gamma all' ]

	# wrong LIST REASON
	wrong() {
		run -2 --separate-stderr par-run --host "$1" par-fib </dev/null
		[[ "$stderr" == "par-run: --host: "*"$2" ]]
	}
	wrong '' 'no host'
	wrong a,,b 'no host'
	wrong a:0 'not a number of workers'
	wrong a:x 'not a number of workers'
	wrong fe80::1 'an IPv6 address stands in brackets'
	wrong '[::1' 'a bracket is not closed'
	wrong '[]' 'no host in the brackets'
	wrong -oProxyCommand=x 'a host does not begin with -'
	wrong -x@a 'a host does not begin with -'
	wrong ssh://a:ssh 'not a port'
	wrong 'a b' 'a host has no blanks, and no quotes'
	wrong 'a"b' 'a host has no blanks, and no quotes'
	wrong "$(printf '%0256d' 7)" 'too long for a host'
	run -2 --separate-stderr par-run --host a --rsh '"x' par-fib </dev/null
	[[ "$stderr" == *'a quote is not closed' ]]
	run -2 --separate-stderr par-run --hosts none par-fib </dev/null
}

@test "par-run --host: under another par-run" {
	seq 1 3000 >in
	par-run -k -n 2 par-run --rsh ./reach --host alpha:1,beta:1 par-fib <in | cut -f1 >out
	same out in
}

@test "par-run --host: --control adds hosts and drops them" {
	mkfifo in commands
	par-run --rsh ./reach --host alpha:1 --control commands ./where.py <in >out 2>err 3>&- &
	pid=$!
	exec 7>in
	came() { grep -q "^$1 $2\$" out; }
	echo 1 >&7
	eventually came alpha 1
	echo 'host beta:1' >commands
	echo 'drop none' >commands
	eventually grep -q 'drop none: no such host' err
	# Beta gets its share once it is up.
	n=1
	beta_works() { n=$((n + 1)); echo "$n" >&7; echo "x$n" >&7; grep -q '^beta ' out; }
	eventually beta_works
	echo 'drop alpha' >commands
	echo 'drop beta' >commands
	eventually grep -q 'drop beta: the last one' err
	echo last >&7
	eventually came beta last
	echo 'workers 3' >commands
	eventually grep -q 'workers 3: each host has its own' err
	# All of a list or nothing.
	echo 'host gamma,a:b:c' >commands
	eventually grep -q 'an IPv6 address stands in brackets' err
	echo 'drop gamma' >commands
	eventually grep -q 'drop gamma: no such host' err
	exec 7>&-
	wait "$pid"
	same <(cut -d' ' -f2 out | sort) <({ echo 1; echo last; seq 2 "$n"; seq -f 'x%g' 2 "$n"; } | sort)
}

@test "par-run --host: workers on the FIFO of commands says which hosts there are" {
	mkfifo in commands
	hosts alpha:1,beta:1 -s --control commands -N 1 sh -c 'echo "$(cat) $PAR_HOST"' \
		<in >out 2>err 3>&- &
	pid=$!
	exec 7>in
	n=0
	# works HOST...: the next records go to these and to no others
	works() {
		seq $((n + 1)) $((n + 20)) >&7
		n=$((n + 20))
		eventually eval "[ \$(wc -l <out) = $n ]"
		[ "$(tail -n 20 out | cut -d' ' -f2 | sort -u | xargs)" = "$*" ]
	}
	eventually works alpha beta
	echo 'workers beta:1,gamma:2' >commands
	eventually works beta gamma
	echo 'workers' >commands
	eventually grep -q 'workers: no host' err
	# More than a line of a terminal.
	echo "workers $(seq -f 'a-host-with-a-long-name-%g' -s, 12)" >commands
	echo 'workers alpha' >commands
	eventually works alpha
	exec 7>&-
	wait "$pid"
	same <(cut -d' ' -f1 out | sort -n) <(seq "$n")
	[ "$(awk '$1 + 0 == $1 { print $NF }' err | xargs)" = \
		"alpha beta gamma $(seq -f 'a-host-with-a-long-name-%g' -s' ' 12) all" ]
}

@test "par-run --host: a host without a number is asked for its processors" {
	local one

	one=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
	cat >reach <<-EOS
		#!/bin/sh
		host=\$1
		shift
		[ "\$host" != small ] || exec taskset -c $one "\$@"
		exec "\$@"
	EOS
	workers() { hosts "$@" -N 1 sh -c 'cat >&2; echo $PAR_WORKERS' <<<x 2>/dev/null; }
	[ "$(workers small)" = 1 ]
	[ "$(workers alpha)" = "$(echo x | par-run -N 1 sh -c 'cat >&2; echo $PAR_WORKERS' 2>/dev/null)" ]
	[ "$(workers small:3)" = 3 ]
	[ "$(workers small -n 5)" = 5 ]
	[ "$(workers :)" = "$(workers alpha)" ]
}

@test "par-run --host: a host where the command can never work is given up, and no record with it" {
	printf '%s\n' '#!/bin/sh' '[ "$PAR_HOST" = beta ] || exit 125' 'exec cat' >choosy
	chmod +x choosy
	seq 1 100 >in
	run -0 --separate-stderr bash -c 'par-run --rsh ./reach --host alpha:1,beta:1,gamma:2 \
		-k -N 1 ./choosy <in >out'
	same out in
	[[ "$stderr" == *'it can never work, says its exit status 125; this host is given up'* ]]
	run -3 --separate-stderr hosts alpha:1,gamma:1 -k -N 1 ./choosy <in
	[ -z "$output" ]
	[[ "$stderr" == *'no host is left'* ]]
	# One that only dies may die as often as --max-restarts says.
	printf '%s\n' '#!/bin/sh' 'echo x >>deaths' 'exit 1' >dies
	chmod +x dies
	run -3 --separate-stderr hosts alpha:1 --max-restarts 2 --map ./dies <in
	[ "$(wc -l <deaths)" = 3 ]
}

@test "par-run --host: --checkpoint, killed and run again with other hosts" {
	mkfifo gate
	seq 1 300 >in
	# The command holds on to record 200 until somebody is at the gate.
	cat >slow <<-'EOS'
		#!/bin/sh
		read -r n
		[ "$n" != 200 ] || [ -e opened ] || read -r x <gate
		echo "$n"
	EOS
	chmod +x slow
	par-run --rsh ./reach --host alpha:2,beta:1 -k -o out --checkpoint state -N 1 ./slow \
		<in 3>&- &
	pid=$!
	eventually eval '[ "$(tail -n 1 out 2>/dev/null)" = 199 ]'
	kill -9 "$pid"
	wait "$pid" || [ "$?" = 137 ]
	: >opened
	run -0 hosts gamma:2,: -k -o out --checkpoint state -N 1 ./slow <in
	[ -z "$output" ]
	same out in
}

@test "par-run --host: --log, --metrics and -q name the host and its records" {
	seq 1 50 >in
	echo x >>in
	run -1 hosts alpha:1,beta:1 --log log --metrics metrics -q aside -r 3 --progress \
		-N 1 sh -c 'read -r n; [ "$n" != x ] || exit 9; echo "$n"' <in
	same <(sort -n log | cut -f1 | tail -n +2) <(seq 51)
	[ "$(tail -n +2 log | cut -f2 | sort -u | xargs)" = 'alpha beta' ]
	[ "$(grep -c failed log)" = 1 ]
	[ "$(cut -f1-3 aside)" = $'x\t4\texited with status 9' ]
	[ "$(awk '/^par_run_records_total.*,host="(alpha|beta)"/ { n += $2 } END { print n }' metrics)" = 51 ]
	grep -qx 'par_run_workers 2' metrics
}

@test "par-run --host: -k keeps the order of blocks of which one fails" {
	seq 1 300 >in
	run -1 bash -c 'par-run --rsh ./reach --host alpha:1,beta:2,gamma:1 -k -q aside -N 27 \
		sed /^276$/q1 <in >out'
	same <(cut -f1 aside) <(seq 271 297) # its block, as without hosts
	same out <(grep -vxFf <(seq 271 297) in)
}

@test "par-run --host: what another host did first is taken back record by record" {
	local early

	cat >far.py <<-'EOS'
		#!/usr/bin/env python3
		# a holds its first two blocks; when another one has done the first of these, a
		# cannot do it, and says so of each record, of some of them before that.
		import os, sys, time
		host, data = sys.argv[1], sys.stdin.buffer
		def say(text, body=b""):
		    os.write(1, text.encode() + body)
		def done(first, count, body):
		    say(f"{first}-{first + count - 1} {len(body)} ok\n", body)
		def back(first, numbers):
		    for i in numbers:
		        say(f"{first + i} 0 retry no\n")
		def wait(name):
		    while not os.path.exists(name):
		        time.sleep(0.02)
		data.read(int(data.readline().split()[2]))
		say(f"par-stage 1 window=100 jobs={6 if host == 'a' else 3} joint\n")
		first, held, again = 0, [], os.path.exists("two")
		while line := data.readline():
		    count, size, number = map(int, line.split()[1:4])
		    block = (first, count, data.read(size))
		    first += count
		    if host == "a" and len(held) < 2 and not again:
		        held.append(block)
		        if len(held) == 1:
		            open("held%d" % number, "w")
		            mine = number
		        else:
		            open("second%d" % number, "w")
		            open("two", "w")
		            early = int(os.environ["EARLY"])
		            back(held[0][0], range(early))
		            wait("done%d" % mine)
		            back(held[0][0], range(early, count))
		            back(held[1][0], range(count))
		            open("told", "w")
		        continue
		    if host == "b":
		        wait("two")
		    copy = os.path.exists("held%d" % number)
		    if host == "b" and os.path.exists("second%d" % number):
		        wait("told")
		    done(*block)
		    if copy:
		        open("done%d" % number, "w")
	EOS
	chmod +x far.py
	seq 30 >in
	for early in 0 1; do
		rm -f held* second* done* two told
		EARLY=$early timeout "$DEADLINE" par-run --host a,b -N 3 -r 3 --speculate 2 \
			--rsh ./far.py cat <in >out 2>err
		sort -n out | cmp - in
		# The second one, unless b had begun with that, too.
		[ ! -s err ] || [ "$(cat err)" = "par-run: 3 records were tried again" ]
	done
}

@test "par-run: --serve takes a job of up to 8 MB, and no other line" {
	local line most=$((8 << 20))

	# such a one is awaited
	for line in "3 1" "3 $((most - 1))" "3 $most" "1 9" "2 9"; do
		run -2 par-run --serve <<<"par-job $line"
		[ "$output" = 'par-run: --serve: no job, and no command' ]
	done
	for line in "3 0" "3 $((most + 1))" "0 9" "3" "3 x" "3 9 " " 3 9" "x 9"; do
		run -2 par-run --serve <<<"par-job $line"
		[ "$output" = "par-run: --serve: not a job: par-job $line" ]
	done
	# it ends with its line, or is too long for one
	run -2 par-run --serve <<<'par-jobs 3 9'
	[ "$output" = 'par-run: --serve: not a job: par-jobs 3 9' ]
	line=$(printf 'par-job 3 %054d' 9)
	run -2 par-run --serve <<<"$line"
	[ "$output" = "par-run: --serve: not a job: ${line%?}" ]
	line=$(printf 'par-job 3 %053d' 9)
	run -2 par-run --serve <<<"$line"
	[ "$output" = 'par-run: --serve: no job, and no command' ]
}
