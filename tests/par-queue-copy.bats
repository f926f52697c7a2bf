#!/usr/bin/env bats
# Functions are called by name.
# shellcheck disable=SC2317,SC2119
load helper
load redis
load postgres
load queue

# par-queue copy: between all kinds of engines, and within each.

# With sanitizers these two, as in par-queue-engines.bats.
if [[ -n ${SANITIZED-} ]]; then export ENGINES=${ENGINES:-redis file}; fi

setup_file() { postgres_begin; }
teardown_file() { postgres_end; }

# place ENGINE: its URL is in $url
place() {
	case $1 in
	redis)
		[ -n "${redis_url-}" ] || { redis_start && redis_url=$PAR_QUEUE_URL; }
		url=$redis_url
		;;
	file) url=file:$PWD/queues ;;
	postgres)
		[ -n "${pg_url-}" ] || { postgres_base && pg_url=$PAR_QUEUE_URL; }
		url=$pg_url
		;;
	esac
}

# on_pairs TEST: run it with each pair of kinds: it copies from:$from to $to
on_pairs() {
	for one in ${ENGINES:-file redis postgres}; do
		for other in ${ENGINES:-file redis postgres}; do
			[[ $one$other != *postgres* || -n ${PG-} ]] || continue
			place "$one" && from=$url
			place "$other" && to=$url
			export PAR_QUEUE_URL=$from
			echo "# from $one to $other"
			"$@"
		done
	done
}

# at_to COMMAND...: with the queues of the destination
at_to() { PAR_QUEUE_URL=$to "$@"; }

# A queue that has something of everything: $1
fill() {
	par-queue pause --new "$1"
	seq 150 | par-queue put --chunk 1 --producer me "$1"
	par-queue resume "$1"
	printf '1\nx\n2\n-3\n' | par-queue put --chunk 1 done-first
	work --next "$1" done-first -- par-run -n 1 --map cat >/dev/null
	rm -f moody.tries
	background par-queue work --backoff 1h "$1" -- ./some
	worker=$!
	eventually is "$1" waiting 0
	eventually is "$1" running 0
	kill "$worker"
	wait "$worker" || true
	seq 1000 1199 | par-queue put --chunk 3 "$1"
	echo later | par-queue put --ids --after 1h "$1" >later
	echo tired | par-queue put --expires 1h "$1"
	printf 'a\0b\\\t\n\n' | par-queue put --chunk 9 "$1"
	par-queue rate "$1" 7
	par-queue scale "$1" 3
	par-queue pause "$1"
}

# A stage that does half of its records, and fails or puts off the others.
some_stage() {
	cat >some <<-'END'
		#!/usr/bin/env python3
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    if line.strip().isdigit() and int(line) % 2 == 0:
		        os.write(1, line.encode())
		        words.write(b"%d %d ok\n" % (i, len(line)))
		    elif line.strip().isdigit() and int(line) % 3 == 0:
		        words.write(b"%d 0 retry not now\n" % i)
		    else:
		        words.write(b"%d 0 fail odd: %s\n" % (i, line.strip().encode()))
	END
	chmod +x some
}

# All that can be seen of a queue without changing it.
shown() {
	par-queue stat "$1"
	par-queue dead "$1"
	par-queue get --keep "$1"
}

prepare_pair() {
	rm -rf queues
	for q in q r done-first; do
		par-queue purge --yes $q 2>/dev/null || true
		at_to par-queue purge --yes $q 2>/dev/null || true
	done
	some_stage
}

