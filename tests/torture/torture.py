# SPDX-License-Identifier: ISC
"""Let one system call or allocation after the other fail, in each program and mode.

    tests/torture/torture.py LIBRARY [STEP [WORD [CALL]]]

LIBRARY is fault.c, compiled.  Each command of scenarios.py is run again and again: with
call number 1 of a kind failing, then number 2, until it has no more of them; then so that
all after that fail, too; then with all reads and writes of a single byte, with every call
that can be interrupted being so, and with descriptors that never can at once.  With STEP
only every STEP-th number has its turn.  Only commands that hold WORD, only calls CALL
(a kind or a mode).  Programs are those of PATH.

A run is right when it ends with 0 and has all of the output; or when it ends with a status
that the page has for it, with a line on standard error that says so, and what it has of
the output are whole records of it, none of them twice; records that failed are named.
Then what begins with a checkpoint must get all of it when it is run again.  Prints each
run that is not; the last line of standard error counts them.
"""
import collections
import contextlib
import concurrent.futures
import errno
import http.server
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import scenarios  # noqa: E402
from scenarios import FREE, KEPT  # noqa: E402

LIMIT = int(os.environ.get("LIMIT", 60))  # seconds in which each run ends, or goes on
MORE = 10  # how often one that goes on, on a slow machine, has as many more
SPIN = 20  # seconds of processor time, likewise
PIPE = 65536  # bytes that a pipe has room for
MOST = 3000  # calls of a kind in a run
CALLS = {  # kinds of fault.c, in its order, with what may happen to them; only
    # signals happen to those that wait for a process
    "memory": [errno.ENOMEM], "read": [errno.EIO], "write": [errno.ENOSPC, errno.EPIPE],
    "said": [errno.EIO], "pipe": [errno.EMFILE], "start": [errno.EAGAIN],
    "exec": [errno.ENOMEM], "open": [errno.EMFILE, errno.EACCES], "poll": [errno.ENOMEM],
    "splice": [errno.EINVAL, errno.EIO], "sync": [errno.EIO], "rename": [errno.ENOSPC],
    "length": [errno.ENOSPC], "seek": [errno.ESPIPE], "stat": [errno.EIO], "size": [errno.EPERM],
    "lock": [errno.ENOLCK], "map": [errno.ENOMEM], "wait": [],
    "unlink": [errno.EBUSY], "make": [errno.ENOSPC], "close": [errno.EIO],
    "chance": [errno.ENOSYS], "list": [errno.EIO], "limit": [errno.EPERM],
    "socket": [errno.ENOBUFS],
}
CHANGED = ["short", "eintr", "again"]  # these must not be noticed
OF_OPTIONS = ("open", "read", "seek")  # of files that options name: wrong usage
TORN = ("write", "splice", "close", "memory", "poll")  # a record may be cut off in the middle

Faults = collections.namedtuple("Faults", "call mode error number")
NO_FAULTS = Faults("", "", 0, 0)


class Wrong(Exception):
    """What is wrong with a run."""


