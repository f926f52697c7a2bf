#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A history of a queue, and whether the promise held in it.

    history.py run FILE SEED SECONDS   several producers, workers and readers of the queue q
                                       of PAR_QUEUE_URL, any of them killed or stopped again
                                       and again; what each saw goes to FILE
    history.py check FILE              say what of it breaks the promise; 1 if anything does

CRASH, in the environment, is a command of bash that kills the server and starts it again.

An event is a line of FILE: seconds, what happened, and by whom, with TABs between.

    begin PRODUCER N       that it has N records to put, named PRODUCER-0 and so on
    put PRODUCER ID N      that N of them were accepted, with that number
    start WORKER           that a process came, of a name of its own
    take WORKER RECORD     that its stage was given the record
    say WORKER RECORD WORD TOKEN  ok, fail or retry; ok has two lines of results with TOKEN
    get RECORD TOKEN PART  a line of results
    dead RECORD REASON     what is dead at the end
    stat NAME NUMBER       the numbers at the end
"""
import collections
import os
import random
import signal
import subprocess
import sys
import time

STAGE = r"""
import os, random, sys, time
worker, log = "w%d" % os.getpid(), os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
chance = random.Random(os.urandom(8))
words = int(os.environ["PAR_STAGE"].split(":")[0])
def note(*event):
    os.write(log, ("%.6f\t%s\n" % (time.time(), "\t".join(event))).encode())
note("start", worker)
os.write(words, b"par-stage 1\n")
for i, line in enumerate(sys.stdin):
    record, token = line.strip(), "%s.%d" % (worker, i)
    note("take", worker, record)
    kind = int(record.split("-")[1]) % 50
    word = "fail" if kind == 7 else "retry" if kind == 9 and chance.random() < .5 else "ok"
    if chance.random() < .1:
        time.sleep(chance.random() * .04)
    note("say", worker, record, word, token)
    text = b""
    if word == "ok":
        text = b"".join(b"%s\t%s\t%d\n" % (record.encode(), token.encode(), part) for part in (1, 2))
        os.write(1, text)
    os.write(words, b"%d %d %s%s\n" % (i, len(text), word.encode(), b"" if word == "ok" else b" " + token.encode()))
