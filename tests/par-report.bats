#!/usr/bin/env bats
# What par-report writes, against awk and sort on the same log.
load helper

HEAD=$'record\tworker\tstart\tseconds\tin\tout\ttries\tstatus\treason'
JOBS=$'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand'

# make_log RECORDS: four workers and a host that has two at once; some fail, some pause.
make_log() {
	echo "$HEAD"
	awk -v n="$1" 'BEGIN {
		srand(1)
		OFS = "\t"
		for (w = 0; w < 6; w++) free[w] = int(rand() * 50)
		for (r = 1; r <= n; r++) {
			first = 0
			for (w = 1; w < 6; w++) if (free[w] < free[first]) first = w
			start = free[first] + (rand() < 0.1 ? int(rand() * 90) : 0)
			took = int(exp(rand() * 7))
			free[first] = start + took
			bad = rand() < 0.02
			print start + took, r, first < 4 ? first + 1 : "far", \
				sprintf("%.3f", 1700000000 + start / 1000), sprintf("%.3f", took / 1000), \
				int(rand() * 99), bad ? 0 : int(rand() * 999), bad ? 3 : 1 + (rand() < 0.1), \
				bad ? "failed" : "done", bad ? "exited with status " int(1 + rand() * 3) : ""
		}
	}' | sort -n -k 1,1 -s | cut -f 2-
}

# value CLASS FILE: the exact numbers that the page has of it, one a line.
value() {
	grep -oE "<data class=$1 value=[0-9.]+" "$2" | sed 's/.*=//'
}

@test "par-report: the numbers of the page are those of the log" {
	make_log 5000 >log
	par-report -o page log
	sed 1d log >lines
	[ "$(value records page | head -n 1)" = "$(wc -l <lines)" ]
	[ "$(value failed page | head -n 1)" = "$(grep -c failed lines)" ]
	# from the first start to the last end
	awk -F '\t' '{ e = $3 + $4; if (NR == 1 || $3 < a) a = $3; if (e > b) b = e }
		END { printf "%.3f\n", b - a }' lines >want
	[ "$(value took page | head -n 1 | xargs printf '%.3f\n')" = "$(cat want)" ]
	# work: each stretch once, of all and of each worker
	stretches() {
		awk -F '\t' '{ k = $2 FS $3 FS $4 } k != last { s[$2] += $4; t += $4 } { n[$2]++; last = k
			if ($8 == "failed") f[$2]++ }
			END { for (w in n) printf "%s %d %d %.3f\n", w, n[w], f[w], s[w]; printf "~ %d %.3f\n", NR, t }' lines
	}
	grep -A 999 '<table class=workers>' page | sed '/<\/table>/q' >table
	sed -nE 's/^<tr><td class="l n">(worker )?([^<]*)<td><data class=records value=([0-9]+)>.*class=failed value=([0-9]+)>.*class=work value=([0-9.]+).*/\2 \3 \4 \5/p' table |
		awk '{ printf "%s %d %d %.3f\n", $1, $2, $3, $4 }' >got
	[ "$(wc -l <got)" = 5 ]
	stretches | grep -v '^~' | sort | diff - <(sort got)
	[ "$(stretches | sed -n 's/^~ [0-9]* //p')" = "$(value work page | head -n 1 | xargs printf '%.3f')" ]
	# quantiles, by rank
	cut -f 4 lines | sort -n >sorted
	for rank in 2500 3750 4500 4950 4995; do
		sed -n "${rank}p" sorted
	done | sed 's/0*$//; s/\.$//' >want
	value quantile page | tail -n 5 | diff want -
	[ "$(value most page | xargs printf '%.3f')" = "$(tail -n 1 sorted)" ]
	# reasons and tries
	sed -n '/<table class=reasons>/,/<\/table>/s/.*class=count value=\([0-9]*\)>.*<bdi>\(.*\)<\/bdi>.*/\1 \2/p' page |
		sort >got
	grep failed lines | cut -f 9 | sort | uniq -c | sed 's/^ *//' | sort | diff - got
	sed -n '/<table class=tries>/,/<\/table>/s/^<tr><td>\([0-9]*\)<td>.*value=\([0-9]*\)>.*/\1 \2/p' page >got
	cut -f 7 lines | sort | uniq -c | awk '{ print $2, $1 }' | diff - got
	# the slowest, and the first that failed
	sed -n '/<table class=slowest>/,/<\/table>/p' page >part
	sort -t $'\t' -k 4,4nr -k 1,1n lines | head -n 20 | cut -f 1 | diff - <(value record part)
	sed -n '/<table class=failures>/,/<\/table>/p' page >part
	grep failed lines | head -n 100 | cut -f 1 | diff - <(value record part)
}

