#!/usr/bin/env bats
load helper
load redis

prepare() {
	redis_start
}

# work OPTION... QUEUE -- STAGE...: until the queue is empty
work() { timeout "$DEADLINE" par-queue work --once "$@"; }

# A stage that does no record before it is let go: it says which it has in a file
# named has, and waits until there is a file named go.
slow_stage() {
	cat >slow <<-'END'
		#!/usr/bin/env python3
		import os, sys, time
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    with open("has", "a") as has:
		        has.write(line)
		    while not os.path.exists("go"):
		        time.sleep(.005)
		    os.write(1, line.encode())
		    words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x slow
}

@test "par-queue: what is put is worked on once, and got once" {
	seq 0 90 | shuf -r -n 20000 >in
	par-queue put q <in
	is q waiting 20000
	work q -- par-run -n 2 par-fib
	is q "done" 20000
	par-queue get q >out
	once in out
	[ "$(grep -m 1 '^90	' out)" = $'90\t2880067194370816120' ]
	is q results 0
	par-queue get q >out
	[ ! -s out ]
}

@test "par-queue: options may stand before the verb, and a verb that is nearly one is named" {
	printf 'a\nb\n' | par-queue --patience 5s -u "$PAR_QUEUE_URL" put -c 2 --ids q >ids
	[ "$(cut -f 2 ids)" = 2 ]
	par-queue --json stat q | grep '"waiting":2'
	run -2 par-queue -u "$PAR_QUEUE_URL" ptu q
	[ "${lines[0]}" = "par-queue: ptu: no such verb; did you mean put?" ]
	run -2 par-queue --requeue put q
	[ "${lines[0]}" = "par-queue: --requeue: no such option" ]
	run -2 par-queue -u "$PAR_QUEUE_URL"
	[ "${lines[0]}" = "par-queue: a verb is needed, as in par-queue -u $PAR_QUEUE_URL put QUEUE" ]
	run -2 par-queue -u "$PAR_QUEUE_URL" xyzzy
	[[ ${lines[0]} == "par-queue: xyzzy: no such verb; it is one of put, work, get, stat, "* ]]
}

@test "par-queue: records go through as they are, whatever bytes they hold" {
	head -c 1000000 /dev/urandom | tr -d '\000' >in
	{ printf 'a\0b\n\n\n'; head -c 3000000 /dev/zero; echo; printf last; } >>in
	par-queue put --chunk 50 q <in
	work q -- par-run -n 2 --map cat
	par-queue get q >out
	{ cat in; echo; } | sort >want
	sort out | same - want
}

@test "par-queue: an empty input puts nothing, and work on nothing ends" {
	par-queue put q </dev/null
	is q accepted 0
	work q -- par-fib
	par-queue get --wait 1 q >out
	[ ! -s out ]
}

@test "par-queue: records that fail are named and dead, with their reason; the others are done" {
	printf '1\nx\n2\n-3\n' | par-queue put --chunk 9 q
	run -1 work q -- par-fib
	[[ $output == *"par-queue: x: not a number"* ]]
	is q "done" 2
	is q dead 2
	balanced q
	par-queue dead q | cut -f 1-3 | sort >dead
	[ "$(cat dead)" = $'-3\t1\tnegative\nx\t1\tnot a number' ]
	run -1 --separate-stderr par-queue get --wait 5 q
	[ "${#lines[@]}" = 2 ]

	par-queue dead --requeue q >again
	is q waiting 2
	is q dead 0
	run -1 work q -- par-fib
	par-queue dead --drop q
	is q dead 0
	is q dropped 2
	balanced q
}

@test "par-queue: a worker that is killed: its records are done by another, once" {
	seq 0 200 >in
	par-queue put --chunk 20 q <in
	slow_stage
	background par-queue work --lease 500ms q -- ./slow
	worker=$!
	eventually test -s has
	kill -9 "$worker"
	touch go
	work --lease 500ms q -- ./slow
	par-queue get q >out
	once in out
	is q "done" 201
	balanced q
}

@test "par-queue: a worker that slept past its lease commits nothing that another did" {
	seq 0 50 >in
	par-queue put --chunk 1 q <in
	slow_stage
	background par-queue work --lease 300ms --once q -- ./slow
	sleeper=$!
	eventually test -s has
	kill -STOP "$sleeper"
	touch go
	work --lease 300ms q -- ./slow
	is q "done" 51
	kill -CONT "$sleeper"
	wait "$sleeper"
	is q "done" 51
	[ "$(number q late)" -ge 1 ]
	par-queue get q >out
	once in out
	balanced q
}

