#!/usr/bin/env bats
# Workers that are replaced, records that are run twice, and places that share tokens.
load helper

# A native stage: each record with the process that did it; it begins a line in starts.
prepare() {
	cat >stage.sh <<-'EOS'
		#!/bin/bash
		fd=${PAR_STAGE%:*}
		echo "$PAR_WORKER" >>starts
		echo "par-stage 1 jobs=1" >&"$fd"
		i=0
		while IFS= read -r n; do
			out="$n $$"
			echo "$out"
			echo "$i $((${#out} + 1)) ok" >&"$fd"
			i=$((i + 1))
		done
	EOS
	cat >plain.sh <<-'EOS'
		#!/bin/bash
		while IFS= read -r n; do echo "$n $$"; done
	EOS
	chmod +x stage.sh plain.sh
}

# The most records that one process did, by their output.
most() { cut -d' ' -f2 out | sort | uniq -c | sort -n | awk 'END { print $1 }'; }

@test "par-run: --replace-after N gives no worker more, of any kind" {
	local kind

	for kind in './stage.sh' '-k ./stage.sh' '--key 1 ./stage.sh' '--map ./plain.sh' \
		'--key 1 --map ./plain.sh' './plain.sh' '--key 1 ./plain.sh' \
		'par-run -n 1 ./stage.sh'; do
		# shellcheck disable=SC2086
		seq 40 | par-run -n 2 --max-restarts 0 --replace-after 7 $kind >out 2>err
		[ ! -s err ]
		cut -d' ' -f1 out | sort -n | cmp - <(seq 40)
		[ "$(most)" = 7 ]
	done
}

@test "par-run: --replace-after keeps the order of one key" {
	seq 200 | awk '{ print $1 % 5 "\t" $1 }' >in
	par-run -n 3 --key 1 --replace-after 9 ./stage.sh <in >out
	sed 's/ .*//' out | sort -s -k1,1 | cmp - <(sort -s -k1,1 in)
}

@test "par-run: --replace-after SIZE counts bytes of records" {
	seq 1000 1100 | par-run -n 1 --replace-after 1K ./stage.sh >out
	[ "$(most)" -le 101 ]
	yes 123456789012345678901234567890123456789012345678901234567890123 | head -n 200 |
		par-run -n 2 --replace-after 1K ./stage.sh >out
	[ "$(wc -l <out)" = 200 ]
	[ "$(most)" = 16 ]
}

@test "par-run: --replace-after TIME replaces one that goes on" {
	mkfifo in
	par-run -n 1 --max-restarts 0 --replace-after 1ms ./stage.sh <in >out 2>err 3>&- &
	BACKGROUND+=("$!")
	exec {to}>in
	for i in 1 2 3; do
		echo "$i" >&"$to"
		eventually eval "[ \$(wc -l <starts) -gt $i ]"
	done
	exec {to}>&-
	wait "$!"
	[ ! -s err ]
	cut -d' ' -f1 out | cmp - <(seq 3)
}

@test "par-run: --replace-after counts as a start, and no record is charged" {
	seq 12 | par-run -n 1 -r 0 --max-restarts 0 -s --replace-after 3 ./stage.sh >out 2>err
	awk '$NF == "all"' err | awk '{ exit !($1 == 12 && $5 == 0 && $6 == 0 && $7 >= 3) }'
	cut -d' ' -f2 out | uniq -c | awk '$1 != 3 { exit 1 }'
}

@test "par-run: --replace-after is done on hosts by the par-run there" {
	seq 40 | par-run --host :2 --replace-after 7 ./stage.sh >out
	cut -d' ' -f1 out | sort -n | cmp - <(seq 40)
	[ "$(most)" = 7 ]
}

@test "par-run: --replace-after gives whole blocks to a stage that makes some" {
	seq 60 | par-run -n 1 --replace-after 4 par-run -n 1 -N 6 sh -c 'wc -l' >out
	[ "$(sort -u out)" = 6 ]
}

