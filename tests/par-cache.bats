#!/usr/bin/env bats
load helper
# shellcheck source=tests/aid/filters.bash
source "$BATS_TEST_DIRNAME/aid/filters.bash"
load site

clean_up() {
	if declare -F site_stop >/dev/null; then site_stop; fi
}

# A native stage that notes each record that it sees: N to N, TAB, 2N.
double() {
	cat >double <<-'END'
		#!/bin/bash
		[[ ${PAR_STAGE-} == *:$$ ]] || exit 9
		fd=${PAR_STAGE%:*} i=0
		echo "par-stage 1" >&"$fd"
		while IFS= read -r n; do
		    echo "$n" >>seen
		    case $n in
		    die*) kill -9 $$ ;;
		    bad*) echo "$i 0 fail no good" >&"$fd" ;;
		    *) out="$n"$'\t'"$((2 * n))"; echo "$out"
		       echo "$i $((${#out} + 1)) ok" >&"$fd" ;;
		    esac
		    i=$((i + 1))
		done
	END
	chmod +x double
	: >seen
}

@test "par-cache: a second run computes nothing, and gives the same" {
	double
	seq 1 50 >in
	par-cache -d store ./double <in >first
	par-cache -s -d store ./double <in >second 2>err
	[ "$(wc -l <seen)" = 50 ]
	same <(sort first) <(sort second)
	same <(sort -n first) <(awk '{ print $1 "\t" 2 * $1 }' in)
	grep -qx 'par-cache: 50 records: 50 found (100.00 %), 0 computed, 0 failed; 0 stored, 0 did not fit, 0 old ones dropped' err
}

@test "par-cache: the same record asked for again and again is computed once" {
	double
	seq 1 20 >once
	for _ in {1..50}; do cat once; done >in
	par-cache -d store ./double <in >out
	same <(sort -n seen) once
	same <(sort -n out | uniq -c | awk '{ print $1, $2 }') <(awk '{ print 50, $1 }' once)
}

@test "par-cache: what failed is named, not stored, and tried again" {
	double
	printf '%s\n' 1 bad1 2 bad1 3 >in
	for _ in 1 2; do
		run -1 --separate-stderr par-cache -d store ./double <in
		[ "${#lines[@]}" = 3 ]
		[ "$stderr" = $'par-cache: bad1: no good\npar-cache: bad1: no good' ]
	done
	[ "$(grep -c bad1 seen)" = 2 ] # once a run
	[ "$(grep -c 2 seen)" = 1 ]
}

@test "par-cache: a command with other words has other answers, --as joins them" {
	run -0 par-cache -d store --map sed s/^/a/ <<<1
	[ "$output" = a1 ]
	run -0 par-cache -d store --map sed s/^/b/ <<<1
	[ "$output" = b1 ]
	run -0 par-cache -d store --as x --map sed s/^/c/ <<<1
	[ "$output" = c1 ]
	run -0 par-cache -d store --as x --map sed s/^/d/ <<<1
	[ "$output" = c1 ]
	run -0 par-cache -d store --refresh --as x --map sed s/^/d/ <<<1
	[ "$output" = d1 ]
	run -0 par-cache -d store --as x --map sed s/^/e/ <<<1
	[ "$output" = d1 ]
}

@test "par-cache: records of any bytes are told apart, and come back whole" {
	awk 'BEGIN { for (i = 1; i < 256; i++) if (i != 10) printf "%c%c\n", i, i }' >in
	printf '\0a\n\0b\n\n' >>in
	head -c 300000 /dev/zero | tr '\0' x >>in # the last one has no newline
	par-cache -d store --map cat <in >first
	par-cache -d store --map sh -c 'exit 1' <in >third 2>err || true # another command
	par-cache -s -d store --map cat <in >second 2>err
	same <(sort first) <({ cat in; echo; } | sort)
	same <(sort second) <(sort first)
	[ ! -s third ]
	grep -q '0 computed' err
}

@test "par-cache: outputs older than --ttl are not used" {
	run -0 par-cache -d store --as x --map sed s/^/a/ <<<1
	stale() { [ "$(par-cache --ttl 1s -d store --as x --map sed s/^/b/ <<<1)" = b1 ]; }
	eventually stale
	run -0 par-cache --ttl 1h -d store --as x --map sed s/^/c/ <<<1
	[ "$output" = b1 ] # what replaced it is young
	run -2 par-cache --ttl 10ms -d store cat
}

