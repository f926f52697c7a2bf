#!/bin/bash
# SPDX-License-Identifier: ISC
#
# Pools of processes in Python: par_client.py beside those of Python itself, and through a
# queue beside Celery, on the same Redis server: appendonly yes, everysec.
set -eu
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"
needed redis-server redis-cli || exit 0

export PYTHONPATH=$ROOT/kit:$PWD
export PAR_QUEUE_URL=unix://$PWD/s
redis-server --port 0 --unixsocket "$PWD/s" --dir "$PWD" --save '' --appendonly yes \
	--appendfsync everysec --logfile log &
pids=$!
trap 'kill $pids; wait' EXIT
until [ "$(redis-cli -s s PING 2>/dev/null)" = PONG ]; do read -r -t 0.02 <> <(:) || :; done

unset PYTHONDONTWRITEBYTECODE # modules are compiled once, as where they are installed
export PYTHONPYCACHEPREFIX=$PWD/compiled
python=$(python3 -c 'import sys; print(sys.executable)')
for other in "$python" /usr/bin/python3; do
	if "$other" -c 'import celery' 2>/dev/null; then python=$other && break; fi
done
tasks=${BENCH_TASKS:-10000}
cat >tasks.py <<'PY'
import os
try:
    from celery import Celery
    at = "redis+socket://" + os.getcwd() + "/s"
    app = Celery("tasks", broker=at + "?virtual_host=1", backend=at + "?virtual_host=2")
    app.conf.worker_prefetch_multiplier = 128
    task = app.task
except ImportError:
    task = lambda function: function

def double(n):
    return 2 * n

later = task(double)
PY
cat >pool.py <<'PY'
import concurrent.futures, multiprocessing, sys
import par_client
from tasks import double, later

POOLS = {
    "run": lambda: par_client.RunExecutor(2),
    "queue": lambda: par_client.QueueExecutor("tasks"),
    "python": lambda: concurrent.futures.ProcessPoolExecutor(2),
}

def by_map(pool, n, chunk):
    return pool.map(double, range(n), chunksize=chunk)

def by_imap(pool, n, chunk):
    return pool.imap(double, range(n), chunk)

def by_trips(pool, n, _):
    return (pool.submit(double, i).result() for i in range(n))

def main(kind, how, n, chunk=1):
    if kind == "celery":
        from celery import group
        if how == "trips":
            results = (later.delay(i).get(timeout=100) for i in range(n))
        else:
            results = group(later.s(i) for i in range(n)).apply_async().join_native(timeout=100)
    elif kind == "multiprocessing":
        with multiprocessing.Pool(2) as pool:
            results = list(by_imap(pool, n, chunk))
    else:
        with POOLS[kind]() as pool:
            results = list((by_trips if how == "trips" else by_map)(pool, n, chunk))
    assert list(results) == [2 * i for i in range(n)]

if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
PY

# pools WHAT N [CHUNK]
pools() {
	local others=("multiprocessing.Pool.imap" "$python pool.py multiprocessing $*")

	[ "$1" != trips ] || others=()
	in_turn "RunExecutor" "$python pool.py run $*" \
		"concurrent.futures.ProcessPoolExecutor" "$python pool.py python $*" "${others[@]}"
}
compare "$tasks tasks, two workers" "$tasks" tasks/s
pools map "$tasks"
compare "$((10 * tasks)) tasks in chunks of 100" "$((10 * tasks))" tasks/s
pools map "$((10 * tasks))" 100
compare "$((tasks / 10)) tasks one after the other" "$((tasks / 10))" tasks/s
pools trips "$((tasks / 10))"
compare "10 tasks, which shows how long a pool takes to begin" 10 tasks/s
pools map 10

par-queue work tasks -- par-run -n 2 "$python" -m par_client 2>/dev/null &
pids+=" $!"
celery=no-celery
if "$python" -c 'import celery' 2>/dev/null; then
	"$python" -m celery -A tasks worker -c 2 -P prefork --without-gossip --without-mingle \
		--without-heartbeat >celery.log 2>&1 &
	pids="$! $pids"
	celery="sh"
fi
compare "$((tasks / 5)) tasks by a queue, with two workers that run" "$((tasks / 5))" tasks/s
measure "QueueExecutor" "$python pool.py queue map $((tasks / 5))"
measure "QueueExecutor, in chunks of 100" "$python pool.py queue map $((tasks / 5)) 100"
measure "Celery, prefork" "$python pool.py celery map $((tasks / 5))" "$celery"
compare "$((tasks / 50)) of them one after the other" "$((tasks / 50))" tasks/s
measure "QueueExecutor" "$python pool.py queue trips $((tasks / 50))"
measure "Celery, prefork" "$python pool.py celery trips $((tasks / 50))" "$celery"
