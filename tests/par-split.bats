#!/usr/bin/env bats
load helper

@test "par-split: every record goes to one output" {
	seq 1 300000 >in
	par-split a b c <in
	sort -n a b c >out
	same in out
	[ -s a ] && [ -s b ] && [ -s c ]
	par-split -r -i in a b c
	same <(paste -d '\n' a b c) in
}

@test "par-split: a missing last newline is added, no input makes empty files" {
	printf 'a\nb\nc' | par-split -r x y
	same x <(printf 'a\nc\n')
	same y <(printf 'b\n')
	par-split x y </dev/null
	[ -f x ] && [ ! -s x ] && [ ! -s y ]
	par-split -r new y </dev/null
	[ -f new ] && [ ! -s new ]
}

@test "par-split: all bytes survive" {
	LC_ALL=C awk 'BEGIN { for (i = 0; i < 256; i++) if (i != 10) printf "x%cy\n", i }' >in
	par-split - <in >out
	same in out
	par-split -r - - <in | sort >out
	same <(sort in) out
	par-split -u a <in
	same in a
}

@test "par-split: a 50 MB record" {
	head -c 50000000 /dev/zero | tr '\0' x >big
	{ echo a; cat big; echo; echo z; } >in
	mkfifo one two
	background bash -c 'cat one >got1'; one=$!
	background bash -c 'cat two >got2'; two=$!
	par-split one two <in
	wait "$one" "$two"
	same <(sort in) <(sort got1 got2)
	par-split -r a b c <in
	same in <(cat a b c)
	par-split -u - <in 2>said >out
	same in out
}

@test "par-split: too long records are named, the others go on" {
	printf 'one\n0123456789\ntwo\n' >in
	run -1 --separate-stderr par-split --max-record 8 - <in
	[ "$output" = $'one\ntwo' ]
	[ "$stderr" = "par-split: 0123456789: record at byte 4 is longer than 8 bytes" ]
}

@test "par-split: a full disk, a closed pipe, a missing folder, a bad input" {
	run -3 bash -c 'seq 9 | par-split /dev/full'
	[ "$output" = 'par-split: /dev/full: No space left on device' ]
	run -3 bash -c 'seq 9 | par-split -r a /dev/full b'
	[ "$output" = 'par-split: /dev/full: No space left on device' ]
	run -141 bash -c 'set -o pipefail; yes | par-split - | head -n 1'
	[ "$output" = y ]
	run -3 par-split no/such <<<x
	[ "$output" = 'par-split: no/such: No such file or directory' ]
	run -3 par-split -i missing a
	[ "$output" = 'par-split: missing: No such file or directory' ]
	run -3 par-split -i . a
	[ "$output" = 'par-split: .: Is a directory' ]
	run -2 par-split </dev/null
	[ "${lines[0]}" = "par-split: needs a FILE to write" ]
}

@test "par-split: drops duplicates, exactly, and says how many" {
	seq 1 200000 | awk '{ print $1 * 7919 % 50021; print $1 }' >in
	awk '!seen[$0]++' in >want
	par-split -u - <in >out 2>said
	same want out
	[ "$(<said)" = "par-split: $((400000 - $(wc -l <want))) duplicates dropped of 400000 records" ]
	par-split -ru a b <in 2>/dev/null
	same want <(paste -d '\n' a b | sed '${/^$/d}')
}

@test "par-split: a record is passed on as it comes, to either output" {
	mkfifo in one two
	background par-split -i in one two
	exec {one}<one {two}<two {to}>in
	echo first >&"$to"
	read -r -t "$DEADLINE" answer <&"$one"
	[ "$answer" = first ]
	echo second >&"$to"
	read -r -t "$DEADLINE" answer <&"$two"
	[ "$answer" = second ]
	exec {to}>&-
	wait "$!"
}

@test "par-split: a slow reader keeps little from the others" {
	mkfifo slow fast gate
	seq 1 100000 >in
	# The slow one takes a record, and then nothing until the gate opens.
	background bash -c '{ read -r a; echo "$a"; read -r _ <gate; cat; } <slow >got1'
	slow=$!
	background par-split -i in slow fast
	split=$!
	cat fast >got2
	echo open >gate
	wait "$slow" "$split"
	same in <(sort -n got1 got2)
	[ "$(wc -l <got1)" -lt 1000 ]
}

@test "par-split: an output without a reader holds up no other, and is waited for" {
	mkfifo late soon
	seq 1 200000 >in
	background par-split -i in late soon
	split=$!
	same in <(sort -n soon)
	kill -0 "$split"
	cat late >rest
	[ ! -s rest ]
	wait "$split"
}

@test "par-split: round robin waits for every reader" {
	mkfifo late soon
	seq 1 200000 >in
	background par-split -r -i in late soon
	split=$!
	background bash -c 'cat soon >got2'
	soon=$!
	cat late >got1
	wait "$split" "$soon"
	same in <(paste -d '\n' got1 got2)
}

@test "par-split: on demand, a reader that leaves takes only what it had" {
	mkfifo short long
	seq 1 200000 >in
	background bash -c '{ read -r a; echo "$a"; } <short >got1'
	short=$!
	background bash -c 'exec par-split -i in short long 2>said'
	split=$!
	cat long >got2
	wait "$short"
	wait "$split" && status=0 || status=$?
	grep -q '^par-split: short: its reader left' said
	[ "$(wc -l <said)" = 1 ]
	# What is missing is what lay unread before the reader that left.
	sort -n got1 got2 >out
	unread=$(sed -n 's/.*with \([0-9]*\) bytes unread/\1/p' said)
	[ "$(($(wc -c <in) - $(wc -c <out)))" = "${unread:-0}" ]
	[ "$status" = "$((unread > 0))" ]
	comm -13 <(sort in) <(sort out) | cmp - /dev/null
	[ "$(sort -u out | wc -l)" = "$(wc -l <out)" ]
}

@test "par-split: round robin counts what is lost with its reader" {
	mkfifo short long
	seq 1 200000 >in
	background bash -c '{ read -r a; echo "$a"; } <short >got1'
	background bash -c 'exec par-split -r -i in short long 2>said'
	split=$!
	cat long >got2
	wait "$split" && status=0 || status=$?
	[ "$status" = 1 ]
	same got2 <(sed -n 'n;p' in)
	[ "$(head -n 1 said)" = "par-split: short: its reader left" ]
	grep -q '^par-split: [0-9]* records lost with the readers that left$' said
}

@test "par-split: when all readers have left, it says so and stops" {
	mkfifo one two
	background head -n 1 one
	background head -n 1 two
	run -4 --separate-stderr bash -c 'yes | par-split one two'
	[ "${stderr_lines[2]}" = "par-split: all readers left, part of the input was not read" ]
}
