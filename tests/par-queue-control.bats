#!/usr/bin/env bats
# par-queue: time, limits, control, and how it reaches its server.
load helper
load redis

prepare() {
	redis_start
}

work() { timeout "$DEADLINE" par-queue work --once "$@"; }

# server_time: seconds, by its clock
server_time() { redis TIME | head -n 1; }

@test "par-queue: --after and --at: records wait on the server for their time" {
	echo later | par-queue put --after 1h q
	echo never | par-queue put --at $(($(server_time) + 9999)) q
	echo past | par-queue put --at 1 q
	echo soon | par-queue put --after 300ms q
	is q delayed 3
	is q waiting 1
	background par-queue work q -- par-run -n 1 --map cat
	worker=$!
	eventually is q "done" 2
	[ "$(par-queue get q | sort)" = $'past\nsoon' ]
	is q delayed 2
	kill -9 "$worker" # it held none of them
	balanced q
}

@test "par-queue: --expires: records not taken in time are dead" {
	echo stale | par-queue put --expires 1ms q
	echo fresh | par-queue put --expires 1h q
	past() { [ "$(server_time)" -gt "$now" ]; }
	now=$(server_time) && eventually past
	run -1 work q -- par-run -n 1 --map cat
	[ "$output" = 'par-queue: stale: expired' ]
	[ "$(par-queue get q)" = fresh ]
	[ "$(par-queue dead q | cut -f 1-3)" = $'stale\t0\texpired' ]
	balanced q
}

@test "par-queue: a stage that says retry gets the record again, after a while, and then no more" {
	cat >moody <<-'END'
		#!/usr/bin/env python3
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    with open("tries", "a") as tries:
		        tries.write(line)
		    tried = open("tries").read().split().count(line.strip())
		    if line.startswith("bad") or (line.startswith("late") and tried < 3):
		        words.write(b"%d 0 retry not yet\n" % i)
		        continue
		    os.write(1, line.encode())
		    words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x moody
	printf 'good\nlate\nbad\n' | par-queue put --chunk 3 q
	run -1 work --retries 2 --backoff 20ms,50ms q -- ./moody
	par-queue get q | sort >out
	[ "$(cat out)" = $'good\nlate' ]
	[ "$(par-queue dead q | cut -f 1-3)" = $'bad\t3\tnot yet' ]
	[ "$(sort tries | uniq -c | awk '{ print $2, $1 }')" = $'bad 3\ngood 1\nlate 3' ]
	balanced q
}

@test "par-queue: --next: results are records of the next queue, as often as they should" {
	seq 0 90 | shuf -r -n 3000 >in
	par-queue put first <in
	background par-queue work --next second first -- par-run -n 2 par-fib
	one=$!
	background par-queue work second -- par-run -n 1 --map cut -f 1
	two=$!
	eventually is first "done" 3000
	kill "$one"
	wait "$one" || [ $? = 4 ]
	is second accepted 3000
	eventually eval '[ -n "$(par-queue ps second)" ]' # else it knows no signals yet
	kill "$two" # cut(1) holds its output back until it is told to end
	wait "$two" || [ $? = 4 ]
	work second -- par-run -N 50 -n 1 cut -f 1
	par-queue get second >out
	same <(sort in) <(sort out)
	is first results 0
}

@test "par-queue: revoke: waiting, delayed and running records are dead, and come to nothing" {
	cat >gate <<-'END'
		#!/usr/bin/env python3
		import os, sys, time
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1 window=1\n")
		for i, line in enumerate(sys.stdin):
		    open("has", "a").write(line)
		    while not os.path.exists("go"):
		        time.sleep(.005)
		    os.write(1, line.encode())
		    words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x gate
	running=$(seq 1 3 | par-queue put --chunk 3 --ids q | cut -f 1)
	background par-queue work --once q -- ./gate
	worker=$!
	eventually test -s has
	waiting=$(seq 4 8 | par-queue put --chunk 5 --ids q | cut -f 1)
	delayed=$(seq 9 10 | par-queue put --chunk 2 --after 1h --ids q | cut -f 1)
	echo 11 | par-queue put q
	[ "$(par-queue revoke q "$running" "$delayed" "$waiting")" = 10 ]
	run -1 par-queue revoke q "$waiting" 99999
	touch go
	wait "$worker"
	[ "$(par-queue get q)" = 11 ]
	par-queue dead q | awk -F '\t' '$3 == "revoked" { print $1 }' | sort -n | same - <(seq 10)
	is q running 0
	is q delayed 0
	balanced q
}

