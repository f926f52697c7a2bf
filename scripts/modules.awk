# SPDX-License-Identifier: ISC
# Reads lib/README and cmd/NAME/README, which list modules, lowest layer first: a line is
# the module's name and what it is; "folder/" is a heading, with the modules of that folder
# below it, indented.  A module of os/ is in a folder below that, one for each system.  For layers.awk and circles.awk.
#	rank[UNIT, MODULE]   the higher, the further down in its list
#	place[UNIT, MODULE]  its folder, "feed/", or ""

# What is par-run, what is intake, and feed/ between them in cmd/par-run/feed/intake.c.
function take_apart(path) {
	sub(/^cmd\//, "", path)
	unit = module = path
	sub(/\/.*/, "", unit)
	sub(/.*\//, "", module)
	sub(/\..*/, "", module)
	folder = substr(path, length(unit) + 2)
	sub(/[^\/]*$/, "", folder)
	sub(/^os\/[a-z]+\/$/, "os/", folder)
}

FILENAME ~ /\/README$/ {
	if (FNR == 1)
		take_apart(FILENAME)
	else if (FNR > 2 && /^[a-z][a-z0-9_\/]*\/( |$)/)
		heading = $1
	else if (FNR > 2 && /^ *[a-z][a-z0-9_]*  +[^ ]/) {
		rank[unit, $1] = ++modules
		place[unit, $1] = /^ / ? heading : ""
	}
	next
}
