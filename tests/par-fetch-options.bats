#!/usr/bin/env bats
load helper
load aid/hostile

setup_file() {
	load helper
	load aid/hostile
	hostile_start
}

teardown_file() {
	load aid/hostile
	hostile_stop
}

# The request as the server saw it.
echoed() {
	par-fetch "$@" <<<"${url:-$HOSTILE/echo}" | field 6
}

@test "par-fetch: -H, -A, -u, -b, -X, -d ask as those of curl do" {
	echoed >out
	[ "$(head -n 1 out)" = "GET /echo" ]
	grep -qx "User-Agent: par-fetch/[0-9.]*" out
	grep -q "^Accept-Encoding: .*gzip" out
	echoed -A agent/1 -H 'X-One: 1' -H 'X-Two: 2' -u me:pass:word -b 'a=1; b=2' -X BREW >out
	[ "$(head -n 1 out)" = "BREW /echo" ]
	grep -qx "User-Agent: agent/1" out
	grep -qx "X-One: 1" out
	grep -qx "X-Two: 2" out
	grep -qx "Authorization: Basic $(printf me:pass:word | base64)" out
	grep -qx "Cookie: a=1; b=2" out
	printf 'c\n\0d' >data
	echoed -d a=b -d @data >out
	[ "$(head -n 1 out)" = "POST /echo" ]
	same <(tail -n 2 out) <(printf 'a=b&c\n\0d')
}

@test "par-fetch: -K takes options from a file, as curl does" {
	cat >config <<-'END'
		# ours, then the rest
		user-agent = "agent/2 \"quoted\""
		--header "X-One: 1"
		H: X-Two: 2
		json

		referer = http://elsewhere.example/
		range 0-99
		 interface = 127.0.0.1
	END
	printf 'ipv4\r\nX = BREW' >>config
	par-fetch -K config <<<"$HOSTILE/echo" | jq -r .body >out
	[ "$(head -n 1 out)" = "BREW /echo" ]
	grep -qx 'User-Agent: agent/2 "quoted"' out
	grep -qx 'X-One: 1' out
	grep -qx 'X-Two: 2' out
	grep -qx 'Referer: http://elsewhere.example/' out
	grep -qx 'Range: bytes=0-99' out
	par-fetch -K config --user-agent agent/3 <<<"$HOSTILE/echo" | grep -q 'agent/3'
	echo 'interface = none.such' >config
	run -1 --separate-stderr par-fetch --retries 0 -K config <<<"$HOSTILE/echo"
	[[ $stderr == *none.such* ]]
}

# What is wrong with a file of options that has this line.
wrong_line() {
	local said status=0

	printf '\n%s\n' "$1" >config
	said=$(par-fetch -K config </dev/null 2>&1) || status=$?
	echo "$1: $said"
	[[ $status == 2 && $said == "par-fetch: $2"* ]]
}

@test "par-fetch: -K, what is wrong is said with the line" {
	wrong_line 'nonsense = 1' 'config:2: nonsense: no such option'
	wrong_line 'json = 1' 'config:2: json: takes no value'
	wrong_line 'ipv4 yes' 'config:2: ipv4: takes no value'
	wrong_line 'referer' 'config:2: referer: needs a value'
	wrong_line 'header =' 'config:2: header: needs a value'
	wrong_line 'keepalive-time = soon' 'config:2: keepalive-time: not a number'
	wrong_line 'config = config' 'config:2: config: not in such a file'
	wrong_line 'max-time = soon' '--max-time: soon: not a time'
	wrong_line '= 1' 'config:2: : no such option'
	run -2 par-fetch -K none </dev/null
	[[ $output == 'par-fetch: --config: none: No such file or directory'* ]]
	echo 'unix-socket = /run/x' >config
	run -2 par-fetch --deny-private -K config </dev/null
	[[ $output == 'par-fetch: --deny-private cannot look behind unix-socket'* ]]
}

