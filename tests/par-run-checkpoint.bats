#!/usr/bin/env bats
# par-run -o FILE and --checkpoint: killed at any moment, it goes on where it was.
load helper
# shellcheck source=tests/aid/filters.bash
source "$BATS_TEST_DIRNAME/aid/filters.bash"

@test "par-run: -o FILE takes the output, - is standard output" {
	seq 1000 >in
	par-run -k -o out --map cat <in >nothing
	same in out
	[ ! -s nothing ]
	par-run -k -o - --map cat <in | cmp - in
	run -3 par-run -o missing/out --map cat <in
	[ "$output" = 'par-run: missing/out: No such file or directory' ]
	run -3 par-run -o /dev/full --map cat <in
	[ "${lines[0]}" = 'par-run: /dev/full: No space left on device' ]
}

@test "par-run: -o FIFO waits for its reader, and can be interrupted before" {
	local pid status=0

	mkfifo out
	background par-run -n 1 -o out cat
	pid=$!
	eventually grep -q par-run "/proc/$pid/comm" # no longer the shell
	kill "$pid"
	wait "$pid" || status=$?
	((status == 128 + 15))
	seq 100000 >in
	par-run -k -o out --map cat <in 3>&- &
	cat out >got
	wait "$!"
	same in got
}

@test "par-run: long records of several runs on one pipe or FIFO do not mix" {
	local n

	mkfifo out
	for n in 1 2 3; do
		seq 300 | awk -v n=$n '{ printf "%0" 30000 + $1 "d\n", n }' >in$n
	done
	sort in1 in2 in3 >want
	bash -c 'par-run --map cat <in1 & par-run cat <in2 & par-run -k -N 9 cat <in3 & wait' |
		sort | cmp - want
	sort out >got 3>&- &
	reader=$!
	exec {hold}>out
	for n in 1 2 3; do par-run --map -o out cat <in$n 3>&- & done # they hold it, too
	exec {hold}>&-
	wait "$reader"
	cmp want got
}

# killed OPTIONS... COMMAND: with --checkpoint, killed each time it has saved its
# state, seven times, every other time together with its workers; then to the end.
# Its status is that of the last run.
killed() {
	local kills=0 status before now

	while true; do
		read -r -d '' before <state || true
		now=$before
		par-run -o out --checkpoint state "$@" <in 2>>err 3>&- &
		while ((kills < 7)) && [[ $now == "$before" ]] && kill -0 "$!"; do
			read -r -d '' now <state || true
		done 2>/dev/null
		if ((kills < 7)); then
			((kills % 2)) || pkill -9 -P "$!" || true
			kill -9 "$!" || true
		fi 2>/dev/null
		status=0
		wait "$!" || status=$?
		((status == 137)) || break
		kills=$((kills + 1))
	done 2>/dev/null
	((kills > 1)) || echo "killed only $kills times"
	((kills > 1)) && return "$status"
}

@test "par-run: --checkpoint, killed again and again: a native stage" {
	seq 300000 300299 >in
	par-fib in >want
	killed -n 2 par-fib
	sort -n out | cmp - want
	rm state
	killed -n 2 -k par-fib
	cmp want out
	[ "$(echo *)" = 'err in out state want' ]
}

@test "par-run: --checkpoint, killed again and again: --map and -N" {
	seq 200000 >in
	sed 's/$/x/' in >want
	killed -n 2 -k --map sh -c 'while read -r n; do echo "${n}x"; done'
	same want out
	for size in "${FILTER_SIZES[@]}"; do # perl holds its lines back
		filter_records "$size" 70 | head -n $((size < 100000 ? 1000 : 500)) >in
		"$FILTER" perl <in >want
		rm -f state
		killed -n 2 -k --ahead 1M/50 --map perl -pe 's/\t.*//; select undef, undef, undef, .002'
		same want out
	done
	seq 250 >in
	sed 's/$/x/' in >want
	rm state
	killed -n 2 -N 1 sed 's/$/x/'
	sort -n out | cmp - want
	rm state
	killed -n 2 -k -b 10 sed 's/$/x/'
	same want out
}

@test "par-run: --checkpoint sets no record aside twice, with -k nor without" {
	seq 300000 300299 | sed 's/.*[37]$/&x/' >in
	grep -v x in | par-fib >want
	grep x in >bad
	for order in -r2 -k; do
		rm -f q state
		run -1 killed -n 2 $order -q q par-fib
		sort -n out | cmp - want
		cut -f1 q | sort -n | cmp - bad
	done
	cut -f1 q | cmp - bad
	tail -1 err | grep 'records set aside in q$'
	# complete: nothing is done, and the status is the same
	run -1 --separate-stderr par-run -n 2 -k -q q -o out --checkpoint state par-fib <in
	[ "$output" = '' ]
	[ "$stderr" = 'par-run: state: 60 records failed before' ]
	cut -f1 q | cmp - bad
}

