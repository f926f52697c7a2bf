#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Pages that nobody would write, as page records.

    mutate.py COUNT [SEED]

Each is made of documents of tests/data/links-tree and lines of nasty.html: tags and
text taken out, doubled, moved and put in, characters changed, and links put between.
The same SEED makes the same pages.
"""
import json
import pathlib
import random
import re
import sys

HERE = pathlib.Path(__file__).parent
URL = "http://h/d/p"
PART = re.compile(r"<[^<>]*>?|[^<]+")
NAMES = """a a a a abbr address applet area article b base big blockquote body br button
    caption center code col colgroup dd details dialog div dl dt em embed fieldset figure
    font footer form frame frameset h1 h2 h6 head hr html i iframe image img input keygen
    legend li link listing main map marquee math menu meta mi mo ms mtext annotation-xml
    nav nobr noembed noframes noscript object ol optgroup option p param plaintext pre rb
    rp rt rtc ruby s script search section select small span strike strong style summary
    sup svg desc foreignObject title table tbody td template textarea tfoot th thead tr
    track tt u ul var wbr x xmp""".split()
ATTRIBUTES = ["", " href=#x", " href", ' href="/x?&amp;y"', " HREF='z\t'", " type=hidden",
              ' encoding="text/html"', " xlink:href=#l", " color=x", "/", " a=b", ' "', " ="]
CHARACTERS = "<<>>\"'/=!-&;?# \t\n\r\f\0aA\\]["


def tag(dice):
    name = dice.choice(NAMES)
    if dice.random() < 0.4:
        return f"</{name}>"
    return f"<{name}{dice.choice(ATTRIBUTES)}>"


def change(parts, dice):
    """Do one thing to the parts of a page."""
    place = dice.randrange(len(parts) + 1)
    way = dice.randrange(6)
    if way == 0:
        del parts[place:place + dice.randrange(1, 4)]
    elif way == 1 and parts:
        parts.insert(place, dice.choice(parts))
    elif way == 2:
        end = place + dice.randrange(1, 5)
        moved, parts[place:end] = parts[place:end], []
        place = dice.randrange(len(parts) + 1)
        parts[place:place] = moved
    elif way == 3 and place < len(parts):
        at = dice.randrange(len(parts[place]) + 1)
        parts[place] = parts[place][:at] + dice.choice(CHARACTERS) + \
            parts[place][at + dice.randrange(2):]
    else:
        parts.insert(place, tag(dice))


def page(seeds, dice):
    parts = []
    for _ in range(dice.randrange(1, 4)):
        parts += PART.findall(dice.choice(seeds))
    for _ in range(dice.randrange(1, 30)):
        change(parts, dice)
    text = ""
    for number, part in enumerate(parts):
        text += part
        if dice.random() < 0.3:
            text += f"<a href=#{number}>{dice.choice(['', 'x', '</a>'])}"
    return text


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    dice = random.Random(seed)
    seeds = (HERE / "nasty.html").read_text("utf-8").splitlines()
    with open(HERE / "../data/links-tree/cases.jsonl", encoding="utf-8") as cases:
        seeds += [json.loads(line)[0] for line in cases]
    for number in range(count):
        text = page(seeds, dice)
        for plain, escaped in (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r"),
                               ("\0", r"\0")):
            text = text.replace(plain, escaped)
        print(f"{seed}/{number}", 200, "text/html; charset=utf-8", URL, "", text, sep="\t")


main()
