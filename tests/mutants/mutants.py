#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""How good are the tests?  Plant small mistakes in the programs, and see who notices.

    tests/mutants/mutants.py [--only unit] [--list | --check] SEED COUNT [FILE...]

COUNT mistakes, one at a time, are planted in a copy of the tree: a comparison turned, a
bound off by one, a call or an assignment left out, a constant changed, && for ||.  Which
ones follows from SEED and the sources: FILEs, or all of lib and cmd.  Each is built and
tried by the unit tests and then by the bats files of the programs that have it, the
nearest first, until one fails twice or does not end, or BUDGET seconds (300) are over.

Those that nobody notices are printed, as they were and as they became.  What compiles to
the same code is not counted.  tests/mutants/explained says of some why nobody can notice
them; an entry there that fits no mistake any more is an error, which --check looks for.
Ends with 1 if some are left.  JOBS are tried at once; they have the lowest priority.
"""
import argparse
import collections
import concurrent.futures
import glob
import os
import queue
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mistakes  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
EXPLAINED = "tests/mutants/explained"
BUDGET = int(os.environ.get("BUDGET", 300))
UNIT_LIMIT, BUILD_LIMIT = 60, 300  # seconds
NO_SUCH = 2  # the status of unit tests that have none of that name
MEMORY, FILE = 8 << 30, 8 << 30  # bytes that a test may use up
# How often each kind is drawn: what is left out is what tests are most blind for.
KINDS = ["left out"] * 3 + ["constant"] * 2 + ["turned", "bound", "logic", "sum"]
SHARED = ["every-program", "fifo-ends", "promise"]  # bats files of many programs

FOUND, SAME, BROKEN, LEFT = "found", "same code", "does not compile", "left"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def sources(named, only):
    files = named or sorted(glob.glob("lib/**/*.c", recursive=True) + glob.glob("cmd/**/*.c", recursive=True))
    if only:
        files = [path for path in files if os.path.isdir(f"tests/unit/{program_of(path)}")]
    return {path: read(path) for path in files}


def program_of(path):
    """The program that a file is of, or lib."""
    return path.split("/")[1] if path.startswith("cmd/") else "lib"


def draw(seed, texts):
    """Mistakes without end, until there are no more."""
    chance = random.Random(seed)
    kinds = collections.defaultdict(list)
    for path, text in texts.items():
        for mistake in mistakes.of_file(path, text):
            kinds[mistake.kind].append(mistake)
    for left in kinds.values():
        chance.shuffle(left)
    while any(kinds.values()):
        kind = chance.choice(KINDS)
        if kinds[kind]:
            yield kinds[kind].pop()


def squeezed(text):
    return " ".join(text.split())


def entries():
    """(file, function, before, after) of each explained one."""
    if not os.path.exists(EXPLAINED):
        return
    place = before = None
    for line in read(EXPLAINED).splitlines():
        if re.match(r"\w+/", line):
            path, _, function = line.partition(" ")
            place = path, function
        elif line.startswith("-"):
            before = squeezed(line[1:])
        elif line.startswith("+"):
            yield place + (before, squeezed(line[1:]))


def key(text, mistake):
    before, after = mistakes.lines_of(text, mistake)
    return mistake.file, mistake.function, squeezed(before), squeezed(after)


def check():
    """Entries that fit no mistake."""
    known = list(entries())
    fit = set()
    for path in {entry[0] for entry in known}:
        text = read(path) if os.path.exists(path) else ""
        fit |= {key(text, mistake) for mistake in mistakes.of_file(path, text)}
    stale = [entry for entry in known if entry not in fit]
    for path, function, before, after in stale:
        print(f"{EXPLAINED}: {path} {function}: no such mistake any more\n-{before}\n+{after}")
    return not stale


class Tree:
    """A copy of the tree, built, in which mistakes are planted one at a time."""

    def __init__(self, folder, name, only):
        self.path, self.only = os.path.join(folder, name), only
        self.mark = f"PAR_MUTANT={os.getpid()}-{name}"
        files = subprocess.run(["git", "ls-files", "-z"], stdout=subprocess.PIPE, check=True).stdout
        os.makedirs(self.path)
        tar = subprocess.Popen(["tar", "-c", "--null", "-T", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        untar = subprocess.Popen(["tar", "-x", "-C", self.path], stdin=tar.stdout)
        tar.stdin.write(b"\0".join(name for name in files.split(b"\0") if os.path.lexists(name)))
        tar.stdin.close()
        if untar.wait() != 0 or tar.wait() != 0:
            sys.exit("mutants: the tree cannot be copied")
        if not self.make():
            sys.exit("mutants: the tree does not build as it is:\n" + self.said)
        for unit in glob.glob(f"{self.path}/build/unit/*"):
            if self.run([unit, "--stop"], UNIT_LIMIT) != 0:
                sys.exit("mutants: a unit test fails as it is:\n" + self.said)
        shutil.copytree(f"{self.path}/build", f"{self.path}/before", symlinks=True)

    def run(self, command, limit, enough=None, **more):
        """Its status, None if it did not end; said is what it printed.

        It is ended when enough, a pattern, is there.
        """
        name, value = self.mark.split("=")
        env = {**os.environ, "LC_ALL": "C", name: value, **more}
        env["PATH"] = "/usr/lib/ccache:" + env["PATH"]
        for unwanted in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
            env.pop(unwanted, None)
        with tempfile.NamedTemporaryFile() as out:
            child = subprocess.Popen(command, cwd=self.path, env=env, stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=out, start_new_session=True, preexec_fn=limits)
            end, status = time.monotonic() + limit, None
            try:
                while status is None and time.monotonic() < end:
                    try:
                        status = child.wait(min(1 if enough else limit, max(0, end - time.monotonic())))
                    except subprocess.TimeoutExpired:
                        if enough and re.search(enough, read_bytes(out.name)):
                            status = 1
            finally:
                self.end_all()
                child.wait()
            self.said = read_bytes(out.name).decode(errors="replace")
        return status

    def end_all(self):
        """End what was started here and is left, wherever it has gone."""
        mark = self.mark.encode()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    if mark in file.read().split(b"\0"):
                        os.kill(int(pid), signal.SIGKILL)
            except OSError:
                pass

    def make(self, path=""):
        targets = ["all", "units"]
        if self.only:
            targets = [f"build/unit/{program_of(path)}"] if path else ["units"]
        return self.run(["make", "-s", "B=build", "CFLAGS=-O1 -w", *targets], BUILD_LIMIT) == 0

    def object(self, folder, path):
        with open(f"{self.path}/{folder}/{path[:-2]}.o", "rb") as file:
            return file.read()

    def units(self, path):
        """The commands that run the unit tests that have the code of a file, its own first."""
        program = program_of(path)
        for unit in sorted(glob.glob(f"{self.path}/build/unit/*"), key=lambda unit: (not unit.endswith("/lib"), unit)):
            if os.path.basename(unit) == program or program == "lib" and not self.only:
                yield [unit, "--stop", os.path.basename(path)[:-2]]
                yield [unit, "--stop"]

    def users(self, path):
        """The programs that have a file of lib, those that name it most first."""
        symbols = subprocess.run(["nm", "-g", "--defined-only", f"{self.path}/before/{path[:-2]}.o"],
                                 stdout=subprocess.PIPE, check=True).stdout.split()[2::3]
        header, named = os.path.basename(path)[:-2] + ".h", {}
        for program in sorted(os.listdir(f"{self.path}/cmd")):
            binary = read_bytes(f"{self.path}/before/bin/{program}")
            if any(b"\0" + symbol + b"\0" in binary for symbol in symbols):
                named[program] = sum(read(name).count(f'"{header}"')
                                     for name in glob.glob(f"{self.path}/cmd/{program}/**/*.c", recursive=True))
        return sorted(named, key=lambda program: (-named[program], program))

    def bats(self, mistake, program):
        """(file, tests or None) to try."""
        programs = self.users(mistake.file) if program == "lib" else [program]
        for one in programs:
            own = glob.glob(f"{self.path}/tests/{one}.bats") + glob.glob(f"{self.path}/tests/{one}-*.bats")
            for path in sorted(own, key=lambda path: (os.path.getsize(path), path)):
                yield path, None
        for name in SHARED:
            path = f"{self.path}/tests/{name}.bats"
            tests = [test for test in re.split(r"^(?=@test )", read(path), flags=re.M)[1:]
                     if any(re.search(rf"\b{one}\b(?!-)", test) for one in programs)]
            if tests:
                yield path, tests_of("".join(tests))

    def bats_fails(self, path, tests, limit, folder="build"):
        """The first of the tests, or of all, that fails; "" if none does, None if it does not end."""
        command = ["bats", "--tap", path]
        if tests:
            command[1:1] = ["-f", "^(" + "|".join(re.escape(test) for test in tests) + ")$"]
        status = self.run(command, limit, rb"(?m)^not ok .*\n", PAR_BIN=f"{self.path}/{folder}/bin", DEADLINE="20",
                          BATS_TEST_TIMEOUT="60")
        failed = re.search(r"^not ok \d+ (.*?)(?: # timeout.*)?$", self.said, re.M)
        return failed[1] if failed else "" if status is not None else None

    def try_bats(self, path, tests, limit):
        """The first test that fails, and again, but not without a mistake; "" if none does."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            test = self.bats_fails(path, tests, end - time.monotonic())
            if test is None:
                return f"{os.path.basename(path)}, which does not end"
            if test == "":
                break
            if not fails_anyway(self, path, test) and self.bats_fails(path, [test], BUDGET) != "":
                return f"{os.path.basename(path)}: {test}"
            every = tests or tests_of(read(path))
            tests = every[every.index(test) + 1:] if test in every else []
            if not tests:
                break
        return ""

    def noticed(self, mistake):
        """Who notices; "" if nobody does."""
        program = program_of(mistake.file)
        for command in self.units(mistake.file):
            status = self.run(command, UNIT_LIMIT)
            if status not in (0, NO_SUCH):
                failed = re.findall(r"^not ok (.*?) in \d+ms", self.said, re.M)
                name = f"the unit tests of {os.path.basename(command[0])}"
                return failed[0] if failed else f"{name}, which {'do not end' if status is None else 'crash'}"
        end = time.monotonic() + BUDGET
        for path, tests in [] if self.only else self.bats(mistake, program):
            left = end - time.monotonic()
            if left < 5:
                break
            who = self.try_bats(path, tests, BUDGET)
            if who:
                return who
        return ""

    def attempt(self, mistake):
        path = f"{self.path}/{mistake.file}"
        text = read(path)
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(mistakes.planted(text, mistake))
            if not self.make(mistake.file):
                return BROKEN, ""
            if self.object("build", mistake.file) == self.object("before", mistake.file):
                return SAME, ""
            who = self.noticed(mistake)
            return (FOUND, who) if who else (LEFT, "")
        finally:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)


