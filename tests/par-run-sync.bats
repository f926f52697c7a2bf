#!/usr/bin/env bats
# par-run --sync: a power cut at any moment loses nothing.  No power is cut here: what was
# not forced to the disk is lost in a model, see tests/aid/power-cut.py, or on an image of
# a file system, see tests/aid/image-cut.py; and what is left is resumed.  CUTS=5 tries
# more of what may be lost.
load helper

prepare() {
	[ -z "${SANITIZED-}" ] || skip "what it preloads comes after the sanitizers'"
	cc -O1 -shared -fPIC -o journal.so "$BATS_TEST_DIRNAME/aid/journal.c" -ldl
	(seq 200000 200003; echo bad; seq 4; echo worse) >in
}

# cut OPTION... -- COMMAND...
cut_at_each() { "$BATS_TEST_DIRNAME/aid/power-cut.py" "$PWD/journal.so" 1 "${CUTS:-1}" "$@"; }

@test "par-run --sync: cut at any call: output and quarantine are whole" {
	run -0 cut_at_each --sync -n 2 -r 0 -- par-fib
	[[ $output =~ ^[1-9][0-9]+' cuts, '[1-9][0-9]+' of them different, 0 faults'$ ]]
}

@test "par-run --sync: cut at any call, in order" {
	run -0 cut_at_each --sync -k -n 2 --map -- sh -c 'while read -r n; do echo "${n}x"; done'
	[[ $output == *', 0 faults' ]]
}

@test "par-run --sync: the model finds what is lost without it" {
	run -1 cut_at_each -n 2 -r 0 -- par-fib
	[[ ${lines[0]} == 'at first, call '* ]]
	[[ ${lines[-1]} =~ ', '[1-9][0-9]*' faults'$ ]]
}

@test "par-run --sync: with --checkpoint alone, and a disk that fails is told of" {
	run -2 --separate-stderr par-run --sync -o out cat <in
	[ "${stderr_lines[0]}" = 'par-run: --sync needs --checkpoint' ]
	[ ! -e out ]
	cat >no-sync.c <<-'END'
		#include <errno.h>
		int fdatasync(int fd) { (void)fd; errno = EIO; return -1; }
	END
	cc -shared -fPIC -o no-sync.so no-sync.c
	LD_PRELOAD=$PWD/no-sync.so run -3 --separate-stderr \
		par-run --sync --checkpoint state -o out --map cat <in
	[ "${stderr_lines[0]}" = 'par-run: out: Input/output error' ]
	[ ! -e state ]
	LD_PRELOAD=$PWD/no-sync.so par-run --checkpoint state -o out --map cat <in
	[ "$(sort out | cksum)" = "$(sort in | cksum)" ]
}

@test "par-run --sync: input that is kept since it cannot be read again" {
	seq 5 | par-run --sync --checkpoint state -o out -k echo {}
	seq 5 | same - out
}

@test "par-run --sync: goes on with a state that was made without, and the other way round" {
	seq 5 >in
	par-run -k --checkpoint state -o out --map cat <in
	seq 9 >>in
	par-run -k --sync --checkpoint state -o out --map cat <in
	same in out
	seq 9 >>in
	par-run -k --checkpoint state -o out --map cat <in
	same in out
}

# image COUNT MOUNT-OPTIONS OPTION... -- COMMAND...
image() {
	rm -rf disk log
	"$BATS_TEST_DIRNAME/aid/image-cut.py" 1 "$@"
}

@test "par-run --sync: a real file system is cut at any of its writes, too" {
	local count=$((${CUTS:-0} * 20 + 3))

	[ -w /dev/fuse ] && [ -w /dev/loop-control ] && command -v mkfs.ext4 >/dev/null &&
		/usr/bin/python3 -c 'import fusepy' 2>/dev/null &&
		unshare -m mount -t tmpfs none . 2>/dev/null ||
		skip "needs root, loop devices and what scripts/deps disk installs"
	run -0 image "$count" data=ordered --sync -n 2 -r 0 -- par-fib
	[[ $output == *', 0 faults' ]]
	# shellcheck disable=SC2016
	run -0 image "$count" data=writeback --sync -k -n 2 -- sh -c 'test "$1" != bad && echo "$1"' _ {}
	[[ $output == *', 0 faults' ]]
	# Without it these cuts lose something.
	run -1 image "$count" data=writeback -n 2 -r 0 -- par-fib
	[[ $output == *'not all is on the disk'* ]]
}
