#!/usr/bin/env python3
"""Run a command in odd surroundings.

surround.py WAY COMMAND [ARG...], with WAY one of
no-stdin no-stdout no-stderr none  these descriptors are closed
shared-pipes  standard input and output are pipes that do not block, of this process, too,
              which writes slowly what it reads, and passes on what it gets
first         it is process 1 of a container, if the system lets us
"""
import ctypes
import os
import signal
import sys
import threading

CLOSED = {"no-stdin": [0], "no-stdout": [1], "no-stderr": [2], "none": [0, 1, 2]}
NEW_PIDS, NEW_USER = 0x20000000, 0x10000000
signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # this interpreter ignores it


def end_as(status):
    """End as a child did."""
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))


def feed(fd):
    """Write standard input to fd, which takes as much as it likes."""
    data = sys.stdin.buffer.read()
    os.set_blocking(fd, False)
    while data:
        try:
            data = data[os.write(fd, data[:4096]):]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            break
    os.close(fd)


def share(words):
    """Run it between two pipes that do not block."""
    ins, outs = os.pipe(), os.pipe()
    for fd in ins + outs:
        os.set_blocking(fd, False)
    pid = os.fork()
    if pid == 0:
        os.dup2(ins[0], 0)
        os.dup2(outs[1], 1)
        os.execvp(words[0], words)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # not every command reads its input
    os.close(ins[0])
    os.close(outs[1])
    os.set_blocking(outs[0], True)
    os.set_blocking(ins[1], False)
    threading.Thread(target=feed, args=(ins[1],)).start()
    with os.fdopen(outs[0], "rb") as out:
        sys.stdout.buffer.write(out.read())
    sys.stdout.flush()
    end_as(os.waitpid(pid, 0)[1])


def be_first(words):
    """Run it as the first of its own process numbers."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_PIDS) < 0 and libc.unshare(NEW_PIDS | NEW_USER) < 0:
        sys.exit(77)
    pid = os.fork()
    if pid == 0:
        os.execvp(words[0], words)
    end_as(os.waitpid(pid, 0)[1])


way, words = sys.argv[1], sys.argv[2:]
if way == "shared-pipes":
    share(words)
elif way == "first":
    be_first(words)
else:
    for number in CLOSED[way]:
        os.close(number)
    os.execvp(words[0], words)
