# SPDX-License-Identifier: ISC
# A file calls only files above it in the list of its README, and no two call each other in
# a circle.  Prints each circle, and a short way round it by what each uses of the next.
#	nm -A -P -g OBJECTS | awk -v objects=FOLDER -f scripts/modules.awk \
#	    -f scripts/circles.awk scripts/exceptions READMES -
# FOLDER is what stands before cmd/ and lib/ in the names of objects.

# The file of an object: par-run/intake, in unit par-run, for cmd/par-run/feed/intake.o.
function file_of(name) {
	take_apart(substr(name, length(objects) + 2))
	name = unit "/" module
	if (!(name in unit_of)) {
		unit_of[name] = unit
		rank_of[name] = rank[unit, module]
		files[++count] = name
	}
	return name
}

# FILE calls calls[FILE, 1 .. degree[FILE]], by symbol[FILE, OTHER], the first of many.
function link(    use, part, other) {
	for (use in uses) {
		split(use, part, SUBSEP)
		other = defined[unit_of[part[1]], part[2]]
		if (other == "")
			other = defined["lib", part[2]]
		if (other == "" || other == part[1])
			continue
		if (!((part[1], other) in symbol))
			calls[part[1], ++degree[part[1]]] = other
		else if (part[2] > symbol[part[1], other])
			continue
		symbol[part[1], other] = part[2]
	}
}

# All that START reaches, by the shortest ways: way[FILE] is the file before it.
function walk(start, way,    queue, head, tail, i, other) {
	split("", way)
	queue[tail = 1] = start
	for (head = 1; head <= tail; head++)
		for (i = 1; i <= degree[queue[head]]; i++) {
			other = calls[queue[head], i]
			if (!(other in way)) {
				way[other] = queue[head]
				queue[++tail] = other
			}
		}
}

function show_circle(start,    i, name, text, new) {
	for (i = 1; i <= count; i++) {
		name = files[i]
		if ((start, name) in reach && (name, start) in reach) {
			circled[name] = 1
			text = text " " name
			if (!(name in excepted))
				new = new " " name
		}
	}
	print "a circle of" text (new ? "; new in one:" new : "")
	if (new)
		bad = 1
	walk(start, way)
	name = start
	text = ""
	do {
		text = "    " way[name] " uses " symbol[way[name], name] " of " name "\n" text
		name = way[name]
	} while (name != start)
	printf "%s", text
}

# FILE uses what OTHER defines, which is listed below it.
function check_call(file, other,    name) {
	name = other
	sub(/.*\//, "", name)
	if ((file, name) in leave)
		used[file, name] = 1
	else {
		print file " uses " symbol[file, other] " of " name ", which is listed below it"
		bad = 1
	}
}

FILENAME == "scripts/exceptions" {
	if ($1 == "circle")
		excepted[$2] = 1
	if ($1 == "call")
		leave[$2, $3] = 1
	next
}

{
	file = file_of($1)
	if ($3 ~ /^[Uvw]$/)
		uses[file, $2] = 1
	else if ($2 != "main")
		defined[unit, $2] = file
}

END {
	link()
	for (i = 1; i <= count; i++) {
		walk(files[i], way)
		for (name in way)
			reach[files[i], name] = 1
	}
	for (i = 1; i <= count; i++)
		if (!(files[i] in circled) && (files[i], files[i]) in reach)
			show_circle(files[i])
	for (i = 1; i <= count; i++)
		for (j = 1; j <= degree[files[i]]; j++) {
			name = calls[files[i], j]
			if (unit_of[name] == unit_of[files[i]] && rank_of[name] > rank_of[files[i]])
				check_call(files[i], name)
		}
	for (line in leave)
		if (!(line in used)) {
			split(line, part, SUBSEP)
			print "scripts/exceptions: " part[1] " uses nothing of " part[2] \
			    " below it: take its line out"
			bad = 1
		}
	for (name in excepted)
		if (!(name in circled)) {
			print "scripts/exceptions: " name " is in no circle: take its line out"
			bad = 1
		}
	exit bad
}
