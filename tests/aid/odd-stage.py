#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A native stage of par-stage(7) that is wrong in one way: odd-stage.py [--framed] KIND [ARGUMENT].

Output for a record is 'result RECORD'.  A KIND that ends with -once is wrong in the first
process that makes the file ARGUMENT, and right in all others.  --framed: lines and output
are one stream, as par-run --serve writes it.
"""

import os
import select
import sys

arguments = sys.argv[1:]
framed = arguments[0] == "--framed"
kind, argument = (arguments[framed:] + [""])[:2]


def read_line():
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            break
        line += byte
    return line


if framed:
    length = int(read_line().split()[2])
    while length > 0:
        length -= len(os.read(0, length))
    told = 1
elif "PAR_STAGE" in os.environ:
    told = int(os.environ["PAR_STAGE"].split(":")[0])
else:
    told = os.open("/dev/null", os.O_WRONLY)


def write(fd, data):
    while data:
        data = data[os.write(fd, data) :]


def tell(text, out=b""):
    if not framed:
        write(1, out)
    write(told, text.encode() + b"\n")
    if framed:
        write(1, out)


def result(record):
    return b"result " + record


def flood(fd):
    """Four of us, so that there is always something to read."""
    os.fork(), os.fork()
    while True:
        write(fd, b"x" * 59999 + b"\n")


def one_range(first, count, out):
    """A line of a range for count records from first on, of whose output it tells."""
    if kind in ("joined", "joint"):
        tell(f"{first}-{first + count - 1} {len(out)} ok", out)
    elif kind.startswith("long"):
        tell(f"{first}-{first + 100} {len(out)} ok", out)
    elif kind.startswith("again"):
        tell(f"0-{first + count - 1} {len(out)} ok", out)
    elif kind.startswith("wrap"):
        tell(f"{first}-9223372036854775808 {len(out)} ok", out)


def first_to_come():
    try:
        os.close(os.open(argument, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


if kind.endswith("-once"):
    kind = kind[:-5] if first_to_come() else "right"
if kind == "late":  # says hello when the file ARGUMENT is there
    while not os.path.exists(argument):
        select.select([], [], [], 0.02)
if kind == "hellos":
    for _ in range(20):
        write(told, b"par-stage 1 window=10\n")
if kind == "hello-flood":
    while True:
        write(told, b"par-stage 1\n" * 5000)

tell(
    "par-stage 1 window=20"
    if kind == "right"
    else "par-stage 1 window=10 jobs=10" + " joint" * (kind == "joint")
)
number = 0
ranges = kind in ("long", "again", "wrap", "joined", "joint")
while True:
    records = []
    while len(records) < (5 if ranges else 1) and select.select([0], [], [], 0.05 if records else None)[0]:
        record = read_line()
        if not record:
            break
        records.append(record)
    if not records:
        break
    if kind == "stderr-flood":
        open("flooding", "w").close()
        flood(2)
    if kind == "count-flood":
        if os.fork() == 0:
            flood(1)
        while select.select([], [1], [], 0)[1]:
            pass
        tell(f"{number} {1 << 47} ok")
        flood(1)
    if ranges and number >= 5 * (kind == "again"):
        one_range(number, len(records), b"".join(map(result, records)))
    else:
        for i, record in enumerate(records):
            out = result(record)
            tell(f"{number + i} {len(out)} ok", out)
    number += len(records)
