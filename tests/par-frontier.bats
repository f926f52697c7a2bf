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
	[ "$(grep -c "^000	$SITE_URL/odd/closed	[A-Z]" <<<"$output")" = 1 ]
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

grown() {
	[ -e out ] && [ "$(wc -c <out)" -gt "$1" ]
}

@test "par-frontier: a signal lets what is in flight finish, and the rest is for the next run" {
	local pid status=0

	echo http://h/1 >start
	background sh -c 'exec par-frontier -j 8 --same-host --state state -o out ./tree <start 2>err'
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
	printf 'http://h/%s\n' a b | par-frontier -j 1 ./moved >out
	printf 'http://h/%s\n' a b b | same <(cut -f 1 out) -
}

@test "par-frontier: hosts take turns" {
	PAGES=-1
	{ printf 'http://a/%d\n' {1..50}; printf 'http://b/%d\n' {1..50}; } >urls
	par-frontier -j 1 --same-host ./tree <urls | grep -v '	' | cut -c 8 | paste - - | sort -u >pairs
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
	run -1 --separate-stderr par-frontier -j 8 --per-host 4 --patience 200ms ./deaf <urls
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
	[[ ${stderr_lines[-1]} = 'par-frontier: ./mortal: ended 3 times without a page' ]]
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
	[ "$stderr" = 'par-frontier: nothing: not a URL of http or https
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
	[ "$output" = 'par-frontier: other: in use by another process' ]
	exec {to}>&-
	echo nonsense >state/frontier
	run -3 par-frontier --state state cat </dev/null
	[[ $output == 'par-frontier: state: '* ]]
}

@test "par-frontier: memory does not grow with the URLs" {
	! nm "$(command -v par-frontier)" | grep -q __asan || skip "built with sanitizers"
	# 40 MB of URLs, and more in a table
	seq 200000 | sed "s,^,http://h/$(printf '%0190d' 0)," >urls
	(ulimit -d 50000 && par-frontier cat <urls) | sort >out
	sort urls | same - out
}