everything() {
	prepare_pair
	fill q
	shown q >before
	grep -qx 'dead	[1-9][0-9]*' before
	grep -qx 'results	[1-9][0-9]*' before
	grep -qx 'delayed	[1-9][0-9]*' before
	par-queue copy q "r@$to"
	at_to shown r >after
	same before after
	# It is closed where it was, to everybody, and says where it is.
	for verb in put get; do
		run -3 par-queue $verb q </dev/null
		[[ $output == "par-queue: q: it is closed, and is r@"*" now; par-queue purge deletes what is left here" ]]
	done
	run -3 par-queue work --once q -- par-fib
	[[ $output == "par-queue: q: it is closed, and is r@"* ]]
	for told in 'pause q' 'rate q 1' 'revoke q 1' 'drain q' 'resume q' 'dead --requeue q'; do
		# shellcheck disable=SC2086
		run -3 par-queue $told
		[[ $output == *"par-queue: q: it is closed, and is r@"* ]]
	done
	echo 1 | par-queue put other
	run -3 par-queue work --once --next q other -- par-fib
	[[ $output == *"par-queue: q: it is closed, and is r@"* ]]
	par-queue purge --yes other
	same <(shown_closed q) <(at_to shown_closed r)
	# What is done is done once: again changes nothing.
	par-queue copy q "r@$to"
	at_to shown r | same before -
	# A producer goes on where it was, numbers are the same, order too.
	at_to par-queue resume r
	at_to par-queue rate r 0
	at_to par-queue scale r 0
	{ seq 150; echo 151; } | at_to par-queue put --producer me r
	[ "$(at_to par-queue revoke r "$(cut -f 1 later)")" = 1 ]
	at_to par-queue dead r | grep -q '^later	0	revoked'
	at_to par-queue get r >results
	same results <(sed '1,/^rate/d' before | grep -v '	')
	at_to par-queue stat r | grep -qx 'delayed	[1-9][0-9]*'
	background env PAR_QUEUE_URL="$to" par-queue work r -- par-run -n 1 --map cat
	worker=$!
	eventually at_to is r waiting 0
	eventually at_to is r running 0
	kill "$worker"
	wait "$worker" || true
	at_to par-queue get r >rest
	same rest <(seq 1000 1199; echo tired; printf 'a\0b\\\t\n\n'; echo 151)
	at_to balanced r
	# New numbers come after those that were given.
	old=$(cut -f 1 later)
	[ "$(echo | at_to par-queue put --ids r | cut -f 1)" -gt "$old" ]
}
shown_closed() { par-queue stat "$1"; par-queue dead "$1"; }
@test "queue copies: everything comes over, once, and in its order" { on_pairs everything; }

# Producers and workers go on until they hear of it.
raced() {
	prepare_pair
	seq 3000 >in
	background bash -c 'exec par-queue put --producer me --chunk 1 q <in' 2>err
	producer=$!
	eventually par-queue stat q >stat 2>err
	background par-queue work --backoff 5ms q -- par-run -n 2 --map cat 2>err
	worker=$!
	some() { [ "$(number q "done")" -ge "$1" ]; }
	eventually some $((RANDOM % 400))
	par-queue copy q "r@$to" 2>err
	wait "$producer" || [ "$?" = 3 ]
	wait "$worker" || [[ $? == [34] ]]
	at_to par-queue put --producer me --chunk 1 r <in
	at_to work r -- par-run -n 2 --map cat
	at_to par-queue get r | sort -n | same - in
	at_to is r accepted 3000
	at_to balanced r
}
@test "queue copies: while records are put and worked on, each is there once" { on_pairs raced; }

tried() {
	prepare_pair
	echo 3 | par-queue put q
	background par-queue work --retries 1 --backoff 700ms q -- ./some
	worker=$!
	eventually is q delayed 1
	kill "$worker"
	wait "$worker" || true
	is q delayed 1
	par-queue copy q "r@$to"
	run -1 at_to work --retries 1 r -- ./some
	[ "$(at_to par-queue dead r | cut -f 1-3)" = $'3\t2\tnot now' ]
	at_to balanced r
}
@test "queue copies: a record that was tried is tried no more often for that" { on_pairs tried; }

@test "queue copies: what strangers wrote to a server goes to the dead" {
	redis_start
	seq 70 | par-queue put --chunk 1 q
	redis XADD 'pq:{q}:in' '*' x y >id
	redis XADD 'pq:{q}:in' '*' k 7 n 0 a 0 e 0 r $'new\n' >id
	echo late | par-queue put --after 1h q
	redis HSET 'pq:{q}:body' "$(redis ZRANGE 'pq:{q}:delay' 0 0)" torn >id
	redis XADD 'pq:{q}:out' '*' x y >id
	par-queue copy q "r@file:$PWD/queues"
	export PAR_QUEUE_URL=file:$PWD/queues
	is r waiting 71
	par-queue dead r | cut -f 3 | sort | same - <(printf '%s\n' 'not a chunk: no field k' \
		'not a chunk: no field n' 'not results: no field r that ends in a newline')
	work r -- par-run -n 1 --map cat
	par-queue get r | same - <(seq 70; echo new)
}

# preloaded COMMAND...: with aid/kill-at.c
preloaded() {
	ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 LD_PRELOAD=$BATS_TEST_TMPDIR/kill.so "$@"
}

