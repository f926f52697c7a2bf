#!/usr/bin/env bats
load helper
load redis

# What every program must stand, in one place.  Each is run as a filter on records
# that it can do something with: `filter NAME` runs it, `good NAME` is such a record.

programs=(par-run par-split par-gather par-fib par-links par-fetch par-cache par-queue
	par-frontier par-report par-top)
# Those that make output of each record as it comes; par-report reads all, and tells once,
# and par-top reads none.
filters=()
for program in "${programs[@]}"; do [[ $program == par-@(report|top) ]] || filters+=("$program"); done

filter() {
	case $1 in
	par-run) par-run -n 2 cat ;;
	par-split) par-split /dev/stdout ;;
	par-cache) par-cache -d store --map cat ;;
	par-queue) queue ;;
	par-frontier) par-frontier cat ;;
	par-report) par-report ;;
	par-top) par-top --once ;;
	par-links) par-links --no-sandbox --regex 'x|7' ;;
	*) "$1" ;;
	esac
}

# Into a queue, through a stage, and out again.
queue() {
	head -n 200000 | par-queue put q && par-queue work --once q -- par-run -n 1 --map cat &&
		par-queue get q
}

prepare() {
	redis_start
	mkdir -m 700 run
	export XDG_RUNTIME_DIR=$PWD/run # of par-top
}

good() {
	case $1 in
	par-links) printf 'http://h/\t200\ttext/html\thttp://h/\t\t7' ;;
	par-fetch) printf 'gopher://h/' ;; # refused, without a packet sent
	par-frontier) printf 'http://h/' ;;
	par-report) printf 'record\tworker\tstart\tseconds\tin\tout\ttries\tstatus\treason' ;;
	*) printf '7' ;;
	esac
}

# Status 1 is right for what is no record to the program; anything else is not.
# It must be the whole status: no crash, no error of input or output.
run_filter() {
	local status=0

	filter "$1" <in >out 2>err || status=$?
	if ((status > 1)); then
		echo "$1: status $status" && head -c 500 err
		return 1
	fi
}

@test "every program: there is a way to try it here" {
	cmp <(printf '%s\n' "${programs[@]}" | sort) <(cd "$ROOT/cmd" && printf '%s\n' * | sort)
}

@test "every program: misuse is two lines that say who speaks, and a near miss is named" {
	for program in "${programs[@]}"; do
		for word in --hlep --versoin; do
			run -2 "$program" "$word"
			[ "${#lines[@]}" = 2 ]
			[[ ${lines[0]} == "$program: $word: no such option; did you mean --"* ]]
			[ "${lines[1]}" = "$program: try '$program --help'" ]
		done
		run -2 "$program" --nothing-like-it
		[ "${lines[0]}" = "$program: --nothing-like-it: no such option" ]
	done
}

@test "every program: a full disk is an error, with its reason" {
	for program in "${programs[@]}"; do
		{ good "$program"; echo; } >in
		status=0
		filter "$program" <in >/dev/full 2>err || status=$?
		[ "$status" = 3 ]
		grep -q "^$program: .*No space left on device" err
	done
}

@test "every program: a closed pipe ends it without a word" {
	for program in "${filters[@]}"; do
		line=$(good "$program")
		rm -f status
		{ yes "$line" | filter "$program" 2>err || echo "${PIPESTATUS[1]}" >status; } 3>&- |
		    head -n 1 >/dev/null
		eventually test -s status
		case $program in
		par-split) [ "$(cat status)" -ge 1 ] ;; # an output that leaves is named
		par-fetch) [ "$(cat status)" = 141 ] ;; # what it refused was named
		*) [ "$(cat status)" = 141 ] && [ ! -s err ] ;;
		esac
	done
}

@test "every program: an empty input is no record" {
	: >in
	for program in "${filters[@]}"; do
		filter "$program" <in >out 2>err
		[ ! -s out ]
		[ ! -s err ]
	done
}

@test "every program: a last record without its newline is a record" {
	for program in "${filters[@]}"; do
		good "$program" >in
		run_filter "$program"
		mv out without
		{ good "$program"; echo; } >in
		run_filter "$program"
		[ -s out ]
		cmp out without
	done
}

@test "every program: a record of 50 MB, and one after it" {
	for program in "${filters[@]}"; do
		{ good "$program"; head -c 50000000 /dev/zero | tr '\0' x; echo; good "$program"; } >in
		run_filter "$program"
		# The record after it came out too, whatever became of the large one.
		{ good "$program"; echo; } >in
		mv out large
		run_filter "$program"
		grep -aqxF -f out large
	done
}

