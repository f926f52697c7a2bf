#!/usr/bin/env bats
# How a run ends: too many deaths, a stage that can never work, signals; what is said
# of the records that were not done, and that nothing is left behind.
load helper

# A native stage; poison kills it, and what is a name of a FIFO waits for that.
prepare() {
	cat >stage.sh <<-'EOF'
		#!/bin/bash
		case ${PAR_STAGE-} in
		*:$$) exec 9>&"${PAR_STAGE%:*}" ;;
		*) exec 9>/dev/null ;;
		esac
		echo $$ >>started
		echo "par-stage 1" >&9
		i=0
		while IFS= read -r n; do
			case $n in
			die*) kill -9 $$ ;;
			never*) exit 125 ;;
			gate*) : >waiting; read -r _ <"$n" ;;
			esac
			echo "$n"
			echo "$i $((${#n} + 1)) ok" >&9
			i=$((i + 1))
		done
	EOF
	chmod +x stage.sh
}

@test "par-run: a command that no copy can begin ends the run at once, in one line" {
	local n

	seq 20 >in
	printf '#!/bin/sh\necho x >>starts\nexit 7\n' >never && chmod +x never
	for n in 1 2 8; do
		: >starts
		run -3 --separate-stderr par-run -n "$n" ./never <in
		[ "${stderr_lines[0]}" = "par-run: ./never: each worker exited with status 7, before reading anything" ]
		[ "${stderr_lines[1]}" = "par-run: stopped early: 20 records were read and not delivered" ]
		[ "${#stderr_lines[@]}" = 2 ]
		[ "$(wc -l <starts)" = "$((n > 1 ? n : 2))" ]
	done
	# Not where one of them reads, where they differ, or a limit was given.
	printf '#!/bin/sh\nmkdir d 2>/dev/null || exec cat\nexit 7\n' >first && chmod +x first
	par-run -n 2 ./first <in 2>errors | sort -n | cmp - in
	grep -qE '^par-run: (worker [12]: exited with status 7, before it read|1 worker exited with status 7, before reading) anything$' errors
	[ "$(wc -l <errors)" = 1 ]
	: >starts
	run -3 --separate-stderr par-run -n 2 --max-restarts 5 ./never <in
	[ "$(wc -l <starts)" -ge 6 ]
	printf '#!/bin/sh\nexit "$PAR_WORKER"\n' >unlike && chmod +x unlike
	run -3 --separate-stderr par-run -n 2 ./unlike <in
	[[ $stderr == *'workers in a row ended without finishing a record'* ]]
}

@test "par-run: words that all workers end with, before reading anything, are said once" {
	local n

	seq 20 >in
	printf '#!/bin/sh\necho one >&2\necho two >&2\nexit 7\n' >never && chmod +x never
	for n in 1 4; do
		run -3 --separate-stderr par-run -n "$n" ./never <in
		[ "${stderr_lines[0]}" = one ] && [ "${stderr_lines[1]}" = two ]
		[ "${stderr_lines[2]}" = "par-run: ./never: each worker exited with status 7, before reading anything" ]
		[ "${#stderr_lines[@]}" = 4 ]
	done
	# Other words are not the same.
	printf '#!/bin/sh\necho "$PAR_WORKER" >&2\nexit 7\n' >never
	run -3 --separate-stderr par-run -n 4 ./never <in
	[ "$(printf '%s\n' "${stderr_lines[@]:0:4}" | sort)" = "$(seq 4)" ]
}

