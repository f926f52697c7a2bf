#!/usr/bin/env bats
# par-run on a simulated system: see tests/sim/README.
export BATS_TEST_TIMEOUT=900 # on a machine that does much else
load helper

# Each in the same seeds every time: `make sim` takes others.
prepare() {
	SIM=$(dirname "$(command -v par-run)")/../sim/par-run
	[ -x "$SIM" ] || make -s -C "$ROOT" sim-build
}

@test "sim: a million deaths, and every record comes out once or is named" {
	local runs=136000 deaths=1000000

	if [[ -n ${SANITIZED-} ]]; then
		runs=2200 deaths=15000
	fi
	run "$SIM" 1 "$runs"
	echo "$output"
	[ "$status" = 0 ]
	[[ $output =~ ": "([0-9]+)$ ]]
	((BASH_REMATCH[1] >= deaths))
}

@test "sim: the last line follows from the seed" {
	run -0 "$SIM" 7 200
	one=$output
	run -0 "$SIM" 7 200
	[ "$output" = "$one" ]
	run -0 "$SIM" 8 200
	[ "$output" != "$one" ]
}
