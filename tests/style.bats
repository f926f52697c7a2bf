#!/usr/bin/env bats
# What `make lint` checks and needs no clang for, so that it is seen at once.
load helper

prepare() {
	cd "$ROOT" || return
	shopt -s nullglob globstar
}

@test "style: each module includes only what is below it" {
	env -u OS make -s lint-layers
}

@test "style: what is counted agrees with its count, by plural()" {
	# bytes are limits, more FIFOs than can be open are some, and a trace says what one is
	counted() { grep -rnE '"[^"]*%(llu|lu|zu|u)( [a-z]+)? [a-zA-Z]*[a-zA-Z]s\b' --include='*.[ch]' "$@" |
		grep -vE '%[a-z]+ ([a-z]+ )?(is|was|has|ms|bytes|does|this|FIFOs)\b|/tell/trace\.c:'; }
	run -1 counted "$ROOT/cmd" "$ROOT/lib"
	[ -z "$output" ]
	cd "$BATS_TEST_TMPDIR"
	mkdir wrong
	echo 'warn("%llu old records lost", lost);' >wrong/one.c
	echo 'warn("%llu record%s lost", lost, plural(lost, "", "s"));' >wrong/two.c
	run -0 counted wrong
	[ "${#lines[@]}" = 1 ]
}

@test "style: no function of a file of tests takes the place of another one" {
	twice() {
		local file

		for file; do
			sed -nE "s/^([a-z_0-9]+)\(\).*/$(basename "$file"): \\1/p" "$file" | sort | uniq -d
		done
	}
	run -0 twice tests/*.bats tests/*.bash tests/*/*.bash
	[ -z "$output" ]
	printf '%s() {\n}\n' one two one >"$BATS_TEST_TMPDIR/three"
	run -0 twice "$BATS_TEST_TMPDIR/three"
	[ "$output" = 'three: one' ]
}

@test "style: the check of layers finds what is wrong" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p scripts lib/deep cmd/par-one/near cmd/par-two
	printf 'lib - modules\n\nlow      numbers\nhigh     letters\nlost     nothing\ndeep/    depth\n  deep   in it\n' \
		>lib/README
	echo '#include "high.h"' >lib/low.c
	echo '#include "low.h"' >lib/high.c
	echo '#include "a.h"' >>lib/high.c
	echo '#include "low.h"' >lib/deep/deep.c
	echo '/* nothing */' >lib/new.c
	printf 'par-one - one\n\nlua    made\na      first\nnear/  close by\n  b    second\n  c    third\nmain   last\n' \
		>cmd/par-one/README
	printf '#include "%s.h"\n' a lua low deep b c >cmd/par-one/a.c
	printf '#include "%s.h"\n' a c near/c >cmd/par-one/near/b.c
	printf '#include "%s.h"\n' b >cmd/par-one/c.h
	printf '#include "%s.h"\n' a lua b c nowhere >cmd/par-one/main.c
	echo 'return 1' >cmd/par-one/near/x.lua
	echo '#include "a.h"' >cmd/par-two/main.c
	printf 'layer par-one/%s\n' 'a c' 'main b' >scripts/exceptions
	run -1 awk -f "$ROOT/scripts/modules.awk" -f "$ROOT/scripts/layers.awk" scripts/exceptions {lib,cmd/*}/README {lib,cmd}/**/*.[ch] {lib,cmd}/**/*.lua
	diff - <(sort <<<"$output") <<-'END'
		cmd/par-one/README: c is in no folder
		cmd/par-one/a.c:5: a may not include b, which is listed below it
		cmd/par-one/main.c:5: nowhere.h is not of lib, nor of par-one
		cmd/par-one/near/b.c:2: b may not include c, which is listed below it
		cmd/par-one/near/b.c:3: near/c.h: a header is included by its name alone
		cmd/par-two/README: no line for main
		cmd/par-two/main.c:1: a.h is not of lib, nor of par-two
		lib/README: no line for new
		lib/README: there is no lost
		lib/high.c:2: a.h is not of lib
		lib/low.c:1: low may not include high, which is listed below it
		scripts/exceptions: par-one/main does not include b below it: take its line out
	END
}

@test "style: no files call up, or each other in a circle" {
	scripts/lint-circles "$(dirname "$(dirname "$(command -v par-run)")")"
}

