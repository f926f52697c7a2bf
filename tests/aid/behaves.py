#!/usr/bin/env -S python3 -IS
# SPDX-License-Identifier: ISC
"""A stage of par-stage(7) that behaves well or badly in one way: behaves.py KIND [ARGUMENT].

Its output for a record is 'result RECORD'.  Most KINDs are odd with the record 5, and right
with the others.  One that ends with -once is odd once: for who makes the file met.  A
supervisor that does not ask for lines gets none, and the same output.  What a KIND leaves
behind goes when there is a file over.
"""

import fcntl
import os
import select
import signal
import sys
import termios

kind, argument = (sys.argv[1:] + [""])[:2]
fd, _, pid = os.environ.get("PAR_STAGE", "").partition(":")
native = pid == str(os.getpid())
words = int(fd) if native else os.open("/dev/null", os.O_WRONLY)
number = 0  # of the record at hand


def write(to, data):
    while data:
        data = data[os.write(to, data) :]


def tell(line):
    write(words, line.encode() + b"\n")


def put(out):
    write(1, out)


def done(out, at=None, count=None):
    """A record is done: its output, then its line."""
    put(out)
    tell(f"{number if at is None else at} {len(out) if count is None else count} ok")


def wait(seconds):
    select.select([], [], [], seconds)


def until_over():
    while not os.path.exists("over"):
        wait(0.05)
    os._exit(0)


def child(what):
    """A process that is left behind, and does that."""
    if os.fork() == 0:
        what()
        until_over()


def may_read():
    """Is there input, or its end, now?"""
    return bool(select.select([0], [], [], 0)[0])


def read_record():
    """The next record with its newline, which a last one may lack; nothing at the end.
    No more is read than that."""
    record = b""
    while not record.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            break
        record += byte
    return record


