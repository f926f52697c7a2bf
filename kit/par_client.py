# SPDX-License-Identifier: ISC
"""A pool of processes in the manner of concurrent.futures, by par-run(1) and par-queue(1),
in Python 3.9 or later: see par-client-python(7).

    from par_client import RunExecutor as ProcessPoolExecutor

    with ProcessPoolExecutor(8) as pool:
        for answer in pool.map(work, things):
            ...

Each task has one result, or an exception, whatever process is killed and whenever; it may
be run more than once.  This file needs par_stage.py beside it, and may be copied with it.
"""

from __future__ import annotations

import atexit
import binascii
import collections
import contextlib
import concurrent.futures
import errno
import fcntl
import functools
import io
import itertools
import math
import multiprocessing
import multiprocessing.process
import os
import pickle
import select
import selectors
import signal
import subprocess
import sys
import threading
import time
import traceback
import weakref
from concurrent.futures import Future
from typing import Any, Callable, Deque, Dict, Iterable, Iterator, List, NoReturn, Optional
from typing import Sequence, Tuple, Union

import par_stage

__all__ = [
    "BrokenProcessPool",
    "GivenUp",
    "Queue",
    "QueueError",
    "QueueExecutor",
    "RemoteError",
    "RunExecutor",
]
__version__ = "0.1.0"

READ_SIZE = 1 << 20
SEND_AT_ONCE = 1 << 16  # bytes of tasks that are written together
MAX_RECORD = 1 << 30  # bytes of a task, as par-run has it,
RECORD_MOST = 256 << 20  # and of a record of par-queue
AHEAD_FOR = 0.02  # seconds of work that par-run has beside what its workers do,
AHEAD_MOST = 64  # in tasks
OWN_DEATH = 0.2  # seconds until an origin prepares for it, which takes long
NEVER = 125  # the exit status of a worker that cannot be started
DEATHS_MOST = 3  # of par-run in a row, with nothing answered in between
WORKER = "import sys; sys.path.insert(0, sys.argv[1]); import par_client; par_client.work(*map(int, sys.argv[2:]))"


def __getattr__(name: str) -> Any:
    if name == "BrokenProcessPool":  # its module takes long to load
        from concurrent.futures.process import BrokenProcessPool

        return BrokenProcessPool
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def broken(why: str) -> Exception:
    return __getattr__("BrokenProcessPool")(why)


class GivenUp(Exception):
    """A task is given up: its worker died, or took too long, on all tries."""

    def __init__(self, reason: str, tries: int = 1, last_words: str = "") -> None:
        super().__init__(reason, tries, last_words)
        self.reason = reason
        self.tries = tries
        self.last_words = last_words  # the last line that its worker wrote to standard error

    @classmethod
    def told(cls, line: bytes) -> GivenUp:
        """Of four fields: the record, tries, reason, last words."""
        _, tries, why, last = par_stage.fields(line)
        return cls(why.decode("utf-8", "replace"), int(tries or 0), last.decode("utf-8", "replace"))

    def __str__(self) -> str:
        said = f"; its last words: {self.last_words}" if self.last_words else ""
        return f"{self.reason}, at {self.tries} tries{said}"


