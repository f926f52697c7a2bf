#!/bin/bash
# SPDX-License-Identifier: ISC
#
# par-run --host beside GNU parallel --sshlogin: an sshd on loopback, so that both
# ends of each link share the processors of one machine.
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"
# shellcheck source=tests/aid/sshd.bash
. "$ROOT/tests/aid/sshd.bash"

needed ssh sshd || exit 0
sshd_start alpha beta || {
	echo '  left out'
	exit 0
}
trap sshd_stop EXIT
export PARALLEL_SSH="ssh -F $PWD/sshd/config" RSH="ssh -F $PWD/sshd/config"
mkdir -m 700 home && export PARALLEL_HOME=$PWD/home
seq 2000000 >lines
awk 'BEGIN { for (i = 0; i < 2000000; i++) printf "%099d\n", i }' >records100

compare 'Over the link of two million lines, one to one: a process there, and its answer' 2e6 rec/s
measure 'ssh alpha tr: nothing is acknowledged' "\$RSH alpha tr 0-9 a-j <lines | wc -l"
measure 'par-run --host alpha:1 --map tr' \
	'par-run --rsh "$RSH" --host alpha:1 --map tr 0-9 a-j <lines | wc -l'
measure 'par-run --host alpha:1,beta:1 --map tr' \
	'par-run --rsh "$RSH" --host alpha:1,beta:1 --map tr 0-9 a-j <lines | wc -l'
measure 'the same without ssh' \
	'par-run --rsh "env HOST=%h" --host alpha:1,beta:1 --map tr 0-9 a-j <lines | wc -l'
measure 'the same with par-run alone' 'par-run -n 2 --map tr 0-9 a-j <lines | wc -l'
measure 'parallel -S 1/alpha,1/beta --pipe --block 1M' \
	'parallel -S 1/alpha,1/beta --pipe --block 1M tr 0-9 a-j <lines | wc -l' parallel

compare 'Over the link of 200 MB in records of 100 bytes' 0.2 GB/s
measure 'ssh alpha cat' "\$RSH alpha cat <records100 | wc -l"
measure 'par-run --host alpha:1 --map cat' \
	'par-run --rsh "$RSH" --host alpha:1 --map cat <records100 | wc -l'
measure 'parallel -S 1/alpha --pipe --block 10M' \
	'parallel -S 1/alpha --pipe --block 10M cat <records100 | wc -l' parallel

compare 'A process for each of 40 records' 40 rec/s
measure 'par-run --host alpha:1,beta:1 -N 1 cat' \
	'seq 40 | par-run --rsh "$RSH" --host alpha:1,beta:1 -N 1 cat | wc -l'
measure 'parallel -S 1/alpha,1/beta --pipe -N1 cat' \
	'seq 40 | parallel -S 1/alpha,1/beta --pipe -N1 cat | wc -l' parallel