@test "par-run: --checkpoint, when all is done there is nothing to do but what is new" {
	seq 1000 >in
	go() { par-run -k -n 1 -o out --checkpoint state --map tee -a seen; }
	go <in
	same in out
	same in seen
	cp state state.was
	go <in >said 2>&1
	[ ! -s said ]
	same state.was state
	same in out
	same in seen
	printf 'more\nand more' >>in
	go <in
	printf '\nand\n' >>in
	go <in
	same in out
	same in seen
	# the last record is not what it was
	printf 'one' >>in
	go <in
	printf ' more' >>in
	run -2 go <in
	[[ $output == *'was made with other input'* ]]
}

@test "par-run: --checkpoint, stopped by one signal or by two, then resumed" {
	local pid signals signal status

	seq 300000 >in
	for signals in TERM 'HUP TERM'; do
		rm -f state out
		par-run -k -n 2 -o out --checkpoint state --map \
			sh -c 'while read -r n; do echo "$n"; done' <in 2>err 3>&- &
		pid=$!
		eventually [ -s out ]
		for signal in $signals; do kill -"$signal" "$pid" || true; done
		status=0
		wait "$pid" || status=$?
		((status == 4))
		grep 'stopped early' err
		(($(wc -l <out) < 300000))
		par-run -k -n 2 -o out --checkpoint state --map \
			sh -c 'while read -r n; do echo "$n"; done' <in 2>err
		same in out
		[ ! -s err ]
	done
}

@test "par-run: --checkpoint refuses another command, other options, other input" {
	seq 100000 >in
	go() { par-run -n 2 -k -o out --checkpoint state --map "$@"; }
	other() { run -2 "$@"; [[ $output == "par-run: state: was made $what; remove it to start over" ]]; }
	go sed 's/$/x/' <in
	cp out want
	what='by another command' other go sed 's/$/y/' <in
	what='by another command' other go sed 's/$/x/' '' <in
	what='with other options (-k)' \
		other par-run -o out --checkpoint state --map sed 's/$/x/' <in
	what='with other options (--map, -0 or -d, -q)' \
		other par-run -k -o out -d , -q aside --checkpoint state sed 's/$/x/' <in
	what='with other input: what was read of it has changed'
	other go sed 's/$/x/' < <(cat in) || [[ $output == *'must be a file'* ]]
	# one byte, with the times and the size as they were
	cp -p in was
	printf 9 | dd of=in bs=1 seek=300000 conv=notrunc 2>said
	touch -r was in
	other go sed 's/$/x/' <in
	head -n 99999 was >in
	other go sed 's/$/x/' <in
	{ read -r _; other go sed 's/$/x/'; } <was
	# the same bytes in another file are fine
	go sed 's/$/x/' <was
	same want out
}

@test "par-run: --checkpoint names each option that is another one" {
	local -A named=(['-N 3']=-N ['-N 2 -b 9']=-b ['-N 2 -k']=-k ['-N 2 --raw']=--raw
		['-N 2 --tag']=--tag ['-N 2 --tag-format x']=--tag-format ['-N 2 -0']='-0 or -d'
		['-N 2 --recstart 1']=--recstart ['-N 2 --recend 1']=--recend
		['-N 2 --before x']='what stands before records by --before or --header'
		['-N 2 -q aside']=-q ['-N 2 -o out2']=-o)
	local options

	seq 9 >in
	par-run -o out --checkpoint state -N 2 cat <in
	for options in "${!named[@]}"; do
		# shellcheck disable=SC2086 # several words
		run -2 --separate-stderr par-run -o out --checkpoint state $options cat <in
		[ "$stderr" = "par-run: state: was made with other options (${named[$options]}); remove it to start over" ]
	done
	seq 9 | par-run --checkpoint kept echo {} >out2
	run -2 --separate-stderr par-run --checkpoint kept -I c echo {} <in
	[ "$stderr" = 'par-run: kept: was made with other options (-I); remove it to start over' ]
	run -2 --separate-stderr par-run --checkpoint kept --fields a echo {} <in
	[ "$stderr" = 'par-run: kept: was made with other options (names of fields by --fields or --header); remove it to start over' ]
	run -2 --separate-stderr par-run --checkpoint kept -o out2 echo {} <in
	[ "$stderr" = 'par-run: kept: was made with other options (-o); remove it to start over' ]
}