ANYWAY = {}


def fails_anyway(tree, path, test):
    """Does it fail without a mistake, too?"""
    if test not in ANYWAY:
        ANYWAY[test] = tree.bats_fails(path, [test], BUDGET, "before") != ""
    return ANYWAY[test]


def tests_of(text):
    """The names of the tests of a bats file."""
    return re.findall(r'^@test "(.*)" \{$', text, re.M)


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def limits():
    os.nice(19)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def show(text, mistake):
    before, after = mistakes.lines_of(text, mistake)
    for sign, lines in ("-", before), ("+", after):
        for line in lines.splitlines():
            print(sign + line)


def torment(options, texts):
    known, counts, planted = set(entries()), collections.Counter(), draw(options.seed, texts)
    jobs = int(os.environ.get("JOBS", os.cpu_count()))
    with tempfile.TemporaryDirectory(prefix="par-mutants.") as folder:
        free = queue.SimpleQueue()
        for n in range(jobs):
            free.put(Tree(folder, f"tree{n}", options.only))

        def attempt(mistake):
            tree = free.get()
            try:
                return mistake, tree.attempt(mistake)
            finally:
                free.put(tree)

        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            running = collections.deque()
            while True:
                while len(running) < jobs and counts[FOUND] + counts[LEFT] + len(running) < options.count:
                    mistake = next(planted, None)
                    if mistake is None:
                        break
                    running.append(pool.submit(attempt, mistake))
                if not running:
                    break
                mistake, (result, who) = running.popleft().result()
                counts[result] += 1
                if result == FOUND:
                    print(f"{mistake.file}:{mistake.line}: {mistake.kind}: found by {who}", flush=True)
                if result == LEFT:
                    text = texts[mistake.file]
                    explained = key(text, mistake) in known
                    counts["explained"] += explained
                    print(f"{mistake.file}:{mistake.line}: {mistake.kind}: {'explained' if explained else 'NOT FOUND'}"
                          f" ({mistake.function})")
                    show(text, mistake)
                    sys.stdout.flush()
    return counts


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--only", choices=["unit"])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("seed", nargs="?", default="1")
    parser.add_argument("count", nargs="?", type=int, default=100)
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    os.chdir(ROOT)
    if not check():
        return 1
    if options.check:
        return 0
    texts = sources(options.files, options.only)
    if options.list:
        for _, mistake in zip(range(options.count), draw(options.seed, texts)):
            print(f"{mistake.file}:{mistake.line}: {mistake.kind} ({mistake.function})")
            show(texts[mistake.file], mistake)
        return 0
    counts = torment(options, texts)
    tried = counts[FOUND] + counts[LEFT]
    print(f"seed {options.seed}: {tried} planted, {counts[FOUND]} found, {counts['explained']} explained, "
          f"{counts[LEFT] - counts['explained']} left; {counts[SAME]} were the same code")
    return counts[LEFT] > counts["explained"]


if __name__ == "__main__":
    sys.exit(main())
