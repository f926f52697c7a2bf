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

# In an empty root with nothing but busybox, and qemu where it is for another processor.
in_root() {
	local processor=$1 root=$PWD/root.$1 qemu=

	mkdir -p "$root"/{bin,dev,tmp}
	mknod -m 666 "$root/dev/null" c 1 3 || skip "no device can be made"
	cp "$2"/bin/* "$(command -v busybox)" "$root/bin"
	if [ "$processor" != "$(uname -m)" ]; then
		command -v "qemu-$processor-static" >/dev/null || skip "no qemu-$processor-static"
		cp "$(command -v "qemu-$processor-static")" "$root/bin/qemu"
		qemu=/bin/qemu
	fi
	in_it() { chroot "$root" /bin/busybox sh -c "cd /tmp; PATH=/bin; $1"; }
	[ "$(in_it "echo 300 | $qemu /bin/par-fib")" = "$(par-fib <<<300)" ]
	in_it "busybox seq 1000 | $qemu /bin/par-run -k -n 2 $qemu /bin/par-fib" | same - <(seq 1000 | par-fib)
	in_it "busybox seq 99 | $qemu /bin/par-run -k -n 2 --map busybox cat" | same - <(seq 99)
	in_it "busybox seq 9 | $qemu /bin/par-run -k busybox expr {} + 1" | same - <(seq 2 10)
	in_it "busybox seq 6 | $qemu /bin/par-split -r odd even; busybox cat odd even" | same - <(printf '%s\n' 1 3 5 2 4 6)
	in_it "$qemu /bin/par-gather -c -k 0 --top 1 odd odd even" | grep -q 2
	# par-links, sandboxed or not, with a pattern compiled for the processor
	in_it "echo '<a href=a/b>x</a>' | $qemu /bin/par-links --html --base http://h/c/" | cut -f 2 | same - <(echo http://h/c/a/b)
	in_it "echo 'x http://h/1 y' | $qemu /bin/par-links --html --regex 'http://[^ ]+'" | cut -f 2 | same - <(echo http://h/1)
	# a queue and a crawl, by shared memory and no server
	in_it "export HOME=/tmp; busybox seq 100 | $qemu /bin/par-queue put q && $qemu /bin/par-queue work --once q -- $qemu /bin/par-fib && $qemu /bin/par-queue get q" |
		sort | same - <(seq 100 | par-fib | sort)
	in_it "echo http://h/ | $qemu /bin/par-frontier --state f busybox cat" | same - <(echo http://h/)
}

@test "static: they run in an empty root with busybox" {
	[ "$(id -u)" = 0 ] || skip "only root has a root of its own"
	busybox=$(command -v busybox) && [[ $(file -L "$busybox") == *'statically linked'* ]] || skip "no static busybox"
	each in_root
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
