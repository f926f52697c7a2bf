#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Odd answers of web servers, and the right record of each.

hostile-server.py sends them at /odd/NAME.  odd_answers.py BASE: print the record that
par-fetch is to make of each of them, where BASE/odd/NAME is its URL; odd_answers.py: print
their names.
"""

import base64
import gzip
import sys
import zlib

ROWS = {}


def page(body=b"", *lines, status="200 OK", length=None):
    """An answer with header lines of its own, and a length that may be another."""
    head = [f"HTTP/1.1 {status}", "Content-Type: text/plain", *lines,
            f"Content-Length: {len(body) if length is None else length}", "", ""]
    return "\r\n".join(head).encode("utf-8", "surrogateescape") + body


def row(name, answer, body, error="", status=200, to=None, kind="text/plain", then="keep"):
    """NAME gets answer, and the connection is kept, closed, reset, or hangs.

    body, error, status, kind: of the record; to: its effective URL, a path."""
    ROWS[name] = (answer, then, (status, kind, to or f"/odd/{name}", error, body))


def coded(name, body, coding, want, error=""):
    row(name, page(body, f"Content-Encoding: {coding}"), want, error)


def pack(data):
    return gzip.compress(data, mtime=0)


# What an answer is encoded with.
coded("gzip", pack(b"one"), "gzip", b"one")
coded("x-gzip", pack(b"one"), "X-GZip", b"one")
coded("gzip-once-of-two", pack(b"one"), "gzip, gzip", b"", "gzip: incorrect header check")
coded("gzip-twice", pack(pack(b"one")), "gzip, gzip", b"one")
coded("gzip-empty", b"", "gzip", b"")
coded("gzip-members", pack(b"one, ") + pack(b"two"), "gzip", b"one, two")
coded("gzip-newline", pack(b"one") + b"\n", "gzip", b"one")
coded("gzip-zeros", pack(b"one") + b"\0" * 100, "gzip", b"one")
coded("gzip-garbage", pack(b"one") + b"\r\ngarbage", "gzip", b"one")
coded("gzip-like-garbage", pack(b"one") + b"\x1f\x8bgarbage", "gzip", b"one")
coded("gzip-none", b"plain", "gzip", b"", "gzip: incorrect header check")
coded("gzip-cut", pack(b"one")[:-4], "gzip", b"one", "gzip: ends too early")
coded("gzip-wrong-sum", pack(b"one")[:-8] + b"\0" * 8, "gzip", b"one", "gzip: incorrect data check")
coded("deflate", zlib.compress(b"one"), "deflate", b"one")
coded("deflate-raw", zlib.compress(b"one")[2:-4], "deflate", b"one")
for number, other in enumerate(["", "none", "identity", "UTF-8", "binary", "aws-chunked", "iso-8859-1"]):
    coded(f"coding-{number}", b"one", other, b"one")
coded("coding-gzip", pack(b"one"), "aws-chunked, gzip", b"one")
coded("coding-robots", b"User-agent: *\nDisallow: /ok\n", "UTF-8", b"User-agent: *\nDisallow: /ok\n")
row("coding-404", page(b"none", "Content-Encoding: UTF-8", status="404 Not Found"), b"none", status=404)
BROTLI = base64.b64decode("ofgCwO9InfrchWuxMjQ5CcJGl2xpbwFgLKDLjF8=")
ZSTD = base64.b64decode("KLUv/SRgnQAAYGhlbGxvIGJyb3RsaQEA8akkAY6am9A=")
UNPACKED = b"hello brotli" * 8
coded("brotli", BROTLI, "br", UNPACKED)
coded("brotli-cut", BROTLI[:-3], "br", b"", "br: ends too early")
coded("zstd", ZSTD, "zstd", UNPACKED)
coded("zstd-frames", ZSTD * 2, "zstd", UNPACKED * 2)
coded("gzip-of-brotli", pack(BROTLI), "br, gzip", UNPACKED)
coded("zstd-cut", ZSTD[:-6], "zstd", b"", "zstd: ends too early")
row("gzip-on-two-lines", page(pack(pack(b"one")), "Content-Encoding: gzip", "Content-Encoding: gzip"), b"one")


# Header lines that are none: left out.
def headed(name, *lines):
    row(name, page(b"one", *lines), b"one")


headed("no-colon", "Content-Security-Policy: default-src 'self';", "script-src 'unsafe-inline';", "X-Next: 1")
headed("no-colon-first", "garbage")
headed("one-byte", "x", "\t", "y")
headed("nul", "X-Nul: a\0b", "X\0Nul: c", "\0")
headed("long-line", "X-Long: " + "a" * 150000)
headed("long-no-colon", "a" * 150000, "X-Next: 1")
headed("folded", "X-Folded: a", "  b", "\tc")
headed("many-lines", *[f"X-{i}: a" for i in range(4900)])
headed("long-lines", *[f"X-{i}: " + "a" * 20000 for i in range(10)])
headed("cookies", *[f"Set-Cookie: {line}" for line in ("=no name", "no value", "a=" + "b" * 5000, 'q="a b"', "",
       "d=1; Domain=com", "h=1; Domain=evil.example", "__Host-x=1", "s=1; Secure")])
headed("many-cookies", *[f"Set-Cookie: a{i}=" + "b" * 3000 for i in range(60)])
headed("for-others", "Refresh: 0; url=/odd/two", "Link: </odd/two>; rel=next", "Retry-After: 3600",
       'Content-Disposition: attachment; filename="../../two"')
row("bare-newlines", b"HTTP/1.1 200 OK\nContent-Type: text/plain\ngarbage\nContent-Length: 3\n\none", b"one")
row("early-hints", b"HTTP/1.1 103 Early Hints\r\nContent-Type: a/b\r\ngarbage\r\n\r\n" + page(b"one", "garbage"), b"one")
row("body-like-header", page(b"garbage\r\nX\0: y\r\n\r\n", "garbage"), b"garbage\r\nX\0: y\r\n\r\n")


row("type-folded", page(b"one").replace(b"plain", b"html;\r\n charset=x"), b"one", kind="text/html; charset=x")
row("type-two", page(b"one", "Content-Type: text/html"), b"one", kind="text/html")
row("type-of-hint", b"HTTP/1.1 103 Early Hints\r\nContent-Type: a/b\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none", b"one", kind="")
row("type-of-trailer", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\none\r\n0\r\nContent-Type: a/b\r\n\r\n", b"one", kind="")


# Where an answer ends.
def plain(text):
    """An answer as it stands in text, with blanks at both ends of lines left out."""
    return "\r\n".join(line.strip() for line in text.split("|")).encode()


row("no-http", b"just text\n", b"", "answer is not HTTP", status=0, kind="", then="close")
row("length-too-small", page(b"hello", length=3), b"hel")
row("length-too-large", page(b"hello", length=9), b"hello", "body ends too early; missing bytes: 4", then="close")
row("length-huge", page(b"hello", length=10**20), b"", "Content-Length is no length", then="close")
row("length-twice", page(b"one", "Content-Length: 3"), b"one")
row("lengths", page(b"one", "Content-Length: 2"), b"", "Content-Lengths that differ")
row("old", plain("HTTP/1.0 200 OK | | one"), b"one", kind="", then="close")
row("no-reason", plain("HTTP/1.1 200 | Content-Length: 3 | | one"), b"one", kind="")
row("no-content", plain("HTTP/1.1 204 None | Content-Length: 3 | | "), b"", status=204, kind="")
row("not-modified", plain("HTTP/1.1 304 None | Content-Length: 3 | | "), b"", status=304, kind="")
row("header-cut", plain("HTTP/1.1 200 OK | Content-Ty"), b"", "answer ends in its header", kind="", then="close")
row("length-none", page(b"one", length="abc"), b"", "Content-Length is no length", then="close")
row("length-negative", page(b"one", length=-1), b"", "Content-Length is no length", then="close")
row("old-kept", plain("HTTP/1.0 200 OK | Connection: keep-alive | Content-Length: 3 | | one"), b"one", kind="")
row("version-2", plain("HTTP/2 200 OK | Content-Length: 3 | | one"), b"one", kind="")
row("radio", plain("ICY 200 OK | Content-Length: 3 | | one"), b"", "answer is not HTTP", status=0, kind="", then="close")
row("newlines-first", b"\r\n\r\n" + page(b"one"), b"", "answer is not HTTP", status=0, kind="", then="close")
for number in "000", "99", "2000":
    row(f"status-{number}", page(b"one", status=f"{number} Odd"), b"", "status is none", status=0, kind="", then="close")
for number in 201, 305, 416:
    row(f"status-{number}", page(b"one", "Location: /odd/two", status=f"{number} Odd"), b"one", status=number)
row("no-content-205", page(b"", status="205 Reset"), b"", status=205)
row("part-unasked", page(b"one", "Content-Range: bytes 0-2/100", status="206 Part"), b"one", status=206)
row("status-cut", b"HTTP/1.1 20", b"", "connection ended without an answer", status=0, kind="", then="close")
row("header-alone", plain("HTTP/1.1 200 OK |"), b"", "answer ends in its header", kind="", then="close")
row("location-cut", plain("HTTP/1.1 302 Moved | Location: /odd/o"), b"", "answer ends in its header", status=302,
    kind="", then="close")
row("hint-alone", plain("HTTP/1.1 100 Continue | |"), b"", "connection ended without an answer", status=100, kind="",
    then="close")
row("hints", plain("HTTP/1.1 100 Continue | | HTTP/1.1 102 Wait | |") + page(b"one"), b"one")
row("type-bytes", page(b"one").replace(b"plain", b"html; charset=\xff\xfe"), b"one",
    kind="text/html; charset=\udcff\udcfe")
CHUNKED = "HTTP/1.1 200 OK | Transfer-Encoding: chunked |"
row("upgrade", plain("HTTP/1.1 101 Switch | Upgrade: x | Connection: upgrade | | blah"), b"",
    "answer goes on in another protocol", status=101, kind="", then="close")
row("reset-within", plain("HTTP/1.1 200 OK | | part"), b"part", "connection broke: Connection reset by peer", kind="",
    then="reset")
row("closed-as-told", page(b"one", "Connection: close"), b"one", then="close")
row("closed-untold", page(b"one"), b"one", then="close")
GZIP_CUT = pack(b"one" * 999)[:-9]
row("gzip-closed", plain("HTTP/1.1 200 OK | Content-Encoding: gzip | | ") + GZIP_CUT,
    zlib.decompressobj(31).decompress(GZIP_CUT), "gzip: ends too early", kind="", then="close")
row("gzip-chunks-cut", plain("HTTP/1.1 200 OK | Content-Encoding: gzip | Transfer-Encoding: chunked | | ")
    + b"%x\r\n%s\r\n0\r\n\r\n" % (len(GZIP_CUT), GZIP_CUT), zlib.decompressobj(31).decompress(GZIP_CUT),
    "gzip: ends too early", kind="")
row("chunk-extension", plain(CHUNKED + '|3;a="b;c" | one | 0;x | | '), b"one", kind="")
row("chunk-and-length", plain(CHUNKED + "Content-Length: 2 | | 3 | one | 0 | |"), b"one", kind="")
row("chunk-named", plain(CHUNKED.replace("chunked", "CHUNKED") + "| 3 | one | 0 | |"), b"one", kind="")
row("no-chunks", page(b"one", "X-Name: Hunked, chunked"), b"one")
row("chunk-none", plain(CHUNKED + "| zz | one | 0 | |"), b"", "body is not in chunks as it says", kind="", then="close")
row("chunk-not-last", plain(CHUNKED + "| 3 | one |"), b"one", "body ends before its last chunk",
    kind="", then="close")


# Redirects: to where they lead, by the URL Standard, whatever comes behind.
row("one", page(b"one"), b"one")


def moved(name, location, to="/odd/one", answer=None, then="keep", status="302 Moved"):
    """Location, in which HOST is the server, leads to the path to, with that answer or none."""
    answer = answer or page(b"", f"Location: {location}", status=status)
    row(name, answer, b"one" if to == "/odd/one" else b"hello\n", to=to, then=then)


def stays(name, location, error, body=b""):
    row(name, page(body, f"Location: {location}", status="302 Moved"), body, error, status=302)


for code in 301, 302, 303, 307, 308:
    moved(f"moved-{code}", "/odd/one", status=f"{code} Moved")
LOCATIONS = ["one", " \t/odd/one\t ", "../x/./../odd/one", "\\odd\\one", "http:/odd/one", "http:one",
             "http:\\\\HOST/odd/one", "//HOST/odd/one", "/o\tdd/one", "/odd/one#there", "http://u:p@HOST/odd/one",
             "HTTP://HOST/odd/%2e%2E/odd/one"]
for number, location in enumerate(LOCATIONS):
    moved(f"location-{number}", location)
PATHS = {"/ok?a b": "/ok?a%20b", "/ok?\u00fc=|": "/ok?%C3%BC=|", "/ok?\udcff": "/ok?%FF", "/ok?%zz%c3": "/ok?%zz%c3",
         "/ok?<'\">": "/ok?%3C%27%22%3E", "/ok/<a`>": "/ok/%3Ca%60%3E", "/ok/a b/%2F": "/ok/a%20b/%2F",
         '/ok/"a"': "/ok/%22a%22", "<one>": "/odd/%3Cone%3E", '"/odd/one"': "/odd/%22/odd/one%22",
         "?again": "/odd/path-10?again"}
for number, (location, to) in enumerate(PATHS.items()):
    moved(f"path-{number}", location, to)
stays("location-empty", "", "", b"one")
stays("location-fragment", "#there", "too many redirects; see --max-redirs")
for number, location in enumerate(["ftp://HOST/", "file:///etc/passwd", "data:,x", "javascript:0", "mailto:x"]):
    stays(f"location-other-{number}", location, "redirect: protocol is not allowed; see --proto")
stays("location-no-host", "http://", "redirect: not a URL: no proper host name")
row("location-none", page(b"one", status="302 Moved"), b"one", status=302)
row("location-200", page(b"one", "Location: /odd/two"), b"one")
row("location-300", page(b"one", "Location: /odd/two", status="300 Choose"), b"one", status=300)
BEHIND = ["Location: one"]
moved("location-two", "one", answer=page(b"", *BEHIND, "Location: two", status="302 Moved"))
moved("moved-short", "one", answer=page(b"x", *BEHIND, status="302 Moved", length=9), then="close")
moved("moved-reset", "one", answer=page(b"x", *BEHIND, status="302 Moved", length=9), then="reset")
moved("moved-coding", "one", answer=page(b"x", *BEHIND, "Content-Encoding: gzip", status="302 Moved"))
moved("moved-no-coding", "one", answer=page(b"x", *BEHIND, "Content-Encoding: UTF-8", status="302 Moved"))
moved("moved-large", "one", answer=page(b"x" * 100000, *BEHIND, status="302 Moved", length=1 << 40), then="hang")
moved("moved-lengths", "one", answer=page(b"x", *BEHIND, "Content-Length: 2", status="302 Moved"))
moved("moved-chunk", "one", answer=b"HTTP/1.1 302 Moved\r\nLocation: one\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      then="close")
moved("moved-silent", "one", answer=page(b"x", *BEHIND, status="302 Moved", length=9), then="hang")


def escape(data):
    for byte, name in (b"\\", b"\\"), (b"\t", b"t"), (b"\n", b"n"), (b"\r", b"r"), (b"\0", b"0"):
        data = data.replace(byte, b"\\" + name)
    return data


def main():
    for name, (_, _, (status, kind, to, error, body)) in ROWS.items():
        if len(sys.argv) > 1:
            base = sys.argv[1]
            fields = [f"{base}/odd/{name}", f"{status:03}", kind, base + to, error]
            sys.stdout.buffer.write("\t".join(fields).encode("utf-8", "surrogateescape") + b"\t" + escape(body) + b"\n")
        else:
            print(name)


if __name__ == "__main__":
    main()
