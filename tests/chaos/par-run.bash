#!/bin/bash
# SPDX-License-Identifier: ISC
# Torment par-run: random stages, inputs and events from a seed, and a check that
# each record came out once or was named.  A seed replays its plan, not its timing.
#
#	tests/chaos/par-run.bash [SEED [COUNT]]
#
# Programs are those of PATH, or of PAR_BIN.  Ends with 1 if a run failed; what it
# left is kept in a folder named by then.
seed=${1:-$RANDOM} count=${2:-50}
root=$(cd "$(dirname "$0")/../.." && pwd)
PATH=${PAR_BIN:-$root/build/cc/bin}:$PATH
export LC_ALL=C
unset PAR_STAGE PAR_WORKER PAR_WORKERS
work=$(mktemp -d) || exit
bad=0

# below N: a random number in $REPLY
below() { REPLY=$((RANDOM % $1)); }

# The input: KIND (number or text), records, seed; slow if asked to.
cat >"$work/feed.py" <<'PY'
import random, sys, time
kind, records, seed, slow = sys.argv[1], *map(int, sys.argv[2:5])
r = random.Random(seed)
huge = kind == "text" and r.random() < .2
copy, out = open(sys.argv[5], "wb"), sys.stdout.buffer
for n in range(records):
    line = b"%d" % n
    if r.random() < .01:
        line = b""
    elif kind == "text":
        size = r.randrange(1 << 20, 3 << 20) if huge and r.random() < 4 / records \
            else r.randrange(60)
        line += b":" + r.choice([b"x", b"\0", b"\xff", b"\t"]) * size
    copy.write(line + b"\n")
    copy.flush()
    try:
        out.write(line + b"\n" * (n + 1 < records or r.random() < .8))
        if slow and r.random() < 50 / (records + 1):
            out.flush()
            time.sleep(r.random() * .03)
    except BrokenPipeError:
        break
try:
    out.flush()
except BrokenPipeError:
    pass
PY

# A native stage that finishes out of order, with none to three records for each.
cat >"$work/odd.py" <<'PY'
#!/usr/bin/env python3
import os, random, sys
words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
jobs = int(sys.argv[1])
words.write(b"par-stage 1 window=%d jobs=%d\n" % (2 * jobs, jobs))
waiting, index, end, left = [], 0, False, b""
def finish():
    i, line = waiting.pop(random.randrange(len(waiting)))
    head = line.split(b":")[0]
    if head and int(head) % 97 == 0 and random.random() < .3:
        return words.write(b"%d 0 retry later\n" % i)
    text = (line + b"\n") * (int(head) % 4 if head else 1)
    at = 0
    while at < len(text):
        at += os.write(1, text[at:])
    words.write(b"%d %d ok\n" % (i, len(text)))
def pump(keep):
    while len(waiting) > keep:
        finish()
while not end:
    data = os.read(0, 65536)
    end = not data
    *lines, left = (left + data).split(b"\n")
    for line in lines:
        waiting.append((index, line))
        index += 1
        pump(jobs - 1)
    if end and left:
        waiting.append((index, left))
    pump(0)
PY
chmod +x "$work/odd.py"

cat >"$work/drain.py" <<'PY'
import random, sys, time
r, slow = random.Random(int(sys.argv[1])), int(sys.argv[2])
out = open(sys.argv[3], "wb")
while True:
    data = sys.stdin.buffer.raw.read(r.choice([100, 5000, 65536]) if slow else 1 << 16)
    if not data:
        break
    out.write(data)
    if slow and r.random() < .05:
        time.sleep(r.random() * .02)
PY

# Complain about what is not as promised: STAGE STATUS KEEP STOPPED KILLS.
cat >"$work/check.py" <<'PY'
import collections, re, sys
stage, status, keep, stopped, kills = sys.argv[1], *map(int, sys.argv[2:6])
read = lambda name: open(name, "rb").read()
out, said = read("out"), read("err")
given = read("in").split(b"\n")[:-1]
def expect(rec):
    if stage == "fib":
        return None
    head = rec.split(b":")[0]
    return {"square": lambda: [rec + b"\t%d" % int(rec) ** 2] if rec else [],
        "length": lambda: [rec + b"\t%d" % len(rec)],
        "odd": lambda: [rec] * (int(head) % 4 if head else 1),
        "map": lambda: [rec],
        "cat": lambda: [rec]}[stage]()
def wrong(text):
    print(text)
    sys.exit(1)
if out and not out.endswith(b"\n"):
    wrong("the last record is torn")
# That of a stage reports the SIGSEGV it was sent.
if re.search(rb"runtime error|Sanitizer: (?!SEGV)[a-z]", said):
    wrong("a sanitizer spoke")
lines = out.split(b"\n")[:-1]
if stage == "fib":
    lines = [l.split(b"\t")[0] for l in lines]
    want = [[r] if r else [] for r in given]
else:
    want = [expect(r) for r in given]
# Records given up are named: how many times each head of a record.
named = collections.Counter()
for line in said.split(b"\n"):
    m = re.match(rb"par-run: (\d*)(:.*)?: (?:.*)", line)
    if m and not line.startswith(b"par-run: worker"):
        named[m.group(1)] += 1
