#!/usr/bin/env bats
load helper
load site

# The scripts of examples/engines, as they are, fed as the engines feed them: what
# stands in for the engines is in tests/aid/engines.

prepare() {
	PATH=$ROOT/tests/aid/engines:$PATH
	export PYTHONPATH=$ROOT/tests/aid/engines PYTHONDONTWRITEBYTECODE=1
	export ENGINE_LOG=$PWD/log
	engines=$ROOT/examples/engines
}

clean_up() { site_stop; }

@test "engines: Hadoop Streaming counts links by the page that they lead to" {
	site_start
	sed "s,http://example.org,$SITE_URL," "$ROOT/examples/urls" >urls
	"$engines/hadoop.sh" urls out 2>err
	[ -f out/_SUCCESS ]
	par-fetch <urls 2>/dev/null | par-links | cut -f 2 | sort | uniq -c |
		awk '{ print $2 "\t" $1 }' | sort >want || true
	[ "$(wc -l <want)" -gt 50 ]
	same <(sort out/part-*) want
	# pages that cannot be had are named, and fail no task
	[ "$(wc -l <log)" = 4 ]
	grep -q '^par-run: .*/odd/closed: ' err
}

@test "engines: Hadoop Streaming runs a task again that could not go on" {
	mkdir bin
	cat >bin/par-fetch <<-'END'
		#!/bin/sh
		exit 1
	END
	chmod +x bin/par-fetch
	seq 1 10 >urls
	PATH=$PWD/bin:$PATH run -1 "$engines/hadoop.sh" urls out
	[ "$(grep -c '^m_0' log)" = 4 ]
	[ ! -e out/_SUCCESS ]
}

@test "engines: Spark pipes its partitions through a stage, an empty one too" {
	seq 1 100 >in
	python3 "$engines/spark.py" in out
	same <(sort -n out/part-*) <(par-fib <in)
	[ "$(find out -name 'part-*' -size 0 | wc -l)" = 1 ]
}

@test "engines: Spark hears of records that failed" {
	printf '1\nx\n' >in
	run -1 python3 "$engines/spark.py" in out
	[[ $output == *"par-run: x: not a number"* ]]
	[[ $output == *"par-run -n 2 par-fib exited with 1"* ]]
}

# What Spark's take() does, and a mapper of Hadoop's whose reader has gone.
@test "engines: an engine that closes early ends the stage, which leaves nothing behind" {
	for stage in 'par-run -n 2 par-fib' par-fib 'par-run -n 2 --map cat'; do
		yes 90 | env -i PATH="$PATH" sh -c "$stage; echo \$? >&2" 2>err | head -n 3 >out
		[ "$(wc -l <out)" = 3 ]
		[ "$(cat err)" = 141 ] # by SIGPIPE, without a word
	done
}

@test "engines: Slurm's tasks take a share each; a job that was killed goes on" {
	seq 1 20000 >in
	export SLURM_NTASKS=3
	for _ in 1 2 3; do
		setsid "$engines/slurm.sh" in out 3>&- &
		pid=$!
		eventually test -s out.1
		kill -9 -- "-$pid" 2>/dev/null || true
		wait "$pid" || true
	done
	"$engines/slurm.sh" in out
	same <(sort -n out) <(par-fib <in)
}

@test "engines: Slurm hears of a task that failed" {
	printf '1\nx\n' >in
	SLURM_NTASKS=2 run -1 "$engines/slurm.sh" in out
	[ ! -e out ]
}

# kubernetes INDEX: what a pod of that index does
kubernetes() {
	local command

	mapfile -t -d '' command < <(jq -j '.spec.template.spec.containers[0].command[] + "\u0000"' \
		"$engines/kubernetes.json")
	exec env -i PATH="$PATH" COMPLETIONS=4 JOB_COMPLETION_INDEX="$1" "${command[@]}"
}

@test "engines: Kubernetes' pods take a share each; one that is killed is run again" {
	seq 1 20000 >in
	for i in 0 1 3; do (kubernetes $i); done
	for _ in 1 2 3; do
		kubernetes 2 3>&- &
		pid=$!
		eventually test -s out.2
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" || true
	done
	(kubernetes 2)
	same <(sort -n out.[0-3]) <(par-fib <in)
	jq -e '.spec.completions == 4 and .spec.template.spec.containers[0].env[0].value == "4"' \
		"$engines/kubernetes.json" >/dev/null
}

@test "engines: Kubernetes hears of a record that failed, and of a missing command" {
	printf '1\nx\n' >in
	run -1 kubernetes 2
	PATH=/usr/bin:/bin run -127 kubernetes 0
}
