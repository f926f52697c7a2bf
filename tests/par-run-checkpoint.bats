#!/usr/bin/env bats
# par-run -o FILE and --checkpoint: killed at any moment, it goes on where it was.
load helper

@test "par-run: -o FILE takes the output, - is standard output" {
	seq 1000 >in
	par-run -k -o out --map cat <in >nothing
	same in out
	[ ! -s nothing ]
	par-run -k -o - --map cat <in | cmp - in
	run -3 par-run -o missing/out --map cat <in
	[ "$output" = 'par-run: missing/out: No such file or directory' ]
	run -3 par-run -o /dev/full --map cat <in
	[ "$output" = 'par-run: /dev/full: No space left on device' ]
}

@test "par-run: -o FIFO waits for its reader, and can be interrupted before" {
	local status=0

	mkfifo out
	background par-run -n 1 -o out cat
	kill "$!"
	wait "$!" || status=$?
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
	for n in 1 2 3; do par-run --map -o out cat <in$n 3>&- {hold}>&- & done
	exec {hold}>&-
	wait "$reader"
	cmp want got
}
