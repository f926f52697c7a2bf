# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154,SC1083 # run sets status and output; {} is meant
# What processes for arguments and blocks write: together, with tags, or at once.

load helper

# apart FILE: the lines of each number stand together there, in the order a b c d
apart() {
	awk '{ word = substr($0, 1, 1); n = substr($0, 2) }
		word == "a" { if (open) exit 1; open = 1; now = n; want = "b"; next }
		n != now || word != want { exit 1 }
		{ want = word == "b" ? "c" : "d"; if (word == "d") open = 0 }
		END { exit open }' "$1"
}

@test "par-run: what a process writes to standard error comes together, behind its output" {
	local mode

	# some 40 lines of each at a time, which nobody is to mix
	for mode in '' -k '-k -b 3' '-N 3 -n 5'; do
		echo "$mode"
		# shellcheck disable=SC2086,SC2016 # words; the shell below takes $1
		seq 300 | par-run -n 8 -N 1 $mode sh -c '
			read -r n
			echo c$n >&2; echo a$n; echo d$n >&2; echo b$n' >both 2>&1
		apart both
		[ "$(wc -l <both)" -ge 396 ]
	done
	# shellcheck disable=SC2016
	seq 300 | par-run -k -n 8 sh -c 'echo a$1; echo c$1 >&2; echo b$1; echo d$1 >&2' _ {} >both 2>&1
	same both <(seq 300 | sed 's/.*/a&\nb&\nc&\nd&/')
}

@test "par-run: to a pipe that is slow both come together, too" {
	# 100 KB each of both
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/bash' 'yes "a$1" | head -n 20000 >&2' 'yes "b$1" | head -n 20000' >stage
	chmod +x stage
	par-run -n 4 ./stage {} ::: 11 12 13 14 15 16 17 18 2>&1 | dd bs=512 status=none |
		uniq -c >seen
	[ "$(wc -l <seen)" = 16 ]
	awk '{ print substr($2, 1, 1) }' seen | uniq -c | awk '{ print $1 }' | same - <(yes 1 | head -n 16)
	awk '{ print substr($2, 2) }' seen | uniq -c | awk '{ print $1 }' | same - <(yes 2 | head -n 8)
}

@test "par-run: much that comes out of turn is kept in a file, and told in its turn" {
	[ -z "${SANITIZED-}" ] || skip "takes long there"
	mkfifo go
	# 20 MB, which is more than is kept in memory
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/bash' '[ "$1" != 1 ] || read -r _ <go' \
		'head -c 20000000 /dev/zero | tr "\0" "$1" >&2' '[ "$1" != 2 ] || echo >go' >stage
	chmod +x stage
	par-run -k -n 2 ./stage {} ::: 1 2 2>err
	[ "$(wc -c <err)" = 40000002 ]
	[ "$(cut -c 1 err | tr -d '\n')" = 12 ]
}

@test "par-run: what a process that fails wrote comes before it is named, and its tries apart" {
	# shellcheck disable=SC2016
	run -1 --separate-stderr par-run -k -n 1 -r 1 sh -c 'echo out; echo try $PAR_TRY >&2; exit 3' _ {} ::: x
	[ -z "$output" ]
	[ "$stderr" = $'try 1\ntry 2\npar-run: x: exited with status 3\npar-run: 1 record was tried again' ]
}

@test "par-run: --line-buffer lets each line out before its process ends" {
	mkfifo one two
	# shellcheck disable=SC2016
	background par-run --line-buffer --tag -n 2 sh -c \
		'echo begun; echo what >&2; read -r x <$1; printf "%s" "$x"' _ {} ::: one two >out 2>err
	pid=$!
	eventually eval '[ "$(sort out)" = "$(printf "one\tbegun\ntwo\tbegun")" ]'
	eventually eval '[ "$(sort err)" = "$(printf "one\twhat\ntwo\twhat")" ]'
	echo on >one
	eventually grep -q "one.on" out
	echo on >two
	wait "$pid"
	[ "$(sort out)" = $'one\tbegun\none\ton\ntwo\tbegun\ntwo\ton' ]
}

