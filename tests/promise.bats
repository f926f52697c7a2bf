#!/usr/bin/env bats
# Each fault that once broke the promise of par(7), and others of its kind, by what it broke.
# shellcheck disable=SC2030,SC2031 # functions look at what run found in their test
load helper
load redis
# shellcheck source=tests/aid/filters.bash
source "$BATS_TEST_DIRNAME/aid/filters.bash"

# 1. --map waits for ever
#

# shellcheck disable=SC2030
@test "promise 1: --map: filters that hold their answers back get what they need to give them" {
	through_filters 3 par-run -n 2 --map
	FILTERS=(cut)
	through_filters 3 par-run -n 2 -k --ahead 1M/5000 --map 2>err
	through_filters 3 par-run --host :2 --map
	through_filters 3 par-run -n 2 par-cache -d store --map
	through_filters 3 par-run -n 2 -k par-run -n 1 --map
}

# dies_at_3 COMMAND...: a map with that behind it dies of the record 3, and only of that.
dies_at_3() {
	local -A deadly
	local name

	# shellcheck disable=SC2016
	deadly=([awk]='awk "\$1 == 3 { exit 3 } { print }"' [sed]='sed "/^3\$/Q3"'
		[perl]='perl -ne "exit 3 if /^3\$/; print"')
	for name in "${!deadly[@]}"; do
		echo "$name: $*"
		run -1 --separate-stderr timeout -s KILL "$DEADLINE" "$@" --map sh -c \
			"exec ${deadly[$name]}" < <(seq 500)
		# shellcheck disable=SC2031
		sort -n <<<"$output" | cmp - <(seq 500 | sed 3d)
		[[ $stderr == *'par-run: 3: worker exited with status 3'* ]]
	done
}

@test "promise 1: --map: a filter that holds answers back and dies loses no innocent record" {
	dies_at_3 par-run -r 0 -n 1
	dies_at_3 par-run -r 0 -n 2 -k
	dies_at_3 par-run -r 0 --host :2
	dies_at_3 par-run -r 0 -n 1 par-cache -d store
	dies_at_3 par-run -r 0 -n 2 par-run -r 0 -n 1
}

@test "promise 1: --map: a filter that holds answers back and is killed loses and doubles nothing" {
	local name

	filter_records 1000 3 >in
	for name in cut tr rev; do
		cat >mortal <<-EOF
			#!/bin/bash
			# Two of them are killed with what they have read and not answered.
			if mkdir one$name || mkdir two$name; then
			    (head -c 500000 && kill -9 \$\$) | "$FILTER" $name
			else
			    exec "$FILTER" $name
			fi 2>/dev/null
		EOF
		chmod +x mortal
		timeout -s KILL "$DEADLINE" par-run -n 2 -k --map ./mortal <in 2>err >out
		"$FILTER" "$name" <in | cmp - out
		[ "$(grep -c 'killed by signal 9' err)" = 2 ]
	done
}

@test "promise 1: --map: --ahead ends the input of a silent filter, which is said when it goes on so" {
	seq 100000 >in
	run -0 --separate-stderr par-run -n 2 -k --ahead 64K --map cut -f 1 <in
	cmp - in <<<"$output"
	[ -z "$stderr" ] # it answers in between
	par-run -s -n 1 -k --ahead 100K/1000 --map sort -n <in 2>err | cmp - in
	[ "$(grep -c 'sort: writes nothing before .* see -b, or --ahead' err)" = 1 ]
	run -2 par-run --ahead 0 --map cat <in
	run -2 par-run --ahead 64M/x --map cat <in
	[[ $output == *'not a number of records'* ]]
}

@test "promise 1: --map: -t blames no record that a filter only holds back" {
	mkfifo fifo
	# The others come when this one is out: without -t nothing would be.
	background par-run -i fifo -t 200ms -n 1 --map tr a-z A-Z >out 2>err
	pid=$!
	exec 7>fifo
	echo first >&7
	eventually grep -q FIRST out
	echo second >&7
	exec 7>&-
	wait "$pid"
	same out <(printf 'FIRST\nSECOND\n')
	[ ! -s err ]
}

@test "promise 1: --map: -t finds the record on which a filter hangs that holds answers back" {
	local how

	for how in '-n 1' '-n 2 -k' '--host :2'; do
		# shellcheck disable=SC2016,SC2086
		run -1 --separate-stderr timeout -s KILL "$DEADLINE" par-run -r 0 -t 300ms $how --map \
			perl -pe 'sleep 1000 if /^33$/' < <(seq 200)
		sort -n <<<"$output" | cmp - <(seq 200 | sed 33d)
		[[ $stderr == *'par-run: 33: took longer than 0.3 s'* ]]
	done
}

@test "promise 1: --map: the first signal drains what a filter holds back, suspects too" {
	mkfifo fifo
	background par-run -i fifo -n 1 --map sh -c '
		mkdir first 2>/dev/null || exec tr a-z A-Z
		for i in 1 2 3 4 5; do read -r x; done
		echo "$x" >seen
		exit 3' >out 2>err
	pid=$!
	exec 7>fifo
	printf '%s\n' a b c d e >&7
	eventually test -s seen
	kill "$pid"
	eventually eval '! kill -0 "$pid" 2>/dev/null'
	status=0
	wait "$pid" || status=$?
	exec 7>&-
	[ "$status" = 4 ]
	same <(sort out) <(printf '%s\n' A B C D E)
}

@test "promise 1: --map: a command that writes fewer lines than it reads, or more, ends with an error" {
	local how says='--map: grep does not write one line for each that it reads'

	for how in '-n 2' '-n 2 -k' '--host :2' '--host :1,this:1 --rsh ./reach' \
		'-n 1 par-run -n 2' '-n 1 par-cache -d store' '-n 1 --ahead 500'; do
		echo "$how"
		printf '#!/bin/sh\nshift\nexec "$@"\n' >reach
		chmod +x reach
		# shellcheck disable=SC2086
		run -3 --separate-stderr timeout -s KILL "$DEADLINE" par-run $how --map grep -v 5 < <(seq 1000)
		[[ $stderr == *"$says"* ]]
		[ -z "$(sort <<<"$output" | uniq -d)" ]
	done
	run -3 --separate-stderr par-cache -d store --map grep -v 5 < <(seq 1000)
	[[ $stderr == *"par-cache: $says"* ]]
	run -3 --separate-stderr par-run --map -n 1 sed p < <(seq 500)
	[[ $stderr == *"par-run: --map: sed does not write one line for each"* ]]
}

@test "promise 1: --map: what waits to be answered is not in memory, beyond a limit" {
	! nm "$(command -v par-run)" | grep -q __asan || skip "built with sanitizers"
	mkdir tmp
	cat >gate <<-'EOF'
		#!/usr/bin/env python3
		import sys
		lines = [line[:9] for line in sys.stdin]
		rss = [line for line in open("/proc/%d/status" % __import__("os").getppid()) if line.startswith("RssAnon")]
		open("rss", "w").write(rss[0].split()[1] + "\n")
		print("\n".join(lines))
	EOF
	chmod +x gate
	awk 'BEGIN { for (x = "x"; length(x) < 100000; x = x x); for (n = 1; n <= 1500; n++) printf "%08d %s\n", n, x }' |
		TMPDIR=$PWD/tmp par-run -n 1 --ahead 1G --map ./gate >out
	[ "$(wc -l <out)" = 1500 ]
	(("$(cat rss)" < 100000)) # KB, of 190 MB
	[ -z "$(ls tmp)" ]
}

@test "promise 1: --map under par-queue: filters that hold their answers back give them" {
	local size name pid

	redis_start
	# Nothing ends their input for the lack of records: the worker is there for more.
	for size in 100 100000; do
		filter_records "$size" 2 >in
		for name in cut tr python3; do
			background par-queue work "q$size$name" -- par-run -n 2 --map "$FILTER" "$name"
			pid=$!
			par-queue put "q$size$name" <in
			eventually is "q$size$name" "done" "$(wc -l <in)"
			kill "$pid"
			wait "$pid" || [ $? = 4 ]
			par-queue get "q$size$name" | sort | same - <("$FILTER" "$name" <in | sort)
		done
	done
}

@test "promise 1: --map under par-queue: one that kills filters is found, and the others are done" {
	redis_start
	seq 500 | par-queue put q
	# shellcheck disable=SC2016
	run -1 timeout -s KILL "$DEADLINE" par-queue work --once --retries 0 --backoff 1ms,2ms q -- \
		par-run -r 0 -n 1 --map awk '$1 == 3 { exit 3 } { print }'
	par-queue get q | sort -n | same - <(seq 500 | sed 3d)
	[ "$(par-queue dead q | cut -f 1)" = 3 ]
	is q "done" 499
}

@test "promise 1: --map: a host whose links break again and again is given innocent records back" {
	# Its filter has read all and answered nothing when the link breaks, four times.
	printf '#!/bin/sh\nshift\n%s\n' '
		for i in 1 2 3 4; do
			mkdir broken$i 2>/dev/null || continue
			timeout -s KILL .1 "$@" | head -n 1 # slow: it has to be up, with records
			exit
		done
		exec "$@"' >reach
	chmod +x reach
	run -0 --separate-stderr timeout -s KILL "$DEADLINE" \
		par-run -r 9 --rsh ./reach --host far:1 --map tr 0-9 a-j < <(seq 100)
	same <(sort <<<"$output") <(seq 100 | tr 0-9 a-j | sort)
}

# 2. a hello that comes late
#

# late FILE COMMAND...: gets 1 to 12; what comes out is in FILE when it has ended
late() {
	local out=$1

	shift
	background timeout "$DEADLINE" bash -c 'exec "$@" <in' - "$@" >"$out.late" 2>"$out.errors"
	started[$!]=$out
}

@test "promise 2: a stage may take its time to say hello, whatever supervisors are above it" {
	local started=() pid

	seq 12 >in
	late direct par-run -n 2 "$ODD" late go
	late nested par-run -n 2 par-run -n 2 "$ODD" late go
	late order par-run -k -n 2 par-run -n 2 "$ODD" late go
	late deep par-run -k par-run par-run -n 1 "$ODD" late go
	late log par-run --log log par-run -n 1 "$ODD" late go
	late host par-run --host :2 par-run -n 1 "$ODD" late go
	late below par-run -k -n 1 par-run --host :1 "$ODD" late go
	late cache par-cache --store one par-run -n 1 "$ODD" late go
	late cached par-run -k -n 1 par-cache --store two par-run -n 1 "$ODD" late go
	late saved par-run --checkpoint state -o saved.out -i in par-run -n 1 "$ODD" late go
	read -r -t 2.5 <> <(:) || true # slow: longer than any of them once waited
	: >go
	for pid in "${!started[@]}"; do
		wait "$pid" || { cat "${started[pid]}.errors"; return 1; }
	done
	mv saved.out saved.late
	for name in "${started[@]}"; do all_results "$name.late"; done
	same <(seq 12 | sed 's/^/result /') order.late
}

@test "promise 2: a plain command is known through supervisors at once, and nothing of it is lost" {
	seq 20 >in
	same in <(par-run -n 2 par-run -n 2 cat <in | sort -n)
	same in <(par-run -n 2 par-run -n 2 par-run -n 1 cat <in | sort -n)
	same in <(par-run -k -n 2 par-run -n 2 par-run -n 1 -N 1 cat <in)
	same in <(par-run -k -n 2 par-run -n 2 par-run -n 1 --map cat <in)
	run -2 par-run -k par-run cat <in
	[[ "$output" == *'par-run: -k: par-run is not a native stage; see --map, below it: par-run --map cat'* ]]
	same in <(par-run -k par-run --map cat <in)
	run -2 par-cache --store one par-run -n 1 cat <in
	[ "$output" = 'par-cache: par-run is not a native stage; see --map, below it: par-run --map -n 1 cat' ]
	run -3 par-run --host :1 par-run -n 1 cat <in
	[[ "$output" == *"par-run is not a native stage"* ]]
}

@test "promise 2: a record that is refused before the command is known is named, by whoever knows it" {
	{ seq 3; printf '%1000s\n' x; seq 4 20; } >in
	run -1 --separate-stderr par-run -k -n 1 par-run -n 1 --max-record 100 "$ODD" right <in
	same <(seq 20 | sed 's/^/result /') <(echo "$output")
	[[ "$stderr" == *"record 4 at byte 6 is longer than 100 bytes"* ]]
	{ printf '%1000s\n' x; seq 20; } >in
	run -1 --separate-stderr par-run -n 1 par-run -n 1 --max-record 100 cat <in
	same <(seq 20) <(echo "$output" | sort -n)
	[[ "$stderr" == *"record 1 at byte 0 is longer than 100 bytes"* ]]
}

@test "promise 2: par-cache answers what it knows before its command has said hello" {
	seq 12 | par-cache --store store --as 1 "$ODD" right >out
	mkfifo in
	background par-run -k -n 1 -i in -o again par-cache --store store --as 1 "$ODD" late go
	run=$!
	seq 13 >in
	eventually grep -qx 'result 12' again
	[ ! -e go ]
	: >go
	wait "$run"
	same <(seq 13 | sed 's/^/result /') again
}

@test "promise 2: par-queue waits for a hello, and refuses at once what reads without" {
	redis_start
	seq 12 | par-queue put q
	run -2 timeout "$DEADLINE" par-queue work --once q -- cat
	[[ "$output" == *"cat: "*"before it has said anything: not a native stage"* ]]
	is q waiting 12
	run -2 timeout "$DEADLINE" par-queue work --once q -- par-run -n 1 cat
	[[ "$output" == *"par-run: runs a plain command: not a native stage"* ]]
	is q waiting 12
	background timeout "$DEADLINE" par-queue work --once q -- par-run -n 1 "$ODD" late go
	queue=$!
	eventually is q running 1
	: >go
	wait "$queue"
	par-queue get q >out
	all_results out
}

# 3. signals that were blocked or ignored; ends that nobody tells of; process 1
#

load redis

# careless HOW:SIGNALS COMMAND...: as a parent may start it, see with-signals.py
careless() { timeout -k 1 "$DEADLINE" "$ROOT/tests/aid/with-signals.py" "$@"; }

# with_files COMMAND...: in, out and err are its files
with_files() { exec "$@" <in >out 2>err; }

@test "promise 3: whatever signals the parent blocked or ignored, every mode of par-run ends with all" {
	local how mode

	seq 30 >in
	for how in block:CHLD ignore:CHLD block:CHLD,TERM,INT,HUP,PIPE; do
		for mode in par-fib cat '--map cat' '-b 64K cat' '-N 1 cat' '--host :2 --map cat' \
			'par-run -n 2 --map cat'; do
			# shellcheck disable=SC2086
			careless "$how" par-run -n 2 $mode <in >out
			same in <(cut -f 1 out | sort -n)
		done
	done
}

@test "promise 3: whatever signals the parent blocked or ignored, par-cache, par-frontier and par-queue end" {
	local how

	seq 30 >in
	redis_start
	for how in block:CHLD ignore:CHLD; do
		careless "$how" par-cache -d "store.$how" --map cat <in >out
		same in out
		careless "$how" par-cache -d "store.$how" --as fib par-fib <in >out
		same in <(cut -f 1 out | sort -n)
		sed 's,^,http://h/,' in | careless "$how" par-frontier cat >out
		same <(sed 's,^,http://h/,' in | sort) <(sort out)
		par-queue put "${how%:*}" <in
		careless "$how" par-queue work --once "${how%:*}" -- par-run --map cat
		par-queue get "${how%:*}" >out
		same in <(sort -n out)
	done
}

@test "promise 3: par-run: SIGHUP and SIGINT that were ignored stay so, also in its workers" {
	local pid

	mkfifo in gate
	# shellcheck disable=SC2016
	background with_files "$ROOT/tests/aid/with-signals.py" ignore:HUP,INT par-run -n 2 --map sh -c \
		'while read -r n; do [ "$n" != 7 ] || { : >there; read -r _ <gate; }; echo "$n"; done'
	supervisor=$!
	exec {to}>in
	seq 29 >&"$to"
	eventually [ -e there ]
	for pid in "$supervisor" $(pgrep -P "$supervisor"); do
		kill -HUP "$pid"
		kill -INT "$pid"
	done
	echo 30 >&"$to"
	exec {to}>&-
	echo >gate
	wait "$supervisor"
	same <(seq 30) <(sort -n out)
	[ ! -s err ]
}

@test "promise 3: SIGTERM ends or drains every program, though its parent ignored and blocked it" {
	local program how pid

	begun() { [ "$(ps -o comm= -p "$1")" = "$2" ]; }
	ended() { kill "$1" 2>/dev/null; ! kill -0 "$1" 2>/dev/null; }
	redis_start
	mkfifo in
	exec {to}<>in
	for how in ignore:TERM block:TERM; do
		for program in 'par-run cat' 'par-run --host :2 --map cat' 'par-split out' par-gather \
			'par-gather -f in' par-fib par-links par-fetch 'par-cache -d store --map cat' \
			'par-queue put q' 'par-queue work q -- par-fib' 'par-queue get --follow q' \
			'par-frontier cat'; do
			# shellcheck disable=SC2086
			background with_files "$ROOT/tests/aid/with-signals.py" $how $program
			pid=$!
			eventually begun "$pid" "${program%% *}"
			eventually ended "$pid"
		done
	done
	exec {to}>&-
}

@test "promise 3: what is started has the signals that its parent got, but TERM and CHLD" {
	cat >show.py <<-'END'
		import signal
		blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [])
		names = "HUP INT QUIT TERM CHLD USR1 USR2 TTIN TTOU WINCH".split()
		numbers = [getattr(signal, "SIG" + name) for name in names]
		ignored = [n for n in numbers if signal.getsignal(n) == signal.SIG_IGN]
		print([n.name for n in ignored], [n.name for n in numbers if n in blocked])
	END
	for how in ignore block default; do
		careless $how:HUP,USR2,TTOU,WINCH python3 show.py </dev/null >want
		careless $how:HUP,USR2,TTOU,WINCH,TERM,CHLD par-run -N 1 python3 show.py <<<1 >out
		same want out
	done
}

@test "promise 3: a worker that is stopped is named, once, and again when it goes on" {
	local pid

	mkfifo in
	background with_files par-run -n 1 --map sh -c 'echo "$$" >pid; exec sed -u ""'
	supervisor=$!
	exec {to}>in
	echo 1 >&"$to"
	eventually [ -s out ]
	pid=$(cat pid)
	kill -STOP "$pid"
	eventually grep -qx "par-run: worker 1 (pid $pid) is stopped by SIGSTOP" err
	kill -STOP "$pid"
	kill -CONT "$pid"
	eventually grep -qx "par-run: worker 1 (pid $pid) goes on" err
	echo 2 >&"$to"
	exec {to}>&-
	wait "$supervisor"
	same out <(seq 2)
	[ "$(wc -l <err)" = 2 ]
}

