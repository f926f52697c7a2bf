#!/usr/bin/env bats
# What the kits for stages in Python, Node, awk and shell do beside the rules of par-stage(7),
# which conformance.bats tries.
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
	python "par_stage.SEND_EVERY = 60 # seconds, and not what a busy machine takes
$by_hand"
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

# node_stage TEXT: a stage of it
node_stage() {
	needs_node
	printf '%s\n' "const { Fail, Retry, Stage, escape, fields, stage, unescape } = require('par-stage');" \
		"const assert = require('assert'), fs = require('fs');" "$1" >stage.js
	COMMAND=(node stage.js)
}

node_loop='(async () => {
	for await (const record of new Stage({ maxRecord: 5 })) record.put(record.data);
})();'
node_same='stage((record) => record).main();'

@test "kits: in Node an error is the record's, and what is printed is no output" {
	local wait

	for wait in '' 'await null;'; do
		node_stage "stage(${wait:+async} (record) => {
			$wait
			console.log('at', String(record));
			process.stdout.write('and ' + record + '\n');
			if (record == 3) return;
			if (record == 4) return { length: 1 };
			if (record == 5) return ['a', 5];
			if (record == 6) throw 'six';
			if (record == 7) throw new Fail('seven\n\0\x1b');
			if (record == 9) throw new Retry('é'.repeat(5000));
			return BigInt(String(record)) + 'é';
		}).main();"
		printf '2\n3\n4\n5\n6\n7\nx\n9\n8' | par-run -k -r 0 "${COMMAND[@]}" >out 2>err || [ $? = 1 ]
		[ "$(xargs <out)" = '2é 8é' ]
		grep -qx 'par-run: 4: TypeError: output is text or bytes, and not of Object' err
		grep -qx 'par-run: 5: TypeError: output is text or bytes, and not of Number' err
		grep -qx "par-run: 6: 'six'" err
		grep -qx 'par-run: 7: seven.x1b' err
		grep -qx 'par-run: x: SyntaxError: .*' err
		grep -q '^par-run: 9: éééé' err
		grep -qx 'at 8' err
		grep -qx 'and 8' err
	done
}

@test "kits: in Node several records are worked on, as many as is said, and several are output" {
	node_stage 'let active = 0, most = 0;
		stage(async function* (record) {
			most = Math.max(most, ++active);
			for (let i = record % 7; i >= 0; i--) await new Promise(setImmediate);
			active--;
			if (record % 1000 == 0) throw new Retry("a thousand");
			yield record;
			yield Buffer.of(0xff, 0);
		}, { jobs: 300, window: 2000 }).main();
		process.on("exit", () => console.log("most", most));'
	seq 5000 >in
	par-run -n 1 -r 0 "${COMMAND[@]}" <in >out 2>err || [ $? = 1 ]
	same <(tr -d '\377\0' <out | sed '/^$/d' | sort) <(sed '/000$/d' in | sort)
	[ "$(tr -cd '\377' <out | wc -c)" = 4995 ]
	grep -qx 'most 300' err
	[ "$(grep -c '^par-run: [1-5]000: a thousand$' err)" = 5 ]
	"${COMMAND[@]}" <in >out 2>err || [ $? = 1 ]
	[ "$(wc -l <out)" = 9990 ]
	grep -qx 'stage.js: 3000: a thousand' err
	grep -qx 'most 300' err
}

@test "kits: in Node a loop may have several hands, be left, and forget nothing" {
	node_stage 'const records = new Stage({ jobs: 3 })[Symbol.asyncIterator]();
		async function hand() {
			for (let step; !(step = await records.next()).done; ) {
				await new Promise(setImmediate);
				step.value.put(step.value.text);
				step.value.done();
				assert.throws(() => step.value.fail("no"), /record [0-9]+ was told of already/);
			}
		}
		Promise.all([hand(), hand(), hand()]);'
	seq 2000 >in
	par-run -n 2 "${COMMAND[@]}" <in >out
	same <(sort out) <(sort in)
	"${COMMAND[@]}" <in | sort | same - <(sort in)
	# what one that leaves had not done is for another one
	node_stage '(async () => {
		let i = 0;
		for await (const record of new Stage()) {
			if (++i > 3) break;
			record.put(record.data);
			record.done();
		}
	})();'
	seq 20 | par-run -n 1 "${COMMAND[@]}" >out
	same out <(seq 20)
	# nothing waits that could finish a record
	node_stage 'stage(() => new Promise(() => {})).main();'
	run -3 "${COMMAND[@]}" <<<1
	[ "$output" = 'stage.js: nothing is left that would finish 1 of the records' ]
}

