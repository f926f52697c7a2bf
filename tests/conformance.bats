#!/usr/bin/env bats
# par-stage(7) as a table: a stage that keeps a rule, or breaks it in one way, stands in a
# row, each supervisor in a column, and what is to come of it in the cell.
#
# A stage is a KIND of tests/aid/behaves.py, with its argument behind a colon.  It gets the
# records 1 to 8, is odd with the fifth if at all, and gives 'result N' for each.  A cell is
# OUTPUT/STATUS, or = as in the first column; a dot where the row has nothing to say.
# OUTPUT is
#	all	the result of each record, once
#	-5	those of all others
#	<5	those of all before it, and not one more
#	none
#	own	what the stage writes without a supervisor
# in any order but with -k.  Behind the cells stands what standard error has to say, as a
# regular expression: - is nothing, * anything.  A cell with a letter, all/0:a, has another
# one: the line a) below; all/0:- is nothing there, too.
load helper
load redis

BEHAVES=$BATS_TEST_DIRNAME/aid/behaves.py

setup_file() {
	export PYTHON STAGE=$BATS_FILE_TMPDIR/behaves.pyc
	cd "$BATS_FILE_TMPDIR" || return
	# Neither a wrapper of python3, nor the search for its libraries, nor a compilation
	# for each of many stages.
	PYTHON=$(python3 -c 'import sys; print(sys.executable)')
	"$PYTHON" -IS -c 'import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[2])' \
		"$BEHAVES" "$STAGE"
	redis_start
	echo "$REDIS" >redis.pid
}

teardown_file() {
	kill "$(cat "$BATS_FILE_TMPDIR/redis.pid")"
}

prepare() {
	seq 8 >in
	printf '#!/bin/sh\nshift\nexec "$@"\n' >reach
	chmod +x reach
	LIMIT=()
}

# The supervisors.  LIMIT is an option of par-run, such as -t 1.

par-run() { timeout -k 1 "$DEADLINE" par-run "$@"; }
par-cache() { timeout -k 1 "$DEADLINE" par-cache "$@"; }
par-queue() { timeout -k 1 "$DEADLINE" par-queue "$@"; }

by_run() { par-run -n 1 -r 1 "${LIMIT[@]}" "$@"; }
by_order() { par-run -n 2 -k --log log -r 1 "${LIMIT[@]}" "$@"; }
by_nested() { par-run -n 1 -r 1 "${LIMIT[@]}" par-run -n 1 -r 1 "${LIMIT[@]}" "$@"; }
by_here() { par-run --host :1 -r 1 "${LIMIT[@]}" "$@"; }
by_host() { par-run --rsh ../reach --host a:1 -r 1 "${LIMIT[@]}" "$@"; }
by_cache() { par-cache -d store "$@"; }
by_below() { par-run -n 1 -r 1 "${LIMIT[@]}" par-cache -d store "$@"; }
by_map() { par-run -n 1 -r 1 "${LIMIT[@]}" --map "$@"; }
by_block() { par-run -n 1 -r 1 "${LIMIT[@]}" -b 1K "$@"; }
by_each() { par-run -n 2 -r 1 "${LIMIT[@]}" -N 1 "$@"; }

# What is done comes out, what is dead was named, and the rest is still there.
by_queue() {
	local queue=$BATS_SUITE_TEST_NUMBER.$ROW status hard=()

	((${#LIMIT[@]} == 0)) || hard=(--hard "${LIMIT[1]}")
	par-queue put "$queue"
	par-queue work --once -r 1 --backoff 10ms,10ms "${hard[@]}" "$queue" -- "$@" && status=0 ||
		status=$?
	{ is "$queue" running 0 && balanced "$queue"; } || par-queue stat "$queue"
	par-queue get -k -w 1ms "$queue" 2>/dev/null || true
	[ "$(number "$queue" waiting)" = 0 ] || ((status != 0)) || echo 'records are left'
	return "$status"
}

# behaviour KIND[:ARGUMENT]: the words of that stage, or of the program KIND here, in COMMAND
behaviour() {
	COMMAND=("$PYTHON" -IS "$STAGE" "${1%%:*}")
	[ ! -x "${1%%:*}" ] || COMMAND=("$PWD/${1%%:*}")
	[[ $1 != *:* ]] || COMMAND+=("${1#*:}")
}

# wanted OUTPUT: what that is, in the file want
wanted() {
	case $1 in
	all) sed 's/^/result /' in ;;
	-5) sed 's/^/result /; /5/d' in ;;
	'<'*) seq $((${1#<} - 1)) | sed 's/^/result /' ;;
	none) ;;
	own) env -u PAR_STAGE "${COMMAND[@]}" <in ;;
	*) echo "no such output: $1" >&2 ;;
	esac >want
}