@test "par-run: a command that makes no use of its input is told from one that does" {
	seq 20 >in
	cp in a.log
	# One copy: a second, which there is where this machine is busy, would find no a.log.
	run -3 --separate-stderr par-run -n 1 gzip a.log <in
	[ "${stderr_lines[0]}" = "par-run: gzip: ended well, without reading any of the input; to run it on a.log: par-run gzip {} ::: a.log" ]
	[ "${stderr_lines[1]}" = "par-run: stopped early: 20 records were read and not delivered" ]
	[ "${#stderr_lines[@]}" = 2 ]
	zcat a.log.gz | cmp - in
	# The first of several is waited for, as long as it takes a command to end.
	printf '#!/bin/sh\necho >>starts\n' >once && chmod +x once
	alone() { : >starts; par-run -n 4 ./once <in; [ "$(wc -l <starts)" = 1 ]; }
	eventually alone
	# All that are alike at the end, and no more than there is room for.
	touch a.log b.log c.log
	run -3 --separate-stderr par-run gzip -f a.log b.log <in
	[[ $stderr == *'; to run it on each: par-run gzip -f {} ::: a.log b.log'$'\n'* ]]
	touch a.log b.log
	run -3 --separate-stderr par-run gzip -f [abc].log <in
	[[ $stderr == *'; to run it on each: par-run gzip -f {} ::: a.log b.log ...'$'\n'* ]]
	# So it is where something was written before that shows.
	run -3 --separate-stderr par-run -n 1 wc -l in <in
	[ "$output" = "20 in" ]
	[[ $stderr == *'to run it on in: par-run wc -l {} ::: in'* ]]
	run -3 --separate-stderr par-run true <in
	[ "${stderr_lines[0]}" = "par-run: true: ended well, without reading any of the input; {} stands for a record in its words" ]
	# The first one failed alike: what to write is said, too.
	run -3 --separate-stderr par-run grep --no-such x in <in
	[[ $stderr == *'before reading anything; to run it on in: par-run grep --no-such x {} ::: in'* ]]
	# Some input was read, or there is none: as in any pipeline.
	run -0 par-run -n 2 head -n 1 in - <in
	run -0 --separate-stderr par-run -n 3 echo hi </dev/null
	[ "$output" = hi ] && [ -z "$stderr" ]
	# It writes first, and reads later: all do.
	par-run -n 3 sh -c 'echo 0; cat' <in | grep -vx 0 | sort -n | cmp - in
}

@test "par-run: of no input one worker does what the command does by itself" {
	printf '#!/bin/sh\n: >begun\nexec "$@"\n' >begin && chmod +x begin
	for command in 'wc -c' 'echo 0' 'par-run -n 3 wc -c'; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr par-run -n 3 $command </dev/null
		[ "$output" = 0 ] && [ -z "$stderr" ]
		# It is known later.
		mkfifo in
		# shellcheck disable=SC2086
		par-run -n 3 ./begin $command <in >out 3>&- & pid=$!
		exec {to}>in
		eventually [ -e begun ]
		exec {to}>&-
		wait "$pid"
		cmp out - <<<0
		rm in begun
	done
	# Many files to work on, and nobody who types: likely something else was meant.
	echo needle | tee f1 >f2
	run -0 --separate-stderr par-run -n 2 grep needle f1 f2 </dev/null
	[ "$output" = $'f1:needle\nf2:needle' ]
	[ "$stderr" = 'par-run: grep: was run once, as the input is /dev/null; to run it on each: par-run grep needle {} ::: f1 f2' ]
	: >in
	run -0 --separate-stderr par-run -n 2 grep needle f1 f2 <in
	[ "$output" = $'f1:needle\nf2:needle' ] && [ -z "$stderr" ]
	run -0 --separate-stderr par-run -n 2 awk -f f1 f2 </dev/null
	[ -z "$stderr" ]
}

@test "par-run: a command that fails where there is no input is no success" {
	for n in 1 3; do
		run -3 --separate-stderr par-run -n $n sh -c 'cat; exit 7' </dev/null
		[ "$stderr" = 'par-run: sh: exited with status 7, before reading anything' ]
		# shellcheck disable=SC2016
		run -1 --separate-stderr par-run -n $n sh -c 'kill -9 $$' </dev/null
		[[ $stderr == *'worker 1: killed by signal 9'* ]]
		run -1 --separate-stderr par-run -n $n --map false </dev/null
		[[ $stderr == *'worker 1: exited with status 1'* ]]
		run -3 --separate-stderr par-run -n $n sh -c 'exit 125' </dev/null
		[[ $stderr == *'it can never work'* ]]
	done
	run -0 --separate-stderr par-run --ok-status 0,1 -n 2 grep x </dev/null
	[ -z "$stderr" ]
}

