#!/usr/bin/env bats
load helper
load site

load aid/hostile

setup_file() {
	load helper
	load site
	load aid/hostile
	site_start
	hostile_start
}

teardown_file() {
	load site
	load aid/hostile
	site_stop
	hostile_stop
}

@test "par-fetch: a record has URL, status, type, effective URL, error and body" {
	run -0 par-fetch <<<"$HOSTILE/ok"
	[ "$output" = "$HOSTILE/ok"$'\t200\ttext/plain\t'"$HOSTILE/ok"$'\t\thello\\n' ]
}

@test "par-fetch: one record for each URL, and each page is the server's" {
	(cd "$ROOT/examples/site" && find . -type f) | sed "s,^\.,$SITE_URL," >urls
	par-fetch <urls >out
	[ "$(wc -l <out)" -eq "$(wc -l <urls)" ]
	same <(cut -f 1 out | sort) <(sort urls)
	[ "$(cut -f 2 out | sort -u)" = 200 ]
	sort out | field 6 >got
	sort urls | sed "s,^$SITE_URL,$ROOT/examples/site," | xargs cat >want
	same got want
}

@test "par-fetch: any bytes, in the body and in the content type, are escaped" {
	par-fetch <<<"$HOSTILE/any-bytes" >out
	[ "$(wc -l <out)" -eq 1 ]
	[ "$(awk -F '\t' '{ print NF }' out)" -eq 6 ]
	python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 300)' >want
	field 6 <out >got
	same got want
	[ "$(field 3 <out)" = $'a/b\tc\\d' ]
}

@test "par-fetch: bytes that are escaped may stand anywhere in a body" {
	seq 100 | sed "s,^,$HOSTILE/escapes/," >urls
	par-fetch -j 1 <urls | field 6 >got
	python3 -c 'import sys, urllib.request
for url in sys.stdin:
    sys.stdout.buffer.write(urllib.request.urlopen(url).read())' <urls >want
	same got want
}

@test "par-fetch: a page is out as soon as it is there, while input goes on" {
	mkfifo in out
	background bash -c 'exec par-fetch <in >out'
	exec {to}>in {from}<out
	echo "$HOSTILE/silent" >&"$to"
	echo "$HOSTILE/ok" >&"$to"
	read -r -t "$DEADLINE" answer <&"$from"
	[[ $answer = "$HOSTILE/ok"* ]]
}

@test "par-fetch: no record fails for want of descriptors" {
	for i in {1..300}; do echo "http://h$i.localhost:${SITE_URL##*:}/three.html"; done >urls
	# two for each, beside 32
	for most in 16 33 34 35 36 40 256; do
		jobs=$((most < 34 ? 1 : (most - 32) / 2))
		bash -c "ulimit -n $most; exec par-fetch -j 1000 --resolve '*:${SITE_URL##*:}:127.0.0.1'" \
			<urls >out 2>err
		[ "$(cut -f 2 out | sort | uniq -c | xargs)" = '300 200' ]
		[ "$(cat err)" = "par-fetch: -j $jobs, as only $most files may be open at once (ulimit -n)" ]
	done
}

@test "par-fetch: one slow page among many delays none of them" {
	{ echo "$HOSTILE/slow/1.5"; for i in {1..200}; do echo "$HOSTILE/ok?$i"; done; } >urls
	par-fetch <urls | cut -f 1 >out
	[ "$(wc -l <out)" -eq 201 ]
	[ "$(tail -n 1 out)" = "$HOSTILE/slow/1.5" ]
}

@test "par-fetch: input that is no URL is that record's error" {
	printf '%s\n' 'no url' '' 'ftp://127.0.0.1/x' 'file:///etc/hostname' 'http://' \
		'http://127.0.0.1:99999/' 'nul\0byte' "$HOSTILE/ok" >in
	run -1 --separate-stderr par-fetch <in
	[ "${#lines[@]}" -eq 8 ]
	# shellcheck disable=SC2154 # bats sets stderr_lines
	[ "${#stderr_lines[@]}" -eq 7 ]
	cut -f 1 <<<"$output" | sort >got
	same got <(sort in)
	[ "$(cut -f 2 <<<"$output" | sort | uniq -c | awk '{ print $1 $2 }' | paste -sd ' ')" \
		= "7000 1200" ]
	grep -q $'^ftp:.*\t000\t\t\tprotocol is not allowed; see --proto\t$' <<<"$output"
	grep -q $'^\t000\t\t\tempty, not a URL\t$' <<<"$output"
	[ "$(awk -F '\t' '$2 == "000" && $5 == ""' <<<"$output")" = "" ]
}

