#!/usr/bin/env bats
load helper
load aid/hostile
load aid/mixed

setup_file() {
	load helper
	load aid/hostile
	hostile_start
}

teardown_file() {
	load aid/hostile
	hostile_stop
}

@test "par-fetch: --deny-private refuses this machine, however it is written" {
	for host in 127.0.0.1 127.1 0x7f.1 2130706433 017700000001 localhost x.localhost 0.0.0.0 \
		'[::1]' '[::]' '[::ffff:127.0.0.1]' '[::127.0.0.1]' '[64:ff9b::7f00:1]' '[2002:7f00:1::]'; do
		echo "http://$host:$HOSTILE_PORT/denied"
	done >urls
	run -1 --separate-stderr par-fetch --deny-private --retries 0 --max-time 5s <urls
	printf '%s\n' "$output" >out
	same <(cut -f 1 out | sort) <(sort urls)
	[ "$(cut -f 2 out | sort -u)" = 000 ]
	[ "$(cut -f 5 out | grep -vE '^address [0-9a-f.:]+ is not public$')" = "" ]
	[ "$(requests /denied)" = 0 ]
}

@test "par-fetch: --deny-private refuses private, link-local and metadata addresses" {
	for host in 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 169.254.169.254 \
		100.100.100.200 192.0.0.192 168.63.129.16 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 \
		'[fe80::1]' '[fc00::1]' '[fd00:ec2::254]' '[ff02::1]' '[fec0::1]' '[::ffff:10.0.0.1]' \
		'[64:ff9b:1::1]' '[2001::1]' '[2001:db8::1]' '[100::1]'; do
		echo "http://$host/"
	done >urls
	run -1 --separate-stderr par-fetch --deny-private --retries 0 --max-time 5s <urls
	[ "${#lines[@]}" -eq "$(wc -l <urls)" ]
	[ "$(cut -f 5 <<<"$output" | grep -vE '^address [0-9a-f.:]+ is not public$')" = "" ]
}

@test "par-fetch: --deny-private looks at addresses that names lead to, and redirects" {
	evil="evil.test:$HOSTILE_PORT"
	run -1 --separate-stderr par-fetch --deny-private --resolve "$evil:127.0.0.1" <<<"http://$evil/ok"
	[ "$(cut -f 2,5 <<<"$output")" = $'000\taddress 127.0.0.1 is not public' ]
	run -0 par-fetch --deny-private --allow 127.0.0.1 --resolve "$evil:127.0.0.1" <<<"http://$evil/ok"
	for host in 127.0.0.2 '[::1]' '[::ffff:127.0.0.1]' 169.254.169.254 10.0.0.1; do
		echo "$HOSTILE/to/302?url=http://$host:$HOSTILE_PORT/denied"
	done >urls
	run -1 --separate-stderr par-fetch --deny-private --allow 127.0.0.1 <urls
	[ "${#lines[@]}" -eq 5 ]
	[ "$(cut -f 5 <<<"$output" | grep -vE '^address [0-9a-f.:]+ is not public$')" = "" ]
	[ "$(cut -f 6 <<<"$output" | tr -d '\n')" = "" ]
	[ "$(requests /denied)" = 0 ]
}

@test "par-fetch: --deny-private asks no proxy" {
	http_proxy=$HOSTILE run -1 --separate-stderr par-fetch --deny-private <<<"http://127.0.0.3/by-proxy"
	[ "$(requests http://127.0.0.3/by-proxy)" = 0 ]
	run -2 par-fetch --deny-private -x "$HOSTILE"
}

@test "par-fetch: --deny-private lets public addresses pass" {
	# in a network of its own, which leads nowhere
	unshare -rn true || skip "no network of its own can be had"
	for host in 9.9.9.9 172.32.0.1 100.128.0.1 '[2620:fe::9]' '[64:ff9b::808:808]'; do
		echo "http://$host/"
	done >urls
	run -1 --separate-stderr unshare -rn env PATH="$PATH" par-fetch --deny-private --retries 0 <urls
	[ "${#lines[@]}" -eq 5 ]
	[[ $output != *"is not public"* ]]
}

