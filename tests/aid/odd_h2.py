#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Odd answers by HTTP/2, and the right record of each.

odd_h2.py PORT-FILE CERT: serve on a free port of 127.0.0.1, whose number goes to
PORT-FILE.  The row NAME is the host NAME.test, as the TLS handshake has it, since to read
the header of a request would take a library; the first request there is answered by the
first of the row's tries, and so on.  odd_h2.py PORT: print the record that par-fetch
--retries 2 is to make of each row; odd_h2.py: print the names.
"""

import asyncio
import ssl
import struct
import sys

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, CONTINUATION = 0, 1, 3, 4, 6, 7, 9
END_STREAM, ACK, END_HEADERS = 1, 1, 4
NO_ERROR, INTERNAL, REFUSED, CANCEL, HTTP_1_1 = 0, 2, 7, 8, 13
FRAME = 16384  # bytes of one, at most
ROWS = {}


def number(value, bits):
    """An integer of HPACK, behind a prefix of zeros."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([value])
    out, value = bytes([most]), value - most
    while value >= 128:
        out, value = out + bytes([value % 128 + 128]), value // 128
    return out + bytes([value])


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def fields(*lines):
    """Header lines NAME VALUE, as literals of HPACK."""
    block = b""
    for name, value in lines:
        block += b"\0" + number(len(name), 7) + name + number(len(value), 7) + value
    return block


class Stream:
    """Where one answer goes; its methods are what may come in it."""

    def __init__(self, number, writer):
        self.number, self.writer = number, writer

    def head(self, *lines, end=False):
        block = fields(*lines)
        parts = [block[at:at + FRAME] for at in range(0, len(block), FRAME)]
        for index, part in enumerate(parts):
            flags = END_HEADERS * (index == len(parts) - 1) | END_STREAM * (end and index == 0)
            self.writer.write(frame(CONTINUATION if index else HEADERS, flags, self.number, part))

    def data(self, body, end=True):
        self.writer.write(frame(DATA, END_STREAM * end, self.number, body))

    def reset(self, code):
        self.writer.write(frame(RST_STREAM, 0, self.number, struct.pack(">I", code)))

    def goaway(self, last):
        self.writer.write(frame(GOAWAY, 0, 0, struct.pack(">II", max(last, 0), NO_ERROR)))

    async def seen(self):
        """What was written is read as something of its own, most often."""
        await self.writer.drain()
        await asyncio.sleep(0.05)


def row(name, body, error="", status=200, kind="text/plain"):
    """The coroutine answers each of as many requests as its list TRIES has, by an item."""
    def enter(function):
        ROWS[name] = (function, function.tries, (status, kind, error, body))
        return function
    return enter


def tries(*items):
    def enter(function):
        function.tries = items
        return function
    return enter


def simple(name, *lines, body=b"one", want=None, error="", kind="text/plain", status=200, head=b"200"):
    async def answer(stream, _):
        stream.head((b":status", head), (b"content-type", b"text/plain"), *lines)
        stream.data(body)
    row(name, body if want is None else want, error, status, kind)(tries(None)(answer))


RESET = "HTTP/2 stream was reset: "
BAD = RESET + "PROTOCOL_ERROR"
NONE = {"want": b"", "status": 0, "kind": ""}
PLAIN = [(b":status", b"200"), (b"content-type", b"text/plain")]


def resets(name, *codes, body=b"", error="", status=200, kind="text/plain", sent=b""):
    """Streams that are reset, by a code each, or None: answered."""
    async def answer(stream, code):
        if sent or code is None:
            stream.head(*PLAIN)
            stream.data(sent or b"one", end=code is None)
            await stream.seen()
        if code is not None:
            stream.reset(code)
    row(name, body or sent, error, status, kind)(tries(*codes)(answer))


simple("plain")
resets("refused", REFUSED, REFUSED, None, body=b"one")
resets("internal", INTERNAL, INTERNAL, None, body=b"one")

