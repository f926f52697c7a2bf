#!/usr/bin/env bats
# Processors shared with make, and with other runs, by tokens.
load helper

# A command that is there from + to - in the file log, and ends when so many have come.
prepare() {
	cat >job <<-'EOF_JOB'
		#!/bin/bash
		echo + >>log
		until (($(grep -c + log) >= ${NEED:-1})); do
			read -r -t 0.02 <> <(:)
		done
		echo - >>log
		echo "$@"
		[ "$1" != fails ]
	EOF_JOB
	chmod +x job
	: >log
	mkdir temporary
	export TMPDIR=$PWD/temporary
}

# The most that were there at once.
most() {
	awk '/[+]/ && ++n > most { most = n } /-/ { n-- } END { print most + 0 }' log
}

# jobserver TOKENS: one of a FIFO, that MAKEFLAGS names.
jobserver() {
	mkfifo tokens
	exec {js}<>tokens
	printf %s "$1" >&"$js"
	export MAKEFLAGS=" -j9 --jobserver-auth=fifo:$PWD/tokens -- A=--jobserver-auth=1,2"
}

# Those that are in it.
tokens() {
	dd if=tokens iflag=nonblock bs=4096 count=1 2>/dev/null | fold -w 1 | sort | tr -d '\n'
}

@test "par-run: a jobserver of a FIFO says how many run, and has its tokens again" {
	local how

	jobserver abc
	for how in './job {}' '-N 1 ./job' '-b 2 ./job' '--jobserver join -k ./job {}'; do
		echo "$how"
		: >log
		# shellcheck disable=SC2086
		seq 9 | NEED=4 par-run -n 8 $how | wc -l | cmp - <(echo 9)
		[ "$(most)" = 4 ]
		[ "$(tokens)" = abc ]
		printf abc >&"$js"
	done
	: >log
	NEED=8 par-run -n 8 --jobserver none ./job {} ::: {1..9}
	[ "$(most)" = 8 ]
}

@test "par-run: one worker runs where there is no token" {
	jobserver ''
	par-run -n 4 ./job {} ::: {1..5} | sort | cmp - <(seq 5)
	[ "$(most)" = 1 ]
	seq 1000 | par-run -n 4 par-fib -m 1000 | wc -l | cmp - <(echo 1000)
	seq 1000 | par-run -n 4 cat | sort -n | cmp - <(seq 1000)
	seq 1000 | par-run -n 4 -k --map cat | cmp - <(seq 1000)
	seq 1000 | par-run -n 4 --key 1 par-fib -m 1000 | wc -l | cmp - <(echo 1000)
	seq 99 | par-run -n 4 -k --speculate 2 -N 5 cat | cmp - <(seq 99)
	seq 99 | par-run -n auto -k --map cat | cmp - <(seq 99)
	[ -z "$(tokens)" ]
}

@test "par-run: two runs share a jobserver, and one of both waits for the other" {
	jobserver xyz
	export NEED=5 # three, and the one that each of them has
	background par-run -n 8 ./job {} ::: {1..9} >one
	par-run -n 8 ./job {} ::: {1..9} >two
	wait "$!"
	sort -n one two | uniq -c | grep -c '  2 ' | cmp - <(echo 9)
	[ "$(most)" = 5 ]
	[ "$(tokens)" = xyz ]
}

@test "par-run: a worker of a stage has a token while it has records, and no longer" {
	jobserver ab
	mkfifo in
	cat >stage <<-'EOF_STAGE'
		#!/usr/bin/env python3
		import os, select, sys
		fd = int(os.environ["PAR_STAGE"].split(":")[0])
		os.write(fd, b"par-stage 1 window=1\n")
		for n, line in enumerate(sys.stdin.buffer):
		    os.write(1, line)
		    if line == b"wait\n":
		        with open("log", "a") as log:
		            log.write("+\n")
		        while not os.path.exists("go"):
		            select.select([], [], [], 0.02)
		    os.write(fd, b"%d %d ok\n" % (n, len(line)))
	EOF_STAGE
	chmod +x stage
	background par-run -i in -n 4 ./stage >out
	exec {to}>in
	printf 'wait\nwait\nwait\nwait\n' >&"$to"
	eventually has_come 3
	is_gone
	: >go
	eventually got 4
	eventually is_back ab
	echo more >&"$to"
	eventually got 5
	exec {to}>&-
	wait "$!"
	[ "$(tokens)" = ab ]
}

# Are all tokens taken?
is_gone() {
	! read -r -t 0 <&"$js"
}

