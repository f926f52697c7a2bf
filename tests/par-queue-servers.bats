#!/usr/bin/env bats
# par-queue: several servers, one of which dies, and one that is silent.
# shellcheck disable=SC2317
load helper
load redis

work() { timeout "$DEADLINE" par-queue work --once "$@"; }

# server PORT [OPTION...]: a Redis server there; its id is in $SERVER
server() {
	local port=$1

	shift
	mkdir -p "$port"
	background redis-server --port "$port" --bind 127.0.0.1 --dir "$PWD/$port" --save '' \
		--logfile log --loglevel warning "$@"
	SERVER=$!
	eventually at "$port" PING PONG
}

# at PORT COMMAND ANSWER: what a server says
at() { [ "$(redis-cli -p "$1" "$2" 2>/dev/null)" = "$3" ]; }

# info PORT WORD: what INFO says of it
info() { redis-cli -p "$1" INFO | tr -d '\r' | sed -n "s/^$2://p"; }

# a replica has all that its master has
level() { [ "$(info "$1" master_repl_offset)" = "$(info "$2" slave_repl_offset)" ]; }

follows() { [ "$(info "$1" master_link_status)" = up ]; }

# six: a cluster of three, each with a replica; ports are in ${nodes[@]}, ids in ${ids[@]}
six() {
	local i

	nodes=() ids=()
	for i in {1..6}; do
		nodes+=("$(free_port)")
		server "${nodes[-1]}" --cluster-enabled yes --cluster-node-timeout 1500 \
			--cluster-port "$(free_port)"
		ids+=("$SERVER")
	done
	redis-cli --cluster create "${nodes[@]/#/127.0.0.1:}" --cluster-replicas 1 \
		--cluster-yes >made
	for i in {0..5}; do
		eventually eval "redis-cli -p ${nodes[i]} CLUSTER INFO | grep -q cluster_state:ok"
	done
}

@test "par-queue: a cluster goes on when the node that was named dies, with the queue" {
	local i slot

	six
	# the first node is the one that has the queue, and the only one that is named
	for name in a b c d e f g h i j; do
		slot=$(redis-cli -p "${nodes[0]}" CLUSTER KEYSLOT "{$name}")
		((slot > 5460)) || break
	done
	export PAR_QUEUE_URL=redis://127.0.0.1:${nodes[0]}
	seq 1 50 | par-queue put "$name"
	background par-queue work "$name" -- par-run -n 1 --map cat
	worker=$!
	background bash -c 'exec par-queue get --follow "$1" >got' _ "$name"
	reader=$!
	eventually eval '[ "$(sort -n got)" = "$(seq 50)" ]'
	for i in {1..5}; do
		[[ $(info "${nodes[i]}" master_port) != "${nodes[0]}" ]] || replica=${nodes[i]}
	done
	eventually level "${nodes[0]}" "$replica"
	kill -9 "${ids[0]}"
	# who begins now has the others from the list
	seq 51 100 | par-queue put -u "$PAR_QUEUE_URL,127.0.0.1:${nodes[1]}" "$name"
	eventually eval '[ "$(sort -n got)" = "$(seq 100)" ]'
	[ "$(info "$replica" role)" = master ]
	kill "$worker" "$reader"
}

@test "par-queue: 20,000 records while the node that has the queue and was named dies" {
	[ -z "${SANITIZED-}" ] || skip "as with fewer, for longer"
	local i

	seq 20000 >in
	six
	# one more replica: two have what counts, and one of them takes over
	extra=$(free_port)
	server "$extra" --cluster-enabled yes --cluster-node-timeout 1500 --cluster-port "$(free_port)"
	redis-cli --cluster add-node "127.0.0.1:$extra" "127.0.0.1:${nodes[0]}" --cluster-slave \
		--cluster-master-id "$(redis-cli -p "${nodes[0]}" CLUSTER MYID)" >>made
	two_follow() { [ "$(info "${nodes[0]}" connected_slaves)" = 2 ]; }
	eventually two_follow
	for name in a b c d e f g h i j; do
		i=$(redis-cli -p "${nodes[0]}" CLUSTER KEYSLOT "{$name}")
		((i > 5460)) || break
	done
	export PAR_QUEUE_URL=redis://127.0.0.1:${nodes[0]} name
	mkfifo feed
	background bash -c 'exec par-queue put --chunk 20 --wait-replicas 1 "$name" <feed'
	put=$!
	background bash -c 'exec par-queue get --follow "$name" >out 2>words'
	reader=$!
	workers=()
	for _ in 1 2 3 4; do
		background par-queue work --wait-replicas 1 --lease 2s "$name" -- par-run -n 1 --map cat
		workers+=("$!")
	done
	exec 7>feed
	head -n 10000 in >&7
	some() { (($(wc -l <out) > 2000)); }
	eventually some
	kill -9 "${ids[0]}"
	tail -n +10001 in >&7
	exec 7>&-
	wait "$put"
	export PAR_QUEUE_URL=redis://127.0.0.1:${nodes[1]}
	eventually is "$name" "done" 20000
	eventually is "$name" results 0
	balanced "$name"
	kill "$reader" "${workers[@]}"
	# what was given and is forgotten is given again, and that is said
	once in out || grep -q 'results may be written twice' words
	same in <(sort -nu out)
}