@test "par-fetch: wrong options are misuse" {
	run -2 par-fetch -H nonsense
	run -2 par-fetch -b no/such/file
	run -2 par-fetch -d @no/such/file
	run -2 par-fetch -d @-
	run -2 par-fetch --resolve nonsense
	run -2 par-fetch --fail-on 4x4
	run -2 par-fetch --fail-on 99
	run -2 par-fetch -c -
	run -3 par-fetch -c no/such/folder/jar </dev/null
}

@test "par-fetch: -I asks for the header, which stands for the body" {
	run -0 par-fetch -I <<<"$HOSTILE/to/302?url=/size/1000"
	[ "$(cut -f 2,4 <<<"$output")" = $'200\t'"$HOSTILE/size/1000" ]
	[ "$(cut -f 6 <<<"$output")" = \
		'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n' ]
	[ "$(tail -n 1 "$HOSTILE_LOG" | cut -d ' ' -f 2,3)" = "HEAD /size/1000" ]
}

@test "par-fetch: --netrc finds the password of a host" {
	echo "machine 127.0.0.1 login me password secret" >.netrc
	HOME=$PWD echoed --netrc >out
	grep -qx "Authorization: Basic $(printf me:secret | base64)" out
	HOME=$PWD echoed >out
	run ! grep -q Authorization out
}

@test "par-fetch: cookies are kept, shared, read and written" {
	set="$HOSTILE/status/200/Set-Cookie:%20k=v%3B%20Max-Age=1000%3B%20Path=%2F"
	echo "$set" | par-fetch -c jar >out
	grep -q $'\tk\tv$' jar
	echoed -b jar >out
	grep -qx "Cookie: k=v" out
	echoed >out
	run ! grep -q Cookie out
	# from one transfer to another
	printf '%s\n' "$set" "$HOSTILE/echo" | par-fetch -j 1 -c jar2 | tail -n 1 | field 6 >out
	grep -qx "Cookie: k=v" out
	printf '%s\n' "$set" "$HOSTILE/echo" | par-fetch -j 1 -b '' | tail -n 1 | field 6 >out
	grep -qx "Cookie: k=v" out
	# one that a redirect sets is sent to where that leads
	run -0 par-fetch -b '' <<<"$HOSTILE/welcome"
	[ "$(cut -f 2,6 <<<"$output")" = $'200\twelcome\\n' ]
	run -1 --separate-stderr par-fetch <<<"$HOSTILE/welcome"
	[ "$(cut -f 2,5 <<<"$output")" = $'302\ttoo many redirects; see --max-redirs' ]
}

@test "par-fetch: a run that is ended by a signal has written the cookies" {
	set="$HOSTILE/status/200/Set-Cookie:%20k=v%3B%20Max-Age=1000%3B%20Path=%2F"
	for signal in INT TERM; do
		rm -f jar in out
		mkfifo in out
		env --default-signal=INT par-fetch -c jar <in >out 2>err 3>&- &
		BACKGROUND+=("$!")
		exec {to}>in {from}<out
		echo "$set" >&"$to"
		read -r -t "$DEADLINE" _ <&"$from"
		kill -"$signal" "$!"
		status=0
		wait "$!" || status=$?
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		grep -q $'\tk\tv$' jar
		exec {to}>&- {from}<&-
	done
}

@test "par-fetch: --resolve and -x lead elsewhere" {
	run -0 par-fetch --resolve "a.test:$HOSTILE_PORT:127.0.0.1" \
		--resolve "b.test:$HOSTILE_PORT:127.0.0.1" <<<"http://a.test:$HOSTILE_PORT/ok
http://b.test:$HOSTILE_PORT/ok"
	[ "$(cut -f 2 <<<"$output" | paste -sd ' ')" = "200 200" ]
	url=http://c.test/echo echoed -x "$HOSTILE" >out || true
	# the server takes the whole URL for a path it does not have, but has seen it
	grep -q "^get GET http://c.test/echo" "$HOSTILE_LOG"
}