@test "par-fetch: empty input, a missing last newline, a byte order mark, CRLF, blanks around a URL" {
	run -0 par-fetch </dev/null
	[ "$output" = "" ]
	par-fetch < <(printf '\xef\xbb\xbf%s/ok?1\r\n  %s/ok?2 \n%s/ok?3' "$HOSTILE" "$HOSTILE" "$HOSTILE") >out
	[ "$(cut -f 2 out | paste -sd ' ')" = "200 200 200" ]
	same <(cut -f 1 out | sort) <(printf '\xef\xbb\xbf%s/ok?1\r\n  %s/ok?2 \n%s/ok?3\n' \
		"$HOSTILE" "$HOSTILE" "$HOSTILE" | sort)
	same <(cut -f 4 out | sort) <(printf "$HOSTILE/ok?%s\n" 1 2 3)
}

@test "par-fetch: blanks inside of a URL are encoded, in its path and its query" {
	for url in 'echo/a b?c d&e  f' 'echo?"<>'"'"; do
		printf '%s\n' "$HOSTILE/$url"
	done | par-fetch -j 1 | field 6 | grep '^GET' >out
	same out <(printf '%s\n' 'GET /echo/a%20b?c%20d&e%20%20f' 'GET /echo?%22%3C%3E%27')
}

@test "par-fetch: fields after the URL are passed on, behind the body" {
	run -0 par-fetch <<<"$HOSTILE/ok"$'\tdepth 3\tx\\ty'
	[ "$(cut -f 6- <<<"$output")" = $'hello\\n\tdepth 3\tx\\ty' ]
	run -1 --separate-stderr par-fetch <<<$'no url\tdepth 3'
	[ "$output" = $'no url\t000\t\t\tnot a URL: no http:// or https:// in front\t\tdepth 3' ]
}

@test "par-fetch: URLs of any length get a record" {
	long=$(head -c 1000000 /dev/zero | tr '\0' x)
	huge=$(head -c 5000000 /dev/zero | tr '\0' x)
	printf '%s\n' "$HOSTILE/ok?$long" "$HOSTILE/ok?$huge" "$HOSTILE/ok" >in
	run -1 bash -c 'par-fetch <in >out'
	same <(cut -f 1 out | sort) <(sort in)
	[ "$(wc -l <out)" -eq 3 ]
	grep -q $'\t000\t\t\tnot a URL: longer than 4 MiB\t$' out
	grep -q "^$HOSTILE/ok"$'\t200\t' out
}

@test "par-fetch: redirects are followed, and the effective URL tells" {
	run -0 par-fetch <<<"$HOSTILE/chain/5"
	[ "$output" = "$HOSTILE/chain/5"$'\t200\ttext/plain\t'"$HOSTILE/chain/0"$'\t\thello\\n' ]
	run -0 par-fetch <<<"$SITE_URL/odd/moved"
	[ "$(cut -f 4 <<<"$output")" = "$SITE_URL/ideas/pipeline.html" ]
	run -0 par-fetch <<<"$HOSTILE/to/302?url=${SITE_URL//:/%3A}/map.svg%23fragment"
	[ "$(cut -f 2,4 <<<"$output")" = $'200\t'"$SITE_URL/map.svg" ]
}

@test "par-fetch: hosts in all scripts are asked for, and one that none can have ends no run" {
	host=xn--bcher-kva.test:$HOSTILE_PORT
	printf '%s\n' "http://bücher.test:$HOSTILE_PORT/ok?1" "http://B%C3%9CCHER.test:$HOSTILE_PORT/ok?2" \
		'http:\\\\bücher。test:'"$HOSTILE_PORT\\\\to\\\\302?url=//b%25C3%25BCcher.test:$HOSTILE_PORT/ok?3" \
		'http://a(b)/' $'http://b\xc3/' >in
	LC_ALL=C run -1 --separate-stderr par-fetch --retries 0 --resolve "$host:127.0.0.1" <in
	cut -f 2,4,5 <<<"$output" | sort >got
	same got <(printf '%s\n' "000		not a URL: no proper host name" \
		"000	http://a(b)/	host name that nobody can be asked for" \
		"200	http://$host/ok?"{1,2,3}"	" | sort)
}

