#!/usr/bin/env bats
load helper

U=http://h/d/p.html

# page BODY [TYPE [URL]]: a page record; BODY with the escapes of a field.
page() {
	printf '%s\t200\t%s\t%s\t\t%s\n' "$U" "${2-text/html;charset=utf-8}" "${3-$U}" "$1"
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
	valgrind --tool=callgrind --callgrind-out-file=/dev/null par-links --no-sandbox <"$1" 2>&1 \
	    >/dev/null | sed -n 's/.*Collected : //p'
}

@test "par-links: links of a page that has everything, and nothing else" {
	page_of "$ROOT/tests/data/links.html" | par-links >out
	grep -c . out
	run -1 grep /no/ out
	[ "$(grep -o 'ok/[0-9]*' out | cut -d / -f 2 | tr '\n' ' ')" = "$(seq 43 | tr '\n' ' ')" ]
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
	python3 "$records" links >want
	[ "$(grep -c . want)" -gt 600 ]
	same out want
}

@test "par-links: names of hosts that are symbols, and such that are none" {
	links_are $'<a href="//I\xe2\x99\xa5\xef\xb8\x8f.example"><a href="//a.\xf0\x9f\x92\xa9.la/"><a href="//xn--a.\xe2\x99\xa5/">' \
		$'<a href="//b\xc3\xbccher.\xe2\x98\x95.x"><a href="//\xe2\x99\xa5\xe2\x80\xae/">' -- \
		http://xn--i-n3p.example/ http://a.xn--ls8h.la/ "//xn--a.$(printf '\xe2\x99\xa5')/" \
		http://xn--bcher-kva.xn--53h.x/ "//$(printf '\xe2\x99\xa5\xe2\x80\xae')/"
}

@test "par-links: names of hosts by UTS 46, however long, and without a limit of DNS" {
	local long

	long=$(printf '%070d' 0)
	links_are $'<a href="//fa\xc3\x9f.de"><a href="//a\xe3\x80\x82xn--53h/"><a href="//'"$long"$'\xc3\xa9/">' \
		$'<a href="//-\xc3\xa9--./"><a href="//\xd7\x90a/"><a href="//xn--\xc3\xa9/"><a href="//xn--a-/">' -- \
		http://xn--fa-hia.de/ http://a.xn--53h/ "http://xn--$long-9eg/" http://xn------bma./ \
		$'//\xd7\x90a/' $'//xn--\xc3\xa9/' http://xn--a-/
}

