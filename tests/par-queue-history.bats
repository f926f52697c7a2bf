#!/usr/bin/env bats
# What producers, workers and readers of a queue saw while they, and its server, were killed
# and stopped, with each kind of engine: did the promise hold in it?  HISTORY=60 is a minute
# of that for each, and SEED another plan.
# shellcheck disable=SC2317
load helper
load redis
load postgres
load queue

if [[ -n ${SANITIZED-} ]]; then export ENGINES=${ENGINES:-file}; fi

setup_file() { postgres_begin; }
teardown_file() { postgres_end; }

clean_up() {
	[ ! -e redis/pid ] || kill -9 "$(<redis/pid)" 2>/dev/null || true
}

history() { python3 "$ROOT/tests/chaos/history.py" "$@"; }

crash_redis() {
	local pid

	pid=$(<pid)
	kill -9 "$pid"
	gone() { ! kill -0 "$1" 2>/dev/null; }
	eventually gone "$pid"
	setsid redis-server --port 0 --unixsocket "$PWD/redis.sock" --dir "$PWD" --save '' --appendonly yes \
		--appendfsync always --loglevel warning --logfile redis.log --pidfile "$PWD/pid" \
		</dev/null >/dev/null 2>&1 &
}

crash_postgres() {
	postgres_stop KILL
	postgres_run
}

# tormented: with the engine $engine
tormented() {
	unset CRASH
	case $engine in
	redis)
		redis_kill
		echo "$REDIS" >pid
		redis_start --pidfile "$PWD/pid"
		eventually test -s pid
		;;
	esac
	[ "$engine" = file ] || export CRASH=crash_$engine
	export -f crash_redis crash_postgres postgres_stop postgres_run as_postgres eventually
	export PG_BIN DEADLINE
	history run seen "${SEED:-1}" "${HISTORY:-2}"
	run history check seen
	echo "$output"
	[ "$status" = 0 ]
	# something happened in it
	grep -q $'\tfail\t' seen
	grep -q $'\tretry\t' seen
	[ "$(cut -f 3 seen | grep -c '^w')" -gt 100 ]
}
@test "histories: each record has one end, whatever was killed" { on_each tormented; }

@test "histories: one that breaks the promise is told" {
	# PRODUCER-0 to -2: done, dead, and tried twice
	cat >good <<-'END'
		1.0	begin	p	3
		1.1	put	p	1	3
		1.2	start	w1
		1.3	take	w1	p-0
		1.4	say	w1	p-0	ok	w1.0
		1.5	take	w1	p-1
		1.6	say	w1	p-1	fail	w1.1
		1.7	take	w1	p-2
		1.8	start	w2
		1.9	take	w2	p-2
		2.0	say	w2	p-2	ok	w2.0
		2.1	get	p-0	w1.0	1
		2.1	get	p-0	w1.0	2
		2.1	get	p-2	w2.0	1
		2.1	get	p-2	w2.0	2
		2.2	dead	p-1	w1.1
		2.3	stat	accepted	3
		2.3	stat	dead	1
		2.3	stat	done	2
		2.3	stat	waiting	0
		2.3	stat	delayed	0
		2.3	stat	running	0
		2.3	stat	results	0
	END
	history check good
	# told WORDS SED: what is said of the history as sed changes it
	told() {
		sed "$2" good >bad
		run -1 history check bad
		[[ $output == *"$1"* ]] || { echo "$1: $output"; false; }
	}
	told 'p-0: it is lost' '/get\tp-0/d'
	told 'p-1: it is lost' '/dead\tp-1/d'
	told 'p-0: results that are not whole' '/w1.0\t2/d'
	told 'p-0: results that are not whole, or come twice' '/get\tp-0/p'
	told 'p-2: results of 2 executions' '/w2.0\t2/s/w2.0/w1.9/'
	told 'p-2: a result that no execution gave' '/say\tw2/d'
	told 'p-2: a result that was got before' '/say\tw2/s/2.0/2.2/'
	told 'p-0: it has more than one end' '$a 2.2\tdead\tp-0\tw1.0'
	told 'p-1: it is dead for no reason' '/dead/s/w1.1/w9.9/'
	told 'p-0: it was given to a worker again after its end' '$a 2.2\tstart\tw3\n2.3\ttake\tw3\tp-0'
	told 'p-3: nobody has put it' '$a 2.2\ttake\tw1\tp-3'
	told '1: a number that was given to two chunks' '/put/p'
	told 'p: 4 records were accepted, of 3' '/put/s/3$/4/'
	told 'done: stat says 3, and it is 2' '/done/s/2$/3/'
}
