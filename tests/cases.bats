# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Commands, what they are given, and what comes of it: tests/cases.

load helper

@test "cases: par-run with records as arguments" {
	"$ROOT/tests/cases/run" "$ROOT"/tests/cases/arguments.cases
}

@test "cases: par-run with odd names" {
	"$ROOT/tests/cases/run" "$ROOT"/tests/cases/names.cases
}

@test "cases: par-run with what stands in words, in lists, and comes out" {
	"$ROOT/tests/cases/run" "$ROOT"/tests/cases/words.cases
}

@test "cases: par-run and what is killed meanwhile" {
	"$ROOT/tests/cases/run" "$ROOT"/tests/cases/deaths.cases
}

@test "cases: par-run as those know it who know xargs, GNU parallel, xe, rush or fd" {
	"$ROOT/tests/cases/run" "$ROOT"/tests/cases/rivals.cases
}

@test "cases: par-run does each line of the tables of par(7)" {
	"$ROOT/tests/cases/run" "$ROOT"/tests/cases/tables.cases
	sed -n '/^.Ss If you know xargs/,/^.Ss If you know Python/s/^.It \(.*\) Ta .*/\1/p' \
		"$ROOT/man/par.7" | grep -v '^Em there' |
		sed 's/\\e/\\/g; s/\\-/-/g; s/\\&//g; s/\\(dq/"/g' >rows
	[ "$(wc -l <rows)" -gt 70 ]
	sed -n 's/^# //p' "$ROOT"/tests/cases/tables.cases | sort | cmp - <(sort rows)
}

@test "cases: par-run with what its processes write" {
	"$ROOT/tests/cases/run" "$ROOT"/tests/cases/outputs.cases
}

@test "cases: a case that fails is told" {
	printf '%s\n' '# one' '$ echo a' '| b' '# two' '$ echo c' '| c' >some
	run -1 "$ROOT/tests/cases/run" some
	[ "${lines[-1]}" = "2 cases, 1 failed" ]
	[ "${lines[0]}" = "some:1: one" ]
}

@test "cases: par-run with records of several lines, and records on standard input" {
	"$ROOT/tests/cases/run" "$ROOT"/tests/cases/records.cases
}
