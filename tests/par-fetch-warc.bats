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

# read_warc FILE [OTHERS]: check a WARC by the standard, and write its records into the file
# records, as JSON objects, and the bodies of answers into bodies/N.  Reads with Python's
# gzip alone.  OTHERS: records of other archives that it may refer to.
read_warc() {
	mkdir -p bodies
	python3 - "$@" <<'END'
import base64, gzip, hashlib, json, re, sys, zlib

data = open(sys.argv[1], "rb").read()
others = [json.loads(line) for line in open(sys.argv[2])] if len(sys.argv) > 2 else []
records = []
while data:  # each record is a member of its own
    member = zlib.decompressobj(31)
    text = member.decompress(data) + member.flush()
    assert member.eof
    data = member.unused_data
    head, rest = text.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    assert lines[0] == "WARC/1.1"
    fields = dict(line.split(": ", 1) for line in lines[1:])
    assert len(fields) == len(lines) - 1
    length = int(fields["Content-Length"])
    assert rest[length:] == b"\r\n\r\n", "block and Content-Length differ"
    assert re.fullmatch(r"<urn:uuid:[0-9a-f-]{36}>", fields["WARC-Record-ID"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fields["WARC-Date"])
    block = rest[:length]
    record = {"fields": fields, "type": fields["WARC-Type"]}
    if record["type"] in ("request", "response"):
        assert fields["Content-Type"] == "application/http; msgtype=" + record["type"]
        http, body = block.split(b"\r\n\r\n", 1)
        for name, of in ("Block", block), ("Payload", body):
            digest = base64.b32encode(hashlib.sha256(of).digest()).decode().rstrip("=")
            assert fields[f"WARC-{name}-Digest"] == "sha256:" + digest
        lines = http.decode("latin-1").split("\r\n")
        record["line"] = lines[0]
        record["http"] = [line.split(":", 1)[0].lower() for line in lines[1:]]
        for line in lines[1:]:
            name, value = line.split(":", 1)
            if name.lower() == "content-length" and record["type"] == "response" \
                    and "WARC-Truncated" not in fields and not lines[0].endswith("HEAD"):
                record["length_ok"] = int(value) == len(body)
        with open(f"bodies/{len(records)}", "wb") as out:
            out.write(body)
    if record["type"] == "revisit":
        assert block.endswith(b"\r\n\r\n") and block.count(b"\r\n\r\n") == 1
        digest = base64.b32encode(hashlib.sha256(block).digest()).decode().rstrip("=")
        assert fields["WARC-Block-Digest"] == "sha256:" + digest
        first = next(r["fields"] for r in others + records if r["fields"]["WARC-Record-ID"] == fields["WARC-Refers-To"])
        assert first["WARC-Target-URI"] == fields["WARC-Refers-To-Target-URI"]
        assert first["WARC-Date"] == fields["WARC-Refers-To-Date"]
        assert first["WARC-Payload-Digest"] == fields["WARC-Payload-Digest"]
    records.append(record)
ids = [record["fields"]["WARC-Record-ID"] for record in records]
assert len(set(ids)) == len(ids)
for record in records:
    if record["type"] == "request":
        assert record["fields"]["WARC-Concurrent-To"] in ids
with open("records", "w") as out:
    for record in records:
        print(json.dumps(record), file=out)
END
}

@test "par-fetch: --warc archives each request and answer, byte for byte" {
	(cd "$ROOT/examples/site" && find . -type f) | sed "s,^\.,$SITE_URL," >urls
	par-fetch --warc a.warc.gz <urls >out
	gzip -t a.warc.gz
	read_warc a.warc.gz
	n=$(wc -l <urls)
	[ "$(jq -r .type records | sort | uniq -c | awk '{ print $1 $2 }' | paste -sd ' ')" = \
		"${n}request ${n}response 1warcinfo" ]
	same <(jq -r 'select(.type == "response").fields["WARC-Target-URI"]' records | sort) <(sort urls)
	[ "$(jq -r 'select(.type == "response").length_ok' records | sort -u)" = true ]
	i=-1
	while read -r type url; do
		i=$((i + 1))
		[ "$type" = response ] || continue
		same "bodies/$i" "$ROOT/examples/site/${url#"$SITE_URL"/}"
	done < <(jq -r '.type + " " + (.fields["WARC-Target-URI"] // "")' records)
	[ "$(jq -r 'select(.type == "response").fields["WARC-IP-Address"]' records | sort -u)" = 127.0.0.1 ]
}

@test "par-fetch: --warc has redirects, errors, what was posted, and what was cut off" {
	printf '%s\n' "$HOSTILE/to/302?url=/echo" "$HOSTILE/status/404" "$HOSTILE/short" \
		"$HOSTILE/endless-chunks" 'no url' >urls
	run -1 --separate-stderr par-fetch --warc a.warc.gz --retries 0 --max-body 100K -d posted <urls
	read_warc a.warc.gz
	[ "$(jq -r 'select(.type == "request").line' records | sort)" = \
		"GET /echo HTTP/1.1
POST /endless-chunks HTTP/1.1
POST /short HTTP/1.1
POST /status/404 HTTP/1.1
POST /to/302?url=/echo HTTP/1.1" ]
	[ "$(jq -r 'select(.fields["WARC-Truncated"]) | .fields["WARC-Target-URI"] + " " + .fields["WARC-Truncated"]' records | sort)" = \
		"$HOSTILE/endless-chunks length
$HOSTILE/short disconnect" ]
	[ "$(grep -lx posted bodies/* | wc -l)" -eq 4 ]
	# chunks are put together, and the header says so
	[ "$(jq -c 'select(.type == "response" and (.http | index("transfer-encoding")))' records)" = "" ]
}

@test "par-fetch: --warc has the request that was answered, and no chunks however they are named" {
	echo digest >config
	par-fetch --warc a.warc.gz -K config -u me:secret -X PUT -d posted <<<"$HOSTILE/digest" | cut -f 2,6 >out
	same out <(printf '200\tposted\n')
	par-fetch --warc a.warc.gz <<<"$HOSTILE/odd/chunk-named" >out
	par-fetch --warc a.warc.gz <<<"$HOSTILE/odd/no-chunks" >out
	read_warc a.warc.gz
	grep -lx posted bodies/* | wc -l | same - <(echo 2)
	[ "$(jq -r 'select(.type == "request").line' records)" = "PUT /digest HTTP/1.1
GET /odd/chunk-named HTTP/1.1
GET /odd/no-chunks HTTP/1.1" ]
	[ "$(jq -r 'select(.type == "response") | .length_ok' records | sort -u)" = true ]
}

@test "par-fetch: --warc keeps no secrets, and answers are not compressed" {
	par-fetch --warc a.warc.gz -u me:secret -b c=secret -H 'X-Other: 1' <<<"$HOSTILE/echo" >out
	read_warc a.warc.gz
	[ "$(jq -c 'select(.type == "request").http | map(select(. == "authorization" or . == "cookie"))' records)" = "[]" ]
	[ "$(jq -c 'select(.type == "request").http | index("x-other") != null' records)" = true ]
	run ! grep -qi '^Accept-Encoding' bodies/1
}

@test "par-fetch: --warc-revisit refers to bodies that were archived before, and no others" {
	run -2 par-fetch --warc-revisit </dev/null
	printf '%s\n' "$HOSTILE/size/"{100,200,100,0,0}"?"{1,2} "$HOSTILE/short" "$HOSTILE/short?2" >urls
	par-fetch --warc a.warc.gz -j 1 --retries 0 --warc-revisit <urls >out 2>err || true
	read_warc a.warc.gz
	[ "$(jq -r .type records | sort | uniq -c | awk '{ print $1 $2 }' | paste -sd ' ')" = \
		"12request 8response 4revisit 1warcinfo" ]
	[ "$(jq -r 'select(.type == "revisit").fields["WARC-Profile"]' records | sort -u)" = \
		http://netpreserve.org/warc/1.1/revisit/identical-payload-digest ]
	[ "$(grep -c xxxx out)" -eq 6 ]	# the records have the bodies all the same
}

# refers ARCHIVE OTHER...: its revisits are of answers that are in the others
refers() {
	local archive=$1 other

	shift
	: >others
	for other; do read_warc "$other" others && cat records >>others; done
	read_warc "$archive" others
	jq -r 'select(.type == "revisit").fields["WARC-Refers-To-Target-URI"]' records
}

@test "par-fetch: --warc-seen refers to bodies that other runs have archived" {
	run -2 par-fetch --warc-seen seen </dev/null
	[[ ${lines[0]} == *"--warc-seen needs --warc" ]]
	run -2 par-fetch --warc a.gz --warc-seen a.gz </dev/null
	printf '%s\n' "$HOSTILE/size/"{100,200}"?1" >first
	printf '%s\n' "$HOSTILE/size/"{100,300,200}"?2" >second
	par-fetch --warc a.gz --warc-seen seen -j 1 <first >out
	par-fetch --warc b.gz --warc-seen seen -j 1 <second >out
	[ "$(grep -c xxxx out)" = 3 ]
	same <(refers b.gz a.gz) "$BATS_TEST_TMPDIR/first"
	par-fetch --warc c.gz --warc-seen seen -j 1 <<<"$HOSTILE/size/300?3" >out
	[ "$(refers c.gz a.gz b.gz)" = "$HOSTILE/size/300?2" ]
	[ "$(wc -l <seen)" = 4 ]
}

@test "par-fetch: --warc-seen: several append to it, and what was killed has left half a note" {
	seq -f "$HOSTILE/size/%g" 1 60 >urls
	par-run -n 3 par-fetch --warc a.gz --warc-seen seen <urls >out
	[ "$(wc -l <seen)" = 61 ]
	cp seen before
	printf 'ABCD' >>seen
	par-fetch --warc b.gz --warc-seen seen <urls >out
	same before seen
	[ "$(refers b.gz a.gz | sort -V)" = "$(<urls)" ]
	cut -c 1-60 before >seen
	run -3 par-fetch --warc c.gz --warc-seen seen </dev/null
	[ "$output" = 'par-fetch: seen: line 2: no note of a body' ]
	for what in 'par-fetch capture' 'a file of mine' ; do
		echo "$what" >seen
		run -3 par-fetch --warc c.gz --warc-seen seen </dev/null
		[ "$output" = 'par-fetch: seen: not a file of --warc-seen' ]
		[ "$(<seen)" = "$what" ]
	done
	run -3 par-fetch --warc c.gz --warc-seen /dev/null </dev/null
	[ "$output" = 'par-fetch: /dev/null: not a regular file' ]
}

@test "par-fetch: --warc-size begins another file before one is too long, and workers share them" {
	for i in {1..200}; do echo "$HOSTILE/size/$((i * 100))?$i"; done >urls
	par-run -n 3 par-fetch --warc a.warc.gz --warc-size 20K <urls >out
	par-fetch --warc a.warc.gz --warc-size 20K <<<"$HOSTILE/ok" >out2
	touch a-20260101000000-99999.warc a-2026010100000-99999.warc.gz
	for file in a.warc.gz a-??????????????-*.warc.gz; do
		[ "$(stat -c %s "$file")" -le 20480 ]
		read_warc "$file"
		[ "$(head -n 1 records | jq -r .type)" = warcinfo ]
		jq -r 'select(.type == "response").fields["WARC-Target-URI"]' records >>seen
	done
	same <(sort seen) <(sort urls - <<<"$HOSTILE/ok")
	same <(printf '%s\n' a-??????????????-*.warc.gz | sed 's/.*-0*//; s/[.].*//') \
		<(seq "$(printf '%s\n' a-??????????????-*.warc.gz | wc -l)")
	(($(printf '%s\n' a-??????????????-*.warc.gz | wc -l) >= 5))
}

@test "par-fetch: --warc does not take a proxy's address for the server's" {
	par-fetch --warc a.warc.gz -x "$HOSTILE" <<<http://c.test/echo >out || true
	read_warc a.warc.gz
	[ "$(jq -r 'select(.type == "request").line' records)" = "GET http://c.test/echo HTTP/1.1" ]
	[ "$(jq -c 'select(.fields["WARC-IP-Address"])' records)" = "" ]
}

@test "par-fetch: workers share a --warc" {
	for i in {1..300}; do echo "$HOSTILE/size/$((i * 100))?$i"; done >urls
	par-run -n 3 par-fetch --warc a.warc.gz <urls >out
	read_warc a.warc.gz
	same <(jq -r 'select(.type == "response").fields["WARC-Target-URI"]' records | sort) <(sort urls)
}

@test "par-fetch: a --warc whose name leaves no room for a file beside it is left as it is" {
	printf '\037\213\010' >ww.warc.gz
	long=$(printf './%.0s' {1..2040})
	# as the system has it, a name has 4095 bytes, and the one beside it 6 more than its own
	for name in "${long}ww.warc.gz" "$long./w.warc.gz"; do
		ln -f ww.warc.gz w.warc.gz
		run -3 par-fetch --warc "$name" </dev/null
		[[ $output == *': File name too long' ]]
		[ "$(echo w*)" = 'w.warc.gz ww.warc.gz' ]
		[ "$(stat -c %s ww.warc.gz)" = 3 ]
	done
	rm ww.warc.gz
	par-fetch --warc "${long}w.warc.gz" </dev/null 2>err
	[ "$(echo w*)" = 'w.warc.gz w.warc.gz.cut-1' ]
}

@test "par-fetch: a --warc that cannot be written to ends the run" {
	run -3 par-fetch --warc no/such/folder/file </dev/null
	[ "$output" = "par-fetch: no/such/folder/file: No such file or directory" ]
	run -3 bash -c 'echo "$HOSTILE/ok" | par-fetch --warc /dev/full'
	[[ $output = *"par-fetch: /dev/full: No space left on device" ]]
}