@test "kits: in Node long records are failed, and large ones of any bytes are whole" {
	node_stage "$node_loop"
	printf 'a\n123456\nb\n%0900000d\n12345\n\n%0900000d' 1 2 >in
	"${COMMAND[@]}" <in >out 2>err || [ $? = 1 ]
	[ "$(xargs <out)" = 'a b 12345' ]
	[ "$(grep -c ': record [247] is longer than 5 bytes$' err)" = 3 ]
	[ "$(wc -c <err)" -lt 1000 ]
	par-run -n 1 -k "${COMMAND[@]}" <in >out 2>err || [ $? = 1 ]
	[ "$(xargs <out)" = 'a b 12345' ]
	[ "$(grep -c ': record [247] is longer than 5 bytes$' err)" = 3 ]
	{ head -c 300000 /dev/urandom; printf '\0\377\n\n%060000000d\n' 7; seq 9; head -c 300000 /dev/urandom; } >in
	for text in "${node_loop/maxRecord: 5/}" "$node_same"; do
		node_stage "$text"
		"${COMMAND[@]}" <in >out
		{ cat in; [ -z "$(tail -c 1 in | tr -d '\n')" ] || echo; } | same - out
	done
	par-run -n 1 -k "${COMMAND[@]}" <in | same - out
	: | "${COMMAND[@]}" | same - /dev/null
}

@test "kits: in Node a full disk, a closed pipe and an interrupt are heard of" {
	for text in "$node_loop" "$node_same"; do
		node_stage "$text"
		run -141 bash -o pipefail -c 'yes 1 | head -n 1000000 | "$@" | head -n 1' - "${COMMAND[@]}"
		[ "$output" = 1 ]
	done
	run -3 --separate-stderr bash -c '"$@" >/dev/full <<<1' - "${COMMAND[@]}"
	[ "$stderr" = 'stage.js: no space left on device' ]
	mkfifo to from
	background bash -c 'exec "$@" <to >from' - "${COMMAND[@]}"
	exec {to}>to {from}<from
	echo 1 >&"$to"
	read -r -t "$DEADLINE" _ <&"$from"
	kill -INT "$!"
	wait "$!" || [ $? = 130 ]
}

@test "kits: in Node a slow reader holds back the input, and nothing else" {
	node_stage 'let seen = 0, last = -1;
		setInterval(() => {
			if (seen > 0 && seen === last) {
				fs.writeFileSync("new", `${seen}\n`);
				fs.renameSync("new", "stuck");
			}
			last = seen;
		}, 50);
		stage(async (record) => { seen++; return record; }, { jobs: 4 }).main();'
	yes "$(printf '%0999d' 0)" | head -n 20000 >in
	mkfifo to from
	background bash -c 'exec "$@" <to >from' - "${COMMAND[@]}"
	background bash -c 'cat in >to'
	exec {from}<from
	eventually test -s stuck
	[ "$(cat stuck)" -lt 3000 ]
	same in - <&"$from"
}

@test "kits: in Node several may write to one pipe, and records of up to 4096 bytes stay whole" {
	node_stage "$node_same"
	for i in 1 2 3; do
		awk -v i="$i" 'BEGIN { for (n = 1; n <= 3000; n++) {
			s = sprintf("%d %0*d", i, n * 7919 % 4091 + 1, n); print substr(s, 1, 4095) } }' >in.$i
	done
	(for i in 1 2 3; do "${COMMAND[@]}" <in.$i & done; wait) | cat >out
	sort out | same - <(sort in.?)
}

