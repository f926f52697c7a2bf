#!/bin/bash
# SPDX-License-Identifier: ISC
#
# A crawl of so many URLs of a thousand hosts, by a command that fetches nothing: how fast
# it is, of how much CPU and memory, how large what it knows gets, and how long it takes to
# go on after it was killed.  Each page has a link that is new, and two that are not; some
# thousand URLs wait at any time.  BENCH_URLS has other numbers of URLs.  Then what was seen
# by itself, with BENCH_SEEN URLs.
set -eu

cc -O2 -o walk "$ROOT/tests/bench/aid/walk.c"
# shellcheck disable=SC2016 # a program of awk
starts='BEGIN { for (i = 0; i < 4096; i++)
	printf "http://host%d.example/section/%d/page-%d.html\n", i % 1000, i % 77, i }'

for n in ${BENCH_URLS:-100000 1000000}; do
	rm -rf state in out
	mkfifo in out
	begun=$(date +%s.%N)
	par-frontier --state state ./walk "$n" 4096 <in >out &
	pid=$!
	exec {to}>in {from}<out
	awk "$starts" >&"$to" &
	head -n "$((4 * n - 4096))" <&"$from" >/dev/null
	ended=$(date +%s.%N)
	memory=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status")
	cpu=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
	read -r -t 2 -u "$from" _ || true # by then it has noted all
	kill -9 "$pid"
	wait "$pid" 2>/dev/null || true
	exec {to}>&- {from}<&-
	size=$(du -sb state | cut -f 1)
	again=$(date +%s.%N)
	par-frontier --state state false </dev/null
	now=$(date +%s.%N)
	awk -v n="$n" -v begun="$begun" -v ended="$ended" -v memory="$memory" -v cpu="$cpu" \
		-v tick="$(getconf CLK_TCK)" -v size="$size" -v again="$again" -v now="$now" 'BEGIN {
		printf "%d URLs: %.0f a second, %.1f us of CPU, %.1f bytes of state a URL, ",
			n, n / (ended - begun), cpu / tick / n * 1e6, size / n
		printf "%d KB of memory of its own, goes on in %.2f s\n", memory, now - again }'
done

built=$(dirname "$(command -v par-frontier)")/..
mapfile -t folders < <(find "$ROOT/lib" "$ROOT/cmd/par-frontier" -type d -printf '-I%p\n')
cc -O2 -D_GNU_SOURCE "${folders[@]}" -o seen "$ROOT/tests/bench/aid/seen.c" \
	"$built/par-frontier.a" "$built/libpar.a"
mkdir -p kept
./seen kept "${BENCH_SEEN:-10000000}"
