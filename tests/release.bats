#!/usr/bin/env bats
# The checklist of a release.
load helper

# A small tree with a release, v0.1.0.
prepare() {
	mkdir -p tree/{scripts,lib/public,tests/data}
	cd tree || return
	cp "$ROOT/scripts/release-check" scripts
	printf 'VERSION\t= 0.1.0\n' >Makefile
	printf '# Changes\n\n## 0.1.0 - 2026-11-30\n' >CHANGELOG.md
	printf 'Text.\n\n-n  run:workers split:number  (how many)\n--admit  run\n' >tests/data/options
	printf '# Text\nconstant PAR_END 0\nfunction par_new a\n' >lib/public/abi
	git init -q
	git config user.email a@example.org
	git config user.name a
	git add .
	git commit -q -m one
}

light=(tree version changelog options library)

@test "release: nothing stands in the way of a tree that is ready" {
	run -0 scripts/release-check "${light[@]}"
	[ "$(grep -c ': good$' <<<"$output")" = 5 ]
	git tag v0.1.0
	run -0 scripts/release-check "${light[@]}"
	# the next one adds to it
	sed -i s/0.1.0/0.2.0/ Makefile CHANGELOG.md
	printf -- '--more  run\n' >>tests/data/options
	echo 'function par_more a' >>lib/public/abi
	git commit -q -a -m two
	run -0 scripts/release-check "${light[@]}"
	[ "$(grep -c ': good$' <<<"$output")" = 5 ]
}

@test "release: what is lost, or not written down, is named" {
	git tag v0.1.0
	sed -i s/0.1.0/0.2.0/ Makefile
	sed -i 's/ split:number//; s/^--admit.*/--admit  fetch/' tests/data/options
	sed -i 's/par_new a/par_new b/' lib/public/abi
	run -1 scripts/release-check "${light[@]}"
	diff - <(echo "$output") <<-'END'
		  not all is committed
		tree: not ready
		version: good
		  CHANGELOG.md begins with '## 0.1.0 - 2026-11-30', and not with '## 0.2.0 - DATE'
		changelog: not ready
		  was in v0.1.0: --admit run
		  was in v0.1.0: -n split:number
		options: not ready
		  was in v0.1.0: function par_new a
		library: not ready
	END
	git checkout -q .
	git commit -q --allow-empty -m two
	run -1 scripts/release-check version
	[ "${lines[0]}" = '  v0.1.0 is another commit' ]
}

@test "release: each step can be asked for, and another one is refused" {
	run -0 scripts/release-check -n
	[ "${#lines[@]}" = 12 ]
	run -2 scripts/release-check nothing
	[ "$output" = 'release-check: there is no step nothing' ]
}