@test "kits: in Node pipes that do not block, and sockets, are as good as others" {
	node_stage 'stage((record) => {
		const [own, other] = [0, 1].map((fd) => fs.readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"));
		assert(process.argv[2] !== "pipe" || !/flags:\s+0*[0-9]*4[0-9]{3}\n/.test(own + other));
		return record;
	}).main();'
	seq 2000 >in
	"$PYTHON" -IS - "${COMMAND[@]}" <<-'END'
		import os, socket, subprocess, sys, threading

		def feed(fd):
		    with open(fd, "wb") as to, open("in", "rb") as data:
		        to.write(data.read())

		def tried(inner, outer, ours, theirs, name):
		    with subprocess.Popen(sys.argv[1:] + [name], stdin=inner, stdout=outer) as stage:
		        os.close(inner)
		        os.close(outer)
		        thread = threading.Thread(target=feed, args=(ours,))
		        thread.start()
		        with open(theirs, "rb") as out, open("in", "rb") as data:
		            assert out.read() == data.read(), name
		        thread.join()
		    assert stage.returncode == 0, name

		for blocking in True, False:
		    (a, b), (c, d) = os.pipe(), os.pipe()
		    for fd in a, d:
		        os.set_blocking(fd, blocking)
		    tried(a, d, b, c, "pipe" if blocking else "free")
		(a, b), (c, d) = ([each.detach() for each in socket.socketpair()] for _ in range(2))
		tried(a, d, b, c, "socket")
	END
}

@test "kits: in Node fields and escapes are those of par-record(5), of text and of bytes" {
	node_stage 'const raw = ["", "a\tb\nc\rd\0e\\", "\\t\\\\n", "\\\\t", "é"];
		for (const text of raw) {
			assert.equal(unescape(escape(text)), text);
			assert.deepEqual(unescape(escape(Buffer.from(text))), Buffer.from(text));
		}
		assert.equal(escape("\t\\"), "\\t\\\\");
		assert.equal(unescape("\\x\\"), "\\x\\");
		assert.deepEqual(escape(Buffer.of(0xff, 0, 9)), Buffer.from("\xff\\0\\t", "latin1"));
		assert.deepEqual(fields("a\\tb\t\tc"), ["a\tb", "", "c"]);
		assert.deepEqual(fields(Buffer.from("a\\tb\t\tc")).map(String), ["a\tb", "", "c"]);'
	"${COMMAND[@]}"
}

@test "kits: in Node neighbours have one line where the supervisor takes it" {
	node_stage 'const all = new Stage({ window: 9 });
		assert(all.supervised && !process.env.PAR_STAGE && !process.env.PAR_STAGE_TAKES);
		(async () => { for await (const record of all) record.put(record.data); })();'
	seq 5 >in
	told() {
		bash -c 'export PAR_STAGE=7:$$ PAR_STAGE_TAKES=$$:'"$1"'; exec "$@" 7>lines' - \
			"${COMMAND[@]}" <in >out
		same in out
		[ "$(xargs <lines)" = "par-stage 1 window=9 $2" ]
	}
	# more than one line where that took longer than what is finished waits
	eventually told runs '0..4 10 ok'
	eventually told counts '0 2,2,2,2,2 ok'
	told none '0 2 ok 1 2 ok 2 2 ok 3 2 ok 4 2 ok'
	# of another process
	run -1 bash -c 'PAR_STAGE=7:1 "$@" 7>lines <in' - "${COMMAND[@]}"
	[ ! -s lines ]
}

@test "kits: the package for Node has its files, and can be imported" {
	local package=$PAR_SHARE/node/par-stage

	node_stage ''
	echo "import { stage } from '$package/index.js'; stage((record) => record).main();" >stage.mjs
	[ "$(node stage.mjs <<<1)" = 1 ]
	# each name that it has is in its types
	node -p 'Object.keys(require("par-stage")).join("\n")' | while read -r name; do
		grep -qE "^export (class|function) $name\b" "$package/index.d.ts" || { echo "$name"; return 1; }
	done
	command -v npm >/dev/null || skip "no npm"
	cp -r "$package" package
	HOME=$PWD npm --offline pack --dry-run --json ./package >packed 2>err
	[ "$(jq -r '.[0].files[].path' packed | sort | xargs)" = 'README.md index.d.ts index.js package.json' ]
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
