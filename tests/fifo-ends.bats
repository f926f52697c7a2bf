#!/usr/bin/env bats
# What every filter promises of its FILE operands and its --output: files, FIFOs
# whose ends are opened in any order, end badly and begin again.
load helper
load redis

# FILTER is a command; in1 to in3 are its inputs, a record each.
filters=(par-fib par-gather par-links "par-fetch --proto file")

# inputs COMMAND: make its inputs.
inputs() {
	local n

	for n in 1 2 3; do
		echo "page $n" >page$n
		case $1 in
		par-fib) echo "$n" ;;
		par-gather) echo "record $n" ;;
		par-links) printf 'http://h/\t200\ttext/html\thttp://h/\t\t<a href=%s>\n' "$n" ;;
		par-fetch*) echo "file://$PWD/page$n" ;;
		esac >in$n
	done
	# shellcheck disable=SC2086 # a command is words
	for n in 1 2 3; do $1 <in$n; done >want
}

@test "filters: files in turn, standard input among them, what cannot be read is named" {
	local filter

	for filter in "${filters[@]}"; do
		inputs "$filter"
		# shellcheck disable=SC2086
		run -3 --separate-stderr $filter --output out in1 - missing in3 <in2
		[[ $stderr == "${filter%% *}: missing: No such file or directory"* ]]
		[ "$output" = "" ]
		same want <(sort out)
		# shellcheck disable=SC2086
		run -3 --separate-stderr $filter --output no/such/folder in1
		[ "$stderr" = "${filter%% *}: no/such/folder: No such file or directory" ]
	done
}

writer() { background bash -c 'exec cat in1 in2 in3 >a'; }
filter() { background bash -c "exec $FILTER --output b a"; }
reader() { background bash -c 'exec sort b >out'; }

@test "filters: from FIFO to FIFO, the ends started in every order" {
	local order n pids

	mkfifo a b
	for FILTER in "${filters[@]}"; do
		inputs "$FILTER"
		for order in {writer,filter,reader}\ {writer,filter,reader}\ {writer,filter,reader}; do
			if [ "$(tr ' ' '\n' <<<"$order" | sort -u | wc -l)" != 3 ]; then continue; fi
			pids=()
			for n in $order; do
				"$n"
				pids+=("$!")
			done
			for n in "${pids[@]}"; do wait "$n"; done
			same want out
		done
	done
}

@test "filters: a FIFO without another end is given up when told to, the others go on" {
	local filter name

	mkfifo stale
	for filter in "${filters[@]}"; do
		inputs "$filter"
		name=${filter%% *}
		# shellcheck disable=SC2086
		run -3 --separate-stderr $filter --wait 50ms in1 stale in2 in3
		[ "$stderr" = "$name: stale: nobody opened its other end in time" ]
		same want <(sort <<<"$output")
		# shellcheck disable=SC2086
		run -3 --separate-stderr $filter --wait 50ms --output stale in1
		[ "$stderr" = "$name: stale: nobody opened its other end in time" ]
	done
	run -3 --separate-stderr par-split --wait 50ms -i stale x
	[ "$stderr" = "par-split: stale: nobody opened its other end in time" ]
}

# par-run, or par-cache, which takes a command, too.
runner() { background "$RUNNER" -i a -o b --map awk '{ print $1 + 1; fflush() }'; }

@test "filters: par-run and par-cache from FIFO to FIFO, in every order, and not for ever" {
	local order n pids RUNNER

	mkfifo a b
	inputs par-fib
	printf '%s\n' 2 3 4 >want
	export XDG_CACHE_HOME=$PWD/store
	for RUNNER in par-run par-cache; do
		for order in {writer,runner,reader}\ {writer,runner,reader}\ {writer,runner,reader}; do
			if [ "$(tr ' ' '\n' <<<"$order" | sort -u | wc -l)" != 3 ]; then continue; fi
			pids=()
			for n in $order; do
				"$n"
				pids+=("$!")
			done
			for n in "${pids[@]}"; do wait "$n"; done
			same want out
		done
		run -3 --separate-stderr "$RUNNER" --wait 50ms -i a cat
		[ "$stderr" = "$RUNNER: a: nobody opened its other end in time" ]
		run -3 --separate-stderr "$RUNNER" --wait 50ms -o a cat <in1
		[ "$stderr" = "$RUNNER: a: nobody opened its other end in time" ]
		run -3 --separate-stderr "$RUNNER" -i missing cat
		[ "$stderr" = "$RUNNER: missing: No such file or directory" ]
		run -0 "$RUNNER" -i - --map cat <in1
		[ "$output" = 1 ]
	done
	par-run -n 1 --checkpoint state -i in2 -o kept --map cat
	same kept in2
}

