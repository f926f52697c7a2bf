# SPDX-License-Identifier: ISC
# What stage.c beside it does, by stage.awk; kind is by -v.

function first_to_come(name) {
	return system("(set -C && : >" name ") 2>/dev/null") == 0
}

kind == "mixed" {
	if ($0 != 3)
		par_put("result " $0)
	if ($0 == 2) {
		par_put("")
		par_put("a\\tb\\0c\\\\")
	}
	if ($0 == 4) {
		long = "xxx"
		while (length(long) < 300000)
			long = long long
		par_put(substr(long, 1, 300000))
	}
	par_done()
}

kind == "fails" {
	if ($0 == 6) {
		par_retry("not now")
		next
	}
	par_put("result " $0)
	if ($0 == 5)
		par_fail("no good")
	else
		par_done()
}

kind == "once" && $0 == 5 && first_to_come("met5") {
	par_put("resu")
	par_retry("not now")
	next
}

kind == "once" && $0 == 6 && first_to_come("met6") {
	printf "resu"
	fflush()
	system("kill -9 $PPID")
}

kind == "once" {
	par_put("result " $0)
	par_done()
}
