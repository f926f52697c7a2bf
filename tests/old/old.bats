#!/usr/bin/env bats
# What is built today and what was built before, PAR_OLD, in one pipeline: each record
# once, or refused by name.  make check-old builds the latter from the history.
load ../helper
load ../redis
load ../site

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
NEW=${PAR_BIN:-$ROOT/build/cc/bin}
OLD=${PAR_OLD:?the programs of an older commit}

# Hosts whose name begins with old have the old programs, the others ours.
prepare() {
	cat >reach <<-END
		#!/bin/sh
		case \$1 in
		old*) PATH=$OLD:\$PATH ;;
		*) PATH=$NEW:\$PATH ;;
		esac
		shift
		exec "\$@"
	END
	chmod +x reach
	seq 200 >in
	seq 200 | "$NEW/par-fib" >fibs
}

# of WHICH PROGRAM [WORD...]: the old one or ours
of() {
	case $1 in
	old) "$OLD/$2" "${@:3}" ;;
	new) "$NEW/$2" "${@:3}" ;;
	esac
}

# begin WHICH PROGRAM [WORD...]: the same, meanwhile, with what the file FROM holds; its
# id is in BEGUN
begin() {
	local folder=$NEW

	[ "$1" = new ] || folder=$OLD
	"$folder/$2" "${@:3}" <"${FROM:-/dev/null}" 3>&- &
	BEGUN=$!
	BACKGROUND+=("$BEGUN")
}

# Each line as it is, and an x; a hundred a second.
SLOW='while read -r n; do read -r -t 0.01 <> <(:); echo "${n}x"; done'

# run_of WHICH [WORD...]: a par-run that reaches hosts of both
run_of() { of "$1" par-run --rsh ./reach "${@:2}"; }

@test "old: links, from either side: native stages and --map, in order and not" {
	for pair in 'new old' 'old new'; do
		read -r here there <<<"$pair"
		run_of "$here" --host "$there:2" par-fib <in | sort -n | cmp - fibs
		run_of "$here" -k --host "$there:2" par-fib <in | cmp - fibs
		run_of "$here" -k --host "$there:2" --map sed 's/$/x/' <in | cmp - <(sed 's/$/x/' in)
		run_of "$here" --host "$there:1" --log log --max-output 1M --map cat <in | sort -n | cmp - in
		[ "$(grep -c "	done	" log)" = 200 ]
	done
}

@test "old: links, from either side: a trace" {
	"$OLD/par-run" --help | grep -q -e --trace || skip "that release had none"
	for here in new old; do
		run_of "$here" --host old:2,new:2 --trace trace --map cat <in | sort -n | cmp - in
		"$ROOT/tests/aid/check-trace.py" trace >sums
		[ "$(awk '/ link / { n += $(NF - 2) } END { print n }' sums)" = 200 ]
		of "$here" par-run -n 1 --trace trace "$NEW/par-run" -n 1 "$OLD/par-run" par-fib <in | sort -n | cmp - <(sort -n fibs)
		"$ROOT/tests/aid/check-trace.py" trace >sums
	done
}

@test "old: links, from either side: records that fail, and one host of each" {
	(cat in; echo x; echo y) >bad
	for here in new old; do
		run_of "$here" --host old:2,new:2 -q q par-fib <bad >out || [ "$?" = 1 ]
		sort -n out | cmp - fibs
		[ "$(cut -f 1 q | sort | tr -d '\n')" = xy ]
		rm q
	done
}

@test "old: links, from either side: those that are killed" {
	sed 's/$/x/' in >want
	for here in new old; do
		FROM=in begin "$here" par-run --rsh ./reach -k --host old:1,new:1 --map bash -c "$SLOW" >out 2>err
		killed=0
		while kill -0 "$BEGUN" 2>/dev/null; do
			((killed < 6)) && pkill -9 -P "$BEGUN" -f 'par-run --serve' && killed=$((killed + 1))
			read -r -t 0.05 <> <(:) || true
		done
		wait "$BEGUN"
		((killed > 0))
		same want out
	done
}

@test "old: links with blocks: from the old to ours, and refused by name the other way" {
	for mode in '-N 7' '-b 64'; do
		# shellcheck disable=SC2086 # an option and its value
		run_of old -k --host new:2 $mode cat <in | cmp - in
		# shellcheck disable=SC2086
		run -3 --separate-stderr run_of new -k --host old:2 $mode cat <in
		[ "$output" = '' ]
		[[ $stderr == *'old: exited with status 2: par-run: --serve: not a job of this version: par-job 2 '*'this host is given up'* ]]
		# shellcheck disable=SC2086
		run_of new -k --host old:1,new:1 $mode cat <in 2>err >out
		same in out
	done
}

