#!/usr/bin/env bats
# A short share of the torment of `make chaos`, always the same seeds.
load helper

@test "chaos: par-run keeps every record, whatever hits it" {
	PAR_BIN=$(dirname "$(command -v par-run)") TMPDIR=$PWD \
		python3 "$ROOT/tests/chaos/torment.py" 1 "$([[ -n ${SANITIZED-} ]] && echo 6 || echo 16)"
}
