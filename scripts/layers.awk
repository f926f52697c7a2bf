# SPDX-License-Identifier: ISC
# lib/README and cmd/NAME/README list modules, lowest layer first: a module may include
# only those above it there, and a program those of lib.  A line is the module's name and
# what it is; "folder/" is a heading, with the modules of that folder below it, indented.
#	awk -f scripts/layers.awk scripts/exceptions READMES FILES

function fail(text) {
	print text
	bad = 1
}

# What is par-run, what is intake, and feed/ between them in cmd/par-run/feed/intake.c.
function take_apart(path) {
	sub(/^cmd\//, "", path)
	unit = module = path
	sub(/\/.*/, "", unit)
	sub(/.*\//, "", module)
	sub(/\..*/, "", module)
	folder = substr(path, length(unit) + 2)
	sub(/[^\/]*$/, "", folder)
}

# Where the README of UNIT is.
function list_of(unit) {
	return (unit == "lib" ? "" : "cmd/") unit "/README"
}

# MODULE includes HEADER of the same unit.
function check(header) {
	if (header == module || rank[unit, header] < rank[unit, module])
		return
	if ((unit "/" module, header) in excepted)
		used[unit "/" module, header] = 1
	else
		fail(FILENAME ":" FNR ": " module " may not include " header ", which is above it")
}

FILENAME == "scripts/exceptions" {
	if ($1 == "layer")
		excepted[$2, $3] = 1
	next
}

FNR == 1 {
	take_apart(FILENAME)
}

FILENAME ~ /\/README$/ {
	if (FNR > 2 && /^[a-z][a-z0-9_\/]*\/( |$)/)
		heading = $1
	else if (FNR > 2 && /^ *[a-z][a-z0-9_]*  +[^ ]/) {
		rank[unit, $1] = ++modules
		place[unit, $1] = /^ / ? heading : ""
	}
	next
}

FNR == 1 {
	if (FILENAME ~ /\.lua$/) # lua.h is made of them all
		module = "lua"
	else if ((unit, module) in rank && place[unit, module] != folder)
		fail(list_of(unit) ": " module " is in " (folder ? folder : "no folder"))
	if (!((unit, module) in rank) && !((unit, module) in seen))
		fail(list_of(unit) ": no line for " module)
	seen[unit, module] = 1
}

/^#include "/ {
	header = $2
	gsub(/"/, "", header)
	sub(/\.h$/, "", header)
	if (header ~ /\//)
		fail(FILENAME ":" FNR ": " header ".h: a header is included by its name alone")
	else if ((unit, header) in rank)
		check(header)
	else if (!(("lib", header) in rank))
		fail(FILENAME ":" FNR ": " header ".h is not of lib" (unit == "lib" ? "" : ", nor of " unit))
}

END {
	for (line in rank)
		if (!(line in seen)) {
			split(line, part, SUBSEP)
			fail(list_of(part[1]) ": there is no " part[2])
		}
	for (line in excepted)
		if (!(line in used)) {
			split(line, part, SUBSEP)
			fail("scripts/exceptions: " part[1] " does not include " part[2] \
			    " above it: take its line out")
		}
	exit bad
}
