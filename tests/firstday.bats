#!/usr/bin/env bats
# What people want on their first day, in the words that come to mind first.
load helper
load site
load redis

# urls NAME...: their addresses on the site, a line each
urls() { printf "$SITE_URL/%s\n" "$@"; }

@test "first day: gzip all logs below here" {
	mkdir -p 'a b/c'
	touch top.log 'a b/new.log' $'a b/c/two\nlines.log'
	find . -name '*.log' -print0 | par-run -0 gzip {}
	find . -type f | sort >got
	[ "$(grep -c 'log.gz$' got)" = 3 ]
	find . -name '*.gz' -print0 | par-run -0 gzip -t {}
	# by a list of names
	par-run gunzip ::: *.gz 'a b/new.log.gz' 2>said && status=0 || status=$?
	[ "$status" = 2 ]
	[ "$(cat said)" = 'par-run: gunzip: no word has {} for what follows :::; or see --map' ]
	par-run gunzip {} ::: *.gz 'a b/new.log.gz'
	[ -e top.log ]
}

@test "first day: fetch a list and count the statuses" {
	site_start
	urls three.html start.html missing.html map.svg >list
	par-fetch <list | par-gather -c -k 2 | sort >got
	same got <(printf '%s\t%s\n' 200 3 404 1)
}

@test "first day: the dead links of a site, with the pages they are on" {
	mkdir site
	echo '<a href="there.html"><a href="gone.html#top">' >site/index.html
	echo '<a href="/"><a href="gone.html"><a href="lost.html">' >site/there.html
	site_start site
	urls '' | par-frontier --same-host \
		sh -c 'par-run par-fetch | par-links --pages --fragments drop' >found
	# a page's own record has no link, and its status
	awk -F '\t' 'NR == FNR { if ($2 == "" && $3 >= 400) dead[$1]; next } $2 in dead' \
		found found | sort >got
	same got <(paste <(urls '' there.html there.html) <(urls gone.html gone.html lost.html))
}

@test "first day: links of pages that are files" {
	echo '<a href="two.html">' >one.html
	echo '<a href="one.html">' >two.html
	printf "file://$PWD/%s\n" *.html | par-fetch --proto file | par-links --raw | cut -f 2 | sort >got
	same got <(printf '%s\n' *.html)
}

@test "first day: thumbnails that have the names of their pictures" {
	mkdir pictures
	touch pictures/{one,'t w o'}.jpg
	# convert {} -resize 100 thumbs/{/.}.png
	find pictures -name '*.jpg' | par-run cp {} 'thumbs/{/.}.png' 2>said && status=0 || status=$?
	[ "$status" = 1 ]
	[ "$(grep -c 'par-run: pictures/.*: exited with status 1' said)" = 2 ]
	mkdir thumbs
	find pictures -name '*.jpg' | par-run cp {} 'thumbs/{/.}.png'
	same <(ls thumbs) <(printf '%s\n' one.png 't w o.png')
}

@test "first day: the top words of much text" {
	for n in {1..200}; do echo "to be or not to be, $n"; done >text
	par-run -b 1K tr -cs '[:alnum:]' '\n' <text | par-gather -c --top 4 | sort >got
	same got <(printf '%s\t%s\n' be 400 not 200 or 200 to 400)
}

@test "first day: a job that was killed goes on" {
	cat >task <<-'END'
		if [ "$1" = 5 ] && mkdir killed; then kill -9 $PPID; fi
		echo "$1 done"
	END
	run -137 bash -c 'seq 9 | par-run -k --checkpoint state -o results sh task {}'
	seq 9 | par-run -k --checkpoint state -o results sh task {}
	same results <(seq -f '%g done' 9)
}

@test "first day: failures set aside, and run again when the cause is mended" {
	touch a c
	run -1 --separate-stderr par-run -q failed cat {} ::: a b c
	[ "${stderr_lines[-1]}" = 'par-run: 1 record set aside in failed' ]
	[ "$(cut -f 1,3 failed)" = $'b\texited with status 1' ]
	touch b
	cut -f 1 failed | par-run cat {}
}

