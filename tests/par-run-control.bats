#!/usr/bin/env bats
# The FIFO of commands.
load helper

# A native stage that says in the file log when it begins and ends, and answers each
# record by its own number and the record.
prepare() {
	cat >stage.sh <<-'EOF'
		#!/bin/bash
		fd=${PAR_STAGE%:*}
		echo "+ $PAR_WORKER $PAR_WORKERS" >>log
		echo 'par-stage 1' >&"$fd"
		i=0
		while IFS= read -r n; do
			out="$n $PAR_WORKER"
			echo "$out"
			echo "$i $((${#out} + 1)) ok" >&"$fd"
			i=$((i + 1))
		done
		echo "- $PAR_WORKER" >>log
	EOF
	chmod +x stage.sh
}

# begin ARG...: par-run with these, its input and FIFO held open; its id is in $pid
begin() {
	mkfifo in
	par-run --control ctl "$@" <in >out 2>err 3>&- &
	pid=$!
	BACKGROUND+=("$pid")
	exec {to}>in
	eventually test -p ctl
}

# The run ends well.
end() {
	exec {to}>&-
	wait "$pid"
}

# So many children has it.
children() { [ "$(pgrep -P "$pid" | wc -l)" = "$1" ]; }

# All that was said before was done.
done_so_far() {
	local before

	before=$(grep -c 'show this' err || true)
	echo help >ctl
	eventually eval "(( \$(grep -c 'show this' err) > $before ))"
}

@test "par-run: --control changes the number of workers, again and again" {
	local kind

	for kind in 'par-fib' '--map cat' 'cat'; do
		rm -f in
		# shellcheck disable=SC2086
		begin -n 1 $kind
		eventually children 1
		seq 100 >&"$to"
		for count in 3 1 4 2; do
			echo workers "$count" >ctl
			eventually children "$count"
			seq 100 >&"$to"
		done
		end
		[ ! -s err ]
		cut -f1 out | sort -n | cmp - <(for _ in 1 2 3 4 5; do seq 100; done | sort -n)
		[ ! -e ctl ]
	done
}

@test "par-run: --control with a process for each block" {
	mkfifo gate.{1..9}
	# shellcheck disable=SC2016
	begin -n 1 -N 1 sh -c 'read x; read y <gate."$x"; echo "$x"'
	seq 9 >&"$to"
	eventually children 1
	echo workers 4 >ctl
	eventually children 4
	echo workers 2 >ctl
	echo restart >ctl
	eventually grep -q 'restart: each block has a process' err
	for n in {1..4}; do echo >"gate.$n"; done
	eventually eval '(( $(wc -l <out) == 4 ))'
	eventually children 2
	for n in {5..9}; do echo >"gate.$n"; done
	end
	sort out | cmp - <(seq 9)
}

@test "par-run: a new worker is told how many there are, and which it is" {
	begin -n 1 ./stage.sh
	eventually test -s log
	echo workers 2 >ctl
	eventually eval '(( $(wc -l <log) == 2 ))'
	end
	grep '^+' log | cmp - <(printf '+ 1 1\n+ 2 2\n')
}

@test "par-run: pause and resume" {
	begin -n 2 par-fib
	echo pause >ctl
	done_so_far
	seq 50 >&"$to"
	done_so_far
	done_so_far
	[ ! -s out ]
	echo resume >ctl
	eventually eval '(( $(wc -l <out) == 50 ))'
	end
}

# Has it not used the processor for many looks?
does_nothing() {
	local before=$ticks

	ticks=$(cut -d ' ' -f 14,15 "/proc/$pid/stat")
	same=$([ "$ticks" = "$before" ] && echo $((same + 1)) || echo 0)
	((same > 60))
}

@test "par-run: a paused run does not wait for a block, which nobody wants" {
	local ticks="" same=0

	begin --block-wait 300ms -N 10 cat
	echo 1 >&"$to"
	done_so_far # the block would begin while it looks as if nothing happened
	echo pause >ctl
	eventually does_nothing
	echo resume >ctl
	end
	same out <(seq 1)
}

