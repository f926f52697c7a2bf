#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Native stages by each kit, which give back the record that they get, beside par-fib.
set -eu
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"

records=${BENCH_RECORDS:-1000000}
built=$(dirname "$(dirname "$(command -v par-run)")")/public
export PYTHONPATH=$ROOT/kit NODE_PATH=$ROOT/kit/node
yes "$(seq 0 90)" | head -n "$records" >in
cat >same.c <<'C'
#include <par_stage.h>

int
main(void)
{
	struct par_stage *stage = par_new();
	const char *data;
	size_t len;

	par_open(stage);
	while (par_next(stage, &data, &len) == PAR_RECORD) {
		par_put(stage, data, len);
		par_put(stage, "\n", 1);
		par_done(stage);
	}
	return par_finish(stage);
}
C
${CC:-cc} -O2 -I"$ROOT/lib/public" -o same same.c "$built/libpar-stage.a"
printf '%s\n' 'import par_stage' '@par_stage.stage' 'def same(record): return record' \
	'same.main()' >function.py
printf '%s\n' 'import par_stage' 'stage = par_stage.Stage()' \
	'for record in stage: record.put(record.data)' 'stage.finish()' >loop.py
printf '%s\n' "const { stage } = require('par-stage');" 'stage((record) => record).main();' >function.js
printf '%s\n' "const { Stage } = require('par-stage');" '(async () => {' \
	'for await (const record of new Stage()) record.put(record.data); })();' >loop.js
echo '{ par_put($0); par_done() }' >same.awk
printf '%s\n' ". '$ROOT/kit/stage.sh'" par_open \
	'while par_next; do par_put "$par_record"; par_done; done' par_finish >same.sh

compare "one worker" "$records" records/s
measure "par-fib" "par-run -n 1 par-fib <in"
measure "libpar-stage" "par-run -n 1 ./same <in"
compare "one worker, a tenth of that" "$((records / 10))" records/s
head -n "$((records / 10))" in >few
measure "par-fib" "par-run -n 1 par-fib <few"
measure "par_stage.py, a function" "par-run -n 1 python3 function.py <few" python3
measure "par_stage.py, a loop" "par-run -n 1 python3 loop.py <few" python3
measure "par-stage for Node, a function" "par-run -n 1 node function.js <few" node
measure "par-stage for Node, a loop" "par-run -n 1 node loop.js <few" node
measure "stage.awk" "par-run -n 1 awk -f '$ROOT/kit/stage.awk' -f same.awk <few" awk
measure "stage.sh" "par-run -n 1 sh same.sh <few"
