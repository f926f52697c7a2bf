# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154,SC1083 # run sets status and output; {} is meant
# Records as words of the command: what dies meanwhile.  See also tests/cases.

load helper

# in_order FILE N: it has 1 to N, each once, in order
in_order() {
	seq "$2" | same - "$1"
}

@test "par-run: workers with arguments that are killed lose their record alone, by name" {
	cat >stage <<-'EOF'
		#!/bin/bash
		echo "begun $1"
		(($1 % 10)) || kill -9 $$
		echo "$1"
	EOF
	chmod +x stage
	seq 100 >in
	run -1 --separate-stderr par-run -k -n 4 -q aside ./stage {} <in
	grep -v begun <<<"$output" | same - <(seq 100 | grep -v '0$')
	cut -f 1,2 aside | same - <(seq 10 10 100 | sed 's/$/\t1/')
	[ "$stderr" = "par-run: 10 records set aside in aside" ]
}

@test "par-run: with arguments and -r a worker that was killed once costs nothing" {
	cat >stage <<-'EOF'
		#!/bin/bash
		echo "$1"
		if (($1 % 10 == 0)) && mkdir "did.$1" 2>/dev/null; then kill -9 $$; fi
	EOF
	chmod +x stage
	seq 100 | par-run -k -n 4 -r 1 ./stage {} >out
	in_order out 100
}

