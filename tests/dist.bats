#!/usr/bin/env bats
# What make dist gives, and that it stands by itself.
load helper

# The tarball is that of a checkout, or of an unpacked tarball: both have the same tests.
setup_file() {
	export DIST_MADE=$BATS_FILE_TMPDIR/par.tar.gz
	make --no-print-directory -s -C "$BATS_TEST_DIRNAME/.." dist "DIST=$DIST_MADE"
}

prepare() {
	mkdir tree
	tar -C tree -xzf "$DIST_MADE"
	tree=$(echo tree/par-*)
}

@test "dist: the tarball holds what is in the last commit, under one folder" {
	[ "$(ls -A tree)" = "par-$(par-run --version | sed 's/.* //')" ]
	git -C "$ROOT" rev-parse HEAD >/dev/null 2>&1 || skip "not a checkout"
	diff <(cd "$tree" && find . -type f | cut -c 3- | sort) <(git -C "$ROOT" ls-tree -r --name-only HEAD | sort)
}

@test "dist: owners, modes and times tell nothing of who made it" {
	tar -tvzf "$DIST_MADE" --numeric-owner --full-time | awk '
		$1 !~ /^(drwxr-xr-x|-rw[x-]r-[x-]r-[x-])$/ || $2 != "0/0" { print }
		{ times[$4 $5] }
		END { for (time in times) n++; if (n != 1) print n " times" }' | same - /dev/null
}

@test "dist: a checksum and a bill of materials go with it" {
	(cd "$(dirname "$DIST_MADE")" && sha256sum -c par.tar.gz.sha256)
	"$ROOT/tests/aid/spdx-form" "$DIST_MADE.spdx.json" "$DIST_MADE"
	# all that the programs name
	diff <(cat "$ROOT"/cmd/*/packages | tr -d '?' | xargs -n 1 | sort -u) \
		<(jq -r '.packages[1:][].name' "$DIST_MADE.spdx.json" | sort)
	jq -e '.files[] | select(.fileName | endswith("urltestdata.json")).licenseConcluded == "BSD-3-Clause"' \
		"$DIST_MADE.spdx.json"
}

@test "dist: the check of the bill finds what is wrong" {
	jq '.files[0].checksums[0].checksumValue |= "0" + .[1:] | .relationships[1].spdxElementId = "SPDXRef-none" |
		.packages[1].licenseDeclared = 7' "$DIST_MADE.spdx.json" >bad
	run -1 "$ROOT/tests/aid/spdx-form" bad "$DIST_MADE"
	[ "${#lines[@]}" -ge 3 ]
}

@test "dist: outside of git it makes the same tarball, builds, tests and installs" {
	touch "$tree/config.mk"
	mkdir "$tree/.git" # as in a container that has no git
	make --no-print-directory -s -C "$tree" dist "DIST=$PWD/again.tar.gz"
	same again.tar.gz "$DIST_MADE"
	same again.tar.gz.spdx.json <(sed 's/"par\.tar/"again.tar/; s/"par"/"again"/; s|spdxdocs/par-|spdxdocs/again-|' \
		"$DIST_MADE.spdx.json")
	cd "$tree"
	make --no-print-directory -s -j2 CFLAGS=-O0 PROGS='par-split par-fib' "DESTDIR=$PWD/stage" PREFIX=/usr install
	[ "$(echo 90 | stage/usr/bin/par-fib)" = $'90\t2880067194370816120' ]
	make --no-print-directory -s -j2 CFLAGS=-O0 PROGS=par-split unit UNIT='num names records' >got
	grep -qx '.* passed, 0 failed' got
}
