#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A web server that misbehaves, for the tests of par-fetch.

hostile-server.py LOG [CERT]: serve on a free port of 127.0.0.1, with TLS if CERT
(key and certificate) is given, by version 1.2 if $OLD_TLS is set.  Prints the port once it listens.  Writes a line to
LOG for each connection ("open"; "resumed" if its TLS session was) and each request ("get METHOD TARGET SECONDS").
The first part of a request's path says what to do; see the functions below.
"""

import asyncio
import gzip
import os
import random
import signal
import socket
import ssl
import struct
import sys
import time
from urllib.parse import parse_qs, unquote, urlsplit

import odd_answers

PATHS = {}
tries = {}


def path(function):
    """Serve /NAME/... by the coroutine of that name."""
    PATHS[function.__name__.replace("_", "-")] = function
    return function


class Request:
    def __init__(self, method, target, headers, body, reader, writer):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.reader, self.writer = reader, writer
        self.number = 0
        parts = urlsplit(target)
        self.words = [unquote(word) for word in parts.path.split("/")[2:]]
        self.query_given = parts.query != ""
        self.query = {key: values[0] for key, values in parse_qs(parts.query).items()}

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body=b"hello\n", status="200 OK", headers=()):
        head = [f"HTTP/1.1 {status}"]
        if not any(line.lower().startswith("content-type:") for line in headers):
            head.append("Content-Type: text/plain")
        head += list(headers) + [f"Content-Length: {len(body)}", "", ""]
        body = b"" if self.method == "HEAD" else body
        await self.send("\r\n".join(head).encode("latin-1") + body)

    def reset(self):
        """End the connection with a TCP reset."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


# Behaving well.

@path
async def ok(request):
    await request.answer()


@path
async def own(request):
    """/own/HOW/...: the path itself, by HTTP of various versions, kept or closed"""
    how, body = request.words[0], urlsplit(request.target).path.encode()
    length = f"Content-Length: {len(body)}\r\n"
    line, close = "HTTP/1.1 200 OK\r\n", how in ("close", "old", "lie-close")
    await asyncio.sleep(random.uniform(0, 0.01))
    if how == "chunked":
        length, body = "Transfer-Encoding: chunked\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    elif how == "close":
        length = "Connection: close\r\n"
    elif how == "old":
        line, length = "HTTP/1.0 200 OK\r\n", ""
    elif how == "old-kept":
        line, length = "HTTP/1.0 200 OK\r\n", length + "Connection: keep-alive\r\n"
    elif how in ("lie", "lie-close"):
        line = "HTTP/2 200 OK\r\n"
    await request.send((line + length + "\r\n").encode() + body)
    if close:
        request.writer.close()


