#!/usr/bin/env bats
# Every script of examples/gallery, run as it is: its output, and what it promises.
load helper
load site

gallery() { PATH=$ROOT/examples/gallery:$PATH "$@"; }

# crawl SCRIPT: run a crawler on a site of this test, which becomes example.org.
crawl() {
	if [ -z "${SITE_URL-}" ]; then site_start; fi
	SITE=$SITE_URL gallery "$@" >crawled 2>said && status=0 || status=$?
	sed -i "s,$SITE_URL,http://example.org,g" crawled said
}

links_of_three=$'http://example.org/three.html\thttp://example.org/start.html\thttp://example.org/records/\thttps://example.com/?a=1&b=2#top'

@test "gallery: each script is listed, and says what it replaces" {
	local script

	for script in "$ROOT"/examples/gallery/*; do
		case ${script##*/} in
		README) continue ;;
		on-* | needs) grep -q "${script##*/} " "$ROOT/examples/gallery/README" ;;
		*) grep -q '^# Replaces ' "$script" ;;
		esac
		[ -x "$script" ]
	done
	[ "$(awk '/^[a-z-]+  / { print $1 }' "$ROOT/examples/gallery/README" | sort)" = \
		"$(cd "$ROOT/examples/gallery" && printf '%s\n' * | grep -vE '^(README|needs|on-.*)$')" ]
}

@test "gallery: each script names what it needs, and what of that is missing" {
	local script command commands how

	mkdir bin
	for command in bash dirname sed tr; do ln -s "$(command -v "$command")" bin; done
	for script in "$ROOT"/examples/gallery/*; do
		# nginx is looked for where a user's PATH may not lead
		case ${script##*/} in README | needs | process-pair | on-loopback) continue ;; esac
		commands=$(sed -n 's/^# Needs //p' "$script" | tr -d .,)
		for command in $commands; do install -m 755 /dev/null "bin/$command"; done
		rm "bin/$command"
		how=deps
		[[ $command != par-* ]] || how=install
		run -127 env PATH="$PWD/bin" "$script"
		[ "$output" = "${script##*/}: needs $command, which is not in PATH; see make $how" ]
	done
}

@test "gallery: queue-and-condition" {
	run -0 gallery queue-and-condition
	[ "$output" = $'3\t2\n10\t55\n5\t5\n7\t13' ]
}

@test "gallery: thread-pool-crawler has a line for each page, and names what failed" {
	crawl thread-pool-crawler
	[ "$status" = 1 ]
	[ "$(cut -f 1 crawled)" = "$(printf 'http://example.org/%s\n' three.html start.html odd/empty.html missing.html index.html)" ]
	[ "$(grep three crawled | head -n 1)" = "$links_of_three" ]
	[ "$(cat said)" = 'par-fetch: http://example.org/missing.html: status 404' ]
	# One that failed is not one without links.
	[ "$(sed -n 3,4p crawled)" = $'http://example.org/odd/empty.html\nhttp://example.org/missing.html\tfailed: status 404' ]
}

@test "gallery: process-pool-crawler finds the links that one process finds" {
	crawl process-pool-crawler
	[ "$status" = 0 ]
	[ ! -s said ]
	printf "$SITE_URL/%s\n" three.html start.html index.html ideas/index.html records/index.html |
		par-fetch -j 1 | par-links | par-gather -g | sed "s,$SITE_URL,http://example.org,g" | sort >want
	same want <(sort crawled)
	[ "$(grep -c three crawled)" = 1 ]
}

@test "gallery: process-pair passes a value from one process to another" {
	run -0 --separate-stderr gallery process-pair
	[[ $stderr =~ ^Value\ \[([0-9]+)\]\ sent\ by\ PID\ \[([0-9]+)\]$ ]]
	sent=("${BASH_REMATCH[@]}")
	[[ $output =~ ^Value\ \[([0-9]+)\]\ received\ by\ PID\ \[([0-9]+)\]$ ]]
	[ "${BASH_REMATCH[1]}" = "${sent[1]}" ]
	[ "${BASH_REMATCH[2]}" != "${sent[2]}" ]
}