class Site(http.server.BaseHTTPRequestHandler):
    """A web server with a page at every path but some."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"<a href=/b>b</a>" * 9
        self.send_response({"/moved": 301, "/none": 404, "/robots.txt": 404}.get(self.path, 200))
        if self.path == "/moved":
            self.send_header("Location", "/a")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """One that minds nothing."""

    daemon_threads = True

    def handle_error(self, *_):
        pass


class Servers:
    """What runs need beside the programs: started when the first one does."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.redis = self.site = self.held = None

    def start_redis(self):
        with self.lock:
            if self.redis is None and shutil.which("redis-server"):
                self.redis = subprocess.Popen(
                    ["redis-server", "--port", "0", "--unixsocket", self.folder + "/redis",
                     "--databases", "64", "--save", "", "--dir", self.folder],
                    stdout=subprocess.DEVNULL)
        return self.redis is not None

    def flush(self, number):
        end = time.monotonic() + LIMIT
        while True:
            try:
                with socket.socket(socket.AF_UNIX) as link:
                    link.connect(self.folder + "/redis")
                    link.sendall(b"SELECT %d\r\nFLUSHDB\r\n" % number)
                    got = b""
                    while got.count(b"\n") < 2:
                        got += link.recv(100)
                    return "unix://%s/redis?db=%d" % (self.folder, number)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def start_run(self):
        """A par-run that is looked at: the folder by which it is found."""
        runs = self.folder + "/runs"
        env = dict(os.environ, XDG_RUNTIME_DIR=runs)
        with self.lock:
            if self.held is None:
                os.mkdir(runs, 0o700)
                self.held = subprocess.Popen(["par-run", "-n", "2", "--map", "cat"],
                                             stdin=subprocess.PIPE, env=env)
                end = time.monotonic() + LIMIT
                while not subprocess.run(["par-top", "--json"], env=env, check=True,
                                         stdout=subprocess.PIPE).stdout:
                    if time.monotonic() > end:
                        raise Wrong("par-top sees no par-run")
        return runs

    def start_site(self):
        with self.lock:
            if self.site is None:
                self.site = Server(("127.0.0.1", 0), Site)
                threading.Thread(target=self.site.serve_forever, daemon=True).start()
        return "http://127.0.0.1:%d" % self.site.server_port

    def stop(self):
        if self.redis is not None:
            self.redis.kill()
            self.redis.wait()
        if self.site is not None:
            self.site.shutdown()
        if self.held is not None:
            self.held.stdin.close()
            self.held.wait()


Result = collections.namedtuple("Result", "status said outs reached")


def never_wait():
    os.set_blocking(1, False)


