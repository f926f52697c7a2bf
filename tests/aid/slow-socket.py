#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""slow-socket.py KIND FULL READ OUT COMMAND [WORD...]: run COMMAND with a socket as
standard output.  KIND: unix or tcp.  The file FULL is made when the socket takes no more;
nobody reads it until there is a file READ, and then all of it goes to the file OUT.
"""
import os
import select
import socket
import sys


def pair(kind):
    """Two ends, connected."""
    if kind == "unix":
        return socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        return ours, server.accept()[0]


def hold(ours, full, read, parent):
    """True once it is to be read; False when parent has ended before."""
    room = select.poll()
    room.register(ours, select.POLLOUT)
    while os.getppid() == parent and not os.path.exists(read):
        if not room.poll(0):
            open(full, "w", encoding="ascii").close()
        select.select([], [], [], 0.02)
    ours.close()
    return os.path.exists(read)


def main():
    kind, full, read, out, *command = sys.argv[1:]
    ours, theirs = pair(kind)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
    parent = os.getpid()
    if os.fork() == 0:
        for fd in 0, 1, 2:
            os.dup2(os.open(os.devnull, os.O_RDWR), fd)
        if hold(ours, full, read, parent):
            with open(out, "wb") as to:
                while data := theirs.recv(65536):
                    to.write(data)
        os._exit(0)
    os.dup2(ours.fileno(), 1)
    ours.close()
    theirs.close()
    os.execvp(command[0], command)


main()