@test "par-run: a paused run can be drained" {
	begin -n 2 par-fib
	echo pause >ctl
	done_so_far
	seq 50 >&"$to"
	echo drain >ctl
	status=0
	wait "$pid" || status=$?
	[ "$status" = 4 ]
	grep -q 'stopped early' err
	exec {to}>&-
}

@test "par-run: restart replaces one worker after the other, and sends nothing twice" {
	begin -s -n 3 ./stage.sh
	eventually eval '(( $(grep -c + log) == 3 ))'
	echo restart >ctl
	n=0
	until (($(grep -c + log) == 6)); do
		seq $((n + 1)) $((n + 20)) >&"$to"
		n=$((n + 20))
	done
	end
	cut -d' ' -f1 out | sort -n | cmp - <(seq "$n")
	# Never fewer than two while they were replaced: six begin, and end in between.
	head -n 9 log | awk '/[+]/ { up++ } /-/ { up-- } up == 3 { all = 1 } all && up < 2 { exit 1 }'
	[ "$(awk '$NF == "all" { print $6, $7 }' err)" = '0 3' ]
	[ "$(grep -c 'sent again' err)" = 0 ]
}

@test "par-run: restart of filters, which finish what they have" {
	local kind n

	for kind in '--map cat' 'cat'; do
		rm -f in
		# shellcheck disable=SC2086
		begin -n 2 $kind
		echo 1 >&"$to" # for a command that is not native the second one waits for it
		eventually children 2
		before=$(pgrep -P "$pid" | sort)
		echo restart >ctl
		n=1
		while [ -n "$(comm -12 <(echo "$before") <(pgrep -P "$pid" | sort))" ]; do
			seq $((n + 1)) $((n + 20)) >&"$to"
			n=$((n + 20))
		done
		end
		sort -n out | cmp - <(seq "$n")
		[ ! -s err ]
	done
}

