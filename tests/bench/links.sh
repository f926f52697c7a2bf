#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Links of pages: par-links beside gumbo, lxml, html5lib, hxwls, pup and lynx, on the
# pages of a documentation tree (BENCH_SITE, or that of Debian's python3-doc): MB/s, and
# how many links each finds.  par-links resolves each link and writes it beside its
# page; so does the first program on lxml.
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"

site=${BENCH_SITE:-$(readlink -f /usr/share/doc/python3-doc/html || :)}
if [[ ! -d $site ]]; then
	echo "links: no pages: install python3-doc, or name a folder in BENCH_SITE"
	exit 0
fi

cat >records.py <<'PY'
import pathlib
import sys

ESCAPES = {b"\\": rb"\\", b"\t": rb"\t", b"\n": rb"\n", b"\r": rb"\r", b"\0": rb"\0"}
site = pathlib.Path(sys.argv[1])
for path in sorted(site.rglob("*.html")):
    body = path.read_bytes()
    for byte, text in ESCAPES.items():
        body = body.replace(byte, text)
    url = b"http://h/" + bytes(path.relative_to(site))
    sys.stdout.buffer.write(url + b"\t200\ttext/html; charset=utf-8\t" + url + b"\t\t" + body + b"\n")
PY
python3 records.py "$site" >pages
find "$site" -name '*.html' | sort >files
head -n 20 files >few

# Links with lxml as one would write it: read records, resolve, print.
cat >whole.py <<'PY'
import sys
from urllib.parse import urljoin

from lxml import html

for line in open(sys.argv[1], "rb"):
    fields = line.rstrip(b"\n").split(b"\t")
    body = fields[5].replace(b"\\n", b"\n").replace(b"\\t", b"\t").replace(b"\\\\", b"\\")
    page, base = fields[0].decode(), fields[3].decode()
    for link in html.fromstring(body).xpath("//a/@href | //area/@href"):
        print(page, urljoin(base, link), sep="\t")
PY
cat >parse.py <<'PY'
import sys

from lxml import etree

parser = etree.HTMLParser()
find = etree.XPath("//a/@href | //area/@href")
for name in open(sys.argv[1]):
    for link in find(etree.parse(name.rstrip("\n"), parser)):
        print(link.replace("\n", ""))
PY
cat >tree.py <<'PY'
import sys

import html5lib

for name in open(sys.argv[1]):
    tree = html5lib.parse(open(name.rstrip("\n"), "rb"), namespaceHTMLElements=False)
    for element in tree.iter():
        if element.tag in ("a", "area") and "href" in element.attrib:
            print(element.attrib["href"])
PY

# The first Python that has a module, or nothing.
python_with() {
	local python

	for python in python3 /usr/bin/python3; do
		if "$python" -c "import $1" 2>/dev/null; then
			echo "$python"
			return
		fi
	done
	echo "python3-$1"
}

# links NAME COMMAND [TOOL]: measure a command that prints links.
links() {
	measure "$1" "$2 | wc -l" "${3:-sh}"
	if command -v "${3:-sh}" >/dev/null; then
		printf '  %-44s %8d links\n' '' "$(cat measured)"
	fi
}

# gumbo has no command.
if pkg-config --exists gumbo 2>/dev/null; then
	# shellcheck disable=SC2046 # lists of words
	cc -O2 $(pkg-config --cflags gumbo) -o gumbo "$ROOT/tests/bench/gumbo.c" \
		$(pkg-config --libs gumbo)
fi

bytes_of() {
	tr '\n' '\0' <"$1" | wc -c --files0-from=- | awk 'END { print $1 / 1e6 }'
}

lxml=$(python_with lxml) html5lib=$(python_with html5lib)
compare "Links of $(wc -l <files) pages, $(bytes_of files) MB" "$(bytes_of files)" MB/s
links 'par-links' 'par-links <pages'
links 'par-links --kinds all --kind --text --rel' \
	'par-links --kinds all --kind --text --rel <pages'
links 'par-links --unique --same-host --json' 'par-links --unique --same-host --json <pages'
links "par-links --regex, links as written" \
	"par-links --raw --regex '<a\\s[^>]*?href=\"([^\"]*)' <pages"
links 'lxml, resolved and printed' "$lxml whole.py pages" "$lxml"
links 'lxml, parsed only' "$lxml parse.py files" "$lxml"
links 'gumbo' './gumbo <files' ./gumbo
links 'hxwls' "xargs -n 1 hxwls -l <files | grep -P '^a\t'" hxwls
links "pup 'a attr{href}', all in one" "xargs cat <files | pup 'a[href] attr{href}'" pup

compare "Links of $(wc -l <few) of them, $(bytes_of few) MB" "$(bytes_of few)" MB/s
head -n "$(wc -l <few)" pages >some
links 'par-links' 'par-links <some'
links 'lynx -listonly' 'xargs -n 1 lynx -dump -listonly -nonumbers <few' lynx
links 'html5lib' "$html5lib tree.py few" "$html5lib"