@test "par-links: what is not closed hides the rest, and is nothing itself" {
	links_are '<a href=1><a href=2' '<a href=1><b x="><a href=2>' "<a href=1><b x='><a href=2>" \
		'<a href=1><a href="2><a href=3>' '<a href=1><!-- <a href=2>' '<a href=1><!<a href=2' \
		'<a href=1><script><a href=2>' '<a href=1><textarea><a href=2></textare>' \
		'<a href=1><svg><![CDATA[<a href=2>' '<a href=1></b x="><a href=2>' '<a href=1><' \
		'<a href=1><a ' '<a href=1></' '<a href=1><a href' '<a href=1><a href=' -- \
		http://h/d/1 http://h/d/1 http://h/d/1 http://h/d/1 http://h/d/1 http://h/d/1 \
		http://h/d/1 http://h/d/1 http://h/d/1 http://h/d/1 http://h/d/1 http://h/d/1 \
		http://h/d/1 http://h/d/1 http://h/d/1
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

@test "par-links: references to blanks leave room for a frameset, others do not" {
	for blank in '&#10;' '&#32;' '&#0032;' '&#x20;' '&#xa;' '&#x000A;' '&#X0d;' '&#9' '&Tab;' '&NewLine;'; do
		page "<p>$blank<frameset><frame src=a>"
	done >pages
	for other in '&#100;' '&#48;' '&#x30;' '&#x0b;' '&#160;' '&nbsp;' '&amp;' '&'; do
		page "<p>$other<frameset><frame src=a>"
	done >others
	par-links --kinds frame <pages >out
	[ "$(grep -cx "$U	http://h/d/a" out)" = 10 ]
	par-links --kinds frame <others >out
	[ ! -s out ]
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

@test "par-links: XHTML has no raw text, and CDATA where it says so" {
	body='<title/><script src="s" /><a href="1">&amp;</a><![CDATA[<a href="no">]]><style><!-- <a href="no"> --></style><svg><a href="2"/><title><p/></title></svg><textarea><a href="3"/></textarea><a href="\xc3\xa4"/>'
	page "$(printf '%b' "$body")" application/xhtml+xml | par-links | cut -f 2 >out
	printf 'http://h/d/%s\n' 1 2 3 %C3%A4 >want
	same out want
	page "$(printf '%b' "$body")" | par-links | cut -f 2 >out
	echo http://h/d/%C3%A4 | same out -	# the rest is a title, and a text area
}

@test "par-links: XHTML has names as they are written, namespaces, and templates" {
	xhtml() { page "$1" application/xhtml+xml | par-links --kinds "${2-a,area}" --raw | cut -f 2; }

	{
		xhtml '<html xmlns="http://www.w3.org/1999/xhtml"><a href="1"/><A href="no"/><a HREF="no"/><a HREF="no" href="2"/></html>'
		xhtml '<x:html xmlns:x="http://www.w3.org/1999/xhtml" xmlns="urn:y"><a href="no"/><x:a href="3"/><a xmlns="http://www.w3.org/1999/xhtml" href="4"/><y><a href="no"/></y></x:html>'
		xhtml '<x:a href="no"/><y xmlns:x="http://www.w3.org/1999/xhtml"><x:a href="5"/></y><x:a href="no"/><template><a href="no"/><template/></template><a href="6"/>'
		xhtml '<svg xmlns="http://www.w3.org/2000/svg"><a xlink:href="7"/><template><a href="8"/></template></svg><a xlink:href="no"/><m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:a href="no"/></m:math><a href="9"/>'
	} >out
	seq 9 | same out -
	xhtml '<x xmlns="urn:y"><base href="/b/"/></x><base href="/c/"/><img src="1"/><IMG src="no"/>' base,img >out
	printf '%s\n' /c/ 1 | same out -
	page '<x xmlns="urn:y"><base href="/b/"/></x><template><base href="/c/"/></template><a href="1"/>' application/xhtml+xml |
		par-links | cut -f 2 >out
	echo http://h/d/1 | same out -
}

@test "par-links: what XHTML does not show ends as XML says" {
	page '<!DOCTYPE html [ <!ENTITY x "]><a href=\"no\">"> <!-- '"'"' --> <!ELEMENT a (#PCDATA)> ]><?x > <a href="no"/> ?><!--> <a href="no"/> --!> <a href="no"/> --><a href="1"/></b></a></c><a href="2"/><!-- <a href="no"/>' \
		application/xhtml+xml | par-links --raw | cut -f 2 >out
	seq 2 | same out -
	printf '\tapplication/xhtml+xml\t\t\t<!--\n\tapplication/xhtml+xml\t\t\t<?\n\tapplication/xhtml+xml\t\t\t<!DOCTYPE [ "\n' |
		sed 's,^,http://h/\t200,' | par-links | same - /dev/null
}

@test "par-links: XML says in its declaration what it is written in" {
	local a=$'<a href="?\xe4"/>'

	{
		page "<?xml version='1.0' encoding = 'ISO-8859-1'?>$a" application/xhtml+xml
		page "<?xml version='1.0' encoding = \"latin1\"?>$a<meta charset='koi8-r'/>" application/xhtml+xml
		page "<?xml encoding='iso-8859-5'?>$a" 'application/xhtml+xml;charset=latin1'
		page "<?xml encoding='windows-1252'?><meta charset='iso-8859-5'><a href='?&#x444;'>" text/html
		page "<?xml encoding='iso-8859-5'?><a href='?&#x444;'>" text/html
	} | par-links | cut -f 2 >out
	{
		page "<?xml encoding='koi8-r'?>$a" application/xhtml+xml
		page "<?xml encoding='utf-16'?><a href='?ä'>" application/xhtml+xml
		page "<?xml encoding='x'?><a href='?ä'>" application/xhtml+xml
		page " <?xml encoding='latin1'?><a href='?ä'>" application/xhtml+xml
		page "<meta charset='latin1'/><a href='?ä'>" application/xhtml+xml
	} | par-links | cut -f 2 >>out
	printf 'http://h/d/p.html?%s\n' %E4 %E4 %E4 %E4 %E4 %E4 %C3%A4 %C3%A4 %C3%A4 %C3%A4 | same out -
	page "<?xml version='1.0' encoding='latin1'?>"$'<loc>/\xe4</loc>' text/xml |
		par-links --regex '<loc>(.*?)<' | cut -f 2 >out
	printf '%s' '<?xml encoding="x"?><a href="/1"/>' | iconv -t utf-16le | sed -z 's/$/\\0/' | tr -d '\0' >body
	page "$(cat body)" application/xhtml+xml | par-links | cut -f 2 >>out
	printf '%s\n' http://h/%C3%A4 http://h/1 | same out -
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
	[ "${stderr_lines[0]}" = 'par-links: not a page: not a page record, as par-fetch writes them: fewer than five fields' ]
	[ "${#stderr_lines[@]}" = 2 ]
	# a page as it is in a file
	run -1 par-links <<<'<a href=x>'
	[ "$output" = 'par-links: <a href=x>: a page, not a page record: par-fetch makes that of a URL, and --html reads a page as it is' ]
}

@test "par-links: --html takes pages as they are, --base tells where they were" {
	printf '<a href="b c">\t\n\\n</a>\0<a\nhref=/d>' >'a %b?.html'
	run -0 par-links --html 'a %b?.html'
	[ "${lines[*]}" = "file://$PWD/a%20%25b%3F.html	file://$PWD/b%20c file://$PWD/a%20%25b%3F.html	file:///d" ]
	run -0 par-links --html --base HTTP://h/x/y <'a %b?.html'
	[ "${lines[*]}" = 'HTTP://h/x/y	http://h/x/b%20c HTTP://h/x/y	http://h/d' ]
	run -0 par-links --html --pages - "$PWD/a %b?.html" <'a %b?.html'
	[ "${lines[0]}" = '-	b c' ]
	[ "${lines[2]}" = '-			text/html		' ]
	[ "${lines[4]}" = "file://$PWD/a%20%25b%3F.html	file:///d" ]
	[ "${#lines[@]}" = 6 ]
	echo '<title/><a href="1"/>' | tee b.html >b.XHTML
	run -0 par-links --html --raw b.html b.XHTML /dev/null
	[ "$output" = "file://$PWD/b.XHTML	1" ]
	# none of it is a record to a supervisor
	run -0 par-run par-links --html --base http://h/ <<<'<a href=1>'
	[ "$output" = 'http://h/	http://h/1' ]
}

@test "par-links: a page of --html that cannot be read, or is too long, is named" {
	echo '<a href=1>' >page
	run -3 --separate-stderr par-links --html --base http://h/ missing page
	[ "$output" = 'http://h/	http://h/1' ]
	[ "$stderr" = 'par-links: missing: No such file or directory' ]
	run -1 --separate-stderr par-links --html --pages --max-record 10 page
	[ "$output" = "file://$PWD/page			text/html		" ]
	[ "$stderr" = "par-links: file://$PWD/page: longer than 10 bytes" ]
	par-links --html --max-record 11 page
	run -2 par-links --base http://h/ page
	run -2 par-links --html --base h page
	[[ $output == *'--base: h: not a URL'* ]]
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
	run -0 par-links --regex . < <(page $'\xffä' text/plain)
	[ "${lines[*]}" = "$U	http://h/d/%EF%BF%BD $U	http://h/d/%C3%A4" ]
}

@test "par-links: --regex decodes what it finds in XML, and in no other text but HTML" {
	for type in application/xml text/xml 'Application/RSS+XML; charset=utf-8' image/svg+xml text/html; do
		page '<loc>http://k/?a&amp;b&#38;copy=1</loc>' "$type"
	done | par-links --regex '<loc>(.*?)<' | cut -f 2 >out
	yes 'http://k/?a&b&copy=1' | head -n 5 | same out -
	for type in text/plain application/json text/x+xmlx; do
		page 'http://k/?a&amp;b' "$type" | par-links --regex '.*' | cut -f 2
	done >out
	yes 'http://k/?a&amp;b' | head -n 3 | same out -
}

@test "par-links: a pattern that runs away is that record's error" {
	{ page '<b>1</b>'; page "$(printf 'a%.0s' {1..60})"; page '<b>2</b>'; } >pages
	run -1 --separate-stderr par-links --regex '<b>(.*?)</b>|(a+)+$(?<=b)' \
		--match-limit 100000 <pages
	[ "${lines[*]}" = "$U	http://h/d/1 $U	http://h/d/2" ]
	[ "$stderr" = "par-links: $U: match limit exceeded; see --match-limit" ]
}

@test "par-links: the pattern of the book finds what tags give" {
	page '<p><a class="x"\n href="y">z</a> <a href='"'v'"'>w</a>' >pages
	par-links <pages >want
	par-links --regex "<a\\s(?:.*?\\s)*?href=['\"](.*?)['\"].*?>" <pages >out
	same out want
}

@test "par-links: wrong patterns and numbers are misuse" {
	run -2 par-links --regex '(x' </dev/null
	[[ $output == *"--regex: missing closing parenthesis, at byte 3"* ]]
	run -2 par-links --match-limit 0 </dev/null
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
	background bash -c 'exec par-links <in >out'
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
	printf '%s\n' "0 $one ok" '1 0 fail not a page record, as par-fetch writes them: fewer than five fields' \
		'2 0 ok' "3 $((2 * one)) ok" >want
	tail -n +2 words >told
	same told want
	[ "$(grep -c . out)" = 3 ]
}

# type_of CHARSET: a content type.
type_of() {
	echo "text/html; charset=$1"
}

@test "par-links: pages are read in the encoding of their content type" {
	while read -r charset bytes link; do
		page "<a href=\"$(printf '%b' "$bytes")?$(printf '%b' "$bytes")\">" \
			"$(type_of "$charset")" | par-links | cut -f 2 >out
		echo "http://h/d/$link" | same out - || { echo "$charset"; false; }
	done <<-'END'
		utf-8 \xc3\xa4 %C3%A4?%C3%A4
		"UTF8" \xc3\xa4 %C3%A4?%C3%A4
		utf-8 \xe4\xffx\xe2\x82 %EF%BF%BD%EF%BF%BDx%EF%BF%BD?%EF%BF%BD%EF%BF%BDx%EF%BF%BD
		iso-8859-1 \xe4\x80 %C3%A4%E2%82%AC?%E4%80
		Latin1 \xe4 %C3%A4?%E4
		windows-1251 \xe6 %D0%B6?%E6
		koi8-u \xae %D1%9E?%AE
		shift_jis \x83\x5c %E3%82%BD?%83\\
		euc-jp \xa4\xa2 %E3%81%82?%A4%A2
		shift_jis \x80\xb1\xed\x40 %C2%80%EF%BD%B1%E7%BA%8A?%80%B1%FA\\
		euc-jp \xa1\xc1\xad\xa1\x8e\xb1 %EF%BD%9E%E2%91%A0%EF%BD%B1?%A1%C1%AD%A1%8E%B1
		euc-jp \x8f\xb0\xf6 %E4%BD%B7?%26%2320343%3B
		euc-jp \xa4z\x8f\xb0z\x8ez\xa0 %EF%BF%BDz%EF%BF%BDz%EF%BF%BDz%EF%BF%BD?%26%2365533%3Bz%26%2365533%3Bz%26%2365533%3Bz%26%2365533%3B
		gbk \x80\xa2\xe3 %E2%82%AC%E2%82%AC?%80%80
		gb18030 \x80\x82\x35\x90\x37\x81\x30z %E2%82%AC%E9%BE%B4%EF%BF%BD0z?%A2%E3%FEY%841%A470z
		gb18030 \x90\x30\x81\x30 %F0%90%80%80?%900%810
		big5 \xa3\xe1\x8e\x69\x88\x62\xa1\x40\x81z %E2%82%AC%E7%AE%B8%C3%8A%CC%84%E3%80%80%EF%BF%BDz?%A3%E1%BA%E6%26%23202%3B%26%23772%3B%A1@%26%2365533%3Bz
		gb2312 \xd6\xd0 %E4%B8%AD?%D6%D0
		big5 \xa4\xa4 %E4%B8%AD?%A4%A4
		euc-kr \xb0\xa1 %EA%B0%80?%B0%A1
		nonsense \xe4 %C3%A4?%E4
	END
}

@test "par-links: a character that an encoding has not is a reference in the query" {
	page '<a href="?&#x20ac;&#x4e2d;#&#x4e2d;">' "$(type_of iso-8859-1)" | par-links >out
	echo "$U	$U?%80%26%2320013%3B#%E4%B8%AD" >want
	same out want
}

@test "par-links: UTF-16 and ISO-2022-JP, whose bytes are no tags as they are" {
	local text=$'<title>< a</title><a href="\xe3\x81\x82?\xe3\x81\x82">'

	for charset in UTF-16LE UTF-16BE; do
		page "$text" text/html | cut -f 6 | tr -d '\n' | iconv -f UTF-8 -t "$charset" |
			sed -z 's/\\/\\\\/g; s/\t/\\t/g; s/\n/\\n/g; s/\r/\\r/g' | sed 's/\x00/\\0/g' >body
		{ page '' "$(type_of "$charset")" | tr -d '\n'; cat body; echo; } | par-links >out
		echo "$U	http://h/d/%E3%81%82?%E3%81%82" | same out - || { echo "$charset"; false; }
	done
	page "$(iconv -f UTF-8 -t ISO-2022-JP <<<"$text")" "$(type_of iso-2022-jp)" | par-links >out
	echo "$U	http://h/d/%E3%81%82?%1B\$B\$%22%1B(B" >want
	same out want
	page $'<a href="\e(I1\e(J\\\\~\e$@!!z\\n\e(B\e(Bz?\e(I1\e(J\\\\~\e$B!!!!\e(Bz&#228;">' \
		"$(type_of iso-2022-jp)" | par-links >out
	printf '%s\thttp://h/d/%s\n' "$U" \
		'%EF%BD%B1%C2%A5%E2%80%BE%E3%80%80%EF%BF%BD%EF%BF%BDz?%1B$B%%22%1B(J\\~%1B$B!!!!%1B(Bz%26%23228%3B' >want
	same out want
}

@test "par-links: Katakana of half width are of full width in a query of ISO-2022-JP" {
	python3 -c '
import sys, unicodedata
for code in range(0xff61, 0xffa0):
    full = {0xff9e: "\u309b", 0xff9f: "\u309c"}.get(code, unicodedata.normalize("NFKC", chr(code)))
    said = full.encode("iso2022_jp").decode()
    print("&#x%x;" % code, said.replace("\x1b", "%1B").replace("\"", "%22").replace("<", "%3C").replace(">", "%3E")
          .replace("#", "%23").replace("\x27", "%27"))
' >all
	while read -r sign _; do
		page "<a href='?$sign'>" "$(type_of iso-2022-jp)"
	done <all | par-links >out
	while read -r _ said; do
		printf '%s\t%s?%s\n' "$U" "$U" "$said"
	done <all >want
	same out want
	[ "$(wc -l <want)" = 63 ]
}

@test "par-links: a mark comes before the content type, and that before meta" {
	b=$'\xe4'
	{
		page $'\xef\xbb\xbf<a href=\xc3\xa4>' "$(type_of iso-8859-5)"
		page "<meta charset=koi8-r><a href=$b>" "$(type_of iso-8859-5)"
		page "<meta charset=koi8-r><a href=$b>" text/html
		page "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'><a href=$b>" text/html
		page "<!-- <meta charset=koi8-r> --><meta charset=what><a href=$b>" text/html
		page "$(printf '%1024s' '')<meta charset=koi8-r><a href=$b>" text/html
		page "<meta charset=utf-16><a href=$(printf '\xc3\xa4')>" text/html
	} >pages
	par-links <pages | cut -f 2 >out
	printf 'http://h/d/%s\n' %C3%A4 %D1%84 %D0%94 %D0%94 %C3%A4 %C3%A4 %C3%A4 >want
	same out want
}

@test "par-links: a page in an encoding that is not safe to read has no links" {
	run -0 par-links < <(page '<a href=x>' "$(type_of iso-2022-cn)")
	[ -z "$output" ]
}

@test "par-links: --kinds takes other elements, srcset and refresh" {
	page '<base href="/b/"><body background=1><a href=2><img src=3 srcset="4 1x, 5,6 2x,,7"><video src=8 poster=9></video><meta http-equiv=refresh content="5; URL = '"'10'"'"><meta http-equiv=other content="5;url=no"><meta content="1;no"><form action=11><button formaction=12></button></form><iframe src=13><a href=no></iframe><link rel=x href=14 imagesrcset="15 2x"><script src=16></script><svg><use xlink:href="#17"/><image href=18 /></svg><object data=19></object><q cite=20>q</q><input src=21 formaction=22><area href=23><template><img src=no></template>' >pages
	par-links --kinds all <pages | cut -f 2 >out
	{ echo http://h/b/; for i in {1..4} 5,6 {7..16} '#17' {18..23}; do echo "http://h/b/$i"; done; } >want
	same out want
	par-links --kinds img,area --kind <pages | cut -f 2,3 >out
	printf 'http://h/b/%s\t%s\n' 3 img 4 img 5,6 img 7 img 23 area >want
	same out want
	page '<p><template><body background=0></template><body background=1><body background=2>' |
		par-links --kinds body | cut -f 2 >out
	echo http://h/d/1 | same out -
	page '<template><form action=no></form></template><form action=1><form action=no></form>' |
		par-links --kinds form | cut -f 2 >out
	echo http://h/d/1 | same out -
	run -2 par-links --kinds a,nothing <pages
	[[ $output == *"--kinds: a,nothing: no such kind"* ]]
}

@test "par-links: candidates of a srcset whose descriptors a browser refuses are left out" {
	page '<img srcset="1 1x, n 0w, 2 10w, n 1w 1x, n (,) 2x, 3 .5x, n 1.x, 4 1e-2x, n 2h, 5 1w 2h, n 1x 2x, n -1x, n +1x, 6, n a, 7">' >pages
	par-links --kinds img --raw <pages | cut -f 2 >out
	seq 7 | same out -
	page '<img srcset="1,,n 1,2x,3">' | par-links --kinds img --raw | cut -f 2 >out
	echo 2x,3 | same out -
}

@test "par-links: base is resolved on its page, and xlink:href a link of SVG where it has no href" {
	page '<base href="b/"><base href="c/"><a href=1><a xlink:href=n>' | par-links --kinds base,a | cut -f 2 >out
	printf 'http://h/d/%s\n' b/ c/ b/1 | same out -
	page '<svg><a xlink:href=1 /><a href=2 xlink:href=n /><a xlink:HREF="3&amp;" xlink:href=n></a><use xlink:href=n href=4 />' |
		par-links --kinds a,use --raw | cut -f 2 >out
	printf '%s\n' 1 2 '3&' 4 | same out -
}

@test "par-links: of content types with commas the last one counts" {
	for type in text/html,charset=utf-8 'text/plain, text/html' 'text/html, */*' 'text/html, x' ',text/html' \
		'text/html;a="x,y/z"' 'text/html;charset=utf-8, text/html'; do
		page '<a href=1>' "$type" | par-links | cut -f 2 >>out
	done
	for i in {1..7}; do echo http://h/d/1; done | same out -
	page '<a href=1>' 'text/html, text/plain' | par-links | same - /dev/null
	page $'<a href=/\xc3\xbc>' 'text/html;charset=utf-8, text/html' | par-links | cut -f 2 >out
	page $'<a href=/\xc3\xbc>' 'text/html, charset=utf-8' | par-links | cut -f 2 >>out
	printf 'http://h/%s\n' %C3%BC %C3%83%C2%BC | same out -
}

@test "par-links: canonical links, of elements and headers, where --kinds has them" {
	local text='<link rel="next Canonical" href=1 imagesrcset="2 2x"><link rel=alternate href=3><a rel=canonical href=4>'
	page "$text" >pages
	par-links --kinds canonical --kind <pages | cut -f 2,3 | same - <(printf 'http://h/d/1\tlink\n')
	par-links --kinds canonical,a <pages | cut -f 2 | same - <(printf 'http://h/d/%s\n' 1 4)
	for both in canonical,link link,canonical; do
		par-links --kinds "$both" <pages | cut -f 2 | same - <(printf 'http://h/d/%s\n' 1 2 3)
	done
	par-links --kinds all <pages | cut -f 2 | same - <(printf 'http://h/d/%s\n' 1 2 3 4)
	echo "$(page "$text")"$'\t1.1\t::\t0\tLink: <5>; rel=canonical, <6>; rel=next' >pages
	par-links --headers --kinds canonical <pages | cut -f 2 | same - <(printf 'http://h/d/%s\n' 5 1)
}

@test "par-links: sitemaps, their index files and feeds, where --kinds has them" {
	{
		page '<?xml version="1.0"?>\n<!-- <loc>no</loc> -->\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n<url><loc>\n http://h/1?a&amp;b </loc><lastmod>no</lastmod><xhtml:link rel="alternate" href="2"/></url><url><loc><![CDATA[3&amp;]]><!-- no -->4</loc><loc/><image:loc>no</image:loc></url></urlset>' text/xml
		page '<sitemapindex><sitemap><loc>/5.xml</loc></sitemap></sitemapindex>' 'application/xml; charset=utf-8'
		page '<rss version="2.0"><channel><link>6</link><item><link>7</link><guid>no</guid></item></channel></rss>' application/rss+xml
		page '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="8"/><entry><link href="9"></link><id>no</id></entry></feed>' application/atom+xml
		page '<other><loc>no</loc><link href="no"/></other>' text/xml
		page '<loc>no</loc>' text/html
		page 'no markup' text/xml
		page '<urlset><url><loc>no' text/plain
	} >pages
	par-links --kinds sitemap,feed --kind <pages | cut -f 2,3 >out
	{
		printf 'http://h/%s\tsitemap\n' '1?a&b' d/2 'd/3&amp;4' 5.xml
		printf 'http://h/d/%s\tfeed\n' {6..9}
	} | same - out
	par-links --kinds sitemap <pages | wc -l | grep -x 4
	par-links --kinds all <pages | wc -l | grep -x 8
	par-links <pages | same - /dev/null
	par-links --kinds sitemap,a --first 1 <pages | wc -l | grep -x 2
	for body in '<urlset><loc>' '<urlset><loc' '<rss><link href="' '<urlset>' '<?xml' ''; do
		page "$body" text/xml | par-links --kinds sitemap,feed
	done | same - /dev/null
	page '<urlset><loc><xhtml:link href="1"/>' text/xml | par-links --kinds sitemap --raw | cut -f 2 | grep -x 1
	page '<urlset><url><loc>1' text/xml | par-links --kinds sitemap --raw | cut -f 2 | grep -x 1
}

@test "par-links: a sitemap that is packed, whole, cut, and too large" {
	local type=application/x-gzip

	# packed FILE: a record with the bytes of it
	packed() {
		printf 'http://h/s.xml.gz\t200\t%s\thttp://h/s.xml.gz\t\t' "$type"
		python3 -c 'import sys; b = open(sys.argv[1], "rb").read()
for a, e in (b"\\", b"\\\\"), (b"\t", b"\\t"), (b"\n", b"\\n"), (b"\r", b"\\r"), (b"\0", b"\\0"): b = b.replace(a, e)
sys.stdout.buffer.write(b + b"\n")' "$1"
	}
	echo "<urlset>$(seq -f '<loc>%g</loc>' 5000)</urlset>" | gzip >s.gz
	packed s.gz | par-links --kinds sitemap --raw | cut -f 2 | cmp - <(seq 5000)
	type=text/xml
	packed s.gz | par-links --kinds sitemap | wc -l | grep -x 5000
	packed s.gz | par-links | same - /dev/null
	head -c -1000 s.gz >cut.gz
	run -1 --separate-stderr par-links --kinds sitemap --raw < <(packed cut.gz)
	[ "${lines[0]}" = 'http://h/s.xml.gz	1' ]
	[ "$stderr" = 'par-links: http://h/s.xml.gz: gzip that is damaged or cut short' ]
	head -c 70M /dev/zero | gzip -1 >large.gz
	run -1 --separate-stderr par-links --kinds sitemap < <(packed large.gz)
	[ "$stderr" = 'par-links: http://h/s.xml.gz: longer than a record may be, unpacked' ]
}

@test "par-links: the Sitemap lines of robots.txt" {
	local robots='User-agent: *\nSitemap: http://k/1.xml # it\r\n sitemap:\t/2.xml\nSitemap:\nSitemap-x: no\nDisallow: /\nSITEMAP: /3.xml'

	page "$robots" text/plain 'http://h/robots.txt?x' | par-links --kinds a,sitemap --kind | cut -f 2,3 >out
	printf '%s\tsitemap\n' http://k/1.xml http://h/2.xml http://h/3.xml | same - out
	page "$robots" text/plain http://h/other.txt | par-links --kinds sitemap | same - /dev/null
	page "$robots" text/plain http://h/robots.txt | par-links | same - /dev/null
}

@test "par-links: --skip-nofollow minds what a page says of all its links" {
	for content in nofollow 'noindex, NoFollow' none index,none; do
		page "<meta content='$content' name=Robots><a href=no>" | par-links --skip-nofollow
	done | same - /dev/null
	for content in '' noindex all nofollows 'follow'; do
		page "<meta name=robots content='$content'><a href=1><a rel=nofollow href=no>" | par-links --skip-nofollow
	done | grep -cx "$U	http://h/d/1" | grep -x 5
	page '<meta name=other content=nofollow><template><meta name=robots content=nofollow></template><a href=1>' >pages
	page '<meta name=robots content=nofollow><a href=1>' | par-links >>out
	par-links --skip-nofollow <pages >>out
	[ "$(wc -l <out)" = 2 ]
}

@test "par-links: refresh is read as browsers read it" {
	while IFS='|' read -r content link; do
		page "<meta http-equiv=REFRESH content=\"$content\">" | par-links --kinds meta --raw | cut -f 2 >out
		[ "$(cat out)" = "$link" ] || { echo "$content"; cat out; false; }
	done <<-'END'
		5|
		5;|
		5;x|x
		 5 , url=x|x
		5 x|x
		.5;url='x&quot;'y|x"
		5;url=&quot;x|x
		5;url=''|
		5;url x|url x
		x;url=y|
		;url=y|
	END
}

@test "par-links: --text, --rel and --kind add fields in that order" {
	page '<a rel="Nofollow  x" href=1> a\n&amp;<b title=">">b</b><!-- c -->  <script>d</script>e\\&copy </a>z<a href=2>f<a href=3>g<area alt="h" href=4>' >pages
	par-links --text --rel --kind <pages | cut -f 2- >out
	printf 'http://h/d/%s\t%s\t%s\t%s\n' 1 a $'a &b e\\\\\xc2\xa9' 'Nofollow  x' 2 a f '' 3 a g '' \
		4 area h '' >want
	same out want
	par-links --skip-nofollow <pages | cut -f 2 >out
	printf 'http://h/d/%s\n' 2 3 4 >want
	same out want
}

@test "par-links: --json is JSON" {
	command -v jq || skip "no jq"
	page '<a href="1&quot;">\ta&#1;b</a><a href="http://[">c</a>' text/html >pages
	page '<a href="&#233;\\">' >>pages
	par-links --json --text --rel <pages >out
	jq -c '[.page, .link, .raw, .kind, .text, .rel]' out >got
	cat >want <<-'END'
		["http://h/d/p.html","http://h/d/1%22","1\"","a","a\u0001b",""]
		["http://h/d/p.html",null,"http://[","a","c",""]
		["http://h/d/p.html","http://h/d/%C3%A9/","é\\","a","",""]
	END
	same got want
	printf 'x\\t\xff"\t200\ttext/html\t\t\t<a href=http://h>\n' | par-links --json |
		jq -r '[.page, .link] | join(" ")' >got
	printf 'x\t\xef\xbf\xbd" http://h/\n' >want
	same got want
	run -0 par-links --json < <(printf '\t200\ttext/html\thttp://h/\t\t<a href=x>\n')
	[ "$output" = '{"page":"","link":"http://h/x","raw":"x","kind":"a"}' ]
}

@test "par-links: --same-host and --same-site" {
	page '<a href=1><a href=http://www.a.co.uk/2><a href=https://a.co.uk/3><a href=http://b.co.uk/4><a href=mailto:x><a href=http://[><a href=//WWW.A.CO.UK:81/5>' \
		text/html http://www.a.co.uk/ >pages
	par-links --same-host <pages | cut -f 2 >out
	printf '%s\n' http://www.a.co.uk/1 http://www.a.co.uk/2 http://www.a.co.uk:81/5 >want
	same out want
	run par-links --same-site </dev/null
	[ "$status" = 0 ] || skip "$output"
	par-links --same-site <pages | cut -f 2 >out
	printf '%s\n' http://www.a.co.uk/1 http://www.a.co.uk/2 https://a.co.uk/3 \
		http://www.a.co.uk:81/5 >want
	same out want
	page '<a href=http://127.0.0.1/><a href=http://1.0.0.1/><a href=http://co.uk/>' \
		text/html http://127.0.0.1/ | par-links --same-site | cut -f 2 >out
	echo http://127.0.0.1/ >want
	same out want
}

@test "par-links: --include and --exclude, each of them more than once" {
	page '<a href=a.html><a href=b.png><a href=c.html><a href=d.jpg>' >pages
	par-links --include '\.html$' --include 'png' --exclude /c --exclude /x <pages | cut -f 2 >out
	printf 'http://h/d/%s\n' a.html b.png >want
	same out want
	run -2 par-links --include '(' <pages
	page "<a href=$(printf 'a%.0s' {1..60})><a href=b>" >>pages
	run -1 --separate-stderr par-links --exclude '(a+)+$(?<=b)' <pages
	[ "$stderr" = "par-links: $U: match limit exceeded; see --match-limit" ]
	[[ ${lines[*]} == *"http://h/d/b" ]]
	slow='^(?:\w|/|:|\.)*?(?<=z)$'
	run -0 par-links --include "$slow" <pages
	run -1 par-links --include "$slow" --match-limit 10 <pages
}

@test "par-links: --unique, --first, --fragments and --raw" {
	page '<a href=a#1><a href="./a#2"><a href=a#1><a href=b><a href="&#32;c ">' >pages
	page '<a href=a>' >>pages
	shown() { par-links "$@" <pages | cut -f 2 | sed 's|http://h/d/||' | paste -s -d ,; }
	[ "$(shown --unique)" = 'a#1,a#2,b,c,a' ]
	[ "$(shown --unique --fragments drop)" = 'a,b,c,a' ]
	[ "$(shown --fragments drop)" = 'a,a,a,b,c,a' ]
	[ "$(shown --fragments keep --first 2)" = 'a#1,a#2,a' ]
	[ "$(shown --unique --fragments drop --first 2)" = 'a,b,a' ]
	[ "$(shown --raw --unique --fragments drop)" = 'a#1,b, c ,a' ]
	[ "$(shown --regex 'href=(\S)' --unique)" = 'a,%22,b,a' ]
	run -2 par-links --first 0 <pages
	run -2 par-links --fragments some <pages
}

@test "par-links: nothing but reading, writing and memory is left to it" {
	mkfifo in
	background bash -c 'exec par-links <in >out'
	pid=$!
	exec {to}>in
	page '<a href=x>' >&"$to"
	eventually test -s out
	grep -q '^Seccomp:' "/proc/$pid/status" || skip "no seccomp"
	grep -q seccomp <(ldd "$(command -v par-links)") || skip "built without libseccomp"
	! nm "$(command -v par-links)" | grep -q __asan || skip "built with sanitizers"
	[ "$(sed -n 's/^Seccomp:[[:space:]]*//p' "/proc/$pid/status")" = 2 ]
	exec {to}>&-
	wait "$pid"
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
			page "$(yes -- "$attack" | tr -d '\n' | head -c $((size * 10000)) | sed 's/\\/\\\\/g')"
			# The same once closed, or inside one attribute.
			page "<a href=\"$(yes -- "$attack" | tr -d '\n"' | head -c $((size * 2500)))\">"
		done >"pages$size"
	done
	none=$(steps pages0) one=$(($(steps pages1) - none)) two=$(($(steps pages2) - none))
	echo "$none $one $two"
	((one > 1000000 && two < one * 23 / 10))
}

@test "par-links: --pages tells of each page itself, whatever came of it" {
	{
		printf 'http://h/a\t200\ttext/html\thttp://h/b\t\t<a href=c>\n'
		printf 'http://h/d\t000\t\t\tno route\t\n'
		printf 'http://h/e\t200\timage/png\thttp://h/e\t\tx\tmore\n'
		printf 'not a page\n'
	} >pages
	run -1 --separate-stderr par-links --pages <pages
	[ "$output" = "http://h/a	http://h/c
http://h/a		200	text/html	http://h/b	
http://h/d		000			no route
http://h/e		200	image/png	http://h/e	" ]
	[ "${#stderr_lines[@]}" = 1 ]
	run -2 par-links --pages --json
}

@test "par-links: --headers takes links of Link and Refresh, and minds X-Robots-Tag" {
	local lines page='<base href=/b/><link rel=z href=q><a href=x>'

	record() {
		printf '%s\t200\t%s\t\t\t%s\t1.1\t127.0.0.1\t0.1\t%s\tmore\n' "$@"
	}
	lines='Link: </next>; rel=next, <a,b?é>; rel="canonical \\"x"; rel=no; title="x,<y>"\n'
	lines+='LINK: <c> ; Rel = nofollow\nX-Link: Link: <no>\nRefresh: 5; url=there\nRefresh: 1; url=x\nLink: bad\nLink: <open\n'
	record http://h/d/p text/html "$page" "$lines" >pages
	record http://h/d/pdf application/pdf '' 'Link: <https://h/d/p>; rel=canonical\n' >>pages
	par-links --headers --kinds link,meta,a --kind --rel pages >out
	same out <(printf '%s\t%s\t%s\t%s\n' http://h/d/p http://h/next link next \
		http://h/d/p 'http://h/d/a,b?%C3%A9' link 'canonical "x' http://h/d/p http://h/d/c link nofollow \
		http://h/d/p http://h/d/there meta '' http://h/d/p http://h/b/q link z http://h/d/p http://h/b/x a '' \
		http://h/d/pdf https://h/d/p link canonical)
	# those alone that are chosen
	par-links --headers pages | same - <(printf 'http://h/d/p\thttp://h/b/x\n')
	par-links --kinds link pages | same - <(printf 'http://h/d/p\thttp://h/b/q\n')
	par-links --headers --kinds link --skip-nofollow --first 2 --valid pages |
		same - <(printf '%s\t%s\n' http://h/d/p http://h/next http://h/d/p 'http://h/d/a,b?%C3%A9' \
			http://h/d/pdf https://h/d/p)
	for lines in 'X-Robots-Tag: noindex, NoFollow\n' 'x-robots-tag: none\nX-Robots-Tag: index\n' \
		'X-Robots-Tag: unavailable_after: 25 Jun 2010 15:00:00 PST, nofollow\n'; do
		record http://h/ text/html "$page" "$lines" >pages
		par-links --headers --skip-nofollow pages | same - <(:)
		par-links --headers pages | same - <(printf 'http://h/\thttp://h/b/x\n')
	done
	for lines in 'X-Robots-Tag: otherbot: noindex, nofollow\n' 'X-Robots-Tag: nofollowed\n' 'Robots: none\n' ''; do
		record http://h/ text/html "$page" "$lines" >pages
		par-links --headers --skip-nofollow pages | same - <(printf 'http://h/\thttp://h/b/x\n')
	done
	run -2 par-links --headers --html
}

@test "par-links: --text and --rel are whole however long they are, with each byte escaped" {
	local n long

	for n in 1 7 100 1000 30000; do
		long=$(head -c "$n" /dev/zero | tr '\0' '\134')
		printf '<a href=1 rel=r>%s</a><a href=2 rel="%s">t</a><a href=3 rel="%s">%s</a>' \
			"$long" "$long" "$long" "$long" >page
		par-links --html --base http://h/ --text --rel page | cut -f 2- >out
		cmp out <(
			for at in 1 2 3; do
				printf 'http://h/%s\t' "$at"
				((at == 2)) && printf t || printf %s "${long//\\/\\\\}"
				((at == 1)) && printf '\tr\n' || printf '\t%s\n' "${long//\\/\\\\}"
			done
		)
	done
}