@test "old: nested, each in the other, in all modes" {
	for pair in 'new old' 'old new'; do
		read -r above below <<<"$pair"
		[ "$above" = new ] && outer=$NEW || outer=$OLD
		[ "$below" = new ] && inner=$NEW || inner=$OLD
		for fib in "$NEW" "$OLD"; do
			for mode in -n2 -k --log=log --max-output=1M --key=1; do
				"$outer/par-run" $mode "$inner/par-run" -n 2 "$fib/par-fib" <in >out
				sort -n out | cmp - fibs
				[ "$mode" != -k ] || same fibs out
			done
			"$outer/par-run" -k "$inner/par-run" -n 1 "$outer/par-run" "$fib/par-fib" <in | cmp - fibs
		done
		"$outer/par-run" -k "$inner/par-run" --map cat <in | cmp - in
		"$outer/par-run" -k "$inner/par-run" -b 50 cat <in | cmp - in
		"$outer/par-run" -k "$inner/par-run" -N 3 cat <in | cmp - in
		"$outer/par-run" -n 2 "$inner/par-run" --key 1 "$inner/par-fib" <in | sort -n | cmp - fibs
		# plain ones
		"$outer/par-run" -n 2 "$inner/par-run" -n 1 cat <in | sort -n | cmp - in
	done
}

# killed WHICH [WORD...]: begun, and killed when it has saved something of it
killed() {
	FROM=in begin "$1" par-run -o out --checkpoint state "${@:2}"
	eventually grep -qs '^next [1-9]' state
	kill -9 "$BEGUN" || true # it may be done
	wait "$BEGUN" || true
}