@test "par-queue: Sentinel says which server it is, and when it is another one" {
	one=$(free_port) two=$(free_port) sentinel=$(free_port) nobody=$(free_port)
	server "$one"
	first=$SERVER
	server "$two" --replicaof 127.0.0.1 "$one"
	eventually follows "$two"
	cat >sentinel.conf <<-END
		port $sentinel
		bind 127.0.0.1
		sentinel monitor here 127.0.0.1 $one 1
		sentinel down-after-milliseconds here 500
		sentinel failover-timeout here 2000
	END
	background redis-server "$PWD/sentinel.conf" --sentinel --logfile sentinel.log
	eventually at "$sentinel" PING PONG
	knows() { [ "$(redis-cli -p "$sentinel" SENTINEL replicas here | grep -c runid)" = 1 ]; }
	eventually knows
	# the first of these is not there
	export PAR_QUEUE_URL="redis-sentinel://127.0.0.1:$nobody,127.0.0.1:$sentinel/1?master=here"
	seq 1 50 | par-queue put q
	[ "$(redis-cli -p "$one" -n 1 EXISTS 'pq:{q}:meta' 'pq:{q}:waiting')" != 0 ]
	background par-queue work q -- par-run -n 1 --map cat
	worker=$!
	background bash -c 'exec par-queue get --follow q >got'
	reader=$!
	eventually eval '[ "$(sort -n got)" = "$(seq 50)" ]'
	eventually level "$one" "$two"
	kill -9 "$first"
	seq 51 100 | par-queue put q
	eventually eval '[ "$(sort -n got)" = "$(seq 100)" ]'
	[ "$(info "$two" role)" = master ]
	kill "$worker" "$reader"
	run -3 --separate-stderr par-queue stat --patience 200ms \
		-u "redis-sentinel://127.0.0.1:$sentinel?master=other" q
	[[ $stderr == "par-queue: redis-sentinel://127.0.0.1:$sentinel: no master other: Sentinel does not know it; given up after "*" s; see --url" ]]
}

@test "par-queue: a replica says that it is one, and another server of the list is taken" {
	one=$(free_port) two=$(free_port) nobody=$(free_port)
	server "$one"
	server "$two" --replicaof 127.0.0.1 "$one"
	eventually follows "$two"
	run -3 --separate-stderr par-queue put --patience 200ms -u "redis://127.0.0.1:$two" q <<<1
	[[ $stderr == *"redis://127.0.0.1:$two: READONLY "*"; given up after "* ]]
	seq 9 | par-queue put -u "redis://127.0.0.1:$two,127.0.0.1:$one" q
	export PAR_QUEUE_URL=redis://127.0.0.1:$nobody,127.0.0.1:$two,127.0.0.1:$one
	work q -- par-run -n 1 --map cat
	par-queue get q | sort -n | same - <(seq 9)
	# par-cache, too
	echo 7 | par-cache --store "redis://127.0.0.1:$(free_port),127.0.0.1:$one" par-fib >cached
	[ "$(redis-cli -p "$one" DBSIZE)" -gt 0 ]
	run -3 --separate-stderr par-cache --store 'redis-sentinel://h?master=m' par-fib <<<7
	[[ $stderr == *'Sentinel is not asked here; name the server itself, by redis://'* ]]
}

