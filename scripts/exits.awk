# SPDX-License-Identifier: ISC
# No module of lib ends the program or writes to a standard stream, but those below the
# line "What follows" of lib/README, which only cmd/ can include.
#	nm -A -P -u OBJECTS | awk -f scripts/exits.awk lib/README -

BEGIN {
	count = split("exit _exit _Exit quick_exit abort __assert_fail __assert raise " \
	    "stdout stderr printf puts putchar vprintf perror psignal psiginfo error " \
	    "err errx verr verrx warnx vwarn vwarnx syslog", names, " ")
	for (i = 1; i <= count; i++)
		forbidden[names[i]] = 1
	# What a signal does by default, to process 1 as well; a child that has not become
	# its command; the answer to --help.
	may["sig", "_exit"] = may["sig", "raise"] = 1
	may["spawn", "_exit"] = 1
	may["opt", "stdout"] = may["opt", "printf"] = may["opt", "putchar"] = 1
}

FILENAME == "lib/README" {
	below = below || /^What follows/
	if (below)
		speaks[$1] = 1
	next
}

{
	module = $1
	sub(/.*\//, "", module)
	sub(/\.o:$/, "", module)
	name = $2
	sub(/@.*/, "", name)
	sub(/^__(.*)_chk$/, substr(name, 3, length(name) - 6), name)
	objects += !(module in seen)
	seen[module] = 1
	if ((name in forbidden) && !(module in speaks) && !((module, name) in may)) {
		print "lib/" module " uses " name ": it may end nothing and print nothing"
		bad = 1
	}
}

END {
	if (objects == 0 || !below) {
		print "exits.awk: there is nothing to look at"
		bad = 1
	}
	exit bad
}
