# SPDX-License-Identifier: ISC
# A module may include only those above it in the list of its README, and a program those
# of lib.
#	awk -f scripts/modules.awk -f scripts/layers.awk scripts/exceptions READMES FILES

function fail(text) {
	print text
	bad = 1
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
		fail(FILENAME ":" FNR ": " module " may not include " header ", which is listed below it")
}

FILENAME == "scripts/exceptions" {
	if ($1 == "layer")
		excepted[$2, $3] = 1
	next
}

FNR == 1 {
	take_apart(FILENAME)
	if (FILENAME ~ /\.(lua|sql)$/) # lua.h is made of them all, and sql.h
		module = substr(FILENAME, length(FILENAME) - 2)
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
			    " below it: take its line out")
		}
	exit bad
}
