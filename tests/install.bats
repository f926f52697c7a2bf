#!/usr/bin/env bats
load helper

# Install what is tested, so that nothing is built here but what is missing.
prepare() {
	build=$(dirname "${PAR_BIN:-$ROOT/build/cc/bin}")
	PATH=$PATH:/usr/sbin
	mapfile -t programs < <(cd "$ROOT/cmd" && printf '%s\n' *)
}

# -o all: as it was built, even if it was by another compiler.
make_here() {
	make --no-print-directory -s -C "$ROOT" -o all "B=$build" "DESTDIR=$PWD/stage" \
		PREFIX=/usr/local "$@"
}

install_into_stage() {
	make_here install
}

@test "install: programs, pages, completions and the library, and nothing else" {
	local program page

	install_into_stage
	cd stage/usr/local
	{
		for program in "${programs[@]}"; do
			echo "./bin/$program"
			echo "./share/bash-completion/completions/$program"
			echo "./share/fish/vendor_completions.d/$program.fish"
			echo "./share/zsh/site-functions/_$program"
		done
		for page in "$ROOT"/man/*.[1-9]; do
			echo "./share/man/man${page##*.}/${page##*/}"
		done
		for page in README.md CHANGELOG.md LICENSE; do
			echo "./share/doc/par/$page"
		done
		printf './%s\n' include/par_stage.h lib/pkgconfig/libpar-stage.pc \
			lib/libpar-stage.{a,so,so.1} share/par/{par_{client,stage}.py,stage.{awk,sh}} \
			share/par/node/par-{client,stage}/{package.json,README.md,index.{js,d.ts}}
	} | sort >"$BATS_TEST_TMPDIR/want"
	find . ! -type d | sort >"$BATS_TEST_TMPDIR/got"
	diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
}

@test "install: what is installed runs, and its page is found by its name and its subject" {
	install_into_stage
	run -0 stage/usr/local/bin/par-fib <<<10
	[ "$output" = $'10\t55' ]
	makewhatis stage/usr/local/share/man
	run -0 mandoc -M "$PWD/stage/usr/local/share/man" -k Nm~par-
	for program in "${programs[@]}"; do
		[[ $output == *"$program(1)"* ]]
	done
}

@test "install: apropos finds the pages where the manual lies behind a link" {
	local name

	command -v mandb >/dev/null || skip "no man-db"
	mkdir -p usr/local/bin usr/local/share home cache/{one,other}
	ln -s share/man usr/local/man
	# as Debian has it for /usr/local
	for name in man:one share/man:other; do
		echo "MANPATH_MAP $PWD/usr/local/bin $PWD/usr/local/${name%:*}"
		echo "MANDB_MAP $PWD/usr/local/${name%:*} $PWD/cache/${name#*:}"
	done >home/.manpath
	export HOME=$PWD/home PATH=$PWD/usr/local/bin:$PATH
	unset MANPATH
	make_here install DESTDIR= "PREFIX=$PWD/usr/local"
	run -0 apropos -s 7 par-tutorial
	[[ $output == *'from xargs'* ]]
	run -0 apropos -s 1 parallel # what one who does not know our names looks for
	[[ $output == *'par-run (1)'* ]]
}

@test "install: files have the right modes whatever the umask" {
	(umask 077 && install_into_stage)
	[ -z "$(find stage -type f -path '*/bin/*' ! -perm 755)" ]
	[ -z "$(find stage -type f ! -path '*/bin/*' ! -perm 644)" ]
}

@test "install: PREFIX and MANDIR say where" {
	make_here install PREFIX=/opt/par MANDIR=/opt/man
	[ -x stage/opt/par/bin/par-fib ]
	[ -f stage/opt/man/man1/par-fib.1 ]
}

