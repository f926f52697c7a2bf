#!/usr/bin/env bats
load helper

# 20000 records: a key of 500, skewed towards the small ones, and a number.
make_records() {
	awk 'BEGIN { srand(7); for (i = 0; i < 20000; i++)
		printf "%d\t%d\n", int(500 * rand() * rand()), i }' >in
}

# Fields: worker, key, number.  No key had two workers, and each had its order.
one_worker_a_key() { # FILE
	awk -F '\t' '
		!($2 in worker) { worker[$2] = $1; last[$2] = -1 }
		worker[$2] != $1 || last[$2] >= $3 { print; bad = 1 }
		{ last[$2] = $3; workers[$1] }
		END { for (w in workers) count++; exit bad || count < 2 }' "$1"
}

# A native stage that holds a lock for each key that it has a record of, until it
# has acknowledged that; two that have one at a time complain.
make_locker() {
	cat >locker.py <<-'EOF2'
		import fcntl, os, signal, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "w")
		print("par-stage 1 window=50", file=words, flush=True)
		me = os.environ["PAR_WORKER"]
		for index, line in enumerate(iter(sys.stdin.readline, "")):
		    key, number = line.split()
		    lock = open("lock." + key, "w")
		    try:
		        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
		    except OSError:
		        open("conflict", "a").write(line)
		    if os.environ.get("POISON") == number:
		        os.kill(os.getpid(), signal.SIGKILL)
		    if os.environ.get("SHY") == me and index == 200:
		        os.kill(os.getpid(), signal.SIGKILL)
		    if os.environ.get("AGAIN") == number and not os.path.exists("once"):
		        open("once", "w")
		        print(index, 0, "retry", "later", file=words, flush=True)
		        continue
		    out = "%s\t%s\t%s\n" % (me, key, number)
		    sys.stdout.write(out)
		    sys.stdout.flush()
		    lock.close()
		    print(index, len(out), "ok", file=words, flush=True)
	EOF2
}

@test "par-run: --key gives a key to one worker, of a plain command" {
	make_records
	# shellcheck disable=SC2016
	par-run -n 3 --key 1 sh -c 'sed "s/^/$PAR_WORKER	/"' <in >out
	one_worker_a_key out
	cut -f2- out | sort | cmp - <(sort in)
}

@test "par-run: --key with --map and with a native stage, and the order of the input" {
	make_records
	par-run -n 3 --map --key 1 sed 's/x/y/' <in | sort | cmp - <(sort in)
	par-run -n 3 -k --map --key 1 cat <in | cmp - in
	make_locker
	par-run -n 3 --key 1 python3 locker.py <in >out
	one_worker_a_key out
	cut -f2- out | sort | cmp - <(sort in)
	par-run -n 3 -k --key 1 python3 locker.py <in | cut -f2- | cmp - in
	[ ! -e conflict ]
}

@test "par-run: --key spreads keys evenly, also where some have more records" {
	make_records
	par-run -s -n 4 --map --key 1 cat <in 2>err >out
	awk '$NF ~ /^[1-4]$/ && ($2 < 15 || $2 > 35) { bad = 1 } END { exit bad }' err
}

@test "par-run: --key host is that of a URL, however it is written" {
	cat >in <<-'EOF2'
		http://a.example/1
		HTTP://A.Example:80/2
		https://me@a.example?3	more
		http://b.example/4
		http://b.example#5
		ftp://b.example
		http://bücher.test/
		http://B%C3%9CCHER.test/
		http://xn--bcher-kva.test/
	EOF2
	# shellcheck disable=SC2016
	par-run -n 2 --key host sh -c 'sed "s/^/$PAR_WORKER /"' <in | sort >out
	[ "$(grep -ic a.example out)" = 3 ]
	[ "$(grep -i a.example out | cut -c1 | uniq | wc -l)" = 1 ]
	[ "$(grep b.example out | cut -c1 | uniq | wc -l)" = 1 ]
	[ "$(grep -i cher out | cut -c1 | uniq -c | xargs | cut -d ' ' -f 1)" = 3 ]
	[ "$(cut -c1 out | uniq | wc -l)" = 2 ]
}

@test "par-run: a record without the field that is the key is named, the others go on" {
	run -1 --separate-stderr par-run -k -n 2 --key 2 --map cat < <(printf 'a\t1\nb\nc\t\n')
	[ "$output" = $'a\t1\nc\t' ]
	[ "$stderr" = "par-run: b: lacks the field that is the key" ]
}

@test "par-run: --key, a worker killed again and again: each record once, no key twice at a time" {
	make_records
	head -n 3000 in >short
	make_locker
	SHY=2 par-run -n 3 --key 1 python3 locker.py <short >out 2>err
	cut -f2- out | sort | cmp - <(sort short)
	[ ! -e conflict ]
	grep -q "killed by signal 9" err
	SHY=1 par-run -n 3 -k --key 1 python3 locker.py <short 2>err | cut -f2- | cmp - short
	[ ! -e conflict ]
}