@test "gallery: producer-and-consumers makes fifteen of fifteen" {
	gallery producer-and-consumers >out
	[ "$(wc -l <out)" = 15 ]
	cut -f 1 out | par-fib | cmp - out
	awk '$1 < 1 || $1 > 20 { exit 1 }' out
}

@test "gallery: named-pipe, both ends at once, or each by itself in either order" {
	local first second

	run -0 gallery named-pipe
	[[ $output =~ ^I\ pid\ \[[0-9]+\]\ received\ a\ message\ =\>\ Hello\ from\ pid\ \[[0-9]+\]$ ]]
	mkfifo pipe
	for first in reader writer; do
		second=$([ "$first" = reader ] && echo writer || echo reader)
		background gallery named-pipe "$first" pipe >"$first.out"
		gallery named-pipe "$second" pipe >"$second.out"
		wait "$!"
		grep -qE '^I pid \[[0-9]+\] received a message => Hello from pid \[[0-9]+\]$' reader.out
	done
}

@test "gallery: job-statistics, whose counts add up" {
	run -0 --separate-stderr gallery job-statistics
	[ "$(cut -f 1,2 <<<"$output")" = $'4\t3\n3\t2\n8\t21\n6\t8\n10\t55' ]
	# Each worker has as many results as the table says.
	cut -f 3 <<<"$output" | sort | uniq -c | awk '{ print $1, $3 }' >got
	awk '$NF ~ /^[1-4]$/ && $1 > 0 { print $1, $NF }' <<<"$stderr" | same got -
	awk 'NR == 1 { next } $NF == "all" { all = $1; next } { sum += $1 }
		END { exit !(all == 5 && sum == 5) }' <<<"$stderr"
}

@test "gallery: cluster-crawler has six lines of at most three links, and counts six" {
	crawl cluster-crawler
	[ "$status" = 0 ]
	[ "$(wc -l <crawled)" = 6 ]
	awk -F '\t' 'NF > 4 { exit 1 }' crawled
	[ "$(grep three crawled)" = "$links_of_three" ]
	[ "$(awk '$NF == "all" { print $1 }' said)" = 6 ]
	sort crawled >want
	# Hosts that are reached without a network, and have a line each in the table.
	RSH='env HOST=%h' crawl cluster-crawler one:1,two:1,three:1
	[ "$status" = 0 ]
	same want <(sort crawled)
	[ "$(awk '$NF ~ /^(one|two|three)/ { sum += $1 } END { print sum }' said)" = 6 ]
	# Each page with the host that fetched it.
	same <(sed -nE 's/\tby (one|two|three)$//p' said | sort) <(cut -f 1 crawled | sort)
}

@test "gallery: merge-sort sorts, in any number of parts" {
	local n

	seq 5000 | shuf >in
	for n in 1 2 7; do
		gallery merge-sort "$n" <in | cmp - <(seq 5000)
	done
}

@test "gallery: matrix times four" {
	run -0 bash -c 'printf "1 2\n3 4\n" | "$0"' "$ROOT/examples/gallery/matrix"
	[ "$output" = $'4 8\n12 16' ]
}

@test "gallery: image-pipeline makes of each picture what one process would" {
	gallery image-pipeline 20 >out
	[ "$(wc -l <out)" = 20 ]
	# Picture 10 is dark and light by rows, so that blurring changes nothing.
	[ "$(grep picture-10 out | cut -f 2)" = \
		"$(awk 'BEGIN { for (y = 0; y < 16; y++) s += 16 * (9 - y * y % 10); print s }')" ]
	# Picture 11 is picture 1: 11 x and x end in the same digit.
	[ "$(grep picture-11 out | cut -f 2)" = "$(grep picture-01 out | cut -f 2)" ]
}

@test "gallery: race loses a booking, and does not" {
	run -0 gallery race
	[ "$output" = $'shared: 90\nowned: 110' ]
}

@test "gallery: deadlock stops cat, and not par-gather" {
	run -0 gallery deadlock
	[ "${lines[0]}" = 'cat: deadlock' ]
	[ "$(printf '%s\n' "${lines[@]:1}" | sort)" = $'to a\nto b' ]
}