# peak COMMAND...: run it; the file peak has the most memory that it held, in MB.
peak() {
	python3 -c '
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
with open("peak", "w") as out:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=out)
sys.exit(status)' "$@"
}

@test "par-fetch: a body that expands to 10 GB costs no more memory than the limit" {
	run -1 --separate-stderr peak par-fetch --max-body 10M <<<"$HOSTILE/bomb/10"
	[ "$(cut -f 2,5,6 <<<"$output")" = $'200\tbody longer than 10485760 bytes; see --max-body\t' ]
	(($(cat peak) < 300)) # of which sanitizers take most
}

@test "par-fetch: a header without end costs no more memory than the limit" {
	printf '%s\n' "$HOSTILE/endless-headers" "$HOSTILE/long-header" >urls
	run -1 --separate-stderr peak par-fetch --retries 0 --max-header 20K <urls
	[ "$(cut -f 5 <<<"$output" | grep -c .)" -eq 2 ]
	[ "$(awk -F '\t' '$1 ~ /endless/ { print $5 }' <<<"$output")" = "header longer than 20480 bytes; see --max-header" ]
	(($(cat peak) < 300))
}

@test "par-fetch: a certificate that cannot be trusted is an error, but for -k and --cacert" {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=a.test \
		-addext subjectAltName=DNS:a.test -keyout key -out cert 2>/dev/null
	cat key cert >both
	mkdir tls
	plain=$HOSTILE
	BATS_FILE_TMPDIR=$PWD/tls hostile_start "$PWD/both"
	BACKGROUND+=("$HOSTILE_PID")
	url="https://a.test:$HOSTILE_PORT/ok"
	there=(--resolve "a.test:$HOSTILE_PORT:127.0.0.1" --resolve "b.test:$HOSTILE_PORT:127.0.0.1")
	run -1 --separate-stderr par-fetch "${there[@]}" <<<"$url"
	[[ $(cut -f 2,5 <<<"$output") = $'000\t'*"certificate"* ]]
	run -0 par-fetch "${there[@]}" --cacert cert <<<"$url"
	run -0 par-fetch "${there[@]}" -k <<<"$url"
	# of another name
	run -1 --separate-stderr par-fetch "${there[@]}" --cacert cert <<<"${url/a.test/b.test}"
	[[ $(cut -f 5 <<<"$output") = *"b.test"* ]]
	# of no such protocol
	run -1 --separate-stderr par-fetch --retries 0 -k <<<"https${plain#http}/ok"
	[[ $(cut -f 2,5 <<<"$output") = $'000\t'?* ]]
	run -1 --separate-stderr par-fetch --retries 0 --max-time 5s <<<"http${HOSTILE#https}/ok"
	[[ $(cut -f 2,5 <<<"$output") = $'000\t'?* ]]
}

@test "par-fetch: header lines that are none are left out by TLS, too" {
	mixed_certificate
	hostile_here "$PWD/both"
	"$ROOT/tests/aid/odd_answers.py" "$HOSTILE" | grep -E '/odd/(no-colon|nul|long-line|body-like)' | sort >want
	cut -f 1 want | par-fetch --cacert cert --retries 0 | sort >got
	same got want
	[ -s want ]
}

@test "par-fetch: a TLS handshake that is reset is made again, as nothing was asked" {
	mixed_certificate
	mixed_start none one
	for ask in --http2 "-d x" "--warc warc"; do
		# shellcheck disable=SC2086 # words
		par-fetch --cacert cert --retry-delay 1ms $ask <<<"$MIXED/a" | cut -f 2,5,6 >>got
	done
	same got <(for i in 1 2 3; do printf '200\t\t/a\n'; done)
}

@test "par-fetch: what failed on a shared connection is asked again on another one" {
	mixed_certificate
	background "$ROOT/tests/aid/lonely-h2.py" "$PWD/both" >port
	eventually test -s port
	seq 20 | sed "s,^,https://127.0.0.1:$(cat port)/," |
		par-fetch -j 20 --per-host 20 --cacert cert --retry-delay 1ms | cut -f 2,5,6 >got
	same got <(yes $'200\t\tone' | head -n 20)
}

