# SPDX-License-Identifier: ISC
"""The small mistakes that can be made in a C file of ours.

Works on our layout: a function's braces stand alone in the first column, operators have
blanks around them, a statement begins a line.
"""
import collections
import re

# file: its path; at: the bytes text[at:end] become new; function: where, or "".
Mistake = collections.namedtuple("Mistake", "kind file line at end new function")

SKIPPED = re.compile(
    r"""/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' |
    ^\#(?:[^\n]*\\\n)*[^\n]*""",
    re.S | re.M | re.X)
TURNED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
BOUND = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
NO_STATEMENT = re.compile(
    r"(?:if|for|while|do|switch|return|else|case|default|goto|break|continue|static|const|"
    r"struct|enum|unsigned|typedef|union|_Noreturn)\b|\w+:")
STATEMENT = re.compile(r"\t+(?=(?:\*|\+\+|--|\()*[A-Za-z_]\w*(?!\w*\s+\**\w))")


def hide(text):
    """The text, with blanks for comments, strings and what is the preprocessor's."""
    return SKIPPED.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def bodies(code):
    """(name, begin, end) of each function."""
    name, begin, at = "", None, 0
    for line in code.splitlines(keepends=True):
        if re.match(r"[A-Za-z_][^;]*\(", line):
            name = re.sub(r".*[ *]", "", line[:line.index("(")])
        if line == "{\n":
            begin = at
        elif line.startswith("}") and begin is not None:
            yield name, begin, at
            begin = None
        at += len(line)


def closing(code, at):
    """Where the bracket that opens at is closed."""
    depth = 0
    for i in range(at, len(code)):
        depth += (code[i] in "([{") - (code[i] in ")]}")
        if depth == 0:
            return i
    return at


def numbers(code, begin, end):
    """Each number becomes one more, and one less if that is none below 0."""
    for m in re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)\b").finditer(code, begin, end):
        value = int(m[1], 0) if m[1][:2].lower() == "0x" or not m[1].startswith("0") else int(m[1], 8)
        yield m.start(), m.end(), f"{value + 1}{m[2]}"
        if value > 0:
            yield m.start(), m.end(), f"{value - 1}{m[2]}"


def operators(code, begin, end):
    for m in re.compile(r"(?<= )(==|!=|<=|>=|<|>|&&|\|\||\+|-|\+=|-=)(?=\s)").finditer(code, begin, end):
        op = m[1]
        if op in TURNED:
            yield "turned", m.start(1), m.end(1), TURNED[op]
        if op in BOUND:
            yield "bound", m.start(1), m.end(1), BOUND[op]
        if op in ("&&", "||"):
            yield "logic", m.start(1), m.end(1), "||" if op == "&&" else "&&"
        if op in ("+", "-") and re.search(r"[\w)\]]\s$", code[:m.start(1)]):
            yield "sum", m.start(1), m.end(1), "-" if op == "+" else "+"
        if op in ("+=", "-="):
            yield "sum", m.start(1), m.end(1), "-=" if op == "+=" else "+="


def words(code, begin, end):
    for m in re.compile(r"\+\+|--").finditer(code, begin, end):
        yield "sum", m.start(), m.end(), "--" if m[0] == "++" else "++"
    for m in re.compile(r"\b(?:true|false)\b").finditer(code, begin, end):
        yield "constant", m.start(), m.end(), "false" if m[0] == "true" else "true"
    for m in re.compile(r"\b(?:if|while) (?=\()").finditer(code, begin, end):
        yield "turned", m.end(), closing(code, m.end()) + 1, None


def statements(code, begin, end):
    """A call, an assignment or a count, on lines of its own, is left out."""
    before, at = "{", code.index("\n", begin) + 1
    while at < end:
        line = code[at:code.index("\n", at)]
        m = STATEMENT.match(line)
        if m and before[-1] in "{};:)" or m and re.search(r"\b(?:else|do)$", before):
            start, stop = at + m.end(), code.find(";", at)
            said = code[start:stop]
            if (not NO_STATEMENT.match(said) and "{" not in said and
                    said.count("(") == said.count(")") and
                    re.search(r"\)$|[^=!<>]=[^=]|\+\+|--", said)):
                yield "left out", start, stop, ""
        if line.strip():
            before = line.rstrip()
        at += len(line) + 1


def of_file(path, text):
    """All of them, in the order of their places."""
    code, found = hide(text), []

    def add(kind, function, at, end, new):
        found.append(Mistake(kind, path, text.count("\n", 0, at) + 1, at, end, new, function))

    for function, begin, end in bodies(code):
        for kind, at, stop, new in operators(code, begin, end):
            add(kind, function, at, stop, new)
        for kind, at, stop, new in words(code, begin, end):
            add(kind, function, at, stop, f"(!{text[at:stop]})" if new is None else new)
        for kind, at, stop, new in statements(code, begin, end):
            add(kind, function, at, stop, new)
        for at, stop, new in numbers(code, begin, end):
            add("constant", function, at, stop, new)
    for m in re.compile(r"^enum (?:\w+ )?\{(.*?)\};", re.S | re.M).finditer(code):
        for at, stop, new in numbers(code, m.start(1), m.end(1)):
            add("constant", "", at, stop, new)
    return sorted(found, key=lambda mistake: (mistake.at, mistake.end, mistake.new))


def planted(text, mistake):
    return text[:mistake.at] + mistake.new + text[mistake.end:]


def lines_of(text, mistake):
    """The lines that it changes, as they are and as they become."""
    begin = text.rfind("\n", 0, mistake.at) + 1
    end = text.find("\n", mistake.end)
    return text[begin:end], text[begin:mistake.at] + mistake.new + text[mistake.end:end]