class Place:
    """A folder in which a scenario is run, anew for each run."""

    def __init__(self, folder, scenario, library, servers, number):
        self.folder = folder
        self.scenario = scenario
        self.library = library
        self.servers = servers
        self.number = number
        self.count = folder + ".count"
        self.env = dict(os.environ, LC_ALL="C", TMPDIR=folder + "/tmp", HOME=folder)
        self.site = servers.start_site().encode() if scenario.needs == "site" else b""
        if scenario.needs == "run":
            self.env["XDG_RUNTIME_DIR"] = servers.start_run()

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.path("tmp"))
        for name, data in self.scenario.files.items():
            with open(self.path(name.rstrip("!")), "wb") as file:
                file.write(self.filled(data))
            if name.endswith("!"):
                os.chmod(self.path(name[:-1]), 0o755)
        if self.scenario.needs == "redis":
            self.env["PAR_QUEUE_URL"] = self.servers.flush(self.number)
        for words, data in self.scenario.ready:
            status, _, said = self.run(words.split(), data, self.env)
            if status != 0 and b"not a number" not in said:
                raise Wrong("%s: %s %r" % (words, status, said))

    def filled(self, data):
        return data.replace(b"SITE", self.site)

    @contextlib.contextmanager
    def input(self, data, piped):
        """A file, or a pipe that never waits for more, if one has room for it."""
        if not piped or len(data) > PIPE:
            with tempfile.TemporaryFile() as file:
                file.write(data)
                file.seek(0)
                yield file
            return
        taken, put = os.pipe()
        os.write(put, data)
        os.close(put)
        os.set_blocking(taken, False)
        yield taken
        os.close(taken)

    @contextlib.contextmanager
    def into(self, words):
        """Where output goes, of the program in question maybe a file."""
        if self.scenario.into is None or words != self.scenario.words:
            yield subprocess.PIPE
            return
        with open(self.path(self.scenario.into), "ab") as file:
            yield file

    def run(self, words, data, env):
        """Status, output and what was said.  What it leaves behind holds the pipes open."""
        words = [env["PAR_QUEUE_URL"] if word == "REDIS" else word for word in words]
        piped = env.get("FAULT_MODE") == "again"
        with self.input(self.filled(data), piped) as file, self.into(words) as into:
            task = subprocess.Popen(words, stdin=file, cwd=self.folder, env=env,
                                    stdout=into, stderr=subprocess.PIPE,
                                    start_new_session=True,
                                    preexec_fn=never_wait if piped else None)
            try:
                resource.prlimit(task.pid, resource.RLIMIT_CPU, (SPIN, SPIN))
            except OSError:  # it has ended
                pass
            output, said = self.heard(task)
        return task.returncode, output or b"", said

    def heard(self, task):
        """What it writes and says, when it has ended."""
        done = self.calls()
        for _ in range(MORE):
            try:
                return task.communicate(timeout=LIMIT)
            except subprocess.TimeoutExpired as late:
                before, done, said = done, self.calls(), late.stderr or b""
            if done == before:
                break
        self.end(task)
        raise Wrong("does not end, or leaves a process: %r" % said[-300:])

    def calls(self):
        """How many the program has made of those that are counted."""
        return struct.unpack("Q", self.content(self.count)[:8].ljust(8, b"\0"))[0]

    @staticmethod
    def end(task):
        try:
            os.killpg(task.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if task.stdout is not None:
            task.stdout.close()
        task.stderr.close()
        task.wait()

    def with_control(self, run):
        """The control FIFO has its commands before it is asked for."""
        if not self.scenario.control:
            return run()
        os.mkfifo(self.path("c"), 0o600)
        fd = os.open(self.path("c"), os.O_RDWR)
        try:
            os.write(fd, self.scenario.control)
            return run()
        finally:
            os.close(fd)

    def torment(self, faults):
        """Run it, with these faults; a Result."""
        env = self.env
        if faults.mode:
            with open(self.count, "wb") as file:
                file.write(bytes(8 * (2 + len(CALLS))))
            env = dict(env, LD_PRELOAD=self.library, FAULT_IN=self.scenario.program,
                       FAULT_CALL=faults.call, FAULT_MODE=faults.mode, FAULT_COUNT=self.count,
                       FAULT_AT=str(faults.number), FAULT_ERRNO=str(faults.error))
            if self.scenario.below:
                env["FAULT_BELOW"] = "1"
            if "SANITIZED" in os.environ:
                env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        status, output, said = self.with_control(
            lambda: self.run(self.scenario.words, self.scenario.data, env))
        return Result(status, said, self.outs(output), self.reached(faults))

    def counts(self):
        """How many calls of each kind there are without faults, about."""
        self.make()
        self.torment(Faults("", "count", 0, 0))
        with open(self.count, "rb") as file:
            numbers = struct.unpack("%dQ" % (2 + len(CALLS)), file.read())
        return dict(zip(CALLS, numbers[2:]))

    def reached(self, faults):
        """How many calls there were; whether it failed, or was changed."""
        if faults.mode in ("", "count"):
            return False
        with open(self.count, "rb") as file:
            count, found = struct.unpack("QQ", file.read(16))
        if found == 0:
            raise Wrong("the library was not loaded")
        return count >= max(faults.number, 1)

    def outs(self, output):
        """What is compared, by its name."""
        outs = {}
        for name in self.scenario.outs:
            if name == "-":
                outs[name] = output
            elif name != "after":
                outs[name] = b"".join(self.content(file) for file in name.split())
        return outs

    def content(self, name):
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def what_follows(self):
        """What the commands after it write, together; of several, that of the last."""
        output = b""
        for words, data in self.scenario.after:
            status, output, said = self.run(words.split(), data, self.env)
            if status != 0 and b"no such queue" not in said:  # put made none, and said so
                raise Wrong("%s, then: %d %r" % (words, status, said[-300:]))
        return output

    def left(self):
        return set(os.listdir(self.folder)), os.listdir(self.path("tmp"))


def counted(lines):
    return collections.Counter(lines)


def lines_of(how, output):
    return output.splitlines() if how in (FREE, KEPT) else how(output)


def is_part(some, all_of_it):
    """Are these lines of all of it, in its order?"""
    rest = iter(all_of_it)
    return all(line in rest for line in some)


class Judge:
    """What is right, from a run without faults."""

    def __init__(self, place):
        self.place = place
        self.scenario = place.scenario
        place.make()
        self.usual = place.torment(NO_FAULTS)
        self.files = place.left()[0]
        self.counts = place.counts()
        if self.scenario.after:
            self.usual.outs["after"] = place.what_follows()
        if all(out == b"" for out in self.usual.outs.values()) and "purge" not in self.scenario.name:
            if not self.scenario.words[0] == "par-queue":
                raise Wrong("no output without faults: %s" % (self.usual,))

    def whole(self, outs):
        return [name for name, how in self.scenario.outs.items() if name in outs and not (
            outs[name] == self.usual.outs[name] if how == KEPT else
            counted(lines_of(how, outs[name])) == counted(lines_of(how, self.usual.outs[name])))]

    def check_part(self, faults, name, output):
        """Whole records of what there should be, none twice."""
        how, all_of_it = self.scenario.outs[name], self.usual.outs[name]
        if how not in (FREE, KEPT) or output == self.scenario.files.get(name):
            return  # an input that it did not get to replace
        torn = b""
        if output and not output.endswith(b"\n"):
            output, _, torn = output.rpartition(b"\n")
            output += b"\n" if output else b""
        lines, usual = output.splitlines(), all_of_it.splitlines()
        if torn and faults.call not in TORN:
            raise Wrong("%s ends within a record: %r" % (name, torn[-100:]))
        if torn and not any(line.startswith(torn) for line in usual):
            raise Wrong("%s ends with what is no record: %r" % (name, torn[-100:]))
        extra = counted(lines) - counted(usual)
        if extra:
            raise Wrong("%s has too many: %r" % (name, list(extra.items())[:3]))
        if how == KEPT and not is_part(lines, usual):
            raise Wrong("%s is out of order: %r" % (name, lines[:9]))

    def check_named(self, result):
        """Records that are missing were named, or set aside: by what comes out of them at
        first, or all of that is their last field."""
        if not self.scenario.named or self.scenario.program != "par-run":
            return
        told = result.said + b"\n" + b"".join(
            b": " + line.split(b"\t")[0] + b":\n" for line in result.outs.get("q", b"").splitlines())
        for name in set(self.scenario.outs) & {"-", "o"}:
            missing = (counted(self.usual.outs[name].splitlines()) -
                       counted(result.outs[name].splitlines()))
            for line in missing:
                key = line.split(b"\t")[0]
                if b": " + key[:200] not in told and b"\\t" + line + b": " not in told:
                    raise Wrong("a record failed and was not named: %r" % key[:80])

    def check_said(self, faults, result):
        """That there is a line which says what happened."""
        lines = result.said.splitlines()
        if not lines:
            raise Wrong("nothing is said")
        if not any(line.startswith(b"par-") for line in lines):
            raise Wrong("no line of ours")
        for line in lines:
            if line.endswith((b": Success", b": ")):
                raise Wrong("a line that says nothing")
        del faults

    def check_files(self, faults):
        files, temporary = self.place.left()
        extra = files - self.files - self.scenario.spare - set(" ".join(self.scenario.outs).split())
        if (extra or temporary) and faults.call not in ("unlink", "stat"):
            raise Wrong("left behind: %s" % (sorted(extra) + temporary))

    def check_status(self, faults, result):
        different = self.whole(result.outs)
        if result.status == -signal.SIGPIPE and faults.error == errno.EPIPE:
            return
        if faults.mode in CHANGED or faults.call == "said":
            if result.status != self.usual.status or different:
                raise Wrong("%s differs" % (different or "status"))
            return
        if result.status == self.usual.status and not different:
            return
        if result.status == self.usual.status == 0:
            raise Wrong("status 0, and %s is not all" % different)
        if result.status not in (1, 3) and not (result.status == 2 and faults.call in OF_OPTIONS):
            raise Wrong("no status for that")
        self.check_said(faults, result)
        if result.status == 1:
            self.check_named(result)

    def judge(self, faults):
        """Run it; whether the fault came to pass.  Raises Wrong."""
        result = None
        try:
            self.place.make()
            result = self.place.torment(faults)
            if not result.reached:
                return False
            if b"Sanitizer" in result.said or b"runtime error" in result.said:
                raise Wrong("a sanitizer speaks")
            self.check_status(faults, result)
            for name, output in result.outs.items():
                self.check_part(faults, name, output)
            self.check_files(faults)
            if self.scenario.again:
                status = result.status
                result = self.place.torment(NO_FAULTS)
                if self.scenario.after:
                    result.outs["after"] = self.place.what_follows()
                if self.whole(result.outs) and status != 1:  # none failed
                    raise Wrong("%s is not whole when run again" % self.whole(result.outs))
            elif self.scenario.after:
                self.follow(faults, result)
        except Wrong as wrong:
            raise Wrong("%s: %s%s" % (" ".join(map(str, faults)), wrong, "" if result is None else
                                      " [%s] %r" % (result.status, result.said[-400:]))) from None
        return True

    def follow(self, faults, result):
        output = {"after": self.place.what_follows()}
        if result.status == 0 or "put" not in self.scenario.words:
            if self.whole(output):
                raise Wrong("what follows is not whole")
        else:
            self.check_part(faults, "after", output["after"])


class Torture:
    """All of it."""

    def __init__(self, library, step, word, call):
        self.library = os.path.abspath(library)
        self.step = step
        self.word = word
        self.call = call
        self.runs = self.wrong = 0
        self.seconds = collections.Counter()

    def rows(self, index, scenario, counts):
        """Kinds and modes; none of allocations where sanitizers have these."""
        for mode in CHANGED:
            if self.call in ("", mode) and not (mode == "short" and scenario.big):
                yield Faults("", mode, 0, 0)
        for call, errors in CALLS.items():
            if (self.call not in ("", call) or (call == "memory" and "SANITIZED" in os.environ) or
                    scenario.only is not None and call not in scenario.only):
                continue
            for error in errors:
                for mode in ("once", "on"):
                    first = 1 + index % self.step
                    index += 7
                    if first <= counts[call]:
                        yield Faults(call, mode, error, first)

    def one(self, judge, faults):
        """Run it; whether there may be more."""
        try:
            if not judge.judge(faults):
                return False
        except Wrong as wrong:
            self.wrong += 1
            print("%s: %s" % (judge.scenario.name, wrong), flush=True)
        self.runs += 1
        return True

    def all_of(self, index, scenario, folder, servers):
        began = time.monotonic()
        if scenario.needs == "redis" and not servers.start_redis():
            return
        place = Place("%s/%d" % (folder, index), scenario, self.library, servers, index % 64)
        try:
            judge = Judge(place)
        except Wrong as wrong:
            self.wrong += 1
            print("%s: %s" % (scenario.name, wrong), flush=True)
            return
        for faults in self.rows(index, scenario, judge.counts):
            while self.one(judge, faults) and faults.number and faults.number < MOST:
                faults = faults._replace(number=faults.number + self.step)
        self.seconds[scenario.name] = time.monotonic() - began
        shutil.rmtree(place.folder, ignore_errors=True)

    def all(self):
        with tempfile.TemporaryDirectory(prefix="torture.") as folder:
            servers = Servers(folder)
            try:
                with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
                    jobs = [pool.submit(self.all_of, index, scenario, folder, servers)
                            for index, scenario in enumerate(scenarios.SCENARIOS)
                            if self.word in scenario.name]
                    for job in jobs:
                        job.result()
            finally:
                servers.stop()
        if "TIMES" in os.environ:
            for name, seconds in self.seconds.most_common():
                print("%7.2f s %s" % (seconds, name), file=sys.stderr)
        print("%d runs, %d wrong" % (self.runs, self.wrong), file=sys.stderr)


def main():
    words = dict(enumerate(sys.argv))
    for name in ("PAR_STAGE", "PAR_STAGE_TAKES", "PAR_WORKER", "PAR_WORKERS"):
        os.environ.pop(name, None)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    torture = Torture(sys.argv[1], int(words.get(2, 1)), words.get(3, ""), words.get(4, ""))
    torture.all()
    sys.exit(1 if torture.wrong else 0)


if __name__ == "__main__":
    main()