@test "style: the check of circles finds what is wrong" {
	local file

	cd "$BATS_TEST_TMPDIR"
	mkdir -p out scripts lib/deep cmd/par-one/far cmd/par-two
	cp "$ROOT"/scripts/{modules.awk,*circles*} scripts
	printf 'lib - modules\n\nup    u\ndeep/\n  low  l\nhigh  h\n' >lib/README
	printf 'par-one - one\n\na     1\nc     3\nfar/\n  b   2\nmain  m\n' >cmd/par-one/README
	printf 'par-two - two\n\na     1\nmain  m\n' >cmd/par-two/README
	# circles of three files and of two; one that only seems to be, by names of two programs
	echo 'int b(void); int low(void); int a(void) { return b() + low(); }' >cmd/par-one/a.c
	echo 'int c(void); int b(void) { return c(); }' >cmd/par-one/far/b.c
	echo 'int a(void); int c(void) { return a() + 1; }' >cmd/par-one/c.c
	echo 'int a(void); int main(void) { return a(); }' >cmd/par-one/main.c
	echo 'int b(void); static int low(void) { return 1; } int a(void) { return b() + low(); }' >cmd/par-two/a.c
	echo 'int high(void); int b(void) { return high(); }' >cmd/par-two/main.c
	echo 'int high(void); int low(void) { return high(); }' >lib/deep/low.c
	echo 'extern int (*const up)(void); int high(void) { return up(); }' >lib/high.c
	echo 'int low(void); int (*const up)(void) = low;' >lib/up.c
	for file in lib/*.c lib/*/*.c cmd/*/*.c cmd/*/*/*.c; do
		mkdir -p "out/${file%/*}"
		cc -c -o "out/${file%.c}.o" "$file"
	done
	printf 'circle lib/%s\n' low high up >scripts/exceptions
	printf 'circle par-%s\n' one/a one/b one/main >>scripts/exceptions
	printf 'call %s\n' 'lib/low high' 'par-one/a b' 'par-one/main a' >>scripts/exceptions
	run -1 scripts/lint-circles out
	diff - <(echo "$output") <<-'END'
		a circle of par-one/a par-one/c par-one/b; new in one: par-one/c
		    par-one/a uses b of par-one/b
		    par-one/b uses c of par-one/c
		    par-one/c uses a of par-one/a
		a circle of lib/low lib/high lib/up
		    lib/low uses high of lib/high
		    lib/high uses up of lib/up
		    lib/up uses low of lib/low
		par-two/a uses b of main, which is listed below it
		lib/up uses low of low, which is listed below it
		scripts/exceptions: par-one/main uses nothing of a below it: take its line out
		scripts/exceptions: par-one/main is in no circle: take its line out
	END
	# an object that is missing is no proof
	rm out/lib/up.o
	run ! scripts/lint-circles out
}

@test "style: no module of lib ends a program or prints, but those for cmd/ alone" {
	prepare
	nm -A -P -u "$(dirname "$(dirname "$(command -v par-run)")")"/lib/**/*.o |
		awk -f scripts/exits.awk lib/README -
}