# cell COLUMN OUTPUT STATUS SAYS: in a folder of its own, with standard input from in;
# what is wrong with it goes to the file wrong.
cell() {
	local column=$1 output=$2 wanted=$3 says=$4 status=0 order=(sort)

	exec 3>&-
	[ "$column" != order ] || order=(cat)
	ln ../in in
	"by_$column" "${COMMAND[@]}" <in >out 2>err || status=$?
	: >over # for what it may have left behind
	wanted "$output"
	"${order[@]}" out >sorted
	"${order[@]}" want >want.sorted
	[ "$status" = "$wanted" ] || echo "status $status" >>wrong
	cmp sorted want.sorted >>wrong 2>&1 || cat -v sorted >>wrong
	case $says in
	'*') ;;
	-) ! grep -vq 'records\? w.* tried again$' err || echo 'nothing was to be said' >>wrong ;;
	*) grep -qE -e "$says" err || echo "not said: $says" >>wrong ;;
	esac
	((status == 0)) || [ -s err ] || echo 'not a word' >>wrong
	[ ! -s wrong ] || cat err >>wrong
}

# read_table: standard input to NAMES of columns, ROWS, and what is said for a letter, NOTES
read_table() {
	local line

	ROWS=() NAMES=()
	declare -gA NOTES=()
	while read -r line; do
		case $line in
		'' | '#'*) ;;
		[a-z]')'*) NOTES[${line:0:1}]=${line:3} ;;
		*)
			if ((${#NAMES[@]} == 0)); then
				read -ra NAMES <<<"${line%says}"
				NAMES=("${NAMES[@]:1}")
			else
				ROWS+=("$line")
			fi
			;;
		esac
	done
}

# row LINE: each of its cells, side by side with others
row() {
	local -a cells
	local kind says rest=$1 first column cell note folder

	read -r kind rest <<<"$rest"
	behaviour "$kind"
	for column in "${NAMES[@]}"; do
		read -r cell rest <<<"$rest"
		cells+=("$cell")
	done
	first=${cells[0]}
	for column in "${NAMES[@]}"; do
		cell=${cells[0]} cells=("${cells[@]:1}") says=$rest
		[ "$cell" != . ] || continue
		# with sanitizers those that no other one stands for
		[[ -z ${SANITIZED-} || $column = @(run|queue|cache|map) ]] || continue
		note=${cell#*:}
		cell=${cell%:*}
		[ "$note" = "$cell" ] || says=${NOTES[$note]--}
		[ "$cell" != = ] || cell=${first%:*}
		[ "${cell%/*}" != = ] || cell=${first%/*}/${cell#*/}
		folder=$kind.$column
		mkdir "$folder"
		# (bats has a job of its own)
		while (($(jobs -rp | wc -l) > 6)); do wait -n || true; done
		(cd "$folder" && cell "$column" "${cell%/*}" "${cell#*/}" "$says") &
		CELLS+=("$!")
	done
}

# table: of standard input; all that is wrong with it is shown
table() {
	local line wrong failed=0

	read_table
	CELLS=()
	for line in "${ROWS[@]}"; do
		ROW=$((ROW + 1))
		row "$line"
	done
	wait "${CELLS[@]}"
	for wrong in */wrong; do
		[ -s "$wrong" ] || continue
		echo "--- ${wrong%/wrong}"
		cat -v "$wrong"
		failed=1
	done
	return "$failed"
}

# In the cells of par-cache by itself what a dead stage had not done is failed: there is
# nobody who starts another one.

@test "conformance: a stage is a filter; a native one tells of each record" {
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   map     block   each    says
		right           all/0   =       =       =       =       =       =       =       =       =       =       -
		none            -5/0    =       =       =       =       =       =       =       =/3:a   =       =       -
		many            own/0   =       =       =       =       =       =       =       .       =       =       -
		nul             own/0   =       =       =       =       =       =       =       =       =/0:b   =:b     -
		long-output     own/0   =       =       =       =       =       =       =       .       =       =       -
		says-more       all/0   =       =       =       =       =       =       =       .       .       .       -
		batched         all/0   =       =       =       =       =       =       =       =       =       =       -
		backwards       all/0   =       =       =       =       =       =       =       .       .       .       -
		a) --map: .* does not write one line for each that it reads: 7 lines came for 8 records
		b) its output holds NUL bytes, and is taken for lines; see --raw
	END
}

@test "conformance: retry is tried again, fail is named; a reason may be missing, or odd" {
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   says
		fails           all/1   =       =       =       =       =       =       =       ^par-[a-z]*: 5: no good$
		fails-mute      -5/1    =       =       =       =       =       =       =       ^par-[a-z]*: 5: failed$
		fails-odd       -5/1    =       =       =       =       =       =       =       ^par-[a-z]*: 5: a.tb.x1b
		fails-long      -5/1    =       =       =       =       =       =       =       ^par-[a-z]*: 5: y{80}
		retries         -5/1    =       =       =       =       =       =       =       ^par-[a-z]*: 5: not now$
		retries-mute    -5/1    =       =       =       =       =       =       =       ^par-[a-z]*: 5: failed for now$
		retries-once    all/0   =       =       =       =       =       -5/1:a  =       -
		a) ^par-cache: 5: not now$
	END
}

