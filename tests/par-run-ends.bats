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
	grep -q '^par-run: stopped early: 1 records were read and not delivered; the rest' err
}

@test "par-run: status 125 of other commands" {
	seq 100 >in
	run -3 --separate-stderr par-run -n 2 -r 1000 -N 1 sh -c 'echo >>tried; exit 125' <in
	[ "$(wc -l <tried)" -le 2 ]
	[[ ${stderr_lines[-1]} == 'par-run: stopped early: 100 records were read and not delivered' ]]
	run -3 --separate-stderr par-run -n 2 --map sh -c 'exit 125' <in
	[[ $stderr == *'sh: it can never work, says its exit status 125'* ]]
	run -3 --separate-stderr par-run -n 1 sh -c 'read x; exit 125' <in
	[[ $stderr == *'what became of the 1 records that it had is not known'* ]]
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
			undone=$(sed -n 's/.*stopped early: \([0-9]*\) records were read and not delivered.*/\1/p' err)
			[ "$(($(wc -l <out) + ${undone:-0}))" = "$(records_read err)" ]
			[[ $mode != *-k* ]] || cmp out <(head -n "$(wc -l <out)" in)
		done
	done
}

# Does the FIFO take nothing more?
is_full() {
	! dd if=/dev/zero of=full oflag=nonblock bs=1 count=1 status=none 2>dd.err
}

# Does the run answer while nobody reads its output?
answers() { # ERR
	echo help >ctl
	eventually grep -q 'pause  *give out nothing more' "$1"
	kill -USR1 "$pid"
	eventually grep -q 'time/job' "$1"
}

@test "par-run: while nobody reads its output it hears signals and commands, and ends" {
	local mode status

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
		kill "$pid"
		eventually grep -qx 'par_run_running 1' m
		kill -HUP "$pid"
		status=0
		wait "$pid" || status=$?
		exec {full}>&-
		[ "$status" = 4 ]
		grep -q '^par-run: stopped early: ' err
		[ ! -e ctl ]
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
			for _ in {1..5000}; do
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
	[[ ${lines[1]} == 'par-run: stopped early: '*' records were read and not delivered' ]]
}

# Nobody runs our stage any more, and no file was left.
nothing_left() {
	! pgrep -f "$PWD/stage.sh" && [ -z "$(ls tmp)" ]
}

@test "par-run: however it ends, neither child nor file is left" {
	local mode

	mkdir tmp
	export TMPDIR=$PWD/tmp
	mkfifo gate
	for mode in '' -k --map -N1; do
		for how in TERM INT,TERM INT,TERM,HUP KILL reader never; do
			rm -f waiting
			{ seq 200; echo gate; seq 200; echo "$how"; seq 50000; } >in
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
