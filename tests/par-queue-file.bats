#!/usr/bin/env bats
load helper
load redis
load queue

# What is of queues in a folder alone; what all kinds keep is in par-queue-engines.bats.

prepare() {
	export PAR_QUEUE_URL=file:$PWD/queues
}

# at_home COMMAND...: without a URL, with a home of its own
at_home() { env -u PAR_QUEUE_URL -u XDG_STATE_HOME HOME="$PWD/home" "$@"; }

@test "queue files: without a URL a queue is there at once, in a folder of the user's own" {
	mkdir home
	seq 10 | at_home par-queue put q
	at_home par-queue work --once q -- par-fib
	at_home par-queue get q >out
	once <(seq 10) out
	[ "$(stat -c %a home/.local/state/par/queues)" = 700 ]
	echo 1 | env -u PAR_QUEUE_URL XDG_STATE_HOME="$PWD/state" par-queue put q
	[ -f state/par/queues/data.mdb ]
	run -3 env -u PAR_QUEUE_URL -u XDG_STATE_HOME -u HOME par-queue stat q
	[ "$output" = "par-queue: no folder for queues: neither XDG_STATE_HOME nor HOME is set; see --url" ]
}

@test "queue files: a queue that a server of this machine has is not missed" {
	unshare -n ip link set lo up || skip 'no network can be made here'
	mkdir home
	inside() {
		export PATH=$1
		ip link set lo up
		redis-server --save '' --appendonly yes --dir . --logfile log 3>&- &
		until redis-cli PING >pong 2>&1 && grep -q PONG pong; do :; done
		echo 1 | par-queue put --url redis://127.0.0.1 old
		! echo 2 | par-queue put old
		echo 3 | par-queue put new
		echo 4 | par-queue put --url file: old
		par-queue stat --url file: old | grep -qx 'accepted	1'
		kill $!
	}
	export -f inside
	at_home unshare -n bash -euc 'inside "$1"' bash "$PATH" 2>err
	[ "$(cat err)" = "par-queue: old: a server on this machine has this queue: say --url redis://127.0.0.1 for it, or --url file: for the folder that is the default now" ]
}

@test "queue files: the death of a worker is noticed at once, whatever its lease" {
	seq 3 | par-queue put --chunk 3 q
	slow_stage slow
	background par-queue work --lease 1h q -- ./slow
	dying=$!
	eventually test -s slow.has
	background par-queue work --lease 1h q -- par-run -n 1 --map cat
	two() { [ "$(par-queue ps q | wc -l)" = 2 ]; }
	eventually two
	kill -9 "$dying"
	eventually is q "done" 3
	[ "$(par-queue ps q | wc -l)" = 1 ]
	balanced q
}

