# SPDX-License-Identifier: ISC
"""Native stages of par-stage(7) in Python 3.9 or later: see par-stage-python(7).

A function that answers one record:

    import par_stage

    @par_stage.stage
    def double(record):
        return b"%d" % (2 * int(record))

    double.main()

or a loop over the records:

    for record in par_stage.Stage():
        record.put(record.data.upper())
        record.done()

Output is told of as it is sent, in runs where the supervisor takes them.  Without a
supervisor both are filters.  This file needs no other, and may be copied.
"""

from __future__ import annotations

import concurrent.futures
import fcntl
import functools
import os
import select
import signal
import stat
import sys
import threading
import time
from typing import Any, Callable, Iterable, Iterator, List, NoReturn, Optional, Union

__all__ = ["Fail", "Record", "Retry", "Stage", "escape", "fields", "stage", "unescape"]
__version__ = "0.1.0"

Output = Union[None, bytes, str, Iterable[Union[bytes, str]]]

READ_SIZE = 256 << 10
SEND_AFTER = 128 << 10  # bytes of output
SEND_EVERY = 0.01  # seconds: a supervisor gives more to one that it hears of
LINE_MOST = 4096  # bytes of a line of par-stage(7)
COUNTS_MOST = 150  # records in a line that has the bytes of each
SHOWN = 256  # bytes of a record that is too long to be named whole

ESCAPES = {b"\\": b"\\\\", b"\t": b"\\t", b"\n": b"\\n", b"\r": b"\\r", b"\0": b"\\0"}


class Fail(Exception):
    """The record at hand cannot be done; the text is why."""


class Retry(Exception):
    """The record at hand cannot be done for now; the text is why."""


class TooLong(bytes):
    """How a record begins that is longer than may be."""


def escape(field: Union[bytes, str]) -> bytes:
    """A field as it stands in a record of par-record(5)."""
    data = as_bytes(field)
    for raw, escaped in ESCAPES.items():
        if raw in data:
            data = data.replace(raw, escaped)
    return data


def unescape(field: bytes) -> bytes:
    """What escape() was given."""
    if b"\\" not in field:
        return field
    parts = field.split(b"\\\\")
    for raw, escaped in list(ESCAPES.items())[1:]:
        parts = [part.replace(escaped, raw) for part in parts]
    return b"\\".join(parts)


def fields(record: bytes) -> List[bytes]:
    """The fields of a record, unescaped."""
    return [unescape(field) for field in record.split(b"\t")]


def as_bytes(text: Union[bytes, str]) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def printable(data: bytes) -> str:
    """Bytes of others as text that upsets no terminal."""
    text = data.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def write_all(fd: int, data: Union[bytes, memoryview]) -> None:
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(fd, rest) :]
        except BlockingIOError:
            select.select([], [fd], [])


