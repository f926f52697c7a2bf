"""encodings.py PROGRAM: does par-links read each pair of each encoding of East Asia as
Python's codec does?  Prints the pairs that it reads otherwise, "ENCODING PAIR CODE CODE",
theirs and ours: those in which the Encoding Standard differs."""

import subprocess
import sys
from urllib.parse import unquote

URL = b"http://h/"
CODECS = {
    "big5": "big5hkscs",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "gb18030": "gb18030",
    "shift_jis": "cp932",
}

for name, codec in CODECS.items():
    known = []
    for pair in (bytes([lead, trail]) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF)):
        try:
            text = pair.decode(codec)
        except UnicodeDecodeError:
            continue
        if len(text) == 1:
            known.append((pair, text))
    body = b"".join(b'<a href="' + pair + b'">' for pair, text in known)
    body = body.replace(b"\\", b"\\\\")
    page = b"\t".join([URL, b"200", b"text/html;charset=" + name.encode(), URL, b"", body])
    links = subprocess.run(sys.argv[1], input=page, stdout=subprocess.PIPE, check=True)
    links = links.stdout.decode().splitlines()
    if len(links) != len(known):
        print(name, len(links), "links of", len(known))
    for (pair, text), link in zip(known, links):
        ours = unquote(link.split("\t")[1][len(URL) :])
        if ours != text:
            print(name, pair.hex(), f"{ord(text):04x}", f"{ord(ours[0]):04x}")