@test "par-run: records that kill workers are given up, however many, and end nothing" {
	awk 'BEGIN { for (i = 0; i < 300; i++) print (i % 10 == 3 ? "die" : "") i }' >in
	for count in 1 3; do
		run -1 --separate-stderr par-run -n "$count" -r 1 ./stage.sh <in
		cmp <(printf '%s\n' "$output" | sort) <(grep -v die in | sort)
		[ "$(grep -c '^par-run: die.*: worker killed by signal 9' <<<"$stderr")" = 30 ]
	done
}

@test "par-run: --max-restarts, in a row or within a time" {
	seq 100 >in
	# Each worker does a record, says so, and dies.
	cat >one.sh <<-'EOF'
		#!/bin/bash
		echo 'par-stage 1 window=1' >&"${PAR_STAGE%:*}"
		read -r n || exit 0
		echo "$n"
		echo "0 $((${#n} + 1)) ok" >&"${PAR_STAGE%:*}"
		[ "$n" = 100 ] || exit 7
	EOF
	chmod +x one.sh
	run -0 --separate-stderr par-run --max-restarts 2 -n 1 ./one.sh <in
	[ "${#lines[@]}" = 100 ]
	run -0 --separate-stderr par-run --max-restarts 100/1h -n 1 ./one.sh <in
	[ "${#lines[@]}" = 100 ]
	run -3 --separate-stderr par-run --max-restarts 5/1h -n 1 ./one.sh <in
	[ "$output" = "$(seq 6)" ]
	[[ $stderr == *'par-run: ./one.sh: more than 5 workers ended within 3600 s, the last exited with status 7'* ]]
	[[ ${stderr_lines[-1]} == 'par-run: stopped early: 94 records were read and not delivered'* ]]
	run -3 --separate-stderr par-run --max-restarts 3 -n 1 sh -c 'exit 7' <in
	[[ $stderr == *'sh: 4 workers in a row ended without finishing a record, the last exited with status 7'* ]]
	run -3 --separate-stderr par-run --max-restarts 0 -n 1 sh -c 'exit 7' <in
	for wrong in x 3/ /5 3/0 3/5x -1 100001; do
		run -2 par-run --max-restarts "$wrong" cat <in
	done
}

@test "par-run: a worker that cannot be started again is tried again" {
	mkfifo in
	cp stage.sh other.sh
	par-run --max-restarts 1000 -n 1 ./other.sh <in >out 2>err 3>&- &
	pid=$!
	exec {to}>in
	echo 1 >&"$to"
	eventually test -s out
	mv other.sh away.sh
	kill -9 "$(cat started)"
	echo 2 >&"$to"
	eventually grep -q 'could not be started: No such file' err
	mv away.sh other.sh
	exec {to}>&-
	wait "$pid"
	cmp out <(seq 2)
}

@test "par-run: status 125 ends the run, and others finish what they have" {
	mkfifo gate in
	par-run -n 2 ./stage.sh <in >out 2>err 3>&- &
	pid=$!
	exec {to}>in
	echo gate >&"$to"
	eventually eval '(( $(wc -l <started) == 2 ))'
	echo never >&"$to"
	eventually grep -q 'it can never work' err
	seq 20 >&"$to"
	echo >gate
	status=0
	wait "$pid" || status=$?
	exec {to}>&-
	[ "$status" = 3 ]
	[ "$(cat out)" = gate ]
	[ "$(wc -l <started)" = 2 ]
	grep -qx 'par-run: ./stage.sh: it can never work, says its exit status 125' err
	grep -q '^par-run: stopped early: 1 record was read and not delivered; the rest' err
}

@test "par-run: status 125 of other commands" {
	seq 100 >in
	run -3 --separate-stderr par-run -n 2 -r 1000 -N 1 sh -c 'echo >>tried; exit 125' <in
	[ "$(wc -l <tried)" -le 2 ]
	[[ ${stderr_lines[-1]} == 'par-run: stopped early: 100 records were read and not delivered' ]]
	run -3 --separate-stderr par-run -n 2 --map sh -c 'exit 125' <in
	[[ $stderr == *'sh: it can never work, says its exit status 125'* ]]
	# Its pipe does not hold all.
	run -3 --separate-stderr par-run -n 1 sh -c 'read x; exit 125' < <(seq 50000)
	[[ $stderr == *'what became of the 1 record that it had is not known'* ]]
	# With nothing left to do it is a status like another.
	run -1 --separate-stderr par-run -n 1 sh -c 'cat; exit 125' <in
	[ "${#lines[@]}" = 100 ]
}