@test "par-run: --replace-after, with workers that die, and a run that is killed" {
	local how i

	cat >dies.sh <<-'EOS'
		#!/bin/bash
		exec 9>&"${PAR_STAGE%:*}"
		echo 'par-stage 1 jobs=4 window=20' >&9
		i=0
		while IFS= read -r n; do
			if ((n % 50 == 0)) && mkdir "died.$n" 2>/dev/null; then kill -9 $$; fi
			if ((n == ${LAST:-0})) && mkdir "killed.$n" 2>/dev/null; then kill -9 "$PPID"; fi
			out="$n $$"
			echo "$out"
			echo "$((i++)) $((${#out} + 1)) ok" >&9
		done
	EOS
	chmod +x dies.sh
	for how in '-n 4' '-k -n 4' '-n 3 --key 1' '--host :2,:3' '-n 3 --speculate 9' '-n auto'; do
		rm -rf died.*
		# shellcheck disable=SC2086
		seq 500 | par-run $how --replace-after 7 ./dies.sh >out 2>err
		cut -d' ' -f1 out | sort -n | cmp - <(seq 500)
		[ "$(most)" = 7 ]
		grep -q "killed by signal 9" err
	done
	seq 500 >in
	rm -rf died.*
	for i in 33 170 402; do
		LAST=$i run -137 par-run -k -n 3 --replace-after 7 -o out --checkpoint state ./dies.sh <in
	done
	par-run -k -n 3 --replace-after 7 -o out --checkpoint state ./dies.sh <in
	cut -d' ' -f1 out | cmp - in
}

@test "par-run: --replace-after is refused where each process is new" {
	for kind in '-N 3 cat' '-b 1K cat' 'echo {}'; do
		# shellcheck disable=SC2086
		run -2 par-run --replace-after 3 $kind </dev/null
		[[ $output == *"--replace-after does not go with -b, -N or {}"* ]]
	done
	run -2 par-run --replace-after 1,2 cat </dev/null
	[[ $output == *"two limits of one kind"* ]]
}

# slow COMMAND...: a stage that never finishes record 5 where it is tried first.
slow_stage() {
	cat >slow.sh <<-'EOS'
		#!/bin/bash
		hang() { [ "$1" = 5 ] && mkdir first 2>/dev/null && sleep 1000; }
		case ${1-} in
		'')
			fd=${PAR_STAGE%:*}
			echo 'par-stage 1 jobs=1' >&"$fd"
			i=0
			while IFS= read -r n; do
				hang "$n"
				echo "$n"
				echo "$i $((${#n} + 1)) ok" >&"$fd"
				i=$((i + 1))
			done
			;;
		-) while IFS= read -r n; do hang "$n"; echo "$n"; done ;;
		*) hang "$1"; echo "$1" ;;
		esac
	EOS
	chmod +x slow.sh
}

@test "par-run: --speculate runs what never ends once more, and takes one result" {
	local how

	slow_stage
	for how in './slow.sh' '-k ./slow.sh' '--map ./slow.sh -' '-N 1 ./slow.sh -' \
		'-k -N 2 ./slow.sh -' './slow.sh {}' '-k -r 0 ./slow.sh {}' \
		'--host :1,:2 ./slow.sh' '--host :2 ./slow.sh' '--host :1,:2 -N 2 ./slow.sh -'; do
		rm -rf first
		# shellcheck disable=SC2086
		seq 12 | timeout "$DEADLINE" par-run -n 3 --speculate 2 $how >out 2>err
		[ -d first ]
		[ ! -s err ]
		[[ $how == *-k* ]] || sort -n -o out out
		cmp out <(seq 12)
	done
}

@test "par-run: --speculate needs one that is done to compare with" {
	local how hangs

	cat >once.sh <<-'EOS'
		#!/bin/bash
		[ "$1" != "$HANGS" ] || ! mkdir tried 2>/dev/null || exec sleep 1000
		echo "$1"
	EOS
	printf '#!/bin/sh\nshift\nexec /bin/sh -c "$*"\n' >reach.sh
	chmod +x once.sh reach.sh
	for how in '-n 2' '--rsh ./reach.sh --host a:1,b:1' '--host :2' '-n 2 -N 1'; do
		for hangs in 1 2; do
			rm -rf tried
			# shellcheck disable=SC2086
			HANGS=$hangs timeout "$DEADLINE" par-run $how --speculate 2 ./once.sh {} \
				::: 1 2 >out 2>err
			[ -d tried ]
			[ ! -s err ]
			sort out | cmp - <(seq 2)
		done
	done
}

@test "par-run: --speculate: one that hangs may have had many" {
	cat >many.sh <<-'EOS'
		#!/bin/bash
		exec 9>&"${PAR_STAGE%:*}"
		echo 'par-stage 1 window=64 jobs=40' >&9
		i=0
		while IFS= read -r n; do
			[ "$n" != 5 ] || ! mkdir tried 2>/dev/null || exec sleep 1000
			echo "$n"
			echo "$i $((${#n} + 1)) ok" >&9
			i=$((i + 1))
		done
	EOS
	chmod +x many.sh
	seq 200 | timeout "$DEADLINE" par-run -k -n 2 --speculate 2 ./many.sh >out 2>err
	[ -d tried ]
	[ ! -s err ]
	cmp out <(seq 200)
}

