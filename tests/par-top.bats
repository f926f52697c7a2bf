#!/usr/bin/env bats
load helper

prepare() {
	mkdir -m 700 run
	export XDG_RUNTIME_DIR=$PWD/run
	mkfifo gate more.in
	# says what it works on, and waits until somebody writes to the gate
	cat >waits <<-'END'
		#!/bin/sh
		while read -r record; do
			echo "busy with $record" >&2
			read -r go <gate
			echo "$record"
		done
	END
	chmod +x waits
}

clean_up() {
	tmux -L "par-top-$$" kill-server 2>/dev/null || true
	: <>more.in # who waits for a writer waits no more
}

# run_of PAR-RUN-WORDS...: one that goes on until it is ended; its id is in $RUN
run_of() {
	exec {input}<&0 # a command in the background has no other
	par-run "$@" <&"$input" >out 2>err 3>&- {input}<&- &
	RUN=$!
	BACKGROUND+=("$RUN")
	exec {input}<&-
}

# seen ARGUMENT FILTER: does jq say so of what it says?
seen() {
	par-top --json ${1:+"$1"} >said.by 2>/dev/null && [ -s said.by ] && jq -e "$2" said.by >/dev/null
}

@test "par-top: a run that was not asked for it says what its workers have, and for how long" {
	printf '%s\n' one $'tw\033[2Jo' three >in
	run_of -n 2 -s --control c --map ./waits <in
	eventually seen $RUN '[.places[] | select(.in_flight > 0 and .says != "")] | length == 2'
	par-top --json $RUN >said
	[ "$(wc -l <said)" = 1 ]
	jq -e --arg c "$PWD/c" --argjson pid $RUN '
		.["par-top"] == 1 and .pid == $pid and .command == ["./waits"] and .control == $c and
		.workers == 2 and .done == 0 and .failed == 0 and .state == "running" and
		(.inner | not) and .waits == null and .seconds >= 0.1' said
	jq -e '.places | map(.record.text) == ["one", "tw\u001b[2Jo"]' said
	jq -e '.places | map(.record.number) == [1, 2]' said
	jq -e '.places[0] | .says == "busy with one" and .state == "ending" and .pid > 0' said
	# by whatever reads from a socket
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
print(s.makefile().read(), end="")' run/par/* | jq -e '.places | length == 2'
	# as text, in which nothing is left that controls a terminal
	par-top --once >list
	[ "$(wc -l <list)" = 2 ]
	grep -Eq "^ *$RUN +[0-9.]+s running +2 +0 +0 +0 ./waits\$" list
	par-top --once $RUN >page
	grep -q '^2 workers, 3 in flight$' page || grep -q '^2 workers, 2 in flight$' page
	grep -Eq '^ +1 ending +[12]/[0-9]+ +0 +0 +0 +1 +[0-9.:]+s? one$' page
	grep -q '^ *busy with one$' page
	grep -qF 'tw\x1b[2Jo' page
	run -1 grep -q $'\033' page list
	# until it is done
	background bash -c 'trap "" PIPE; while :; do echo go >gate; done' 2>waker
	eventually test ! -e "/proc/$RUN/fd"
	[ "$(sort out)" = "$(sort in)" ]
	run -0 ls run/par
	[ -z "$output" ]
	run -1 --separate-stderr par-top --once $RUN
	[ "$stderr" = "par-top: $RUN: no par-run that can be looked at" ]
}

# A run that is short, unless the machine is busy.
offers_nothing() {
	rm -rf run/par
	seq 5 | par-run -n 1 cat >out
	[ ! -e run/par ]
}

@test "par-top: what is offered is for its user alone, and short runs offer nothing" {
	eventually offers_nothing
	run_of -n 1 cat < <(cat more.in 3>&-)
	eventually seen $RUN .pid
	[ "$(stat -c %a run/par)" = 700 ]
	[ "$(stat -c '%a %F' run/par/$RUN.*)" = '600 socket' ]
	: >more.in
	wait $RUN
	# not where others could come
	chmod 755 run/par
	run -3 --separate-stderr par-top --once
	[ "$stderr" = 'par-top: XDG_RUNTIME_DIR/par is not a folder of this user alone' ]
	rmdir run/par && ln -s /tmp run/par
	run -3 par-top --once
	rm run/par
	run -3 --separate-stderr env -u XDG_RUNTIME_DIR par-top --once
	[ "$stderr" = 'par-top: XDG_RUNTIME_DIR is not set: export it as a folder of your own, before par-run' ]
	[ ! -e run/par ]
}