@test "every program: bytes 0 to 255, and a record after them" {
	for program in "${filters[@]}"; do
		# A newline is among them: two records, and the good one.
		{ awk 'BEGIN { for (i = 0; i < 256; i++) printf "%c", i; print "" }'; good "$program"; } >in
		run_filter "$program"
		case $program in
		par-run | par-split | par-gather | par-queue) sort in >want && echo >>want ;;
		*) : >want ;;
		esac
		cp out mixed
		{ good "$program"; echo; } >in
		run_filter "$program"
		grep -aqxF -f out mixed
		if [ -s want ]; then [ "$(sort mixed | tr -d '\n' | cksum)" = "$(tr -d '\n' <want | cksum)" ]; fi
		LC_ALL=C run ! grep -aq $'[\001-\010\013-\037\177]' err
	done
}

# "PROGRAM LETTER LONG" for each option of --help, with - for what it does not have.
options() {
	local program

	for program in "${programs[@]}"; do
		"$program" --help | sed -nE \
			-e "s/^  -(.), --([a-z0-9.-]+).*/${program#par-} -\1 \2/p" \
			-e "s/^      --([a-z0-9.-]+).*/${program#par-} - \1/p" \
			-e "s/^  -(.)([ =].*)?$/${program#par-} -\1 -/p"
	done
}

# A row of the table that ends with what it says in brackets, without that.
table() {
	grep "^$1" "$ROOT/tests/data/options" | sed 's/  (.*)$//'
}

@test "every program: an option means one thing in all of them, and stands in the table" {
	options >all
	# The programs of each long option; --help is that of all.
	awk '{ p[$3] = p[$3] " " $1 } END { for (o in p) print "--" o p[o] }' all | sort >there
	table -- | awk -v all="$(printf '%s ' "${programs[@]#par-}")" '
		{ gsub(/ all$/, " " all); n = split($0, w); line = w[1]
		  for (i = 2; i <= n; i++) has[w[1], w[i]] = 1; names[w[1]] = 1 }
		END { np = split(all, p)
		  for (o in names) { line = o; for (i = 1; i <= np; i++) if ((o, p[i]) in has) line = line " " p[i]; print line } }' |
		sort >listed
	diff there listed
	# What several have says what that is.
	run -1 grep -nE '^--[^ ]+ +[a-z]+ [a-z ]+$' "$ROOT/tests/data/options"
	# Letters that mean one thing, and the long option that each is short for.
	for letter in i j n o q s t; do
		echo "-$letter $(awk -v l="-$letter" '$2 == l { print $1 ":" $3 }' all | sort | xargs)"
	done >there
	table '-[a-z] ' | tr -s ' ' | diff there -
	# -j and -P are -n, or that of par-fetch.
	for letter in n j P; do
		echo x | par-run "-$letter" 1 sh -c 'cat; echo "$PAR_WORKERS"' | cmp - <(printf 'x\n1\n')
		run -2 par-frontier "-$letter" 0 cat </dev/null
		[[ $output == "par-frontier: "*": 0: out of range"* ]]
	done
	run -2 par-fetch -P 0
	[[ $output == "par-fetch: -P: 0: out of range"* ]]
	run -2 par-run -n 2 -P 8 cat </dev/null
	[[ $output == "par-run: -P: 8: -n, and -j or -P, are the same here"* ]]
}

@test "every program: who types its input is told what is waited for, and nobody else is" {
	local program

	for program in "${programs[@]}"; do
		[ "$program" != par-top ] || continue # it reads nothing but keys
		good "$program" >in
		: >said && : >quiet
		export -f filter
		export REDIS_URL=${REDIS_URL-}
		case $program in
		par-queue) set -- par-queue put typed ;;
		par-run | par-cache) set -- "$program" cat ;;
		par-split) set -- par-split /dev/null ;;
		par-frontier) set -- par-frontier true ;;
		*) set -- "$program" ;;
		esac
		python3 "$ROOT/tests/aid/on-terminal.py" --type "" "$@" >said || true
		grep -qE "^$program: waits for [a-zURL ,-]+ to be typed, one a line; Ctrl-D ends them" said
		python3 "$ROOT/tests/aid/on-terminal.py" "$@" </dev/null >quiet || true
		! grep 'waits for' quiet || return 1
	done
	# A file is read, or another one types.
	python3 "$ROOT/tests/aid/on-terminal.py" --type "" par-fib /dev/null >quiet
	[ ! -s quiet ]
	par-fib </dev/null 2>quiet
	[ ! -s quiet ]
}