@test "par-cache: --max-size bounds the file, and drops the oldest" {
	seq 1 40000 >in
	par-cache -s -d store --max-size 4M --map sed 's/$/ 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/' <in >out 2>err
	[ "$(wc -l <out)" = 40000 ]
	[ "$(stat -c %s store/data.mdb)" -le $((4 << 20)) ]
	dropped=$(sed -n 's/.* did not fit, \([0-9]*\) old ones* dropped/\1/p' err)
	kept=$(par-cache -s -d store --max-size 4M | sed -n 's/^entries.//p')
	[ "$dropped" -gt 0 ]
	[ "$((dropped + kept))" = 40000 ]
	# one that is too large is passed through
	head -c 2000000 /dev/zero | tr '\0' x >large
	par-cache -s -d store --max-size 4M --map cat <large 2>err | cmp - <(cat large; echo)
	grep -q '0 stored, 1 did not fit' err
}

@test "par-cache: many processes share a store" {
	seq 1 3000 >in
	for _ in 1 2; do
		par-run -n 4 par-cache -d store par-fib <in >out
		same <(sort -n out) <(par-fib <in)
	done
	[ "$(par-cache -s -d store | sed -n 's/^entries.//p')" = 3000 ]
}

@test "par-cache: under par-run, killed at any moment, every record comes out once" {
	no_leak_check
	seq 1 20000 >in
	par-fib -M 1000007 <in >want
	background bash -c 'par-run -n 3 -r 1000 par-cache -d store par-fib -M 1000007 <in >out; echo $? >status'
	pid=$!
	eventually pgrep -P "$pid" -x par-run >supervisor
	for _ in {1..15}; do
		pkill -9 -n -P "$(cat supervisor)" || true
		read -r -t 0.02 <> <(:) || true
	done
	eventually test -s status
	[ "$(cat status)" = 0 ]
	same <(sort -n out) want
	# and the store is whole
	par-cache -d store par-fib -M 1000007 <in | sort -n | cmp - want
}

@test "par-cache: a command that does several records in one is refused" {
	run -3 --separate-stderr par-cache -d store par-run -n 1 -N 2 cat <<<$'a\nb'
	[ "$output" = "" ]
	[[ $stderr == *'par-run: does several records in one'* ]]
	run -0 par-cache -d store par-run -n 1 -N 1 cat <<<$'a\nb'
	[ "${#lines[@]}" = 2 ]
}

@test "par-cache: under par-run, a record that kills the command is found" {
	double
	printf '%s\n' {1..20} die {21..40} >in
	run -1 --separate-stderr par-run -n 2 -r 1 par-cache -d store ./double <in
	[ "${#lines[@]}" = 40 ]
	[[ $stderr == *"die: "*"killed by signal 9"* ]]
}

@test "par-cache: on its own, the records of a command that dies are named" {
	double
	printf '%s\n' 1 die >in
	for i in {1..8}; do # it may die before the end of the input is read, or after
		run -1 --separate-stderr par-cache -d "store.$i" ./double <in
		[ "$output" = $'1\t2' ]
		[ "$stderr" = "par-cache: die: killed by signal 9 (Killed)" ]
	done
}

@test "par-cache: --map, with filters that hold their answers back" {
	FILTERS=(perl tr)
	through_filters 2 par-cache -d store --map
	through_filters 2 par-cache -d store --map # what is there
	through_filters 2 par-cache -d other par-run -n 2 --map
}

@test "par-cache: a command that is not native is refused, unless by --map" {
	run -2 --separate-stderr par-cache -d store cat <<<1
	[ "$stderr" = "par-cache: cat is not a native stage; see --map" ]
	# By what it writes, too, whether it stays or goes.
	for end in 'exec sleep 100' :; do
		run -2 --separate-stderr timeout "$DEADLINE" par-cache -d store sh -c "echo hi; $end" <<<1
		[ "$stderr" = "par-cache: sh is not a native stage; see --map" ]
	done
	run -2 par-cache -d store
	run -127 par-cache -d store ./nowhere <<<1
	run -1 --separate-stderr par-cache -d store --map sh -c 'cat; exit 7' <<<1
	[ "$output" = 1 ]
	[ "$stderr" = "par-cache: sh exited with status 7" ]
	run -3 --separate-stderr par-cache -d store --map sh -c 'cat; echo more' <<<2
	[ "$stderr" = "par-cache: --map: sh does not write one line for each that it reads: a line too many came" ]
}