@test "par-run: --tag of an empty record is before each line, however much it writes" {
	printf '\n\n' | par-run -k -N 1 --tag sh -c 'seq 20000' >out
	{ seq 20000; seq 20000; } | sed 's/^/\t/' | same - out
}

@test "par-run: with --line-buffer no line has bytes of two, however slow its reader" {
	# shellcheck disable=SC2016
	seq 40 | par-run --line-buffer -n 8 sh -c 'yes "$1 $1" | head -n 4000' _ {} |
		awk '$1 != $2 || NF != 2 { exit 1 } { n[$1]++ } END { for (k in n) print k, n[k] }' |
		sort -n | same - <(seq 40 | sed 's/$/ 4000/')
}

@test "par-run: --line-buffer goes on by --checkpoint, and says again what was not done" {
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/bash' 'echo "begun"' \
		'if [ "$1" = "$(cat last)" ]; then kill -9 "$PPID"; exec sleep 100; fi' 'echo "is done"' >stage
	chmod +x stage
	seq 20 >in
	for last in 5 17 0; do
		echo "$last" >last
		par-run --line-buffer --tag -n 3 -o out --checkpoint state ./stage {} <in || [ $? = 137 ]
	done
	# The last line of one that was not counted yet may be there twice.
	grep 'done' out | cut -f 1 | sort -nu | same - in
	grep begun out | cut -f 1 | sort -nu | same - in
}

@test "par-run: tags are made where the process is, once" {
	printf '#!/bin/sh\nshift\nexec "$@"\n' >reach
	chmod +x reach
	# shellcheck disable=SC2016
	seq 20 | par-run -k --rsh ./reach --host a:2,b:2 --tag-format '{#}/{}' \
		sh -c 'echo "$1"; echo "$1" >&2' _ {} >out 2>err
	same out <(seq 20 | sed 's|.*|&/&\t&|')
	sort -n err | same out -
	# below another one, whose stage it is
	# shellcheck disable=SC2016
	seq 20 | par-run -k -n 2 par-run --tag -I X echo X-X >out
	same out <(seq 20 | sed 's/.*/&\t&-&/')
}

