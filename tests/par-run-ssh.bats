#!/usr/bin/env bats
# Hosts over ssh: a real sshd on loopback, with keys of its own.
load helper
# shellcheck source=tests/aid/filters.bash
source "$BATS_TEST_DIRNAME/aid/filters.bash"
# shellcheck source=tests/aid/sshd.bash
source "$BATS_TEST_DIRNAME/aid/sshd.bash"
# shellcheck source=tests/aid/victim.bash
source "$BATS_TEST_DIRNAME/aid/victim.bash"

prepare() {
	sshd_start alpha beta >why || skip "$(cat why)"
	rsh="ssh -F $PWD/sshd/config"
}

clean_up() {
	sshd_stop
}

@test "par-run --host: over ssh, each record once and in order" {
	seq 1 20000 >in
	par-run --rsh "$rsh" --host alpha:2,beta:1 -k par-fib <in | cut -f1 >out
	same out in
	head -c 3000000 /dev/urandom | base64 -w 1000 >in
	par-run --rsh "$rsh" --host alpha:2,beta:1 -k --map cat <in >out
	same out in
	FILTERS=(cut)
	through_filters 2 par-run --rsh "$rsh" --host alpha:2,beta:1 -k --map
}

@test "par-run --host: over ssh, the default transport needs no more than a host and a port" {
	mkdir -m 700 home
	sed "s|^Host .*|Host *|" sshd/config >settings
	cat >ssh <<-EOS
		#!/bin/sh
		echo "\$@" >seen
		exec "$(command -v ssh)" -F "$PWD/settings" "\$@"
	EOS
	chmod +x ssh
	PATH=$PWD:$PATH par-run --host "ssh://$(id -un)@127.0.0.1:$SSHD_PORT/2" par-fib <<<7 >out
	[ "$(cat out)" = $'7\t13' ]
	[[ "$(cat seen)" == *BatchMode=yes*" -p $SSHD_PORT $(id -un)@127.0.0.1 par-run --serve" ]]
}

@test "par-run --host: over ssh, arguments and the name of the host" {
	# shellcheck disable=SC2016
	set -- 'a b' "it's" '"two"' $'new\nline' '' '*' '$HOME' $'\\ \1\377'
	printf '%s\n' '#!/bin/sh' 'cat' 'printf "<%s>\n" "$PAR_HOST" "$@"' >show
	chmod +x show
	par-run --rsh "$rsh" --host alpha:1 -N 1 "$PWD/show" "$@" <<<x >out
	same out <(echo x; printf '<%s>\n' alpha "$@")
}

@test "par-run --host: over ssh, kill -9 of any process on either side" {
	no_leak_check
	mkfifo in
	par-run --rsh "$rsh" --host alpha:2,beta:2 -k --map tr 0-9 a-j <in >out 2>err 3>&- &
	pid=$!
	exec 7>in
	kills=0
	for ((n = 0; kills < 10; n++)); do
		seq $((100 * n + 1)) $((100 * n + 100)) >&7
		root=$pid
		((n % 3 == 0)) || root=$SSHD # its sessions, par-run there, its workers
		if victim "$root"; then kill -9 "$REPLY" 2>/dev/null && kills=$((kills + 1)); fi
	done
	exec 7>&-
	wait "$pid"
	same out <(seq $((100 * n)) | tr 0-9 a-j)
}

@test "par-run --host: over ssh, the server ends in the middle and comes back" {
	mkfifo in
	par-run --rsh "$rsh" --host alpha:2 -k par-fib <in >out 2>err 3>&- &
	pid=$!
	exec 7>in
	seq 1 2000 >&7
	eventually test -s out
	sshd_stop
	seq 2001 4000 >&7
	eventually grep -q '^par-run: alpha: exited with status 255' err
	sshd_start alpha beta # where it was
	exec 7>&-
	wait "$pid"
	same <(cut -f1 out) <(seq 4000)
}

