#!/usr/bin/env bats
load helper
# shellcheck source=tests/aid/filters.bash
source "$BATS_TEST_DIRNAME/aid/filters.bash"

# A native stage: record 5 is done at the second try, 7 fails, 9 kills its worker.
make_stage() {
	cat >stage.py <<-'EOF2'
		import os, signal, sys
		words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "w")
		print("par-stage 1 window=4", file=words, flush=True)
		for index, line in enumerate(iter(sys.stdin.readline, "")):
		    n = line.rstrip("\n")
		    out = 2 * n + "\n"
		    what = "ok"
		    if n == "5" and not os.path.exists("five"):
		        open("five", "w")
		        what = "retry later"
		    if n == "7":
		        what = "fail a\tTAB"
		    if n == "9":
		        os.kill(os.getpid(), signal.SIGKILL)
		    sys.stdout.write(out)
		    sys.stdout.flush()
		    print(index, len(out), what, file=words, flush=True)
	EOF2
}

# The samples of a file that is OpenMetrics text, and complete.
cat_metrics() { # FILE
	awk -f "$ROOT/tests/aid/openmetrics.awk" "$1" >samples || { cat samples; return 1; }
	grep -q '^par_run_running ' samples && cat samples
}

@test "par-run: --log has a line for each record of the input, with its fate" {
	make_stage
	run -1 par-run -n 2 -r 1 -q aside -s -o out --log log python3 stage.py < <(seq 20)
	[ "$(head -n 1 log)" = $'record\tworker\tstart\tseconds\tin\tout\ttries\tstatus\treason' ]
	tail -n +2 log | cut -f1 | sort -n | cmp - <(seq 20)
	tail -n +2 log | awk -F '\t' 'NF != 9 || $2 !~ /^[12]$/ || $3 !~ /^[0-9]+\.[0-9][0-9][0-9]$/ ||
		$4 !~ /^[0-9]+\.[0-9][0-9][0-9]$/ || $4 > 60 { print; bad = 1 } END { exit bad }'
	[ "$(awk -F '\t' '$1 == 5 { print $7, $8 }' log)" = "2 done" ]
	[ "$(awk -F '\t' '$1 == 7 { print $7, $8, $9 }' log)" = '1 failed a\tTAB' ]
	[ "$(awk -F '\t' '$1 == 9 { print $5, $6, $7, $8, $9 }' log)" = \
		"2 0 2 failed worker killed by signal 9 (Killed)" ]
	# What was written is what was logged, and what the table says.
	[ "$(awk -F '\t' 'NR > 1 { out += $6 } END { print out }' log)" = "$(wc -c <out)" ]
	awk -v out="$(wc -c <out)" '$NF == "all" {
		good = $1 == 20 && $5 == 2 && $6 >= 3 && $7 >= 2 && $9 == out }
		END { exit !good }' <<<"$output"
}

@test "par-run: --log of --map, of -N, and of refused records" {
	seq 5000 >in
	par-run --map -n 3 -o out --log log cat <in
	tail -n +2 log | cut -f1 | sort -n | cmp - in
	[ "$(awk -F '\t' 'NR > 1 { i += $5; o += $6 } END { print i, o }' log)" = \
		"$(wc -c <in) $(wc -c <in)" ]
	FILTERS=(cut perl)
	through_filters 1 par-run --map -n 3 --log log
	tail -n +2 log | cut -f1 | sort -n | cmp - <(cut -f1 filter.in)
	[ "$(awk -F '\t' 'NR > 1 { i += $5; o += $6 } END { print i, o }' log)" = \
		"$(wc -c <filter.in) $(wc -c <filter.want)" ]
	run -1 par-run -n 2 -r 0 -N 3 --log log -o out bash -c \
		'read -r x; [ "$x" != 4 ] && echo "$x" && cat' < <(seq 10)
	tail -n +2 log | sort -n | cut -f1,7,8,9 | cmp - <(
		for i in 1 2 3; do printf '%d\t1\tdone\t\n' "$i"; done
		for i in 4 5 6; do printf '%d\t1\tfailed\texited with status 1\n' "$i"; done
		for i in 7 8 9 10; do printf '%d\t1\tdone\t\n' "$i"; done
	)
	run -1 par-run --map --max-record 6 --log log cat < <(printf 'short\nvery long\n')
	[ "$(awk -F '\t' '$1 == 2 { print $2, $5, $8, $9 }' log)" = \
		"0 0 failed record 2 at byte 6 is longer than 6 bytes; see --max-record" ]
}