@test "par-fetch: secrets go to the hosts of the input, not to where they redirect" {
	there="http://other.test:$HOSTILE_PORT"
	here="http://here.test:$HOSTILE_PORT"
	secrets=(-u me:secret -H 'Authorization: mine' -H 'Cookie: c' -b x=y -H 'Safe: 1'
		--resolve "other.test:$HOSTILE_PORT:127.0.0.1"
		--resolve "here.test:$HOSTILE_PORT:127.0.0.1" -H 'X-Key: authorization')
	url="$here/to/302?url=/echo" echoed "${secrets[@]}" >out
	grep -q Authorization out
	grep -q Cookie out
	grep -q X-Key out
	url="$here/to/302?url=$there/echo" echoed "${secrets[@]}" >out
	grep -qx "Safe: 1" out
	run ! grep -Eqi 'authorization|cookie' out
	# and not when that leads back
	url="$here/to/302?url=$there/to/302%3Furl%3D$here/echo" echoed "${secrets[@]}" >out
	grep -qx "GET /echo" out
	run ! grep -Eqi 'authorization|cookie' out
	# nor those of the URL itself
	url="http://u:p@here.test:$HOSTILE_PORT/to/302?url=/echo" echoed "${secrets[@]:8}" >out
	grep -qx "Authorization: Basic $(printf u:p | base64)" out
	url="http://u:p@here.test:$HOSTILE_PORT/to/302?url=$there/echo" echoed "${secrets[@]:8}" >out
	run ! grep -qi authorization out
}

@test "par-fetch: passwords are not shown, but in the field that keeps the input" {
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	printf 'http://me:secret@127.0.0.1:%s/x@y\nhttp://me:secret@host name/\n' "$port" >in
	run -1 --separate-stderr par-fetch -u me:hidden --retries 0 <in
	# shellcheck disable=SC2154 # bats sets stderr
	[[ $stderr = *"127.0.0.1:$port/x@y: "* ]]
	[[ $stderr != *secret* && $stderr != *hidden* ]]
	same <(cut -f 1 <<<"$output" | sort) <(sort in)
	rest=$(cut -f 2- <<<"$output")
	[[ $rest != *secret* && $rest != *hidden* ]]
}

@test "par-fetch: a redirected POST becomes a GET, or stays as it is, by its status" {
	for status in 301 302 303; do
		url="$HOSTILE/to/$status?url=/echo" echoed -d x=y >out
		[ "$(head -n 1 out)" = "GET /echo" ]
		run ! grep -q 'x=y' out
	done
	for status in 307 308; do
		url="$HOSTILE/to/$status?url=/echo" echoed -d x=y >out
		[ "$(head -n 1 out)" = "POST /echo" ]
		[ "$(tail -n 1 out)" = "x=y" ]
	done
}

@test "par-fetch: what is posted is not posted again after it may have arrived" {
	run -1 --separate-stderr par-fetch --retry-delay 1ms -d x=y <<<"$HOSTILE/cut?post"
	[ "$(requests /cut.post)" -eq 1 ]
	run -0 par-fetch --retry-delay 1ms -d x=y <<<"$HOSTILE/busy/1/503?post"
	[ "$(requests /busy/1/503.post)" -eq 2 ]
}

@test "par-fetch: what is posted is sent, whether a server gives leave to go on or not" {
	head -c 2000000 /dev/zero >big
	printf '%s\n' "$HOSTILE"/expect/{late,never,417} | par-fetch -d @big >out
	[ "$(cut -f 2,6 out | uniq -c | xargs)" = '3 200 2000000' ]
}

@test "par-fetch: --fail-on makes failures of statuses, and keeps their bodies" {
	for status in 200 404 410 418 500; do echo "$HOSTILE/status/$status"; done >urls
	run -0 par-fetch --retries 0 <urls
	run -1 --separate-stderr par-fetch --retries 0 --fail-on 404,5xx,410-415 <urls
	[ "$(cut -f 2,5,6 <<<"$output" | sort | tr '\n' ' ')" = \
		$'200\t\thello\\n 404\tstatus 404\thello\\n 410\tstatus 410\thello\\n '$'418\t\thello\\n 500\tstatus 500\thello\\n ' ]
	# shellcheck disable=SC2154
	[ "${#stderr_lines[@]}" -eq 3 ]
}

