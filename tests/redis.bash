# shellcheck shell=bash
# Sourced after helper: a Redis server of the test's own, on a socket in its folder.

# redis_start [OPTION...]: start it, or start it again; its id is in $REDIS
redis_start() {
	background redis-server --port 0 --unixsocket "$PWD/redis.sock" --dir "$PWD" --save '' \
		--appendonly yes --appendfsync always --loglevel warning --logfile redis.log "$@"
	REDIS=$!
	export PAR_QUEUE_URL=unix://$PWD/redis.sock
	eventually redis_answers
}

redis_answers() { [ "$(redis PING 2>/dev/null)" = PONG ]; }

# redis COMMAND...
redis() { redis-cli -s "${PAR_QUEUE_URL#unix://}" "$@"; }

# redis_kill: as when the machine fails
redis_kill() {
	kill -9 "$REDIS"
	wait "$REDIS" 2>/dev/null || true
}

# free_port: one that nobody has now
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# number QUEUE WHAT: of par-queue stat
number() { par-queue stat "$1" | awk -v what="$2" '$1 == what { print $2 }'; }

# is QUEUE WHAT NUMBER
is() { [ "$(number "$1" "$2")" = "$3" ]; }

# balanced QUEUE: every record that was accepted is in one place
balanced() {
	par-queue stat "$1" | awk '{ n[$1] = $2 }
		END {
			put = n["waiting"] + n["delayed"] + n["running"] + n["done"] + n["dead"] + n["dropped"]
			exit n["accepted"] == put ? 0 : 1
		}'
}

# once FILE FILE: the numbers in the first field of what came out are those that went
# in, as often as they went in
once() { same <(sort "$1") <(cut -f 1 "$2" | sort); }
