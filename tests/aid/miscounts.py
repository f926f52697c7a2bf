#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A native stage, par-stage(7), that writes SIZE bytes for each record and is odd in one WAY.

miscounts.py WAY [SIZE [WAIT]]: what is not known is right.  What it writes begins with the
record, and each takes WAIT seconds."""
import os
import sys
import time

way = sys.argv[1]
size = int(sys.argv[2]) if len(sys.argv) > 2 else 9
wait = float(sys.argv[3]) if len(sys.argv) > 3 else 0
words = int(os.environ["PAR_STAGE"].split(":")[0])


def write(data):
    while data:
        data = data[os.write(1, data):]


def tell(number, count):
    os.write(words, b"%d %d ok\n" % (number, count))


os.write(words, b"par-stage 1\n")
for number, line in enumerate(iter(sys.stdin.buffer.readline, b"")):
    fifth = line == b"5\n"
    time.sleep(wait)
    text = line[:-1].ljust(size - 1, b".") + b"\n"
    if way == "huge" and not fifth:  # the others are as they came
        text = line
    if way == "prints" and fifth:  # a line that it does not count
        write(b"debug: this is the fifth\n")
    if way == "prints-alike" and fifth:  # the same, so long as what it counts
        write(b"debug".ljust(size - 1, b".") + b"\n")
    count = len(text)
    if way == "short" and fifth:
        count -= 1
    if way == "long" and fifth:
        count += 1
    if way == "swaps" and fifth:  # short by one, and the next one long by one
        count -= 1
    if way == "swaps" and line == b"6\n":
        count += 1
    if way == "no-newline" and fifth:
        text = text[:-1]
        count -= 1
    write(text)
    if way != "untold" or not fifth:
        tell(number, count)
if way == "banner":
    write(b"bye\n")
if way == "unfinished":
    write(b"bye")
if way == "never":
    sys.exit(125)