# What was read of in, by what the run said at the end, in records.
records_read() { # ERR
	local rest

	rest=$(sed -n 's/.* \([0-9]*\) bytes of the input were not read$/\1/p' "$1")
	head -c $(($(stat -c %s in) - ${rest:-0})) in | awk 'END { print NR }'
}

@test "par-run: what was not delivered is counted, after one, two and three signals" {
	local mode signals undone signal all=(TERM INT HUP)

	awk 'BEGIN { for (i = 0; i < 60000; i++) printf "%s%045d\n", i == 99 ? "gate" : "", i }' >in
	gate=$(sed -n 100p in)
	mkfifo "$gate"
	for mode in '' -k --map '--map -k' -N1 '-k -N7'; do
		for signals in 1 2 3; do
			rm -f waiting
			# shellcheck disable=SC2086
			"$ROOT/tests/aid/with-signals.py" default:INT \
				par-run $mode -n 2 ./stage.sh <in >out 2>err 3>&- &
			pid=$!
			eventually test -e waiting
			for signal in "${all[@]:0:signals}"; do
				kill "-$signal" "$pid" || true
			done
			[ "$signals" != 1 ] || echo >"$gate"
			status=0
			wait "$pid" || status=$?
			[ "$status" = 4 ]
			undone=$(sed -n 's/.*stopped early: \([0-9]*\) record[a-z ]* read and not delivered.*/\1/p' err)
			[ "$(($(wc -l <out) + ${undone:-0}))" = "$(records_read err)" ]
			[[ $mode != *-k* ]] || cmp out <(head -n "$(wc -l <out)" in)
		done
	done
}

# Does the FIFO take nothing more?
is_full() {
	! dd if=/dev/zero of=full oflag=nonblock bs=4096 count=1 status=none 2>dd.err
}

# Does the run answer while nobody reads its output?
answers() { # ERR
	echo help >ctl
	eventually grep -q 'pause  *give out nothing more' "$1"
	kill -USR1 "$pid"
	eventually grep -q 'time/job' "$1"
}

# One signal drains, as it says, and the second one ends it by itself.
ends_by_two() {
	local status=0

	kill "$pid"
	eventually grep -qx 'par_run_running 1' m
	kill -HUP "$pid"
	wait "$pid" || status=$?
	[ "$status" = 4 ]
}

@test "par-run: while nobody reads its output it hears signals and commands, and ends" {
	local mode

	yes 123456789 | head -c 8000000 >in
	mkfifo full
	for mode in '--map cat' '-k --map cat' '-b 64K cat' 'cat' '-k -N 5000 cat' 'par-run --map cat'; do
		rm -f err
		exec {full}<>full
		# shellcheck disable=SC2086
		par-run -n 2 --control ctl --metrics m $mode <in >&"$full" 2>err 3>&- {full}>&- &
		pid=$!
		eventually is_full
		answers err
		ends_by_two
		exec {full}>&-
		grep -q '^par-run: stopped early: ' err
		[ ! -e ctl ]
	done
}

# Nobody reads it from its very beginning; or, once the file read is there, into out.
onto_socket() { # KIND WORD...
	rm -f full read out err
	"$ROOT/tests/aid/slow-socket.py" "$1" full read out par-run -n 2 --control ctl --metrics m \
		"${@:2}" <in 2>err 3>&- &
	pid=$!
	BACKGROUND+=("$pid")
	eventually test -e full
	answers err
}

@test "par-run: a socket that nobody reads is waited for as a pipe is" {
	local kind mode

	yes 123456789 | head -c 8000000 >in
	for kind in unix tcp; do
		for mode in '--map cat' '-k -N 5000 cat' '-b 8M cat' cat; do
			# shellcheck disable=SC2086
			onto_socket "$kind" $mode
			ends_by_two
			grep -q '^par-run: stopped early: ' err
		done
	done
	seq 800000 >in
	for mode in '-k --map cat' '-k -b 1M cat'; do
		# shellcheck disable=SC2086
		onto_socket unix $mode
		: >"read"
		wait "$pid"
		eventually cmp -s in out
	done
}