@test "par-report: what a worker has at once is the least number of rows, and idle time the rest" {
	make_log 3000 >log
	par-report -o page log
	sed 1d log >lines
	# ends before starts at the same time
	for worker in 1 2 3 4 far; do
		awk -F '\t' -v w="$worker" '$2 == w && $4 > 0 { print $3, 1; printf "%.3f -1\n", $3 + $4 }' lines |
			sort -k 1,1n -k 2,2n | awk '{ n += $2; if (n > m) m = n } END { print m }'
	done >want
	grep -A 999 '<table class=workers>' page | sed '/<\/table>/q' >table
	value places table | head -n 5 | diff want -
	[ "$(value places page | head -n 1)" = 6 ]
	# before + between + after + work = rows * the length of the run
	took=$(value took page | head -n 1)
	for class in places work before between after; do value "$class" table >"$class"; done
	paste places work before between after | awk -v took="$took" '
		{ d = $1 * took - $2 - $3 - $4 - $5; if (d > 0.0005 || d < -0.0005) bad = 1 } END { exit bad || NR != 6 }'
}

@test "par-report: records that are told of together, or of one block, are one stretch of work" {
	seq 100 | par-run -n 2 -N 10 --log log sh -c 'read -r -t 0.05 <>/dev/null; cat' >out
	par-report -o page log
	awk -F '\t' 'NR > 1 { k = $2 FS $3 FS $4 } NR > 1 && k != last { t += $4; n++ } { last = k } END { printf "%.3f\n", t }' log >want
	[ "$(value work page | head -n 1 | xargs printf '%.3f')" = "$(cat want)" ]
	[ "$(value records page | head -n 1)" = 100 ]
	[ "$(value places page | head -n 1)" -le 2 ]
	grep -q '^<p>100 records are of workers that told of several together' page
}

@test "par-report: other numbers of workers are a schedule of the log's work" {
	make_log 2000 >log
	par-report -o page log
	sed -n '/<table class=whatif>/,/<\/table>/s/.*class=workers value=\([0-9]*\)>.*class=schedule value=\([0-9.]*\)>.*/\1 \2/p' page >got
	sed 1d log | python3 -c '
import heapq, sys
last, jobs = None, []
for line in sys.stdin:
    f = line.split("\t")
    key = f[1:4]
    if key != last:
        jobs.append((round(float(f[2]) * 1000), round(float(f[3]) * 1000)))
    last = key
jobs.sort()
for n in 1, 2, 4, 6, 8, 16, 32, 64:
    free = [0] * n
    for _, took in jobs:
        heapq.heapreplace(free, free[0] + took)
    print(n, "%.3f" % (max(free) / 1000))
' >want
	awk '{ printf "%d %.3f\n", $1, $2 }' got | diff - <(head -n "$(wc -l <got)" want)
	[ "$(wc -l <got)" -ge 5 ]
}

