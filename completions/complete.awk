# SPDX-License-Identifier: ISC
# Turns the --help text of a program into completions.
# -v shell=bash|zsh|fish -v name=PROGRAM

/^usage: / {
	runs_command = / COMMAND/
	next
}

/^  / && ($1 ~ /^-/) {
	option($0)
	next
}

# A first line of help that stands below the names.
n > 0 && help[n] == "" && /^ / {
	sub(/^ +/, "")
	help[n] = $0
}

END {
	if (shell == "bash")
		bash()
	else if (shell == "zsh")
		zsh()
	else
		fish()
}

# "  -m, --max=N    text", each part but one may be missing.
function option(line,    names) {
	n++
	sub(/^ +/, "", line)
	names = line
	if (match(line, /   */)) {
		names = substr(line, 1, RSTART - 1)
		help[n] = substr(line, RSTART + RLENGTH)
	}
	if (names ~ /^-[^-]/)
		letter[n] = substr(names, 2, 1)
	if (match(names, /--[a-z0-9.-]+/))
		long[n] = substr(names, RSTART + 2, RLENGTH - 2)
	if (match(names, /=.*$/) || match(names, /^-. .*$/))
		arg[n] = substr(names, RSTART + (names ~ /=/ ? 1 : 3))
}

function takes_file(i) {
	return arg[i] ~ /FILE|FIFO|DIR|STATE|PATH/
}

function names_of(i,    s) {
	if (letter[i] != "")
		s = "-" letter[i]
	if (long[i] != "")
		s = s (s == "" ? "" : " ") "--" long[i]
	return s
}

function bash(    i, all, files, others, fn, pattern) {
	for (i = 1; i <= n; i++) {
		all = all (all == "" ? "" : " ") names_of(i)
		pattern = names_of(i)
		gsub(/ /, "|", pattern)
		if (arg[i] == "")
			continue
		if (takes_file(i))
			files = files (files == "" ? "" : "|") pattern
		else
			others = others (others == "" ? "" : "|") pattern
	}
	fn = "_" name
	gsub(/[^a-z_]/, "_", fn)
	print "# bash completion for " name "(1)"
	print fn "() {"
	print "\tlocal cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}"
	print "\t# \"--max=5\" comes as three words"
	print "\tif [[ $cur == = ]]; then cur= ; fi"
	print "\tif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi"
	if (runs_command) {
		print "\tlocal i skip=" (files others == "" ? "-" : "'^(" files (files != "" && others != "" ? "|" : "") others ")$'")
		print "\tfor ((i = 1; i < COMP_CWORD; i++)); do"
		print "\t\tif [[ ${COMP_WORDS[i]} =~ $skip ]]; then"
		print "\t\t\t((i++))"
		print "\t\t\tif [[ ${COMP_WORDS[i]} == = ]]; then ((i++)); fi"
		print "\t\telif [[ ${COMP_WORDS[i]} == -- ]]; then"
		print "\t\t\t_command_offset $((i + 1)) 2>/dev/null"
		print "\t\t\treturn"
		print "\t\telif [[ ${COMP_WORDS[i]} != -* ]]; then"
		print "\t\t\t_command_offset \"$i\" 2>/dev/null"
		print "\t\t\treturn"
		print "\t\tfi"
		print "\tdone"
	}
	print "\tcase $before in"
	if (files != "")
		print "\t" files ")\n\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n\t\treturn ;;"
	if (others != "")
		print "\t" others ")\n\t\tCOMPREPLY=()\n\t\treturn ;;"
	print "\tesac"
	print "\tif [[ $cur == -* ]]; then"
	print "\t\tmapfile -t COMPREPLY < <(compgen -W '" all "' -- \"$cur\")"
	print "\telse"
	print "\t\tmapfile -t COMPREPLY < <(compgen " (runs_command ? "-c" : "-f") " -- \"$cur\")"
	print "\tfi"
	print "}"
	print "complete -o filenames -F " fn " " name
}

# Text for a zsh or fish word in single quotes.
function quoted(s) {
	gsub(/'/, "'\\''", s)
	return s
}

function zsh_text(s) {
	gsub(/[][\\:]/, "\\\\&", s)
	return quoted(s)
}

function zsh(    i, what, spec) {
	print "#compdef " name
	print "_arguments -s -S \\"
	for (i = 1; i <= n; i++) {
		what = arg[i] == "" ? "" : ":" zsh_text(arg[i]) ":" (takes_file(i) ? "_files" : " ")
		spec = zsh_text(help[i])
		if (letter[i] != "")
			print "\t'-" letter[i] (arg[i] != "" ? "+" : "") "[" spec "]" what "' \\"
		if (long[i] != "")
			print "\t'--" long[i] (arg[i] != "" ? "=" : "") "[" spec "]" what "' \\"
	}
	if (runs_command)
		print "\t'(-):command: _command_names -e' '*::arguments: _normal'"
	else
		print "\t'*:file:_files'"
}

function fish(    i, line, skip) {
	for (i = 1; i <= n; i++)
		if (arg[i] != "")
			skip = skip " " names_of(i)
	if (runs_command)
		print "complete -c " name " -x -a '(__fish_complete_subcommand --" skip ")'"
	for (i = 1; i <= n; i++) {
		line = "complete -c " name
		if (letter[i] != "")
			line = line " -s " letter[i]
		if (long[i] != "")
			line = line " -l " long[i]
		if (arg[i] != "")
			line = line (takes_file(i) ? " -r -F" : " -x")
		gsub(/'/, "\\'", help[i])
		print line " -d '" help[i] "'"
	}
}
