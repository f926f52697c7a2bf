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
