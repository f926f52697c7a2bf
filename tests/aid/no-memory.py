"""no-memory.py LIBRARY STEP [WORD]: run each command below again and again, each time with
another allocation of its program failing, every STEP-th of them, once only and from then
on, by fail.c as LIBRARY.  Prints each run that hangs, crashes, ends with another status
than the pages have for it, without a word, or with status 0 and other output than with
memory.  With WORD, only commands that hold it."""

import os
import subprocess
import sys
import tempfile

LIMIT = 60  # seconds that no run takes
MOST = 2000  # allocations of a run

library, step = sys.argv[1], int(sys.argv[2])
word = sys.argv[3] if len(sys.argv) > 3 else ""


def numbers(last):
    return "".join(f"{n}\n" for n in range(1, last + 1)).encode()


PAGE = b'http://h/\t200\ttext/html;charset=gbk\thttp://h/\t\t<base href=/b/><a href=x?\xc4\xe3>l</a><a href=//\xc3\xa4.h/>\n'
COMMANDS = [
    ("par-run -n 2 cat", numbers(500)),
    ("par-run -n 1 par-fib", numbers(60)),
    ("par-run -n 2 -k par-fib", numbers(60)),
    ("par-run -n 2 --map cut -f1", numbers(500)),
    ("par-run -k -N 10 cat", numbers(100)),
    ("par-run -k -b 64 --raw cat", numbers(100)),
    ("par-run --key 1 par-fib", numbers(60)),
    ("par-run -q q -N 1 -r 1 false", numbers(5)),
    ("par-run --log l --metrics m -o o --checkpoint s -i a par-fib", b""),
    ("par-run --host :2 par-fib", numbers(60)),
    ("par-fib", numbers(60) + b"100000\n"),
    ("par-split -k 1 -n 3 p.%d", numbers(100)),
    ("par-split -u -", numbers(100) + numbers(50)),
    ("par-gather -c", numbers(100) + numbers(50)),
    ("par-gather -m a b", b""),
    ("par-links --no-sandbox --unique --regex x|href=(.*?)>", PAGE),
    ("par-links --no-sandbox --unique --text", PAGE),
    ("par-cache -d store --map cat", numbers(60)),
    ("par-cache -d store par-fib", numbers(60)),
    ("par-frontier http://h/ -o o", b""),
    ("par-fetch --retries 0 -o dir", b"http://127.0.0.1:1/a\nftp://x\n"),
]
if "PAR_QUEUE_URL" in os.environ:
    COMMANDS += [("par-queue put q", numbers(100)), ("par-queue stat q", b"")]


def run(command, data, failing, on):
    """The status, the output, what was said, and whether an allocation failed."""
    with tempfile.TemporaryDirectory() as folder:
        for name in "ab":
            with open(f"{folder}/{name}", "wb") as file:
                file.write(numbers(30))
        seen = folder + "/seen"
        env = dict(os.environ, LC_ALL="C")
        if failing:
            env.update(LD_PRELOAD=library, FAIL_IN=command.split()[0], FAIL_AT=str(failing), FAIL_SEEN=seen)
        if on:
            env["FAIL_ON"] = "1"
        try:
            done = subprocess.run(command.split(), input=data, cwd=folder, env=env, timeout=LIMIT,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except subprocess.TimeoutExpired:
            return "hangs", b"", b"", True
        return done.returncode, done.stdout, done.stderr, os.path.exists(seen)


def is_right(status, output, said, usual):
    if status == 0:
        return sorted(output.splitlines()) == usual
    return status in (1, 3, 4) and said.startswith(b"par-")


runs = 0
for command, data in COMMANDS:
    if word not in command:
        continue
    usual = sorted(run(command, data, 0, False)[1].splitlines())
    for on in (False, True):
        for failing in range(1 + on, MOST, step):
            status, output, said, failed = run(command, data, failing, on)
            if not failed:
                break
            runs += 1
            if not is_right(status, output, said, usual):
                print(command, "on" if on else "once", failing, status, said[-200:])
print(runs, "runs", file=sys.stderr)
