#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Print the tables of the Encoding Standard, made of its own files: encodings.json and
index-*.txt, as https://encoding.spec.whatwg.org publishes them, in a folder.

    python3 cmd/par-links/text/charsets.py FOLDER >cmd/par-links/text/charset_table.h
    python3 cmd/par-links/text/charsets.py FOLDER --pairs >cmd/par-links/text/pairs_table.h
"""

import json
import sys
import unicodedata
from pathlib import Path

PAIRS = ("big5", "euc-jp", "euc-kr", "gb18030", "gbk", "shift_jis")
UTF16 = {"utf-16le": "false", "utf-16be": "true"}
SAME = {"iso-8859-8-i": "iso-8859-8"}
# The indexes of pairs: the type of a code point, and how many stand in a row.
INDEXES = {
    "big5": ("uint_least32_t", 157),
    "euc-kr": ("uint_least16_t", 190),
    "gb18030": ("uint_least16_t", 190),
    "jis0208": ("uint_least16_t", 94),
    "jis0212": ("uint_least16_t", 94),
}
HEADER = """/* SPDX-License-Identifier: ISC */
/* Made by charsets.py; do not edit. */
#ifndef {guard}
#define {guard}

#include {include}

/* clang-format off */"""


def index(folder, name):
    """The code points of an index, by their pointers."""
    codes = {}
    for line in (folder / f"index-{name}.txt").read_text().split("\n"):
        if line and line[0] != "#":
            pointer, code = line.split()[:2]
            codes[int(pointer)] = int(code, 16)
    return codes


def high(folder, name):
    """The code points of bytes 128 to 255; 0 for those that have none."""
    if name == "x-user-defined":
        return [0xF700 + byte for byte in range(0x80, 0x100)]
    codes = index(folder, name)
    return [codes.get(pointer, 0) for pointer in range(128)]


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


def shown(code):
    """A code point in a string literal: itself if it can be seen."""
    if code == 0:
        return "\\0"
    if unicodedata.category(chr(code))[0] in "LNSP":
        return chr(code)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def print_pairs(folder):
    """The indexes of pairs, a row of the standard's tables a line, for pairs.c."""
    print(HEADER.format(guard="PAR_LINKS_PAIRS_TABLE_H", include="<stdint.h>"))
    for name, (type_name, width) in INDEXES.items():
        codes = index(folder, name)
        size = (max(codes) // width + 1) * width
        prefix = {"uint_least16_t": "u", "uint_least32_t": "U"}[type_name]
        print(f"/* Rows of {width}. */")
        print(f"static const {type_name} {name.replace('-', '_')}[{size} + 1] =")
        for start in range(0, size, width):
            row = [codes.get(pointer, 0) for pointer in range(start, start + width)]
            print(f'\t{prefix}"' + "".join(map(shown, row)) + '"')
        print("\t;\n")
    print("/* Four bytes of GB18030: the code point at a pointer, and those after it. */")
    print("static const struct pairs_run {")
    print("\tunsigned pointer, code;")
    print("} ranges[] = {")
    for pointer, code in sorted(index(folder, "gb18030-ranges").items()):
        print(f"\t{{ {pointer}, {code:#06x} }},")
    print("};\n")
    print("#endif")


def main():
    folder = Path(sys.argv[1])
    if sys.argv[2:] == ["--pairs"]:
        print_pairs(folder)
        return

    groups = json.loads((folder / "encodings.json").read_text())
    labels = {label: encoding["name"].lower()
              for group in groups for encoding in group["encodings"] for label in encoding["labels"]}
    names = sorted(set(labels.values()))
    print(HEADER.format(guard="PAR_LINKS_CHARSET_TABLE_H", include='"charset_kind.h"'))
    for name in names:
        if kind(name) != "CHARSET_BYTE" or name in SAME:
            continue
        codes = high(folder, name)
        print(f"static const unsigned short {name.replace('-', '_')}[128] = {{")
        for row in range(0, 128, 12):
            print("\t" + " ".join(f"{code:#06x}," for code in codes[row : row + 12]))
        print("};\n")
    print("enum { CHARSETS = %d, CHARSET_LABELS = %d };\n" % (len(names), len(labels)))
    print("static const struct charset charsets[CHARSETS] = {")
    for name in names:
        row = f".name = \"{name}\", .kind = {kind(name)}"
        if name in PAIRS:
            row += f", .pairs = PAIRS_{name.upper().replace('-', '_')}"
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
