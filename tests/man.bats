#!/usr/bin/env bats
load helper
load site
load redis

# The folder in which par-top finds runs.
prepare() {
	mkdir -m 700 run
	export XDG_RUNTIME_DIR=$PWD/run
	with_library
}

programs() {
	local folder

	for folder in "$ROOT"/cmd/*/; do basename "$folder"; done
}

# "-m --max N" for each option that the page, or the help, has.
options_of_page() {
	sed -n 's/^\.It \(Fl .*\)/\1/p' "$ROOT/man/$1.1" | sed 's/\\-/-/g; s/Ns = Ns//g; s/ ,//g' |
		awk '{
			names = arg = ""
			for (i = 1; i <= NF; i++)
				if ($i == "Fl") names = names " -" $(++i)
				else if ($i == "Ar") arg = " " $(++i)
			print substr(names, 2) arg
		}' | sort
}

options_of_help() {
	"$1" --help | sed -nE 's/^ +(-[^ ].*)$/\1/p' | sed 's/   *.*//; s/,//g; s/=/ /g' | sort
}

@test "man: every program has a page, and every page of section 1 its program" {
	diff <(programs) <(cd "$ROOT/man" && basename -s .1 -- *.1)
}

@test "man: every page passes mandoc's lint and has the sections that it needs" {
	local page

	"$ROOT/scripts/lint-man" "$ROOT"/man/*.[1-9]
	for page in "$ROOT"/man/*.1; do
		[ "$(grep -cE '^\.Sh (NAME|SYNOPSIS|DESCRIPTION|EXIT STATUS|EXAMPLES|SEE ALSO)$' \
			"$page")" = 6 ] || {
			echo "$page lacks a section"
			false
		}
	done
}

@test "man: groff sets each page for a terminal, and has no complaint" {
	# groff 1.23 takes a quote in the width of a column for the end of it
	run -1 grep -n "^\.Bl -column.*'" "$ROOT"/man/*
	command -v groff >/dev/null || skip "no groff"
	for page in "$ROOT"/man/*; do
		groff -m mdoc -T utf8 -ww -r LL=78n -t "$page" 2>&1 >/dev/null | same - /dev/null
	done
}

@test "man: the options of --help are those of the page" {
	local program bad=0

	for program in $(programs); do
		diff <(options_of_page "$program") <(options_of_help "$program") || {
			echo "$program: page (<) and --help (>) differ"
			bad=1
		}
	done
	[ "$bad" = 0 ]
}

@test "man: the usage line of --help is the SYNOPSIS of the page" {
	local program bad=0

	for program in $(programs); do
		diff -i <(mandoc -T ascii -O width=500 "$ROOT/man/$program.1" | sed 's/.\x08//g' |
			sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | sed '1d;$d' | tr -s ' \n' ' ' |
			sed 's/^ //; s/ $//; s/ \.\.\./.../g') \
			<("$program" --help | sed '/^$/,$d; 1s/^usage: //' | tr -s ' \n' ' ' |
				sed 's/ $//; s/ \.\.\./.../g') || {
			echo "$program: page (<) and --help (>) differ"
			bad=1
		}
	done
	[ "$bad" = 0 ]
}

@test "man: --help has lines for a terminal, options by purpose, and three examples" {
	local program

	for program in $(programs); do
		"$program" --help >help
		[ "$(awk 'length > 80' help)" = "" ]
		[ "$(sed '/^$/,$d' help | wc -l)" -le 3 ]
		[ "$(grep -c '^[A-Z].*:$' help)" -ge 3 ]
		[ "$(sed '1,/^Examples:/d' help | grep -c '^  ')" = 3 ]
	done
}

@test "man: --version tells name and version" {
	local program

	for program in $(programs); do
		[[ $("$program" --version) =~ ^"$program (par) "[0-9]+\.[0-9]+\.[0-9]+ ]]
	done
}

# Run what the page shows, in a fresh folder; say what differs.
examples_of() {
	local page=$1 work="$PWD/${1##*/}.run" bad=0 want n

	mkdir "$work" "$work.out"
	awk -v dir="$work.out" -v url="$SITE_URL" -f "$ROOT/tests/examples.awk" "$page" >"$work.sh"
	# how much memory there is, and who has it, is told by /proc
	if on_posix; then sed -i 's/--admit memory=4G,/--admit /' "$work.sh"; fi
	(cd "$work" && timeout "$DEADLINE" bash "$work.sh" </dev/null >/dev/null 2>"$work.err" 3>&-)
	mapfile -t -O "${#BACKGROUND[@]}" BACKGROUND <"$work.out/left"
	for want in "$work.out"/*.want; do
		[ -e "$want" ] || break
		n=${want%.want}
		# as on a terminal, a last newline that lacks makes no difference
		if [ -n "$(tail -c 1 "$n.got")" ]; then echo >>"$n.got"; fi
		# nor does what qemu adds, where it runs programs of another processor
		sed -i 's/; its last words: qemu: uncaught target signal.*//' "$n.got"
		if ! cmp -s "$want" "$n.got"; then
			echo "${page##*/}: $(cat "$n.command")"
			diff -a "$want" "$n.got" || true
			head -n 5 "$n.err"
			bad=1
		fi
	done
	return "$bad"
}

