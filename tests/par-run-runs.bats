#!/usr/bin/env bats
# Records that were done one by one, told of in one line: par-stage(7), "A line for a run".
load helper
load redis

RUNS=$BATS_TEST_DIRNAME/aid/runs.py

# What runs.py makes of the numbers in standard input.
results() { awk '{ for (i = 0; i < $1 % 3; i++) print $1 "." i }' "$@"; }

in_order() { sort -t . -n -k 1,1 -k 2,2 "$@"; }

prepare() {
	seq 20000 >in
	results in >want
}

# right OPTION...: the same comes out of a stage that tells runs, and of one that does not
right() {
	local kind

	for kind in asked old; do
		rm -f state out
		par-run -o out "$@" "$RUNS" $kind <in
		case " $* " in
		*' -k '*) same want out ;;
		*) same want <(in_order out) ;;
		esac
	done
}

@test "runs: each record once, in its order, by key, limited, remembered" {
	right -n 3
	right -n 3 -k
	right -n 3 --key 1
	right -n 3 -k --key 1
	right -n 3 --max-output 100
	right -n 2 --checkpoint state
	right -n 2 -k --checkpoint state
}

@test "runs: the log has a line for each record, with its own bytes" {
	for kind in asked old; do
		par-run -n 3 --log log "$RUNS" $kind <in >out
		same want <(in_order out)
		awk '{ n = $1 % 3; print $1, n * (length($1) + 3) }' in >sizes
		tail -n +2 log | sort -n | awk '{ print $1, $6 }' | same - sizes
	done
}

@test "runs: records that fail, or are tried again, in between" {
	awk '{ print }
		NR % 100 == 0 { print "f" NR }
		NR % 3000 == 0 { print "r" NR }' in >mixed
	grep '^[fr]' mixed | sort >bad
	for order in '' -k; do
		run -1 par-run -n 2 $order -r 1 -q "aside$order" -o out "$RUNS" asked <mixed
		same bad <(cut -f 1 "aside$order" | sort)
		[ -z "$order" ] || same want out
		same want <(in_order out)
	done
}

@test "runs: a worker that is killed in the middle of one: nothing lost, nothing twice" {
	for options in '' -k '--key 1' '--max-output 100'; do
		rm -f once
		# shellcheck disable=SC2086
		par-run -n 2 $options -o out "$RUNS" die 9999 once <in 2>err
		[ -e once ]
		grep -qE 'killed by signal 9 [(]Killed[)]; [0-9]+ records? sent again' err
		[ "$options" != -k ] || same want out
		same want <(in_order out)
	done
}

@test "runs: nested, each with what the one above takes" {
	for above in '' 'env -u PAR_STAGE_TAKES'; do
		for options in '' -k '--log log' '--key 1'; do
			# shellcheck disable=SC2086
			par-run -n 2 $options -o out $above par-run -n 2 "$RUNS" asked <in
			[ "$options" != -k ] || same want out
			same want <(in_order out)
		done
	done
	rm -f once
	par-run -n 2 -k par-run -n 2 "$RUNS" die 9999 once <in 2>err | same - want
	[ -e once ]
}

@test "runs: over a link to a host, and from a cache" {
	par-run -n 2 -k --host a --rsh 'env HOST=%h' "$RUNS" asked <in | same - want
	rm -f once
	par-run -n 2 -k --host a --rsh 'env HOST=%h' "$RUNS" die 9999 "$PWD/once" <in 2>err | same - want
	for _ in 1 2; do
		par-run -n 1 -k par-cache -d cache -- "$RUNS" asked <in | same - want
	done
}

@test "runs: on a queue, of which no worker hears of any" {
	redis_start
	par-queue put q <in
	timeout "$DEADLINE" par-queue work --once q -- "$RUNS" asked
	is q "done" 20000
	par-queue get q | in_order >out
	same want out
	# below a par-run on the queue it does: what is killed in the middle is done again
	par-queue put q <in
	timeout "$DEADLINE" par-queue work --once q -- par-run -n 2 "$RUNS" die 9999 "$PWD/once" 2>err
	[ -e once ]
	par-queue get q | in_order >out
	same want out
}

