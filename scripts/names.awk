# SPDX-License-Identifier: ISC
# A name of a structure, union, enumeration or header stands for one thing in the whole
# tree, and no two files of a program, or of lib, are NAME.c.
#	awk -f scripts/names.awk scripts/exceptions FILES

# WHAT is defined here, in FILENAME of UNIT.
function define(what, where) {
	if (!(what in times))
		order[++known] = what
	places[what, ++times[what]] = where
	units[what, times[what]] = unit
}

# Say where WHAT is defined, if one of its units has no leave to do so.
function check(what,    i, text, new) {
	for (i = 1; i <= times[what]; i++) {
		text = text " " places[what, i]
		if ((what, units[what, i]) in excepted)
			used[what, units[what, i]] = 1
		else
			new = 1
	}
	if (new) {
		print what " is defined more than once:" text
		bad = 1
	}
}

FILENAME == "scripts/exceptions" {
	if ($1 == "name")
		excepted[$2, $3] = 1
	next
}

FNR == 1 {
	unit = FILENAME
	sub(/^cmd\//, "", unit)
	sub(/\/.*/, "", unit)
	base = FILENAME
	sub(/.*\//, "", base)
	define(base ~ /\.h$/ ? base : unit "/" base, FILENAME)
}

match($0, /(^|[ \t])(struct|enum|union) [a-z_0-9]+ *\{/) {
	name = substr($0, RSTART, RLENGTH)
	sub(/ *\{$/, "", name)
	sub(/.* /, "", name)
	define(name, FILENAME ":" FNR)
}

END {
	for (i = 1; i <= known; i++)
		if (times[order[i]] > 1)
			check(order[i])
	for (line in excepted)
		if (!(line in used)) {
			split(line, part, SUBSEP)
			print "scripts/exceptions: " part[1] " of " part[2] \
			    " is no other's: take its line out"
			bad = 1
		}
	exit bad
}