@test "promise 3: a worker that was stopped, by a signal or since it reads the terminal, is late with -t" {
	seq 2 >in
	# shellcheck disable=SC2016
	within par-run -t 200ms -r 0 -n 1 --map sh -c 'read -r n; kill -STOP $$'
	[ "$status" = 1 ]
	grep -q '^par-run: worker 1 (pid [0-9]*) is stopped by SIGSTOP$' err
	[ "$(grep -c 'goes on' err)" = 0 ] # by us
	[ "$(grep -c '^par-run: [12]: took longer than 0.2 s$' err)" = 2 ]
	within python3 -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' \
		sh -c 'exec par-run -t 200ms -r 0 -n 1 --map sh -c "read -r _ </dev/tty" <in 2>err'
	[ "$status" = 1 ]
	grep -q 'is stopped by SIGTTIN: it reads the terminal$' err
	[ "$(grep -c '^par-run: [12]: took longer than 0.2 s$' err)" = 2 ]
}

@test "promise 3: an end is noticed though SIGCHLD never comes" {
	local mode

	no_leak_check
	seq 30 >in
	for mode in 'par-run -n 2 --map cat' 'par-run -n 2 -N 10 cat' 'par-run -n 2 par-fib' \
		'par-cache -d store --map cat' 'par-frontier --max-record 1k sed s,^,http://h/,'; do
		# A parent of a kind that no program has to expect: it swallows the signal.
		# shellcheck disable=SC2086
		within "$ROOT/tests/aid/swallow-chld.py" $mode
		[[ $mode != par-frontier* ]] || continue
		[ "$status" = 0 ]
		same in <(cut -f 1 out | sort -n)
	done
}

@test "promise 3: as process 1, what is left to a program is reaped, and confuses no supervision" {
	local mode alone=(unshare -pf --mount-proc)

	[ "$(id -u)" = 0 ] || alone=(unshare -Urpf --mount-proc)
	"${alone[@]}" true || skip "no namespace of processes can be made"
	seq 6 >in
	# Each worker leaves orphans that end while it works; then it looks for zombies.
	cat >stage <<-'END'
		#!/bin/sh
		while read -r n; do
			(sh -c 'exit 3' & sh -c 'kill -9 $$' &)
			i=0
			while ps -A -o stat= | grep -q Z; do
				i=$((i + 1))
				[ "$i" -lt 200 ] || { ps -A -o pid,ppid,stat,args >zombies; break; }
			done
			echo "$n"
		done
	END
	chmod +x stage
	for mode in 'par-run -n 1 --map' 'par-run -n 1 -N 2' 'par-cache -d store --map'; do
		# shellcheck disable=SC2086
		within "${alone[@]}" $mode ./stage
		[ "$status" = 0 ]
		same in <(sort -n out)
		[ ! -e zombies ]
	done
	par-queue put --url file:queues q <in
	within "${alone[@]}" par-queue work --url file:queues --once q -- par-run -n 1 --map ./stage
	[ "$status" = 0 ] && [ ! -e zombies ]
	par-queue get --url file:queues q | same in -
	sed -i 's|^|http://h/|' in
	within "${alone[@]}" par-frontier ./stage
	[ "$status" = 0 ] && [ ! -e zombies ]
	same in <(sort out)
}

# 4. -t ends whatever is stuck
#

# A process that does not end by itself, and is known by its name.
prepare_stuck() {
	mkfifo never
	printf '#!/bin/sh\nread -r _ <%s/never\n' "$PWD" >stuck
	chmod +x stuck
}

none_stuck() { ! pgrep -f "$PWD/stuck" >/dev/null; }

# within DEADLINE COMMAND..., with in as its input, to out and err; its status in status
within() {
	status=0
	timeout -k 1 "$DEADLINE" "$@" <in >out 2>err || status=$?
}

@test "promise 4: par-run -t: stages that are mute, do not end, or left their group lose no record" {
	local kind mode job out jobs=() stage=$ROOT/tests/aid/stuck-stage.py

	seq 12 >in
	for kind in mute endless own-group; do
		for mode in '' -k '--host :2'; do
			# shellcheck disable=SC2086
			timeout -k 1 "$DEADLINE" par-run -t 300ms -r 20 -n 2 $mode "$stage" $kind \
				<in >"out $kind $mode" 2>err &
			jobs+=("$!")
		done
		for job in "${jobs[@]}"; do wait "$job"; done
		jobs=()
	done
	for out in out*; do same in <(sort -n "$out"); done
}

# ends_late MODE...: of a stage that is ended for -t nothing is left, and each record is named.
ends_late() {
	local mode

	prepare_stuck
	seq 2 >in
	for mode in "$@"; do
		eval within par-run -t 200ms -r 0 -n 2 "$mode"
		[ "$status" = 1 ]
		[ ! -s out ]
		[ "$(grep -c '^par-run: [12]: took longer than 0.2 s$' err)" = 2 ]
		eventually none_stuck
	done
}

@test "promise 4: par-run -t: all that came of a late worker ends with it, and each record is named" {
	# shellcheck disable=SC2016
	ends_late '-N 1 sh -c "cat; $PWD/stuck"' \
		'-N 1 sh -c "cat; $PWD/stuck &"' \
		'-N 1 sh -c "cat; (trap \"\" TERM; exec $PWD/stuck) & $PWD/stuck"' \
		'--map sh -c "while read -r n; do $PWD/stuck; done"' \
		'--host :1 --map sh -c "while read -r n; do $PWD/stuck; done"'
}

@test "promise 4: par-run -t: what left the group of a late worker ends with it" {
	# shellcheck disable=SC2016
	ends_late '-N 1 sh -c "cat; setsid $PWD/stuck"' \
		'-N 1 sh -c "cat; (trap \"\" TERM; exec $PWD/stuck) & setsid -w $PWD/stuck"' \
		'--map sh -c "while read -r n; do setsid $PWD/stuck; done"' \
		'--host :1 --map sh -c "while read -r n; do setsid $PWD/stuck; done"' \
		'par-run --map sh -c "while read -r n; do $PWD/stuck; done"'
}

# endless COMMAND: a worker that does so when its input has ended is ended.
endless() {
	prepare_stuck
	seq 9 >in
	within par-run -t 200ms -n 1 --map sh -c "$1"
	[ "$status" = 0 ]
	same in out
	grep -qx 'par-run: worker 1: does not end, though its input has; ended' err
	within par-run -t 200ms -n 1 sh -c "$1"
	[ "$status" = 2 ] # nobody knows how long a record of its takes
	grep -qx 'par-run: -t: sh is not a native stage; see --map' err
	eventually none_stuck
}

@test "promise 4: par-run -t: a worker that does not end after its input is ended, with what it did kept" {
	# shellcheck disable=SC2016
	endless 'cat; "$PWD"/stuck'
}

@test "promise 4: par-run -t: what left the group of a worker that does not end is ended" {
	# shellcheck disable=SC2016
	endless 'cat; setsid "$PWD"/stuck'
}

@test "promise 4: what a clean end leaves behind stays, whatever the mode" {
	local mode pid

	prepare_stuck
	seq 3 >in
	redis_start
	# shellcheck disable=SC2016,SC2086
	for mode in 'par-run -n 1 --map' 'par-run -n 1' 'par-run -n 1 -N 3' \
		'par-run -n 1 par-run -n 1 --map' 'par-queue work --once q -- par-run -n 1 --map'; do
		par-queue put q <in
		within $mode sh -c 'cat; "$PWD"/stuck >/dev/null 2>&1 &'
		[ "$status" = 0 ]
		pid=$(pgrep -f "$PWD/stuck")
		kill "$pid"
		eventually none_stuck
	done
}

@test "promise 4: par-run: the second signal ends what others wait for, also where their leader is gone" {
	local mode

	prepare_stuck
	seq 2 >in
	for mode in '-N 1' ''; do
		# shellcheck disable=SC2086,SC2016
		background with_files par-run $mode sh -c \
			'cat; (trap "" TERM; exec "$PWD"/stuck) & : >"gone.$PAR_WORKER"'
		supervisor=$!
		eventually eval '! pgrep -P "$supervisor" >/dev/null && [ -e gone.1 ]'
		kill -TERM "$supervisor"
		kill -HUP "$supervisor" # a second of the same may be taken for one
		wait "$supervisor" || true
		eventually none_stuck
		rm -f gone*
	done
}

@test "promise 4: par-queue work --hard: stages that do not end, or left their group, end" {
	local kind stage=$ROOT/tests/aid/stuck-stage.py

	redis_start
	seq 12 >in
	for kind in endless own-group; do
		par-queue put "$kind" <in
		within par-queue work --once --hard 1s "$kind" -- "$stage" "$kind"
		[ "$status" = 0 ]
		par-queue get "$kind" >out
		same in <(sort -n out)
	done
}

# hurry NAME COMMAND...: for that the time goes 50 times as fast; its output and status in
# files, with standard input from the file in
hurry() {
	local name=$1 status

	shift
	ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 HURRY=50 LD_PRELOAD=$PWD/hurry.so \
		timeout -k 1 "$DEADLINE" "$@" <in >"out $name" 2>"err $name" && status=0 || status=$?
	echo "$status" >"status $name"
}

# hurried NAME STATUS LINE: how it ended, and what it said
hurried() {
	if [ "$(cat "status $1")" != "$2" ] || [ -s "out $1" ] || ! grep -q "$3" "err $1"; then
		cat "status $1" "err $1"
		return 1
	fi
}

@test "promise 4: where every worker is mute that is the end, in all modes; no record is lost" {
	local mode modes job jobs=() stage=$ROOT/tests/aid/stuck-stage.py
	local mute='stage.py: no worker of it says hello, or reads$'
	local never='^par-run: par-run: it can never work, says its exit status 125'

	cc -shared -fPIC -o hurry.so "$ROOT/tests/aid/hurry.c" -ldl
	redis_start
	seq 5 >in
	par-queue put q <in
	modes=('' -k '--key 1' '--host :1' '--checkpoint state -i in -o res' 'par-run -n 1')
	for mode in "${modes[@]}"; do
		# shellcheck disable=SC2086
		hurry "$mode" par-run -n 1 -t 1 $mode "$stage" mute &
		jobs+=("$!")
	done
	hurry below par-run -n 1 par-run -n 1 -t 1 "$stage" mute &
	jobs+=("$!")
	hurry map par-run -n 1 -t 1 -r 0 --map sleep 1000 &
	jobs+=("$!")
	hurry blocks par-run -n 1 -t 1 -r 0 -N 1 sleep 1000 &
	jobs+=("$!")
	hurry queue par-queue work --once --hard 1 q -- "$stage" mute &
	jobs+=("$!")
	for job in "${jobs[@]}"; do wait "$job"; done
	for mode in "${modes[@]}"; do
		hurried "$mode" 3 'no worker of it says hello, or reads$'
		hurried "$mode" 3 '^par-run: stopped early: 5 records were read and not delivered$'
	done
	# Below another one it is the end, too, and not tried time after time.
	hurried below 3 "$never"
	[ "$(grep -c "$mute" 'err below')" = 1 ]
	for mode in map blocks; do
		hurried "$mode" 1 '^par-run: 5: took longer than 1 s$'
		[ "$(grep -c ': took longer than 1 s$' "err $mode")" = 5 ]
	done
	hurried queue 3 'killed by signal 9 (Killed) before it said hello$'
	par-queue work --once q -- "$stage" right
	par-queue get q | sort | cmp - in
}

# ends_stuck COMMAND: par-frontier ends it, when it has written what it does, and all of it.
ends_stuck() {
	within par-frontier --patience 200ms sh -c "$1"
	((status <= 1))
	same in out
	eventually none_stuck
}

@test "promise 4: par-frontier --patience: a command that does not end is ended, with all that came of it" {
	local command

	prepare_stuck
	echo http://h/ >in
	# shellcheck disable=SC2016
	for command in 'cat; "$PWD"/stuck' 'cat; exec >&-; "$PWD"/stuck' 'cat; "$PWD"/stuck &'; do
		ends_stuck "$command"
	done
	# shellcheck disable=SC2016
	within par-frontier --patience 200ms sh -c 'trap "" TERM; "$PWD"/stuck'
	[ "$status" = 1 ]
	grep -qx 'par-frontier: http://h/: did not come back' err
	eventually none_stuck
}

@test "promise 4: par-frontier --patience: what left the group of a command is ended" {
	prepare_stuck
	echo http://h/ >in
	# shellcheck disable=SC2016
	ends_stuck 'cat; setsid "$PWD"/stuck'
}

# 5. one that floods
#

load redis
ODD=$BATS_TEST_DIRNAME/aid/odd-stage.py

