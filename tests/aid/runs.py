#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A native stage that tells of records in runs, as par-stage(7) has it: runs.py KIND [RECORD ONCE].

Output of record N, a number, is N % 3 lines 'N.i'; one that begins with f fails, one that
begins with r is tried again, both in between.  KIND is
    asked    as PAR_STAGE_TAKES asks for it
    old      a line for each, as a stage that does not know the variable
    die      at RECORD, with its output written and that of those before it in its run, and
             nothing told; once, if the file ONCE cannot be made again
    runs, counts   in that form, asked for or not
    torn     asked for, and the output of the last of a run has no newline
    long     asked for, and one record too many
"""

import os
import sys

kind = sys.argv[1]
fd, pid = os.environ["PAR_STAGE"].split(":")
words, mine = int(fd), int(pid) == os.getpid()
takes = os.environ.get("PAR_STAGE_TAKES", "0:").split(":")
asked = takes[1].split(",")[0] if mine and int(takes[0]) == os.getpid() else ""
form = {"old": "", "runs": "runs", "counts": "counts"}.get(kind, asked)


def write(to, data):
    while data:
        data = data[os.write(to, data) :]


def tell(line):
    write(words, line.encode() + b"\n")


def result(record):
    if record[:1] in b"fr":
        return b""
    return b"".join(b"%s.%d\n" % (record, i) for i in range(int(record) % 3))


def flush(first, outs):
    """Records from first on, that have these outputs."""
    if kind == "torn" and outs:
        outs[-1] += b"torn"
    write(1, b"".join(outs))
    if kind == "long":
        outs = outs + [b""]
    if form == "runs" and len(outs) > 1:
        tell(f"{first}..{first + len(outs) - 1} {sum(map(len, outs))} ok")
    elif form == "counts" and len(outs) > 1:
        for i in range(0, len(outs), 500):
            tell(f"{first + i} {','.join(str(len(out)) for out in outs[i : i + 500])} ok")
    else:
        for i, out in enumerate(outs):
            tell(f"{first + i} {len(out)} ok")


def dies(record):
    if kind != "die" or record != sys.argv[2].encode():
        return False
    try:
        os.close(os.open(sys.argv[3], os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


tell("par-stage 1")
number, left = 0, b""
while data := os.read(0, 65536):
    *records, left = (left + data).split(b"\n")
    first, outs = number, []
    for record in records:
        outs.append(result(record))
        number += 1
        if dies(record):
            write(1, b"".join(outs))
            os.kill(os.getpid(), 9)
        if record[:1] in (b"f", b"r") or len(outs) == 700:
            last = outs.pop() if record[:1] in (b"f", b"r") else None
            flush(first, outs)
            if last is not None:
                tell(f"{number - 1} 0 {'fail' if record[:1] == b'f' else 'retry'} so")
            first, outs = number, []
    flush(first, outs)