resets("cancel", CANCEL, CANCEL, CANCEL, status=0, kind="", error=RESET + "CANCEL")
resets("http11", HTTP_1_1, body=b"one")
resets("reset-within", INTERNAL, INTERNAL, INTERNAL, sent=b"part", error=RESET + "INTERNAL_ERROR")
resets("end-within", NO_ERROR, NO_ERROR, NO_ERROR, sent=b"part", error="HTTP/2 stream ends too early")
simple("length-too-small", (b"content-length", b"2"), want=b"", error=BAD)
simple("length-too-large", (b"content-length", b"30"), want=b"", error=BAD)
simple("large-header", *[(b"x-%d" % i, b"a" * 8000) for i in range(6)])
simple("huge-header", *[(b"x-%d" % i, b"a" * 15000) for i in range(40)], **NONE, error="HTTP/2 connection failed")
simple("capitals", (b"X-Capitals", b"a"), **NONE, error=BAD)
simple("transfer-encoding", (b"transfer-encoding", b"chunked"), **NONE, error=BAD)
simple("connection", (b"connection", b"keep-alive"), **NONE, error=BAD)
simple("newline", (b"x-a", b"a\r\nContent-Type: b/c"), **NONE, error=BAD)
simple("status-0", head=b"0", **NONE, error=BAD)
simple("status-letter", head=b"2x0", **NONE, error=BAD)


@row("goaway", b"one")
@tries(True, False)
async def goaway(stream, first):
    """The server does not want it on this connection."""
    if first:
        stream.goaway(stream.number - 2)
        await stream.seen()
        return "close"
    stream.head(*PLAIN)
    stream.data(b"one")


@row("goaway-behind", b"one")
@tries(None)
async def goaway_behind(stream, _):
    stream.head(*PLAIN)
    stream.data(b"one")
    stream.goaway(stream.number)
    await stream.seen()
    return "close"


@row("close", b"", "connection ended before the end of the answer", 0, "")
@tries(1, 2, 3)
async def close(*_):
    return "close"


@row("close-within", b"part", "connection ended before the end of the answer")
@tries(1, 2, 3)
async def close_within(stream, _):
    stream.head(*PLAIN)
    stream.data(b"part", end=False)
    return "close"


@row("trailer", b"one")
@tries(None)
async def trailer(stream, _):
    stream.head(*PLAIN)
    stream.data(b"one", end=False)
    stream.head((b"x-sum", b"1"), (b"content-type", b"a/b"), end=True)


@row("hint", b"one")
@tries(None)
async def hint(stream, _):
    stream.head((b":status", b"103"), (b"link", b"</a>; rel=preload"), (b"content-type", b"a/b"))
    stream.head(*PLAIN)
    stream.data(b"one")


@row("empty", b"", kind="")
@tries(None)
async def empty(stream, _):
    stream.head((b":status", b"200"), end=True)


@row("no-status", b"", BAD, 0, "")
@tries(None)
async def no_status(stream, _):
    stream.head((b"content-type", b"text/html"), end=True)


def main():
    if len(sys.argv) == 3:
        asyncio.run(serve_all())
    for name, (_, _, (status, kind, error, body)) in ROWS.items():
        if len(sys.argv) > 1:
            url = f"https://{name}.test:{sys.argv[1]}/"
            print(url, f"{status:03}", kind, url, error, body.decode(), sep="\t")
        else:
            print(name)


async def serve_all():
    asked = {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2])
    context.set_alpn_protocols(["h2"])
    context.sni_callback = lambda tls, host, _: setattr(tls, "host", host)

    async def serve(reader, writer):
        name = writer.get_extra_info("ssl_object").host.partition(".")[0]
        try:
            await converse(reader, writer, asked.setdefault(name, iter(ROWS[name][1])), ROWS[name][0])
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    with open(sys.argv[1], "w") as file:
        print(server.sockets[0].getsockname()[1], file=file)
    async with server:
        await server.serve_forever()


async def converse(reader, writer, hows, answer):
    start = await reader.readexactly(24)
    if not start.startswith(b"PRI"):  # it was told to use HTTP/1.1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\none")
        return
    writer.write(frame(SETTINGS, 0, 0))
    while True:
        start = await reader.readexactly(9)
        kind, flags, stream = struct.unpack(">BBI", start[3:])
        payload = await reader.readexactly(int.from_bytes(start[:3], "big"))
        if kind == SETTINGS and not flags & ACK:
            writer.write(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            writer.write(frame(PING, ACK, 0, payload))
        elif kind == HEADERS and await answer(Stream(stream, writer), next(hows, None)) == "close":
            return


if __name__ == "__main__":
    main()