# whole DIR: each numbered folder there is: what it has is of one process, to its end
whole() {
	local folder number

	for folder in "$1"/[0-9]*/[0-9]*; do
		[ -d "$folder" ] || continue # there is none yet
		number=$((10#${folder##*/}))
		[ "$(ls "$folder")" = $'status\nstderr\nstdout\ntries' ]
		[ "$(<"$folder/stdout")" = "$(printf 'begun %s\nend %s' $number $number)" ]
		[ "$(<"$folder/stderr")" = "said $number" ]
		[ "$(<"$folder/status")" = 0 ]
		[ "$(<"$folder/tries")" = 1 ]
	done
}

@test "par-run: however it is killed, each folder of --results is whole, and a run goes on there" {
	local i

	cat >stage <<-'EOF'
		#!/bin/bash
		echo "begun $1"
		echo "said $1" >&2
		# Those behind the last may be done before it.  What a supervisor left behind may
		# begin only now: it is to know its own last.
		if [ "$1" -ge "$LAST" ]; then
			if mkdir "killed.$LAST"; then kill -9 "$PPID"; fi
			exec sleep 100
		fi
		echo "end $1"
	EOF
	chmod +x stage
	seq 40 >in
	for i in 2 9 10 33; do
		export LAST=$i
		run -137 par-run -n 4 -o out --checkpoint state --results r ./stage {} <in
		whole r
	done
	# a line that was being written
	printf '{"number":7,"rec' >>r/index.jsonl
	LAST=100
	par-run -n 4 -o out --checkpoint state --results r ./stage {} <in
	whole r
	[ "$(ls -A r)" = $'000\nindex.jsonl' ]
	[ "$(find r/000 -mindepth 1 -maxdepth 1 | wc -l)" = 40 ]
	grep end out | sort -n -k 2 | same - <(seq 40 | sed 's/^/end /')
	# each is in the index, by its number
	python3 - <<-'END'
		import json
		rows = {row["number"]: row for row in map(json.loads, open("r/index.jsonl"))}
		assert sorted(rows) == list(range(1, 41))
		for number, row in rows.items():
		    assert row["record"] == str(number) and row["fate"] == "done"
		    assert row["folder"] == "000/%06d" % number
	END
}

@test "par-run: killed at any moment, no folder of --results lacks something" {
	local i pid

	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/sh' 'echo "begun $1"; echo "said $1" >&2; echo "end $1"' >stage
	chmod +x stage
	for i in 3 20 41 77 150; do
		seq 100000 | par-run -n 4 --results "r$i" ./stage {} >out 2>&1 3>&- &
		pid=$!
		BACKGROUND+=("$pid")
		eventually eval '[ "$(wc -l <out)" -ge '$i' ]'
		kill -9 "$pid"
		wait "$pid" || true
		whole "r$i"
		# what was at work has no number
		[ -d "r$i/.new" ]
	done
}

# results_of OPTION...: a run with these, and what it leaves in r, in lines.txt
results_of() {
	rm -rf r tries
	mkdir tries
	run -1 par-run --tag "$@" --results r ./stage {} ::: a b c d
	(cd r && sed 's/"seconds":[0-9.]*//' index.jsonl | sort && rm index.jsonl &&
		find . -type f | sort | xargs tail -n +1 -v) >lines.txt
}

@test "par-run: --results holds the same of processes on hosts as of those here" {
	printf '#!/bin/sh\nshift\nexec "$@"\n' >reach
	cat >stage <<-'EOF'
		#!/bin/bash
		echo x >>"tries/$1"
		echo "out $1 $(wc -l <"tries/$1")"
		echo "err $1" >&2
		printf 'no end' >&2
		case $1 in
		a) head -c 300000 /dev/zero | tr '\0' z; echo; head -c 200000 /dev/zero | tr '\0' y >&2 ;;
		b) [ "$(wc -l <tries/b)" = 3 ] ;;
		c) exit 7 ;;
		d) exec >&- 2>&- ;;
		esac
	EOF
	chmod +x reach stage
	for how in -r2 --line-buffer '-r2 --results-on=failed'; do
		# shellcheck disable=SC2086
		results_of $how -n 2
		mv lines.txt here
		# shellcheck disable=SC2086
		results_of $how --rsh ./reach --host a:1,:1
		same here lines.txt
	done
	grep -q 'exited with status 7' lines.txt
	[ "$(grep -c '^==> ./000/000003/' lines.txt)" = 4 ]
	[ "$(grep -c '^==>' lines.txt)" = 4 ]
}

@test "par-run: --results over links is whole where nobody reads the output for a while" {
	local from n

	printf '#!/bin/sh\nshift\nexec "$@"\n' >reach
	cat >stage <<-'EOF'
		#!/bin/bash
		echo "$1" >>begun
		head -c 700000 /dev/zero | tr '\0' "$1"
		head -c 500000 /dev/zero | tr '\0' "$1" >&2
	EOF
	chmod +x reach stage
	mkfifo out
	: >begun
	seq 8 >in
	background bash -c 'exec par-run --raw --rsh ./reach --host a:2,b:2 --results r ./stage {} <in >out 2>err'
	exec {from}<out
	# one has ended by then
	eventually eval '[ "$(wc -l <begun)" -gt 4 ]'
	[ "$(wc -c <&"$from")" = 5600000 ]
	wait "$!"
	for n in {1..8}; do
		[ "$(tr -d "$n" <"r/000/00000$n/stdout" | wc -c) $(wc -c <"r/000/00000$n/stdout")" = '0 700000' ]
		[ "$(tr -d "$n" <"r/000/00000$n/stderr" | wc -c) $(wc -c <"r/000/00000$n/stderr")" = '0 500000' ]
	done
}