@test "par-queue: pause holds records back, resume lets them go" {
	par-queue pause --new q
	is q paused 1
	echo 1 | par-queue put q
	background par-queue work --once q -- par-run -n 1 --map cat
	worker=$!
	eventually seen q 0
	is q waiting 1
	par-queue resume q
	wait "$worker"
	[ "$(par-queue get q)" = 1 ]
}

# seen QUEUE N: a worker is heard of, and has N records
seen() { par-queue ps "$1" | awk -v n="$2" '$3 == n { found = 1 } END { exit !found }'; }

# A stage that works on as many records as it is given, until there is a file go;
# it says how many it has in a file named has.
eager() {
	cat >eager <<-'END'
		#!/usr/bin/env python3
		import os, select, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1 jobs=50\n")
		have, told, end, left = [], 0, False, b""
		while have or not end:
		    if not end and select.select([0], [], [], .005)[0]:
		        data = os.read(0, 65536)
		        end = not data
		        *lines, left = (left + data).split(b"\n")
		        have += lines
		        with open("has", "a") as has:
		            has.write("%d\n" % len(have))
		    if os.path.exists("go"):
		        for line in have:
		            os.write(1, line + b"\n")
		            words.write(b"%d %d ok\n" % (told, len(line) + 1))
		            told += 1
		        have = []
	END
	chmod +x eager
}

@test "par-queue: scale bounds the records in flight" {
	eager
	par-queue scale --new q 3
	seq 100 >in
	par-queue put --chunk 100 q <in
	background par-queue work --once q -- ./eager
	worker=$!
	three() { [ "$(tail -n 1 has 2>/dev/null)" = 3 ]; }
	eventually three
	[ "$(par-queue ps q | cut -f 3)" = 100 ] # it has all of the chunk
	par-queue scale q 0
	touch go
	wait "$worker"
	par-queue get q | sort -n | same - in
}

@test "par-queue: drain ends the workers that run, and gives back what they did not begin" {
	eager
	seq 100 >in
	par-queue put --chunk 10 q <in
	background par-queue work --lease 1h q -- ./eager
	one=$!
	background par-queue work --lease 1h q -- ./eager
	two=$!
	eventually test -s has
	par-queue drain q
	touch go
	wait "$one" || [ $? = 4 ]
	wait "$two" || [ $? = 4 ]
	is q running 0
	[ -z "$(par-queue ps q)" ]
	work q -- ./eager
	par-queue get q | sort -n | same - in
	balanced q
}

@test "par-queue: rate holds all workers together to so many a second" {
	par-queue rate --new q 20
	is q rate 20
	seq 40 | par-queue put --chunk 1 q
	begin=$(date +%s%N)
	work q -- par-run -n 1 --map cat
	took=$((($(date +%s%N) - begin) / 1000000))
	[ "$took" -ge 900 ]
	is q "done" 40
	run -2 par-queue rate q 5/d
	par-queue rate q 30/m
	is q rate 0.5
}

@test "par-queue: queues have their turns by weight" {
	seq 1 300 | sed 's/^/a/' | par-queue put --chunk 1 a
	seq 1 300 | sed 's/^/b/' | par-queue put --chunk 1 b
	cat >log <<-'END'
		#!/usr/bin/env python3
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1 window=1\n")
		for i, line in enumerate(sys.stdin):
		    open("order", "a").write(line)
		    words.write(b"%d 0 ok\n" % i)
	END
	chmod +x log
	work a=3,b -- ./log
	first=$(head -n 100 order | grep -c a)
	((first >= 65 && first <= 85))
	[ "$(sort -u order | wc -l)" = 600 ]
	run -2 par-queue work a=0 -- ./log
	run -2 par-queue work a,a -- ./log
}

@test "par-queue: put waits at its limit, and goes on as there is room" {
	seq 1 500 >in
	par-queue put --limit 20 q <in 3>&- &
	put=$!
	eventually is q waiting 20
	run -4 par-queue put --limit 20 --wait 50ms q <<<extra
	[[ $output == *"the queue is full"* ]]
	work q -- par-run -n 1 --map cat >log
	until ! kill -0 "$put" 2>/dev/null; do work q -- par-run -n 1 --map cat; done
	wait "$put"
	work q -- par-run -n 1 --map cat
	par-queue get q | sort -n | same - in
}

