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

@test "par-fetch: -o writes bodies to files, and records have their paths" {
	(cd "$ROOT/examples/site" && find . -type f) | sed "s,^\.,$SITE_URL," >urls
	par-fetch -o pages <urls >out
	[ "$(wc -l <out)" -eq "$(wc -l <urls)" ]
	[ "$(find pages -type f | wc -l)" -eq "$(wc -l <urls)" ]
	while IFS=$'\t' read -r url file; do
		same "$file" "$ROOT/examples/site/${url#"$SITE_URL"/}"
	done < <(cut -f 1,6 out)
	[ "$(find pages -name '.*' | wc -l)" -eq 0 ]
}

@test "par-fetch: -o leaves no file of what failed or was no success" {
	printf '%s\n' "$HOSTILE/cut" "$HOSTILE/short" "$HOSTILE/status/404" "$HOSTILE/size/2000" \
		"$HOSTILE/size/0" >urls
	run -1 --separate-stderr par-fetch -o pages --retries 0 --max-body 1000 <urls
	[ "${#lines[@]}" -eq 5 ]
	[ "$(find pages -type f | wc -l)" -eq 1 ]
	[ "$(awk -F '\t' '$6 != "" { print $1 }' <<<"$output")" = "$HOSTILE/size/0" ]
	[ "$(find pages -type f -size 0 | wc -l)" -eq 1 ]
}

@test "par-fetch: -o writes nowhere else, whatever the URL says" {
	mkdir -p a/b
	printf '%s\n' "$HOSTILE/ok/../../../../x" "$HOSTILE/ok/%2e%2e/%2e%2e/y" "$HOSTILE/ok/..%2f..%2fz" \
		"$HOSTILE/ok//etc/passwd" "$HOSTILE/ok?a=/../../w" "$HOSTILE/ok/..\\\\..\\\\v" \
		"$HOSTILE/ok/$(head -c 5000 /dev/zero | tr '\0' n)" "http://u:secret@${HOSTILE#http://}/ok" >urls
	(cd a/b && par-fetch -o pages <../../urls >../../out 2>/dev/null) || true
	[ "$(wc -l <out)" -eq 8 ]
	[ "$(find . -type f | grep -v '^./a/b/pages/' | sort | paste -sd ' ')" = "./out ./urls" ]
	(($(find a/b/pages -type f | wc -l) >= 5))
	[ "$(find a | grep -c secret)" -eq 0 ]
}

@test "par-fetch: -o names files by all of a path, an @ in it too, and never by a password" {
	printf "$HOSTILE/echo/%s\n" @one/x @two/x 'a@b?c@d e' >urls
	echo "${HOSTILE/http:\/\//http://me@home:secret@}/echo/@three" >>urls
	par-fetch -o pages <urls >out 2>err
	[ "$(cut -f 6 out | sort -u | wc -l)" = 4 ]
	for name in _one_x- _two_x- a_b- _three-; do
		[ "$(find pages -type f -name "*_echo_$name*" | wc -l)" = 1 ]
	done
	[ "$(find pages -type f | grep -Ec 'secret|home')" = 0 ]
	grep -rhx 'GET /echo/a@b?c@d%20e' pages
}

writing() {
	[ "$(find pages -name ".par-fetch.$1.*" -size +0)" != "" ]
}

@test "par-fetch: -o takes away what a run that was killed has left, and nothing else" {
	no_leak_check
	mkfifo in
	par-fetch -o pages <in >out 2>err 3>&- &
	par_fetch=$!
	BACKGROUND+=("$par_fetch")
	exec {to}>in
	echo "$HOSTILE/drip" >&"$to"
	eventually writing "$par_fetch"
	touch pages/.par-fetch.notes pages/.par-fetch.1.5.x
	par-fetch -o pages <<<"$HOSTILE/ok" >out2
	writing "$par_fetch"
	kill -9 "$par_fetch"
	wait "$par_fetch" || true
	exec {to}>&-
	par-fetch -o pages </dev/null
	find pages -name '.*' | sort >got
	same got <(printf 'pages/.par-fetch.%s\n' 1.5.x notes)
	[ -s "$(cut -f 6 out2)" ]
}

