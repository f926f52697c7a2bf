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
import base64
import collections
import contextlib
import concurrent.futures
import errno
import functools
import io
import itertools
import math
import multiprocessing.process
import multiprocessing.spawn
import os
import pickle
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import weakref
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
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
DEATHS_MOST = 3  # of par-run in a row, with nothing answered in between
WORKER = "import sys; sys.path.insert(0, sys.argv[1]); import par_client; par_client.work(*map(int, sys.argv[2:]))"


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
        function, args, kwargs = pickle.loads(base64.b64decode(task))
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
    return base64.b64encode(data)


def answered(future: Future, data: bytes) -> None:
    """Give a future what answer() made."""
    try:
        fine, value = pickle.loads(base64.b64decode(data))
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


def serve(stdout: int, prepare: Callable[[], None]) -> NoReturn:
    """Be a worker, when it is prepared.  It answers one task at a time, so that a death is
    laid to that one.  Tasks have nothing to read, and what they print goes to stdout."""
    source, output = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(stdout, 1)
    close_all(null, *([stdout] if stdout > 2 else []))
    try:
        prepare()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(125)  # nor can any other
    stage = par_stage.Stage(window=1, max_record=MAX_RECORD, input=source, output=output)
    for record in stage:
        number, _, task = record.data.partition(b" ")
        record.put(number + b" " + answer(task))
    sys.exit(stage.finish())


def load(main: Dict[str, Any]) -> None:
    """Load a main module, as multiprocessing does, under another name."""
    me = multiprocessing.process.current_process()
    me._inheriting = True  # so one that does not ask if it is the main one is told
    multiprocessing.spawn.prepare(main)
    del me._inheriting


def work(setup: int, stdout: int) -> NoReturn:
    """Be a worker of a RunExecutor, as is said in the file setup, which all of them read."""

    def prepare() -> None:
        main, initializer = pickle.loads(os.pread(setup, os.fstat(setup).st_size, 0))
        os.close(setup)
        load(main)
        function, args = pickle.loads(initializer)
        if function is not None:
            function(*args)

    serve(stdout, prepare)


def main() -> NoReturn:
    """Be a worker of QueueExecutors: python3 -m par_client [PROGRAM], a native stage.

    PROGRAM is the main module of those, if tasks are functions of that.
    """

    def prepare() -> None:
        if len(sys.argv) > 1:
            sys.argv = sys.argv[1:]
            path = os.path.abspath(sys.argv[0])
            load({"init_main_from_path": path, "sys_path": [os.path.dirname(path), *sys.path]})

    serve(2, prepare)


