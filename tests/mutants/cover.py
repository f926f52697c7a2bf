# SPDX-License-Identifier: ISC
"""Which tests run a line of a program, and how long each takes: measured once, and kept.

The programs are built with cover.c, which notes the pieces of code (without a branch) that
are run, and all bats files are run over them; tests/helper.bash names a file for each test.
A line is known by its function and what it says, so that it is found where it has moved to.
"""
import bisect
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys

import mistakes

FLAGS = "-O0 -g -w -fsanitize-coverage=trace-pc"  # without -O, code is where its line is
NEAREST = 4  # as in cover.c
CALLED = "__sanitizer_cov_trace_pc"
# These are not tried with a mistake: they look at the sources, build something, or take minutes.
APART = {f"{name}.bats" for name in ("build", "chaos", "fuzz", "install", "sim", "style", "torture")}

# file: its name below tests/; number: its place there, from 1 on; seconds: 0 if it is new.
Test = collections.namedtuple("Test", "file number name seconds")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def squeezed(text):
    return " ".join(text.split())


def tests_of(path):
    """The names of the tests of a bats file."""
    return re.findall(r'^@test "(.*)" \{$', read(path), re.M)


def bats_files(folder):
    return [path for path in glob.glob(f"{folder}/*.bats") if os.path.basename(path) not in APART]


def places(text):
    """(function, what it says) of each line; the function is "" outside of one."""
    lines = [("", squeezed(line)) for line in text.split("\n")]
    for name, begin, end in mistakes.bodies(mistakes.hide(text)):
        for n in range(text.count("\n", 0, begin), text.count("\n", 0, end)):
            lines[n] = name, lines[n][1]
    return lines


def pieces(tree, program):
    """Where cover.c is called from, in order, and the (file, line) of the piece behind each."""
    said = subprocess.run(["objdump", "-dl", "--no-show-raw-insn", program],
                          stdout=subprocess.PIPE, check=True, text=True).stdout
    calls, lines, line, piece = [], [], None, set()
    for m in re.finditer(r"^\s+([0-9a-f]+):\t(\S+)(.*)$|^[0-9a-f]+ <|^\S*/((?:lib|cmd)/\S+\.c):(\d+)|^/\S+:\d+",
                         said, re.M):
        if m[1] is None:
            line = (m[4], int(m[5])) if m[4] else None
            if m[0].endswith("<"):
                piece = set()  # before the first call of a function
        elif m[2].startswith("call") and f"<{CALLED}>" in m[3]:
            piece = {line}
            calls.append(int(m[1], 16))
            lines.append(piece)
        else:
            piece.add(line)
    return calls, [piece - {None} for piece in lines]


def measure(tree, kept):
    """Run all bats files in a tree of its own, and keep what they run."""
    print("mutants: which tests run what is measured, for some minutes", file=sys.stderr)
    folder = f"{tree.path}/cover"
    os.makedirs(f"{folder}/seen")
    source, aid = f"{tree.path}/tests/mutants/cover.c", f"{folder}/cover.o"
    if (tree.run(["cc", "-D_GNU_SOURCE", "-fPIE", "-O2", "-c", "-o", aid, source], 60) != 0 or
            tree.run(["make", "-s", "B=cover", f"CFLAGS={FLAGS}", f"LDFLAGS={aid}", "all"], 600) != 0):
        sys.exit("mutants: what measures does not build:\n" + tree.said)
    jobs = os.cpu_count() + 1  # as scripts/check
    several = ["--jobs", str(jobs), "--no-parallelize-within-files"] if shutil.which("parallel") else []
    files = sorted(bats_files(f"{tree.path}/tests"), key=os.path.getsize, reverse=True)
    tree.run(["bats", "--formatter", "cat", "--timing", *several, *files], 3600,
             PAR_BIN=f"{folder}/bin", PAR_COVER=f"{folder}/seen")
    tests = timed(files, tree.said)
    lines = run_by(tree, f"{folder}/seen", tests)
    os.makedirs(os.path.dirname(kept), exist_ok=True)
    with open(kept + ".new", "w", encoding="utf-8") as file:
        json.dump({"tests": tests, "lines": lines}, file)
    os.rename(kept + ".new", kept)


def timed(files, said):
    took, file = {}, ""
    for m in re.finditer(r"^suite .*/(\S+)$|^(?:not )?ok \d+ (.*?)(?: # .*)? in (\d+)ms", said, re.M):
        if m[1]:
            file = m[1]
        else:
            took[file, m[2]] = int(m[3]) / 1000
    return [Test(os.path.basename(path), number, name, took[os.path.basename(path), name])
            for path in files for number, name in enumerate(tests_of(path), 1)
            if (os.path.basename(path), name) in took]


def run_by(tree, seen, tests):
    """[function, line, tests] of each line of each file; tests are the bits of a number."""
    by_line = collections.defaultdict(int)
    numbered = {(test.file, test.number): n for n, test in enumerate(tests)}
    for program in os.listdir(f"{tree.path}/cover/bin"):
        calls, lines = pieces(tree, f"{tree.path}/cover/bin/{program}")
        runs = [0] * len(calls)
        for path in glob.glob(f"{seen}/*.{program}"):
            file, _, number = os.path.basename(path)[:-len(program) - 1].rpartition(".")
            bit = 1 << numbered[file, int(number)] if (file, int(number)) in numbered else 0
            with open(path, "rb") as file:
                for m in re.finditer(b"[^\0]", file.read()):
                    # the last call before that, which is where it returns to
                    runs[bisect.bisect_left(calls, m.start() * NEAREST) - 1] |= bit
        for piece, run in zip(lines, runs):
            for line in piece:
                by_line[line] |= run
    named = collections.defaultdict(lambda: collections.defaultdict(int))
    for path in {path for path, _ in by_line}:
        for number, place in enumerate(places(read(f"{tree.path}/{path}")), 1):
            if (path, number) in by_line:
                named[path][place] |= by_line[path, number]
    return {path: [[*place, run] for place, run in known.items()] for path, known in named.items()}


class Cover:
    """What was measured, by kept, a file."""

    def __init__(self, kept):
        with open(kept, encoding="utf-8") as file:
            known = json.load(file)
        self.tests = [Test(*test) for test in known["tests"]]
        self.lines = {path: {(function, said): run for function, said, run in lines}
                      for path, lines in known["lines"].items()}
        there = {(os.path.basename(path), name) for path in bats_files("tests") for name in tests_of(path)}
        self.new = [Test(file, 0, name, 0) for file, name in
                    sorted(there - {(test.file, test.name) for test in self.tests})]
        self.gone = {(test.file, test.name) for test in self.tests} - there

    def tests_for(self, text, mistake):
        """The tests that run a mistake, the fastest first; those that are new run all."""
        run = self.run_by(text, mistake)
        known = [test for n, test in enumerate(self.tests) if run >> n & 1 and (test.file, test.name) not in self.gone]
        return self.new + sorted(known, key=lambda test: (test.seconds, test))

    def run_by(self, text, mistake):
        """What runs its lines; or where these have no code, the next above in its function; or the file."""
        known, lines, run = self.lines.get(mistake.file, {}), places(text), 0
        last = mistake.line + text.count("\n", mistake.at, mistake.end)
        mine = [n for n in range(mistake.line - 1, last) if lines[n] in known]
        if not mine and mistake.function:
            above = [n for n in range(mistake.line - 1) if lines[n][0] == mistake.function and lines[n] in known]
            mine = above[-1:]
        for run_by in [known[lines[n]] for n in mine] or known.values():
            run |= run_by
        return run
