#!/usr/bin/env bats
# What the Makefile promises: programs are found, and what changed is built anew.
load helper

# A copy of the tree with one small program more.
prepare() {
	mkdir -p tree/cmd/par-new
	cp -r "$ROOT/Makefile" "$ROOT/lib" "$ROOT/completions" tree
	cat >tree/cmd/par-new/main.c <<-'END'
	#include <stdio.h>

	#include "num.h"

	int
	main(void)
	{
		char text[32];

		*num_format(text, NUMBER) = '\0';
		return puts(text) < 0;
	}
	END
	sed -i 's/NUMBER/42/' tree/cmd/par-new/main.c
	cd tree || return
}

build() {
	make --no-print-directory -j2 V=1 CFLAGS=-O0 B=out "$@"
}

@test "build: a folder in cmd is a program, and the Makefile is not told" {
	build out/bin/par-new
	[ "$(out/bin/par-new)" = 42 ]
	# nothing to do the second time
	run -0 build out/bin/par-new
	[ -z "$output" ]
}

@test "build: folders below a program and below lib are part of it, headers known by name" {
	mkdir -p cmd/par-new/near/deep lib/far
	printf '#include "answer.h"\n#include "sum.h"\n\nint\nanswer(void)\n{\n\treturn sum(40, NEAR);\n}\n' \
		>cmd/par-new/near/answer.c
	printf 'int answer(void);\n#include "deep.h"\n' >cmd/par-new/near/answer.h
	echo '#define NEAR 2' >cmd/par-new/near/deep/deep.h
	echo 'int sum(int a, int b);' >lib/far/sum.h
	printf '#include "sum.h"\n\nint\nsum(int a, int b)\n{\n\treturn a + b;\n}\n' >lib/far/sum.c
	sed -i 's/42/answer()/; s/#include "num.h"/#include "answer.h"\n&/' cmd/par-new/main.c
	build out/bin/par-new
	[ "$(out/bin/par-new)" = 42 ]
	# a header there that changed, and a file that moved
	echo '#define NEAR 3' >cmd/par-new/near/deep/deep.h
	mv cmd/par-new/near/answer.c cmd/par-new/near/deep
	build out/bin/par-new
	[ "$(out/bin/par-new)" = 43 ]
	run -0 build out/bin/par-new
	[ -z "$output" ]
	# what checks files sees those as well
	touch .clang-tidy
	run -0 build -n lint
	for file in cmd/par-new/near/deep/answer.c lib/far/sum.h; do
		[[ $output == *"clang-format "*" $file"* ]]
	done
	[[ $output == *"functions.awk"*" lib/far/sum.c"* && $output == *"layers.awk"*" lib/far/sum.c"* ]]
	[[ $output == *"clang-tidy "*" cmd/par-new/near/deep/answer.c"* ]]
	build lint-headers
	[ -e out/alone/cmd/par-new/near/deep/deep.h ]
}

@test "build: a header that changed compiles what includes it, and no more" {
	build out/bin/par-new
	touch lib/num.h
	run -0 build out/bin/par-new
	for file in lib/num.c lib/opt.c cmd/par-new/main.c; do
		[[ $output == *" -c "*" $file"* ]]
	done
	[[ $output != *" lib/clock.c"* ]]
}

@test "build: other flags and another compiler compile everything" {
	build out/bin/par-new
	run -0 build out/bin/par-new CPPFLAGS=-DOTHER
	[[ $output == *" -DOTHER "*" lib/clock.c"* ]]
	run -0 build out/bin/par-new CPPFLAGS=-DOTHER
	[ -z "$output" ]
	printf '#!/bin/sh\nexec cc "$@"\n' >other-cc
	chmod +x other-cc
	run -0 build out/bin/par-new CPPFLAGS=-DOTHER CC=./other-cc
	[[ $output == *"other-cc "*" lib/clock.c"* ]]
}

@test "build: a library that is missing leads to make deps" {
	echo nosuchlibrary >cmd/par-new/packages
	run -2 build out/bin/par-new
	[[ $output == *"par-new needs these packages: nosuchlibrary.  To install them, run 'make deps DEPS=build'."* ]]
	[[ $output != *" -c "*" cmd/par-new/main.c"* ]]
}