@path
async def echo(request):
    """The request itself."""
    lines = [f"{request.method} {request.target}"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    await request.answer("\n".join(lines).encode("latin-1") + b"\n\n" + request.body)


@path
async def digest(request):
    """What was sent, to who says who he is."""
    if "Authorization" in dict(request.headers):
        await request.answer(request.body)
    else:
        await request.answer(b"who?", "401 Who", ["Content-Type: text/x-question",
                                                  'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"'])


@path
async def etag(request):
    """/etag/TAG: TAG, unless that is there already"""
    tag = f'"{request.words[0]}"'
    if dict(request.headers).get("If-None-Match") == tag:
        await request.answer(b"", "304 Not Modified")
    else:
        await request.answer(tag.encode(), headers=[f"ETag: {tag}"])


@path
async def parts(request):
    """/parts/TIMES/TAG: reset in the middle of 1000 bytes, so many times; and what follows,
    if it is asked for with the TAG of the first answer: none, "a", W/"a"; or "b", which
    is another then, lie, which sends other bytes, or no, for which there is no rest"""
    count = tries[request.target] = tries.get(request.target, 0) + 1
    times, tag = int(request.words[0]), request.words[1]
    text = b"".join(b"%09d\n" % i for i in range(100))
    etag = {"a": '"a"', "w": 'W/"a"', "b": f'"b{min(count, 2)}"'}.get(tag, '"c"')
    headers = dict(request.headers)
    begin, status, more = 0, "200 OK", []
    if "Range" in headers and headers.get("If-Range") == etag:
        begin, status = int(headers["Range"].split("=")[1].rstrip("-")), "206 Part"
        more = [f"Content-Range: bytes {begin + (tag == 'lie')}-999/1000"]
        if tag == "no":
            await request.answer(b"no", "416 No")
            return
    head = [f"HTTP/1.1 {status}", *more, f"Content-Length: {1000 - begin}"]
    head += [f"ETag: {etag}"] if tag != "none" else []
    head += [f"X-Begin: {begin}", "", ""]
    rest = text[begin:begin + 300] if count <= times else text[begin:]
    await request.send("\r\n".join(head).encode() + rest)
    if count <= times:
        await asyncio.sleep(0.05)
        request.reset()


@path
async def slow(request):
    """/slow/SECONDS"""
    await asyncio.sleep(float(request.words[0]))
    await request.answer()


@path
async def size(request):
    """/size/BYTES"""
    await request.answer(b"x" * int(request.words[0]))


@path
async def gzipped(request):
    await request.answer(gzip.compress(b"was compressed\n"),
                         headers=["Content-Encoding: gzip"])


@path
async def status(request):
    """/status/CODE[/HEADER: VALUE]..."""
    await request.answer(status=f"{request.words[0]} Whatever", headers=request.words[1:])


@path
async def busy(request):
    """/busy/TIMES/CODE/HEADER: VALUE: say CODE so many times, then answer"""
    count = tries[request.target] = tries.get(request.target, 0) + 1
    if count <= int(request.words[0]):
        await request.answer(b"busy\n", f"{request.words[1]} Busy", request.words[2:])
    else:
        await request.answer(f"{count}\n".encode())


@path
async def to(request):
    """/to/CODE?url=URL: redirect"""
    await request.answer(b"elsewhere\n", f"{request.words[0]} Elsewhere",
                         [f"Location: {request.query['url']}"])


@path
async def welcome(request):
    """Lead here again, until a cookie is sent back."""
    if "seen=1" in dict(request.headers).get("Cookie", ""):
        await request.answer(b"welcome\n")
    else:
        await request.answer(b"", "302 Found", ["Set-Cookie: seen=1; Path=/", f"Location: {request.target}"])


@path
async def expect(request):
    """/expect/HOW: who waits for leave to send is told to go on (late), or not (never, 417)"""
    if request.words[0] == "417" and "Expect" in dict(request.headers):
        await request.answer(b"no", "417 No")
        request.writer.close()
    else:
        await request.answer(b"%d" % len(request.body))


@path
async def chain(request):
    """/chain/N: N redirects, then an answer"""
    left = int(request.words[0])
    if left == 0:
        await request.answer()
    else:
        await request.answer(b"", "302 Found", [f"Location: ../chain/{left - 1}"])


async def robots(request):
    """/robots.txt: the file HOST in the folder $ROBOTS; !CODE in it is a status."""
    host = dict(request.headers)["Host"].split(":")[0]
    try:
        with open(os.path.join(os.environ["ROBOTS"], host), "rb") as file:
            text = file.read()
    except (KeyError, OSError):
        await request.answer(b"", "404 Not Found")
        return
    if text == b"endless":
        await request.send(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /no\n")
        while True:
            await request.send(b"Allow: /\n" * 1000)
    if text.startswith(b"!30"):
        await request.answer(b"", text[1:4].decode(), [f"Location: {text[4:].decode().strip()}"])
    elif text.startswith(b"!"):
        await request.answer(b"", text[1:].decode().strip() + " Because")
    else:
        await request.answer(text)


PATHS["robots.txt"] = robots


# Behaving badly.

@path
async def silent(request):
    """Never a word."""
    await asyncio.sleep(3600)


@path
async def loris(request):
    """A byte of header now and then, for ever."""
    await request.send(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        await request.send(b"x")
        await asyncio.sleep(0.02)


@path
async def drip(request):
    """A byte of body now and then, for ever."""
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        await request.send(b"x")
        await asyncio.sleep(0.02)


async def endlessly(request, begin, more):
    await request.send(begin)
    while True:
        await request.send(more)


@path
async def endless_headers(request):
    await endlessly(request, b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 1000)


@path
async def long_header(request):
    """One header line of a gigabyte."""
    await request.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(1024):
        await request.send(b"x" * (1 << 20))
    await request.send(b"\r\nContent-Length: 0\r\n\r\n")


@path
async def endless_hints(request):
    await endlessly(request, b"", b"HTTP/1.1 103 Wait\r\n\r\n" * 100)


@path
async def endless_status(request):
    await endlessly(request, b"HTTP/1.1 200 ", b"x" * 10000)


@path
async def endless_extension(request):
    await endlessly(request, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;", b"x" * 10000)


@path
async def endless_chunks(request):
    await endlessly(request, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                    b"10000\r\n" + b"x" * 65536 + b"\r\n")


@path
async def bad_chunk(request):
    await request.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")
    request.writer.close()


@path
async def once(request):
    """An answer to the first request on a connection; others are read, and hung up on."""
    if request.number == 1:
        await request.answer()
    else:
        request.writer.close()


@path
async def deaf(request):
    """The request is read, and hung up on: /deaf/CODE/URL redirects there first."""
    if len(request.words) > 1:
        await request.answer(b"", f"{request.words[0]} Elsewhere", [f"Location: {request.words[1]}"])
    request.writer.close()


@path
async def short(request):
    """Fewer bytes than promised."""
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
    request.writer.close()


@path
async def cut(request):
    """/cut/TIMES: reset in the middle of the body, so many times"""
    count = tries[request.target] = tries.get(request.target, 0) + 1
    if request.words and count > int(request.words[0]):
        await request.answer(f"{count}\n".encode())
        return
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
    await asyncio.sleep(0.05)
    request.reset()


@path
async def half(request):
    """Half a page, with a link."""
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n"
                       b"<a href=/ok>ok</a> and then")
    request.writer.close()


@path
async def torn(request):
    """/torn/TIMES: a gzip that lacks its end, so many times"""
    count = tries[request.target] = tries.get(request.target, 0) + 1
    data = gzip.compress(b"was torn\n")
    await request.answer(data[:-4] if count <= int(request.words[0]) else data,
                         headers=["Content-Encoding: gzip"])


@path
async def bomb(request):
    """/bomb/GIGABYTES: zeros, compressed to a thousandth"""
    chunk = gzip.compress(b"\0" * (64 << 20), 9)
    count = int(request.words[0]) * 16
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                       b"Content-Length: %d\r\n\r\n" % (len(chunk) * count))
    for _ in range(count):
        await request.send(chunk)


@path
async def bad_gzip(request):
    await request.answer(b"\x1f\x8b\x08 this is no gzip", headers=["Content-Encoding: gzip"])


@path
async def nuls(request):
    """NUL bytes in the header and the body."""
    await request.send(b"HTTP/1.1 200 OK\r\nX-N\0l: \0\0\r\nContent-Length: 6\r\n\r\n\0\t\n\r\\\0")


@path
async def nul_line(request):
    await request.send(b"\0" * 1000)
    request.writer.close()


@path
async def not_http(request):
    await request.send(b"220 This is some other protocol\r\n")
    request.writer.close()


@path
async def any_bytes(request):
    await request.answer(bytes(range(256)) * 300,
                         headers=["Content-Type: a/b\tc\\d"])


@path
async def escapes(request):
    """/escapes/SEED: bytes that a record escapes among others, near and far."""
    dice = random.Random(int(request.words[0]))
    rare = dice.choice([1, 3, 30, 300])
    await request.answer(bytes(dice.choice(b"\\\t\n\r\0") if dice.randrange(rare) == 0
                               else dice.randrange(256) for _ in range(dice.randrange(5000))))


@path
async def odd(request):
    """/odd/NAME: an answer of odd_answers.py; hello with a query, or where there is no such name"""
    if request.query_given or request.words[0] not in odd_answers.ROWS:
        await request.answer()
        return
    answer, then, _ = odd_answers.ROWS[request.words[0]]
    await request.send(answer.replace(b"HOST", dict(request.headers)["Host"].encode()))
    if then == "hang":
        await asyncio.sleep(3600)
    elif then == "reset":
        await asyncio.sleep(0.05)
        request.reset()
    elif then == "close":
        request.writer.close()


async def read_request(reader, writer):
    line = await reader.readline()
    if not line.strip():
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers = []
    while (line := await reader.readline()).strip():
        name, _, value = line.decode("latin-1").strip().partition(": ")
        headers.append((name, value))
    length = [int(value) for name, value in headers if name.lower() == "content-length"]
    if "Expect" in dict(headers) and target.startswith("/expect/"):
        if target == "/expect/late":
            await asyncio.sleep(0.2)
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        elif target == "/expect/417":
            length = []
    body = await reader.readexactly(length[0]) if length else b""
    return Request(method, target, headers, body, reader, writer)


async def serve(reader, writer, log):
    print("open", file=log)
    tls = writer.get_extra_info("ssl_object")
    if tls is not None and tls.session_reused:
        print("resumed", file=log)
    number = 0
    try:
        while (request := await read_request(reader, writer)) is not None:
            number += 1
            request.number = number
            print("get", request.method, request.target, f"{time.monotonic():.3f}", file=log)
            if request.method == "CONNECT":  # a proxy's tunnel, to itself
                await request.send(b"HTTP/1.1 200 Connected\r\nX-Proxy: 1\r\n\r\n")
                continue
            await PATHS[urlsplit(request.target).path.split("/")[1]](request)
    except (ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError, ValueError):
        pass
    finally:
        writer.close()


async def main():
    log = open(sys.argv[1], "w", buffering=1)
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2])
        if "OLD_TLS" in os.environ:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
    server = await asyncio.start_server(lambda r, w: serve(r, w, log), "127.0.0.1", 0,
                                        ssl=context, limit=16 << 20, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


signal.signal(signal.SIGTERM, signal.SIG_DFL)
asyncio.run(main())
