#!/usr/bin/env bats
# Each fault that once broke the promise of par(7), and others of its kind, by what it broke.
load helper

# 1. --map waits for ever
#

# 2. a hello that comes late
#

# 3. signals that were blocked or ignored; ends that nobody tells of; process 1
#

# 4. -t ends whatever is stuck
#

# 5. one that floods
#

# 6. no memory
#

# 7. output that is the input, or another output
#

# 8. par-queue get --state after a bad end
#

# 9. a range that is too long
#

# 10. output that no line counts
#

# 11. outputs byte for byte
#

# 12. blocks of just N records; blocks whose start or time fails
#

# 13. 125: this can never work
#

# never: a native stage that answers records until one is "never"
never_stage() {
	cat >never <<-'EOF'
		#!/bin/bash
		case ${PAR_STAGE-} in
		*:$$) exec 9>&"${PAR_STAGE%:*}" ;;
		*) exec 9>/dev/null ;;
		esac
		echo x >>starts
		echo "par-stage 1" >&9
		i=0
		while IFS= read -r n; do
			[ "$n" != never ] || exit 125
			echo "$n"
			echo "$i $((${#n} + 1)) ok" >&9
			i=$((i + 1))
		done
	EOF
	chmod +x never
}

# never COMMAND...: one start, status 3, no record blamed or tried again, all told of
never() {
	rm -f starts
	run -3 --separate-stderr timeout "$DEADLINE" "$@" <in
	[ "$(wc -l <starts)" = 1 ]
	[[ $stderr == *'it can never work, says its exit status 125'* ]]
	[[ ${stderr_lines[-1]} == *' 3 records were read and not '* ]]
	[[ $stderr != *': never: '* ]]
	[ "$output" = $'1\n2' ]
}

@test "status 125 of a native stage: one start under every supervisor, and the records stay" {
	local above

	never_stage
	printf '%s\n' 1 2 never 4 5 >in
	for above in '' 'par-run -n 1' 'par-run --host :1' 'par-cache --store c' \
		'par-run -n 1 par-cache --store c' 'par-cache --store c par-run -n 1' \
		'par-run --host :1 par-run -n 1' 'par-run -n 1 par-run -n 1'; do
		rm -rf c
		# shellcheck disable=SC2086 # words
		never ${above:-par-run -n 1 -r 1000} ./never
	done
	# With nothing to be done by another copy it is a status like another.
	printf '%s\n' 1 2 >in
	run -0 par-run -n 1 ./never <in
}

@test "status 125 of a stage on a queue: one start, and the records stay in it" {
	local stage

	load redis
	never_stage
	redis_start
	for stage in ./never 'par-run -n 1 ./never' 'par-cache --store c ./never'; do
		rm -rf starts c
		redis FLUSHALL
		printf '%s\n' 1 2 never 4 5 | par-queue put --chunk 1 q
		# shellcheck disable=SC2086 # words
		run -3 --separate-stderr timeout "$DEADLINE" par-queue work --once q -- $stage
		[ "$(wc -l <starts)" = 1 ]
		[[ $stderr == *'it can never work, says its exit status 125' ]]
		is q dead 0
		is q waiting 3
		is q "done" 2
	done
	# Before a word of it, too.
	run -3 --separate-stderr par-queue work --once q -- sh -c 'echo x >>starts; exit 125'
	[[ $stderr == *'it can never work, says its exit status 125' ]]
	[ "$(wc -l <starts)" = 2 ]
	is q waiting 3
}

@test "status 125 of a plain command, of --map and of a crawl: one start" {
	local command

	seq 5 >in
	for command in 'par-run -n 1' 'par-run -n 1 --map' 'par-run -n 1 par-run -n 1' \
		'par-cache --store c --map' 'par-run --host :1' 'par-run --host :1 --map' \
		'par-frontier --state s'; do
		rm -rf starts c
		[[ $command != par-frontier* ]] || echo http://example.org/ >in
		# shellcheck disable=SC2086 # words
		run -3 --separate-stderr timeout "$DEADLINE" $command \
			sh -c 'echo x >>starts; [ "$0" = sh ] || read -r x; exit 125' <in
		[ "$(wc -l <starts)" = 1 ]
		[[ $stderr == *'it can never work, says its exit status 125'* ]]
		[ -z "$output" ]
	done
}

@test "status 125 of a process for a block is that block's once anything is finished" {
	local above

	seq 5 >in
	for above in 'par-run -n 1' 'par-run --host :1' 'par-run -n 1 par-run -n 1'; do
		# shellcheck disable=SC2086 # words
		run -1 --separate-stderr timeout "$DEADLINE" $above -r 1 -N 1 \
			sh -c 'read -r x; [ "$x" != 3 ] || exit 125; echo "$x"' <in
		[ "$(sort <<<"$output")" = $'1\n2\n4\n5' ]
		[[ $stderr == *'par-run: 3: '*'exited with status 125'* ]]
		rm -f starts
		# shellcheck disable=SC2086 # words
		run -3 --separate-stderr timeout "$DEADLINE" $above -r 1000 -N 1 \
			sh -c 'echo x >>starts; exit 125' <in
		[ "$(wc -l <starts)" = 1 ]
		[[ $stderr == *'5 records were read and not delivered' ]]
	done
}

# 14. par-cache: no other command's results
#

# 15. records cut, mixed or not counted
#

# 16. no body under another URL
#

# 17. no POST is sent twice
#

# 18. incomplete answers are told as such
#

# 19. archives stay readable
#

# 20. no stored page is replaced by a stranger
#

# 21. encodings are our own tables
#