@test "par-report: a log as par-run writes it, with records that fail and workers that die" {
	seq 60 | par-run -n 3 -r 1 --log log -N 1 sh -c 'read -r n; [ $n != 13 ] || kill -9 $$; [ $n != 7 ]' 2>err || true
	par-report --text log >text
	grep -qx 'records   60, 2 failed (3 %)' text
	grep -q 'record 7, worker [0-9]*, 2 tries: exited with status 1' text
	grep -q 'record 13, worker [0-9]*, 2 tries: killed by signal 9' text
}

@test "par-report: joblogs of par-run and of GNU parallel" {
	seq 20 | par-run -n 2 --log-format joblog --log ours sh -c '[ $1 != 5 ]' x {} 2>err || true
	par-report --text ours >text
	grep -qx 'records   20, 1 failed (5 %)' text
	grep -q 'record 5, here: exited with status 1: sh -c ' text
	seq 20 | parallel -j 3 --joblog theirs 'exit $(({} == 7 || {} == 9))' >/dev/null 2>&1 || true
	par-report --text theirs >text
	grep -qx 'records   20, 2 failed (10 %)' text
	grep -q 'record 7, here: exited with status 1: exit ' text
	{ echo "$JOBS"; printf '1\tfar\t1.5\t     2.000\t0\t9\t-1\t15\tnap 9\n2\tfar\t1.6\t1\t0\t0\t0\t9\tx\ty\n'; } >odd
	par-report --text odd >text
	grep -q 'record 1, far: took too long: nap 9' text
	grep -q 'record 2, far: killed by signal 9: x.ty' text
	grep -qx 'workers   1, 2 at once, at work 75 % of the time' text
}

@test "par-report: fields are found by their names, also those of a later release" {
	printf 'worker\tnew\trecord\tstatus\treason\ttries\tout\tin\tseconds\tstart\r\n' >log
	printf '3\tx\t17\tfailed\tno\\twill\t2\t0\t5\t1.5\t100.25\r\n' >>log
	par-report --text log >text
	grep -q ' 1.500 s  record 17, worker 3, 2 tries: no\\twill' text
}

@test "par-report: nothing of a log is taken for HTML, SVG or a terminal's" {
	{
		echo "$HEAD"
		printf '1\t</text><em>&"'"'"'\t10.000\t1.000\t2\t0\t1\tfailed\t</script><script>window.ran=1</script>\n'
		printf '2\t2\t10.000\t1.000\t2\t0\t1\tfailed\t<img src=x onerror="window.ran=1"><em>\\n\\0\n'
		printf '3\t2\t11.000\t1.000\t2\t0\t1\tfailed\t\x1b[31m\xff\xef\xbf\xbf\xe2\x80\xae<!--\n'
	} >log
	par-report --title '<em>&</title>' -o page log
	run -1 grep -E '<em|<img|<!--' page
	[ "$(grep -o '<script' page | wc -l)" = 2 ] # its data, and its own
	[ "$(grep -o '</script' page | wc -l)" = 2 ]
	grep -qF '&lt;/script&gt;&lt;script&gt;window.ran=1&lt;/script&gt;' page
	grep -qF '\x1b[31m\xff' page
	grep -qF '<title>&lt;em&gt;&amp;&lt;/title&gt;</title>' page
	run -1 grep -cP '[\x00-\x08\x0b-\x1f\x7f]' page
	# nothing outside is referred to
	run -1 grep -E 'https?:|url\(|src=x |@import|<link|//[a-z]' <(sed '/^<script>/,/^<\/script>/d; s/&[a-z]*;//g; /onerror/d' page)
	par-report --svg -o picture log
	python3 -c '
import sys, xml.dom.minidom
names = {e.tagName for e in xml.dom.minidom.parse("picture").getElementsByTagName("*")}
sys.exit(names != {"svg", "style", "rect", "text", "path", "g"})'
	par-report --text log >text
	LC_ALL=C run -1 grep -c $'[\001-\010\013-\037\177]' text
}

