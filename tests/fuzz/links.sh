#!/bin/sh
# Fuzz par-links with libFuzzer, AddressSanitizer and UBSan; needs clang.
#
#	tests/fuzz/links.sh [SECONDS [FUZZER-OPTION...]]
#
# What it finds, and new inputs, are left in build/fuzz.

set -eu

cd "$(dirname "$0")/../.."
seconds=${1:-600}
[ $# = 0 ] || shift
packages='libpcre2-8 icu-uc'
define=
for package in libpsl libseccomp; do
	if pkg-config --exists "$package"; then
		packages="$packages $package"
		define="$define -DHAVE_$(echo "$package" | tr '[:lower:]' '[:upper:]')"
	fi
done
mkdir -p build/fuzz/links-found
sources=
for source in lib/*.c cmd/par-links/*.c; do
	[ "$source" = cmd/par-links/main.c ] || sources="$sources $source"
done
# shellcheck disable=SC2046,SC2086 # lists of words
clang -std=c11 -g -O1 -D_GNU_SOURCE -DPAR_VERSION='"fuzz"' $define -Ilib -Icmd/par-links \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	$(pkg-config --cflags $packages) -o build/fuzz/links tests/fuzz/links.c $sources \
	$(pkg-config --libs $packages)
exec build/fuzz/links -max_total_time="$seconds" -timeout=10 \
	-artifact_prefix=build/fuzz/ -dict=tests/fuzz/links.dict \
	"$@" build/fuzz/links-found tests/fuzz/links-corpus
