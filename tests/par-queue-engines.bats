#!/usr/bin/env bats
# Functions are called by name.
# shellcheck disable=SC2317,SC2129
load helper
load redis
load postgres
load queue

# With sanitizers these two: what is PostgreSQL's own, par-queue-postgres.bats has there.
if [[ -n ${SANITIZED-} ]]; then export ENGINES=${ENGINES:-redis file}; fi

setup_file() { postgres_begin; }
teardown_file() { postgres_end; }

# What every kind of engine keeps, see cmd/par-queue/engine.h: each verb, with each.

through() {
	seq 0 90 | shuf -r -n 5000 >in
	par-queue put q <in
	is q waiting 5000
	work q -- par-run -n 2 par-fib
	is q "done" 5000
	is q results 5000
	par-queue get q >out
	once in out
	is q results 0
	par-queue get q >out
	[ ! -s out ]
	balanced q
}
@test "engines of queues: put, work, get: each record once" { on_each through; }

bytes() {
	head -c 300000 /dev/urandom | tr -d '\000' >in
	{ printf 'a\0b\n\n\n'; head -c 3000000 /dev/zero; echo; printf last; } >>in
	par-queue put --chunk 50 q <in
	work q -- par-run -n 1 --map cat
	par-queue get q >out
	{ cat in; echo; } | sort >want
	sort out | same - want
}
@test "engines of queues: records go through as they are, whatever bytes they hold" { on_each bytes; }

numbers() {
	printf 'a\nb\nc\n' | par-queue put -c 2 --ids q >ids
	[ "$(cat ids)" = $'1\t2\n2\t1' ]
	par-queue stat --json q | jq -e '.queue == "q" and .waiting == 3 and .accepted == 3 and .rate == 0'
	par-queue stat --prometheus q | grep -qx 'par_queue_accepted_total{queue="q"} 3'
	par-queue check
}
@test "engines of queues: put --ids, stat, check" { on_each numbers; }

absent() {
	for verb in get stat ps dead; do
		run -3 par-queue "$verb" none
		[ "$output" = "par-queue: none: no such queue; par-queue put makes one" ]
	done
	run -3 par-queue revoke none 1
	[ "$output" = "par-queue: none: no such queue; par-queue put makes one" ]
	for verb in resume drain; do
		run -3 par-queue "$verb" none
		[ "$output" = "par-queue: none: no such queue; par-queue put makes one" ]
	done
	for told in pause 'scale 1' 'rate 1'; do
		read -r verb value <<<"$told"
		# shellcheck disable=SC2086
		run -3 par-queue "$verb" none $value
		[ "$output" = "par-queue: none: no such queue; par-queue put makes one, and so does --new" ]
	done
	run -3 work none -- par-fib
	[ "$output" = "par-queue: none: no such queue; par-queue put makes one" ]
	run -3 par-queue purge --yes none
	[ "$output" = "par-queue: none: no such queue" ]
	# those that wait for one say so
	background bash -c 'exec par-queue get --follow none 2>said'
	follower=$!
	eventually grep -qx 'par-queue: none: no such queue yet; waits for one' said
	kill "$follower"
	wait "$follower" || [ "$?" = 4 ]
	# of two the one that is there is worked on
	echo 5 | par-queue put some
	run -3 work some,none -- par-fib
	[ "$output" = "par-queue: none: no such queue; par-queue put makes one" ]
	[ "$(par-queue get some)" = $'5\t5' ]
	par-queue put none </dev/null
	is none accepted 0
	[ "$(par-queue get none)" = "" ]
}
@test "engines of queues: a queue that never was is no empty one" { on_each absent; }

later() {
	echo later | par-queue put --after 1h q
	echo past | par-queue put --at 1 q
	echo soon | par-queue put --after 300ms q
	is q delayed 2
	is q waiting 1
	background par-queue work q -- par-run -n 1 --map cat
	worker=$!
	eventually is q "done" 2
	[ "$(par-queue get q | sort)" = $'past\nsoon' ]
	is q delayed 1
	kill -9 "$worker"
	balanced q
}
@test "engines of queues: put --after and --at" { on_each later; }

