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
	[ "${stderr_lines[0]}" = "par-gather: 0123456789: in: record at byte 4 is longer than 8 bytes" ]
	[ "${stderr_lines[1]}" = "par-gather: 0123456789: in: record at byte 28 is longer than 8 bytes" ]
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
	run -1 --separate-stderr par-gather missing folder b
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
	[ "$stderr" = "par-gather: only: has no such field as --key names" ]
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
	mkfifo a b c out
	background bash -c 'exec par-gather a b c >out'
	exec {from}<out {c}>c
	echo from c >&"$c"
	read -r -t "$DEADLINE" answer <&"$from"
	[ "$answer" = "from c" ]
	exec {a}>a
	background bash -c 'exec yes busy >&'"$a"
	exec {a}>&-
	echo again c >&"$c"
	until [ "$answer" = "again c" ]; do
		read -r -t "$DEADLINE" answer <&"$from"
	done
	kill "$!"
	exec {c}>&-
	echo from b >b
	until [ "$answer" = "from b" ]; do
		read -r -t "$DEADLINE" answer <&"$from"
	done
	run ! read -r -t "$DEADLINE" answer <&"$from"
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