@test "install: who may not write there is told of PREFIX, in one line" {
	: >file
	run -2 --separate-stderr make_here "DESTDIR=$PWD/file" install
	[ "${stderr_lines[0]}" = "make install: cannot write below $PWD/file/usr/local: as root, or for yourself alone: make install PREFIX=\$HOME/.local" ]
	[[ ${stderr_lines[1]} == make*Error* ]] && [ "${#stderr_lines[@]}" = 2 ]
	# where root runs this, and another one sees the source
	[ "$(id -u)" = 0 ] && setpriv --reuid 65534 --clear-groups test -r "$ROOT/Makefile" || return 0
	mkdir -p stage/usr/local
	chmod 755 . stage stage/usr stage/usr/local
	run -2 --separate-stderr setpriv --reuid 65534 --clear-groups bash -c "$(declare -f make_here)
		ROOT='$ROOT' build='$build'; make_here install"
	[[ ${stderr_lines[0]} == *": as root, or for yourself alone: make install PREFIX="* ]]
	[ -z "$(find stage -type f)" ]
}

@test "install: uninstall leaves nothing behind, and nothing of others is touched" {
	install_into_stage
	touch stage/usr/local/bin/other stage/usr/local/share/man/man1/other.1
	make_here uninstall
	run -0 find stage ! -type d
	[ "$(sort <<<"$output")" = $'stage/usr/local/bin/other\nstage/usr/local/share/man/man1/other.1' ]
}

@test "install: completions offer exactly the options of --help" {
	local program dir=$build/completions

	for program in "${programs[@]}"; do
		"$program" --help | grep -oE '^ +(-[[:alnum:]])?(, )? *(--[[:alnum:].-]+)?' |
			grep -oE -- '--?[[:alnum:]][[:alnum:].-]*' | sort >want
		bash -c 'complete() { :; }; COMP_WORDS=("$1" -); COMP_CWORD=1; . "$2/bash/$1"
			"_${1//[^a-z]/_}"; printf "%s\n" "${COMPREPLY[@]}"' - "$program" "$dir" | sort >got
		diff want got
		grep -oE "^	'--?[^][+= ']+" "$dir/zsh/_$program" | tr -d "\t'" | sort >got
		diff want got
		grep -oE -- '-[sl] [^ ]+' "$dir/fish/$program.fish" | sed 's/^-s /-/; s/^-l /--/' |
			sort >got
		diff want got
	done
}

@test "install: bash completes files where an option wants one, and options only after -" {
	local dir=$build/completions

	touch apple-file
	complete_words() {
		bash -c 'complete() { :; }; . "$1/bash/par-gather"; shift
			COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _par_gather
			printf "%s\n" "${COMPREPLY[@]}"' - "$dir" "$@"
	}
	[ "$(complete_words par-gather appl)" = apple-file ]
	[ "$(complete_words par-gather --max-r)" = --max-record ]
	[ -z "$(complete_words par-gather --max-record '')" ]
	[ "$(complete_words par-gather --output = appl)" = apple-file ]
}

@test "install: completions know verbs, and which options each has" {
	local dir=$build/completions

	complete_words() {
		bash -c 'complete() { :; }; . "$1/bash/par-queue"; shift
			COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _par_queue
			printf "%s\n" "${COMPREPLY[@]}"' - "$dir" "$@"
	}
	[ "$(complete_words par-queue pa)" = pause ]
	[ "$(complete_words par-queue -u x pu | sort | xargs)" = "purge put" ]
	[ "$(complete_words par-queue put --chu)" = --chunk ]
	[ -z "$(complete_words par-queue get --chu)" ]
	[ -z "$(complete_words par-queue get '')" ]
	complete_words par-queue work q sor | grep -qx sort
	complete_words par-queue work --once q -- sor | grep -qx sort
	# options behind the stage are its own
	_command_offset() { COMPREPLY=("word $1 on"); }
	export -f _command_offset
	[ "$(complete_words par-queue work --deaths 2 q -- par-run --che)" = 'word 6 on' ]
	[ "$(complete_words par-queue work q par-run --che)" = 'word 3 on' ]
	[ "$(complete_words par-queue work --dea)" = --deaths ]
	par-queue get --help | grep -oE '^ +(-[[:alnum:]])?(, )? *(--[[:alnum:].-]+)?' |
		grep -oE -- '--?[[:alnum:]][[:alnum:].-]*' | sort >want
	complete_words par-queue get - | sort | diff want -
	grep '^get) ' "$dir/zsh/_par-queue" | grep -oE -- '[(|]--?[[:alnum:]-]+' | tr -d '(|' |
		sort | diff want -
	if command -v fish >/dev/null; then
		export HOME=$PWD
		fish -c "source $dir/fish/par-queue.fish; complete -C 'par-queue pa'" | grep -qx pause
		fish -c "source $dir/fish/par-queue.fish; complete -C 'par-queue get --st'" >got
		grep -q '^--state' got
		fish -c "source $dir/fish/par-queue.fish; complete -C 'par-queue put --st'" >got
		! grep -q . got || return 1
	fi
}