@test "first day: a queue, and workers on two machines" {
	command -v redis-server || skip "no redis-server"
	redis_start
	# whoever comes first waits for the others
	background par-queue work numbers -- par-run -n 2 par-fib
	one=$!
	background par-queue work numbers -- par-run -n 2 par-fib
	two=$!
	seq 300 | par-queue put numbers
	par-queue get --wait "$DEADLINE" numbers | sort -n >got
	same got <(seq 300 | par-fib)
	# one of them is taken away, its work is not
	kill -9 "$one"
	wait "$one" || true
	seq 301 310 | par-queue put numbers
	par-queue get --wait "$DEADLINE" numbers | sort -n >got
	same got <(seq 301 310 | par-fib)
	kill "$two"
	wait "$two" || true
}

@test "first day: a chain over three terminals, by FIFOs" {
	site_start
	mkfifo list pages links
	# the last one first
	background par-gather -c -o counts links
	last=$!
	background par-links -o links pages
	background par-fetch --output pages list
	urls three.html start.html >list
	wait "$last"
	same <(sort counts) <(paste <(urls start.html three.html) <(printf '%s\n' 4 3))
}

@test "first day: grep in parallel, with the status that grep would have" {
	seq 1000 >numbers
	seq 5 >few
	# of one large file
	par-run -k -b 1K --ok-status 0,1 grep 77 <numbers | same - <(grep 77 numbers)
	run -0 par-run -b 1K --ok-status 0,1 grep none <numbers
	[ -z "$output" ]
	# many are named without it; what helps is said behind them, too
	run -1 --separate-stderr par-run -r 0 -b 1K grep none < <(seq 9000)
	[ "${stderr_lines[-1]}" = 'par-run: grep: its status is 1 where nothing matches; if that is fine: --ok-status 0,1' ]
	for how in '' '-n 1' '-N 3' '-r 0 -b 1M'; do
		# shellcheck disable=SC2086
		run --separate-stderr par-run $how grep none <few
		[ "$status" = 1 ]
		[ "${stderr_lines[-1]}" = 'par-run: grep: its status is 1 where nothing matches; if that is fine: --ok-status 0,1' ]
	done
	run -1 --separate-stderr par-run -r 0 -b 1K false <numbers
	[[ ${stderr_lines[-1]} == 'par-run: false: failed '*' record'*'; if its status is fine, see --ok-status' ]]
	run -1 --separate-stderr par-run /usr/bin/cmp few {} ::: numbers
	[ "${stderr_lines[-1]}" = 'par-run: /usr/bin/cmp: its status is 1 where files differ; if that is fine: --ok-status 0,1' ]
	run -1 --separate-stderr par-run --ok-status 1 cmp few {} ::: gone
	[ "${stderr_lines[-1]}" = 'par-run: gone: exited with status 2' ]
	# of many files
	par-run -k --ok-status 0,1 grep -H 77 {} ::: few numbers | same - <(grep -H 77 few numbers)
	run -1 --separate-stderr par-run --ok-status 0,1 grep 5 {} ::: few gone
	[ "$output" = 5 ]
	[ "${stderr_lines[-1]}" = 'par-run: gone: exited with status 2' ]
}

@test "first day: a table of parameters" {
	printf 'rate\tsteps\n0.1\t10\n0.5\t20\n' >table
	par-run -k --header echo '--rate={rate}' '--steps={steps}' <table >got
	same got <(printf '%s\n' '--rate=0.1 --steps=10' '--rate=0.5 --steps=20')
	run -2 par-run --header echo '{rate}' '{step}' <table
	[ "${lines[0]}" = 'par-run: {step}: no such field; did you mean {steps}?' ]
	# each with each
	par-run -k --fields rate,steps echo '{rate}' '{steps}' ::: 0.1 0.5 ::: 10 20 >got
	same got <(printf '%s\n' '0.1 10' '0.1 20' '0.5 10' '0.5 20')
	# with commas it has one field
	run -2 par-run --header echo '{rate}' < <(tr '\t' , <table)
	[[ ${lines[0]} == 'par-run: no word of the command has a place for a record, as {rate,steps}; TABs separate fields; '* ]]
}

@test "first day: a table that lacks a field, and its last newline" {
	run -1 timeout "$DEADLINE" par-run echo '{1}' '{2}' < <(printf '1 2')
	[ "$output" = 'par-run: 1 2: has no field 2; TABs separate fields' ]
	printf 'a b,c' >list
	run -1 timeout "$DEADLINE" par-run -d , echo '{2}' <list
	[ "${lines[*]}" = 'par-run: a b: has no field 2; TABs separate fields par-run: c: has no field 2' ]
}

