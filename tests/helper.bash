# Loaded by every test file: the programs on PATH, a private folder, no leftovers.

bats_require_minimum_version 1.5.0

# How long, in seconds, a test waits for an event that must come: a limit for
# bugs, never the way to pass.
export DEADLINE=${DEADLINE:-60}
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-300}
export LC_ALL=C
unset XDG_RUNTIME_DIR PAR_STAGE PAR_STAGE_TAKES PAR_WORKER PAR_WORKERS MAKEFLAGS

ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
export ROOT
PATH=${PAR_BIN:-$ROOT/build/cc/bin}:$PATH

setup() {
	[[ $LEFT_OUT != *[a-z]* ]] || skip_if_left_out "$BATS_TEST_NAME"
	if on_posix; then
		skip_linux_alone
		export RUN_BY_TEST=$BATS_TEST_TMPDIR
	fi
	cd "$BATS_TEST_TMPDIR" || return
	# tests/mutants/cover.c: which test runs what
	[[ -z ${PAR_COVER-} ]] || export PAR_COVER=$PAR_COVER/${BATS_TEST_FILENAME##*/}.$BATS_TEST_NUMBER
	if declare -F prepare >/dev/null; then prepare; fi
}

# Programs whose library is missing were not built.
LEFT_OUT=$(cd "$ROOT/cmd" && for program in *; do
	command -v "$program" >/dev/null || echo "$program"
done)

# skip_if_left_out FUNCTION: skip if it, or what it calls here, runs one of those.
skip_if_left_out() {
	local text word

	text=$(declare -f "$1")
	for word in $LEFT_OUT; do
		# not as part of a name of ours, as that of a file
		[[ ! $text =~ (^|[^a-z/_-])$word($|[^a-z_.-]) ]] || skip "$word was left out"
	done
	for word in $(compgen -A function); do
		[[ " $2 " != *" $word "* && $text =~ (^|[^a-z_-])$word($|[^a-z_-]) ]] || continue
		[[ $word == @(run|setup|teardown|skip*|bats_*|test_*|$1) ]] || skip_if_left_out "$word" "$2 $1"
	done
}

# The leak sanitizer has a child of the program's name, waits for ever if that is killed,
# and does not bear ptrace(2).
no_leak_check() {
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
}

# Stages of others are made with the library and the kits of this tree, or those installed.
with_library() {
	local built=${PAR_BIN:-$ROOT/build/cc/bin}/../public kit=$ROOT/kit

	[[ ${PAR_BIN-} != /usr/* ]] || kit=${PAR_BIN%/bin}/share/par
	export PAR_SHARE=${PAR_KIT:-$kit}
	export PYTHONPATH=$PAR_SHARE NODE_PATH=$PAR_SHARE/node
	[ -e "$built/libpar-stage.so" ] || return 0
	built=$(cd "$built" && pwd)
	export PKG_CONFIG_PATH=$built LD_LIBRARY_PATH=$built${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
}

# The kit for it is tried where it is.
needs_node() {
	has_node || skip "no node, or one before 18"
}

has_node() {
	node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null
}

# Processes started with `background` are ended here, by process id.
teardown() {
	local pid

	for pid in "${BACKGROUND[@]}"; do
		kill -9 "$pid" 2>/dev/null || true
	done
	if declare -F clean_up >/dev/null; then clean_up; fi
	if on_posix; then end_orphans; fi
}

# What a supervisor was killed from above lives on there; bats would wait for its end.
end_orphans() {
	local file

	grep -lsxz "RUN_BY_TEST=$BATS_TEST_TMPDIR" /proc/[0-9]*/environ | while read -r file; do
		kill -9 "${file//[^0-9]/}" 2>/dev/null || true
	done
}

# background COMMAND...: run it without bats' own descriptor 3; its id is in $!
background() {
	"$@" 3>&- &
	BACKGROUND+=("$!")
}

# eventually CONDITION...: wait until the command succeeds.
eventually() {
	local end=$((SECONDS + DEADLINE))

	until "$@"; do
		if ((SECONDS > end)); then
			echo "never came true: $*" >&2
			return 1
		fi
		read -r -t 0.02 <> <(:) || true
	done
}

# on_posix: is a build with OS=posix tested?
on_posix() {
	[[ ${PAR_BIN-} == *-posix/* ]]
}

# Such a build does without what tests/data/linux-alone names.
skip_linux_alone() {
	local name file why

	while IFS=$'\t' read -r file name why; do
		[[ $BATS_TEST_FILENAME != */"$file" || $BATS_TEST_DESCRIPTION != "$name" ]] || skip "$why"
	done <"$ROOT/tests/data/linux-alone"
}

# same FILE FILE: equal bytes, or show how they differ.
same() {
	cmp "$1" "$2" || { diff -a "$1" "$2" | head -20; return 1; }
}
