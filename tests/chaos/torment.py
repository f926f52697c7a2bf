#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Torment par-run: random stages, options, inputs and events from a seed.

    tests/chaos/torment.py [SEED [COUNT [MARK]]]

Each run checks one promise: every record of the input came out exactly once, or is in
quarantine; the exit status and --stats say the same; no process and no file is left.
A seed replays the plan of a run, though not its timing.  Programs are those of PATH,
or of PAR_BIN.  With MARK, such as hosts or filter, only plans that have it are
carried out, so many.  Ends with 1 if a run failed; what that left is kept, and named.

A plan is made of: stage (native, --map, blocks, plain), -n -k -r -q -t, records of 0
bytes to 64 MiB, slow input, slow or leaving reader, workers and par-run itself hit by
every signal or stopped for a while, commands by --control, --checkpoint with par-run
killed and run again, a disk that is full, --host with all that is below it hit; filters
of --map that hold answers back, stages that are wrong in one way (stage.py ill), or say
125, par-run below par-run, signals blocked or ignored at the start, workers stopped for
good, and for blocks: --raw, few descriptors and a command that is busy for a moment.
Some plans are outputs that are inputs, or other outputs, instead: see same.py.
"""
import collections
import os
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import same  # noqa: E402
import stage as stages  # noqa: E402
from wrong import Wrong  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
STAGE = [sys.executable, os.path.join(HERE, "stage.py")]
CARELESS = [sys.executable, os.path.join(os.path.dirname(HERE), "aid", "with-signals.py")]
LIMIT = 300  # seconds, for a run that must have ended, on a machine that is busy
DEADLY = [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGABRT, signal.SIGHUP,
          signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGUSR1, signal.SIGUSR2,
          signal.SIGALRM, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP,
          signal.SIGSYS, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGVTALRM, signal.SIGPROF]
FATAL = [signal.SIGKILL, signal.SIGKILL, signal.SIGQUIT, signal.SIGABRT, signal.SIGUSR2,
         signal.SIGALRM, signal.SIGXCPU, signal.SIGSYS, signal.SIGVTALRM]  # to par-run
DEATHS = {-number for number in FATAL}
HARMLESS = [signal.SIGCHLD, signal.SIGWINCH, signal.SIGURG, signal.SIGCONT]
DRAINING = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


KINDS = ("fib", "odd", "map", "filter", "cat", "blocks", "plain", "ill", "never", "same")
MARKS = ("checkpoint", "stop", "disk", "leaves", "slow_in", "slow_out", "huge", "control",
         "hosts", "nested", "careless", "frozen", "scarce", "busy", "raw", "timeout", "key")

# Filters that hold answers back: words, what they make of a record, whether "!" kills.
FILTERS = {
    "cut": (["cut", "-f", "1"], lambda line: line.split(b"\t")[0], False),
    "mawk": (["mawk", '/^[0-9]*!/ { exit 3 } { print $0 "+" }'],
             lambda line: line + b"+", True),
    "perl": (["perl", "-pe", "kill 9, $$ if /^[0-9]*!/; s/$/+/"],
             lambda line: line + b"+", True),
    "python3": (STAGE + ["filter", "0"], lambda line: line + b"+", True),
    "rev": (["rev"], lambda line: line[::-1], False),
    "sed": (["sed", "/^[0-9]*!/Q3;s/$/+/"], lambda line: line + b"+", True),
    "tr": (["tr", "x", "y"], lambda line: line.replace(b"x", b"y"), False),
}


FIBS = [0, 1]
while len(FIBS) < 10000:
    FIBS.append(FIBS[-2] + FIBS[-1])


def catches(pid, number):
    """Does the process catch that signal by now?  It ends one that does not."""
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as status:
            masks = dict(line.split(":\t") for line in status if line.startswith("Sig"))
    except (OSError, ValueError):
        return False
    caught = int(masks.get("SigBlk", "0"), 16) | int(masks.get("SigCgt", "0"), 16)
    return bool(caught >> (number - 1) & 1)


class Plan:
    """What a seed stands for."""

    def __init__(self, seed, options, disks):
        r = self.random = random.Random(seed)
        self.kind = r.choice(["fib", "odd", "odd", "map", "cat", "plain", "never", "same"] +
                             ["filter"] * 4 + ["blocks"] * 3 + ["ill"] * 3)
        if self.kind == "same":
            self.same = same.Plan(r)
        # only the first of ill workers is wrong: with others the run comes to its end soon
        self.workers = r.randint(2 if self.kind == "ill" else 1, 5)
        self.retries = r.randint(0, 4)
        self.exact = self.kind != "plain"
        self.keep = self.exact and r.random() < 0.5
        self.ill = r.choice(list(stages.ILL) + list(stages.ILL_LATE))
        self.filter = r.choice(list(FILTERS))
        self.never_block = self.kind == "never" and r.random() < 0.4
        self.raw = self.kind == "blocks" and r.random() < 0.4
        timed = self.kind in ("odd", "map", "filter", "blocks", "ill") and r.random() < 0.25
        self.timeout = timed or (self.kind == "ill" and self.ill in stages.ILL_LATE)
        self.quarantine = r.random() < 0.8
        self.events = r.choice([0, 3, 10, 30])
        self.checkpoint = self.exact and r.random() < 0.5
        self.kills = r.randint(0, 5) if self.checkpoint else r.random() < 0.07
        self.stop = r.random() < 0.15
        self.control = r.random() < 0.2 and "--control" in options
        self.nested = self.exact and self.kind != "same" and r.random() < 0.25
        blocks = self.kind == "blocks" or self.never_block
        self.key = ((not blocks or self.nested) and not self.checkpoint and
                    r.random() < 0.3 and "--key" in options)
        self.hosts = (self.exact and not self.key and r.random() < 0.25 and
                      "--host" in options)
        self.quarantine = self.quarantine or self.nested
        self.careless = r.random() < 0.2
        self.frozen = self.timeout and not self.hosts and r.random() < 0.5
        self.scarce = self.kind == "blocks" and r.random() < 0.3
        self.busy = self.kind == "blocks" and not self.raw and r.random() < 0.3
        self.inner_timeout = self.nested and not self.frozen and r.random() < 0.5
        self.disk = disks and self.checkpoint and r.random() < 0.35
        self.leaves = not self.checkpoint and r.random() < 0.07
        quick = self.kind in ("blocks", "filter")
        self.slow_in = not self.checkpoint and r.random() < (0.7 if quick else 0.3)
        self.slow_out = not self.checkpoint and r.random() < 0.3
        self.costly = 0
        self.newline = r.random() < 0.8
        self.bad = r.choice([0, 0, 0.01, 0.03])
        self.size = r.choice([60, 60, 200, 20000, 200000]) if self.kind == "filter" else 60
        if self.kind == "never":
            self.bad = r.choice([0, 0.002, 0.02])
        self.block = r.choice([["-N", r.randint(1, 40)], ["-b", r.randint(1, 2000)]])
        self.huge = self.kind in ("map", "cat", "plain") and r.random() < 0.06
        self.records = self.make_records()
        self.command = self.make_command()

    def make_records(self):
        r = self.random
        count = r.choice([0, 1, 7, 500, 500, 2000, 10000])
        if self.kind in ("ill", "never", "filter", "blocks") and r.random() < 0.8:
            count = max(count, 300)
        most = {"blocks": 2000, "same": 0, "ill": 2000, "filter": 20 + 8000000 // self.size}
        count = min(count, most.get(self.kind, count))
        if self.huge:
            count = min(count, 50)
        records = [self.make_record(n) for n in range(count)]
        if self.huge and records:
            n = r.randrange(len(records))
            records[n] = (b"%d:" % n).ljust(64 << 20, b"x")
        return records

    def make_record(self, n):
        r = self.random
        bad = r.random() < self.bad
        if self.kind == "fib":
            return b"%d%s" % (n, b"-" if bad else b"")
        if r.random() < 0.01:
            return b""
        kinds = {"odd": b"!-~", "map": b"!", "blocks": b":" if self.raw else b"!",
                 "never": b"%", "ill": b"!", "filter": b"!"}.get(self.kind, b":")
        if self.timeout and self.hangs() and r.random() < 0.3:
            kinds = b"?"
        size = r.randrange(1 << 18) if r.random() < 0.001 else r.randrange(self.size)
        mark = bytes([r.choice(kinds)]) if bad else b":"
        if mark in b"!?":  # these take long
            self.costly += 1
            mark = mark if self.costly <= 10 else b":"
        if self.kind == "filter":  # not all of them know other bytes
            return b"%d" % n + mark + r.choice([b"x", b"xy", b"x\ty", b"y\\"]) * (size // 2)
        return b"%d" % n + mark + r.choice([b"x", b"\0", b"\xff", b"\t", b"\\"]) * size

    def hangs(self):
        """Does "?" make it hang?"""
        return (self.kind in ("odd", "map", "ill") or
                self.kind == "filter" and self.filter == "python3")

    def make_command(self):
        r = self.random
        slow = r.choice(["0", "%.3f" % min(1, 300 / (len(self.records) + 1))])
        words = ["par-run", "-n", str(self.workers), "-r", str(self.retries), "--stats"]
        if self.careless:
            names = r.sample(["CHLD", "HUP", "INT", "TERM"], r.randint(1, 4))
            words = CARELESS + [r.choice(["block:", "ignore:"]) + ",".join(names)] + words
        if self.hosts:  # the transport takes the name of the host and runs the rest here
            words += ["--rsh", "env HOST=%h", "--host",
                      r.choice(["a", "a:2,b:3"] if self.kind == "ill" else
                               ["a", "a:1,b:2", ":1,a,b:2"])]
        words += ["-k"] * self.keep + ["-q", self.path("q")] * self.quarantine
        late = ["-t", "0.4"] * self.timeout
        words += late * (not self.inner_timeout)
        words += ["--control", "control"] * self.control
        words += ["--key", "1"] * self.key
        if self.checkpoint:
            words += ["-o", self.path("out"), "--checkpoint", self.path("state")]
        if self.nested:
            words += ["par-run", "-n", str(r.randint(2 if self.kind == "ill" else 1, 3))]
            words += ["-r", str(r.randint(0, 2))]
            words += late * (self.inner_timeout or r.random() < 0.5)
        if self.kind == "blocks":
            words += [self.block[0], str(self.block[1])] + ["--raw"] * self.raw
        ahead = ["--ahead", r.choice(["20K", "300K/70", "64M/9"])] * (r.random() < 0.4)
        return words + {
            "fib": ["par-fib"],
            "odd": STAGE + ["odd", slow, str(r.randint(1, 6))],
            "map": ["--map"] + STAGE + ["map", slow],
            "cat": ["--map", "cat"],
            "filter": ["--map"] + ahead + FILTERS[self.filter][0],
            # the number of its records follows each block
            "blocks": ["gzip", "-1"] if self.raw else
                      ["./sed" if self.busy else "sed", "-n", "/^[0-9]*!/q1;p;$="],
            "plain": ["cat"],
            "ill": STAGE + ["ill", slow, self.ill],
            "never": STAGE + ["odd", slow, str(r.randint(1, 6))] if not self.never_block else
                     ["-N", str(r.randint(1, 40)), "sed", "/^[0-9]*%/q125"],
            "same": [],
        }[self.kind]

    def path(self, name):
        return os.path.join("disk", name) if self.disk else name

    def expected(self, record):
        """The output of a record that is done; None: it cannot be."""
        if self.kind == "fib":
            return [b"%s\t%d" % (record, FIBS[int(record)])] if record.isdigit() else None
        if self.kind == "filter":
            words, made, dies = FILTERS[self.filter]
            hopeless = dies and stages.kind_of(record) in (b"!", b"?")
            return None if hopeless else [made(record)]
        if (stages.kind_of(record) in (b"!", b"?", b"-", b"%") and
                self.kind not in ("cat", "plain")):
            return None
        odd = self.kind in ("odd", "never") and not self.never_block
        return [record] * (stages.copies(record) if odd else 1)

    def blocks(self):
        """The records as they must be together, whoever is hit."""
        by_number, limit = self.block[0] == "-N", self.block[1]
        blocks, room = [], 0
        for record in self.records:
            cost = 1 if by_number else len(record) + 1
            if not blocks or cost > room:
                blocks.append([])
                room = limit
            blocks[-1].append(record)
            room -= cost
        return collections.Counter(map(tuple, blocks))

    def pieces(self):
        """What halving may leave of blocks that fail."""
        pieces = collections.Counter()
        for block, count in self.blocks().items():
            whole = [block]
            while whole:
                middle = len(whole[0]) // 2
                halves = [whole[0][:middle], whole[0][middle:]] if middle else []
                pieces.update({half: count for half in halves})
                whole = whole[1:] + halves
        return pieces

    def marks(self):
        """What there is to it."""
        if self.kind == "same":
            return [self.kind]
        return [self.kind] + [name for name in MARKS if getattr(self, name)]

    def __str__(self):
        if self.kind == "same":
            return str(self.same)
        return "%s records=%d events=%d kills=%d: %s" % (
            " ".join(self.marks()), len(self.records), self.events, self.kills,
            shlex.join(self.command))


class Sloth:
    """Somebody who takes a second altogether, in small pieces."""

    def __init__(self, slow, rng, piece):
        self.left = 1.0 if slow else 0
        self.random = rng
        self.piece = piece

    def pause(self):
        if self.left > 0:
            seconds = self.random.random() * self.piece
            self.left -= seconds
            time.sleep(seconds)


def children(pid):
    """The ids of the processes whose parent pid is."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name) as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(name))
    return found