@test "par-top: --no-top, also at the other end of a link; runs inside others offer themselves" {
	echo 1 >in
	run_of -n 1 --no-top par-run -n 1 --map ./waits <in
	eventually grep -q busy err
	eventually seen '' .inner
	par-top --once >list
	[ "$(wc -l <list)" = 2 ]
	run -1 grep -w "$RUN" list
	echo >gate
	wait $RUN
	run_of --host :1 --no-top --map ./waits <in
	eventually grep -q busy err
	hidden=$RUN
	run_of -n 1 cat < <(cat more.in 3>&-) # one that began later
	eventually seen $RUN .pid
	[ "$(par-top --json | wc -l)" = 1 ]
	: >more.in
	wait $RUN
	: >gate
	wait $hidden
	run_of --host :1 --map ./waits <in
	eventually seen $RUN '.hosts and .places[0].host == ":"'
	eventually test "$(par-top --json | jq .inner | sort | xargs)" = 'false true'
}

@test "par-top: what runs that were killed have left is removed by the next one" {
	for next in viewer run; do
		run_of -n 1 cat < <(cat more.in 3>&-)
		eventually seen $RUN .pid
		kill -9 $RUN
		wait $RUN || [ $? = 137 ]
		: >more.in
		stat run/par/$RUN.*
		# not what is none of ours
		: >run/par/file && : >run/par/12345.abc
		if [ $next = viewer ]; then
			par-top --once >list
			[ "$(wc -l <list)" = 1 ]
			rm run/par/12345.abc
		else
			dead=$RUN
			rm run/par/12345.abc
			run_of -n 1 cat < <(cat more.in 3>&-)
			eventually seen $RUN .pid
			run -1 grep "^$dead\." < <(ls run/par)
			: >more.in
			wait $RUN
		fi
		[ "$(ls run/par)" = file ]
	done
}

@test "par-top: one that does not read is dropped, and holds up neither the run nor others" {
	words=()
	for _ in {1..150}; do words+=("$(printf '%04000d' 7)"); done
	run_of -n 1 --map sh -c 'while read -r x; do echo "$x"; done' "${words[@]}" < <(cat more.in 3>&-)
	eventually seen $RUN '.command | length == 153'
	[ "$(par-top --json $RUN | wc -c)" -gt 600000 ]
	mkfifo go stuck.out
	cat >stuck.py <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		s.recv(1)
		print("stuck", flush=True)
		open("go").read()
		got = 1 + sum(iter(lambda: len(s.recv(1 << 16)), 0))
		print("whole" if got > 600000 else "part", flush=True)
	END
	background bash -c 'exec python3 stuck.py run/par/* >stuck.out'
	exec {from}<stuck.out
	read -r -t "$DEADLINE" line <&"$from"
	[ "$line" = stuck ]
	for _ in {1..5}; do seen $RUN .pid; done
	echo 1 >more.in
	wait $RUN
	[ "$(<out)" = 1 ]
	: >go
	read -r -t "$DEADLINE" line <&"$from"
	[ "$line" = part ]
	exec {from}<&-
}

@test "par-top: many look at once" {
	local pids=()

	run_of -n 1 cat < <(cat more.in 3>&-)
	eventually seen $RUN .pid
	for i in {1..40}; do
		par-top --json $RUN >"said.$i" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	for i in {1..40}; do jq -e ".pid == $RUN" "said.$i"; done >true
	: >more.in
	wait $RUN
}

# others SAYS...: sockets in the folder, each of which says that, and ends; "" says nothing
others() {
	mkdir -m 700 run/par
	cat >others.py <<-'END'
		import os, socket, sys, threading
		def serve(listener, text):
		    held = []
		    while True:
		        to, _ = listener.accept()
		        held.append(to)
		        if text:
		            try:
		                while True:
		                    to.sendall(text)
		                    if not text.startswith(b"endless"):
		                        break
		            except OSError:
		                pass
		            held.pop().close()
		for i, text in enumerate(sys.argv[1:]):
		    listener = socket.socket(socket.AF_UNIX)
		    listener.bind(f"run/par/{i + 1}.abc")
		    listener.listen(50)
		    threading.Thread(target=serve, args=(listener, os.fsencode(text))).start()
		open("ready", "w").close()
	END
	background python3 others.py "$@"
	eventually test -e ready
}

