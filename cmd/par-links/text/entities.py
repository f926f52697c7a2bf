#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Print entity_table.h: the named character references of the HTML Standard,
as Python's html.entities.html5 has them, sorted by name.

    python3 cmd/par-links/text/entities.py >cmd/par-links/text/entity_table.h
"""

from html.entities import html5


def quoted(data):
    """The bytes of a C string literal."""
    return "".join(
        chr(b) if 0x20 < b < 0x7F and b not in b'"\\?' else f"\\{b:03o}" for b in data
    )


def main():
    names = sorted(html5)
    longest = max(map(len, names))
    texts = {name: html5[name].encode() for name in names}
    print("/* SPDX-License-Identifier: ISC */")
    print("/* Made by entities.py; do not edit. */")
    print("#ifndef PAR_LINKS_ENTITY_TABLE_H")
    print("#define PAR_LINKS_ENTITY_TABLE_H\n")
    print("/* clang-format off */")
    print("enum {")
    print(f"\tENTITY_COUNT = {len(names)},")
    print(f"\tENTITY_NAME_MAX = {longest}, /* bytes, without a NUL */")
    print(f"\tENTITY_TEXT_MAX = {max(map(len, texts.values()))}")
    print("};\n")
    print("/* Sorted by name; both strings are padded with NULs. */")
    print("static const struct entity {")
    print("\tchar name[ENTITY_NAME_MAX + 1];")
    print("\tchar text[ENTITY_TEXT_MAX + 1]; /* UTF-8 */")
    print("} entities[ENTITY_COUNT] = {")
    for name in names:
        print(f'\t{{ "{name}", "{quoted(texts[name])}" }},')
    print("};\n")
    print("#endif")


if __name__ == "__main__":
    main()