# Killed at each step, and begun again: with a new destination each time, as the source
# stays what it was.
killed() {
	prepare_pair
	fill q
	shown q >before
	killed=0
	step=${KILL_STEP:-12} # 1: at each
	for ((at = 1 + RANDOM % step; ; at += step)); do
		status=0
		KILL_AT=$at preloaded par-queue copy --yes q "r@$to" || status=$?
		[ "$status" = 0 ] || [ "$status" = 137 ]
		if [ "$status" = 137 ]; then killed=$((killed + 1)); fi
		# What is not all there is nobody's, nor is what is being copied.
		if [ "$status" = 137 ] && at_to par-queue stat r >/dev/null 2>&1; then
			at_to par-queue put r </dev/null >said 2>&1 || grep -q 'r: it is not all here: par-queue copy from q@' said
		fi
		par-queue copy --yes q "r@$to"
		at_to shown r | same before -
		[ "$status" = 137 ] || break
		at_to par-queue purge --yes r
	done
	echo "# $killed kills"
	[ "$killed" -ge 2 ]
}
@test "queue copies: killed at any step and begun again, it loses and doubles nothing" {
	cc -shared -fPIC -o kill.so "$BATS_TEST_DIRNAME/aid/kill-at.c" -ldl
	on_pairs killed
}

# One copy that is killed again and again, each time a little later.
often() {
	prepare_pair
	seq 640 | par-queue put --chunk 1 q
	before=$(par-queue stat q)
	for ((kills = 0; ; kills++)); do
		status=0
		KILL_AT=$((5 + kills)) preloaded par-queue copy q "r@$to" || status=$?
		[ "$status" = 137 ] || break
	done
	echo "# $kills kills"
	[ "$status" = 0 ]
	[ "$(at_to par-queue stat r)" = "$before" ]
	at_to work r -- par-run -n 1 --map cat
	at_to par-queue get r | same - <(seq 640)
}
@test "queue copies: one that is killed as often as it can be comes to its end" {
	cc -shared -fPIC -o kill.so "$BATS_TEST_DIRNAME/aid/kill-at.c" -ldl
	on_pairs often
}

both() {
	prepare_pair
	seq 3000 | par-queue put --chunk 1 q
	par-queue copy q "r@$to" 2>err1 3>&- &
	one=$!
	par-queue copy q "r@$to" 2>err2 3>&- &
	two=$!
	good=0
	wait "$one" && good=1
	wait "$two" && good=1
	# One that finds itself overtaken by the other may say so.
	[ "$good" = 1 ]
	par-queue copy q "r@$to"
	at_to is r waiting 3000
	at_to work r -- par-run -n 1 --map cat
	at_to par-queue get r | same - <(seq 3000)
}
@test "queue copies: two at the same time do what one does" { on_pairs both; }

used() {
	prepare_pair
	seq 3 | par-queue put --chunk 1 q
	rm -f slow.has slow.go
	slow_stage slow
	background par-queue work q -- ./slow
	worker=$!
	eventually test -s slow.has
	run -4 par-queue copy --wait 100ms q "r@$to"
	[[ ${lines[0]} == "par-queue: q: waits for "[123]" record"*" that workers have; they are told to end" ]]
	[ "${lines[1]}" = "par-queue: q: still in use, see par-queue ps; nothing was copied" ]
	! at_to par-queue stat r 2>/dev/null
	par-queue copy q "r@$to" 2>said 3>&- &
	copy=$!
	eventually test -s said
	touch slow.go
	wait "$worker" || [[ $? == [34] ]] # it may hear first that the queue is closed
	wait "$copy"
	at_to work r -- ./slow
	at_to par-queue get r | sort | same - <(seq 3)
	at_to balanced r
	at_to is r "done" 3
}
@test "queue copies: what workers have is waited for" { on_pairs used; }

died() {
	prepare_pair
	seq 3 | par-queue put --chunk 3 q
	rm -f slow.has slow.go
	slow_stage slow
	background par-queue work --lease 300ms q -- ./slow
	worker=$!
	eventually test -s slow.has
	kill -9 "$worker"
	par-queue copy --lease 300ms q "r@$to"
	at_to is r waiting 3
	at_to is r running 0
	touch slow.go
	at_to work r -- ./slow
	at_to par-queue get r | same - <(seq 3)
}
@test "queue copies: what a dead worker had waits again" { on_pairs died; }