# calm COMMAND...: its standard error goes to the file errors, without what floods there
calm() { "$@" 2> >(python3 -c 'import os, re
while data := os.read(0, 65536): os.write(1, re.sub(rb"xx+\n?", b"", data))' >errors); }

# feed CONDITION...: numbers from 1 on until it is true; how many it were is in the file fed
feed() {
	local n=0

	until "$@"; do
		echo $((++n))
		read -r -t 0.01 <> <(:) || true
	done
	echo $n >fed
}

@test "promise 5: a flood of standard error stops neither the others nor -t" {
	feed test -e flooding | calm timeout "$DEADLINE" par-run -n 2 -t 500ms -q aside "$ODD" \
		stderr-flood-once met >out
	same <(seq "$(cat fed)") <(sed 's/^result //' out | sort -n)
	eventually grep -q 'took longer than 0.5 s' errors
}

@test "promise 5: a flood of standard error stops neither SIGUSR1 nor SIGTERM" {
	mkfifo in
	exec 5<>in
	calm background par-run -i in -n 1 -q aside "$ODD" stderr-flood >out
	run=$!
	echo 1 >&5
	eventually test -e flooding
	kill -USR1 "$run"
	eventually grep -q 'time/job' errors
	kill -TERM "$run"
	kill -HUP "$run"
	wait "$run" || [ $? = 4 ]
}

@test "promise 5: a flood of hellos ends the worker; a few are allowed" {
	seq 12 | timeout "$DEADLINE" par-run -n 2 "$ODD" hello-flood-once met >out 2>errors
	all_results out
	grep -q 'worker .: said hello more than 1000 times in a second; killed' errors
	run -3 timeout "$DEADLINE" bash -c 'echo 1 | par-run -n 1 --max-restarts 3 "$1" hello-flood' - "$ODD"
	[[ "$output" == *"workers in a row ended without finishing a record"* ]]
	run -0 bash -c 'seq 12 | par-run -n 1 "$1" hellos' - "$ODD"
	all_results <(echo "$output")
}

# hosts_with KIND MESSAGE: records on two hosts, of which one is odd, until MESSAGE comes
hosts_with() {
	printf '#!/bin/sh\n[ "$1" != lie ] || exec %s --framed %s\nshift\nexec "$@"\n' "$ODD" "$1" >reach
	chmod +x reach
	: >errors
	feed grep -q "$2" errors | timeout "$DEADLINE" par-run --rsh ./reach --host lie,good -n 1 \
		--map sed -u 's/^/result /' >out 2>>errors
	same <(seq "$(cat fed)") <(sed 's/^result //' out | sort -n)
}

@test "promise 5: a host that floods is given up, and what it had goes to another" {
	hosts_with hello-flood "lie: said hello more than 1000 times in a second"
}

@test "promise 5: output that is counted before it is written is not waited for" {
	run -3 timeout "$DEADLINE" bash -c 'echo 1 | par-run -n 1 "$1" count-flood | od -v >/dev/null; exit "${PIPESTATUS[1]}"' - "$ODD"
	[[ "$output" == *"more than"* ]]
}

@test "promise 5: what a worker left behind may flood: its own output is out, and its end is seen" {
	seq 5 | timeout "$DEADLINE" par-run -n 1 sh -c 'cat; setsid yes & setsid yes &' |
		od -An -v -c -w2 | awk '$1 != "y" { print $1 }' >out
	same <(seq 5) out
	seq 5 | timeout "$DEADLINE" par-run -n 1 -q aside sh -c 'cat; setsid yes >&2 & setsid yes >&2 &' \
		2> >(od -v >/dev/null) >out
	same <(seq 5) out
}

@test "promise 5: a flood stops neither par-queue nor par-cache" {
	redis_start
	seq 2 | par-queue put --chunk 1 q
	calm timeout "$DEADLINE" par-queue work --once --hard 300ms --retries 0 q -- "$ODD" stderr-flood ||
		[ $? = 1 ]
	[ "$(par-queue dead q | cut -f 3 | uniq)" = 'took longer than 0.3 s' ]
	seq 12 | par-queue put q
	timeout "$DEADLINE" par-queue work --once q -- "$ODD" hello-flood-once met 2>errors
	par-queue get q >out
	all_results out
	grep -q 'said hello more than 1000 times in a second; killed' errors
	run -0 timeout "$DEADLINE" bash -c 'seq 12 | par-run -n 2 par-cache --store store "$1" hello-flood-once too' - "$ODD"
	[[ "$output" == *"par-cache: "*"said hello more than 1000 times in a second; killed"* ]]
}

# 6. no memory
#

@test "promise 6: a number that there is no memory for is a line and status 3" {
	[ -z "${SANITIZED-}" ] || skip "sanitizers need more memory than that"
	run -3 bash -c 'ulimit -v 100000; echo 200000000 | par-fib -m 10000000000'
	[[ $output == 'par-fib: a number of '*' bytes: Cannot allocate memory' ]]
	run -1 bash -c 'ulimit -v 100000; printf "200000000\n5\n" | par-run -n 1 -r 0 par-fib -m 10000000000 2>/dev/null'
	[ "$output" = $'5\t5' ]
}

# 7. output that is the input, or another output
#

# refuses MESSAGE COMMAND: the command line, of bash, ends with 2 and that line, and f is
# as it was, under each of its names.  (The limit is for what would fill the disk.)
refuses() {
	rm -rf new part.* folder/*
	run -2 --separate-stderr bash -c "ulimit -f 1000; $2"
	[ "$stderr" = "$1" ] || { echo "$2: $stderr"; return 1; }
	[ "$output" = "" ]
	[ "$(<f)" = $'1\n2\n3' ] && [ f -ef hard ] && [ f -ef soft ]
}

@test "promise 7: a file that is read or written is not written, in any pair, under any name" {
	local message command rows=0

	printf '1\n2\n3\n' >f
	ln f hard
	ln -s f soft
	mkdir folder
	while IFS='|' read -r message command; do
		[[ $command =~ par-[a-z]+ ]]
		refuses "${BASH_REMATCH[0]}: $message" "$command"
		rows=$((rows + 1))
	done <<-'END'
		-o f: the same file as f|par-fib -o f f
		-o f: the same file as hard|par-fib -o f hard
		-o f: the same file as standard input|par-fib -o f <f
		-o soft: the same file as standard input|par-fib -o soft <f
		-o f: the same file as /dev/stdin|par-fib -o f /dev/stdin <f
		-o /dev/fd/4: the same file as f|par-fib -o /dev/fd/4 f 4>>f
		-o /proc/self/fd/4: the same file as f|par-fib -o /proc/self/fd/4 f 4<>hard
		standard output: the same file as f|par-fib f >>f
		standard output: the same file as standard input|par-fib <f >>f
		standard output: the same file as standard input|par-fib <f 1<>f
		standard output: the same file as standard input|par-fib <f >>hard
		standard output: the same file as standard input|par-fib /dev/null - <f >>f
		-o f: the same file as f|par-links -o f f
		-o soft: the same file as f|par-links -o soft /dev/null f
		standard output: the same file as standard input|par-links <f >>f
		-o f: the same file as f|par-gather -o f f
		-o f: the same file as f|par-gather -m -o f /dev/null f
		-o f: the same file as --join-keys f|par-gather -c --join-keys f -o f /dev/null
		standard output: the same file as --join-keys soft|par-gather -g --join-keys soft /dev/null >>f
		standard output: the same file as standard input|par-gather <f >>f
		standard output: the same file as hard|par-gather /dev/null hard >>f
		--output f: the same file as f|par-fetch --output f f
		standard output: the same file as standard input|par-fetch <f >>f
		--warc f: the same file as f|par-fetch --warc f f
		--output new: the same file as --warc new|par-fetch --output new --warc new /dev/null
		--warc f: the same file as standard input|par-fetch --warc f <f
		--warc f: the same file as --hsts f|par-fetch --hsts f --warc f </dev/null
		--warc f: the same file as --warc-seen f|par-fetch --warc f --warc-seen f </dev/null
		--hsts f: the same file as f|par-fetch --hsts f f
		--cookie-jar f: the same file as hard|par-fetch -c f hard f
		--output f: the same file as --cookie f|par-fetch -b f --output f /dev/null
		--output f: the same file as --cookie-jar f|par-fetch -c f --output f /dev/null
		--output f: the same file as --cacert soft|par-fetch --cacert soft --output f /dev/null
		standard output: the same file as f|par-fetch -d @f /dev/null >>f
		-o f: the same file as -i f|par-run -i f -o f cat
		-o hard: the same file as -i soft|par-run -i soft -o hard cat
		-o f: the same file as standard input|par-run -o f cat <f
		standard output: the same file as -i f|par-run -i f cat >>f
		standard output: the same file as standard input|par-run --map cat <f >>f
		-q f: the same file as -i f|par-run -i f -q f false
		-q f: the same file as standard input|par-run -q f false <f
		-q f: the same file as :::: f|par-run -q f false {} :::: f
		-o hard: the same file as ::::+ soft|par-run -o hard echo {} ::: a ::::+ soft
		--log f: the same file as -i f|par-run --log f -i f --map cat
		--log f: the same file as standard input|par-run --log f --map cat <f
		--metrics f: the same file as -i f|par-run --metrics f -i f --map cat
		--metrics f: the same file as standard input|par-run --metrics f --map cat <f
		-o f: the same file as --hosts f|par-run --hosts f -o f cat
		--log f: the same file as --hosts soft|par-run --hosts soft --log f --map cat
		-q f: the same file as --hosts f|par-run --hosts f -q f --map cat
		-o new: the same file as -q new|par-run -q new -o new cat </dev/null
		-o new: the same file as --log new|par-run --log new -o new --map cat </dev/null
		-q new: the same file as --log ./new|par-run -q new --log ./new --map cat </dev/null
		-o new: the same file as --metrics new|par-run --metrics new -o new --map cat </dev/null
		--log new: the same file as --metrics new|par-run --metrics new --log new --map cat </dev/null
		-q new: the same file as --metrics new|par-run --metrics new -q new --map cat </dev/null
		--metrics folder/new: the same file as --checkpoint folder/../folder/new|par-run --checkpoint folder/../folder/new --metrics folder/new -o out --map cat <f
		-o new: the same file as --checkpoint new|par-run --checkpoint new -o new --map cat <f
		--checkpoint f: the same file as standard input|par-run --checkpoint f -o new --map cat <f
		standard output: the same file as -q f|par-run -q f cat </dev/null >>f
		standard output: the same file as --log soft|par-run --log soft --map cat </dev/null >>f
		-o f: the same file as standard output|par-run --log - -o f --map cat </dev/null >>f
		-o f: the same file as -i f|par-cache -i f -o f cat
		-o f: the same file as standard input|par-cache -o f cat <f
		standard output: the same file as standard input|par-cache --map cat <f >>f
		-o f: the same file as --password-file f|par-cache --password-file f -o f cat
		-o folder/data.mdb: the same file as -d folder/data.mdb|par-cache -d folder -o folder/data.mdb cat
		-d folder/data.mdb: the same file as -i f|ln f folder/data.mdb; par-cache -d folder -i f cat
		-o f: the same file as standard input|par-frontier -o f cat <f
		standard output: the same file as standard input|par-frontier cat <f >>f
		-o folder/frontier: the same file as --state folder/frontier|par-frontier --state folder -o folder/frontier cat </dev/null
		f: the same file as -i f|par-split -i f f
		soft: the same file as -i hard|par-split -i hard one soft
		f: the same file as standard input|par-split -c f <f
		standard output: the same file as standard input|par-split - <f >>f
		standard output: the same file as standard input|par-split -c - <f >>f
		new: given twice, and written|par-split new new <f
		new: the same file as ./new|par-split --tee new other ./new <f
		f: the same file as soft|par-split f soft </dev/null
		f: the same file as standard output|par-split f - </dev/null >>f
		part.0: the same file as -i part.0|ln f part.0; par-split -i part.0 -n 3 part.%d
		part.0: the same file as -i part.0|ln f part.0; par-split -i part.0 -l 1 part.%d
		part.1: the same file as standard input|ln f part.1; par-split -b 2 part.%d <f
		part.1: the same file as part.0|ln -s part.0 part.1; par-split -l 1 part.%d <f
		standard output: the same file as standard input|par-queue put --ids q <f >>f
		standard output: the same file as --state f|par-queue get --state f q >>f
		standard output: the same file as --password-file f|par-queue -u redis://127.0.0.1:1 stat --password-file f q >>f
	END
	[ "$rows" -gt 75 ]
}

@test "promise 7: what is safe goes on: sort -o f f, a jar, one output twice, nothing to read, no file" {
	printf '%s\n' b a b c a >f
	par-gather -c -o f f
	same <(sort f) <(printf '%s\n' 'a	2' 'b	2' 'c	1')
	par-gather -k 0 -g f >>f
	[ "$(wc -l <f)" = 6 ]
	seq 9 >f
	cp f want
	bash -c '{ while read -r _; do :; done; par-fib; } <f >>f'
	same f want
	par-split - - <f >out
	same f out
	: >jar
	run -0 par-fetch -b jar -c jar /dev/null
	run -0 par-gather f f <f
	par-gather </dev/null >/dev/null
	run -0 par-run -o /dev/null --log /dev/null --map cat <f 2>>f
	python3 - <<-'END'
		import socket, subprocess
		ours, theirs = socket.socketpair()
		child = subprocess.Popen(["par-run", "--map", "cat"], stdin=theirs, stdout=theirs)
		theirs.close()
		ours.sendall(b"1\n2\n")
		ours.shutdown(socket.SHUT_WR)
		assert sorted(ours.makefile("rb")) == [b"1\n", b"2\n"]
		assert child.wait() == 0
	END
}

# keeps STATUS COMMAND: the command fails before it could write, and f is as it was.
keeps() {
	echo precious >f
	run "-$1" bash -c "$2"
	[ "$(cat f)" = precious ] || { echo "$2"; return 1; }
}

@test "promise 7: what -o names keeps its content until the command is known to be good" {
	local status command

	seq 9 >in
	while read -r status command; do
		keeps "$status" "$command"
	done <<-'END'
		127 par-run -o f no-such-command <in
		127 par-run -o f --map no-such-command <in
		127 par-run -o f -N 2 no-such-command <in
		126 par-run -o f ./in <in
		2 par-run -o f -k cat <in
		2 par-run -o f --log other cat <in
		2 par-run -o other --log f cat <in
		127 par-run -o other --log f --map no-such-command <in
		3 par-run -o f -i missing cat
		3 par-run -o f -q missing/q --map cat <in
		3 par-run -o f --log missing/l --map cat <in
		3 par-run -o f --metrics missing/m --map cat <in
		3 par-run -o f --control in --map cat <in
		3 par-run -o f --max-restarts 1 false <in
		3 par-run -o f --host no.such.host --rsh false --host-wait 1ms --max-restarts 1 cat <in
		127 par-run -o f --checkpoint state --map no-such-command <in
		127 par-run -o f --checkpoint state --map no-such-command <in
		2 par-run -o f --checkpoint state cat <in
		127 par-cache -d store -o f no-such-command <in
		2 par-cache -d store -o f cat <in
		3 par-cache -d store -o f -i missing cat
		127 par-frontier -o f no-such-command <<<http://localhost/
		3 par-fib -o f missing
		3 par-links -o f missing missing
		3 par-fetch --output f missing
		3 par-gather -o f missing
		3 par-gather -c -o f missing
		3 par-split -i missing f
		3 par-split -i in f missing/g
		3 par-split -c -i missing f
		3 par-run -o f --map cat <.
		3 par-run -o f --map cat <&-
		3 par-run -o f --map cat 0>other
		3 par-fib -o f <.
		3 par-fib -o f <&-
		3 par-links -o f 0>other
		3 par-links -o f <&-
		3 par-fetch --output f 0>other
		3 par-gather -o f <.
		3 par-split f <.
		3 par-split f 0>other
		3 par-cache -d store -o f --map cat <.
	END
	# One that is not there is made first, as by a shell, whatever comes of it.
	run -127 par-run -o new no-such-command <in
	run -2 par-cache -d store -o new2 cat <in
	run -127 par-frontier -o new3 no-such-command <<<http://localhost/
	[ "$(stat -c %s new new2 new3 | paste -sd ' ')" = '0 0 0' ]
	chmod 640 f
	ln f hard
	par-run -o f --map cat <in
	same <(sort f) in
	same f hard
	[ "$(stat -c %a f)" = 640 ]
	par-run -o f cat </dev/null
	[ ! -s hard ]
	echo old >f
	par-fib -o f missing in 2>/dev/null || [ $? = 3 ]
	[ "$(head -n 1 hard)" = '1	1' ]
	par-gather -o f /dev/null
	[ ! -s hard ]
}

# 8. par-queue get --state after a bad end
#

# results N: a queue with that many results, of 1000 bytes and more
results() {
	command -v redis-server || skip "no redis-server"
	redis_start
	seq "$1" | awk '{ printf "%d%01000d\n", $1, 0 }' >records
	par-queue put q <records
	par-queue work --once q -- par-run -n 1 -N 1 cat
	echo before >out
}

@test "promise 8: par-queue get that was killed before its state was ever written doubles nothing" {
	results 30
	run ! bash -c 'ulimit -f 8; exec par-queue get --state state q >>out'
	[ "$(stat -c %s out)" = 8192 ]
	redis DEL "$(redis KEYS '*reader*')" # who has died is forgotten, in 10 s
	par-queue get --state state q >>out
	same <(sort out) <({ echo before; cat records; } | sort)
}

@test "promise 8: par-queue get asks for nothing before it can write its state" {
	results 3
	run -3 bash -c 'par-queue get --state missing/state q >>out'
	[ "$output" = 'par-queue: missing/state: No such file or directory' ]
	[ "$(cat out)" = before ]
	[ "$(number q results)" = 3 ]
	mkdir missing
	par-queue get --state missing/state q >>out
	same <(sort out) <({ echo before; cat records; } | sort)
}

# 9. a range that is too long
#

# all_results FILE: just one result for each of 1 to 12
all_results() { same <(seq 12 | sed 's/^/result /' | sort) <(sort "$1"); }

@test "promise 9: a range is checked whole before any of it is taken: too long, done in part, without end" {
	local lie

	for lie in long again wrap; do
		seq 12 | timeout "$DEADLINE" par-run -n 2 "$ODD" $lie-once met-$lie >out 2>errors
		all_results out
		grep -q 'worker .: acknowledged a record that it does not have; killed' errors
	done
	seq 12 | timeout "$DEADLINE" par-run -k -n 1 par-run -n 1 "$ODD" long-once nested >out
	all_results out
}

@test "promise 9: one that always tells of too many ends, and each record is out or set aside" {
	run -1 timeout "$DEADLINE" bash -c 'seq 10 | par-run -n 1 -r 0 -q aside "$1" long >out 2>errors' - "$ODD"
	[ ! -s out ]
	same <(seq 10) <(cut -f 1 aside | sort -n)
}

@test "promise 9: a host that tells of too many is given up, and what it had goes to another" {
	local lie

	for lie in long again wrap; do
		hosts_with $lie "lie: acknowledged a record that it does not have" ||
			{ cat errors; return 1; }
	done
}

@test "promise 9: par-queue and par-cache take nothing of a range that is too long" {
	redis_start
	for lie in long again wrap; do
		seq 12 | par-queue put q
		timeout "$DEADLINE" par-queue work --once q -- "$ODD" $lie-once queue-$lie 2>errors
		par-queue get q >out
		all_results out
		grep -q "acknowledged a record that it does not have; killed" errors
		seq 12 | timeout "$DEADLINE" par-run -n 2 \
			par-cache --store "$PWD/store-$lie" "$ODD" $lie-once cache-$lie >out 2>errors
		all_results out
		grep -q "par-cache: .*acknowledged a record that it does not have; killed" errors
	done
}

# apart STATUS WHO: by a line of records that are not neighbours
apart() {
	[ "$1" = "$2" ] && grep -q "$3.* has one line with records that are not its neighbours" errors
}

@test "promise 9: records that are no neighbours are not done together where that breaks the order" {
	local how status

	seq 60 >in
	for how in '-n 2 -k --key 1' '-n 2 -k --key 1 par-run -n 1' '-n 1 par-run -n 2 --key 1'; do
		# shellcheck disable=SC2086 # words
		timeout "$DEADLINE" par-run $how "$ODD" joined <in >out 2>errors && status=0 || status=$?
		apart "$status" 3 'par-run: .*: record [0-9]* ([0-9]*):' || { cat errors; return 1; }
		# What is out is right, and in order where that was asked for.
		[[ $how != *-k* ]] || same <(sed 's/^/result /' in | head -n "$(wc -l <out)") out
		# shellcheck disable=SC2086 # words
		timeout "$DEADLINE" par-run $how "$ODD" joint <in | sort -V |
			cmp - <(sed 's/^/result /' in)
	done
	timeout "$DEADLINE" par-run -n 2 --key 1 "$ODD" joined <in | sort -V | cmp - <(sed 's/^/result /' in)
	timeout "$DEADLINE" par-run -n 1 -k "$ODD" joined <in | cmp - <(sed 's/^/result /' in)
}

@test "promise 9: records of several entries of a queue are not done together but by one that says so" {
	local n status

	redis_start
	for n in 1 2 3 4 5 6; do
		par-queue put q <<<"$n"
	done
	timeout "$DEADLINE" par-queue work --once q -- "$ODD" joined >out 2>errors && status=0 || status=$?
	apart "$status" 3 "par-queue: .*: record [0-9]:" || { echo "$status"; cat errors; return 1; }
	timeout "$DEADLINE" par-queue work --once q -- "$ODD" joint
	par-queue get q | sort | cmp - <(seq 6 | sed 's/^/result /')
}

# 10. output that no line counts
#

# miscounts WAY SIZE COMMAND...: the records before what is wrong come out whole, the run
# ends with 3, and the message names record 5 as wrong in WAY, or what is left at the end
# shellcheck disable=SC2031 # run sets them here
miscounts() {
	local way=$1 size=$2

	shift 2
	run -3 --separate-stderr timeout "$DEADLINE" "$@" \
		"$ROOT/tests/aid/miscounts.py" "$way" "$size" <in
	case $way in
	prints-alike) [[ $stderr == *'output that no line counts was left at its end: 20...'* ]] ;;
	banner) [[ $stderr == *'output that no line counts was left at its end: bye\n'* ]] ;;
	unfinished) [[ $stderr == *'output that no line counts was left at its end: bye'* ]] ;;
	long) [[ $stderr == *'record '*5*' line counts'*', '* ]] ;;
	*) [[ $stderr == *'record '*5*': the output that its line counts, '*' does not end in a newline'* ]] ;;
	esac
	[[ $stderr != *'killed by signal'* ]]
	case $way in
	prints-alike | banner | unfinished) [ "${#lines[@]}" = 20 ] ;;
	*)
		[ "${#lines[@]}" -ge 1 ]
		[ "${#lines[@]}" -lt 5 ]
		;;
	esac
	# Whole records: each of them is as long as it has to be.
	[ "$(awk '{ print length($0) + 1 }' <<<"$output" | sort -u)" = "$size" ]
}

@test "promise 10: output that no line counts is told with its record, and only whole records come out" {
	local way

	seq 20 >in
	for way in prints prints-alike short long swaps no-newline banner unfinished; do
		miscounts "$way" 12 par-run -n 1
		miscounts "$way" 12 par-run -n 1 -k
	done
	run -0 par-run -n 1 "$ROOT/tests/aid/miscounts.py" right 12 <in
	[ "${#lines[@]}" = 20 ]
}

@test "promise 10: output that no line counts is noticed in records of all sizes, moved by whatever means" {
	local size order

	seq 20 >in
	for size in 100 4000 20000 70000 1200000; do
		for order in '' -k; do
			# shellcheck disable=SC2086 # none or one
			miscounts short "$size" par-run -n 1 $order
			# shellcheck disable=SC2086 # none or one
			miscounts swaps "$size" par-run -n 1 $order
		done
	done
	# Many at a time.
	for size in 9 300 5000; do
		seq 100000 100000 | sed 's/.*/5/' | head -n 1 >five
		{ seq 100000 102000; cat five; seq 200000 202000; } >in
		run -3 --separate-stderr par-run -n 1 "$ROOT/tests/aid/miscounts.py" swaps "$size" <in
		[[ $stderr == *"record 2002 (5): the output that its line counts, $((size - 1)) bytes, does not end"* ]]
		[ "${#lines[@]}" = 2001 ]
	done
}

@test "promise 10: output that no line counts is noticed over links, nested, in a cache and on a queue" {
	local way above

	load redis
	seq 20 >in
	for way in prints short no-newline prints-alike banner; do
		for above in 'par-run --host :1' 'par-run -n 1 par-run -n 1' 'par-cache --store c' \
			'par-run -n 1 par-cache --store c'; do
			rm -rf c
			# shellcheck disable=SC2086 # words
			miscounts "$way" 12 $above
		done
	done
	redis_start
	for way in prints banner; do
		redis FLUSHALL
		par-queue put --chunk 1 q <in
		run -3 --separate-stderr timeout "$DEADLINE" par-queue work --once q -- \
			"$ROOT/tests/aid/miscounts.py" "$way" 12
		[[ $stderr == *'that '*' line counts'*'does not keep the rules of par-stage(7)' ]]
		is q dead 0
		is q "done" "$([ $way = banner ] && echo 20 || echo 4)"
		balanced q
	done
}

@test "promise 10: a tail is dropped that a killed or late worker leaves; a record never told of is named" {
	local wait input

	cat >halves <<-'EOF'
		#!/bin/bash
		exec 9>&"${PAR_STAGE%:*}"
		trap 'exit 0' TERM
		echo "par-stage 1" >&9
		i=0
		while IFS= read -r n; do
			case $n in
			late | dies)
				if ! mkdir "$n" 2>/dev/null; then
					:
				elif printf half; [ "$n" = late ]; then
					read -r -t 100 <> <(:)
				else
					kill -9 $$
				fi
				;;
			esac
			echo "$n"
			echo "$i $((${#n} + 1)) ok" >&9
			i=$((i + 1))
		done
	EOF
	chmod +x halves
	printf '%s\n' 1 late 2 dies 3 >in
	run -0 --separate-stderr par-run -n 1 -t 0.2 ./halves <in
	[ "$(sort <<<"$output")" = "$(sort in)" ]
	# One whose input has ended, and that never tells of a record: not for ever, also if
	# it is so slow that it has one record at a time, and nobody would read further.
	seq 5 >in
	for wait in 0 0.05; do
		for input in in <(cat in); do
			run -1 --separate-stderr timeout -k 1 "$DEADLINE" par-run -n 1 -r 1 \
				"$ROOT/tests/aid/miscounts.py" untold 9 "$wait" <"$input"
			[ "${#lines[@]}" = 4 ]
			[ "${stderr_lines[-2]}" = 'par-run: 5: worker ended without a word of it' ]
			[ "${stderr_lines[-1]}" = 'par-run: 1 record was tried again' ]
		done
	done
}

# full_folder COMMAND...: with a temporary folder that is full, TMPDIR
full_folder() {
	local there="mount -t tmpfs -o size=${ROOM:-1m} tmpfs full"

	mkdir -p full
	# Mounted for the command alone.  Else: what cannot be there has no room, either.
	unshare -m sh -c "$there" 2>/dev/null || there='rmdir full'
	[ "$there" = 'rmdir full' ] || set -- unshare -m sh -c "$there && exec \"\$@\"" sh "$@"
	[ "$there" != 'rmdir full' ] || rmdir full
	run -1 --separate-stderr env TMPDIR="$PWD/full" timeout -k 1 "$DEADLINE" "$@" <in
}

@test "promise 10: a full temporary folder fails the record that needs it by name, and no host" {
	local stage how

	seq 8 >in
	stage="$ROOT/tests/aid/miscounts.py huge 40000000"
	printf '%s\n' '#!/bin/sh' 'shift' 'TMPDIR=$PWD exec "$@"' >away
	chmod +x away
	# shellcheck disable=SC2086 # words
	for how in '-n 2' '-k -n 2' '--host :2' '--rsh ./away --host a:1,b:1' 'par-run -n 2' '-N 1 -n 2'; do
		[[ $how != -N* ]] || stage="sh -c 'read -r x; [ \$x = 5 ] || exec echo \$x; yes | head -c 40000000'"
		eval "full_folder par-run -r 1 $how $stage"
		[ "$(sort <<<"$output")" = "$(grep -v 5 in)" ]
		[[ $stderr == *'par-run: 5: '*'no room to put its output aside in '* ]]
		[[ $stderr != *'not a line'* ]]
		[[ $stderr != *'given up'* ]]
	done
}

@test "promise 10: -k: output that waits for its turn, and finds no room, fails its record by name" {
	cat >waits <<-'EOF'
		#!/bin/bash
		exec 9>&"${PAR_STAGE%:*}"
		echo "par-stage 1 window=1" >&9
		i=0
		while IFS= read -r n; do
			size=2
			case $n in
			1) until [ -e go ]; do read -r -t 0.02 <> <(:); done ;;
			2) size=20000000 && head -c $size /dev/zero | tr '\0' '\n' ;;
			3) : >go ;;
			esac
			[ "$n" = 2 ] || echo "$n"
			echo "$i $size ok" >&9
			i=$((i + 1))
		done
	EOF
	chmod +x waits
	seq 3 >in
	ROOM=30m full_folder par-run -n 2 -k -r 0 ./waits
	[ "${lines[*]}" = '1 3' ]
	[[ $stderr == 'par-run: 2: no room to put its output aside in '* ]]
}

