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
	[ "$stderr" = "par-split: 0123456789: record at byte 4 is longer than 8 bytes; see --max-record" ]
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
	[ "${lines[0]}" = "par-split: a FILE to write is needed, as in" ]
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
	mkfifo slow fast began gate
	seq 1 100000 >in
	# The slow one takes a record, and then nothing until the gate opens.
	background bash -c '{ read -r a; echo "$a"; echo >began; read -r _ <gate; cat; } <slow >got1'
	slow=$!
	background par-split -i in slow fast
	split=$!
	read -r -t "$DEADLINE" _ <began
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
	wait "$short"
	cat long >got2
	wait "$split" && status=0 || status=$?
	grep -q '^par-split: short: its reader left' said
	# What is missing is what lay unread before the reader that left.
	sort -n got1 got2 >out
	unread=$(sed -n 's/.*with \([0-9]*\) bytes* unread/\1/p' said)
	[ "$(($(wc -c <in) - $(wc -c <out)))" = "${unread:-0}" ]
	[ "$status" = "$((unread > 0))" ]
	lost=$(sed -n 's/^par-split: \([0-9]*\) records* lost .*/\1/p' said)
	[ "$((200000 - $(wc -l <out)))" = "${lost:-0}" ]
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
	[[ $(head -n 1 said) == "par-split: short: its reader left"* ]]
	# all of its share but the one that it took, what lay in the FIFO as well
	[ "$(tail -n 1 said)" = "par-split: 99999 records lost with the readers that left" ]
}

@test "par-split: when all readers have left, it says so and stops" {
	mkfifo one two
	background head -n 1 one
	background head -n 1 two
	run -4 --separate-stderr bash -c 'yes | par-split one two'
	[ "${stderr_lines[-1]}" = "par-split: stopped early: all readers left, and part of the input was not read" ]
}

# by_hash N SUM...: which of N outputs the XXH64 sums of keys choose.
by_hash() {
	local count=$1 sum

	shift
	for sum; do bc <<<"ibase=16; ${sum^^} % $(printf %X "$count")"; done
}

@test "par-split: a key goes to the output that XXH64 says" {
	local n out

	# The sums of "", a, abc, and two longer than a stripe, from xxh64sum.
	printf '%s\n' '' a abc 'http://example.org/a/long/path/that/has/more/than/32/bytes?x=1' \
		0123456789abcdef0123456789abcdef >keys
	for n in 2 7 13; do
		rm -f out.*
		par-split -n "$n" -k 1 out.%02d <keys
		n=$(by_hash "$n" ef46db3751d8e999 d24ec4f1a98c6e5b 44bc2cf5ad770999 e6fa168d6bc1e917 642a94958e71e6c5)
		while read -r key && read -r out <&3; do
			grep -qxF -- "$key" "$(printf out.%02d "$out")"
		done <keys 3<<<"$n"
	done
}

@test "par-split: the same key goes to the same output, every record to one" {
	seq 1 20000 | awk '{ print $1 "\tkey" $1 % 500 "\tx" }' >in
	par-split --key 2 -n 5 p.%d <in
	same in <(sort -n p.*)
	for p in p.*; do cut -f 2 "$p" | sort -u; done | sort | uniq -d | cmp - /dev/null
	[ "$(wc -l <p.3)" -gt 2000 ]
	run -1 --separate-stderr par-split -k 2 - <<<$'a\tb\nonly'
	[ "$output" = $'a\tb' ]
	[ "$stderr" = "par-split: only: lacks the field that is the key" ]
}

@test "par-split: a host goes to one output, however its URLs are written" {
	printf '%s\n' http://example.org/a HTTP://EXAMPLE.ORG:80/b 'https://u:p@example.org?x' \
		'http://example.org#f' 'ftp://example.org' $'http://example.org/\thttp://other/' >in
	par-split -n 9 -k host p.%d <in
	[ "$(find . -name 'p.*' -size +0 | wc -l)" = 1 ]
	same in "p.$(by_hash 9 af2e84d72d027535)"
	printf '%s\n' 'http://[::1]:80/x' 'https://[::1]/y' >in
	par-split -n 9 -k host q.%d <in
	[ "$(find . -name 'q.*' -size +0 | wc -l)" = 1 ]
	seq 1 1000 | sed 's,.*,http://host&.example.org/,' | par-split -n 9 -k host r.%d
	[ "$(find . -name 'r.*' -size +1k | wc -l)" = 9 ]
}