@test "first day: watch it, and add workers" {
	mkfifo begun gate
	seq 6 >numbers
	# shellcheck disable=SC2016
	background par-run -n 1 -i numbers -o got --control ctl \
		sh -c 'echo "$1" >begun; read -r _ <gate; echo "$1"' _ {} 2>said
	job=$!
	exec {begun}<>begun {gate}<>gate
	read -r -t "$DEADLINE" _ <&"$begun"
	echo workers 3 >ctl
	# all three are at work before any has done its first
	read -r -t "$DEADLINE" _ <&"$begun"
	read -r -t "$DEADLINE" _ <&"$begun"
	echo stats >ctl
	eventually grep -qE '^ .* 3$' said
	for _ in {1..6}; do echo >&"$gate"; done
	wait "$job"
	same numbers <(sort got)
}

@test "first day: gzip as with xargs, without {}" {
	touch a.log b.log
	printf '%s\n' *.log | par-run -n 1 gzip 2>said | gunzip | same - <(printf '%s\n' *.log)
	[ "$(cat said)" = 'par-run: gzip: its output holds NUL bytes, and is taken for lines; {} stands for a record in its words' ]
	run -3 --separate-stderr par-run gzip a.log b.log < <(echo 1)
	[[ $stderr == *'; to run it on each: par-run gzip {} ::: a.log b.log'* ]]
	# what begins as text is text, and so is what any record may hold
	seq 100 | par-run -n 1 sh -c 'cat; printf "\\0\\n"' 2>said >out
	[ ! -s said ]
}

@test "first day: fields that others separate by blanks or commas" {
	for command in 'par-run -n 2 --key 2 cat' 'par-split -k 2 x y' 'par-split --unique-key 2 -'; do
		# shellcheck disable=SC2086
		run -1 --separate-stderr $command <<<'a b c'
		[[ ${stderr_lines[0]} == *': a b c: lacks the field that is the key; TABs separate fields' ]]
	done
	run -1 par-run echo '{1}' '{2}' <<<'1 2'
	[ "$output" = 'par-run: 1 2: has no field 2; TABs separate fields' ]
	run -2 par-run --header echo '{rate}' < <(printf 'rate,steps\n1,2\n')
	[[ ${lines[0]} == *'as {rate,steps}; TABs separate fields; '* ]]
	run -1 par-gather --sum 1 -k 2 < <(printf '%s\n' a a | sort | uniq -c)
	[[ $output == *': field 2 is the key, and is missing; TABs separate fields' ]]
	run -1 par-gather --sum 2 <<<3,4
	[[ $output == *': field 2 is missing; TABs separate fields' ]]
	run -1 par-gather --sum 3 <<<$'3\t4 5'
	[[ $output == *': field 3 is missing; see --numbers-only' ]]
}

