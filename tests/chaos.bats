#!/usr/bin/env bats
# A short share of the torment of `make chaos`, always the same seeds.
load helper

@test "chaos: par-run keeps every record, whatever hits it" {
	PAR_BIN=$(dirname "$(command -v par-run)") TMPDIR=$PWD \
		python3 "$ROOT/tests/chaos/torment.py" 50 "$([[ -n ${SANITIZED-} ]] && echo 8 || echo 14)"
}

@test "chaos: par-queue keeps every record, whatever hits it and its server" {
	command -v redis-server >/dev/null || skip "no redis-server"
	PAR_BIN=$(dirname "$(command -v par-queue)") TMPDIR=$PWD \
		bash "$ROOT/tests/chaos/queue.bash" 16 "$([[ -n ${SANITIZED-} ]] && echo 1 || echo 2)"
}

@test "chaos: par-fetch has the right body of each URL, whatever protocols and faults" {
	command -v nginx >/dev/null || PATH=$PATH:/usr/sbin
	command -v nginx >/dev/null || skip "no nginx"
	PAR_BIN=$(dirname "$(command -v par-fetch)") TMPDIR=$PWD \
		"$ROOT/tests/chaos/bodies.py" 7 "$([[ -n ${SANITIZED-} ]] && echo 300 || echo 1500)"
}
