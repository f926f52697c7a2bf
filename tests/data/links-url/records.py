#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The cases of urltestdata.json as page records, or what they must give.

    records.py pages     page records: the URL is the number of the case
    records.py links     link records, for the cases that are URLs
"""

import json
import pathlib
import sys

ESCAPES = {0x5C: rb"\\", 0x09: rb"\t", 0x0A: rb"\n", 0x0D: rb"\r", 0x00: rb"\0"}


def escape(text):
    """A field.  Lone surrogates become U+FFFD, as they do in any page."""
    data = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    return b"".join(ESCAPES.get(byte, bytes([byte])) for byte in data)


def main():
    data = pathlib.Path(__file__).with_name("urltestdata.json").read_text("utf-8")
    cases = [case for case in json.loads(data) if isinstance(case, dict)]
    for number, case in enumerate(cases):
        if sys.argv[1] == "pages":
            fields = [b"%d" % number, b"200", b"text/plain"]
            fields += [escape(case["base"] or "no-base"), b""]
            fields += [b"<" + escape(case["input"]) + b">"]
        elif "failure" in case:
            continue
        else:
            fields = [b"%d" % number, escape(case["href"])]
        sys.stdout.buffer.write(b"\t".join(fields) + b"\n")


if __name__ == "__main__":
    main()