@test "par-report: the page allows its own script only" {
	make_log 50 >log
	par-report -o page log
	python3 -c '
import base64, hashlib, re
page = open("page").read()
script = re.search("<script>(.*?)</script>", page, re.S).group(1)
have = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
assert "script-src '"'"'sha256-" + have + "'"'"'" in page, have
assert "default-src '"'"'none'"'"'" in page
'
}

@test "par-report: in Chromium the page is legible at three widths, dark and light, and can be used" {
	command -v chromium >/dev/null || skip "no chromium"
	{
		make_log 2000
		printf '2001\t2\t1700000000.000\t1.000\t2\t0\t1\tfailed\t</script><script>window.ran=1</script><img src=x onerror="window.ran=1"><em>\n'
	} >log
	par-report -o page log
	"$ROOT/tests/browser/report.py" page >facts
	cat facts
	[ "$(grep -c ': 0 pixels too wide, on rgb(255, 255, 255)' facts)" = 3 ]
	[ "$(grep -c ': 0 pixels too wide, on rgb(21, 24, 28)' facts)" = 3 ]
	grep -qE '^tip: worker 1 \| (record [0-9]+|[0-9]+ records, of ).*(ms|s), from ' facts
	grep -qx 'all: 0 0 4000 1000' facts
	grep -qx 'closer: 1000 0 2000 1000' facts
	grep -qx 'back: 0 0 4000 1000 True' facts
	grep -qx 'script runs: live' facts
	grep -qx 'run by the log: undefined' facts
	grep -qx 'tags of the log: 0' facts
	grep -qx 'asked for elsewhere: 0' facts
	grep -qx 'complaints:' facts
	run -1 grep -c 'the axis stayed' facts
	# One without a picture: no script of ours, and none of theirs.
	printf 'http://h/</script><img src=x onerror="window.ran=1">\t404\t\thttp://h/\t<em>no\t<em>\n' >pages
	par-report -o page pages
	"$ROOT/tests/browser/report.py" page >facts
	[ "$(grep -c ': 0 pixels too wide, on rgb' facts)" = 6 ]
	grep -qx 'run by the log: undefined' facts
	grep -qx 'tags of the log: 0' facts
	grep -qx 'complaints:' facts
}

@test "par-report: text on a terminal, a page elsewhere, and either by option" {
	make_log 100 >log
	terminal() { python3 "$ROOT/tests/aid/on-terminal.py" bash -c "$1 >&2" >typed; }
	terminal "par-report log"
	grep -q '^records   100, ' typed
	run -1 grep -c '<html' typed
	terminal "par-report --html log"
	grep -q '^<html lang=en>' typed
	terminal "par-report -o page log"
	[ ! -s typed ]
	par-report log >piped
	same piped page
	grep -q '^<html lang=en>' page
	par-report - <log | sed 's/standard input/log/' | same - page
	run -2 par-report --svg --text log
	[ "${lines[0]}" = "par-report: --html, --svg and --text: only one of them" ]
	# as wide as it is, and in ASCII where nothing else is to be had
	for columns in 60 120; do
		COLUMNS=$columns LC_ALL=C.UTF-8 par-report --text log | sed -n '/^Workers:/,/^ /p' | sed '1d;$d' >lanes
		LC_ALL=C.UTF-8 run -1 grep -cvE "^.{$columns}\$" lanes
	done
	LC_ALL=C par-report --text log >text
	LC_ALL=C run -1 grep -c $'[\200-\377]' text
}