@test "par-cache: a command that cannot be started for now is started later" {
	double
	exec 6>>double # being written: ETXTBSY
	echo 4 >in
	background par-cache -d store -i in ./double >out 2>err 6>&-
	pid=$!
	eventually grep -q 'double: could not be started: Text file busy' err
	exec 6>&-
	wait "$pid"
	[ "$(cat out)" = $'4\t8' ]
	[ "$(wc -l <err)" = 1 ]
	run -126 par-cache -d store ./err <<<4
}

@test "par-cache: a store that cannot be used is an error, with its reason" {
	echo no >file
	run -3 par-cache -d file par-fib <<<1
	[[ $output == "par-cache: file: "* ]]
	mkdir broken
	head -c 10000 /dev/urandom >broken/data.mdb
	run -3 par-cache -d broken par-fib <<<1
	[[ $output == "par-cache: broken: "* ]]
	run -3 env -u HOME -u XDG_CACHE_HOME par-cache par-fib <<<1
	[[ $output == *"neither XDG_CACHE_HOME nor HOME is set"* ]]
	run -0 env XDG_CACHE_HOME="$PWD/x" par-cache par-fib <<<10
	[ "$output" = $'10\t55' ]
	[ "$(stat -c %a x/par)" = 700 ]
}

@test "par-cache: a store that fails on the way is told of once, and done without" {
	(ulimit -f 512; trap "" XFSZ; par-cache -d store --map sed 's/.*/& & & & & & & & & & & & & & & &/' \
		< <(seq 1 20000) 2>err; echo $? >status) | cat >out
	[ "$(cat status)" = 0 ]
	[ "$(wc -l <out)" = 20000 ]
	[ "$(wc -l <err)" = 1 ]
	grep -q 'going on without it' err
}

@test "par-cache: a second run of a fetch touches no server" {
	site_start
	sed "s,http://example.org,$SITE_URL," "$ROOT/examples/urls" | grep "$SITE_URL" >urls
	fetch() { par-run -n 2 par-cache -d store --as fetch par-fetch --retries 0 <urls; }
	fetch 2>/dev/null | awk -F '\t' '$2 == 200' | sort >first
	site_stop
	fetch 2>/dev/null | awk -F '\t' '$2 == 200' | sort >second
	[ "$(wc -l <first)" -ge 10 ]
	same first second
}

# A memcached of our own on a free port.
memcached_start() {
	local i

	command -v memcached >/dev/null || skip "no memcached"
	for ((i = 0; i < 20; i++)); do
		port=$((20000 + RANDOM % 20000))
		background memcached -u nobody -l 127.0.0.1 -p "$port"
		server=$!
		eventually answers || continue
		kill -0 "$server" 2>/dev/null && return
	done
	return 1
}

