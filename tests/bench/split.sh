#!/bin/bash
# SPDX-License-Identifier: ISC
#
# One stream to several files and filters, and duplicates dropped, beside split(1),
# awk and sort, on the same input: BENCH_RECORDS (4 million) records.
set -eu
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"

records=${BENCH_RECORDS:-4000000}
awk -v n="$records" 'BEGIN { srand(1); for (i = 0; i < n; i++)
	printf "http://host%d.example.org/page/%d\n", rand() * 1000, rand() * n / 1000 }' >in
megabytes=$(($(wc -c <in) / 1000000))

compare "a file in four parts" "$megabytes" MB/s
measure "par-split --cut -n 4" "par-split --cut -n 4 -i in part.%d"
measure "split -n l/4" "split -n l/4 in part."

mkfifo p0 p1 p2 p3
readers="for p in p0 p1 p2 p3; do wc -l <\$p >/dev/null & done;"
compare "a file in four parts, to a reader each" "$megabytes" MB/s
measure "par-split --cut, to FIFOs" "$readers par-split --cut -i in p0 p1 p2 p3; wait"
measure "split -n l/4 --filter" "split -n l/4 --filter='wc -l >/dev/null' in"

compare "files of 100000 records" "$megabytes" MB/s
measure "par-split -l 100000" "par-split -l 100000 -i in part.%02d"
measure "split -l 100000" "split -l 100000 in part."

mkfifo a b
readers="cat a >/dev/null & cat b >/dev/null &"
compare "to two readers" "$megabytes" MB/s
measure "par-split, on demand" "$readers par-split -i in a b; wait"
measure "par-split --round-robin" "$readers par-split -r -i in a b; wait"
measure "par-split --key 1" "$readers par-split -k 1 -i in a b; wait"
measure "split -n r/2 --filter" "split -n r/2 --filter='cat >/dev/null' in"

compare "drop duplicates" "$records" records/s
measure "par-split -u" "par-split -u -i in -"
measure "par-split -u --memory 16M" "par-split -u --memory 16M -i in -"
measure "sort -u" "sort -u in"
measure "awk '!seen[\$0]++'" "awk '!seen[\$0]++' in" awk