@test "par-run: the other end of a link, while nobody reads it, hears signals and ends" {
	local words

	yes 123456789 | head -c 8000000 >in
	mkfifo full
	# as lines come, a little at a time; and one output of 8 MB
	for words in '--map -- cat' '-- par-run --map cat' '--block=8M -- cat'; do
		# shellcheck disable=SC2086
		printf '%s\0' alpha --serve --workers=2 --control=ctl --metrics=m $words >job
		{
			echo "par-job 1 $(wc -c <job)"
			cat job
			[[ $words != --block* ]] || echo block 800000 8000000
			cat in
		} >given
		rm -f err
		exec {full}<>full
		par-run --serve <given >&"$full" 2>err 3>&- {full}>&- &
		pid=$!
		BACKGROUND+=("$pid")
		eventually is_full
		answers err
		ends_by_two
		exec {full}>&-
	done
}

@test "par-run: while nobody reads its log, or what else it tells, it hears signals and ends" {
	local mode

	yes 123456789 | head -c 8000000 >in
	mkfifo full
	exec {full}<>full
	for mode in '--log full --map cat' '-q full -r 0 -N 100 false' 'told --map cat'; do
		rm -f err
		# shellcheck disable=SC2016,SC2086
		bash -c '[ "$1" != told ] || { shift; export PAR_STAGE=9:$$; exec 9>full; }
			exec par-run -n 2 --control ctl --metrics m "$@"' - $mode <in >out 2>err 3>&- {full}>&- &
		pid=$!
		BACKGROUND+=("$pid")
		eventually is_full
		answers err
		ends_by_two
		grep -q '^par-run: stopped early: ' err
		dd if=full of=rest iflag=nonblock bs=1M status=none 2>dd.err || true
	done
}

# Fill the FIFO words, which is held open by us and nobody reads.
stuff_words() {
	rm -f words
	mkfifo words
	exec {words}<>words
	yes '' 2>/dev/null |
		dd of=words iflag=fullblock oflag=nonblock bs=4096 status=none 2>dd.err || true
}

# How many records have failed, of all workers, by the metrics.
failed_so_far() {
	awk '/fate="failed"/ { n += $2 } END { print n + 0 }' m
}

@test "par-run: while nobody reads standard error it goes on, and what it says waits" {
	local mode to

	mkfifo in
	for mode in 'par-fib' '-r 0 -N 1 false' '--progress par-fib'; do
		rm -f m
		stuff_words
		# shellcheck disable=SC2086
		par-run -n 2 --control ctl --metrics m $mode <in >out 2>&"$words" 3>&- {words}>&- &
		pid=$!
		BACKGROUND+=("$pid")
		exec {to}>in
		printf 'bad %d\n' {1..300} >&"$to"
		eventually eval '(($(failed_so_far) == 300))'
		echo workers 3 >ctl
		eventually grep -qx 'par_run_workers 3' m
		exec {to}>&-
		# Nothing of it is lost, however late it is read.
		cat <&"$words" >said 3>&- &
		BACKGROUND+=("$!")
		status=0
		wait "$pid" || status=$?
		[ "$status" = 1 ]
		eventually eval '[ "$(grep -c "^par-run: bad [0-9]*: " said)" = 300 ]'
		kill "$!" || true
		exec {words}>&-
	done
}

# Has it not used the processor for many looks?
does_nothing() {
	local before=$ticks

	ticks=$(cut -d ' ' -f 14,15 "/proc/$pid/stat")
	same=$([ "$ticks" = "$before" ] && echo $((same + 1)) || echo 0)
	((same > 20))
}

@test "par-run: what nobody reads on standard error does not keep it from ending" {
	local count to ticks same

	mkfifo in
	# Some words, and more than it keeps: then it waits, until it is told to end.
	for count in 300 60000; do
		stuff_words
		printf 'bad %0100d\n' $(seq "$count") >bad
		par-run -n 2 par-fib <in >out 2>&"$words" 3>&- {words}>&- &
		pid=$!
		BACKGROUND+=("$pid")
		exec {to}>in
		cat bad >&"$to" 3>&- {words}>&- &
		BACKGROUND+=("$!")
		ticks="" same=0
		eventually does_nothing
		kill "$pid"
		status=0
		wait "$pid" || status=$?
		[ "$status" = 4 ]
		exec {to}>&- {words}>&-
	done
}

