#!/usr/bin/env bats
load helper

DATA=$ROOT/tests/data/links-tree

@test "par-links: the links of html5lib's documents, as Chromium sees them" {
	command -v python3 || skip "no python3"
	PYTHONUTF8=1 python3 "$DATA/cases.py" pages <"$DATA/cases.jsonl" >pages
	PYTHONUTF8=1 python3 "$DATA/cases.py" links <"$DATA/cases.jsonl" >want
	[ "$(grep -c . pages)" -gt 17000 ]
	[ "$(grep -c . want)" -gt 36000 ]
	par-links <pages >out
	same out want
}

U=http://h/d/p.html

# page BODY: a page record; BODY with the escapes of a field.
page() {
	printf '%s\t200\ttext/html;charset=utf-8\t%s\t\t%s\n' "$U" "$U" "$1"
}

# steps FILE: how many instructions par-links executes on it.
steps() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null par-links --no-sandbox <"$1" 2>&1 \
	    >/dev/null | sed -n 's/.*Collected : //p'
}

# Bodies that make careless tree builders go over the same elements again and again.
attacks() {
	cat <<-'END'
		<a href=x><p>
		<a href=x><b><p>y
		<b><i><p>
		<b><p></b>
		<p><b>
		<a><div></a>
		<div>
		<p><button><div>
		<p><span></x>
		<x></y>
		<table>
		<table><td>
		<table><a href=x>
		<table><tr><b>y</table>
		<td><object></table><table><td>
		<template>
		<template><td><a href=x>
		<select><option><a href=x>
		<svg><a href=x>
		<svg></b>
		<math><mi><b>
		<li><ul>
		<dd><p>
		<h1><b>
		<ruby><rt>
		<form><b></form>
		<frameset>
		<nobr><p>
		<applet><b><p>
		<body><b></body>
	END
}

# Elements that all differ, so that none can be left out for being the same.
numbered() {
	for tag in 'font a=' 'x' 'b><p><i a=' 'a href='; do
		seq $(($1 * 1000)) | sed "s/.*/<$tag&>/" | tr -d '\n' | head -c $(($1 * 10000))
		echo
	done
}

@test "par-links: trees that are hostile take time that grows with the page, no faster" {
	command -v valgrind || skip "no valgrind"
	run valgrind --tool=callgrind --callgrind-out-file=/dev/null par-links --version
	[ "$status" = 0 ] || skip "this build does not run under valgrind"
	# Pages are long enough for the most elements that are nested to be reached soon.
	for size in 0 1 2; do
		{ attacks | while IFS= read -r attack; do
			yes -- "$attack" | tr -d '\n' | head -c $((size * 12000))
			echo
		done; numbered "$size"; } | while IFS= read -r body; do page "$body"; done >"pages$size"
	done
	none=$(steps pages0) one=$(($(steps pages1) - none)) two=$(($(steps pages2) - none))
	echo "$none $one $two"
	((one > 1000000 && two < one * 25 / 10))
}

@test "par-links: a page cannot make gigabytes of one link" {
	{ page "<p><a href=$(printf 'a%.0s' {1..100000})>$(printf '<p>x%.0s' {1..10000})"; page '<a href=y>'; } >pages
	run -1 bash -c 'par-links <pages >out 2>err'
	[ "$(cat err)" = "par-links: $U: too many copies of links that are not closed" ]
	# What it made of that page until then, and the next page.
	[ "$(wc -c <out)" -lt 20000000 ]
	[ "$(tail -n 1 out)" = "$U	http://h/d/y" ]
}
