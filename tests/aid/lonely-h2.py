#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A server of HTTP/2 that cannot bear two requests at the same time on a connection.

lonely-h2.py CERT: serve on a free port of 127.0.0.1, which is printed.  A connection on
which another request comes before the first is answered is closed; others get "one".
"""

import asyncio
import ssl
import sys

DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, ACK, END_HEADERS = 1, 1, 4
STATUS_200 = b"\x88"  # of the static table of HPACK


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


class Connection:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.asked = False

    def answer(self, stream):
        self.asked = False
        self.writer.write(frame(HEADERS, END_HEADERS, stream, STATUS_200) + frame(DATA, END_STREAM, stream, b"one"))

    async def serve(self):
        await self.reader.readexactly(24)
        self.writer.write(frame(SETTINGS, 0, 0))
        while True:
            head = await self.reader.readexactly(9)
            await self.reader.readexactly(int.from_bytes(head[:3], "big"))
            if head[3] == SETTINGS and not head[4] & ACK:
                self.writer.write(frame(SETTINGS, ACK, 0))
            if head[3] == HEADERS and self.asked:
                return
            if head[3] == HEADERS:
                self.asked = True
                asyncio.get_running_loop().call_later(0.1, self.answer, int.from_bytes(head[5:], "big"))


async def serve(reader, writer):
    try:
        await Connection(reader, writer).serve()
    except (OSError, asyncio.IncompleteReadError):
        pass
    writer.transport.abort()


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    context.set_alpn_protocols(["h2"])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
