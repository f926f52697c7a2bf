#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Pages that test the tree, and their links.

    cases.py read FILE...       the documents of html5lib's tests, a line of JSON each:
                                of tree construction (.dat) and the tokenizer (.test),
                                or other documents, a line each
    cases.py pages <CASES       as page records
    cases.py links <CASES       what par-links says of those
    cases.py expect LINKS CASES the cases, expecting the links of a run over the pages

CASES is cases.jsonl here: [document, [links of each way]], the links that were put in
by number.  The ways put links into the document, or after it.
"""
import json
import re
import sys

URL = "http://h/"
TAG = re.compile(r"<[a-zA-Z][^>]*>|</[a-zA-Z][^>]*>")
# The links that come of this tell where the tokenizer is.
PROBES = ("<a href=#0>", '"><a href=#1>', "'><a href=#2>", "--><a href=#3>", "]]><a href=#4>",
          "</style></script></title></textarea><a href=#5>")
# What a tokenizer test begins with comes after this.
STATES = {"Data state": "", "PLAINTEXT state": "<plaintext>", "RCDATA state": "<%s>",
          "RAWTEXT state": "<%s>", "Script data state": "<%s>",
          "CDATA section state": "<svg><![CDATA["}
DEFAULT_TAGS = {"RCDATA state": "title", "RAWTEXT state": "style",
                "Script data state": "script"}


def numbered(tag):
    """Something that makes a tag for each number."""
    number = -1

    def make(_=None):
        nonlocal number
        number += 1
        return tag % number
    return make


def ways(document):
    """The anchors it has; anchors after each of its tags: closed, open, in text; probes."""
    make = numbered("<a href=#%d")
    yield re.sub(r"<[aA](?=[\s/>])", make, document)
    for tag in "<a href=#%d></a>", "<a href=#%d>", "x<a href=#%d><p>":
        make = numbered(tag)
        yield TAG.sub(lambda match, make=make: match[0] + make(), document)
    yield document + "".join(PROBES)


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


def tokenizer_documents(tests):
    """The inputs of tokenizer tests after what leads to their states, with links."""
    for test in tests:
        text = test["input"]
        if test.get("doubleEscaped"):
            text = json.loads('"' + text.replace('"', r"\"") + '"')
        if any("\ud800" <= char <= "\udfff" for char in text):
            continue
        text = re.sub(r"<[ha](?=[\s/])", "<a", text)
        text = re.sub(r"(?<=<a)(\s+)a(?=[\s=>/])", r"\1href", text)
        for state in test.get("initialStates", ["Data state"]):
            before = STATES[state]
            if "%" in before:
                before %= test.get("lastStartTag", DEFAULT_TAGS[state])
            yield before + text


def records(cases):
    for number, (document, *_) in enumerate(cases):
        for way, text in enumerate(ways(document)):
            yield f"{number}/{way}", text


def read(names):
    seen = set()
    for name in names:
        with open(name, encoding="utf-8", newline="") as lines:
            if name.endswith(".test"):
                found = tokenizer_documents(json.load(lines).get("tests", []))
            elif name.endswith(".dat"):
                found = documents(lines.readlines())
            else:
                found = lines.read().splitlines()
            for document in found:
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
            number = link.removeprefix(URL + "#")
            links.setdefault(page, []).append(int(number) if number.isdecimal() else link)
        for number, line in enumerate(open(names[1], encoding="utf-8")):
            document = json.loads(line)[0]
            expected = [links.get(f"{number}/{way}", []) for way in range(5)]
            print(json.dumps([document, expected], ensure_ascii=False, separators=(",", ":")))
        return
    cases = [json.loads(line) for line in sys.stdin]
    for name, text in records(cases):
        if command == "pages":
            for plain, escaped in (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"),
                                   ("\r", r"\r"), ("\0", r"\0")):
                text = text.replace(plain, escaped)
            print(name, 200, "text/html; charset=utf-8", URL, "", text, sep="\t")
        else:
            number, way = map(int, name.split("/"))
            for link in cases[number][1][way]:
                print(name, f"{URL}#{link}" if isinstance(link, int) else link, sep="\t")


main()