@test "par-fetch: --if-modified fetches only what is newer than its file" {
	echo "$SITE_URL/start.html" >urls
	run -2 par-fetch --if-modified
	run -0 par-fetch -o pages --if-modified <urls
	file=$(cut -f 6 <<<"$output")
	[ "$(cut -f 2 <<<"$output")" = 200 ]
	run -0 par-fetch -o pages --if-modified <urls
	[ "$(cut -f 2,6 <<<"$output")" = $'304\t'"$file" ]
	same "$file" "$ROOT/examples/site/start.html"
	touch -d 2001-01-01 "$file"
	run -0 par-fetch -o pages --if-modified <urls
	[ "$(cut -f 2,6 <<<"$output")" = $'200\t'"$file" ]
}

@test "par-fetch: --if-modified knows a file by its ETag, from the URL that it is of" {
	printf '%s\n' "$HOSTILE/etag/a" "$HOSTILE/to/302?url=/etag/b" >urls
	fetch() {
		par-fetch -o pages --if-modified -H 'X-Own: 1' "$@" <urls | sort >out
	}
	fetch
	[ "$(cut -f 2 out | paste -sd ' ')" = "200 200" ]
	cut -f 6 out >files
	same <(xargs cat <files) <(printf '"a""b"')
	fetch
	[ "$(cut -f 2 out | paste -sd ' ')" = "304 304" ]
	same <(cut -f 6 out) files
	# another file by that name, another ETag, and a URL that leads elsewhere
	echo other >"$(head -n 1 files)"
	fetch
	[ "$(cut -f 2 out | paste -sd ' ')" = "200 304" ]
	sed -i 's,"b",c,' pages/.*302-*.etag
	fetch
	[ "$(cut -f 2 out | paste -sd ' ')" = "304 200" ]
	sed -i 's,/etag/b,/etag/c,' pages/.*302-*.etag
	fetch
	[ "$(cut -f 2 out | paste -sd ' ')" = "304 200" ]
	fetch -H 'X-Own: 2'
	[ "$(cut -f 2 out | paste -sd ' ')" = "304 304" ]
	echo "$HOSTILE/echo" >urls
	fetch
	cat pages/*echo* >seen
	grep -q '^X-Own: 1' seen
	run ! grep -q None-Match seen
	# without the option nothing is remembered
	par-fetch -o others <<<"$HOSTILE/etag/a" >out
	[ "$(find others -type f | wc -l)" -eq 1 ]
}

@test "par-fetch: --name names files by a template, and makes folders for them" {
	(cd "$ROOT/examples/site" && find . -type f) | sed "s,^\.,$SITE_URL," >urls
	par-fetch -o pages --name '{host}/{path}{query}' <urls >out
	diff -r "$ROOT/examples/site" "pages/${SITE_URL#http://}"
	while IFS=$'\t' read -r url file; do
		[ "$file" = "pages/${url#http://}" ]
	done < <(cut -f 1,6 out)
	# fields, which lead nowhere but down; and folders by their index
	printf '%s\t%s\n' "$HOSTILE/ok?1" ../../x "$HOSTILE/ok?2" /etc/y "$HOSTILE/ok?3" z/ "$HOSTILE/ok?4" '' >urls
	mkdir a
	par-fetch -o a/b --name '{2}' <urls >out
	[ "$(find a -type f | sort | paste -sd ' ')" = 'a/b/%2E%2E/%2E%2E/x a/b/etc/y a/b/index.html a/b/z/index.html' ]
	par-fetch --json -o a --name '{file}{query}' <<<"$HOSTILE/ok?one=/two" | jq -r .body_file >out
	[ "$(cat out "$(cat out)")" = $'a/ok?one=%2Ftwo\nhello' ]
	run -2 par-fetch --name '{host}' </dev/null
	[ "${lines[0]}" = 'par-fetch: --name needs -o' ]
	run -2 par-fetch -o a --name '{hots}' </dev/null
	[ "${lines[0]}" = 'par-fetch: --name: {hots}: not of {scheme}, {host}, {path}, {file}, {query}, {hash} and fields, {2}' ]
}

@test "par-fetch: --name replaces files from the same URL alone, and tells of others" {
	printf '%s\t%s\n' "$HOSTILE/own/1" a "$HOSTILE/own/2" a "$HOSTILE/own/3" a/b "$HOSTILE/own/4" c/d \
		"$HOSTILE/own/5" c "$HOSTILE/own/1#x" a >urls
	fetch() {
		par-fetch -j 1 -o pages --name '{2}' "$@" <urls 2>err | cut -f 1,2,5,6 | sed "s,$HOSTILE/own/,,"
	}
	for _ in 1 2; do
		fetch >out || true
		same out <(printf '%s\t200\t%s\n' 1 $'\tpages/a' \
			2 $'file: there is one of that name, from another URL; see --name\t' \
			3 $'file: what should be its folder is a file; see --name\t' 4 $'\tpages/c/d' \
			5 $'file: there is a folder of that name; see --name\t' '1#x' $'\tpages/a')
		same <(grep -c . err) <(echo 3)
		[ "$(cat pages/a pages/c/d)" = /own/1/own/4 ]
		[ "$(find pages -type f | wc -l)" -eq 2 ]
	done
	# a file of somebody else's is kept; so is what of a body came
	echo mine >pages/e
	printf '%s\t%s\n' "$HOSTILE/ok" e "$HOSTILE/short" f "$HOSTILE/half" f >urls
	fetch --keep-truncated --retries 0 >out || true
	[ "$(cat pages/e)" = mine ]
	[ "$(cat pages/f.part)" = 'only this' ]
	[ "$(cut -f 4 out | xargs)" = pages/f.part ]
}

@test "par-fetch: --name with --if-modified asks what the file of that URL needs alone" {
	printf '%s\tx/a\n' "$HOSTILE/etag/a" >urls
	fetch() {
		par-fetch -o pages --name '{2}' --if-modified <urls 2>err | cut -f 2,6
	}
	[ "$(fetch)" = $'200\tpages/x/a' ]
	[ -s pages/x/.a.etag ]
	[ "$(fetch)" = $'304\tpages/x/a' ]
	# for another URL with the same ETag the file is not what it asks about
	printf '%s\tx/a\n' "$HOSTILE/etag/a?2" >urls
	[ "$(fetch)" = $'200\t' ]
	grep -q 'from another URL' err
	[ "$(cat pages/x/a)" = '"a"' ]
}

@test "par-fetch: a folder that cannot be written to fails the records, and names them" {
	run -3 par-fetch -o no/such/folder </dev/null
	[[ $output = "par-fetch: no/such/folder: "* ]]
	run -1 --separate-stderr par-fetch -o /dev/fd <<<"$HOSTILE/ok"
	[[ $(cut -f 5,6 <<<"$output") = $'file: '*$'\t' ]]
}

@test "par-fetch: --json has all that the page record has" {
	printf '%s\n' "$HOSTILE/any-bytes"$'\tone\ttw\\to' "$HOSTILE/echo?%C3%A9" "$HOSTILE/short" 'no url' \
		"$HOSTILE/size/0" >urls
	run -1 --separate-stderr par-fetch --json --retries 0 <urls
	printf '%s\n' "$output" >out
	python3 -c '
import base64, json, sys
host = sys.argv[1]
got = {record["url"]: record for record in map(json.loads, open("out", "rb"))}
assert len(got) == 5
any_bytes = got[host + "/any-bytes"]
assert base64.b64decode(any_bytes["body_base64"]) == bytes(range(256)) * 300
assert any_bytes["type"] == "a/b\tc\\d" and any_bytes["fields"] == ["one", "tw\to"]
echo = got[host + "/echo?%C3%A9"]
assert echo["status"] == 200 and echo["error"] is None and "fields" not in echo
assert echo["body"].startswith("GET /echo?%C3%A9\n")
assert echo["effective_url"] == host + "/echo?%C3%A9"
short = got[host + "/short"]
assert short["status"] == 200 and short["error"] and short["body"] == "only this"
assert got["no url"]["status"] == 0 and got["no url"]["effective_url"] is None
assert got[host + "/size/0"]["body"] == ""
' "$HOSTILE"
	run -0 par-fetch --json -o pages <<<"$HOSTILE/ok"
	[ "$(cat "$(python3 -c 'import json; print(json.loads(input())["body_file"])' <<<"$output")")" = hello ]
}

@test "par-fetch: --headers tells how an answer came, behind the body" {
	printf '%s\tone\ttwo\n' "$HOSTILE/odd/folded" "$HOSTILE/odd/early-hints" "$HOSTILE/odd/no-colon" \
		"$HOSTILE/to/302?url=/odd/type-of-trailer" 'no url' "http://127.0.0.1:1/" >urls
	par-fetch --headers <urls >out 2>err || true
	[ "$(cut -f 6 out | sort | paste -sd ' ')" = "  one one one one" ]
	[ "$(cut -f 11- out | sort -u)" = $'one\ttwo' ]
	[ "$(awk -F '\t' '$9 !~ /^[0-9]+[.][0-9][0-9][0-9][0-9][0-9][0-9]$/' out)" = "" ]
	cut -f 1,7,8,10 out | sort >got
	type='Content-Type: text/plain\n'
	same got <(printf '%s\t%s\t%s\t%s\n' "$HOSTILE/odd/early-hints" 1.1 127.0.0.1 "${type}Content-Length: 3\n" \
		"$HOSTILE/odd/folded" 1.1 127.0.0.1 "${type}X-Folded: a    b  \tc\nContent-Length: 3\n" \
		"$HOSTILE/odd/no-colon" 1.1 127.0.0.1 \
		"${type}Content-Security-Policy: default-src 'self';\nX-Next: 1\nContent-Length: 3\n" \
		"$HOSTILE/to/302?url=/odd/type-of-trailer" 1.1 127.0.0.1 "Transfer-Encoding: chunked\n" \
		http://127.0.0.1:1/ "" "" "" "no url" "" "" "" | sort)
	par-fetch --headers --json <urls >out 2>err || true
	[ "$(jq -c 'select(.status == 0) | [.http_version, .address, .headers, .fields]' out | sort -u)" = \
		'[null,null,[],["one","two"]]' ]
	[ "$(jq -c 'select(.url | endswith("folded")) | [.http_version, .address, (.seconds < 60), .headers[1]]' out)" = \
		'["1.1","127.0.0.1",true,["X-Folded","a    b  \tc"]]' ]
	# of the answer alone, not of what led to it
	echo digest >config
	par-fetch --headers -K config -u me:secret <<<"$HOSTILE/digest" >out
	[ "$(cut -f 2,3 out)" = $'200\ttext/plain' ]
	run ! grep -qi authenticate out
	par-fetch --headers -I <<<"$HOSTILE/ok" >out
	[[ $(cut -f 6 out) == HTTP/1.1* ]]
	[[ $(cut -f 10 out) == *"Content-Length: 6"* ]]
}

@test "par-fetch: --guess-scheme takes what has no scheme for a URL of http" {
	at=${HOSTILE#http://}
	printf '%s\n' "$at/ok?1" "localhost:$HOSTILE_PORT/ok?2" " //$at/ok?3" "$HOSTILE/ok?4" $'\xef\xbb\xbf'"$at/ok?5" \
		"http:$at/ok?6" >urls
	par-fetch --guess-scheme <urls | cut -f 2,4 | sed 's/localhost/127.0.0.1/' | sort >got
	same got <(printf "200\t$HOSTILE/ok?%d\n" {1..6})
	printf '%s\n' /ok '?x' '#x' mailto:x 'ftp://x' '' 'no url' >urls
	run -1 --separate-stderr par-fetch --guess-scheme <urls
	[ "$(cut -f 2 <<<"$output" | sort -u)" = 000 ]
	run -1 --separate-stderr par-fetch <<<"$at/ok"
	run -1 --separate-stderr par-fetch --guess-scheme --proto http,localhost <<<"localhost:$HOSTILE_PORT/ok"
}

@test "par-fetch: --keep-truncated keeps what came, by another name" {
	printf '%s\n' "$HOSTILE/size/1001" "$HOSTILE/size/1000" "$HOSTILE/cut" "$HOSTILE/silent" "$HOSTILE/status/404" >urls
	keeps() {
		par-fetch --keep-truncated --max-body 1000 --retries 0 --max-time 1s "$@" <urls 2>err || true
	}
	keeps >out
	[ "$(grep -c . err)" -eq 3 ]
	[ "$(awk -F '\t' '$1 ~ /1001/ { print $5, length($6) }' out)" = "body longer than 1000 bytes; see --max-body 1000" ]
	keeps -o pages >out
	[ "$(awk -F '\t' '$5 != "" && $6 != ""' out | wc -l)" -eq 2 ]
	[ "$(find pages -type f | grep -c '[.]part$')" -eq 2 ]
	[ "$(find pages -type f | wc -l)" -eq 3 ]
	[ "$(stat -c %s pages/*size_1001*.part)" -eq 1000 ]
	[ "$(awk -F '\t' '$6 != "" { print $6 }' out | sort)" = "$(find pages -type f | sort)" ]
	keeps --json -o pages >out
	[ "$(jq -r 'select(.error) | .body_file // "none"' out | sed 's/.*[.]//' | sort | paste -sd ' ')" = "none part part" ]
	keeps --warc a.warc.gz >out
	[ "$(awk -F '\t' '$1 ~ /1001/ { print $5 }' out)" = "body longer than 1000 bytes; see --max-body" ]
}

@test "par-fetch: --json bodies are text when they are UTF-8, and only then" {
	mkdir www
	printf 'caf\303\251 \360\237\230\200 "q" \\ \001\177\000end' >www/good.txt
	printf 'caf\351' >www/latin1.txt
	printf 'x\355\240\200' >www/surrogate.txt
	printf 'x\300\200' >www/overlong.txt
	printf 'x\303' >www/cut.txt
	site_start "$PWD/www"
	for f in good latin1 surrogate overlong cut; do echo "$SITE_URL/$f.txt"; done | par-fetch --json >out
	python3 -c '
import base64, json, sys
for line in open("out", "rb"):
    record = json.loads(line)
    name = record["url"].rsplit("/", 1)[1]
    want = open("www/" + name, "rb").read()
    if name == "good.txt":
        assert record["body"].encode() == want, record
    else:
        assert base64.b64decode(record["body_base64"]) == want, record
'
}

@test "par-fetch: --json takes for UTF-8 what is, at every bound of its forms" {
	python3 -c '
import os
os.mkdir("www")
edges = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff]
firsts = [0x7f, 0x80, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff]
for first in firsts:
    for second in edges:
        for rest in (b"", b"\x80", b"\x80\x80", b"\x80\xbf", b"\xbf\xc0", b"\x7f\x80"):
            with open("www/%x-%x-%s" % (first, second, rest.hex()), "wb") as file:
                file.write(bytes([first, second]) + rest + b"x")
'
	site_start "$PWD/www"
	find www -type f -printf "$SITE_URL/%f\n" | par-fetch --json >out
	python3 -c '
import base64, json, os
seen = 0
for line in open("out", "rb"):
    record = json.loads(line)
    want = open("www/" + record["url"].rsplit("/", 1)[1], "rb").read()
    seen += 1
    try:
        assert record["body"] == want.decode(), record
    except UnicodeDecodeError:
        raise AssertionError(record)
    except KeyError:
        assert base64.b64decode(record["body_base64"]) == want, record
        try:
            want.decode()
        except UnicodeDecodeError:
            continue
        raise AssertionError(record)
assert seen == len(os.listdir("www")) == 1080, seen
'
}

@test "par-fetch: --progress counts pages, bytes and failures by kind" {
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	printf '%s\n' "$HOSTILE/size/1000000" "$HOSTILE/size/2000000" "$HOSTILE/status/404" \
		"$HOSTILE/status/500" "$HOSTILE/status/501" 'no url' "$HOSTILE/short" "$HOSTILE/size/9999999" \
		"$HOSTILE/silent" "http://127.0.0.1:$port/" >urls
	run -1 --separate-stderr par-fetch --progress --retries 0 --max-body 5M --max-time 2s <urls
	# shellcheck disable=SC2154 # bats sets stderr
	[[ $(tail -n 1 <<<"$stderr") =~ ^'10 pages, '[0-9]+' a second, 100 %, '[0-9]+\.[0-9]' MB, 1 refused, 2 broken connections, 1 time-out, 1 over a limit, 1 4xx, 2 5xx'$ ]]
}

@test "par-fetch: --progress keeps a line up to date on a terminal" {
	cat >terminal.py <<'END'
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.dup2(os.open("urls", os.O_RDONLY), 0)
    os.dup2(os.open("out", os.O_WRONLY | os.O_CREAT), 1)
    os.execvp("par-fetch", ["par-fetch", "--progress"])
seen = b""
try:
    while piece := os.read(terminal, 4096):
        seen += piece
except OSError:
    pass
open("seen", "wb").write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
	printf '%s\n' "$HOSTILE/ok" "$HOSTILE/slow/3" 'no url' >urls
	TERM=xterm run -1 python3 terminal.py
	grep -aq $'\r2 pages, [0-9]* a second, [0-9]* %, 0.0 MB, 1 in flight, 1 refused, the last: no url\033\\[K' seen
	grep -aq $'\r\033\\[Kpar-fetch: no url: ' seen
	[ "$(tr -d '\r' <seen | tail -n 1 | sed 's/.*\x1b\[K//')" = "$(tr -d '\r' <seen | tail -n 1 | grep -ao '3 pages, .*')" ]
}
