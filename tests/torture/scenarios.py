# SPDX-License-Identifier: ISC
"""What torture.py runs: each program, in each of its modes, on little input."""

import json
import os
import shlex

FREE, KEPT = "free", "kept"  # of the lines of an output: any order, or that of the input


class Scenario:
    """A command, its input, and which of its outputs are compared, in which way.

    outs   what is output, "-" for standard output, or files: FREE, KEPT, or a function that makes
           comparable lines of it (these in any order)
    files  that are there before it starts; a name that ends in ! may be run
    again  run once more, without faults, it comes to the exact whole
    below  the program in trouble is the first of its name that is started by it
    ready  commands and their input, which are run before, without faults
    after  the same, after it: what they write counts as output ("after")
    spare  files that may be left
    only   kinds of calls that fail, where a run takes long (None: all)
    into   a file that standard output is appended to
    control  lines for the control FIFO c
    needs  "redis" or "site": REDIS in words, SITE in data are their addresses; "run": a
           par-run that waits
    named  records that failed are named, or set aside in q
    """

    def __init__(self, words, data=b"", outs=None, files=None, again=False, below=False,
                 ready=(), after=(), spare=(), control=b"", needs=None, named=True,
                 into=None, only=None):
        self.words = shlex.split(words)
        self.name = words + (" (below)" if below else "")
        self.program = self.words[0]
        self.data = data
        self.outs = outs or {"-": FREE if self.program == "par-run" else KEPT}
        self.files = files or {}
        self.again = again
        self.below = below
        self.ready = ready
        self.after = after
        self.spare = set(spare)
        self.control = control
        self.needs = needs
        self.named = named
        self.into = into
        self.only = only
        self.big = len(data) + sum(map(len, self.files.values())) > 1 << 20


def numbers(last, first=1):
    """A number on each line."""
    return "".join(f"{n}\n" for n in range(first, last + 1)).encode()


def fields(*which):
    """Of a table: some fields of its lines."""
    def cut(output):
        return [b"\t".join(line.split(b"\t")[n] for n in which if n < line.count(b"\t") + 1)
                for line in output.splitlines()]
    return cut


def exists(output):
    """Of an output that tells of times: that it is there."""
    return [b"something"] if output else []


def fetched(output):
    """Of records of par-fetch: those that have no error."""
    lines = [line.split(b"\t") for line in output.splitlines()]
    return [b"\t".join(line[:2] + line[4:6]) for line in lines if len(line) < 5 or not line[4]]


def stands(output):
    """Of what par-top says in JSON: what stays."""
    return [repr([run[name] for name in ("command", "state", "workers", "done")])
            for run in map(json.loads, output.splitlines())]


def listed(output):
    """Of what par-top says as text: the commands."""
    return [line.split()[-1] for line in output.splitlines()]


def keys(output):
    """How many keys there are, whoever had them."""
    return sorted(output.splitlines())


PAGE = (b"http://h/\t200\ttext/html;charset=gbk\thttp://h/\t\t<base href=/b/>"
        b"<a href=x?\xc4\xe3>l</a><a href=//\xc3\xa4.h/><img src=i>\n"
        b"http://g/\t200\ttext/html\thttp://g/\t\t<a rel=nofollow href=/n>n</a><a href='#f'>f</a>\n")
ECHO = b"#!/bin/sh\nexec cat\n"
TWICE = b"""while read -r url; do
	n=${url##*/}
	if [ "$n" -lt 5 ]; then printf '%s\\thttp://h/%d\\n' "$url" $((2 * n)); fi
	printf '%s\\n' "$url"
done
"""
LONG = b"".join(b"%d %s\n" % (n, b"x" * 3000) for n in range(60))
MANY = b"".join(b"%d\t%s\n" % (n, b"x" * 1000) for n in range(1600))
PAIRS = b"".join(b"%d\t%d\n" % (n % 7, n) for n in range(100))
LOG = (b"record\tworker\tstart\tseconds\tin\tout\ttries\tstatus\treason\n" + b"".join(
    b"%d\t%d\t170000000%d.000\t0.500\t2\t3\t1\tdone\t\n" % (n, n % 2 + 1, n) for n in range(1, 10)))
TRACE = (b'[\n{"ph":"M","pid":7,"tid":1,"ts":1,"name":"thread_name","args":{"name":"worker 1"}}' + b"".join(
    b',\n{"ph":"X","pid":7,"tid":1,"ts":%d,"name":"n","dur":9,"args":{"records":3,"first":%d,"failed":0,"bytes":5}}'
    % (10 * n, 3 * n) for n in range(9)) + b"\n]\n")
RESULTS = b"".join(b'{"number":%d,"records":1,"record":"r%d","fate":"done","status":0,"tries":1,"seconds":0.00%d,'
                   b'"folder":"000/00000%d"}\n' % (n, n, n, n) for n in range(1, 9))
