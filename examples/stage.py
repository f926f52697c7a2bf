#!/usr/bin/env python3
"""A native stage in Python: a line in, the line and its length out."""
import os
import sys

fd, _, pid = os.environ.pop("PAR_STAGE", "").partition(":")
words = open(int(fd), "wb") if pid == str(os.getpid()) else open(os.devnull, "wb")
words.write(b"par-stage 1\n")
words.flush()  # the supervisor waits for this line

for index, line in enumerate(sys.stdin.buffer):
    line = line.rstrip(b"\n")
    record = b"%s\t%d\n" % (line, len(line))
    sys.stdout.buffer.write(record)
    sys.stdout.buffer.flush()  # the output goes before the word that counts it
    words.write(b"%d %d ok\n" % (index, len(record)))
    words.flush()
