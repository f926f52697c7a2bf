#!/bin/bash
# SPDX-License-Identifier: ISC
#
# par-run beside GNU parallel, xargs, paexec and Python's process pool.
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"

awk 'BEGIN { for (i = 0; i < 5000000; i++) printf "%099d\n", i }' >records100
seq 100000000 200000000 | head -n 10000000 | cut -c1-8 >records9
yes 5 | head -n 10000000 >fives
seq 100000 >numbers

compare 'Pass-through of 500 MB in records of 100 bytes, pipe to pipe, two workers' 0.5 GB/s
measure 'par-run -n 2 cat' 'cat records100 | par-run -n 2 cat | wc -l'
measure 'cat | cat' 'cat records100 | cat | cat | wc -l'
measure 'parallel --pipe --round-robin' \
	'cat records100 | parallel -j2 --pipe --round-robin cat | wc -l' parallel
measure 'parallel --pipe --block 10M' \
	'cat records100 | parallel -j2 --pipe --block 10M cat | wc -l' parallel

compare 'The same, time of processors' 0.5 GB/s
measure_cpu 'cat | cat' 'cat records100 | cat | cat | wc -l'
measure_cpu 'par-run -n 2 cat' 'cat records100 | par-run -n 2 cat | wc -l'

compare 'The same, 90 MB in records of 9 bytes' 0.09 GB/s
measure 'par-run -n 2 cat' 'cat records9 | par-run -n 2 cat | wc -l'
measure 'cat | cat' 'cat records9 | cat | cat | wc -l'
measure 'parallel --pipe --round-robin' \
	'cat records9 | parallel -j2 --pipe --round-robin cat | wc -l' parallel

compare 'A native stage, each record acknowledged: 10 million records' 1e7 rec/s
measure 'par-run -n 2 par-fib' 'par-run -n 2 par-fib <fives | wc -l'
measure 'par-run -k -n 2 par-fib' 'par-run -k -n 2 par-fib <fives | wc -l'
measure 'par-fib alone' 'par-fib <fives | wc -l'

compare 'Records that are told of one by one: 100 thousand' 1e5 rec/s
measure 'par-run -n 2 par-fib' "yes 5 | head -n 100000 | par-run -n 2 par-fib | wc -l"
cat >pool.py <<'PY'
from concurrent.futures import ProcessPoolExecutor
import sys

def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        for value in pool.map(fib, [5] * 100000, chunksize=int(sys.argv[1])):
            print(5, value, sep="\t")
PY
measure "Python's ProcessPoolExecutor, chunks of 1000" 'python3 pool.py 1000' python3
measure "Python's ProcessPoolExecutor, one by one" 'python3 pool.py 1' python3

compare 'A filter, a line out for each line in: 100 thousand records' 1e5 rec/s
measure 'par-run --map -n 2 sed' 'par-run --map -n 2 sed s/5/6/ <numbers | wc -l'
measure 'par-run --map -n 2 sed -u' 'par-run --map -n 2 sed -u s/5/6/ <numbers | wc -l'
# shellcheck disable=SC2016
measure 'paexec -n 2, sed -u with its empty lines' \
	"paexec -n 2 -c 'sed -u -e s/5/6/ -e G' <numbers | wc -l" paexec

compare 'By key, 10 million records of 100 thousand keys' 1e7 rec/s
awk 'BEGIN { srand(1); for (i = 0; i < 10000000; i++) print int(100000 * rand()) }' >keys
measure 'par-run --key 1 -n 2 cat' 'par-run --key 1 -n 2 cat <keys | wc -l'
measure 'par-run -n 2 cat' 'par-run -n 2 cat <keys | wc -l'
measure_cpu 'par-run --key 1 -n 2 cat, time of processors' \
	'par-run --key 1 -n 2 cat <keys | wc -l'
measure_cpu 'par-run -n 2 cat, time of processors' 'par-run -n 2 cat <keys | wc -l'
# A tenth of it, or it would take minutes.
size=1e6
head -n 1000000 keys >keys1
measure 'parallel --pipe --shard 1, of a tenth' \
	'parallel -j2 --pipe --shard 1 cat <keys1 | wc -l' parallel

with_forkrun
compare 'A process for each block of 1 MB, of 500 MB' 0.5 GB/s
measure 'par-run -n 2 -b 1M cat' 'par-run -n 2 -b 1M cat <records100 | wc -l'
measure 'par-run -k -n 2 -b 1M cat' 'par-run -k -n 2 -b 1M cat <records100 | wc -l'
measure 'a loop of dd | cat' \
	'for ((i = 0; i < 477; i++)); do dd bs=1M count=1 status=none | cat; done <records100 | wc -l'
measure 'forkrun -j 2 -s -b 1M cat' \
	'frun -j 2 -s -b 1M /bin/cat <records100 | wc -l' forkrun