@test "par-run: --log to standard output, to a FIFO, to a full disk" {
	seq 10 | par-run --map -o out --log - cat >log
	[ "$(wc -l <log)" = 11 ]
	mkfifo fifo
	cat fifo >log 3>&- &
	pid=$!
	seq 10 | par-run --map --log fifo cat >out
	wait "$pid"
	[ "$(wc -l <log)" = 11 ]
	run -3 par-run --map --log /dev/full cat < <(seq 10)
	[[ "$output" == *"/dev/full: No space left on device"* ]]
	for how in --map '--map --log-format joblog'; do
		# shellcheck disable=SC2086 # words
		run -3 bash -c 'seq 10 | par-run -o out --log - "$@" cat >/dev/full' - $how
		[ "${lines[0]}" = "par-run: standard output: No space left on device" ]
		# shellcheck disable=SC2086 # words
		seq 100000 | {
			par-run -o out --log - $how cat 2>errors && status=0 || status=$?
			echo "$status" >status
		} | head -n 1
		[ "$(<status)" = 141 ]
		[ ! -s errors ]
	done
	run -2 par-run --map --log - cat < <(seq 10)
	run -2 par-run --log log cat < <(seq 10)
	[[ "$output" == *"--log: cat is not a native stage; see --map"* ]]
}

@test "par-run: --metrics is OpenMetrics text, and says what --stats says" {
	make_stage
	run -1 --separate-stderr par-run -n 2 -r 1 -s --metrics prom python3 stage.py < <(seq 20)
	cat_metrics prom >values
	grep -qx 'par_run_running 0' values
	sum() { awk -v name="$1" 'index($1, name) == 1 { n += $2 } END { print n }' values; }
	[ "$(sum 'par_run_records_total')" = 20 ]
	[ "$(awk '/fate="failed"/ { n += $2 } END { print n }' values)" = 2 ]
	[ "$(sum par_run_output_bytes_total)" = "$((${#output} + 1))" ]
	[ "$(sum par_run_records_in_flight)" = 0 ]
	awk -v retries="$(sum par_run_retries_total)" -v restarts="$(sum par_run_restarts_total)" '
		$NF == "all" { good = $6 == retries && $7 == restarts && retries > 0 && restarts > 0 }
		END { exit !good }' <<<"$stderr"
	[ "$(echo prom*)" = prom ] # no other file was left beside it
	[ "$(stat -c %a prom)" = "$(printf %o $((0666 & ~$(umask))))" ]
}

@test "par-run: how many records lists have is in the metrics, and in what SIGUSR1 shows" {
	mkfifo go
	background par-run -n 1 --metrics prom sh -c '[ "$1" != b3 ] || read x <go; echo "$1"' \
		_ '{1}{2}' ::: a b ::: 1 2 3 >out 2>err
	run_id=$!
	eventually eval '[ "$(wc -l <out)" = 5 ]'
	kill -USR1 "$run_id"
	eventually grep -q 'of 6 records' err
	echo >go
	wait "$run_id"
	[ "$(<out)" = $'a1\na2\na3\nb1\nb2\nb3' ]
	grep -Eq '^5 of 6 records, [0-9]+ a second, 83 %, 1 worker$' err
	cat_metrics prom | grep -qx 'par_run_expected_records 6'
	# pairs, by the shorter list; of other input nobody knows
	par-run --metrics prom echo {} ::: a b c :::+ 1 2 >out
	cat_metrics prom | grep -qx 'par_run_expected_records 2'
	seq 3 | par-run --metrics prom echo {} >out
	run -1 grep par_run_expected_records prom
}