@test "par-run: --key, a record that kills workers is found, one to be retried comes" {
	make_records
	head -n 2000 in >short
	make_locker
	POISON=$(sed -n 1000p short | cut -f2) run -1 --separate-stderr \
		par-run -n 3 --key 1 python3 locker.py <short
	printf '%s\n' "$output" | cut -f2- | sort | cmp - <(sed 1000d short | sort)
	[ ! -e conflict ]
	AGAIN=$(sed -n 500p short | cut -f2) par-run -n 3 --key 1 python3 locker.py <short >out
	[ -e once ]
	cut -f2- out | sort | cmp - <(sort short)
	[ ! -e conflict ]
}

@test "par-run: the keys of a worker that leaves go to others" {
	make_records
	# shellcheck disable=SC2016
	par-run -n 2 --key 1 bash -c 'if [ "$PAR_WORKER" = 1 ]; then
		for i in 1 2 3; do read -r line; echo "$line"; done; else exec cat; fi' <in >out
	sort out | cmp - <(sort in)
}

@test "par-run: the keys of a worker that is one too many go to others" {
	mkfifo in
	make_locker
	par-run -n 3 --key 1 --control control python3 locker.py <in >out 3>&- &
	pid=$!
	exec {to}>in
	seq 300 | awk -v OFS='\t' '{ print $1 % 60, $1 }' >&"$to"
	eventually grep -q . out
	echo workers 1 >control
	seq 301 900 | awk -v OFS='\t' '{ print $1 % 60, $1 }' >&"$to"
	exec {to}>&-
	wait "$pid"
	cut -f3 out | sort -n >numbers
	seq 900 | cmp - numbers
	[ ! -e conflict ]
}

@test "par-run: a plain worker that had nothing at first gets its share" {
	mkfifo in gate
	# shellcheck disable=SC2016
	par-run -n 2 bash -c 'while IFS= read -r line; do
		echo "$line"; if [[ $line == block ]]; then read -r _ <gate; fi
		done' <in >out 3>&- &
	pid=$!
	exec {to}>in
	echo 1 >&"$to"
	eventually grep -q 1 out
	echo block >&"$to"
	eventually grep -q block out
	echo 2 >&"$to"
	eventually grep -q 2 out
	echo go >gate
	exec {to}>&-
	wait "$pid"
}

@test "par-run: a worker that hangs holds up none but its own keys" {
	mkfifo gate
	# shellcheck disable=SC2016
	par-run -n 2 --key 1 bash -c 'while IFS= read -r line; do
		if [[ $line == slow* && -z $seen ]]; then read -r seen <gate; fi
		echo "$line"; done' < <(
		echo slow
		for _ in 1 2 3 4 5; do seq -f $'fast\t%g' 2000; done
		seq -f $'slow\t%g' 2000
	) >out 3>&- &
	pid=$!
	all_fast() { [ "$(wc -l <out)" = 10000 ]; }
	eventually all_fast
	run -1 grep -q slow out
	echo go >gate
	wait "$pid"
	[ "$(wc -l <out)" = 12001 ]
	grep slow out | tail -n +2 | cut -f2 | cmp - <(seq 2000)
}

@test "par-run: --key, records of 0 bytes to 5 MB, and a drain in the middle" {
	{
		printf 'a\t%05000000d\n\n' 1
		seq -f $'%g\tx' 1000
	} >in
	par-run -k -n 2 --map --key 1 cat <in | cmp - in
	mkfifo from
	par-run -n 2 --key 1 --map cat <from >out 2>err 3>&- &
	pid=$!
	exec {to}>from
	seq 100 >&"$to"
	eventually grep -q . out
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	exec {to}>&-
	[ "$status" = 4 ]
	sort -n out | uniq -d | cmp - /dev/null
}

@test "par-run: --key and -k around a stage of blocks keep the order, and blocks whole" {
	seq 60 >in
	par-run -n 3 -k --key 1 par-run -n 2 -N 6 cat <in | cmp - in
	par-run -n 3 -k --key 1 par-run -n 2 -b 20 --raw cat <in | cmp - in
	# Neighbours of one key are still done together.
	printf '%s\n' a$'\t'{1..13} b$'\t'{1..13} |
		par-run -n 2 -k --key 1 par-run -n 1 -N 6 paste -sd, >out
	grep -q '\(.*,\)\{5\}' out
	tr , '\n' <out | cmp - <(printf '%s\n' a$'\t'{1..13} b$'\t'{1..13})
}

@test "par-run: --key, misuse" {
	run -2 --separate-stderr par-run --key 0 cat
	[[ "$stderr" == *"not a field number, counted from 1, or 'host'"* ]]
	run -2 --separate-stderr par-run --key 1 -N 1 cat
	[[ "$stderr" == *"--key does not go with -b or -N"* ]]
}
