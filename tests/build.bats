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
	ln -s "$(command -v cc)" other-cc
	run -0 build out/bin/par-new CPPFLAGS=-DOTHER CC=./other-cc
	[[ $output == *"other-cc "*" lib/clock.c"* ]]
}

@test "build: a library that is missing leads to make deps" {
	echo nosuchlibrary >cmd/par-new/packages
	run -2 build out/bin/par-new
	[[ $output == *"par-new needs these packages: nosuchlibrary.  To install them, run 'make deps'."* ]]
	[[ $output != *" -c "*" cmd/par-new/main.c"* ]]
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