@test "par-run: what files with records hold is in the metrics, and in what SIGUSR1 shows" {
	mkfifo begun go
	printf 'abc\nde\n' >in
	background par-run -n 2 -i in --metrics prom sh -c 'echo >begun; read x <go' \
		_ '{@.txt}' 2>err
	run_id=$!
	exec {begun}<>begun
	read -r -t "$DEADLINE" <&"$begun"
	read -r -t "$DEADLINE" <&"$begun"
	kill -USR1 "$run_id"
	shown() { grep -q 'bytes in files$' err; }
	eventually shown
	grep -Eq '^0 records, 0 a second, 0 %, 2 workers, 7 bytes in files$' err
	told() { cat_metrics prom >values && grep -qx 'par_run_record_files_bytes 7' values; }
	eventually told
	grep -qx 'par_run_record_files 2' values
	grep -qx 'par_run_input_size_bytes 7' values
	exec {go}<>go
	printf '\n\n' >&"$go"
	wait "$run_id"
	cat_metrics prom >values
	grep -qx 'par_run_record_files_bytes 0' values
	grep -qx 'par_run_record_files 0' values
}

@test "par-run: --metrics is replaced as a whole while it runs" {
	mkfifo in
	par-run -n 2 --metrics prom par-fib <in >out 3>&- &
	pid=$!
	exec {to}>in
	eventually test -e prom
	cat_metrics prom | grep -qx 'par_run_running 1'
	exec {old}<prom
	echo 10 >&"$to"
	done_one() { cat_metrics prom >values && grep -q 'fate="done"} 1$' values; }
	eventually done_one
	cat_metrics /dev/fd/"$old" >before # a reader keeps the state that it opened
	run -1 grep 'fate="done"} 1$' before
	exec {old}<&- {to}>&-
	wait "$pid"
	cat_metrics prom | grep -qx 'par_run_running 0'
}

@test "par-run: --metrics names the host of a link" {
	printf '#!/bin/sh\nshift\nexec "$@"\n' >reach
	chmod +x reach
	seq 100 >in
	par-run --rsh ./reach --host alpha,beta --metrics prom --map cat <in | sort -n | cmp - in
	grep -q '^par_run_records_total{worker="[0-9]*",host="alpha",fate="done"} ' prom
	grep -q '^par_run_worker_running{worker="[0-9]*",host="beta"} 0$' prom
	cat_metrics prom >values
	[ "$(awk '/^par_run_records_total/ { n += $2 } END { print n }' values)" = 100 ]
}

@test "par-run: --metrics that cannot be written" {
	run -3 par-run --metrics none/prom cat </dev/null
	[ "$output" = "par-run: none/prom: No such file or directory" ]
	mkfifo fifo
	run -3 par-run --metrics fifo cat </dev/null
	[ "$output" = "par-run: fifo: is there, and not a file" ]
	[ -p fifo ]
}

@test "par-run: --metrics that cannot be written any more is told of once, until it can" {
	mkfifo in
	mkdir own
	background bash -c 'exec par-run -n 1 --metrics own/prom cat <in >out 2>err'
	background bash -c 'exec par-run -n 1 --metrics clock cat <in >/dev/null'
	exec {to}>in
	eventually test -e own/prom
	ticks=0 old=
	# the other one, which is in no trouble, has written so often since
	ticked() {
		local new

		new=$(stat -c %i.%Y clock) || return
		[ "$new" = "$old" ] || : $((ticks++))
		old=$new
		((ticks > 3))
	}
	mv own gone
	eventually ticked
	mkdir own
	eventually test -e own/prom
	[ "$(cat err)" = "par-run: own/prom: No such file or directory" ]
	mv own gone/again
	eventually eval '[ "$(wc -l <err)" = 2 ]'
	exec {to}>&-
}