measure 'forkrun -k -j 2 -s -b 1M cat' \
	'frun -k -j 2 -s -b 1M /bin/cat <records100 | wc -l' forkrun
measure 'parallel --pipepart --block 1M' \
	'parallel -j2 --pipepart -a records100 --block 1M cat | wc -l' parallel
measure 'parallel --pipe --block 1M' \
	'parallel -j2 --pipe --block 1M cat <records100 | wc -l' parallel

compare 'The same, time of processors' 0.5 GB/s
measure_cpu 'par-run -n 2 -b 1M cat' 'par-run -n 2 -b 1M cat <records100 | wc -l'
measure_cpu 'a loop of dd | cat' \
	'for ((i = 0; i < 477; i++)); do dd bs=1M count=1 status=none | cat; done <records100 | wc -l'
measure_cpu 'forkrun -j 2 -s -b 1M cat' \
	'frun -j 2 -s -b 1M /bin/cat <records100 | wc -l' forkrun
measure_cpu 'parallel --pipepart --block 1M' \
	'parallel -j2 --pipepart -a records100 --block 1M cat | wc -l' parallel

compare 'A native stage, or a process a record: 1000 records' 1e3 rec/s
measure 'par-run -n 2 par-fib' "yes 5 | head -n 1000 | par-run -n 2 par-fib | wc -l"
measure 'xargs -P 2 -n 1 sh -c par-fib' \
	"yes 5 | head -n 1000 | xargs -P 2 -n 1 sh -c 'echo \$0 | par-fib' | wc -l" xargs
measure 'parallel --pipe -N1 par-fib' \
	'yes 5 | head -n 1000 | parallel -j2 --pipe -N1 par-fib | wc -l' parallel

compare 'One worker slowed by 10 ms a record, 1000 records' 1e3 rec/s
# shellcheck disable=SC2016
slow='if [ "${PAR_WORKER:-$PARALLEL_JOBSLOT}" = 1 ]; then while read -r x; do sleep 0.01; echo "$x"; done; else exec cat; fi'
printf '%s\n' '#!/bin/bash' "$slow" >slow.sh
chmod +x slow.sh
measure 'par-run -n 2' 'seq 1000 | par-run -n 2 ./slow.sh | wc -l'
# shellcheck disable=SC2016
measure 'parallel --round-robin -N1' \
	'seq 1000 | parallel -j2 --pipe --round-robin -N1 PAR_WORKER={%} ./slow.sh | wc -l' parallel

compare 'Processor-bound: F(n) of 30000 to 60000 in steps of 10' 3e3 rec/s
measure 'par-fib alone' 'seq 30000 10 60000 | par-fib | wc -l'
measure 'par-run -n 2 par-fib' 'seq 30000 10 60000 | par-run -n 2 par-fib | wc -l'

echo 'A lone record, sent when all others are done: until it is out'
cat >lone.py <<'PY'
import select, subprocess, sys, time
name, wait, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
took = []
for i in range(21):
    begin = time.monotonic()
    run.stdin.write(b"record %d\n" % i)
    if not select.select([run.stdout], [], [], wait)[0]:
        print("  %-44s more than %g s" % (name, wait))
        break
    run.stdout.read(100)
    took.append(time.monotonic() - begin)
    time.sleep(0.05)
else:
    took = sorted(took[1:]) # without the start
    print("  %-44s %8.3f ms, at worst %.3f ms" % (name, 1e3 * took[10], 1e3 * took[-1]))
run.kill()
PY
python3 lone.py 'par-run -n 2 cat' 5 par-run -n 2 cat
python3 lone.py 'par-run --map -n 2 cat' 5 par-run --map -n 2 cat
python3 lone.py 'par-run --key 1 --map -n 2 cat' 5 par-run --key 1 --map -n 2 cat
if command -v parallel >/dev/null; then
	python3 lone.py 'parallel --pipe -N 1 --line-buffer cat' 5 \
		parallel -j2 --pipe -N 1 --line-buffer cat
fi

# BENCH_RECORDS=100000000 for the long run.
echo 'Memory: the largest process, in KiB, by records of the input'
for records in 1000000 "${BENCH_RECORDS:-10000000}"; do
	for command in 'par-run -n 2 par-fib' 'par-run -k -n 2 par-fib' \
		'par-run -n 2 cat' 'par-run --map -n 2 cat' 'par-run --key 1 --map -n 2 cat'; do
		# shellcheck disable=SC2086
		came=$(yes 5 | head -n "$records" | command time -q -o kib -f %M $command | wc -l)
		if ((came == records)); then
			printf '  %-44s %12d %10d KiB\n' "$command" "$records" "$(<kib)"
		else
			printf '  %-44s FAILED, %d of %d records\n' "$command" "$came" "$records"
		fi
	done
done

compare 'Start and end with an empty input' 1 runs/s
measure 'par-run true' 'par-run true </dev/null'
measure 'parallel --pipe true' 'parallel -j2 --pipe true </dev/null' parallel
