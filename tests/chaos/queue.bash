#!/bin/bash
# SPDX-License-Identifier: ISC
# Torment par-queue: producers, workers and the server are killed, stopped and started
# again by a plan from a seed, and it is checked that each record that was accepted has
# one result or is dead, once, and that the numbers of stat say so.  A seed replays its
# plan, not its timing.  A run is stuck when the numbers of stat stand still for a
# minute: on a machine that is busy it may take long.  The stage is a native one, alone
# or below par-run, or a filter of --map that holds its answers back; some workers have
# signals blocked or ignored.
#
#	tests/chaos/queue.bash [SEED [COUNT]]
#
# Programs are those of PATH, or of PAR_BIN.  Ends with 1 if a run failed; what it
# left is kept in a folder named by then.
seed=${1:-$RANDOM} count=${2:-20}
root=$(cd "$(dirname "$0")/../.." && pwd)
PATH=${PAR_BIN:-$root/build/cc/bin}:$PATH
export LC_ALL=C
unset PAR_STAGE PAR_STAGE_TAKES
top=$(mktemp -d) || exit
# A server under everysec that is killed loses nothing that it has answered, unless an
# fsync is slow: where none is.
shm=$(mktemp -d -p /dev/shm 2>/dev/null) || shm=$(mktemp -d) || exit
trap 'rm -rf "$shm"' EXIT
bad=0

# Maps that leave records as they are, and hold back; most of them die of "die".
filters=('mawk $2=="die"{exit(3)}{print}' 'sed /^[0-9]*.die/Q3' 'cut -b 1-'
	'perl -ne /^\d+.die/&&exit(3);print')

# below N: a random number in $REPLY
below() { REPLY=$((RANDOM % $1)); }

# nap SECONDS
nap() { read -r -t "$1" <> <(:) || :; }

# Records: a number of their own, some text, now and then a great one, or one that
# the stage fails, tries again, hangs at, or dies of.
cat >"$top/feed.py" <<'PY'
import random, sys
records, seed = map(int, sys.argv[1:3])
r = random.Random(seed)
kinds = ["ok"] * 400 + sys.argv[3:]
hang = r.randrange(2 * records) if "fail" in kinds else -1
out = sys.stdout.buffer
for n in range(records):
    size = 1 << 20 if r.random() < 2 / (records + 1) else r.randrange(50)
    kind = "hang" if n == hang else r.choice(kinds)
    out.write(b"%d %s " % (n, kind.encode()) + r.choice([b"x", b"\xff", b"\t"] + [b"\0"] * ("fail" in kinds)) * size + b"\n")
PY

# A native stage that does what the records say, several at a time, out of order.
cat >"$top/stage.py" <<'PY'
#!/usr/bin/env python3
import os, random, sys, time
words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
jobs = int(sys.argv[1])
words.write(b"par-stage 1 jobs=%d\n" % jobs)
waiting, index, left = [], 0, b""
def write(data):
    at = 0
    while at < len(data):
        at += os.write(1, data[at:])
def finish():
    i, line = waiting.pop(random.randrange(len(waiting)))
    kind = line.split(b" ")[1]
    if kind == b"fail":
        return words.write(b"%d 0 fail as told\n" % i)
    if kind == b"retry" and random.random() < .8:
        return words.write(b"%d 0 retry later\n" % i)
    if kind == b"die":
        os._exit(3)
    if kind == b"hang" and random.random() < .7:
        time.sleep(20)
    if kind == b"kill" and random.random() < .3:
        os.kill(os.getpid(), 9)
    if random.random() < .02:
        time.sleep(random.random() * .01)
    text = (line + b"\n") * {b"twice": 2, b"none": 0}.get(kind, 1)
    write(text)
    words.write(b"%d %d ok\n" % (i, len(text)))
while True:
    data = os.read(0, 65536)
    *lines, left = (left + data).split(b"\n")
    for line in lines:
        waiting.append((index, line))
        index += 1
        while len(waiting) >= jobs:
            finish()
    while not data and waiting or (waiting and random.random() < .7):
        finish()
    if not data:
        break
    while waiting:
        finish()