@test "par-queue: work --limit: results that nobody fetches stop it" {
	seq 100 >in
	par-queue put --chunk 1 q <in
	background par-queue work --limit 10 q -- par-run -n 1 --map cat
	worker=$!
	eventually eval '[ "$(number q results)" -ge 10 ]'
	is q running 0
	[ "$(number q waiting)" -gt 0 ]
	until [ "$(number q "done")" = 100 ]; do par-queue get q >>out; done
	par-queue get q >>out
	kill "$worker"
	wait "$worker" || [ $? = 4 ]
	sort -n out | same - in
}

@test "par-queue: get --state: what a full disk had no room for is written when it has" {
	seq 300 | par-queue put -c 50 q
	par-queue work --once q par-fib
	: >out
	run -3 bash -c 'trap "" XFSZ; ulimit -f 4; par-queue get --state state q >>out'
	[[ $output == 'par-queue: standard output: '* ]]
	par-queue get --state state q >>out
	once <(seq 300) out
}

@test "par-queue: get --state: a full disk is told with the name of the file" {
	[ "$UID" = 0 ] || skip 'needs a file system of its own'
	unshare -m true || skip 'no file system of its own here'
	seq 3 | par-queue put q
	par-queue work --once q par-fib
	mkdir disk
	run -3 --separate-stderr unshare -m bash -c 'mount -t tmpfs -o size=4k none disk || exit 99
		head -c 4096 /dev/zero >disk/full
		par-queue get --state disk/state q >>out'
	[ "$stderr" = 'par-queue: disk/state: No space left on device' ]
	par-queue get --state state q >>out
	once <(seq 3) out
}

@test "par-queue: get --state: killed and run again it writes each result once" {
	seq 1 30000 >in
	par-queue put q <in
	work q -- par-run -n 1 --map cat
	: >out
	# Killed after the bytes are written and before the server is told: as if the
	# state had not been brought forward.
	par-queue get --state state q >>out
	cp state kept
	is q results 0
	par-queue put q <in
	work q -- par-run -n 1 --map cat
	par-queue get --keep --state state q >>out
	cp kept state
	par-queue get --state state q >>out
	{ cat in in; } | sort -n >want
	sort -n out | same - want
	run -3 bash -c 'par-queue get --state state q >short'
	[[ $output == *"shorter than state says"* ]]
	run -2 bash -c 'par-queue get --state state q | cat; exit "${PIPESTATUS[0]}"'
}

@test "par-queue: get --wait: ends when all is finished, or in time" {
	echo 1 | par-queue put q
	run -4 par-queue get --wait 100ms q
	[[ $output == *"1 record is not finished"* ]]
	par-queue get --wait "$DEADLINE" q >out 3>&- &
	get=$!
	work q -- par-run -n 1 --map cat
	wait "$get"
	[ "$(cat out)" = 1 ]
}

@test "par-queue: get: one at a time, and --keep leaves what is there" {
	seq 5 | par-queue put --chunk 9 q
	work q -- par-run -n 1 --map cat
	[ "$(par-queue get --keep q)" = "$(seq 5)" ]
	is q results 5
	redis SET 'pq:{q}:reader' another PX 300
	[ "$(par-queue get q)" = "$(seq 5)" ]
	is q results 0
}

@test "par-queue: stat as JSON and for Prometheus; ps as JSON" {
	seq 7 | par-queue put q
	[ "$(par-queue stat --json q | jq -r '.queue, .accepted, .waiting')" = $'q\n7\n7' ]
	par-queue stat --prometheus q | grep -qx 'par_queue_accepted_total{queue="q"} 7'
	background par-queue work q -- par-run -n 1 --map cat
	eventually is q "done" 7
	[ "$(par-queue ps --json q | jq -r .records)" = 0 ]
	run -2 par-queue stat --json --prometheus q
}

@test "par-queue: check refuses a server that deletes keys, and warns of one that forgets" {
	run -0 par-queue check
	redis CONFIG SET appendfsync everysec
	run -0 par-queue check
	[[ $output == *"appendfsync everysec: what it has acknowledged in about a second is lost"* ]]
	redis CONFIG SET maxmemory-policy allkeys-lru
	run -3 par-queue check
	[[ $output == *"must be noeviction"* ]]
	run -3 par-queue put q <<<1
	[[ $output == *"must be noeviction"* ]]
	run -3 par-queue work --once q -- par-fib
	run -3 par-queue stat q
	[ "$output" = "par-queue: q: no such queue; par-queue put makes one" ]
}

