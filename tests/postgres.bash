# shellcheck shell=bash
# shellcheck disable=SC2119,SC2120,SC2317
# Sourced after helper: a PostgreSQL server of the test file's own, on a socket in a folder
# of its own, and a database of it for each test.

PG_BIN=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)

# postgres_is_here: is there a server, and the engine for it?
postgres_is_here() {
	[ -x "$PG_BIN/postgres" ] && { par-queue check --url 'postgresql:///?port=none' 2>&1 || true; } |
		grep -q port
}

# as_postgres COMMAND...: the server does not run as root
as_postgres() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
	else
		"$@"
	fi
}

# postgres_make: make one; its folder is in $PG
postgres_make() {
	local pristine=${PG-}/pristine base=/tmp free

	# In memory fsync(2) takes no time.
	free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
	if ((${free:-0} > 4 << 20)) && [ -w /dev/shm ]; then base=/dev/shm; fi
	PG=$(mktemp -d "$base/par-pg.XXXXXX")
	export PG
	if [ "$(id -u)" = 0 ]; then chown postgres: "$PG"; fi
	if [ -d "$pristine" ]; then
		cp -a "$pristine" "$PG/data"
	else
		(cd "$PG" && as_postgres "$PG_BIN/initdb" --no-sync -A trust -U par -E UTF8 --locale=C \
			-D "$PG/data" >initdb.log)
	fi
	cat >>"$PG/data/postgresql.conf" <<-END
		listen_addresses = ''
		unix_socket_directories = '$PG'
		max_connections = 60
		shared_buffers = 32MB
	END
}

# postgres_run [OPTION...]: start it, or start it again
postgres_run() {
	local end=$((SECONDS + DEADLINE)) starter=

	# What was killed may be there still for a moment, so that no other one can begin.
	until "$PG_BIN/pg_isready" -q -h "$PG" -d postgres; do
		((SECONDS <= end)) || return 1
		if [ -z "$starter" ] || ! kill -0 "$starter" 2>/dev/null; then
			(cd "$PG" && as_postgres setsid "$PG_BIN/postgres" -D data "$@") \
				>>"$PG/log" 2>&1 </dev/null 3>&- &
			starter=$!
		fi
		read -r -t 0.02 <> <(:) || true
	done
}

# postgres_stop [SIGNAL]: all of it at once
postgres_stop() {
	local pid

	read -r pid <"$PG/data/postmaster.pid" || return 0
	kill "-${1:-QUIT}" "$pid" 2>/dev/null || true
	gone() { ! kill -0 "$1" 2>/dev/null; }
	eventually gone "$pid"
}

# postgres_begin, postgres_end: one for all tests of the file, where there can be one; or
# the one that runs in the folder $PG already
postgres_begin() {
	[[ -z ${PG-} && " ${ENGINES:-postgres} " == *" postgres "* ]] || return 0
	postgres_is_here || return 0
	postgres_make
	cp -a "$PG/data" "$PG/pristine"
	export PG_MADE=1
	postgres_run
	"$PG_BIN/createdb" -h "$PG" -U par model
	par-queue check --url "postgresql://par@/model?host=$PG" 2>/dev/null
}
postgres_end() {
	if [ -n "${PG_MADE-}" ]; then postgres_remove; fi
}

# postgres_remove: the server, and all that it had
postgres_remove() {
	[[ $PG == */par-pg.* ]] || return 0
	postgres_stop
	rm -rf "$PG"
}

# postgres_base: a database for this test, which $PAR_QUEUE_URL names
postgres_base() {
	local name=t$BATS_TEST_NUMBER

	"$PG_BIN/psql" -q -h "$PG" -U par -d postgres -c "DROP DATABASE IF EXISTS $name (FORCE)" \
		-c "CREATE DATABASE $name TEMPLATE ${PG_MODEL-model}" 2>/dev/null
	export PAR_QUEUE_URL="postgresql://par@/$name?host=$PG"
}

# sql SQL: in that database, without ornaments
sql() { "$PG_BIN/psql" -q -X -A -t "$PAR_QUEUE_URL" -c "$1"; }
