#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""How good are the tests?  Plant small mistakes in the programs, and see who notices.

    tests/mutants/mutants.py [--only unit] [--from N] [--list | --check] SEED COUNT [FILE...]

COUNT mistakes, one at a time, are planted in a copy of the tree: a comparison turned, a
bound off by one, a call or an assignment left out, a constant changed, && for ||.  Which
ones follows from SEED and the sources: FILEs, or all of lib and cmd.  Each is built and
tried by the unit tests, what par-run has by its simulator, and then by those bats tests
that run its line, the fastest first, BUDGET seconds of them (120), until one fails twice,
and then passes without the mistake; then by half as many with sanitizers, which see what
is not freed and what is read beyond an end.  What does not end has to end without the
mistake in the same time, right behind it: a busy machine finds nothing.

Which tests run a line is measured by the first run, for some ten minutes, and kept in
build/mutants/cover.json: delete it when much has changed.  Lines that have only moved are
known by it, and tests that it does not know are tried with every mistake.

Those that nobody notices are printed, as they were and as they became.  What compiles to
the same code is not counted.  tests/mutants/explained says of some why nobody can notice
them, which are not tried; an entry there that fits no mistake any more is an error, which
--check looks for.  Each is told with its number in what SEED draws: --from N goes on there.
Ends with 1 if some are left.  JOBS are tried at once; they have the lowest priority, or NICE.
"""
import argparse
import collections
import concurrent.futures
import glob
import itertools
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
import cover  # noqa: E402
import mistakes  # noqa: E402
from cover import read, squeezed  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
EXPLAINED = "tests/mutants/explained"
COVER = "build/mutants/cover.json"
BUDGET = int(os.environ.get("BUDGET", 120))
PATIENCE = 3  # how often what did not end is given twice the time
BUILD_LIMIT, LIMIT, SLOWER = 900, 20, 4  # seconds, and how much longer than without a mistake
AHEAD = 8  # mistakes a job
SIM_SEEDS = "4000"
NO_SUCH = 2  # the status of unit tests that have none of that name
MEMORY, FILE = 8 << 30, 8 << 30  # bytes that a test may use up
SANITIZERS = "address,undefined"
# How often each kind is drawn: what is left out is what tests are most blind for.
KINDS = ["left out"] * 3 + ["constant"] * 2 + ["turned", "bound", "logic", "sum"]

FOUND, SAME, BROKEN, LEFT, KNOWN = "found", "same code", "does not compile", "left", "explained"


def sources(named, only):
    files = named or sorted(glob.glob("lib/**/*.c", recursive=True) + glob.glob("cmd/**/*.c", recursive=True))
    if only:
        files = [path for path in files if os.path.isdir(f"tests/unit/{program_of(path)}")
                 and os.path.basename(path) != "main.c"]  # no unit test has that
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


def idle():
    os.nice(int(os.environ.get("NICE", 19)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limits():
    idle()
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


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
        if not self.make(*(["units"] if only else ["all", "units", "sim-build"])):
            sys.exit("mutants: the tree does not build as it is:\n" + self.said)
        self.sim, self.limits = f"{self.path}/build/sim/par-run", {}
        for program in glob.glob(f"{self.path}/build/unit/*") + ([] if only else [self.sim]):
            begin = time.monotonic()
            if self.run([program, *self.arguments(program)], BUILD_LIMIT) != 0:
                sys.exit(f"mutants: {os.path.relpath(program, self.path)} fails as it is:\n" + self.said)
            self.limits[program] = LIMIT + SLOWER * (time.monotonic() - begin)
        shutil.copytree(f"{self.path}/build", f"{self.path}/before/build", symlinks=True)
        if not only:
            if not self.make_sanitized():
                sys.exit("mutants: the tree does not build with sanitizers:\n" + self.said)
            shutil.copytree(f"{self.path}/sanitized/bin", f"{self.path}/before/sanitized/bin")

    def run(self, command, limit, enough=None, bounds=limits, **more):
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
                                     stderr=out, start_new_session=True, preexec_fn=bounds)
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

    def make(self, *targets):
        return self.run(["make", "-s", "B=build", "CFLAGS=-O1 -w", *targets], BUILD_LIMIT) == 0

    def make_sanitized(self):
        programs = [f"sanitized/bin/{program}" for program in os.listdir(f"{self.path}/cmd")]
        return self.run(["make", "-s", "B=sanitized", f"SAN={SANITIZERS}", "CFLAGS=-O1 -w", *programs],
                        BUILD_LIMIT) == 0

    def arguments(self, program):
        return ["1", SIM_SEEDS] if program == self.sim else ["--stop"]

    def object(self, folder, path):
        with open(f"{self.path}/{folder}/{path[:-2]}.o", "rb") as file:
            return file.read()

    def units(self, path):
        """The commands that run the unit tests that have the code of a file, its own first, each built before."""
        program = program_of(path)
        for unit in sorted(glob.glob(f"{self.path}/build/unit/*"), key=lambda unit: (not unit.endswith("/lib"), unit)):
            if os.path.basename(unit) == program or program == "lib" and not self.only:
                self.make(os.path.relpath(unit, self.path))
                yield [unit, *self.arguments(unit), os.path.basename(path)[:-2]]
                yield [unit, *self.arguments(unit)]

    def simulated(self, path):
        """Is a file, or a part of it, in par-run?"""
        if program_of(path) != "lib":
            return program_of(path) == "par-run"
        symbols = subprocess.run(["nm", "-g", "--defined-only", f"{self.path}/before/build/{path[:-2]}.o"],
                                 stdout=subprocess.PIPE, check=True).stdout.split()[2::3]
        binary = read_bytes(f"{self.path}/before/build/bin/par-run")
        return any(b"\0" + symbol + b"\0" in binary for symbol in symbols)

    def never_ends(self, command):
        """A program did not end in time: so it is where it does without the mistake, in the same time, now."""
        before = [command[0].replace(f"{self.path}/build/", f"{self.path}/before/build/"), *command[1:]]
        limit = self.limits[command[0]]
        for _ in range(PATIENCE):
            if self.run(before, limit) is not None:
                return True
            limit *= 2
            status = self.run(command, limit)
            if status is not None:
                return status not in (0, NO_SUCH)
        return False

    def bats_fails(self, tests, folder):
        """The name of the first of the tests that fails; "" if none does, None if they do not end."""
        named = "|".join(re.escape(test.name) for test in tests)
        files = dict.fromkeys(f"{self.path}/tests/{test.file}" for test in tests)
        longest, all_of_them = (f(test.seconds for test in tests) for f in (max, sum))
        more = {"PAR_BIN": f"{self.path}/{folder}/bin", "DEADLINE": str(LIMIT),
                "BATS_TEST_TIMEOUT": str(2 * LIMIT + int(SLOWER * longest))}
        if "sanitized" in folder:
            more |= {"SANITIZED": "1", "bounds": idle,  # they reserve more memory than there is
                     "ASAN_OPTIONS": f"exitcode=99:log_path={self.path}/report",
                     "UBSAN_OPTIONS": f"exitcode=99:log_path={self.path}/report"}
        status = self.run(["bats", "--tap", "-f", f"^({named})$", *files], 2 * LIMIT + SLOWER * all_of_them,
                          rb"(?m)^not ok .*\n", **more)
        failed = re.search(r"^not ok \d+ (.*?)(?: # timeout.*)?$", self.said, re.M)
        return failed[1] if failed else "" if status is not None else None

    def reported(self):
        """Did a sanitizer report something?  A process that is killed while it looks for leaks does no harm."""
        said = b""
        for path in glob.glob(f"{self.path}/report.*"):
            said += read_bytes(path)
            os.unlink(path)
        return any(b"Unable to get registers from thread" not in line for line in said.splitlines())

    def try_bats(self, tests, folder):
        """The first of the tests that fails, and again, but not without a mistake; "" if none does."""
        tests = sorted((test for test in tests if ANYWAY.get((test, folder), 0) < OFTEN),
                       key=lambda test: (test.file, test.number))
        while tests:
            failed = self.bats_fails(tests, folder)
            if self.reported():
                return "sanitizers"
            if failed is None and self.bats_fails(tests, f"before/{folder}") is None:
                return ""  # the machine does much else
            if failed is None:
                return f"{tests[0].file}, which does not end"
            at = next((n for n, test in enumerate(tests) if test.name == failed), None)
            if at is None:
                break
            if self.is_to_blame(tests[at], folder):
                return f"{tests[at].file}: {failed}"
            tests = tests[at + 1:]
        return ""

    def is_to_blame(self, test, folder):
        """Does it fail again, and then pass without a mistake, now?  What others do to the machine is in both."""
        if self.bats_fails([test], folder) == "" and not self.reported():
            return False
        self.reported()
        passes = self.bats_fails([test], f"before/{folder}") == "" and not self.reported()
        ANYWAY[test, folder] = ANYWAY.get((test, folder), 0) + (not passes)
        return passes

    def noticed(self, mistake, tests, frees):
        """Who notices; "" if nobody does.  frees: sanitizers are the likeliest to."""
        for command in self.units(mistake.file):
            status = self.run(command, self.limits[command[0]])
            if status is None and not self.never_ends(command):
                continue
            if status not in (0, NO_SUCH):
                failed = re.findall(r"^not ok (.*?) in \d+ms", self.said, re.M)
                name = f"the unit tests of {os.path.basename(command[0])}"
                return failed[0] if failed else f"{name}, which {'do not end' if status is None else 'crash'}"
        if not self.only and self.simulated(mistake.file):
            self.make("sim-build")
            command = [self.sim, *self.arguments(self.sim)]
            status = self.run(command, self.limits[self.sim])
            if status is None and not self.never_ends(command):
                status = 0
            if status != 0:
                return "the simulator" + (", which does not end" if status is None else "")
        if not tests:
            return ""
        for folder in ("sanitized", "build") if frees else ("build", "sanitized"):
            self.make("all") if folder == "build" else self.make_sanitized()
            who = self.try_parts(in_parts(tests, BUDGET if folder == "build" else BUDGET / 2), folder)
            if who:
                return who
        return ""

    def try_parts(self, parts, folder):
        return next(filter(None, (self.try_bats(some, folder) for some in parts)), "")

    def attempt(self, mistake, tests):
        path = f"{self.path}/{mistake.file}"
        text = read(path)
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(mistakes.planted(text, mistake))
            # its object alone first: many are the same code
            if not self.make(f"build/{mistake.file[:-2]}.o"):
                return BROKEN, ""
            if self.object("build", mistake.file) == self.object("before/build", mistake.file):
                return SAME, ""
            left_out = text[mistake.at:mistake.end] if mistake.kind == "left out" else ""
            who = self.noticed(mistake, tests, re.search(r"(?:free|close|release)\w*\(", left_out))
            return (FOUND, who) if who else (LEFT, "")
        finally:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)


ANYWAY = {}  # how often a test failed without a mistake, too
OFTEN = 2


def in_parts(tests, seconds):
    """Those of them that take so long together; more and more at once."""
    most, part = 8, []
    for test in tests:
        seconds -= test.seconds
        if seconds < 0:
            break
        part.append(test)
        if len(part) == most:
            yield part
            most, part = 2 * most, []
    if part:
        yield part


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def show(text, mistake):
    before, after = mistakes.lines_of(text, mistake)
    for sign, lines in ("-", before), ("+", after):
        for line in lines.splitlines():
            print(sign + line)


class Trial:
    """The trees, and what was measured, by which mistakes are tried."""

    def __init__(self, folder, texts, only):
        self.known = set(entries())
        self.texts, self.jobs = texts, int(os.environ.get("JOBS", os.cpu_count()))
        trees = [Tree(folder, f"tree{n}", only) for n in range(self.jobs)]
        if not only and not os.path.exists(COVER):
            cover.measure(trees[0], COVER)
        self.cover = None if only else cover.Cover(COVER)
        self.free = queue.SimpleQueue()
        for tree in trees:
            self.free.put(tree)

    def attempt(self, number, mistake):
        if key(self.texts[mistake.file], mistake) in self.known:
            return number, mistake, KNOWN, "", 0
        tests = self.cover.tests_for(self.texts[mistake.file], mistake) if self.cover else []
        tree = self.free.get()
        try:
            return number, mistake, *tree.attempt(mistake, tests), len(tests)
        finally:
            self.free.put(tree)

    def results(self, planted, enough):
        """What became of each, in order, until enough(running)."""
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            running = collections.deque()
            while True:
                # ahead, so that a slow one keeps only its own tree busy
                while len(running) < AHEAD * self.jobs and not enough(len(running)):
                    mistake = next(planted, None)
                    if mistake is None:
                        break
                    running.append(pool.submit(self.attempt, *mistake))
                if not running:
                    break
                yield running.popleft().result()


def drawn(options, texts):
    """(number, mistake) from --from on."""
    return itertools.islice(enumerate(draw(options.seed, texts)), options.begin, None)


def torment(options, texts):
    """How many there are of each result."""
    counts = collections.Counter()

    def tell(number, mistake, result, who, tests):
        counts[result] += 1
        place = f"{number} {mistake.file}:{mistake.line}: {mistake.kind}: "
        if result == FOUND:
            print(f"{place}found by {who}")
        if result == KNOWN:
            print(f"{place}explained")
        if result == LEFT:
            print(f"{place}NOT FOUND ({mistake.function})" + ("" if options.only else f", run by {tests} tests"))
            show(texts[mistake.file], mistake)
        sys.stdout.flush()

    def enough(running):
        return counts[FOUND] + counts[LEFT] + counts[KNOWN] + running >= options.count

    with tempfile.TemporaryDirectory(prefix="par-mutants.") as folder:
        trial = Trial(folder, texts, options.only)
        for result in trial.results(drawn(options, texts), enough):
            tell(*result)
    return counts


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--only", choices=["unit"])
    parser.add_argument("--from", type=int, default=0, dest="begin")
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
        for number, mistake in itertools.islice(drawn(options, texts), options.count):
            print(f"{number} {mistake.file}:{mistake.line}: {mistake.kind} ({mistake.function})")
            show(texts[mistake.file], mistake)
        return 0
    counts = torment(options, texts)
    tried = counts[FOUND] + counts[LEFT] + counts[KNOWN]
    print(f"seed {options.seed}: {tried} planted, {counts[FOUND]} found, {counts[KNOWN]} explained, "
          f"{counts[LEFT]} left; {counts[SAME]} were the same code")
    return counts[LEFT] > 0


if __name__ == "__main__":
    sys.exit(main())