@test "par-top: nothing that a run says is believed" {
	others '{"par-top":2,"pid":1}' 'no JSON' '' '{"par-top":1,"pid":4,"done":-1}' \
		$'{"par-top":1,"pid":5,"command":["\\u001b[31m","\x9b","\\ud800","\xc3\xa9"],"state":"\\u0007","places":[{"worker":1e17,"says":"\\u009b"}]}' \
		'endless' '{"par-top":1,"pid":7} x' '{"par-top":1,"pid":8,"places":[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]}'
	run -1 --separate-stderr par-top --once
	echo "$output" >list
	[ "$(wc -l <list)" = 9 ]
	[ "${#stderr_lines[@]}" = 7 ]
	[ "${stderr_lines[2]}" = 'par-top: 3: does not answer' ]
	for line in '1 .*(is of a newer version)' '2 .*(says what is not understood)' \
		'3 .*silent.*(does not answer)' '4 .*(says what is not understood)' \
		'6 .*(does not answer)' '7 .*(says what is not understood)' '8 .*(says what'; do
		grep -q "^ *$line" list
	done
	grep -qF '\x1b[31m \x9b ? ?' list
	LC_ALL=C.UTF-8 par-top --once 2>err | grep -qF $'\\x1b[31m \\x9b \xef\xbf\xbd \xc3\xa9'
	run -1 --separate-stderr par-top --json
	[[ $output == '{"par-top":1,"pid":5,"com'* ]]
	[ "${#stderr_lines[@]}" = 7 ]
	run -0 par-top --once 5
	LC_ALL=C run -1 grep -q $'[\001-\011\013-\037\177-\377]' <<<"$output"
	run -1 --separate-stderr par-top --once 3
	[ "$stderr" = 'par-top: 3: does not answer' ]
	run -1 --separate-stderr par-top --json 1
	[ "$stderr" = 'par-top: 1: is of a newer version' ]
	run -2 par-top 1 2
	run -2 par-top x
}

# On the screen of tmux.

terminal() { tmux -L "par-top-$$" -f /dev/null "$@"; }

# opened COLUMNS ROWS WORDS...: a shell there, which is typed WORDS
opened() {
	local columns=$1 rows=$2

	shift 2
	terminal new-session -d -x "$columns" -y "$rows" 'PS1="ready> " exec bash --norc' 3>&-
	eventually on_screen '^ready>'
	typed "$@"
}

typed() {
	terminal send-keys -l "$*"
	terminal send-keys Enter
}

screen() { terminal capture-pane -p; }
on_screen() { screen | grep -Eq -- "$1"; }
not_on_screen() { ! on_screen "$1"; }

@test "par-top: a screen of one run: keys pause it, change its workers, and drain it" {
	seq 100 >in
	run_of -n 2 --control c --map ./waits <in
	eventually grep -q busy err
	eventually seen $RUN '.places | all(.in_flight > 0)'
	opened 80 24 par-top
	eventually on_screen '^ +1 (working|ending) .* 1 +[0-9.:]+s? 1$'
	screen >shown
	grep -q "^$RUN ./waits\$" shown
	grep -q '^0 done, 0/s$' shown
	grep -q '^2 workers, ' shown
	grep -q '^ *busy with 1$' shown
	[ "$(tail -n 1 shown)" = 'q quit  Left list  p pause  + - workers  d drain' ]
	terminal send-keys p
	eventually on_screen '^paused, for '
	on_screen '^told it: pause$'
	terminal send-keys p
	eventually on_screen '^running, for '
	terminal send-keys + +
	eventually on_screen '^4 workers, '
	terminal send-keys -- -
	eventually on_screen '^3 workers, '
	# narrow, low, and back
	terminal resize-window -x 20 -y 8
	eventually on_screen '^WORKER   DONE$'
	eventually on_screen '^told it: workers 3$'
	[ "$(screen | awk 'length > 20' | wc -l)" = 0 ]
	terminal resize-window -x 100 -y 30
	eventually on_screen ' HAS/MAY '
	# drained only when that was meant
	terminal send-keys d x
	eventually on_screen '^q quit'
	terminal send-keys d
	eventually on_screen 'y: yes'
	terminal send-keys y
	eventually on_screen '^draining, for '
	background bash -c 'trap "" PIPE; while :; do echo go >gate; done' 2>waker
	eventually test ! -e "/proc/$RUN/fd"
	eventually on_screen '^has ended, for '
	terminal send-keys q
	eventually on_screen '^ready> *$'
	not_on_screen ended
}

