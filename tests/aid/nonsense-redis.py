#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Answers nonsense, as a Redis server should not.

nonsense-redis.py FOLDER: a socket FOLDER/KIND for each kind of nonsense; "ready" on
standard output, then until it is killed.  What a client says first is answered as it
should be (not on the sockets early-KIND), all that follows by nonsense.
"""
import hashlib
import os
import socketserver
import sys
import threading

LONG = b"$%d\r\n%s\r\n" % (100000, b"x" * 100000)
DEEP = b"*1\r\n" * 100000 + b":1\r\n"
KINDS = {
    "nil": b"$-1\r\n",
    "no-array": b"*-1\r\n",
    "integer": b":7\r\n",
    "negative": b":-9223372036854775808\r\n",
    "status": b"+OK\r\n",
    "string": b"$3\r\nabc\r\n",
    "empty-string": b"$0\r\n\r\n",
    "zeros": b"$4\r\n\0\0\0\0\r\n",
    "error": b"-ERR it is broken\r\n",
    "empty": b"*0\r\n",
    "nils": b"*7\r\n" + 7 * b"$-1\r\n",
    "integers": b"*7\r\n" + 7 * b":-1\r\n",
    "strings": b"*7\r\n" + 7 * b"$1\r\n9\r\n",
    "longs": b"*7\r\n" + 7 * LONG,
    "one": b"*1\r\n$2\r\nok\r\n",
    "nested": b"*1\r\n*1\r\n*2\r\n$3\r\n1-1\r\n*0\r\n",
    "odd-fields": b"*1\r\n*2\r\n$3\r\n1-1\r\n*1\r\n$1\r\na\r\n",
    "no-fields": b"*1\r\n*2\r\n$3\r\n1-1\r\n*-1\r\n",
    "deep": DEEP,
    "page": b"*2\r\n$1\r\n5\r\n*1\r\n$3\r\nkey\r\n",
    "results": b"*5\r\n+ok\r\n:1\r\n:0\r\n$3\r\n1-1\r\n$3\r\nabc\r\n",
    "chunk": b"*7\r\n" + 6 * b"$1\r\n1\r\n" + b":0\r\n",
    "huge": b"$9999999999999999999\r\n",
    "many": b"*2147483647\r\n",
    "garbage": b"\0\xff\r\n\r\n",
    "half": b"*3\r\n$5\r\nab",
    "nothing": b"",
}
BEGIN = {
    b"AUTH": b"+OK\r\n",
    b"SELECT": b"+OK\r\n",
    b"INFO": b"$32\r\nmaxmemory_policy:noeviction\r\n:1\n\r\n",
}
ENDS = ("garbage", "half", "nothing", "huge", "many")


class Client(socketserver.StreamRequestHandler):
    def command(self):
        count = int(self.rfile.readline()[1:] or 0)
        return [self.rfile.read(int(self.rfile.readline()[1:]) + 2)[:-2] for _ in range(count)]

    def handle(self):
        early, kind = self.server.early, self.server.kind
        while words := self.command():
            if not early and words[0] == b"SCRIPT":
                sha = hashlib.sha1(words[2]).hexdigest().encode()
                self.wfile.write(b"$40\r\n" + sha + b"\r\n")
            elif not early and words[0] in BEGIN:
                self.wfile.write(BEGIN[words[0]])
            else:
                self.wfile.write(KINDS[kind])
                if kind in ENDS:
                    return


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # the client has left


for kind in KINDS:
    for early in ("", "early-"):
        server = Server(os.path.join(sys.argv[1], early + kind), Client)
        server.kind, server.early = kind, early
        threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
