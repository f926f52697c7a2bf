#!/usr/bin/env bats
load helper

@test "par-fib: the first eleven numbers" {
	run -0 par-fib < <(seq 0 10)
	[ "$(cut -f2 <<<"$output" | paste -sd ' ')" = "0 1 1 2 3 5 8 13 21 34 55" ]
}

@test "par-fib: exact beyond machine words" {
	run -0 par-fib <<<$'93\n94\n100\n300'
	[ "${lines[0]}" = $'93\t12200160415121876738' ]
	[ "${lines[1]}" = $'94\t19740274219868223167' ]
	[ "${lines[2]}" = $'100\t354224848179261915075' ]
	[ "${lines[3]}" = $'300\t222232244629420445529739893461909967206666939096499764990979600' ]
}

# F(0) to F(2000), by addition alone.
by_addition() {
	BC_LINE_LENGTH=0 bc <<<'a = 0; b = 1
		for (n = 0; n <= 2000; n++) { a; c = a + b; a = b; b = c }'
}

@test "par-fib: each number is the sum of the two before" {
	seq 0 2000 >in
	par-fib in >out
	same out <(paste in <(by_addition))
}

@test "par-fib: modulo, and the number of digits, agree with the number" {
	seq 0 2000 >in
	by_addition | awk '{ print length($0) }' | paste in - >want
	par-fib --digits <in >out
	same want out
	{ by_addition | sed 's/$/ % 98765/'; } | bc | paste in - >want
	par-fib --mod 98765 <in >out
	same want out
	run -0 par-fib -M 1 <<<$'1\n1000'
	[ "$output" = $'1\t0\n1000\t0' ]
	# F(n) mod m for m next to 2^64 has to be F(n) itself while that is smaller.
	par-fib <<<$'90\n93' >want
	par-fib -M 18446744073709551615 <<<$'90\n93' | cmp - want
	# F(a + b) = F(a) F(b + 1) + F(a - 1) F(b), for a + b = 2^64 - 1.
	run -0 par-fib -M 1000003 <<<$'9223372036854775808\n9223372036854775808\n9223372036854775807\n9223372036854775807\n18446744073709551615'
	local f
	mapfile -t f < <(cut -f 2 <<<"$output")
	[ "$(((f[0] * f[1] + f[2] * f[3]) % 1000003))" = "${f[4]}" ]
}

@test "par-fib: what is no number is named with its reason" {
	printf '%s\n' 7 -5 +3 0x1F ' 7' '7 ' 1e3 1.5 10000001 99999999999999999999 '' -- - 0x $'9\r' 8 >in
	run -1 --separate-stderr par-fib in
	[ "$output" = $'7\t13\n8\t21' ]
	[ "$stderr" = "par-fib: -5: negative
par-fib: +3: has a sign
par-fib: 0x1F: hexadecimal, not decimal
par-fib:  7: has spaces around it
par-fib: 7 : has spaces around it
par-fib: 1e3: not a number
par-fib: 1.5: not a number
par-fib: 10000001: larger than --max-n
par-fib: 99999999999999999999: larger than --max-n
par-fib: \"\": empty, not a number
par-fib: --: not a number
par-fib: -: not a number
par-fib: 0x: not a number
par-fib: 9\\r: ends in a carriage return, which tr -d '\\r' takes away" ]
}

@test "par-fib: --max-n holds for small numbers too" {
	run -1 --separate-stderr par-fib --max-n 5 < <(seq 4 7)
	[ "$output" = $'4\t3\n5\t5' ]
	[ "$stderr" = $'par-fib: 6: larger than --max-n\npar-fib: 7: larger than --max-n' ]
	run -0 par-fib -m 0 <<<0
	run -1 par-fib -d -m 100 <<<101
	run -2 par-fib -m 10000000001 </dev/null
	run -2 par-fib -d -M 7 </dev/null
}

@test "par-fib: what goes in comes out once, whatever the order and the last newline" {
	seq 0 3000 | shuf --random-source=<(yes) | head -c -1 >in
	par-fib <in >out
	cut -f 1 out | cmp - <(cat in; echo)
	par-fib </dev/null >out
	[ ! -s out ]
}

@test "par-fib: every byte that is no digit is an error, and no more" {
	LC_ALL=C awk 'BEGIN { for (i = 0; i < 256; i++) if (i != 10) printf "1%c2\n", i }' >in
	run -1 --separate-stderr par-fib in
	[ "$(cut -f 1 <<<"$output" | paste -sd ' ')" = "102 112 122 132 142 152 162 172 182 192" ]
	[ "${#stderr_lines[@]}" = 245 ]
}

@test "par-fib: a 50 MB record" {
	{ echo 10; head -c 50000000 /dev/zero | tr '\0' 7; echo; echo 11; } >in
	run -1 --separate-stderr par-fib in
	[ "$output" = $'10\t55\n11\t89' ]
	[[ "$stderr" == "par-fib: 777"*"...: larger than --max-n" ]]
	run -1 --separate-stderr par-fib --max-record 1M in
	[ "$output" = $'10\t55\n11\t89' ]
	[[ "$stderr" == *": record 2 at byte 3 is longer than 1048576 bytes; see --max-record" ]]
}

@test "par-fib: a full disk and a closed pipe" {
	run -3 bash -c 'seq 9 | par-fib >/dev/full'
	[ "$output" = 'par-fib: standard output: No space left on device' ]
	run -3 bash -c 'seq 9 | par-fib -o /dev/full'
	[ "$output" = 'par-fib: /dev/full: No space left on device' ]
	run -141 bash -c 'set -o pipefail; yes 30 | par-fib | head -n 1'
	[ "$output" = $'30\t832040' ]
}

@test "par-fib: files are answered in turn, what cannot be read is named" {
	seq 1 3 >a
	printf 9 >b
	run -3 --separate-stderr par-fib a missing - b . < <(seq 4 6)
	[ "$(cut -f 2 <<<"$output" | paste -sd ' ')" = "1 1 2 3 5 8 34" ]
	[ "$stderr" = $'par-fib: missing: No such file or directory; operands are files of numbers, which come from standard input, too\npar-fib: .: Is a directory' ]
	par-fib -o out a b
	same out <(par-fib a b)
	run -3 par-fib -o no/such a
	[ "$output" = "par-fib: no/such: No such file or directory" ]
}

@test "par-fib: a record is answered as it comes" {
	mkfifo in out
	background par-fib -o out in
	exec {from}<out {to}>in
	echo 10 >&"$to"
	read -r -t "$DEADLINE" answer <&"$from"
	[ "$answer" = $'10\t55' ]
	exec {to}>&-
	wait "$!"
}

@test "par-fib: the far ends of its FIFOs may be opened in any order" {
	mkfifo a b out
	background par-fib -o out a b
	exec {b}>b {a}>a {from}<out
	echo 20 >&"$b"
	exec {b}>&-
	echo 10 >&"$a"
	exec {a}>&-
	same <(cat <&"$from") <(printf '10\t55\n20\t6765\n')
	wait "$!"
	background par-fib -o out a b
	exec {from}<out {a}>a {b}>b
	exec {a}>&- {b}>&-
	wait "$!"
}

@test "par-fib: a FIFO without another end is given up when told to" {
	mkfifo in out
	run -3 par-fib --wait 50ms -o out /dev/null
	[ "$output" = "par-fib: out: nobody opened its other end in time" ]
	run -3 par-fib --wait 50ms in - <<<5
	[ "$output" = $'par-fib: in: nobody opened its other end in time\n5\t5' ]
}
