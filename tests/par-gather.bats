#!/usr/bin/env bats
# shellcheck disable=SC2094
load helper

@test "par-gather: passes on files, standard input and nothing" {
	seq 1 3 >a
	seq 4 6 >b
	run -0 par-gather a - b < <(seq 7 9)
	[ "$(sort -n <<<"$output" | paste -sd ' ')" = "1 2 3 4 5 6 7 8 9" ]
	run -0 par-gather < <(seq 3)
	[ "$output" = $'1\n2\n3' ]
	run -0 par-gather </dev/null
	[ -z "$output" ]
	run -0 par-gather -g /dev/null
	[ -z "$output" ]
}

@test "par-gather: regular files come in the order given" {
	seq 1 40000 >a
	seq 40001 90000 >b
	par-gather a b >out
	same out <(seq 1 90000)
}

@test "par-gather: a missing last newline is added, between inputs too" {
	printf 'a\nb' >one
	printf 'c' >two
	run -0 par-gather one two
	[ "$output" = $'a\nb\nc' ]
	printf 'k\tv' >one
	par-gather -g one >out
	same out <(printf 'k\tv\n')
}

@test "par-gather: all bytes survive" {
	LC_ALL=C awk 'BEGIN { for (i = 0; i < 256; i++) if (i != 10) printf "x%cy\n", i }' >in
	par-gather in >out
	same in out
	par-gather -g -k 0 in >out
	same in out
	par-gather -g in | tr '\t' '\n' >out
	same <(tr '\t' '\n' <in) out
}

@test "par-gather: a 50 MB record" {
	head -c 50000000 /dev/zero | tr '\0' x >big
	{ echo a; cat big; echo; echo z; } >in
	par-gather in - <big >out
	[ "$(wc -lc <out | xargs)" = "4 100000006" ]
	par-gather --count in big >out
	[ "$(cut -c 1 out | paste -sd '')" = axz ]
	[ "$(cut -f 2 out | paste -sd ' ')" = "1 2 1" ]
	{ printf 'k\t'; cat big; } >in
	par-gather -g in in >out
	[ "$(wc -lc <out | xargs)" = "1 100000004" ]
}

@test "par-gather: too long records are named, the others go on" {
	printf 'one\n0123456789\ntwo\n01234567\n0123456789' >in
	run -1 --separate-stderr par-gather --max-record 8 in
	[ "$output" = $'one\ntwo\n01234567' ]
	[ "${stderr_lines[0]}" = "par-gather: 0123456789: in: record at byte 4 is longer than 8 bytes; see --max-record" ]
	[ "${stderr_lines[1]}" = "par-gather: 0123456789: in: record at byte 28 is longer than 8 bytes; see --max-record" ]
	seq 1 100000 >in
	head -c 300000 /dev/zero >>in
	run -1 --separate-stderr bash -c 'par-gather --max-record 1K in - <in >out'
	same out <(seq 1 100000; seq 1 100000)
	[ "${#stderr_lines[@]}" = 2 ]
}

@test "par-gather: a full disk and a closed pipe" {
	run -3 bash -c 'seq 9 | par-gather >/dev/full'
	[ "$output" = 'par-gather: standard output: No space left on device' ]
	run -3 bash -c 'seq 9 | par-gather -c >/dev/full'
	run -0 bash -c 'set +o pipefail; yes | par-gather | head -n 1'
	[ "$output" = y ]
	run -141 bash -c 'set -o pipefail; yes | par-gather | head -n 1'
	run -141 bash -c 'set -o pipefail; seq 99999 | par-gather -c | head -n 1'
	[ "$output" = $'1\t1' ]
}

@test "par-gather: an input that fails is named, the others go on" {
	mkdir folder
	echo b >b
	run -3 --separate-stderr par-gather missing folder b
	[ "$output" = b ]
	[ "${stderr_lines[0]}" = "par-gather: missing: No such file or directory" ]
	[ "${stderr_lines[1]}" = "par-gather: folder: Is a directory" ]
}

@test "par-gather: groups in the order of first sight" {
	printf 'u\ta\nv\tb\nu\tc\td\nw\nu\te\n' >in
	run -0 par-gather -g in
	[ "$output" = $'u\ta\tc\td\te\nv\tb\nw' ]
	run -0 par-gather -g --count in
	[ "$output" = $'u\t4\nv\t1\nw\t0' ]
	run -0 par-gather --count in
	[ "$output" = $'u\t3\nv\t1\nw\t1' ]
}