# Have so many lines come out?
got() {
	[ "$(wc -l <out)" = "$1" ]
}

# Are these tokens there?  They are left there.
is_back() {
	local now

	now=$(tokens)
	printf %s "$now" >&"$js"
	[ "$now" = "$1" ]
}

@test "par-run: tokens are back after failures, --stop-on, signals and no reader" {
	local n

	jobserver abc
	run -1 par-run -n 4 ./job {} ::: fails 2 fails 4 fails
	is_back abc
	run -4 par-run -n 4 --stop-on failures=1,now ./job {} ::: fails 2 3 4 5 6
	is_back abc
	run -3 par-run -n 4 --max-restarts 2 --map false <<<x
	is_back abc
	run -127 par-run -n 4 ./nothing {} ::: 1 2
	is_back abc
	seq 99999 | par-run -n 4 -N 1 seq 99 | head -n 1
	is_back abc
	for n in TERM 'TERM HUP'; do
		: >log
		NEED=99 background par-run -n 4 ./job {} ::: {1..9} 2>err
		run_id=$!
		eventually has_come 4
		is_gone
		# shellcheck disable=SC2086
		signals $n
		wait "$run_id" || [ "$?" = 4 ]
		is_back abc
	done
}

# Have so many begun?
has_come() {
	[ "$(grep -c + log)" -ge "$1" ]
}

# signals NAME...: to the run; what is there may end by itself at the first.
signals() {
	local name

	for name; do
		kill -s "$name" "$run_id"
	done
	[ "$#" != 1 ] || for name in {1..99}; do echo +; done >>log
}

@test "par-run: no token is with a worker that died, waits for its turn, or whose output waits" {
	jobserver abc
	cat >stage <<-'EOF_STAGE'
		#!/bin/bash
		exec 9>&"${PAR_STAGE%:*}"
		echo 'par-stage 1 window=1' >&9
		i=0
		while IFS= read -r n; do
			if mkdir "died.$n" 2>/dev/null; then kill -9 $$; fi
			echo "$n"
			echo "$((i++)) $((${#n} + 1)) ok" >&9
		done
	EOF_STAGE
	chmod +x stage
	seq 9 | par-run -n 8 ./stage 2>err | sort -n | cmp - <(seq 9)
	grep -q 'killed by signal 9' err
	is_back abc
	# the second one is started in an hour
	background par-run -n 4 --admit starts=1/h ./job {} ::: 1 2 3 >out 2>err
	run_id=$!
	eventually got 1
	eventually is_back abc
	kill "$run_id"
	wait "$run_id" || [ "$?" = 4 ]
	is_back abc
	# all have written, and nobody has read
	mkfifo slow
	yes 0123456789 | head -n 200000 >much
	seq 6 | background par-run -n 6 -N 1 -o slow sh -c 'cat much; echo + >>written'
	exec {from}<slow
	eventually eval '[ "$(grep -c + written)" = 6 ]'
	eventually is_back abc
	[ "$(wc -l <&"$from")" = 1200000 ]
	wait "$!"
	is_back abc
}

@test "par-run: a jobserver that is not there is told in a line, and done without" {
	run -0 --separate-stderr env MAKEFLAGS=' -j3 --jobserver-auth=98,99' \
		par-run -n 2 true {} ::: 1 2
	[ "$stderr" = 'par-run: jobserver unavailable: descriptors 98 and 99 are no pipe here; a recipe has it with + in front; going on without' ]
	run -0 --separate-stderr env MAKEFLAGS="--jobserver-auth=fifo:$PWD/none" \
		par-run -n 2 true {} ::: 1 2
	[ "$stderr" = "par-run: jobserver unavailable: $PWD/none: No such file or directory; going on without" ]
	run -0 --separate-stderr env MAKEFLAGS="--jobserver-auth=fifo:$PWD/job" \
		par-run -n 2 true {} ::: 1 2
	[ "$stderr" = "par-run: jobserver unavailable: $PWD/job: not a FIFO; going on without" ]
	run -0 --separate-stderr env MAKEFLAGS='-j --jobserver-auth=-2,-2' par-run -n 2 true {} ::: 1 2
	[ -z "$stderr" ]
	run -0 --separate-stderr env MAKEFLAGS='--jobserver-fds=98,99' par-run -n 1 true {} ::: 1 2
	[ -z "$stderr" ]
	run -2 par-run --jobserver 3 true
	run -2 par-run --key 1 --jobserver fifo par-fib
	run --separate-stderr -3 env TMPDIR="a b" par-run --jobserver fifo true
	[ "$stderr" = 'par-run: --jobserver: a new one below a TMPDIR with a blank: Invalid argument' ]
}