@test "par-fetch: redirects that never end, or lead out of HTTP, are errors" {
	run -1 --separate-stderr par-fetch <<<"$SITE_URL/odd/loop/a"
	[ "$(cut -f 2,5,6 <<<"$output")" = $'302\ttoo many redirects; see --max-redirs\t' ]
	run -1 --separate-stderr par-fetch --max-redirs 4 <<<"$HOSTILE/chain/5"
	[ "$(cut -f 5 <<<"$output")" = "too many redirects; see --max-redirs" ]
	run -0 par-fetch --max-redirs 5 <<<"$HOSTILE/chain/5"
	run -0 par-fetch --max-redirs 0 <<<"$HOSTILE/to/301?url=/ok"
	[ "$(cut -f 2,4- <<<"$output")" = $'301\t'"$HOSTILE/to/301?url=/ok"$'\t\telsewhere\\n' ]
	run -1 --separate-stderr par-fetch <<<"$HOSTILE/to/302?url=file:///etc/hostname"
	[ "$(cut -f 2,5,6 <<<"$output")" = $'302\tredirect: protocol is not allowed; see --proto\t' ]
}

@test "par-fetch: --proto says which protocols are allowed" {
	echo content >file
	run -0 par-fetch --proto file,http <<<"file://$PWD/file"
	[ "$(cut -f 2,6 <<<"$output")" = $'200\tcontent\\n' ]
	run -1 --separate-stderr par-fetch --proto file,http <<<"$HOSTILE/to/302?url=file://$PWD/file"
	[ "$(cut -f 2,5,6 <<<"$output")" = $'302\tredirect: protocol is not allowed; see --proto\t' ]
	run -1 --separate-stderr par-fetch --proto https <<<"$HOSTILE/ok"
	[ "$(cut -f 5 <<<"$output")" = "protocol is not allowed; see --proto" ]
}

@test "par-fetch: a compressed answer is read" {
	run -0 par-fetch <<<"$HOSTILE/gzipped"
	[ "$(cut -f 6 <<<"$output")" = 'was compressed\n' ]
}

@test "par-fetch: no server, or no word from it, is a record with a reason" {
	# a port that was free a moment ago
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	run -1 --separate-stderr par-fetch <<<"http://127.0.0.1:$port/"
	[ "$(cut -f 2 <<<"$output")" = 000 ]
	cut -f 5 <<<"$output" | grep -qi connect # in libcurl's words
	run -1 --separate-stderr par-fetch --retries 0 --max-time 0.3 <<<"$HOSTILE/silent"
	[[ $output = *$'\t000\t\t'*'no whole answer in '*' ms; see --max-time'* ]]
	# shellcheck disable=SC2154
	[[ $stderr = "par-fetch: $HOSTILE/silent: no whole answer in "* ]]
}

@test "par-fetch: what may pass is tried again, and no more often than --retries" {
	run -0 par-fetch --retry-delay 10ms <<<"$HOSTILE/cut/2"
	[ "$(cut -f 2,6 <<<"$output")" = $'200\t3\\n' ]
	run -0 par-fetch --retry-max-delay 10ms <<<"$HOSTILE/busy/2/503"
	[ "$(cut -f 2,6 <<<"$output")" = $'200\t3\\n' ]
	run -0 par-fetch --retry-delay 10ms --retry-max-delay 50ms --retries 3 <<<"$HOSTILE/busy/99/503?again"
	[ "$(cut -f 2,6 <<<"$output")" = $'503\tbusy\\n' ]
	[ "$(requests /busy/99/503.again)" -eq 4 ]
	run -0 par-fetch --retry-delay 10ms <<<"$HOSTILE/busy/99/404"
	[ "$(requests /busy/99/404)" -eq 1 ]
	run -1 --separate-stderr par-fetch --retries 0 <<<"$HOSTILE/cut"
	[ "$(requests /cut)" -eq 4 ]
	[ "$(cut -f 2,6 <<<"$output")" = $'200\tonly this' ]
}