@test "filters: a writer that is killed ends the input, and what it wrote has counted" {
	local filter writer

	mkfifo a ready
	for filter in "${filters[@]}"; do
		inputs "$filter"
		background bash -c 'exec 9>a; cat in1 in2 >&9; head -c -1 in3 >&9; echo >ready; read -r _ <ready'
		writer=$!
		background bash -c "exec $filter a >out"
		read -r -t "$DEADLINE" _ <ready
		kill -9 "$writer"
		wait "$!"
		same want <(sort out)
	done
}

@test "filters: a reader that leaves ends its writer, without a word" {
	local filter status

	mkfifo b
	for filter in "${filters[@]}"; do
		inputs "$filter"
		background bash -c "yes \"\$(cat in1)\" | { $filter --output b 2>errors; echo \$? >status; }"
		head -n 1 b >first
		wait "$!"
		same first <(head -n 1 want)
		[ "$(cat status)" = 141 ]
		[ ! -s errors ]
	done
}

@test "filters: a reader at a socket that leaves ends who has nothing to write" {
	local command

	cat >leaves.py <<-'END'
		import os, socket, subprocess, sys
		ours, theirs = socket.socketpair()
		gets, gives = os.pipe()
		child = subprocess.Popen(sys.argv[1:], stdin=gets, stdout=theirs, stderr=subprocess.PIPE)
		theirs.close()
		os.write(gives, b"http://h/\n")
		ours.recv(100)  # it has written, and waits for more
		ours.close()
		print(child.wait(), child.stderr.read())
	END
	export PAR_QUEUE_URL=file:$PWD/queues
	echo 7 | par-queue put q
	par-queue work --once q -- par-fib
	for command in "par-run cat" "par-run --map cat" "par-frontier cat" "par-queue get --follow q"; do
		# shellcheck disable=SC2086
		run -0 timeout "$DEADLINE" python3 leaves.py $command
		[ "$output" = "-13 b''" ]
	done
}

has_halves() { [ "$(grep -c half out)" = "$1" ]; }

@test "filters: par-gather --follow goes on with a writer that was killed and started again" {
	local gather n

	mkfifo a ready
	background par-gather --follow -o out a
	gather=$!
	for n in 1 2 3; do
		background bash -c "exec 9>a; seq $n 3 9 >&9; printf half >&9; echo >ready; read -r _ <ready"
		read -r -t "$DEADLINE" _ <ready
		kill -9 "$!"
		eventually has_halves "$n"
	done
	kill "$gather"
	wait "$gather"
	same <(sort out) <(seq 9; printf 'half\nhalf\nhalf\n')
}

# long WORD: a line of 300 thousand bytes of it
long() { yes "$1" | tr -d '\n' | head -c 300000; echo; }

@test "filters: long records of all of them in one FIFO do not mix" {
	local n

	mkfifo all
	long page >page
	for n in {1..20}; do echo "file://$PWD/page"; done >urls
	for n in {1..20}; do printf 'http://h/\t200\t\thttp://h/\t\t<a href=%s>\n' "$(long a)"; done >pages
	for n in {1..20}; do long record; done >records
	for n in {1..20}; do echo $((1000000 + n)); done >ns
	{
		par-fetch --proto file <urls
		par-links <pages
		par-fib <ns
		cat records records records records records
	} | sort >want
	background bash -c '(par-fetch --proto file urls & par-links pages & par-fib ns &
		par-run -n 1 --map cat <records &
		par-gather records & par-split -i records - & par-split -c -i records - &
		exec 9>/dev/fd/1; while read -r line; do
			flock 9; printf "%s\n" "$line" >&9; flock -u 9; done <records
		wait) >all'
	sort all >got
	wait "$!"
	same want got
}

@test "filters: par-queue get takes turns with others at one FIFO" {
	command -v redis-server || skip "no redis-server"
	mkfifo all
	for n in {1..20}; do long record; done >records
	redis_start
	par-queue put q <records
	par-queue work --once q -- par-run -n 1 -N 1 cat
	background bash -c '(par-queue get q & par-gather records & par-split -i records - & wait) >all'
	sort all | uniq -c | awk '{ print $1, length($2) }' >got
	wait "$!"
	[ "$(cat got)" = "60 300000" ]
}

@test "filters: thousands of FIFOs, opened in any order from either side" {
	mkdir f
	(cd f && seq 2000 | xargs mkfifo)
	seq 20000 >in
	# shellcheck disable=SC2046 # names of digits
	background par-split -r -i in $(printf 'f/%d\n' {1..2000} | shuf)
	# shellcheck disable=SC2046
	par-gather $(printf 'f/%d\n' {1..2000} | shuf) | sort -n >out
	wait "$!"
	same in out
}

@test "filters: an input that is not there is told of before a reader of the output is waited for" {
	local command

	mkfifo out
	for command in "par-run -i gone -o out cat" "par-cache -d store -i gone -o out --map cat" \
		"par-links -o out gone" \
		"par-fib -o out gone" "par-fetch --output out gone"; do
		# shellcheck disable=SC2086
		run -3 ${command%% *} --wait "$DEADLINE" ${command#* }
		[[ $output == "${command%% *}: gone: No such file or directory"* ]]
	done
}