@test "runs: what a supervisor says that it takes" {
	cat >takes.sh <<-'EOS'
		#!/bin/sh
		[ "$PAR_STAGE" = "${PAR_STAGE%%:*}:$$" ] || echo "PAR_STAGE is $PAR_STAGE" >>said
		echo "${PAR_STAGE_TAKES-nothing}" | sed "s/^$$:/ours:/; s/,named=[0-9]*$//" >>said
		exec par-fib
	EOS
	chmod +x takes.sh
	asks() {
		rm -f said
		par-run -n 1 "${@:2}" ./takes.sh <<<7 >/dev/null
		[ "$(cat said)" = "$1" ]
	}
	asks ours:runs
	asks ours:runs --key 1
	asks ours:counts -k
	asks ours:counts --log log
	asks ours:counts --max-output 1M
	rm -f said
	par-cache -d cache ./takes.sh <<<7 >/dev/null
	[ "$(cat said)" = nothing ]
	# nothing is left for the children of a stage of ours
	run -0 par-run -n 1 par-run -n 1 --map sh -c \
		'while read -r x; do echo "${PAR_STAGE-none} ${PAR_STAGE_TAKES-none}"; done' <<<1
	[ "$output" = 'none none' ]
}

# told TAKES WANT: par-fib tells that of four records to one that takes so much
told() {
	printf '5\n6\nx\n7\n' >four
	TAKES=$1 bash -c 'PAR_STAGE_TAKES=${TAKES/ours/$$} PAR_STAGE=9:$$ exec par-fib' \
		<four 9>words >out
	same words <(printf 'par-stage 1\n%b' "$2")
	same out <(par-fib <<<$'5\n6\n7')
}

@test "runs: a stage tells them to none but one that takes them" {
	singly='0 4 ok\n1 4 ok\n2 0 fail not a number\n3 5 ok\n'
	told '' "$singly"
	told runs "$singly"
	told ours "$singly"
	told ours:later "$singly"
	told 1:runs "$singly"
	told ours:runs '0..1 8 ok\n2 0 fail not a number\n3 5 ok\n'
	told ours:counts '0 4,4 ok\n2 0 fail not a number\n3 5 ok\n'
	told ours:later,counts '0 4,4 ok\n2 0 fail not a number\n3 5 ok\n'
}

# refused KIND MESSAGE OPTION...: that stage is refused, and says why
refused() {
	run -3 --separate-stderr par-run -n 1 --max-restarts 0 "${@:3}" "$RUNS" "$1" <in
	[[ $stderr == *$2* ]]
}

@test "runs: what is not asked for, or cannot be true, does not count" {
	refused long 'acknowledged a record that it does not have'
	refused long 'acknowledged a record that it does not have' -k
	refused torn 'does not end in a newline'
	refused torn 'does not end in a newline' -k
	refused runs 'not a line of par-stage(7): [0-9]*..' -k
	refused runs 'not a line of par-stage(7): [0-9]*..' --log log
	# the bytes of each are more than is asked for, and will do
	par-run -n 2 -o out "$RUNS" counts <in
	same want <(in_order out)
	run -1 --separate-stderr par-cache -d cache "$RUNS" counts <in
	[[ $stderr == *'not a line of par-stage(7): '[0-9]* ]]
	for bad in '2..1 0 ok' '0..1 0 fail no' '0..1 0 retry' '0.. 0 ok' '0,1 0 ok' '0 1,,2 ok' \
		'0 1,2 fail no' '0..1 1,2 ok' '0 1, ok'; do
		run -3 --separate-stderr par-run -n 1 --max-restarts 0 bash -c '
			echo "par-stage 1" >&"${PAR_STAGE%:*}"
			read -r && echo "$0" >&"${PAR_STAGE%:*}"
			cat' "$bad" <<<1
		[[ $stderr == *"not a line of par-stage(7): $bad"* ]]
	done
}
