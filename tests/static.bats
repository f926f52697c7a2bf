#!/usr/bin/env bats
# The programs of make static, as far as they were made: make check-packages makes them.
load helper

prepare() {
	shopt -s nullglob
	tarballs=("${STATIC_MADE:-$ROOT/build}"/par-*-linux-*.tar.gz)
}

# each COMMAND...: run it with the processor and the unpacked folder of each tarball.
each() {
	local tarball processor

	((${#tarballs[@]} > 0)) || skip "make static was not called"
	for tarball in "${tarballs[@]}"; do
		processor=${tarball##*-linux-} processor=${processor%.tar.gz}
		[ -e "$processor" ] || { mkdir "$processor" && tar -C "$processor" -xzf "$tarball"; }
		"$@" "$processor" "$(echo "$PWD/$processor"/par-*)"
	done
}

needs_nothing() {
	local program

	for program in "$2"/bin/*; do
		readelf -d -l "$program" >facts
		run -1 grep -E 'INTERP|NEEDED' facts
		# no folder of whoever made it
		run -1 grep -c "$ROOT" "$program"
	done
}

@test "static: the programs need no library, and know of no folder" {
	command -v readelf >/dev/null || skip "no readelf"
	each needs_nothing
}

# empty_root PROCESSOR FOLDER: with nothing but busybox and the programs, by qemu where they are
# of another processor; in_it COMMAND runs it there.
empty_root() {
	local program busybox root=$PWD/root.$1

	[ "$(id -u)" = 0 ] || skip "only root has a root of its own"
	busybox=$(command -v busybox || true)
	[[ $(file -L "$busybox") == *'statically linked'* ]] || skip "no static busybox"
	mkdir -p "$root"/{bin,dev,lib,tmp}
	mknod -m 666 "$root/dev/null" c 1 3 || skip "no device can be made"
	cp "$busybox" "$root/bin"
	in_root=$root
	in_it() { chroot "$in_root" /bin/busybox env -i PATH=/bin HOME=/tmp sh -c "cd /tmp; $1"; }
	chroot "$root" /bin/busybox --install -s /bin
	cp "$2"/bin/* "$root/lib"
	if [ "$1" != "$(uname -m)" ]; then
		command -v "qemu-$1-static" >/dev/null || skip "no qemu-$1-static"
		cp "$(command -v "qemu-$1-static")" "$root/lib/qemu"
	fi
	for program in "$2"/bin/*; do
		program=${program##*/}
		if [ -e "$root/lib/qemu" ]; then
			printf '#!/bin/sh\nexec /lib/qemu -0 %s /lib/%s "$@"\n' "$program" "$program" >"$root/bin/$program"
			chmod +x "$root/bin/$program"
		else
			ln -s "../lib/$program" "$root/bin"
		fi
	done
}

do_their_work() {
	empty_root "$@"
	[ "$(in_it "echo 300 | par-fib")" = "$(par-fib <<<300)" ]
	in_it "seq 1000 | par-run -k -n 2 par-fib" | same - <(seq 1000 | par-fib)
	in_it "seq 99 | par-run -k -n 2 --map cat" | same - <(seq 99)
	in_it "seq 9 | par-run -k expr {} + 1" | same - <(seq 2 10)
	in_it "seq 6 | par-split -r odd even; cat odd even" | same - <(printf '%s\n' 1 3 5 2 4 6)
	in_it "par-gather -c -k 0 --top 1 odd odd even" | grep -q 2
	# par-links, sandboxed or not, with a pattern compiled for the processor
	in_it "echo '<a href=a/b>x</a>' | par-links --html --base http://h/c/" | cut -f 2 | same - <(echo http://h/c/a/b)
	in_it "echo 'x http://h/1 y' | par-links --html --regex 'http://[^ ]+'" | cut -f 2 | same - <(echo http://h/1)
	# a queue and a crawl, by shared memory and no server
	in_it "seq 100 | par-queue put q && par-queue work --once q -- par-fib && par-queue get q" |
		sort | same - <(seq 100 | par-fib | sort)
	in_it "echo http://h/ | par-frontier --state f cat" | same - <(echo http://h/)
}

@test "static: they run in an empty root with busybox" {
	each do_their_work
}

# What the tutorial shows before it fetches pages.
learn() {
	local n want bad=0

	empty_root "$@"
	mkdir "$in_root/tmp/said"
	sed '/^\.Xr par-fetch/,$d' "$ROOT/man/par-tutorial.7" >"$in_root/tmp/tutorial"
	cp "$ROOT/tests/examples.awk" "$in_root/tmp"
	in_it 'awk -v dir=/tmp/said -f examples.awk tutorial >script; mkdir here; cd here; sh ../script'
	for want in "$in_root"/tmp/said/*.want; do
		n=${want%.want}
		diff "$want" "$n.got" || { cat "$n.command" "$n.err"; bad=1; }
	done
	[ "$(cat "$in_root"/tmp/said/*.command | grep -c par-)" -ge 10 ]
	[ "$bad" = 0 ]
}

@test "static: they do in an empty root what the tutorial says" {
	each learn
}

has_pages() {
	local program

	for program in "$2"/bin/*; do
		[ -s "$2/share/man/man1/${program##*/}.1" ]
		[ -s "$2/share/fish/vendor_completions.d/${program##*/}.fish" ]
	done
	[ -s "$2/share/doc/par/libraries/gmp/COPYING.LESSERv3" ]
	# the same --help on each processor
	diff -r "$2/share/zsh" "$(echo "$PWD/$(uname -m)"/par-*)/share/zsh"
}

@test "static: pages, completions, licences, a checksum and a bill are with them" {
	local tarball

	each :
	for tarball in "${tarballs[@]}"; do
		(cd "${tarball%/*}" && sha256sum -c "${tarball##*/}.sha256")
		"$ROOT/tests/aid/spdx-form" "$tarball.spdx.json" "$tarball"
	done
	each has_pages
}

@test "static: their memchr and memrchr find what the library finds, and read no page beyond" {
	cc -O2 -fno-builtin -Wall -Wextra -Werror -Dmemchr=fast_memchr -Dmemrchr=fast_memrchr \
		-c -o fast.o "$ROOT/packaging/static/search.c"
	cc -O2 -fno-builtin -o compare "$ROOT/tests/aid/search.c" fast.o
	run -0 ./compare
	[ "$output" = '0 wrong' ]
}