@test "build: pkg-config that is missing is named, and leads to make deps" {
	echo zlib >cmd/par-new/packages
	run -2 build out/bin/par-new PKG_CONFIG=no-pkg-config
	[[ $output == *"par-new needs no-pkg-config to build.  To install it, run 'make deps DEPS=build'."* ]]
	[[ $output != *"needs these packages"* ]]
}

@test "build: a program whose library is missing is left out, with a line, and the others are built" {
	local made

	mkdir -p cmd/par-lost tests/unit/par-lost man
	sed 's/NUMBER/1/' cmd/par-new/main.c >cmd/par-lost/main.c
	echo nosuchlibrary >cmd/par-lost/packages
	echo 'int main(void) { return nowhere; }' >tests/unit/par-lost/main.c
	touch man/par-{lost,new}.1 README.md CHANGELOG.md LICENSE
	# completions come from --help
	sed -i 's/return puts.*/return puts("usage: par-new\\n") < 0;/' cmd/par-new/main.c
	build all units 2>said >/dev/null
	[ "$(cat said)" = "par-lost is left out, since nosuchlibrary is missing; 'make deps DEPS=build' installs that" ]
	build "DESTDIR=$PWD/stage" install >/dev/null
	[ "$(find stage -name 'par-*' ! -name '*.fish' -exec basename {} \; | sort | uniq -c | xargs)" = \
		'2 par-new 1 par-new.1' ]
	# pkg-config itself
	build all PKG_CONFIG=no-pkg-config 2>said >/dev/null
	[ "$(cat said)" = "par-lost is left out, since no-pkg-config is missing; 'make deps DEPS=build' installs that" ]
	# left out by choice
	build all PROGS=par-new 2>said >/dev/null
	[ ! -s said ]
	# what is taken away may have been built elsewhere
	touch stage/usr/local/bin/par-lost stage/usr/local/share/man/man1/par-lost.1
	build "DESTDIR=$PWD/stage" uninstall >/dev/null
	made=$(find stage -type f)
	[ -z "$made" ]
}

