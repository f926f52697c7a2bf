#!/usr/bin/env bats
# par-split: readers that die and come again; FIFOs of its own that must not stay.
load helper

# taker FIFO LINES: read so many lines, say so, and stay there to be killed.
prepare() {
	cat >taker <<-'END'
	#!/bin/bash
	exec 9<"$1"
	for ((i = 0; i < $2; i++)); do
		read -r line <&9
		echo "$line"
	done >>got
	echo >ready
	read -r _ <gate
	END
	chmod +x taker
}

# So many times it was said that the reader of a left.
has_left() { [ "$(grep -c 'a: its reader left$' said)" = "$1" ]; }

@test "par-split: --follow gives a reader that was killed and started again its share" {
	local n reader split

	mkfifo a b ready gate in
	background par-split --follow -r -i in a b 2>said
	split=$!
	background cat b >other
	exec 8>in
	for n in 1 2 3; do
		background ./taker a 10
		reader=$!
		# Not more than it reads, so that nothing is lost with it.
		seq $((n * 100)) $((n * 100 + 19)) >&8
		read -r -t "$DEADLINE" _ <ready
		kill -9 "$reader"
		eventually grep -q "^par-split: a: its reader left$" said
		eventually has_left "$n"
	done
	exec 8>&-
	wait "$split"
	for n in 1 2 3; do seq $((n * 100)) $((n * 100 + 19)); done >want
	same want <(sort -n got other)
}

@test "par-split: --follow by rule keeps the share of a reader that is away" {
	local split

	mkfifo a b in
	background par-split -f -k 1 -i in a b 2>said
	split=$!
	background cat b >b.out
	background bash -c 'read -r _ <a'
	exec 8>in
	# A key of each: what the reader of a gets first makes it leave.
	seq 1 50 >&8
	eventually grep -q 'a: its reader left' said
	seq 51 1000 >&8
	exec 8>&-
	cat a >a.out
	wait "$split" || [ "$?" = 1 ]
	# What the first reader had taken, all of 1 to 50, is gone with it; no more is.
	same <(seq 51 1000) <(sort -n a.out b.out | awk '$1 > 50')
}

@test "par-split: --follow on demand gives what a killed reader leaves to others, and to its successor" {
	local split

	mkfifo a b ready gate in
	background par-split --follow -i in a 2>said
	split=$!
	exec 8>in
	background ./taker a 5
	seq 5 >&8
	read -r -t "$DEADLINE" _ <ready
	kill -9 "$!"
	eventually grep -q 'a: its reader left' said
	background cat a >rest 8>&-
	seq 6 100000 >&8
	exec 8>&-
	wait "$split"
	wait "$!"
	same <(seq 100000) <(sort -n got rest)
}

@test "par-split: --follow does not outlast --wait, nor the input" {
	mkfifo a
	seq 100000 >in
	background head -n 1 a
	run -4 par-split -f --wait 100ms -i in a
	[[ $output == *"a: nobody opened its other end in time"* ]]
	run -2 par-split -f -c -i in a
	run -2 par-split -f -l 5 -i in x.%d
}

@test "par-split: FIFOs that it made are removed after a fatal error, too" {
	local split status

	run -3 par-split --mkfifo -i missing f1 f2
	[[ $output == "par-split: missing: No such file or directory" ]]
	[ ! -e f1 ] && [ ! -e f2 ]
	run -3 par-split --mkfifo -c -i /dev/null f1 f2
	[ ! -e f1 ] && [ ! -e f2 ]
	echo >taken
	run -3 par-split --mkfifo f1 f2 taken f4 </dev/null
	[ "$output" = "par-split: taken: File exists" ]
	[ ! -e f1 ] && [ ! -e f2 ] && [ -e taken ]
	seq 200000 >in
	TMPDIR=/no/such background par-split --mkfifo -u --memory 1M -i in f1
	split=$!
	eventually test -p f1
	cat f1 >/dev/null
	wait "$split" && status=0 || status=$?
	[ "$status" = 3 ]
	[ ! -e f1 ]
}

@test "par-split: a cut that is stopped says so once, and leaves no FIFO" {
	local split status

	seq 1000000 >in
	background par-split --mkfifo -c -i in -n 9 f.%d 2>said
	split=$!
	eventually test -p f.8
	exec 7<f.8
	# More than a FIFO holds is to come, and nobody reads it.
	read -r _ <&7
	kill "$split"
	wait "$split" && status=0 || status=$?
	[ "$status" = 4 ]
	[ "$(cat said)" = "par-split: stopped early: part of the input was not written" ]
	run ! ls f.*
}

@test "par-split: a file is cut into files and FIFOs at the same time, many of them" {
	local i fifos=() files=() names=()

	seq 300000 >in
	for ((i = 0; i < 100; i++)); do
		names+=("p.$i")
		if ((i % 3 == 0)); then fifos+=("p.$i"); else files+=("p.$i"); fi
	done
	mkfifo "${fifos[@]}"
	background par-split -c -i in "${names[@]}"
	par-gather "${fifos[@]}" >out
	wait "$!"
	cat "${files[@]}" >>out
	sort -n out | cmp - in
	[ "$(cat "${files[@]}" | wc -c)" -gt $((66 * 19000)) ]
}
