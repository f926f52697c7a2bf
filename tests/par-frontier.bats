#!/usr/bin/env bats
# par-frontier: a crawl ends by itself, has each page once, and survives what dies.
load helper
load site

# A command that needs no network: page n of http://HOST/n links to 2n and 2n+1 up to
# $PAGES, back to n/2, to itself and to another host.
prepare() {
	cat >tree <<-'END'
		#!/bin/bash
		while IFS= read -r url; do
			n=${url##*/} base=${url%/*}
			for m in $((2 * n)) $((2 * n + 1)) $((n / 2)) "$n#top"; do
				if ((${m%#*} <= PAGES)); then echo "$url	$base/$m"; fi
			done
			echo "$url	http://other.example/$n"
			echo "$url	mailto:me"
			echo "$url"
			if ((++answered == LIMIT)); then cat >nothing; fi
		done
	END
	chmod +x tree
	export PAGES=1000 LIMIT=0
}

# The pages that the output has, by their number, sorted.
pages() {
	grep -v '	' "$@" | sed 's,.*/,,' | sort -n
}

@test "par-frontier: crawl-site tells of each page, also of those that fail" {
	local want

	site_start
	run -1 "$ROOT/examples/crawl-site" "$SITE_URL/"
	for want in "200	$SITE_URL/start.html" "404	$SITE_URL/odd/missing.html" \
	    "404	$SITE_URL/odd/missing.html	on $SITE_URL/odd/index.html"; do
		[ "$(grep -cxF "$want" <<<"$output")" = 1 ]
	done
	# in libcurl's words, which depend on the connection being new or not
	[ "$(grep "^000	$SITE_URL/odd/closed	." <<<"$output" | grep -cv '	on http')" = 1 ]
	run ! grep -v "	$SITE_URL/\|^$\|^Broken" <<<"$output"
}

# A site of so many files, page/N.html, in folder site: a tree with loops in it.
make_site() {
	mkdir -p site/page
	awk -v pages="$1" 'BEGIN {
		for (n = 0; n < pages; n++) {
			file = "site/page/" n ".html"
			print "<!DOCTYPE html><title>" n "</title>" >file
			for (i = 1; i <= 3; i++)
				print "<a href=" (3 * n + i) % pages ".html>down</a>" >file
			print "<a href=#here>here</a> <a href=/page/0.html#x>top</a>" >file
			print "<a href=../page/" (n * 7) % pages ".html>across</a>" >file
			close(file)
		}
	}'
}

@test "par-frontier: 10,000 pages from one, each fetched once, and then it ends" {
	make_site 10000
	site_start site
	echo "$SITE_URL/page/0.html" |
		par-frontier sh -c 'par-run -n 2 par-fetch | par-links --pages' >out
	seq 0 9999 >want
	awk -F '\t' '$2 == "" && $3 == 200 { print $1 }' out |
		sed 's,.*/,,; s,\.html,,' | sort -n | same want -
	awk '{ print $7 }' "$SITE_WORK/access.log" | sed 's,.*/,,; s,\.html,,' | sort -n |
		same want -
}

@test "par-frontier: workers in the loop are killed, and each page comes out once" {
	local n pid

	make_site 3000
	site_start site
	cat >loop <<-'END'
		echo $$ >loop.pid
		par-run -n 3 par-fetch | par-links --pages
	END
	echo "$SITE_URL/page/0.html" >start
	background sh -c 'exec par-frontier -o out sh loop <start 2>err'
	pid=$!
	for ((n = 0; n < 20; n++)); do
		eventually reached "$((n * 100))"
		kill_a_worker "$(cat loop.pid)"
	done
	wait "$pid" || [ "$?" = 1 ]
	awk -F '\t' '$2 == "" { print $1 }' out | sed 's,.*/,,; s,\.html,,' | sort -n |
		same <(seq 0 2999) -
}

reached() {
	[ -e out ] && [ "$(wc -l <out)" -ge "$1" ]
}

# One of the processes par-fetch whose grandparent is the shell of that number.
kill_a_worker() {
	local run worker

	for run in $(pgrep -P "$1" -x par-run); do
		worker=$(pgrep -P "$run" -x par-fetch | shuf -n 1)
		kill -9 "$worker" 2>/dev/null || true
	done
}

@test "par-frontier: killed altogether again and again, it goes on, each page once" {
	# In each run so many pages are answered, and then no more.  Then it is killed,
	# every other time as soon as it has written, before it can note what.
	cat >rounds <<-'END'
		for ((n = 0; n < 6; n++)); do
			: >started
			LIMIT=150 par-frontier --same-host --state state -o out ./tree <start &
			pid=$!
			until [ out -nt started ] && { ((n % 2)) ||
				{ [ state/frontier -nt started ] && [ ! out -nt state/frontier ]; }; }; do
				read -r -t 0.02 <> <(:)
			done
			kill -9 "$pid" || exit
			wait "$pid"
		done
		exit 0
	END
	echo http://h/1 >start
	run -0 timeout "$DEADLINE" bash rounds 3>&-
	[ "$(pages out | wc -l)" -lt 1001 ]
	# the URL once more, for it may be that none of them has noted it
	par-frontier --same-host --state state -o out ./tree <start
	pages out | same <(seq 0 1000) -
	# nothing is left to do, and nothing is done
	cp out before
	par-frontier --same-host --state state -o out false <start
	same before out
}

@test "par-frontier: what was seen is in files of its own, which hold whenever it is killed" {
	local n pid

	seq 290000 | sed 's,.*,http://h&.example/&,; s,^\(.*h\)[0-9]*\([0-9]\.\),\1\2,' >urls
	for n in 20000 100000 140000; do
		# it answers so many, and then no more
		background sh -c "exec par-frontier --state state -o out sh -c 'head -n $n; exec cat >nothing' <urls"
		pid=$!
		eventually lines_reached "$n"
		kill -9 "$pid"
		wait "$pid" || true
	done
	: >state/seen.999 # left by one that did not get to note it
	par-frontier --state state -o out cat <urls
	sort out | same <(sort urls) -
	[ "$(cd state && echo seen.*)" != 'seen.*' ]
	[ ! -e state/seen.999 ]
	# all is known, and nothing is left to do
	par-frontier --state state -o out false <urls
	# one that is gone, or is no such file, is told
	set -- state/seen.*
	echo >"$1"
	run -3 par-frontier --state state -o out false <urls
	[ "$output" = "par-frontier: $1: damaged; remove state to start over" ]
	rm "$1"
	run -3 par-frontier --state state -o out false <urls
	[ "$output" = "par-frontier: $1: No such file or directory" ]
}

lines_reached() { [ -e out ] && [ "$(wc -l <out)" -ge "$1" ]; }

grown() {
	[ -e out ] && [ "$(wc -c <out)" -gt "$1" ]
}

@test "par-frontier: a signal lets what is in flight finish, and the rest is for the next run" {
	local pid status=0

	echo http://h/1 >start
	background sh -c 'exec par-frontier -n 8 --same-host --state state -o out ./tree <start 2>err'
	pid=$!
	eventually grown 1000
	kill "$pid"
	wait "$pid" || status=$?
	[ "$status" = 4 ]
	[ "$(cat err)" = 'par-frontier: stopped early: URLs are left' ]
	[ "$(pages out | wc -l)" -lt 1001 ]
	par-frontier --same-host --state state ./tree </dev/null >rest
	pages out rest | same <(seq 0 1000) -
}

@test "par-frontier: a second signal ends it with what is in flight, which the next run has" {
	local pid status=0

	mkfifo begun
	echo http://h/1 >start
	background sh -c 'exec par-frontier --state state sh -c "
		read -r url; echo >begun; exec sleep 1000" <start 2>err'
	pid=$!
	read -r -t "$DEADLINE" _ <>begun
	kill -TERM "$pid"
	kill -HUP "$pid"
	wait "$pid" || status=$?
	[ "$status" = 4 ]
	[ "$(tail -n 1 err)" = 'par-frontier: stopped early: URLs are left' ]
	par-frontier --state state cat </dev/null | same - start
}

@test "par-frontier: links are followed so far, whichever way is found first" {
	local depth

	for depth in 0 1 3 5; do
		echo http://h/1 | par-frontier -d "$depth" --same-host ./tree >out
		{
			if ((depth > 0)); then echo 0; fi
			seq "$((2 ** (depth + 1) - 1))"
		} | same - <(pages out)
	done
	# 9 is three steps from 1, and one from 8 that comes back late
	cat >late <<-'END'
		#!/bin/bash
		while read -r url; do
			case $url in
			*/1) printf '%s\thttp://h/%d\n' "$url" 2 "$url" 8 ;;
			*/2) printf '%s\thttp://h/%d\n' "$url" 3 ;;
			*/3) printf '%s\thttp://h/%d\n' "$url" 9 ;;
			*/8)
				if read -r -t 0.2 other; then echo "too early: $other" >&2; fi
				printf '%s\thttp://h/%d\n' "$url" 9
				;;
			*/9) printf '%s\thttp://h/%d\n' "$url" 10 ;;
			esac
			echo "$url"
		done
	END
	chmod +x late
	printf 'http://h/1\n' | par-frontier -d 3 ./late >out 2>err
	[ ! -s err ]
	pages out | same <(printf '%s\n' 1 2 3 8 9 10) -
}