@test "par-queue: a worker hears TERM while the server is silent, and patience holds then" {
	redis_start
	seq 3 | par-queue put q
	background bash -c 'exec par-queue work q -- par-run -n 1 --map cat 2>words'
	worker=$!
	eventually is q "done" 3
	kill -STOP "$REDIS"
	run -3 --separate-stderr par-queue stat --patience 300ms q
	[[ $stderr =~ 'no answer; given up after '([0-9]+)(\.[0-9]+)?' s' ]]
	[ "${BASH_REMATCH[1]}" -lt 15 ] # and not the 20 s that an answer may take
	kill -TERM "$worker"
	wait "$worker" || status=$?
	[ "$status" = 3 ] # since it cannot say that it leaves
	[[ $(<words) =~ 'no answer; given up after '([0-9]+)(\.[0-9]+)?' s' ]]
	[ "${BASH_REMATCH[1]}" -lt 15 ]
	grep -q '^State:.*T' "/proc/$REDIS/status"
	kill -CONT "$REDIS"
	par-queue get q | sort | same - <(seq 3)
	balanced q
}

# relayed N LIKE SOCKET: a port that leads there, where each Nth piece of an answer that
# begins so is lost
relayed() {
	background env LOSE="$1" LOSE_LIKE="$2" "$ROOT/tests/aid/relay.py" "$3" >relay.port
	eventually test -s relay.port
}

@test "par-queue: a commit whose answer was lost is not late" {
	redis_start
	seq 1500 | par-queue put --chunk 1 q
	relayed 7 :1 "$PWD/redis.sock"
	for i in 1 2; do
		background par-queue work -u "redis://127.0.0.1:$(<relay.port)" q -- par-run -n 2 --map cat
	done
	eventually is q "done" 1500
	is q late 0
	[ "$(par-queue ps q | awk '{ n += $4 } END { print n }')" = 1500 ]
	par-queue get q | sort -n | same - <(seq 1500)
}

@test "par-queue: put and work say once what a server loses that does not keep what it acknowledged" {
	redis_start
	says() {
		run -0 --separate-stderr par-queue put q <<<1
		[ "$stderr" = "$1" ]
		run -0 --separate-stderr work q -- par-run -n 1 --map cat
		[ "$stderr" = "$1" ]
	}
	says ''
	redis CONFIG SET appendfsync no
	says 'par-queue: warning: the server has appendfsync no: what it has acknowledged in some 30 s is lost when its host fails; with always none is'
	redis CONFIG SET appendonly no
	none='par-queue: warning: the server has appendonly no: what it has acknowledged'
	says "$none is lost when it fails; with yes it is not"
	redis CONFIG SET save '900 1'
	says "$none since its last snapshot is lost when it fails; with yes it is not"
	# who may not ask how it is set up is told what is known without
	redis ACL SETUSER default -config
	says "$none since its last snapshot, if it makes any, is lost when it fails; with yes it is not"
	redis ACL SETUSER default -info
	says ''
}

@test "par-queue: --wait-replicas: what was accepted and committed is on the replica when its server dies" {
	one=$(free_port) two=$(free_port) three=$(free_port)
	server "$one"
	first=$SERVER
	server "$two" --replicaof 127.0.0.1 "$one"
	second=$SERVER
	server "$three" --replicaof 127.0.0.1 "$one"
	third=$SERVER
	eventually follows "$two"
	eventually follows "$three"
	export PAR_QUEUE_URL=redis://127.0.0.1:$one,127.0.0.1:$two
	# the replicas are silent: put has not put
	kill -STOP "$second" "$third"
	run -3 --separate-stderr par-queue put --producer me --wait-replicas 1 --patience 500ms q < <(seq 100)
	[[ $stderr == *"redis://127.0.0.1:$one: replicas that have what was written: 0, and 1 are wanted; given up after "*"; see --wait-replicas" ]]
	background bash -c 'exec par-queue put --producer me --wait-replicas 1 q < <(seq 2000) 2>words; echo $? >status'
	put=$!
	more() { (($(number q accepted) > 100)); }
	eventually more
	kill -0 "$put" # though there is more
	kill -CONT "$third"
	wait "$put"
	kill -CONT "$second"
	eventually level "$one" "$two"
	kill -STOP "$second" "$third"
	background par-queue work --lease 1h --wait-replicas 1 q -- par-run -n 2 --map cat
	worker=$!
	more() { (($(number q "done") > 0)); }
	eventually more
	# what is committed and not there is done again by who is there
	kill -9 "$first"
	wait "$first" || true
	kill -CONT "$second" "$third"
	redis-cli -p "$two" REPLICAOF NO ONE
	redis-cli -p "$three" REPLICAOF 127.0.0.1 "$two"
	eventually is q "done" 2000
	is q late 0
	par-queue get q | sort -n | same - <(seq 2000)
	kill "$worker"
	run -2 par-queue put --wait-replicas 1 --url file:here q <<<1
	[[ $output == *'--wait-replicas goes with a Redis server only'* ]]
}

