#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Answers that follow from their URL, by all forms of HTTP/1 and with all faults that pass.

origin.py CERT PLAIN-SOCKET TLS-SOCKET: serve on these sockets, and on three free ports of
127.0.0.1, which are printed: without TLS, with TLS 1.2, with TLS 1.3.

/FORM/CODING/SIZE/ETAG/FAULT/NUMBER is answered by body() of that, in FORM, encoded by
CODING, and the first time with FAULT; /moved/STATUS/BEHIND/NUMBER?URL leads to URL.
"""
import asyncio
import gzip
import hashlib
import socket
import ssl
import struct
import sys
import urllib.parse
import zlib

FORMS = ["length", "chunked", "old", "old-kept", "close", "extended", "untold", "doomed", "slow", "hints"]
CODINGS = ["none", "UTF-8", "gzip", "members", "newline", "deflate", "raw", "br", "zstd", "gzip, br"]
FAULTS = ["reset", "deaf", "cut", "torn", "head"]
BEHIND = ["empty", "text", "short", "broken", "large"]
tries = {}


def body(path):
    """What path stands for: bytes of all kinds, or text that repeats itself."""
    words = path.split("/")
    size = int(words[3])
    if int(words[6]) % 2 == 0:
        return hashlib.shake_128(path.encode()).digest(size)
    line = path.encode() + b"\t\\\r\n"
    return (line * (size // len(line) + 1))[:size]


def brotli(data):
    """Blocks that are not compressed."""
    out = b""
    for at in range(0, len(data), 65536):
        part = data[at:at + 65536]
        first = at == 0
        bits = (len(part) - 1) << (4 - (not first)) | 1 << (20 - (not first))
        out += bits.to_bytes(3, "little") + part
    return out + (b"\3" if data else b"\6")


def zstd(data):
    """Blocks that are not compressed."""
    out = b"\x28\xb5\x2f\xfd\0\x58"
    for at in range(0, len(data), 1 << 17):
        out += (len(data[at:at + (1 << 17)]) << 3).to_bytes(3, "little") + data[at:at + (1 << 17)]
    return out + b"\1\0\0"


def raw(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def encode(coding, data):
    if coding == "members":
        return gzip.compress(data[:9]) + gzip.compress(data[9:])
    ways = {"gzip": gzip.compress, "newline": lambda d: gzip.compress(d) + b"\n", "deflate": zlib.compress,
            "raw": raw, "br": brotli, "zstd": zstd}
    for name in coding.split(", "):
        data = ways.get(name, bytes)(data)
    return data


def coding_line(coding):
    """Its line of the header, or none."""
    name = {"members": "gzip", "newline": "gzip", "raw": "deflate"}.get(coding, coding)
    return "" if coding == "none" else f"Content-Encoding: {name}\r\n"


def chunks(data, extension=b""):
    out, at, size = b"", 0, 1 + len(data) % 977
    while at < len(data):
        part = data[at:at + size]
        out += b"%x%s\r\n%s\r\n" % (len(part), extension, part)
        at, size = at + size, size * 2
    return out


class Origin(asyncio.Protocol):
    """A connection: requests have no body, and come one after the other."""

    def __init__(self):
        self.text = b""
        self.doomed = False

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.text += data
        while b"\r\n\r\n" in self.text:
            head, self.text = self.text.split(b"\r\n\r\n", 1)
            lines = head.decode("latin-1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            self.answer(lines[0].split(" ")[1], headers)

    def reset(self):
        if self.transport.is_closing():
            return
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def answer(self, target, headers):
        if self.doomed:
            self.reset()
            return
        if target.startswith("/moved/"):
            self.move(target)
            return
        words = urllib.parse.unquote(target).split("/")
        fault = words[5]
        count = tries[target] = tries.get(target, 0) + 1
        if fault == "none" or count > 1:
            self.send(words, headers)
        elif fault == "reset":
            self.reset()
        elif fault == "deaf":
            self.transport.close()
        elif fault == "busy":
            self.write("503 Busy", "", "Content-Length: 5\r\n", b"busy\n")
        elif fault == "head":
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Le")
            self.transport.close()
        else:
            self.send(words, headers, fault)

    def write(self, status, more, length, data, version="1.1"):
        head = f"HTTP/{version} {status}\r\nContent-Type: text/plain\r\n{more}{length}\r\n"
        self.transport.write(head.encode("latin-1") + data)

    def move(self, target):
        _, _, status, behind, _ = target.partition("?")[0].split("/")
        location = "Location: " + urllib.parse.unquote(target.partition("?")[2]) + "\r\n"
        data = {"empty": b"", "large": b"x" * 200000}.get(behind, b"elsewhere\n")
        if behind == "broken":
            location += "Content-Encoding: gzip\r\n"
        length = len(data) + (behind == "short")
        self.write(f"{status} Moved", location, f"Content-Length: {length}\r\n", data)
        if behind == "short":
            self.transport.close()

    def send(self, words, headers, fault=None):
        """The answer; or half of it, and then the end of the connection, or its reset."""
        form, coding, etag = words[1], words[2], words[4]
        data = encode(coding, body(urllib.parse.quote("/".join(words), safe="/,")))
        status, version, more = "200 OK", "1.1", coding_line(coding)
        if etag != "no":
            more += f'ETag: "{etag}"\r\n'
            if "range" in headers and headers.get("if-range") == f'"{etag}"':
                begin = int(headers["range"].split("=")[1].rstrip("-"))
                status, size = "206 Part", len(data)
                more += f"Content-Range: bytes {begin}-{size - 1}/{size}\r\n"
                data = data[begin:]
        length, closes = f"Content-Length: {len(data)}\r\n", form == "untold"
        if form in ("chunked", "extended"):
            length = "Transfer-Encoding: chunked\r\n"
            data = chunks(data, b";a=b" * (form == "extended")) + b"0\r\n\r\n"
        elif form in ("old", "close"):
            version, length, closes = ("1.0", "", True) if form == "old" else ("1.1", "Connection: close\r\n", True)
            fault = fault and "torn"  # nobody could see an end too early
        elif form == "old-kept":
            version, length = "1.0", length + "Connection: keep-alive\r\n"
        elif form == "hints":
            self.transport.write(b"HTTP/1.1 103 Hints\r\nContent-Type: a/b\r\nLink: </>; rel=x\r\n\r\n")
        if fault:
            self.write(status, more, length, data[:len(data) // 2], version)
            asyncio.get_running_loop().call_later(0.002, self.reset if fault == "torn" else self.transport.close)
            return
        if form == "slow":
            self.write(status, more, length, data[:len(data) // 3], version)
            asyncio.get_running_loop().call_later(0.002, self.transport.write, data[len(data) // 3:])
            return
        self.write(status, more, length, data, version)
        self.doomed = form == "doomed"
        if closes:
            self.transport.close()


def context(path, version):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    tls.minimum_version = tls.maximum_version = version
    return tls


async def main():
    loop = asyncio.get_running_loop()
    old, new = (context(sys.argv[1], v) for v in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3))
    await loop.create_unix_server(Origin, sys.argv[2], backlog=1000)
    await loop.create_unix_server(Origin, sys.argv[3], ssl=new, backlog=1000)
    ports = []
    for tls in None, old, new:
        server = await loop.create_server(Origin, "127.0.0.1", 0, ssl=tls, backlog=1000)
        ports.append(server.sockets[0].getsockname()[1])
    print(*ports, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