def close_all(*descriptors: int) -> None:
    for fd in descriptors:
        os.close(fd)


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

    start() of a program gives what it reads from, a line for each task: its prefix, the
    number and the data; and sources: pairs of what it writes to, and whether it ends when
    that does.  hear(desk, source, line) is what a line of one of them says, stop() has it
    end, and status() says how it has.  If it keeps tasks, it says of how many it has.
    """

    def __init__(self, program: Any, most: float) -> None:
        self.program = program
        self.most = most  # tasks that it has at a time, and some ahead:
        self.ahead, self.finished, self.since = 1, 0, 0.0
        self.lock = threading.RLock()  # the collector may call close() at any time
        self.tasks: Dict[int, Task] = {}
        self.waiting: Deque[int] = collections.deque()  # numbers of those to be sent,
        self.sent: Deque[int] = collections.deque()  # and of those that are, in their order
        self.numbers = itertools.count()
        self.closing = self.asleep = False
        self.broken = ""  # why no more is taken
        self.answers = 0
        self.bell, self.rope = os.pipe()
        os.set_blocking(self.rope, False)
        self.thread = threading.Thread(target=self.run, name="par_client", daemon=True)
        weakref.finalize(self, close_all, self.bell, self.rope).atexit = False

    def submit(self, task: Task) -> None:
        with self.lock:
            if self.broken:
                raise BrokenProcessPool(self.broken)
            if self.closing:
                raise RuntimeError("cannot schedule new futures after shutdown")
            number = next(self.numbers)
            self.tasks[number] = task
            self.waiting.append(number)
            if self.thread.ident is None:
                self.thread.start()
                desks.add(self)
            asleep, self.asleep = self.asleep, False
        if asleep:
            self.ring()

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
        self.ring()

    def join(self) -> None:
        if self.thread.ident is not None:
            self.thread.join()

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
        except BaseException as error:
            why = f"{type(error).__name__}: {error}"
        with self.lock:
            self.broken = why
            left, self.tasks = self.tasks, {}
            self.waiting.clear()
        for task in left.values():
            if task.sent or task.future.set_running_or_notify_cancel():
                task.future.set_exception(BrokenProcessPool(why))

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
        rest = memoryview(b"")
        with contextlib.ExitStack() as stack:
            selector = stack.enter_context(selectors.DefaultSelector())
            selector.register(self.bell, selectors.EVENT_READ)
            for number, (source, ends) in enumerate(sources):
                os.set_blocking(stack.enter_context(source).fileno(), False)
                selector.register(source, selectors.EVENT_READ, (number, Lines()))
            os.set_blocking(stack.enter_context(sink).fileno(), False)
            running = sum(ends for _, ends in sources)
            while running:
                if not rest and not sink.closed:
                    rest = self.to_send()
                    if rest:
                        selector.register(sink, selectors.EVENT_WRITE)
                    elif rest is None:
                        self.program.stop()
                for key, _ in selector.select():
                    if key.fileobj == self.bell:
                        os.read(self.bell, READ_SIZE)
                    elif sink.closed and key.fileobj is sink:
                        pass  # since the last look
                    elif key.fileobj is sink:
                        try:
                            rest = rest[os.write(key.fd, rest) :]
                        except BrokenPipeError:
                            rest = memoryview(b"")
                        if not rest:
                            selector.unregister(sink)
                    elif self.hear(key.fd, *key.data):
                        selector.unregister(key.fileobj)
                        running -= sources[key.data[0]][1]
                        if not sink.closed and rest:
                            selector.unregister(sink)
                            rest = memoryview(b"")
                        self.program.stop()
            status = self.program.status()
            for key in list(selector.get_map().values()):
                if key.data:
                    self.hear(key.fd, *key.data)
            return status

    def to_send(self) -> Optional[memoryview]:
        """Tasks for which there is room; None if there will be no more."""
        lines: List[bytes] = []
        size = 0
        with self.lock:
            room = self.most + self.ahead - (len(self.tasks) - len(self.waiting))
            while self.waiting and len(lines) < 3 * room and size < SEND_AT_ONCE:
                number = self.waiting.popleft()
                task = self.tasks[number]
                if task.sent or task.future.set_running_or_notify_cancel():
                    task.sent = True
                    if self.program.keeps:
                        self.sent.append(number)
                    lines += (self.program.prefix, b"%d " % number, task.data)
                    size += len(task.data)
                else:
                    del self.tasks[number]
            if not lines and self.closing and not self.tasks:
                return None
            self.asleep = not self.waiting and not lines
        return memoryview(b"".join(lines))

    def hear(self, fd: int, source: int, lines: Lines) -> bool:
        """Hear what there is; true at its end."""
        while True:
            try:
                data = os.read(fd, READ_SIZE)
            except BlockingIOError:
                return False
            if not data:
                return True
            for line in lines.of(data):
                self.program.hear(self, source, line)

    def done(self, number: int, finish: Callable[[Future], None]) -> None:
        with self.lock:
            task = self.tasks.pop(number, None)
        if task is None:
            return  # it was already
        self.answers += 1
        self.finished += 1
        if time.monotonic() - self.since > AHEAD_FOR:  # as many as are done in that time
            self.ahead = min(self.finished, AHEAD_MOST)
            self.finished, self.since = 0, time.monotonic()
        finish(task.future)

    def keep(self, count: int) -> None:
        """So many of those that were sent need not be sent again."""
        with self.lock:
            for _ in range(min(count, len(self.sent))):
                task = self.tasks.get(self.sent.popleft())
                if task is not None:
                    task.kept = True


desks: "weakref.WeakSet[Desk]" = weakref.WeakSet()
os.register_at_fork(after_in_child=desks.clear)  # they are of who has the threads


@atexit.register
def finish_all() -> None:
    """What was submitted is done before the interpreter ends."""
    for desk in list(desks):
        desk.close()
    for desk in list(desks):
        desk.join()


class Run:
    """par-run as the program of a desk."""

    name = "par-run"
    keeps = False
    prefix = b""

    def __init__(self, command: List[str], setup: Any) -> None:
        self.command = command
        self.setup = setup  # a file

    def start(self) -> tuple:
        given_up, to_us = os.pipe()
        stdout = os.dup(1)
        passed = (to_us, self.setup.fileno(), stdout)
        words = [self.command[0], "-q", f"/dev/fd/{to_us}", *self.command[1:], *map(str, passed[1:])]
        try:
            self.process = begin(words, pass_fds=passed)
        except BaseException:
            os.close(given_up)
            raise
        finally:
            os.close(to_us)
            os.close(stdout)
        given_up = open(given_up, "rb", buffering=0)
        return self.process.stdin, [(self.process.stdout, True), (given_up, False)]

    def stop(self) -> None:
        self.process.stdin.close()

    def status(self) -> int:
        return self.process.wait()

    def hear(self, desk: Desk, source: int, line: bytes) -> None:
        if source == 0:
            number, _, data = line.partition(b" ")
            desk.done(int(number), lambda future: answered(future, data))
        else:
            gone = GivenUp.told(line)
            desk.done(int(line.partition(b" ")[0]), lambda future: future.set_exception(gone))


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
            line = base64.b64encode(data) + b"\n"
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
    whose worker dies.  A worker is started as multiprocessing starts one by "spawn".
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
        main = multiprocessing.spawn.get_preparation_data("par_client")
        if not os.path.exists(main.get("init_main_from_path", "/")):
            del main["init_main_from_path"]  # as it comes from standard input
        del main["authkey"], main["start_method"]
        setup = tempfile.TemporaryFile()
        pickle.dump((main, pickle.dumps((initializer, initargs))), setup)
        setup.flush()
        command = [par_run, "-n", str(workers), "-r", str(tries - 1), f"--max-record={MAX_RECORD}"]
        if max_tasks_per_child is not None:
            command.append(f"--replace-after={max_tasks_per_child}")
        command += [*options, "--", sys.executable, *subprocess._args_from_interpreter_flags()]
        command += ["-c", WORKER, os.path.dirname(os.path.abspath(__file__))]
        self._desk = Desk(Run(command, setup), workers)
        weakref.finalize(self, self._desk.close).atexit = False


def must_be_there(program: str) -> None:
    if shutil.which(program) is None:
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


class Queued:
    """par-queue as the program of a desk: put reads tasks, get writes answers.

    What the queue has it keeps, whoever of the two is killed.
    """

    name = "par-queue"
    keeps = True

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.prefix = base64.urlsafe_b64encode(os.urandom(9)) + b"."  # nobody else's

    def start(self) -> tuple:
        self.stopped = False
        self.put = self.queue._begin("put", "--ids", f"--max-record={RECORD_MOST}", "--wait=3650d")
        self.get = self.queue._begin("get", "--follow", "--dead")
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

    def hear(self, desk: Desk, source: int, line: bytes) -> None:
        if source == 1:
            desk.keep(int(line.split()[1]))
            return
        finish: Callable[[Future], None]
        record, _, data = line.partition(b" ")
        if line.startswith(b"-"):
            record = line.split(b"\t", 2)[1].partition(b" ")[0]
            gone = GivenUp.told(line.partition(b"\t")[2])
            finish = lambda future: future.set_exception(gone)
        else:
            finish = lambda future: answered(future, data)
        if record.startswith(self.prefix):
            desk.done(int(record[len(self.prefix) :]), finish)


class QueueExecutor(Pool):
    """Tasks by whoever works on a queue, on any machine: see main()."""

    def __init__(self, queue: Union[Queue, str]) -> None:
        self._desk = Desk(Queued(queue if isinstance(queue, Queue) else Queue(queue)), math.inf)
        weakref.finalize(self, self._desk.close).atexit = False


if __name__ == "__main__":
    import par_client  # pickle knows what is in it by that name

    par_client.main()