@test "par-gather: the key may be any field, or all of the record" {
	printf 'a\tx\t1\nb\ty\t2\nc\tx\t3\n' >in
	run -0 par-gather -g --key 2 in
	[ "$output" = $'x\ta\t1\tc\t3\ny\tb\t2' ]
	run -0 par-gather --count --key 0 in in
	[ "$output" = $'a\tx\t1\t2\nb\ty\t2\t2\nc\tx\t3\t2' ]
	run -1 --separate-stderr par-gather -g --key 3 in - <<<'only'
	[ "$output" = $'1\ta\tx\n2\tb\ty\n3\tc\tx' ]
	[ "$stderr" = "par-gather: only: standard input: record 1: field 3 is the key, and is missing" ]
}

@test "par-gather: empty keys, empty values and empty records are what they are" {
	printf '\n\tv\nk\t\nk\t\t\n\n' >in
	run -0 par-gather -g in
	[ "$output" = $'\tv\nk\t\t\t' ]
	run -0 par-gather -gc in
	[ "$output" = $'\t1\nk\t3' ]
	run -0 par-gather -c in
	[ "$output" = $'\t3\nk\t2' ]
}

# What awk says of the same input.
reference() {
	awk -F '\t' '!($1 in n) { order[++keys] = $1 }
		{ n[$1]++; v[$1] = v[$1] substr($0, length($1) + 1) }
		END { for (i = 1; i <= keys; i++) print order[i] v[order[i]] >"values"
		      for (i = 1; i <= keys; i++) print order[i] "\t" n[order[i]] >"counts" }' "$@"
}

@test "par-gather: groups and counts as awk does, many keys" {
	seq 1 150000 | awk '{ print $1 * 7919 % 40009 "\t" $1 }' >in
	reference in
	par-gather -g in >out
	same values out
	par-gather --count <in >out
	same counts out
}

@test "par-gather: one key with many values" {
	seq 1 200000 | sed $'s/^/k\t/' >in
	par-gather -g in >out
	same out <(printf 'k'; seq 1 200000 | sed 's/^/\t/' | tr -d '\n'; echo)
}

@test "par-gather: what comes is passed on at once" {
	mkfifo in out
	background bash -c 'exec par-gather in >out'
	exec {from}<out {to}>in
	echo first >&"$to"
	read -r -t "$DEADLINE" answer <&"$from"
	[ "$answer" = first ]
	printf half >&"$to"
	echo ' and half' >&"$to"
	read -r -t "$DEADLINE" answer <&"$from"
	[ "$answer" = "half and half" ]
	exec {to}>&-
	wait "$!"
}

@test "par-gather: FIFOs are opened in any order, and none starves another" {
	mkfifo a b c
	background bash -c 'exec par-gather a b c >got'
	gather=$!
	exec {c}>c
	echo from c >&"$c"
	eventually grep -qx 'from c' got
	background bash -c 'while echo busy; do :; done >a'
	busy=$!
	eventually grep -qx busy got
	echo again c >&"$c"
	eventually grep -qx 'again c' got
	kill "$busy"
	exec {c}>&-
	kill -0 "$gather"
	echo from b >b
	wait "$gather"
	run -0 grep -vx busy got
	[ "$output" = $'from c\nagain c\nfrom b' ]
}

@test "par-gather: records of many writers stay whole, once each" {
	local i

	for i in {1..40}; do mkfifo "f$i"; done
	for i in {1..40}; do
		background bash -c 'seq 1 2000 | awk -v i='"$i"' "{ print i, \$1, \$1 * 123456789 }" >f'"$i"
	done
	par-gather f{1..40} >out
	for i in {1..40}; do
		seq 1 2000 | awk -v i="$i" '{ print i, $1, $1 * 123456789 }'
	done | sort >want
	same want <(sort out)
}