class RemoteError(Exception):
    """What was raised in a worker: the cause of an exception from there, or it itself if
    that cannot be pickled.  The text is its traceback."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


def answer(task: bytes) -> bytes:
    """Call what a task says; its result, or what it raised, as answered() takes it."""
    try:
        function, args, kwargs = pickle.loads(binascii.a2b_base64(task))
        data = pickle.dumps((True, function(*args, **kwargs)), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        told = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        try:
            whole = pickle.dumps(error.with_traceback(None))
            pickle.loads(whole)  # many that can be pickled cannot be made again
        except Exception:
            whole = b""
        data = pickle.dumps((False, (whole, told)))
    sys.stdout.flush()
    return binascii.b2a_base64(data, newline=False)


def answered(future: Future, data: bytes) -> None:
    """Give a future what answer() made."""
    try:
        fine, value = pickle.loads(binascii.a2b_base64(data))
        if not fine:
            whole, told = value
            cause = RemoteError(told)
            value = pickle.loads(whole) if whole else cause
            if value is not cause:
                value.__cause__ = cause
    except Exception as error:  # it cannot be made here
        fine, value = False, error
    if fine:
        future.set_result(value)
    else:
        future.set_exception(value)


def serve(source: int, output: int, prepare: Callable[[], None]) -> int:
    """Be a worker, when it is prepared; its exit status.  It answers one task at a time, so
    that a death is laid to that one."""
    try:
        prepare()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        return NEVER  # nor can any other
    stage = par_stage.Stage(window=1, max_record=MAX_RECORD, input=source, output=output)
    for record in stage:
        number, _, task = record.data.partition(b" ")
        record.put(number + b" " + answer(task))
    return stage.finish()


def serve_alone(stdout: int, prepare: Callable[[], None]) -> NoReturn:
    """Be a worker that is a program of its own.  Tasks have nothing to read, and what they
    print goes to stdout."""
    source, output = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(stdout, 1)
    close_all(null, *([stdout] if stdout > 2 else []))
    status = serve(source, output, prepare)
    if status == NEVER:
        os._exit(status)
    sys.exit(status)


def load(main: Dict[str, Any]) -> None:
    """Load a main module, as multiprocessing does, under another name."""
    import multiprocessing.spawn

    me = multiprocessing.process.current_process()
    me._inheriting = True  # so one that does not ask if it is the main one is told
    multiprocessing.spawn.prepare(main)
    del me._inheriting


def work(setup: int, stdout: int) -> NoReturn:
    """Be a worker of a RunExecutor, as is said in the file setup, which all of them read."""

    def prepare() -> None:
        data = os.pread(setup, os.fstat(setup).st_size, 0)
        if not data:
            raise RuntimeError("what workers are forked of was killed at once")
        main, initializer = pickle.loads(data)
        os.close(setup)
        load(main)
        function, args = pickle.loads(initializer)
        if function is not None:
            function(*args)

    serve_alone(stdout, prepare)


def main() -> NoReturn:
    """Be a worker of QueueExecutors: python3 -m par_client [PROGRAM], a native stage.

    PROGRAM is the main module of those, if tasks are functions of that.
    """

    def prepare() -> None:
        if len(sys.argv) > 1:
            sys.argv = sys.argv[1:]
            path = os.path.abspath(sys.argv[0])
            load({"init_main_from_path": path, "sys_path": [os.path.dirname(path), *sys.path]})

    serve_alone(2, prepare)


def close_all(*descriptors: int) -> None:
    for fd in descriptors:
        os.close(fd)


def high(fd: int) -> int:
    """Another number for it, which shells do not use."""
    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)


def call_each(function: Callable[..., Any], chunk: List[tuple]) -> List[Any]:
    return [function(*args) for args in chunk]


class Task:
    """A future, and what is sent for it."""

    __slots__ = ("future", "data", "sent", "kept")

    def __init__(self, future: Future, data: bytes) -> None:
        self.future = future
        self.data = data
        self.sent = False
        self.kept = False  # where it outlives the program

    def begin(self) -> bool:
        """It is to be sent, unless it was cancelled."""
        if not self.sent:
            self.sent = self.future.running() or self.future.set_running_or_notify_cancel()
        return self.sent


class Lines:
    """Whole lines of what comes in pieces."""

    def __init__(self) -> None:
        self.parts: List[bytes] = []

    def of(self, data: bytes) -> List[bytes]:
        first, *others = data.split(b"\n")
        self.parts.append(first)
        if not others:
            return []
        first, self.parts = b"".join(self.parts), [others.pop()]
        return [first, *others]


class Desk:
    """Tasks without an answer, and the thread that has a program answer them.

    begin() of a program is called once, by who has the first task, and end() when there
    will be no more.  start() gives what it reads from, a line for each task: its prefix, the
    number and the data; and sources: pairs of what it writes to, and whether it ends when
    that does.  hear(desk, source, lines) is what lines of one of them say: pairs of a number
    and an answer, or GivenUp.  stop() has it end, and status() says how it has.  If it keeps
    tasks, it says of how many it has.
    """

    def __init__(self, program: Any, most: float) -> None:
        self.program = program
        self.most = most  # tasks that it has at a time, and some ahead:
        self.ahead, self.finished, self.since = 1, 0, 0.0
        self.lock = threading.RLock()  # the collector may call close() at any time
        self.beginning = threading.Lock()
        self.tasks: Dict[int, Task] = {}
        self.waiting: Deque[int] = collections.deque()  # numbers of those to be sent,
        self.sent: Deque[int] = collections.deque()  # and of those that are, in their order
        self.sink: Any = None  # where they are sent, if that can be now,
        self.rest = memoryview(b"")  # after these bytes
        self.numbers = itertools.count()
        self.closing = self.asleep = False
        self.broken = ""  # why no more is taken
        self.answers = 0
        self.bell, self.rope = os.pipe()
        os.set_blocking(self.rope, False)
        self.thread = threading.Thread(target=self.run, name="par_client", daemon=True)
        self.closed = weakref.finalize(self, close_all, self.bell, self.rope)
        self.closed.atexit = False
        desks.add(self)

    def submit(self, task: Task) -> None:
        with self.lock:
            if self.broken:
                raise broken(self.broken)
            if self.closing:
                raise RuntimeError("cannot schedule new futures after shutdown")
            number = next(self.numbers)
            self.tasks[number] = task
            self.waiting.append(number)
            wanted = self.sink is None or not self.send_one(number, task)
            if wanted and self.asleep and self.room() > 0:
                self.asleep = False
            else:
                wanted = False
        if self.thread.ident is None:
            self.begin(number)
        elif wanted:
            self.ring()

    def begin(self, number: int) -> None:
        try:
            with self.beginning:
                if self.thread.ident is None:
                    self.program.begin()
                    self.thread.start()
        except BaseException:
            with self.lock:
                self.tasks.pop(number)
                self.waiting.remove(number)
            raise

    def room(self) -> float:
        """For how many tasks there is room, those that wait not counted."""
        return self.most + self.ahead - (len(self.tasks) - len(self.waiting))

    def send_one(self, number: int, task: Task) -> bool:
        """Send the task that waits at once, with the lock, if the thread would send nothing
        else with it.  Wherever a signal interrupts this, it is sent; if need be twice."""
        line = self.program.prefix + b"%d " % number + task.data
        alone = self.room() > 0 if self.most < math.inf else len(self.tasks) == 1
        if not alone or len(self.waiting) > 1 or self.rest or len(line) > select.PIPE_BUF:
            return False
        task.begin()
        try:
            os.write(self.sink.fileno(), line)
        except OSError:
            return False
        if self.program.keeps:
            self.sent.append(number)
        self.waiting.pop()
        return True

    def ring(self) -> None:
        try:
            os.write(self.rope, b"!")
        except BlockingIOError:
            pass

    def close(self, cancel: bool = False) -> None:
        with self.lock:
            self.closing = True
            dropped = [n for n in self.waiting if not self.tasks[n].sent] if cancel else []
            futures = [self.tasks.pop(n).future for n in dropped]
            if cancel:
                self.waiting = collections.deque(n for n in self.waiting if n in self.tasks)
        for future in futures:
            if future.cancel():
                future.set_running_or_notify_cancel()
        if self.closed.alive:
            self.ring()

    def join(self) -> None:
        if self.thread.ident is not None:
            self.thread.join()

    def forget(self) -> None:
        """In a child of the process that it is of, who is not to hold what it has open."""
        self.lock = threading.RLock()
        self.broken = "the pool is of another process"
        self.tasks.clear()
        self.closed()
        self.program.forget()

    def run(self) -> None:
        """Have the program run whenever there is a task."""
        deaths = 0
        why = ""
        try:
            while self.await_task():
                before = self.answers
                status = self.attend()
                if status > 0 or status == 0 and self.tasks:
                    why = f"{self.program.name} ended with status {status}"
                    break
                deaths = deaths + 1 if self.answers == before else 0
                if deaths == DEATHS_MOST:
                    why = f"{self.program.name} was killed by signal {-status}"
                    break
                with self.lock:
                    self.waiting = collections.deque(n for n in self.tasks if not self.tasks[n].kept)
                    self.sent.clear()
            self.program.end()
        except BaseException as error:
            why = f"{type(error).__name__}: {error}"
        with self.lock:
            self.broken = why
            left, self.tasks = self.tasks, {}
            self.waiting.clear()
        for task in left.values():
            if task.sent or task.future.set_running_or_notify_cancel():
                task.future.set_exception(broken(why))

    def await_task(self) -> bool:
        while True:
            with self.lock:
                if self.tasks or self.closing:
                    return bool(self.tasks)
                self.asleep = True
            os.read(self.bell, READ_SIZE)

    def attend(self) -> int:
        """Send and hear while the program runs; its exit status."""
        sink, sources = self.program.start()
        with contextlib.ExitStack() as stack:
            selector = stack.enter_context(selectors.DefaultSelector())
            selector.register(self.bell, selectors.EVENT_READ)
            for number, (source, ends) in enumerate(sources):
                os.set_blocking(stack.enter_context(source).fileno(), False)
                selector.register(source, selectors.EVENT_READ, (number, Lines()))
            os.set_blocking(stack.enter_context(sink).fileno(), False)
            running = sum(ends for _, ends in sources)
            watched = False  # until what is there to be sent can be
            with self.lock:
                self.sink = sink
            while running:
                with self.lock:
                    over = not self.send()
                    stuck = bool(self.rest)
                if stuck and not watched:
                    selector.register(sink, selectors.EVENT_WRITE)
                elif watched and not stuck:
                    selector.unregister(sink)
                watched = stuck
                if over:
                    self.stop()
                for key, _ in selector.select():
                    if key.fileobj == self.bell:
                        os.read(self.bell, READ_SIZE)
                    elif key.data and self.hear(key.fd, *key.data):
                        selector.unregister(key.fileobj)
                        running -= sources[key.data[0]][1]
                        if watched:
                            selector.unregister(sink)
                            watched = False
                        self.stop()
            status = self.program.status()
            for key in list(selector.get_map().values()):
                if key.data:
                    os.set_blocking(key.fd, True)  # nobody writes any more
                    while not self.hear(key.fd, *key.data):
                        pass
            return status

    def stop(self) -> None:
        with self.lock:
            self.sink = None
            self.rest = memoryview(b"")
        self.program.stop()

    def send(self) -> bool:
        """Send tasks for which there is room, with the lock; false if there will be no more."""
        if self.sink is None:
            return True
        while not self.rest:
            self.rest = self.to_send()
            if not self.rest:
                self.asleep = not self.waiting
                return bool(self.tasks) or not self.closing
            self.write()
        self.write()
        return True

    def write(self) -> None:
        try:
            while self.rest:
                self.rest = self.rest[os.write(self.sink.fileno(), self.rest) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:  # its end will be heard of
            self.sink = None
            self.rest = memoryview(b"")

    def to_send(self) -> memoryview:
        lines: List[bytes] = []
        size = 0
        room = self.room()
        while self.waiting and len(lines) < 3 * room and size < SEND_AT_ONCE:
            number = self.waiting.popleft()
            task = self.tasks[number]
            if task.begin():
                if self.program.keeps:
                    self.sent.append(number)
                lines += (self.program.prefix, b"%d " % number, task.data)
                size += len(task.data)
            else:
                del self.tasks[number]
        return memoryview(b"".join(lines))

    def hear(self, fd: int, source: int, lines: Lines) -> bool:
        """Hear what there is; true at its end."""
        try:
            data = os.read(fd, READ_SIZE)
        except BlockingIOError:
            return False
        whole = lines.of(data)
        if whole:
            self.done(self.program.hear(self, source, whole))
        return not data

    def done(self, answers: Iterable[Tuple[int, Union[bytes, GivenUp]]]) -> None:
        with self.lock:  # those of which there was an answer already are not there
            found = [(self.tasks.pop(number, None), what) for number, what in answers]
            self.answers += len(found)
            self.finished += len(found)
            if time.monotonic() - self.since > AHEAD_FOR:  # as many as are done in that time
                self.ahead = max(1, min(self.finished, AHEAD_MOST))
                self.finished, self.since = 0, time.monotonic()
            self.send()  # before others look at what they have
        for task, what in found:
            if task is None:
                continue
            if isinstance(what, GivenUp):
                task.future.set_exception(what)
            else:
                answered(task.future, what)

    def keep(self, count: int) -> None:
        """So many of those that were sent need not be sent again."""
        with self.lock:
            for _ in range(min(count, len(self.sent))):
                task = self.tasks.get(self.sent.popleft())
                if task is not None:
                    task.kept = True


desks: "weakref.WeakSet[Desk]" = weakref.WeakSet()
opening = threading.RLock()  # held while what a child has to close is opened


def begin_child() -> None:
    """Desks are of the process that has their threads."""
    global opening
    opening = threading.RLock()
    for desk in list(desks):
        desk.forget()
    desks.clear()


os.register_at_fork(
    before=lambda: opening.acquire(),
    after_in_parent=lambda: opening.release(),
    after_in_child=begin_child,
)


@atexit.register
def finish_all() -> None:
    """What was submitted is done before the interpreter ends."""
    for desk in list(desks):
        desk.close()
    for desk in list(desks):
        desk.join()


class Program:
    """What a desk has of a program, if it needs nothing else."""

    name = ""
    keeps = False
    prefix = b""

    def __init__(self) -> None:
        self.files: List[Any] = []  # that are open, while it runs

    def begin(self) -> None:
        pass

    def end(self) -> None:
        pass

    def forget(self) -> None:
        for file in self.files:
            with contextlib.suppress(OSError):
                file.close()


class Run(Program):
    """par-run as the program of a desk."""

    name = "par-run"

    def __init__(self, command: List[str], worker: List[str], setup: Any, origin: Any) -> None:
        super().__init__()
        self.command = command
        self.worker = worker  # words that start one, without descriptors
        self.setup = setup  # a file
        self.origin = origin  # of workers, if they are not started by these words

    def begin(self) -> None:
        if self.origin is not None:
            self.origin.begin()

    def end(self) -> None:
        if self.origin is not None:
            self.origin.end()

    def forget(self) -> None:
        super().forget()
        if self.origin is not None:
            self.origin.forget()

    def start(self) -> tuple:
        with opening:
            given_up, to_us = os.pipe()
            stdout = high(1)
            passed = [to_us, self.setup.fileno(), stdout]
            worker = [*self.worker, *map(str, passed[1:])]
            if self.origin is not None:
                passed += self.origin.ends
                worker = ["/bin/sh", "-c", STAND_IN, "par_client", *map(str, self.origin.ends), *worker]
            words = [self.command[0], "-q", f"/dev/fd/{to_us}", *self.command[1:], "--", *worker]
            try:
                self.process = begin(words, pass_fds=passed)
            except BaseException:
                os.close(given_up)
                raise
            finally:
                os.close(to_us)
                os.close(stdout)
            told = open(given_up, "rb", buffering=0)
            self.files = [self.process.stdin, self.process.stdout, told]
        return self.process.stdin, [(self.process.stdout, True), (told, False)]

    def stop(self) -> None:
        self.process.stdin.close()

    def status(self) -> int:
        return self.process.wait()

    def hear(self, desk: Desk, source: int, lines: List[bytes]) -> list:
        if source == 0:
            return [(int(number), data) for number, _, data in (line.partition(b" ") for line in lines)]
        return [(int(line.partition(b" ")[0]), GivenUp.told(line)) for line in lines]


# What par-run starts as a worker, where workers are forked of an origin.  That opens what
# this one was given, and has this one end as the worker did.  With no origin this is what
# it was told to be.  It leads the group that par-run sends signals to, which are the worker's.
STAND_IN = r"""
ask=$1 life=$2 codes=$3 stage=${PAR_STAGE%%:*}
shift 3
as_usual() { trap - HUP INT QUIT ALRM TERM PIPE USR1 USR2; }
end() {
	read -r code <"/dev/fd/$codes"
	case $code in
	none) as_usual; exec "$@" ;;
	-*) as_usual; ulimit -c 0; kill "$code" $$ ;;
	*) exit "$code" ;;
	esac
}
trap '' HUP INT QUIT ALRM TERM PIPE USR2
trap 'end "$@"' USR1
case $stage in
[789]) exec 4<&0 5>&1 6>&2 && kept="4 5 6" ;;
*) exec 7<&0 8>&1 9>&2 && kept="7 8 9" ;;
esac
if ! echo "$$ $kept $stage" 2>/dev/null >"/dev/fd/$ask"; then
	as_usual
	exec "$@"