@test "par-fetch: of a body that was cut only the rest is asked for, and of the same version" {
	seq -f '%09g' 0 99 >want
	begins() { # of the answers to a URL, in the record of its last one
		par-fetch --headers --retry-delay 10ms "$@" <<<"$url" >out 2>err || true
		[ "$(cut -f 2,5 out)" = $'200\t' ]
		field 10 <out | sed -n 's/X-Begin: //p'
	}
	for url in "$HOSTILE/parts/2/a:600" "$HOSTILE/parts/1/a:300" "$HOSTILE/parts/1/none:0" "$HOSTILE/parts/1/w:0" \
		"$HOSTILE/parts/1/b:0" "$HOSTILE/parts/1/lie:0" "$HOSTILE/parts/1/no:0"; do
		last=${url##*:} url=${url%:*}
		[ "$(begins)" = "$last" ]
		same <(field 6 <out) want
	done
	echo proxytunnel >config	# whose header comes before
	url=$HOSTILE/parts/2/a/tunnel
	[ "$(begins -K config -x "$HOSTILE")" = 600 ]
	same <(field 6 <out) want
	run ! grep -q X-Proxy out
	url=$HOSTILE/parts/2/a/file
	[ "$(begins -o pages)" = 600 ]
	same "$(cut -f 6 out)" want
	url=$HOSTILE/parts/2/a/json
	par-fetch --json --retry-delay 10ms <<<"$url" >out
	same <(jq -j .body out) want
	[ "$(jq .status out)" = 200 ]
	url=$HOSTILE/parts/2/a/post
	run -1 --separate-stderr par-fetch -X POST <<<"$url"
	url=$HOSTILE/parts/9/a
	run -1 --separate-stderr par-fetch --retry-delay 10ms <<<"$url"
	same <(field 6 <<<"$output") <(head -c 900 want)
	[ "$(cut -f 2 <<<"$output")" = 200 ]
	run -1 --separate-stderr par-fetch --max-body 500 --retry-delay 10ms <<<"$HOSTILE/parts/9/a/long"
	[ "$(cut -f 5,6 <<<"$output")" = $'body longer than 500 bytes; see --max-body\t' ]
}

@test "par-fetch: Retry-After is minded, and never longer than --retry-max-delay" {
	url="$HOSTILE/busy/1/503/Retry-After:%201"
	run -0 par-fetch --retry-delay 1ms <<<"$url"
	[ "$(cut -f 6 <<<"$output")" = '2\n' ]
	grep 'Retry-After:%201 ' "$HOSTILE_LOG" | awk '{ t[NR] = $4 } END { exit !(NR == 2 && t[2] - t[1] >= 0.95) }'
	date=$(date -u -d '+2 seconds' '+%a,%%20%d%%20%b%%20%Y%%20%H:%M:%S%%20GMT')
	run -0 par-fetch --retry-delay 1ms <<<"$HOSTILE/busy/1/500/Retry-After:%20$date"
	[ "$(cut -f 6 <<<"$output")" = '2\n' ]
	grep "Retry-After:%20$date " "$HOSTILE_LOG" | awk '{ t[NR] = $4 } END { exit !(NR == 2 && t[2] - t[1] >= 0.7) }'
	past='Thu,%2001%20Jan%201970%2000:00:00%20GMT'
	run -0 par-fetch --retry-delay 1ms <<<"$HOSTILE/busy/1/503/Retry-After:%20$past"
	[ "$(cut -f 6 <<<"$output")" = '2\n' ]
	run -0 par-fetch --retry-max-delay 2s <<<"$HOSTILE/busy/1/429/Retry-After:%203600"
	[ "$(cut -f 2 <<<"$output")" = 429 ]
}

@test "par-fetch: the limit of a body counts what it is when decompressed" {
	run -0 par-fetch --max-body 1000 <<<"$HOSTILE/size/1000"
	run -1 --separate-stderr par-fetch --max-body 1000 <<<"$HOSTILE/size/1001"
	[ "$(cut -f 2,5,6 <<<"$output")" = $'200\tbody longer than 1000 bytes; see --max-body\t' ]
	run -1 --separate-stderr par-fetch --max-body 1M <<<"$HOSTILE/bomb/10"
	[ "$(cut -f 2,5,6 <<<"$output")" = $'200\tbody longer than 1048576 bytes; see --max-body\t' ]
}

@test "par-fetch: hostile servers get a record and a reason each" {
	for what in loris drip endless-headers long-header endless-chunks endless-hints \
		endless-status endless-extension bad-chunk short cut bad-gzip nul-line not-http; do
		echo "$HOSTILE/$what"
	done >urls
	run -1 --separate-stderr par-fetch --retries 0 --max-time 1s --max-body 10M <urls
	printf '%s\n' "$output" >out
	same <(cut -f 1 out | sort) <(sort urls)
	[ "$(awk -F '\t' '$5 == ""' out)" = "" ]
	# what came is kept, but not of what is too long
	[ "$(awk -F '\t' '$6 != "" { sub(/.*\//, "", $1); print $1 }' out | sort | xargs)" = "cut drip short" ]
	[ "${#stderr_lines[@]}" -eq "$(wc -l <urls)" ]
}

@test "par-fetch: each odd answer makes the right record" {
	"$ROOT/tests/aid/odd_answers.py" "$HOSTILE" | sort >want
	cut -f 1 want | par-fetch --retries 0 2>/dev/null | sort >got
	# A newer libcurl takes no HTTP/2 where it did not ask for it.
	if grep -q 'answer is of another HTTP than its connection' got; then
		sed -i '/^[^\t]*version-2\t/d' got want
	fi
	same got want
}

@test "par-fetch: connections are used again" {
	before=$(connections)
	for i in {1..100}; do echo "$HOSTILE/ok?again$i"; done | par-fetch -j 4 >out
	[ "$(wc -l <out)" -eq 100 ]
	(($(connections) - before <= 4))
}

@test "par-fetch: connections are kept for more hosts than transfers" {
	before=$(connections)
	for round in 1 2; do
		for i in {1..40}; do echo "http://h$i.localhost:${HOSTILE##*:}/ok?$round"; done
	done | par-fetch -j 1 --resolve "*:${HOSTILE##*:}:127.0.0.1" >out
	[ "$(cut -f 2 out | sort | uniq -c | xargs)" = '80 200' ]
	(($(connections) - before == 40))
}

@test "par-fetch: a connection is kept for a URL that comes later" {
	mkfifo in out
	background bash -c 'exec par-fetch <in >out'
	exec {to}>in {from}<out
	before=$(connections)
	for i in {1..400}; do
		echo "$HOSTILE/ok?later$i" >&"$to"
		read -r -t "$DEADLINE" answer <&"$from"
		[[ $answer = "$HOSTILE/ok?later$i"* ]]
	done
	(($(connections) - before == 1))
}

@test "par-fetch: many hosts cost no more for each than a few" {
	# names that libcurl takes for this machine without asking anybody
	cpu() {
		seq "$1" | sed "s,.*,http://h&.localhost:${SITE_URL##*:}/three.html," |
			python3 -c 'import resource, subprocess
subprocess.check_call(["par-fetch", "-j", "64"])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(round(1000 * (used.ru_utime + used.ru_stime)), file=open("cpu", "w"))' >out
		[ "$(cut -f 2 out | sort | uniq -c | awk '{ print $1, $2 }')" = "$1 200" ]
		cat cpu
	}
	few=$(cpu 2500)
	many=$(cpu 10000)
	echo "$few ms, $many ms"
	((many < 9 * few)) # four times as many
}

@test "par-fetch: a reader that has stopped causes no time-out and stops the intake" {
	mkdir www
	head -c 2000000 /dev/zero | tr '\0' x >www/page
	site_start "$PWD/www"
	for i in {1..60}; do echo "$SITE_URL/page?$i"; done >urls
	mkfifo out
	background bash -c 'exec par-fetch -j 8 --per-host 8 --retries 0 --max-time 2s <urls >out'
	pid=$!
	exec {from}<out
	# The pipe fills up, what is in flight arrives, and no more is asked for.
	begun() { (($(wc -l <"$SITE_WORK/access.log") >= 8)); }
	eventually begun
	read -r -t 2.5 <> <(:) || true # a time-out that must not come
	(($(wc -l <"$SITE_WORK/access.log") < 20))
	cat <&"$from" >got
	wait "$pid"
	[ "$(wc -l <got)" -eq 60 ]
	[ "$(cut -f 2 got | sort -u)" = 200 ]
}

@test "par-fetch: a full disk is an error, a reader that leaves is none" {
	run -3 bash -c 'echo "$HOSTILE/ok" | par-fetch >/dev/full'
	[ "$output" = 'par-fetch: standard output: No space left on device' ]
	run -141 bash -c 'for i in {1..100}; do echo "$HOSTILE/size/100000"; done | { par-fetch; echo $? >status; } | head -c 10 >/dev/null; exit "$(cat status)"'
	[ "$output" = "" ]
}

@test "par-fetch: under par-run each URL comes out once, whoever is killed" {
	no_leak_check
	for i in {1..1000}; do echo "$HOSTILE/slow/0.01?run$i"$'\tmore'; done >urls
	printf 'no url\n%s/ok?raw\\\\ \n' "$HOSTILE" >>urls
	background bash -c 'exec par-run -n 2 par-fetch -j 4 <urls >out 2>err'
	run=$!
	killed() { pid=$(pgrep -P "$run" | head -n 1) && [ -n "$pid" ] && kill -9 "$pid"; }
	for count in 50 200 350; do
		reached() { (($(requests "/slow/0.01.run") >= count)); }
		eventually reached
		eventually killed
	done
	wait "$run" || status=$?
	[ "$status" -eq 1 ]
	same <(cut -f 1 out | sort) <(cut -f 1 urls | sort)
	grep -q 'no url' err
}