@test "par-run: below make it has what make's other recipes leave" {
	printf 'all: a b\na b:\n\t+@par-run -n 8 ./job {} ::: $@1 $@2 $@3 $@4 $@5\n' >Makefile
	# four jobs of make: two recipes, and two more
	NEED=4 make -s -j4 >out 2>err
	[ "$(sort out | tr '\n' ' ')" = 'a1 a2 a3 a4 a5 b1 b2 b3 b4 b5 ' ]
	[ ! -s err ] # make says so when a token is missing
	[ "$(most)" = 4 ]
	sed -i s/+// Makefile
	: >log
	NEED=4 make -s -j4 >out 2>err
	[ "$(wc -l <out)" = 10 ]
	# a make from 4.4 on has a FIFO, which is there for all; before that it says so
	if [ -s err ]; then
		[[ $(sort -u err) == *'jobserver unavailable'* && $(sort -u err | wc -l) == 1 ]]
	else
		[ "$(most)" -le 4 ]
	fi
}

@test "par-run: a pipe of make stays as it is for those that share it" {
	cat >share.py <<-'EOF_SHARE'
		import fcntl, os, subprocess, sys
		r, w = os.pipe()
		os.write(w, b"ab")
		for fd in r, w:
		    os.set_inheritable(fd, True)
		job = "./job {} ::: 1 2 3 4 5 6 7".split()
		subprocess.run(["par-run", "-n", "5"] + job, close_fds=False, check=True,
		               env={**os.environ, "MAKEFLAGS": f"-j --jobserver-fds={r},{w}"})
		assert os.get_blocking(r) and os.get_blocking(w)
		assert sorted(os.read(r, 9)) == sorted(b"ab")
	EOF_SHARE
	NEED=3 python3 share.py
	[ "$(most)" = 3 ]
}

@test "par-run: --jobserver fifo is shared by runs that it starts, and is removed" {
	export NEED=3
	par-run -n 3 --jobserver fifo par-run -n 4 -I % ./job {} % ::: a b ::: 1 2 >out
	run -0 par-run -n 3 --jobserver fifo sh -c 'seq "$1" | par-run -n 4 -I % ./job %' _ {} ::: 1 7
	[ "$(most)" = 3 ]
	[ -z "$(ls -A temporary)" ]
	# shellcheck disable=SC2016
	MAKEFLAGS='ks -j7 --jobserver-auth=7,8 -- A=1' par-run -n 3 --jobserver fifo \
		sh -c 'echo "$MAKEFLAGS"; ls -l "$TMPDIR"/*/*' _ {} ::: 1 >out
	grep -q "^ks -j3 --jobserver-auth=fifo:$TMPDIR/par-run\.[A-Za-z0-9]*/jobserver -- A=1$" out
	grep -q '^prw-------' out
	: >log
	NEED=99 background par-run -n 3 --jobserver fifo ./job {} ::: {1..9} 2>err
	run_id=$!
	eventually has_come 3
	[ -n "$(ls -A temporary)" ]
	signals TERM HUP
	wait "$run_id" || [ "$?" = 4 ]
	[ -z "$(ls -A temporary)" ]
	run -3 par-run --jobserver fifo -i none cat
	[ -z "$(ls -A temporary)" ]
	TMPDIR=$PWD/none run -3 par-run --jobserver fifo cat </dev/null
}

@test "par-run: --jobserver pipe is shared by make of any version" {
	mkdir a b
	printf 'all: 1 2 3 4 5\n1 2 3 4 5:\n\t@cd ..; ./job $@\n' | tee a/Makefile >b/Makefile
	NEED=3 par-run -n 3 --jobserver pipe make -s -C {} ::: a b >out 2>err
	[ "$(sort out | uniq -c | grep -c ' 2 ')" = 5 ]
	[ ! -s err ]
	[ "$(most)" = 3 ]
}

@test "par-run: on hosts it is the jobserver of each host" {
	NEED=2 par-run --host :2 --jobserver pipe ./job {} ::: {1..5} >out
	[ "$(wc -l <out)" = 5 ]
	jobserver a
	: >log
	NEED=2 par-run --host :4 ./job {} ::: {1..5} >out
	[ "$(most)" = 2 ]
	[ "$(tokens)" = a ]
}
