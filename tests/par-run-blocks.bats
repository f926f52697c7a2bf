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