answers() {
	! kill -0 "$server" 2>/dev/null || (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

# The server at $url, process $server, is killed while par-cache runs.
outlive_server() {
	mkfifo fifo
	par-cache -d "$url" --map cat <fifo >out 2>err 3>&- &
	pid=$!
	exec 7>fifo
	echo 1 >&7
	eventually test -s out
	kill -9 "$server"
	eventually bash -c "! kill -0 $server 2>/dev/null"
	seq 2 100 >&7
	exec 7>&-
	wait "$pid"
	same <(seq 1 100) out
	grep -q 'going on without it' err
	run -3 par-cache -d "$url" par-fib <<<1
}

@test "par-cache: memcached is a store" {
	double
	memcached_start
	url=memcached://127.0.0.1:$port
	printf '%s\n' {1..300} 7 7 bad >in
	for i in 1 2; do
		par-cache -s -d "$url" ./double <in >"out.$i" 2>err || [ "$?" = 1 ]
	done
	[ "$(grep -cv bad seen)" = 300 ]
	same <(sort out.1) <(sort out.2)
	grep -q '302 found' err
	[ "$(par-cache -s -d "$url" | sed -n 's/^entries.//p')" = 300 ]
	# 2 MB are more than it takes
	head -c 2000000 /dev/zero | tr '\0' x >large
	par-cache -s -d "$url" --map cat <large 2>err | cmp - <(cat large; echo)
	grep -q '0 stored, 1 did not fit' err
	outlive_server
	run -3 par-cache -d memcached:// par-fib <<<1
}

@test "par-cache: a memcached that there is no memory for is a line and status 3" {
	local how at status gave_up=0

	[ -z "${SANITIZED-}" ] || skip "sanitizers need the memory themselves"
	cc -O -U_FORTIFY_SOURCE -shared -fPIC -o fault.so "$ROOT/tests/torture/fault.c" -ldl
	memcached_start
	url=memcached://127.0.0.1:$port
	seq 5 >in
	par-fib <in >all
	# One allocation after the other fails, alone and with all after it; where that is those
	# of a start, between these, it is tried again for seconds.
	for how in once on; do
		for at in {1..22} {28..38}; do
			status=0
			FAULT_IN=par-cache FAULT_CALL=memory FAULT_MODE=$how FAULT_AT=$at FAULT_ERRNO=12 \
				LD_PRELOAD=$PWD/fault.so timeout "$DEADLINE" par-cache -d "$url" par-fib \
				<in >out 2>err || status=$?
			echo "$how $at: $status"
			if [ "$status" = 0 ]; then
				same all out
			else
				[ "$status" = 3 ]
				grep '^par-cache: ' err
			fi
			! grep -q 'a library gave up' err || gave_up=1
		done
	done
	[ "$gave_up" = 1 ] || skip "this libmemcached does without"
}

# A redis-server of our own on a socket: redis_start [ARG...]
redis_start() {
	command -v redis-server >/dev/null || skip "no redis-server"
	background redis-server --port 0 --unixsocket "$PWD/redis.sock" --save '' \
		--dir "$PWD" "$@" >/dev/null
	server=$!
	eventually redis-cli -s redis.sock ping >/dev/null 2>&1
}

@test "par-cache: a Redis server is a store" {
	double
	redis_start
	url=unix://$PWD/redis.sock
	printf '%s\n' {1..300} 7 7 bad >in
	for i in 1 2; do
		par-cache -s --ttl 1h -d "$url" ./double <in >"out.$i" 2>err || [ "$?" = 1 ]
	done
	[ "$(grep -cv bad seen)" = 300 ]
	same <(sort out.1) <(sort out.2)
	grep -q '302 found' err
	[ "$(par-cache -s -d "$url" | sed -n 's/^entries.//p')" = 300 ]
	[ "$(redis-cli -s redis.sock ttl "$(redis-cli -s redis.sock randomkey)")" -gt 3000 ]
	# a large one
	head -c 3000000 /dev/zero | tr '\0' x >large
	for _ in 1 2; do
		par-cache -s -d "$url" --map cat <large 2>err | cmp - <(cat large; echo)
	done
	grep -q '1 record: 1 found' err
	outlive_server
}

@test "par-cache: a full Redis server refuses, and nothing else is hurt" {
	redis_start --maxmemory 3mb
	yes "$(printf '%01000d' 0)" | head -n 5000 | awk '{ print NR, $0 }' >in
	par-cache -s -d "unix://$PWD/redis.sock" --map cat <in >out 2>err
	same in out
	grep -Eq '[1-9][0-9]* did not fit' err
}

@test "par-cache: a password is in no argument and no diagnostic" {
	redis_start --requirepass s3cret
	url=unix://$PWD/redis.sock
	run -3 par-cache -d "$url" par-fib <<<1
	[[ $output == *NOAUTH* ]]
	PAR_CACHE_PASSWORD=wrong run -3 par-cache -d "$url" par-fib <<<1
	PAR_CACHE_PASSWORD=s3cret run -0 par-cache -d "$url" par-fib <<<1
	echo s3cret >file
	run -0 par-cache --password-file file -d "$url" par-fib <<<1
	run -3 par-cache --password-file nofile -d "$url" par-fib <<<1
	run -3 par-cache -d redis://user:s3cret@127.0.0.1 par-fib <<<1
	[[ $output != *s3cret* && $output == *--password-file* ]]
	run -3 par-cache -d rediss://127.0.0.1 par-fib <<<1
	[[ $output == *TLS* ]]
}
