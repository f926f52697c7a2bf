#!/usr/bin/env bats
# What the kits for stages in Python, awk and shell do beside the rules of par-stage(7), which
# conformance.bats tries.
load helper

setup_file() {
	export PYTHON
	PYTHON=$(python3 -c 'import sys; print(sys.executable)')
}

prepare() {
	with_library
}

# python TEXT: a stage of it
python() {
	printf '%s\n' 'import par_stage, os, sys' "$1" >stage.py
	COMMAND=("$PYTHON" -S stage.py)
}

by_hand='stage = par_stage.Stage(max_record=5)
for record in stage: record.put(record.data)
sys.exit(stage.finish())'

@test "kits: Python 3.9 reads par_stage.py" {
	"$PYTHON" -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 9))' \
		"$PAR_SHARE/par_stage.py"
}

@test "kits: in Python an exception is the record's, and what is printed is no output" {
	python '@par_stage.stage
def half(record):
    print("at", record.decode())
    return str(12 // int(record))
half.main()'
	printf '3\n0\nx\n4' | par-run -k "${COMMAND[@]}" >out 2>err || [ $? = 1 ]
	[ "$(xargs <out)" = '4 3' ]
	grep -qx 'par-run: 0: ZeroDivisionError: .*' err
	grep -qx 'par-run: x: ValueError: .*' err
	grep -qx 'at 3' err
}

@test "kits: in Python threads work on several records, each of which is told of by itself" {
	python 'import threading
met = threading.Barrier(3)
@par_stage.stage(threads=3)
def wait(record):
    met.wait(60)
    if record == b"5": raise par_stage.Fail("five")
    yield record
wait.main()'
	seq 6 | par-run -n 1 "${COMMAND[@]}" >out 2>err || [ $? = 1 ]
	[ "$(sort out | xargs)" = '1 2 3 4 6' ]
	[ "$(cat err)" = 'par-run: 5: five' ]
}

@test "kits: in Python long records are failed, and large ones are whole" {
	python "$by_hand"
	printf 'a\n123456\nb\n%0900000d\n12345\n%0900000d' 1 2 >in
	"${COMMAND[@]}" <in >out 2>err || [ $? = 1 ]
	[ "$(xargs <out)" = 'a b 12345' ]
	[ "$(grep -c ': record [246] is longer than 5 bytes$' err)" = 3 ]
	python "${by_hand/max_record=5/}"
	"${COMMAND[@]}" <in >out
	{ cat in; echo; } | same - out
}

@test "kits: in Python a full disk and a closed pipe are heard of" {
	python '@par_stage.stage
def same(record): return record
same.main()'
	run -3 --separate-stderr bash -c '"$@" >/dev/full <<<1' - "${COMMAND[@]}"
	[ "$stderr" = 'stage.py: No space left on device' ]
	run -141 bash -o pipefail -c 'seq 1000000 | "$@" | head -n 1' - "${COMMAND[@]}"
	[ "$output" = 1 ]
}

@test "kits: in Python fields and escapes are those of par-record(5)" {
	python 'for text in (b"", b"a\tb\nc\rd\0e\\", b"\\t\\\\n", b"\\\\t"):
    assert par_stage.unescape(par_stage.escape(text)) == text
assert par_stage.escape("\t\\") == b"\\t\\\\"
assert par_stage.unescape(b"\\x\\") == b"\\x\\"
assert par_stage.fields(b"a\\tb\t\tc") == [b"a\tb", b"", b"c"]'
	"${COMMAND[@]}"
}

@test "kits: in Python neighbours have one line where the supervisor takes it" {
	python "$by_hand"
	seq 5 >in
	for takes in runs counts none; do
		bash -c 'export PAR_STAGE=7:$$ PAR_STAGE_TAKES=$$:'"$takes"'; exec "$@" 7>lines.'"$takes" - \
			"${COMMAND[@]}" <in >out
		same in out
	done
	[ "$(xargs <lines.runs)" = 'par-stage 1 0..4 10 ok' ]
	[ "$(xargs <lines.counts)" = 'par-stage 1 0 2,2,2,2,2 ok' ]
	[ "$(xargs <lines.none)" = 'par-stage 1 0 2 ok 1 2 ok 2 2 ok 3 2 ok 4 2 ok' ]
}

@test "kits: shell and awk count bytes, and name what failed" {
	printf '%s\n' '. "$PAR_SHARE/stage.sh"' par_open \
		'while par_next; do par_put "$par_record"; [ "$par_record" != x ] || { par_fail; continue; }; par_done; done' \
		par_finish >stage
	printf '{ par_put($0); if ($0 == "x") par_fail(); else par_done() }\n' >stage.awk
	printf 'é\nx\n\na\\b  c' >in
	for command in 'sh stage' 'bash stage' "awk -f $PAR_SHARE/stage.awk -f stage.awk"; do
		export LC_ALL=C.UTF-8
		[[ $command != awk* ]] || LC_ALL=C
		# shellcheck disable=SC2086 # words
		par-run -k $command <in >out 2>err || [ $? = 1 ]
		{ cat in; echo; } | same - out
		[ "$(cat err)" = 'par-run: x: failed' ]
		$command <in >out 2>err || [ $? = 1 ]
		{ cat in; echo; } | same - out
		grep -qx '.*: x: failed' err
	done
}