reader() {
	prepare_pair
	seq 3 | par-queue put q
	work q -- par-run -n 1 --map cat
	background bash -c 'exec par-queue get --follow --keep q >got'
	get=$!
	three() { [ "$(wc -l <got)" = 3 ]; }
	eventually three
	run -4 par-queue copy --wait 100ms q "r@$to"
	[ "${lines[0]}" = "par-queue: q: waits for a par-queue get to end" ]
	kill "$get"
	wait "$get" || [ "$?" = 4 ]
	par-queue copy q "r@$to"
	at_to par-queue get r | same - <(seq 3)
}
@test "queue copies: who gets results is waited for" { on_pairs reader; }

ended() {
	prepare_pair
	par-queue put q </dev/null
	background bash -c 'exec par-queue work q -- par-run -n 1 --map cat 2>worker.err'
	worker=$!
	idle() { [ -n "$(par-queue ps q)" ]; }
	eventually idle
	mkfifo records 2>/dev/null || true
	background bash -c 'exec par-queue put --producer me q <records 2>producer.err'
	producer=$!
	exec {feed}>records
	seq 5 >&"$feed"
	eventually is q "done" 5
	par-queue copy q "r@$to"
	status=0
	wait "$worker" || status=$?
	[ "$status" = 3 ]
	grep -qE '^par-queue: q: it is closed, and (is|on its way to) r@' worker.err
	seq 6 9 >&"$feed"
	exec {feed}>&-
	status=0
	wait "$producer" || status=$?
	[ "$status" = 3 ]
	grep -qE '^par-queue: q: it is closed, and (is|on its way to) r@' producer.err
	seq 9 | at_to par-queue put --producer me r
	at_to work r -- par-run -n 1 --map cat
	at_to par-queue get r | same - <(seq 9)
}
@test "queue copies: workers and producers of the source hear where the queue is" { on_pairs ended; }

refused() {
	prepare_pair
	run -3 par-queue copy none "r@$to"
	[ "$output" = "par-queue: none: no such queue; par-queue put makes one" ]
	echo 1 | par-queue put q
	echo 2 | at_to par-queue put r
	run -3 par-queue copy q "r@$to"
	[[ $output == "par-queue: r@"*": there is such a queue; name another one, or delete it by par-queue purge" ]]
	is q waiting 1
	at_to is r waiting 1
	echo 3 | par-queue put q # it is open
	at_to par-queue purge --yes r
	# Killed, given up, used again, and copied anew.
	at=0
	until run par-queue put q </dev/null && [ "$status" = 3 ]; do
		at=$((at + 1))
		KILL_AT=$at preloaded par-queue copy q "r@$to" || [ "$?" = 137 ]
	done
	[[ $output == "par-queue: q: it is closed, and on its way to r@"*": par-queue copy goes on with that, par-queue resume gives it up" ]]
	par-queue resume q
	work q -- par-run -n 1 --map cat
	if at_to par-queue stat r >/dev/null 2>&1; then
		run -3 par-queue copy q "r@$to"
		[[ $output == "par-queue: r@"*": another par-queue copy to there has not ended; if it was given up, par-queue purge deletes what it has put" ]]
		at_to par-queue purge --yes r
	fi
	par-queue copy q "r@$to"
	[ "$(at_to par-queue get r | sort)" = $'1\n3' ]
	at_to is r waiting 0
	# It was copied, and what it was copied to is gone: only for who knows that.
	at_to par-queue purge --yes r
	run -3 par-queue copy q "r@$to"
	[[ $output == "par-queue: q@"*": it was copied, and that copy is not r@"*"; --yes copies what is left here once more" ]]
	par-queue copy --yes q "r@$to"
	[ "$(at_to par-queue get r | sort)" = $'1\n3' ]
	# What came from elsewhere is a queue as any other: it can go on, or back.
	PAR_QUEUE_URL=$to par-queue copy r "s@$from"
	par-queue is s results 0 2>/dev/null || is s "done" 2
	par-queue purge --yes s
}
@test "queue copies: what is refused, given up, and begun again" {
	cc -shared -fPIC -o kill.so "$BATS_TEST_DIRNAME/aid/kill-at.c" -ldl
	on_pairs refused
}

