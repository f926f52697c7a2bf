#!/usr/bin/env bats
load helper

U=http://h/d/p.html

# page BODY [TYPE [URL]]: a page record; BODY with the escapes of a field.
page() {
	printf '%s\t200\t%s\t%s\t\t%s\n' "$U" "${2-text/html}" "${3-$U}" "$1"
}

# page_of FILE: the same of a file.
page_of() {
	printf '%s\t200\ttext/html\t%s\t\t' "$U" "$U"
	sed -z 's/\\/\\\\/g; s/\t/\\t/g; s/\n/\\n/g; s/\r/\\r/g' "$1"
	echo
}

# links_are PAGE... -- LINK...: what all the pages give.
links_are() {
	while [ "$1" != -- ]; do page "$1"; shift; done >pages
	shift
	par-links <pages >out
	{ [ $# = 0 ] || printf "$U\t%s\n" "$@"; } >want
	same out want
}

# steps FILE: how many instructions par-links executes on it.
steps() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null par-links <"$1" 2>&1 \
	    >/dev/null | sed -n 's/.*Collected : //p'
}

@test "par-links: links of a page that has everything, and nothing else" {
	page_of "$ROOT/tests/data/links.html" | par-links >out
	grep -c . out
	run -1 grep /no/ out
	[ "$(grep -o 'ok/[0-9]*' out | cut -d / -f 2 | tr '\n' ' ')" = "$(seq 44 | tr '\n' ' ')" ]
	[ "$(grep -cx "$U	$U" out)" = 3 ]
	grep -qx "$U	http://h/ok/26?a=1&b=2&copy=3%3C" out
	grep -qx "$U	http://h/ok/27%E2%89%82%CC%B8" out
}

@test "par-links: the page's URL stays as it was, byte for byte" {
	printf 'HTTP://h:80/ä\\t\\\\%%zz\t200\ttext/html\thttp://h/\t\t<a href=x>\n' |
		par-links >out
	printf 'HTTP://h:80/ä\\t\\\\%%zz\thttp://h/x\n' >want
	same out want
}

@test "par-links: links keep their order, and come as often as they stand there" {
	links_are '<a href=b><a href=a><a href=b>' '<a href=c>' -- \
		http://h/d/b http://h/d/a http://h/d/b http://h/d/c
}

@test "par-links: relative links, by the base they have" {
	links_are '<a href=../x><a href=../../../x><a href=./x><a href=x/./y/../z/..><a href=/x><a href=//k/x><a href=?q><a href=#f><a href="">' \
		-- http://h/x http://h/x http://h/d/x http://h/d/x/ http://h/x http://k/x \
		"$U?q" "$U#f" "$U"
}

@test "par-links: URLs as browsers read them" {
	links_are '<a href="HTTP://EXAMPLE.org:80/%7e/%2E%2e/a b"><a href=https://example.org:443><a href="\\\\k\\x"><a href=http:x>' \
		'<a href=http://0x7f.1/><a href=http://[::7F00:1]/><a href="http://bücher.example/ß?ß#ß"><a href=mailto:a@b>' -- \
		'http://example.org/a%20b' https://example.org/ http://k/x http://h/d/x \
		http://127.0.0.1/ 'http://[::7f00:1]/' \
		'http://xn--bcher-kva.example/%C3%9F?%C3%9F#%C3%9F' mailto:a@b
}

@test "par-links: what is no URL is given as it is, and left out by --valid" {
	page '<a href="http://[x\\y/"><a href="http://a b/"><a href=z>' >pages
	par-links <pages | cut -f 2 >out
	printf '%s\n' 'http://[x\\y/' 'http://a b/' http://h/d/z >want
	same out want
	par-links --valid <pages | cut -f 2 >out
	echo http://h/d/z >want
	same out want
}

@test "par-links: the URL cases of the web-platform-tests" {
	command -v python3 || skip "no python3"
	records=$ROOT/tests/data/links-url/records.py
	python3 "$records" pages | par-links --valid --regex '(?s)^<(.*)>$' >out
	# libidn2 keeps to IDNA2008, in which a snowman is no letter.
	python3 "$records" links | grep -vx $'49[67]\t.*://xn--n3h/' >want
	[ "$(grep -c . want)" -gt 600 ]
	same out want
}

@test "par-links: the first base with an href counts, also for links before it" {
	links_are '<a href=x><!-- <base href=/no/> --><script><base href=/no/></script><template><base href=/no/></template><base target=t><base href="/b/"><base href=/no/><a href=y>' \
		-- http://h/b/x http://h/b/y
	links_are '<base href=http://k/><a href=x>' '<a href=x>' -- http://k/x http://h/d/x
	links_are '<base href=data:x><a href=x>' -- http://h/d/x
	links_are '<base href=http://[/><a href=x>' -- http://h/d/x
	links_are '<base href=><base href=/no/><a href=x>' -- http://h/d/x
}

@test "par-links: links are resolved on the effective URL, the page's own if there is none" {
	page '<a href=x>' text/html https://k/e/ | par-links >out
	page '<a href=x>' text/html '' | par-links >>out
	printf "$U\t%s\n" https://k/e/x http://h/d/x >want
	same out want
}

@test "par-links: every named reference, in text and in attributes" {
	command -v python3 || skip "no python3"
	python3 >pages 3>want <<-'END'
		import html.entities, os, urllib.parse
		page = "http://h/\t200\ttext/html\t\t\t"
		want = os.fdopen(3, "w")
		for name, text in sorted(html.entities.html5.items()):
		    print(page + '<a href="m:|&%s|">' % name)
		    text = "".join("%%%02X" % b if b > 126 or b < 32 else chr(b)
		                   for b in text.encode() if b not in b"\t\n")
		    want.write("http://h/\tm:|%s|\n" % text.replace("\\", "\\\\"))
	END
	[ "$(grep -c . want)" = 2231 ]
	par-links <pages | sed 's/?/\x01/; s/#/\x02/' >out
	sed -i 's/?/\x01/; s/#/\x02/' want
	same out want
}

@test "par-links: references without a semicolon, and by number" {
	links_are '<a href="?&copy&copy;&copy1&copy=&copyx&notit;&notin;"><a href="?&#65&#x41;&#x;&#;&#0;&#x80;&#xD800;&#x110000;&#99999999999;&">' -- \
		"$U?%C2%A9%C2%A9&copy1&copy=&copyx&notit;%E2%88%89" \
		"$U?AA&#x;&#;%EF%BF%BD%E2%82%AC%EF%BF%BD%EF%BF%BD%EF%BF%BD&"
}

@test "par-links: pages that are not HTML, or have no body, have no links" {
	{
		page '<a href=x>' image/png
		page '<a href=x>' text/plain
		page '<a href=x>' text/htmlx
		page ''
		printf 'http://h/\t000\t\t\tno answer\n'
		printf 'http://h/\t000\t\t\tno answer\t\n'
	} >pages
	run -0 --separate-stderr par-links <pages
	[ -z "$output$stderr" ]
	{
		page '<a href=x>' 'Text/HTML ;charset=utf-8'
		page '<a href=x>' application/xhtml+xml
		page '<a href=x>' ''
	} >pages
	[ "$(par-links <pages | grep -cx "$U	http://h/d/x")" = 3 ]
}

@test "par-links: what follows the body is left alone" {
	page $'<a href=x>\t<a href=y>\tz' | par-links >out
	echo "$U	http://h/d/x" >want
	same out want
}

@test "par-links: a record that is no page record is named, and the others go on" {
	{ echo 'not a page'; page '<a href=x>'; echo; } >pages
	run -1 --separate-stderr par-links <pages
	[ "$output" = "$U	http://h/d/x" ]
	[ "${stderr_lines[0]}" = 'par-links: not a page: not a page record: fewer than five fields' ]
	[ "${#stderr_lines[@]}" = 2 ]
}

@test "par-links: --regex takes the first group, or all of the match" {
	page '<a href="x"><img src="y">' >pages
	run -0 par-links --regex 'src="([^"]*)"' <pages
	[ "$output" = "$U	http://h/d/y" ]
	page 'see http://k/a, http://k/b' text/plain >pages
	run -0 par-links --regex 'https?://[^\s,]+' <pages
	[ "${lines[*]}" = "$U	http://k/a $U	http://k/b" ]
	page 'aXb' text/plain >pages
	run -0 par-links --regex 'x*' <pages
	[ -z "$output" ]
	run -0 par-links --regex '(?i)(x)|b' <pages
	[ "$output" = "$U	http://h/d/X" ]
	run -0 par-links --regex . < <(page $'\xff\xfeä' text/plain)
	[ "$output" = "$U	http://h/d/%C3%A4" ]
}

@test "par-links: a pattern that runs away is that record's error" {
	{ page '<b>1</b>'; page "$(printf 'a%.0s' {1..60})"; page '<b>2</b>'; } >pages
	run -1 --separate-stderr par-links --regex '<b>(.*?)</b>|(a+)+$(?<=b)' \
		--match-limit 100000 <pages
	[ "${lines[*]}" = "$U	http://h/d/1 $U	http://h/d/2" ]
	[[ ${stderr_lines[0]} == "par-links: $U"*": match limit exceeded" ]]
	[ "${#stderr_lines[@]}" = 1 ]
}

@test "par-links: the pattern of the book finds what tags give" {
	page '<p><a class="x"\n href="y">z</a> <a href='"'v'"'>w</a>' >pages
	par-links <pages >want
	par-links --regex "<a\\s(?:.*?\\s)*?href=['\"](.*?)['\"].*?>" <pages >out
	same out want
}

@test "par-links: wrong patterns, numbers and operands are misuse" {
	run -2 par-links --regex '(x' </dev/null
	[[ $output == *"--regex: missing closing parenthesis, at byte 3"* ]]
	run -2 par-links --match-limit 0 </dev/null
	run -2 par-links file </dev/null
}

@test "par-links: bytes 0 to 255 are a page, and so is none" {
	command -v python3 || skip "no python3"
	python3 -c 'import sys
body = bytes(range(256))
for a, b in ((b"\\", rb"\\"), (b"\t", rb"\t"), (b"\n", rb"\n"), (b"\r", rb"\r"), (b"\0", rb"\0")):
    body = body.replace(a, b)
for tag in (b"%s", b"<a %s><a href=x>", b"<a href=\"?%s\">", b"<!--%s--><a href=x>", b"<%s><a href=x>"):
    sys.stdout.buffer.write(b"http://h/\t200\ttext/html\t\t\t" + tag % body + b"\n")' >pages
	run -0 par-links <pages
	[ "$(grep -cx $'http://h/\thttp://h/x' <<<"$output")" = 3 ]
	[ "$(par-links </dev/null | wc -c)" = 0 ]
}

@test "par-links: a page of 50 MB, and a last record without its newline" {
	{ printf '%s\t200\ttext/html\t\t\t<a href=1>' "$U"
	  head -c 50000000 /dev/zero | tr '\0' x
	  printf '<a href=2>'; } >pages
	run -0 par-links <pages
	[ "${lines[*]}" = "$U	http://h/d/1 $U	http://h/d/2" ]
	{ page '<a href=1>'; cat pages; echo; page '<a href=3>'; } >both
	run -1 --separate-stderr par-links --max-record 1M <both
	[ "${lines[*]}" = "$U	http://h/d/1 $U	http://h/d/3" ]
	[[ $stderr == *"longer than 1048576 bytes"* ]]
}

@test "par-links: a full disk and a closed pipe" {
	page '<a href=x>' >pages
	run -3 bash -c 'par-links <pages >/dev/full'
	[ "$output" = 'par-links: standard output: No space left on device' ]
	{ yes "$(cat pages)" || true; } | head -n 5000 >many
	run -0 bash -c 'par-links <many | head -n 1'
	[ "${#lines[@]}" = 1 ]
}

@test "par-links: links come as their page comes, not at the end of input" {
	mkfifo in out
	par-links <in >out 3>&- &
	BACKGROUND+=("$!")
	exec {to}>in {from}<out
	page '<a href=x>' >&"$to"
	read -r -t "$DEADLINE" line <&"$from"
	[ "$line" = "$U	http://h/d/x" ]
	exec {to}>&-
	wait "$!"
}

@test "par-links: tells a supervisor what became of each record" {
	{ page '<a href=x>'; echo bad; page 'no links'; page '<a href=y><a href=z>'; } >pages
	bash -c 'PAR_STAGE=9:$BASHPID exec par-links' <pages 9>words >out
	[ "$(head -n 1 words)" = 'par-stage 1' ]
	one=$((${#U} + 1 + 12 + 1))
	printf '%s\n' "0 $one ok" '1 0 fail not a page record: fewer than five fields' \
		'2 0 ok' "3 $((2 * one)) ok" >want
	tail -n +2 words >told
	same told want
	[ "$(grep -c . out)" = 3 ]
}

# Bodies that make careless scanners go over the same bytes again and again.
attacks() {
	cat <<-'END'
		<a 
		<a href="
		<a href='
		<a href=x 
		<!--
		<!-- x>
		<!--->-
		<!-- --!-
		<!x
		<?x
		</x
		</a x="
		<
		<<a 
		<b x="<
		<b x='>
		=
		<a =
		<a / / /
		<script>
		<script><!--
		<script><!--<script>
		<!--<script></script
		<title></titl
		<textarea></textare
		<plaintext>
		<svg>
		<svg><title>
		<svg><![CDATA[
		<svg><![CDATA[]]
		</svg></math>
		<math><mi><svg>
		<svg><p>
		<template>
		<base href="
		<base>
		<a href="&
		&amp
		&#
		<a href="../
		-->
	END
}

@test "par-links: hostile pages take time that grows with their size, no faster" {
	command -v valgrind || skip "no valgrind"
	run valgrind --tool=callgrind --callgrind-out-file=/dev/null par-links --version
	[ "$status" = 0 ] || skip "this build does not run under valgrind"
	for size in 0 1 2; do
		attacks | while IFS= read -r attack; do
			page "$(yes "$attack" | tr -d '\n' | head -c $((size * 20000)) | sed 's/\\/\\\\/g')"
			# The same once closed, or inside one attribute.
			page "<a href=\"$(yes "$attack" | tr -d '\n"' | head -c $((size * 5000)))\">"
		done >"pages$size"
	done
	none=$(steps pages0) one=$(($(steps pages1) - none)) two=$(($(steps pages2) - none))
	echo "$none $one $two"
	((one > 1000000 && two < one * 23 / 10))
}