# Run a command on a terminal of 60 columns; what it was sent goes to file screen.
on_terminal() { # COMMAND
	TERM=xterm timeout -k 1 "$DEADLINE" script -qec "stty cols 60; $1" /dev/null \
		</dev/null >screen 3>&-
}

@test "par-run: --progress on a terminal fits it, and keeps out of the way" {
	{ seq 500; echo x; seq 500; } >in
	on_terminal 'par-run --progress -n 2 par-fib <in >out' || [ "$?" = 1 ]
	tr '\r' '\n' <screen | sed 's/\x1b\[K//' >lines
	awk 'length($0) > 59 { print; bad = 1 } END { exit bad }' lines
	tail -n 2 lines | grep -q '^1001 records, [0-9]* a second, 100 %, 1 failed'
	grep -a -q $'\r\x1b\\[Kpar-run: x: not a number' screen ||
		grep -a -q '^par-run: x: not a number' screen
	# Standard error of workers does not mix with it either.
	# shellcheck disable=SC2016
	on_terminal 'par-run --progress --map bash -c '\''while read -r x; do
		echo "worker: $x" >&2; echo "$x"; done'\'' <in >out'
	tr '\r' '\n' <screen | sed 's/\x1b\[K//' | grep -c '^worker: [0-9x]*$' | grep -qx 1001
}

@test "par-run: --progress on the terminal that has the records, too, is in none of their lines" {
	{ seq 1000; head -c 9000 /dev/zero | tr '\0' x; echo; } >in
	mkfifo feed
	: >screen
	background bash -c '{ head -n 500 in
		until grep -aq "500 records" screen; do read -r -t 0.02 <> <(:); done
		tail -n +501 in; } >feed'
	on_terminal 'par-run --progress -n 2 --map cat <feed'
	# a record comes behind a line that was cleared, never behind one that is shown
	run -1 grep -aqE $'[^\r]\x1b\\[K[0-9x]' screen
	tr -d '\r' <screen | sed 's/.*\x1b\[K//' >shown
	same <(grep -vF ' a second' shown | sort) <(sort in)
	grep -qF '1001 records, ' shown
	grep -aq $'500 records, .*\r\x1b\\[K[0-9x]' screen
}

@test "par-run: --progress elsewhere is one line at the end, or with TERM=dumb" {
	run -0 --separate-stderr par-run --progress -n 2 --map cat < <(seq 1000)
	[[ "$stderr" =~ ^"1000 records, "[0-9]+" a second"$ ]]
	seq 10 >in
	on_terminal 'TERM=dumb par-run --progress --map cat <in >out'
	[ "$(grep -a -c . screen)" = 1 ]
	run -1 grep -a $'\x1b' screen
}

@test "par-run: -s shows what was done before the run could not go on" {
	seq 20 >in
	par-run -s -n 1 --map cat <in >/dev/full 2>err && status=0 || status=$?
	[ "$status" = 3 ]
	grep -q 'time/job' err
	grep -qx 'par-run: standard output: No space left on device' err
}