@test "par-report: lines that say nothing are named, and the others are read" {
	make_log 10 >log
	{
		printf '11\t1\tsoon\t1\t1\t1\t1\tdone\t\n'
		printf '12\t1\t1\n'
		printf '13\t1\t1.0\t1.\t1\t1\t1\tdone\t\n'
		printf '14\t1\t1.0\t1.0\t1\t1\t1\tgone\t\n'
		printf 'x\t1\t1.0\t1.0\t1\t1\t1\tdone\t\n'
		printf '16\t1\t1.0\t1.0\t-1\t1\t1\tdone\t\n'
		printf '17\t1\t1.0\t1.0\t1\t1\t\tdone\t\n'
	} >>log
	run -1 --separate-stderr par-report --text log
	[[ $output == *'records   10, '* ]]
	[ "${#stderr_lines[@]}" = 7 ]
	[[ ${stderr_lines[0]} == 'par-report: 11\t1\tsoon'*': log: line 12: its start is no time in seconds' ]]
	[[ ${stderr_lines[1]} == *': log: line 13: it has too few fields' ]]
	[[ ${stderr_lines[3]} == *': log: line 15: its status is neither done nor failed' ]]
	run -1 --separate-stderr par-report --max-record 60 --text <(make_log 10; printf '%0100d\n' 1)
	[[ $stderr == *': line 12: longer than 60 bytes; see --max-record' ]]
}

@test "par-report: what is no log is status 3, and named; the others are in the report" {
	make_log 10 >log
	seq 5 >numbers
	run -3 --separate-stderr par-report --text numbers log missing
	[[ $output == *'records   10, '* ]]
	[ "${stderr_lines[0]}" = "par-report: numbers: it does not begin as a log of par-run --log, a joblog, a trace, an index of --results, records of par-fetch, or lines of par-queue stat --json" ]
	[ "${stderr_lines[1]}" = "par-report: missing: No such file or directory" ]
	# where there is nothing, nothing is written, and what was there stays
	echo old >page
	run -3 par-report -o page numbers
	[ "$(cat page)" = old ]
	: >empty
	par-report --text empty >text
	grep -qx 'records   0, 0 failed (0 %)' text
	par-report -o page empty
	grep -q 'There are no records in it' page
	echo "$HEAD" >empty
	par-report -o page empty
	grep -q 'There are no records in it' page
	par-report --svg -o page empty
}

@test "par-report: a full disk is status 3, and an output that cannot be made, too" {
	make_log 100 >log
	run -3 par-report -o /dev/full log
	[ "$output" = "par-report: /dev/full: No space left on device" ]
	run -3 bash -c 'par-report log >/dev/full'
	[ "$output" = "par-report: standard output: No space left on device" ]
	run -3 par-report -o no/page log
	[[ $output == "par-report: no/page: No such file or directory"* ]]
}

@test "par-report: an output that cannot be made is told before a log is waited for" {
	mkfifo fifo
	run -3 timeout "$DEADLINE" par-report -o none/page fifo
	[ "$output" = 'par-report: none/page: No such file or directory' ]
}

@test "par-report: logs of several runs side by side, each with its own workers" {
	make_log 30 >a
	make_log 40 | sed 's/\t17000000/\t17000001/' >b
	par-report -o page a b
	[ "$(value records page | head -n 1)" = 70 ]
	[ "$(grep -c '<td class="l n">worker 1 (log [12])' page)" = 2 ]
	grep -qF '<h1>a, b</h1>' page
}

@test "par-report: a FIFO is read as the run goes" {
	mkfifo log
	background par-report -o page log
	report=$!
	seq 30 | par-run -n 2 --log log --map cat >out
	wait "$report"
	[ "$(value records page | head -n 1)" = 30 ]
}

@test "par-report: millions of lines in little memory, and a page that stays small" {
	[ -z "${SANITIZED-}" ] || skip "sanitizers take memory of their own"
	awk -v head="$HEAD" 'BEGIN { print head
		for (r = 1; r <= 2300000; r++) {
			w = r % 8; t = 1 + r * 7919 % 5; end[w] += t + (r % 9 == 0)
			printf "%d\t%d\t%d.%03d\t0.%03d\t9\t10\t1\tdone\t\n", r, w + 1,
				17e8 + int((end[w] - t) / 1000), (end[w] - t) % 1000, t } }' >log
	(ulimit -v 110000 && par-report -o page log)
	[ "$(value records page | head -n 1)" = 2300000 ]
	[ "$(stat -c %s page)" -lt 2000000 ]
	# of more stretches than memory holds the work is the same
	awk -F '\t' 'NR > 1 { t += $4 } END { printf "%.3f\n", t }' log >want
	value schedule page | head -n 1 | xargs printf '%.3f\n' | diff want -
	[ "$(value work page | head -n 1 | xargs printf '%.3f')" = "$(cat want)" ]
}

