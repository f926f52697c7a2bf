#!/usr/bin/env bats
# Chains over named FIFOs, their ends started in every order.
load helper
load site

# The programs of the main job, or what stands in for them where they are not built.
prepare() {
	FETCH='sed s/$/\tlink/'
	LINKS='cat'
	if command -v par-fetch >/dev/null && command -v par-links >/dev/null; then
		FETCH=par-fetch
		LINKS=par-links
		site_start
	fi
	RUN=
	if command -v par-run >/dev/null; then RUN='par-run -n 4'; fi
	export FETCH LINKS RUN
	sed "s,http://[^/]*,${SITE_URL-http://example.org}," "$ROOT/examples/urls" >list
}

# ordered: the values of each key in an order that does not depend on the race.
ordered() {
	sort | awk -F '\t' '{ n = split($0, f); printf "%s", f[1]
		for (i = 2; i <= n; i++) print "\t" f[i] | "sort"
		close("sort"); print "" }'
}

# Has process $1 come as far as it can: asleep, or done already?
settled() {
	[[ $(ps -o stat= -p "$1") != R* ]]
}

terminal1() { background bash -c '$RUN $FETCH <urls >pages'; }
terminal2() { background bash -c '$LINKS <pages | par-gather -g >result'; }
terminal3() { background bash -c 'cat list >urls'; }

@test "fifo: the chain of three terminals, started in every order" {
	local order n pids got status

	bash -c '$RUN $FETCH <list | $LINKS | par-gather -g; exit "${PIPESTATUS[0]}"' >direct &&
		status=0 || status=$?
	ordered <direct >want
	[ -s want ]
	for order in "1 2 3" "1 3 2" "2 1 3" "2 3 1" "3 1 2" "3 2 1"; do
		rm -f urls pages result
		mkfifo urls pages
		pids=()
		for n in $order; do
			"terminal$n"
			pids+=("$!")
			if ((${#pids[@]} < 3)); then eventually settled "$!"; fi
		done
		for n in $order; do
			wait "${pids[0]}" && got=0 || got=$?
			# The first may have failed pages to name, as it has without FIFOs.
			[ "$got" = "$((n == 1 ? status : 0))" ]
			pids=("${pids[@]:1}")
		done
		same want <(ordered <result)
	done
}

left() { background bash -c 'sed s/^/l/ <a >c'; }
right() { background bash -c 'sed s/^/r/ <b >d'; }
spread() { background par-split -i in a b; }
gather() { background bash -c 'par-gather c d >result'; }

@test "fifo: split, two stages and gather, started in every order" {
	local order n pids

	seq 1 30000 >in
	for order in {spread,left,right,gather}\ {spread,left,right,gather}\ {spread,left,right,gather}\ {spread,left,right,gather}; do
		if [ "$(tr ' ' '\n' <<<"$order" | sort -u | wc -l)" != 4 ]; then continue; fi
		rm -f a b c d result
		mkfifo a b c d
		pids=()
		for n in $order; do
			"$n"
			pids+=("$!")
		done
		for n in "${pids[@]}"; do wait "$n"; done
		same in <(tr -d lr <result | sort -n)
	done
}

@test "fifo: more ends than there are descriptors by default" {
	ulimit -Sn 256
	seq 1 300 >in
	mkdir f
	(cd f && seq 1 300 | xargs mkfifo)
	background par-split -r -i in f/*
	split=$!
	par-gather f/* | sort -n >out
	wait "$split"
	same in out
}

# Records of 40 thousand digits, from three writers at the same time.
long_records() {
	local n

	for n in {1..30}; do echo "$((n * 3 + $1 + 200000))"; done
}

@test "fifo: long records of several writers do not mix, nor with those of flock(1)" {
	local n

	mkfifo out gate
	for n in 0 1 2; do long_records "$n"; done | sort -n >in
	par-fib in >want
	long_records 2 | par-fib >third
	long_records 0 >in0
	long_records 1 >in1
	background bash -c 'read -r _ <gate; sort -n out >got'
	reader=$!
	background par-fib -o out in0
	background bash -c 'exec par-fib in1 >out'
	background bash -c 'exec 9>out; while read -r line; do flock 9; printf "%s\n" "$line" >&9; flock -u 9; done <third'
	echo open >gate
	wait "$reader"
	same want got
}

@test "fifo: nor do records of processes with the same standard output" {
	long_records 0 >in0
	long_records 1 >in1
	sort -n in0 in1 >in
	par-fib in >want
	bash -c 'par-fib in0 & par-fib in1 & wait' | sort -n >got
	same want got
}