PY
chmod +x "$top/stage.py"

# Complain about what is not as promised: IN OUT DEAD STAT
cat >"$top/check.py" <<'PY'
import collections, re, sys
given, out, dead = [open(name, "rb").read().split(b"\n")[:-1] for name in sys.argv[1:4]]
stat = dict((k, int(v)) for k, v in (line.split()[:2] for line in open(sys.argv[4]) if line[:4] != "rate"))
def wrong(text):
    print(text)
    sys.exit(1)
def number(line):
    return int(line.split(b" ")[0])
kind = {number(line): line.split(b" ")[1] for line in given}
text = {number(line): line for line in given}
results = collections.Counter(number(line) for line in out)
gone = collections.Counter(number(line.split(b"\t")[0]) for line in dead)
for line in out:
    if text[number(line)] != line:
        wrong("record %d was changed" % number(line))
for n, k in kind.items():
    want = {b"twice": 2, b"none": 0}.get(k, 1)
    if gone[n] > 1 or (gone[n] == 1 and results[n]):
        wrong("record %d (%s) is dead %d times and has %d results" % (n, k.decode(), gone[n], results[n]))
    if gone[n] == 0 and results[n] != want:
        wrong("record %d (%s) has %d results" % (n, k.decode(), results[n]))
    if gone[n] == 0 and k in (b"fail", b"die"):
        wrong("record %d (%s) is not dead" % (n, k.decode()))
if stat["accepted"] != len(given):
    wrong("accepted %d of %d" % (stat["accepted"], len(given)))
if stat["dead"] != sum(gone.values()) or stat["done"] != len(given) - stat["dead"]:
    wrong("numbers: done %d, dead %d; listed %d" % (stat["done"], stat["dead"], sum(gone.values())))
if any(stat[k] for k in ("waiting", "delayed", "running", "dropped", "results")):
    wrong("something is left: %s" % stat)
PY

# Processes that run in the background, by what they are; each is started again as
# long as there is use for it.
declare -A pid

server() {
	redis-server --port 0 --unixsocket "$PWD/s" --dir "$data" --save '' --appendonly yes \
		--appendfsync "$fsync" --loglevel warning --logfile redis.log &
	pid[server]=$!
}

producer() {
	par-queue put --producer me --limit 400 q <in 2>>err &
	pid[producer]=$!
}

worker() {
	"${careless[@]}" par-queue work --lease 500ms --deaths 50 --retries 3 --backoff 10ms,50ms \
		--hard 2s q -- "${stage[@]}" 2>>err &
	pid[$1]=$!
}

reader() {
	par-queue get --follow --state state q >>out 2>>err &
	pid[reader]=$!
}

# What has ended is started again: a producer only if it was killed.
mend() {
	local what

	for what in "${!pid[@]}"; do
		kill -0 "${pid[$what]}" 2>/dev/null && continue
		wait "${pid[$what]}" 2>/dev/null
		case $what:$? in
		server:*) server ;;
		producer:0) unset 'pid[producer]' ;;
		producer:*) producer ;;
		reader:*) reader ;;
		*) worker "$what" ;;
		esac
	done
}

# memory BYTES: what the server may use, 0 for all
memory() { timeout 20 redis-cli -s s CONFIG SET maxmemory "$1" >/dev/null; }

# One event: somebody is killed, stopped for longer or shorter than a lease, or told
# something; or the server has no memory for a while.
event() {
	local all=("${!pid[@]}") what it

	below ${#all[@]}
	what=${all[REPLY]}
	it=${pid[$what]}
	below 11
	case $REPLY in
	0 | 1 | 2 | 3) kill -9 "$it"; wait "$it" ;;
	4) [[ $what != server ]] && kill -TERM "$it" ;;
	5 | 6) kill -STOP "$it"; nap 0.05; kill -CONT "$it" ;;
	7) kill -STOP "$it"; nap 0.7; kill -CONT "$it" ;;
	8) timeout 20 par-queue pause q; nap 0.05; timeout 20 par-queue resume q ;;
	9) timeout 20 par-queue scale q 3; timeout 20 par-queue drain q; timeout 20 par-queue scale q 0 ;;
	10) memory 1; nap 0.3; memory 0 ;;
	esac 2>/dev/null
}

