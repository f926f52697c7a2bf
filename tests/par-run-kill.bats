#!/usr/bin/env bats
# The main proof takes minutes: a gigabyte of digits, ten times.
export BATS_TEST_TIMEOUT=900
load helper

@test "par-run: kill -9 of random workers, ten times in a row" {
	[ -z "${SANITIZED-}" ] && rounds=10 || rounds=1
	seq 1 30000 >in
	mkfifo out
	for ((round = 0; round < rounds; round++)); do
		{ cut -f1 <out | sort -n | cmp - in && echo same >verdict; } 3>&- &
		judge=$!
		par-run -n 4 par-fib <in >out 2>err 3>&- &
		pid=$!
		kills=0
		while kill -0 "$pid" 2>/dev/null && ((kills < 25)); do
			mapfile -t workers < <(pgrep -P "$pid")
			((${#workers[@]} > 0)) || continue
			kill -9 "${workers[RANDOM % ${#workers[@]}]}" 2>/dev/null && kills=$((kills + 1))
			read -r -t "0.0$((RANDOM % 9 + 1))" <> <(:) || true
		done
		wait "$pid"
		wait "$judge"
		((kills > 3))
		[ "$(cat verdict)" = same ]
		rm verdict
	done
}