@test "par-frontier: only the host of the page, or only what begins so" {
	PAGES=100
	echo http://H:80/1 | par-frontier --same-host ./tree >out
	pages out | same <(seq 0 100) -
	run ! grep -qv '^http://h/' out
	echo http://h/1 | par-frontier --within http://h/1 --within http://H:80/2 ./tree >out
	pages out | same <(printf '%s\n' 1 2) -
}

@test "par-frontier: one spelling, one page" {
	cat >links <<-'END'
		#!/bin/bash
		while read -r url; do
			for link in HTTP://H http://h/ http://h:80/ http://h/#a 'http://h?q' 'http://h/?q' \
			    https://h:443/ https://h http://u@h/ ftp://h/ /relative http: '' \
			    http://%48 http:/h/ 'http:\\h\\' 'ht\ttp://h/' http://h/a/.. 'http://h/?\\' \
			    http://0x7f.1 http://127.0.0.1:/ http://[0:0::1] http://[::1]:080/ \
			    'http://h/a b' http://h/a%20b http://h:x/ http://a%2fb/ http://h.1/; do
				if [ -n "$link" ]; then printf '%s\t%s\n' "$url" "$link"; fi
			done
			echo "$url"
		done
	END
	chmod +x links
	echo http://h | par-frontier ./links >out
	grep -v '	' out | LC_ALL=C sort | same <(printf '%s\n' 'http://127.0.0.1/' 'http://[::1]/' \
		'http://h/' "http://h/?\\\\" 'http://h/?q' 'http://h/a%20b' 'http://u@h/' 'https://h/') -
}