@test "queue copies: what a line says that is wrong" {
	export PAR_QUEUE_URL=file:$PWD/queues
	run -2 par-queue copy q
	[ "${lines[0]}" = "par-queue: FROM TO is needed, as in par-queue copy QUEUE QUEUE@redis://HOST" ]
	run -2 par-queue copy q q
	[ "${lines[0]}" = "par-queue: q: FROM and TO are the same" ]
	run -2 par-queue copy q@ r
	[ "${lines[0]}" = "par-queue: q@: a URL is needed behind @" ]
	run -2 par-queue copy --url file:a q@file:b r
	[ "${lines[0]}" = "par-queue: q@file:b: a URL stands there, and behind --url" ]
	run -2 par-queue copy q 'a b@file:c'
	[[ ${lines[0]} == "par-queue: a b: not a name of "* ]]
	run -2 par-queue copy q q@redis://a:b@c
	[[ ${lines[0]} == *"a password in an argument can be seen by ps(1)"* ]]
	run -2 par-queue copy --to-password-file x q r
	[ "${lines[0]}" = "par-queue: --to-password-file needs a URL behind TO, as in QUEUE@URL" ]
	run -2 par-queue copy --to-cert x q r@file:c
	[ "${lines[0]}" = "par-queue: --cert needs a server of rediss://; see --url" ]
	# The same place by two names.
	echo 1 | par-queue put q
	run -3 par-queue copy q "q@file:$PWD/../${PWD##*/}/queues"
	[[ $output == "par-queue: q@"*": there is such a queue; "* ]]
	is q waiting 1
}

# server_dies KIND, server_back KIND: as when its machine fails
server_dies() {
	case $1 in
	redis) redis_kill ;;
	postgres) postgres_stop KILL ;;
	esac
}
server_back() {
	case $1 in
	redis) redis_start ;;
	postgres) postgres_run ;;
	esac
}

# While a copy is on its way the server of one end dies: $one to $other.
server_killed() {
	prepare_pair
	seq 4000 | par-queue put --chunk 1 q
	par-queue copy q "r@$to" 2>copy.err 3>&- &
	copy=$!
	coming() { at_to par-queue stat r 2>/dev/null | grep -qE '^accepted	[1-9]'; }
	eventually coming
	for end in $one $other; do
		server_dies "$end"
		server_back "$end"
		export PAR_QUEUE_URL=$from
	done
	wait "$copy" || par-queue copy q "r@$to"
	at_to is r waiting 4000
	at_to work r -- par-run -n 1 --map cat
	at_to par-queue get r | same - <(seq 4000)
}
@test "queue copies: a server that dies while it is copied from or to" {
	ENGINES="redis file" on_pairs server_killed
	[ -n "${PG-}" ] || return 0
	# One of its own, as others need the one of this file.
	unset pg_url
	OWN=1
	postgres_make
	postgres_run
	export PG_MODEL=template1
	for pair in 'redis postgres' 'postgres redis' 'postgres file'; do
		read -r one other <<<"$pair"
		place "$one" && from=$url
		place "$other" && to=$url
		export PAR_QUEUE_URL=$from
		server_killed
	done
}
clean_up() { [ -z "${OWN-}" ] || postgres_remove; }

@test "queue copies: a destination without room says so, and goes on when it has some" {
	mkdir disk
	export PAR_QUEUE_URL=file:$PWD/queues
	head -c 3000000 /dev/zero | tr '\0' x | fold -w 999 | par-queue put q
	all=$(number q waiting)
	unshare -rm mount -t tmpfs none disk || skip 'no file system of its own can be mounted'
	all=$all unshare -rm bash -eu -c '
		mount -t tmpfs -o size=1M,mode=700 none disk
		status=0
		par-queue copy q q@file:disk || status=$?
		[ "$status" = 3 ]
		mount -o remount,size=20M disk
		par-queue copy q q@file:disk
		par-queue stat --url file:disk q | grep -qx "waiting	$all"
	' 2>err
	[ "$(cat err)" = "par-queue: disk: No space left on device" ]
	redis_start --maxmemory 4mb
	to=$PAR_QUEUE_URL
	export PAR_QUEUE_URL=file:$PWD/queues
	par-queue purge --yes q
	head -c 3000000 /dev/zero | tr '\0' x | fold -w 999 | par-queue put q
	run -3 par-queue copy q "q@$to"
	[[ $output == "par-queue: q@unix://"*": the server has no room; with more, run it again" ]]
	PAR_QUEUE_URL=$to redis CONFIG SET maxmemory 100mb
	par-queue copy q "q@$to"
	at_to is q waiting "$all"
}