# Records of what libcurl notices in one of several places, by its version: the end of a
# connection, and what is wrong with an answer after its first lines have been told of.
alike() {
	sed -E '/^https:..close/s,\t(HTTP/2 connection failed|body ends too early)\t,\tconnection ended before the end of the answer\t,
		s,\t(000\t|200\ttext/plain)(\t[^\t]*\tHTTP/2 (stream was reset: PROTOCOL_ERROR|connection failed)\t).*,\t\2,' | sort
}

@test "par-fetch: each odd answer of HTTP/2 makes the right record" {
	mixed_certificate
	background "$ROOT/tests/aid/odd_h2.py" port both
	eventually test -s port
	"$ROOT/tests/aid/odd_h2.py" "$(cat port)" | alike >want
	cut -f 1 want | par-fetch -k --resolve "*:$(cat port):127.0.0.1" --retries 2 --retry-delay 1ms 2>err | alike >got
	same got want
	[ -s want ]
}

@test "par-fetch: an answer by http that ends with its connection is whole, after one by HTTP/2" {
	mixed_certificate
	mixed_start two
	for how in close chunked; do printf '%s\n' "$MIXED/$how" "$HOSTILE/own/$how"; done |
		par-fetch -j 1 --retries 0 --cacert cert | cut -f 5,6 >got
	same got <(printf '\t%s\n' /close /own/close /chunked /own/chunked)
	[ "$(sort -u mixed.log)" = HTTP/2.0 ]
}

@test "par-fetch: HTTP/2 shares a connection, --http1.1 does not use it" {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=a.test \
		-addext subjectAltName=DNS:a.test -keyout key -out cert 2>/dev/null
	mkdir www
	echo page >www/page
	cat >tls.conf <<-END
	daemon off; master_process off; pid $PWD/tls.pid; error_log $PWD/tls.err;
	events { worker_connections 100; }
	http {
	    log_format lines '\$connection \$server_protocol'; access_log $PWD/tls.log lines;
	    client_body_temp_path $PWD/t; proxy_temp_path $PWD/t; fastcgi_temp_path $PWD/t;
	    uwsgi_temp_path $PWD/t; scgi_temp_path $PWD/t; keepalive_requests 100000;
	    server {
	        listen unix:$PWD/s; listen 127.0.0.1:PORT ssl http2; root $PWD/www;
	        ssl_certificate cert; ssl_certificate_key key;
	    }
	}
	END
	up() { [ -s tls.pid ] || ! kill -0 "$pid"; }
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		port=$((20000 + RANDOM % 12000))
		sed "s/PORT/$port/" tls.conf >port.conf
		PATH=$PATH:/usr/sbin background nginx -p "$PWD" -c port.conf 2>nginx.err
		pid=$!
		eventually up
		if kill -0 "$pid"; then break; fi
	done
	for i in {1..200}; do echo "https://a.test:$port/page?$i"; done >urls
	ours=(--resolve "a.test:$port:127.0.0.1" --cacert cert)
	run -0 par-fetch "${ours[@]}" <urls
	[ "$(cut -f 2,6 <<<"$output" | sort | uniq -c | awk '{ print $1, $2, $3 }')" = '200 200 page\n' ]
	[ "$(sort tls.log | uniq -c | awk '{ print $1, $3 }')" = "200 HTTP/2.0" ]
	: >tls.log
	run -0 par-fetch "${ours[@]}" --http1.1 --per-host 4 <urls
	[ "$(cut -d ' ' -f 2 tls.log | sort -u)" = "HTTP/1.1" ]
	[ "$(cut -d ' ' -f 1 tls.log | sort -u | wc -l)" -eq 4 ]
}

