# SPDX-License-Identifier: ISC
# Turns the --help text of a program into completions.
# -v shell=bash|zsh|fish -v name=PROGRAM
# That of a program with verbs is followed by that of each verb.

/^usage: / {
	if ($3 ~ /^[a-z]+$/) {
		verb = $3
		verbs[++verb_count] = verb
		verb_words = verb_words (verb_words == "" ? "" : " ") verb
		if (/ STAGE/)
			stage_verb = verb
	} else
		runs_command = / COMMAND/
	next
}

/^  / && ($1 ~ /^-/) && verb != "" {
	match($0, /--[a-z0-9.-]+/)
	has[verb, substr($0, RSTART + 2, RLENGTH - 2)] = 1
	next
}

verb != "" { next }

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

# The names of the options of verb v, with sep between; of all options if it is "".
function names_with(v, sep,    i, all) {
	for (i = 1; i <= n; i++)
		if (v == "" || (v, long[i]) in has)
			all = all (all == "" ? "" : " ") names_of(i)
	gsub(/ /, sep, all)
	return all
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

# In bash, the words behind the queue are a stage with options of its own.  skip: the
# options that take a word.
function bash_stage(skip) {
	print "\tlocal queue= stage= skip='^(" skip ")$'"
	print "\tfor ((i++; i < COMP_CWORD; i++)); do"
	print "\t\tif [[ -z $queue && ${COMP_WORDS[i]} =~ $skip ]]; then"
	print "\t\t\t((i++))"
	print "\t\t\tif [[ ${COMP_WORDS[i]} == = ]]; then ((i++)); fi"
	print "\t\telif [[ -z $queue && ${COMP_WORDS[i]} != -* ]]; then"
	print "\t\t\tqueue=1"
	print "\t\telif [[ -n $queue ]]; then"
	print "\t\t\tif [[ ${COMP_WORDS[i]} == -- ]]; then ((i++)); fi"
	print "\t\t\tif ((i < COMP_CWORD)); then stage=$i; fi"
	print "\t\t\tbreak"
	print "\t\tfi"
	print "\tdone"
	print "\tif [[ $verb == '" stage_verb "' && -n $stage ]]; then"
	print "\t\t_command_offset \"$stage\" 2>/dev/null"
	print "\t\treturn"
	print "\tfi"
}

# In bash, what stands for options where a verb is known, and for other words.
function bash_verbs(skip,    i) {
	print "\tlocal i verb= options='" names_with("", " ") "'"
	print "\tfor ((i = 1; i < COMP_CWORD; i++)); do"
	print "\t\tcase ${COMP_WORDS[i]} in"
	for (i = 1; i <= verb_count; i++)
		print "\t\t" verbs[i] ") verb=" verbs[i] " options='" names_with(verbs[i], " ") "' ;;"
	print "\t\t*) continue ;;"
	print "\t\tesac"
	print "\t\tbreak"
	print "\tdone"
	bash_stage(skip)
	print "\tif [[ $cur == -* ]]; then"
	print "\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")"
	print "\telif [[ -z $verb ]]; then"
	print "\t\tmapfile -t COMPREPLY < <(compgen -W '" verb_words "' -- \"$cur\")"
	print "\telif [[ $verb == '" stage_verb "' ]]; then"
	print "\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$cur\")"
	print "\telse\n\t\tCOMPREPLY=()\n\tfi"
}

function bash(    i, all, files, others, both, fn, pattern) {
	all = names_with("", " ")
	for (i = 1; i <= n; i++) {
		pattern = names_of(i)
		gsub(/ /, "|", pattern)
		if (arg[i] == "")
			continue
		if (takes_file(i))
			files = files (files == "" ? "" : "|") pattern
		else
			others = others (others == "" ? "" : "|") pattern
	}
	both = files (files != "" && others != "" ? "|" : "") others
	fn = "_" name
	gsub(/[^a-z_]/, "_", fn)
	print "# bash completion for " name "(1)"
	print fn "() {"
	print "\tlocal cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}"
	print "\t# \"--max=5\" comes as three words"
	print "\tif [[ $cur == = ]]; then cur= ; fi"
	print "\tif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi"
	if (runs_command) {
		print "\tlocal i skip=" (both == "" ? "-" : "'^(" both ")$'")
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
	if (verb_count > 0)
		bash_verbs(both)
	else {
		print "\tif [[ $cur == -* ]]; then"
		print "\t\tmapfile -t COMPREPLY < <(compgen -W '" all "' -- \"$cur\")"
		print "\telse"
		print "\t\tmapfile -t COMPREPLY < <(compgen " (runs_command ? "-c" : "-f") " -- \"$cur\")"
		print "\tfi"
	}
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

function zsh_options(    i, what, spec) {
	for (i = 1; i <= n; i++) {
		what = arg[i] == "" ? "" : ":" zsh_text(arg[i]) ":" (takes_file(i) ? "_files" : " ")
		spec = zsh_text(help[i])
		if (letter[i] != "")
			print "\t'-" letter[i] (arg[i] != "" ? "+" : "") "[" spec "]" what "'" eol
		if (long[i] != "")
			print "\t'--" long[i] (arg[i] != "" ? "=" : "") "[" spec "]" what "'" eol
	}
}

function zsh_verbs(    i) {
	print "local -a options\noptions=("
	zsh_options()
	print ")\ncase ${words[(r)(" names_of_verbs("|") ")]} in"
	for (i = 1; i <= verb_count; i++)
		print verbs[i] ") options=(${(M)options:#(" names_with(verbs[i], "|") ")([+=]|)\\[*}) ;;"
	print "esac"
	print "_arguments -s -S $options '1:verb:(" verb_words ")' '2:queue: ' \\"
	print "\t'*::stage:_normal'"
}

function names_of_verbs(sep,    all) {
	all = verb_words
	gsub(/ /, sep, all)
	return all
}

function zsh() {
	print "#compdef " name
	if (verb_count > 0) {
		zsh_verbs()
		return
	}
	eol = " \\"
	print "_arguments -s -S \\"
	zsh_options()
	if (runs_command)
		print "\t'(-):command: _command_names -e' '*::arguments: _normal'"
	else
		print "\t'*:file:_files'"
}

# Where fish is to offer option i: behind verbs that have it, or everywhere.
function fish_where(i,    k, all, count) {
	for (k = 1; k <= verb_count; k++)
		if ((verbs[k], long[i]) in has) {
			all = all " " verbs[k]
			count++
		}
	return count == verb_count ? "" : " -n '__fish_seen_subcommand_from" all "'"
}

function fish(    i, line, skip, words) {
	for (i = 1; i <= n; i++)
		if (arg[i] != "")
			skip = skip " " names_of(i)
	if (runs_command)
		print "complete -c " name " -x -a '(__fish_complete_subcommand --" skip ")'"
	if (verb_count > 0) {
		print "complete -c " name " -f -n 'not __fish_seen_subcommand_from " verb_words "' -a '" verb_words "'"
		words = verb_words
		sub(stage_verb " ", "", words) # which takes files, and commands
		print "complete -c " name " -f -n '__fish_seen_subcommand_from " words "'"
	}
	for (i = 1; i <= n; i++) {
		line = "complete -c " name fish_where(i)
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