@test "par-fetch: --per-host bounds what is in flight to a host" {
	for i in {1..12}; do echo "$HOSTILE/slow/0.1?$i"; done >urls
	before=$(connections)
	par-fetch --per-host 2 <urls >out
	[ "$(wc -l <out)" -eq 12 ]
	[ $(($(connections) - before)) -eq 2 ]
}

@test "par-fetch: hosts take turns" {
	names=(); for h in a b c; do names+=(--resolve "$h.test:$HOSTILE_PORT:127.0.0.1"); done
	for h in a b c; do
		for i in {1..50}; do echo "http://$h.test:$HOSTILE_PORT/ok?$i"; done
	done >urls
	par-fetch "${names[@]}" -j 3 --per-host 1 --lookahead 200 <urls | cut -f 1 >out
	[ "$(wc -l <out)" -eq 150 ]
	# of the first half each host has its share
	for h in a b c; do
		(($(head -n 75 out | grep -c "^http://$h\.") >= 20))
	done
}

@test "par-fetch: --delay keeps requests to a host apart, and not those of others" {
	for i in {1..4}; do echo "$HOSTILE/ok?delay$i"; done >urls
	par-fetch --delay 0.3s <urls >out
	grep '/ok.delay' "$HOSTILE_LOG" |
		awk 'NR > 1 && $4 - last < 0.15 { bad = 1 } { last = $4 } END { exit bad || NR != 4 }'
	names=(); for i in {1..50}; do
		names+=(--resolve "h$i.test:$HOSTILE_PORT:127.0.0.1"); done
	for i in {1..50}; do echo "http://h$i.test:$HOSTILE_PORT/ok?others"; done >urls
	SECONDS=0
	par-fetch "${names[@]}" --delay 60s <urls >out
	[ "$(wc -l <out)" -eq 50 ]
	((SECONDS < 30))
}

@test "par-fetch: a host that is too busy is slowed down, and no other" {
	names=(--resolve "busy.test:$HOSTILE_PORT:127.0.0.1" --resolve "idle.test:$HOSTILE_PORT:127.0.0.1")
	echo "http://busy.test:$HOSTILE_PORT/busy/1/429/Retry-After:%201" >urls
	for i in {1..40}; do
		echo "http://busy.test:$HOSTILE_PORT/slow/0.02?b$i"
		echo "http://idle.test:$HOSTILE_PORT/slow/0.02?i$i"
	done >>urls
	par-fetch "${names[@]}" -j 12 --lookahead 100 <urls | cut -f 1 >out
	[ "$(wc -l <out)" -eq 81 ]
	# all of idle's were through before busy's last ones, a second later
	[ "$(tail -n 20 out | grep -c idle)" -eq 0 ]
}

@test "par-fetch: a host that stays too busy is not asked again for each URL" {
	for i in 1 2 3 4 5 6; do echo "$HOSTILE/status/503?stays$i"; done >urls
	run -0 par-fetch --per-host 1 --retries 1000 --retry-max-delay 1ms <urls
	[ "$(cut -f 2 <<<"$output" | sort | uniq -c | awk '{ print $1, $2 }')" = "6 503" ]
	(($(requests /status/503.stays) < 20))
}

@test "par-fetch: --limit-rate, and --speed-limit for --speed-time" {
	SECONDS=0
	run -0 par-fetch --limit-rate 500K <<<"$HOSTILE/size/1200000"
	((SECONDS >= 1))
	run -1 --separate-stderr par-fetch --retries 0 --speed-limit 10K --speed-time 1s <<<"$HOSTILE/drip"
	[[ $(cut -f 5 <<<"$output") = "slower than "*" bytes a second; see --speed-limit" ]]
}

@test "par-fetch: a URL as an argument is answered by where it belongs" {
	run -2 par-fetch http://127.0.0.1/
	[ "${lines[0]}" = 'par-fetch: http://127.0.0.1/: not a FILE; URLs are lines of the input: echo http://127.0.0.1/ | par-fetch' ]
}