@test "par-report: of a trace, what it counts is what the log of the same run says" {
	printf '%s\n' '#!/bin/sh' 'shift' 'exec "$@"' >reach
	chmod +x reach
	{ seq 400; echo x; seq 401 500; echo y; } >in
	par-run -n 3 --log log --trace trace par-fib <in >out || [ "$?" = 1 ]
	par-report -o of_log log
	par-report -o of_trace trace
	for class in records failed; do
		[ "$(value "$class" of_log | head -n 1)" = "$(value "$class" of_trace | head -n 1)" ]
	done
	[ "$(value records of_trace | head -n 1)" = 502 ]
	[ "$(value failed of_trace | head -n 1)" = 2 ]
	# by worker, and by host, whose par-runs have slices of their own in the trace
	by_worker() {
		par-report "$1" | sed -nE 's/^<tr><td class="l n">([^<]*)<td><data class=records value=([0-9]+)>.*class=failed value=([0-9]+)>.*/\1 \2 \3/p' | sort
	}
	same <(by_worker log) <(by_worker trace)
	par-run --rsh ./reach --host alpha:2,beta:2 --log log --trace trace par-fib <in >out || [ "$?" = 1 ]
	same <(by_worker log) <(by_worker trace)
	par-report --text trace | grep -q '^records   502, 2 failed'
	par-report --svg trace | python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.stdin)'
	# One that was cut short, and one that is none.
	head -n 20 trace >part
	par-report --text part >text
	printf '[\nno event\n{"ph":"X","pid":1,"tid":2,"ts":3,"dur":4,"name":"n","args":{"records":1}},\n{"ph":"X","pid":1}\n' >bad
	run -1 --separate-stderr par-report --text bad
	# shellcheck disable=SC2154 # bats sets stderr
	[ "$(grep -c 'bad: line [23]: it' <<<"$stderr")" = 2 ]
}

@test "par-report: of a folder of --results, what its index says, and the folder's name" {
	par-run -n 2 -r 1 --results results sh -c 'echo "$1"; [ "$1" != b ] && [ "$1" != "c	\ü" ]' _ {} \
		::: a b $'c\t\\ü' d || [ "$?" = 1 ]
	par-report -o page results
	grep -q '<h1>results</h1>' page
	jq -s 'length, ([.[] | select(.fate == "failed")] | length)' results/index.jsonl >want
	{ value records page; value failed page; } | head -n 2 | same want -
	jq '.seconds + 0' results/index.jsonl | sort -nr >want
	sed -n '/<table class=slowest>/,/<\/table>/p' page >part
	value seconds part | same want -
	[ "$(value most page)" = "$(head -n 1 want)" ]
	par-report --text results >text
	[ "$(grep -c 'exited with status 1: b$' text)" = 2 ]
	grep -qF 'exited with status 1: c\t\ü' text
	run -1 grep -c 'nobody\|at once' text
	same <(par-report --text --title results results/index.jsonl) text
	run -3 par-report --svg results
	[ "$output" = 'par-report: --svg: nothing says when the records were worked on' ]
	run -3 par-report --text .
	[ "$output" = 'par-report: ./index.jsonl: No such file or directory' ]
}