@test "par-fetch: --hsts asks hosts by https that want it, in the run and in later ones" {
	local there secure plain

	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=a.test \
		-addext subjectAltName=DNS:a.test -keyout key -out cert 2>/dev/null
	cat key cert >both
	mkdir tls
	BATS_FILE_TMPDIR=$PWD/tls hostile_start "$PWD/both"
	BACKGROUND+=("$HOSTILE_PID")
	there=(-j 1 --retries 0 --cacert cert --resolve "a.test:$HOSTILE_PORT:127.0.0.1")
	secure=https://a.test:$HOSTILE_PORT plain=http://a.test:$HOSTILE_PORT
	says=$secure/status/200/Strict-Transport-Security:%20max-age=
	printf '%s\n' "${says}1000" "$plain/ok" | par-fetch "${there[@]}" --hsts '' | cut -f 4- >out
	same out <(printf '%s\t\t%s\n' "${says}1000" 'hello\n' "$secure/ok" 'hello\n')
	# not by default; nor for what another host says
	# (a libcurl may use its connection by TLS for this, too, and so have an answer)
	printf '%s\n' "${says}1000" "$plain/ok" | par-fetch "${there[@]}" >out 2>err || true
	[ "$(tail -n 1 out | cut -f 4)" = "$plain/ok" ]
	# kept for later runs
	run -0 par-fetch "${there[@]}" --hsts known <<<"${says}1000"
	grep -q '^a.test ' known
	run -0 par-fetch "${there[@]}" --hsts known <<<"$plain/to/302?url=$plain/ok"
	[ "$(cut -f 2,4,6 <<<"$output")" = $'200\t'"$secure/ok"$'\thello\\n' ]
	grep -q '^a.test ' known
	# until it is taken back
	run -0 par-fetch "${there[@]}" --hsts known <<<"${says}0"
	run -1 --separate-stderr par-fetch "${there[@]}" --hsts known <<<"$plain/ok"
	run -3 --separate-stderr par-fetch --hsts none/known <<<"$secure/ok"
	[ "$stderr" = "par-fetch: none/known: No such file or directory" ]
}

both_asked() {
	(($(grep -c '^get POST /silent' "$HOSTILE_LOG") == $1 + 2))
}

# One request, and then two at a time, which are not of one handle: both go on with the
# session of the first.  Each has a connection of its own, for -d.
takes_up() {
	local asked resumed

	asked=$(grep -c '^get POST /silent' "$HOSTILE_LOG" || true)
	resumed=$(grep -c '^resumed' "$HOSTILE_LOG" || true)
	rm -f in out
	mkfifo in out
	par-fetch --cacert cert -j 3 -d x <in >out 2>err 3>&- &
	BACKGROUND+=("$!")
	exec {to}>in {from}<out
	echo "$HOSTILE/ok" >&"$to"
	read -r -t "$DEADLINE" _ <&"$from"
	printf '%s\n' "$HOSTILE/silent" "$HOSTILE/silent?2" >&"$to"
	eventually both_asked "$asked"
	exec {to}>&- {from}<&-
	(($(grep -c '^resumed' "$HOSTILE_LOG") == resumed + 2))
}

@test "par-fetch: another connection to a host takes up its TLS session, whoever made it" {
	mixed_certificate
	cat key cert >both
	mkdir tls
	# A ticket of TLS 1.3 is good for one connection: OpenSSL lets go of it at the end of
	# that handshake, and the next one comes when more is read.  A session of 1.2 stays.
	OLD_TLS=1 BATS_FILE_TMPDIR=$PWD/tls hostile_start "$PWD/both"
	BACKGROUND+=("$HOSTILE_PID")
	takes_up
}

@test "par-fetch: tickets of TLS 1.3, which come after the handshake, are taken up one by one" {
	mixed_certificate
	cat key cert >both
	mkdir tls
	BATS_FILE_TMPDIR=$PWD/tls hostile_start "$PWD/both"
	BACKGROUND+=("$HOSTILE_PID")
	# each on a connection of its own, for -d, and once the one before it was answered
	for i in {1..20}; do echo "$HOSTILE/ok?$i"; done | par-fetch --cacert cert -j 1 -d x >out
	[ "$(cut -f 2 out | uniq -c | xargs)" = '20 200' ]
	[ "$(grep -c '^open' "$HOSTILE_LOG")" -eq 20 ]
	[ "$(grep -c '^resumed' "$HOSTILE_LOG")" -eq 19 ]
}
