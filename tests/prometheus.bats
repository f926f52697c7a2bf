#!/usr/bin/env bats
# What is in examples/prometheus for numbers of par-run and par-queue.
load helper

# The names of all that the two write, in each way that they have some.
written() {
	export PAR_QUEUE_URL=file:$PWD/queues
	par-queue put q <<<1
	par-queue stat --prometheus q
	par-run -n 1 -i in --metrics metrics sh -c 'cat "$1"' _ '{@}' >out
	cat metrics
	par-run -n 1 --metrics metrics echo {} ::: a b >out
	cat metrics
}

@test "prometheus: each number in the rules and on the dashboard is one that is written" {
	seq 3 >in
	written | sed -n 's/^\(par_[a-z_]*\)[{ ].*/\1/p' | sort -u >names
	for file in alerts.yml dashboard.json; do
		grep -ohE 'par_(run|queue)_[a-z_]+' "$ROOT/examples/prometheus/$file" | sort -u >used
		[ -s used ]
		comm -13 names used | same - /dev/null
	done
}

@test "prometheus: the dashboard is JSON, whose panels stand beside each other" {
	jq -e '[.panels[].id] | length == (unique | length)' "$ROOT/examples/prometheus/dashboard.json"
	jq -e '[.panels[].gridPos | [.x, .y]] | length == (unique | length)' \
		"$ROOT/examples/prometheus/dashboard.json"
	jq -e '[.panels[] | .title, .targets[].expr, .targets[].legendFormat] | all(length > 0)' \
		"$ROOT/examples/prometheus/dashboard.json"
}

@test "prometheus: promtool finds nothing wrong with the rules" {
	command -v promtool >/dev/null || skip "no promtool"
	run -0 promtool check rules "$ROOT/examples/prometheus/alerts.yml"
	[[ $output == *'SUCCESS: 5 rules found'* ]]
}

@test "prometheus: the checker of OpenMetrics finds what is wrong" {
	local want

	check() { awk -f "$ROOT/tests/aid/openmetrics.awk" metrics; }
	printf '%s\n' '# TYPE a counter' '# HELP a of it' 'a_total{x="1"} 2' '# EOF' >metrics
	[ "$(check)" = 'a_total{x="1"} 2' ]
	while IFS='|' read -r want text; do
		printf '%b' "$text" >metrics
		run -1 check
		[[ $output == *"$want"* ]] || { echo "$want: $output"; return 1; }
	done <<-'END'
		no # EOF|# TYPE a gauge\n# HELP a b\na 1\n
		behind the end|# EOF\n\n
		a family has no _total|# TYPE a_total counter\n# HELP a_total b\na_total 1\n# EOF\n
		not named as its type is|# TYPE a counter\n# HELP a b\na 1\n# EOF\n
		a family twice|# TYPE a gauge\n# HELP a b\na 1\n# TYPE a gauge\n# EOF\n
		no help|# TYPE a gauge\na 1\n# EOF\n
		not under its family|# TYPE a gauge\n# HELP a b\nb 1\n# EOF\n
		twice|# TYPE a gauge\n# HELP a b\na 1\na 2\n# EOF\n
		form|# TYPE a gauge\n# HELP a b\na one\n# EOF\n
	END
}
