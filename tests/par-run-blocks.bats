# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154 # status, lines and output are set by run
# A process for each block: what it costs, in calls of the system.

load helper

# counted COMMAND...: run it; how often par-run called read, write, splice, in these
# variables
counted() {
	[ -z "${SANITIZED-}" ] || skip "sanitizers have calls of their own"
	[ -e count.so ] || cc -O -shared -fPIC -o count.so "$ROOT/tests/aid/count.c"
	COUNT_IN=par-run COUNT_TO=counts LD_PRELOAD=$PWD/count.so "$@"
	while read -r name number; do printf -v "$name" %d "$number"; done <counts
}

@test "par-run: a block of 1 MB goes into a pipe that holds it, in one write" {
	yes "$(printf %099d 0)" | head -n 50000 >in
	counted par-run -k -b 1M cat <in >out
	same in out
	# 5 of them; 1,223 writes where the pipe has one page
	((write <= 40))
}

@test "par-run: the output of a large block goes out from its pipe" {
	yes "$(printf %099d 0)" | head -n 200000 >in
	counted par-run -k -n 1 -b 1M cat <in >out
	same in out
	# 20 of them; fewer where a process was slow
	((splice > 0))
}

@test "par-run: a large block's output that is no records is told of once" {
	yes "$(printf %099d 0)" | head -n 30000 >in
	par-run -k -n 1 -b 1M sh -c 'cat; printf x' <in >out 2>err
	[ "$(grep -cx x out)" = 3 ]
	[ "$(wc -l <out)" = 30003 ]
	[ "$(<err)" = 'par-run: sh: its output does not end in a newline, and is given one; see --raw' ]
	par-run -k -n 1 -b 1M sh -c 'printf "\0\n"; cat' <in >out 2>err
	[ "$(tr -d '\0\n0' <out | wc -c)" = 0 ]
	[ "$(wc -l <out)" = 30003 ]
	[ "$(<err)" = 'par-run: sh: its output holds NUL bytes, and is taken for lines; see --raw' ]
}

@test "par-run: what a large block's process leaves behind writes to its output, too" {
	yes "$(printf %099d 0)" | head -n 20000 >in
	par-run -k -n 1 -b 2M sh -c \
		'cat; { head -c 3000000 /dev/zero | tr "\0" a; echo; } &' <in >out
	[ "$(wc -c <out)" = 5000001 ]
}

@test "par-run: a block with more than --max-output is halved, and one of -N fails" {
	seq 1000 >in
	par-run -k --max-output 100 -b 1K cat <in >out 2>err
	same in out
	run -1 --separate-stderr par-run --max-output 100 -N 1000 cat <in
	[ "$output" = '' ]
	[ "${stderr_lines[-1]}" = 'par-run: 1000: its output is longer than 100 bytes' ]
}
