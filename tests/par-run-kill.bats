#!/usr/bin/env bats
# The main proof takes minutes: a gigabyte of digits, ten times.
export BATS_TEST_TIMEOUT=900
load helper

@test "par-run: kill -9 of random workers, ten times in a row" {
	[ -z "${SANITIZED-}" ] && rounds=10 || rounds=1
	no_leak_check
	seq 1 30000 >in
	mkfifo out go
	exec {go}<>go
	for ((round = 0; round < rounds; round++)); do
		{ cut -f1 <out | sort -n | cmp - in && echo same >verdict; } 3>&- &
		judge=$!
		# the last record comes when enough workers were killed
		{ head -n -1 in; read -r _ <go; tail -n 1 in; } 3>&- | par-run -n 4 par-fib >out 2>err 3>&- &
		pid=$!
		kills=0
		while kill -0 "$pid" 2>/dev/null && ((kills < 25)); do
			mapfile -t workers < <(pgrep -P "$pid")
			((${#workers[@]} > 0)) || continue
			kill -9 "${workers[RANDOM % ${#workers[@]}]}" 2>/dev/null || continue
			if ((++kills == 5)); then echo >&"$go"; fi
			read -r -t "0.0$((RANDOM % 9 + 1))" <> <(:) || true
		done
		wait "$pid"
		wait "$judge"
		((kills >= 5))
		[ "$(cat verdict)" = same ]
		rm verdict
	done
}

# killed_once COMMAND...: it is killed by one of its processes, and goes on when begun again
killed_once() {
	rm -f killed
	bash -c 'echo $$ >run.pid; exec "$@"' _ "$@" 2>killed.err || [ "$?" = 137 ]
	[ -e killed ]
	"$@"
}

@test "par-run: what people do first, killed with -9 in its middle, goes on" {
	local hosts file n memory=memory=4G,

	if on_posix; then memory=; fi
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/sh' '[ -e killed ] || [ "$(ls -A begun | wc -l)" -lt 9 ] || {' \
		': >killed; kill -9 "$(cat run.pid)"; exit 1; }' >strike
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/sh' ': >"begun/$PAR_ID"; ./strike || exit' 'gzip <"$1" >"$1.tmp" && mv "$1.tmp" "$1.gz"' >squeeze
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/sh' ': >"begun/$PAR_ID"; ./strike || exit' 'rev <"$1" >"$2.tmp" && mv "$2.tmp" "$2" && echo "$2"' >convert
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/sh' 'echo "begun at $3"; : >"begun/$PAR_ID"; ./strike || exit' \
		'echo "$3" >"$1.tmp" && mv "$1.tmp" "model $1"; echo end' >train
	chmod +x strike squeeze convert train
	for hosts in '' '--host=:2,:2'; do
		rm -rf logs begun model* state* out names
		mkdir logs begun
		for ((n = 0; n < 30; n++)); do
			echo "$n" >"logs/a $n"$'\n'.log
			echo "$n" >"logs/p$n.jpg"
		done
		find logs -name '*.log' -print0 >list
		killed_once par-run -i list -0 -n 4 ${hosts:+"$hosts"} --checkpoint state ./squeeze {}
		find logs -name '*.log.gz' -print0 | tr -dc '\0' | wc -c | grep -qx 30
		for file in logs/*.log; do gunzip <"$file.gz" | cmp - "$file"; done
		# in order, by lists, with their output in a file: each once
		rm -rf begun state*
		mkdir begun
		killed_once par-run -k -n 4 ${hosts:+"$hosts"} -o names --checkpoint state \
			./convert '{}' '{.}.png' ::: logs/*.jpg
		printf '%s\n' logs/*.jpg | sed 's/jpg$/png/' | same names -
		for file in logs/*.jpg; do rev <"$file" | cmp - "${file%.jpg}.png"; done
		# lines of long jobs: at least once, and each has its end
		rm -rf begun state*
		mkdir begun
		for ((n = 0; n < 30; n++)); do printf '%s\t%s\n' "$n" "0.$n"; done >table
		killed_once par-run -i table -n 4 ${hosts:+"$hosts"} --tag --line-buffer \
			--admit "${memory}load=1000" --stop-on failures=10% --checkpoint state \
			./train '{1}' --rate '{2}' >out
		[ "$(cat model\ * | sort)" = "$(cut -f 2 table | sort)" ]
		# the tag is the record, and a line the third field
		sort -u out | same - <(awk -F '\t' -v OFS='\t' '{ print $0, "begun at " $2; print $0, "end" }' table | sort)
	done
}
