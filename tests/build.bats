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

@test "build: make help names every target that a person would call" {
	local target

	run -0 make help
	for target in demo check sanitize bench lint deps install uninstall dist clean; do
		[[ $output == *"make $target "* ]]
	done
}