"""


class Run:
    def __init__(self, path, seed, seconds):
        self.path, self.chance, self.end = path, random.Random(seed), time.time() + seconds
        self.log = open(path, "a", buffering=1)
        self.clients = {}  # what it is: its process
        self.stage = path + ".stage.py"
        with open(self.stage, "w") as stage:
            stage.write(STAGE)
        self.records = int(seconds * 300)

    def note(self, *event):
        self.log.write("%.6f\t%s\n" % (time.time(), "\t".join(map(str, event))))

    def client(self, name, *words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL):
        self.clients[name] = subprocess.Popen(("par-queue",) + words, stdin=stdin, stdout=stdout,
                                              stderr=open(self.path + ".err", "a"), start_new_session=True)

    def begin(self, name):
        if name[0] == "p":
            self.client(name, "put", "--producer", name, "--ids", "--chunk", "7", "q",
                        stdin=open(f"{self.path}.{name}.in"), stdout=open(f"{self.path}.{name}.ids", "a"))
        elif name[0] == "w":
            self.client(name, "work", "--lease", "500ms", "--deaths", "99", "--backoff", "10ms,50ms", "--retries",
                        "50", "q", "--", sys.executable, self.stage, self.path)
        else:
            self.client(name, "get", "--follow", "--state", self.path + ".state", "q",
                        stdout=open(self.path + ".out", "a"))

    def kill(self, name):
        client = self.clients[name]
        for victim in (lambda: os.killpg(client.pid, signal.SIGKILL), client.kill):
            try:
                victim()
            except ProcessLookupError:
                pass
        client.wait()

    def look(self):
        """What has ended is begun again, but for a producer that is done."""
        for name, client in list(self.clients.items()):
            if client.poll() is None:
                continue
            if name[0] == "p" and client.returncode == 0:
                del self.clients[name]
            else:
                self.begin(name)

    def disturb(self):
        name = self.chance.choice(sorted(self.clients))
        what = self.chance.randrange(8)
        if what < 4:
            self.kill(name)
        elif what < 6:
            os.killpg(self.clients[name].pid, signal.SIGSTOP)
            time.sleep(self.chance.choice((.05, .8)))
            os.killpg(self.clients[name].pid, signal.SIGCONT)
        elif what == 6 and "CRASH" in os.environ:
            subprocess.run(("bash", "-c", os.environ["CRASH"]), check=True, stdin=subprocess.DEVNULL)

    def stat(self):
        text = subprocess.run(("par-queue", "stat", "q"), stdout=subprocess.PIPE, check=True).stdout.decode()
        return {name: int(number) for name, number in (line.split("\t") for line in text.splitlines())
                if name != "rate"}

    def is_empty(self):
        numbers = self.stat()  # of one moment: a record goes from one to another
        return not any(numbers[name] for name in ("waiting", "delayed", "running", "results"))

    def finish(self):
        limit = time.time() + 120
        while any(name[0] == "p" for name in self.clients) or not self.is_empty():
            self.look()
            time.sleep(.05)
            if time.time() > limit:
                break
        for name in self.clients:
            self.kill(name)
        for name, number in self.stat().items():
            self.note("stat", name, number)
        dead = subprocess.run(("par-queue", "dead", "q"), stdout=subprocess.PIPE, check=True).stdout.decode()
        for line in dead.splitlines():
            self.note("dead", line.split("\t")[0], line.split("\t")[2])

    def run(self):
        for name in ("p1", "p2", "p3"):
            self.note("begin", name, self.records)
            with open(f"{self.path}.{name}.in", "w") as records:
                records.writelines(f"{name}-{i}\n" for i in range(self.records))
        for name in ("p1", "p2", "p3", "w1", "w2", "w3", "r1"):
            self.begin(name)
        seen = 0
        while time.time() < self.end and self.clients:
            time.sleep(self.chance.random() * .1)
            seen = self.hear(seen)
            self.look()
            self.disturb()
        self.finish()
        self.hear(seen)
        for name in ("p1", "p2", "p3"):
            with open(f"{self.path}.{name}.ids") as ids:
                for line in ids:
                    if line.endswith("\n") and line.count("\t") == 1:
                        self.note("put", name, line.strip())

    def hear(self, seen):
        """Results that are certain by now: a reader that goes on cuts others off."""
        try:
            with open(self.path + ".state") as state:
                length = int(state.read().split(" ")[1])
        except FileNotFoundError:
            return seen
        with open(self.path + ".out", "rb") as out:
            out.seek(seen)
            for line in out.read(length - seen).decode().splitlines():
                self.note("get", line)
        return length


class History:
    """What the lines say, each by its record."""

    def __init__(self, path):
        self.wrong, self.begun, self.stat = [], {}, {}
        self.accepted, self.ids = collections.Counter(), collections.Counter()
        self.started, self.takes, self.says = {}, collections.defaultdict(list), {}
        self.results, self.dead = collections.defaultdict(list), collections.defaultdict(list)
        with open(path) as lines:
            for line in lines:
                when, what, *rest = line.rstrip("\n").split("\t")
                getattr(self, "on_" + what)(float(when), *rest)

    def on_begin(self, when, name, count):
        self.begun[name] = int(count)

    def on_put(self, when, name, number, count):
        self.accepted[name] += int(count)
        self.ids[number] += 1

    def on_start(self, when, worker):
        self.started[worker] = when

    def on_take(self, when, worker, record):
        self.takes[record].append((when, worker))

    def on_say(self, when, worker, record, word, token):
        self.says[record, token] = (when, word)

    def on_get(self, when, record, token, part):
        self.results[record].append((when, token, part))

    def on_dead(self, when, record, reason):
        self.dead[record].append((when, reason))

    def on_stat(self, when, name, number):
        self.stat[name] = int(number)

    def complain(self, record, text):
        self.wrong.append(f"{record}: {text}")

    def check_results(self, record):
        got = self.results[record]
        tokens = {token for _, token, _ in got}
        if len(tokens) > 1:
            self.complain(record, f"results of {len(tokens)} executions")
        elif [part for _, _, part in got] != ["1", "2"]:
            self.complain(record, "results that are not whole, or come twice")
        for when, token, _ in got:
            said = self.says.get((record, token))
            if said is None or said[1] != "ok":
                self.complain(record, "a result that no execution gave")
            elif said[0] > when:
                self.complain(record, "a result that was got before it was given")

    def check_record(self, record):
        got, dead = self.results.get(record, []), self.dead.get(record, [])
        if not got and not dead:
            self.complain(record, "it is lost")
        elif len(dead) > 1 or (got and dead):
            self.complain(record, "it has more than one end")
        elif got:
            self.check_results(record)
            last = max(when for when, _, _ in got)
            # A process that came when the end was known cannot have taken it before.
            for when, worker in self.takes[record]:
                if self.started[worker] > last:
                    self.complain(record, "it was given to a worker again after its end")
        elif self.says.get((record, dead[0][1]), (0, ""))[1] not in ("fail", "retry"):
            self.complain(record, f"it is dead for no reason of an execution: {dead[0][1]}")

    def check(self):
        records = [f"{name}-{i}" for name, count in self.begun.items() for i in range(count)]
        for record in records:
            self.check_record(record)
        for record in set(self.results) | set(self.dead) | set(self.takes):
            if record.split("-")[0] not in self.begun or int(record.split("-")[1]) >= self.begun[record.split("-")[0]]:
                self.complain(record, "nobody has put it")
        for number, times in self.ids.items():
            if times > 1:
                self.complain(number, "a number that was given to two chunks")
        for name, count in self.accepted.items():
            if count > self.begun[name]:
                self.complain(name, f"{count} records were accepted, of {self.begun[name]}")
        dead = sum(map(len, self.dead.values()))
        want = {"accepted": len(records), "dead": dead, "done": len(records) - dead,
                "waiting": 0, "delayed": 0, "running": 0, "results": 0}
        for name, number in want.items():
            if self.stat.get(name) != number:
                self.complain(name, f"stat says {self.stat.get(name)}, and it is {number}")
        return self.wrong


def main():
    if sys.argv[1] == "run":
        Run(sys.argv[2], int(sys.argv[3]), float(sys.argv[4])).run()
        return 0
    history = History(sys.argv[2])
    wrong = history.check()
    for line in wrong[:20]:
        print(line)
    events = sum(1 for _ in open(sys.argv[2]))
    ends = sum(map(len, history.takes.values()))
    print(f"{events} events, {sum(history.begun.values())} records, {ends} executions: "
          f"{len(wrong) or 'nothing'} wrong")
    return 1 if wrong else 0


sys.exit(main())
