#!/usr/bin/env bats
# A short share of the torment of `make chaos`, always the same seeds.
load helper

@test "chaos: par-run keeps every record, whatever hits it" {
	PAR_BIN=$(dirname "$(command -v par-run)") TMPDIR=$PWD \
		python3 "$ROOT/tests/chaos/torment.py" 1 "$([[ -n ${SANITIZED-} ]] && echo 6 || echo 16)"
}

@test "chaos: par-queue keeps every record, whatever hits it and its server" {
	command -v redis-server >/dev/null || skip "no redis-server"
	PAR_BIN=$(dirname "$(command -v par-queue)") TMPDIR=$PWD \
		bash "$ROOT/tests/chaos/queue.bash" 13 "$([[ -n ${SANITIZED-} ]] && echo 1 || echo 2)"
}
