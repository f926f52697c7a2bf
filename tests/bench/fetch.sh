#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Whole pages as records, beside tools that throw the pages away: the pages of a
# documentation tree (BENCH_SITE, or that of Debian's python3-doc), served by nginx
# on loopback.  Prints seconds (the best of BENCH_RUNS), pages a second and how many
# times as long as par-fetch each takes.
set -eu

site=${BENCH_SITE:-$(readlink -f /usr/share/doc/python3-doc/html || :)}
runs=${BENCH_RUNS:-3}
times=${BENCH_TIMES:-10}
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"
needed nginx || exit 0
if [[ ! -d $site ]]; then
	echo "fetch: no pages: install python3-doc, or name a folder in BENCH_SITE"
	exit 0
fi

# A server without compression and log, so that it is not the server that is measured.
sed -e 's/gzip on;/gzip off;/' -e 's/access_log .*;/access_log off;/' \
	"$ROOT/examples/serve" >serve
mkdir server
url=$(bash ./serve server "$site")
trap 'kill "$(cat server/nginx.pid)"' EXIT

(cd "$site" && find . -type f -name '*.html') | sed "s,^\.,$url," >list
for ((i = 0; i < times; i++)); do cat list; done >urls
sed 's,.*,url="&"\noutput=/dev/null,' urls >curl.cfg
sed 's,.*,url="&",' urls >pipe.cfg
# names that libcurl takes for this machine without asking anybody
awk -F / '{ sub(/127\.0\.0\.1/, "h" NR % 170 ".localhost"); print }' urls >hosts
head -n 500 urls >few
pages=$(wc -l <urls)
bytes=$(par-fetch <list | wc -c)
echo "$pages pages, records of $((bytes / $(wc -l <list))) bytes"

# The best time of a command, and the processor's time in it: SECONDS CPU.
best() {
	local i

	if command -v hyperfine >/dev/null; then
		hyperfine -N -w 1 -r "$runs" --export-csv times.csv "bash -c '$1'" \
			>/dev/null 2>&1 || return
		awk -F , 'NR == 2 { print $7, $5 + $6 }' times.csv
		return
	fi
	TIMEFORMAT='%R %U %S'
	for ((i = 0; i < runs; i++)); do
		{ time bash -c "$1" >/dev/null 2>&1; } 2>&1
	done | sort -n | awk 'NR == 1 { print $1, $2 + $3 }'
}

measure() { # NAME PAGES COMMAND
	local seconds cpu

	read -r seconds cpu < <(best "$3") || {
		printf '%-44s FAILED\n' "$1"
		return
	}
	awk -v name="$1" -v pages="$2" -v seconds="$seconds" -v cpu="$cpu" -v base="${base:-0}" 'BEGIN {
		each = seconds / pages
		printf "%-44s %8.3f s %8.0f pages/s %6.0f us of CPU a page", name, seconds, 1 / each, cpu / pages * 1e6
		if (base > 0)
			printf "  %7.2f times as long", each / base
		print ""
	}'
	if [[ -z ${base-} ]]; then
		base=$(awk -v pages="$2" -v seconds="$seconds" 'BEGIN { printf "%.9f", seconds / pages }')
	fi
}

compile() { # PROGRAM [FLAG...]: one of ours, of aid/
	"${CC:-cc}" -O2 -o "$1" "$ROOT/tests/bench/aid/$1.c" "${@:2}" 2>/dev/null
}

# Records to a reader by a pipe.  Where there are two processors, the reader's time and
# that of the server are part of it.
measure 'par-fetch | cat' "$pages" 'par-fetch <urls | cat >/dev/null'
if compile sink; then
	measure 'par-fetch | a reader that copies nothing' "$pages" 'par-fetch <urls | ./sink'
fi
measure 'curl -Z | cat' "$pages" \
	'curl -sS -Z --parallel-max 16 --parallel-immediate -K pipe.cfg | cat >/dev/null'

# Pages thrown away.
measure 'par-fetch >/dev/null' "$pages" 'par-fetch <urls >/dev/null'
measure 'curl -Z, pages thrown away' "$pages" \
	'curl -sS -Z --parallel-max 16 --parallel-immediate -K curl.cfg'