def marked(mark):
    """The processes that have mark in their environment."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open("/proc/%s/environ" % name, "rb") as environ:
                    if mark in environ.read().split(b"\0"):
                        found.append(int(name))
            except OSError:
                pass
    return found


def unzipped(data):
    """The members of what gzip wrote, and what is left after the last."""
    members = []
    while data:
        member = zlib.decompressobj(31)
        try:
            text = member.decompress(data)
        except zlib.error as error:
            raise Wrong("no output of gzip: %s" % error) from error
        if not member.eof:
            break
        members.append(text)
        data = member.unused_data
    return members, data


def descendants(pid):
    """The ids of all that pid has started, and these."""
    found = children(pid)
    return found + [below for child in found for below in descendants(child)]


class Run:
    """One plan, carried out in a folder of its own."""

    def __init__(self, seed, plan):
        self.plan = plan
        self.random = random.Random(seed + 1000000007)
        self.mark = b"CHAOS=%d.%d" % (os.getpid(), seed)
        self.hits = 0  # workers killed
        self.killed = 0  # par-run killed
        self.runs = 0  # of par-run
        self.stopped = False  # by a signal or a command
        self.left = False  # the reader did
        self.room = 256 << 10
        self.said = b""
        self.status = None  # of the last

    def prepare(self):
        os.mkdir("tmp")
        os.mkdir("disk")
        if self.plan.disk:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d" % self.room, "chaos",
                            "disk"], check=True)
        data = b"\n".join(self.plan.records)
        if self.plan.records and (self.plan.newline or not self.plan.records[-1]):
            data += b"\n"
        with open("in", "wb") as file:
            file.write(data)
        if self.plan.busy:
            shutil.copy(shutil.which("sed"), "sed")

    def feed(self, fd):
        """The input by a pipe, slowly perhaps."""
        sloth = Sloth(self.plan.slow_in, random.Random(1), 0.02)
        with open("in", "rb") as file:
            try:
                while True:
                    data = file.read(self.random.choice([10, 1000, 1 << 16, 1 << 20]))
                    if not data:
                        break
                    while data:
                        data = data[os.write(fd, data):]
                    sloth.pause()
            except BrokenPipeError:
                pass
        os.close(fd)

    def drain(self, fd):
        """Read the output, slowly perhaps, or leave."""
        sloth = Sloth(self.plan.slow_out, random.Random(2), 0.02)
        leave = self.random.randrange(1 << 16) if self.plan.leaves else None
        total = 0
        with open("out", "wb") as file:
            while leave is None or total <= leave:
                data = os.read(fd, self.random.choice([100, 5000, 1 << 16, 1 << 20]))
                if not data:
                    break
                file.write(data)
                total += len(data)
                sloth.pause()
            else:
                self.left = True
        os.close(fd)

    def listen(self, fd):
        """Standard error, without what floods there."""
        with open("err", "wb") as file:
            while True:
                data = os.read(fd, 1 << 20)
                if not data:
                    break
                file.write(re.sub(rb"x{40,}\n?", b"", data))
        os.close(fd)

    def start(self):
        """par-run, and threads for its ends."""
        env = dict(os.environb)
        env[b"CHAOS"] = self.mark.split(b"=", 1)[1]
        # its process that looks for leaks at the end would be hit for a worker
        env[b"ASAN_OPTIONS"] = b"detect_leaks=0:" + env.get(b"ASAN_OPTIONS", b"")
        env[b"TMPDIR"] = os.path.abspath("tmp").encode()
        threads = []
        if self.plan.checkpoint:
            stdin, stdout = open("in", "rb"), open("nothing", "wb")
        else:
            source, to_par_run = os.pipe()
            from_par_run, sink = os.pipe()
            threads = [threading.Thread(target=self.feed, args=(to_par_run,)),
                       threading.Thread(target=self.drain, args=(from_par_run,))]
            stdin, stdout = os.fdopen(source, "rb"), os.fdopen(sink, "wb")
        from_stderr, to_stderr = os.pipe()
        threads.append(threading.Thread(target=self.listen, args=(from_stderr,)))
        process = subprocess.Popen(self.plan.command, stdin=stdin, stdout=stdout,
                                   stderr=to_stderr, env=env)
        os.close(to_stderr)
        stdin.close()
        stdout.close()
        for thread in threads:
            thread.start()
        return process, threads

    def hit(self, pid, process):
        """Do something to a worker or to par-run."""
        r = self.random
        workers = (descendants if self.plan.hosts or self.plan.nested else children)(pid)
        what = r.randrange(10)
        if self.plan.scarce and r.random() < 0.3:
            return self.scarce(pid)
        if self.plan.busy and workers and r.random() < 0.3:
            return self.busy()
        if self.plan.frozen and workers and r.random() < 0.2:
            self.hits += 1
            return os.kill(r.choice(workers), signal.SIGSTOP)
        if what < 4 and workers:
            os.kill(r.choice(workers), r.choice(DEADLY))
            self.hits += 1
        elif what < 7 and workers:
            worker = r.choice(workers)
            os.kill(worker, signal.SIGSTOP)
            time.sleep(r.choice([0.05, 0.05, 0.6]) * r.random())
            os.kill(worker, signal.SIGCONT)
        elif what == 7:
            process.send_signal(signal.SIGSTOP)
            time.sleep(r.choice([0.05, 0.05, 0.6]) * r.random())
            process.send_signal(signal.SIGCONT)
        elif what == 8:
            number = r.choice(HARMLESS + [signal.SIGUSR1])
            if number != signal.SIGUSR1 or catches(process.pid, number):
                process.send_signal(number)
        elif self.plan.control:
            self.command(r.choice(["workers %d" % r.randint(1, 6), "pause\nresume", "restart",
                                   "stats", "help", "nonsense", "", "drain",
                                   "host b:%d" % r.randint(1, 3), "drop a",
                                   "workers c:%d,b" % r.randint(1, 3)]))

    def scarce(self, pid):
        """Few descriptors, for a moment, and none for what they would take."""
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        has = len(os.listdir("/proc/%d/fd" % pid))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (max(12, has - 1), hard))
        time.sleep(self.random.random() * 0.3)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))

    def busy(self):
        """The command is being written, for a moment, or is not there."""
        try:
            with open("sed", "r+b"):
                time.sleep(self.random.random() * 0.1)
        except OSError:  # it runs
            os.rename("sed", "tmp/sed")
            time.sleep(self.random.random() * 0.1)
            os.rename("tmp/sed", "sed")

    def command(self, text):
        try:
            fd = os.open("control", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return  # not there yet, or no more
        self.stopped = self.stopped or text == "drain"
        os.write(fd, text.encode() + b"\n")
        os.close(fd)

    def torment(self, process, events, kill, stop):
        """Until it ends.  kill: par-run itself, at last; stop: by a signal or two."""
        r = self.random
        end = time.monotonic() + LIMIT
        since = time.monotonic()
        patience = r.random() * 0.3
        told = 0
        while process.poll() is None:
            if time.monotonic() > end:
                raise Wrong("it hangs: %s" % self.said_last())
            time.sleep(0.005 + r.random() * 0.02)
            try:
                if events > 0 and r.random() < 0.5:
                    self.hit(process.pid, process)
                    events -= 1
                if time.monotonic() - since < patience:
                    continue
                # not before it has set its handlers; a fourth one would end it at once
                if stop and told < 3 and children(process.pid):
                    told += 1
                    stop = r.random() < 0.3
                    self.stopped = True
                    process.send_signal(r.choice(DRAINING))
                if kill:
                    kill = False
                    self.killed += 1
                    if r.random() < 0.5:  # all of them, as when a group is killed
                        for worker in children(process.pid):
                            os.kill(worker, signal.SIGKILL)
                    process.send_signal(r.choice(FATAL))
            except ProcessLookupError:
                pass

    def once(self, events, kill, stop):
        """par-run from start to end; its status."""
        process, threads = self.start()
        try:
            self.torment(process, events, kill, stop)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
            if process.returncode < 0 or self.plan.timeout:
                self.end_hanging()
            for thread in threads:
                thread.join(LIMIT)
                if thread.is_alive():
                    raise Wrong("somebody keeps its ends open: %s" % self.names())
        with open("err", "rb") as err:
            self.said = err.read()
        # that of a stage reports the signals it was sent
        if re.search(rb"runtime error|ERROR: LeakSan|"
                     rb"ERROR: AddressSanitizer: (?!SEGV|ABRT|BUS|ILL|FPE|TRAP)", self.said):
            raise Wrong("a sanitizer spoke")
        return process.returncode

    @staticmethod
    def said_last():
        with open("err", "rb") as err:
            return err.read()[-300:]

    def end_hanging(self):
        """Nobody is left to end a stage that hangs when par-run was killed."""
        if self.plan.timeout:
            for pid in marked(self.mark):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def to_the_end(self):
        """Killed and run again; the last status."""
        plan, kills, stop = self.plan, int(self.plan.kills), self.plan.stop
        for self.runs in range(1, 40):
            status = self.once(plan.events, kills > 0, stop)
            full = status == 3 and plan.disk and b"No space left" in self.said
            if not plan.checkpoint or (
                    status == 3 and plan.kind in ("ill", "never") and not full):
                return status
            if status == 3 and plan.scarce and b"Too many open files" in self.said:
                continue
            if full:
                self.room *= 4
                subprocess.run(["mount", "-o", "remount,size=%d" % self.room, "disk"],
                               check=True)
            elif status == 2 or status == 3 and not re.search(
                    rb"in a row|link after link|no host", self.said):
                raise Wrong("status %d: %s" % (status, self.said[:100]))
            elif status not in (3, 4, *DEATHS) or (status == 4 and not self.stopped):
                return status
            kills -= 1
            stop = False
        raise Wrong("it never ends")

    def quarantined(self):
        if not self.plan.quarantine or not os.path.exists(self.plan.path("q")):
            return []
        with open(self.plan.path("q"), "rb") as file:
            lines = file.read().split(b"\n")
        if lines.pop() != b"":
            raise Wrong("the quarantine is torn")
        table = {b"\\": b"\\", b"t": b"\t", b"n": b"\n", b"r": b"\r", b"0": b"\0"}
        return [re.sub(rb"\\(.)", lambda m: table[m.group(1)], line.split(b"\t")[0])
                for line in lines]

    def named(self):
        """Without -q: the records named on standard error, by their heads."""
        heads = collections.Counter()
        for line in self.said.split(b"\n"):
            m = re.match(rb"par-run: (?!\d+ [a-z])(\d+[-:!?~%]?|(?=: ))[^\n]*: [^\n]+", line)
            if m:
                heads[m.group(1)] += 1
        before = re.search(rb"(\d+) records? failed before", self.said)
        if before:  # named by runs that did not come to the end
            heads[None] = int(before.group(1))
        return heads

    def output(self):
        """The lines of the output, and the blocks in which they came."""
        try:
            with open(self.plan.path("out"), "rb") as file:
                data = file.read()
        except FileNotFoundError:  # ended before the first worker was up
            data = b""
        if self.plan.raw:
            members, torn = unzipped(data)
            if torn and not self.left and not self.killed:
                raise Wrong("the last output of --raw is torn")
            return b"".join(members).split(b"\n")[:-1], [
                member.split(b"\n")[:-1] for member in members]
        lines = data.split(b"\n")
        torn = lines.pop()
        if torn != b"" and not self.left and not self.killed:
            raise Wrong("the last record is torn")
        if self.plan.kind != "blocks":
            return lines + [torn] * (torn != b""), []
        return self.counted_blocks(lines, torn != b"")

    def counted_blocks(self, lines, torn):
        """Each block has the number of its records behind it."""
        all_lines, blocks, block = [], [], []
        for line in lines:
            if not line.isdigit():
                block.append(line)
                continue
            if int(line) != len(block):
                raise Wrong("a block of %s has %d records" % (line.decode(), len(block)))
            all_lines += block
            blocks.append(block)
            block = []
        if (block or torn) and not self.left and not self.killed:
            raise Wrong("the last block is torn")
        return all_lines + block, blocks

    def check_blocks(self, blocks):
        """None has other records than it must, or, if somebody else cuts, too many."""
        plan = self.plan
        if plan.nested or self.stopped:
            if plan.block[0] == "-N" and any(len(block) > plan.block[1] for block in blocks):
                raise Wrong("more records in a block than -N says")
            return
        strange = collections.Counter(map(tuple, blocks)) - plan.blocks()
        if plan.block[0] == "-b":
            strange -= plan.pieces()
        if strange:
            raise Wrong("no such block: %r" % (list(strange)[0][:4],))

    def check(self, status):
        lines, blocks = self.output()
        complete = status in (0, 1) and not self.left
        self.check_blocks(blocks)
        if self.plan.exact:
            aside = self.check_exact(lines, complete)
            if status == 3 and not re.search(rb"^par-run: [^\n]+$", self.said, re.M):
                raise Wrong("status 3, and not a word")
        else:
            aside = self.check_plain(lines, complete)
        self.check_status(status, aside)
        if complete and self.runs == 1:
            self.check_stats(aside)

    def check_exact(self, lines, complete):
        """Each record once, or set aside; how many are."""
        plan = self.plan
        aside = collections.Counter(self.quarantined())
        if aside - collections.Counter(plan.records):
            raise Wrong("set aside twice, or never there: %r" %
                        list(aside - collections.Counter(plan.records))[0][:60])
        want, hopeless = [], collections.Counter()
        left = aside.copy()
        for record in plan.records:
            text = plan.expected(record)
            if left[record] > 0:
                left[record] -= 1
            elif text is not None:
                want += text
            else:
                hopeless[record] += 1
        if complete and plan.quarantine and hopeless:
            raise Wrong("neither done nor set aside: %r" % list(hopeless)[0][:60])
        have, need = collections.Counter(lines), collections.Counter(want)
        if self.left or (self.killed and not plan.checkpoint):
            have.subtract([lines[-1]] if lines and lines[-1] not in need else [])
            have = +have
        if have - need:
            raise Wrong("%d lines too many: %r" % (sum((have - need).values()),
                                                   list(have - need)[0][:60]))
        lost = need - have
        if lost and complete and (plan.quarantine or sum(self.named().values()) == 0):
            raise Wrong("%d lines lost: %r" % (sum(lost.values()), list(lost)[0][:60]))
        # which one of the empty records was set aside cannot be seen
        if plan.keep and complete and not lost and list(filter(None, lines)) != list(
                filter(None, want)):
            raise Wrong("not in the order of the input")
        return sum(aside.values()) if plan.quarantine else sum(self.named().values())

    def check_plain(self, lines, complete):
        have, need = collections.Counter(lines), collections.Counter(self.plan.records)
        if self.left or self.killed:
            have = have & need
        if have - need:
            raise Wrong("lines too many: %r" % list(have - need)[0][:60])
        unknown = sum(int(n) for n in re.findall(rb"(?:became of the|after) (\d+) records?",
                                                 self.said))
        missing = sum((need - have).values())
        if complete and missing > unknown and not self.stopped:
            raise Wrong("%d lost, %d reported" % (missing, unknown))
        return 0

    def check_status(self, status, aside):
        allowed = {1} if aside else {0}
        if self.hits or self.plan.bad:  # one that was done may have died all the same
            allowed.add(1)
        if self.stopped:
            allowed.add(4)
        if self.left:
            allowed |= {-signal.SIGPIPE, 1}
        if self.killed and not self.plan.checkpoint:
            allowed |= DEATHS
        if self.plan.hosts and re.search(rb"par-run: (no host|link after link)", self.said):
            allowed = {3}
        elif b"in a row" in self.said and not self.plan.hosts:
            allowed = {3}
        if self.plan.kind in ("ill", "never") or self.plan.nested:
            allowed.add(3)
        if self.plan.kind == "never" and aside == 0 and self.never():
            allowed.discard(0)
        if status not in allowed:
            raise Wrong("status %d, not of %s; %d set aside" % (status, allowed, aside))

    def never(self):
        """Has a stage said that it can never work?"""
        return b"never work" in self.said

    def check_stats(self, aside):
        last = self.said.rstrip(b"\n").split(b"\n")[-1].split()
        if not last or last[-1] != b"all":
            raise Wrong("no table of --stats")
        if not self.plan.exact or self.left:
            return
        if int(last[0]) != len(self.plan.records):
            raise Wrong("--stats says %s records" % last[0].decode())
        if self.plan.quarantine and int(last[4]) != aside:
            raise Wrong("--stats says %s failed, %d are set aside" % (last[4].decode(), aside))

    def names(self):
        """What of the run still runs."""
        names = []
        for pid in marked(self.mark):
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as file:
                    names.append(file.read().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                pass
        return names

    def check_leftovers(self):
        end = time.monotonic() + 20
        while marked(self.mark) and time.monotonic() < end:
            time.sleep(0.02)
        if marked(self.mark):
            raise Wrong("left running: %s" % self.names())
        files = set(os.listdir(".")) | set(os.listdir("disk")) | set(os.listdir("tmp"))
        extra = files - {"in", "out", "err", "q", "state", "nothing", "disk", "tmp",
                         "sed"}
        if self.killed:
            extra -= {"control"}
        if extra:
            raise Wrong("left behind: %s" % sorted(extra))

    def all(self):
        if self.plan.kind == "same":
            return self.plan.same.carry_out()
        self.prepare()
        try:
            self.status = self.to_the_end()
            self.check(self.status)
            self.check_leftovers()
        finally:
            for pid in marked(self.mark):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if self.plan.disk:
                subprocess.run("cp -a disk/. . ; umount disk", shell=True, check=False)


def in_own_namespace():
    """Run this again where file systems can be mounted; False if that cannot be."""
    if os.environ.get("CHAOS_NAMESPACE") == "1":
        return True
    again = ["unshare", "-rm", "--propagation", "private", "env", "CHAOS_NAMESPACE=1"]
    probe = "mkdir -p \"$0\" && mount -t tmpfs chaos \"$0\""
    with tempfile.TemporaryDirectory() as folder:
        try:
            works = subprocess.run(again + ["sh", "-c", probe, folder],
                                   stderr=subprocess.DEVNULL, check=False).returncode == 0
        except OSError:
            works = False
    if works:
        os.execvp(again[0], again + [sys.executable] + sys.argv)
    return False


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(1 << 20)
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    mark = sys.argv[3] if len(sys.argv) > 3 else None
    if mark is not None and mark not in MARKS + KINDS:
        sys.exit("no such mark; there are: " + " ".join(MARKS + KINDS))
    disks = in_own_namespace()
    if not disks:
        print("no full disks: no file system can be mounted")
    root = os.path.dirname(os.path.dirname(HERE))
    folder = os.environ.get("PAR_BIN", os.path.join(root, "build/cc/bin"))
    os.environ["PATH"] = os.path.abspath(folder) + ":" + os.environ["PATH"]
    os.environ["LC_ALL"] = "C"
    # What a signal of ours ends is no finding.
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":" + ":".join(
        "handle_%s=0" % name for name in ("segv", "sigbus", "abort", "sigill", "sigfpe", "sigtrap"))
    for name in ("PAR_STAGE", "PAR_STAGE_TAKES", "PAR_WORKER", "PAR_WORKERS"):
        os.environ.pop(name, None)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    options = subprocess.run(["par-run", "--help"], stdout=subprocess.PIPE,
                             check=True).stdout.decode()
    work = tempfile.mkdtemp(prefix="chaos.")
    failed = []
    totals = collections.Counter()
    number = seed - 1
    while totals["runs"] < count:
        number += 1
        plan = Plan(number, options, disks)
        if mark is not None and mark not in plan.marks():
            continue
        run = Run(number, plan)
        place = os.path.join(work, str(number))
        os.mkdir(place)
        os.chdir(place)
        try:
            run.all()
            shutil.rmtree(place)
        except Wrong as wrong:
            print("seed %d: %s [%s]" % (number, wrong, plan), flush=True)
            failed.append(number)
        totals.update(runs=1, kills=run.killed, hits=run.hits, records=len(plan.records))
        totals.update(plan.marks())
        totals.update(["status %s" % run.status] * (run.status is not None))
        if plan.kind == "ill" and run.status == 3:
            totals["told of as ill"] += 1
        os.chdir(work)
    print("chaos: seeds %d to %d: %d runs, %d records, %d workers hit, "
          "par-run killed %d times; %d failed" % (
              seed, number, totals["runs"], totals["records"],
              totals["hits"], totals["kills"], len(failed)))
    known = ("runs", "records", "hits", "kills")
    print("of these:", ", ".join("%s %d" % (name, totals[name])
                                 for name in totals if name not in known))
    os.chdir("/")
    if failed:
        print("what they left is in %s" % work)
        sys.exit(1)
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
