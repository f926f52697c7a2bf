#!/usr/bin/env python3
"""A native stage of par-stage(7) that is stuck in one way: stuck-stage.py KIND.

mute       worker 1 has records, and never says hello
endless    does not end at the end of its input
own-group  leaves the process group that its supervisor made; stuck with the fourth record
"""
import os
import sys
import time

kind = sys.argv[1]
ack = int(os.environ["PAR_STAGE"].split(":")[0])
if kind == "own-group":
    os.setpgid(0, os.getpgid(os.getppid()))
if kind == "mute" and os.environ.get("PAR_WORKER", "1") == "1":
    time.sleep(1000)
os.write(ack, b"par-stage 1\n")
for n, line in enumerate(iter(sys.stdin.buffer.raw.readline, b"")):
    os.write(1, line)
    if kind == "own-group" and n == 3:
        time.sleep(1000)
    os.write(ack, b"%d %d ok\n" % (n, len(line)))
if kind == "endless":
    time.sleep(1000)
