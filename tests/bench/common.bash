# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Sourced by the benchmarks: the same input for all, in one run, best of three.

# needed COMMAND...: are they there?  Else say that this is left out, and fail.
needed() {
	local command

	for command; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null && continue
		echo "  left out: $command is not installed"
		return 1
	done
}

# measure NAME COMMAND [NEEDED]: run a shell command; print seconds, and the ratio to
# the first one that was measured since `compare`.
measure() {
	measure_as %R "$@"
}

# The same, of the time of all processors.
measure_cpu() {
	measure_as '%U + %S' "$@"
}

measure_as() {
	local format=$1 name=$2 command=$3 best=0 took status

	if ! command -v "${4:-sh}" >/dev/null; then
		printf '  %-44s (%s is not installed)\n' "$name" "$4"
		return
	fi
	for _ in 1 2 3; do
		took=$( {
			TIMEFORMAT=$format
			time timeout 120 bash -o pipefail -c "$command" >measured 2>&1
			echo "$?" >status
		} 2>&1 | tail -n 1)
		status=$(<status)
		# `yes | head` is ended by SIGPIPE, which is fine.
		if ((status != 0 && status != 141)); then
			printf '  %-44s FAILED, status %d: %s\n' "$name" "$status" "$(tail -n 1 measured)"
			return
		fi
		took=$(awk "BEGIN { print $took }")
		if [[ $best == 0 ]] || awk "BEGIN { exit !($took < $best) }"; then best=$took; fi
	done
	if [[ -z $first ]]; then first=$best; fi
	awk -v name="$name" -v best="$best" -v first="$first" -v size="$size" -v unit="$unit" '
		BEGIN { if (best < 0.001) best = 0.001; if (first < 0.001) first = 0.001
			printf "  %-44s %8.3f s %10.4g %s  %6.2f x\n", name, best, size / best, unit, best / first }'
}

# compare TITLE SIZE UNIT: begin a group; SIZE of UNIT is what each command does.
compare() {
	first='' size=$2 unit=$3
	printf '%s\n' "$1"
}