@test "promise 10: --max-output fails a record or block with more, by name, whatever tells of it" {
	local way how

	seq 8 >in
	for how in '-n 2' '-k -n 2' '--host :2' 'par-run -n 2'; do
		for way in 20000 3000000; do
			# shellcheck disable=SC2086 # words
			run -1 --separate-stderr timeout -k 1 "$DEADLINE" par-run --max-output 10000 $how \
				"$ROOT/tests/aid/miscounts.py" huge "$way" <in
			[ "$(sort <<<"$output")" = "$(grep -v 5 in)" ]
			[ "${stderr_lines[0]}" = 'par-run: 5: its output is longer than 10000 bytes' ]
		done
	done
	for how in '-N 1 -n 2' '-k -N 1' '-N 1 --host :2'; do # without end
		# shellcheck disable=SC2086 # words
		run -1 --separate-stderr timeout -k 1 "$DEADLINE" par-run --max-output 10000 $how \
			sh -c 'read -r x; [ "$x" = 5 ] || exec echo "$x"; exec yes' <in
		[ "$(sort <<<"$output")" = "$(grep -v 5 in)" ]
		[ "${stderr_lines[0]}" = 'par-run: 5: its output is longer than 10000 bytes' ]
	done
	for how in 10 1000000; do
		run -1 --separate-stderr timeout -k 1 "$DEADLINE" par-run -n 1 --map --max-output 9 \
			awk -v n="$how" '$1 == 5 { for (i = 0; i < n; i++) printf "%s", "5" } { print }' <in
		[ "$(sort <<<"$output")" = "$(grep -v 5 in)" ]
		[ "${stderr_lines[0]}" = 'par-run: 5: its output is longer than 9 bytes' ]
	done
	run -0 par-run -k -n 1 --max-output 2 "$ROOT/tests/aid/miscounts.py" right 2 <in
	[ "$output" = "$(cat in)" ]
}

# 11. outputs byte for byte
#

@test "promise 11: --raw passes the outputs of blocks byte for byte, also through others" {
	local through

	cat >reach <<-'EOF'
	#!/bin/sh
	shift
	exec "$@"
	EOF
	chmod +x reach
	seq 100000 >in
	printf '\0\1\2' >bytes
	for through in '' 'par-run -k -n 2' 'par-run -n 1 par-run -n 1' \
		'par-run -k -n 1 --rsh ./reach --host a,b'; do
		# shellcheck disable=SC2086 # words
		run -0 --separate-stderr bash -c "$through par-run -k -b 64K --raw gzip <in | zcat | sort -n | cmp - in"
		[ -z "$output$stderr" ]
		# shellcheck disable=SC2086 # words; one host, as two of them may have a record each
		${through%,b} par-run -N 2 --raw cat bytes <<<$'1\n2' | cmp - bytes
	done
	par-run -k -b 64K --raw --rsh ./reach --host a:1,b:2 gzip <in | zcat | cmp - in
	par-run -k -N 4000 --raw --rsh ./reach --host a,: gzip <in | zcat | cmp - in
	# Nothing, and output that is more than is kept in memory.
	[ "$(seq 500 | par-run -N 1 --raw true | wc -c)" -eq 0 ]
	[ "$(par-run -N 1 --raw head -c 20000000 /dev/zero <<<x | wc -c)" -eq 20000000 ]
	run -2 --separate-stderr par-run --raw cat
	[[ "$stderr" == *'--raw needs -b, -N or {}'* ]]
}

@test "promise 11: without --raw outputs of blocks that are no records are told of once" {
	run -0 --separate-stderr par-run -k -N 1 printf x < <(seq 3)
	[ "$output" = $'x\nx\nx' ]
	[ "$stderr" = 'par-run: printf: its output does not end in a newline, and is given one; see --raw' ]
	run -0 --separate-stderr bash -c 'seq 3 | par-run -n 1 -N 1 printf "x\0\n" | cmp - <(printf "x\0\nx\0\nx\0\n")'
	[ "$stderr" = 'par-run: printf: its output holds NUL bytes, and is taken for lines; see --raw' ]
	# One that failed is not passed on, and not told of.
	run -1 --separate-stderr par-run -r 0 -N 1 sh -c 'printf x; exit 1' <<<a
	[[ "$stderr" != *--raw* ]]
	run -0 --separate-stderr par-run -N 1 cat < <(seq 9)
	[ -z "$stderr" ]
}

@test "promise 11: a run of --raw that was killed goes on, and not without it" {
	printf '#!/bin/sh\nexec 4<"$1"\nread -r x <&4\nprintf "<%%s" $(cat)\n' >gated
	chmod +x gated
	mkfifo gate
	seq 9 >in
	background par-run -k -n 2 -i in -o out --checkpoint state --raw -N 1 ./gated gate
	pid=$!
	exec 5<>gate
	printf '\n\n\n' >&5
	eventually test -s out
	kill -TERM "$pid"
	kill -HUP "$pid"
	wait "$pid" || true
	printf '%.0s\n' {1..99} >&5
	run -2 par-run -k -n 2 -i in -o out --checkpoint state -N 1 ./gated gate
	par-run -k -n 2 -i in -o out --checkpoint state --raw -N 1 ./gated gate
	[ "$(<out)" = '<1<2<3<4<5<6<7<8<9' ]
}

# 12. blocks of just N records; blocks whose start or time fails
#

# Two records, a while later the next two, and so on: seq in pieces.
drip() {
	local n

	for ((n = 1; n <= $1; n += 2)); do
		seq "$n" $((n + 1 < $1 ? n + 1 : $1))
		read -r -t 0.03 <> <(:) || true
	done
}

# fours OUT LAST: lines of four neighbours each, beginning with 1, 5, 9..., in any order
fours() {
	sort -n "$1" | cmp - <(seq "$2" | paste -d , - - - - | sed 's/,*$//') || { cat "$1"; return 1; }
}

@test "promise 12: -N gives each block N records, however they come" {
	drip 10 | par-run -k -N 4 paste -sd, >out
	fours out 10
	seq 1300000 >in
	[ "$(par-run -k -N 400000 wc -l <in)" = $'400000\n400000\n400000\n100000' ]
	seq 20000 | par-run -n 3 -N 4 paste -sd, >out
	fours out 20000
	# Of both, what comes first.
	[ "$(drip 6 | par-run -k -N 4 -b 5 paste -sd,)" = $'1,2\n3,4\n5,6' ]
}

@test "promise 12: -b gives each block what has room in it, however large" {
	seq 1300000 >in
	par-run -b 4M wc -c <in >out
	[ "$(wc -l <out)" -eq 3 ]
	[ "$(sort -n out | tail -n 2 | awk '$1 <= 4194304 && $1 > 4194304 - 8' | wc -l)" -eq 2 ]
	par-run -k -b 4M cat <in | cmp - in
	drip 10 | par-run -k -b 8 paste -sd, >out
	[ "$(<out)" = $'1,2,3,4\n5,6,7,8\n9,10' ]
	# A record that is larger than a block is one.
	{ head -c 2000000 /dev/zero | tr '\0' x; echo; seq 3; } >in
	[ "$(par-run -k -b 1M wc -c <in)" = $'2000001\n6' ]
}

@test "promise 12: --block-wait begins a block that is not full" {
	mkfifo in
	background par-run -n 1 -i in -N 4 --block-wait 10ms paste -sd, >out
	pid=$!
	exec 5>in
	printf '1\n2\n' >&5
	eventually grep -qx 1,2 out
	echo 3 >&5
	eventually grep -qx 3 out
	seq 4 7 >&5
	eventually grep -q 7 out
	exec 5>&-
	wait "$pid"
	seq 9 >in2
	[ "$(par-run -k -N 4 --block-wait 0 paste -sd, <in2)" = $'1,2,3,4\n5,6,7,8\n9' ]
}

@test "promise 12: a record that is too long leaves the others in blocks with their own" {
	{ seq 5; printf '%0999d\n' 0; seq 7 12; } >in
	run -1 --separate-stderr par-run -k -N 4 --max-record 99 paste -sd, <in
	[ "$output" = $'1,2,3,4\n5\n7,8\n9,10,11,12' ]
	{ printf '%0999d\n' 0; seq 2 6; } >in
	run -1 --separate-stderr par-run -k -N 4 --max-record 99 paste -sd, <in
	[ "$output" = $'2,3,4\n5,6' ]
}

@test "promise 12: a par-run below another one makes the same blocks, and none waits for the other" {
	local order below

	for order in '-n 1' '-n 2' '-n 1 -k' '-n 2 -k' '-n 2 par-run -n 2' '-k par-run -n 2'; do
		for below in '-n 1' '-n 2'; do
			# shellcheck disable=SC2086 # words
			drip 22 | par-run $order par-run $below -N 4 paste -sd, >out
			fours out 22 || { echo "par-run $order par-run $below"; return 1; }
		done
		# shellcheck disable=SC2086 # words
		drip 22 | par-run $order par-run -n 1 -b 8 cat | sort -n | cmp - <(seq 22)
	done
	# More than the one above has in flight, and what it holds back.
	seq 200000 | par-run -n 1 par-run -n 1 -N 150000 wc -l >out
	[ "$(awk '{ n += $1 } END { print n }' out)" -eq 200000 ]
	seq 200000 | par-run -k -n 2 par-run -n 1 -b 3M cat | cmp - <(seq 200000)
	seq 50 | par-run --key 1 -n 2 par-run -n 1 -N 4 cat | sort -n | cmp - <(seq 50)
}

@test "promise 12: hosts make the same blocks, also when they try them again" {
	local order

	printf '#!/bin/sh\nshift\nexec "$@"\n' >reach
	cat >moody <<-'EOF'
	#!/bin/sh
	paste -sd, >line.$$
	cat line.$$
	mkdir "seen.$(head -c 5 line.$$ | tr , _)" 2>/dev/null && exit 1
	exit 0
	EOF
	cat >deadly <<-'EOF'
	#!/bin/sh
	mkdir killed 2>/dev/null && kill -9 $PPID
	exec paste -sd,
	EOF
	chmod +x reach moody deadly
	for order in '' -k; do
		# shellcheck disable=SC2086 # words
		drip 22 | par-run --rsh ./reach --host a:2,b:1 $order -N 4 paste -sd, >out
		fours out 22
		rm -rf seen.* line.* killed
		# shellcheck disable=SC2086 # words
		par-run --rsh ./reach --host a:2,b:1 $order -N 4 ./moody < <(seq 22) >out
		fours out 22
		# shellcheck disable=SC2086 # words
		par-run --rsh ./reach --host a:2,b:1 $order -N 4 ./deadly < <(seq 22) >out
		fours out 22
	done
	seq 300000 >in
	par-run --rsh ./reach --host a,b -k -b 1M cat <in | cmp - in
	[ "$(par-run --rsh ./reach --host a,b -k -N 150000 wc -l <in)" = $'150000\n150000' ]
	run -1 --separate-stderr par-run --rsh ./reach --host a -r 1 -N 4 false < <(seq 6)
	[ "$(grep -c 'exited with status 1' <<<"$stderr")" -eq 6 ]
	for bad in 'block 2 9' 'block 0 0' 'block 3 4' 'block 1 9999999999999999' 2; do
		run -3 bash -c 'printf "par-job 1 26\na\0--serve\0--records=2\0cat\0%s\n1\n2\n" "$1" |
			par-run --serve' - "$bad"
	done
}

@test "promise 12: hosts whose command makes the blocks get whole ones, from the first" {
	local order

	printf '#!/bin/sh\nshift\nexec "$@"\n' >reach
	chmod +x reach
	for order in '--host a,b' '--host a,b -k' '--host a:2,b:2' '--host a:2,b -k'; do
		# shellcheck disable=SC2086 # words
		drip 22 | par-run --rsh ./reach $order par-run -n 2 -N 4 paste -sd, >out
		fours out 22 || { echo "par-run $order"; return 1; }
	done
	seq 50000 | par-run --rsh ./reach --host a:2,b:1 par-run -n 2 -N 4 paste -sd, >out
	fours out 50000
}

@test "promise 12: a command that takes long to say that it makes blocks gets whole ones" {
	local how late

	cc -shared -fPIC -o hurry.so "$ROOT/tests/aid/hurry.c" -ldl
	# More than the time of the par-run above it in which it was once taken for mute.
	cat >slow <<-'EOF'
	#!/bin/bash
	unset LD_PRELOAD
	[ ! -e "$1" ] || mkdir only 2>/dev/null || exec par-run -n 1 -N 4 paste -sd,
	read -r -t 1.5 <> <(:)
	exec par-run -n 1 -N 4 paste -sd,
	EOF
	chmod +x slow
	# All of them, or only the first: its record waits with it.
	for late in all some; do
		[ "$late" = all ] || touch some
		for how in '-n 2' '-n 2 -k' '--host :1,:1'; do
			rm -rf only
			# shellcheck disable=SC2086 # words
			ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 HURRY=50 \
				LD_PRELOAD=$PWD/hurry.so par-run $how ./slow some < <(seq 22) >out
			fours out 22 || { echo "$late: par-run $how"; return 1; }
		done
	done
}

@test "promise 12: a par-run below that dies with part of a block leaves nobody waiting" {
	local order

	cat >deadly <<-'EOF'
	#!/bin/sh
	mkdir killed 2>/dev/null && kill -9 $PPID
	exec cat
	EOF
	chmod +x deadly
	for order in '-n 1' '-n 2' '-n 2 -k'; do
		rm -rf killed
		# shellcheck disable=SC2086 # words
		par-run $order par-run -n 1 -N 4 ./deadly < <(seq 51) >out 2>err
		grep -q 'records sent again' err
		sort -n out | cmp - <(seq 51)
	done
}