def first_to_come():
    try:
        os.close(os.open("met", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def end_by(verb):
    """dies: by a signal; exits: with a status."""
    if verb == "dies":
        os.kill(os.getpid(), int(argument or signal.SIGKILL))
        wait(1000)
    os._exit(int(argument or 1))


# What a KIND does in place of the usual, by its name.
hello, start, fifth, last, whole = {}, {}, {}, {}, {}


def kinds(table, *names):
    def add(function):
        table.update(dict.fromkeys(names, function))
        return function

    return add


# Lives and deaths.


@kinds(start, "dies-first", "exits-first")
def _():
    end_by(kind.partition("-")[0])


@kinds(start, "exits-greeted", "dies-greeted")
def _():
    tell("par-stage 1")
    end_by(kind.partition("-")[0])


@kinds(fifth, "dies-before", "exits-before")
def _(out):
    end_by(kind.partition("-")[0])


@kinds(fifth, "dies-midst", "exits-midst")
def _(out):
    put(out[:4])
    end_by(kind.partition("-")[0])


@kinds(fifth, "dies-untold", "exits-untold")
def _(out):
    put(out)
    end_by(kind.partition("-")[0])


@kinds(fifth, "dies-telling", "exits-telling")
def _(out):
    put(out)
    write(words, b"%d %d o" % (number, len(out)))
    end_by(kind.partition("-")[0])


@kinds(fifth, "dies-after", "exits-after")
def _(out):
    done(out)
    end_by(kind.partition("-")[0])


@kinds(last, "dies-last", "exits-last")
def _():
    end_by(kind.partition("-")[0])


@kinds(fifth, "forgets")
def _(out):
    """It goes on as if there had been none."""


@kinds(fifth, "hides")
def _(out):
    """Neither does it tell of what it has written."""
    put(out)


@kinds(fifth, "stuck", "stuck-deaf")
def _(out):
    if kind == "stuck-deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    put(out[:4])
    wait(1000)


@kinds(fifth, "polite")
def _(out):
    """SIGTERM ends it well, in the middle of its output."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    put(out[:4])
    wait(1000)


@kinds(last, "endless")
def _():
    wait(1000)


@kinds(last, "leaves")
def _():
    child(until_over)


@kinds(fifth, "leaves-writer")
def _(out):
    """What is left writes after its end, and tells of it."""
    parent = os.getpid()

    def go_on():
        while os.getppid() == parent:
            wait(0.01)
        for _ in range(3):
            wait(0.02)
            put(out)
            tell(f"{number} {len(out)} ok")

    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    child(go_on)
    os._exit(0)


# Descriptors.


@kinds(fifth, "closes-input")
def _(out):
    done(out)
    os.close(0)
    wait(0.1)
    os._exit(0)


@kinds(fifth, "closes-output")
def _(out):
    os.close(1)
    tell(f"{number} 0 ok")
    os.open("/dev/null", os.O_WRONLY)


@kinds(fifth, "closes-lines")
def _(out):
    done(out)
    os.close(words)
    os.open("/dev/null", os.O_WRONLY)


@kinds(fifth, "closes-both")
def _(out):
    done(out)
    os.close(words)
    os.close(1)
    os.open("/dev/null", os.O_WRONLY)
    os.open("/dev/null", os.O_WRONLY)


# The first line.

hello.update(
    {
        "unknown-words": "par-stage 1 shiny window=64 colour=blue jobs=2 =",
        "huge-numbers": "par-stage 1 window=18446744073709551615 jobs=18446744073709551615",
        "long-hello": "par-stage 1 " + "x" * 4083,
        "too-long-hello": "par-stage 1 " + "x" * 4084,
        "other-version": "par-stage 2",
        "no-version": "par-stage",
        "later-version": "par-stage 10",
        "window-zero": "par-stage 1 window=0",
        "window-word": "par-stage 1 window=many",
        "jobs-too-large": "par-stage 1 jobs=18446744073709551616",
        "no-hello": "good morning",
        "line-first": "0 0 ok",
        "plain-first": "par-stage 1 plain",
        "window": "par-stage 1 window=2",
        "jobs": "par-stage 1 jobs=3",
        "ahead": "par-stage 1 ahead",
        "joint": "par-stage 1 joint",
        "block": "par-stage 1 joint block=4",
        "waits": "par-stage 1 joint",
        "hides": "par-stage 1 jobs=8",
        "joined-blindly": "par-stage 1 jobs=3",
        "runs-unasked": "par-stage 1 jobs=3",
        "counts-unasked": "par-stage 1 jobs=3",
        "run-too-long": "par-stage 1 jobs=3",
        "run-fails": "par-stage 1 jobs=3",
        "raw": "par-stage 1 raw",
        "backwards": "par-stage 1 jobs=4",
        "early": "par-stage 1 window=1",
    }
)


@kinds(start, "hellos")
def _():
    for _ in range(20):
        tell("par-stage 1 window=10")


@kinds(start, "hello-flood")
def _():
    while True:
        write(words, b"par-stage 1\n" * 5000)


@kinds(start, "late-hello")
def _():
    wait(0.3)
    tell("par-stage 1")


@kinds(start, "slow-hello")
def _():
    """In pieces."""
    for piece in b"par-", b"stage", b" 1", b"\n":
        write(words, piece)
        wait(0.02)


@kinds(start, "two-in-one")
def _():
    """The first line and a second one of the same, at once."""
    write(words, b"par-stage 1\npar-stage 1 jobs=2\n")


@kinds(start, "unsure-dies")
def _():
    tell("par-stage 1 unsure")
    os._exit(1)


@kinds(start, "unsure")
def _():
    tell("par-stage 1 unsure")
    wait(0.1)
    tell("par-stage 1")


@kinds(start, "unsure-plain")
def _():
    global words
    tell("par-stage 1 unsure")
    tell("par-stage 1 plain")
    words = os.open("/dev/null", os.O_WRONLY)


@kinds(start, "banner")
def _():
    tell("par-stage 1")
    put(b"welcome\n")


@kinds(fifth, "hello-again")
def _(out):
    tell("par-stage 1 window=3 jobs=2")
    done(out)


@kinds(fifth, "unsure-again")
def _(out):
    tell("par-stage 1 unsure")
    done(out)


@kinds(fifth, "plain-again")
def _(out):
    tell("par-stage 1 plain")
    done(out)


@kinds(fifth, "other-version-later")
def _(out):
    tell("par-stage 2")
    done(out)


# What is told of a record.


@kinds(fifth, "none")
def _(out):
    tell(f"{number} 0 ok")


@kinds(fifth, "many")
def _(out):
    done(out + out[:-1] + b" again\n" + b"\n")


@kinds(fifth, "says-more")
def _(out):
    """A reason for what is done."""
    put(out)
    tell(f"{number} {len(out)} ok so it is")


@kinds(fifth, "nul")
def _(out):
    done(b"\0" + out)


@kinds(fifth, "long-output")
def _(out):
    done(out + b"x" * 300000 + b"\n")


@kinds(fifth, "fails")
def _(out):
    put(out)
    tell(f"{number} {len(out)} fail no good")


@kinds(fifth, "fails-mute")
def _(out):
    tell(f"{number} 0 fail")


@kinds(fifth, "fails-odd")
def _(out):
    write(words, b"%d 0 fail a\tb\033\0c\377\n" % number)


@kinds(fifth, "fails-long")
def _(out):
    """A line of 4096 bytes."""
    text = f"{number} 0 fail "
    tell(text + "y" * (4095 - len(text)))


@kinds(fifth, "too-long")
def _(out):
    text = f"{number} 0 fail "
    tell(text + "y" * (4096 - len(text)))


@kinds(fifth, "retries")
def _(out):
    put(out[:4])
    tell(f"{number} 4 retry not now")


@kinds(fifth, "retries-mute")
def _(out):
    tell(f"{number} 0 retry")


@kinds(fifth, "no-newline")
def _(out):
    done(out[:-1])


@kinds(fifth, "counts-less")
def _(out):
    done(out, count=len(out) - 1)


@kinds(fifth, "counts-more")
def _(out):
    done(out, count=len(out) + 1)


@kinds(fifth, "counts-huge")
def _(out):
    done(out, count=1 << 47)


@kinds(fifth, "counts-before")
def _(out):
    """The line, and only then the output."""
    tell(f"{number} {len(out)} ok")
    wait(0.1)
    put(out)


@kinds(fifth, "prints")
def _(out):
    put(b"debug\n")
    done(out)


@kinds(last, "trails")
def _():
    put(b"bye\n")


@kinds(last, "trails-half")
def _():
    put(b"bye")


BAD_LINES = {
    "unknown-status": "{n} 0 done",
    "no-status": "{n} 0",
    "no-bytes": "{n} ok",
    "negative": "{n} -1 ok",
    "no-number": "five 0 ok",
    "too-large": "{n} 281474976710657 ok",
    "two-spaces": "{n}  0 ok",
    "nul-line": "{n} 0 ok\0",
    "return": "{n} 0 ok\r",
    "empty-line": "",
    "chatter": "hello, world",
    "range-turned": "{n}-{before} 0 ok",
}


@kinds(fifth, *BAD_LINES)
def _(out):
    tell(BAD_LINES[kind].format(n=number, before=number - 1))


LIES = {
    "tells-later": "{later} 0 ok",
    "tells-again": "{before} 0 ok",
    "tells-never": "18446744073709551615 0 ok",
    "range-later": "{n}-{later} 0 ok",
    "range-wraps": "{n}-9223372036854775808 0 ok",
    "range-again": "{low}-{high} 0 ok",
}


@kinds(fifth, *LIES)
def _(out):
    later = number + 1000000
    before = number - 1 if number else later
    low, high = sorted((before, number))
    tell(LIES[kind].format(n=number, later=later, before=before, low=low, high=high))


@kinds(fifth, "early")
def _(out):
    """It tells of the next one, which it has not been given."""
    done(out, at=number + 1)


# Several at a time.


def records():
    """Each record with its number, as long as they come."""
    global number
    while record := read_record():
        yield number, b"result " + record
        number += 1


def some(least, most):
    """So many of them at the least, but at the end, and those that are there."""
    group = []
    for each in records():
        group.append(each)
        if len(group) >= most or (len(group) >= least and not may_read()):
            yield group
            group = []
    if group:
        yield group


def at_once(group):
    put(b"".join(out for _, out in group))
    write(words, b"".join(b"%d %d ok\n" % (n, len(out)) for n, out in group))


def together(group):
    out = b"".join(out for _, out in group)
    put(out)
    tell(f"{group[0][0]}-{group[-1][0]} {len(out)} ok")


@kinds(whole, "batched")
def _():
    for group in some(1, 8):
        at_once(group)


@kinds(whole, "backwards")
def _():
    for group in some(1, 4):
        at_once(group[::-1])


@kinds(whole, "window")
def _():
    """Never more than two are there; it waits, to see that."""
    for n, out in records():
        wait(0.05)
        waiting = fcntl.ioctl(0, termios.FIONREAD, b"\0" * 4)
        if int.from_bytes(waiting, sys.byteorder) > 2:  # a record has two bytes
            tell(f"{n} 0 fail more than two at a time")
        else:
            done(out)


@kinds(whole, "jobs")
def _():
    """The first three are done at the same time: it waits until they are there."""
    group = []
    for n, out in records():
        group.append((n, out))
        if n >= 2:
            at_once(group)
            group = []
    at_once(group)


@kinds(whole, "ahead")
def _():
    """It answers at the end."""
    at_once(list(records()))


@kinds(whole, "joint", "joined", "joined-blindly")
def _():
    """Only the first of them has said so."""
    for group in some(3 if kind == "joined-blindly" else 1, 3):
        together(group)


@kinds(whole, "block")
def _():
    """It gets fours; it waits, to see that."""
    for group in some(1, 4):
        together(group)


@kinds(whole, "waits")
def _():
    """As a supervisor that makes blocks of four: with fewer it waits, and says so."""
    group = []
    while True:
        if group and len(group) < 4 and not may_read():
            tell("par-stage 1 joint waits")
        record = read_record()
        if record:
            group.append((len(group), b"result " + record))
        if len(group) == 4 or (group and not record):
            global number
            group = [(number + n, out) for n, out in group]
            number += len(group)
            together(group)
            group = []
        if not record:
            break


def raw(out):
    put(out)
    tell(f"{number} {len(out)} ok")


@kinds(whole, "raw")
def _():
    for _, out in records():
        raw(out.replace(b"\n", b"|"))


# Runs, of a stage that is asked for them, or not.


def run_of(group, form):
    counts = [len(out) for _, out in group]
    put(b"".join(out for _, out in group))
    if form == "counts" and len(group) > 1:
        tell(f"{group[0][0]} {','.join(map(str, counts))} ok")
    elif form == "runs" and len(group) > 1:
        tell(f"{group[0][0]}..{group[-1][0]} {sum(counts)} ok")
    else:
        write(words, b"".join(b"%d %d ok\n" % (n, len(out)) for n, out in group))


@kinds(whole, "runs", "runs-unasked", "counts-unasked")
def _():
    takes, _, asked = os.environ.get("PAR_STAGE_TAKES", "").partition(":")
    form = asked.split(",")[0] if takes == str(os.getpid()) and native else ""
    if kind != "runs":
        form = kind.partition("-")[0]
    for group in some(1 if kind == "runs" else 3, 3):
        run_of(group, form)


@kinds(whole, "run-too-long")
def _():
    for group in some(3, 3):
        tell(f"{group[0][0]}..{group[-1][0] + 1000000} 0 ok")


@kinds(whole, "run-fails")
def _():
    for group in some(3, 3):
        tell(f"{group[0][0]}..{group[-1][0]} 0 fail")


def act():
    global kind
    once = kind.endswith("-once")
    kind = kind.removesuffix("-once")
    if once and kind not in fifth and not first_to_come():
        kind = "right"
    if kind in start:
        start[kind]()
    else:
        tell(hello.get(kind, "par-stage 1"))
    if kind in whole:
        whole[kind]()
        return
    for _, out in records():
        odd = kind in fifth and out == b"result 5\n" and (not once or first_to_come())
        (fifth[kind] if odd else done)(out)
    if kind in last:
        last[kind]()


act()
