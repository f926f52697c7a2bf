#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The stages of the tormentor.

stage.py odd SLOW JOBS   native: finishes out of order, none to three lines a record
stage.py map SLOW        a line for each line

SLOW is the share of the records that take two milliseconds.  What a record is like stands behind its number: ":" is fine, "!" kills its worker, "?"
hangs, "-" fails for good, "~" fails for now, most of the time.
"""
import os
import random
import signal
import sys
import time


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
        signal.pause()


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


def odd(slow, jobs):
    words = open(int(os.environ["PAR_STAGE"].split(":")[0]), "wb", 0)
    words.write(b"par-stage 1 window=%d jobs=%d\n" % (2 * jobs, jobs))
    waiting, index = [], 0

    def finish():
        i, line = waiting.pop(random.randrange(len(waiting)))
        suffer(line, slow)
        kind = kind_of(line)
        if kind == b"-":
            return words.write(b"%d 0 fail not wanted\n" % i)
        if kind == b"~" and random.random() < 0.7:
            return words.write(b"%d 0 retry later\n" % i)
        text = (line + b"\n") * copies(line)
        write_all(text)
        return words.write(b"%d %d ok\n" % (i, len(text)))

    for lines in lines_of_input():
        for line in lines:
            waiting.append((index, line))
            index += 1
            while len(waiting) >= jobs:
                finish()
        while waiting:
            finish()


def one_for_one(slow):
    for lines in lines_of_input():
        for line in lines:
            suffer(line, slow)
            write_all(line + b"\n")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.argv[1] == "odd":
        odd(float(sys.argv[2]), int(sys.argv[3]))
    else:
        one_for_one(float(sys.argv[2]))