@test "par-split: names from templates" {
	seq 1 3 | par-split -r -n 3 'part %d of 100%%'
	[ "$(cat 'part 2 of 100%')" = 3 ]
	seq 1 12 | par-split -r -n 12 p.%03d
	[ "$(cat p.011)" = 12 ]
	seq 0 101 | par-split -r -n 102 w.%02d
	seq 0 101 | par-split -l 1 l.%02d
	[ "$(cat w.07 l.07 w.99 l.100 w.101 | paste -sd ' ')" = "7 7 99 100 101" ]
	[ "$(find . -name '[wl].*' | wc -l)" = 204 ]
	run -2 par-split -n 3 part </dev/null
	[ "${lines[0]}" = "par-split: part: needs one number, such as %d or %02d" ]
	run -2 par-split -n 3 %d.%d </dev/null
	run -2 par-split -n 3 %s </dev/null
	run -2 par-split -n 3 %99d </dev/null
	run -2 par-split -n 3 a%d b%d </dev/null
}

@test "par-split: files of so many lines, or bytes, of whole records" {
	seq 1 1000 | head -c -1 >in
	par-split -l 300 -i in l.%d
	[ "$(wc -l l.? | awk '{ print $1 }' | paste -sd ' ')" = "300 300 300 100 1000" ]
	cat l.? | cmp - <(seq 1 1000)
	par-split -b 1K b.%d <in
	cat b.? | cmp - <(seq 1 1000)
	# As split(1) does it.
	seq 1 1000 | split -C 1K -d -a 1 - s.
	for f in s.?; do same "$f" "b.${f#s.}"; done
	[ "$(find . -name 'b.*' | wc -l)" = "$(find . -name 's.*' | wc -l)" ]
	printf 'aa\nlonger than ten\nb\nc\n' | par-split -b 10 x.%d
	[ "$(cat x.0)$(cat x.1)" = "aalonger than ten" ]
	[ "$(paste -sd ' ' x.2)" = "b c" ]
	par-split -l 3 none.%d </dev/null
	[ ! -e none.0 ]
	seq 1 500000 >in
	par-split -l 7000 big.%02d <in
	cat big.* | cmp - in
}

@test "par-split: a file is cut into parts of whole records" {
	local n

	seq 1 100000 | head -c -1 >in
	for n in 1 2 3 7 64; do
		rm -f p.*
		par-split --cut -n "$n" -i in p.%02d
		cat p.* | cmp - <(seq 1 100000)
		[ "$(find . -name 'p.*' | wc -l)" = "$n" ]
		# No part has half a record, or is much larger than its share.
		for p in p.*; do
			tail -c 1 "$p" | cmp - <(echo)
			[ "$(wc -c <"$p")" -le "$(($(wc -c <in) / n + 8))" ]
		done
	done
	printf 'one long record\nb\n' >in
	par-split -c -n 4 s.%d <in
	same in <(cat s.?)
	: >empty
	par-split -c a b <empty
	[ -f a ] && [ ! -s a ] && [ ! -s b ]
	run -3 bash -c 'seq 9 | par-split -c a'
	[ "$output" = "par-split: standard input: --cut needs a regular file; see -i" ]
	run -3 par-split -c -i in /dev/full
	[ "$output" = "par-split: /dev/full: No space left on device" ]
}

@test "par-split: --cut writes nothing where not all of its files can be opened" {
	no_leak_check # it has no descriptor, and waits for one for ever
	seq 8000000 >in
	for _ in {1..5}; do
		run -3 bash -c 'ulimit -n 18; exec par-split --cut -i in -n 16 p.%02d'
		[[ $output == 'par-split: p.'*': Too many open files; see ulimit -n' ]]
		cat p.* | cmp - /dev/null
	done
}