@test "par-gather: a thousand FIFOs" {
	ulimit -Sn 1024
	mkdir f
	(cd f && seq 1 1500 | xargs mkfifo)
	background bash -c 'for i in {1..1500}; do echo $i >f/$i; done'
	par-gather f/* | sort -n >out
	same out <(seq 1 1500)
}

@test "par-gather: numbers of each key, exactly" {
	printf 'a\t1\t0.1\nb\t-5\t2\na\t3\t0.2\nb\t10\t1e2\na\t2\t0.30\n' >in
	run -0 par-gather --sum 2 --sum 3 --min 2 --max 3 --mean 2 --count in
	[ "$output" = $'a\t6\t0.60\t1\t0.30\t2\t3\nb\t5\t102\t-5\t100\t2.5\t2' ]
	{ echo $'k\t99999999999999999999999999'; seq 1 1000 | sed $'s/^/k\t0.0/'; } >in
	run -0 par-gather --sum 2 in
	[ "$output" = $'k\t'"$({ echo 99999999999999999999999999; seq 1 1000 | sed 's/^/0.0/'; } |
		paste -sd + | BC_LINE_LENGTH=0 bc)" ]
	run -0 par-gather --sum 2 <<<$'k\t1e40\nk\t1e40'
	[ "$output" = $'k\t2e+40' ]
}

@test "par-gather: a field that is no number fails its record alone" {
	printf 'a\t1\na\tx\na\na\t\na\t1e\na\t0x1\na\t1.\na\t.5\na\t-\na\t1e9999999\na\tnan\n' >in
	run -1 --separate-stderr par-gather --count --sum 2 in
	[ "$output" = $'a\t3\t2.5' ]
	[ "${#stderr_lines[@]}" = 8 ]
	[ "${stderr_lines[0]}" = 'par-gather: a\tx: in: record 2: field 2 is not a number; see --numbers-only' ]
	[ "${stderr_lines[1]}" = 'par-gather: a: in: record 3: field 2 is missing; see --numbers-only' ]
	[ "${stderr_lines[2]}" = 'par-gather: a\t: in: record 4: field 2 is empty, not a number; see --numbers-only' ]
	[ "${stderr_lines[6]}" = 'par-gather: a\t1e9999999: in: record 10: field 2 is too large a number; see --numbers-only' ]
	run -0 par-gather --count --sum 2 --numbers-only in
	[ "$output" = $'a\t3\t2.5' ]
	run -1 par-gather --max 1 --key 2 --numbers-only - <<<$'1\ta\n2'
	[ "$output" = $'par-gather: 2: standard input: record 2: field 2 is the key, and is missing\na\t1' ]
	run -2 par-gather --count --numbers-only in
}

@test "par-gather: records with a number that fail are told apart by file and place" {
	seq 20000 | sed $'s/^/k\t/; 19999s/.*/bad/' >a
	{ seq 3 | sed $'s/^/k\t/'; head -c 300000 /dev/zero | tr '\0' x; printf '\nk\tNA\n'; } >b
	run -1 --separate-stderr par-gather --max-record 1000 --sum 2 a b
	[ "$output" = $'k\t199990007' ]
	[ "${stderr_lines[0]}" = 'par-gather: bad: a: record 19999: field 2 is missing; see --numbers-only' ]
	[ "${stderr_lines[2]}" = 'par-gather: k\tNA: b: record 5: field 2 is not a number; see --numbers-only' ]
}

@test "par-gather: numbers of any size that others write, with spaces around them" {
	printf 'k\t 7\nk\t-1 \n' >in
	run -0 par-gather --sum 2 --min 2 in
	[ "$output" = $'k\t6\t-1' ]
	python3 -c '
import sys
for x in sys.float_info.max, sys.float_info.min, -1e300, 5e-324:
    print("k\t%r\nfull\t%.1074f" % (x, x))' >in
	run -0 --separate-stderr par-gather --max 2 --min 2 in
	[ "$output" = $'k\t1.79769313486232e+308\t-1e+300\nfull\t1.79769313486232e+308\t-1e+300' ]
	[ -z "$stderr" ]
}

@test "par-gather: the first values, and the best keys" {
	printf 'u\ta\tb\nv\tc\nu\td\te\nu\tf\nw\n' >in
	run -0 par-gather --first 3 in
	[ "$output" = $'u\ta\tb\td\nv\tc\nw' ]
	run -0 par-gather --first 1 in
	[ "$output" = $'u\ta\nv\tc\nw' ]
	seq 1 5000 | awk '{ print $1 % 97 "\t" $1 }' >in
	par-gather --count --sum 2 in >all
	par-gather --count --sum 2 --top 10 in >out
	same <(sort -s -t $'\t' -k 2,2nr all | head -n 10) out
	par-gather --sum 2 --top 200 in >out
	same <(cut -f 1,3 all | sort -s -t $'\t' -k 2,2nr) out
	run -2 par-gather --top 3 in
}

@test "par-gather: JSON that others read, with the bytes that were escaped" {
	printf 'k"\\\\\\t\x01\tv\xc3\xa4\t\xff\\n\nk2\nk2\t\n' >in
	par-gather --json in >out
	python3 -c '
import json, sys
got = [json.loads(line) for line in open("out", "rb")]
assert got == [{"key": "k\"\\\t\x01", "values": ["v\u00e4", "\ufffd\n"]},
               {"key": "k2", "values": [""]}], got'
	run -0 par-gather --json --count --sum 2 --mean 2 <<<$'a\t1\na\t2'
	[ "$output" = '{"key":"a","count":2,"sum_2":3,"mean_2":1.5}' ]
}

