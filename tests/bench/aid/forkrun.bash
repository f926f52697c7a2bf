# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Sourced by the benchmarks: forkrun, built from a folder with its source.

# forkrun_build FOLDER: make ./forkrun.bash, which has the function frun when it is
# sourced, as its README says, of FOLDER's script and builtins that are compiled here: the
# ones inside the script are for newer systems.  Says why not, and fails.
forkrun_build() {
	local flags

	if [[ ! -r $1/frun.bash || ! -r $1/forkrun_ring.c ]]; then
		echo "  left out: forkrun; BENCH_FORKRUN names no folder with its source"
		return 1
	fi
	if ! flags=$(pkg-config --cflags bash 2>/dev/null); then
		echo "  left out: forkrun; it needs what bash's builtins are built with (bash-builtins)"
		return 1
	fi
	sed '/^declare -A b64=/,$d' "$1/frun.bash" >forkrun.head
	# shellcheck disable=SC2086
	"${CC:-cc}" -O3 -fno-strict-aliasing -fno-math-errno -march=native -w -DNDEBUG \
		-DHAVE_CONFIG_H -DBUILD_OS='"Linux"' -DBUILD_ARCH='"native"' \
		-DFORKRUN_RING_VERSION='"bench"' -DCOMPILER_FLAGS='"-O3"' $flags \
		-shared -fPIC -o forkrun.so "$1/forkrun_ring.c" &&
		bash -c '. ./forkrun.head
			made=$(_forkrun_file_to_base64 forkrun.so) || exit
			cat forkrun.head
			declare -A b64=(["$(uname -m)"]=$made [x86_64_v2]=$made [x86_64_v3]=$made
				[x86_64_v4]=$made)
			declare -p b64
			echo "_forkrun_bootstrap_setup --force"' >forkrun.bash 2>forkrun.said &&
		bash -c '. ./forkrun.bash && [[ $(echo a | frun -j 1 /bin/echo) == a ]]' \
			>forkrun.said 2>&1 && return
	echo "  left out: forkrun; it does not work: $(tail -n 1 forkrun.said)"
	rm -f forkrun.bash
	return 1
}
