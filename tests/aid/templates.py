#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""templates.py FROM COUNT [link]: words with records, by chance, against a model.

Each of the seeds makes records with odd bytes, a command with odd words and options of
par-run(1), and says by a model, which is that page as plain code, what processes there
are to be, with which words.  They are compared with those that par-run starts, and with
those that a shell starts from what --dry-run prints.  ./show-words, built from
show-words.c, is the command.  What differs is told with its seed.  With link the
processes are at the other end of one.
"""

import os
import random
import subprocess
import sys
import tempfile

FORMS = ["", ".", "/", "//", "/."]
APART = b" \t\n\v\f\r'\"`$()[]"  # a word with one of these is left alone
LONGEST = 131071  # bytes of a word, without its NUL, on Linux
KNOWN = "-posix/" not in os.environ.get("PAR_BIN", "")  # by --dry-run, too

# --- the page ---------------------------------------------------------------------


def unescape(text):
    """A field of par-record(5), as it was."""
    known = {b"\\": b"\\", b"t": b"\t", b"n": b"\n", b"r": b"\r", b"0": b"\0"}
    made, at = b"", 0
    while at < len(text):
        after = text[at + 1 : at + 2]
        if text[at : at + 1] == b"\\" and after in known:
            made += known[after]
            at += 2
        else:
            made += text[at : at + 1]
            at += 1
    return made


def escape(text):
    for byte, written in ((b"\\", b"\\\\"), (b"\t", b"\\t"), (b"\n", b"\\n"),
                          (b"\r", b"\\r"), (b"\0", b"\\0")):
        text = text.replace(byte, written)
    return text


def base(name):
    """basename(1)"""
    bare = name.rstrip(b"/")
    if name and not bare:
        return b"/"
    return bare.rsplit(b"/", 1)[-1]


def folder(name):
    """dirname(1)"""
    bare = name.rstrip(b"/")
    if not bare:
        return b"/" if name else b"."
    if b"/" not in bare:
        return b"."
    return bare.rsplit(b"/", 1)[0].rstrip(b"/") or b"/"


def stem(name):
    """Without the last dot of its last part and what follows it."""
    last = name.rsplit(b"/", 1)[-1]
    before, dot, _ = last.rpartition(b".")
    if not dot or not before.strip(b"."):
        return name
    return name[: len(name) - len(last)] + before


def form_of(name, form):
    return {"": lambda n: n, ".": stem, "/": base, "//": folder,
            "/.": lambda n: stem(base(n))}[form](name)


def read_place(inner, names):
    """What stands in braces: what it is of, and in which form; or None."""
    if inner in (b"#", b"%"):
        return inner.decode(), ""
    for form in FORMS:
        end = form.encode()
        if inner == end:
            return "record", form
        if len(inner) == 1 + len(end) and inner[:1] in b"123456789" and inner[1:] == end:
            return int(inner[:1]) - 1, form
    for form in FORMS:
        end = form.encode()
        name = inner[: len(inner) - len(end)]
        if inner.endswith(end) and name in names:
            return names.index(name), form
    return None


def split_word(word, case, anywhere=False):
    """The word as texts and places, by turns."""
    parts, text, at = [], b"", 0
    if case.mark is not None:
        texts = word.split(case.mark) if case.mark else [word]
        for i, text in enumerate(texts):
            parts += [text] if i == 0 else [("record", ""), text]
        return parts
    if not anywhere and any(byte in APART for byte in word):
        return [word]
    while at < len(word):
        close = word.find(b"}", at)
        place = None
        if word[at : at + 1] == b"{" and close > 0:
            place = read_place(word[at + 1 : close], case.names)
            before = word[at - 1 : at] if at > 0 else b""
            if place and isinstance(place[0], int) and not anywhere and \
                    word[at + 1 : at + 2] in b"123456789" and \
                    word[at + 1 : close] not in case.names and \
                    (before.isalnum() or before >= b"\x80"):
                place = None
        if place:
            parts += [text, place]
            text, at = b"", close + 1
        else:
            text += word[at : at + 1]
            at += 1
    return parts + [text]


class Refused(Exception):
    pass


class Record:
    """A record: as an argument, its fields, and as it is kept and told of."""

    def __init__(self, whole, fields, kept):
        self.whole, self.fields, self.kept = whole, fields, kept

    def value(self, place):
        what, form = place
        if what == "record":
            value = self.whole
        elif what < len(self.fields):
            value = self.fields[what]
        else:
            raise Refused
        value = form_of(value, form)
        if b"\0" in value:
            raise Refused
        return value

    def told(self, place):
        """The same in a tag."""
        what, form = place
        fields = [self.kept] if what == "record" else self.kept.split(b"\t")[what:]
        return form_of(fields[0], form) if fields else b""


def fill(parts, record, number, worker, told=False):
    made = b""
    for part in parts:
        if isinstance(part, bytes):
            made += part
        elif part[0] == "#":
            made += b"%d" % number
        elif part[0] == "%":
            made += worker
        else:
            made += record.told(part) if told else record.value(part)
    return made


def records_of_text(case, text):
    """Standard input, or a file of a list, as bytes of records."""
    end = case.end
    pieces = text.split(end)
    if pieces[-1] == b"":
        pieces.pop()
    return pieces


def records_of_input(case):
    for raw in records_of_text(case, case.input):
        if case.end == b"\n":
            whole = unescape(raw) if case.escaped else raw
            fields = [unescape(field) for field in raw.split(b"\t")]
            yield Record(whole, fields, raw)
        else:
            yield Record(raw, [raw], escape(raw))


def records_of_lists(case):
    """Combinations, the last list being the fastest; with + pairs."""
    groups = []
    for sign, values in case.lists:
        if sign.endswith("+"):
            groups[-1] = [(*known, value) for known, value in zip(groups[-1], values)]
        else:
            groups.append([(value,) for value in values])
    found = [()]
    for group in groups:
        found = [known + more for known in found for more in group]
    for values in found:
        yield Record(b"\t".join(values), list(values), b"\t".join(map(escape, values)))


def blocks_of(case, records):
    """The records of each block, with the number of its first."""
    block, size, first = [], 0, 1
    for number, record in enumerate(records, 1):
        more = len(record.kept) + 1
        if block and (len(block) == case.most or
                      (case.bytes and size + more > case.bytes)):
            yield first, block
            block, size = [], 0
        first = number if not block else first
        block.append(record)
        size += more
    if block:
        yield first, block


def processes_of(case):
    """The processes there are to be: number of the first record, how many, tag, words.

    Second, how many records are given up.
    """
    words = [split_word(word, case) for word in case.words]
    tag = None if case.tag is None else split_word(case.tag, case, anywhere=True)
    records = list(records_of_lists(case) if case.lists else records_of_input(case))
    if case.header:
        records = records[1:]
    made, refused = [], 0
    for first, block in blocks_of(case, records):
        run = []
        for number, record in enumerate(block + [None], first):
            try:
                if record is not None:
                    for word in words:
                        if len(fill(word, record, number, b"1")) > LONGEST:
                            raise Refused
                    run.append((number, record))
                    continue
            except Refused:
                refused += 1
            if run:
                made.append(process_of(words, tag, run))
            run = []
    return made, refused


def is_of_records(word):
    return any(not isinstance(part, bytes) and part[0] not in ("#", "%") for part in word)


def process_of(words, tag, run):
    made = []
    for word in words:
        for number, record in run if is_of_records(word) else run[:1]:
            made.append(fill(word, record, number, b"1"))
    number, record = run[0]
    line = b"" if tag is None else fill(tag, record, number, b"1", told=True)[:4096] + b"\t"
    return number, len(run), line, made


# --- chance -----------------------------------------------------------------------

NAMES = [b"", b".", b"..", b"/", b"//", b"///", b"a//b/", b"a.b/", b"a.b//", b".x", b"..x",
         b"...", b"x.", b"x..", b".x.y", b"a/.b", b"a.b/c", b"a.b/c.d", b"/x.y", b"//x.y",
         b"-rf", b"--", b"-", b"-N", b":::", b"{}", b"{1}", b"{.}", b"{#}", b"*", b"~", b"!",
         b"$HOME", b"`id`", b"$(id)", b"a b", b" ", b"'", b"\"", b"it's", b"a\\", b"\\",
         b"\\t", b"\\n", b"\\0", b"\\\\", b"\\x", b"%", b"#", b"a=b", b"if", b"\xff",
         b"\xc3\xa9.\xc3\xa9", b"\xe4\xb8\x80", b"\x01", b"\x7f", b"\x81\x82.\x88", b"\r",
         b"a\tb", b"a\t", b"\tb", b"x.tar.gz/", b"a/b/c.d/e.f\tg/h.i"]
BYTES = [bytes([byte]) for byte in range(256)] + [b"/", b".", b"\t", b"\\", b"a", b"'"] * 12
WORDS = [b"{%s}" % (what + form.encode()) for form in FORMS
         for what in (b"", b"1", b"2", b"3")] + [b"{#}", b"{9/.}", b"{1}{2}", b"{}{}"]
ODD = [b"", b"x", b"-", b"--", b"-I", b"a{3}", b"{0}", b"{10}", b"{{1}}", b"{x}", b"{", b"}",
       b"{}}", b"{{}", b"{/1}", b"{.1}", b"{//.}", b"{..}", b"{/}{", b"a b{}", b"'{}'", b"${1}",
       b"$1", b"(x)", b"[0-9]{4}", b"x]{2}", b"x){2}", b"_{2}", b"-{1}", b"9{1}", b"Z{1/}",
       b"\xc3\xa9{1}", b"\xff{1.}", b"\\{}", b"%{}%", b"{} ", b"{}\n", b"a=b", b"it's",
       b"\xff", b"{1}x{2}", b"{}3{2}", b"{%}", b"./{}", b"--to={.}.png", b"{1\t}", b"#{#}"]
FIELDS = [b"city", b"deg_C", b"b.c", b"x-1", b"\xc3\xa9", b"A"]
MARKS = [b"{}", b"REC", b"%%", b"{1}", b"{.}", b"\xc3\xa9", b"@", b"~x~"]


class Case:
    def __init__(self, seed, link=False):
        chance = self.chance = random.Random(seed)
        self.options, self.lists, self.input = [], [], b""
        self.end, self.escaped, self.header, self.tag = b"\n", False, False, None
        self.mark, self.names, self.most, self.bytes = None, [], 1, 0
        if chance.random() < 0.4:
            self.end = chance.choice([b"\0", b"\0", b",", b":", b"\xff", b"a", b"\t"])
            self.options += ["-0"] if self.end == b"\0" else \
                ["-d", b"\\t" if self.end == b"\t" else self.end]
        elif chance.random() < 0.15:
            self.escaped = True
            self.options.append("--escaped")
        if chance.random() < 0.2:
            self.mark = chance.choice(MARKS + [b""])
            self.options += ["-I", self.mark]
        self.choose_source()
        self.choose_blocks()
        self.choose_words()
        self.order = chance.random() < 0.7
        self.workers = chance.randint(1, 3)
        self.options += ["-k"] * self.order + (
            ["--host", f":{self.workers}"] if link else ["-n", str(self.workers)])

    def bytes_of(self, without):
        chance = self.chance
        if chance.random() < 0.6:
            made = chance.choice(NAMES)
        elif chance.random() < 0.01:
            made = chance.choice([b"x", b"\\"]) * chance.choice(
                [4095, LONGEST - 1, LONGEST, LONGEST + 1][: 4 if KNOWN else 1])
        elif chance.random() < 0.03:
            made = b"/".join([b"y.z" * 60] * 30)[:4095]
        else:
            made = b"".join(chance.choice(BYTES) for _ in range(chance.randint(0, 12)))
        for byte in without:
            made = made.replace(byte, b"_")
        return made

    def choose_source(self):
        chance = self.chance
        if chance.random() < 0.35 and not self.escaped:
            for i in range(chance.randint(1, 3)):
                sign = chance.choice([":::", "::::"]) + ("+" if i and chance.random() < 0.4
                                                         else "")
                without = [self.end] if sign.startswith("::::") else [b"\0"]
                values = [self.bytes_of(without) for _ in range(chance.randint(1, 4))]
                if not sign.startswith("::::"):  # what we are started with has limits
                    values = [value[:LONGEST] for value in values]
                if not sign.startswith("::::"):
                    values = [b"_" if value in (b":::", b"::::") else value
                              for value in values]
                self.lists.append((sign, values))
            wide = len(self.lists)
        else:
            wide = chance.randint(1, 4)
            for _ in range(chance.randint(0, 12)):
                record = b"\t".join(self.bytes_of([self.end, b"\t"] if wide > 1 else [self.end])
                                    for _ in range(wide if chance.random() < 0.9 else 1))
                self.input += record + self.end
        if chance.random() < 0.2 and self.mark is None and self.end == b"\n":
            self.names = chance.sample(FIELDS, min(wide, len(FIELDS)))
            if not self.lists and chance.random() < 0.5:
                self.header = True
                self.options.append("--header")
                self.input = b"\t".join(self.names) + self.end + self.input
            else:
                self.options += ["--fields", b",".join(self.names)]
        if not self.lists and self.input and chance.random() < 0.2 and \
                not self.input.endswith(self.end * 2) and len(self.input) > 1:
            self.input = self.input[:-1]  # the last record counts without its end

    def choose_blocks(self):
        chance = self.chance
        if chance.random() < 0.3:
            self.most = chance.randint(1, 5)
            self.options += ["-N", str(self.most)]
        elif chance.random() < 0.2:
            self.most = 10**9
        if self.most > 1 and (self.most > 5 or chance.random() < 0.2):
            self.bytes = chance.randint(1, 40)
            self.options += ["-b", str(self.bytes)]

    def choose_words(self):
        chance = self.chance
        places = WORDS + [b"{%s}" % (name + form.encode()) for form in FORMS
                          for name in self.names]
        odd = ODD
        if self.mark:
            places = [self.mark, b"a " + self.mark, b"'" + self.mark + b"'$1", self.mark * 2]
            odd = ODD + WORDS
        if self.names:  # what is nearly a name is refused, and with blocks all braces
            odd = [word for word in ODD if b"{" not in word]
        if self.mark == b"":
            places = WORDS
        while True:
            self.words = [chance.choice(places if chance.random() < 0.6 else odd)
                          for _ in range(chance.randint(1, 4))]
            if chance.random() < 0.3:
                self.words.append(chance.choice(places) + chance.choice(odd))
            split = [split_word(word, self) for word in self.words]
            if any(len(parts) > 1 for parts in split) and \
                    (self.most == 1 or any(map(is_of_records, split))):
                break
            if self.mark == b"":  # nothing is a place: it is another kind of command
                self.mark = None
                self.options[self.options.index("-I") : self.options.index("-I") + 2] = []
        if chance.random() < 0.15:
            odd = [word for word in odd if b"\n" not in word]  # a tag is a line
            self.tag = chance.choice(odd + places) + chance.choice([b"", b" ", b"'", b"$"]) + \
                chance.choice(places)
            self.options += ["--tag-format", self.tag]

    def command(self, lists, more=()):
        made = ["par-run", *self.options, *more, "./show-words", *self.words]
        for i, (sign, values) in enumerate(self.lists):
            if sign.startswith("::::"):
                name = f"{lists}/list{i}"
                with open(name, "wb") as file:
                    file.write(b"".join(value + self.end for value in values))
                values = [name]
            made += [sign, *values]
        return [word.encode() if isinstance(word, str) else word for word in made]


# --- the two beside each other ----------------------------------------------------


def run(command, text):
    return subprocess.run(command, input=text, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120)


def line_of(process, told):
    number, count, tag, words = process
    shown = b" ".join(word.hex().encode() or b"-" for word in words)
    who = b"%d %d" % (number, count) if told else b"- -"
    return (tag if told else b"") + who + (b" " + shown if words else b"")


def worker_fits(case, got, wanted):
    """A line with what the model says, but for which worker it was."""
    if got == wanted or case.workers == 1:
        return got == wanted
    return True if b"{%}" in b" ".join(case.words + [case.tag or b""]) else False


def differs(case, wanted, got):
    if not case.order:
        wanted, got = sorted(wanted), sorted(got)
    if len(wanted) != len(got):
        return True
    return not all(map(lambda pair: worker_fits(case, *pair), zip(got, wanted)))


def try_case(case, lists):
    """What is wrong, as text; or None."""
    processes, refused = processes_of(case)
    ran = run(case.command(lists), case.input)
    if ran.returncode != (1 if refused else 0):
        return f"status {ran.returncode}, {refused} to be given up: {ran.stderr!r}"
    wanted = [line_of(process, True) for process in processes]
    got = ran.stdout.split(b"\n")[:-1]
    if differs(case, wanted, got):
        return f"wanted {wanted!r}\ngot    {got!r}\n{ran.stderr!r}"
    told = [line for line in ran.stderr.split(b"\n") if b": left alone" not in line]
    if len(told) - 1 != refused:
        return f"{refused} to be given up, and it said {ran.stderr!r}"
    shown = run(case.command(lists, ["--dry-run"]), case.input)
    if shown.returncode != ran.returncode:
        return f"--dry-run: status {shown.returncode}: {shown.stderr!r}"
    by_shell = run(["sh"], shown.stdout)
    wanted = [line_of(process, False) for process in processes]
    if by_shell.returncode != 0 or \
            differs(case, wanted, by_shell.stdout.split(b"\n")[:-1]):
        return f"--dry-run {shown.stdout!r}\nwanted {wanted!r}\ngot    {by_shell.stdout!r}"
    return None


def main():
    first, count = int(sys.argv[1]), int(sys.argv[2])
    failed = started = 0
    for seed in range(first, first + count):
        case = Case(seed, "link" in sys.argv[3:])
        with tempfile.TemporaryDirectory() as lists:
            wrong = try_case(case, lists)
            command = case.command(lists)
        started += len(processes_of(case)[0])
        if wrong is None:
            continue
        failed += 1
        print(f"seed {seed}: {command!r}\nwith   {case.input[:400]!r}\n{wrong[:4000]}")
    print(f"{count} commands, {started} processes, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
