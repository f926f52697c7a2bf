#!/usr/bin/env bats
# --progress of all programs that have it: one line, of one module.
load helper
load site

ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)

prepare() { export PAR_QUEUE_URL=file:$PWD/queues; }

# on_terminal WIDTH SCRIPT: what a terminal gets, in screen, by lines in shown
on_terminal() {
	local status=0

	TERM=xterm timeout -k 1 "$DEADLINE" script -qec "stty cols $1; $2" /dev/null \
		</dev/null >screen 3>&- || status=$?
	tr '\r' '\n' <screen | sed 's/\x1b\[K//' >shown
	return "$status"
}

# columns FILE: how wide its widest line is
columns() {
	python3 - "$1" <<-'END'
		import sys, unicodedata
		def width(c):
		    return 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
		text = open(sys.argv[1], encoding="utf-8", errors="replace").read()
		print(max(sum(map(width, line)) for line in text.split("\n")))
	END
}

@test "progress: each program counts what it has, and says the share of a file" {
	seq 2000 >in
	par-split --progress -i in a b 2>err
	[[ $(cat err) =~ ^'2000 records, '[0-9]+' a second, 100 %'$ ]]
	par-gather --progress a b 2>err | wc -l | grep -qx 2000
	[[ $(cat err) =~ ^'2000 records, '[0-9]+' a second, 100 %'$ ]]
	sort in >sorted
	par-gather --progress -m sorted sorted 2>err >out
	[[ $(cat err) =~ ^'4000 records, '[0-9]+' a second, 100 %'$ ]]
	par-gather --progress -g --count < <(cat in) 2>err >out
	[[ $(cat err) =~ ^'2000 records, '[0-9]+' a second'$ ]]
	par-queue put --progress q <in 2>err
	[[ $(cat err) =~ ^'2000 records, '[0-9]+' a second, 100 %, 2000 in the queue'$ ]]
	par-queue work --progress --once q -- par-fib 2>err
	[[ $(cat err) =~ ^'2000 records, '[0-9]+' a second, 0 in flight'$ ]]
	par-queue get --progress q 2>err >out
	[[ $(tail -n 1 err) =~ ^'2000 records, '[0-9]+' a second, '[0-9.]+' MB, 0 not finished, 0 dead'$ ]]
	par-run --progress -n 2 par-fib <in 2>err >out
	[[ $(cat err) =~ ^'2000 records, '[0-9]+' a second, 100 %' ]]
	par-run --progress true {} ::: a b ::: 1 2 3 2>err
	[[ $(cat err) =~ ^'6 of 6 records, '[0-9]+' a second, 100 %' ]]
	run -2 par-split --progress --cut -i in a b
	[[ $output == *'--cut does not go with --progress: it counts no records'* ]]
	run -2 par-queue stat --progress q
}

@test "progress: par-frontier counts pages, and par-fetch the share of its input" {
	mkdir www
	for i in 1 2 3 4; do echo "page $i" >"www/$i"; done
	site_start www
	printf '%s\n' "$SITE_URL/1" "$SITE_URL/2" "$SITE_URL/3" "$SITE_URL/4" >urls
	par-fetch --progress <urls 2>err >out
	[[ $(cat err) =~ ^'4 pages, '[0-9]+' a second, 100 %, 0.0 MB'$ ]]
	par-frontier -d 0 --progress sh -c 'par-fetch | par-links --pages' <urls 2>err >out
	[[ $(tail -n 1 err) =~ ^'4 pages, '[0-9]+' a second'$ ]]
}

@test "progress: elsewhere there is a line each minute, and one at the end" {
	cc -shared -fPIC -o hurry.so "$ROOT/tests/aid/hurry.c" -ldl
	hurried() { # in the background: the process is the program
		exec env ASAN_OPTIONS="${ASAN_OPTIONS-}:verify_asan_link_order=0" HURRY=1000 \
			LD_PRELOAD="$PWD/hurry.so" "$@"
	}
	seq 5 | par-queue put q
	for what in 'par-run --progress -n 1 --map cat' 'par-gather --progress' 'par-split --progress out' \
		'par-queue work --progress q -- par-fib' 'par-queue get --progress -f q' 'par-fetch --progress'; do
		mkfifo feed
		: >err
		read -ra words <<<"$what"
		hurried "${words[@]}" <feed >got 2>err 3>&- &
		pid=$!
		BACKGROUND+=("$pid")
		exec {to}>feed
		thrice() { [ "$(grep -c ' a second' err)" -ge 3 ]; }
		eventually thrice
		exec {to}>&-
		[[ $what != par-queue* ]] || kill -TERM "$pid"
		wait "$pid" || [[ $what == par-queue* ]]
		run -1 grep -q $'[\r\x1b]' err
		rm feed
	done
}

@test "progress: the line fits a terminal, however narrow, and wide characters" {
	{ seq 300; for _ in $(seq 40); do printf '漢字e\xcc\x81'; done; echo; seq 300; } >in
	for width in 20 33 60 200; do
		# The pause lets the line be shown after the failure; no test waits for it.
		on_terminal "$width" 'par-run --progress -n 1 -q q par-fib <in >out' || [ "$?" = 1 ]
		grep ' a second' shown >lines || grep -a records shown >lines
		head -n -1 lines >live
		[ ! -s live ] || [ "$(columns live)" -lt "$width" ]
	done
}

@test "progress: the record that failed last is shown until the end, without escapes" {
	printf '1\nbad \033[31mword\n' >in
	mkfifo feed
	: >screen
	background bash -c 'exec 9>feed; cat in >&9; until grep -aq "1 failed.*the last: bad" screen; do
		read -r -t 0.02 <> <(:); done'
	on_terminal 100 'par-run --progress -n 1 -q q par-fib <feed >out' || [ "$?" = 1 ]
	grep -aF '1 failed, 1 worker, the last: bad \x1b[31mword' shown
	run -1 grep -aF 'the last:' <(tail -n 1 shown)
}

@test "progress: a terminal that becomes narrower is followed" {
	cat >resize.py <<-'END'
		import fcntl, os, pty, struct, sys, termios
		master, slave = pty.openpty()
		def size(columns):
		    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
		size(100)
		read, write = os.pipe()
		pid = os.fork()
		if pid == 0:
		    os.dup2(read, 0)
		    os.dup2(slave, 2)
		    os.close(write)
		    os.environ["TERM"] = "xterm"
		    os.execvp("par-run", ["par-run", "--progress", "-n", "1", "-o", "out", "par-fib"])
		seen = b""
		def until(good):
		    global seen
		    while not good(seen.split(b"\r")[-1]):
		        seen += os.read(master, 4096)
		os.write(write, b"1\n2\n3\n")
		until(lambda line: b"3 records" in line and b"worker\x1b[K" in line)
		size(14)
		until(lambda line: line.endswith(b"\x1b[K") and len(line) == 13 + 3)
		size(80)
		until(lambda line: b"worker\x1b[K" in line)
		os.close(write)
		os.waitpid(pid, 0)
	END
	timeout -k 1 "$DEADLINE" python3 resize.py
}
