#!/usr/bin/env bats
load helper

# Each program does its job wherever it is started, with the output and the status that it
# has here: a table of jobs, and what is around them.  @ is the name of a queue.
jobs=(
	'par-run -n 2 -k --map cat'
	'par-run -n 2 -k par-fib'
	'par-run -n 2 -k echo {}'
	'par-run -n 2 -k -b 1K cat'
	'par-split /dev/fd/3'
	'par-gather -g'
	'par-fib'
	'par-links --regex x|7'
	'par-fetch'
	'par-cache -d store --map cat'
	'par-queue put --url file:queues @'
	'par-queue work --url file:queues --once @ -- par-run -n 1 --map cat'
	'par-queue get --url file:queues @'
	'par-frontier cat'
	'par-report'
	'par-top --once'
)

input_of() {
	case $1 in
	par-links) printf 'http://h/\t200\ttext/html\thttp://h/\t\t7\n' ;;
	par-fetch) echo gopher://h/ ;; # refused, without a packet sent
	par-frontier) echo http://h/ ;;
	par-report) printf 'record\tworker\tstart\tseconds\tin\tout\ttries\tstatus\treason\n' ;;
	*) echo 7 ;;
	esac
}

setup_file() {
	local job

	cd "$BATS_FILE_TMPDIR" || return
	mkdir -m 700 run locale
	localedef -i tr_TR -f UTF-8 locale/tr_TR.UTF-8 2>/dev/null || true
	export XDG_RUNTIME_DIR=$PWD/run # of par-top
	for number in "${!jobs[@]}"; do do_job "$number" "want.$number"; done
}

prepare() {
	export XDG_RUNTIME_DIR=$BATS_FILE_TMPDIR/run
	wants=$BATS_FILE_TMPDIR
	# it begins often: without what makes that slow
	python=("$(python3 -c 'import sys; print(sys.executable)')" -IS)
	surround=("${python[@]}" "$ROOT/tests/aid/surround.py")
}

# do_job NUMBER NAME WAY...: behind the words of WAY, to files of this name; its status, too
do_job() {
	local job name=$2

	read -ra job <<<"${jobs[$1]//@/${2%.*}}"
	shift 2
	rm -rf store
	input_of "${job[0]}" >in
	job[0]=$(command -v "${job[0]}")
	timeout -k 1 "$DEADLINE" "$@" "${job[@]}" <in >"$name" 3>"$name.3" 2>"$name.err" &&
		echo 0 >"$name.status" || echo $? >"$name.status"
}

is_left_out() {
	[[ -z ${jobs[$1]} || $'\n'$LEFT_OUT$'\n' == *$'\n'"${jobs[$1]%% *}"$'\n'* ]]
}

# all_but PATTERN: leave these jobs out
all_but() {
	local number

	for number in "${!jobs[@]}"; do
		# shellcheck disable=SC2053 # it is a pattern
		[[ ${jobs[number]} != $1 ]] || jobs[number]=
	done
}

# surrounded [-s STATUS] [-o NAMES] WAY...: each job behind the words of WAY is as it is
# without them, or has this status; with -o only in these: .3, .err, .status, and "" of the
# standard output
surrounded() {
	local number what all=('' .3 .err .status) status=

	if [ "$1" = -s ]; then status=$2 && shift 2; fi
	if [ "$1" = -o ]; then IFS=, read -ra all <<<"$2," && shift 2; fi
	for number in "${!jobs[@]}"; do
		is_left_out "$number" && continue
		# it misses no input that reads none
		[[ $status$* != 3*no-stdin* || ${jobs[number]} != par-@(top|queue\ [gw])* ]] || continue
		do_job "$number" "got.$number" "$@"
		[ "$(cat "got.$number.status")" != 77 ] || skip "the system does not let us"
		if [ -n "$status" ]; then
			[ "$(cat "got.$number.status")" = "$status" ] || wrong "${jobs[number]}"
			continue
		fi
		for what in "${all[@]}"; do
			same "$wants/want.$number$what" "got.$number$what" || wrong "${jobs[number]}"
		done
	done
}

wrong() {
	echo "$*: status $(cat "got.$number.status")"
	cat "got.$number.err"
	return 1
}

@test "surroundings: a job of each program, and what comes of it" {
	local number expected

	printf '%s\n' "${jobs[@]%% *}" | sort -u | cmp - <(cd "$ROOT/cmd" && printf '%s\n' * | sort)
	for number in "${!jobs[@]}"; do
		is_left_out "$number" && continue
		case ${jobs[number]} in
		*par-fib) expected='0 7	13 ' ;;
		par-split*) expected='0  7' ;;
		par-gather*) expected='0 7 ' ;;
		par-run* | par-cache* | par-queue\ get*) expected='0 7 ' ;;
		par-links*) expected='0 http://h/	http://h/7 ' ;;
		par-frontier*) expected='0 http://h/ ' ;;
		par-fetch) expected='1 gopher://h/	000			protocol is not allowed; see --proto	 ' ;;
		*) continue ;;
		esac
		number=$wants/want.$number
		[ "$(cat "$number.status") $(cat "$number") $(cat "$number.3")" = "$expected" ] || {
			echo "$(cat "$number.status") $(cat "$number") $(cat "$number.3")" "$number"
			cat "$number.err"
			return 1
		}
	done
}