@test "par-queue: a stage that ends with another status than 0 is told of" {
	cat >sour <<-'END'
		#!/usr/bin/env python3
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    words.write(b"%d 0 ok\n" % i)
		sys.exit(7)
	END
	chmod +x sour
	seq 3 | par-queue put q
	run -1 work q -- ./sour
	[[ $output == *"./sour: exited with status 7"* ]]
	is q "done" 3
}

@test "par-queue: workers that died are forgotten after a day, and those with records are not" {
	echo 1 | par-queue put q
	work q -- par-run -n 1 --map cat
	redis HSET 'pq:{q}:workers' old "1000	0	0	0" holds "1000	0	0	0"
	redis XADD 'pq:{q}:in' '*' k 9 n 1 a 0 e 0 r $'2\n'
	redis XREADGROUP GROUP g holds STREAMS 'pq:{q}:in' '>'
	redis HSET 'pq:{q}:meta' accepted 2 running 1 looked 0
	par-queue work --lease 1h q -- par-run -n 1 --map cat 3>&- &
	BACKGROUND+=("$!")
	eventually eval '! par-queue ps q | grep -q ^old'
	par-queue ps q | grep -q ^holds
}

@test "par-queue: purge deletes the queue, and no other; only with --yes" {
	echo 1 | par-queue put --producer me q
	echo 1 | par-queue put other
	run -2 par-queue purge q
	par-queue purge --yes q
	[ "$(redis KEYS 'pq:{q}*')" = '' ]
	is other waiting 1
	run -3 par-queue stat q
}

@test "par-queue: users and passwords, from a file or the environment, never from an argument" {
	par-queue put q </dev/null
	redis ACL SETUSER worker on '>p%ss' '~pq:*' +@all
	redis CONFIG SET requirepass secret
	unset REDISCLI_AUTH
	run -3 par-queue stat q
	[[ $output == *NOAUTH* || $output == *"Authentication required"* ]]
	PAR_QUEUE_PASSWORD=secret par-queue stat q
	printf 'secret\n' >password
	par-queue stat --password-file password q
	run -3 par-queue stat --password-file nonesuch q
	PAR_QUEUE_PASSWORD=wrong run -3 par-queue stat q
	[[ $output == *WRONGPASS* || $output == *"invalid"* ]]
	run -2 par-queue stat -u redis://worker:p%25ss@127.0.0.1/ q
	[[ $output == *"can be seen by ps"* && $output != *p%25ss* ]]
	REDISCLI_AUTH=secret redis CONFIG SET port "$(free_port)"
	port=$(REDISCLI_AUTH=secret redis CONFIG GET port | tail -n 1)
	PAR_QUEUE_PASSWORD=p%ss par-queue stat -u "redis://worker@127.0.0.1:$port" q
	PAR_QUEUE_URL=redis://worker:p%25ss@127.0.0.1:$port/0 par-queue stat q
}

@test "par-queue: what is wrong with an address is said; a server that is not there is waited for" {
	for url in http://x redis://h:x redis://h/x unix://x rediss://h/x redis://[h unix:///s?db=x; do
		run -2 par-queue stat -u "$url" q
		[ "${#lines[@]}" = 2 ]
	done
	redis_kill
	run -3 par-queue stat --patience 100ms q
	[[ $output == *"given up after"* ]]
	par-queue put q <<<x 3>&- &
	put=$!
	redis_start
	wait "$put"
	is q accepted 1
}