@test "par-split: parts of a file go to FIFOs side by side" {
	mkfifo a b
	seq 1 300000 >in
	background par-split --cut -i in a b
	split=$!
	background bash -c 'cat b >got2'
	two=$!
	cat a >got1
	wait "$split" "$two"
	same in <(cat got1 got2)
	[ "$(($(wc -c <got1) - $(wc -c <got2)))" -lt 10 ]
}

@test "par-split: --tee gives all to each" {
	seq 1 200000 >in
	# one in a few once found nothing to wait for, and waited
	for _ in {1..20}; do
		rm -f late
		mkfifo late
		background bash -c 'exec par-split --tee -i in late file - >out'
		split=$!
		cat late >got
		wait "$split"
		same in got
		same in file
		same in out
	done
}

@test "par-split: makes its FIFOs, for this user alone, and removes them" {
	seq 1 10000 >in
	background par-split --mkfifo -i in -n 2 f.%d
	split=$!
	eventually test -p f.1
	[ "$(stat -c %a f.0)" = 600 ]
	background bash -c 'cat f.0 >got0'
	one=$!
	cat f.1 >got1
	wait "$split" "$one"
	same in <(sort -n got0 got1)
	[ ! -e f.0 ] && [ ! -e f.1 ]
	background par-split --mkfifo -i in -n 2 f.%d
	split=$!
	eventually test -p f.1
	kill -TERM "$split"
	wait "$split" && status=0 || status=$?
	[ "$status" = 4 ]
	[ ! -e f.0 ] && [ ! -e f.1 ]
	echo keep >file
	run -3 par-split --mkfifo file </dev/null
	[ "$output" = "par-split: file: File exists" ]
	[ "$(cat file)" = keep ]
}

@test "par-split: a FIFO without a reader is given up when told to" {
	mkfifo never
	seq 1 1000 >in
	run -1 --separate-stderr par-split --wait 50ms -i in never -
	same in <(sort -n <<<"$output")
	[ "$stderr" = "par-split: never: nobody opened its other end in time" ]
	run -1 --separate-stderr par-split -r --wait 50ms -i in never -
	same <(sed -n 'n;p' in) <(cat <<<"$output")
	[ "${stderr_lines[1]}" = "par-split: 500 records lost with the readers that left" ]
}

@test "par-split: duplicates beyond memory are found on disk, in the same order" {
	seq 1 300000 | awk '{ print "a-key-of-some-length-" $1 * 7919 % 120011; print "a-key-of-some-length-" $1 }' >in
	awk '!seen[$0]++' in >want
	par-split -u --memory 1M - <in >out 2>said
	same want out
	[ "$(<said)" = "par-split: $((600000 - $(wc -l <want))) duplicates dropped of 600000 records" ]
	head -c 3000000 /dev/zero | tr '\0' x >big
	{ cat in; echo; cat big; echo; cat big; echo; head in; } >in2
	par-split -u --memory 1M - <in2 2>/dev/null | cmp - <(cat want; echo; cat big; echo)
	run -3 bash -c 'TMPDIR=/no/such par-split -u --memory 1M - <in 2>&1 >/dev/null'
	[ "$output" = "par-split: temporary file, see TMPDIR: No such file or directory" ]
}

@test "par-split: modes exclude each other" {
	run -2 par-split -r --tee a </dev/null
	run -2 par-split -k 1 -c a </dev/null
	run -2 par-split -l 3 -b 3 %d </dev/null
	run -2 par-split -c -u a </dev/null
	run -2 par-split -l 3 -n 3 %d </dev/null
	run -2 par-split -k 0 a </dev/null
	run -2 par-split --memory 1K -u a </dev/null
}

@test "par-split: by rule, to readers that are as fast as it is, again and again" {
	local mode n

	mkfifo a b
	seq 1 200000 >in
	for mode in -r "-k 1" --tee; do
		for n in {1..15}; do
			background bash -c 'cat a >got1'
			one=$!
			background bash -c 'cat b >got2'
			two=$!
			# shellcheck disable=SC2086
			timeout "$DEADLINE" par-split $mode -i in a b
			wait "$one" "$two"
			sort -nu got1 got2 | cmp - in
		done
	done
}