@test "par-run: a reader that pauses gets every record once, by whatever way they come" {
	local mode line

	seq 400000 >in
	mkfifo out.fifo
	for mode in '--map cat' '-k --map cat' '-b 64K cat' '-k -b 64K cat' cat 'par-run --map cat' \
		'par-run -b 10K cat' '-k --key 1 --map cat' '--host :2,: --map cat' '-k par-run -n 2 --map cat'; do
		# shellcheck disable=SC2086
		par-run -n 3 $mode <in >out.fifo 2>err 3>&- &
		pid=$!
		# A byte at a time, which is slow enough; then all that is left.
		{
			for _ in {1..1500}; do
				read -r line
				echo "$line"
			done
			cat
		} <out.fifo >out
		wait "$pid"
		[ ! -s err ]
		[[ $mode == *-k* ]] || sort -no out out
		cmp in out
	done
}

@test "par-run: what waits for its turn or its reader is counted, however large it is" {
	mkfifo gate
	# shellcheck disable=SC2016
	seq 4 | par-run -n 4 -N 1 -k --metrics m \
		sh -c 'read x; [ "$x" != 1 ] || read x <gate; yes aaaaaaaaa | head -c 20000000' >out 2>err 3>&- &
	pid=$!
	# Each but the first has written all that it has.
	eventually eval '[ "$(grep -c "^par_run_records_total.*done.* 1$" m)" = 3 ]'
	kill -TERM "$pid"
	kill -HUP "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 4 ]
	[ ! -s out ]
	grep -qx 'par-run: stopped early: 4 records were read and not delivered' err
}

@test "par-run: what has failed and waits for its turn was named, and is not counted" {
	mkfifo gate
	cat >stage.sh <<-'EOF'
		#!/bin/sh
		exec 9>&"${PAR_STAGE%:*}"
		echo 'par-stage 1 window=1' >&9
		read -r x
		[ "$x" != 1 ] || read -r x <gate
		echo out
		echo '0 4 fail no good' >&9
		read -r x <gate
	EOF
	chmod +x stage.sh
	seq 2 | par-run -n 2 -k ./stage.sh >out 2>err 3>&- &
	pid=$!
	eventually grep -qx 'par-run: 2: no good' err
	kill -TERM "$pid"
	kill -HUP "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" = 4 ]
	[ ! -s out ]
	grep -qx 'par-run: stopped early: 1 record was read and not delivered' err
}

@test "par-run: what was read is told of when the first process of a block cannot be started" {
	seq 10 >in
	for ((most = 8; most < 60; most++)); do
		status=0
		(ulimit -n "$most" && exec par-run -N 1 cat) <in >out 2>err 3>&- || status=$?
		grep -q 'cannot start cat: Too many open files' err || continue
		[ "$status" = 3 ]
		grep -qx 'par-run: stopped early: 10 records were read and not delivered' err
		return 0
	done
	false
}

@test "par-run: where records have to be told of, a command that wants none is no success" {
	seq 10 >in
	for how in -k "--log log" "--checkpoint state -o out"; do
		rm -f log state out
		# shellcheck disable=SC2086
		run -3 --separate-stderr par-run -n 2 $how true <in
		[[ ${stderr_lines[0]} == 'par-run: true: ended well, without reading any of the input'* ]]
		[[ ${stderr_lines[1]} == 'par-run: stopped early: 10 records were read and not delivered' ]]
		# One that reads, and leaves before anybody has looked, is no native stage.
		# shellcheck disable=SC2086
		run -2 --separate-stderr par-run -n 2 $how head -c 1 <in
		[[ $stderr == *': head is not a native stage; see --map' ]]
	done
}

