#!/usr/bin/env python3
"""Run a command in odd surroundings.

surround.py WAY[,WAY...] COMMAND [ARG...], with WAY one of
no-stdin no-stdout no-stderr  this descriptor is closed
shared-pipes  standard input, output and error are pipes that do not block, of this process,
              too, which writes slowly what it reads, and passes on what it gets
sockets       standard output and error are sockets, as those of a service are
first         it is process 1 of a container, if the system lets us
user          it is of a user namespace, in which it is root, if the system lets us
nobody        the same, in which it has no name
"""
import ctypes
import os
import signal
import socket
import sys
import threading

CLOSED = {"no-stdin": 0, "no-stdout": 1, "no-stderr": 2}
NEW_PIDS, NEW_USER = 0x20000000, 0x10000000
NOT_LET = 77
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


def pass_on(fd, to):
    """Copy all that comes from fd."""
    os.set_blocking(fd, True)
    with os.fdopen(fd, "rb") as come, os.fdopen(to, "wb") as go:
        go.write(come.read())


def run(ins, outs, errors):
    """Run the rest of the words between these ends: ours, and its own."""
    pid = os.fork()
    if pid == 0:
        for number, ends in enumerate([ins, outs, errors]):
            if ends:
                os.dup2(ends[1], number)
        return
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # not every command reads its input
    for ends in ins, outs, errors:
        if ends:
            os.close(ends[1])
    threads = [threading.Thread(target=pass_on, args=(outs[0], 1)),
               threading.Thread(target=pass_on, args=(errors[0], 2))]
    if ins:
        threading.Thread(target=feed, args=(ins[0],)).start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end_as(os.waitpid(pid, 0)[1])


def share():
    """Between pipes that do not block."""
    pipes = [os.pipe() for _ in range(3)]
    for ends in pipes:
        for fd in ends:
            os.set_blocking(fd, False)
    run(pipes[0][::-1], *pipes[1:])


def serve():
    """As a service."""
    pairs = [[end.detach() for end in socket.socketpair()] for _ in range(2)]
    run(None, *pairs)


def be_first():
    """As the first of its own process numbers."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_PIDS) < 0 and libc.unshare(NEW_PIDS | NEW_USER) < 0:
        sys.exit(NOT_LET)
    pid = os.fork()
    if pid:
        end_as(os.waitpid(pid, 0)[1])


def be_user(name):
    """In a user namespace; name: as root there."""
    uid, gid = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_USER) < 0:
        sys.exit(NOT_LET)
    if name:
        for what, text in ("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1"):
            with open(f"/proc/self/{what}", "w", encoding="ascii") as file:
                file.write(text)


ways, words = sys.argv[1].split(","), sys.argv[2:]
for way in ways:
    if way in CLOSED:
        os.close(CLOSED[way])
    else:
        {"shared-pipes": share, "sockets": serve, "first": be_first,
         "user": lambda: be_user(True), "nobody": lambda: be_user(False)}[way]()
os.execvp(words[0], words)