@test "par-frontier: a host in another script is the one that its links have" {
	cat >links <<-'END'
		#!/bin/bash
		while read -r url; do
			printf '%s\thttp://xn--bcher-kva.example/%s\n%s\n' "$url" 2 "$url"
		done
	END
	chmod +x links
	printf 'http://%s/1\n' bücher.example BÜCHER.example b%C3%BCcher.example |
		par-frontier --same-host ./links >out
	grep -v '	' out | same <(printf 'http://xn--bcher-kva.example/%s\n' 1 2) -
}

@test "par-frontier: where a page has moved to is known" {
	cat >moved <<-'END'
		#!/bin/bash
		while read -r url; do
			case $url in
			*/a) printf '%s\t\t200\ttext/html\thttp://h/new\t\n' "$url" ;;
			*) printf '%s\thttp://h/new\n%s\n' "$url" "$url" ;;
			esac
		done
	END
	chmod +x moved
	printf 'http://h/%s\n' a b | par-frontier -n 1 ./moved >out
	printf 'http://h/%s\n' a b b | same <(cut -f 1 out) -
}

# A command for which page PATH of host a is at host b, and of b at c; with some links.
make_moved() {
	cat >moved <<-'END'
		#!/bin/bash
		while read -r url; do
			path=${url#http://?/}
			case $url in
			http://a/*) to=http://b/$path ;;
			http://b/y) to=http://c/y ;;
			*) to=$url ;;
			esac
			printf '%s\t%s\n' "$url" http://a/x "$url" http://b/y "$url" http://c/z
			printf '%s\t\t200\ttext/html\t%s\t\n' "$url" "$to"
		done
	END
	chmod +x moved
}