@test "par-report: of pages, statuses, hosts and bytes as they are in the records" {
	awk 'BEGIN { srand(2); OFS = "\t"
		split("200 200 200 301 404 500 000", status, " ")
		for (i = 1; i <= 500; i++) {
			s = status[1 + int(rand() * 7)]; h = "h" int(rand() * 5) ".example"
			body = s == "000" ? "" : "line\\n" substr("xxxxxxxxxxxxxxxxxxxx", 1, rand() * 20)
			print "http://old" i "/", s, "text/html", s == "000" ? "" : "http://" h "/" i,
				s == "000" ? "no answer <hr>" : "", body, "1.1", "10.0.0.1", sprintf("%.3f", i / 1000), "", "more"
		} }' >pages
	par-report -o page pages
	[ "$(value records page | head -n 1)" = 500 ]
	[ "$(value failed page | head -n 1)" = "$(grep -c 'no answer' pages)" ]
	sed -n '/<table class=statuses>/,/<\/table>/s/^<tr><td[^>]*>\([0-9]*\)<td>.*class=count value=\([0-9]*\)>.*/\1 \2/p' page >got
	cut -f 2 pages | sort | uniq -c | awk '{ print $2, $1 }' | same - got
	sed -nE '/<table class=hosts>/,/<\/table>/s/^<tr><td class="l n">([^<]*)<.*class=records value=([0-9]+)>.*class=bytes value=([0-9]+)>.*/\1 \2 \3/p' page | grep '^h' | sort >got
	python3 - >want <<-'END'
		hosts = {}
		for line in open("pages"):
		    f = line.rstrip("\n").split("\t")
		    if f[3]:
		        h = hosts.setdefault(f[3].split("/")[2], [0, 0])
		        h[0] += 1
		        h[1] += len(f[5].replace("\\n", "\n"))
		for name, (count, size) in sorted(hosts.items()):
		    print(name, count, size)
	END
	same want got
	sed -n '/<table class=slowest>/,/<\/table>/p' page >part
	seq 500 -1 481 | same - <(value record part)
	grep -q '<bdi>http://old500/</bdi>' part
	run -1 grep -q '<hr>' page
	par-report --text pages >text
	grep -qE '^ +[0-9]+  404  the request is at fault$' text
	# Without --headers there are no seconds.
	cut -f 1-6 pages >short
	par-report -o page short
	[ "$(value records page | head -n 1)" = 500 ]
	run -1 grep -c 'slowest\|Median' page
	# Together with a log it is one report.
	make_log 100 >log
	par-report --text log short | grep -q '^records   600, '
}

@test "par-report: what par-queue stat said of queues from time to time" {
	local name

	export PAR_QUEUE_URL=file:$PWD/queues
	seq 40 | par-queue put -c 10 q
	echo 1 | par-queue put other
	par-queue stat --json q >looks
	par-queue stat --json other >>looks
	par-queue work --once q -- par-run -n 1 -r 0 -N 1 sh -c 'read -r n; [ "$n" != 7 ]' 2>err || true
	par-queue stat --json q >>looks
	par-report --text looks >text
	grep -q '^Queue q: 2 looks in .*; at the end 0 waiting, 0 running, 39 done, 1 dead$' text
	grep -q '^Queue other: 1 looks in .*; at the end 1 waiting, 0 running, 0 done, 0 dead$' text
	[ "$(COLUMNS=60 par-report --text looks | wc -L)" -le 160 ]
	par-report looks >page.html
	for name in first last most; do
		grep -o "<td><data class=$name value=[0-9]*" page.html | grep -o '[0-9]*$' >>got
	done
	[ "$(head -n 7 got | paste -sd' ')" = '40 0 0 0 40 0 0' ]
	jq -r 'select(.queue == "q") | .waiting, .delayed, .running, .results, .accepted, .done, .dead' \
		looks | tail -n 7 >want
	same <(sed -n '15,21p' got) want
	run -3 par-report --svg looks
	[ "$output" = 'par-report: --svg: nothing says when the records were worked on' ]
	# with lines of an earlier release
	jq -c 'del(.time)' looks >old
	run -1 --separate-stderr par-report --text old
	[[ $stderr == *'old: line 1: no "time", as an earlier par-queue wrote it'* ]]
}