@test "conformance: what was not told when it dies is done again, what it had written of that is dropped" {
	table <<-'END'
		stage                   run     order   nested  here    host    queue   cache   below   map     block   each    says
		dies-before-once        all/0   =       =       =       =       =       <5/1    =       =       =:a     =:a     killed by signal 9
		dies-midst-once         all/0   =       =       =       =       =       <5/1    =       =       =:a     =:a     killed by signal 9
		dies-untold-once        all/0   =       =       =       =       =       <5/1    =       =       =:a     =:a     killed by signal 9
		dies-telling-once       all/0   =       =       =       =       =       <5/1    =       =       =:a     =:a     killed by signal 9
		dies-after-once         all/0   =       =       =       =       =       .       =       =       =:a     =:a     killed by signal 9
		exits-midst-once:1      all/0   =       =       =       =       =       <5/1    =       =       =:a     =:a     exited with status 1
		exits-midst-once:126    all/0   =       =       =       =       =       <5/1    =       =       =:a     =:a     exited with status 126
		exits-midst-once:127    all/0   =       =       =       =       =       <5/1    =       =       =:a     =:a     exited with status 127
		exits-untold-once:0     all/0   =:c     =       =       =       =       <5/1:b  =       .       .       .       *
		leaves-writer-once      all/0   =:c     =       =       =       =       <5/1:b  =       .       .       .       *
		dies-first-once         all/0   =       =       =       =       =       none/3  =       =       =:a     =:a     killed by signal 9
		dies-greeted-once       all/0   =       =       =       =       =       none/1:c =       =       =:a     =:a     killed by signal 9
		# a process is for one block: it is tried again without a word
		a) -
		b) ^par-cache: 5: exited with status 0$
		# said or not, by which of two things is seen first
		c) *
	END
}

