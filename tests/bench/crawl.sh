#!/bin/bash
# SPDX-License-Identifier: ISC
#
# A site of 10,000 pages crawled from one of them, served by nginx on loopback.
set -eu
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"
needed nginx || exit 0

pages=${BENCH_PAGES:-10000}
mkdir site server
awk -v pages="$pages" 'BEGIN {
	for (n = 0; n < pages; n++) {
		file = "site/" n ".html"
		print "<!DOCTYPE html><title>" n "</title>" >file
		for (i = 1; i <= 3; i++)
			print "<a href=\"" (3 * n + i) % pages ".html\">down</a>" >file
		for (i = 1; i <= 20; i++)
			print "<p><a href=\"/" (n * i * 7) % pages ".html\">across</a> and so on</p>" >file
		close(file)
	}
}'
sed -e 's/gzip on;/gzip off;/' -e 's/access_log .*;/access_log off;/' \
	"$ROOT/examples/serve" >serve
url=$(bash ./serve server site)
trap 'kill "$(cat server/nginx.pid)"' EXIT

echo "$url/0.html" >start
# shellcheck disable=SC2016 # for the shell that measures
compare "$pages pages of a site, each once, and 23 links on each" "$pages" pages/s
measure 'par-frontier, par-fetch | par-links' \
	"par-frontier sh -c 'par-fetch | par-links --pages' <start | awk -F '\t' '\$2 == \"\"' | wc -l"
measure 'the same, par-run -n 2 par-fetch, --state' \
	"rm -rf state; par-frontier --state state -o links sh -c 'par-run -n 2 par-fetch | par-links --pages' <start"
measure 'wget2 -r, 8 threads, to files' \
	"rm -rf got; wget2 -q -r -l inf --max-threads=8 --robots=off -P got $url/0.html" wget2