@test "par-run: --checkpoint finds a state that is torn, an output that is shorter" {
	seq 1000 >in
	go() { par-run -n 2 -k -o out --checkpoint state --map cat; }
	go <in
	cp state whole
	for size in 0 10 200 $(($(stat -c %s whole) - 1)); do
		head -c "$size" whole >state
		run -3 go <in
		[ "$output" = 'par-run: state: not a checkpoint of this par-run, or damaged' ]
	done
	sed 's/^output 3/output 2/' whole >state
	run -3 go <in
	cp whole state
	truncate -s 3000 out
	run -3 go <in
	[ "$output" = 'par-run: out: shorter than state says: 3000 bytes, not 3893' ]
	seq 1000 >out
	echo 'what was written after the state was' >>out
	go <in
	same in out
}

@test "par-run: --checkpoint, five runs at the same time: one goes on" {
	local n

	seq 10 >in
	mkfifo gate
	for n in 1 2 3 4 5; do
		par-run -k -n 1 -o out --checkpoint state --map \
			sh -c 'read -r _ <gate; exec cat' <in 2>"err$n" 3>&- &
	done
	refused() { [ "$(cat err? | grep -cx 'par-run: state: another par-run uses it')" = 4 ]; }
	eventually refused
	run -3 par-run -o out --checkpoint state -n 1 --map cat <in
	echo >gate
	complete() { cmp -s in out; }
	eventually complete
	refused
	[ "$(cat err? | wc -l)" = 4 ]
}

@test "par-run: --checkpoint refuses what it cannot do" {
	seq 10 >in
	mkfifo fifo
	run -2 par-run --checkpoint state --map cat <in
	[[ $output == 'par-run: --checkpoint needs -o FILE'* ]]
	run -2 par-run -o - --checkpoint state --map cat <in
	run -2 par-run -o /dev/null --checkpoint state --map cat <in
	[ "$output" = 'par-run: --checkpoint: /dev/null is not a regular file' ]
	run -2 par-run -o in --checkpoint state --map cat <in
	[ "$output" = 'par-run: -o in: the same file as standard input' ]
	run -2 par-run -o out -q out --checkpoint state --map cat <in
	[ "$output" = 'par-run: -o out: the same file as -q out' ]
	run -2 bash -c 'cat in | par-run -o out --checkpoint state --map cat'
	[ "$output" = 'par-run: --checkpoint: standard input must be a file' ]
	run -3 par-run -o out --checkpoint missing/state --map cat <in
	[ "$output" = 'par-run: missing/state: No such file or directory' ]
	same in <(seq 10)
	# a plain command; the state is not in the way of the right one
	run -2 par-run -n 1 -o out --checkpoint state cat <in
	[ "$output" = 'par-run: --checkpoint: cat is not a native stage; see --map' ]
	run -127 par-run -o out --checkpoint state --map no-such-command <in
	par-run -k -n 1 -o out --checkpoint state --map cat <in
	same in out
	run -2 bash -c 'PAR_STAGE=5:$$ exec par-run -o out --checkpoint state2 par-fib <in 5>words'
	[ "$output" = 'par-run: --checkpoint: not as a stage of another par-run' ]
}

@test "par-run: --checkpoint inside of a record that is too long" {
	local pid

	seq 2 >in
	truncate -s 1G in
	{ echo; seq 3 50; } >>in
	for order in -r2 -k; do
		rm -f state q
		par-run -o out --checkpoint state $order -n 1 -q q -N 1 cat <in 3>&- &
		pid=$!
		eventually grep -qs 'next .* 1$' state
		kill -9 "$pid"
		status=0
		wait "$pid" || status=$?
		((status == 137))
		run -1 par-run -o out --checkpoint state $order -n 1 -q q -N 1 cat <in
		sort -n out | cmp - <(seq 50)
		[ ! -s q ] # it is not whole
	done
}

@test "par-run: --checkpoint on a full disk goes on when there is room" {
	mkdir disk
	unshare -rm mount -t tmpfs none disk || skip "no file system of its own can be mounted"
	seq 200000 >in
	unshare -rm bash -eu -c '
		mount -t tmpfs -o size=600k none disk
		status=0
		par-run -k -n 2 -o disk/out --checkpoint disk/state --map cat <in 2>err || status=$?
		[ $status = 3 ]
		grep "^par-run: disk/out: No space left on device$" err
		mount -o remount,size=900k disk
		status=0
		par-run -k -n 2 -o disk/out --checkpoint disk/state --map cat <in 2>err || status=$?
		[ $status = 3 ]
		mount -o remount,size=9M disk
		par-run -k -n 2 -o disk/out --checkpoint disk/state --map cat <in
		cmp in disk/out
	'
}