@test "par-run: a supervisor with arguments that is killed goes on by --checkpoint" {
	local i

	cat >stage <<-'EOF'
		#!/bin/bash
		echo "$1 $PAR_ID" >>effects
		echo "$1 $2"
		if [ "$1" = "$(cat last)" ]; then kill -9 "$PPID"; exec sleep 100; fi
	EOF
	chmod +x stage
	seq 60 >in
	for i in 7 23 24 60; do
		echo $i >last
		run -137 par-run -k -n 3 -o out --checkpoint state ./stage {} {#} <in
	done
	echo 0 >last
	par-run -k -n 3 -o out --checkpoint state ./stage {} {#} <in
	seq 60 | sed 's/.*/& &/' | same - out
	# Some were done more than once, by the same name.
	(($(wc -l <effects) >= 64))
	sort -u effects | sort -n | cut -d - -f 1 | same - <(
		read -r _ id <effects
		seq -f "%g ${id%-*}" 60
	)
	# Other words, and another text for records, are another command.
	run -2 par-run -k -o out --checkpoint state ./stage {#} {} <in
	run -2 par-run -k -o out --checkpoint state -I X ./stage {} {#} <in
}

@test "par-run: a header is read again by a run that goes on, and is to be the same" {
	cat >stage <<-'EOF'
		#!/bin/bash
		echo "$1"
		if [ "$1" = 5 ] && mkdir did; then kill -9 "$PPID"; exec sleep 100; fi
	EOF
	chmod +x stage
	{ echo n; seq 9; } >in
	run -137 par-run -k -n 1 --header -o out --checkpoint state ./stage {n} <in
	par-run -k -n 1 --header -o out --checkpoint state ./stage {n} <in
	in_order out 9
	seq 10 12 >>in
	par-run -k -n 1 --header -o out --checkpoint state ./stage {n} <in
	in_order out 12
	sed -i 's/^n$/m/' in
	run -2 par-run -k -n 1 --header -o out --checkpoint state ./stage {n} <in
}

@test "par-run: a header comes again in a run that goes on, also from a pipe" {
	cat >stage <<-'EOF'
		#!/bin/bash
		all=$(paste -sd,)
		echo "$all"
		if [[ $all == *5* ]] && mkdir did; then kill -9 "$PPID"; exec sleep 100; fi
	EOF
	chmod +x stage
	{ echo n; seq 9; } >in
	run -137 par-run -k -n 1 -N 2 --header -o out --checkpoint state ./stage <in
	par-run -k -n 1 -N 2 --header -o out --checkpoint state ./stage <in
	same out - <<<$'n,1,2\nn,3,4\nn,5,6\nn,7,8\nn,9'
	sed -i 's/^n$/m/' in
	run -2 par-run -k -n 1 -N 2 --header -o out --checkpoint state ./stage <in
	# Of a pipe it is no record, and the next one has it, too.
	for end in '\n' '\0'; do
		rm -rf did out state state.input
		{ echo n; seq 9; } | tr '\n' "$end" >in
		run -137 par-run -d "$end" -k -n 1 --header --stdin -o out \
			--checkpoint state ./stage {n} < <(cat in)
		printf '10%b' "$end" >>in
		par-run -d "$end" -k -n 1 --header --stdin -o out --checkpoint state \
			./stage {n} < <(cat in)
		tr -d '\0' <out >got
		if [ "$end" = '\n' ]; then
			same got <(seq -f 'n,%g' 10)
		else
			same got <(seq -f 'n%g' 10)
		fi
	done
}

@test "par-run: with arguments links that are cut give each output once" {
	cat >stage <<-'EOF'
		#!/bin/bash
		if (($1 % 20 == 0)) && mkdir "did.$1" 2>/dev/null; then
			kill -9 "$(ps -o ppid= $$ | tr -d ' ')"
			exec sleep 100
		fi
		echo "$1 $2"
	EOF
	chmod +x stage
	seq 60 | par-run -k --host :2 ./stage {} {#} >out 2>errors
	seq 60 | sed 's/.*/& &/' | same - out
}

@test "par-run: a run of records that end with NUL goes on with their bytes" {
	local i order

	cat >stage <<-'EOF'
		#!/bin/bash
		printf '%q %s\n' "$1" "$2"
		# Without -k those behind the last may be done before it.  What a supervisor left
		# behind may begin only now: it is to know its own last.
		if [ "$2" -ge "$LAST" ]; then
			if mkdir "killed.$LAST"; then kill -9 "$PPID"; fi
			exec sleep 100
		fi
	EOF
	chmod +x stage
	for order in '' -k; do
		rm -rf state out killed.*
		for ((i = 1; i <= 40; i++)); do printf '%s\0' "$i"$'\n\t\\n'; done >in
		for i in 7 23 24 40; do
			export LAST=$i
			# shellcheck disable=SC2086 # none is no word
			run -137 par-run -0 $order -n 3 -o out --checkpoint state \
			    ./stage {} {#} <in
		done
		LAST=100
		printf 'the last' >>in
		# shellcheck disable=SC2086
		par-run -0 $order -n 3 -o out --checkpoint state ./stage {} {#} <in
		{
			for ((i = 1; i <= 40; i++)); do
				printf '%q %s\n' "$i"$'\n\t\\n' "$i"
			done
			printf '%q %s\n' 'the last' 41
		} | sort | same - <(sort out)
		# What is read next has the end that was missing.
		printf '\0more\0' >>in
		# shellcheck disable=SC2086
		par-run -0 $order -n 3 -o out --checkpoint state ./stage {} {#} <in
		[ "$(tail -n 1 out)" = "more 42" ]
		run -2 par-run -o out --checkpoint state ./stage {} {#} <in
	done
}

@test "par-run: a record below another par-run is the same one on each try, whatever dies" {
	cat >stage <<-'EOF'
		#!/bin/bash
		echo "$1 $PAR_ID $PAR_TRY" >>effects
		if (($1 % 7 == 0)) && mkdir "did.$1" 2>/dev/null; then kill -9 "$PPID"; fi
		echo "$1 $PAR_ID"
	EOF
	chmod +x stage
	seq 60 | par-run -k -n 2 --id run -I '' par-run -n 2 ./stage {} >out 2>errors
	seq 60 | sed 's/.*/& run-&/' | same - out
	# Some were begun more than once, by the same name.
	(($(wc -l <effects) > 60))
	cut -d ' ' -f 1,2 effects | sort -u | sort -n | same - out
}

@test "par-run: input on a pipe is kept by --checkpoint, and a list made anew is told apart" {
	local i

	cat >stage <<-'EOF'
		#!/bin/bash
		echo "$1 $PAR_ID" >>effects
		echo "$1 $2"
		if [ "$1" = "$(cat last)" ]; then kill -9 "$PPID"; exec sleep 100; fi
	EOF
	chmod +x stage
	go() { par-run -k -n 3 -o out --checkpoint state "$@" ./stage {} {#}; }
	for i in 7 23 60; do
		echo $i >last
		seq 60 | run -137 go
	done
	# Some that are gone, some that are new, and one that is there twice now.
	echo 0 >last
	{ seq 20 40; seq 61 65; echo 40; seq 66 70; } | go
	awk '{ print $1 }' out | sort -n | same - <({ seq 70; echo 40; } | sort -n)
	head -n 60 out | same - <(seq 60 | sed 's/.*/& &/')
	awk '{ print $2 }' out | same - <(seq 71)
	# Each by one name, whichever run it was in.
	[ "$(sort -u effects | wc -l)" = 71 ]
	# Nothing is left to do, and the file that was kept is what it was.
	seq 70 | go
	go </dev/null
	[ "$(wc -l <out)" = 71 ]
	# Of a file, too, from now on; and names between NULs are another input.
	seq 72 >in
	go <in
	[ "$(tail -n 1 out)" = "72 73" ]
	run -2 go -0 <in
	[[ $output == *"was made with other options"* ]]
}

@test "par-run: without -o, or to a pipe, --checkpoint counts what was written there" {
	local i

	cat >stage <<-'EOF'
		#!/bin/bash
		echo "$1"
		if [ "$1" = "$(cat last)" ]; then kill -9 "$PPID"; exec sleep 100; fi
	EOF
	chmod +x stage
	for i in 7 23 60; do
		echo $i >last
		seq 60 | (par-run -n 3 --checkpoint state ./stage {} || true) | cat >>all
	done
	echo 0 >last
	seq 60 | par-run -n 3 --checkpoint state ./stage {} | cat >>all
	# Each came out, some of them again.
	sort -un all | same - <(seq 60)
	(($(wc -l <all) < 200))
	# What was done before is not done again.
	seq 62 | par-run -k -n 3 --checkpoint state ./stage {} >new 2>&1 || true
	[[ $(<new) == *"other options"* ]]
	seq 62 | par-run -n 3 --checkpoint state ./stage {} | sort -n | same - <(seq 61 62)
	# Nothing but arguments may do without a file.
	run -2 par-run --checkpoint other -N 1 cat <<<a
	[[ $output == "par-run: --checkpoint needs -o FILE"* ]]
	run -2 par-run --checkpoint other --recend x echo {} < <(echo a)
	[[ $output == *"with --recstart and --recend standard input must be a file"* ]]
}

@test "par-run: words behind the command that are made anew are told apart by --checkpoint" {
	cat >stage <<-'EOF'
		#!/bin/bash
		gzip -c -- "$1" >new && mv new "$1.gz" || exit
		if [ "$1" = "b c" ]; then # killed when the one before is counted
		    until grep -qE '^(next 2 1 0|again [0-9]+ [0-9]+ 1 1)$' ../state; do :; done
		    kill -9 "$PPID"
		    sleep 100
		fi
		rm -- "$1"
	EOF
	chmod +x stage
	mkdir logs
	(cd logs && for name in a 'b c' d; do echo "$name" >"$name"; done)
	go() (cd logs && par-run -n 1 --checkpoint ../state ../stage {} ::: "$@")
	run -137 go a 'b c' d
	echo e >logs/e
	sed -i '/^if/,/^fi/d' stage
	(cd logs && ls -A) | grep -v gz | same - <(printf '%s\n' 'b c' d e)
	go 'b c' d e
	(cd logs && ls -A) | same - <(printf '%s.gz\n' a 'b c' d e)
	zcat logs/*.gz | same - <(printf '%s\n' a 'b c' d e)
}

@test "par-run: records of several lines are the same in a run that goes on" {
	cat >stage <<-'EOF'
		#!/bin/bash
		text=$(cat; echo .)
		printf %s "${text%.}"
		if [ "$PAR_RECORD" -gt 20 ] && mkdir did; then kill -9 "$PPID"; exec sleep 100; fi
	EOF
	chmod +x stage
	for ((i = 0; i < 60; i++)); do
		printf '>%d\tx\\n\n' "$i"
		((i % 3 == 0)) || printf 'ACGT\n\n'
	done >in
	run -137 par-run -k -n 3 -N 4 --recstart '>' -o out --checkpoint state ./stage <in
	par-run -k -n 3 -N 4 --recstart '>' -o out --checkpoint state ./stage <in
	cmp out in
	# Its end may have grown by a record.
	printf '%s\n' '>z' AC >>in
	par-run -k -n 3 -N 4 --recstart '>' -o out --checkpoint state ./stage <in
	cmp out in
	run -2 par-run -k -n 3 -N 4 --recend '>' -o out --checkpoint state ./stage <in
	run -2 par-run --checkpoint other -o else --recstart '>' echo {} < <(cat in)
	[[ $output == *"with --recstart and --recend standard input must be a file"* ]]
}

@test "par-run: a file with a record goes however the run ends" {
	local how

	export TMPDIR="$PWD/tmp"
	mkdir tmp
	is_empty() { [ -z "$(ls -A tmp)" ]; }
	for how in 'kill -9 "$PPID"' 'kill -9 0' false; do
		par-run sh -c "cp \"\$1\" got; cp got \"\$1.x\"; $how || exit" _ {@} \
			::: a >out 2>errors || true
		eventually is_empty
		same got - <<<a
	done
	# One that is below another.
	mkfifo begun
	seq 1 | par-run -n 1 -I '' par-run sh -c 'echo >begun; exec tail -f /dev/null' _ {@} \
		2>errors 3>&- & pid=$!
	read -r <begun
	run -1 is_empty
	kill -9 "$pid"
	eventually is_empty
}

@test "par-run: PAR_ID of records with any bytes is the same on each try, host, and below" {
	local id say

	# shellcheck disable=SC2016
	say='printf "%s %s %s\n" "$PAR_ID" "$PAR_RECORD" "$(printf %s "$1" | od -An -tx1 | tr -d " \n")"'
	printf 'a\tb\0c\\d\0e\nf\0\377\376\0a\tb\0' >in
	ids() { par-run -0 -k --id "$id" "$@" <in; }
	for id in x 'x#'; do
		ids -n 1 sh -c "$say" _ {} >want
		cut -d ' ' -f 2- want | same - <(printf '%s\n' '1 610962' '2 635c64' '3 650a66' '4 fffe' '5 610962')
		# by number each has its own, by bytes equal ones have one
		cut -d ' ' -f 1 want | sort -u | wc -l | grep -qx "$([ "$id" = x ] && echo 5 || echo 4)"
		ids --host :1,:2 sh -c "$say" _ {} | same want -
		# shellcheck disable=SC2016
		ids -r 1 sh -c "$say; [ \$PAR_TRY = 2 ]" _ {} 2>err | same want -
		ids -n 2 -I '' par-run --escaped -k sh -c "$say" _ {} | same want -
		ids -n 2 -I '' par-run --escaped --host :1 sh -c "$say" _ {} | same want -
		# in two runs
		rm -f state*
		head -c 8 in | par-run -0 -n 1 --id "$id" --checkpoint state sh -c "$say" _ {} >out
		par-run -0 -n 1 --id "$id" --checkpoint state sh -c "$say" _ {} <in >>out
		same want out
	done
	# behind a link of the one above by bytes alone
	id=x
	ids --host :1 -I '' par-run --escaped -k sh -c "$say" _ {} | cut -d ' ' -f 1 >got
	[ "$(sort -u got | wc -l)" = 4 ]
	ids --host :1,:1 -I '' par-run --escaped -k sh -c "$say" _ {} | cut -d ' ' -f 1 | same got -
}

@test "par-run: of a block one record that cannot be an argument is named, as it is, and no other" {
	local at

	for at in 1 2 3 4; do
		seq 4 | sed "${at}s/\$/\\x00x/" >in
		: >aside
		run -1 --separate-stderr par-run -N 4 -q aside echo {} <in
		[ "$(xargs -n 1 <<<"$output" | sort)" = "$(seq 4 | grep -v "$at")" ]
		[ "$(cut -f 1 aside)" = "$at\\0x" ]
		run -1 --separate-stderr par-run -N 4 echo {} <in
		[ "$stderr" = "par-run: $at\\0x: holds a NUL, which no argument can" ]
	done
}

@test "par-run: words are what the page says, and a shell makes the same of --dry-run" {
	cc -o show-words "$ROOT/tests/aid/show-words.c"
	python3 "$ROOT/tests/aid/templates.py" 1 "$([[ -n ${SANITIZED-} ]] && echo 20 || echo 80)"
	python3 "$ROOT/tests/aid/templates.py" 1000 "$([[ -n ${SANITIZED-} ]] && echo 5 || echo 20)" link
}