stale() {
	echo stale | par-queue put --expires 1ms q
	echo fresh | par-queue put --expires 1h q
	past() { [ "$(date +%s%3N)" -gt "$now" ]; }
	now=$(($(date +%s%3N) + 1)) && eventually past
	run -1 work q -- par-run -n 1 --map cat
	[ "$output" = 'par-queue: stale: expired' ]
	[ "$(par-queue get q)" = fresh ]
	[ "$(par-queue dead q | cut -f 1-3)" = $'stale\t0\texpired' ]
	balanced q
}
@test "engines of queues: put --expires" { on_each stale; }

named() {
	seq 0 20000 >in
	for _ in 1 2 3 4 5; do
		par-queue put --producer me --chunk 10 q <in 3>&- &
		put=$!
		before=$(number q accepted 2>/dev/null) || before=0
		more() { [ "$(number q accepted 2>/dev/null)" -gt "$before" ] || ! kill -0 "$put" 2>/dev/null; }
		eventually more
		kill -9 "$put" 2>/dev/null || true
		wait "$put" || true
	done
	par-queue put --producer me --chunk 10 q <in
	is q accepted 20001
	work q -- par-run -n 1 --map cat
	par-queue get q >out
	once in out
}
@test "engines of queues: a producer that is killed goes on where it was" { on_each named; }

full() {
	seq 100 | par-queue put --chunk 10 q
	run -4 par-queue put --limit 100 --wait 50ms q < <(echo late)
	[[ $output == "par-queue: q: the queue is full since "* ]]
	seq 101 200 | par-queue put --chunk 1 --limit 100 q 3>&- &
	put=$!
	work q -- par-run -n 1 --map cat
	wait "$put"
	work q -- par-run -n 1 --map cat
	par-queue get q | sort -n | same - <(seq 200)
}
@test "engines of queues: put --limit waits for room" { on_each full; }

failing() {
	printf '1\nx\n2\n-3\n' | par-queue put --chunk 9 q
	run -1 work q -- par-fib
	[[ $output == *"par-queue: x: not a number"* ]]
	[ "$(par-queue dead q | cut -f 1-3 | sort)" = $'-3\t1\tnegative\nx\t1\tnot a number' ]
	balanced q
	par-queue dead --requeue q >again
	is q waiting 2
	is q dead 0
	run -1 work q -- par-fib
	run -1 --separate-stderr par-queue get --wait 5 q
	[ "${#lines[@]}" = 2 ]
	par-queue dead --drop q >gone
	is q dead 0
	is q dropped 2
	balanced q
}
@test "engines of queues: what fails is dead, goes back, or is dropped" { on_each failing; }

moody() {
	cat >moody <<-'END'
		#!/usr/bin/env python3
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    with open("tries", "a") as tries:
		        tries.write(line)
		    words.write(b"%d 0 retry not now\n" % i)
	END
	chmod +x moody
	echo a | par-queue put q
	run -1 work --retries 2 --backoff 10ms,20ms q -- ./moody
	[ "$(wc -l <tries)" = 3 ]
	[ "$(par-queue dead q | cut -f 1-3)" = $'a\t3\tnot now' ]
}
@test "engines of queues: a record is tried again after a while, and then no more" { on_each moody; }

next() {
	seq 0 90 >in
	par-queue put --chunk 7 one <in
	work --next two one -- par-run -n 1 --map cat
	is one results 0
	is two waiting 91
	work --next two two -- par-run -n 1 --map cat >/dev/null 3>&- & # its own next queue
	worker=$!
	turned() { [ "$(number two "done")" -gt 91 ]; }
	eventually turned
	kill "$worker"
	wait "$worker" || true
	work two -- par-run -n 1 --map cat
	par-queue get two >out
	once in out
	balanced one
	balanced two
}
@test "engines of queues: work --next, also into the queue itself" { on_each next; }

weights() {
	for q in a b; do seq 40 | sed "s/^/$q/" | par-queue put --chunk 1 $q; done
	work a=3,b -- par-run -n 1 --map cat
	is a "done" 40
	is b "done" 40
}
@test "engines of queues: a worker of several queues" { on_each weights; }

revoked() {
	echo w | par-queue put --ids q >w
	echo d | par-queue put --after 1h --ids q >d
	slow_stage slow
	background par-queue work --once q -- ./slow
	worker=$!
	eventually test -s slow.has
	echo x | par-queue put --ids q >x
	[ "$(par-queue revoke q "$(cut -f 1 d)" "$(cut -f 1 w)" "$(cut -f 1 x)")" = 3 ]
	is q dead 3
	touch slow.go
	wait "$worker" || true
	[ "$(par-queue get q)" = "" ]
	run -1 par-queue revoke q 1 2 3
	[[ $output == *"nothing unfinished has these numbers"* ]]
	balanced q
}
@test "engines of queues: revoke: waiting, delayed and running ones" { on_each revoked; }

