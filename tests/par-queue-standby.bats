#!/usr/bin/env bats
# par-queue: a PostgreSQL server that is lost, and its synchronous standby that takes over.
# shellcheck disable=SC2317
load helper
load redis
load postgres

prepare() {
	postgres_is_here || skip 'there is no PostgreSQL, or no libpq'
	unset PG PG_MADE
	postgres_make
	postgres_run
	first=$PG
}

clean_up() {
	for PG in "${first-}" "${second-}"; do
		[[ $PG != */par-pg.* ]] || postgres_remove
	done
}

# standby: one that follows the server of $first, in $second
standby() {
	second=$(mktemp -d "${first%/*}/par-pg.XXXXXX")
	if [ "$(id -u)" = 0 ]; then chown postgres: "$second"; fi
	(cd "$second" && as_postgres "$PG_BIN/pg_basebackup" -h "$first" -U par -R -D data)
	echo "unix_socket_directories = '$second'" >>"$second/data/postgresql.conf"
	PG=$second postgres_run
	follows() { [ "$(at_first "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")" = 1 ]; }
	eventually follows
}

# at_first SQL
at_first() { "$PG_BIN/psql" -q -X -A -t -h "$first" -U par -d postgres -c "$1"; }

# lose: as when the machine of the first one is gone
lose() {
	local pids

	read -r pids <"$first/data/postmaster.pid"
	mapfile -t pids < <(echo "$pids"; ps -o pid= --ppid "$pids")
	kill -9 "${pids[@]}" 2>/dev/null || true
}

@test "postgres: what was acknowledged is with the synchronous standby that takes over, and all go on" {
	seq 20000 >in
	standby
	export PAR_QUEUE_URL="postgresql://par@/postgres?host=$first,$second&target_session_attrs=read-write"
	run -0 par-queue check
	[[ $output == *'synchronous_standby_names is empty: what was put last is lost when a standby takes over'* ]]
	run -0 par-queue put other <<<1
	[[ $output == *'what was put last is lost when a standby takes over'* ]]
	at_first "ALTER SYSTEM SET synchronous_standby_names = '*'"
	at_first 'SELECT pg_reload_conf()'
	run -0 par-queue check
	[[ $output != *synchronous* ]]
	background bash -c 'exec par-queue get --follow q >out 2>words'
	reader=$!
	workers=()
	for _ in 1 2 3 4; do
		background par-queue work --lease 2s q -- par-run -n 1 --map cat
		workers+=("$!")
	done
	mkfifo feed
	background bash -c 'exec par-queue put --chunk 20 q <feed'
	put=$!
	exec 7>feed
	head -n 10000 in >&7
	some() { (($(wc -l <out) > 2000)); }
	eventually some
	lose
	[ "$(PG=$second PAR_QUEUE_URL="postgresql://par@/postgres?host=$second" sql 'SELECT pg_is_in_recovery()')" = t ]
	as_postgres "$PG_BIN/pg_ctl" -D "$second/data" promote >promoted
	tail -n +10001 in >&7
	exec 7>&-
	wait "$put"
	eventually is q "done" 20000
	eventually is q results 0
	balanced q
	kill "$reader" "${workers[@]}"
	once in out
}