@test "first day: a queue as with Celery" {
	run -2 par-queue worker -A app
	[ "${lines[0]}" = 'par-queue: worker: see work' ]
	run -2 par-queue status
	[ "${lines[0]}" = 'par-queue: status: see stat and ps' ]
	run -2 par-queue work --concurrency=8 q par-fib
	[ "${lines[0]}" = 'par-queue: --concurrency: the stage has workers: par-queue work QUEUE -- par-run -n 8 STAGE' ]
	run -2 par-queue work -n 8 q par-fib
	[[ ${lines[0]} == 'par-queue: -n: the stage has workers: '* ]]
	run -2 par-queue work q --concurrency 8 par-fib
	[ "${lines[0]}" = 'par-queue: --concurrency: an option stands before QUEUE, and the stage behind it' ]
	run -2 par-queue work q -- expr {} + 1
	[ "${lines[0]}" = 'par-queue: expr: {} is for par-run: par-queue work QUEUE -- par-run COMMAND {}' ]
	run -2 par-queue put
	[ "${lines[0]}" = 'par-queue: QUEUE is needed, as in par-queue put QUEUE <records' ]
	run -2 par-queue revoke q
	[ "${lines[0]}" = 'par-queue: QUEUE ID... is needed, as in par-queue revoke QUEUE 1 2' ]
	run -2 par-queue work -l info q -- par-fib
	[ "${lines[0]}" = 'par-queue: --limit: info: not a number; nothing is said unless something fails, at any level' ]
	run -2 par-queue stat --url http://host q
	[ "${lines[0]}" = 'par-queue: --url: not file:FOLDER, redis://HOST, rediss://HOST, unix:///PATH or postgresql://HOST/DB' ]
	while IFS=: read -r words answer; do
		# shellcheck disable=SC2086
		run -2 par-queue $words </dev/null
		[[ ${lines[0]} == *": $answer"* ]] || { echo "$words: $output"; return 1; }
	done <<-'END'
		beat:see cron(8), and put --producer
		group:see put: a record each, and get --wait for all
		chord:see get --wait
		chain:see work --next
		autoscale:see scale
		reserved:see ps
		scheduled:see delayed
		inspect:see stat and ps
		control:see pause
		flower:see ps
		work --time-limit 60 q:for each record: par-queue work QUEUE -- par-run -t TIME STAGE
		work --soft-time-limit 60 q:for each record
		work --autoscale 8,1 q:the stage has workers: par-queue work QUEUE -- par-run -n auto STAGE
		work --pool solo q:the stage has workers
		work -P solo q:the stage has workers
		work --max-tasks-per-child 9 q:see --replace-after
		work --prefetch-multiplier 1 q:nothing is taken that would wait
		work --acks-late q:always so
		work -Q a,b x:queues follow the options
		work --loglevel info q:nothing is said
		put --countdown 9 q:see --after
		put --eta 9 q:see --at
		put --queue q:the queue is a word
		put -Q q:the queue is a word
		put --priority 9 q:a queue for each
		put --time-limit 9 q:that is said to par-queue work
		put --args 1 q:records come from standard input
		get --timeout 9 q:see --wait
		get --queue q:the queue is a word
		dead --retry q:see --requeue
		revoke --terminate q:what a worker runs already is not ended
		purge -f q:see --yes
	END
	run -3 par-queue stat --patience 100ms --url redis://127.0.0.1:1 q
	[[ $output == 'par-queue: redis://127.0.0.1:1: Connection refused; given up after '*' s; see --url' ]]
}

@test "first day: a worker that is told to end says whether its queue is empty" {
	export PAR_QUEUE_URL=file:$PWD/queues
	seq 3 | par-queue put jobs
	par-queue work jobs -- par-run -n 1 par-fib 2>said 3>&- &
	worker=$!
	BACKGROUND+=("$worker")
	all() { [ "$(par-queue stat jobs | awk '$1 == "done" { print $2 }')" = 3 ]; }
	eventually all
	par-queue drain jobs
	wait "$worker" || [ "$?" = 4 ]
	[ "$(cat said)" = 'par-queue: stopped early: the queue is empty, and records may come' ]
}

@test "first day: a queue by a wrong name, a stage that fails, and records as words" {
	run -2 par-queue put jobs 1 2 3
	[ "${lines[0]}" = 'par-queue: 1: too many operands; records come from standard input' ]
	command -v redis-server || skip "no redis-server"
	redis_start
	run -3 par-queue pause jbos
	[ "$output" = 'par-queue: jbos: no such queue; par-queue put makes one, and so does --new' ]
	seq 3 | par-queue put jobs
	run -0 par-queue pause jobs
	[ -z "$output" ]
	par-queue resume jobs
	run -3 par-queue work --deaths 2 jobs -- sh -c 'exit 3'
	[ "$output" = 'par-queue: sh: exited with status 3, before reading anything' ]
}

@test "first day: a stage of a queue with a mistyped option is told of at once" {
	export PAR_QUEUE_URL=file:$PWD/queues
	seq 3 | par-queue put jobs
	run -3 par-queue work --once jobs -- par-run -c 4 cat
	[[ ${lines[0]} == 'par-run: -c: see '* ]]
	[ "${lines[1]}" = "par-run: try 'par-run --help'" ]
	[ "${lines[2]}" = 'par-queue: par-run: exited with status 2, before reading anything' ]
	[ "${#lines[@]}" = 3 ]
	run -3 par-queue work --once jobs -- par-run -n 2 par-fib --wrong
	[ "${lines[0]}" = 'par-fib: --wrong: no such option' ]
	[ "${lines[-1]}" = 'par-queue: par-run: it can never work, says its exit status 125' ]
	[[ $output != *"before it said hello"* ]]
	[ "$(par-queue stat jobs | awk '$1 == "waiting" { print $2 }')" = 3 ]
}