@test "gallery: starvation in turn, and none on demand" {
	run -0 gallery starvation
	[ "$output" = 'in turn: 5 of 9 short tasks done, the others starve
on demand: 9 of 9 short tasks done, then the long one' ]
}

@test "gallery: tasks A, B and C start at once, and A ends last" {
	SECOND=0.2 run -0 --separate-stderr gallery tasks
	[ "${lines[2]}" = 'A ended' ]
	[ "$(sort <<<"$output")" = $'A ended\nB ended\nC ended' ]
	[ "$(sort <<<"$stderr")" = $'A started\nB started\nC started' ]
}

@test "gallery: future, whose results come as they are set" {
	gallery future 4 5 >out
	same <(sort out) <(printf '%s\n' 'product: 120' 'sum: 10')
}

@test "gallery: blocking-call holds up nobody, and is named" {
	LIMIT=3s run -1 --separate-stderr gallery blocking-call
	[ "$(sort -n <<<"$output")" = "$(seq 20 | grep -vx 7 | sed 's/$/ done/')" ]
	[ "$stderr" = 'par-run: 7: took longer than 3 s' ]
}

@test "gallery: square-root by awk and by bc" {
	run -0 bash -c 'printf "%s\n" 4 9 2 | "$0"' "$ROOT/examples/gallery/square-root"
	[ "$output" = '4 2
9 3
2 1.41421
2.00000000000000000000
3.00000000000000000000
1.41421356237309504880' ]
	run -0 "$ROOT/examples/gallery/square-root" </dev/null
	[ -z "$output" ]
}

@test "gallery: task-queues answers each kind of task from its queue" {
	command -v redis-server || skip "no redis-server"
	crawl task-queues
	[ "$status" = 0 ]
	[ "$(cat crawled)" = "sqrt:
4 2
9 3
fibo:
3	2
4	3
6	8
8	21
10	55
webcrawler:
http://example.org/start.html	http://example.org/ideas/pipeline.html
http://example.org/start.html	http://example.org/index.html
http://example.org/start.html	http://example.org/programs/par-run.html#order
http://example.org/start.html	http://example.org/records/index.html
http://example.org/three.html	http://example.org/records/
http://example.org/three.html	http://example.org/start.html
http://example.org/three.html	https://example.com/?a=1&b=2#top" ]
}

@test "gallery: cached computes nothing twice" {
	run -0 --separate-stderr gallery cached
	[ "$output" = $'0 1 1 2 3 5 8 13 21 34 55\n0 1 1 2 3 5 8 13 21 34 55' ]
	[ "$stderr" = $'after the first run: 11 entries\nafter the second run: 11 entries' ]
}

@test "gallery: three-terminals by tmux, the reader first" {
	command -v tmux || skip "no tmux"
	TMUX_SOCKET=par-test-$$ crawl three-terminals
	[ "$status" = 0 ]
	[ "$(grep three crawled)" = "$links_of_three" ]
	[ "$(wc -l <crawled)" = 2 ]
	# Nothing of it is left.
	run -1 tmux -L "par-test-$$" has-session
}

@test "gallery: the crawlers serve themselves a site when they are given none" {
	unset SITE
	run -0 gallery on-loopback bash -c 'echo "$SITE" >site; cluster-crawler 2>/dev/null'
	[ "${#lines[@]}" = 6 ]
	run -0 gallery process-pool-crawler
	[ "${#lines[@]}" = 5 ]
	# It is gone with them.
	run -1 par-fetch --retries 0 --fail-on 1xx <site
}

@test "recording: the picture of README.md is made again, and shows that nothing is lost" {
	command -v tmux || skip "no tmux"
	[ -z "${SANITIZED-}" ] || skip "it is typed as a person would"
	"$ROOT/scripts/recording" now.svg
	cat >seen.py <<-'END'
		import sys, xml.etree.ElementTree as tree
		for line in tree.parse(sys.argv[1]).getroot():
		    if line.tag.endswith("}text") and "visibility" not in line.attrib: # of the last screen
		        print("".join(line.itertext()))
	END
	for file in now.svg "$ROOT/examples/recording.svg"; do
		python3 seen.py "$file" >shown
		for line in 'nothing is lost' 'each once' '$ kill -9 $(pgrep -nx square)'; do
			grep -qxF "$line" shown
		done
	done
}
