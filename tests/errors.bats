# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2119,SC2154 # status, lines and output are set by run
# What workers write to standard error: it reaches ours by whole lines, in every program
# that starts them, and nobody waits for who reads it.

load helper
load redis
# shellcheck source=tests/redis.bash
source "$BATS_TEST_DIRNAME/redis.bash"

prepare() {
	# a line in two parts; what it waits for comes in between
	cat >halves <<-'END'
	#!/bin/sh
	printf a >&2
	echo >there
	read -r _ <go
	printf 'b\n' >&2
	exec "${@:-cat}"
	END
	# reach HOST COMMAND...: as ssh
	printf '#!/bin/sh\nshift\nexec "$@"\n' >reach
	chmod +x halves reach
	mkfifo there go
}

# between COMMAND...: with a line of somebody else while ./halves is in the middle of one
between() {
	local _

	echo 5 >in
	: >err
	background "$@" <in >out 2>>err
	read -r -t "$DEADLINE" _ <>there
	echo c >>err
	echo >go
	wait "$!"
}

@test "errors: a line that a worker writes in two parts stays whole, in every mode" {
	local mode

	while read -r mode; do
		echo "$mode"
		# shellcheck disable=SC2086 # words
		between $mode ./halves
		[ "$(sed 's/^5\t//' err)" = $'c\nab' ]
		[ "$(sed 's/^5\t//' out)" = 5 ]
	done <<-'END'
	par-run -n 1
	par-run -n 1 --map
	par-run -N 1
	par-run -N 1 --line-buffer
	par-run -N 1 --line-buffer --tag
	par-run -k -b 1K
	par-run -n 1 par-run -n 1 --map
	par-run --rsh ./reach --host a:1 --map
	par-run -n 1 -q aside --map
	par-cache --map --store store
	END
	between par-run -n 1 ./halves par-fib
	[ "$(<err)" = $'c\nab' ]
	redis_start
	echo 5 | par-queue put q
	between par-queue work --once q -- ./halves par-fib
	[ "$(<err)" = $'c\nab' ]
}

@test "errors: 1000 processes that write a line in two parts: none is torn" {
	seq 1000 | par-run -n 8 -N 1 sh -c 'printf a >&2; printf "b\n" >&2; cat' 2>&1 >out | sort |
		uniq -c >err
	[ "$(tr -d ' ' <err)" = 1000ab ]
	[ "$(wc -l <out)" = 1000 ]
}

@test "errors: a last line that is not at its end gets a newline, however the worker ends" {
	seq 3 | par-run -k -N 1 sh -c 'printf x >&2; cat' >out 2>err
	same err <(printf 'x\nx\nx\n')
	run -1 --separate-stderr par-run -N 1 -r 0 sh -c 'printf x >&2; kill -9 $$' <out
	[ "${stderr_lines[0]}" = x ]
	# those that end the run: what it said comes before what is said of it
	run -3 --separate-stderr par-run -n 1 sh -c 'printf x >&2; exit 125' <out
	[[ "${stderr_lines[0]}" == x && "${stderr_lines[1]}" == par-run:* ]]
	run ! --separate-stderr par-cache --store store sh -c 'printf x >&2; exit 1' <out
	[ "${stderr_lines[0]}" = x ]
	[[ "${stderr_lines[1]}" == par-cache:* ]]
	run -2 --separate-stderr par-run -n 1 -k sh -c 'printf x >&2; cat' <out
	[[ "$stderr" == x$'\n'par-run* ]]
}

@test "errors: a line of 1 MB comes whole, and those of two workers do not mix" {
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/sh' 'head -c 1000000 /dev/zero | tr "\0" "$PAR_WORKER" >&2' 'echo >&2' \
		'exec cat' >long
	chmod +x long
	echo 1 | par-run -n 1 ./long >out 2>err
	same err <(head -c 1000000 /dev/zero | tr '\0' 1; echo)
	seq 40 | par-run -n 4 -N 1 ./long >out 2>err
	[ "$(tr -d '\n' <err | wc -c)" = 40000000 ]
	# each line is of one digit only
	[ "$(grep -cvxE '1+|2+|3+|4+' err)" = 0 ]
}

all_but_one() { [ "$(wc -l <out)" = 19 ]; }

@test "errors: nobody reads them: who writes more waits, the others do not" {
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/sh' '[ "$PAR_WORKER" != 1 ] || yes >&2' 'exec cat' >loud
	chmod +x loud
	mkfifo err
	exec 8<>err
	mkfifo fed
	exec 9<>fed
	par-run --line-buffer -q aside -N 1 -n 2 ./loud <fed >out 2>&8 3>&- 9>&- &
	pid=$!
	BACKGROUND+=("$pid")
	seq 20 >fed
	# one is with the worker that is stopped
	eventually all_but_one
	kill -HUP "$pid" # two that are one if they are alike
	kill -TERM "$pid"
	# now somebody does
	timeout "$DEADLINE" cat <err >seen 8<&- 9<&- 3>&- &
	exec 8<&-
	wait "$pid" && status=0 || status=$?
	[ "$status" = 4 ]
	grep -qx y seen
}

# Does no signal wait for the process, or has it ended?
has_taken() {
	! kill -0 "$1" 2>/dev/null || grep -q '^ShdPnd:.*0000$' "/proc/$1/status"
}

# Does the FIFO take another byte?
takes() {
	dd if=/dev/zero of="$1" oflag=nonblock bs=1 count=1 status=none 2>dd.err
}