fi
read -r _ <"/dev/fd/$life"
kill -9 0
"""


class Origin:
    """A child that is a copy of the program as it was at its first task, of which workers
    are forked: so they begin at once, and have what the program had, as with "fork" of
    multiprocessing; but other threads than the one that had the task do not matter any more.

    What par-run has started for a worker stands for it, and says so through a pipe; when
    nobody can any more, the origin ends.  Another one ends when the origin does, and a third
    has the status that the one with SIGUSR1 ends with.
    """

    def __init__(self, initializer: Optional[Callable[..., Any]], initargs: tuple, setup: Any) -> None:
        self.initializer = initializer
        self.initargs = initargs
        self.setup = setup  # for when it is no more
        self.ends: List[int] = []  # of the pipes, for those that stand for workers

    @staticmethod
    def can_be() -> bool:
        try:
            os.close(os.pidfd_open(os.getpid()))
            return os.path.isdir("/proc/self/fd")
        except (AttributeError, OSError):
            return False

    def begin(self) -> None:
        if self.ends:
            return
        for stream in (sys.stdout, sys.stderr):  # or what waits there is written twice
            with contextlib.suppress(Exception):
                stream.flush()
        with opening:
            asked, ask = os.pipe()
            life, living = os.pipe()
            codes, code = os.pipe()
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            try:
                self.pid = os.fork()
                if self.pid == 0:
                    close_all(ask, life)
                    self.live(asked, living, codes, code, mask)
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
                close_all(asked, living, code)
            self.ends = [high(fd) for fd in (ask, life, codes)]
            close_all(ask, life, codes)

    def end(self) -> None:
        self.forget()
        with contextlib.suppress(ChildProcessError):  # it was waited for by others
            os.waitpid(self.pid, 0)

    def forget(self) -> None:
        ends, self.ends = self.ends, []
        close_all(*ends)

    def live(self, asked: int, living: int, codes: int, code: int, mask: Any) -> NoReturn:
        try:
            self.handlers = {}
            signal.set_wakeup_fd(-1)
            for number in signal.valid_signals():
                handler = signal.getsignal(number)
                if callable(handler) or number == signal.SIGCHLD:
                    ignored = number == signal.SIGINT  # of a terminal: others see to it
                    signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)
                    self.handlers[number] = handler
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            for fd in range(3):
                try:
                    os.fstat(fd)
                except OSError:
                    os.open(os.devnull, os.O_RDWR)  # or another one gets that number
            import multiprocessing.util  # as each worker would

            self.asked, self.living, self.codes, self.code = asked, living, codes, code
            os.set_blocking(codes, False)
            self.workers: Dict[int, Tuple[int, int]] = {}  # who ends, by what tells: process,
            self.stand_ins: Dict[int, int] = {}  # and the stand-in's; by that, the worker's
            self.ending: Deque[Tuple[int, bytes]] = collections.deque()  # stand-ins, and how
            self.poll = select.poll()
            self.poll.register(asked, select.POLLIN)
            self.lines = Lines()
            self.look_for(OWN_DEATH)
            with contextlib.suppress(Exception):  # what cannot be pickled
                write_setup(self.setup, self.initializer, self.initargs)
            self.look_for(math.inf)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def look_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for fd, _ in self.poll.poll(1000 * left if left < math.inf else None):
                self.look(fd)

    def look(self, fd: int) -> None:
        if fd == self.asked:
            data = os.read(self.asked, READ_SIZE)
            if not data:
                for pid, _ in self.workers.values():
                    os.kill(pid, signal.SIGKILL)
                os._exit(0)
            for line in self.lines.of(data):
                self.fork(*map(int, line.split()))
        elif fd in self.workers:
            pid, stand_in = self.workers.pop(fd)
            self.poll.unregister(fd)
            os.close(fd)
            _, status = os.waitpid(pid, 0)
            by = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            self.tell(stand_in, b"%d" % by)
        elif fd in self.stand_ins:
            worker = self.stand_ins.pop(fd)
            if worker in self.workers:
                pid, _ = self.workers[worker]
                os.kill(pid, signal.SIGKILL)
                self.workers[worker] = pid, -1
            self.poll.unregister(fd)
            told = bool(self.ending) and self.ending[0][0] == fd
            self.ending = collections.deque(one for one in self.ending if one[0] != fd)
            os.close(fd)
            if told:
                self.tell_next()

    def tell(self, stand_in: int, how: bytes) -> None:
        """Have a stand-in end: one after the other, since all read the same pipe."""
        if stand_in in self.stand_ins:
            self.stand_ins[stand_in] = -1
            self.ending.append((stand_in, how))
            if len(self.ending) == 1:
                self.tell_next()

    def tell_next(self) -> None:
        if self.ending:
            with contextlib.suppress(BlockingIOError):
                os.read(self.codes, READ_SIZE)  # of one that died before it read that
            stand_in, how = self.ending[0]
            os.write(self.code, how + b"\n")
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(stand_in, signal.SIGUSR1)

    def fork(self, leader: int, source: int, output: int, errors: int, told: int) -> None:
        """Fork a worker for a stand-in, and what that has open under these numbers."""
        try:
            stand_in = os.pidfd_open(leader)
        except OSError:
            return
        self.stand_ins[stand_in] = -1
        self.poll.register(stand_in, select.POLLIN)
        fds: List[int] = []
        where = f"/proc/{leader}"
        try:
            fds.append(os.open(f"{where}/fd/{source}", os.O_RDONLY))
            for fd in (output, told, errors):
                fds.append(os.open(f"{where}/fd/{fd}", os.O_WRONLY | os.O_APPEND))
            with open(f"{where}/environ", "rb") as file:
                environment = file.read()
            process = multiprocessing.get_context("fork").Process(
                target=self.work, args=(leader, fds, environment)
            )
            pid = os.fork()
        except OSError:
            close_all(*fds)
            self.tell(stand_in, b"none")  # it is started in another way
            return
        if pid == 0:
            status = 1
            try:
                close_all(self.asked, self.living, self.codes, self.code, *self.stand_ins, *self.workers)
                status = process._bootstrap()
            finally:
                os._exit(status)
        close_all(*fds)
        watch = os.pidfd_open(pid)
        self.workers[watch] = pid, stand_in
        self.stand_ins[stand_in] = watch
        self.poll.register(watch, select.POLLIN)

    def work(self, leader: int, fds: List[int], environment: bytes) -> NoReturn:
        """Be a worker."""
        source, output, told, errors = fds
        os.setpgid(0, leader)
        for pair in environment.split(b"\0"):
            name, _, value = pair.partition(b"=")
            if name and os.environb.get(name) != value:
                os.environb[name] = value
        me = b"%d" % os.getpid()
        os.environb[b"PAR_STAGE"] = b"%d:%s" % (told, me)
        takes = os.environb.get(b"PAR_STAGE_TAKES", b"").partition(b":")[2]
        os.environb[b"PAR_STAGE_TAKES"] = me + b":" + takes
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(errors, 2)
        close_all(null, errors)
        for number, handler in self.handlers.items():
            signal.signal(number, handler)

        def prepare() -> None:
            if self.initializer is not None:
                self.initializer(*self.initargs)

        sys.exit(serve(source, output, prepare))


def begin(words: List[str], **options: Any) -> subprocess.Popen:
    return subprocess.Popen(
        words, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options
    )


class Pool(concurrent.futures.Executor):
    """What both executors have."""

    _desk: Desk

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        future: Future = Future()
        try:
            data = pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL)
            line = binascii.b2a_base64(data)
            if len(line) > MAX_RECORD - 32:
                raise ValueError(f"a task of {len(data)} bytes is too large")
        except Exception as error:  # of the task, as the pool of Python has it
            future.set_running_or_notify_cancel()
            future.set_exception(error)
            return future
        self._desk.submit(Task(future, line))
        return future

    def map(
        self,
        function: Callable[..., Any],
        *iterables: Iterable[Any],
        timeout: Optional[float] = None,
        chunksize: int = 1,
        **options: Any,
    ) -> Iterator[Any]:
        """As Executor.map; with chunksize so many calls are one task."""
        if chunksize < 1:
            raise ValueError("chunksize must be >= 1.")
        if chunksize == 1:
            return super().map(function, *iterables, timeout=timeout, **options)
        calls = zip(*iterables)
        chunks = iter(lambda: list(itertools.islice(calls, chunksize)), [])
        many = super().map(functools.partial(call_each, function), chunks, timeout=timeout, **options)
        return itertools.chain.from_iterable(many)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._desk.close(cancel_futures)
        if wait:
            self._desk.join()


class RunExecutor(Pool):
    """Tasks by the workers of a par-run, in the manner of ProcessPoolExecutor.

    options are words for par-run, as ("-t", "10s"); tries is how often a task is run
    whose worker dies.  A worker is started by "fork" or "spawn", as multiprocessing says.
    """

    def __init__(
        self,
        max_workers: Optional[int] = None,
        mp_context: Any = None,
        initializer: Optional[Callable[..., Any]] = None,
        initargs: tuple = (),
        *,
        max_tasks_per_child: Optional[int] = None,
        tries: int = 3,
        options: Sequence[str] = (),
        par_run: str = "par-run",
    ) -> None:
        workers = usable() if max_workers is None else max_workers
        if workers < 1:
            raise ValueError("max_workers must be greater than 0")
        must_be_there(par_run)
        origin = None
        setup = open_setup()
        if (mp_context or multiprocessing).get_start_method() == "fork" and Origin.can_be():
            origin = Origin(initializer, initargs, setup)
        else:
            write_setup(setup, initializer, initargs)
        command = [par_run, "-n", str(workers), "-r", str(tries - 1), f"--max-record={MAX_RECORD}"]
        if max_tasks_per_child is not None:
            command.append(f"--replace-after={max_tasks_per_child}")
        worker = [sys.executable, *subprocess._args_from_interpreter_flags()]
        worker += ["-c", WORKER, os.path.dirname(os.path.abspath(__file__))]
        self._desk = Desk(Run([*command, *options], worker, setup, origin), workers)
        weakref.finalize(self, self._desk.close).atexit = False


def open_setup() -> Any:
    """A file for what work() has to know."""
    try:
        file = open(os.memfd_create("par_client"), "w+b")
    except (AttributeError, OSError):
        import tempfile  # which takes long

        file = tempfile.TemporaryFile()
    with file:
        return open(high(file.fileno()), "w+b")


def write_setup(setup: Any, initializer: Any, initargs: tuple) -> None:
    import multiprocessing.spawn

    main = multiprocessing.spawn.get_preparation_data("par_client")
    if not os.path.exists(main.get("init_main_from_path", "/")):
        del main["init_main_from_path"]  # as it comes from standard input
    del main["authkey"], main["start_method"]
    pickle.dump((main, pickle.dumps((initializer, initargs))), setup)
    setup.flush()


def must_be_there(program: str) -> None:
    paths = [""] if os.path.dirname(program) else os.get_exec_path()
    if not any(os.access(os.path.join(path, program), os.X_OK) for path in paths):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), program)


def usable() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


class QueueError(Exception):
    """par-queue could not go on; it has said why on standard error.  ids are those that it
    had accepted."""

    def __init__(self, why: str, ids: Sequence[int] = ()) -> None:
        super().__init__(why)
        self.ids = list(ids)


class Queue:
    """A queue of par-queue(1), whose workers are those of `par-queue work --ids`.

    options are words for all of its verbs, as "--password-file=FILE".
    """

    def __init__(
        self,
        name: str,
        url: Optional[str] = None,
        *,
        options: Sequence[str] = (),
        par_queue: str = "par-queue",
    ) -> None:
        must_be_there(par_queue)
        self._command = par_queue
        self._where = [*options, *([] if url is None else [f"--url={url}"]), name]
        self._answers: Dict[int, Any] = {}
        self._changed = threading.Condition()
        self._reader: Optional[threading.Thread] = None
        self._gets: List[subprocess.Popen] = []
        self._trouble: Optional[BaseException] = None

    def _begin(self, verb: str, *options: str) -> subprocess.Popen:
        return begin([self._command, verb, *options, *self._where])

    def put(self, records: Iterable[Union[bytes, str]], *options: str) -> List[int]:
        """Put records, each without its newline, into the queue; the id of each.

        options are words for par-queue put, as "--after=1h".
        """
        process = self._begin("put", "--ids", "--chunk=1", f"--max-record={RECORD_MOST}", *options)
        trouble: List[BaseException] = []

        def send() -> None:
            try:
                with io.BufferedWriter(process.stdin) as sink:
                    for record in records:
                        data = par_stage.as_bytes(record)
                        if b"\n" in data or len(data) > RECORD_MOST:
                            raise ValueError("a record has a newline, or is too long")
                        sink.write(data + b"\n")
            except BrokenPipeError:
                pass
            except BaseException as error:
                trouble.append(error)

        with process:
            sender = threading.Thread(target=send, daemon=True)
            sender.start()
            with io.BufferedReader(process.stdout) as source:
                ids = [int(line.split()[0]) for line in source]
            sender.join()
        if trouble:
            raise trouble[0]
        if process.returncode != 0:
            raise QueueError(f"par-queue put ended with status {process.returncode}", ids)
        return ids

    def follow(self) -> Iterator[Tuple[int, Union[List[bytes], GivenUp]]]:
        """The id and the result of each record as it is finished, or that it is GivenUp.

        A result is deleted from the queue when the next one is asked for.
        """
        process = self._begin("get", "--follow", "--dead", "--ack")
        self._gets.append(process)
        parts: List[bytes] = []
        try:
            for line in io.BufferedReader(process.stdout):
                number, more, data = line[:-1].partition(b"\t")
                if number.startswith(b"-"):
                    yield int(number[1:]), GivenUp.told(data)
                elif more:
                    parts.append(data)
                else:
                    result, parts = parts, []
                    yield int(number), result
                process.stdin.write(b"\n")
            if process.wait() != 4:
                raise QueueError(f"par-queue get ended with status {process.returncode}")
        except BrokenPipeError:
            raise QueueError("par-queue get has ended") from None
        finally:
            self._gets.remove(process)
            process.terminate()
            process.stdout.close()
            process.stdin.close()
            process.wait()

    def result(self, number: int, timeout: Optional[float] = None) -> List[bytes]:
        """Wait for the result of a record that was put: the records that its stage wrote.

        GivenUp is raised if it is dead, concurrent.futures.TimeoutError after timeout
        seconds.  What is read of others is kept until it is asked for; each is given once.
        """
        with self._changed:
            if self._reader is None:
                self._reader = threading.Thread(target=self._read, daemon=True)
                self._reader.start()
            if not self._changed.wait_for(lambda: number in self._answers or self._trouble, timeout):
                raise concurrent.futures.TimeoutError
            if number not in self._answers:
                raise self._trouble or AssertionError
            answer = self._answers.pop(number)
        if isinstance(answer, GivenUp):
            raise answer
        return answer

    def _read(self) -> None:
        try:
            for number, answer in self.follow():
                with self._changed:
                    self._answers[number] = answer
                    self._changed.notify_all()
            trouble: BaseException = QueueError("the queue was closed")
        except BaseException as error:
            trouble = error
        with self._changed:
            self._trouble = trouble
            self._changed.notify_all()

    def close(self) -> None:
        """Read no more results."""
        for process in list(self._gets):
            process.terminate()
        if self._reader is not None:
            self._reader.join()

    def __enter__(self) -> Queue:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


class Queued(Program):
    """par-queue as the program of a desk: put reads tasks, get writes answers.

    What the queue has it keeps, whoever of the two is killed.
    """

    name = "par-queue"
    keeps = True

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self.queue = queue
        self.prefix = os.urandom(9).hex().encode() + b"."  # nobody else's

    def start(self) -> tuple:
        self.stopped = False
        with opening:
            self.put = self.queue._begin("put", "--ids", f"--max-record={RECORD_MOST}", "--wait=3650d")
            self.get = self.queue._begin("get", "--follow", "--dead")
            self.files = [self.put.stdin, self.put.stdout, self.get.stdout]
        self.get.stdin.close()
        return self.put.stdin, [(self.get.stdout, True), (self.put.stdout, True)]

    def stop(self) -> None:
        self.put.stdin.close()
        if self.get.poll() is None:
            self.get.terminate()
            self.stopped = True

    def status(self) -> int:
        ends = [self.put.wait(), self.get.wait()]
        if self.stopped and ends[1] in (4, -signal.SIGTERM):
            ends[1] = 0
        return max(ends) or min(ends)

    def hear(self, desk: Desk, source: int, lines: List[bytes]) -> list:
        if source == 1:
            desk.keep(sum(int(line.split()[1]) for line in lines))
            return []
        answers: list = []
        for line in lines:
            what: Union[bytes, GivenUp]
            record, _, what = line.partition(b" ")
            if line.startswith(b"-"):
                record = line.split(b"\t", 2)[1].partition(b" ")[0]
                what = GivenUp.told(line.partition(b"\t")[2])
            if record.startswith(self.prefix):
                answers.append((int(record[len(self.prefix) :]), what))
        return answers


class QueueExecutor(Pool):
    """Tasks by whoever works on a queue, on any machine: see main()."""

    def __init__(self, queue: Union[Queue, str]) -> None:
        self._desk = Desk(Queued(queue if isinstance(queue, Queue) else Queue(queue)), math.inf)
        weakref.finalize(self, self._desk.close).atexit = False


if __name__ == "__main__":
    import par_client  # pickle knows what is in it by that name

    par_client.main()
