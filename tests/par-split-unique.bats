#!/usr/bin/env bats
# par-split: what counts as a duplicate.
load helper

@test "par-split: -u -k leaves the first record of each key, as awk does" {
	awk 'BEGIN { srand(1); for (i = 0; i < 50000; i++) printf "%d\t%d\t%d\n", i, rand() * 3000, i % 7 }' >in
	for k in 1 2 3; do
		par-split -u -k "$k" - <in >out 2>said
		awk -F '\t' -v k="$k" '!seen[$k]++' in >want
		same want out
		[ "$(cat said)" = "par-split: $((50000 - $(wc -l <want))) duplicates dropped of 50000 records" ]
	done
}

@test "par-split: -u -k is exact beyond memory, and keeps the order" {
	# Each key twice; the records differ.
	awk 'BEGIN { for (i = 0; i < 300000; i++) printf "%d\t%d key %d\n", i, i * 7919 % 150000, i * 7919 % 150000 }' >in
	par-split -u -k 2 --memory 1M - <in >out 2>said
	awk -F '\t' '!seen[$2]++' in >want
	same want out
	[ "$(cat said)" = "par-split: 150000 duplicates dropped of 300000 records" ]
}

@test "par-split: by host, one address of each" {
	printf '%s\n' http://A.example/1 https://a.example:8/2 ftp://b.example http://u@B.EXAMPLE/ none other >in
	run -0 --separate-stderr par-split -u --key host - <in
	[ "$output" = $'http://A.example/1\nftp://b.example\nnone' ]
}

@test "par-split: --unique-key says what counts, -k where it goes" {
	local f

	for n in {1..2000}; do printf '%d\t%d\t%d\n' $((n % 10)) $((n % 500)) "$n"; done >in
	par-split -k 1 --unique-key 2 -n 4 one.%d <in 2>said
	sort one.? | same <(sort <(head -n 500 in)) -
	for f in one.?; do cut -f 1 "$f" | sort -u; done | sort | uniq -d | cmp - /dev/null
	cat in in | par-split -k 1 --unique-key record -n 4 two.%d 2>said
	sort two.? | same <(sort in) -
	for f in two.?; do cut -f 1 "$f" | sort -u; done | sort | uniq -d | cmp - /dev/null
}

@test "par-split: a record without the key is named and dropped, beyond memory too" {
	{ seq 1 100000 | sed 's/.*/&\tk&/'; echo lone; seq 1 100000 | sed 's/.*/&\tk&/'; } >in
	run -1 --separate-stderr bash -c 'par-split --unique-key 2 --memory 1M - <in | sort -n >out; exit "${PIPESTATUS[0]}"'
	[ "$stderr" = 'par-split: lone: lacks the field that is the key
par-split: 100000 duplicates dropped of 200001 records' ]
	same <(seq 1 100000 | sed 's/.*/&\tk&/') out
}

@test "par-split: keys of duplicates are misuse where they cannot be read" {
	run -2 par-split -u -k 0 - </dev/null
	run -2 par-split --unique-key 0 - </dev/null
	run -2 par-split --unique-key hosts - </dev/null
	run -2 par-split -c --unique-key 1 - </dev/null
}
