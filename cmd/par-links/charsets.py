#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Print charset_table.h: the labels and the single-byte indexes of the Encoding
Standard.  Labels as the webencodings package has them, which is made from the
standard, with those that came later; indexes by Python's codecs, with what the
standard has otherwise.

    python3 cmd/par-links/charsets.py >cmd/par-links/charset_table.h
"""

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
# What iconv calls those of several bytes; the last is how queries are written.
ICONV = {
    "gbk": ("GB18030", "GBK"),
    "gb18030": ("GB18030", "GB18030"),
    "big5": ("BIG5-HKSCS", "BIG5-HKSCS"),
    "euc-jp": ("EUC-JP", "EUC-JP"),
    "iso-2022-jp": ("ISO-2022-JP", "ISO-2022-JP"),
    "shift_jis": ("CP932", "CP932"),
    "euc-kr": ("CP949", "CP949"),
    "utf-16le": ("UTF-16LE", None),
    "utf-16be": ("UTF-16BE", None),
}
SAME = {"iso-8859-8-i": "iso-8859-8"}
WHOLE = {"iso-2022-jp", "utf-16le", "utf-16be"}
CODECS = {"macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "windows-874": "cp874"}
OTHERWISE = {
    ("koi8-u", 0xAE): 0x045E,
    ("koi8-u", 0xBE): 0x040E,
    ("windows-1255", 0xCA): 0x05BA,
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
    if name in ICONV:
        return "CHARSET_WHOLE" if name in WHOLE else "CHARSET_ICONV"
    return "CHARSET_BYTE"


def main():
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
    for number, name in enumerate(names):
        row = f".name = \"{name}\", .number = {number}, .kind = {kind(name)}"
        if name in ICONV:
            decode, encode = ICONV[name]
            row += f", .decode = \"{decode}\""
            row += f", .encode = \"{encode}\"" if encode else ""
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