if compile multi -lcurl; then
	measure 'bare libcurl multi loop, thrown away' "$pages" './multi urls'
	measure 'bare libcurl multi loop, 1000 at once' "$pages" './multi urls 1000'
fi

# Many at once: from one host, and from 170 that take 6 at once each.
measure 'par-fetch -j 1000 --per-host 1000 >/dev/null' "$pages" \
	'par-fetch -j 1000 --per-host 1000 <urls >/dev/null'
measure 'par-fetch, 170 hosts >/dev/null' "$pages" 'par-fetch <hosts >/dev/null'
measure 'par-fetch -j 1000, 170 hosts >/dev/null' "$pages" 'par-fetch -j 1000 <hosts >/dev/null'
if command -v wrk >/dev/null; then
	cat >next.lua <<-'END'
		local paths, at = {}, 0
		for url in io.lines("list") do paths[#paths + 1] = url:match("//[^/]*(/.*)") end
		request = function()
			at = at % #paths + 1
			return wrk.format("GET", paths[at])
		end
	END
	# it takes a time, and not a number of pages
	rate=$(wrk -t 1 -c 16 -d 2s -s next.lua "$url" | awk '/Requests\/sec/ { print $2 }')
	printf '%-44s %10s %10.0f pages/s\n' 'wrk, 16 connections, thrown away' '' "$rate"
fi
measure 'curl, one after the other, thrown away' "$pages" 'curl -sS -K curl.cfg'
measure 'xargs -P8 -n1 curl, thrown away' 500 'xargs -P8 -n1 curl -sS -o /dev/null <few'
if python3 -c 'import requests' 2>/dev/null; then
	measure 'Python requests, 16 threads, thrown away' 500 \
		"python3 '$ROOT/tests/bench/aid/requests-pool.py' <few"
fi
if command -v wget2 >/dev/null; then
	awk '{ print $0 "?" NR }' urls >unique # it fetches no URL twice
	measure 'wget2, 8 threads, thrown away' "$pages" \
		'wget2 -q --max-threads=8 --robots=off -i unique -O /dev/null'
fi
if command -v aria2c >/dev/null; then
	measure 'aria2c -j 16, to files' 500 \
		'rm -rf files && aria2c -q -i few -d files -j 16 --allow-overwrite=true --file-allocation=none'
fi

# The pipeline beside the program that it stands for, on the same pages.
base=''
head -n 2000 urls >some
measure 'par-run par-fetch | par-links | par-gather -g' "$(wc -l <some)" \
	'par-run par-fetch <some | par-links | par-gather -g >links'
if python3 -c 'import requests' 2>/dev/null; then
	measure 'requests, 16 threads, regular expression' "$(wc -l <some)" \
		"python3 '$ROOT/tests/bench/aid/requests-pool.py' --links <some >book"
	awk '{ n += NF - 1; if (FNR == NR) ours = n } END { print ours " links, and " n - ours " by the latter" }' \
		FS='\t' links book
fi

# One page that takes 10 s holds up no other: seconds until all the others are there.
python3 "$ROOT/tests/bench/aid/slow-page.py" >slow 2>&1 &
slow=$!
trap 'kill "$(cat server/nginx.pid)" "$slow"' EXIT
until [[ -s slow ]]; do read -r -t 0.05 <> <(:) || :; done
for first in '' "$(cat slow)"; do
	start=$EPOCHREALTIME
	exec {records}< <({ if [[ -n $first ]]; then echo "$first"; fi; cat urls; } | par-fetch)
	fetch=$!
	head -n "$pages" <&"$records" >/dev/null
	end=$EPOCHREALTIME
	exec {records}<&-
	wait "$fetch" 2>/dev/null || :
	awk -v from="$start" -v to="$end" -v pages="$pages" -v name="${first:+ beside one that takes 10 s}" \
		'BEGIN { printf "%-44s %8.3f s %8.0f pages/s\n", pages " pages" name, to - from, pages / (to - from) }'
done