@test "par-gather: every key of --join-keys has its line, found or not, twice if twice asked" {
	printf 'b\nnone\na\nb\n' >keys
	printf 'a\t1\nother\t9\nb\t2\na\t3\n' >in
	run -0 par-gather --join-keys keys in
	[ "$output" = $'b\t2\nnone\na\t1\t3\nb\t2\nother\t9' ]
	run -0 par-gather --join-keys keys --count --sum 2 --min 2 in
	[ "$output" = $'b\t1\t2\t2\nnone\t0\t0\t\na\t2\t4\t1\nb\t1\t2\t2\nother\t1\t9\t9' ]
	run -0 par-gather --json --join-keys keys --max 2 in
	[ "${lines[1]}" = '{"key":"none","max_2":null}' ]
	run -3 par-gather --join-keys missing in
	[ "$output" = "par-gather: missing: No such file or directory" ]
}

@test "par-gather: what does not fit in memory goes to disk, and comes out the same" {
	local what

	seq 1 400000 | awk '{ k = $1 * 7919 % 200003; print "key-of-some-length-" k "\t" $1 "\t" $1 % 1000 / 10 }' >in
	seq 1 7 250000 | sed 's/^/key-of-some-length-/' >keys
	seq 1 70 250000 | sed 's/^/key-of-some-length-/' >>keys
	for what in "-g" "--count" "--first 1" "--count --sum 2 --min 2 --max 3 --mean 3" \
		"--count --top 50" "--json --join-keys keys" "--count --join-keys keys" "-g --key 3"; do
		# shellcheck disable=SC2086
		par-gather --memory 1G $what in >want
		# shellcheck disable=SC2086
		par-gather --memory 1M $what in >out
		same want out
	done
}

@test "par-gather: disk or not, as awk does" {
	seq 1 200000 | awk '{ print $1 * 7919 % 100003 "\t" $1 }' >in
	reference in
	TMPDIR=$PWD par-gather -g --memory 1M in >out
	same values out
	run -3 bash -c 'TMPDIR=/no/such par-gather -g --memory 1M in 2>&1 >out'
	[ "$output" = "par-gather: temporary file, see TMPDIR: No such file or directory" ]
	[ ! -s out ]
}

@test "par-gather: one key with more than --memory of values" {
	seq 1 600000 | sed $'s/^/k\t/' >in
	par-gather -g --memory 1M in >out
	same out <(printf 'k'; seq 1 600000 | sed 's/^/\t/' | tr -d '\n'; echo)
}

# merge_as_sort SORT-OPTIONS -- GATHER-OPTIONS: the files part.* are merged as sort would.
merge_as_sort() {
	local sort=() part

	while [ "$1" != -- ]; do sort+=("$1"); shift; done
	shift
	for part in part.*; do sort "${sort[@]}" "$part" -o "$part"; done
	par-gather --merge "$@" part.* >out
	same <(sort "${sort[@]}" -m part.*) out
	same <(sort "${sort[@]}" in) out
}

@test "par-gather: a value that is longer than --memory is there as a whole" {
	{ echo "a	1"; printf 'k\t%03000000d\n' 7; echo "a	2"; } >in
	par-gather -g --memory 1M in | sort >out
	par-gather -g in | sort | same - out
	[ "$(wc -c <out)" -gt 3000000 ]
}

@test "par-gather: sorted inputs are merged as sort does" {
	seq 1 30000 | awk '{ k = $1 * 7919 % 5003; printf "%d\t%s%d.%d\tx\n", k, k % 3 ? "" : "-", $1 % 700, k % 10 }' >in
	par-split -r part.{1..7} <in
	: >part.empty
	merge_as_sort --
	merge_as_sort -r -- -r
	merge_as_sort -n -- --numeric
	merge_as_sort -t $'\t' -k 2,2n -- --numeric -k 2
	merge_as_sort -t $'\t' -k 2,2 -r -- --reverse --key 2
	seq 300 | awk '{ printf "%s%s%0*d\n", $1 % 2 ? "-" : "", $1 % 5 ? " 9" : "", $1 * 7 % 450, $1 }' >in
	par-split -r part.{1..7} <in
	merge_as_sort -n -- --numeric
}

