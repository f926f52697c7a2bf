# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Sourced by the benchmarks: the same input for all, in one run, best of three,
# or in turn and the median of five.

# needed COMMAND...: are they there?  Else say that this is left out, and fail.
needed() {
	local command

	for command; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null && continue
		echo "  left out: $command is not installed"
		return 1
	done
}

# with_forkrun: rows that need forkrun have it, if BENCH_FORKRUN names a folder with the
# source of https://github.com/jkool702/forkrun; else say so, once.
with_forkrun() {
	# shellcheck source=tests/bench/aid/forkrun.bash
	. "$ROOT/tests/bench/aid/forkrun.bash"
	forkrun_build "${BENCH_FORKRUN-}"
}

# measure NAME COMMAND [NEEDED]: run a shell command; print seconds, and how many times
# as long the same work takes as by the first one that was measured since `compare`.
measure() {
	measure_as %R "$@"
}

# The same, of the time of all processors.
measure_cpu() {
	measure_as '%U + %S' "$@"
}

measure_as() {
	local format=$1 name=$2 command=$3 before=: best=0 took status rate

	if [[ ${4-} == forkrun ]]; then # a function of a shell, which is made once
		[[ -e forkrun.bash ]] || return 0
		before='. ./forkrun.bash'
	elif ! command -v "${4:-sh}" >/dev/null; then
		printf '  %-44s (%s is not installed)\n' "$name" "$4"
		return
	fi
	for _ in 1 2 3; do
		timed "$name" "$command" || return 0
		if [[ $best == 0 ]] || awk "BEGIN { exit !($took < $best) }"; then best=$took; fi
	done
	tell_rate
}

# timed NAME COMMAND: $took is its seconds, by $format, after $before.
timed() {
	timeout 120 bash -o pipefail -c "$before >/dev/null 2>&1
		TIMEFORMAT='$format'
		time { $2
		} >measured 2>&1" 2>took
	status=$?
	took=$(tail -n 1 took)
	# `yes | head` is ended by SIGPIPE, which is fine.
	if ((status != 0 && status != 141)); then
		printf '  %-44s FAILED, status %d: %s\n' "$1" "$status" "$(tail -n 1 measured)"
		return 1
	fi
	took=$(awk "BEGIN { print $took }")
}

# Print $name, its $best seconds, and how many times as long it takes as the first.
tell_rate() {
	rate=$(awk "BEGIN { print $size / ($best < 0.001 ? 0.001 : $best) }")
	: "${first:=$rate}"
	awk -v name="$name" -v best="$best" -v rate="$rate" -v first="$first" -v unit="$unit" '
		BEGIN { printf "  %-44s %8.3f s %10.4g %s  %6.2f x\n", name, best, rate, unit, first / rate }'
}

# in_turn NAME COMMAND...: the same of several commands that take turns, five each, since
# what else a machine does changes; the median of each.
in_turn() {
	local format=%R before=: name best rate took status i
	local -a all=("$@")

	rm -f took-*
	for _ in 1 2 3 4 5; do
		for ((i = 0; i < ${#all[@]}; i += 2)); do
			timed "${all[i]}" "${all[i + 1]}" || return 0
			echo "$took" >>"took-$i"
		done
	done
	for ((i = 0; i < ${#all[@]}; i += 2)); do
		name=${all[i]} best=$(sort -n "took-$i" | sed -n 3p)
		tell_rate
	done
}

# compare TITLE SIZE UNIT: begin a group; SIZE of UNIT is what each command does.
compare() {
	first='' size=$2 unit=$3
	printf '%s\n' "$1"
}
