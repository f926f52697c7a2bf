# SPDX-License-Identifier: ISC

# victim PID: a random process below that one, from its children down to what these
# have started, in $REPLY; 1 if there is none.
victim() {
	local level=$((RANDOM % 4)) pids=$1 below

	while below=$(pgrep -d, -P "$pids") && ((level-- > 0)); do
		pids=$below
	done
	[ "$pids" != "$1" ] || pids=$below
	[ -n "$pids" ] || return
	mapfile -td, below <<<"$pids"
	REPLY=$((below[RANDOM % ${#below[@]}]))
}