@test "par-queue: rediss:// is TLS where hiredis has it, and else told to be missing" {
	if ! ldd "$(command -v par-queue)" | grep -q hiredis_ssl; then
		run -2 par-queue stat -u rediss://127.0.0.1 q
		[[ $output == *"TLS is not spoken here; reach the server through ssh -L"* ]]
		return
	fi
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out cert \
		-days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
	cat cert key >both
	port=$(free_port)
	redis CONFIG SET tls-cert-file "$PWD/cert" tls-key-file "$PWD/key" \
		tls-ca-cert-file "$PWD/cert" tls-port "$port"
	url=rediss://localhost:$port
	export SSL_CERT_FILE=$PWD/cert
	at_once() { run -3 timeout 20 par-queue stat --patience 1h "$@" q; }
	at_once -u "$url" # the server wants a certificate; its reset may be faster than that
	[[ ${lines[-1]} == "par-queue: $url: TLS: "*"certificate required" ]]
	seq 100 | par-queue put -u "$url" --cert both q
	work -u "$url" --cert both q -- par-run -n 1 --map cat
	par-queue get -u "$url" --cert both q | sort -n | same - <(seq 100)
	# a name that the certificate is not for, an authority that is not trusted
	at_once --cert both -u "rediss://127.0.0.1:$port"
	[[ $output == *": TLS: certificate verify failed: "*mismatch ]]
	SSL_CERT_FILE=/dev/null at_once -u "$url" --cert both
	[[ $output == *": TLS: certificate verify failed: self-signed certificate" ]]
	# files that are not there, or no certificate; a port without TLS
	SSL_CERT_FILE=nonesuch at_once -u "$url" --cert both
	[[ $output == "par-queue: $url: nonesuch: No such file or directory" ]]
	at_once -u "$url" --cert nonesuch
	[[ $output == "par-queue: $url: nonesuch: No such file or directory" ]]
	at_once -u "$url" --cert key
	[[ $output == "par-queue: $url: TLS: "* ]]
	plain=$(free_port)
	redis CONFIG SET port "$plain"
	run -3 par-queue stat --patience 100ms -u "rediss://localhost:$plain" q
	[[ $output =~ 'no answer by TLS; is it spoken there?; given up after '([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" -lt 15 ] # and not the 20 s that an answer may take
	run -2 par-queue stat --cert both -u "redis://localhost:$port" q
}

@test "par-queue: misuse is told, with status 2" {
	run -2 par-queue
	run -2 par-queue nonesuch
	run -2 par-queue put
	run -2 par-queue put 'a b'
	run -2 par-queue put a b
	run -2 par-queue put --lease 3 q
	run -2 par-queue work q
	run -2 par-queue work q --
	run -2 par-queue scale q x
	run -2 par-queue dead --drop --requeue q
	run -2 par-queue work --backoff "$(printf %031d 1)m" q cat # not cut to a second
	run -0 par-queue work --help
	[[ $output == *--lease* && $output != *--prometheus* ]]
}

# node PORT: of a cluster, in a folder of that name; its id is in $NODE
node() {
	mkdir "$1"
	background redis-server --port "$1" --bind 127.0.0.1 --cluster-port "$(free_port)" --dir "$PWD/$1" \
		--cluster-enabled yes --save '' --logfile log --loglevel warning
	NODE=$!
	eventually eval "[ \"\$(redis-cli -p $1 PING 2>/dev/null)\" = PONG ]"
}

@test "par-queue: in a cluster each queue is found where it is" {
	one=$(free_port) two=$(free_port)
	node "$one"
	node "$two"
	redis-cli -p "$one" CLUSTER ADDSLOTSRANGE 0 8191
	redis-cli -p "$two" CLUSTER ADDSLOTSRANGE 8192 16383
	bus=$(redis-cli -p "$two" CONFIG GET cluster-port | tail -n 1)
	redis-cli -p "$one" CLUSTER MEET 127.0.0.1 "$two" "$bus"
	for port in "$one" "$two"; do
		eventually eval "redis-cli -p $port CLUSTER INFO | grep -q cluster_state:ok"
	done
	export PAR_QUEUE_URL=redis://127.0.0.1:$one
	[ "$(redis-cli -p "$one" CLUSTER KEYSLOT '{a}')" -gt 8191 ]
	[ "$(redis-cli -p "$one" CLUSTER KEYSLOT '{b}')" -lt 8192 ]
	seq 1 50 | par-queue put a
	seq 51 100 | par-queue put b
	work a,b -- par-run -n 1 --map cat
	{ par-queue get a; par-queue get b; } | sort -n | same - <(seq 100)
	par-queue purge --yes a
	run -3 par-queue stat a

	# the node that has a dies, and another one takes its place
	background bash -c 'exec par-queue get --follow a >got'
	reader=$!
	held() { [ "$(redis-cli -p "$two" EXISTS 'pq:{a}:reader')" = 1 ]; }
	eventually held
	kill -9 "$NODE"
	redis-cli -p "$one" CLUSTER DELSLOTSRANGE 8192 16383
	redis-cli -p "$one" CLUSTER ADDSLOTSRANGE 8192 16383
	seq 7 | par-queue put a
	work a -- par-run -n 1 --map cat
	eventually eval '[ "$(sort got)" = "$(seq 7)" ]'
	kill "$reader"
}
