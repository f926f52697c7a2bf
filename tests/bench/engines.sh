#!/bin/bash
# SPDX-License-Identifier: ISC
#
# par-queue with each kind of engine, all with fsync: the same records, in the same run.
set -eu
# shellcheck source=tests/bench/common.bash
. "$ROOT/tests/bench/common.bash"
# shellcheck source=tests/postgres.bash
. "$ROOT/tests/postgres.bash"
needed redis-server redis-cli || exit 0

DEADLINE=60
eventually() { until "$@"; do read -r -t 0.02 <> <(:) || :; done; }

redis-server --port 0 --unixsocket "$PWD/s" --dir "$PWD" --save '' --appendonly yes \
	--appendfsync always --logfile log &
pid=$!
trap 'kill $pid; postgres_remove; wait' EXIT
eventually redis-cli -s s PING >/dev/null 2>&1
urls=("file:$PWD/queues" "unix://$PWD/s")
if postgres_is_here; then
	postgres_make
	postgres_run -c fsync=on -c shared_buffers=256MB
	urls+=("postgresql://par@/postgres?host=$PG")
else
	echo "  left out: PostgreSQL is not installed"
fi

records=${BENCH_RECORDS:-1000000}
seq "$records" >in
cat >next <<'SH'
n=$(($(cat "$1") + 1))
echo "$n" >"$1"
case $1 in
put) exec par-queue put "full$n" <in ;;
work) exec par-queue work --once "full$n" -- par-run -n 1 --map cat ;;
get) exec par-queue get "full$n" ;;
esac
SH

for what in put work get; do
	compare "par-queue $what: $records short records" "$records" records/s
	for url in "${urls[@]}"; do
		export PAR_QUEUE_URL=$url
		echo 0 >"$what"
		measure "${url%%:*}" "bash next $what"
	done
done