BAD = numbers(20) + b"no number\n" + numbers(40, 21)
QUEUE = "par-queue %s --patience 200ms "
PUT = (QUEUE % "put" + "-c 10 q", numbers(40))
WORK = (QUEUE % "work" + "--once --lease 1s --backoff 1ms,1ms q par-fib", b"")
GET = (QUEUE % "get" + "q", b"")
DEAD = (QUEUE % "put" + "q", b"x\ny\n")

SCENARIOS = [
    # par-run
    Scenario("par-run -n 2 cat", numbers(500), named=False),
    Scenario("par-run -n 2 cat", LONG, named=False),
    Scenario("par-run -n 1 par-fib", numbers(60)),
    Scenario("par-run -n 2 par-fib", numbers(210009, 210000)),
    Scenario("par-run -n 2 -k par-fib", numbers(210009, 210000), {"-": KEPT}),
    Scenario("par-run -n 2 -b 200K cat", LONG + LONG),
    Scenario("par-run -n 2 -s par-fib", BAD),
    Scenario("par-run -n 2 -k par-fib", numbers(60), {"-": KEPT}),
    Scenario("par-run -n 2 --map cut -f1", numbers(500)),
    Scenario("par-run -n 2 -k --map --ahead 2K/9 cat", LONG, {"-": KEPT}),
    Scenario("par-run -n 2 -k -N 10 cat", numbers(100), {"-": KEPT}),
    Scenario("par-run -n 2 -k -b 20K cat", LONG, {"-": KEPT}),
    Scenario("par-run -n 2 -k -b 64 --raw cat", numbers(100), {"-": KEPT}),
    Scenario("par-run -n 2 -k -N 30 --header cat", numbers(100), {"-": KEPT}),
    Scenario("par-run -k --host :2 --host-wait 3s -N 30 --header cat", numbers(100), {"-": KEPT}),
    Scenario("par-run -n 2 -N 4 --halve -r 0 -q q ./odd", numbers(20),
             {"-": FREE, "q": fields(0)},
             {"odd!": b"#!/bin/sh\nwhile read -r n; do [ $n = 7 ] && exit 1; echo $n; done\n"}),
    Scenario("par-run -n 2 --key 1 par-fib", numbers(60)),
    Scenario("par-run -n 2 --key 1 cat", PAIRS, named=False),
    Scenario("par-run -q q -n 1 -N 1 -r 1 false", numbers(5), {"-": FREE, "q": fields(0)}),
    Scenario("par-run -n 2 --log l -q q par-fib", BAD,
             {"-": FREE, "q": fields(0, 2), "l": fields(0, 7)}),
    Scenario("par-run -n 2 --log l --metrics m --map -o o cat", numbers(100),
             {"o": FREE, "l": fields(0, 4, 5, 7), "m": exists}),
    Scenario("par-run -n 2 -k -o o --checkpoint s -i a par-fib", b"", {"o": KEPT},
             {"a": numbers(60)}, again=True, spare=["s"]),
    Scenario("par-run -n 2 -q q -o o --checkpoint s -i a par-fib", b"",
             {"o": FREE, "q": fields(0, 2)}, {"a": BAD}, again=True, spare=["s"]),
    Scenario("par-run -n 2 -N 7 -o o --checkpoint s -i a cat", b"", {"o": FREE},
             {"a": numbers(60)}, again=True, spare=["s"]),
    Scenario("par-run -n 2 --sync -o o --checkpoint s -i a par-fib", b"", {"o": FREE},
             {"a": numbers(60)}, again=True, spare=["s"]),
    Scenario("par-run -n 2 -k echo {}", numbers(20), {"-": KEPT}),
    Scenario("par-run -n 2 -k cat {@}", numbers(20), {"-": KEPT}),
    Scenario("par-run -n 2 -k --tag -N 5 cat", numbers(20), {"-": KEPT}),
    Scenario("par-run -n 2 -k --key 1 --admit key=400/s,starts=500/s echo {2}",
             b"".join(PAIRS.splitlines(True)[:20]), {"-": KEPT}),
    Scenario("par-run -n 2 --stop-on failures=90%,success=1000 par-fib", BAD),
    Scenario("par-run -n 2 -k --results r -N 5 cat", numbers(20), {"-": KEPT}, spare=["r"]),
    Scenario("par-run -n 2 -k -o o --checkpoint s --header --stdin sh -c 'tail -n 1' _ {}",
             numbers(20), {"o": KEPT}, again=True, spare=["s", "s.input"]),
    Scenario("par-run -n 2 -k -o o --checkpoint s echo {}", numbers(20), {"o": KEPT},
             again=True, spare=["s", "s.input"]),
    Scenario("par-run -n 2 -k -I '' par-run -n 2 echo {}", numbers(20), {"-": KEPT}),
    Scenario("par-run -n 2 -k -I '' par-run -n 2 echo {}", numbers(20), {"-": KEPT},
             below=True),
    Scenario("par-run -n 2 --log l --log-format joblog echo {}", numbers(20),
             {"-": FREE, "l": fields(0, 6, 7, 8)}),
    Scenario("par-run -n 1 --control c -t 60 --map cat", numbers(100),
             control=b"workers 2\nhelp\nstats\npause\nresume\n", spare=["c"]),
    Scenario("par-run -n 1 --control new par-fib", BAD),
    Scenario("par-run -n 2 par-run -n 2 par-fib", BAD),
    Scenario("par-run -n 2 par-run -n 2 par-fib", BAD, below=True),
    Scenario("par-run -n 2 -k --jobserver fifo -N 10 cat", numbers(100), {"-": KEPT}),
    Scenario("par-run -n 2 --jobserver pipe par-run -n 2 par-fib", BAD),
    Scenario("par-run -n 2 --jobserver fifo par-run -n 2 par-fib", BAD, below=True),
    Scenario("par-run --host :2 --host-wait 3s par-fib", BAD),
    Scenario("par-run --host :2 --host-wait 3s par-fib", BAD, below=True),
    Scenario("par-run -k --host :2 --host-wait 3s -N 10 cat", numbers(100), {"-": KEPT}),
    Scenario("par-run -k --host :2 --host-wait 3s --results r -N 10 cat", numbers(40),
             {"-": KEPT}, below=True, spare=["r"]),
    Scenario("par-run -k --host :2 --host-wait 3s --map cat", LONG, {"-": KEPT}, below=True),
    Scenario("par-run --rsh env --host A=1,A=2 --host-wait 3s -n 1 --hosts h par-fib", numbers(60),
             files={"h": b":1 # here\n"}),
    # par-split
    Scenario("par-split -n 3 p.%d", numbers(100), {"p.0 p.1 p.2": FREE}),
    Scenario("par-split -k 1 -n 3 p.%d", PAIRS, {"p.0": KEPT, "p.1": KEPT, "p.2": KEPT}),
    Scenario("par-split -r -i a x y -", b"", {"x": KEPT, "y": KEPT, "-": KEPT},
             {"a": numbers(100)}),
    Scenario("par-split --tee x -", LONG, {"x": KEPT, "-": KEPT}),
    Scenario("par-split -b 1K p.%d", numbers(500), {"p.0": KEPT, "p.1": KEPT}),
    Scenario("par-split -l 60 p.%d", numbers(100), {"p.0": KEPT, "p.1": KEPT}),
    Scenario("par-split -c -i a x y", b"", {"x": KEPT, "y": KEPT}, {"a": LONG}),
    Scenario("par-split -u -", numbers(100) + numbers(50)),
    Scenario("par-split -u --memory 1M -", MANY + MANY),
    # par-gather
    Scenario("par-gather a b -", numbers(50), {"-": FREE},
             {"a": numbers(30), "b": numbers(30)}),
    Scenario("par-gather -c", PAIRS),
    Scenario("par-gather -g -o o a", b"", {"o": KEPT}, {"a": PAIRS}),
    Scenario("par-gather --sum 2 --mean 2 --top 3 --json", PAIRS),
    Scenario("par-gather -g --memory 1M a", b"", None, {"a": MANY}),
    Scenario("par-gather -c --memory 1M -o a a", b"", {"a": KEPT}, {"a": MANY}),
    # An input that cannot be read is named, and its keys stand there with what there is.
    Scenario("par-gather --join-keys a", PAIRS, {"-": keys}, {"a": numbers(9)}),
    Scenario("par-gather -m --numeric a b", b"", None, {"a": numbers(30), "b": numbers(30)}),
    # par-report
    Scenario("par-report log", b"", {"-": KEPT}, {"log": LOG}),
    Scenario("par-report --text -", LOG),
    Scenario("par-report --svg -o o log", b"", {"o": KEPT}, {"log": LOG}),
    Scenario("par-report --text trace", b"", {"-": KEPT}, {"trace": TRACE}),
    Scenario("par-report --text -", RESULTS),
    Scenario("par-report --text pages", b"", {"-": KEPT}, {"pages": PAGE + PAGE}),
    # par-fib
    Scenario("par-fib", BAD + b"100000\n"),
    Scenario("par-fib -o o a", b"", {"o": KEPT}, {"a": numbers(60)}),
    # par-links
    Scenario("par-links --no-sandbox --unique --regex x|href=(.*?)>", PAGE),
    Scenario("par-links --kinds all --kind --text --rel", PAGE),
    Scenario("par-links --same-site --json -o o a", b"", {"o": KEPT}, {"a": PAGE}),
    Scenario("par-links --html --base http://h/ -", PAGE),
    # sanitizers leave no sandbox
    *([] if os.environ.get("SANITIZED") else
      [Scenario("par-links --sandbox --regex href=(.*?)>", PAGE)]),
    # par-cache
    Scenario("par-cache -d store --map cat", numbers(60) + numbers(9), {"-": FREE},
             again=True, spare=["store"]),
    Scenario("par-cache -d store -s par-fib", BAD, {"-": FREE}, spare=["store"]),
    Scenario("par-cache -d store par-fib", numbers(60), {"-": FREE},
             ready=[("par-cache -d store par-fib", numbers(40))], spare=["store"]),
    Scenario("par-cache -d store -o o --max-size 1M par-fib", numbers(60), {"o": FREE},
             spare=["store"]),
    Scenario("par-run -n 2 par-cache -d store par-fib", numbers(60), spare=["store"]),
    Scenario("par-cache -d REDIS par-fib", numbers(60), {"-": FREE}, needs="redis"),
    # par-frontier
    Scenario("par-frontier -d 9 sh twice", b"http://h/1\nhttp://g/3\n", {"-": FREE},
             {"twice": TWICE}),
    Scenario("par-frontier --state state -o o sh twice", b"http://h/1\nhttp://g/3\n",
             {"o": FREE}, {"twice": TWICE}, again=True, spare=["state"]),
    Scenario("par-frontier --share 1/1 --exchange mail --state state -o o sh twice",
             b"http://h/1\nhttp://g/3\n", {"o": FREE}, {"twice": TWICE}, again=True,
             spare=["state", "mail"]),
    # par-fetch
    Scenario("par-fetch --retry-delay 1ms", b"SITE/a\nSITE/b\tx\nSITE/moved\nSITE/none\n",
             {"-": fetched}, needs="site"),
    Scenario("par-fetch --retries 0 -o dir --if-modified --robots", b"SITE/a\nSITE/b\nftp://x\n",
             {"-": fetched}, spare=["dir"], needs="site"),
    Scenario("par-fetch --retries 0 --warc w -c jar --json --output o -K conf a", b"",
             {"o": exists, "w": exists}, {"a": b"SITE/a\nSITE/b\n", "conf": b"header = \"X: y\"\n"},
             spare=["jar"], needs="site"),
    # par-top
    Scenario("par-top --json", b"", {"-": stands}, needs="run"),
    Scenario("par-top --once", b"", {"-": listed}, needs="run"),
    # par-queue
    Scenario(PUT[0], PUT[1], {"-": FREE, "after": FREE}, after=[WORK, GET], needs="redis"),
    Scenario(QUEUE % "put" + "--producer p --ids -c 7 q", numbers(40), {"after": FREE},
             again=True, after=[WORK, GET], needs="redis"),
    Scenario(WORK[0], b"", {"after": FREE}, ready=[PUT], after=[WORK, GET], needs="redis"),
    Scenario(QUEUE % "work" + "--once --lease 1s q par-run -n 2 --map cat", b"",
             {"after": FREE}, ready=[PUT],
             after=[(QUEUE % "work" + "--once --lease 1s q par-run -n 2 --map cat", b""), GET],
             needs="redis"),
    Scenario(GET[0], b"", {"-": FREE}, ready=[PUT, WORK], needs="redis"),
    Scenario(QUEUE % "get" + "--dead q", b"", {"-": FREE}, ready=[DEAD, WORK], needs="redis"),
    Scenario(QUEUE % "get" + "--ack q", b"\n" * 40, {"-": FREE}, ready=[PUT, WORK], needs="redis"),
    Scenario(QUEUE % "get" + "--state s q", b"", {"o": FREE}, ready=[PUT, WORK], into="o",
             again=True, spare=["s"], needs="redis", only=["write", "sync", "rename"]),
    Scenario(QUEUE % "stat" + "q", b"", ready=[PUT], needs="redis"),
    Scenario(QUEUE % "ps" + "-j q", b"", ready=[PUT], needs="redis"),
    Scenario(QUEUE % "dead" + "--requeue q", b"", ready=[DEAD, WORK], needs="redis"),
    # How many there were may have been said where the answer could not be read.
    Scenario(QUEUE % "revoke" + "q 1", b"", {"-": exists}, ready=[PUT], needs="redis"),
    Scenario(QUEUE % "rate" + "q 9/s", b"", ready=[PUT], needs="redis"),
    Scenario(QUEUE % "check", b"", needs="redis"),
    Scenario(QUEUE % "purge" + "--yes q", b"", ready=[PUT], needs="redis"),
]