@test "old: a checkpoint begun by one goes on with the other" {
	sed 's/$/x/' in >want
	for pair in 'new old' 'old new'; do
		read -r first second <<<"$pair"
		for mode in '-k --map' '--map' '-k -N 1' '-b 20'; do
			second=${pair#* }
			rm -f state out
			# shellcheck disable=SC2086 # several options
			killed "$first" -n 2 $mode bash -c "$SLOW" 2>/dev/null
			# shellcheck disable=SC2086
			[ "$second" = new ] || { # it is of a newer version
				run -3 --separate-stderr of old par-run -o out --checkpoint state -n 3 $mode bash -c "$SLOW" <in
				[ "$stderr" = 'par-run: state: not a checkpoint of this par-run, or damaged' ]
				second=new
			}
			# shellcheck disable=SC2086
			of "$second" par-run -o out --checkpoint state -n 3 $mode bash -c "$SLOW" <in
			sort -n out | cmp - want
			[[ $mode != -k* ]] || same want out
		done
		# a native one, with what was set aside
		second=new
		(seq 200000 200030; echo x; seq 200031 200060) >in.native
		rm -f state out q
		cp in.native in
		killed "$first" -n 2 -q q par-fib 2>/dev/null
		of "$second" par-run -o out --checkpoint state -n 2 -q q par-fib <in 2>err || [ "$?" = 1 ]
		grep -v x in | "$NEW/par-fib" | cmp - <(sort -n out)
		[ "$(cut -f 1 q)" = x ]
		seq 200 >in
	done
}

@test "old: a queue: put, worked on and got by either, and by both at once" {
	local -A delay=([new]=after [old]=delay) # as it was called
	redis_start
	for put in new old; do
		for work in new old; do
			for get in new old; do
				of "$put" par-queue put --chunk 10 q$put$work$get <in
				of "$put" par-queue put --chunk 10 "--${delay[$put]}" 50ms q$put$work$get <in
				of "$work" par-queue work --once q$put$work$get par-fib
				of "$get" par-queue get q$put$work$get | sort -n | cmp - <(sort -n fibs fibs)
				[ "$(of "$get" par-queue stat q$put$work$get | awk '$1 == "done" { print $2 }')" = 400 ]
			done
		done
	done
	for chunk in 1 10; do
		of new par-queue put --chunk $chunk both <in
		of old par-queue put --chunk $chunk both <in
		begin old par-queue work --once --next next both "$OLD/par-run" -n 2 par-fib
		one=$BEGUN
		begin new par-queue work --once --next next both "$NEW/par-run" -n 2 par-fib
		wait "$BEGUN"
		wait "$one"
		of new par-queue work --once next par-run --map cat
		of old par-queue get next | sort -n | cmp - <(sort -n fibs fibs)
	done
}

@test "old: a queue: workers of both are killed, and what is dead goes back by the other" {
	runs() { of "$one" par-queue stat "q$one" | grep -q "^running	[1-9]"; }
	redis_start
	(seq 200000 200040; echo x) >in
	grep -v x in | "$NEW/par-fib" >want
	for one in new old; do
		[ "$one" = new ] && other=old || other=new
		of "$one" par-queue put --chunk 3 "q$one" <in
		for which in "$one" "$other"; do
			begin "$which" par-queue work --lease 1 -r 0 "q$one" par-fib 2>/dev/null
			eventually runs
			kill -9 "$BEGUN"
			wait "$BEGUN" || true
		done
		of "$other" par-queue work --lease 1 -r 0 --once "q$one" par-fib 2>/dev/null || [ "$?" = 1 ]
		[ "$(of "$one" par-queue dead "q$one" | cut -f 1)" = x ]
		of "$one" par-queue dead --requeue "q$one" >/dev/null
		of "$other" par-queue work --lease 1 --once "q$one" "$NEW/par-run" -N 1 cat
		of "$other" par-queue get "q$one" | grep -v x | sort -n | cmp - want
	done
}

@test "old: a file of get --state goes on with the other" {
	redis_start
	for pair in 'new old' 'old new'; do
		read -r first second <<<"$pair"
		rm -f state out
		of "$first" par-queue put --chunk 10 "q$first" <in
		of "$first" par-queue work --once "q$first" par-fib
		of "$first" par-queue get --state state "q$first" >>out
		echo torn >>out # by one that was killed
		of "$second" par-queue put --chunk 10 "q$first" <in
		of "$second" par-queue work --once "q$first" par-fib
		of "$second" par-queue get --state state "q$first" >>out
		sort -n out | cmp - <(sort -n fibs fibs)
	done
}

@test "old: a store of par-cache is read by the other, or not found, and never wrong" {
	redis_start
	for store in folder "$PAR_QUEUE_URL"; do
		for pair in 'new old' 'old new'; do
			read -r first second <<<"$pair"
			of "$first" par-cache -d "$store" --as "$first" --map sed 's/$/x/' <in >/dev/null
			of "$second" par-cache -s -d "$store" --as "$first" --map sed 's/$/x/' <in >out 2>err
			same out <(sed 's/$/x/' in)
			grep -Eq '\b200\b' err
			# outputs of another command are not taken
			of "$second" par-cache -d "$store" --as "$second$first" --map cat <in | cmp - in
			of "$first" par-cache -d "$store" --as "$second$first" --map cat <in | cmp - in
		done
	done
}

# A crawl of six pages, of which one links to all, in ways that are written differently.
site_of_links() {
	cat >loop <<-'END'
		#!/bin/sh
		while read -r url; do
			echo "$url" >>visited
			[ ! -e stop ] || [ "$url" = http://h/ ] || exec sleep 1000
			case $url in
			http://h/) printf "$url\t%s\n" 'http://h/b c' http://h/x/../y http://h/plain 'http://h/|' ;;
			esac
			echo "$url"
		done
	END
	chmod +x loop
}

@test "old: a crawl goes on with ours, each page once, and ours is refused by name" {
	site_of_links
	touch stop
	echo http://h/ >start
	FROM=start begin old par-frontier -j 1 --state crawl -o out ./loop
	eventually grep -qs 'b c' visited
	# what is in flight is known on disk within a second
	eventually grep -qs plain out || true
	kill -9 "$BEGUN"
	wait "$BEGUN" || true
	rm stop visited
	cp -r crawl crawl.old
	# ours goes on with what waits, and knows what was seen under other names
	printf '%s\n' http://h/ http://h/y 'http://h/b c' http://h/b%20c http://h/./plain |
		of new par-frontier --state crawl -o out ./loop
	[ "$(sort visited | uniq -d)" = '' ]
	grep -v '	' out | sort >pages
	printf '%s\n' http://h/ http://h/b%20c http://h/plain http://h/y 'http://h/|' | sort | cmp - pages
	run -3 --separate-stderr of old par-frontier --state crawl -o out ./loop <<<http://h/
	[ "$stderr" = 'par-frontier: crawl: not a state of this version' ] ||
		[[ $stderr == 'par-frontier: crawl: made by a newer par (frontier '* ]]
	# and the old one goes on with the old one
	printf '%s\n' http://h/ | of old par-frontier --state crawl.old -o out.old ./loop
}

@test "old: bodies that were fetched before are not fetched again, and archives go on" {
	site=$(BATS_TEST_DIRNAME=$ROOT/tests && site_start >/dev/null && echo "$SITE_URL $SITE_PID")
	BACKGROUND+=("${site#* }")
	printf "${site% *}/%s\n" start.html three.html records/ >urls
	for pair in 'new old' 'old new'; do
		read -r first second <<<"$pair"
		of "$first" par-fetch -o "pages$first" <urls >out
		echo "pages$first"/* >before
		of "$second" par-fetch -o "pages$first" --if-modified <urls >out
		echo "pages$first"/* | same before -
		[ "$(cut -f 2 out | sort | uniq -c | tr -d ' ')" = 3304 ]
		of "$first" par-fetch --warc "$first.warc.gz" <urls >out
		of "$second" par-fetch --warc "$first.warc.gz" <urls >out
		gzip -dc "$first.warc.gz" | grep -ac '^WARC-Type: response' >count
		[ "$(<count)" = 6 ]
	done
	[ "$(echo ./*.cut-*)" = './*.cut-*' ]
}

@test "old: writers of one FIFO keep their records whole" {
	mkfifo both
	awk 'BEGIN { for (i = 0; i < 300; i++) printf "%030000d\n", 1 }' >ones
	sed 's/1/2/' ones >twos
	sort both | uniq -c | awk '{ print $1, length($2) }' >got 3>&- &
	reader=$!
	exec {hold}>both
	of old par-run --map -o both cat <ones 3>&- &
	of new par-run --map -o both cat <twos 3>&- &
	exec {hold}>&-
	wait "$reader"
	[ "$(<got)" = $'300 30000\n300 30000' ]
}
