#!/usr/bin/env bats
# Memory is bounded, however large the output of one record is.
load helper

prepare() {
	# N becomes N MB of output, in one record of whole lines or, in a map, one line.
	cat >big.py <<-'EOF'
		#!/usr/bin/env python3
		import os, sys
		stage = os.environ.get("PAR_STAGE")
		words = open(int(stage.split(":")[0]), "w") if stage else open("/dev/null", "w")
		print("par-stage 1 window=1", file=words, flush=True)
		for i, line in enumerate(sys.stdin):
		    left = size = int(float(line) * (1 << 20))
		    chunk = line.strip().encode().ljust(64, b".") * 1024
		    while left > 1:
		        left -= os.write(1, chunk[:min(left - 1, len(chunk))])
		    os.write(1, b"\n")
		    print(i, size, line[0] == "r" and "retry" or "ok", file=words, flush=True)
	EOF
	chmod +x big.py
	printf '%s\n' 60 1 20 0.01 2 >in
}

@test "par-run: output of a record that is larger than memory" {
	local mode

	! nm "$(command -v par-run)" | grep -q __asan || skip "built with sanitizers"
	mkdir tmp
	export TMPDIR=$PWD/tmp
	par-run -k -n 1 ./big.py <in >expected
	printf '#!/bin/sh\nshift\nexec "$@"\n' >reach
	chmod +x reach
	hosts='--rsh ./reach --host a:1,b:1'
	for mode in '' -k --map '--map -k' -N1 '-N1 -k' "$hosts" "$hosts -k"; do
		echo "$mode"
		# shellcheck disable=SC2086
		(ulimit -v 85000 && par-run -n 2 $mode ./big.py <in >out)
		if [[ $mode = *-k* ]]; then
			cmp out expected
		else
			[ "$(wc -lc <out)" = "$(wc -lc <expected)" ]
			cmp <(cut -c1-4 out | sort) <(cut -c1-4 expected | sort)
		fi
	done
	[ -z "$(ls tmp)" ]
}

@test "par-run: output that waits for its turn is kept in a file, beyond a limit" {
	! nm "$(command -v par-run)" | grep -q __asan || skip "built with sanitizers"
	# The first record is slow: it waits until 66 others of 1 MB are done.
	mkfifo gate
	cat >slow.sh <<-'EOF'
		#!/bin/bash
		read -r n
		if ((n == 1)); then read -r _ <gate; else echo "$n" >>ready; fi
		head -c 999999 /dev/zero | tr '\0' "$((n % 10))"
		echo
	EOF
	chmod +x slow.sh
	(ulimit -v 150000 && exec par-run -n 4 -N 1 -k ./slow.sh) < <(seq 80) >out 2>err 3>&- &
	pid=$!
	eventually eval '(( $(wc -l <ready) > 66 ))'
	echo >gate
	wait "$pid"
	for ((n = 1; n <= 80; n++)); do
		head -c 999999 /dev/zero | tr '\0' "$((n % 10))"
		echo
	done | cmp - out
}

@test "par-run: no room for a temporary file fails the record by name, never in silence" {
	for mode in '' --map -N1; do
		# shellcheck disable=SC2086
		TMPDIR=$PWD/none run -1 bash -c "par-run $mode ./big.py <in | cat >out; exit \${PIPESTATUS[0]}"
		[[ $output == *': no room to put its output aside in '*/none': No such file or directory'* ]]
	done
}
