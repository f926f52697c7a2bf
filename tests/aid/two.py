#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""An HTTP/2 server whose answers end as they should, or not.

two.py PORT-FILE CERT HOW...: serve on a free port of 127.0.0.1, whose number goes to
PORT-FILE.  The first request, in order of their arrival, ends as the first HOW says, and
so on; see ENDS.  It reads no header of a request: that takes a library.
"""

import asyncio
import gzip
import ssl
import struct
import sys

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, ACK, END_HEADERS = 1, 1, 4
NO_ERROR, INTERNAL_ERROR = 0, 2
TEXT = b"all of it, and the end\n"
hows = iter(sys.argv[3:])


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def header(stream, *fields):
    """:status 200 and others, as literals of HPACK."""
    block = b"\x88"
    for name, value in fields:
        block += b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value
    return frame(HEADERS, END_HEADERS, stream, block)


def reset(stream, code):
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


async def answer(how, stream, writer):
    """HOW is WORD-END: what the header says, and how the stream ends."""
    word, end = how.split("-")
    body, fields = TEXT, [(b"content-type", b"text/plain")]
    if word == "gzip":
        body = gzip.compress(TEXT)
        fields.append((b"content-encoding", b"gzip"))
    if word == "length":
        fields.append((b"content-length", b"%d" % len(TEXT)))
    writer.write(header(stream, *fields))
    if end == "whole":
        writer.write(frame(DATA, 0, stream, body[:9]) + frame(DATA, END_STREAM, stream, body[9:]))
    elif end == "mark":  # the end comes alone
        writer.write(frame(DATA, 0, stream, body))
        await asyncio.sleep(0.02)
        writer.write(frame(DATA, END_STREAM, stream))
    elif end == "after":  # a reset behind the end does no harm
        writer.write(frame(DATA, END_STREAM, stream, body) + reset(stream, NO_ERROR))
    elif end == "fast":
        writer.write(frame(DATA, 0, stream, body[:9]) + reset(stream, NO_ERROR))
    else:
        writer.write(frame(DATA, 0, stream, body[:9]))
        await asyncio.sleep(0.02)
        if end == "reset":
            writer.write(reset(stream, NO_ERROR))
        elif end == "error":
            writer.write(reset(stream, INTERNAL_ERROR))
        elif end == "goaway":
            writer.write(frame(GOAWAY, 0, 0, struct.pack(">II", stream, NO_ERROR)))
            writer.close()
        elif end == "close":
            writer.close()


async def serve(reader, writer):
    try:
        await reader.readexactly(24)  # the preface
        writer.write(frame(SETTINGS, 0, 0))
        while True:
            start = await reader.readexactly(9)
            length = int.from_bytes(start[:3], "big")
            kind, flags, stream = struct.unpack(">BBI", start[3:])
            payload = await reader.readexactly(length)
            if kind == SETTINGS and not flags & ACK:
                writer.write(frame(SETTINGS, ACK, 0))
            elif kind == PING and not flags & ACK:
                writer.write(frame(PING, ACK, 0, payload))
            elif kind == HEADERS:
                await answer(next(hows), stream, writer)
    except (asyncio.IncompleteReadError, OSError, StopIteration):
        pass
    finally:
        writer.close()


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2])
    context.set_alpn_protocols(["h2"])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    with open(sys.argv[1], "w") as file:
        print(server.sockets[0].getsockname()[1], file=file)
    async with server:
        await server.serve_forever()


asyncio.run(main())