# fill FIFO: with records, until it takes nothing more; somebody has it open to read
fill() {
	yes 2>yes.err | dd of="$1" oflag=nonblock iflag=fullblock bs=4096 count=1000 status=none 2>dd.err || true
	eventually eval "! takes $1"
}

@test "errors: who waits for a reader that never reads ends by the second signal" {
	local pids=() pid status

	mkfifo full fed flood
	exec 7<>flood 8<>full 9<>fed
	fill full
	fill flood
	# what it says at its end goes there; so does what is gathered
	par-run --control ctl cat <&9 >out 2>&8 3>&- &
	pids+=("$!")
	eventually test -p ctl
	par-gather --follow flood >&8 2>err 3>&- &
	pids+=("$!")
	BACKGROUND+=("${pids[@]}")
	eventually takes flood # it has read, so it writes
	kill -TERM "${pids[@]}"
	for pid in "${pids[@]}"; do # two that wait would be one
		eventually has_taken "$pid"
	done
	kill -TERM "${pids[@]}" 2>/dev/null || true
	# what par-run says does not hold it up; par-gather is ended by the signal itself
	wait "${pids[0]}" && status=0 || status=$?
	[ "$status" = 4 ]
	wait "${pids[1]}" && status=0 || status=$?
	[ "$status" = 143 ]
}

@test "errors: a terminal shows a prompt, and a line of another one stands alone" {
	mkfifo shown
	printf '%s\n' '#!/bin/sh' 'printf "Name? " >&2' 'read -r _ <shown' 'echo me >&2' 'exec cat' >asks
	chmod +x asks
	echo 1 >in
	background python3 "$ROOT/tests/aid/on-terminal.py" bash -c 'par-run -n 1 ./asks <in >out' >seen
	pid=$!
	eventually grep -q 'Name? ' seen
	echo >shown
	wait "$pid"
	grep -q $'^Name? me\r$' seen
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/sh' 'if [ "$PAR_WORKER" = 1 ]; then exec ./asks; fi' \
		'read -r _ <other' 'echo other >&2' 'exec cat' >two
	chmod +x two
	mkfifo other
	seq 2 >in
	background python3 "$ROOT/tests/aid/on-terminal.py" bash -c 'par-run --line-buffer -N 1 -n 2 ./two <in >out' >seen
	pid=$!
	eventually grep -q 'Name? ' seen
	echo >other
	eventually grep -q '^other' seen
	echo >shown
	wait "$pid"
	[ "$(tr -d '\r' <seen)" = $'Name? \nother\nme' ]
}

@test "errors: a terminal shows how far a worker is" {
	mkfifo shown
	printf '%s\n' '#!/bin/sh' 'printf "\r 10%%" >&2' 'read -r _ <shown' 'printf "\r 20%%\r" >&2' \
		'exec cat' >bar
	chmod +x bar
	echo 1 >in
	background python3 "$ROOT/tests/aid/on-terminal.py" bash -c 'par-run -n 1 ./bar <in >out' >seen
	pid=$!
	eventually grep -q ' 10%' seen
	echo >shown
	wait "$pid"
	# Where its end is seen with what came last, that line has ended, too.
	[[ $(<seen) == $'\r 10%\r 20%\r'* ]]
}

@test "errors: nobody reads what a program says: it goes on, and ends when it is told to" {
	local name status begin
	local -A runs=(
		[run]='par-run -n 1 par-fib'
		[queue]='par-queue work --retries 0 --once q par-fib'
		[frontier]='par-frontier cat'
		[fetch]='par-fetch --output out'
	)

	awk 'BEGIN { for (i = 0; i < 300; i++) print "no:" i }' >in
	mkfifo fed
	redis_start
	par-queue put q <in
	for name in "${!runs[@]}"; do
		printf '%s: ' "$name"
		rm -f err out
		mkfifo err
		exec 8<>err 9<>fed
		yes '' 2>/dev/null |
			dd of=err iflag=fullblock oflag=nonblock bs=4096 status=none 2>dd.err || true
		# shellcheck disable=SC2086
		${runs[$name]} <fed >out 2>&8 3>&- 8>&- 9>&- &
		pid=$!
		BACKGROUND+=("$pid")
		cat in >&9
		echo http://good.example/ >&9
		case $name in
		run) echo 7 >&9 && eventually grep -q '^7' out ;;
		queue) eventually is q dead 300 ;;
		*) eventually grep -q '^http://good.example/' out ;;
		esac
		begin=$SECONDS
		kill "$pid" 2>/dev/null || true
		status=0
		wait "$pid" || status=$?
		((SECONDS - begin < 5))
		# par-fetch has nothing to finish
		[[ $status == 4 || $name == fetch && $status == 143 || $name == queue && $status == 1 ]]
		exec 8<&- 9<&-
	done
}

@test "errors: what is left at the end is passed on, however late it is read" {
	local pid

	mkfifo err
	exec 8<>err
	seq 9 >in
	background bash -c 'exec par-run -n 1 sh -c "cat; seq 25000 >&2" <in >out 2>err 8>&-'
	pid=$!
	eventually same in out
	eventually eval '! pgrep -P "$pid"'
	head -n 25000 <&8 >got
	exec 8<&-
	wait "$pid"
	seq 25000 | same - got
}

@test "errors: a password is hidden wherever a message is cut" {
	local n

	# up to and beyond what a message holds of a record
	for ((n = 1000; n < 1030; n++)); do
		printf '%*shttp://me:secret@example.org/\n' "$n" ''
	done >in
	run -1 par-fib <in
	[ "${#lines[@]}" = 30 ]
	[[ $output != *secret* ]]
}