@test "par-run: a stage that waits for more makes way for a record that is to be alone" {
	cat >joint.sh <<-'EOF'
		#!/bin/bash
		exec 9>&"${PAR_STAGE%:*}"
		echo 'par-stage 1 jobs=4 joint' >&9
		i=0 n=0
		while read -r x; do
			if [[ $x = bad ]] && (($(wc -l <tries) < 5)); then
				echo >>tries
				kill -9 $$
			fi
			echo "$x"
			((n += ${#x} + 1))
			((++i))
			echo 'par-stage 1 jobs=4 joint waits' >&9
		done
		((i == 0)) || echo "0-$((i - 1)) $n ok" >&9
	EOF
	chmod +x joint.sh
	mkfifo in
	for key in "" "--key 1"; do
		: >tries
		# shellcheck disable=SC2086
		par-run -n 1 -r 9 $key ./joint.sh <in >out 2>err 3>&- &
		pid=$!
		exec {to}>in
		echo bad >&"$to"
		eventually eval '(($(wc -l <tries) == 5))'
		echo other >&"$to" # while the first one waits to be tried again
		eventually grep -qx bad out
		exec {to}>&-
		wait "$pid"
		[ "$(sort out)" = $'bad\nother' ]
	done
}

@test "par-run: of plain workers that were ended it is told what is not known" {
	mkfifo in gate
	# shellcheck disable=SC2016
	"$ROOT/tests/aid/with-signals.py" default:INT \
		par-run -n 1 sh -c 'read x; echo "$x"; read x; echo "$x"; read x <gate' <in >out 2>err 3>&- &
	pid=$!
	exec {to}>in
	seq 2 >&"$to"
	eventually eval '(( $(wc -l <out) == 2 ))'
	kill -TERM "$pid"
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
	exec {to}>&-
	[ "$status" = 4 ]
	grep -qx 'par-run: stopped early: what became of 2 records is not known; the rest of the input was not read' err
}

@test "par-run: a full disk is told with what was not delivered" {
	seq 1000 >in
	run -3 bash -c 'par-run par-fib <in >/dev/full'
	[ "${lines[0]}" = 'par-run: standard output: No space left on device' ]
	[[ ${lines[1]} == 'par-run: stopped early: '*' record'*' read and not delivered' ]]
}

# Nobody runs our stage any more, and no file was left.
nothing_left() {
	! pgrep -f "$PWD/stage.sh" && [ -z "$(ls tmp)" ]
}

@test "par-run: however it ends, neither child nor file is left" {
	local mode more=50000

	mkdir tmp
	export TMPDIR=$PWD/tmp
	mkfifo gate
	for mode in '' -k --map -N1; do
		if [ "$mode" = -N1 ]; then more=500; fi # a process for each
		for how in TERM INT,TERM INT,TERM,HUP KILL reader never; do
			# who is killed takes its children along by prctl(2)
			if on_posix && [ "$how" = KILL ]; then continue; fi
			rm -f waiting
			{ seq 200; echo gate; seq 200; echo "$how"; seq $more; } >in
			# shellcheck disable=SC2086
			"$ROOT/tests/aid/with-signals.py" default:INT \
				par-run --control tmp/ctl $mode -n 3 "$PWD/stage.sh" <in 2>err 3>&- > >(read -r _; [ "$how" = reader ] || cat >/dev/null) &
			pid=$!
			if [ $how != reader ]; then eventually test -e waiting; fi
			if [[ $how = *[A-Z] ]]; then
				for signal in ${how//,/ }; do kill "-$signal" "$pid" || true; done
			fi
			if [[ $how = TERM || $how = never ]]; then echo >gate; fi
			wait "$pid" || true
			if [ $how = KILL ]; then rm tmp/ctl; fi
			eventually nothing_left
		done
	done
}

@test "par-run: stopped early, it knows whether a list has more" {
	local status=0

	"$ROOT/tests/aid/with-signals.py" default:INT \
		par-run -n 1 sh -c ': >started; exec sleep 1000' _ {} ::: 1 2 3 2>err 3>&- &
	pid=$!
	BACKGROUND+=("$pid")
	eventually test -e started
	kill -INT "$pid" # two kinds, so that both are seen
	kill -TERM "$pid"
	wait "$pid" || status=$?
	[ "$status" = 4 ]
	[ "$(cat err)" = 'par-run: stopped early: 3 records were read and not delivered' ]
}
