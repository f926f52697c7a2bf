#!/usr/bin/env bats
# The manual as make html has it.
load helper

setup_file() {
	export HTML_MADE=$BATS_FILE_TMPDIR/html
	make --no-print-directory -s -C "$BATS_TEST_DIRNAME/.." html "HTML=$HTML_MADE"
}

@test "html: each page of the manual is there, in the index, and needs no other file" {
	local page

	for page in "$ROOT"/man/*.[1-9]; do
		grep -q "<a href=\"${page##*/}.html\">" "$HTML_MADE/index.html"
		[ -s "$HTML_MADE/${page##*/}.html" ]
	done
	[ "$(find "$HTML_MADE" -type f | wc -l)" = "$(($(find "$ROOT/man" -type f | wc -l) + 1))" ]
	run -1 grep -lE '<(link|script|img)' "$HTML_MADE"/*
}

@test "html: each link leads to a page of ours, and to a place that is in it" {
	cd "$HTML_MADE"
	grep -oH 'href="[^"]*"' -- *.html | sed 's/:href="/ /; s/"$//' | sort -u >"$BATS_TEST_TMPDIR/links"
	grep -oH ' id="[^"]*"' -- *.html | sed 's/: id="/#/; s/"$//' | sort -u >"$BATS_TEST_TMPDIR/places"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/links")" -gt 300 ]
	while read -r page link; do
		case $link in
		https://manpages.debian.org/par*) echo "$page $link" ;;
		https://*) ;;
		'#'*) grep -qxF -- "$page$link" "$BATS_TEST_TMPDIR/places" || echo "$page $link" ;;
		*) [ -e "$link" ] || echo "$page $link" ;;
		esac
	done <"$BATS_TEST_TMPDIR/links" | same - /dev/null
}

@test "html: a drawing is a picture, and commands are none" {
	[ "$(grep -c '<svg' "$HTML_MADE/par.7.html")" = 5 ]
	# what stands below it is still text to copy
	grep -qx 'par-split a b &lt;source' "$HTML_MADE/par.7.html" ||
		grep -qx 'par-split a b &lt;source</pre>' "$HTML_MADE/par.7.html"
	run -1 grep -c '<svg' "$HTML_MADE/par-run.1.html"
}

@test "html: in Chromium no page is wider than a telephone, and all links lead somewhere" {
	command -v chromium >/dev/null || skip "no chromium"
	run -0 "$ROOT/tests/browser/manual.py" "$HTML_MADE"
	echo "$output"
	[ "${#lines[@]}" = 1 ]
	[[ $output == *' pages, '*' links, 5 pictures' ]]
}