@test "par-run: --results over links that break, and of a run that is killed, is whole" {
	local i

	printf '#!/bin/sh\nshift\necho $$ >>links\nexec "$@"\n' >reach
	cat >stage <<-'EOF'
		#!/bin/bash
		echo "begun $1"
		echo "said $1" >&2
		# the link, or the run above both links
		if rmdir "cut.$1" 2>/dev/null; then kill -9 "$PPID"; exec sleep 100; fi
		if [ "$1" -ge "$(cat last)" ]; then
			if mkdir "killed.$(cat last)"; then kill -9 "$(cat run)"; fi
			exec sleep 100
		fi
		echo "end $1"
	EOF
	chmod +x reach stage
	seq 40 >in
	for i in 2 9 10 33 100; do
		# with its link a process that is to kill the run could end: not both in one
		[ "$i" != 100 ] || mkdir cut.3{4,8}
		echo "$i" >last
		# shellcheck disable=SC2016
		run bash -c 'echo $$ >run; exec par-run --rsh ./reach --host a:2,b:2 -o out --checkpoint state --results r ./stage {} <in'
		[ "$status" = $((i == 100 ? 0 : 137)) ]
		whole r
	done
	[ ! -e cut.34 ]
	[ "$(ls -A r)" = $'000\nindex.jsonl' ]
	[ "$(find r/000 -mindepth 1 -maxdepth 1 | wc -l)" = 40 ]
	grep end out | sort -n -k 2 | same - <(seq 40 | sed 's/^/end /')
}

@test "par-run: a DIR of --results is one run's at a time, and a full disk ends it" {
	mkfifo go
	background par-run --results r sh -c 'read -r _ <go' _ {} ::: a
	eventually test -e r/index.jsonl
	eventually test -d r/.new/1
	run -3 par-run --results r true {} ::: a
	[ "${lines[0]}" = "par-run: r: another par-run uses it" ]
	echo >go
	wait "$!"
	run -3 bash -c 'ulimit -f 100; trap "" XFSZ; par-run --results big head -c 200000 {} ::: /dev/zero'
	[[ "${lines[0]}" == "par-run: big: "* ]]
	[ ! -e big/000 ]
}

@test "par-run: --line-buffer lets lines out over links, too, and what one cuts short comes again" {
	local go

	printf '#!/bin/sh\nshift\necho $$ >>links\nexec "$@"\n' >reach
	cat >stage <<-'EOF'
		#!/bin/bash
		echo "begun"
		if [ "$1" = 1 ] && mkdir once 2>/dev/null; then read -r _ <go; fi
		printf %s "end"
	EOF
	chmod +x reach stage
	mkfifo go
	background par-run --rsh ./reach --host a:1,b:1 --line-buffer --tag ./stage {} ::: 1 2 3 >out 2>err
	go=$!
	eventually grep -q '1.begun' out
	eventually grep -q '3.end' out
	# the link of the one that waits, whichever that is: the other one has nothing left
	xargs kill -9 <links 2>/dev/null || true
	wait "$go"
	grep end out | sort | same - <(printf '%s\tend\n' 1 2 3)
	[ "$(grep -c '1.begun' out)" = 2 ]
}

@test "par-run: all that waits when a process has ended is read, however long tags are" {
	# much more in tags than in lines, and nothing that was read before
	yes 1 | head -n 100000 >lines
	printf '%01000d\n' 0 | par-run --tag sh -c 'exec cat lines' _ {} | wc -lc >seen
	[ "$(tr -s ' ' <seen)" = " 100000 100300000" ]
}

@test "par-run: what has its turn comes out though others have the pipe at the end" {
	local got

	mkfifo out gate
	exec {reader}<>out {lock}>out
	flock "$lock"
	cat >two <<-'EOS'
		#!/bin/sh
		# The second one is done before the first one fails.
		case $1 in
		1) read -r _ <gate; exit 1 ;;
		2) echo 2 ;;
		esac
	EOS
	chmod +x two
	printf '1\n2\n' >in
	par-run -k -n 2 --log log ./two {} <in >out 2>err 3>&- {lock}>&- {reader}>&- &
	pid=$!
	BACKGROUND+=("$pid")
	eventually grep -q '^2.*done' log
	echo >gate
	eventually grep -q '^par-run: 1: ' err
	flock -u "$lock"
	read -r -t "$DEADLINE" got <&"$reader"
	[ "$got" = 2 ]
	status=0
	wait "$pid" || status=$?
	[ "$status" = 1 ]
}
