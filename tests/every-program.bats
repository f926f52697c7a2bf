#!/usr/bin/env bats
load helper
load redis

# What every program must stand, in one place.  Each is run as a filter on records
# that it can do something with: `filter NAME` runs it, `good NAME` is such a record.

programs=(par-run par-split par-gather par-fib par-links par-fetch par-cache par-queue
	par-frontier)

filter() {
	case $1 in
	par-run) par-run -n 2 cat ;;
	par-split) par-split /dev/stdout ;;
	par-cache) par-cache -d store --map cat ;;
	par-queue) queue ;;
	par-frontier) par-frontier cat ;;
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
}

good() {
	case $1 in
	par-links) printf 'http://h/\t200\ttext/html\thttp://h/\t\t7' ;;
	par-fetch) printf 'gopher://h/' ;; # refused, without a packet sent
	par-frontier) printf 'http://h/' ;;
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
	for program in "${programs[@]}"; do
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
	for program in "${programs[@]}"; do
		filter "$program" <in >out 2>err
		[ ! -s out ]
		[ ! -s err ]
	done
}

@test "every program: a last record without its newline is a record" {
	for program in "${programs[@]}"; do
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
	for program in "${programs[@]}"; do
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
	for program in "${programs[@]}"; do
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
