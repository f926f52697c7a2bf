#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What stage.c beside it does, by par_stage.py: by a loop, and by a function."""
import os
import signal
import sys

import par_stage


def first_to_come(name):
    try:
        os.close(os.open(name, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def mixed(record):
    if record.data != b"3":
        record.put(b"result " + record.data)
    if record.data == b"2":
        record.put("", par_stage.escape(b"a\tb\0c\\"))
    if record.data == b"4":
        record.put("x" * 300000)


def fails(record):
    if record.data == b"6":
        record.retry("not now")
        return
    record.put("result " + record.text)
    if record.data == b"5":
        record.fail("no good")


@par_stage.stage
def once(record):
    if record == b"5" and first_to_come("met5"):
        raise par_stage.Retry("not now")
    if record == b"6" and first_to_come("met6"):
        os.write(1, b"resu")
        os.kill(os.getpid(), signal.SIGKILL)
    yield b"result " + record


if sys.argv[1] == "once":
    once.main()
stage = par_stage.Stage()
for each in stage:
    {"mixed": mixed, "fails": fails}[sys.argv[1]](each)
sys.exit(stage.finish())