@test "promise 12: -N goes on with the same blocks when it is resumed" {
	printf '#!/bin/sh\nexec 4<"$1"\nread -r x <&4\npaste -sd,\n' >gated
	chmod +x gated
	mkfifo gate
	seq 30 >in
	background par-run -k -n 2 -i in -o out --checkpoint state -N 4 ./gated gate
	pid=$!
	exec 5<>gate
	printf '\n\n\n' >&5
	eventually test -s out
	kill -9 "$pid"
	wait "$pid" || true
	printf '%.0s\n' {1..99} >&5
	par-run -k -n 2 -i in -o out --checkpoint state -N 4 ./gated gate
	fours out 30
}
@test "promise 12: blocks go on with fewer processes where there are no more descriptors or processes" {
	run -0 --separate-stderr bash -c \
		'ulimit -n 64; seq 1000 | par-run -n 100 -N 1 cat | sort -n | cmp - <(seq 1000)'
	[[ "$stderr" == *'could not be started: Too many open files; fewer workers for now; see ulimit -n' ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "promise 12: one fork or pipe that fails ends no run" {
	local stage

	cc -shared -fPIC -o refuse.so "$ROOT/tests/aid/refuse.c" -ldl
	scarce() {
		ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 LD_PRELOAD=$PWD/refuse.so \
			env "$@"
	}
	for stage in '-N 1 cat' '-b 10 cat' '--map cat'; do
		# shellcheck disable=SC2086 # words
		scarce REFUSE=1 par-run -n 2 $stage < <(seq 50) 2>err | sort -n | cmp - <(seq 50)
		grep -q 'could not be started: Resource temporarily unavailable' err
		# shellcheck disable=SC2086 # words
		scarce REFUSE_PIPES=1 par-run -n 2 $stage < <(seq 50) 2>err | sort -n | cmp - <(seq 50)
	done
	# Nor does it wait for ever, where none can be.
	run -3 scarce REFUSE=1000 par-run -n 1 -N 1 --max-restarts 3 cat <<<x
}

@test "promise 12: one fork that fails ends no cache, queue or crawl" {
	load redis
	cc -shared -fPIC -o refuse.so "$ROOT/tests/aid/refuse.c" -ldl
	scarce() {
		ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 LD_PRELOAD=$PWD/refuse.so \
			REFUSE=1 timeout "$DEADLINE" "$@"
	}
	waits() { [ "$stderr" = "$1: could not be started: Resource temporarily unavailable" ]; }
	run -0 --separate-stderr scarce par-cache -d store par-fib <<<10
	[ "$output" = $'10\t55' ]
	waits 'par-cache: par-fib'
	run -0 --separate-stderr scarce par-frontier cat <<<http://a.example/
	waits 'par-frontier: cat'
	redis_start
	par-queue put q <<<10
	run -0 --separate-stderr scarce par-queue work --once q -- par-fib
	waits 'par-queue: par-fib'
	[ "$(par-queue get q)" = $'10\t55' ]
}

@test "promise 12: a command that cannot be run for a moment ends no run of blocks" {
	printf '#!/bin/sh\nexec cat\n' >stage
	chmod +x stage
	mkfifo in
	background par-run -n 2 -N 1 -i in ./stage >out 2>err
	pid=$!
	exec 5>in
	echo 1 >&5
	eventually grep -q 1 out
	mv stage away
	echo 2 >&5
	eventually grep -q 'could not be started: No such file' err
	mv away stage
	eventually grep -q 2 out
	exec 6>>stage # being written: ETXTBSY
	echo 3 >&5
	eventually grep -q 'could not be started: Text file busy' err
	exec 6>&-
	exec 5>&-
	wait "$pid"
	printf '%s\n' 1 2 3 | cmp - out
	run -127 par-run -N 1 ./missing <<<x
	run -126 par-run -N 1 ./in <<<x
}

@test "promise 12: a process for a block that ends with 0 on our signal is late, and not done" {
	local size

	cat >slow <<-'EOF'
	#!/bin/sh
	trap 'echo cut; exit 0' TERM
	read -r n
	[ "$n" != 2 ] || { sleep 100 & wait; }
	echo "$n"
	EOF
	chmod +x slow
	for size in '-N 1' '-b 2'; do
		# shellcheck disable=SC2086 # words
		run -1 --separate-stderr par-run -k $size -r 0 -t 1s ./slow < <(seq 3)
		[ "$output" = $'1\n3' ]
		[ "$stderr" = 'par-run: 2: took longer than 1 s' ]
	done
}

@test "promise 12: a process for a block that we end when we are stopped is not done" {
	printf '#!/bin/sh\ntrap "echo cut; exit 0" TERM\necho >begun\nsleep 100 & wait\n' >slow
	chmod +x slow
	seq 3 >in
	background par-run -n 1 -N 1 -i in ./slow >out 2>err
	pid=$!
	eventually test -e begun
	kill -TERM "$pid" # the input is not read on
	kill -HUP "$pid"  # workers are ended
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 4 ]
	[ ! -s out ]
	grep -q '3 records' err
}

# 13. 125: this can never work
#

# never: a native stage that answers records until one is "never"
never_stage() {
	cat >never <<-'EOF'
		#!/bin/bash
		case ${PAR_STAGE-} in
		*:$$) exec 9>&"${PAR_STAGE%:*}" ;;
		*) exec 9>/dev/null ;;
		esac
		echo x >>starts
		echo "par-stage 1" >&9
		i=0
		while IFS= read -r n; do
			[ "$n" != never ] || exit 125
			echo "$n"
			echo "$i $((${#n} + 1)) ok" >&9
			i=$((i + 1))
		done
	EOF
	chmod +x never
}

# never COMMAND...: one start, status 3, no record blamed or tried again, all told of
# shellcheck disable=SC2031 # run sets them here
never() {
	rm -f starts
	run -3 --separate-stderr timeout "$DEADLINE" "$@" <in
	[ "$(wc -l <starts)" = 1 ]
	[[ $stderr == *'it can never work, says its exit status 125'* ]]
	[[ ${stderr_lines[-1]} == *' 3 records were read and not '* ]]
	[[ $stderr != *': never: '* ]]
	[ "${lines[*]}" = '1 2' ]
}

@test "promise 13: status 125 of a native stage: one start under every supervisor, and the records stay" {
	local above

	never_stage
	printf '%s\n' 1 2 never 4 5 >in
	for above in '' 'par-run -n 1' 'par-run --host :1' 'par-cache --store c' \
		'par-run -n 1 par-cache --store c' 'par-cache --store c par-run -n 1' \
		'par-run --host :1 par-run -n 1' 'par-run -n 1 par-run -n 1'; do
		rm -rf c
		# shellcheck disable=SC2086 # words
		never ${above:-par-run -n 1 -r 1000} ./never
	done
	# With nothing to be done by another copy it is a status like another.
	printf '%s\n' 1 2 >in
	run -0 par-run -n 1 ./never <in
}

@test "promise 13: a par-run below others that cannot run its command at all says so, once" {
	local how

	load redis
	touch unable
	for how in '-n 1 par-run -n 1' '-n 1 -k par-run -n 1' '-n 1 par-run --map' \
		'-n 1 par-run -N 2' '-n 1 par-run -n 1 par-run -n 1' '--host :1 par-run -n 1'; do
		for command in ./none ./unable; do
			# shellcheck disable=SC2086 # words
			run -3 --separate-stderr timeout "$DEADLINE" par-run $how "$command" < <(seq 5)
			[ "$(grep -c "^par-run: $command: " <<<"$stderr")" = 1 ]
			[[ $stderr == *'par-run: it can never work, says its exit status 125'* ]]
			[[ $stderr == *'stopped early: 5 records were read and not delivered'* ]]
		done
	done
	redis_start
	seq 5 | par-queue put q
	run -3 --separate-stderr timeout "$DEADLINE" par-queue work --once q -- par-run ./none
	[ "$(grep -c "^par-run: ./none: " <<<"$stderr")" = 1 ]
	is q dead 0
	is q waiting 5
}

@test "promise 13: status 125 of a stage on a queue: one start, and the records stay in it" {
	local stage

	load redis
	never_stage
	redis_start
	for stage in ./never 'par-run -n 1 ./never' 'par-cache --store c ./never'; do
		rm -rf starts c
		redis FLUSHALL
		printf '%s\n' 1 2 never 4 5 | par-queue put --chunk 1 q
		# shellcheck disable=SC2086 # words
		run -3 --separate-stderr timeout "$DEADLINE" par-queue work --once q -- $stage
		[ "$(wc -l <starts)" = 1 ]
		[[ $stderr == *'it can never work, says its exit status 125' ]]
		is q dead 0
		is q waiting 3
		is q "done" 2
	done
	# Before a word of it, too.
	run -3 --separate-stderr par-queue work --once q -- sh -c 'echo x >>starts; exit 125'
	[[ $stderr == *'it can never work, says its exit status 125' ]]
	[ "$(wc -l <starts)" = 2 ]
	is q waiting 3
}

@test "promise 13: status 125 of a plain command, of --map and of a crawl: one start" {
	local command

	seq 5 >in
	for command in 'par-run -n 1' 'par-run -n 1 --map' 'par-run -n 1 par-run -n 1' \
		'par-cache --store c --map' 'par-run --host :1' 'par-run --host :1 --map' \
		'par-frontier --state s'; do
		rm -rf starts c
		[[ $command != par-frontier* ]] || echo http://example.org/ >in
		# shellcheck disable=SC2086 # words
		run -3 --separate-stderr timeout "$DEADLINE" $command \
			sh -c 'echo x >>starts; [ "$0" = sh ] || read -r x; exit 125' <in
		[ "$(wc -l <starts)" = 1 ]
		[[ $stderr == *'it can never work, says its exit status 125'* ]]
		[ -z "$output" ]
	done
}

@test "promise 13: status 125 of one that was told to end says nothing of the others" {
	local how

	load redis
	cat >late <<-'EOF'
	#!/bin/bash
	trap 'exit 125' TERM
	fd=${PAR_STAGE%:*} i=0
	[ -z "$fd" ] || echo par-stage 1 >&"$fd"
	while IFS= read -r n; do
	    until [ "$n" != slow ]; do :; done
	    echo "$n" && i=$((i + 1))
	    [ -z "$fd" ] || echo "$((i - 1)) $((${#n} + 1)) ok" >&"$fd"
	done
	EOF
	chmod +x late
	for how in '' '-N 1'; do
		# shellcheck disable=SC2086 # words
		run -1 --separate-stderr par-run -n 1 -r 0 -t 0.2 $how ./late < <(printf '%s\n' slow 1 2)
		[ "$output" = $'1\n2' ]
		[[ $stderr == *'slow: took longer than 0.2 s'* && $stderr != *never* ]]
	done
	redis_start
	printf '%s\n' slow 1 2 | par-queue put q
	run -1 --separate-stderr par-queue work --once --retries 0 --soft 0.2 q -- ./late
	is q "done" 2
	is q dead 1
	[[ $stderr == *'slow: took longer than 0.2 s'* && $stderr != *never* ]]
}

@test "promise 13: status 125 of a process for a block is that block's once anything is finished" {
	local above

	seq 5 >in
	for above in 'par-run -n 1' 'par-run --host :1' 'par-run -n 1 par-run -n 1'; do
		# shellcheck disable=SC2086 # words
		run -1 --separate-stderr timeout "$DEADLINE" $above -r 1 -N 1 \
			sh -c 'read -r x; [ "$x" != 3 ] || exit 125; echo "$x"' <in
		[ "$(sort <<<"$output")" = $'1\n2\n4\n5' ]
		[[ $stderr == *'par-run: 3: '*'exited with status 125'* ]]
		rm -f starts
		# shellcheck disable=SC2086 # words
		run -3 --separate-stderr timeout "$DEADLINE" $above -r 1000 -N 1 \
			sh -c 'echo x >>starts; exit 125' <in
		[ "$(wc -l <starts)" = 1 ]
		[[ $stderr == *'5 records were read and not delivered' ]]
	done
}

# 14. par-cache: no other command's results
#

# answers COMMAND...: what par-cache says of the record 1, with the store ../store
answers() {
	par-cache -d ../store --map "$@" <<<1
}

@test "promise 14: another command, file or program of the same name has answers of its own" {
	mkdir -p in/a in/b
	cd in
	for i in a b; do
		printf '#!/bin/sh\nexec sed s/^/%s/\n' "$i" | tee "$i/f" >"$i/g.sh"
		chmod +x "$i/f"
	done
	for i in a b; do
		rm -f f g.sh bin
		ln -s "$i/f" "$i/g.sh" .
		ln -s "$i" bin
		[ "$(answers ./f)" = "${i}1" ]
		[ "$(answers sh g.sh)" = "${i}1" ]
		[ "$(answers env --split-string=./f)" = "${i}1" ]
		[ "$(answers par-run -n 1 --map ./f)" = "${i}1" ]
		[ "$(PATH=$PWD/bin:$PATH answers f)" = "${i}1" ]
		[ "$(PATH=$PWD/bin:$PATH answers env f)" = "${i}1" ]
		[ "$(PATH=$PWD/bin:$PATH answers par-run -n 1 --map f)" = "${i}1" ]
	done
	printf '{ print "a" $0 }' >p.awk
	[ "$(answers awk -f p.awk)" = a1 ]
	printf '{ print "b" $0 }' >p.awk
	[ "$(answers awk -f p.awk)" = b1 ]
	# words are told apart
	[ "$(answers sh -c 'sed s/^/$0$1/' a b)" = ab1 ]
	[ "$(answers sh -c 'sed s/^/$0-$1/' a b)" = a-b1 ]
	[ "$(answers sh -c 'sed "s/^/[$0][$1]/"' ab '')" = '[ab][]1' ]
	[ "$(answers sh -c 'sed "s/^/[$0][$1]/"' a b)" = '[a][b]1' ]
}

@test "promise 14: the same command in another place shares its answers; --as and --env say what counts" {
	mkdir -p in/a in/b
	cd in
	printf '#!/bin/sh\nexec sed "s/^/$V/"\n' | tee a/f >b/f
	chmod +x a/f b/f
	{
		(cd a && answers -s ./f)
		(cd b && answers -s ./f)
		(cd b && PATH=$PWD:$PATH answers -s f) # another word
	} 2>seen
	grep -o '. computed' seen | paste -sd, | grep -qx '1 computed,0 computed,1 computed'
	[ "$(V=x answers --env V a/f)" = x1 ]
	[ "$(V=y answers --env V a/f)" = y1 ]
	[ "$(V=z W=1 answers --env W --env V a/f)" = z1 ]
	[ "$(V=x answers --as 0 --env V --env W a/f)" = x1 ]
	[ "$(V=x W='' answers --as 0 --env V --env W sed s/^/y/)" = y1 ] # set to nothing
	[ "$(V=x W='' answers --as 0 --env W --env V --env W sed s/^/z/)" = y1 ]
	[ "$(V=p answers --as 1 a/f)" = p1 ]
	echo '# edited' >>a/f
	[ "$(V=q answers --as 1 a/f)" = p1 ]
	[ "$(V=q answers --as 2 a/f)" = q1 ]
	[ "$(V=r answers --env V --as 2 a/f)" = r1 ]
	run -2 par-cache --env A=b -d store cat
	run -2 par-cache --env '' -d store cat
}

@test "promise 14: a command that is edited while it runs stores nothing more" {
	printf '#!/bin/sh\nsed s/^/a/\n' >f
	chmod +x f
	mkfifo in
	background bash -c 'exec par-cache -d store par-run -n 1 -N 1 ./f <in >out 2>err'
	pid=$!
	exec 7>in
	echo 1 >&7
	eventually grep -q a1 out
	printf '#!/bin/sh\nsed s/^/b/\n' >new
	cat new >f # what it does with 2 is the new one's
	echo 2 >&7
	exec 7>&-
	wait "$pid"
	[ "$(cat err)" = "par-cache: ./f: changed meanwhile; nothing more is stored" ]
	printf '#!/bin/sh\nsed s/^/a/\n' >f
	[ "$(par-cache -d store par-run -n 1 -N 1 ./f <<<2)" = a2 ]
}

# damaged STORE COMMAND...: the answers that are stored are right again after that damages them
damaged() {
	local store=$1

	printf '%s\n' one two three >in
	sed 's/$/ and more/' in | sort >want
	par-cache -d "$store" --map sed 's/$/ and more/' <in | sort | same want -
	"${@:2}"
	par-cache -s -d "$store" --map sed 's/$/ and more/' <in 2>err | sort | same want -
	[ "$(grep -c 'damaged; computed anew' err)" = 1 ]
	[ "$(wc -l <err)" = 2 ]
	par-cache -s -d "$store" --map sed 's/$/ and more/' <in 2>err | sort | same want -
	grep -q '3 found' err
	[ "$(wc -l <err)" = 1 ]
}

# flip AT BIT: in the values of a folder, that far from where their records begin
flip() {
	python3 - "$@" <<-'END'
		import re, sys
		at, bit = int(sys.argv[1]), int(sys.argv[2])
		data = bytearray(open("store/data.mdb", "rb").read())
		for value in re.finditer(rb"(?<=\0{7})(\w+)(?=\1 and more\n)", bytes(data)):
		    data[value.start() + at] ^= 1 << bit
		open("store/data.mdb", "r+b").write(data)
	END
}

@test "promise 14: what is damaged in a folder is computed anew and replaced, and told once" {
	for at in -24 -17 -16 -8 -1 0 1 3 6 11; do
		rm -rf store
		damaged store flip "$at" $((RANDOM % 8))
	done
	# its place among all: it can be replaced, and dropped
	rm -rf store
	seq 10000 20000 >many
	par-cache -d store --max-size 1M --map sed 's/.*/&& and more/' <many >out
	flip -32 1
	for _ in 1 2; do
		par-cache -d store --max-size 1M --map sed 's/^/x/' <many 2>err | sort | same <(sed s/^/x/ many) -
		[ ! -s err ]
	done
}

# A byte more for every value of the memcached at a port: append_all PORT
append_all() {
	python3 - "$1" <<-'END'
		import re, socket, sys, urllib.parse
		server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
		lines = server.makefile("rb")
		server.sendall(b"lru_crawler metadump all\r\n")
		for line in iter(lines.readline, b"END\r\n"):
		    key = urllib.parse.unquote(re.match(rb"key=(\S+)", line)[1].decode())
		    server.sendall(f"append {key} 0 0 1\r\nx\r\n".encode())
	END
}

@test "promise 14: what is damaged on a server is computed anew and replaced, and told once" {
	if ! command -v redis-server || ! command -v memcached; then skip "no servers"; fi
	background redis-server --port 0 --unixsocket "$PWD/redis.sock" --save '' --dir "$PWD" >log
	eventually redis-cli -s redis.sock ping
	each() { for key in $(redis-cli -s redis.sock keys '*'); do redis-cli -s redis.sock "$1" "$key" "${@:2}"; done; }
	damaged "unix://$PWD/redis.sock" each append x
	damaged "unix://$PWD/redis.sock" each setrange 8 'other bytes than were there'
	damaged "unix://$PWD/redis.sock" each set x
	for ((port = 20000 + RANDOM % 12000; ; port++)); do
		background memcached -u nobody -l 127.0.0.1 -p "$port"
		server=$!
		listens() { ! kill -0 "$server" || (: <>"/dev/tcp/127.0.0.1/$port"); }
		eventually listens 2>/dev/null
		! kill -0 "$server" 2>/dev/null || break
	done
	damaged "memcached://127.0.0.1:$port" append_all "$port"
}