# rule: the user of the page, as one line
rule() {
	sed -n '/^ACL SETUSER queue /,/^\.Ed/p' "$ROOT/man/par-queue.1" | grep -v '^\.Ed' | tr -s '\n ' ' '
}

@test "par-queue: a user of the server needs no more than what the page lists, and all of that" {
	redis_start --enable-debug-command no
	redis ACL SETUSER default resetpass '>secret'
	export REDISCLI_AUTH=secret
	redis() { redis-cli -s "$PWD/redis.sock" "$@"; }
	read -ra user <<<"$(rule)"
	[ "$(redis "${user[@]}")" = OK ]
	redis ACL LOG RESET
	redis CONFIG RESETSTAT
	redis CONFIG SET port "$(free_port)"
	port=$(redis CONFIG GET port | tail -n 1)
	export PAR_QUEUE_URL=redis://queue@127.0.0.1:$port PAR_QUEUE_PASSWORD=password
	par-queue check
	cat >moody <<-'END'
		#!/usr/bin/env python3
		import os, sys, time
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    while line == "slow\n" and not os.path.exists("go"):
		        time.sleep(.005)
		    if line == "retry\n" and not os.path.exists("again"):
		        open("again", "w").close()
		        words.write(b"%d 0 retry not yet\n" % i)
		    elif line == "bad\n":
		        words.write(b"%d 0 fail bad\n" % i)
		    elif line == "die\n" and not os.path.exists("died"):
		        open("died", "w").close()
		        os.kill(os.getppid(), 9)
		        os._exit(1)
		    else:
		        os.write(1, line.encode())
		        words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x moody
	printf '%s\n' good retry bad | par-queue put --chunk 1 --producer me q
	echo late | par-queue put --after 1h --expires 2h q
	echo stale | par-queue put --expires 1ms q
	echo gone | par-queue put --ids q >ids
	par-queue revoke q "$(cut -f 1 ids)"
	echo die | par-queue put --chunk 1 q
	par-queue pause q
	par-queue scale q 9
	par-queue rate q 1000
	par-queue resume q
	for i in 1 2; do
		background par-queue work --lease 300ms --backoff 1ms --next r q -- ./moody
		worker=$!
		eventually test -e died
	done
	eventually is r waiting 3
	# a commit that is refused
	echo slow | par-queue put --ids q >ids
	eventually is q running 1
	par-queue revoke q "$(cut -f 1 ids)"
	touch go
	eventually is q late 1
	par-queue stat q
	par-queue ps q
	par-queue drain q
	wait "$worker" || [ $? = 4 ]
	background par-queue work --limit 9 r -- par-run -n 1 --map cat
	worker=$!
	eventually is r "done" 3
	kill -TERM "$worker"
	[ "$(par-queue get r | sort)" = $'die\ngood\nretry' ]
	[ "$(par-queue dead q | cut -f 1 | sort)" = $'bad\ngone\nslow\nstale' ]
	par-queue dead --requeue q >/dev/null
	run -3 par-queue put --wait-replicas 1 --patience 1ms q <<<more
	[[ $output == *'see --wait-replicas'* ]]
	par-queue revoke q 1001
	par-queue dead --drop q >/dev/null
	is q dead 0
	par-queue copy --lease 300ms q q2
	par-queue purge --yes q
	# a worker of long ago, a commit without memory, another database
	echo some | par-queue put t
	redis HSET 'pq:{t}:workers' old $'1\t0\t0\t0'
	redis CONFIG SET maxmemory 1
	background par-queue work t -- par-run -n 1 --map sed 's/.*/&&/'
	worker=$!
	eventually is t "done" 1
	kill -TERM "$worker"
	redis CONFIG SET maxmemory 0
	par-queue put -u "$PAR_QUEUE_URL/1" q <<<1
	[ "$(redis ACL LOG)" = '' ]
	# what is listed was called
	redis INFO commandstats | sed -n 's/^cmdstat_\([^:]*\):.*/\1/p' | sort >called
	for word in $(rule); do
		[[ $word != +* ]] || grep -qxF "${word#+}" called || { echo "never called: $word"; false; }
	done
}