@test "conformance: a record that kills whatever gets it is named, the others come out" {
	table <<-'END'
		stage                   run     order   nested  here    host    queue   cache   below   map     block   each    says
		dies-before             -5/1    =       =       =       =       =       <5/1    =       =       =       =       : 5: .*killed by signal 9
		dies-midst:15           -5/1    =       =       =       =       =       <5/1    =       =       =       =       : 5: .*killed by signal 15
		dies-untold             -5/1    =       =       =       =       =       <5/1    =       .       =       =       : 5: .*killed by signal 9
		exits-midst:1           -5/1    =       =       =       =       =       <5/1    =       =       =       =       : 5: .*exited with status 1
		exits-midst:126         -5/1    =       =       =       =       =       <5/1    =       =       =       =       : 5: .*exited with status 126
	END
}

@test "conformance: at its end a stage that failed is told of, with all that was done" {
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   map     says
		exits-last:0    all/0   =       =       =       =       =       =       =       =       -
		exits-last:1    all/1   =       =       =       =       =       =       =       =       exited with status 1
		exits-last:125  all/3   =       =       =       =       =       =       =       =/1:a   it can never work, says its exit status 125
		# no record, nor anything that it could do, is lost with it
		dies-last       all/0   =       =       =       =       =       =       =       =       killed by signal 9
		leaves          all/0   =       =       =       =       =       =       =       =       -
		# of a filter that is another thing to say: env(1) and timeout(1) use it, too
		a) exited with status 125
	END
}

@test "conformance: status 125 is the end: nothing is tried again, no record is to blame" {
	table <<-'END'
		stage                   run     order   nested  here    host    queue   cache   below   map     block   each    says
		exits-first:125         none/3  =       =       =       =       =       =       =       =       =       =       it can never work, says its exit status 125
		exits-greeted:125       none/3  =       =       =       =       =       =       =       =       =       =       it can never work, says its exit status 125
		exits-midst:125         <5/3    =       =       =       =       =       =       =       =       none/3  .       it can never work, says its exit status 125
	END
}

@test "conformance: a stage that never reads anything is the end, and no record is to blame" {
	table <<-'END'
		stage                   run     order   nested  here    host    queue   cache   below   says
		dies-first              none/3  =       =       =       =       =       =       =       killed by signal 9
		exits-first:1           none/3  =       =       =       =       =       =       =       exited with status 1
		exits-first:127         none/3  =       =       =       =       =       =       =       exited with status 127
		# par-cache may have read for one that greets and reads nothing: below par-run the
		# records are named then, or it is the end, by what is seen first
		# not a plain one, which would have read something
		exits-first:0           none/3:d =:d    =:d     =:d     =:d     none/2  none/2  none/3  not a native stage
		exits-greeted:0         none/3  =       =       =       =       =       none/1:b .      in a row ended without finishing a record|times? in a row without finishing a record
		exits-greeted:1         none/3  =       =       =       =       =       none/1  .       exited with status 1
		exits-greeted-once:0    all/0:c =:c     =:c     =:c     =:c     =:c     none/1:b =:c    -
		unsure-dies             none/3  =       =       =       =       =       =       =       exited with status 1
		b) ^par-cache: 1: exited with status 0$
		# or its input has ended meanwhile
		c) *
		d) : ended well, without reading any of the input;
	END
}

@test "conformance: the first line: words that are not known, numbers, its length, its time" {
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   says
		unknown-words   all/0   =       =       =       =       =       =       =       -
		huge-numbers    all/0   =       =       =       =       =       =       =       -
		long-hello      all/0   =       =       =       =       =       =       =       -
		late-hello      all/0   =       =       =       =       =       =       =       -
		slow-hello      all/0   =       =       =       =       =       =       =       -
		two-in-one      all/0   =       =       =       =       =       =       =       -
		hellos          all/0   =       =       =       =       =       =       =       -
		hello-again     all/0   =       =       =       =       =       =       =       -
		unsure          all/0   =       =       =       =       =       =       =       -
		hello-flood-once all/0  =       =       =       =       =       none/1  =       said hello more than 1000 times in a second; killed
	END
}