@test "par-run: --speculate: what the order holds back does not wait for one that hangs" {
	cat >large.sh <<-'EOS'
		#!/bin/bash
		[ "$1" != 1 ] || ! mkdir tried 2>/dev/null || exec sleep 1000
		printf '%01000000d\n' "$1"
	EOS
	chmod +x large.sh
	# more than is kept out of turn, 64 MiB
	seq 80 | timeout "$DEADLINE" par-run -k -n 2 --speculate 2 ./large.sh {} 2>err |
		sed 's/^0*//' >out
	[ -d tried ]
	[ ! -s err ]
	cmp out <(seq 80)
}

@test "par-run: --speculate: what comes to nothing is made again, as -r says" {
	cat >thrice.sh <<-'EOS'
		#!/bin/bash
		if [ "$1" = 3 ]; then
			if mkdir first 2>/dev/null; then exec sleep 1000; fi
			if mkdir second 2>/dev/null; then kill -9 $$; fi
			if mkdir third 2>/dev/null; then exit 1; fi
		fi
		echo "$1 $PAR_TRY"
	EOS
	chmod +x thrice.sh
	timeout "$DEADLINE" par-run -k -n 2 -r 2 --speculate 2 ./thrice.sh {} ::: 1 2 3 4 >out 2>err
	[ ! -s err ]
	cmp out <(printf '%s 1\n' 1 2 3 4)
}

@test "par-run: --speculate: one that fails, or dies, leaves it to the other; both fail once" {
	local how

	cat >pair.sh <<-'EOS'
		#!/bin/bash
		if [ "$2" = 5 ]; then
			mkdir first 2>/dev/null && role=first || role=second
			echo "$role $PAR_TRY" >>roles
			# the first waits for the second
			[ "$role" = second ] || until [ -e end ]; do read -r -t 0.02 <> <(:); done
			case $1,$role in
			second-*,second) : >end; [ "$1" = second-fails ] && exit 1; kill -9 $$ ;;
			first-*,second) : >end; read -r -t 0.3 <> <(:) ;;
			first-fails,first) exit 1 ;;
			first-dies,first) kill -9 $$ ;;
			both,*) : >end; exit 3 ;;
			esac
		fi
		echo "$2"
	EOS
	chmod +x pair.sh
	for how in second-fails second-dies first-fails first-dies; do
		rm -rf first end roles
		timeout "$DEADLINE" par-run -k -n 3 -r 0 --speculate 2 ./pair.sh "$how" {} ::: {1..9} \
			>out 2>err
		cmp out <(seq 9)
		[ ! -s err ]
		sort roles | cmp - <(printf '%s 1\n' first second)
	done
	rm -rf first end roles
	run -1 --separate-stderr timeout "$DEADLINE" par-run -k -n 3 -r 0 --speculate 2 ./pair.sh both {} ::: {1..9}
	[ "$output" = "$(seq 9 | grep -v 5)" ]
	[ "$stderr" = 'par-run: 5: exited with status 3' ]
	sort roles | cmp - <(printf '%s 1\n' first second)
}

@test "par-run: --speculate with a checkpoint, a log and counts" {
	slow_stage
	seq 12 >in
	timeout "$DEADLINE" par-run -n 3 -s --speculate 2 --checkpoint state --log log -o out \
		./slow.sh <in 2>err
	sort -n out | cmp - in
	[ "$(tail -n +2 log | cut -f1 | sort -n | uniq | wc -l)" = 12 ]
	[ "$(wc -l <log)" = 13 ]
	awk '$NF == "all"' err | awk '{ exit !($1 == 12 && $5 == 0 && $6 == 0) }'
}

@test "par-run: --speculate is refused where it makes no sense" {
	run -2 par-run --speculate 2 --key 1 cat </dev/null
	[[ $output == *"--key does not go with --speculate"* ]]
	run -2 par-run --speculate 2 --line-buffer echo {} </dev/null
	[[ $output == *"--speculate does not go with --line-buffer"* ]]
	run -2 par-run --speculate 2 --results dir echo {} </dev/null
	[[ $output == *"--speculate does not go with --results"* ]]
	run -2 par-run --speculate 0.5 cat </dev/null
	[[ $output == *"not a factor"* ]]
	run ! par-run -n 1 --speculate 2 cat <<<x
	[[ $output == *"--speculate: cat is not a native stage"* ]]
}