# on_small_disk FREE COMMAND: disk/ has FREE KiB left while that runs, and fill in it
on_small_disk() {
	mkdir -p disk
	unshare -rm bash -c 'mount -t tmpfs -o size=2m tmpfs disk || exit 99
		fallocate -l "$((2048 - $0))k" disk/fill; eval "$1"' "$@"
}

@test "promise 14: a full disk under par-cache is told, and leaves a store that opens" {
	on_small_disk 99 true || skip "nothing may be mounted"
	for free in 0 4 8 20 264 268 272 276 280 400; do
		on_small_disk "$free" '
			seq 3000 | par-cache -d disk/store --map cat >out 2>err; echo $? >status
			rm disk/fill
			seq 3000 | par-cache -d disk/store --map cat 2>>err | cmp - <(seq 3000)' 3>&-
		[ "$(wc -l <err)" = 1 ]
		grep -q '^par-cache: disk/store: No space left on device' err
		if [ "$(cat status)" = 0 ]; then
			grep -q 'going on without it' err
			same <(seq 3000) out
		else
			[ "$(cat status)" = 3 ]
		fi
	done
}

@test "promise 14: a full disk under par-frontier is told, and leaves a state that opens" {
	on_small_disk 99 true || skip "nothing may be mounted"
	seq 3000 | sed 's,.*,http://h&.example/a/path,' >urls
	for free in 0 4 8 12 100 400; do
		on_small_disk "$free" '
			par-frontier --state disk/state cat <urls >out 2>err; echo $? >status
			rm disk/fill
			par-frontier --state disk/state cat <urls >>out 2>>err' 3>&-
		[ "$(cat status)" = 3 ]
		[ "$(cat err)" = "par-frontier: disk/state: No space left on device" ]
		same <(sort -u out) <(sort urls)
	done
}

# 15. records cut, mixed or not counted
#

@test "promise 15: what a plain command wrote just before its end is passed on, if that is seen first" {
	local below

	cc -shared -fPIC -o late-look.so "$ROOT/tests/aid/late-look.c" -ldl
	# shellcheck disable=SC2016
	for below in '' 'par-run -n 1'; do
		echo 1 >in
		# shellcheck disable=SC2086
		ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 LD_PRELOAD=$PWD/late-look.so \
			timeout "$DEADLINE" par-run -n 1 $below env -u LD_PRELOAD \
			sh -c 'read -r x; echo "got $x"' <in >out
		[ "$(cat out)" = 'got 1' ]
	done
}

@test "promise 15: an error of reading from a worker is not taken for its end" {
	local mode

	[ -z "${SANITIZED-}" ] || skip "sanitizers come before what is preloaded"
	# of reads that get something, of up to more than a page, from a pipe that is not
	# standard input, the third fails
	cat >eio.c <<-'END'
	#define _GNU_SOURCE
	#include <errno.h>
	#include <string.h>
	#include <sys/ioctl.h>
	#include <sys/stat.h>
	#include <sys/syscall.h>
	#include <unistd.h>
	ssize_t
	read(int fd, void *data, size_t size)
	{
		static int count;
		struct stat st;
		int held = 0;

		if (fd > 2 && ioctl(fd, FIONREAD, &held) == 0 && held > 0 && size > 4096 && strcmp(program_invocation_short_name, "par-run") == 0 &&
		    fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && ++count == 3) {
			errno = EIO;
			return -1;
		}
		return syscall(SYS_read, fd, data, size);
	}
	END
	cc -shared -fPIC -o eio.so eio.c
	seq 200000 >in
	for mode in '--map cat' '-b 64K cat' 'par-fib -M 7'; do
		status=0
		# shellcheck disable=SC2086 # options and a command
		LD_PRELOAD=$PWD/eio.so par-run -n 1 -k $mode <in >out 2>err || status=$?
		grep -qx 'par-run: worker 1: cannot be read: Input/output error; killed' err
		# Of what was acknowledged the output may be lost, and cannot be done again.
		[[ $mode = par-fib* && $status = 3 ]] || same in <(cut -f 1 out)
	done
	LD_PRELOAD=$PWD/eio.so run ! par-run -n 1 cat <in
	[[ $output == *'cannot be read: Input/output error'* ]]
}

@test "promise 15: what is set aside is whole: a record that is too long is named instead" {
	printf 'fails\n%s\ngood\n' "$(head -c 2000 /dev/zero | tr '\0' x)" >in
	run -1 --separate-stderr par-run -q q --max-record 1000 -N 1 -r 0 grep good <in
	[ "$output" = good ]
	[[ ${stderr_lines[0]} == 'par-run: xxx'*': record 2 at byte 6 is longer than 1000 bytes; see --max-record' ]]
	[ "$(cut -f 1 q)" = fails ]
}

@test "promise 15: writers of one pipe keep their records apart, without /proc, too" {
	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "must be root in a namespace"
	for name in a b; do
		for ((i = 0; i < 40; i++)); do head -c 100000 /dev/zero | tr '\0' $name; echo; done >$name
	done
	unshare -m bash -c 'mount -t tmpfs none /proc && {
		par-gather - <a & par-gather - <b & wait; } | cat' >out
	# a line of one letter for each record, and no other
	[ "$(tr -s ab <out | sort | uniq -c | tr -s ' \n' ' ')" = ' 40 a 40 b ' ]
	awk 'length != 100000 { exit 1 }' out
}

# A record of 100 KB that was begun; its end is written when something comes into FIFO end.
half_a_record() {
	printf 'whole\n'
	head -c 50000 /dev/zero | tr '\0' a
	echo >begun
	read -r _ <end
	head -c 50000 /dev/zero | tr '\0' b
	printf '\nnot read\n'
}

@test "promise 15: par-gather -f waits at a signal for the end of a record that has begun" {
	local gather

	mkfifo in begun end
	background par-gather -f -o out in
	gather=$!
	half_a_record >in 3>&- &
	BACKGROUND+=("$!")
	read -r -t "$DEADLINE" _ <begun
	eventually grep -q whole out
	kill -TERM "$gather"
	# the signal is known to have come when a second one is not needed
	eventually bash -c "! grep -q 'ShdPnd:.*4000\$' /proc/$gather/status"
	echo >end
	wait "$gather"
	[ "$(sed -n 1p out)" = whole ]
	[ "$(sed -n 2p out | tr -s ab)" = ab ]
	[ "$(sed -n 2p out | wc -c)" = 100001 ]
}

@test "promise 15: a second signal to par-gather -f names the record that it drops" {
	local gather

	mkfifo in begun end
	background bash -c 'exec par-gather -f -o out in 2>err'
	gather=$!
	half_a_record >in 3>&- &
	BACKGROUND+=("$!")
	read -r -t "$DEADLINE" _ <begun
	eventually grep -q whole out
	kill -TERM "$gather"
	until ! kill -TERM "$gather" 2>/dev/null; do :; done
	wait "$gather" && status=0 || status=$?
	[ "$status" = 1 ]
	[ "$(<err)" = 'par-gather: in: 50000 bytes of a record that had no end are dropped' ]
	[ "$(<out)" = whole ]
}

@test "promise 15: what lay unread in the FIFO of a reader that left is counted, record for record" {
	local mode lost

	for mode in -r -k1 --tee ''; do
		rm -f a b gate go got.a got.b
		mkfifo a b gate go
		background bash -c 'exec 9<a; read -r l <&9; echo "$l" >got.a; read -r _ <gate'
		reader=$!
		{ seq 1000; read -r _ <go; seq 1001 1100; } |
			par-split ${mode:+"$mode"} a b 2>said 3>&- &
		split=$!
		BACKGROUND+=("$split")
		background bash -c 'cat b >got.b'
		other=$!
		eventually grep -q . got.a
		[ "$mode" = '' ] || eventually bash -c '[ "$(wc -l <got.b)" -gt 0 ]'
		kill -9 "$reader"
		wait "$reader" || true
		echo >go
		wait "$split" || true
		wait "$other"
		eventually grep -q 'its reader left' said
		lost=$(sed -n 's/^par-split: \([0-9]*\) records* lost .*/\1/p' said)
		# what reader a had taken, what b got, and what is lost are all of it
		sent=1100
		[ "$mode" != --tee ] || sent=2200
		[ "$(($(wc -l <got.b) + 1 + ${lost:-0}))" = "$sent" ]
	done
}

# 16. no body under another URL
#
load aid/hostile
load aid/mixed

@test "promise 16: URLs of a host that speaks HTTP/2 on some connections get their own bodies" {
	mixed_certificate
	mixed_start
	for i in {1..2000}; do echo "$MIXED/page/$i"; done >urls
	for how in '' '-j 60 --per-host 60'; do
		# shellcheck disable=SC2086 # words
		par-fetch --cacert cert $how <urls >out
		[ "$(own out)" -eq 2000 ]
	done
	grep -q HTTP/2 mixed.log # or it was no test
	grep -q HTTP/1 mixed.log
}

@test "promise 16: URLs get their own bodies over HTTP/1.0, 1.1, kept, closed, chunked, by proxy" {
	hostile_here
	for i in {1..150}; do
		for how in kept chunked close old old-kept lie lie-close; do
			echo "$HOSTILE/own/$how/$i"
		done
	done >urls
	par-fetch -j 32 --per-host 32 <urls >out || [ $? -eq 1 ]
	[ "$(own out)" -eq 1050 ]
	sed "s,^http://[^/]*,http://h.test," urls | par-fetch -j 32 --per-host 32 -x "$HOSTILE" >out || [ $? -eq 1 ]
	[ "$(own out)" -eq 1050 ]
}

@test "promise 16: connections by HTTP/1.1 over TLS are used again, one request at a time" {
	mixed_certificate
	hostile_here "$PWD/both"
	for i in {1..1000}; do echo "$HOSTILE/ok?$i"; done >urls
	par-fetch --cacert cert <urls >out
	[ "$(cut -f 2 out | uniq -c | xargs)" = '1000 200' ]
	(($(connections) <= 6))
}

@test "promise 16: a status line that claims HTTP/2 where HTTP/1.1 is spoken mixes no bodies" {
	mixed_certificate
	hostile_here "$PWD/both"
	for i in {1..300}; do
		echo "$HOSTILE/own/kept/$i"
		if ((i % 10 == 3)); then echo "$HOSTILE/own/lie/$i"; fi
	done >urls
	par-fetch -j 32 --per-host 32 --cacert cert <urls >out || [ $? -eq 1 ]
	[ "$(own out)" -eq 330 ]
}

# 17. no POST is sent twice
#

@test "promise 17: a POST that the server has read is not sent again, whoever would" {
	hostile_here
	for i in {1..20}; do echo "$HOSTILE/once?$i"; done >urls
	run -0 par-fetch -j 1 -d data <urls
	[ "$(cut -f 2 <<<"$output" | sort | uniq -c | xargs)" = '20 200' ]
	[ "$(requests /once)" -eq 20 ]
	for how in '-d data' '-X PATCH' '-X POST' --data= '-d data --http1.1' '-d data --warc warc'; do
		: >"$HOSTILE_LOG"
		echo "$HOSTILE/deaf" >urls
		# shellcheck disable=SC2086 # words
		run -1 --separate-stderr par-fetch --retries 5 --retry-delay 1ms $how <urls
		[ "$(requests /deaf)" -eq 1 ]
		[[ $(cut -f 2,5 <<<"$output") = $'000\t'?* ]]
	done
}

@test "promise 17: what harms not is asked for again; redirected POSTs are right" {
	hostile_here
	for i in {1..4}; do echo "$HOSTILE/once?$i"; done >urls
	run -0 par-fetch -j 1 --retries 0 <urls # libcurl asks again by itself
	run -1 --separate-stderr par-fetch --retries 2 --retry-delay 1ms -X PUT -d data <<<"$HOSTILE/deaf"
	(($(requests /deaf) >= 3))
	run -0 par-fetch -d data <<<"$HOSTILE/to/303?url=/echo"
	[[ $(cut -f 6 <<<"$output") = 'GET /echo'*'\n\n' ]]
	run -0 par-fetch -d data <<<"$HOSTILE/to/307?url=/echo"
	[[ $(cut -f 6 <<<"$output") = 'POST /echo'*'\n\ndata' ]]
	: >"$HOSTILE_LOG"
	run -1 --separate-stderr par-fetch -d data --retry-delay 1ms <<<"$HOSTILE/to/307?url=/deaf"
	[ "$(requests /deaf)" -eq 1 ]
	run -1 --separate-stderr par-fetch -d data --retry-delay 1ms <<<"$HOSTILE/to/302?url=/deaf"
	[ "$(requests /deaf)" -ge 4 ]
}

# 18. incomplete answers are told as such
#

# cuts OPTION...: what comes of each answer of aid/cuts.py, in the file out
cuts() {
	background "$ROOT/tests/aid/cuts.py" "$PWD/cuts.port" "$PWD/paths"
	eventually test -s cuts.port
	sed "s,^,http://127.0.0.1:$(cat cuts.port)," paths >urls
	par-fetch -j 64 --per-host 64 --retries 0 "$@" <urls >out 2>err || [ $? -eq 1 ]
	[ "$(wc -l <out)" -eq "$(wc -l <urls)" ]
}

@test "promise 18: whatever is missing of an answer is told, and what came is kept" {
	local how

	cat >judge.awk <<-'EOF'
	BEGIN {
		FS = "\t"
		for (i = 0; i < 12; i++) text = text "line " i * i "\\n"
	}
	{
		part = substr(text, 1, length($6)) == $6
		if ($7 == "whole") right = $2 == 200 && $5 == "" && $6 == text
		else if ($7 == "unknown") right = part
		else if ($7 == "header") right = $5 != "" && $6 == ""
		else right = $5 != "" && ($7 == "damaged" || part)
		if (!right) print
		some[$7] += $6 != ""
	}
	END {
		if (some["cut"] < 500 || some["damaged"] == 0) print "nothing was kept"
	}
	EOF
	for how in '' '--warc a.warc.gz'; do
		# shellcheck disable=SC2086 # words
		cuts $how
		awk -f judge.awk out >wrong
		[ "$(cat wrong)" = "" ]
		# each is named, with what is missing
		[ "$(wc -l <err)" -eq "$(awk -F '\t' '$5 != ""' out | wc -l)" ]
		rm cuts.port
	done
	# an archive says it, too
	zcat a.warc.gz | tr -d '\r' | LC_ALL=C awk '
		/^WARC-Type: / { type = $2; cut = 0 }
		/^WARC-Truncated: / { cut = 1 }
		/^WARC-Target-URI: / { uri = $2 }
		/^$/ && type == "response" { if (!cut) print uri; type = "" }' | sort -u >whole
	same <(awk -F '\t' '$5 == "" { print $1 }' out | sort) whole
}

@test "promise 18: a cut body is no file, is in JSON with its error, and is asked for again" {
	cuts -o files
	[ "$(awk -F '\t' '$5 != "" && $6 != ""' out)" = "" ]
	awk -F '\t' '$5 == "" { print $6 }' out | sort -u >kept
	same <(find files -type f | sort) kept
	rm cuts.port
	cuts --json
	[ "$(jq -r 'select(.fields[0] == "cut" and .error == null) | .url' out)" = "" ]
	[ "$(jq -r 'select(.fields[0] == "cut" and .body != "") | .url' out | wc -l)" -gt 500 ]
	hostile_here
	run -0 par-fetch --retry-delay 1ms <<<"$HOSTILE/torn/2"
	[ "$(cut -f 2,5,6 <<<"$output")" = $'200\t\twas torn\\n' ]
	run -1 --separate-stderr par-fetch -d data --retry-delay 1ms <<<"$HOSTILE/torn/9"
	[ "$(requests /torn/9)" -eq 1 ]
	[[ $(cut -f 2,5 <<<"$output") = $'200\tgzip: ends too early' ]]
}

@test "promise 18: an HTTP/2 stream that ends other than by its end is told as such" {
	mixed_certificate
	hows=()
	for word in none gzip length; do
		for end in whole mark after reset fast error goaway close; do hows+=("$word-$end"); done
	done
	background "$ROOT/tests/aid/two.py" "$PWD/two.port" both "${hows[@]}"
	eventually test -s two.port
	printf "https://127.0.0.1:$(cat two.port)/\t%s\n" "${hows[@]}" >urls
	par-fetch -j 1 --retries 0 --cacert cert <urls >out 2>err || [ $? -eq 1 ]
	[ "$(wc -l <out)" -eq 24 ]
	cat >judge.awk <<-'EOF'
	BEGIN {
		FS = "\t"
		whole = "all of it, and the end\\n"
	}
	{
		if ($7 ~ /-(whole|mark|after)$/) right = $5 == "" && $6 == whole
		else right = $5 != "" && $6 != whole && ($6 == "" || index(whole, $6) == 1)
		if (!right) print
		if ($5 != "" && $6 != "") kept++
	}
	END { if (kept == 0) print "nothing was kept" }
	EOF
	[ "$(awk -f judge.awk out)" = "" ]
	[ "$(wc -l <err)" -eq 15 ]
}

@test "promise 18: the links of a cut page are given and followed, and the cut is told" {
	hostile_here
	url=$HOSTILE/half
	par-fetch --retries 0 <<<"$url" >page 2>err || [ $? -eq 1 ]
	run -1 --separate-stderr par-links page
	[ "$output" = "$url"$'\t'"$HOSTILE/ok" ]
	why=$(cut -f 5 page)
	[ -n "$why" ]
	[ "$stderr" = "par-links: $url: links of a page with an error: $why" ]
	# whole pages, and those of which nothing came, are as they were
	printf '%s\n' "$HOSTILE/ok" "$HOSTILE/not-http" | par-fetch --retries 0 2>/dev/null >pages ||
		[ $? -eq 1 ]
	run -0 par-links pages
	run -1 --separate-stderr par-frontier sh -c 'par-fetch --retries 0 | par-links --pages' <<<"$url"
	[ "$(cut -f 1,2 <<<"$output" | sort)" = "$(printf '%s\t%s\n' "$url" '' "$url" "$HOSTILE/ok" \
		"$HOSTILE/ok" '' | sort)" ]
	[ "$(awk -F '\t' '$1 ~ /half/ && $2 == "" { print $6 }' <<<"$output")" = "$why" ]
}

# 19. archives stay readable
#

