#!/bin/bash
# SPDX-License-Identifier: ISC
#
# par-run with records as arguments, beside xargs, forkrun and GNU parallel: a process for
# each record, many records a process, and how many starts one process comes to.
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"

with_forkrun
aid=$ROOT/tests/bench/aid
for name in floor nothing; do
	[[ $name == nothing ]] && alone='-static -nostdlib -fno-stack-protector'
	# shellcheck disable=SC2086
	"${CC:-cc}" -O2 ${alone-} -o "$name" "$aid/$name.c" 2>/dev/null ||
		echo "  left out: $name, which does not build here"
done

# forkrun hands down six variables: as few for all.
bare="env -i PATH=$PATH"
seq 2000 >few

# each_a_process MEASURE PROGRAM: a process for each record, by all that does such.
# Of parallel, which would take minutes, a quarter.
each_a_process() {
	"$1" 'par-run -n 2' "$bare par-run -n 2 $2 {} <few"
	"$1" 'par-run -n 2 -N 1, to be read' "$bare par-run -n 2 -N 1 $2 <few"
	"$1" 'two par-run below one, one process each' \
		"$bare par-run -n 2 -I '' par-run -n 1 $2 {} <few"
	"$1" 'posix_spawn and wait, and nothing else' "./floor 2000 $2" ./floor
	"$1" 'xargs -P 2 -n 1' "$bare xargs -P 2 -n 1 $2 <few" xargs
	"$1" 'forkrun -j 2 -l 1' "frun -j 2 -l 1 $2 <few" forkrun
	size=500
	"$1" 'parallel -j 2, of a quarter' \
		"head -n 500 few | $bare HOME=/ parallel -j2 $2 {}" parallel
}

for program in /bin/true ./nothing; do
	[[ -x $program ]] || continue
	compare "A process a record, and no more: 2000 times $program" 2e3 rec/s
	each_a_process measure $program
	compare 'The same, time of processors' 2e3 rec/s
	each_a_process measure_cpu $program
done

compare 'Two million records, as many words a process as it takes' 2e6 rec/s
seq 2000000 >words
measure 'par-run -n 2 -b 1G echo {}' 'par-run -n 2 -b 1G /bin/echo {} <words | wc -l'
measure 'par-run -k -n 2 -b 1G echo {}' 'par-run -k -n 2 -b 1G /bin/echo {} <words | wc -l'
measure 'forkrun -j 2 -l 1:-1 echo' 'frun -j 2 -l 1:-1 /bin/echo <words | wc -l' forkrun
measure 'xargs -P 2 echo' 'xargs -P 2 /bin/echo <words | wc -l' xargs
measure 'forkrun -j 2 echo' 'frun -j 2 /bin/echo <words | wc -l' forkrun

compare 'The same, time of processors' 2e6 rec/s
measure_cpu 'par-run -n 2 -b 1G echo {}' 'par-run -n 2 -b 1G /bin/echo {} <words | wc -l'
measure_cpu 'par-run -k -n 2 -b 1G echo {}' 'par-run -k -n 2 -b 1G /bin/echo {} <words | wc -l'
measure_cpu 'forkrun -j 2 -l 1:-1 echo' 'frun -j 2 -l 1:-1 /bin/echo <words | wc -l' forkrun
measure_cpu 'xargs -P 2 echo' 'xargs -P 2 /bin/echo <words | wc -l' xargs
measure_cpu 'forkrun -j 2 echo' 'frun -j 2 /bin/echo <words | wc -l' forkrun

# Each fiftieth process of a run tells how long those above it were on a processor.
cat >tell <<'EOF2'
#!/bin/bash
on() { read -r took _ </proc/"$1"/schedstat && echo "$took" >told/"$2"; }
read -r _ _ _ up _ </proc/"$PPID"/stat
read -r name </proc/"$up"/comm
if [[ $name == par-run ]]; then
	on "$up" upper
	on "$PPID" "lower.$PPID"
else
	on "$PPID" upper
fi
EOF2
chmod +x tell
starts=6000
for ((i = 0; i < starts; i += 50)); do
	yes /bin/true | head -n 49
	echo ./tell
done >many

# starters NAME COMMAND: seconds, starts a second, time of processors, and microseconds of
# who starts.
starters() {
	local took

	rm -rf told
	mkdir told
	TIMEFORMAT='%R %U %S'
	took=$({ time bash -c "$bare $2 <many"; } 2>&1 | tail -n 1)
	upper=$(<told/upper)
	lower=$(cat told/lower.* 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }')
	awk -v name="$1" -v took="$took" -v n="$starts" -v upper="$upper" -v lower="$lower" '
		BEGIN { split(took, t, " ")
			printf "  %-32s %7.3f s %7.0f starts/s %7.3f s of processors", name, t[1], n / t[1], t[2] + t[3]
			if (lower) printf ", %.0f us a record and %.0f us a start\n", upper / n / 1e3, lower / n / 1e3
			else printf ", %.0f us a start\n", upper / n / 1e3 }'
}

echo "Starts, of $starts processes, and what who starts them takes of its own"
if [[ -r /proc/self/schedstat ]]; then
	starters 'one par-run' 'par-run -n 2 {}'
	one=$upper
	starters 'two below one' "par-run -n 2 -I '' par-run -n 1 {}"
	# A start waits for no other: what forks cost each other in the kernel is left out.
	awk -v n="$starts" -v one="$one" -v upper="$upper" -v lower="$lower" '
		function told(who, rate) {
			printf "  %-32s %7.0f starts/s: busy with processes of %.1f ms and more\n", who, rate, 64e3 / rate }
		BEGIN { print "The same, calculated for 64 processors"
			most = n * 1e9 / upper
			told("one par-run", n * 1e9 / one)
			for (k = 2; k * n * 1e9 / lower < most; k++)
				told(k " below one", k * n * 1e9 / lower)
			told(k " and more below one", most) }'
else
	echo '  left out: the system does not tell how long a process was on a processor'
fi

# As many records as are under way at most, and many times that.
echo 'Memory: the largest process, in KiB, by records of the input'
memory() { # RECORDS COMMAND...
	local records=$1 came

	shift
	came=$(yes 5 | head -n "$records" | command time -q -o kib -f %M "$@" | wc -l)
	if ((came == records)); then
		printf '  %-44s %12d %10d KiB\n' "$*" "$records" "$(<kib)"
	else
		printf '  %-44s FAILED, %d of %d records\n' "$*" "$came" "$records"
	fi
}
for records in 10000000 "${BENCH_RECORDS:-30000000}"; do
	memory "$records" par-run -n 2 -b 1G printf '%s\n' '{}'
	memory "$records" par-run -k -n 2 -b 1G printf '%s\n' '{}'
	memory "$records" xargs -P 2 printf '%s\n'
done
