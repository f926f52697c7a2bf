#!/usr/bin/env bats
# par-queue: a Redis server whose memory is full.
# shellcheck disable=SC2317
load helper
load redis

prepare() {
	[ -z "${SANITIZED-}" ] || skip "the memory is the server's"
	redis_start --maxmemory 6mb
}

# used: bytes that the server counts against its limit
used() { redis INFO memory | tr -d '\r' | sed -n 's/^used_memory://p'; }

# fill: put until there is no room, with one who has no patience
fill() {
	seq 1000000 1200000 | sed 's/$/ 0123456789012345678901234567890123456789/' >in
	run -3 --separate-stderr par-queue put --patience 300ms q <in
	[[ $stderr == *'q: the server has no memory; waiting'* ]]
	[[ $stderr =~ 'no memory since '([0-9]+).*' not read on; see --patience' ]]
	((BASH_REMATCH[1] < 10))
	accepted=$(number q accepted)
	((accepted > 0))
}

@test "par-queue: results that nobody fetches do not fill a server past its maxmemory" {
	fill
	# each result is 20 times what it comes of
	background bash -c "exec par-queue work q -- par-run -n 2 --map sed 's/.*/&&&&&&&&&&&&&&&&&&&&/' 2>words"
	worker=$!
	eventually grep -q 'no memory for results; waiting for par-queue get' words
	n=0
	looked() { (($(used) < 9000000)) && ((++n >= 50)); }
	eventually looked
	(($(number q results) > 0))
	# who puts comes after results
	run -4 par-queue put --wait 100ms q <<<1
	timeout "$DEADLINE" par-queue get --wait "$DEADLINE" q >out
	kill -TERM "$worker"
	wait "$worker" || [ $? = 4 ]
	same <(head -n "$accepted" in | cut -b 1-7) <(cut -b 1-7 out | sort)
	balanced q
	is q late 0
}

@test "par-queue: dead records do not fill a server past its maxmemory" {
	fill
	cat >sour <<-'END'
		#!/usr/bin/env python3
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1 window=1000\n")
		for i, line in enumerate(sys.stdin):
		    words.write(b"%d 0 fail %s\n" % (i, b"for a reason that is told at some length " * 9))
	END
	chmod +x sour
	background bash -c 'exec par-queue work q -- ./sour 2>words'
	worker=$!
	eventually grep -q 'waiting for par-queue get, or dead --drop' words
	n=0
	looked() { (($(used) < 9000000)) && ((++n >= 50)); }
	eventually looked
	dropped() { par-queue dead --drop q >>gone; is q waiting 0 && is q running 0; }
	eventually dropped
	par-queue dead --drop q >>gone
	kill -TERM "$worker"
	wait "$worker" || [ $? = 4 ]
	same <(head -n "$accepted" in) <(cut -f 1 gone | sort)
	balanced q
}

@test "par-queue: through a full server all goes on, though results are larger" {
	fill
	background bash -c 'exec par-queue get --follow q >out'
	reader=$!
	background bash -c 'exec par-queue put --producer me --patience 1h q <in'
	background bash -c "exec par-queue work q -- par-run -n 2 --map sed 's/9 .*/&&&/' 2>words"
	worker=$!
	eventually is q "done" $((accepted + 200001))
	eventually is q results 0
	kill "$reader" "$worker"
	same <(cat <(head -n "$accepted" in) in | cut -b 1-7 | sort) <(cut -b 1-7 out | sort)
}
