#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Pages that test the tree, and their links.

    cases.py read FILE.dat...   the documents of html5lib's tree construction tests, a
                                line of JSON each, with links put into them in four ways
    cases.py pages <CASES       as page records
    cases.py links <CASES       what par-links says of those
    cases.py expect LINKS CASES the cases, expecting the links of a run over the pages

CASES is cases.jsonl here: [document, [links of each way]], the links that were put in
by number.
"""
import json
import re
import sys

TAG = re.compile(r"<[a-zA-Z][^>]*>|</[a-zA-Z][^>]*>")


def numbered(tag):
    """Something that makes a tag for each number."""
    number = -1

    def make(_=None):
        nonlocal number
        number += 1
        return tag % number
    return make


def ways(document):
    """The anchors it has, and anchors after each of its tags: closed, open, in text."""
    make = numbered("<a href=#%d")
    yield re.sub(r"<[aA](?=[\s/>])", make, document)
    for tag in "<a href=#%d></a>", "<a href=#%d>", "x<a href=#%d><p>":
        make = numbered(tag)
        yield TAG.sub(lambda match, make=make: match[0] + make(), document)


def documents(lines):
    """The #data of the tests that are whole documents, with scripts off or any."""
    section, data = None, {}
    for line in lines + ["#data\n"]:
        if line == "#data\n":
            if data and "#document-fragment" not in data and "#script-on" not in data:
                yield data["#data"][:-1]
            data = {}
        if re.match(r"#(data|errors|new-errors|document|document-fragment|script-o\w+)$", line):
            section = line.strip()
            data[section] = ""
        elif section:
            data[section] += line


def records(cases):
    for number, (document, *_) in enumerate(cases):
        for way, text in enumerate(ways(document)):
            yield f"http://h/{number}/{way}", text


def read(names):
    seen = set()
    for name in names:
        with open(name, encoding="utf-8", newline="") as lines:
            for document in documents(lines.readlines()):
                # par-links does not copy options into <selectedcontent>.
                if "<selectedcontent" in document:
                    continue
                if document not in seen and "<" in document:
                    print(json.dumps([document, []], ensure_ascii=False))
                seen.add(document)


def main():
    command, *names = sys.argv[1:]
    if command == "read":
        read(names)
        return
    if command == "expect":
        links = {}
        for line in open(names[0], encoding="utf-8"):
            page, link = line.rstrip("\n").split("\t")
            number = link.removeprefix(page + "#")
            links.setdefault(page, []).append(int(number) if number.isdecimal() else link)
        for number, line in enumerate(open(names[1], encoding="utf-8")):
            document = json.loads(line)[0]
            expected = [links.get(f"http://h/{number}/{way}", []) for way in range(4)]
            print(json.dumps([document, expected], ensure_ascii=False, separators=(",", ":")))
        return
    cases = [json.loads(line) for line in sys.stdin]
    for url, text in records(cases):
        if command == "pages":
            for plain, escaped in (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"),
                                   ("\r", r"\r"), ("\0", r"\0")):
                text = text.replace(plain, escaped)
            print(url, 200, "text/html; charset=utf-8", url, "", text, sep="\t")
        else:
            number, way = map(int, url.split("/")[-2:])
            for link in cases[number][1][way]:
                print(url, f"{url}#{link}" if isinstance(link, int) else link, sep="\t")


main()