def to_share(fd: int) -> Optional[int]:
    """A description of our own of a pipe that others may write to, for flock(2)."""
    try:
        if stat.S_ISFIFO(os.fstat(fd).st_mode):
            return os.open(f"/dev/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        pass
    return None


class Supervisor:
    """Who hears of what becomes of each record, if PAR_STAGE names this process."""

    def __init__(self) -> None:
        self.fd = -1
        self.runs = self.counts = False
        self.lines: List[bytes] = []
        self.first = self.count = self.bytes = 0  # of the run that grows
        self.each: List[int] = []
        fd, _, pid = os.environ.pop("PAR_STAGE", "").partition(":")
        owner, _, takes = os.environ.pop("PAR_STAGE_TAKES", "").partition(":")
        if pid != str(os.getpid()) or not fd.isdigit():
            return
        self.fd = int(fd)
        os.set_inheritable(self.fd, False)
        if owner == pid:
            words = takes.split(",")
            self.runs = "runs" in words
            self.counts = "counts" in words and not self.runs

    def done(self, number: int, size: int) -> None:
        if self.count and number == self.first + self.count and self.count != COUNTS_MOST:
            self.count += 1
            self.bytes += size
            self.each.append(size)
            return
        self.end_run()
        self.first, self.count, self.bytes, self.each = number, 1, size, [size]

    def end_run(self) -> None:
        if self.count > 1 and self.runs:
            self.lines.append(b"%d..%d %d ok\n" % (self.first, self.first + self.count - 1, self.bytes))
        elif self.counts and self.count > 1:
            self.lines.append(b"%d %s ok\n" % (self.first, ",".join(map(str, self.each)).encode()))
        else:
            for place, size in enumerate(self.each):
                self.lines.append(b"%d %d ok\n" % (self.first + place, size))
        self.count = 0
        self.each = []

    def failed(self, number: int, size: int, status: bytes, why: bytes) -> None:
        self.end_run()
        line = b"%d %d %s %s" % (number, size, status, why.translate(None, b"\n\r\0"))
        self.lines.append(line[: LINE_MOST - 1] + b"\n")

    def send(self) -> None:
        self.end_run()
        if self.lines:
            lines = b"".join(self.lines)
            self.lines = []
            write_all(self.fd, lines)


class Record:
    """A record, and what it becomes: put() its output, then done(), fail() or retry().

    What is put goes out when the record is finished, whichever comes first of those that
    are worked on; any thread may finish it.
    """

    __slots__ = ("data", "number", "_stage", "_output", "_told")

    def __init__(self, whose: Stage, number: int, data: bytes) -> None:
        self.data = data  # without its newline
        self.number = number  # among those that came, from 0
        self._stage = whose
        self._output: List[bytes] = []
        self._told = False

    @property
    def text(self) -> str:
        """The record as text; bytes that are no UTF-8 come out again as they were."""
        return self.data.decode("utf-8", "surrogateescape")

    @property
    def fields(self) -> List[bytes]:
        return fields(self.data)

    def put(self, *lines: Union[bytes, str]) -> None:
        """Add records to the output, each without its newline."""
        for line in lines:
            self._output += (as_bytes(line), b"\n")

    def write(self, data: bytes) -> None:
        """Add bytes to the output as they are."""
        self._output.append(data)

    def done(self) -> None:
        self._finish(b"ok", "")

    def fail(self, why: str) -> None:
        self._finish(b"fail", why)

    def retry(self, why: str) -> None:
        self._finish(b"retry", why)

    def _finish(self, status: bytes, why: str) -> None:
        if self._told:
            raise ValueError(f"record {self.number + 1} was told of already")
        self._told = True
        output = b"".join(self._output)
        self._output = []
        self._stage._finish(self.number, self.data, output, status, why)


class Stage:
    """The records of this process, each of which is finished by its own methods.

    window, jobs, ahead and raw are words of the first line, see par-stage(7).  A record
    that is longer than max_record is failed, and not seen.  A failure of the input, the
    output or the supervisor is an OSError.
    """

    def __init__(
        self,
        *,
        window: int = 0,
        jobs: int = 1,
        ahead: bool = False,
        raw: bool = False,
        max_record: int = 64 << 20,
        input: int = 0,
        output: int = 1,
    ) -> None:
        self.status = 0  # the exit status that the process should have
        self._jobs = jobs
        self._max = max_record
        self._in, self._out = input, output
        self._pending: List[bytes] = []
        self._size = 0  # of what is pending
        self._number = 0  # of the next record
        self._sent_at = 0.0
        self._waiting = False  # for input: who finishes a record sends it
        self._lock = threading.RLock()
        self._parent = Supervisor()
        self._shared = None if self.supervised else to_share(output)
        words = [b"par-stage 1"]
        words += [b"window=%d" % window] if window else []
        words += [b"jobs=%d" % jobs] if jobs > 1 else []
        words += [b"ahead"] if ahead else []
        words += [b"raw"] if raw else []
        if self.supervised:
            write_all(self._parent.fd, b" ".join(words) + b"\n")

    @property
    def supervised(self) -> bool:
        """Is there a supervisor?"""
        return self._parent.fd >= 0

    def __iter__(self) -> Iterator[Record]:
        """Each record.  With jobs=1, one that is not finished when the next one is asked
        for is done."""
        for group in self._groups():
            for data in group:
                number = self._number
                self._number += 1
                if isinstance(data, TooLong):
                    self._too_long(number, data)
                    continue
                record = Record(self, number, data)
                yield record
                if self._jobs == 1 and not record._told:
                    record.done()

    def flush(self) -> None:
        """Send what is finished now, as before a long computation."""
        with self._lock:
            self._sent_at = time.monotonic()
            if self._pending:
                output = b"".join(self._pending)
                self._pending = []
                self._size = 0
                self._send(output)
            if self._parent.fd >= 0:
                self._parent.send()

    def finish(self) -> int:
        """Send all, and close the output; the exit status that the process should have."""
        self.flush()
        if self._out > 2 or self._out == 1:
            os.close(self._out)
        if self.supervised:
            os.close(self._parent.fd)
            self._parent.fd = -1
        return self.status

    def _send(self, output: bytes) -> None:
        if self._shared is None:
            write_all(self._out, output)
            return
        fcntl.flock(self._shared, fcntl.LOCK_EX)
        write_all(self._out, output)
        if output.endswith(b"\n"):
            fcntl.flock(self._shared, fcntl.LOCK_UN)

    def _finish(self, number: int, data: bytes, output: bytes, status: bytes, why: str) -> None:
        with self._lock:
            if output:
                self._pending.append(output)
                self._size += len(output)
            if self._parent.fd < 0:
                if status != b"ok":
                    self._name(data, why)
            elif status == b"ok":
                self._parent.done(number, len(output))
            else:
                self._parent.failed(number, len(output), status, as_bytes(why))
            if (
                self._waiting
                or self._size >= SEND_AFTER
                or time.monotonic() - self._sent_at >= SEND_EVERY
            ):
                self.flush()

    def _name(self, data: bytes, why: str) -> None:
        """Nobody else says which record it was."""
        self.status = 1
        name = os.path.basename(sys.argv[0]) or "stage"
        sys.stderr.write(f"{name}: {printable(data)}: {printable(as_bytes(why))}\n")

    def _too_long(self, number: int, shown: bytes) -> None:
        why = f"record {number + 1} is longer than {self._max} bytes"
        self._finish(number, shown, b"", b"fail", why)

    def _read(self) -> bytes:
        """What there is of input, waited for with all sent that is finished."""
        with self._lock:
            self._waiting = True
            self.flush()
        try:
            while True:
                try:
                    return os.read(self._in, READ_SIZE)
                except BlockingIOError:
                    select.select([self._in], [], [])
        finally:
            self._waiting = False

    def _groups(self) -> Iterator[List[bytes]]:
        """Whole records, as many as came together."""
        parts: List[bytes] = []  # of one that is not whole
        size = 0
        while chunk := self._read():
            lines = chunk.split(b"\n")
            parts.append(lines[0])
            size += len(lines[0])
            if size > self._max:  # no more of it is kept than shows which it is
                parts = [b"".join(parts)[:SHOWN]]
            if len(lines) == 1:
                continue
            lines[0] = self._whole(parts, size)
            last = lines.pop()
            parts, size = [last], len(last)
            if self._max < READ_SIZE:
                lines = [self._whole([line], len(line)) for line in lines]
            yield lines
        if size:
            yield [self._whole(parts, size)]

    def _whole(self, parts: List[bytes], size: int) -> bytes:
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        if isinstance(data, TooLong) or size <= self._max:
            return data
        return TooLong(data[:SHOWN])


class Answers:
    """A function of a record as a stage; what @stage makes of it."""

    def __init__(self, function: Callable[[bytes], Output], threads: int, options: dict) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._threads = threads
        self._options = options
        if threads > 1:
            self._options.setdefault("jobs", threads)

    def __call__(self, record: bytes) -> Output:
        return self._function(record)

    def answer(self, record: Record) -> None:
        """Finish a record by what the function says of it."""
        try:
            output = self._function(record.data)
            if output is None:
                pass
            elif isinstance(output, (bytes, str)):
                record.put(output)
            else:
                record.put(*output)
        except Fail as why:
            record.fail(str(why))
        except Retry as why:
            record.retry(str(why))
        except Exception as error:  # of this record, and not of the others
            record.fail(f"{type(error).__name__}: {error}")
        else:
            record.done()

    def run(self) -> int:
        """Answer all records; the exit status that the process should have."""
        whole = Stage(**self._options)
        if self._threads == 1:
            for record in whole:
                self.answer(record)
            return whole.finish()
        with concurrent.futures.ThreadPoolExecutor(self._threads) as pool:
            room = threading.BoundedSemaphore(self._threads)
            trouble: List[BaseException] = []

            def work(record: Record) -> None:
                try:
                    self.answer(record)
                except BaseException as error:
                    trouble.append(error)
                finally:
                    room.release()

            for record in whole:
                room.acquire()
                if trouble:
                    raise trouble[0]
                pool.submit(work, record)
        if trouble:
            raise trouble[0]
        return whole.finish()

    def main(self) -> NoReturn:
        """Answer all records, and end the process as a filter does."""
        sys.stdout = sys.stderr  # what is printed is no output of a record
        name = os.path.basename(sys.argv[0]) or "stage"
        try:
            status = self.run()
        except KeyboardInterrupt:
            die_of(signal.SIGINT)
        except BrokenPipeError:
            die_of(signal.SIGPIPE)
        except OSError as error:
            sys.stderr.write(f"{name}: {error.strerror or error}\n")
            status = 3
        except MemoryError:
            sys.stderr.write(f"{name}: out of memory\n")
            status = 3
        sys.stderr.flush()
        os._exit(status)  # nothing is left to be written


def die_of(number: signal.Signals) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)


def stage(function: Any = None, *, threads: int = 1, **options: Any) -> Any:
    """Make a stage of a function that is given a record, bytes without their newline.

    It returns its output: None for none, a record as bytes or str, or several of them, as a
    generator does; or raises Fail or Retry.  Another exception fails the record, too.  With
    threads several records are worked on at the same time.  Options are those of Stage.
    """
    if function is None:
        return functools.partial(stage, threads=threads, **options)
    return Answers(function, threads, options)