@test "par-run --host: over ssh, a cut link leaves nobody on the host" {
	printf '%s\n' '#!/bin/bash' 'echo "$$" >>workers' 'cat >/dev/null' 'sleep 300 &' \
		'echo "$!" >>workers' wait >linger
	chmod +x linger
	par-run --rsh "$rsh" --host alpha:2 -N 1 sh -c "cd '$PWD' && exec ./linger" \
		< <(seq 2) >out 2>err 3>&- &
	pid=$!
	: >>workers
	started() { [ "$(wc -l <workers)" = 4 ]; }
	eventually started
	kill -9 "$pid"
	gone() {
		local left

		left=$(ps -o pid= -p "$(paste -sd, workers)") || true
		[ -z "$left" ]
	}
	eventually gone
}

@test "par-run --host: over ssh, a host that falls silent is left, its records go to others" {
	mkfifo in
	par-run --rsh "$rsh -o ServerAliveInterval=1 -o ServerAliveCountMax=1" \
		--host alpha:1,beta:1 -k --map cat <in >out 2>err 3>&- &
	pid=$!
	exec 7>in
	up() { [ "$(pgrep -c -P "$SSHD")" = 2 ]; }
	eventually up
	n=0
	more() { seq $((n + 1)) $((n + 100)) >&7; n=$((n + 100)); }
	more
	eventually test -s out
	session=$(pgrep -P "$SSHD" | head -n 1)
	mapfile -t silent < <(echo "$session"; pgrep -P "$session")
	kill -STOP "${silent[@]}"
	left() { more; grep -q '^par-run: [a-z]*: exited with status 255: Timeout' err; }
	eventually left
	kill -CONT "${silent[@]}"
	exec 7>&-
	wait "$pid"
	same out <(seq "$n")
}

# In a network of its own, which is taken down in the middle of the work.
cut_and_mend() {
	ip link set lo up
	sshd_start alpha
	trap sshd_stop EXIT
	rsh="ssh -F $PWD/sshd/config -o ServerAliveInterval=1 -o ServerAliveCountMax=1"
	par-run --rsh "$rsh" --host alpha:2 -s -k --map cat <in >out 2>err &
	pid=$!
	exec 7>in
	n=0
	more() { seq $((n + 1)) $((n + 100)) >&7; n=$((n + 100)); }
	more
	eventually test -s out
	ip link set lo down
	more # these are on their way when it is found out
	eventually grep -q '^par-run: alpha: exited with status 255: Timeout' err
	ip link set lo up
	more
	exec 7>&-
	wait "$pid"
	same out <(seq "$n")
	[ "$(awk '$NF == "alpha" { print ($7 > 0) }' err)" = 1 ]
}

@test "par-run --host: over ssh, a network that goes down in the middle and comes back" {
	unshare -n ip link set lo up || skip 'no network can be made here'
	sshd_stop
	unset SSHD_PORT
	mkfifo in
	export -f cut_and_mend eventually same sshd_start sshd_stop sshd_settings
	unshare -n bash -euc cut_and_mend 3>&-
}

@test "par-run --host: over ssh, what is wrong is said with the host" {
	# wrong REASON ARGUMENT...: however long it takes to find that out
	wrong() {
		local reason=$1 pid

		shift
		par-run --rsh "$rsh" --host alpha "$@" <<<7 >out 2>err 3>&- &
		pid=$!
		eventually grep -qF "par-run: alpha: exited with status $reason" err
		kill -9 "$pid" || true
		wait "$pid" || true
		[ ! -s out ]
	}
	wrong '127: ' --remote nosuch par-fib
	eventually grep -q 'this host is given up' err
	wrong '127: par-run: nosuch: No such file' nosuch
	echo "[127.0.0.1]:$SSHD_PORT $(cut -d' ' -f1,2 sshd/user.pub)" >sshd/known
	wrong '255: Host key verification failed.' par-fib
	sshd_settings "$PWD/sshd" alpha
	rm sshd/user
	wrong "255: $(id -un)@127.0.0.1: Permission denied (publickey)." par-fib
	sshd_stop
	wrong "255: ssh: connect to host 127.0.0.1 port $SSHD_PORT: Connection refused" par-fib
	run -1 grep -F '\r' err
}