@test "par-top: a list of runs, of which one is chosen; and those that come and go" {
	opened 80 24 par-top
	eventually on_screen 'no par-run is running$'
	run_of -n 1 --map ./waits a < <(cat more.in 3>&-)
	first=$RUN
	eventually on_screen "^ *$first .* ./waits a\$"
	run_of -n 1 --map ./waits b < <(cat more.in 3>&-)
	eventually on_screen "^ *$RUN .* ./waits b\$"
	on_screen '^ +PID +TIME STATE +N +DONE +FAILED +RATE/S +COMMAND$'
	if [ "$first" -lt "$RUN" ]; then terminal send-keys Down; fi
	terminal send-keys Enter
	eventually on_screen "^$RUN ./waits b\$"
	on_screen 'it has no --control'
	terminal send-keys p
	eventually on_screen '^--control: it has none$'
	terminal send-keys Left
	eventually on_screen '^q quit  Enter show$'
	kill $first
	eventually not_on_screen './waits a'
	on_screen './waits b'
	typed q
	eventually on_screen '^ready>'
	# one alone is shown at once; without colours if so is asked
	typed NO_COLOR=1 par-top
	eventually on_screen "^$RUN ./waits b\$"
	terminal capture-pane -e -p >styled
	run -1 grep -qE '\[(1;)?3[0-7]m' styled
	terminal send-keys q
}

@test "par-top: the terminal is as it was, however it ends" {
	run_of -n 1 --map ./waits < <(cat more.in 3>&-)
	eventually seen $RUN .pid
	opened 80 24 'stty -a >before; par-top'
	eventually on_screen "^$RUN "
	terminal send-keys C-c
	eventually on_screen '^ready> *$'
	typed 'echo "ended $?"; stty -a >after'
	eventually on_screen '^ended 130$'
	on_screen '^ready>'
	eventually test -s after
	same before after
	for signal in TERM:143 HUP:129 QUIT:131; do
		typed clear
		eventually not_on_screen ended
		rm after
		# a shell that does not know yet that it was stopped does not continue it
		typed 'par-top & echo $! >pid; until [ "$(jobs -s)" ]; do :; done'
		typed 'fg >/dev/null; echo "ended $?"; stty -a >after'
		eventually on_screen "^$RUN "
		kill "-${signal%:*}" "$(<pid)"
		eventually on_screen "^ended ${signal#*:}\$"
		eventually test -s after
		same before after
	done
	# put aside, and taken up again
	typed clear
	typed par-top
	eventually on_screen "^$RUN "
	terminal send-keys C-z
	eventually on_screen 'Stopped'
	rm after
	typed 'stty -a >after'
	eventually test -s after
	same before after
	typed fg
	eventually on_screen "^$RUN "
	terminal send-keys q
	eventually on_screen '^ready> *$'
	# one without a cursor gets text
	typed 'TERM=dumb par-top; echo "ended $?"'
	eventually on_screen '^ended 0$'
	on_screen "^ *$RUN .*./waits"
}

@test "par-top: nothing is written where the run says that its --control is, but to a FIFO" {
	: >file
	others "{\"par-top\":1,\"pid\":1,\"command\":[\"x\"],\"state\":\"running\",\"workers\":2,\"control\":\"$PWD/file\"}"
	opened 60 10 par-top
	eventually on_screen '^1 x$'
	terminal send-keys p
	eventually on_screen '^--control: is no FIFO of this user$'
	[ ! -s file ]
	rm file && mkfifo file
	terminal send-keys +
	eventually on_screen '^--control: has no reader$'
	background bash -c 'read -r line <>file; echo "$line" >got'
	eventually on_screen '.' # while that opens it
	until [ -e got ]; do
		terminal send-keys p
		eventually on_screen '^(told it: pause|--control: has no reader)$'
	done
	eventually test -s got
	[ "$(<got)" = pause ]
	terminal send-keys q
}
