# SPDX-License-Identifier: ISC
# A real sshd(8) on loopback, for as long as a test: keys and settings of its own,
# nothing of the user's or the system's.  Source it and call sshd_start.

# sshd_start [NAME...]: start it in ./sshd; ssh -F "$PWD/sshd/config" NAME reaches it,
# with the programs under test on PATH.  Sets SSHD, its process id, and SSHD_PORT; if
# that is set already it is used.  Prints why and returns 1 if it cannot be had here.
sshd_start() {
	local daemon dir=$PWD/sshd try key

	if ! daemon=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd) || ! command -v ssh >/dev/null; then
		echo "sshd or ssh is not installed"
		return 1
	fi
	if ((EUID == 0)) && ! mkdir -p /run/sshd; then # where it locks itself in
		echo "sshd has no /run/sshd"
		return 1
	fi
	mkdir -p "$dir" && chmod 700 "$dir" || return
	for key in host user; do
		[ -f "$dir/$key" ] || ssh-keygen -q -t ed25519 -N '' -f "$dir/$key" </dev/null || return
	done
	cp "$dir/user.pub" "$dir/authorized"
	for ((try = 0; try < 20; try++)); do
		if ((try > 0)) || [ -z "${SSHD_PORT-}" ]; then SSHD_PORT=$((20000 + RANDOM % 12000)); fi
		sshd_settings "$dir" "$@"
		: >"$dir/log"
		"$daemon" -D -e -f "$dir/sshd_config" </dev/null >/dev/null 2>"$dir/log" 3>&- &
		SSHD=$!
		until grep -q 'Server listening' "$dir/log"; do
			kill -0 "$SSHD" 2>/dev/null || continue 2
			read -r -t 0.02 <> <(:) || true
		done
		return 0
	done
	echo "sshd does not start: $(tail -1 "$dir/log")"
	return 1
}

# sshd_settings FOLDER NAME...: write what server and client are to know
sshd_settings() {
	local dir=$1

	shift
	cat >"$dir/sshd_config" <<-EOF
		ListenAddress 127.0.0.1:$SSHD_PORT
		HostKey $dir/host
		AuthorizedKeysFile $dir/authorized
		PidFile none
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		MaxStartups 100
		SetEnv PATH="$PATH" HOME="$dir"
	EOF
	echo "[127.0.0.1]:$SSHD_PORT $(cut -d' ' -f1,2 "$dir/host.pub")" >"$dir/known"
	cat >"$dir/config" <<-EOF
		Host $* alpha
			HostName 127.0.0.1
			Port $SSHD_PORT
			User $(id -un)
			IdentityFile $dir/user
			IdentitiesOnly yes
			UserKnownHostsFile $dir/known
			GlobalKnownHostsFile /dev/null
			BatchMode yes
			ConnectTimeout 10
	EOF
}

# sshd_stop: end it, sessions too
sshd_stop() {
	local session sessions

	[ -n "${SSHD-}" ] || return 0
	sessions=$(pgrep -P "$SSHD" | paste -sd ,)
	# each may have another process that holds its connection
	for session in ${sessions//,/ } $([ -z "$sessions" ] || pgrep -P "$sessions" '^sshd'); do
		kill -9 "$session" 2>/dev/null || true
	done
	kill -9 "$SSHD" 2>/dev/null || true
	wait "$SSHD" 2>/dev/null || true
	SSHD=
}