# switches PID: how often it has had the processor
switches() { awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$1/status"; }

# ticks PID: for how long, hundredths of a second
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

# still PID...: in ten looks, one after the other, none of them had it in between
still() {
	local had=$now

	now=$(for pid; do switches "$pid"; done)
	[ "$now" = "$had" ] || alike=0
	((++alike > 10))
}

@test "queue files: nobody asks again and again: who waits is woken" {
	seq 2 | par-queue put --chunk 1 q
	background par-queue work q -- par-run -n 1 --map cat
	worker=$!
	background bash -c 'exec par-queue get --follow q >out'
	get=$!
	all() { [ "$(wc -l <out)" = "$1" ]; }
	eventually all 2
	eventually is q results 0
	now='' && eventually still "$worker" "$get"
	# Not for what others do, nor for any time.
	for _ in {1..20}; do echo | par-queue put other; done
	[ "$(switches "$worker" && switches "$get")" = "$now" ]
	echo 3 | par-queue put q
	eventually all 3
	kill "$worker" "$get"
}

@test "queue files: a worker that has all that it can have asks for nothing" {
	cat >held.sh <<-'EOS'
		#!/bin/bash
		exec 9>&"${PAR_STAGE%:*}"
		echo 'par-stage 1 window=2 jobs=1' >&9
		n=0
		: >begun
		read -r _ <go
		while IFS= read -r record; do
			echo "$record"
			echo "$((n++)) $((${#record} + 1)) ok" >&9
		done
	EOS
	chmod +x held.sh
	mkfifo go
	seq 50 | par-queue put --chunk 1 q
	background par-queue work --once q -- ./held.sh
	worker=$!
	eventually test -e begun
	before=$(ticks "$worker")
	for _ in {1..50}; do echo | par-queue put other; done
	(($(ticks "$worker") <= before + 5)) # it looks after its stage now and then
	echo >go
	wait "$worker"
	once <(seq 50) <(par-queue get q)
}

@test "queue files: one that is stopped in a step holds up the others for a while only" {
	cc -shared -fPIC -o stop.so "$BATS_TEST_DIRNAME/aid/stop-in-step.c" -ldl
	par-queue put q </dev/null
	: >stop
	ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 LD_PRELOAD=$PWD/stop.so \
		background par-queue put q < <(seq 3)
	stopped=$!
	gone() { [ ! -e stop ]; }
	eventually gone
	run -0 par-queue put q < <(seq 4)
	[[ $output == "par-queue: $PWD/queues: process $stopped was stopped while all others waited for it; killed" ]]
	is q accepted 4
	run -137 wait "$stopped"
}

@test "queue files: one that stays locked is named" {
	par-queue put q </dev/null
	cat >hold.py <<-'END'
		import fcntl, signal
		lock = open("queues/lock", "r+")
		fcntl.lockf(lock, fcntl.LOCK_EX)
		open("held", "w")
		signal.pause()
	END
	background python3 hold.py
	has=$!
	eventually test -e held
	run -3 par-queue stat --patience 600ms q
	[[ $output == "par-queue: $PWD/queues: process $has keeps it locked; given up after "*" s" ]]
}

@test "queue files: a file grows beyond what it was opened for, under everybody" {
	yes "$(printf '%0999d' 7)" | head -n 100000 >in
	par-queue put q </dev/null
	background par-queue work q -- par-run -n 1 --map cat
	par-queue put q <in
	eventually is q "done" 100000
	[ "$(par-queue get q | sort | uniq -c)" = " 100000 $(head -n 1 in)" ]
	[ "$(stat -c %s queues/data.mdb)" -gt $((64 << 20)) ]
}

@test "queue files: a full disk is told in a line, and nothing is lost" {
	mkdir disk
	unshare -rm mount -t tmpfs none disk || skip "no file system of its own can be mounted"
	unshare -rm bash -eu -c '
		mount -t tmpfs -o size=1M,mode=700 none disk
		seq 100 | par-queue put --url file:disk q
		status=0
		head -c 2000000 /dev/zero | tr "\0" x | fold -w 999 | par-queue put --url file:disk --producer me q || status=$?
		[ "$status" = 3 ]
		mount -o remount,size=20M disk
		head -c 2000000 /dev/zero | tr "\0" x | fold -w 999 | par-queue put --url file:disk --producer me q
		par-queue stat --url file:disk q | grep -qx "accepted	2103"
	' 2>err
	[ "$(cat err)" = "par-queue: disk: No space left on device" ]
}

@test "queue files: a folder that cannot be written, is another's, or open to others" {
	: >plain
	run -3 par-queue stat --url file:plain q
	[[ $output == "par-queue: plain: "* ]]
	mkdir -m 755 open
	run -3 par-queue put --url file:open q </dev/null
	[ "$output" = "par-queue: open: others may enter the folder: chmod 700, or name one that is not there yet" ]
	mkdir -m 700 laid
	ln -s ../elsewhere laid/data.mdb
	run -3 par-queue put --url file:laid q </dev/null
	[[ $output == "par-queue: laid: Too many levels of symbolic links" ]]
	[ ! -e elsewhere ]
	echo 1 | par-queue put q
	unshare -rm mount --bind queues queues || skip "no file system of its own can be mounted"
	run -3 unshare -rm bash -c 'mount --bind queues queues && mount -o remount,bind,ro queues && par-queue get q'
	[ "$output" = "par-queue: $PWD/queues: Read-only file system" ]
	is q waiting 1
}

@test "queue files: a network file system is refused by its name" {
	cc -shared -fPIC -o mounts.so "$BATS_TEST_DIRNAME/aid/mounts.c" -ldl
	device=$(stat -c %Hd:%Ld .)
	far() { # TYPE STATUS
		echo "36 35 $device /srv /srv rw shared:1 - $1 server:/srv rw" >mountinfo
		ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 LD_PRELOAD=$PWD/mounts.so \
			run "-$2" par-queue put q </dev/null
	}
	for type in nfs4 cifs fuse.sshfs; do
		far $type 3
		[ "$output" = "par-queue: $PWD/queues: a queue cannot be on a network file system, and this is $type; see --url" ]
	done
	far ext4 0
}

@test "queue files: a file of a newer release, and one that is none" {
	cc -o lmdb-set "$BATS_TEST_DIRNAME/aid/lmdb-set.c" -llmdb
	seq 3 | par-queue put q
	./lmdb-set queues '' format 32
	run -3 par-queue get q
	[[ $output == "par-queue: $PWD/queues: "*" 2"* ]]
	./lmdb-set queues '' format 31
	is q waiting 3
	head -c 20000 /dev/urandom >queues/data.mdb
	run -3 par-queue stat q
	[[ $output == "par-queue: $PWD/queues: the queues are damaged: MDB_INVALID: "*"; move the folder away to start over" ]]
}

@test "queue files: what goes with a server only is refused" {
	run -2 par-queue stat --password-file x q
	[ "${lines[0]}" = "par-queue: --password-file needs a server; see --url" ]
	run -2 par-queue stat --cert x q
	[ "${lines[0]}" = "par-queue: --cert needs a server of rediss://; see --url" ]
}

@test "queue files: those that were killed leave nothing behind for good" {
	for _ in {1..5}; do
		background par-queue work q -- par-run -n 1 --map cat 2>err
		worker=$!
		there() { [ "$(find queues -name 'alive.*' | wc -l)" = 1 ]; }
		eventually there
		kill -9 "$worker"
		wait "$worker" || true
	done
	seq 3 | par-queue put q
	[ "$(find queues -name 'alive.*' | wc -l)" = 0 ]
}

@test "queue files: more workers of the par-run that is the stage have more records" {
	mkfifo gate
	exec {gate}<>gate
	seq 9 | par-queue put --chunk 1 q
	# shellcheck disable=SC2016
	background par-queue work --once q -- par-run -n 1 --control ctl -N 1 sh -c 'read x; read y <gate; echo "$x"'
	worker=$!
	eventually is q running 1
	eventually test -p ctl
	echo workers 4 >ctl
	eventually is q running 4
	seq 9 >&"$gate"
	wait "$worker"
	exec {gate}>&-
	[ "$(par-queue get q | sort -n)" = "$(seq 9)" ]
}
