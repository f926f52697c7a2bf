# shellcheck shell=bash
# A web server that misbehaves, on loopback, for the tests of par-fetch: `load aid/hostile`,
# then in setup_file() and teardown_file()
#
#	hostile_start [CERT]    start aid/hostile-server.py, with TLS if there is a
#	                        certificate; sets HOSTILE, its address, and HOSTILE_LOG
#	hostile_stop            end it, by process id
#
# or in a test
#
#	hostile_here [CERT]     the same; it ends with the test

hostile_start() {
	HOSTILE_LOG=$BATS_FILE_TMPDIR/hostile.log
	mkfifo "$BATS_FILE_TMPDIR/port"
	"$ROOT/tests/aid/hostile-server.py" "$HOSTILE_LOG" "$@" \
		>"$BATS_FILE_TMPDIR/port" 2>"$BATS_FILE_TMPDIR/hostile.err" 3>&- &
	HOSTILE_PID=$!
	read -r -t "$DEADLINE" HOSTILE_PORT <"$BATS_FILE_TMPDIR/port"
	HOSTILE=http${1:+s}://127.0.0.1:$HOSTILE_PORT
	export HOSTILE HOSTILE_LOG HOSTILE_PID HOSTILE_PORT
}

hostile_here() {
	BATS_FILE_TMPDIR=$PWD hostile_start "$@"
	BACKGROUND+=("$HOSTILE_PID")
}

hostile_stop() {
	kill "$HOSTILE_PID"
}

# How many connections there were.
connections() {
	grep -c '^open' "$HOSTILE_LOG" || true
}

# requests PATTERN: how many requests there were whose target begins so
requests() {
	grep -c "^get [A-Z]* $1" "$HOSTILE_LOG" || true
}

# field N: that field of the records on standard input, unescaped
field() {
	cut -f "$1" | python3 -c '
import re, sys
names = {b"t": b"\t", b"n": b"\n", b"r": b"\r", b"0": b"\0", b"\\": b"\\"}
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(re.sub(rb"\\(.)", lambda m: names[m[1]], line[:-1]))'
}