@test "par-run: a wrong command is answered, and harms nothing" {
	begin -n 2 par-fib
	{
		printf 'workers 0\nworkers\nworkers 99999\n workers\t3x \nstats now\nWORKERS 3\n'
		printf '\n  \nhelp\0\n\0\nwo\x1b[1mrkers\n%05000d\n' 7
	} >ctl
	eventually grep -q 'a line longer' err
	cmp err - <<-'END'
		par-run: ctl: workers 0: not a number of workers
		par-run: ctl: workers: not a number of workers
		par-run: ctl: workers 99999: not a number of workers
		par-run: ctl:  workers\t3x : not a number of workers
		par-run: ctl: stats now: takes no argument
		par-run: ctl: WORKERS 3: not a command, see help
		par-run: ctl: help\0: not a command, see help
		par-run: ctl: \0: not a command, see help
		par-run: ctl: wo\x1b[1mrkers: not a command, see help
		par-run: ctl: a line longer than a command can be
	END
	head -c 1000000 /dev/zero >ctl
	head -c 1000000 /dev/urandom >ctl
	echo >ctl
	children 2
	# In pieces, and many at once.
	exec {control}>ctl
	printf 'wor' >&"$control"
	printf 'kers' >&"$control"
	printf ' 3\nworkers 1\nworkers 4\nst' >&"$control"
	exec {control}>&-
	eventually children 4
	echo ats >ctl
	eventually grep -q 'time/job' err
	seq 100 >&"$to"
	end
	[ "$(wc -l <out)" = 100 ]
}

@test "par-run: the FIFO is made for its owner alone, and taken away again" {
	begin cat
	[ "$(stat -c %a ctl)" = 600 ]
	run -3 par-run --control ctl cat </dev/null
	[ "$output" = 'par-run: ctl: is read by another process' ]
	end
	[ ! -e ctl ]
	run -127 par-run --control ctl ./none </dev/null
	[ ! -e ctl ]
	# shellcheck disable=SC2016
	run -3 par-run --control ctl sh -c 'kill -9 $$' < <(seq 9)
	[ ! -e ctl ]
	run -0 bash -c 'yes | par-run --control ctl cat | head -n 1'
	eventually test ! -e ctl
	# Something else by that name stays.
	rm in
	begin cat
	done_so_far
	rm ctl
	echo mine >ctl
	end
	[ "$(cat ctl)" = mine ]
}

@test "par-run: a FIFO that was there stays, and commands may come first" {
	mkfifo -m 600 ctl
	background bash -c 'echo workers 3 >ctl'
	begin -n 1 par-fib
	eventually children 3
	end
	[ -p ctl ]
}

@test "par-run: what is not a FIFO of ours is refused" {
	echo text >ctl
	run -3 par-run --control ctl cat </dev/null
	[ "$output" = 'par-run: ctl: is there, and not a FIFO' ]
	[ "$(cat ctl)" = text ]
	run -3 par-run --control none/ctl cat </dev/null
	[ "$output" = 'par-run: none/ctl: No such file or directory' ]
	rm ctl
	[ "$(id -u)" = 0 ] || skip 'only root can make a FIFO of somebody else'
	mkfifo ctl
	chown 1 ctl
	run -3 par-run --control ctl cat </dev/null
	[ "$output" = 'par-run: ctl: belongs to somebody else' ]
}

@test "par-run: the commands of help are those of the page" {
	begin cat
	done_so_far
	end
	awk '{ print $1 }' err | sort |
		diff - <(sed -n '/^\.Ss Control/,/^\.S[sh] [^C]/s/^\.It Cm \([a-z]*\).*/\1/p' \
			"$ROOT/man/par-run.1" | sort -u)
}

@test "par-run: commands and deaths at random lose nothing and double nothing" {
	local mode n

	no_leak_check
	for mode in './stage.sh' '-k ./stage.sh' '--map -k cat' '-N 5 -r 99 cat'; do
		rm -f in log
		# shellcheck disable=SC2086
		begin -n 2 --max-restarts 1000 $mode
		n=0
		for _ in {1..40}; do
			case $((RANDOM % 6)) in
			0 | 1) echo "workers $((RANDOM % 5 + 1))" ;;
			2) printf 'pause\nresume\n' ;;
			3) echo restart ;;
			4) pkill -9 -n -P "$pid" || true ;;
			5) echo stats ;;
			esac >ctl
			seq $((n + 1)) $((n + 50)) >&"$to"
			n=$((n + 50))
		done
		end
		cut -d' ' -f1 out | sort -n | cmp - <(seq "$n")
		[[ $mode != *-k* ]] || cut -d' ' -f1 out | cmp - <(seq "$n")
	done
}

# Let those records end that are under way; $begun is how many have begun, in the file of
# that name, each with a FIFO that it waits for.
let_end() {
	local one

	for one in $(tail -n +"$((begun + 1))" begun); do
		echo >"gate.$one"
		((++begun))
	done
}

# So many records are under way: those that have begun and were not let end.
under_way() { (($(wc -l <begun) - begun == $1)); }

# As many records as there are workers reach those of a par-run below COMMAND..., however
# many that are.
follows() {
	local count begun=0

	rm -f in gate.*
	: >begun
	mkfifo in gate.{1..40}
	# shellcheck disable=SC2016
	"$@" par-run -n 1 --control ctl -N 1 sh -c 'read x; echo "$x" >>begun; read y <gate.$x; echo "$x"' \
		<in >out 2>err 3>&- &
	pid=$!
	BACKGROUND+=("$pid")
	exec {to}>in
	seq 40 >&"$to"
	eventually test -p ctl
	for count in 1 4 2 6; do
		echo workers "$count" >ctl
		done_so_far
		let_end
		eventually under_way "$count"
	done
	exec {to}>&-
	ended() { let_end; [ "$(wc -l <out)" = 40 ]; }
	eventually ended
	wait "$pid"
	sort -n out | cmp - <(seq 40)
}

@test "par-run: below another supervisor, more workers get more records, and fewer fewer" {
	follows par-run -n 1
	follows par-cache -d lmdb:cache
	follows par-run -n 1 par-run -n 1
}