@test "man: the examples of every page print what the page says" {
	local page bad=0

	site_start
	redis_start
	for page in "$ROOT"/man/*.[1-9]; do
		[[ $page != *-node.7 ]] || has_node || continue
		examples_of "$page" || bad=1
	done
	[ "$bad" = 0 ]
}

# The examples of README.md as a page has them: there "# " stands before what they print.
readme_as_page() {
	awk '/^An example each/ { on = 1; print ".Bd -literal"; next }
		!on { next }
		!sub(/^    /, "") { if ($0 != "") exit; next }
		{ gsub(/\\/, "\\e") }
		sub(/^# /, "") { print; next }
		{ print (more ? "" : "$ ") $0; more = /\\e$/ }
		END { print ".Ed" }' "$ROOT/README.md"
}

@test "man: the examples of README.md print what stands there" {
	site_start
	redis_start
	readme_as_page >README
	[ "$(grep -c '^\$ ' README)" = "$(programs | wc -l)" ]
	examples_of README
}

@test "man: every page of section 1 shows at least two examples" {
	local page

	for page in "$ROOT"/man/*.1; do
		[ "$(grep -c '^\$ ' "$page")" -ge 2 ] || { echo "$page"; false; }
	done
}

@test "man: each program has a page for tldr, in its form, with options that there are" {
	local program

	diff <(programs) <(cd "$ROOT/packaging/tldr" && basename -s .md -- *.md)
	for program in $(programs); do
		"$ROOT/scripts/lint-tldr" "$ROOT/packaging/tldr/$program.md"
		# options of the program itself, not of what it runs
		sed -n "s/^\`.*$program \(.*\)\`$/\1/p" "$ROOT/packaging/tldr/$program.md" |
			sed 's/ \(sh\|--\|par-[a-z]*\|<\).*//' | grep -oE -- '--[a-z][a-z-]*' | sort -u >used
		"$program" --help >help
		[ "$program" != par-queue ] || "$program" work --help >>help
		while read -r option; do
			grep -qE -- "$option([ =]|$)" help || { echo "$program: $option"; return 1; }
		done <used
	done
}

@test "man: the check of tldr pages finds what is wrong" {
	printf '%s\n' '# par-x' '' '> Does it.' '' '- Do it.' '' '`par-y {{a`' '' '' 'more ' >par-x.md
	run -1 "$ROOT/scripts/lint-tldr" par-x.md
	diff - <(echo "$output") <<-'END'
		par-x.md:3: no line "> More information: <URL>."
		par-x.md:5: an example is "- Text:"
		par-x.md:7: does not run par-x
		par-x.md:7: {{ and }} do not match
		par-x.md:9: an empty line too many
		par-x.md:10: a blank at the end
		par-x.md:10: neither title, description, example nor command
	END
}
