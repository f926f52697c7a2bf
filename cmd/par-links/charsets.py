#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Print charset_table.h: the labels and the single-byte indexes of the Encoding
Standard.  Labels as the webencodings package has them, which is made from the
standard, with those that came later; indexes by Python's codecs, with what the
standard has otherwise.  With --pairs, pairs_table.h: what it has otherwise than
iconv of glibc in indexes of pairs.

    python3 cmd/par-links/charsets.py >cmd/par-links/charset_table.h
    python3 cmd/par-links/charsets.py --pairs >cmd/par-links/pairs_table.h
"""

import sys

from webencodings.labels import LABELS

LATER = {
    "unicode11utf8": "utf-8",
    "unicode20utf8": "utf-8",
    "x-unicode20utf8": "utf-8",
    "unicodefffe": "utf-16be",
    "csunicode": "utf-16le",
    "iso-10646-ucs-2": "utf-16le",
    "ucs-2": "utf-16le",
    "unicode": "utf-16le",
    "unicodefeff": "utf-16le",
    "ms932": "shift_jis",
    "dos-874": "windows-874",
    "csiso2022kr": "replacement",
    "iso-2022-cn": "replacement",
    "iso-2022-cn-ext": "replacement",
    "iso-2022-kr": "replacement",
    "hz-gb-2312": "replacement",
    "replacement": "replacement",
    "koi8-ru": "koi8-u",
    "big5-hkscs": "big5",
}
PAIRS = ("big5", "euc-jp", "euc-kr", "gb18030", "gbk", "shift_jis")
UTF16 = {"utf-16le": "false", "utf-16be": "true"}
SAME = {"iso-8859-8-i": "iso-8859-8"}
CODECS = {"macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "windows-874": "cp874"}
OTHERWISE = {
    ("koi8-u", 0xAE): 0x045E,
    ("koi8-u", 0xBE): 0x040E,
    ("windows-1255", 0xCA): 0x05BA,
}

# Pairs that the indexes of the standard have otherwise than iconv of glibc.
GB18030 = "a3a0:3000 fe51:e816 fe52:e817 fe53:e818 fe6c:e831 fe76:e83b fe91:e855"
PAIRS_OTHERWISE = {
    "big5": """
        8e69:7bb8 8e6f:7c06 8e7e:7cce 8eab:7dd2 8eb4:7e1d 8ecd:8005 8ed0:8028
        8f57:83c1 8f69:84a8 8f6e:840f 8fcb:89a6 8fcc:89a9 8ffe:8d77 906d:90fd
        907a:92b9 90dc:975c 90f1:97ff 91bf:9f16 9244:8503 92af:5159 92b0:515b
        92b1:515d 92b2:515e 92c8:936e 92d1:7479 9447:6d67 94ca:799b 95d9:9097
        9644:975d 96ed:701e 96fc:5b28 9b76:7201 9b78:77d7 9b7b:7e87 9bc6:99d6
        9bde:91d4 9bec:60de 9bf6:6fb6 9c42:8f36 9c53:4fbb 9c62:71df 9c68:9104
        9c6b:9df0 9c77:83cf 9cbc:5c10 9cbd:79e3 9cd0:5a67 9d57:8f0b 9d5a:7b51
        9dc4:62d0 9ea9:6062 9eef:75f9 9efd:6c4a 9f60:9b2e 9f66:9f17 9fcb:50ed
        9fd8:5f0c a063:880f a077:62ce a0d5:7468 a0df:7162 a0e4:7250 a145:2027
        a14e:fe51 a15a:2574 a1c2:00af a1c3:ffe3 a1c5:02cd a1e3:ff5e a1f2:2295
        a1f3:2299 a1fe:ff0f a240:ff3c a241:2215 a242:fe68 a244:ffe5 a246:ffe0
        a247:ffe1 a2cc:5341 a2ce:5345 a3c0:2400 a3c1:2401 a3c2:2402 a3c3:2403
        a3c4:2404 a3c5:2405 a3c6:2406 a3c7:2407 a3c8:2408 a3c9:2409 a3ca:240a
        a3cb:240b a3cc:240c a3cd:240d a3ce:240e a3cf:240f a3d0:2410 a3d1:2411
        a3d2:2412 a3d3:2413 a3d4:2414 a3d5:2415 a3d6:2416 a3d7:2417 a3d8:2418
        a3d9:2419 a3da:241a a3db:241b a3dc:241c a3dd:241d a3de:241e a3df:241f
        a3e0:2421 a3e1:20ac c6cf:5ef4 c6d3:65e0 c6d5:7676 c6d7:96b6 c6de:3003
        c6df:4edd fa5f:5029 fa66:507d fabd:5305 fac5:5344 fad5:537f fb48:5605
        fbb8:5a77 fbf3:5e75 fbf9:5ed0 fc4f:5f58 fc6c:60a4 fcb9:6490 fce2:6674
        fcf1:675e fdb7:6c9c fdb8:6e1d fdbb:6e2f fdf1:716e fe52:732a fe6f:745c
        feaa:74e9 fedd:7809
    """,
    "gb18030": GB18030,
    "gbk": GB18030,
}


def index(name):
    """The code points of bytes 128 to 255; 0 for those that have none."""
    codes = []
    for byte in range(0x80, 0x100):
        if name == "x-user-defined":
            code = 0xF700 + byte
        else:
            text = bytes([byte]).decode(CODECS.get(name, name), "ignore")
            code = ord(text) if text else byte if byte < 0xA0 else 0
        codes.append(OTHERWISE.get((name, byte), code))
    return codes


def kind(name):
    """How it is decoded."""
    if name in ("utf-8", "replacement"):
        return {"utf-8": "CHARSET_UTF8", "replacement": "CHARSET_NONE"}[name]
    if name == "iso-2022-jp":
        return "CHARSET_ISO2022"
    if name in UTF16:
        return "CHARSET_UTF16"
    if name in PAIRS:
        return "CHARSET_PAIRS"
    return "CHARSET_BYTE"


def constant(name):
    return "PAIRS_" + name.upper().replace("-", "_")


def print_corrections():
    """What iconv does not know, for pairs.c."""
    rows = [(constant(name), *pair.split(":"))
            for name, pairs in PAIRS_OTHERWISE.items() for pair in pairs.split()]
    print("/* SPDX-License-Identifier: ISC */")
    print("/* Made by charsets.py; do not edit. */")
    print("#ifndef PAR_LINKS_PAIRS_TABLE_H")
    print("#define PAR_LINKS_PAIRS_TABLE_H\n")
    print('#include "pairs.h"\n')
    print("/* clang-format off */")
    print("enum { CORRECTIONS = %d };\n" % len(rows))
    print("static const struct correction {")
    print("\tenum pairs_kind kind;")
    print("\tunsigned short pair, code;")
    print("} corrections[CORRECTIONS] = {")
    for name, pair, code in rows:
        print(f"\t{{ {name}, 0x{pair}, 0x{code} }},")
    print("};\n")
    print("#endif")


def main():
    if sys.argv[1:] == ["--pairs"]:
        print_corrections()
        return

    labels = {**LABELS, **LATER}
    names = sorted(set(labels.values()) - {"hz-gb-2312", "iso-2022-kr"})
    print("/* SPDX-License-Identifier: ISC */")
    print("/* Made by charsets.py; do not edit. */")
    print("#ifndef PAR_LINKS_CHARSET_TABLE_H")
    print("#define PAR_LINKS_CHARSET_TABLE_H\n")
    print('#include "charset.h"\n')
    print("/* clang-format off */")
    for name in names:
        if kind(name) != "CHARSET_BYTE" or name in SAME:
            continue
        codes = index(name)
        print(f"static const unsigned short {name.replace('-', '_')}[128] = {{")
        for row in range(0, 128, 12):
            print("\t" + " ".join(f"{code:#06x}," for code in codes[row : row + 12]))
        print("};\n")
    print("enum { CHARSETS = %d, CHARSET_LABELS = %d };\n" % (len(names), len(labels)))
    print("static const struct charset charsets[CHARSETS] = {")
    for name in names:
        row = f".name = \"{name}\", .kind = {kind(name)}"
        if name in PAIRS:
            row += f", .pairs = {constant(name)}"
        elif name in UTF16:
            row += f", .big_endian = {UTF16[name]}"
        elif kind(name) == "CHARSET_BYTE":
            row += f", .high = {SAME.get(name, name).replace('-', '_')}"
        print(f"\t{{ {row} }},")
    print("};\n")
    print("/* Sorted by label. */")
    print("static const struct label {")
    print("\tchar label[%d];" % (max(map(len, labels)) + 1))
    print("\tunsigned char charset; /* index of charsets */")
    print("} labels[CHARSET_LABELS] = {")
    for label in sorted(labels):
        print(f'\t{{ "{label}", {names.index(labels[label])} }},')
    print("};\n")
    print("#endif")


if __name__ == "__main__":
    main()