# traced FILE: it is sound, and in all rows together are so many records, failed, again
traced() {
	"$ROOT/tests/aid/check-trace.py" "$1" >sums || { cat sums; return 1; }
	[ "$(awk '$1 ~ /[!>]/ { next } { r += $(NF - 2); f += $(NF - 1); a += $NF }
		END { print r + 0, f + 0, a + 0 }' sums)" = "$2" ]
}

@test "par-run: --trace has each record in a slice, whatever becomes of it" {
	local mode

	make_stage
	run -1 --separate-stderr par-run -n 2 -r 1 --trace trace python3 stage.py < <(seq 20)
	read -r again < <(awk '$1 != "!" { a += $NF } END { print a }' <("$ROOT/tests/aid/check-trace.py" trace))
	((again >= 3)) # 5, and twice what the process had that 9 killed
	traced trace "20 2 $again"
	deaths=$(grep -c 'worker [12]: killed by signal 9 (Killed); ' <<<"$stderr")
	((deaths >= 2))
	[ "$(grep -c '^! killed by signal 9 (Killed)$' sums)" = "$deaths" ]
	grep -q 'par-run python3' trace
	seq 3000 >in
	for mode in '--map cat' '-k -b 1K cat' '-N 7 cat' par-fib 'cat' '--key 1 --map cat' \
		'par-run -n 2 par-fib'; do
		# shellcheck disable=SC2086
		par-run -n 3 --trace trace $mode <in >out
		traced trace '3000 0 0'
	done
	run -1 par-run -n 2 -r 0 --trace trace sh -c '[ "$1" != 4 ] || kill -9 $$' _ {} <<<"$(seq 9)"
	traced trace '9 1 0'
	grep -qx '! killed by signal 9 (Killed)' sums
	printf '%s\n' '#!/bin/sh' 'shift' 'exec "$@"' >reach
	chmod +x reach
	par-run --rsh ./reach --host alpha,beta --trace trace --map cat <in >out
	traced trace '3000 0 0'
	grep -qE '^(alpha|beta), link [12] ' sums # one may take all
	run -2 par-run --trace-size 1M cat
	[[ "$output" == *'--trace-size needs --trace'* ]]
}

# below FILE: records, failed and again of each par-run below, by its name
below() {
	awk '$1 == ">" && $0 !~ / ! / { sub(/: .*/, "", $2); sub(":", "", $2)
			r[$2] += $(NF - 2); f[$2] += $(NF - 1); a[$2] += $NF }
		END { for (n in r) print n, r[n], f[n], a[n] }' sums | sort
}
@test "par-run: --trace of hosts has what their workers did, equal to the log" {
	cat >stage.py <<-'END'
		import os, sys
		words = os.fdopen(int(os.environ["PAR_STAGE"].split(":")[0]), "w")
		print("par-stage 1 window=64", file=words, flush=True)
		def once(name):
		    new = not os.path.exists(name)
		    open(name, "w").close()
		    return new
		for i, line in enumerate(iter(sys.stdin.readline, "")):
		    n = int(line)
		    if n % 20011 == 0 and once(f"died.{n}"):
		        os.kill(os.getpid(), 9)
		    if n % 5003 == 0 and once(f"again.{n}"):
		        print(i, 0, "retry later", file=words, flush=True)
		    elif n % 30011 == 0:
		        print(i, 0, "fail no", file=words, flush=True)
		    else:
		        print(n, flush=True)
		        print(i, len(line), "ok", file=words, flush=True)
	END
	printf '%s\n' '#!/bin/sh' 'shift' 'exec "$@"' >reach
	chmod +x reach
	seq 100000 >in
	run -1 --separate-stderr par-run --rsh ./reach --host alpha:2,beta:2,gamma:2 --log log --trace trace \
		-o out python3 "$PWD/stage.py" <in
	again=$(awk -F '\t' 'NR > 1 { n += $7 - 1 } END { print n + 0 }' log)
	((again >= 19)) # each that is said, but those of a worker that died
	traced trace "100000 3 $again"
	# A host: of the log done and failed, of the trace above records, failed and again.
	awk -F '\t' 'NR > 1 { r[$2]++; f[$2] += $8 == "failed" }
		END { for (n in r) print n, r[n], f[n] }' log | sort >logged
	awk '$2 == "link" { sub(",", "", $1); print $1, $(NF - 2), $(NF - 1), $NF }' sums | sort >told
	cut -d ' ' -f 1-3 told | cmp - logged
	# What is tried again here has failed there, so far as that host is concerned.
	below >there
	awk '{ print $1, $2 + $4, $3 + $4 }' told | cmp - <(cut -d ' ' -f 1-3 there)
	[ "$(grep -c '^> .* / worker [12] ! killed by signal 9 (Killed)$' sums)" = 4 ]
	while read -r host _; do
		grep -q "^> $host: .* ! its clock is " sums || return 1
	done <told
}
@test "par-run: --trace of par-runs below par-runs is one" {
	seq 3000 >in
	par-run -n 2 --trace trace par-run -n 2 par-run -n 2 par-fib <in >out
	[ "$(wc -l <out)" = 3000 ]
	traced trace '3000 0 0'
	# Each record is in three of them.
	[ "$(awk '$1 == ">" && $0 !~ / ! / { s[$0 ~ /: worker [12]: /] += $(NF - 2) } END { print s[0], s[1] }' sums)" = '3000 3000' ]
	# One with a file of its own tells no other; a plain command has nothing to tell.
	par-run -n 1 --trace trace par-run -n 2 --trace below par-fib <in >out
	traced trace '3000 0 0'
	run -1 grep -q '^>' sums
	traced below '3000 0 0'
	par-run -n 2 --trace trace par-run -n 2 cat <in | sort -n | cmp - in
	traced trace '3000 0 0'
	run -1 grep -q '^>' sums
	local count=3000

	[ -z "${SANITIZED-}" ] || count=300 # a process takes long to start there
	par-run -n 2 --trace trace --trace-size 64K par-run -n 2 true {} < <(head -n $count in)
	traced trace "$count 0 0"
	(($(stat -c %s trace) <= 65536))
}
@test "par-run: --trace of hosts whose links die is sound, and none lacks an end" {
	printf '%s\n' '#!/bin/sh' 'shift' 'exec "$@"' >reach
	chmod +x reach
	cat >fatal.sh <<-'END'
		case $1 in 30 | 60 | 90) [ -e "died.$1" ] || { : >"died.$1" && kill -9 "$PPID"; } ;; esac
		echo "$1"
	END
	par-run --rsh ./reach --host alpha:2,beta:2 --trace trace --log log sh "$PWD/fatal.sh" {} \
		<<<"$(seq 100)" 2>err | sort -n | cmp - <(seq 100)
	[ "$(grep -c 'killed by signal 9' err)" = 3 ]
	# No record is to blame for a link: the log has no more tries.
	again=$(awk '/sent again/ { n += $(NF - 3) } END { print n + 0 }' err)
	traced trace "100 0 $again"
	[ "$(grep -c '^! killed by signal 9 (Killed)$' sums)" = 3 ]
	grep -q '^> .*: par-run sh / worker 1 ' sums
}
@test "par-run: --trace believes nothing that a stage says for it" {
	cat >liar.py <<-'END'
		import os, sys
		words = os.fdopen(int(os.environ["PAR_STAGE"].split(":")[0]), "wb")
		def say(text):
		    words.write(text + b"\n")
		    words.flush()
		say(b"par-stage 1")
		for i, line in enumerate(iter(sys.stdin.readline, "")):
		    if i == 0:
		        say(b"trace 0 X 1 5 5 records=1\tbefore it has a name")
		        say(b"trace 7 M 0 5 5\tof nobody")
		        say(b'trace 0 M 0 5 99\tpar-run "\x1b[31m\xff\\')
		        say(b"trace 0 M 1 5 5\tworker 1")
		        say(b"trace 0 M 1 5 5\tno other name")
		        say(b"trace 0 E 1 5 5\tnever began")
		        say(b"trace 0 B 1 9223372036854775 0\tin what is to come")
		        say(b"trace 0 B 1 1 0\tagain")
		        for at in (100, 50, 120, 9223372036854775, 0):
		            say(b"trace 0 X 1 %d 90 records=1 failed=0 again=0 later=7\tone" % at)
		        say(b"trace 0 X 2 1 1 records=1 failed=0 again=0\tof a row without name")
		        say(b"trace what is this")
		        say(b"trace 0 C 0 7 0 bytes=7 later=1\tnumbers")
		    print(line, end="", flush=True)
		    say(b"%d %d ok" % (i, len(line)))
		say(b"trace 0 X 1 1 1")
		words.write(b"trace 0 X 1 1")
	END
	seq 100 >in
	par-run -n 1 --trace trace python3 liar.py <in | cmp - in
	traced trace '100 0 0'
	[ "$(below)" = 'worker 5 0 0' ]
}
@test "par-run: --trace shows a host whose clock is wrong by ours" {
	cat >reach <<-'END'
		#!/bin/sh
		shift
		exec unshare --user --time --monotonic 90000 --fork "$@"
	END
	chmod +x reach
	./reach host true || skip 'this system has no clocks apart'
	seq 500 >in
	par-run --rsh ./reach --host alpha:2 --trace trace --map cat <in >out
	traced trace '500 0 0'
	[ "$(below)" = 'alpha 500 0 0' ]
	# All of it is in the time of the run.
	jq -e '[.[] | select(.ph != "M") | .ts] | max - min < 60000000' trace >seen
	grep -q '^> alpha: par-run cat /  ! its clock is ' sums
}
@test "par-run: --trace is never larger than it may be, and has all the same" {
	seq 4000 >in
	par-run -n 2 --trace trace --trace-size 64K true {} <in
	(($(stat -c %s trace) <= 65536))
	traced trace '4000 0 0'
	grep -q '^! from here on a slice is of at least 16 ms$' sums
}