held() {
	par-queue pause --new q
	seq 5 | par-queue put q
	background par-queue work q -- par-run -n 1 --map cat
	worker=$!
	there() { [ -n "$(par-queue ps q)" ]; }
	eventually there
	is q paused 1
	is q waiting 5
	par-queue resume q
	eventually is q "done" 5
	par-queue drain q
	wait "$worker" || [ "$?" = 4 ]
	run -0 par-queue ps q
	[ -z "$output" ]
	par-queue scale q 2
	is q scale 2
	par-queue rate q 120/m
	is q rate 2
}
@test "engines of queues: pause, resume, drain, scale, rate, ps" { on_each held; }

rated() {
	par-queue rate --new q 50
	seq 100 | par-queue put --chunk 1 q
	begin=$(date +%s%3N)
	work q -- par-run -n 1 --map cat
	[ $(($(date +%s%3N) - begin)) -ge 900 ]
	is q "done" 100
}
@test "engines of queues: rate holds workers back" { on_each rated; }

evenly() {
	par-queue rate --new q 10/s
	seq 10 | par-queue put --chunk 1 q
	begin=$(date +%s%3N)
	work q -- par-run -n 4 --map cat
	[ $(($(date +%s%3N) - begin)) -ge 850 ]
	par-queue rate q 0
	seq 9 | par-queue put --chunk 1 q
	work q -- par-run -n 1 --map cat
	par-queue rate q 1/h # what was done without a limit counts for nothing
	echo 1 | par-queue put q
	work q -- par-run -n 1 --map cat
	is q "done" 20
}
@test "engines of queues: rate begins with one record, and not with those of a second" { on_each evenly; }

# One that works on a record at a time, and takes until there is a file go for those that
# begin with long; it says in begun which it has.
one_at_a_time() {
	cat >stage <<-'END'
		#!/usr/bin/env python3
		import os, sys, time
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1 window=1\n")
		for i, line in enumerate(sys.stdin):
		    with open("begun", "a") as begun:
		        begun.write(line)
		    while line.startswith("long") and not os.path.exists("go"):
		        time.sleep(.005)
		    os.write(1, line.encode())
		    words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x stage
}

behind() {
	one_at_a_time
	printf 'long\nshort\n' | par-queue put --chunk 1 first
	{ seq 30; echo long; seq 31 34; } | par-queue put --chunk 1 second
	for q in first second; do
		rm -f begun go
		background par-queue work --once $q -- ./stage
		one=$!
		eventually grep -q long begun
		all=$(number $q accepted)
		background par-queue work --once $q -- ./stage
		two=$!
		eventually is $q "done" $((all - 1))
		is $q running 1
		touch go
		wait "$one" "$two"
		is $q "done" "$all"
	done
	[ "$(par-queue get second | sort -n)" = "$({ echo long; seq 34; } | sort -n)" ]
}
@test "engines of queues: a chunk does not wait behind a long record while a worker is idle" { on_each behind; }

scaled() {
	mkfifo gate
	exec {gate}<>gate
	par-queue scale --new q 1
	seq 6 | par-queue put --chunk 1 q
	background par-queue work --once q -- par-run -n 3 -N 1 sh -c 'echo >>begun; read x; read y <gate; echo "$x"'
	worker=$!
	eventually test -e begun
	begun() { [ "$(wc -l <begun)" = "$1" ]; }
	is q running 1
	par-queue scale q 2
	eventually begun 2
	par-queue scale q 0
	eventually begun 3
	is q running 3
	[ "$(par-queue ps q | cut -f 3-4)" = $'3\t0' ] # of the same moment
	seq 3 >&"$gate"
	eventually is q "done" 3
	[ "$(par-queue ps q | cut -f 4)" = 3 ]
	seq 3 >&"$gate"
	wait "$worker"
	exec {gate}>&-
	is q "done" 6
}
@test "engines of queues: scale down, and up again, while records take long" { on_each scaled; }

