#!/usr/bin/env bats
load helper
load aid/hostile

setup_file() {
	load helper
	load aid/hostile
	export ROBOTS=$BATS_FILE_TMPDIR/robots
	mkdir "$ROBOTS"
	hostile_start
}

teardown_file() {
	load aid/hostile
	hostile_stop
}

# fetch HOST OPTION...: the paths on standard input of HOST.test, with its robots.txt
fetch() {
	sed "s,^,http://$1.test:$HOSTILE_PORT," |
		par-fetch --robots --resolve "$1.test:$HOSTILE_PORT:127.0.0.1" --retries 0 "${@:2}" 2>/dev/null
}

# allowed AGENT PATH...: print those paths that robots.txt, on standard input, allows
allowed() {
	local agent=$1 host

	host=h$RANDOM$RANDOM
	cat >"$ROBOTS/$host.test"
	shift
	printf '%s\n' "$@" | fetch "$host" -A "$agent" -j 1 | awk -F '\t' '$5 == "" { print $4 }' |
		sed "s,^http://$host.test:$HOSTILE_PORT,," | paste -sd ' '
}

@test "par-fetch: --robots asks once, and does not ask for what is disallowed" {
	printf 'User-agent: *\nDisallow: /status\n' >"$ROBOTS/once.test"
	printf '/ok?1\n/status/200\n/ok?2\n' | fetch once >out || true
	[ "$(cut -f 2 out | sort | paste -sd ' ')" = "000 200 200" ]
	[ "$(grep -c "disallowed by robots.txt" out)" -eq 1 ]
	[ "$(requests /robots.txt)" -eq 1 ]
	[ "$(requests /status)" = 0 ]
	# without the option it is not asked for
	echo "http://once.test:$HOSTILE_PORT/status/200" >urls
	run -0 par-fetch --resolve "once.test:$HOSTILE_PORT:127.0.0.1" <urls
	[ "$(requests /robots.txt)" -eq 1 ]
}

@test "par-fetch: --robots: no file allows all, one that cannot be had nothing" {
	[ "$(allowed x /ok <<<'!404')" = /ok ]
	[ "$(allowed x /ok <<<'!403')" = /ok ]
	[ "$(allowed x /ok <<<'!500')" = "" ]
	[ "$(allowed x /ok <<<'!503')" = "" ]
	[ "$(allowed x /ok </dev/null)" = /ok ]
	echo '!500' >"$ROBOTS/five.test"
	[[ $(fetch five <<</ok | cut -f 2,5) = $'000\trobots.txt could not be had' ]]
}