left() { awk '/^(waiting|delayed|running|results)/ { n += $2 } END { print n + 0 }' stat; }

# one SEED: a run; 0 if all was as promised
one() {
	local n events status=0 what still=$SECONDS
	stage=() careless=() kinds=(fail retry die kill twice none)

	RANDOM=$1
	below 4; n=$((REPLY + 1))
	below 3; size=$((REPLY == 0 ? 50 : REPLY == 1 ? 800 : 4000))
	below 3; events=$((REPLY * 8))
	below 3; stage=("$top/stage.py" $((REPLY * 3 + 1)))
	below 2; ((REPLY)) && stage=(par-run -n 2 -r 3 "${stage[@]}")
	if below 3; ((REPLY == 0)); then
		below ${#filters[@]}
		kinds=(die)
		[[ ${filters[REPLY]} == cut* ]] && kinds=() # it bears all
		read -ra stage <<<"par-run -n 2 --map ${filters[REPLY]}"
	fi
	if below 4; ((REPLY == 0)); then
		careless=("$root/tests/aid/with-signals.py")
		below 2; ((REPLY)) && careless+=("block:CHLD,HUP,INT,TERM") || careless+=("ignore:CHLD,HUP")
	fi
	below 2; fsync=always data=$PWD
	if ((REPLY)); then fsync=everysec data=$shm; fi
	plan="$fsync workers=$n records=$size events=$events stage=${stage[*]} ${careless[1]-}"
	python3 "$top/feed.py" "$size" "$1" "${kinds[@]}" >in
	: >out
	export PAR_QUEUE_URL=unix://$PWD/s
	pid=()
	server
	until [ -S s ]; do nap 0.01; done
	producer
	reader
	for ((k = 0; k < n; k++)); do worker "worker$k"; done
	while
		mend
		[ -f stat ] && mv stat before
		par-queue stat q >stat
		[[ -n ${pid[producer]} || $(left) != 0 ]]
	do
		below 30; nap "0.0$((REPLY + 10))"
		if ((events > 0)); then
			event
			events=$((events - 1))
		fi
		cmp -s stat before || still=$SECONDS
		if ((SECONDS > still + 60)); then
			echo "it stands still: $(tr '\n\t' ' =' <stat)"
			status=1
			break
		fi
	done
	kill "${pid[reader]}" 2>/dev/null && wait "${pid[reader]}"
	for what in "${!pid[@]}"; do
		[[ $what == worker* ]] && kill "${pid[$what]}"
	done
	par-queue dead q >dead
	par-queue stat q >stat
	for what in "${!pid[@]}"; do
		[[ $what == worker* ]] && wait "${pid[$what]}"
	done
	kill -9 "${pid[server]}"
	wait 2>/dev/null
	((status == 0)) && python3 "$top/check.py" in out dead stat || return 1
	if grep -aE 'runtime error|Sanitizer: [a-z]' err; then return 1; fi
}

for ((s = seed; s < seed + count; s++)); do
	mkdir "$top/run" && cd "$top/run" || exit
	if ! why=$(one $s; r=$?; echo "[$plan]"; exit $r); then
		echo "seed $s failed: $why"
		cp -r "$top/run" "$top/seed-$s"
		bad=$((bad + 1))
	fi
	cd "$top" && rm -rf "$top/run" "${shm:?}"/*
done
echo "chaos: queue, seeds $seed to $((seed + count - 1)): $count runs, $bad failed"
((bad)) && echo "see $top" && exit 1
rm -r "$top"