@test "par-queue: a worker that lost a chunk half done does not commit that half" {
	seq 0 50 >in
	par-queue put --chunk 51 q <in
	slow_stage
	sed 's/"has"/"has2"/; s/"go"/"go2"/' slow >slower
	chmod +x slower
	background par-queue work --lease 10s --once q -- ./slow
	sleeper=$!
	eventually test -s has
	kill -STOP "$sleeper"
	background par-queue work --lease 500ms --once q -- ./slower
	other=$!
	eventually test -s has2
	# It is late enough with its word to hear first of all, when it goes on, that it lost it.
	late() { par-queue ps q | awk -v pid=":$sleeper:" 'index($1, pid) && $2 > 1.1 { found = 1 } END { exit !found }'; }
	eventually late
	kill -CONT "$sleeper"
	touch go
	idle() { par-queue ps q | awk '$3 == 0 { found = 1 } END { exit !found }'; }
	eventually idle
	touch go2
	wait "$other" "$sleeper"
	is q "done" 51
	par-queue get q >out
	once in out
	balanced q
}

@test "par-queue: a lease is renewed as long as the worker lives" {
	echo 7 | par-queue put q
	slow_stage
	background par-queue work --lease 3s --once q -- ./slow
	first=$!
	eventually test -s has
	background par-queue work --lease 3s --once q -- ./slow
	second=$!
	beats() { [ "$(redis EVAL "return #redis.call('XPENDING', KEYS[1], 'g', 'IDLE', 3000, '-', '+', 9)" 1 'pq:{q}:in')" = 0 ] && [ $((n++)) -gt 100 ]; }
	n=0 && eventually beats
	touch go
	wait "$first" "$second"
	[ "$(cat has)" = 7 ]
	is q late 0
	[ "$(par-queue get q)" = 7 ]
}

@test "par-queue: the server is killed and starts again under load, and nothing is lost" {
	seq 0 3000 >in
	(while read -r n; do echo "$n"; ((n % 100)) || read -r -t 0.02 <> <(:) || true; done <in) 3>&- |
		par-queue put --limit 500 q 3>&- &
	put=$!
	# What the server gave in an answer that was lost comes back after the lease.
	background par-queue work --lease 1s q -- par-run -n 2 par-fib
	worker=$!
	background bash -c 'exec par-queue get --follow q >out'
	get=$!
	for n in 100 1000 2000; do
		more() { [ "$(number q "done")" -gt "$n" ]; }
		eventually more
		redis_kill
		redis_start
	done
	wait "$put"
	eventually is q "done" 3001
	eventually is q results 0
	kill "$get" "$worker"
	wait "$get" || true
	wait "$worker" || [ $? = 4 ]
	once in out
	balanced q
}

@test "par-queue: a producer that is killed goes on where it was, and nothing is put twice" {
	seq 0 20000 >in
	mkfifo feed
	for part in 5000 12000 20001; do
		mkfifo end
		{ head -n "$part" in; ((part > 20000)) || read -r _ <end; } >feed 3>&- &
		feeder=$!
		par-queue put --chunk 7 --producer nightly q <feed 3>&- &
		put=$!
		if ((part > 20000)); then
			wait "$put"
		else
			eventually is q accepted "$part"
			kill -9 "$put"
			wait "$put" 2>/dev/null || true
		fi
		if ((part <= 20000)); then echo >end; fi
		wait "$feeder"
		rm end
	done
	is q accepted 20001
	par-queue put --producer nightly q <in
	is q accepted 20001
	work q -- par-run -n 2 par-fib
	par-queue get q >out
	once in out
}

@test "par-queue: a server without memory refuses put, and workers drain it" {
	redis CONFIG SET maxmemory 6mb
	seq 1000000 1300000 | sed 's/$/ 0123456789012345678901234567890123456789/' >in
	background bash -c 'par-queue put q <in 2>err'
	put=$!
	eventually grep -qs 'no memory; waiting' err
	redis CONFIG SET maxmemory 1
	run -4 par-queue put --wait 100ms q <<<one
	[[ $output == *"the server has no memory"* ]]
	redis CONFIG SET maxmemory 6mb
	background par-queue work q -- par-run -n 2 --map cat
	worker=$!
	background bash -c 'exec par-queue get --follow q >out' # ends for no pause of put's
	get=$!
	wait "$put"
	kill "$get"
	wait "$get" || [ $? = 4 ]
	par-queue get --wait "$DEADLINE" q >>out
	kill "$worker"
	wait "$worker" || [ $? = 4 ]
	sort in | same - <(sort out)
}

@test "par-queue: a record that kills its stage is found, and is dead; the others are done" {
	cat >fragile <<-'END'
		#!/usr/bin/env python3
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    if line == "13\n":
		        os.kill(os.getpid(), 9)
		    os.write(1, line.encode())
		    words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x fragile
	seq 0 40 >in
	par-queue put --chunk 41 q <in
	run -1 work --retries 2 q -- ./fragile
	par-queue get q >out
	same <(grep -vx 13 in | sort) <(sort out)
	[ "$(par-queue dead q | cut -f 1-3)" = $'13\t3\tstage killed by signal 9 (Killed)' ]
	balanced q
}

@test "par-queue: a stage that cannot be started for now is started later" {
	cat >stage <<-'END'
		#!/bin/bash
		fd=${PAR_STAGE%:*}
		[ -e gone ] || { mv stage away; : >gone; }
		echo par-stage 1 >&"$fd"
		IFS= read -r n || exit 0
		echo "$n" && echo "0 $((${#n} + 1)) ok" >&"$fd"
	END
	chmod +x stage
	seq 3 | par-queue put --chunk 1 q
	exec 6>>stage # being written: ETXTBSY
	background par-queue work --once q -- ./stage 2>err 6>&-
	pid=$!
	eventually grep -q 'stage: could not be started: Text file busy' err
	exec 6>&-
	eventually grep -q 'stage: could not be started: No such file' err
	mv away stage
	wait "$pid"
	is q "done" 3
	[ "$(wc -l <err)" = 2 ]
	run -127 work q -- ./missing
	run -126 work q -- ./err
}

@test "par-queue: a stage that dies before it reads anything blames no record" {
	cat >stage <<-'END'
		#!/bin/bash
		fd=${PAR_STAGE%:*} i=0
		echo >>starts
		echo par-stage 1 >&"$fd"
		[ "$(wc -l <starts)" -gt 5 ] || { until read -t 0; do :; done; exit 7; }
		while IFS= read -r n; do
		    echo "$n" && echo "$i $((${#n} + 1)) ok" >&"$fd"
		    i=$((i + 1))
		done
	END
	chmod +x stage
	seq 9 | par-queue put q
	work --retries 0 q -- ./stage 2>err
	is q "done" 9
	is q dead 0
}

@test "par-queue: a record that a dead stage had not read is not to blame" {
	# Each does one record, and dies of the next one that comes, unread, or of the end.
	cat >stage <<-'END'
		#!/bin/bash
		fd=${PAR_STAGE%:*}
		echo par-stage 1 jobs=3 >&"$fd"
		IFS= read -r n || exit 0
		echo "$n" && echo "0 $((${#n} + 1)) ok" >&"$fd"
		until read -t 0; do :; done
		exit 7
	END
	chmod +x stage
	seq 5 | par-queue put q
	work --retries 0 q -- ./stage 2>err || [ $? = 1 ]
	is q "done" 5
	is q dead 0
}

@test "par-queue: a stage that reads ahead keeps the rules each time that its input ends" {
	# It answers at the end of its input, but for the record none, and writes more for extra.
	cat >holds <<-'END'
		#!/usr/bin/env python3
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1 ahead\n")
		for i, line in enumerate(sys.stdin.readlines()):
		    if line != "none\n":
		        os.write(1, line.encode() + b"more\n" * (line == "extra\n"))
		        words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x holds
	printf '%s\n' 1 none 2 | par-queue put q
	run -1 --separate-stderr work --retries 0 q -- ./holds
	is q "done" 2
	is q dead 1
	[[ $stderr == *'none: stage ended without a word of it'* ]]
	echo extra | par-queue put q
	run -3 --separate-stderr work q -- ./holds
	[[ $stderr == *'holds: output that no line counts was left at its end: more'* ]]
}

@test "par-queue: a record whose workers all die is dead, and those beside it are done" {
	cat >deadly <<-'END'
		#!/usr/bin/env python3
		import os, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    if line == "3\n":
		        os.kill(os.getppid(), 9)
		        sys.exit(sys.stdin.read() and 1)
		    os.write(1, line.encode())
		    words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x deadly
	seq 0 5 >in
	par-queue put --chunk 6 q <in
	until work --deaths 3 --lease 200ms q -- ./deadly 2>>errors; do :; done
	grep -qx 'par-queue: 3: 3 workers died with it, or hung' errors
	par-queue get q >out
	same <(grep -vx 3 in | sort) <(sort out)
	[ "$(par-queue dead q | cut -f 1,3)" = $'3\t3 workers died with it, or hung' ]
	balanced q
}

@test "par-queue: a stage that makes blocks makes none of two chunks, which are committed apart" {
	printf '#!/bin/sh\ntee -a blocks; echo >>blocks\n' >block
	chmod +x block
	seq 0 599 >in
	par-queue put --chunk 50 q <in
	work q -- par-run -n 1 -N 20 ./block
	par-queue get q >out
	once in out
	awk '/./ { chunk = int($1 / 50); if (of != "" && chunk != of) exit 1; of = chunk; next }
		{ of = "" }' blocks
	[ "$(grep -c '^$' blocks)" -eq 36 ] # 20, 20 and 10 of each chunk
}

@test "par-queue: a record that is too long is passed over, and those beside it stay as they are" {
	yes 0123456789 | head -300 >before
	{ cat before; seq -s '' 100000; echo; seq 5; } >in
	run -1 --separate-stderr par-queue put --chunk 100 --max-record 1000 q <in
	[[ $stderr == *"longer than 1000 bytes; see --max-record" ]]
	cat >run <<-'END'
		exec par-run -n 1 --map cat
	END
	work q -- sh run
	par-queue get q | cmp - <(cat before; echo; seq 5)
}

@test "par-queue: a stage that hangs is ended by the hard limit, and its record is dead" {
	slow_stage
	printf '1\n' | par-queue put q
	run -1 work --hard 300ms --retries 1 q -- ./slow
	[ "$(par-queue dead q | cut -f 1-3)" = $'1\t2\ttook longer than 0.3 s' ]
	balanced q
}

@test "par-queue: the soft limit asks the stage to end; what it finishes then counts" {
	cat >polite <<-'END'
		#!/usr/bin/env python3
		import os, signal, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		signal.signal(signal.SIGTERM, lambda *_: None)
		words.write(b"par-stage 1\n")
		for i, line in enumerate(sys.stdin):
		    if line == "2\n":
		        signal.pause()
		    os.write(1, line.encode())
		    words.write(b"%d %d ok\n" % (i, len(line)))
	END
	chmod +x polite
	seq 3 | par-queue put --chunk 3 q
	work --soft 300ms q -- ./polite
	[ "$(par-queue get q | sort)" = $'1\n2\n3' ]
	seq 1 | par-queue put q
	slow_stage
	run -1 work --soft 100ms --retries 0 q -- ./slow
	[ "$(par-queue dead q | cut -f 1-3)" = $'1\t1\ttook longer than 0.1 s' ]
}

@test "par-queue: a command that is not native is refused with what to wrap it in" {
	echo 1 | par-queue put q
	run -2 work q -- true
	[[ $output == *"not a native stage"*"par-run --map true"*"par-run -N 1 true"* ]]
	# What it says is a command as it stands.
	run -2 --separate-stderr par-queue work --once q -- sed 's/$/ it'"'"'s/'
	sed 's/.*wrap it: \(.*\), if it writes.* or \(.*\), for a process each/\1\n\2/' <(echo "$stderr") >wraps
	[ "$(grep -c '^par-run .* sed ' wraps)" = 2 ]
	while IFS= read -r wrap; do
		seq 3 | par-queue put wrapped
		eval "work wrapped $wrap"
		par-queue get wrapped | sort | cmp - <(printf "%s it's\n" 1 2 3)
	done <wraps
	# A par-run that is there already is given the option.
	run -2 --separate-stderr work --once q -- par-run -n 1 tr a-z A-Z
	[[ $stderr == *'wrap it: par-run --map -n 1 tr a-z A-Z, if '*' or par-run -N 1 -n 1 tr a-z A-Z, for '* ]]
	run -2 work q -- echo hello
	[[ $output == *"not a native stage"* ]]
	run -127 work q -- ./nonesuch
	is q waiting 1
}

@test "par-queue: a signal ends a worker at once, and what it did not do is back at once" {
	seq 0 100 >in
	par-queue put --chunk 101 q <in
	slow_stage
	background par-queue work --lease 1h q -- ./slow
	worker=$!
	eventually test -s has
	kill "$worker"
	eventually is q running 101
	touch go
	wait "$worker" || [ $? = 4 ]
	is q running 0
	[ "$(number q "done")" -ge 1 ]
	work q -- ./slow
	par-queue get q >out
	once in out
	[ "$(sort has | uniq -d)" = '' ]
}

@test "par-queue: the second signal is passed on to the stage, and one that goes on is killed" {
	cat >deaf <<-'END'
		#!/usr/bin/env python3
		import os, signal, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
		signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
		words.write(b"par-stage 1\n")
		sys.stdin.readline()
		open("begun", "w").close()
		while signal.sigwait([signal.SIGTERM]):
		    open("heard", "w").close()
	END
	chmod +x deaf
	printf '1\n' | par-queue put q
	background "$ROOT/tests/aid/with-signals.py" default:HUP par-queue work q -- ./deaf
	worker=$!
	eventually test -e begun
	kill "$worker"
	kill -HUP "$worker" # a second of the same may be taken for one
	eventually test -e heard
	wait "$worker" || status=$?
	[ "$status" = 4 ]
	is q "done" 0
}

@test "par-queue: a worker whose server is away ends at the second signal" {
	background par-queue work --patience 1h q -- par-run -n 1 --map cat
	worker=$!
	eventually eval '[ -n "$(par-queue ps q)" ]'
	redis_kill
	kill "$worker"
	twice() { kill "$worker" 2>/dev/null; ! kill -0 "$worker" 2>/dev/null; }
	eventually twice
	wait "$worker" || status=$?
	[[ $status == [34] || $status == 143 ]] # the last: by the fourth signal
}

@test "par-queue: a commit that a signal interrupts and that is sent again doubles nothing" {
	seq 1 20 >in
	par-queue put --chunk 1 q <in
	slow_stage
	background par-queue work --patience 1h --lease 1s q -- ./slow
	worker=$!
	eventually test -s has
	redis_kill
	kill "$worker" # gives back what its stage does not have
	n=0
	poked() { kill -CHLD "$worker" && [ $((++n)) -ge 20 ]; }
	eventually poked
	redis_start
	touch go
	wait "$worker" || [ $? = 4 ]
	work --lease 1s q -- ./slow
	is q "done" 20
	balanced q
	par-queue get q >out
	once in out
}

@test "par-queue: a server that forgot what it had accepted is named, and can be told again" {
	seq 1 100 >in
	for producer in me ''; do
		mkfifo feed
		par-queue put --chunk 1 ${producer:+--producer "$producer"} q <feed 2>err 3>&- &
		put=$!
		exec 7>feed
		head -n 50 in >&7
		eventually is q waiting 50
		redis FLUSHALL
		tail -n 50 in >&7
		exec 7>&-
		wait "$put" || status=$?
		[ "$status" = 3 ]
		grep -q 'the server has lost 50 records that it had accepted' err
		rm feed
	done
	par-queue put --producer me q <in
	work q -- par-run -n 1 --map cat
	par-queue get q >out
	once in out
}

@test "par-queue: a record has the same PAR_ID on each try, and equal ones of two puts have two" {
	cat >stage <<-'EOF'
		#!/bin/bash
		echo "$1 $PAR_ID" >>ids
		if mkdir "did.$1" 2>/dev/null; then kill -9 "$PPID"; fi
		echo "$1 $PAR_ID"
	EOF
	chmod +x stage
	printf '%s\n' a b c | par-queue put q
	par-queue put q <<<a
	work q -- par-run -n 2 ./stage {}
	par-queue get q | sort >out
	cut -d ' ' -f 1 out | same - <(printf '%s\n' a a b c)
	(($(wc -l <ids) > 4))
	sort -u ids | same - out
	[ "$(sort -u out | wc -l)" = 4 ]
	[[ $(head -n 1 out) =~ ^a\ [0-9a-f]{16}-[0-9]+#[0-9a-f]{32}$ ]]
}

@test "par-queue: a queue that never was is no empty one" {
	local verb

	for verb in get stat ps dead "get --wait 1" "get --keep"; do
		# shellcheck disable=SC2086
		run -3 par-queue $verb nosuch
		[ "$output" = "par-queue: nosuch: no such queue; par-queue put makes one" ]
	done
	run -3 work --once nosuch,neither par-fib
	[ "${lines[0]}" = "par-queue: nosuch: no such queue; par-queue put makes one" ]
	[ "${lines[1]}" = "par-queue: neither: no such queue; par-queue put makes one" ]
	[ "${#lines[@]}" = 2 ]
	# One that waits for it says so, and goes on.
	background bash -c 'exec par-queue work late par-fib 2>said'
	eventually grep -qx 'par-queue: late: no such queue yet; waits for one' said
	echo 5 | par-queue put late
	eventually is late 'done' 1
	[ "$(par-queue get late)" = $'5\t5' ]
	# One into which nothing was put is there.
	par-queue put empty </dev/null
	run -0 work --once empty par-fib
	run -0 par-queue get empty
	[ -z "$output" ]
}

@test "par-queue: few records are chunks of their own, that any number of workers can share" {
	seq 100 | par-queue put --ids q >ids
	[ "$(awk '{ n += $2 } END { print n }' ids)" = 100 ]
	(("$(wc -l <ids)" >= 64))
	[ "$(cut -f 2 ids | sort -n | tail -n 1)" -le 2 ]
}