@test "surroundings: what its parent has done to signals is of no account" {
	for how in ignore block; do
		surrounded "${python[@]}" "$ROOT/tests/aid/with-signals.py" "$how:CHLD,PIPE"
		surrounded "${python[@]}" "$ROOT/tests/aid/with-signals.py" "$how:CHLD,PIPE,HUP,INT,TERM,USR1,ALRM"
	done
}

@test "surroundings: without TMPDIR, with a blank one, one with blanks, and one that is not to be had" {
	mkdir 'a folder'
	: >file
	for frontier in "${!jobs[@]}"; do [[ ${jobs[frontier]} != par-frontier* ]] || break; done
	surrounded env -u TMPDIR
	surrounded env TMPDIR=
	surrounded env TMPDIR="$PWD/a folder"
	for TMPDIR in /nowhere "$PWD/file" /proc; do
		if ! is_left_out frontier; then
			run -3 env TMPDIR="$TMPDIR" par-frontier cat </dev/null
			[[ $output == "par-frontier: $TMPDIR/par."??????": "* ]]
		fi
		jobs[frontier]= # the others need no folder for this
		surrounded env TMPDIR="$TMPDIR"
	done
}

@test "surroundings: in Turkish, where the small I has no dot" {
	# what the C library keeps of a locale is a leak to a sanitizer
	local turkish=(env "LOCPATH=$wants/locale" LC_ALL=tr_TR.UTF-8 LANGUAGE=tr
		"ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0")

	[ "$("${turkish[@]}" locale charmap 2>/dev/null)" = UTF-8 ] || skip "this locale cannot be made"
	surrounded "${turkish[@]}"
}

@test "surroundings: with an empty environment, and without folders of commands" {
	surrounded env -i "PATH=$PATH" "XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR"
	surrounded env -u HOME -u LOGNAME -u USER -u SHELL -u TERM
	# there are folders that stand for none
	all_but 'par-* par-*'
	all_but 'par-queue get*'
	surrounded env -u PATH
}

@test "surroundings: without a terminal, as a service, between pipes that do not block, which others share" {
	surrounded setsid -w
	surrounded "${surround[@]}" sockets
	surrounded "${surround[@]}" shared-pipes
}

@test "surroundings: in a user namespace, as its root, and as nobody" {
	surrounded "${surround[@]}" user
	surrounded "${surround[@]}" nobody
}

@test "surroundings: as process 1 of a container" {
	surrounded "${surround[@]}" first
	surrounded "${surround[@]}" user,first
}

@test "surroundings: closed descriptors: input and output are missed, and nothing takes their place" {
	surrounded -s 3 "${surround[@]}" no-stdin
	surrounded -s 3 "${surround[@]}" no-stdin,no-stderr
	# what was said goes nowhere, and into no file
	surrounded -o ',.3,.status' "${surround[@]}" no-stderr
	all_but 'par-@(split|queue)*' # most write to none
	for what in no-stdout no-stdout,no-stderr; do
		surrounded -s 3 "${surround[@]}" "$what"
		if [[ $LEFT_OUT == *par-queue* ]]; then continue; fi
		export PAR_QUEUE_URL=file:queues
		par-queue put q <in
		par-queue work --once q -- par-run -n 1 --map cat
		run -3 "${surround[@]}" "$what" par-queue get q
	done
}

# waiting COMMAND...: it waits for input, as words of a shell that has it in file in
waiting=(
	'par-run -n 2 --map cat'
	'par-split out'
	par-gather
	par-fib
	par-links
	par-fetch
	'par-cache -d store --map cat'
	'par-queue put --url file:queues q'
	'par-queue work --url file:queues q -- par-run -n 1 --map cat'
	'par-queue get --url file:queues --follow q'
	'par-frontier cat'
	par-report
)

with_files() { exec "$@" <in >out 2>err; }

# told_to_end WAY...: what each of them ends with, once it was sent SIGTERM
told_to_end() {
	local command job pid status

	for command in "${waiting[@]}"; do
		[[ $'\n'$LEFT_OUT$'\n' != *$'\n'"${command%% *}"$'\n'* ]] || continue
		# shellcheck disable=SC2086
		background with_files "$@" $command
		job=$!
		eventually waits "$job" "${command%% *}" "$@"
		kill -TERM "$pid"
		status=0
		wait "$job" || status=$?
		echo "$command: $status"
	done
}

# waits PROCESS COMMAND [WAY...]: is it, or its child where there is a way, this command, and
# does nothing?  It is pid then.
waits() {
	pid=$1
	[ "$#" = 2 ] || pid=$(pgrep -P "$1") || return
	[ "$(sed -n 's/^Name:.//p; s/^State:.\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null | xargs)" = "$2 S" ]
}

@test "surroundings: as process 1 of a container, SIGTERM ends it as elsewhere" {
	mkfifo in
	exec {held}<>in
	told_to_end >plain
	"${surround[@]}" first true || skip "the system does not let us"
	told_to_end "${surround[@]}" first >first
	same plain first
	exec {held}>&-
}
