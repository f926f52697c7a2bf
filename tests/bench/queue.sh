#!/bin/bash
# SPDX-License-Identifier: ISC
#
# par-queue beside Celery, on the same Redis server: appendonly yes, everysec.
set -eu
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"
needed redis-server redis-cli || exit 0

export PAR_QUEUE_URL=unix://$PWD/s
redis-server --port 0 --unixsocket "$PWD/s" --dir "$PWD" --save '' --appendonly yes \
	--appendfsync everysec --logfile log &
pids=$!
trap 'kill $pids; wait' EXIT
until [ "$(redis-cli -s s PING 2>/dev/null)" = PONG ]; do read -r -t 0.02 <> <(:) || :; done

records=${BENCH_RECORDS:-1000000}
yes "$(seq 0 90)" | head -n "$records" >in
head -n $((records / 10)) in >tenth
head -n $((records / 200)) in >few

# Queues that are full, one for each time that work and get are measured.
for n in 1 2 3; do par-queue put "full$n" <in; done
for what in work get; do echo 0 >"$what"; done
cat >next <<'SH'
n=$(($(cat "$1") + 1))
echo "$n" >"$1"
case $1 in
work) exec par-queue work --once "full$n" -- par-run -n 2 par-fib ;;
get) exec par-queue get "full$n" ;;
esac
SH

compare "$records Fibonacci numbers, in chunks" "$records" records/s
measure "par-queue put" "par-queue put new <in"
measure "par-queue work: par-run -n 2 par-fib" "bash next work"
measure "par-queue get" "bash next get | wc -l"
measure "no queue: par-run -n 2 par-fib" "par-run -n 2 par-fib <in | wc -l"
par-queue purge --yes new

# Workers that run already; each record in, and its result out.
cat >fibs.py <<'PY'
import os, sys
from celery import Celery, group
at = "redis+socket://" + os.getcwd() + "/s"
app = Celery("fibs", broker=at + "?virtual_host=1", backend=at + "?virtual_host=2")
app.conf.worker_prefetch_multiplier = 128

@app.task
def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

if __name__ == "__main__":
    numbers = [int(line) for line in sys.stdin]
    results = group(fib.s(n) for n in numbers).apply_async()
    print(len(results.join_native(timeout=100)))
PY
par-queue work q -- par-run -n 2 par-fib 2>/dev/null &
pids+=" $!"
through='par-queue get --wait 100 q | wc -l'
compare "$((records / 200)) tasks, put and got, with workers that run" "$((records / 200))" tasks/s
measure "par-queue" "par-queue put q <few && $through"
measure "par-queue put --chunk 1" "par-queue put --chunk 1 q <few && $through"
if python=$(for p in python3 /usr/bin/python3; do "$p" -c 'import celery' 2>/dev/null && echo "$p" && break; done); then
	"$python" -m celery -A fibs worker -c 2 -P prefork --without-gossip --without-mingle \
		--without-heartbeat >celery.log 2>&1 &
	pids="$! $pids"
	measure "Celery, prefork, two processes" "$python fibs.py <few"
else
	measure "Celery, prefork, two processes" : celery
fi
compare "$((records / 10)) tasks, put and got, with workers that run" "$((records / 10))" tasks/s
measure "par-queue" "par-queue put q <tenth && $through"