kept() {
	seq 5 | par-queue put --chunk 9 q
	work q -- par-run -n 1 --map cat
	[ "$(par-queue get --keep q)" = "$(seq 5)" ]
	is q results 5
	: >out
	par-queue get --state state q >>out
	is q results 0
	seq 6 9 | par-queue put --chunk 9 q
	work q -- par-run -n 1 --map cat
	par-queue get --keep --state state q >>out
	echo torn >>out
	par-queue get --state state q >>out
	same out <(seq 9)
	is q results 0
}
@test "engines of queues: get --keep and --state" { on_each kept; }

waited() {
	echo 1 | par-queue put q
	run -4 par-queue get --wait 50ms q
	[[ $output == *"1 record is not finished"* ]]
	par-queue get --wait "$DEADLINE" q >out 3>&- &
	get=$!
	work q -- par-run -n 1 --map cat
	wait "$get"
	[ "$(cat out)" = 1 ]
	background bash -c 'exec par-queue get --follow q >followed'
	get=$!
	seq 3 | par-queue put --chunk 1 q
	work q -- par-run -n 1 --map cat
	all() { [ "$(wc -l <followed)" = 3 ]; }
	eventually all
	kill "$get"
	wait "$get" || [ "$?" = 4 ]
}
@test "engines of queues: get --wait and --follow" { on_each waited; }

related() {
	printf 'a\nnone\n1\tb\n' | par-queue put --ids --chunk 1 q >ids
	[ "$(cut -f 1 ids | xargs)" = '1 2 3' ]
	work --ids q -- par-run -n 1 -N 1 sed '/none/d;p'
	par-queue get q | sort -s -n -k 1,1 | same - <(printf '%s\n' $'1\ta' $'1\ta' 1 2 $'3\t1\tb' $'3\t1\tb' 3)
	# a chunk of several, and what fails
	n=$(seq 4 7 | par-queue put --ids --chunk 4 q | cut -f 1)
	work --ids q -- par-run -n 1 sh -c 'test "$1" != 5 && echo "$1"' - {} || [ $? = 1 ]
	par-queue get --dead q >out
	sort out | same - <(printf '%s\n' "-$n"$'\t5\t1\texited with status 1\t' "$n" "$n" "$n" "$n"$'\t'{4,6,7})
	run -2 par-queue work --ids --next r q -- par-fib
}
@test "engines of queues: work --ids: results are related to what was put" { on_each related; }

told_dead() {
	mkfifo out
	seq 3 | par-queue put q
	background bash -c 'exec par-queue get --follow --dead q >out'
	get=$!
	exec {from}<out
	work q -- par-run -n 1 par-fib
	for _ in 1 2 3; do read -r -t "$DEADLINE" line <&"$from"; done
	for n in 4 5; do
		id=$(par-queue put --ids --chunk 1 q <<<"no $n" | cut -f 1)
		work q -- par-fib || [ $? = 1 ]
		IFS= read -r -t "$DEADLINE" line <&"$from"
		[ "$line" = "-$id"$'\t'"no $n"$'\t1\tnot a number\t' ]
	done
	id=$(par-queue put --ids --after 1h q <<<later | cut -f 1)
	par-queue revoke q "$id"
	read -r -t "$DEADLINE" line <&"$from"
	[[ $line == "-$id"$'\tlater\t'*revoked* ]]
	# nobody reads it any more: it ends by itself
	exec {from}<&-
	wait "$get" || [ "$?" = 141 ]
}
@test "engines of queues: get --dead tells at once what is dead" { on_each told_dead; }

acknowledged() {
	mkfifo in out
	seq 5 | par-queue put --chunk 1 q
	work q -- par-run -n 1 --map cat
	background bash -c 'exec par-queue get --follow --ack q <in >out'
	exec {to}>in {from}<out
	read -r -t "$DEADLINE" line <&"$from"
	[ "$line" = 1 ]
	kill -9 "$!"
	wait "$!" || true
	exec {to}>&- {from}<&-
	# a signal ends it, though nobody acknowledges
	background bash -c 'exec par-queue get --follow --ack q <in >out'
	exec {to}>in {from}<out
	read -r -t "$DEADLINE" line <&"$from"
	kill "$!"
	wait "$!" || [ $? = 4 ]
	exec {to}>&- {from}<&-
	# what was not acknowledged comes again
	background bash -c 'exec par-queue get --follow --dead --ack q <in >out'
	exec {to}>in {from}<out
	for n in 1 2 3; do
		read -r -t "$DEADLINE" line <&"$from"
		[ "$line" = "$n" ]
		echo >&"$to"
	done
	read -r -t "$DEADLINE" line <&"$from"
	exec {to}>&-
	wait "$!" || [ $? = 4 ]
	exec {from}<&-
	is q results 2
	par-queue get q | same - <(seq 4 5)
	run -2 par-queue get --ack --keep q
	[[ $output == *'--ack does not go with --keep'* ]]
}
@test "engines of queues: get --ack deletes what was acknowledged" { on_each acknowledged; }