@test "par-fetch: --robots follows redirects, also to other servers" {
	printf 'User-agent: *\nDisallow: /ok\n' >"$ROBOTS/127.0.0.1"
	[ "$(allowed x /ok /size/1 <<<"!302http://127.0.0.1:$HOSTILE_PORT/robots.txt")" = /size/1 ]
	[ "$(allowed x /ok <<<"!302/robots.txt")" = /ok ] # for ever: as if there were none
	# one whose Content-Encoding is none
	[ "$(allowed x /ok /size/1 <<<"!302/odd/coding-robots")" = /size/1 ]
	# and what a page redirects to is looked at, too
	rm "$ROBOTS/127.0.0.1"
	printf 'User-agent: *\nDisallow: /size\n' >"$ROBOTS/other.test"
	echo "$HOSTILE/to/302?url=http://other.test:$HOSTILE_PORT/size/7" >urls
	run -1 --separate-stderr par-fetch --robots --resolve "other.test:$HOSTILE_PORT:127.0.0.1" <urls
	[[ $output = *$'\t000\t\t'*/size/7$'\tdisallowed by robots.txt\t' ]]
	[ "$(requests /size/7)" = 0 ]
}

@test "par-fetch: --robots: only the beginning of an endless file is read" {
	printf endless >"$ROBOTS/endless.test"
	printf '/no\n/ok\n' | fetch endless >out || true
	[ "$(awk -F '\t' '$2 == 200' out | cut -f 6)" = 'hello\n' ]
	grep -q '/no.*disallowed by robots.txt' out
}

@test "par-fetch: --robots: Crawl-delay keeps requests apart" {
	printf 'User-agent: *\nCrawl-delay: 0.3\n' >"$ROBOTS/delay.test"
	printf '/ok?delay%s\n' 1 2 3 | fetch delay >out
	[ "$(wc -l <out)" -eq 3 ]
	grep '/ok.delay' "$HOSTILE_LOG" |
		awk 'NR > 1 && $4 - last < 0.15 { bad = 1 } { last = $4 } END { exit bad || NR != 3 }'
}

@test "par-fetch: --robots goes with -I, -d and -o" {
	printf 'User-agent: *\nDisallow: /size\n' >"$ROBOTS/ways.test"
	for way in -I '-d x' '-o pages' '-X BREW' --json; do
		# shellcheck disable=SC2086 # an option and its argument
		printf '/ok\n/size/5\n' | fetch ways $way >out || true
		[ "$(wc -l <out)" -eq 2 ]
		[ "$(grep -c 'disallowed by robots.txt' out)" -eq 1 ]
	done
	[ "$(grep -c '^get GET /robots.txt' "$HOSTILE_LOG")" -eq "$(requests /robots.txt)" ]
}

@test "par-fetch: --robots: whose rules they are" {
	[ "$(allowed FooBot /ok <<<$'user-agent: FooBot\ndisallow: /')" = "" ]
	[ "$(allowed BarBot /ok <<<$'user-agent: FooBot\ndisallow: /')" = /ok ]
	[ "$(allowed FooBot/2.1 /ok <<<$'user-agent: FOOBOT\ndisallow: /')" = "" ]
	[ "$(allowed FooBot /ok <<<$'User-Agent : FooBot # us\n Disallow : / # all')" = "" ]
	[ "$(allowed FooBot /ok <<<$'user-agent: Foo\ndisallow: /')" = /ok ]
	[ "$(allowed Foo-Bar_Bot/2.1 /ok <<<$'user-agent: foo-bar_bot\ndisallow: /')" = "" ]
	[ "$(allowed Foo-Bar_Bot /ok <<<$'user-agent: Foo\ndisallow: /\nuser-agent: Foo-Bar\ndisallow: /')" = /ok ]
	# our own group, and no other
	[ "$(allowed FooBot /ok <<<$'user-agent: *\ndisallow: /\nuser-agent: FooBot\nallow: /x')" = /ok ]
	[ "$(allowed FooBot /ok <<<$'user-agent: *\ndisallow: /\nuser-agent: FooBot')" = /ok ]
	[ "$(allowed FooBot /ok <<<$'user-agent: BarBot\nallow: /\nuser-agent: *\ndisallow: /')" = "" ]
	# groups of the same name are one, groups may have several names
	[ "$(allowed a /ok /size/1 /echo <<<$'user-agent: a\ndisallow: /ok\nuser-agent: b\nallow: /\nuser-agent: a\ndisallow: /size')" = /echo ]
	[ "$(allowed b /ok /echo <<<$'user-agent: a\nuser-agent: b\ndisallow: /ok\nuser-agent: c\ndisallow: /echo')" = /echo ]
	# lines before the first group, and lines of no meaning
	[ "$(allowed a /ok <<<$'disallow: /\nfoo\nuser-agent: a\nsitemap: x\nallow: /')" = /ok ]
	# a byte order mark, and any line ending
	[ "$(printf '\357\273\277user-agent: a\rdisallow: /ok\r\ndisallow: /echo' | allowed a /ok /echo /size/1)" = /size/1 ]
}

@test "par-fetch: --robots: which paths a rule is for" {
	rule() { printf 'User-agent: *\n%s\n' "$@" | allowed x "${paths[@]}"; }
	paths=(/ok /ok/a /ok?q=1)
	[ "$(rule 'Disallow: /ok')" = "" ]
	[ "$(rule 'Disallow: /ok$')" = "/ok/a /ok?q=1" ]
	[ "$(rule 'Disallow: /ok/')" = "/ok /ok?q=1" ]
	[ "$(rule 'Disallow: /*a')" = "/ok /ok?q=1" ]
	[ "$(rule 'Disallow: *?*=')" = "/ok /ok/a" ]
	[ "$(rule 'Disallow: /*1$')" = "/ok /ok/a" ]
	[ "$(rule 'Disallow:')" = "/ok /ok/a /ok?q=1" ]
	[ "$(rule 'Disallow: /OK')" = "/ok /ok/a /ok?q=1" ]
	# the longest counts; allow wins a tie, in any order
	[ "$(rule 'Disallow: /' 'Allow: /ok/')" = "/ok/a" ]
	[ "$(rule 'Allow: /ok/' 'Disallow: /')" = "/ok/a" ]
	[ "$(rule 'Disallow: /ok' 'Allow: /ok')" = "/ok /ok/a /ok?q=1" ]
	[ "$(rule 'Allow: /ok' 'Disallow: /ok')" = "/ok /ok/a /ok?q=1" ]
	[ "$(rule 'Allow: /ok' 'Disallow: /*?')" = "/ok /ok/a /ok?q=1" ]
	# encodings of the same path
	paths=(/ok/%E3%83%84 /ok/%62%61%7A /ok/a%2Fb)
	[ "$(rule 'Disallow: /ok/ツ')" = "/ok/%62%61%7A /ok/a%2Fb" ]
	[ "$(rule 'Disallow: /ok/%e3%83%84')" = "/ok/%62%61%7A /ok/a%2Fb" ]
	[ "$(rule 'Disallow: /ok/baz')" = "/ok/%E3%83%84 /ok/a%2Fb" ]
	[ "$(rule 'Disallow: /ok/a/b')" = "/ok/%E3%83%84 /ok/%62%61%7A /ok/a%2Fb" ]
}
