#!/usr/bin/env bats
load helper
load redis
load postgres
load queue

# What is of queues on a PostgreSQL server alone; what all kinds keep is in
# par-queue-engines.bats.

setup_file() { postgres_begin; }
teardown_file() { postgres_end; }

prepare() {
	[ -n "${PG-}" ] || skip 'there is no PostgreSQL, or no libpq'
	postgres_base
}

clean_up() { [ -z "${OWN-}" ] || postgres_remove; }

# at WORDS [USER]: the URL of this test, with other words behind it
at() { echo "postgresql://${2-par}@/t$BATS_TEST_NUMBER?host=$PG&$1"; }

# at_once URL: what par-queue says of it, without waiting for anything
at_once() {
	run -3 timeout 20 par-queue stat --patience 1h --url "$1" q
	said=${output##*: }
}

@test "postgres: what time does not cure is told at once, with its reason" {
	at_once "postgresql://par@/nowhere?host=$PG"
	[ "$output" = "par-queue: postgresql:///nowhere?host=$PG: database \"nowhere\" does not exist" ]
	at_once "$(at '' nobody)"
	[ "$said" = 'role "nobody" does not exist' ]
	at_once "$(at sslrootcert=/none\&sslmode=wrong)"
	[[ $output == *'invalid sslmode value'* ]]
	at_once "postgresql:///?service=none"
	[[ $output == *'"none" not found' ]]
	run -2 par-queue stat --url postgresql://a:b@c/d q
	[[ $output == *"--url: a password in an argument can be seen by ps(1)"* ]]
	run -2 par-queue stat --url "$(at password=b)" q
	[[ $output == *"--url: a password in an argument can be seen by ps(1)"* ]]
	run -2 par-queue stat --url 'postgresql://h/d?nothing=1' q
	[[ $output == *"--url: invalid URI query parameter"* ]]
	guest=guest$RANDOM
	sql "CREATE ROLE $guest LOGIN"
	sql 'DROP SCHEMA par_queue CASCADE'
	at_once "$(at '' $guest)"
	[[ $said == 'permission denied for database '* ]]
}

@test "postgres: a role needs no more than what the page grants" {
	other=other$RANDOM # a role is of all databases
	sql "CREATE ROLE $other LOGIN; GRANT USAGE ON SCHEMA par_queue TO $other;
		GRANT ALL ON ALL TABLES IN SCHEMA par_queue TO $other;
		GRANT ALL ON ALL SEQUENCES IN SCHEMA par_queue TO $other"
	PAR_QUEUE_URL=$(at '' $other)
	printf '1\nx\n' | par-queue put q
	run -1 work q -- par-fib
	[ "$(par-queue get q)" = $'1\t1' ]
	[ "$(par-queue dead --drop q | cut -f 1)" = x ]
	par-queue pause q
	par-queue purge --yes q
}

@test "postgres: passwords: of a file, the environment, .pgpass; a stage sees none" {
	OWN=1
	postgres_make
	sed -i '1i local all secret scram-sha-256' "$PG/data/pg_hba.conf"
	postgres_run
	export PG_MODEL=template1
	postgres_base
	sql "CREATE ROLE secret SUPERUSER LOGIN PASSWORD 'open sesame'"
	url=$(at application_name=us secret)
	at_once "$url"
	[[ $output == *'no password supplied; see --password-file' ]]
	export PAR_QUEUE_PASSWORD=wrong
	at_once "$url"
	[ "$said" = 'password authentication failed for user "secret"' ]
	export PAR_QUEUE_PASSWORD='open sesame'
	seq 3 | par-queue put --url "$url" q
	unset PAR_QUEUE_PASSWORD
	echo 'open sesame' >file
	par-queue stat --url "$url" --password-file file q | grep -qx 'waiting	3'
	echo '*:*:*:secret:open sesame' >pass && chmod 600 pass
	PGPASSFILE=$PWD/pass par-queue stat --url "$url" q | grep -qx 'waiting	3'
	printf '[here]\nhost=%s\nuser=secret\ndbname=t%s\npassword=open sesame\n' "$PG" "$BATS_TEST_NUMBER" >services
	PGSERVICEFILE=$PWD/services par-queue stat --url 'postgresql:///?service=here' q | grep -qx 'waiting	3'
	export PAR_QUEUE_URL="$url&password=open%20sesame&connect_timeout=9"
	work q -- par-run -n 1 -N 1 sh -c 'echo "$PAR_QUEUE_URL$PAR_QUEUE_PASSWORD"'
	par-queue get q >out
	[ "$(sort -u out)" = "$url&password=&connect_timeout=9" ]
}

@test "postgres: TLS: wanted by the server, by us, from an authority that nobody knows" {
	OWN=1
	postgres_make
	PGPORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	export PGPORT
	sed -i '/^host /d' "$PG/data/pg_hba.conf"
	echo 'hostssl all par 127.0.0.1/32 trust' >>"$PG/data/pg_hba.conf"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=IP:127.0.0.1 -keyout "$PG/key" -out "$PG/cert" 2>err
	cp "$PG/cert" cert
	chmod 600 "$PG/key"
	[ "$(id -u)" != 0 ] || chown postgres: "$PG/key"
	postgres_run -c listen_addresses=127.0.0.1
	far=postgresql://par@127.0.0.1/postgres
	at_once "$far?sslmode=require"
	[ "$said" = 'server does not support SSL, but SSL was required' ]
	at_once "$far?sslmode=disable"
	[[ $said == 'no pg_hba.conf entry for host "127.0.0.1", user "par"'* ]]
	postgres_stop
	postgres_run -c listen_addresses=127.0.0.1 -c ssl=on -c "ssl_cert_file=$PG/cert" -c "ssl_key_file=$PG/key"
	at_once "$far?sslmode=disable"
	[[ $output == *'no encryption'* ]]
	at_once "$far?sslmode=verify-full&sslrootcert=/none"
	[[ $output == *'root certificate file "/none" does not exist'* ]]
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=other \
		-keyout key -out other 2>err
	at_once "$far?sslmode=verify-full&sslrootcert=$PWD/other"
	[ "$said" = 'certificate verify failed' ]
	export PAR_QUEUE_URL="$far?sslmode=verify-full&sslrootcert=$PWD/cert"
	echo 1 | par-queue put q
	is q waiting 1
}

@test "postgres: a server that is away is waited for, as long as patience has it" {
	OWN=1
	postgres_make
	export PAR_QUEUE_URL="postgresql://par@/postgres?host=$PG"
	run -3 par-queue stat --patience 100ms q
	[[ $output == "par-queue: postgresql:///postgres?host=$PG: No such file or directory; given up after "*" s; see --url" ]]
	par-queue put q < <(seq 9) 3>&- 2>err &
	put=$!
	eventually grep -q 'trying again; see --url' err
	postgres_run
	wait "$put"
	is q waiting 9
	grep -q ': it is back' err
}

@test "postgres: the server is killed again and again, and each record comes out once" {
	OWN=1
	postgres_make
	postgres_run
	export PAR_QUEUE_URL="postgresql://par@/postgres?host=$PG"
	seq 0 800 >in
	par-queue rate --new q 20 # so that there is something left to be done
	for _ in 1 2; do
		background par-queue work --lease 2s --backoff 5ms,10ms q -- par-fib 2>>err
	done
	: >out
	background bash -c 'exec par-queue get --follow q >>out' 2>>err
	get=$!
	par-queue put --producer me --chunk 5 q <in
	for _ in 1 2 3; do
		done=$(number q "done")
		more() { [ "$(number q "done")" -gt "$done" ]; }
		eventually more
		postgres_stop KILL
		postgres_run
	done
	par-queue rate q 0
	eventually is q "done" 801
	eventually is q results 0
	kill "$get"
	wait "$get" || [ "$?" = 4 ]
	once in out
	balanced q
}

@test "postgres: a newer schema is refused by name, and an older one's functions are made anew" {
	echo 1 | par-queue put q
	background par-queue work q -- par-fib
	worker=$!
	eventually is q "done" 1
	sql 'UPDATE par_queue.format SET version = 3'
	for verb in put get stat dead; do
		run -3 par-queue "$verb" q </dev/null
		[ "$output" = 'par-queue: schema par_queue: made by a newer par (queue schema 3, and this one reads 2): use that one' ]
	done
	sql 'DROP FUNCTION par_queue.take' # as a newer one does
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()" >gone
	wait "$worker" || status=$?
	[ "$status" = 3 ]
	# An older one is brought to ours, with what it has.
	sql 'UPDATE par_queue.format SET version = 1; ALTER TABLE par_queue.queue DROP mark'
	is q "done" 1
	[ "$(sql 'SELECT version FROM par_queue.format')" = 2 ]
	par-queue copy q r
	is r "done" 1
	sql 'UPDATE par_queue.format SET version = 2; DROP SCHEMA par_queue CASCADE'
	echo 2 | par-queue put q
	is q accepted 1
}

# switches PID: how often it has had the processor
switches() { awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$1/status"; }

@test "postgres: nobody asks again and again: who waits is woken" {
	seq 2 | par-queue put --chunk 1 q
	background par-queue work q -- par-run -n 1 --map cat
	worker=$!
	background bash -c 'exec par-queue get --follow q >out'
	get=$!
	all() { [ "$(wc -l <out)" = "$1" ]; }
	eventually all 2
	eventually is q results 0
	queries() { sql "SELECT max(query_start) FROM pg_stat_activity WHERE application_name = 'par-queue'"; }
	quiet() { # the last sign of life comes within a second
		[ "$(sql "SELECT max(query_start) < clock_timestamp() - interval '2s'
			FROM pg_stat_activity WHERE application_name = 'par-queue'")" = t ]
	}
	eventually quiet
	now=$(queries)
	for _ in 1 2 3; do echo | par-queue put other; done
	[ "$(queries)" = "$now" ]
	echo 3 | par-queue put q
	eventually all 3
}

@test "postgres: who is stopped in the middle of a step holds up nobody" {
	head -c 30000000 /dev/zero | tr '\0' a | fold -w 1000000 >in
	par-queue put --chunk 1 q <in
	background par-queue work --lease 2s q -- par-run -n 1 --map cat
	worker=$!
	running() { [ "$(number q running)" -gt 0 ]; }
	eventually running
	kill -STOP "$worker"
	echo 1 | timeout "$DEADLINE" par-queue put q
	work --lease 100ms q -- par-run -n 1 --map cat
	is q "done" 31
	kill -CONT "$worker"
}

@test "postgres: get --into: each result is a row, once, whoever is killed" {
	sql 'CREATE TABLE numbers (n int, f numeric)'
	seq 0 90 >in
	par-queue put --chunk 3 q <in
	work q -- par-fib
	for _ in 1 2 3; do
		par-queue get --into numbers q 3>&- &
		get=$!
		more() { [ "$(sql 'SELECT count(*) FROM numbers')" -gt 0 ] || ! kill -0 "$get"; }
		eventually more 2>/dev/null
		kill -9 "$get" 2>/dev/null || true
		wait "$get" || true
	done
	run -0 par-queue get --into 'numbers(n, f)' q
	[ -z "$output" ]
	is q results 0
	same <(sql 'SELECT n FROM numbers ORDER BY n') in
	[ "$(sql 'SELECT f FROM numbers WHERE n = 90')" = 2880067194370816120 ]
}

@test "postgres: get --into: what does not fit stays, and is told" {
	sql 'CREATE TABLE numbers (n int)'
	printf '1\nx\n' | par-queue put q
	work q -- par-run -n 1 --map cat
	run -3 timeout 20 par-queue get --patience 1h --into none q
	[ "$output" = 'par-queue: --into: relation "none" does not exist' ]
	run -3 par-queue get --into numbers q
	[[ $output == *': invalid input syntax for type integer: "x"; COPY numbers, line '*', column n: "x"' ]]
	[ "$(sql 'SELECT count(*) FROM numbers')" = 0 ]
	is q results 2
	[ "$(par-queue get q | sort)" = $'1\nx' ]
	echo '\.' | par-queue put q
	work q -- par-run -n 1 --map cat
	run -3 par-queue get --into numbers q
	[ "$output" = 'par-queue: a result is \., which no table takes: COPY ends there' ]
	run -2 par-queue get --url file:queues --into numbers q
	[[ $output == *'--into goes with a URL of postgresql:// only'* ]]
}

@test "postgres: check, put and work say what a server may lose" {
	run -0 par-queue check
	[[ $output == *'warning: synchronous_standby_names is empty'* ]]
	[[ $output != *fsync* ]]
	run -0 par-queue put q <<<1
	[ -z "$output" ] # a host without a standby is usual
	sql "ALTER DATABASE t$BATS_TEST_NUMBER SET synchronous_commit = off"
	sql 'ALTER SYSTEM SET fsync = off'
	sql 'SELECT pg_reload_conf()'
	is_off() { [ "$(sql 'SHOW fsync')" = off ]; }
	eventually is_off
	for verb in check 'put q' 'work --once q -- par-run -n 1 --map cat'; do
		run bash -c "par-queue $verb <<<2"
		[ "$status" = 0 ]
		[[ $output == *'warning: synchronous_commit is off'* ]]
		[[ $output == *'warning: fsync is off'* ]]
	done
	sql 'ALTER SYSTEM RESET fsync'
	sql 'SELECT pg_reload_conf()'
}

@test "postgres: a machine may have a name that is special in SQL" {
	unshare --uts true 2>/dev/null || skip "the system does not let us"
	# shellcheck disable=SC2016 # the inner shell has them
	seq 9 | unshare --uts sh -c 'echo "o'\''x\";--" >/proc/sys/kernel/hostname && par-queue put q'
	is q waiting 9
}

@test "postgres: those that are the first at the same moment make one schema" {
	PG_MODEL=template1 postgres_base
	export PG_BIN
	mkfifo hold
	background bash -c 'exec "$PG_BIN/psql" -q "$PAR_QUEUE_URL" <hold >held'
	exec 7>hold
	echo 'BEGIN; SELECT pg_advisory_xact_lock(1885434481, 0);' >&7
	# locks HELD COUNT: so many hold that lock, or wait for it
	locks() { [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = $1
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")" = "$2" ]; }
	eventually locks true 1
	makers=()
	for _ in 1 2 3 4 5; do
		background par-queue check
		makers+=("$!")
	done
	eventually locks false 5
	echo 'COMMIT;' >&7
	exec 7>&-
	for maker in "${makers[@]}"; do wait "$maker"; done
	echo 1 | par-queue put q
	is q accepted 1
}
