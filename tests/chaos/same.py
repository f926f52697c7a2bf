# SPDX-License-Identifier: ISC
"""Outputs that are inputs, or other outputs: each such command is refused with 2, in a
line, and the file is as it was, whatever program, pair and names a seed draws."""
import os
import re
import shutil
import subprocess

from wrong import Wrong

WAYS_IN = ["%s", "<%s"]
WAYS_OUT = [">>%s", "1<>%s"]

# What a program is called with, its inputs, and its outputs.  (Of what redirections
# name nothing is checked by those that neither read nor write it.)
PROGRAMS = [
    ("par-run --map %s cat", ["-i %s", "<%s"],
     ["-o %s", "-q %s", "--log %s", "--metrics %s", ">>%s", "1<>%s"]),
    ("par-run -n 2 %s cat", ["-i %s", "<%s"], ["-o %s", ">>%s", "1<>%s", "-q %s"]),
    ("par-run -N 3 %s cat", ["-i %s", "<%s"], ["-o %s", "--log %s", ">>%s"]),
    ("par-run %s --map cat </dev/null", ["--hosts %s"],
     ["-o %s", "-q %s", "--log %s", "--metrics %s"]),
    ("par-cache %s cat", ["-i %s", "<%s"], ["-o %s", ">>%s", "1<>%s"]),
    ("par-fib %s", WAYS_IN, ["-o %s"] + WAYS_OUT),
    ("par-links %s", WAYS_IN, ["-o %s"] + WAYS_OUT),
    ("par-gather %s", WAYS_IN, ["-o %s"] + WAYS_OUT),
    ("par-fetch %s", WAYS_IN, ["--output %s", "--warc %s"] + WAYS_OUT),
    ("par-fetch %s /dev/null", ["-b %s", "-d @%s"], ["--output %s"] + WAYS_OUT),
    ("par-frontier %s cat", ["<%s"], ["-o %s", ">>%s"]),
    ("par-split %s", ["-i %s", "<%s"], ["%s", "-c %s", "one %s"]),
    ("par-split %s -", ["<%s"], [">>%s", "1<>%s"]),
    ("par-queue put --ids q %s", ["<%s"], [">>%s"]),
    # two outputs
    ("par-run --map %s cat </dev/null", ["-o %s", "-q %s", "--log %s", "--metrics %s"],
     ["-q %s", "--log %s", "--metrics %s"]),
    ("par-fetch %s /dev/null", ["--warc %s"], ["--output %s"]),
    ("par-split %s </dev/null", ["%s"], ["%s"]),
]
NAMES = ["f", "./f", "hard", "soft", "folder/../f", "folder/soft"]


class Plan:
    """One command for each of a few draws."""

    def __init__(self, r):
        self.commands = [self.draw(r) for _ in range(8)]

    @staticmethod
    def draw(r):
        command, inputs, outputs = r.choice(PROGRAMS)
        one, other = r.choice(inputs), r.choice(outputs)
        while one == other and one != "%s":
            other = r.choice(outputs)
        first, second = [one % r.choice(NAMES), other % r.choice(NAMES)]
        if one[0] != "-" and other[0] == "-" or r.random() < 0.5:  # options go first
            first, second = second, first
        words = sorted([first, second], key=lambda word: word[0] not in "-")
        return command % " ".join(words)

    def __str__(self):
        return "same: " + "; ".join(self.commands)

    def carry_out(self):
        for command in self.commands:
            self.one(command)

    @staticmethod
    def one(command):
        for name in os.listdir("."):
            if name == "folder":
                shutil.rmtree(name)
            else:
                os.unlink(name)
        text = b"1\n2\n3\n"
        with open("f", "wb") as file:
            file.write(text)
        os.link("f", "hard")
        os.mkdir("folder")
        os.symlink("f", "soft")
        os.symlink("../f", "folder/soft")
        try:
            run = subprocess.run(["bash", "-c", "ulimit -f 1000; " + command], timeout=120,
                                 stdin=subprocess.DEVNULL, capture_output=True, check=False)
        except subprocess.TimeoutExpired as late:
            raise Wrong("it hangs: " + command) from late
        with open("f", "rb") as file:
            if file.read() != text or not os.path.samefile("f", "hard"):
                raise Wrong("the file is not as it was: " + command)
        told = re.fullmatch(rb"par-[a-z]+: [^\n]*(the same file as|given twice)[^\n]*\n",
                            run.stderr)
        if run.returncode != 2 or not told or run.stdout:
            raise Wrong("status %d, %r: %s" % (run.returncode, run.stderr[:200], command))
