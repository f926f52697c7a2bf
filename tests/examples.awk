# SPDX-License-Identifier: ISC
# Turns the examples of an mdoc(7) page into a shell script that runs them all in
# one shell, and writes what each must print, and what it prints, to files
# DIR/N.want and DIR/N.got; DIR/N.command is the command.  -v dir=DIR -v url=ADDRESS
#
# An example is a line "$ command" in a literal display, with the lines after it,
# to the next one or the end of the display, as its output.  A command goes on in
# the next line after a backslash at its end, up to the end of its here-document,
# and in lines that begin with "> ".

function plain(text) {
	gsub(/\\e|\\\(rs/, "\001", text)
	gsub(/\\-/, "-", text)
	gsub(/\\&/, "", text)
	gsub(/\\\(aq/, "'", text)
	gsub(/\\\(dq/, "\"", text)
	gsub(/\\\(ti/, "~", text)
	gsub(/\\\(ha/, "^", text)
	gsub(/\\\(ga/, "`", text)
	gsub(/\\t/, "\t", text)
	if (text ~ /\\/) {
		print FILENAME ":" FNR ": an escape that is not known: " text >"/dev/stderr"
		bad = 1
	}
	gsub(/\001/, "\\", text)
	gsub(/http:\/\/example\.org/, url, text)
	return text
}

function quoted(text) {
	gsub(/'/, "'\\''", text)
	return "'" text "'"
}

# Does the command want another line?  Sets until for a here-document.
function unfinished(line) {
	if (until != "") {
		if (line == until)
			until = ""
	} else if (match(line, /<<-?'?[A-Z]+/)) {
		until = substr(line, RSTART, RLENGTH)
		gsub(/[<'-]/, "", until)
	}
	return until != "" || line ~ /\\$/
}

function finish() {
	if (command == "")
		return
	n++
	printf "%s\n", command >(dir "/" n ".command")
	close(dir "/" n ".command")
	printf "%s", want >(dir "/" n ".want")
	close(dir "/" n ".want")
	file = quoted(dir "/" n)
	print "eval " quoted(command) " >" file ".got 2>" file ".err"
	command = want = ""
}

/^\.Bd .*-literal/ { literal = 1; open = 0; next }
/^\.Ed/ { finish(); literal = 0; next }
!literal { next }
/^\$ / {
	finish()
	command = plain(substr($0, 3))
	open = unfinished(command)
	next
}
command == "" { next }
open || /^> / {
	if (!open)
		sub(/^> /, "")
	line = plain($0)
	command = command "\n" line
	open = unfinished(line)
	next
}
{ want = want plain($0) "\n" }
END {
	print "jobs -p >" quoted(dir "/left")
	exit bad
}