# accept SHELL: the shell can read all completions of its own.
accept() {
	local program

	command -v "$1" >/dev/null || skip "no $1"
	for program in "${programs[@]}"; do
		case $1 in
		bash) bash -n "$build/completions/bash/$program" ;;
		zsh) zsh -n "$build/completions/zsh/_$program" ;;
		fish) fish -n "$build/completions/fish/$program.fish" ;;
		esac
	done
}

# type_in TEXT COMMAND...: what a terminal shows in which the command runs, once TEXT and a TAB
# were typed behind its prompt and the line has WANT.
type_in() {
	local text=$1 want=$2

	shift 2
	command -v tmux >/dev/null || skip "no tmux"
	export TMUX_TMPDIR=$PWD HOME=$PWD TERM=xterm
	unset TMUX XDG_CONFIG_HOME XDG_DATA_HOME
	tmux -f /dev/null new-session -d -x 120 -y 40 "$@" 3>&-
	shows() { tmux capture-pane -p >shown && grep -qF -- "$1" shown; }
	eventually shows 'ready>'
	tmux send-keys -l "$text"
	tmux send-keys Tab
	eventually shows "$want"
}

clean_up() {
	[ -z "${TMUX_TMPDIR-}" ] || tmux kill-server 2>/dev/null || true
}

@test "install: a TAB completes in a real bash" {
	printf '%s\n' "PS1='ready> '" "for f in $build/completions/bash/*; do . \$f; done" >rc
	type_in 'par-gather --max-r' 'ready> par-gather --max-record' bash --rcfile rc -i
}

@test "install: a TAB completes in a real zsh" {
	command -v zsh >/dev/null || skip "no zsh"
	printf '%s\n' "fpath=($build/completions/zsh \$fpath)" 'autoload -U compinit' 'compinit -u -d dump' \
		"PS1='ready> '" >.zshrc
	type_in 'par-queue pu' 'ready> par-queue pu' env "ZDOTDIR=$PWD" zsh -i
	# both verbs that begin so are offered
	tmux send-keys Tab
	eventually shows purge
	eventually shows put
}

@test "install: a TAB completes in a real fish" {
	command -v fish >/dev/null || skip "no fish"
	mkdir -p .config/fish/completions
	cp "$build"/completions/fish/* .config/fish/completions
	printf '%s\n' 'function fish_prompt; echo "ready> "; end' 'set -g fish_greeting' >.config/fish/config.fish
	type_in 'par-gather --max-r' 'par-gather --max-record' fish -i
}

@test "install: bash accepts its completions" {
	accept bash
}

@test "install: zsh accepts its completions" {
	accept zsh
}

@test "install: fish accepts its completions, and completes by them" {
	accept fish
	export HOME=$PWD
	run -0 fish -c "source $build/completions/fish/par-gather.fish; complete -C 'par-gather --max-r'"
	[[ $output == --max-record* ]]
	[ "${#lines[@]}" = 1 ]
}

@test "install: folders with blanks and quotes, and what is of others stays" {
	local folder="$PWD/a stage's" prefix="/opt/my tools,\$x"

	# what a word that is split, or a folder of others, would lose
	mkdir -p "$PWD/a" "$folder$prefix/share/doc/par" "$PWD/tools,"
	touch "$PWD/a/theirs" "$folder$prefix/share/doc/par/theirs"
	make_here "DESTDIR=$folder" "PREFIX=/opt/my tools,\$\$x" install
	[ "$("$folder$prefix/bin/par-fib" <<<10)" = $'10\t55' ]
	[ -e "$folder$prefix/share/man/man7/par.7" ]
	[ -e "$folder$prefix/share/bash-completion/completions/par-run" ]
	make_here "DESTDIR=$folder" "PREFIX=/opt/my tools,\$\$x" uninstall
	[ "$(find . -type f | sort)" = "$(printf '%s\n' "./a stage's$prefix/share/doc/par/theirs" ./a/theirs)" ]
}