@test "conformance: the first line: another version, and what is none, is the end" {
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   says
		other-version   none/3  =       =       =       =       =       =       =       made by a newer par .par-stage 2, and this one reads 1.: use that one
		no-version      none/3  =       =       =       =       =       =       =       not a line of par-stage.7.: par-stage
		later-version   none/3  =       =       =       =       =       =       =       made by a newer par .par-stage 10,
		no-hello        none/3  =       =       =       =       =       =       =       not a line of par-stage.7.: good morning
		line-first      none/3  =       =       =       =       =       =       =       not a line of par-stage.7.: 0 0 ok
		window-zero     none/3  =       =       =       =       =       =       =       not a line of par-stage.7.: par-stage 1 window=0
		window-word     none/3  =       =       =       =       =       =       =       not a line of par-stage.7.: par-stage 1 window=many
		jobs-too-large  none/3  =       =       =       =       =       =       =       not a line of par-stage.7.: par-stage 1 jobs=1844
		too-long-hello  none/3  =       =       =       =       =       =       =       not a line of par-stage.7.: par-stage 1 x
		plain-first     none/3  =       =       =       =       =       =       =       not a line of par-stage.7.: par-stage 1 plain
	END
}

@test "conformance: a plain command shows itself; what needs a native stage refuses it" {
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   says
		unsure-plain    all/0:a none/2  all/0:a none/3  none/3  none/2  none/2  none/3  not a native stage
		a) -
	END
}

@test "conformance: what the first line asks for is given" {
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   says
		window          all/0   =       =       =       =       =       =       =       -
		jobs            all/0   =       =       =       =       =       =       =       -
		ahead           all/0   =       =       =       =       =       =       =       -
		# what is one output for several records cannot be kept for each
		joint           all/0   =       =       =       =       =       none/3:a none/3:a -
		block           all/0   =       =       =       =       =       none/3:a none/3:a -
		waits           all/0   =       =       =       =       =       none/3:a none/3:a -
		# the results of a queue are records
		raw             own/0   =       =       =       =       none/3:b =      =       -
		a) does several records in one: their output cannot be told apart
		b) its output is not records
	END
}

@test "conformance: a line that is none: the worker is killed, and the record tried again" {
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   says
		unknown-status  -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: [0-9]* 0 done; killed
		no-status       -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: [0-9]* 0; killed
		no-bytes        -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: [0-9]* ok; killed
		negative        -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: [0-9]* -1 ok; killed
		no-number       -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: five 0 ok; killed
		too-large       -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: [0-9]* 281474976710657 ok; killed
		two-spaces      -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: [0-9]*  0 ok; killed
		nul-line        -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: [0-9]* 0 ok.0; killed
		return          -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: [0-9]* 0 ok.r; killed
		empty-line      -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: ; killed
		chatter         -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: hello, world; killed
		too-long        -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: [0-9]* 0 fail yyy.*; killed
		other-version-later -5/1 =      =       =       =       =       <5/1    =       made by a newer par .par-stage 2,.*; killed
		unsure-again    -5/1    =       =       =       =       =       <5/1    =       is not sure any more what it is; killed
		plain-again     -5/1    =       =       =       =       =       <5/1    =       is not sure any more what it is; killed
	END
}

@test "conformance: a line of records that it does not have: the worker is killed, none of it counts" {
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   says
		tells-later     -5/1    =       =       =       =       =       <5/1    =       acknowledged a record that it does not have; killed
		tells-again     -5/1    =       =       =       =       =       <5/1    =       acknowledged a record that it does not have; killed
		tells-never     -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: 18446744073709551615 0 ok; killed
		range-later     -5/1    =       =       =       =       =       <5/1    =       acknowledged a record that it does not have; killed
		range-again     -5/1    =       =       =       =       =       <5/1    =       acknowledged a record that it does not have; killed
		range-wraps     -5/1    =       =       =       =       =       <5/1    =       acknowledged a record that it does not have; killed
		range-turned    -5/1    =       =       =       =       =       <5/1    =       not a line of par-stage.7.: |a record that it does not have; killed
		early           -5/1    =       =       =       =       =       <5/1    =       acknowledged a record that it does not have; killed
	END
}