stopped_by_results() {
	seq 100 | par-queue put --chunk 1 q
	background par-queue work --limit 3 q -- par-run -n 1 --map cat
	some() { [ "$(number q results)" -ge 3 ]; }
	eventually some
	[ "$(number q results)" -lt 90 ]
	par-queue get --follow q >out 3>&- &
	get=$!
	eventually is q "done" 100
	eventually is q results 0
	kill "$get"
	wait "$get" || true
	sort -n out | same - <(seq 100)
}
@test "engines of queues: work --limit: results that nobody fetches stop it" { on_each stopped_by_results; }

emptied() {
	seq 9000 | par-queue put --chunk 1 q
	echo other | par-queue put r
	run -2 par-queue purge q
	par-queue purge --yes q
	run -3 par-queue stat q
	is r waiting 1
	echo new | par-queue put q
	is q accepted 1
}
@test "engines of queues: purge deletes one queue, and only with --yes" { on_each emptied; }

slept() {
	seq 0 50 >in
	par-queue put --chunk 1 q <in
	slow_stage slow
	background par-queue work --lease 300ms --once q -- ./slow
	sleeper=$!
	eventually test -s slow.has
	kill -STOP "$sleeper"
	touch slow.go
	work --lease 300ms q -- ./slow
	is q "done" 51
	# One that was stopped within a step of a file was killed, as all waited for it.
	if kill -CONT "$sleeper" 2>/dev/null; then
		wait "$sleeper"
		[ "$(number q late)" -ge 1 ]
	fi
	is q "done" 51
	par-queue get q >out
	once in out
	balanced q
}
@test "engines of queues: two workers that both think they hold a chunk" { on_each slept; }

poisoned() {
	printf 'a\nb\npoison\nc\n' | par-queue put --chunk 4 q
	cat >kills <<-'END'
		#!/usr/bin/env python3
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    if line == "poison\n":
		        os.kill(os.getppid(), 9)
		        sys.exit()
		    os.write(1, line.encode())
		    words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x kills
	for _ in {1..40}; do
		! work --lease 200ms --deaths 3 q -- ./kills 2>/dev/null || break
		[ "$(number q dead)" = 0 ] || break
	done
	work --lease 200ms --deaths 3 q -- ./kills || [ "$?" = 1 ]
	[ "$(par-queue dead q | cut -f 1,3)" = $'poison\t3 workers died with it, or hung' ]
	[ "$(par-queue get q | sort)" = $'a\nb\nc' ]
	balanced q
}
@test "engines of queues: a record whose workers all die is dead, and those beside it are done" { on_each poisoned; }

# Producers, workers and readers are killed, again and again, at any moment.
killed() {
	seq 0 4000 >in
	: >out
	put() { background bash -c 'exec par-queue put --producer me --limit 1500 q <in' 2>>err; p=$!; }
	worker() {
		background par-queue work --lease 1s --deaths 1000 --backoff 5ms,10ms q -- par-fib 2>>err
		workers[$1]=$!
	}
	get() { background bash -c 'exec par-queue get --follow --state state q >>out' 2>>err; g=$!; }
	workers=()
	put && worker 0 && worker 1 && worker 2 && get
	for ((kill = 0; kill < ${KILLS:-40}; kill++)); do
		read -r -t "0.0$((RANDOM % 9))" <> <(:) || true
		case $((RANDOM % 5)) in
		0)
			kill -9 "$p" 2>/dev/null || true
			wait "$p" 2>/dev/null || put
			;;
		1) kill -9 "$g" && { wait "$g" 2>/dev/null || get; } ;;
		*)
			w=$((RANDOM % 3))
			kill -9 "${workers[w]}" && { wait "${workers[w]}" 2>/dev/null || worker $w; }
			;;
		esac
	done
	until wait "$p" 2>/dev/null; do put; done
	eventually is q "done" 4001
	eventually is q results 0
	kill "$g"
	wait "$g" || true
	once in out
	balanced q
}
@test "engines of queues: everybody is killed at any moment, and each record comes out once" { on_each killed; }
