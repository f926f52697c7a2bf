#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The stages of the tormentor.

stage.py odd SLOW JOBS   native: finishes out of order, none to three lines a record
stage.py map SLOW        a line for each line
stage.py filter SLOW     the same, with a plus behind it, by blocks of 4 KiB
stage.py ill SLOW KIND   native, a line for each, and wrong in one way; see ILL

SLOW is the share of the records that take two milliseconds.  What a record is like
stands behind its number: ":" is fine, "!" kills its worker, "?" hangs, "-" fails for
good, "~" fails for now, most of the time, "%" ends it with 125: never.
"""
import os
import random
import signal
import sys
import time


# How the ill one is wrong: always the first worker, at some record or from the start.
ILL = {
    "late": "says hello after up to three seconds",
    "long-range": "tells of more records than it has",
    "print": "writes a line that it does not count",
    "short": "counts a byte too few",
    "no-newline": "leaves a newline out, and counts right",
    "banner": "says goodbye on standard output",
    "hello-flood": "says hello for ever",
    "untold": "ends well without a word of a record",
}
# The same, of those that only -t ends.
ILL_LATE = {
    "polite": "ends with 0 on TERM, its output cut",
    "own-group": "leaves its process group",
    "mute": "never says hello",
    "endless": "does not end with its input",
    "stderr-flood": "writes to standard error for ever",
}


def kind_of(line):
    return line[len(line) - len(line.lstrip(b"0123456789")) :][:1]


def copies(line):
    """How many lines the odd stage writes for a record."""
    head = line[: len(line) - len(line.lstrip(b"0123456789"))]
    return int(head) % 4 if head else 1


def suffer(line, slow):
    if random.random() < slow:
        time.sleep(0.002)
    kind = kind_of(line)
    if kind == b"!":
        os.kill(os.getpid(), signal.SIGSEGV)
    if kind == b"?":
        while True:
            signal.pause()
    if kind == b"%":
        os._exit(125)


def write_all(data):
    at = 0
    while at < len(data):
        at += os.write(1, data[at:])


def lines_of_input():
    """What has come, as lists of whole lines."""
    parts = []
    while True:
        data = os.read(0, 65536)
        if not data:
            break
        if b"\n" not in data:
            parts.append(data)
            continue
        *lines, left = (b"".join(parts) + data).split(b"\n")
        parts = [left]
        yield lines
    if b"".join(parts):
        yield [b"".join(parts)]


class Runs:
    """Tells of neighbours that were done one after the other as the supervisor takes it."""

    def __init__(self, words):
        self.words, self.first, self.bytes = words, 0, []
        pid, _, words = os.environ.get("PAR_STAGE_TAKES", "").partition(":")
        self.form = words.split(",")[0]
        if pid != str(os.getpid()):
            self.form = ""

    def tell(self):
        if len(self.bytes) > 1 and self.form == "runs":
            self.words.write(b"%d..%d %d ok\n" % (
                self.first, self.first + len(self.bytes) - 1, sum(self.bytes)))
        elif self.bytes:
            counts = b",".join(b"%d" % n for n in self.bytes)
            self.words.write(b"%d %s ok\n" % (self.first, counts))
        self.bytes = []

    def add(self, i, count):
        if self.form == "" or i != self.first + len(self.bytes) or random.random() < 0.05:
            self.tell()
        if not self.bytes:
            self.first = i
        self.bytes.append(count)


def odd(slow, jobs):
    words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
    words.write(b"par-stage 1 window=%d jobs=%d\n" % (2 * jobs, jobs))
    waiting, index, runs = [], 0, Runs(words)

    def finish():
        # in order, too, now and then
        i, line = waiting.pop(random.choice([0, random.randrange(len(waiting))]))
        kind = kind_of(line)
        if kind == b"?":  # what is done is told before what may take long
            runs.tell()
        suffer(line, slow)
        if kind in (b"-", b"~"):
            runs.tell()
        if kind == b"-":
            return words.write(b"%d 0 fail not wanted\n" % i)
        if kind == b"~" and random.random() < 0.7:
            return words.write(b"%d 0 retry later\n" % i)
        text = (line + b"\n") * copies(line)
        write_all(text)
        return runs.add(i, len(text))

    for lines in lines_of_input():
        for line in lines:
            waiting.append((index, line))
            index += 1
            while len(waiting) >= jobs:
                finish()
        while waiting:
            finish()
        runs.tell()


def one_for_one(slow):
    for lines in lines_of_input():
        for line in lines:
            suffer(line, slow)
            write_all(line + b"\n")


def by_blocks(slow):
    held = b""
    for lines in lines_of_input():
        for line in lines:
            suffer(line, slow)
            held += line + b"+\n"
            if len(held) >= 4096:
                write_all(held)
                held = b""
    write_all(held)


def flood(fd, data):
    while True:
        os.write(fd, data)


WINDOW = 10  # of a stage that tells of ranges


class Ill:
    """The stage that is wrong in one way."""

    def __init__(self, slow, kind):
        self.slow, self.kind = slow, kind
        self.fd = int(os.environ["PAR_STAGE"].split(":")[0])
        first = os.environ.get("PAR_WORKER", "1") == "1"
        # counted as its records are; none: not at a record
        self.wrong_at = random.choice([0, 3, 30, 300]) if first else None
        self.index = 0
        self.begin(first)

    def tell(self, text):
        os.write(self.fd, text.encode() + b"\n")

    def begin(self, first):
        if self.kind == "own-group":
            os.setpgid(0, os.getpgid(os.getppid()))
        if self.kind == "polite":
            signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        if self.kind == "late":
            time.sleep(random.choice([0.1, 1, 3]))
        if self.kind == "mute" and first:
            time.sleep(1000)
        if self.kind == "hello-flood" and first:
            flood(self.fd, b"par-stage 1\n" * 5000)
        if self.kind == "stderr-flood" and first and self.wrong_at == 0:
            flood(2, b"x" * 59999 + b"\n")
        ranges = self.kind == "long-range"
        self.tell("par-stage 1 window=%d jobs=10 joint" % WINDOW if ranges else "par-stage 1")

    def wrong(self, line):
        """Is this record the one?  (What is empty cannot be a byte shorter.)"""
        wrong = self.wrong_at is not None and self.index >= self.wrong_at and line != b""
        if wrong and self.kind != "long-range":
            self.wrong_at = None
        return wrong

    def one(self, line):
        text = line + b"\n"
        if kind_of(line) == b"?":
            write_all(text[:-1])
        suffer(line, self.slow)
        wrong = self.wrong(line)
        count = len(text)
        if self.kind == "print" and wrong:
            write_all(b"debug".ljust(100, b".") + b"\n")
        if self.kind == "stderr-flood" and wrong:
            flood(2, b"x" * 59999 + b"\n")
        if self.kind in ("short", "no-newline") and wrong:
            count -= 1
        if self.kind == "no-newline" and wrong:
            text = text[:-1]
        if self.kind == "untold" and wrong:
            os._exit(0)
        write_all(text)
        self.tell("%d %d ok" % (self.index, count))
        self.index += 1

    def some(self, lines):
        text = b"".join(line + b"\n" for line in lines)
        for line in lines:
            suffer(line, self.slow)
        last = self.index + len(lines) - 1
        # never one that waits in the pipe: who tells of that cannot be found out
        beyond = WINDOW + 1 - len(lines) if self.wrong(b"x") else 0
        write_all(text)
        self.tell("%d-%d %d ok" % (self.index, last + beyond, len(text)))
        self.index = last + 1

    def run(self):
        for lines in lines_of_input():
            if self.kind == "long-range" and lines:
                self.some(lines)
                continue
            for line in lines:
                self.one(line)
        if self.kind == "banner" and self.wrong_at is not None:
            write_all(b"bye\n")
        if self.kind == "endless" and self.wrong_at is not None:
            time.sleep(1000)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.argv[1] == "odd":
        odd(float(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "filter":
        by_blocks(float(sys.argv[2]))
    elif sys.argv[1] == "ill":
        Ill(float(sys.argv[2]), sys.argv[3]).run()
    else:
        one_for_one(float(sys.argv[2]))
