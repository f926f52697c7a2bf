#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Counting, summing and grouping by key, and merging, beside the usual tools, on
# the same input: BENCH_RECORDS (2 million) records of which half have a key of
# their own.
set -eu
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"

records=${BENCH_RECORDS:-2000000}
awk -v n="$records" 'BEGIN { srand(1); for (i = 0; i < n; i++)
	printf "http://host%d.example.org/page/%d\t%d\n", rand() * 1000, rand() * n / 1000, rand() * 100 }' >in
cut -f 1 in >keys

compare "count each line" "$records" records/s
measure "par-gather --count" "par-gather --count keys"
measure "par-gather --count --memory 16M" "par-gather --count --memory 16M keys"
measure "sort | uniq -c" "sort keys | uniq -c"
measure "awk" "awk '{ n[\$0]++ } END { for (k in n) print k, n[k] }' keys" awk
measure "datamash -s -g 1 count 1" "datamash -s -g 1 count 1 <keys" datamash
measure "mlr count-distinct" "mlr --inidx --ifs tab --otsv count-distinct -f 1 keys" mlr

compare "sum a field of each key" "$records" records/s
measure "par-gather --sum 2" "par-gather --sum 2 in"
measure "awk" "awk -F '\t' '{ s[\$1] += \$2 } END { for (k in s) print k, s[k] }' in" awk
measure "datamash -s -g 1 sum 2" "datamash -s -g 1 sum 2 <in" datamash
measure "mlr stats1 -a sum" "mlr --inidx --ifs tab --otsv stats1 -a sum -f 2 -g 1 in" mlr

compare "all values of each key" "$records" records/s
measure "par-gather -g" "par-gather -g in"
measure "datamash -s -g 1 collapse 2" "datamash -s -g 1 collapse 2 <in" datamash
measure "mlr nest --implode" "mlr --inidx --ifs tab --otsv nest --ivar ';' -f 2 in" mlr

split -n r/4 in part.
for part in part.*; do sort "$part" -o "$part"; done
compare "merge four sorted files" "$records" records/s
measure "par-gather --merge" "par-gather --merge part.*"
measure "sort -m" "sort -m part.*"

mkfifo a b
compare "two FIFOs to one stream" "$(($(wc -c <in) * 2 / 1000000))" MB/s
measure "par-gather a b" "cat in >a & cat in >b & par-gather a b | cat >/dev/null"
measure "cat a | cat (one after the other)" "cat in in | cat | cat >/dev/null"