# warc_urls FILE: the URLs of its answers, read member by member; fails if it cannot be, or
# a digest is wrong.
warc_urls() {
	python3 - "$1" <<-'END'
		import base64, hashlib, re, sys, zlib
		data = memoryview(open(sys.argv[1], "rb").read())
		at = 0
		while at < len(data):
		    member = zlib.decompressobj(31)
		    parts = []
		    while not member.eof and at < len(data):
		        part = data[at:at + 65536]
		        parts.append(member.decompress(part))
		        at += len(part) - len(member.unused_data)
		    assert member.eof, "a member is cut"
		    text = b"".join(parts)
		    head, block = text.split(b"\r\n\r\n", 1)
		    assert head.startswith(b"WARC/1.1\r\n")
		    assert len(block) == int(re.search(rb"Content-Length: (\d+)", head)[1]) + 4
		    for kind, digest in re.findall(rb"WARC-Block-Digest: (\w+):(\S+)", head):
		        assert base64.b32encode(hashlib.new(kind.decode(), block[:-4]).digest()).rstrip(b"=") == digest
		        digests = True
		    if b"WARC-Type: response" in head:
		        print(re.search(rb"WARC-Target-URI: (.*?)\r", head)[1].decode())
		assert digests
	END
}

# pages_serve: files of this folder, on loopback, at $URL.
pages_serve() {
	python3 -u -m http.server --bind 127.0.0.1 0 >log 2>&1 3>&- &
	BACKGROUND+=("$!")
	eventually grep -q 'port [0-9]' log
	URL=http://127.0.0.1:$(grep -o 'port [0-9]*' log | cut -d ' ' -f 2)
}

@test "promise 19: what a killed process left of a record is set aside, and the archive goes on" {
	local size cut

	pages_serve
	seq 20000 >a
	seq 9 >b
	par-fetch --warc w.gz <<<"$URL/a" >/dev/null
	size=$(stat -c %s w.gz)
	par-fetch --warc w.gz <<<"$URL/b" >/dev/null
	cp w.gz whole.gz
	# cut anywhere in what came last: in the header of a member, and within
	for cut in 1 2 5 30 200 $(($(stat -c %s whole.gz) - size - 1)); do
		rm -f w.gz.cut-*
		head -c $((size + cut)) whole.gz >w.gz
		par-fetch --warc w.gz <<<"$URL/b" >/dev/null 2>err
		warc_urls w.gz >out
		[ "$(<out)" = "$URL/a"$'\n'"$URL/b" ] || [ "$(<out)" = "$URL/a"$'\n'"$URL/b"$'\n'"$URL/b" ]
		grep -q '^par-fetch: w.gz: its last [0-9]* bytes* [a-z]* no whole record; set aside as w.gz.cut-1$' err
		# nothing is thrown away
		[ -s w.gz.cut-1 ]
		head -c $((size + cut)) whole.gz | tail -c "$(stat -c %s w.gz.cut-1)" | cmp - w.gz.cut-1
	done
}

@test "promise 19: an archive by another program is gone through once, and set right" {
	pages_serve
	echo body >a
	par-fetch --warc w.gz <<<"$URL/a" >/dev/null
	# without our field: the same members, written anew
	python3 -c 'import gzip, sys, zlib
data = open("w.gz", "rb").read()
while data:
    member = zlib.decompressobj(31)
    text = member.decompress(data) + member.flush()
    data = member.unused_data
    sys.stdout.buffer.write(gzip.compress(text))' >other.gz
	printf '\x1f\x8b\x08\0\0' >>other.gz
	par-fetch --warc other.gz <<<"$URL/a" >/dev/null 2>err
	grep -q 'other.gz: its last 5 bytes are no whole record' err
	warc_urls other.gz >out
	[ "$(<out)" = "$URL/a"$'\n'"$URL/a" ]
}

@test "promise 19: eight writers of an archive, killed again and again, leave it readable" {
	local i pids

	pages_serve
	head -c 3000000 /dev/urandom >big
	for ((i = 0; i < 400; i++)); do echo "$URL/big?$i"; done >urls
	for ((round = 0; round * 8 < ${KILLS:-24}; round++)); do
		pids=()
		for ((i = 0; i < 8; i++)); do
			par-fetch -j 2 --warc w.gz <urls >"out.$i" 2>/dev/null 3>&- &
			pids+=("$!")
		done
		eventually grep -q . out.0
		eventually grep -q . out.7
		kill -9 "${pids[@]}"
		wait "${pids[@]}" 2>/dev/null || true
	done
	par-fetch --warc w.gz <<<"$URL/big?last" >/dev/null 2>err
	warc_urls w.gz >out
	[ "$(tail -n 1 out)" = "$URL/big?last" ]
	[ "$(wc -l <out)" -gt 6 ]
}

@test "promise 19: a full disk takes back what it took of a record, and the archive can go on" {
	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "must be root in a namespace"
	pages_serve
	head -c 300000 /dev/urandom >big
	echo small >small
	mkdir disk
	unshare -m bash -c 'mount -t tmpfs -o size=256k none disk && {
		par-fetch --warc disk/w.gz <<<"$1/small" >/dev/null; echo $?
		par-fetch --warc disk/w.gz <<<"$1/big" >/dev/null; echo $?
		cp disk/w.gz .; }' _ "$URL" >out 2>err
	[ "$(<out)" = $'0\n3' ]
	[ "$(<err)" = 'par-fetch: disk/w.gz: No space left on device' ]
	warc_urls w.gz >urls
	[ "$(<urls)" = "$URL/small" ]
}

# 20. no stored page is replaced by a stranger
#

@test "promise 20: no other URL leads to the name of a stored page" {
	pages_serve
	echo body >page
	printf '%s\n' "$URL/page" "$URL/page?@h.example/" "$URL/page#@h.example/" >urls
	par-fetch -o pages <urls >out
	cut -f 6 out | grep . >names
	# the host is always told, and 128 bits of a hash
	[ "$(grep -cE '^pages/127\.0\.0\.1_[0-9]+_page(__h\.example_)?-[0-9a-f]{32}$' names)" = 3 ]
	[ "$(sort -u names | wc -l)" = 3 ]
}

@test "promise 20: --if-modified finds a page by the name that it had before" {
	local old

	pages_serve
	echo body >page
	mkdir pages
	old=pages/127.0.0.1_${URL##*:}_page-$(printf '%s/page' "$URL" | xxh64)
	cp -p page "$old"
	touch -d '+1 day' "$old"
	run -0 par-fetch -o pages --if-modified <<<"$URL/page"
	[ "$(cut -f 2,6 <<<"$output")" = "304	$old" ]
	touch -d 2001-01-01 "$old"
	run -0 par-fetch -o pages --if-modified <<<"$URL/page"
	[ "$(cut -f 2 <<<"$output")" = 200 ]
	[[ $(cut -f 6 <<<"$output") =~ -[0-9a-f]{32}$ ]]
}

# xxh64: XXH64 of standard input, seed 0, less than 32 bytes, in hexadecimal.
xxh64() {
	python3 -c 'import sys
data = sys.stdin.buffer.read(); M = (1 << 64) - 1
P = [11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579, 2870177450012600261]
rot = lambda x, n: (x << n | x >> 64 - n) & M
assert len(data) < 32
h = P[4] + len(data) & M
while len(data) >= 8:
    k = rot(int.from_bytes(data[:8], "little") * P[1] & M, 31) * P[0] & M
    h = rot(h ^ k, 27) * P[0] + P[3] & M
    data = data[8:]
if len(data) >= 4:
    h = rot(h ^ int.from_bytes(data[:4], "little") * P[0] & M, 23) * P[1] + P[2] & M
    data = data[4:]
for byte in data:
    h = rot(h ^ byte * P[4] & M, 11) * P[0] & M
h = (h ^ h >> 33) * P[1] & M
h = (h ^ h >> 29) * P[2] & M
print("%016x" % (h ^ h >> 32))'
}

@test "promise 20: who does not know the key of a hash cannot make all keys fall together" {
	local name

	# keys that XXH64 with seed 0 sends to the first file of 8
	seq 4000 | par-split -k 1 -n 8 "plain.%d"
	shopt -s nullglob
	par-split -k 1 --hash-key random -n 8 'keyed.%d' <plain.0
	for name in keyed.*; do [ "$(wc -l <"$name")" -gt 20 ]; done
	[ "$(printf "%s " keyed.*)" = "$(printf "keyed.%s " {0..7})" ]
	# the same key, the same files, by SipHash-2-4 as its authors give it
	par-split -k 1 --hash-key 000102030405060708090a0b0c0d0e0f -n 256 'sip.%d' \
		<<<$'\x01\n\x01\x02'
	python3 - <<-'END' >want
		M = (1 << 64) - 1
		rot = lambda x, n: (x << n | x >> 64 - n) & M
		def sip(data, key):
		    k = [int.from_bytes(key[i:i + 8], "little") for i in (0, 8)]
		    v = [k[0] ^ 0x736f6d6570736575, k[1] ^ 0x646f72616e646f6d, k[0] ^ 0x6c7967656e657261, k[1] ^ 0x7465646279746573]
		    def turn():
		        v[0] = v[0] + v[1] & M; v[1] = rot(v[1], 13) ^ v[0]; v[0] = rot(v[0], 32)
		        v[2] = v[2] + v[3] & M; v[3] = rot(v[3], 16) ^ v[2]
		        v[0] = v[0] + v[3] & M; v[3] = rot(v[3], 21) ^ v[0]
		        v[2] = v[2] + v[1] & M; v[1] = rot(v[1], 17) ^ v[2]; v[2] = rot(v[2], 32)
		    whole = data + b"\0" * (7 - len(data) % 8) + bytes([len(data) & 255])
		    for i in range(0, len(whole), 8):
		        word = int.from_bytes(whole[i:i + 8], "little")
		        v[3] ^= word; turn(); turn(); v[0] ^= word
		    v[2] ^= 255
		    for _ in range(4): turn()
		    return v[0] ^ v[1] ^ v[2] ^ v[3]
		assert sip(bytes(range(15)), bytes(range(16))) == 0xa129ca6149be45e5
		for data in (b"\x01", b"\x01\x02"): print("sip.%d" % (sip(data, bytes(range(16))) % 256))
	END
	find . -name 'sip.*' -size +0 | sed 's,^\./,,' | sort >out
	same out <(sort want)
}

# 21. encodings are our own tables
#

@test "promise 21: each pair of each encoding of East Asia is read, as Python reads it but for what the standard changed" {
	python3 "$ROOT/tests/aid/encodings.py" par-links >out
	cut -d ' ' -f 1 out | sort | uniq -c | tr -s ' \n' ' ' >counts
	[ "$(<counts)" = ' 11 big5 6 euc-jp 20 gb18030 ' ]
	# what GB18030 of 2022 has moved, by its table
	grep '^gb18030' out | cut -d ' ' -f 2,4 | tr ' \n' ': ' >moved
	[ "$(<moved)" = 'a3a0:3000 a6d9:fe10 a6da:fe12 a6db:fe11 a6dc:fe13 a6dd:fe14 a6de:fe15 a6df:fe16 a6ec:fe17 a6ed:fe18 a6f3:fe19 a8bc:1e3f fe59:9fb4 fe61:9fb5 fe66:9fb6 fe67:9fb7 fe6d:9fb8 fe7e:9fb9 fe90:9fba fea0:9fbb ' ]
}

@test "promise 21: pages of Asia need no converters of the system" {
	local place

	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "must be root in a namespace"
	place=$(dirname "$(ldd "$(command -v par-links)" | grep -o '/[^ ]*/libc\.[^ ]*')")/gconv
	[ -d "$place" ] || skip "no gconv here"
	# 中 in each of them; then 丂 beside the pairs, in three and in four bytes
	printf 'http://h/\t200\ttext/html;charset=%b\thttp://h/\t\t<a href="%b">\n' \
		gbk '\xd6\xd0' gb18030 '\x81\x30\x81\x30' shift_jis '\x92\x86' euc-kr '\xf1\xe9' \
		big5 '\xa4\xa4' euc-jp '\xc3\xe6' euc-jp '\x8f\xb0\xa1' iso-2022-jp '\x1b$BCf\x1b(B' >pages
	unshare -m bash -c 'mount -t tmpfs none "$1" && par-links <pages' _ "$place" >out
	cut -f 2 out | tr '\n' ' ' >links
	[ "$(<links)" = "$(printf 'http://h/%s ' %E4%B8%AD %C2%80 %E4%B8%AD %E4%B8%AD %E4%B8%AD %E4%B8%AD %E4%B8%82 %E4%B8%AD)" ]
}

@test "promise 21: halves of characters of UTF-16 are replaced, and what follows them is read" {
	local le='text/html;charset=utf-16le'

	# a lone half of each kind, a whole character, an odd byte at the end
	printf 'http://h/\t200\t%s\thttp://h/\t\t' "$le" >pages
	printf '<a href="\xd8\x3d|\xdc\x00|\xd8\x3d\xde\x00">' |
		python3 -c 'import sys; t = sys.stdin.buffer.read(); i = 0; o = b""
while i < len(t): n = 2 if t[i] >= 0xd8 and t[i] < 0xe0 else 1; o += t[i:i+2][::-1] if n == 2 else t[i:i+1] + b"\0"; i += n
sys.stdout.buffer.write(o.replace(b"\0", b"\\0") + b"x")' >>pages
	par-links <pages >out
	[ "$(<out)" = $'http://h/\thttp://h/%EF%BF%BD|%EF%BF%BD|%F0%9F%98%80' ]
}

# 22. what comes from a server is checked
#

# A Redis server of our own, and $PAR_QUEUE_URL
queue_server() {
	command -v redis-server >/dev/null || skip "no redis-server"
	background redis-server --port 0 --unixsocket "$PWD/redis.sock" --save '' --dir "$PWD" >log
	eventually redis-cli -s redis.sock ping >/dev/null 2>&1
	export PAR_QUEUE_URL=unix://$PWD/redis.sock
}

quiet_redis() {
	redis-cli -s redis.sock "$@" >/dev/null
}

@test "promise 22: what is no chunk is buried with its reason, and the rest goes on" {
	queue_server
	seq 10 | par-queue put q
	while IFS='|' read -r -a fields; do
		quiet_redis xadd 'pq:{q}:in' '*' "${fields[@]@E}"
	done <<-'END'
		k|1|n|4|a|0|e|0|r|1\n1\n1\nabc
		k|1|n|5|a|0|e|0|r|1\n2\n
		k|1|n|1|a|0|e|0|r|1\n2\n
		k|1|n|3|a|0|e|0|r|1\n2\nx
		n|1
		k|1|n|1|a|0|e|0
		k|1|n|1|a|0|r|1\n
		k|1|n|abc|a|0|e|0|r|1\n
		k|1|n|99999999999999999999|a|0|e|0|r|1\n
		k|1|n|1|a|-1|e|0|r|1\n
		k|1|n|1|a|0|e|1e3|r|1\n
		k|xyz|n|1|a|0|e|0|r|1\n
	END
	quiet_redis xadd 'pq:{q}:in' '*' k 1 n 0 a 0 e 0 r ''
	quiet_redis xadd 'pq:{q}:in' '*' k 1 n 1 a 0 e 0 r ''
	quiet_redis zadd 'pq:{q}:delay' 1 5:3
	quiet_redis zadd 'pq:{q}:delay' 1 6:4
	quiet_redis hset 'pq:{q}:body' 6:4 nonsense
	seq 11 20 | par-queue put q
	run -1 timeout "$DEADLINE" par-queue work --once q -- par-run -n 1 --map cat
	[ "$(grep -c '^par-queue: .*: not a chunk: ' <<<"$output")" = 16 ]
	par-queue get q | sort -n | same <(seq 20) -
	par-queue dead q | cut -f 3 | cut -d : -f 1 >dead
	[ "$(sort -u dead)" = "not a chunk" ]
	[ "$(wc -l <dead)" = 23 ]
	[ "$(par-queue stat q | awk '$1 == "dead" { print $2 }')" = 23 ]
	[ "$(par-queue stat q | awk '$1 == "running" { print $2 }')" = 0 ]
	# what they hold are whole records from now on
	par-queue dead --requeue q >out
	timeout "$DEADLINE" par-queue work --once q -- par-run -n 1 --map cat
	[ "$(par-queue get q | sort | uniq -c | awk '{ print $2 "*" $1 }' | paste -sd' ')" = "1*11 2*3 abc*1 x*1" ]
}

@test "promise 22: what the server buries is named by the worker, as what dies in it" {
	redis_start
	seq 3 | par-queue put --chunk 3 --expires 1ms q
	second() { redis TIME | head -n 1; }
	past() { [ "$(second)" -gt "$now" ]; }
	now=$(second) && eventually past
	echo fresh | par-queue put q
	run -1 timeout "$DEADLINE" par-queue work --once q -- par-run -n 1 --map cat
	[ "$output" = 'par-queue: 1: expired; with 2 more of its entry' ]
	[ "$(par-queue get q)" = fresh ]
}

@test "promise 22: results, counts and workers that others wrote are checked" {
	queue_server
	seq 3 | par-queue put q
	timeout "$DEADLINE" par-queue work --once q -- par-run -n 1 --map cat
	quiet_redis xadd 'pq:{q}:out' '*' k 1 n 1 r abc
	quiet_redis xadd 'pq:{q}:out' '*' k 1
	quiet_redis xadd 'pq:{q}:out' '*' k 1 n x r $'4\n'
	[ "$(par-queue get q | sort | paste -sd,)" = 1,2,3,4 ]
	[ "$(par-queue dead q | cut -f 1 | paste -sd,)" = abc, ]
	quiet_redis xadd 'pq:{q}:dead' '*' a b
	quiet_redis xadd 'pq:{q}:dead' '*' r $'a\nb'
	[ "$(par-queue dead q | wc -l)" = 5 ]
	par-queue dead --drop q >out
	[ "$(par-queue dead q)" = "" ]
	quiet_redis hset 'pq:{q}:workers' 'a"b' zzz c $'1\tx\ty\n'
	par-queue ps --json q | jq -e -s 'length == 2 and .[0].records == 0'
	quiet_redis hset 'pq:{q}:meta' rate abc jobs x paused y
	par-queue stat --json q | jq -e '.rate == 0 and .paused == 0'
	seq 3 | par-queue put q
	quiet_redis hset 'pq:{q}:meta' looked x
	timeout "$DEADLINE" par-queue work --once q -- par-run -n 1 --map cat
	[ "$(par-queue get q | wc -l)" = 3 ]
}

@test "promise 22: a memcached that answers more than it was asked for does no harm" {
	mkfifo ready
	cat >server <<-'END'
		import socket
		server = socket.create_server(("127.0.0.1", 0))
		print(server.getsockname()[1], flush=True)
		while True:
		    lines = server.accept()[0].makefile("rwb")
		    while words := lines.readline().split():
		        if words[0] == b"set":
		            lines.read(int(words[4]) + 2)
		            lines.write(b"STORED\r\n")
		        elif words[0] == b"get":
		            lines.write(b"VALUE %s 0 3\r\nabc\r\n" % words[1] * 1000 + b"END\r\n")
		        else:
		            lines.write(b"END\r\n")
		        lines.flush()
	END
	background bash -c 'exec python3 server >ready'
	read -r -t "$DEADLINE" port <ready
	run -0 --separate-stderr par-cache -d "memcached://127.0.0.1:$port" --map cat <<<1
	[ "$output" = 1 ]
	[ "${#stderr_lines[@]}" = 1 ]
}

@test "promise 22: nonsense for an answer is a line and status 3, whatever was asked" {
	mkfifo ready
	mkdir sockets
	background bash -c 'exec "$ROOT/tests/aid/nonsense-redis.py" sockets >ready'
	read -r -t "$DEADLINE" <ready
	cat >ask <<-'END'
		#!/bin/bash
		# ask KIND PROGRAM ARG...: say so unless it ends as it should
		label=$* url=unix://$PWD/sockets/$1 name=$(mktemp outXXXXXX)
		case $2 in
		par-queue) set -- env PAR_QUEUE_URL="$url" "$2" "$3" --patience 50ms "${@:4}" ;;
		*) set -- "$2" -d "$url" "${@:3}" ;;
		esac
		timeout "$DEADLINE" "$@" <<<1 >"$name" 2>"$name.err"
		case "$label: $? $(wc -l <"$name.err")" in
		*": 3 1") ;;
		*"--map cat: 0 "[12]) [ "$(cat "$name")" = 1 ] || echo "$label: lost" ;; # done without
		*) echo "$label" ;;
		esac
	END
	chmod +x ask
	for kind in sockets/*; do
		asks=('par-queue stat q' 'par-cache --map cat')
		[[ $kind == */early-* ]] || asks+=('par-queue put q' 'par-queue work --once q par-run --map cat'
			'par-queue get q' 'par-queue ps q' 'par-queue dead q' 'par-queue revoke q 1' 'par-queue pause q'
			'par-queue purge --yes q' 'par-cache -s')
		printf "${kind##*/} %s\n" "${asks[@]}"
	done | xargs -P 8 -L 1 ./ask | sort >odd
	cat odd
	same odd - <<-'END' # answers that fit by chance
		integer par-cache -s
		negative par-cache -s
	END
}

