#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Answers that are cut, by every framing and content encoding, at every byte.

cuts.py PORT-FILE URL-FILE: serve on a free port of 127.0.0.1, whose number goes to
PORT-FILE; before that, write all paths to URL-FILE, each with what is to come of it:

	whole    no error, and TEXT
	cut      an error, and a beginning of TEXT
	unknown  a beginning of TEXT: nothing tells that it was cut, or all of TEXT was sent
	header   an error, and no body
	damaged  an error

A path is /FRAMING/CODING/BYTES: so much of the answer is sent, and then the connection
is closed.  /FRAMING/CODING/-N is whole, but for its Nth last byte.
"""

import asyncio
import base64
import gzip
import sys
import zlib

TEXT = b"".join(b"line %d\n" % (i * i) for i in range(12))


def raw(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


# what the standard library does not write, made of TEXT with the tools of each
BROTLI = base64.b64decode("G10AAMRORl1JQnS+EYNgM6DKgXTAWFsGFz14yMInCIX/2x8WKsDpIqlGYvrGvFiGQYynIA==")
ZSTD = base64.b64decode("KLUv/SRejQEA2GxpbmUgMAoxNDkxNjI1MzY0OTY0ODExMDIxCguoEFC8OYDT1QEQIjwOUQVnWCP3"
                        "U0Kq5hQ=")
HALF = len(TEXT) // 2
MEMBER = len(gzip.compress(TEXT[:HALF], mtime=0))  # where one ends, and that could be all
CODINGS = {  # name: the header, the body, how many bytes at its end are a check sum
    "none": ("", TEXT, 0),
    "gzip": ("gzip", gzip.compress(TEXT, mtime=0), 8),
    "members": ("gzip", gzip.compress(TEXT[:HALF], mtime=0) + gzip.compress(TEXT[HALF:], mtime=0), 8),
    "zlib": ("deflate", zlib.compress(TEXT), 4),
    "deflate": ("deflate", raw(TEXT), 0),
    "br": ("br", BROTLI, 0),
    "zstd": ("zstd", ZSTD, 4),
    "twice": ("deflate, gzip", gzip.compress(zlib.compress(TEXT), mtime=0), 8),
}
FRAMINGS = ("length", "chunked", "close")


def answer(framing, coding):
    """Header and body as they are sent."""
    name, body, _ = CODINGS[coding]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
    if name:
        head += b"Content-Encoding: %s\r\n" % name.encode()
    if framing == "length":
        head += b"Content-Length: %d\r\n" % len(body)
    elif framing == "chunked":
        head += b"Transfer-Encoding: chunked\r\n"
        parts = [body[:len(body) // 3], body[len(body) // 3:]]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    else:
        head += b"Connection: close\r\n"
    return head + b"\r\n", body


def paths():
    for framing in FRAMINGS:
        for coding, (name, _, check) in CODINGS.items():
            head, body = answer(framing, coding)
            blind = framing == "close" and not name
            for cut in range(len(head)):
                if cut % 7 == 0 or cut > len(head) - 6:
                    yield f"/{framing}/{coding}/{cut}", "header"
            for cut in range(len(body)):
                unknown = (blind or framing == "chunked" and cut == len(body) - 1 or
                           framing == "close" and coding == "members" and cut == MEMBER)
                yield f"/{framing}/{coding}/{len(head) + cut}", "unknown" if unknown else "cut"
            yield f"/{framing}/{coding}/{len(head) + len(body)}", "whole"
            if framing != "chunked":
                for byte in range(1, check + 1):
                    yield f"/{framing}/{coding}/-{byte}", "damaged"
    for cut in range(len(moved())):
        yield f"/moved/none/{cut}", "header"
    yield f"/moved/none/{len(moved())}", "whole"
    for lengths in ("94/93", "93/94", "94,93", "x", "-1", "99999999999999999999"):
        yield f"/lengths/{lengths}", "header"
    for lengths in ("94/94", "94, 94"):
        yield f"/lengths/{lengths}", "whole"


def moved():
    head, body = answer("length", "none")
    where = f"/length/none/{len(head) + len(body)}"
    return f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {where}\r\n\r\n".encode()


def sent(path):
    kind, *words = path.strip("/").replace("%20", " ").split("/")
    if kind == "lengths":
        lines = "".join(f"Content-Length: {word}\r\n" for word in words)
        return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + TEXT
    data = moved() if kind == "moved" else b"".join(answer(kind, words[0]))
    count = int(words[1])
    if count >= 0:
        return data[:count]
    changed = bytearray(data)
    changed[count] ^= 0xff
    return bytes(changed)


async def serve(reader, writer):
    try:
        line = await reader.readline()
        while (await reader.readline()).strip():
            pass
        writer.write(sent(line.decode().split()[1]))
        await writer.drain()
    except (OSError, IndexError):
        pass
    finally:
        writer.close()


async def main():
    with open(sys.argv[2], "w") as file:
        for path, outcome in paths():
            print(path.replace(" ", "%20"), outcome, sep="\t", file=file)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1000)
    with open(sys.argv[1], "w") as file:
        print(server.sockets[0].getsockname()[1], file=file)
    async with server:
        await server.serve_forever()


asyncio.run(main())