@test "par-frontier: a start that redirects to another host goes on there, other pages do not" {
	make_moved
	echo http://a/ | par-frontier --same-host ./moved >out 2>err
	grep $'\t\t' out | cut -f 1 | sort | same <(printf 'http://%s\n' a/ a/x b/y) -
	[ ! -s err ]
	echo http://b/ | par-frontier --same-host ./moved >out
	grep $'\t\t' out | cut -f 1 | same <(printf 'http://%s\n' b/ b/y) -
}

@test "par-frontier: a start that leaves what --within has is named" {
	make_moved
	run -0 --separate-stderr par-frontier --within http://a/ ./moved <<<http://a/
	[ "$stderr" = 'par-frontier: http://a/: leads to http://b/, which no --within has' ]
	run -0 --separate-stderr par-frontier --within http://a/ --within http://b/ ./moved <<<http://a/
	[ -z "$stderr" ]
	grep $'\t\t' <<<"$output" | cut -f 1 | sort | same <(printf 'http://%s\n' a/ a/x b/y) -
}

@test "par-frontier: a command that ends no page is told how par-links does" {
	run -1 --separate-stderr par-frontier --patience 100ms sed -u 's,$,\thttp://h/x,' <<<http://h/
	[ "$stderr" = "par-frontier: sed: has written no record that ends a page, as 'par-links --pages' does
par-frontier: http://h/: did not come back" ]
	# it is known long before the time is over
	mkfifo said
	exec {said}<>said
	echo http://h/ >start
	background bash -c "exec par-frontier sed -u 's,$,\thttp://h/x,' <start >out 2>said"
	read -r -t "$DEADLINE" line <&"$said"
	[ "$line" = "par-frontier: sed: has written no record that ends a page, as 'par-links --pages' does" ]
	kill "$!"
}

# A command for a site without end: a calendar, a shop with session ids, queries, two hosts.
make_endless() {
	cat >endless <<-'END'
		#!/bin/bash
		while read -r url; do
			n=$((RANDOM * 32768 + RANDOM))
			printf '%s\t%s\n' "$url" "http://a/day/$((n % 5000))/$((n % 12))/" "$url" "http://a/;sid=${n}x/buy" \
				"$url" "http://a/d/?$n" "$url" "http://a/d/" "$url" http://a/%41/ "$url" http://b/$n
			echo "$url"
		done
	END
	chmod +x endless
}

@test "par-frontier: a site without end has as many pages of a host, or that are alike, as wanted" {
	make_endless
	run -0 --separate-stderr par-frontier --alike-pages 7 ./endless <<<http://a/start
	grep -v '	' <<<"$output" | sed -E 's,[?].*,,; s,[^/]*[0-9][^/]*,*,g' | sort | uniq -c | sed 's/^ *//' | sort >counts
	printf '%s\n' '1 http://a/*/' '7 http://a/*/buy' '7 http://a/d/' '7 http://a/day/*/*/' '1 http://a/start' \
	    '7 http://b/*' | sort | same - counts
	[[ $stderr =~ ^par-frontier:\ --alike-pages\ left\ out\ [1-9][0-9]*\ links$ ]]
}

@test "par-frontier: what was counted of a host is known to the next run" {
	make_endless
	echo http://a/start | par-frontier --state state --budget pages=20 --host-pages 50 -o out ./endless || [ "$?" = 4 ]
	[ "$(grep -vc '	' out)" = 20 ]
	par-frontier --state state --host-pages 50 -o out ./endless </dev/null
	[ "$(grep -v '	' out | cut -d / -f 3 | sort | uniq -c | tr -s ' \n' ' ')" = ' 50 a 50 b ' ]
}

@test "par-frontier: a budget of pages, bytes or time ends a run, and the next one goes on" {
	make_endless
	run -4 --separate-stderr par-frontier -n 8 --budget pages=30 --state state -o out ./endless <<<http://a/
	[ "$stderr" = 'par-frontier: stopped early by --budget pages: URLs are left' ]
	[ "$(grep -vc '	' out)" = 30 ]
	run -4 --separate-stderr par-frontier -n 1 --budget bytes=1K,pages=1000 --state state -o out ./endless </dev/null
	[ "$stderr" = 'par-frontier: stopped early by --budget bytes: URLs are left' ]
	[ "$(grep -v '	' out | sort | uniq -d | wc -l)" = 0 ]
	run -4 --separate-stderr par-frontier -n 1 --budget time=200ms --state state -o out ./endless </dev/null
	[ "$stderr" = 'par-frontier: stopped early by --budget time: URLs are left' ]
	# one that is large enough is none
	run -0 --separate-stderr par-frontier --budget pages=2,bytes=1M,time=1h cat <<<$'http://h/1\nhttp://h/2'
	[ -z "$stderr" ]
	mkfifo in
	exec {to}<>in
	run -4 par-frontier --budget time=100ms cat <in
	exec {to}>&-
	for list in pages pages=0 'pages=1,' x=1 bytes=x time=0 ''; do
		run -2 par-frontier --budget "$list" cat </dev/null
	done
}

@test "par-frontier: hosts take turns" {
	PAGES=-1
	{ printf 'http://a/%d\n' {1..50}; printf 'http://b/%d\n' {1..50}; } >urls
	par-frontier -n 1 --same-host ./tree <urls | grep -v '	' | cut -c 8 | paste - - | sort -u >pairs
	[ "$(cat pairs)" = 'a	b' ] || [ "$(cat pairs)" = 'b	a' ]
}

@test "par-frontier: a host that does not answer holds up no other, and is named" {
	cat >deaf <<-'END'
		#!/bin/bash
		while read -r url; do
			case $url in http://b/*) echo "$url" ;; esac
		done
	END
	chmod +x deaf
	{ printf 'http://a/%d\n' {1..20}; printf 'http://b/%d\n' {1..200}; } >urls
	run -1 --separate-stderr par-frontier -n 8 --per-host 4 --patience 200ms ./deaf <urls
	[ "$(grep -c '^http://b/' <<<"$output")" = 200 ]
	[ "$(grep -c '^par-frontier: http://a/.*: did not come back$' <<<"$stderr")" = 20 ]
}

@test "par-frontier: a command that dies is started again, and nothing is doubled" {
	cat >mortal <<-'END'
		#!/bin/bash
		# after half of a page of every seventh
		while read -r url; do
			n=${url##*/}
			echo "$url	http://h/$((n + 1))"
			if ((n % 7 == 0)) && [ ! -e "died.$n" ]; then : >"died.$n"; kill -9 $$; fi
			if ((n == 50)); then exit 0; fi
			echo "$url	http://h/$((n - 1))"
			echo "$url"
		done
	END
	chmod +x mortal
	run -3 --separate-stderr bash -c 'echo http://h/1 | par-frontier ./mortal >out'
	pages out | same <(seq 49 | cat <(echo 0) - | sort -n) - || pages out | head
	[[ ${stderr_lines[-1]} = 'par-frontier: ./mortal: ended 3 times without a page; see --pages of par-links' ]]
	[ "$(sort out | uniq -d | wc -l)" = 0 ]
}

@test "par-frontier: a command that cannot be run, or finishes nothing" {
	run -127 par-frontier nosuchcommand <<<http://h/
	run -126 par-frontier / <<<http://h/
	run -3 par-frontier false <<<http://h/
	[[ ${lines[-1]} = 'par-frontier: false: ended 3 times without a page' ]]
	run -0 par-frontier false </dev/null
	run -2 par-frontier
}

@test "par-frontier: what is no URL is named, and what was not asked for" {
	run -1 --separate-stderr par-frontier cat <<<$'nothing\nftp://h/\nhttp://?x\nhttp://h/'
	[ "$output" = http://h/ ]
	[ "$stderr" = 'par-frontier: nothing: not a URL: no http:// or https:// in front
par-frontier: ftp://h/: not a URL of http or https
par-frontier: http://?x: not a URL of http or https' ]
	run -1 --separate-stderr par-frontier sed -u 'p;s/.*/http:other/' <<<http://h/
	[ "$output" = http://h/ ]
	[ "$stderr" = 'par-frontier: http:other: came back, and is not in flight' ]
}

@test "par-frontier: URLs that come late are taken as they come" {
	local line

	mkfifo in out
	par-frontier cat <in >out 3>&- &
	exec {to}>in {from}<out
	for n in 1 2 3 2; do
		echo "http://h/$n" >&"$to"
		if ((n == 2)) && [ -n "$twice" ]; then break; fi
		read -r -t "$DEADLINE" line <&"$from"
		[ "$line" = "http://h/$n" ]
		if ((n == 2)); then twice=1; fi
	done
	exec {to}>&-
	run ! read -r -t "$DEADLINE" line <&"$from"
	wait "$!"
}

@test "par-frontier: a state is one crawl's, and goes with its output" {
	echo http://h/1 | par-frontier --same-host --state state -o out ./tree
	: >out
	run -3 par-frontier --state state -o out ./tree </dev/null
	[ "$output" = 'par-frontier: out: shorter than when the crawl was left' ]
	mkfifo in
	par-frontier --state other cat <in 3>&- &
	exec {to}>in
	eventually test -s other/frontier
	run -3 par-frontier --state other cat </dev/null
	[ "$output" = 'par-frontier: other: another par-frontier uses it' ]
	exec {to}>&-
	echo nonsense >state/frontier
	run -3 par-frontier --state state cat </dev/null
	[[ $output == 'par-frontier: state: '* ]]
}

@test "par-frontier: a command that cannot be started for now is started later" {
	echo http://a.example/1 >in
	export PAGES=3
	exec 6>>tree # being written: ETXTBSY
	background sh -c 'exec par-frontier --same-host -o out ./tree <in 2>err' 6>&-
	pid=$!
	eventually grep -q 'tree: could not be started: Text file busy' err
	exec 6>&-
	wait "$pid"
	pages out | cmp - <(seq 0 3)
	[ "$(wc -l <err)" = 1 ]
	run -126 par-frontier ./err <in
}

@test "par-frontier: memory does not grow with the URLs" {
	! nm "$(command -v par-frontier)" | grep -q __asan || skip "built with sanitizers"
	# 40 MB of URLs, and more in a table
	seq 200000 | sed "s,^,http://h/$(printf '%0190d' 0)," >urls
	(ulimit -d 50000 && par-frontier cat <urls) | sort >out
	sort urls | same - out
}

# A command that needs no network: page n, of one of 13 hosts, links to three others.
make_hosts() {
	cat >hosts <<-'END'
		#!/bin/bash
		while IFS= read -r url; do
			n=${url##*/}
			for m in $((2 * n)) $((2 * n + 1)) $((n / 2)) $((n * 7 % (PAGES + 1))); do
				if ((m <= PAGES)); then echo "$url	http://h$((m % 13)).example/$m"; fi
			done
			echo "$url"
		done
	END
	chmod +x hosts
	export PAGES=1000
	echo http://h1.example/1 >start
}

# share I N OPTION... COMMAND: one of them, started again until it ends by itself.
share() {
	local i=$1 n=$2

	shift 2
	cat >"again.$i" <<-'END'
		i=$1 n=$2
		shift 2
		while :; do
			sh -c 'echo $$ >pid.$0; exec "$@"' "$i" par-frontier --share "$i/$n" --exchange mail \
				--state "state.$i" -o "out.$i" "$@" <start 2>>"err.$i"
			status=$?
			[ "$status" = 137 ] || break
		done
		exit "$status"
	END
	background bash "again.$i" "$i" "$n" "$@"
	shares+=("$!")
}

all_wrote() { [ "$(cat out.? 2>nothing | wc -l)" -ge "$1" ]; }

@test "par-frontier: where address space is limited it takes less of it" {
	[ -z "${SANITIZED-}" ] || skip "AddressSanitizer needs more"
	ulimit -v 4000000
	[ "$(par-frontier --state state cat <<<http://h/)" = http://h/ ]
	[ "$(par-frontier cat <<<http://h/)" = http://h/ ]
}

@test "par-frontier: four that share the hosts are killed, have each page once, and end together" {
	local i k pid shares=()

	make_hosts
	for i in 1 2 3 4; do share "$i" 4 ./hosts; done
	for ((k = 0; k < 16; k++)); do
		eventually all_wrote "$((k * 200))"
		kill -9 "$(cat "pid.$((k % 4 + 1))")" 2>nothing || true # it may have just ended
	done
	for pid in "${shares[@]}"; do wait "$pid"; done
	pages out.? | same <(seq 0 1000) -
	# each has its hosts, and no other one's
	for i in 1 2 3 4; do grep -v '	' "out.$i" | cut -d / -f 3 | sort -u; done | sort >has
	[ "$(uniq -d has)" = '' ]
	[ "$(wc -l <has)" = 13 ]
	# what was killed last is told of no more, and nothing is left to do
	shares=()
	for i in 1 2 3 4; do share "$i" 4 false; done
	for pid in "${shares[@]}"; do wait "$pid"; done
}

@test "par-frontier: of those that share, none takes a step before all have finished the last one" {
	local i pid shares=()

	make_hosts
	par-frontier -d 4 ./hosts <start >alone
	# the first one is slow: its pages are reached by longer ways, too, at first
	printf '%s\n' '#!/bin/bash' 'while read -r url; do read -r -t 0.05 <> <(:); ./hosts <<<"$url"; done' >slow # slow
	chmod +x slow
	share 1 3 -d 4 ./slow
	share 2 3 -d 4 ./hosts
	share 3 3 -d 4 ./hosts
	for pid in "${shares[@]}"; do wait "$pid"; done
	sort alone | same - <(cat out.? | sort)
}

@test "par-frontier: one that shares waits for the others, and is told what it was before" {
	local pid status=0

	make_hosts
	background sh -c 'exec par-frontier --share 1/2 --exchange mail --state state.1 -o out.1 ./hosts <start 2>err'
	pid=$!
	eventually grep -qs 'idle 1' mail/1
	kill "$pid"
	wait "$pid" || status=$?
	[ "$status" = 4 ]
	[ "$(<err)" = 'par-frontier: stopped early: URLs are left' ]
	run -3 par-frontier --share 2/2 --exchange mail --state state.1 ./hosts </dev/null
	[ "$output" = 'par-frontier: state.1: is of --share 1/2' ]
	run -3 par-frontier --state state.1 ./hosts </dev/null
	[ "$output" = 'par-frontier: state.1: is of --share 1/2' ]
	run -3 par-frontier --share 1/2 --exchange mail --state other ./hosts </dev/null
	[ "$output" = 'par-frontier: mail/1-2: is of another crawl, or its --state is lost; remove the folder' ]
	echo 'frontier share 2' >mail/2
	run -3 par-frontier --share 1/2 --exchange mail --state state.1 ./hosts </dev/null
	[ "$output" = 'par-frontier: mail/2: made by a newer par (frontier share 2, and this one reads 1): use that one' ]
	for wrong in 0/2 3/2 1 1/ /2 1/257 a/b 1/2/3; do
		run -2 par-frontier --share "$wrong" --exchange mail --state state.1 ./hosts </dev/null
	done
	run -2 par-frontier --share 1/2 ./hosts </dev/null
	[ "${lines[0]}" = 'par-frontier: --share, --exchange and --state go together' ]
	run -2 par-frontier --share 1/2 --exchange mail ./hosts </dev/null
	run -2 par-frontier --exchange mail --state state.1 ./hosts </dev/null
}

@test "par-frontier: what another one left is read by whole records, and what is none is named" {
	local pid shares=()

	: >start
	mkdir mail
	# h1 and h2 are of the first one, everywhere and for ever
	printf 'http://h%d.example/0\t1\n' 1 2 3 4 >all
	printf 'nothing\t1\n' >>all
	printf 'http://h5.example/0\t1' >>all # half of a record
	cp all mail/1-2
	share 2 2 cat
	eventually grep -qs 'idle 1' mail/2
	for wrong in http://h1.example/0 http://h2.example/0 nothing; do
		printf 'par-frontier: %s\\t1: was left by another one, and is not ours\n' "$wrong"
	done | same - err.2
	printf 'http://h%d.example/0\n' 3 4 | same - <(sort out.2)
	kill "$(<pid.2)"
	wait "${shares[0]}" || [ "$?" = 4 ]
	# the half that one left itself goes, when it goes on
	printf 'http://h1.example/7\t1\nhttp://h1.exa' >mail/2-1
	share 2 2 cat
	eventually grep -qx '1 written 22 read .*' mail/2
	[ "$(<mail/2-1)" = $'http://h1.example/7\t1' ]
	kill "$(<pid.2)"
	wait "${shares[1]}" || [ "$?" = 4 ]
	# shorter than what was read of it
	: >mail/1-2
	run -3 par-frontier --share 2/2 --exchange mail --state state.2 cat </dev/null
	[ "$output" = 'par-frontier: mail/1-2: shorter than what was read of it' ]
}

@test "par-frontier: where a page has moved to is known to the one whose host that is" {
	local pid shares=()

	cat >moved <<-'END'
		#!/bin/bash
		while read -r url; do
			to=$url
			case $url in
			*/old) to=http://h3.example/new ;;
			*/page) printf '%s\thttp://h3.example/new\n%s\thttp://h3.example/other\n' "$url" "$url" ;;
			esac
			printf '%s\t\t200\ttext/html\t%s\t\n' "$url" "$to"
		done
	END
	chmod +x moved
	echo http://h1.example/old >start
	share 1 2 ./moved
	eventually grep -qs 'idle 1' mail/1
	[ "$(<mail/1-2)" = $'http://h3.example/new\tknown' ]
	echo http://h3.example/page >start
	share 2 2 ./moved
	for pid in "${shares[@]}"; do wait "$pid"; done
	cut -f 1 out.2 | sort -u | same - <(printf 'http://h3.example/%s\n' other page)
}