@test "first day: signs of a shell as words, as a list of arguments has them" {
	local no='; no shell is involved, and'

	seq 9 >in
	run -3 --separate-stderr par-run cat '|' wc -l <in
	[[ $stderr == *"$no | is a word like others: par-run sh -c 'cat | wc -l'"$'\n'* ]]
	run -3 --separate-stderr par-run echo ready '>' out <in
	[[ $stderr == *"any of the input$no > is a word like others: par-run sh -c 'echo ready > out'"$'\n'* ]]
	run -1 --separate-stderr par-run cat {} '>' {}.copy <in
	[ "${stderr_lines[-1]}" = "par-run: cat: failed 9 records$no > is a word like others: par-run sh -c 'COMMAND \"\$1\" > ...' _ {}" ]
	# as the value of an option, and where all went well, they are what was meant
	seq 3 | par-run -n 1 cut -d '|' -f 1 | same - <(seq 3)
	run -0 --separate-stderr par-run -k echo '|' {} <in
	[ -z "$stderr" ]
	echo http://127.0.0.1:1/ >in
	run -3 --separate-stderr par-frontier par-fetch '|' par-links <in
	[[ ${stderr_lines[-1]} == *"without a page$no | is a word like others: par-frontier sh -c 'par-fetch | par-links'" ]]
}

@test "first day: what is missing is shown where it belongs" {
	export PAR_QUEUE_URL=file:$PWD/queues
	: | par-queue put q
	while IFS='>' read -r words answer; do
		# shellcheck disable=SC2086
		run -2 $words </dev/null
		[[ ${lines[0]} == "${words%% *}: "*"$answer" ]] || { echo "$words: $output"; return 1; }
		[ "${lines[1]}" = "${words%% *}: try '${words%% *} --help'" ]
		[ "${#lines[@]}" = 2 ]
	done <<-'END'
		par-split -b 1K>a FILE to write is needed, as in par-split -b 1K part.%d
		par-split -n 4>a FILE to write is needed, as in par-split -n 4 part.%d
		par-split -r>a FILE to write is needed, as in par-split -r FILE1 FILE2
		par-split -n 4 a b>b: one TEMPLATE for all names is needed, such as part.%d
		par-run -n 4>a command is needed, as in par-run -n 4 COMMAND
		par-run ::: a>a command is needed, as in par-run COMMAND {} ::: ...
		par-cache -d x>a command is needed, as in par-cache -d x COMMAND
		par-frontier -d 2>as in par-frontier -d 2 sh -c 'par-fetch | par-links --pages'
		par-queue -u file:x>a verb is needed, as in par-queue -u file:x put QUEUE
		par-queue stat>QUEUE is needed, as in par-queue stat QUEUE
		par-queue scale q>QUEUE N is needed, as in par-queue scale QUEUE 4
		par-queue purge>QUEUE is needed, as in par-queue purge --yes QUEUE
		par-queue work q -->STAGE is needed, as in par-queue work q -- par-run -n 4 STAGE
		par-queue stat q r>r: too many operands; one queue at a time
		par-queue check q>q: too many operands; of a queue see stat
		par-queue stat a/b>a/b: not a name of letters, digits, and . _ -, of at most 100
		par-queue work a/b par-fib>a/b: not a name of letters, digits, and . _ -, of at most 100
		par-queue revoke q first>first: not a number, as put --ids writes it
		par-queue scale q many>many: not a number of records, such as 4, or 0 for no limit
		par-queue rate q 5/d>5/d: the unit is none of /s, /m and /h
		par-links --pages --json>--pages does not go with --json
		par-fib -d -M 7>--digits does not go with --mod
	END
	run -2 bash -c 'par-queue get --state state q | cat; exit "${PIPESTATUS[0]}"'
	[ "${lines[0]}" = 'par-queue: --state: standard output is not a file; append to one with >>' ]
	echo 1 | par-queue put q
	run -4 par-queue get --wait 10ms q
	[ "${lines[-1]}" = 'par-queue: q: 1 record is not finished; see par-queue ps' ]
}
