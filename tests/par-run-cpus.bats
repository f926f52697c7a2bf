#!/usr/bin/env bats
# What control groups say: how many workers there are by default, since the quota counts,
# and who was killed for want of memory.
load helper

prepare() {
	(($(nproc) > 1)) || skip 'one processor: no quota is less'
}

# The workers that there are by default.
# shellcheck disable=SC2016
workers() { echo | par-run -N 1 sh -c 'echo $PAR_WORKERS'; }
export -f workers

# Where this process is, by the line of /proc/self/cgroup that begins so.
own_path() { grep -E "^$1:" /proc/self/cgroup | head -n 1 | cut -d: -f3-; }

# The same with a folder of files in place of the control groups: SCRIPT begins in ours.
faked() { # MOUNT SCRIPT
	unshare -rm mount -t tmpfs none /sys/fs/cgroup 2>/dev/null ||
		skip 'no file system of its own can be mounted'
	unshare -rm bash -euc "mount -t tmpfs none /sys/fs/cgroup
		mkdir -p '$1' && cd '$1' && $2"
}

@test "par-run: workers by the quota of version 2, seen in files" {
	path=$(own_path '0:')
	[ -n "$path" ] || skip 'this process is in no group of version 2'
	faked "/sys/fs/cgroup$path" '
		for max in "50000 100000" "100000 100000" "100001 100000" "max 100000" ""; do
			echo "$max" >cpu.max
			workers
		done
		rm cpu.max
		echo "1000 100000" >/sys/fs/cgroup/cpu.max
		workers' >out
	cmp out <(printf '%s\n' 1 1 2 "$(nproc)" "$(nproc)" 1)
}

@test "par-run: workers by the quota of version 1, seen in files" {
	path=$(own_path '[0-9]+:(cpu|.*,cpu|cpu,.*)')
	[ -n "$path" ] || skip 'this process is in no group of version 1'
	faked "/sys/fs/cgroup/cpu$path" '
		echo 100000 >cpu.cfs_period_us
		for quota in 50000 150000 -1; do
			echo "$quota" >cpu.cfs_quota_us
			workers
		done' >out
	cmp out <(printf '%s\n' 1 2 "$(nproc)")
}

# Records that say how many were killed so before they kill themselves, with what is said
# of each; by FILE, in which "oom_kill" and a number are the last line.
counted() { # FILE
	cat >die.sh <<-'EOF'
		[ "$2" = same ] || echo "oom_kill $2" >"$1"
		[ "$2" != 9 ] || exit 137
		kill -9 $$
	EOF
	echo 'oom_kill 3' >"$1"
	printf '%s\n' same 4 same 6 same same 9 | par-run -n 1 sh die.sh "$1" '{}' 2>&1 || true
}
export -f counted

@test "par-run: who was killed for want of memory, by the counts of groups in files" {
	printf 'par-run: %s: %s\n' same 'killed by signal 9 (Killed)' \
		4 'killed by signal 9 (Killed), for want of memory' \
		same 'killed by signal 9 (Killed)' \
		6 'killed by signal 9 (Killed), for want of memory' \
		same 'killed by signal 9 (Killed), for want of memory' \
		same 'killed by signal 9 (Killed)' \
		9 'exited with status 137, for want of memory' >expected
	path=$(own_path '0:')
	[ -z "$path" ] ||
		faked "/sys/fs/cgroup$path" "cd '$PWD'; counted '/sys/fs/cgroup$path/memory.events'" >two
	[ -z "$path" ] || same two expected
	path=$(own_path '[0-9]+:(memory|.*,memory|memory,.*)')
	[ -z "$path" ] ||
		faked "/sys/fs/cgroup/memory$path" "cd '$PWD'; counted '/sys/fs/cgroup/memory$path/memory.oom_control'" >one
	[ -z "$path" ] || same one expected
}

@test "par-run: who was perhaps killed for want of memory, by the count of the system" {
	faked /sys/fs/cgroup "cd '$PWD'; echo oom_kill 0 >vmstat
		mount --bind vmstat /proc/vmstat || exit 7
		counted vmstat" >out || skip 'no file can be put over /proc/vmstat'
	sed 's/, for want/, perhaps for want/; $s/, perhaps.*//' >expected <<-'EOF'
		par-run: same: killed by signal 9 (Killed)
		par-run: 4: killed by signal 9 (Killed), for want of memory
		par-run: same: killed by signal 9 (Killed)
		par-run: 6: killed by signal 9 (Killed), for want of memory
		par-run: same: killed by signal 9 (Killed), for want of memory
		par-run: same: killed by signal 9 (Killed)
		par-run: 9: exited with status 137
	EOF
	same out expected
}

# A group below ours, in $group: of version 2, or of 1.
make_group() {
	local two one

	two=/sys/fs/cgroup$(own_path '0:')/par-test.$$
	one=/sys/fs/cgroup/cpu$(own_path '[0-9]+:(cpu|.*,cpu|cpu,.*)')/par-test.$$
	for group in "$two" "$one"; do
		mkdir "$group" 2>/dev/null || continue
		if [ -e "$group/cpu.max" ]; then
			echo '50000 100000' >"$group/cpu.max" && return
		elif [ -e "$group/cpu.cfs_quota_us" ]; then
			echo 100000 >"$group/cpu.cfs_period_us"
			echo 50000 >"$group/cpu.cfs_quota_us" && return
		fi
		rmdir "$group"
	done
	skip 'no control group can be made'
}

clean_up() { [ ! -d "${group-}" ] || rmdir "$group"; }

@test "par-run: workers by the quota of a control group" {
	make_group
	# A group below the one with the quota is under it, too.
	mkdir "$group/below"
	echo "$BASHPID" >"$group/below/cgroup.procs" || skip 'no control group can be entered'
	workers >out
	echo "$BASHPID" >"${group%/*}/cgroup.procs"
	rmdir "$group/below"
	cmp out <(echo 1)
}

@test "par-run: more workers than descriptors: those that could be started do it all" {
	run -0 --separate-stderr bash -c 'ulimit -n 64; seq 1000 | par-run -n 60 par-fib | cut -f1 | sort -n'
	[ "$output" = "$(seq 1000)" ]
	[[ "$stderr" == *'could not be started: Too many open files'* ]]
}
