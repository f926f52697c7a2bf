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
	(($(find a/b/pages -type f | wc -l) >= 6))
	[ "$(find a | grep -c secret)" -eq 0 ]
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

@test "par-fetch: --progress counts pages, bytes and failures by kind" {
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	printf '%s\n' "$HOSTILE/size/1000000" "$HOSTILE/size/2000000" "$HOSTILE/status/404" \
		"$HOSTILE/status/500" "$HOSTILE/status/501" 'no url' "$HOSTILE/short" "$HOSTILE/size/9999999" \
		"$HOSTILE/silent" "http://127.0.0.1:$port/" >urls
	run -1 --separate-stderr par-fetch --progress --retries 0 --max-body 5M --max-time 2s <urls
	# shellcheck disable=SC2154 # bats sets stderr
	[[ $(tail -n 1 <<<"$stderr") =~ ^'10 pages, '[0-9]+' a second, '[0-9]+\.[0-9]' MB, 1 refused, 2 broken connections, 1 time-outs, 1 over a limit, 1 4xx, 2 5xx'$ ]]
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
	printf '%s\n' "$HOSTILE/ok" "$HOSTILE/slow/1" 'no url' >urls
	run -1 python3 terminal.py
	grep -aq $'\r2 pages, [0-9]* a second, 0.0 MB, 1 in flight, 1 refused\033\\[K' seen
	grep -aq $'\r\033\\[Kpar-fetch: no url: ' seen
	[ "$(tr -d '\r' <seen | tail -n 1 | sed 's/.*\x1b\[K//')" = "$(tr -d '\r' <seen | tail -n 1 | grep -ao '3 pages, .*')" ]
}
