#!/usr/bin/env bats
# par-formats(7): what is newer is refused by name, and nothing of it is changed.
load helper
load redis

# says FORMAT VERSION READS: what is said of one that is newer.
says() { echo "made by a newer par ($1 $2, and this one reads $3): use that one"; }

@test "formats: the page has the versions of the code, and no others" {
	local name version

	sed -n 's/^\tFORMAT_[A-Z_]* = \([0-9]*\),* \/\* \([^:]*\):.*/\2 \1/p' "$ROOT/lib/formats.h" >code
	sed -n '/^\.It Em format/d; s/^\.It \(.*\) Ta \([0-9]*\) Ta .* Ta .*/\1 \2/p' \
		"$ROOT/man/par-formats.7" >page
	same code page
	[ "$(wc -l <code)" = "$(grep -c '^	FORMAT_' "$ROOT/lib/formats.h")" ]
	# each is read by who writes it, and explained below the table
	while read -r line; do
		name=${line% *} version=${line##* }
		grep -q "^\.It $name Ta $version Ta .*\<$version Ta " "$ROOT/man/par-formats.7"
		grep -qx "\.It $name" "$ROOT/man/par-formats.7"
	done <code
}

@test "formats: what is written says the version that the code has" {
	echo 1 >in
	par-run -o out --checkpoint state --map cat <in
	[ "$(head -n 1 state)" = 'par-run checkpoint 3' ]
	par-run -o out.2 --checkpoint state.2 -N 1 cat <in
	[ "$(head -n 1 state.2)" = 'par-run checkpoint 3' ]
	echo 5 | par-run --serve -n 1 par-fib | head -n 1 >hello
	[ "$(<hello)" = 'par-stage 1 unsure beat=10000' ]
	# more than once, as the link is tried again
	par-run --host alpha --rsh 'sh -c "head -n 1 >>job"' --host-wait 1 par-fib <<<5 2>err || true
	grep -Ex 'par-job 1 [0-9]+' job # an older one reads it, too
	par-run --host alpha --rsh 'sh -c "head -n 1 >>job.2"' --host-wait 1 -N 1 cat <<<5 2>err || true
	grep -Ex 'par-job 2 [0-9]+' job.2
}

@test "formats: a stage of a newer version, for each supervisor" {
	local want

	want=$(says par-stage 2 1)
	cat >newer <<-'END'
		#!/bin/sh
		[ -z "${PAR_STAGE-}" ] || eval "echo 'par-stage 2 window=3' >&${PAR_STAGE%:*}"
		exec cat
	END
	chmod +x newer
	run -3 --separate-stderr par-run -n 1 ./newer <<<1
	[ "$output" = '' ]
	[ "${stderr_lines[0]}" = "par-run: ./newer: $want" ]
	run -3 --separate-stderr par-cache -d store ./newer <<<1
	[ "$output" = '' ]
	[[ $stderr == "par-cache: ./newer: $want"* ]]
	run -3 --separate-stderr par-run --host : -n 1 ./newer <<<1
	[ "$output" = '' ]
	[[ $stderr == *"par-run: ./newer: $want"* ]]
	redis_start
	par-queue put q <<<1
	run -3 --separate-stderr par-queue work --once q ./newer
	[ "$stderr" = "par-queue: ./newer: $want" ]
	[ "$(number q accepted)" = 1 ]
	[ "$(number q results)" = 0 ]
}

@test "formats: the other end of a link that is of a newer version, and of an older one" {
	run -2 --separate-stderr par-run --serve <<<'par-job 4 9'
	[ "$stderr" = "par-run: --serve: $(says par-job 4 3) here, too" ]
	run -3 --separate-stderr par-run --host alpha --rsh 'sh -c "echo par-stage 2; cat"' par-fib <<<5
	[[ ${stderr_lines[0]} == "par-run: alpha: $(says par-stage 2 1)" ]]
	# what an older one knows nothing of
	printf 'par-job 1 29\nalpha\0--serve\0--none-such\0--\0' >job
	run -2 --separate-stderr par-run --serve <job
	[[ $stderr == *none-such* ]]
}

# serve WORD...: par-run at the other end of a link, which is told these; what it tells
serve() {
	printf '%s\0' alpha --serve --workers=1 "$@" -- par-fib >job
	{ echo "par-job 1 $(wc -c <job)" && cat job - <in; } >given
	par-run --serve <given | grep -av 'par-stage\|	'
}

@test "formats: links tell of runs, to one that asks for them in a word that others pass over" {
	seq 300 >in
	[ "$(serve | grep -c '^[0-9]* [0-9]* ok$')" = 300 ]
	[ "$(serve --remote=none | grep -c '^[0-9]* [0-9]* ok$')" = 300 ]
	serve --remote=counts >told
	grep -q '^[0-9]* [0-9]*,[0-9,]* ok$' told
	[ "$(cut -d ' ' -f 2 told | tr ',' '\n' | wc -l)" = 300 ]
	serve --remote=runs >told
	grep -q '^[0-9]*\.\.299 [0-9]* ok$' told
	# who wants to know of each asks for counts
	# a try that is ended before it has read any leaves what there is
	printf '%s\n' '#!/bin/sh' 'dd bs=64k count=1 2>err | tr "\\0" "\\n" >new && [ -s new ] && mv new job' >reach
	chmod +x reach
	for options in --map -k; do
		par-run "$options" --host alpha --rsh ./reach --host-wait 1 par-fib <<<5 2>err || true
		grep -a remote job
	done >asked
	[ "$(<asked)" = $'--remote=runs\n--remote=counts' ]
	par-run -k --host :2 par-fib <in | same - <(par-fib <in)
}

@test "formats: blocks of an older par-run, at the other end of a link" {
	local word='alpha\0--serve\0--retries=0\0--workers=1\0--records=2\0--\0sh\0-c\0'

	word+='sed "s/^/$PAR_RECORD $PAR_TRY /"; echo "${PAR_ID:+id}"\0'
	# shellcheck disable=SC2059 # it is a format
	printf "$word" >job
	{
		echo "par-job 1 $(wc -c <job)"
		cat job
		printf 'block 2 4\n7\n8\nblock 1 2\n9\n'
	} >given
	par-run --serve <given >got
	printf '%s\n' '1 1 7' '1 1 8' id '3 1 9' id >want
	same <(grep -v '^par-stage\|^[0-9-]* [0-9]* ok' got) want
	# and none of another form
	for line in 'block 2' 'block 2 4 ' 'block 2 4 0' 'block 2 4 0 1 ' 'block 2 4 x 0'; do
		{ head -n 1 given; cat job; printf '%s\n7\n8\n' "$line"; } >bad
		run -3 --separate-stderr par-run --serve <bad
		[ "$stderr" = 'par-run: not a block' ]
	done
}

@test "formats: a checkpoint of a newer version stays as it is" {
	seq 9 >in
	par-run -k -o out --checkpoint state --map cat <in
	sed -i '1s/3$/4/' state # its checksum is wrong, too, as by another rule
	cp state state.before
	cp out out.before
	run -3 --separate-stderr par-run -k -o out --checkpoint state --map cat <in
	[ "$stderr" = "par-run: state: $(says 'par-run checkpoint' 4 3), or remove it to start over" ]
	same state state.before
	same out out.before
	echo 'par-run checkpoint 5' >state
	run -3 --separate-stderr par-run -k -o out --checkpoint state --map cat <in
	[ "$stderr" = "par-run: state: $(says 'par-run checkpoint' 5 3), or remove it to start over" ]
	echo 'par-run checkpoint 0' >state
	run -3 --separate-stderr par-run -k -o out --checkpoint state --map cat <in
	[ "$stderr" = 'par-run: state: not a checkpoint of this par-run, or damaged' ]
}

# refused VERB [WORD...]: par-queue says which queue, and why
refused() {
	run -3 --separate-stderr par-queue "$@" </dev/null
	[[ ${stderr_lines[0]} == "par-queue: pq:{q}:meta: $(says queue 2 1)" ]]
}

@test "formats: a queue of a newer version: each verb refuses it, and no record is lost" {
	redis_start
	seq 20 | par-queue put --chunk 5 q
	seq 20 40 | par-queue put --chunk 5 --after 100s q
	background par-queue work q par-fib
	worker=$!
	eventually is q "done" 20
	kill "$worker"
	wait "$worker" || true
	redis HSET 'pq:{q}:meta' format 2
	redis HGETALL 'pq:{q}:meta' >before
	seq 3 >in
	run -3 --separate-stderr par-queue put q <in
	[[ ${stderr_lines[0]} == "par-queue: pq:{q}:meta: $(says queue 2 1)" ]]
	refused work q par-fib
	refused get q
	refused stat q
	refused ps q
	refused dead q
	refused dead q --requeue
	refused pause q
	refused rate q 3/s
	refused revoke q 1
	refused purge --yes q
	redis HGETALL 'pq:{q}:meta' | same - before
	# it is version 1 again, or says so
	redis HSET 'pq:{q}:meta' format 1
	[ "$(number q accepted)" = 41 ]
	balanced q
}

@test "formats: results for a queue of a newer version stay with the one they come from" {
	redis_start
	seq 5 | par-queue put q
	redis HSET 'pq:{next}:meta' format 2
	run -3 --separate-stderr par-queue work --lease 1 --once --next next q par-fib
	[[ $stderr == *"pq:{next}:meta: $(says queue 2 1)"* ]]
	[ "$(redis XLEN 'pq:{next}:in')" = 0 ]
	[ "$(number q "done")" = 0 ]
	redis HDEL 'pq:{next}:meta' format
	par-queue work --lease 1 --once --next next q par-fib
	[ "$(number q "done")" = 5 ]
	[ "$(number next waiting)" = 5 ]
}

@test "formats: a file of par-fetch --warc-seen of a newer version stays as it is" {
	echo 'par-fetch captures 2' >seen
	cp seen before
	run -3 --separate-stderr par-fetch --warc w.gz --warc-seen seen </dev/null
	[ "$stderr" = "par-fetch: seen: $(says 'par-fetch captures' 2 1)" ]
	same seen before
}

@test "formats: a file of get --state of a newer version stays as it is" {
	redis_start
	echo 'par-queue state 2 1-1 0' >state
	cp state before
	echo kept >out
	run -3 --separate-stderr bash -c 'par-queue get --state state q >>out'
	[ "$stderr" = "par-queue: state: $(says 'par-queue state' 2 1)" ]
	same state before
	[ "$(<out)" = kept ]
}

@test "formats: stores, queues and crawls of a newer version" {
	cc -o lmdb-set "$BATS_TEST_DIRNAME/aid/lmdb-set.c" -llmdb
	par-queue put --url file:queues q <<<1
	./lmdb-set queues '' format 32
	run -3 --separate-stderr par-queue get --url file:queues q
	[ "$stderr" = "par-queue: queues: $(says 'queue folder' 2 1)" ]
	./lmdb-set queues '' format 78 # no number
	run -3 par-queue get --url file:queues q
	./lmdb-set queues '' format 31
	par-queue stat --url file:queues q
	par-cache -d store --map cat <<<1
	./lmdb-set store '' format 32
	run -3 --separate-stderr par-cache -d store --map cat <<<1
	[ "$stderr" = "par-cache: store: $(says 'par-cache folder' 2 1)" ]
	./lmdb-set store '' format 78
	run -3 par-cache -d store --map cat <<<1
	./lmdb-set store '' format 31
	[ "$(par-cache -d store --map false <<<1 2>&1 || par-cache -d store --map cat <<<1)" != '' ]
	par-frontier --state crawl cat <<<http://h/
	./lmdb-set crawl/frontier facts facts 0400000000000000000102
	run -3 --separate-stderr par-frontier --state crawl cat <<<http://h/
	[ "$stderr" = "par-frontier: crawl: $(says frontier 4 3)" ]
	./lmdb-set crawl/frontier facts facts 0300000000000000
	run -3 --separate-stderr par-frontier --state crawl cat <<<http://h/
	[ "$stderr" = 'par-frontier: crawl: the state is damaged; remove it to start over' ]
}

# left NAME FILE: what an older release has left, see aid/old/README
left() { cp "$BATS_TEST_DIRNAME/aid/old/$1" "$2"; }

@test "formats: runs that an older release began go on" {
	seq 40 >in
	sed 's/$/x/' in >want
	left map.state state
	left map.out out
	par-run -n 2 -o out --checkpoint state --map \
		sh -c 'while read -r n; do sleep 0.02; echo "${n}x"; done' <in # slow
	sort -n out | same want -
	# three of 25 were to be done again, and what had been written of them is gone
	[ "$(head -n 22 out | cksum)" = "$(left map.out /dev/stdout | head -n 22 | cksum)" ]
	left blocks.state state
	left blocks.out out
	par-run -n 2 -k -o out --checkpoint state -N 1 sh -c 'sleep 0.02; sed s/$/x/' <in # slow
	same want out
	# it is the same run from now on, in our version
	[ "$(head -n 1 state)" = 'par-run checkpoint 3' ]
	# what an older one has does not say which option it is
	left blocks.state state
	run -2 par-run -n 2 -k -o out --checkpoint state -N 2 sh -c 'sleep 0.02; sed s/$/x/' <in # slow
	[ "$output" = 'par-run: state: was made with other options (--map, --raw, --tag, -b, -k, -N, -o, -q or others); remove it to start over' ]
}

@test "formats: a queue and a store that an older release filled" {
	redis_start
	redis --pipe <"$BATS_TEST_DIRNAME/aid/old/redis.aof" >/dev/null
	balanced q
	[ "$(par-queue stat q | awk '{ print $2 }' | head -n 7 | tr '\n' ' ')" = '36 15 5 5 10 1 0 ' ]
	[ "$(par-queue dead q | cut -f 1-3)" = $'x\t1\tnot a number' ]
	par-queue work --lease 1 --once q par-fib
	par-queue get q >out
	seq 35 | par-fib | same - <(sort -n out)
	balanced q
	# the command would say so if it were run
	par-cache -d "$PAR_QUEUE_URL" --as old --map sed 's/$/ of the old/' < <(seq 6) >out 2>err
	seq 6 | sed 's/$/ of the old/' | same - out
	par-cache -s -d "$PAR_QUEUE_URL" --as old --map cat < <(seq 5) 2>err | same - <(head -n 5 out)
}

@test "formats: a crawl that an older release began goes on, each page once" {
	mkdir crawl
	base64 -d "$BATS_TEST_DIRNAME/aid/old/frontier.base64" | gzip -d >crawl/frontier
	left crawl.out out
	printf '%s\n' http://h/ http://h/y http://h/b%20c |
		par-frontier --state crawl -o out tee visited
	sort visited | same - <(printf '%s\n' http://h/b%20c http://h/d%20e http://h/plain)
	grep -v '	' out | sort | same - <(printf '%s\n' http://h/ http://h/b%20c http://h/d%20e \
		http://h/plain http://h/x/../y)
}

@test "formats: a crawl that had whole URLs of all it saw goes on with keys of them" {
	mkdir crawl
	base64 -d "$BATS_TEST_DIRNAME/aid/old/frontier2.base64" | gzip -d >crawl/frontier
	left crawl2.out out
	printf '%s\n' http://h/ http://h/y http://h/new |
		par-frontier --state crawl -o out tee visited
	sort visited | same - <(printf '%s\n' http://h/b%20c http://h/new http://h/plain)
	par-frontier --state crawl -o out false < <(cat visited && echo http://h/y)
}