@test "par-gather: more files than descriptors are merged in steps" {
	local limit

	for i in {1..60}; do seq "$i" 7 9000 | sort >"part.$i"; done
	sort -m part.* >want
	touch empty.{1..40}
	mkfifo fifo
	for limit in 11 13 40; do
		background bash -c 'cat part.1 >fifo'
		(ulimit -n "$limit" && exec par-gather -m fifo empty.* part.{2..60} 3>&- 8>&- 9>&-) >out
		same want out
	done
	echo 0 >>part.9
	run -1 --separate-stderr bash -c 'ulimit -n 13; par-gather -m part.* 3>&- 8>&- 9>&- >out'
	[ "$stderr" = "par-gather: part.9: record 1286 is out of order: sort it by LC_ALL=C sort" ]
	same <(sort out) <(sort part.*)
	run -3 bash -c 'ulimit -n 13; TMPDIR=/no/such par-gather -m part.* 3>&- 8>&- 9>&-'
	[ "$output" = "par-gather: temporary file, see TMPDIR: No such file or directory" ]
}

@test "par-gather: more FIFOs than descriptors are refused, before anything is read" {
	mkfifo fifo.{1..30}
	echo a >before
	for how in '' -m; do
		run -3 bash -c "ulimit -n 20; par-gather $how before fifo.* 3>&- 8>&- 9>&-"
		[[ $output =~ ^par-gather:\ only\ [0-9]+\ of\ 30\ FIFOs\ can\ be\ open\ at\ once:\ see\ ulimit\ -n$ ]]
	done
}

@test "par-gather: an input that is not sorted is named, and merging goes on" {
	printf '1\n3\n2\n4\n0\n' >a
	printf '1\n2\n9\n' >b
	run -1 --separate-stderr par-gather -m a b
	[ "$output" = $'1\n1\n2\n3\n2\n4\n0\n9' ]
	[ "$stderr" = "par-gather: a: record 3 is out of order: sort it by LC_ALL=C sort" ]
	run -1 --separate-stderr par-gather -m --numeric -r -k 2 <<<$'b\t1\na\t2'
	[ "$stderr" = "par-gather: standard input: record 2 is out of order: sort it by LC_ALL=C sort -n -r -t TAB -k 2,2" ]
	# where buffers end, and beside records that are too long
	seq 100000 199999 >a
	run -0 par-gather -m a
	{ cat a; head -c 300000 /dev/zero; printf '\n0\n1\n0'; } >b
	run -1 --separate-stderr bash -c 'par-gather -m --max-record 100 b >out'
	[ "${stderr_lines[1]}" = "par-gather: b: record 100004 is out of order: sort it by LC_ALL=C sort" ]
	same out <(cat a; printf '0\n1\n0\n')
	head -c 262143 /dev/zero | tr '\0' b >b
	printf '\na\n' >>b
	run -1 --separate-stderr bash -c 'par-gather -m b >out'
	[ "$stderr" = "par-gather: b: record 2 is out of order: sort it by LC_ALL=C sort" ]
}

@test "par-gather: merging waits for the right FIFO, and repairs the last newline" {
	mkfifo a b
	background bash -c '{ printf "2\n4"; } >b'
	background bash -c '{ echo 1; echo 3; printf 5; } >a'
	run -0 par-gather --merge a b
	[ "$output" = $'1\n2\n3\n4\n5' ]
	run -3 --separate-stderr par-gather --merge --max-record 3 missing - <<<$'1\n12345\n2'
	[ "$output" = $'1\n2' ]
	[ "${#stderr_lines[@]}" = 2 ]
	run -2 par-gather --merge --count
}

@test "par-gather: --follow outlives its writers, and a signal ends it with all it has" {
	mkfifo in out
	background par-gather --follow -o out in
	gather=$!
	exec {from}<out
	for n in 1 2 3; do
		printf 'record %s' $n >in
		read -r -t "$DEADLINE" answer <&"$from"
		[ "$answer" = "record $n" ]
	done
	exec {to}>in
	echo last >&"$to"
	kill -TERM "$gather"
	read -r -t "$DEADLINE" answer <&"$from"
	[ "$answer" = last ]
	wait "$gather"
	background bash -c 'exec "$ROOT/tests/aid/with-signals.py" default:INT \
		par-gather --follow --count in >counts'
	gather=$!
	echo a >in
	{ echo a; echo b; } >in
	exec {to}>&- {to}>in
	kill -INT "$gather"
	wait "$gather"
	same counts <(printf 'a\t2\nb\t1\n')
}

@test "par-gather: a FIFO without another end is given up when told to" {
	mkfifo in out
	run -3 --separate-stderr par-gather --wait 50ms in - <<<x
	[ "$output" = x ]
	[ "$stderr" = "par-gather: in: nobody opened its other end in time" ]
	run -3 --separate-stderr par-gather --merge --wait 50ms in - <<<x
	[ "$output" = x ]
	run -3 par-gather --wait 50ms -o out - <<<x
	[ "$output" = "par-gather: out: nobody opened its other end in time" ]
}