@test "style: the check of exits finds what is wrong" {
	local file

	cd "$BATS_TEST_TMPDIR"
	mkdir lib
	printf 'lib - modules\n\nlow  numbers\nsig  signals\n\nWhat follows may.\n\nsay  words\n' \
		>lib/README
	printf '#include <stdlib.h>\n#include <stdio.h>\nvoid low(void);\nvoid low(void) { %s }\n' \
		'fputs("a", stderr); if (getenv("A")) exit(1);' >low.c
	printf '#include <unistd.h>\nvoid sig(void);\nvoid sig(void) { _exit(1); }\n' >sig.c
	sed 's/low/say/' low.c >say.c
	for file in low sig say; do
		cc -O2 -D_FORTIFY_SOURCE=2 -c -o $file.o $file.c
	done
	run -1 awk -f "$ROOT/scripts/exits.awk" lib/README <(nm -A -P -u ./*.o)
	diff - <(sort <<<"$output") <<-'END'
		lib/low uses exit: it may end nothing and print nothing
		lib/low uses stderr: it may end nothing and print nothing
	END
}

@test "style: a structure or header has a name of its own" {
	make -s lint-names
}

@test "style: the check of names finds what is wrong" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p scripts lib cmd/par-one/far cmd/par-two
	printf 'struct one {\n};\nenum two { TWO };\nstatic struct one x = { 1 }, *y = &(struct one){ 2 };\n' >lib/a.h
	printf 'struct three {\n\tunion one {\n\t} one;\n};\n' >cmd/par-one/far/b.h
	printf 'struct two {\n};\n' >cmd/par-two/b.h
	printf 'struct three;\nstruct three *three(struct three *);\n' | tee cmd/par-one/c.c cmd/par-two/c.c >cmd/par-one/far/c.c
	printf 'name %s\n' 'b.h par-one' 'b.h par-two' 'one lib' 'two lib' 'two par-one' 'two par-two' >scripts/exceptions
	run -1 awk -f "$ROOT/scripts/names.awk" scripts/exceptions {lib,cmd}/**/*.[ch]
	diff - <(sort <<<"$output") <<-'END'
		one is defined more than once: lib/a.h:1 cmd/par-one/far/b.h:2
		par-one/c.c is defined more than once: cmd/par-one/c.c cmd/par-one/far/c.c
		scripts/exceptions: two of par-one is no other's: take its line out
	END
}

@test "style: functions fit on a screen" {
	make -s lint-functions
}

@test "style: the check of functions finds a long one" {
	{
		printf 'static int\nshort(void)\n{\n'
		yes ';' | head -n 60
		printf '}\n\nstatic int\ntall(int a, int b)\n{\n'
		yes ';' | head -n 61
		printf '}\n'
	} >"$BATS_TEST_TMPDIR/x.c"
	run -1 awk -f scripts/functions.awk "$BATS_TEST_TMPDIR/x.c"
	[[ $output == *": tall is 61 lines long, limit 60" ]]
	[ "${#lines[@]}" = 1 ]
}

@test "style: what is in packaging/ agrees with the Makefile, the programs and their libraries" {
	scripts/lint-packaging
	# and it is found where it does not
	cp -r .eslintrc.json Makefile scripts packaging cmd kit "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	mkdir cmd/par-more
	sed -i 's/pkgver=0/pkgver=9/; /hiredis/s/hiredis-dev/other-dev/' packaging/alpine/APKBUILD
	sed -i 's/pkgrel=1/pkgrel=2/' packaging/aur/PKGBUILD
	sed -i 's/"version": "0/"version": "7/' kit/node/par-stage/package.json
	run -1 scripts/lint-packaging
	diff - <(grep -v 'is not here$' <<<"$output" | sort) <<-END
		kit/node/par-stage/package.json: version 7.1.0, and not $(sed -n 's/^VERSION.*= //p' Makefile)
		packaging/alpine/APKBUILD: hiredis-dev of scripts/packages is missing
		packaging/alpine/APKBUILD: other-dev is not in scripts/packages
		packaging/alpine/APKBUILD: version 9.1.0, and not $(sed -n 's/^VERSION.*= //p' Makefile)
		packaging/aur/.SRCINFO: not what the PKGBUILD says
		packaging/debian/rules: not the programs in cmd/
	END
}

@test "style: mistakes in JavaScript are found" {
	cp -r .eslintrc.json Makefile scripts packaging cmd kit "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' "'use strict';" 'const kept = (x) => { if (x == 1) y(); };' >kit/node/par-stage/mistakes.js
	echo 'const = 1' >kit/node/par-stage/unread.mjs
	run -1 scripts/lint-packaging
	if [ -e /usr/share/nodejs/eslint ]; then
		diff - <(sed -n 's|.*/par-stage/\(.*:.*:.*Error.*\)|\1|p' <<<"$output") <<-'END'
			mistakes.js:2:7: 'kept' is assigned a value but never used. [Error/no-unused-vars]
			mistakes.js:2:29: Expected '===' and instead saw '=='. [Error/eqeqeq]
			mistakes.js:2:35: 'y' is not defined. [Error/no-undef]
			unread.mjs:1:7: Parsing error: Unexpected token = [Error]
		END
	fi
	! command -v node || [[ $output == *"node --check kit/node/par-stage/unread.mjs:"*"SyntaxError"* ]]
}

@test "style: a release is written into all files of packaging/" {
	cp -r .eslintrc.json Makefile scripts packaging cmd kit "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	sed -i 's/^VERSION.*/VERSION	= 1.20.3/' Makefile
	sed -i 's/par-tools (0/par-tools (1.20.3-1) unstable; urgency=low\n(0/' packaging/debian/changelog
	run -1 packaging/update https://host.example/v1/par-1.0.0.tar.gz Makefile
	packaging/update https://host.example/v1/par-1.20.3.tar.gz Makefile
	scripts/lint-packaging
	run -1 grep -rn 'example.org/par\|0000000000' packaging/{homebrew,nix,aur,alpine,fedora}
	[ "$(grep -rl "$(sha256sum <Makefile | cut -c 1-64)" packaging | wc -l)" = 4 ]
}

@test "style: tests wait for events and not for time" {
	scripts/lint-sleep
}

@test "style: every file of code says its licence on top" {
	local file bad=0

	for file in {lib,cmd}/**/*.[ch] scripts/*; do
		[ "$file" = scripts/packages ] || head -n 3 "$file" | grep -q 'SPDX-License-Identifier: ISC' || { echo "$file"; bad=1; }
	done
	[ "$bad" = 0 ]
}

@test "style: every program has its tests, and a list of its files" {
	local folder name bad=0

	for folder in cmd/*/; do
		name=$(basename "$folder")
		[ -e "tests/$name.bats" ] || { echo "no tests/$name.bats"; bad=1; }
		[ -e "$folder/README" ] || { echo "no ${folder}README"; bad=1; }
	done
	[ "$bad" = 0 ]
}

@test "style: scripts/packages knows each library that a program names" {
	local name bad=0

	for name in $(cat cmd/*/packages | tr -d '?' | sort -u); do
		awk -v need="pc:$name" '$2 == need && NF == 7 { found = 1 } END { exit !found }' \
			scripts/packages || { echo "$name"; bad=1; }
	done
	[ "$bad" = 0 ]
}

@test "style: dependencies that are there are not installed, and nothing is said" {
	run -0 scripts/deps build
	[ -z "$output" ]
}

@test "style: each package manager is asked for packages by its own names" {
	local want

	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in sh dirname cat tr awk grep sort id; do
		ln -s "$(command -v "$tool")" "$BATS_TEST_TMPDIR/bin/$tool"
	done
	cp -r scripts cmd "$BATS_TEST_TMPDIR"
	# of a script in which no tool but these is found, all else is missing
	sed -i 's/^PATH=.*/PATH='"${BATS_TEST_TMPDIR//\//\\/}"'\/bin/' "$BATS_TEST_TMPDIR/scripts/deps"
	for want in apt-get:libgmp-dev dnf:gmp-devel apk:gmp-dev pacman:gmp brew:gmp; do
		DEPS_MANAGER=${want%:*} DEPS_DRY_RUN=1 run -0 "$BATS_TEST_TMPDIR/scripts/deps" build
		[[ " $output " == *" ${want#*:} "* && $output != *cmd:* ]]
		[[ $output == *" with ${want%:*}" ]]
	done
	# others are named, and not installed
	DEPS_MANAGER=dnf run -0 "$BATS_TEST_TMPDIR/scripts/deps" -n lint bench
	[[ ${lines[0]} == 'deps: make lint would add '*ShellCheck* ]]
	[[ ${lines[1]} == 'deps: make bench would add '*hyperfine* ]]
	[ "${#lines[@]}" = 2 ]
}

@test "style: what is said to be a mistake that nobody can notice is one" {
	tests/mutants/mutants.py --check
	# one that fits nothing is named
	cp -r tests/mutants lib "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	mkdir tests && mv mutants tests
	printf 'lib/num.c within\n-\tif (value < min)\n+\tif (value <= min)\n' >tests/mutants/explained
	run -1 tests/mutants/mutants.py --check
	[[ $output == *"lib/num.c within: no such mistake any more"* ]]
}

@test "style: mistakes are of each kind, and the same for the same seed" {
	tests/mutants/mutants.py --list 3 400 >"$BATS_TEST_TMPDIR/one"
	tests/mutants/mutants.py --list 3 400 | cmp - "$BATS_TEST_TMPDIR/one"
	run ! cmp <(tests/mutants/mutants.py --list 4 400) "$BATS_TEST_TMPDIR/one"
	for kind in "left out" constant turned bound logic sum; do
		grep -q "^[0-9]* [a-z/_0-9-]*\.c:[0-9]*: $kind (" "$BATS_TEST_TMPDIR/one"
	done
	# each changes its lines
	[ "$(grep -c '^[0-9]* [a-z]' "$BATS_TEST_TMPDIR/one")" = 400 ]
}

@test "style: of each line it is known which tests run it, also if they kill it" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p cmd/one cover/bin seen
	cat >cmd/one/main.c <<'EOF'
#include <signal.h>

static int
two(int n)
{
	int ended = 1;

	if (n == 1)
		ended = 0;
	else
		raise(SIGKILL);
	if (n == 2)
		ended = 2;
	return ended;
}

int
main(int argc, char **argv)
{
	(void)argv;
	return two(argc);
}
EOF
	cc -D_GNU_SOURCE -fPIE -c -o cover.o "$ROOT/tests/mutants/cover.c"
	cc -fPIE -pie -O0 -g -fsanitize-coverage=trace-pc -o cover/bin/one "$PWD/cmd/one/main.c" cover.o
	PAR_COVER=seen/a.bats.1 cover/bin/one
	PAR_COVER=seen/a.bats.2 run -137 cover/bin/one killed
	run -0 env PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$ROOT/tests/mutants" python3 -c '
import argparse, cover
tests = [cover.Test("a.bats", number, "", 0) for number in (1, 2)]
for function, line, run in cover.run_by(argparse.Namespace(path="."), "seen", tests)["cmd/one/main.c"]:
    print(function + ":", line, run)
'
	for want in 'two: if (n == 1) 3' 'two: ended = 0; 1' 'two: raise(SIGKILL); 2' \
		'two: if (n == 2) 1' 'two: ended = 2; 0' 'main: return two(argc); 3'; do
		[[ $'\n'$output$'\n' == *$'\n'"$want"$'\n'* ]]
	done
}