@test "every program: each number has the bounds of the table" {
	local program option said

	for program in "${programs[@]}"; do
		for option in $("$program" --help | grep -oE '^ .*--[a-z-]+=' | grep -oE -- '--[a-z-]+' | sort -u); do
			said=$("$program" "$option" 99999999999999999 2>&1 </dev/null | head -n 1)
			[[ $said != *': out of range: '* ]] || echo "${program#par-} $option ${said##*range: }"
		done
	done >said
	grep -v '^#' "$ROOT/tests/data/bounds" | diff - <(LC_ALL=C sort said)
	# each of them is let in, and none beyond
	for said in "par-fetch --jobs 1 10000" "par-queue --lease 100ms 86400000ms" "par-gather --memory 1M 16384G"; do
		# shellcheck disable=SC2086
		set -- $said
		"$1" "$2" "$3" --help >help
		"$1" "$2" "$4" --help >help
	done
	run -2 par-fetch --jobs 0 --help
	run -2 par-fetch --jobs 10001 --help
	run -2 par-queue --lease 99ms --help
	run -2 par-queue --lease 86400001ms --help
	run -2 par-gather --memory 1048575 --help
	run -2 par-gather --memory 17592186044417 --help
}

# runs PID PROGRAM: has the shell become it?
runs() {
	[ "$(readlink "/proc/$1/exe")" = "$(command -v "$2")" ]
}

@test "every program: a library that gives up is told of, with status 3" {
	local program

	mkfifo in
	for program in par-queue par-cache par-frontier; do
		case $program in
		par-queue) set -- par-queue put q ;;
		par-cache) set -- par-cache -d store --map cat ;;
		par-frontier) set -- par-frontier cat ;;
		esac
		"$@" <in >out 2>err 3>&- & pid=$!
		BACKGROUND+=("$pid")
		exec {to}>in
		good "$program" >&"$to" # it reads, so it is past its beginning
		echo >&"$to"
		eventually runs "$pid" "$program"
		eventually grep -q '^SigCgt:.*[2367abef].$' "/proc/$pid/status"
		kill -ABRT "$pid"
		wait "$pid" || status=$?
		exec {to}>&-
		[ "$status" = 3 ]
		grep -qx "$program: a library gave up, as it does without memory" err
	done
}

@test "every program: one that needs operands and has none shows what to write" {
	local program

	for program in par-run par-split par-cache par-queue par-frontier; do
		run -2 --separate-stderr "$program" </dev/null
		[[ ${stderr_lines[0]} == "$program: "*" is needed, as in" ]]
		[ "${#stderr_lines[@]}" = 5 ]
		grep -c "^  .*$program " <<<"$stderr" | grep -qx 3
		[ "${stderr_lines[4]}" = "$program: try '$program --help'" ]
	done
	# A URL where no program takes one, with the pipeline that it belongs to.
	run -2 par-fetch 'http://h/?a&b'
	[ "${lines[0]}" = "par-fetch: http://h/?a&b: not a FILE; URLs are lines of the input: echo 'http://h/?a&b' | par-fetch" ]
	run -2 par-links http://h/
	[ "${lines[0]}" = 'par-links: http://h/: not a FILE; URLs are lines of the input: echo http://h/ | par-fetch | par-links' ]
	run -2 par-frontier http://h/ </dev/null
	[ "${lines[0]}" = "par-frontier: http://h/: not a COMMAND; URLs are lines of the input: echo http://h/ | par-frontier sh -c 'par-fetch | par-links --pages'" ]
	run -0 par-frontier sh -c 'par-fetch | par-links --pages' http://h/ </dev/null
	[ "$output" = 'par-frontier: no URL to begin with, as the input is /dev/null: echo URL | par-frontier ...' ]
	: >none
	run -0 par-frontier cat <none
	[ -z "$output" ]
	run -3 par-fib 10
	[ "$output" = "par-fib: 10: No such file or directory; operands are files of numbers, which come from standard input, too" ]
}