@test "build: without each library of ours alone, and all, the others are built, and that is said" {
	local lost program missing left what

	cd "$ROOT" || return
	cat >"$BATS_TEST_TMPDIR/pc" <<-'END'
	#!/bin/sh
	for word; do case " $LOST " in *" $word "*) exit 1 ;; esac; done
	[ "$1" = --exists ] || exec pkg-config "$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/pc"
	mapfile -t all < <(cat cmd/*/packages | tr ' ' '\n' | grep -v '?' | sort -u)
	for lost in '' "${all[@]}" "${all[*]}"; do
		what="left-out"
		[ "$lost" != "${all[*]}" ] || what=all
		LOST=$lost make -n B="$BATS_TEST_TMPDIR/out" "PKG_CONFIG=$BATS_TEST_TMPDIR/pc" "$what" \
			>"$BATS_TEST_TMPDIR/made"
		for program in cmd/*; do
			left=
			# needed, those without a question mark
			# shellcheck disable=SC2013 # words
			for missing in $(cat "$program/packages" 2>/dev/null); do
				[[ " $lost " != *" $missing "* ]] || left+=" $missing"
			done
			program=${program#cmd/}
			if [ -n "$left" ]; then
				grep -qF "$program is left out, since$left is missing; 'make deps DEPS=build' installs that" \
					"$BATS_TEST_TMPDIR/made"
				run ! grep -qF "LINK $BATS_TEST_TMPDIR/out/bin/$program'" "$BATS_TEST_TMPDIR/made"
			else
				run ! grep -qF "$program is left out" "$BATS_TEST_TMPDIR/made"
				[ "$what" != all ] ||
					grep -qF "LINK $BATS_TEST_TMPDIR/out/bin/$program'" "$BATS_TEST_TMPDIR/made"
			fi
		done
	done
}

@test "build: who may not install is told once what is missing, and how to go on without" {
	local tool

	[ "$(id -u)" != 0 ] || command -v setpriv >/dev/null || skip "no setpriv"
	mkdir bin
	for tool in sh dirname cat tr awk grep sort id echo; do
		ln -s "$(command -v "$tool")" "bin/$tool"
	done
	printf '#!/bin/sh\necho "$0 $*" >>"%s"\n' "$PWD/called" | tee bin/apt-get >bin/sudo
	printf 'exit 1\n' | tee -a bin/apt-get >>bin/sudo
	chmod 755 bin/apt-get bin/sudo
	cp -r "$ROOT/scripts" .
	sed -i "s|^PATH=.*|PATH='$PWD/bin'|" scripts/deps
	touch called
	chmod 666 called
	# the way here, and what is here: files of other tests come and go meanwhile
	chmod -R go+rX .
	chmod go+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	as_other() {
		if [ "$(id -u)" = 0 ]; then setpriv --reuid 65534 --clear-groups "$@"; else "$@"; fi
	}
	run -1 as_other scripts/deps build check </dev/null
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} == 'deps: missing here, and only root may install it: apt-get install --no-install-recommends '*bats*gcc* ]]
	[ "${lines[1]}" = "deps: 'make check DEPS=' tests what can be built without" ]
	# nothing was tried but whether we may
	[ "$(cat called)" = "$PWD/bin/sudo -n true" ]
}

@test "build: tests of programs that were left out are skipped, and no others" {
	mkdir bin
	printf '%s\n' 'load helper' 'fibs() { par-fib; }' \
		'@test "one" { echo par-fib.txt; }' '@test "two" { fibs <<<1; }' \
		'@test "three" { background par-fib; }' '@test "four" { run fibs; }' >few.bats
	ln -s "$ROOT/tests/helper.bash" .
	mkdir tests
	mv few.bats helper.bash tests
	mkdir -p cmd/par-fib
	for tool in bash env bats cat mkdir rm; do ln -s "$(command -v "$tool")" bin; done
	run -0 env "PATH=$PWD/bin:/usr/bin:/bin" "PAR_BIN=$PWD/bin" bats --tap tests/few.bats
	[ "$(grep -c '^ok' <<<"$output")" = 4 ]
	[ "$(grep -c '^ok . t.* # skip par-fib was left out' <<<"$output")" = 2 ]
	[[ $output == *'ok 1 one'* && $output == *'ok 4 four # skip'* ]]
}

@test "build: a library that can be missing is used where it is" {
	mkdir pc
	printf 'Name: few\nDescription: few\nVersion: 1\nCflags: -DFEW=7\n' >pc/lib-few.pc
	echo 'lib-few? lib-none?' >cmd/par-new/packages
	sed -i 's/42/FEW/; 1i #if defined(HAVE_LIB_NONE) || !defined(HAVE_LIB_FEW)\n#define FEW 0\n#endif' \
		cmd/par-new/main.c
	PKG_CONFIG_PATH=$PWD/pc build out/bin/par-new
	[ "$(out/bin/par-new)" = 7 ]
	# it is noticed when the library has gone
	build out/bin/par-new
	[ "$(out/bin/par-new)" = 0 ]
}

@test "build: no folder of cmd, no page and no test is named in the Makefile" {
	local program

	for program in "$ROOT"/cmd/*/; do
		run -1 grep -n "$(basename "$program")" Makefile
	done
}

@test "build: another make is told in a line that GNU make is needed" {
	command -v bmake || skip "no bmake"
	run ! bmake check
	[ "$output" = "bmake: \"$PWD/Makefile\" line $(grep -n '^\.error' Makefile | cut -d : -f 1): GNU make is needed: gmake" ]
	# to GNU make it is no first target
	[ "$(make -pn .none 2>/dev/null | sed -n 's/^.DEFAULT_GOAL := //p')" = all ]
}

@test "build: make help names every target that a person would call" {
	local target

	run -0 make help
	for target in demo check sanitize bench lint deps install uninstall dist clean; do
		[[ $output == *"make $target "* ]]
	done
}