@test "conformance: output that the lines do not count is the end, with the record, after all before it" {
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   says
		banner          none/3  =       =       =       =       =       =       =       record 1.*does not end in a newline
		no-newline      <5/3    =       =       =       =       =       =       =       record 5.*does not end in a newline
		counts-less     <5/3    =       =       =       =       =       =       =       record 5.*does not end in a newline
		counts-more     <5/3    =       =       =       =       =       =       =       record 5.*(more than were written|does not end in a newline)
		counts-huge     <5/3    =       =       =       =       =       =       =       record 5.*140737488355328 bytes of output, more than were written
		counts-before   <5/3    =       =       =       =       =       =       =       record 5.*9 bytes of output, more than were written
		closes-output   <5/3    =       =       =       =       =       =       =       record 6.*more than were written
		prints          <5/3    =       =       =       =       =       =       =       record 5.*does not end in a newline
		trails          all/3   =       =       =       =       =       =       =       output that no line counts was left at its end: bye.n
		trails-half     all/3   =       =       =       =       =       =       =       output that no line counts was left at its end: bye
	END
}

@test "conformance: a stage that is stuck, deaf or silent: -t, or --hard, ends it" {
	LIMIT=(-t 1 -r 0)
	table <<-'END'
		stage           run     order   nested  here    host    queue   below   says
		stuck           -5/1    =       =       =       =       =       =       : 5: took longer than 1 s$
		stuck-deaf      -5/1    =       =       =       =       =       =       : 5: took longer than 1 s$
		polite          -5/1    =       =       =       =       =       =       : 5: took longer than 1 s$
		endless         all/0   =       =       =       =       =       =       does not end, though its input has
		forgets         -5/1    =       =       =       .       =       =       : 5: .*(took longer than 1 s|without a word of it)
	END
}

@test "conformance: a stage that closes what it has: nobody waits for it, nothing is lost" {
	table <<-'END'
		stage                   run     order   nested  here    host    queue   below   says
		closes-input-once       all/0   =       =       =       =       =       =       *
		closes-lines-once       all/0   =       =       =       =       =       =       *
		closes-both-once        all/0   =       =       =       =       =       =       *
	END
}

@test "conformance: output that no line tells of, of a stage that goes on, is the end" {
	table <<-'END'
		stage           run     nested  here    host    cache   below   says
		hides           <8/3    =       =       =       =       =       output that no line counts was left at its end: result 8
	END
	# Which record each output is of is not known: none was kept.
	grep -qx 'entries.0' <(par-cache -s -d hides.cache/store)
}

@test "conformance: runs are for those who ask for them, as is one line for several records" {
	table <<-'END'
		stage                   run     order   nested  here    host    queue   cache   below   says
		runs                    all/0   =       =       =       =       =       =       =       -
		joined                  all/0   =       =       =       =       .       .       .       -
		joined-blindly-once     all/0   .       =       =       =       .       none/3:b none/3:b -
		runs-unasked-once       all/0:- .       .       =       =       =       none/1  =       not a line of par-stage.7.: .* ok; killed
		counts-unasked-once     all/0:- =:-     =:-     =:-     =:-     =       none/1  =       not a line of par-stage.7.: .* ok; killed
		run-too-long-once       all/0   .       =:a     =:a     =:a     =:a     none/1:a =:a    a record that it does not have; killed
		run-fails-once          all/0   =       =       =       =       =       none/1  =       not a line of par-stage.7.: .* fail; killed
		a) killed
		b) does several records in one: their output cannot be told apart
	END
}

@test "conformance: the examples of the page and of the folder of examples are stages" {
	sed -n '/^\$ cat >square.sh/,/^EOF/p' "$ROOT/man/par-stage.7" | sed '1d; $d; s/\\(aq/'\''/g' >square.sh
	cp "$ROOT"/examples/stage.{sh,py} .
	chmod +x square.sh stage.sh stage.py
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   map     block   each    says
		square.sh       own/0   =       =       =       =       =       =       =       =       =       =       -
		stage.sh        own/0   =       =       =       =       =       =       =       =       =       =       -
		stage.py        own/0   =       =       =       =       =       =       =       =       =       =       -
	END
}

