# SPDX-License-Identifier: ISC
#
# Native stages of par-stage(7) in awk: see par-stage-awk(7).
#
#	LC_ALL=C awk -f stage.awk -f mine.awk
#
# mine.awk has patterns and actions as any; each record has to come to one of par_done(),
# par_fail() and par_retry(), after what par_put() adds to its output.  Words of the first
# line are in par_words, by -v.  Bytes are counted: LC_ALL=C says so to every awk.

BEGIN {
	if (length("\303\251") != 2) {
		print "stage.awk: counts characters and not bytes: run it with LC_ALL=C" >"/dev/stderr"
		par_status = 125
		exit 125
	}
	if (split(ENVIRON["PAR_STAGE"], par_place, ":") == 2 && par_place[2] == par_pid()) {
		par_lines = "/dev/fd/" par_place[1]
		par_say("par-stage 1 ahead" (par_words == "" ? "" : " " par_words))
	}
	par_out = ""
}

END {
	if (par_status)
		exit par_status
}

# The process id of this awk: its child tells.
function par_pid(    pid) {
	"echo $PPID" | getline pid
	close("echo $PPID")
	return pid
}

function par_say(line) {
	print line >par_lines
	fflush(par_lines)
}

# Add a record to the output of the one at hand.
function par_put(line) {
	par_out = par_out line "\n"
}

function par_done() {
	par_tell("ok")
}

function par_fail(why) {
	par_tell("fail", why)
}

function par_retry(why) {
	par_tell("retry", why)
}

function par_tell(status, why) {
	if (par_out != "") {
		printf "%s", par_out
		if (par_lines != "")
			fflush()
	}
	if (par_lines != "")
		par_say((NR - 1) " " length(par_out) " " status (why == "" ? "" : " " why))
	else if (status != "ok") {
		par_status = 1
		why = $0 ": " (why == "" ? "failed" : why)
		gsub(/[\001-\037\177]/, "?", why)
		print "stage.awk: " why >"/dev/stderr"
	}
	par_out = ""
}
