# SPDX-License-Identifier: ISC
# lib/README lists modules, lowest layer first: a module may include only those
# above it.  awk -f scripts/layers.awk lib/README FILES

function fail(text) {
	print text
	bad = 1
}

FILENAME == "lib/README" {
	if (FNR > 2 && /^[a-z][a-z0-9_]*  +[^ ]/)
		rank[$1] = ++modules
	next
}

FNR == 1 {
	folder = FILENAME
	sub(/\/.*/, "", folder)
	module = FILENAME
	sub(/.*\//, "", module)
	sub(/\.[ch]$/, "", module)
	if (folder == "lib" && !(module in rank) && !(module in told)) {
		fail("lib/README: no line for " module)
		told[module] = 1
	}
	if (folder == "lib")
		seen[module] = 1
}

/^#include "/ {
	header = $2
	gsub(/"/, "", header)
	if (header ~ /\//)
		fail(FILENAME ":" FNR ": " header ": a header is included by its name alone")
	sub(/\.h$/, "", header)
	if (folder != "lib")
		next
	if (!(header in rank))
		fail(FILENAME ":" FNR ": " header ".h is not of lib")
	else if (header != module && rank[header] > rank[module])
		fail(FILENAME ":" FNR ": " module " may not include " header ", which is above it")
}

END {
	for (module in rank)
		if (!(module in seen))
			fail("lib/README: there is no " module)
	exit bad
}
