#!/usr/bin/env bats
# Every fuzz target, on its seeds and a few inputs that come of them, always the same.
# tests/fuzz/run NAME goes on from there.
load helper

# is_there: a clang with what libFuzzer needs?
is_there() {
	echo 'int LLVMFuzzerTestOneInput(const char *a, long b) { return !a && b; }' >probe.c
	clang -fsanitize=fuzzer,address -o probe probe.c 2>/dev/null
}

@test "fuzz: parsers keep their promises for the seeds, and what comes of them" {
	[ -z "${SANITIZED-}" ] || skip "has sanitizers of its own, and was run without"
	is_there || skip "no clang with libFuzzer"
	targets=("$ROOT"/tests/fuzz/*.c)
	FOUND=$PWD run "$ROOT/tests/fuzz/run" all 3000 -seed=1
	echo "$output"
	[ "$status" = 0 ]
	# each of them
	[ "$(grep -c ': Done [0-9]* runs' <<<"$output")" = "${#targets[@]}" ]
}

@test "fuzz: each target has seeds" {
	for target in "$ROOT"/tests/fuzz/*.c; do
		[ -n "$(ls "${target%.c}-corpus")" ]
	done
}
