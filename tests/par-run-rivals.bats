# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154,SC1083 # run sets status and output; {} is meant
# What people know from xargs, GNU parallel, xe, rush and fd.

load helper

# The options of data/rivals, as words of a command line.
rivals() {
	local program names name

	while read -r program names; do
		[ "$program" != '#' ] || continue
		for name in ${names//|/ }; do
			if ((${#name} == 1)); then echo "-$name"; else echo "--$name"; fi
		done
	done <"$ROOT/tests/data/rivals"
}

@test "par-run: options of xargs, GNU parallel, xe, rush and fd are ours, or answered" {
	local option said bad=0

	for option in $(rivals | sort -u); do
		said=$(par-run "$option" 2>&1 </dev/null || true)
		if [[ $said == *"no such option"* ]] || [ -z "$said" ]; then
			echo "$option: ${said:-nothing}"
			bad=1
		fi
	done
	[ "$bad" = 0 ]
}

@test "par-run: what options of others are answered with is there" {
	local option help bad=0

	help=$(par-run --help)
	for option in $(rivals | sort -u); do
		par-run "$option" </dev/null 2>&1 | head -n 1 | grep -F "par-run: $option: " || true
	done | sed 's/^[^ ]* [^ ]* //' | grep -oE '(^|[ (])see --?[a-z0-9-]+|, and --?[a-z0-9-]+' |
		grep -oE -e '--?[a-z0-9-]+$' | sort -u >named
	(($(wc -l <named) > 15))
	while read -r option; do
		grep -qE -e "(^|[ ,])$option([ =,]|$)" <<<"$help" || {
			echo "$option: no option of ours"
			bad=1
		}
	done <named
	[ "$bad" = 0 ]
}