@test "par-run: --trace of a run that was killed is whole but for its end" {
	mkfifo feed
	echo before >trace
	run -2 par-run --trace trace --sync cat </dev/null
	[ "$(cat trace)" = before ]
	background bash -c "exec par-run -n 2 --trace trace par-fib <feed >out"
	pid=$!
	exec {to}>feed
	seq 100 >&"$to"
	written() { [ "$(wc -l <out)" = 100 ] && grep -q '"ph":"X"' trace; }
	eventually written
	kill -9 "$pid"
	wait "$pid" || true
	exec {to}>&-
	(cat trace; echo ']') | jq -e 'length > 4' >seen
}

@test "par-run: --trace tells of no work where there was none" {
	mkfifo feed
	background bash -c "exec par-run -n 1 --trace trace par-fib <feed >out"
	pid=$!
	exec {to}>feed
	eventually test -e out
	for n in 1 2 3; do
		echo "$n" >&"$to"
		eventually eval '[ "$(wc -l <out)" = '"$n"' ]'
		read -r -t 0.3 <> <(:) || true # it waits
	done
	exec {to}>&-
	wait "$pid"
	traced trace '3 0 0'
	jq -e 'all(.[] | select(.ph == "X" and .args); .dur - .args.busy_us < 150000)' trace >seen
	counted() { jq -r --arg name "$1" '.[] | select(.ph == "C" and .name == $name) | .args[]' trace; }
	[ "$(counted finished | sort -un | tail -n 1)" -ge 2 ]
	[ "$(counted running | sort -un | tail -n 1)" = 1 ]
	[ "$(counted 'in flight' | sort -un | tail -n 1)" -le 1 ]
	[ "$(counted read | sort -un | tail -n 1)" -ge 4 ]
	[ "$(jq '[.[] | select(.name == "waits for input" and .dur > 200000)] | length' trace)" -ge 2 ]
}

@test "par-run: --trace that cannot be written, or is not read, is no reason to end" {
	seq 3000 >in
	run -3 par-run --trace none/trace cat <in
	[ "$output" = 'par-run: none/trace: No such file or directory' ]
	par-run --trace /dev/full --map cat <in 2>err | sort -n | cmp - in
	[ "$(cat err)" = 'par-run: /dev/full: No space left on device; the trace ends here' ]
	mkfifo full
	exec 8<>full
	par-run -n 2 --trace full true {} <in 2>err
	[ "$(cat err)" = 'par-run: full: nobody read the end of it' ]
}