@test "conformance: a filter that holds back what it writes is as good as any, with --map and blocks" {
	cp "$ROOT/tests/aid/filter" .
	table <<-'END'
		stage           run     order   nested  here    host    queue   cache   below   map     block   each    says
		filter:awk      own/0:a none/2  =:a     none/3  none/3  none/2  none/2  none/3  =:a     =:a     =:a     not a native stage
		filter:cut      own/0:a none/2  =:a     none/3  none/3  none/2  none/2  none/3  =:a     =:a     =:a     not a native stage
		filter:perl     own/0:a none/2  =:a     none/3  none/3  none/2  none/2  none/3  =:a     =:a     =:a     not a native stage
		filter:tr       own/0:a none/2  =:a     none/3  none/3  none/2  none/2  none/3  =:a     =:a     =:a     not a native stage
		a) -
	END
}

# What each kit for stages has to keep: a program KIT of tests/aid/kits, whose kinds
# stage.c there tells.
kit_table() {
	sed "s/KIT/$1/" <<-'END' | table
		stage           run     order   nested  host    queue   cache   below   each    says
		KIT:mixed       own/0   =       =       =       =       =       =       =       -
		KIT:fails       own/1   =       .       .       =       =       .       .       ^par-[a-z]*: 5: no good$
		KIT:once        all/0   =       =       =       =       .       =       .       killed by signal 9
	END
}

@test "conformance: stages in C, by libpar-stage" {
	with_library
	# shellcheck disable=SC2046 # flags are words
	cc -o kit "$ROOT/tests/aid/kits/stage.c" $(pkg-config --cflags --libs libpar-stage)
	kit_table kit
}

@test "conformance: stages in Python, by par_stage.py" {
	[ -z "${SANITIZED-}" ] || skip "nothing of it is compiled"
	with_library
	{ printf '#!%s -S\n' "$PYTHON"; cat "$ROOT/tests/aid/kits/stage.py"; } >kit
	chmod +x kit
	kit_table kit
}

@test "conformance: stages in Node, by par-stage" {
	[ -z "${SANITIZED-}" ] || skip "nothing of it is compiled"
	needs_node
	with_library
	{ printf '#!%s\n' "$(command -v node)"; sed 1d "$ROOT/tests/aid/kits/stage.js"; } >kit
	chmod +x kit
	kit_table kit
}

@test "conformance: stages in awk, by stage.awk" {
	[ -z "${SANITIZED-}" ] || skip "nothing of it is compiled"
	with_library
	export LC_ALL=C
	printf '#!/bin/sh\nexec awk -v kind="$1" -f "%s" -f "%s"\n' "$PAR_SHARE/stage.awk" \
		"$ROOT/tests/aid/kits/stage.awk" >kit
	chmod +x kit
	kit_table kit
}

@test "conformance: stages in shell, by stage.sh" {
	[ -z "${SANITIZED-}" ] || skip "nothing of it is compiled"
	with_library
	cp "$ROOT/tests/aid/kits/stage.sh" kit
	chmod +x kit
	kit_table kit
}

# A filter by itself, so that it can be seen to be one.
@test "conformance: without a supervisor each stage is a filter" {
	local kind

	for kind in right batched joint ahead runs; do
		behaviour "$kind"
		"${COMMAND[@]}" <in | same - <(sed 's/^/result /' in)
	done
}

@test "conformance: par-cache says above that an answer it had stored is not records" {
	behaviour raw
	for _ in 1 2; do
		run -0 --separate-stderr by_below "${COMMAND[@]}" <in
		[ "$stderr" = '' ]
		[ "$output" = "$(sed 's/^/result /' in | tr '\n' '|')" ]
	done
}
