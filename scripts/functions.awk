# SPDX-License-Identifier: ISC
# No function is longer than what fits on a screen.  -v limit=60
# Works on our layout: a function's braces stand alone in the first column.

BEGIN { limit = limit ? limit : 60 }
FNR == 1 { start = 0 }
/^[a-z_].*\(/ || /^[a-z_][a-z_0-9]*\(/ {
	name = $0
	sub(/\(.*/, "", name)
	sub(/.*[ *]/, "", name)
}
/^\{$/ { start = FNR }
/^\}$/ && start {
	if (FNR - start - 1 > limit) {
		printf "%s:%d: %s is %d lines long, limit %d\n", FILENAME, start, name, \
			FNR - start - 1, limit
		bad = 1
	}
	start = 0
}
END { exit bad }