# 23. fixed names and links that others lay
#

# laid NAME...: links of these names lead to a file that is not to be touched.
laid() {
	local name

	echo precious >victim
	for name; do ln -s "$PWD/victim" "$name"; done
}

untouched() { [ "$(cat victim)" = precious ] && [ "$(stat -c %s victim)" = 9 ]; }

@test "promise 23: what is written anew beside a file follows no link, and leaves nothing" {
	laid state.new metrics.new
	seq 9 >in
	par-run -o out --checkpoint state --metrics metrics --map cat <in
	par-run -o out --checkpoint state --metrics metrics --map cat <in
	untouched
	[ -f state ] && [ ! -L state ]
	[ "$(echo *)" = 'in metrics metrics.new out state state.new victim' ]
	touch state.0123456789abcdef metrics.{0123456789abcdef,0123456789abcdeX}
	par-run -o out --checkpoint state --metrics metrics --map cat <in
	[ "$(echo *)" = 'in metrics metrics.0123456789abcdeX metrics.new out state state.new victim' ]
	run -3 bash -c 'trap "" XFSZ; ulimit -f 0; par-run -o out2 --checkpoint state2 --map cat <in'
	[ ! -e state2 ] && [ "$(echo state2*)" = 'state2*' ]
}

@test "promise 23: par-queue get --state follows no link beside it" {
	results 3
	laid state.new
	touch state.0123456789abcdef
	par-queue get --state state q >>out
	untouched
	same <(sort out) <({ echo before; cat records; } | sort)
	[ "$(echo state*)" = 'state state.new' ]
}

@test "promise 23: a store or state whose files are links is refused by name" {
	mkdir store state
	laid store/lock.mdb state/frontier
	run -3 par-cache -d store --map cat <<<1
	[ "$output" = 'par-cache: store: Too many levels of symbolic links' ]
	run -3 par-frontier --state state cat <<<http://localhost/
	[ "$output" = 'par-frontier: state/frontier: Too many levels of symbolic links' ]
	untouched
	rm store/lock.mdb
	ln -s "$PWD/victim" store/data.mdb.link
	mv store/data.mdb.link store/data.mdb
	run -3 par-cache -d store --map cat <<<1
	[ "$output" = 'par-cache: store: Too many levels of symbolic links' ]
	untouched
}

@test "promise 23: par-split --mkfifo takes no link, and keeps what it refused" {
	mkfifo theirs
	ln -s theirs link
	run -3 par-split --wait 100ms --mkfifo one link <<<1
	[ "$output" = 'par-split: link: File exists' ]
	[ -p theirs ] && [ -L link ] && [ ! -e one ]
}

@test "promise 23: FIFOs and links of somebody else are not taken for those that are asked for" {
	[ "$EUID" = 0 ] || skip "needs root"
	mkfifo theirs ours
	chown 1 theirs
	ln -s ours link
	chown -h 1 link
	run -3 par-run --control link --map cat <<<1
	[ "$output" = 'par-run: link: a link that belongs to somebody else' ]
	run -3 par-split --wait 100ms --mkfifo one theirs <<<1
	[ "$output" = 'par-split: theirs: a FIFO of somebody else' ]
	[ -p theirs ] && [ ! -e one ]
}

# 24. secrets, and bytes that act on a terminal
#

@test "promise 24: ps shows no password, cookie, header or posted data of par-fetch" {
	local args pid

	mkfifo in
	background bash -c 'exec par-fetch -u me:hush7A -b "a=hush7B" -x http://u:hush7C@h:1 \
		-H "X-Key: hush7D" -d hush7E --user=you:hush7F <in'
	pid=$!
	exec {to}>in
	# descriptors of par-fetch come after its options
	eventually grep -aq 'par-fetch' "/proc/$pid/cmdline"
	eventually bash -c "! grep -aq hush7F /proc/$pid/cmdline"
	args=$(tr '\0' '\n' <"/proc/$pid/cmdline")
	[[ $args != *hush7* && $args == *par-fetch* ]]
	exec {to}>&-
	wait "$pid"
}

@test "promise 24: what is refused of a secret is not repeated" {
	local option

	for option in -u -b -H -x; do
		run -2 par-fetch "$option" $'a=hush7\r\nX: y'
		[[ $output != *hush7* ]]
	done
}

@test "promise 24: no option puts a line of its own into the header of requests" {
	local option

	for option in -A -X -b -H -u; do
		for end in $'\r' $'\n' $'\r\n'; do
			run -2 par-fetch "$option" "a=b: c${end}X-Evil: 1"
		done
	done
	printf 'user-agent = "a\\r\\nX-Evil: 1"\n' >config
	run -2 par-fetch -K config
}

@test "promise 24: no message of any program holds the user and password of a URL" {
	local url=http://me:hush7@h.invalid/

	{
		echo "$url" | par-run -N 1 -r 0 false
		echo "$url" | par-run -r 0 "$url"
		echo "$url" | par-fib
		echo "$url" | par-links
		printf '%s\t200\tx/y\t%s\t\tz\n' "$url" "$url" | par-links --regex x -o /dev/null/x
		echo "$url$(head -c 3000 /dev/zero | tr '\0' x)" | par-split --max-record 100 - out
		echo "$url" | par-split -k 2 a b
		echo "$url" | par-gather --sum 2
		echo "$url$(head -c 3000 /dev/zero | tr '\0' x)" | par-gather --max-record 100
		par-gather "$url"
		par-frontier "$url" </dev/null
		echo "$url" | par-fetch --retries 0
		echo "ftp://me:hush7@h/" | par-fetch --retries 0
		echo "http://me:hush7@[/" | par-fetch --retries 0
		par-fetch -x "foo://me:hush7@h" <<<http://h.invalid/ --retries 0
		par-queue -u redis://me:hush7@127.0.0.1:1 stat q
		PAR_QUEUE_URL=redis://me:hush7@127.0.0.1:x par-queue stat q
		PAR_QUEUE_URL=redis://me:hush7@127.0.0.1:1 timeout 5 par-queue put --give-up 1s q
		par-cache -d redis://me:hush7@127.0.0.1:1 cat
		echo "$url" | par-cache --map cat -d "$url"
		# a password longer than what is shown of a record
		echo "http://me:$(yes hush7 | head -n 200 | tr -d '\n')@h/" | par-run -N 1 -r 0 false
	} >all 2>&1 </dev/null || true
	[ "$(wc -l <all)" -gt 15 ]
	run -1 grep -a 'hush7' <(grep -a '^par-' all | grep -av '^par-fetch: [^:]*$')
	grep -q '^par-run: http://\*\*\*@h.invalid/: ' all
}

@test "promise 24: passwords of its own are not in what a program starts, those of others are" {
	export PAR_QUEUE_URL='redis://me:hush7A@127.0.0.1:6379' PAR_QUEUE_PASSWORD=hush7B
	export PAR_CACHE_PASSWORD=hush7C
	par-run -N 1 env <<<x >out
	[ "$(grep -c hush7 out)" = 3 ]
	command -v redis-server >/dev/null || skip "no redis-server"
	load redis
	unset PAR_QUEUE_PASSWORD
	redis_start
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	redis CONFIG SET port "$port" >/dev/null
	redis CONFIG SET requirepass hush7A >/dev/null
	PAR_QUEUE_URL=redis://:hush7A@127.0.0.1:$port
	echo x | par-queue put q
	par-queue work --once q -- par-run -n 1 --map bash -c 'env >"$1"; cat' _ "$PWD/worker" </dev/null
	grep -qx "PAR_QUEUE_URL=redis://127.0.0.1:[0-9]*" worker
	run -1 grep 'PAR_QUEUE.*hush7' worker
	grep -qx 'PAR_CACHE_PASSWORD=hush7C' worker
	echo z | par-queue put q
	PAR_QUEUE_PASSWORD=hush7A par-queue work -u "redis://127.0.0.1:$port" --once q -- \
		par-run -n 1 --map bash -c 'env >"$1"; cat' _ "$PWD/other" </dev/null
	grep -q '^PAR_WORKER=' other
	run -1 grep hush7A other
	printf 'y\n' | PAR_CACHE_PASSWORD=hush7A par-cache --map -d "${PAR_QUEUE_URL/:hush7A@/}" \
		bash -c 'env >"$1"; cat' _ "$PWD/cached" >out
	[ "$(<out)" = y ]
	run -1 grep PAR_CACHE_PASSWORD cached
}

@test "promise 24: what workers say cannot act on the terminal; colours still work" {
	local mode

	printf 'printf '"'"'\\033]0;title\\007\\033[31mred\\033[0m \\302\\233x\\tt\\n'"'"' >&2; cat\n' >says
	for mode in 'par-run -n 1' 'par-run --host :1 --map' 'par-run -N 1' 'par-cache -d store --map'; do
		echo a | python3 "$ROOT/tests/aid/on-terminal.py" bash -c "$mode bash says >out" >seen
		# shown as it is to who is no terminal, as escapes here
		grep -qF '\x1b]0;title\x07' seen
		run -1 grep -q $'\033]' seen
		grep -qF $'\033[31mred\033[0m \\xc2\\x9bx\tt' seen
	done
	echo a | par-run -n 1 bash says 2>seen >out
	grep -qF $'\033]0;title\007' seen
}

# 25. the sandbox of par-links
#

# sandboxed: is there one in this build?
sandboxed() {
	par-links --sandbox </dev/null 2>/dev/null
}

a_page() {
	printf 'http://h/\t200\ttext/html\thttp://h/\t\t<a href="%s">\n' "$1"
}

@test "promise 25: who takes par-links over can signal, open and run nothing" {
	sandboxed || skip "no sandbox in this build"
	cc -shared -fPIC -o attack.so "$ROOT/tests/aid/attack.c" -ldl
	a_page attack | LD_PRELOAD=$PWD/attack.so par-links >out 2>err
	[ "$(<out)" = $'http://h/\thttp://h/attack' ]
	[ "$(tr '\n' ' ' <err)" = 'signal-parent 1 signal-self 0 kill 1 open 1 socket 1 code 1 ' ]
}

@test "promise 25: no memory of par-links can be written and executed, with patterns, too" {
	local line

	sandboxed || skip "no sandbox in this build"
	mkfifo in out
	par-links --regex 'href="(\w+)"' --include b --exclude x <in >out 3>&- &
	BACKGROUND+=("$!")
	exec {to}>in {from}<out
	a_page b >&"$to"
	read -r -t "$DEADLINE" line <&"$from"
	[ "$line" = $'http://h/\thttp://h/b' ]
	grep -q '^[^ ]* r.xp' "/proc/$!/maps"
	run -1 grep '^[^ ]* .wx' "/proc/$!/maps"
	exec {to}>&-
	wait "$!"
}

@test "promise 25: a sandbox that the system refuses is said, and the end if it was asked for" {
	sandboxed || skip "no sandbox in this build"
	printf 'int seccomp_load(void *filter) { (void)filter; return -22; }\n' >refuse.c
	cc -shared -fPIC -o refuse.so refuse.c
	a_page b >page
	LD_PRELOAD=$PWD/refuse.so par-links <page >out 2>err
	[ "$(<out)" = $'http://h/\thttp://h/b' ]
	[ "$(<err)" = 'par-links: no sandbox: Invalid argument; goes on without: see --sandbox, --no-sandbox' ]
	LD_PRELOAD=$PWD/refuse.so run -3 par-links --sandbox <page
	[ "$output" = 'par-links: --sandbox: Invalid argument; without it pages are read all the same' ]
	run -2 par-links --sandbox --no-sandbox <page
	[[ ${lines[0]} == *'--sandbox does not go with --no-sandbox'* ]]
}

# 26. parsers under random input
#

@test "promise 26: what is given nowhere, and empty, stands nowhere: no parser steps there" {
	[ -z "${SANITIZED-}" ] || skip "has sanitizers of its own, and was run without"
	echo 'int LLVMFuzzerTestOneInput(const char *a, long b) { return !a && b; }' >probe.c
	clang -fsanitize=fuzzer,address -o probe probe.c 2>/dev/null || skip "no clang with libFuzzer"
	for target in field join; do
		FOUND=$PWD "$ROOT/tests/fuzz/run" "$target" 500 -seed=1
	done
}

@test "promise 26: a time or a size that does not fit is out of range, never a short one" {
	for value in 18446744073709551.999s 18446744073709551616 300000000000d; do
		run -2 par-run -t "$value" --map cat <<<1
		[ "${lines[0]}" = "par-run: --timeout: $value: out of range: 1 to 18446744073709551615 ms" ]
	done
	run -2 par-run --max-record 17179869185G --map cat <<<1
	[[ ${lines[0]} == 'par-run: --max-record: 17179869185G: out of range:'* ]]
}

@test "promise 26: a server that asks us to wait longer than fits is not asked again at once" {
	hostile_here
	par-fetch --retry-max-delay 2s <<<"$HOSTILE/busy/1/429/Retry-After:%2018446744073709552" >out ||
		[ "$?" = 1 ]
	[ "$(cut -f 2 out)" = 429 ]
	[ "$(requests /busy)" = 1 ]
}

@test "promise 26: a job or a list of hosts that is cut by a NUL is not half obeyed" {
	run -2 par-run --serve < <(printf 'par-job 1 27\nh\0--serve\0--map\0--\0cat\0--nox1\n')
	[ "$output" = 'par-run: --serve: not a job' ]
	run -0 par-run --serve < <(printf 'par-job 1 26\nh\0--serve\0--map\0--\0cat\0--\0x1\n')
	[ "${lines[2]}" = x1 ]
	printf 'a:1\0b\n' >hosts
	run -2 par-run --hosts hosts --rsh false cat <<<1
	[ "$output" = 'par-run: hosts: a line with a NUL' ]
}

# seal: standard input with the check sum that STATE ends with
seal() {
	[ -x sum ] || {
		cat >sum.c <<-'END'
		#include <stdio.h>

		#include "hash.h"

		int
		main(void)
		{
			static char text[4096];
			size_t len = fread(text, 1, sizeof(text), stdin);

			fwrite(text, 1, len, stdout);
			return printf("sum %016lx\n", (unsigned long)hash_bytes(text, len, 0)) < 0;
		}
		END
		echo 'int entropy(void *bytes, unsigned long len) { (void)bytes, (void)len; return -1; }' >entropy.c
		cc -D_GNU_SOURCE -I"$ROOT/lib" -o sum sum.c "$ROOT"/lib/{hash,clock}.c entropy.c
	}
	./sum
}

@test "promise 26: a STATE that says what cannot be is refused, its check sum notwithstanding" {
	printf '#!/bin/sh\nexec 4<"$1"\nread -r x <&4\ncat\n' >gated
	chmod +x gated
	mkfifo gate
	seq 9 >in
	background par-run -n 1 -i in -o out --checkpoint state -N 1 ./gated gate
	pid=$!
	exec 5<>gate
	printf '\n\n' >&5
	eventually test -s out
	kill -TERM "$pid"
	printf '\n\n\n\n\n\n\n' >&5
	wait "$pid" || [ "$?" = 4 ]
	grep -v '^sum' state >text
	for more in 'again 0 2 0 2' 'again 0 900 0 1' 'again 0 2 800 1' 'again 0 2 0 0' 'again 0 0x2 0 1'; do
		{ cat text; echo "$more"; } | seal >state
		run -3 timeout 60 par-run -n 1 -i in -o out --checkpoint state -N 1 ./gated gate
		[[ $output == *'checkpoint: it does not fit the input' ||
			$output == *'state: not a checkpoint of this par-run, or damaged' ]]
	done
	seal <text >state
	printf '%.0s\n' {1..99} >&5
	par-run -n 1 -i in -o out --checkpoint state -N 1 ./gated gate
	[ "$(sort -n out)" = "$(seq 9)" ]
}

@test "promise 26: a crawl whose numbers were given out again is refused, and loses no page" {
	cc -o lmdb-set "$ROOT/tests/aid/lmdb-set.c" -llmdb
	for host in h other; do
		rm -rf crawl
		printf 'http://h/%s\n' 1 2 3 | run -3 par-frontier --state crawl true
		# The last number given: 0 in place of 3, or what the first has.
		./lmdb-set crawl/frontier facts facts 0000000000000000 16
		run -3 --separate-stderr par-frontier --state crawl cat <<<"http://$host/new"
		[ -z "$output" ]
		[ "$stderr" = 'par-frontier: crawl: the state is damaged; remove it to start over' ]
		./lmdb-set crawl/frontier facts facts 0100000000000000 16
		run -3 --separate-stderr par-frontier --state crawl cat <<<"http://$host/new"
		[ "$stderr" = 'par-frontier: crawl: the state is damaged; remove it to start over' ]
		./lmdb-set crawl/frontier facts facts 0300000000000000 16
		par-frontier --state crawl cat <<<"http://$host/new" >>out
		sort -u out >all
		same all <(printf '%s\n' http://h/1 http://h/2 http://h/3 "http://$host/new")
		rm out
	done
}
