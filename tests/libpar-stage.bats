#!/usr/bin/env bats
# What libpar-stage shows of itself: its names, and that what was linked with it still works.
load helper

prepare() {
	with_library
	library=$PKG_CONFIG_PATH
}

@test "libpar-stage: it has the functions of its list, and shows nothing else" {
	awk '$1 == "function" { print $2 }' "$ROOT/lib/public/abi" | sort >want
	sed -n 's/^	\(par_[a-z_]*\);$/\1/p' "$ROOT/lib/public/libpar-stage.map" | sort | diff want -
	nm -D --defined-only "$library/libpar-stage.so" | awk '$2 == "T" { print $3 }' |
		sed 's/@@PAR_STAGE_1$//' | sort | diff want -
	nm -g --defined-only "$library/libpar-stage.a" | awk 'NF == 3 { print $3 }' | sort | diff want -
	[ "$(nm -D --defined-only "$library/libpar-stage.so" | grep -v ' T ' | awk '{ print $2, $3 }')" = 'A PAR_STAGE_1' ]
	[[ $(readelf -d "$library/libpar-stage.so") == *'soname: [libpar-stage.so.1]'* ]]
}

@test "libpar-stage: each function is called, and each constant is, as its list has it" {
	{
		printf '#include <par_stage.h>\n'
		awk '$1 == "constant" { printf "typedef char is_%s[%s == %s ? 1 : -1];\n", $2, $2, $3 }
			$1 == "function" {
				name = $2
				sub(/^function [a-z_]* /, "")
				sub(/\(\*\)/, "(*const p" NR ")")
				printf "extern %s;\n%s = %s;\n", $0, $0, name
			}' "$ROOT/lib/public/abi"
		echo 'int main(void) { return 0; }'
	} >abi.c
	cp abi.c abi.cc
	# shellcheck disable=SC2046 # flags are words
	cc -std=c99 -Wall -Wextra -pedantic -Werror -o abi abi.c $(pkg-config --cflags --libs libpar-stage)
	./abi
	! command -v g++ >/dev/null ||
		g++ -std=c++98 -Wall -Wextra -pedantic-errors -Wno-long-long -fsyntax-only -I"$ROOT/lib/public" abi.cc
	# and it is seen where one is another
	sed '/par_number/s/uint64_t/int/' abi.c >other.c
	run -1 cc -Werror -fsyntax-only -I"$ROOT/lib/public" other.c
	[[ $output == *par_number* ]]
}

@test "libpar-stage: it neither ends programs nor writes for itself" {
	local used

	used=$(nm -D -u "$library/libpar-stage.so" | awk '{ sub(/@.*/, ""); print $NF }')
	run -1 grep -xE '(_?exit|abort|raise|signal|sigaction|std(out|err)|puts|printf|perror|err|warn)' <<<"$used"
	[ "$(grep -cx write <<<"$used")" = 1 ]
}

@test "libpar-stage: what is installed is found by pkg-config, and linked either way" {
	unset LD_LIBRARY_PATH
	make --no-print-directory -s -C "$ROOT" -o all "B=$(dirname "$library")" \
		"DESTDIR=$PWD/a stage" PREFIX=/opt/par LIBDIR=/opt/par/lib/here install
	export PKG_CONFIG_PATH="$PWD/a stage/opt/par/lib/here/pkgconfig" there="$PWD/a stage/opt/par"
	[ "$(pkg-config --modversion libpar-stage)" = "$(par-run --version | sed 's/.* //')" ]
	[ -z "${SANITIZED-}" ] || return 0 # who links it has to have them as well
	[ "$(pkg-config --cflags --libs libpar-stage)" = '-I/opt/par/include -L/opt/par/lib/here -lpar-stage ' ]
	cc -o shared "$ROOT/tests/aid/kits/stage.c" -I"$there/include" -L"$there/lib/here" -lpar-stage
	run -127 ./shared
	[ "$(echo 1 | LD_LIBRARY_PATH="$there/lib/here" ./shared)" = 'result 1' ]
	cc -o alone "$ROOT/tests/aid/kits/stage.c" -I"$there/include" "$there/lib/here/libpar-stage.a"
	[ "$(echo 1 | ./alone)" = 'result 1' ]
}