@test "par-run: --checkpoint counts nothing that still waits for a reader who is stuck" {
	local full pid

	seq 100 >in
	mkfifo full
	exec {full}<>full # it is held open, and nobody reads
	# shellcheck disable=SC2016
	set -- par-run -n 2 --checkpoint state \
		sh -c 'printf "%s\t%040000d\n" "$1" 0; echo "$1" >>did' _ {}
	(exec "$@" <in >full 3>&- {full}>&-) &
	pid=$!
	BACKGROUND+=("$pid")
	# More than a pipe of 1 MiB holds, and each one that counts is saved before the next begins.
	eventually bash -c '[ "$(wc -l <did)" -ge 28 ]'
	kill -9 "$pid"
	wait "$pid" || true
	dd if=full iflag=nonblock bs=4096 status=none >out 2>dd.err || true
	exec {full}>&-
	echo >>out # the last record of it may be cut
	"$@" <in >>out
	grep -a $'^[0-9]*\t0*$' out | cut -f1 | sort -un | same - in
}

@test "par-run: --checkpoint is saved on while its reader is slow, and always has more" {
	local pid slow

	seq 1000 >in
	mkfifo out
	# shellcheck disable=SC2016
	(exec par-run -n 2 --checkpoint state sh -c 'printf "%s\t%020000d\n" "$1" 0' _ {} <in >out 3>&-) &
	pid=$!
	BACKGROUND+=("$pid")
	exec {slow}<out
	# So much at a time that it never waits: its pipe has 1 MiB.
	next() { awk '$1 == "next" { print $3 }' state; }
	reads_until() { head -c 65536 <&"$slow" >/dev/null && (($(next) > $1)); }
	eventually reads_until 200
	kill -0 "$pid"
	eventually reads_until "$(($(next) + 200))"
	kill "$pid"
	exec {slow}<&-
}

@test "par-run: --checkpoint with -k does not count a failure whose record is done again" {
	seq 6 >in
	cat >some <<-'EOS'
		#!/bin/sh
		case $1 in
		2) [ -e again ] || exec sleep 1000 ;;
		3) [ -e again ] || exit 1 ;;
		esac
		echo "$1"
	EOS
	chmod +x some
	par-run -k -n 2 -o out --checkpoint state ./some {} <in 2>err 3>&- &
	pid=$!
	BACKGROUND+=("$pid")
	eventually eval '[ -s err ] && grep -qx "next 2 1 0" state'
	BACKGROUND+=("$(pgrep -P "$pid")")
	kill -9 "$pid"
	wait "$pid" || true
	touch again
	run -0 --separate-stderr par-run -k -n 2 -o out --checkpoint state ./some {} <in
	[ -z "$stderr" ]
	same in out
}

@test "par-run: --checkpoint never remembers a part of records that are done together" {
	seq 5000 >in
	cat >joint.py <<-'EOS'
		#!/usr/bin/env python3
		import os, sys
		told = int(os.environ["PAR_STAGE"].split(":")[0])
		os.write(told, b"par-stage 1 ahead joint block=5000\n")
		data, first = sys.stdin.buffer, 0
		while lines := [line for line in (data.readline() for _ in range(5000)) if line]:
		    out = b"".join(lines)
		    while out[:1]:
		        out = out[os.write(1, out):]
		    last = first + len(lines) - 1
		    size = sum(map(len, lines))
		    told_of = f"{first}-{last}" if last > first else f"{first}"
		    os.write(told, f"{told_of} {size} ok\n".encode())
		    first = last + 1
	EOS
	chmod +x joint.py
	mkfifo log
	exec {reader}<>log # its lines are more than the pipe holds, and nobody reads them
	par-run -n 1 -o out --checkpoint state --log log ./joint.py <in 2>err 3>&- {reader}>&- &
	pid=$!
	BACKGROUND+=("$pid")
	eventually grep -q '^next [0-9]* 5000 0$' state
	BACKGROUND+=("$(pgrep -P "$pid")")
	kill -9 "$pid"
	wait "$pid" || true
	exec {reader}>&-
	run -0 par-run -n 1 -o out --checkpoint state ./joint.py <in
	same in out
}