@test "par-queue: stunnel as the page has it leads to a server of TLS, and to no other" {
	command -v stunnel >/dev/null || skip "no stunnel"
	redis_start
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out cert \
		-days 2 -subj /CN=queues.example -addext subjectAltName=DNS:queues.example 2>/dev/null
	there=$(free_port)
	redis CONFIG SET tls-cert-file "$PWD/cert" tls-key-file "$PWD/key" tls-ca-cert-file "$PWD/cert" \
		tls-auth-clients no tls-port "$there" >/dev/null || skip "no TLS in this redis-server"
	# tunnel NAME: what the page has, to a server of that name
	tunnel() {
		here=$(free_port)
		sed -n '/^\[queues\]/,/^\.Ed/p' "$ROOT/man/par-queue.1" | sed "/^\.Ed/d
			s/:6379/:$here/; s/^connect = .*/connect = 127.0.0.1:$there/
			s,^CAfile = .*,CAfile = $PWD/cert,; s/^checkHost = .*/checkHost = $1/
			1i foreground = yes\npid =" >"$1.conf"
		background stunnel "$1.conf" 2>"$1.log"
		eventually grep -q 'Configuration successful' "$1.log"
		export PAR_QUEUE_URL=redis://127.0.0.1:$here
	}
	tunnel queues.example
	seq 100 | par-queue put q
	work q -- par-run -n 1 --map cat
	par-queue get q | sort -n | same - <(seq 100)
	tunnel other.example
	run -3 par-queue put --patience 300ms q <<<1
	grep -q 'certificate verify failed' other.example.log
}

# Results have ids that are times.  A replica that takes over without the last of them, and
# whose clock is behind, gives new ones ids that come before those that a reader has seen.
@test "par-queue: results of a server that took over with a clock that is behind are got all the same" {
	cc -shared -fPIC -o behind.so "$BATS_TEST_DIRNAME/aid/clock-behind.c"
	one=$(free_port) two=$(free_port)
	server "$one"
	first=$SERVER
	LD_PRELOAD=$PWD/behind.so server "$two" --replicaof 127.0.0.1 "$one"
	eventually follows "$two"
	[ $(($(redis-cli -p "$one" TIME | head -n 1) - $(redis-cli -p "$two" TIME | head -n 1))) -gt 3500 ]
	for name in a b; do seq 20 | par-queue put --chunk 1 -u "redis://127.0.0.1:$one" $name; done
	eventually level "$one" "$two"
	# from here on it hears of nothing
	redis-cli -p "$two" REPLICAOF NO ONE
	export PAR_QUEUE_URL=redis://127.0.0.1:$one
	work a -- par-run -n 1 --map cat
	work b -- par-run -n 1 --map cat
	background bash -c "exec par-queue get --follow -u '$PAR_QUEUE_URL,127.0.0.1:$two' a >out.a 2>words.a"
	reader=$!
	eventually eval '[ "$(sort -n out.a)" = "$(seq 20)" ]'
	par-queue get --state state b >>out.b
	export PAR_QUEUE_URL=redis://127.0.0.1:$two
	kill -9 "$first"
	for name in a b; do
		is $name waiting 20
		work $name -- par-run -n 1 --map sed 's/$/ new/'
	done
	eventually eval '[ "$(grep new out.a | sort -n)" = "$(seq 20 | sed "s/$/ new/")" ]'
	grep -q 'results may be written twice' words.a
	kill "$reader"
	eventually is a results 0
	for i in 1 2; do par-queue get --state state b >>out.b; done
	same <(grep new out.b | sort -n) <(seq 20 | sed 's/$/ new/')
	[ "$(wc -l <out.b)" = 40 ]
}