have = collections.Counter(lines)
need = collections.Counter(l for w in want for l in w)
extra, lost = have - need, need - have
if extra:
    wrong("%d lines too many: %r" % (sum(extra.values()), list(extra)[0][:60]))
if stage == "cat":
    m = re.search(rb"(\d+) (?:of the )?records?[^\n]*(?:fate|known)", said)
    unknown = int(m.group(1)) if m else 0
    missing = sum(lost.values())
    if missing > unknown and not stopped and status != 3:
        wrong("%d lost, %d reported" % (missing, unknown))
    if status == 0 and missing:
        wrong("lost with status 0")
else:
    heads = {re.split(rb"[:\t]", l)[0] for l in lost}
    bad = [h for h in heads if not named[h]]
    if bad and not stopped and status != 3:
        wrong("%d lost, not named: %r" % (len(bad), bad[0]))
    if status == 0 and lost:
        wrong("lost with status 0")
    if keep:
        order = [l for w in want for l in w]
        at = 0
        for l in lines:
            try:
                at = order.index(l, at) + 1
            except ValueError:
                wrong("out of order: %r" % l[:60])
if status not in (0, 1, 4 if stopped else 0, 3 if kills > 9 else 0):
    wrong("status %d" % status)
PY

# The processes of the groups of par-run's children, by the id of par-run.
workers() { pgrep -P "$1"; }

# torment PID EVENTS: kill, stop and continue random workers of par-run.
torment() {
	local pid=$1 events=$2 list it

	while kill -0 "$pid" 2>/dev/null; do
		mapfile -t list < <(workers "$pid")
		below 8; local what=$REPLY
		below 40; read -r -t "0.0$((REPLY + 10))" <> <(:)
		((${#list[@]} > 0 && events > 0)) || continue
		below ${#list[@]}; it=${list[REPLY]}
		case $what in
		0) kill -9 "$it" ;;
		1) kill -TERM "$it" ;;
		2) kill -SEGV "$it" ;;
		3) [[ $stop = 1 ]] && kill -TERM "$pid" ;;
		*) kill -STOP "$it"; read -r -t 0.02 <> <(:); kill -CONT "$it" ;;
		esac 2>/dev/null
		((what < 3)) && echo >>kills
		events=$((events - 1))
	done
}

# one SEED: a run; 0 if all was as promised
one() {
	local n keep=() kind=text stage command size events slow_in slow_out stop status pid extra=()

	RANDOM=$1
	below 6
	case $REPLY in
	0) stage=fib kind=number command=(par-fib) ;;
	1) stage=square kind=number command=("$root/examples/stage.sh") ;;
	2) stage=length command=(python3 "$root/examples/stage.py") ;;
	3) stage=odd command=("$work/odd.py" $((RANDOM % 6 + 1))) ;;
	4) stage=cat command=(cat) ;;
	5) stage=map command=(cat) extra=(--map) ;;
	esac
	below 5; n=$((REPLY + 1))
	below 2; ((REPLY)) && [[ $stage != cat ]] && keep=(-k)
	below 6; size=$((REPLY == 0 ? 0 : REPLY == 1 ? 1 : REPLY == 2 ? 7 : REPLY < 5 ? 500 : 10000))
	below 3; events=$((REPLY * 4))
	below 3; slow_in=$((REPLY == 0))
	below 3; slow_out=$((REPLY == 0))
	below 6; stop=$((REPLY == 0))
	plan="$stage -n $n ${extra[*]} ${keep[*]} records=$size events=$events slow=$slow_in/$slow_out stop=$stop"
	rm -f in out err kills status fifo
	: >kills
	mkfifo fifo to
	python3 "$work/feed.py" $kind $size "$1" $slow_in in >fifo &
	python3 "$work/drain.py" "$1" $slow_out out <to &
	local drain=$!
	timeout -k 1 20 par-run -n $n -r 9 "${extra[@]}" "${keep[@]}" "${command[@]}" \
		<fifo >to 2>err &
	pid=$!
	local run=
	until run=$(pgrep -P $pid) || ! kill -0 $pid 2>/dev/null; do :; done
	[[ -n $run ]] && torment "$run" $events
	wait $pid; status=$?
	wait $drain
	rm -f fifo to
	if ((status >= 124)); then
		echo "status $status: it hung or crashed"
		return 1
	fi
	python3 "$work/check.py" $stage $status ${#keep[@]} $stop "$(wc -l <kills)" || return
	if pgrep -f "$work/odd.py" >/dev/null; then
		echo "a worker is left"
		return 1
	fi
}

mkdir "$work/run" && cd "$work/run" || exit
for ((k = seed; k < seed + count; k++)); do
	if ! why=$(one $k; r=$?; echo "[$plan]"; exit $r); then
		echo "seed $k failed: $why"
		cp -r "$work/run" "$work/seed-$k"
		bad=1
	fi
done
((bad)) && echo "see $work" && exit 1
rm -r "$work"