@test "promise: each pair of each encoding of East Asia is read, as Python reads it but for what the standard changed" {
	python3 "$ROOT/tests/aid/encodings.py" par-links >out
	cut -d ' ' -f 1 out | sort | uniq -c | tr -s ' \n' ' ' >counts
	[ "$(<counts)" = ' 11 big5 6 euc-jp 20 gb18030 ' ]
	# what GB18030 of 2022 has moved, by its table
	grep '^gb18030' out | cut -d ' ' -f 2,4 | tr ' \n' ': ' >moved
	[ "$(<moved)" = 'a3a0:3000 a6d9:fe10 a6da:fe12 a6db:fe11 a6dc:fe13 a6dd:fe14 a6de:fe15 a6df:fe16 a6ec:fe17 a6ed:fe18 a6f3:fe19 a8bc:1e3f fe59:9fb4 fe61:9fb5 fe66:9fb6 fe67:9fb7 fe6d:9fb8 fe7e:9fb9 fe90:9fba fea0:9fbb ' ]
}

@test "promise: pages of Asia need no converters of the system" {
	local place

	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "must be root in a namespace"
	place=$(dirname "$(ldd "$(command -v par-links)" | grep -o '/[^ ]*/libc\.[^ ]*')")/gconv
	[ -d "$place" ] || skip "no gconv here"
	# 中 in each of them; then 丂 beside the pairs, in three and in four bytes
	printf 'http://h/\t200\ttext/html;charset=%b\thttp://h/\t\t<a href="%b">\n' \
		gbk '\xd6\xd0' gb18030 '\x81\x30\x81\x30' shift_jis '\x92\x86' euc-kr '\xf1\xe9' \
		big5 '\xa4\xa4' euc-jp '\xc3\xe6' euc-jp '\x8f\xb0\xa1' iso-2022-jp '\x1b$BCf\x1b(B' >pages
	unshare -m bash -c 'mount -t tmpfs none "$1" && par-links <pages' _ "$place" >out
	cut -f 2 out | tr '\n' ' ' >links
	[ "$(<links)" = "$(printf 'http://h/%s ' %E4%B8%AD %C2%80 %E4%B8%AD %E4%B8%AD %E4%B8%AD %E4%B8%AD %E4%B8%82 %E4%B8%AD)" ]
}

@test "promise: halves of characters of UTF-16 are replaced, and what follows them is read" {
	local le='text/html;charset=utf-16le'

	# a lone half of each kind, a whole character, an odd byte at the end
	printf 'http://h/\t200\t%s\thttp://h/\t\t' "$le" >pages
	printf '<a href="\xd8\x3d|\xdc\x00|\xd8\x3d\xde\x00">' |
		python3 -c 'import sys; t = sys.stdin.buffer.read(); i = 0; o = b""
while i < len(t): n = 2 if t[i] >= 0xd8 and t[i] < 0xe0 else 1; o += t[i:i+2][::-1] if n == 2 else t[i:i+1] + b"\0"; i += n
sys.stdout.buffer.write(o.replace(b"\0", b"\\0") + b"x")' >>pages
	par-links <pages >out
	[ "$(<out)" = $'http://h/\thttp://h/%EF%BF%BD|%EF%BF%BD|%F0%9F%98%80' ]
}

# 22. what comes from a server is checked
#

# 23. fixed names and links that others lay
#

# 24. secrets, and bytes that act on a terminal
#

# 25. the sandbox of par-links
#

# sandboxed: is there one in this build?
sandboxed() {
	par-links --sandbox </dev/null 2>/dev/null
}

a_page() {
	printf 'http://h/\t200\ttext/html\thttp://h/\t\t<a href="%s">\n' "$1"
}

@test "promise: who takes par-links over can signal, open and run nothing" {
	sandboxed || skip "no sandbox in this build"
	cc -shared -fPIC -o attack.so "$ROOT/tests/aid/attack.c" -ldl
	a_page attack | LD_PRELOAD=$PWD/attack.so par-links >out 2>err
	[ "$(<out)" = $'http://h/\thttp://h/attack' ]
	[ "$(tr '\n' ' ' <err)" = 'signal-parent 1 signal-self 0 kill 1 open 1 socket 1 code 1 ' ]
}

@test "promise: no memory of par-links can be written and executed, with patterns, too" {
	local line

	sandboxed || skip "no sandbox in this build"
	mkfifo in out
	par-links --regex 'href="(\w+)"' --include b --exclude x <in >out 3>&- &
	BACKGROUND+=("$!")
	exec {to}>in {from}<out
	a_page b >&"$to"
	read -r -t "$DEADLINE" line <&"$from"
	[ "$line" = $'http://h/\thttp://h/b' ]
	grep -q '^[^ ]* r.xp' "/proc/$!/maps"
	run -1 grep '^[^ ]* .wx' "/proc/$!/maps"
	exec {to}>&-
	wait "$!"
}

@test "promise: a sandbox that the system refuses is said, and the end if it was asked for" {
	sandboxed || skip "no sandbox in this build"
	printf 'int seccomp_load(void *filter) { (void)filter; return -22; }\n' >refuse.c
	cc -shared -fPIC -o refuse.so refuse.c
	a_page b >page
	LD_PRELOAD=$PWD/refuse.so par-links <page >out 2>err
	[ "$(<out)" = $'http://h/\thttp://h/b' ]
	[ "$(<err)" = 'par-links: no sandbox: Invalid argument' ]
	LD_PRELOAD=$PWD/refuse.so run -3 par-links --sandbox <page
	[ "$output" = 'par-links: --sandbox: Invalid argument' ]
	run -2 par-links --sandbox --no-sandbox <page
	[[ ${lines[0]} == *'--sandbox and --no-sandbox exclude each other'* ]]
}

# 26. parsers under random input
#