@test "every program: par(7) has all exit statuses of the pages in one table" {
	local program

	for program in "${programs[@]}"; do
		sed -n '/^\.Sh EXIT STATUS/,/^\.Sh [^E]/s/^\.It \([0-9, ]*\)$/\1/p' "$ROOT/man/$program.1" |
			tr -d ' ' | tr , '\n' | sed "s/$/ ${program#par-}/"
	done | sort >pages
	sed -n '/^\.Sh EXIT STATUS/,/^\.Sh [^E]/s/^\.It \([0-9]*\) Ta \(.*\) Ta .*/\1 \2/p' "$ROOT/man/par.7" |
		sed "s/ all$/ ${programs[*]#par-}/" |
		awk '{ for (i = 2; i <= NF; i++) print $1, $i }' | sort | diff pages -
}

@test "every program: input that cannot be read is status 3, and named" {
	local command

	mkdir folder
	good par-fib >in
	for command in par-fib par-fetch par-links par-gather "par-gather -g" "par-split out" "par-run cat" \
		"par-cache -d store par-fib" "par-frontier true"; do
		# shellcheck disable=SC2086
		run -3 $command <folder
		[ "$output" = "${command%% *}: standard input: Is a directory" ]
	done
	for command in "par-fib folder" "par-fetch folder" "par-links folder" "par-gather folder" \
		"par-gather -g folder" "par-gather -m folder" "par-split -i folder out" \
		"par-run -i folder cat" "par-cache -d store -i folder par-fib" "par-fib in folder"; do
		# shellcheck disable=SC2086
		run -3 --separate-stderr $command </dev/null
		[ "$stderr" = "${command%% *}: folder: Is a directory" ]
	done
}

@test "every program: a missing input file is status 3, and the others are read" {
	local command

	good par-fib >in
	for command in "par-fib missing in" "par-fetch missing" "par-links missing" \
		"par-gather missing in" "par-gather -g missing in" "par-gather -m in missing" \
		"par-split -i missing out" "par-split -c -i missing out" "par-run -i missing cat" \
		"par-run -k par-fib :::: missing" "par-cache -d store -i missing par-fib"; do
		# shellcheck disable=SC2086
		run -3 --separate-stderr $command
		[[ $stderr == "${command%% *}: missing: No such file or directory"* ]]
		[[ $command != *' in' ]] || [ -n "$output" ]
	done
}

@test "every program: what breaks a limit is told which option moves it" {
	local said command

	printf 'long record\n' >long
	while IFS='#' read -r command said; do
		bash -c "$command" </dev/null >out 2>err || true
		grep -qF "$said" err || { echo "$command" && cat err; return 1; }
	done <<-'END'
	par-run --max-record 4 cat <long#than 4 bytes; see --max-record
	par-run -n 1 --max-record 8 sh -c 'head -c 100000 /dev/zero' </dev/null#than 8 bytes; see --max-record
	par-split --max-record 4 part <long#than 4 bytes; see --max-record
	par-gather --max-record 4 <long#than 4 bytes; see --max-record
	par-fetch --max-record 4 <long#than 4 bytes; see --max-record
	par-links --max-record 4 <long#than 4 bytes; see --max-record
	par-cache --max-record 4 -d store --map cat <long#than 4 bytes; see --max-record
	par-queue put --max-record 4 q <long#than 4 bytes; see --max-record
	par-frontier --max-record 4 cat <long#too long; see --max-record
	par-fib --max-n 5 <<<6#larger than --max-n
	(ulimit -n 24; seq 9 | par-run -n 64 cat)#Too many open files; fewer workers for now; see ulimit -n
	par-fetch <<<ftp://h/#protocol is not allowed; see --proto
	par-gather --sum 2 <<<a#field 2 is missing; see --numbers-only
	par-queue stat --url redis://127.0.0.1:1 --patience 100ms q#; see --url
	seq 99999 | par-run -b 1K grep x#blocks are halved no more; if its status is fine, see --ok-status
	par-frontier true <<<http://h/#without a page; see --pages of par-links
	par-run --rsh env --host h:1 cat <long#this host is given up, see --remote
	END
}

@test "every program: names of hosts need no library, par-run and par-split none at all" {
	local name

	command -v ldd || skip "no ldd"
	for name in "${programs[@]}"; do
		ldd "$(command -v "$name")" >"$name.libs" || skip "ldd does not know $name"
		! grep libicu "$name.libs" || return 1
	done
	# but that of C, and those of compilers and sanitizers
	cat par-run.libs par-split.libs >libs
	! grep -vE 'linux-(vdso|gate)|/ld-|lib(c|m|dl|rt|pthread|gcc_s|asan|ubsan|lsan|tsan|stdc\+\+)[.-]' libs || return 1
}
