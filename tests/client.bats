#!/usr/bin/env bats
# What programs in Python and Node have of par-run and par-queue, as a pool of processes.
load helper
load redis
load postgres
load queue

setup_file() {
	export PYTHON
	PYTHON=$(python3 -c 'import sys; print(sys.executable)')
	postgres_begin
}

teardown_file() { postgres_end; }

prepare() {
	with_library
	cat >tasks.py <<-'END'
		import os, signal, sys, threading, time

		def double(n):
		    return 2 * n

		def whose(n):
		    return os.getpid()

		def par_run(n=0):
		    """Its process id: what it started leads our group."""
		    with open(f"/proc/{os.getpgrp()}/stat") as file:
		        return int(file.read().rpartition(")")[2].split()[1])

		def die(n):
		    print("last of", n, file=sys.stderr, flush=True)
		    os.kill(os.getpid(), signal.SIGKILL)

		def raises(n):
		    raise KeyError(n)

		def wait_for(name):  # a FIFO
		    with open(name) as gate:
		        return gate.read()

		def here():
		    """Leave our process id, as an initializer."""
		    open(f"pids/{os.getpid()}", "w").close()

		class Odd(Exception):
		    def __init__(self, one, two):
		        super().__init__("odd")

		def odd():
		    raise Odd(1, 2)

		def unmade():
		    raise SystemExit(3)

		class Unloadable:
		    def __reduce__(self):
		        return int, ("no number",)

		def unloadable():
		    return Unloadable()
	END
}

# with_queue TEST: on_each, with a folder that has tasks.py
with_queue() {
	export PYTHONPATH=$PYTHONPATH:$PWD
	ENGINES=${ENGINES:-$QUEUES} on_each "$1"
}

# program TEXT: run it as the main module
program() {
	write_program "$1"
	"$PYTHON" program.py
}

write_program() {
	{
		echo 'import concurrent.futures, os, signal, subprocess, sys, threading, time'
		echo 'from concurrent.futures import CancelledError, TimeoutError, as_completed, wait'
		echo 'from par_client import *'
		echo 'from tasks import *'
		echo 'def triple(n):'
		echo '    return 3 * n'
		echo 'def raised(future):'
		echo '    return future.exception(60)'
		echo 'if __name__ == "__main__":'
		printf '%s\n' "$1" | sed 's/^/    /'
	} >program.py
}

@test "client: Python 3.9 reads par_client.py" {
	"$PYTHON" -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 9))' \
		"$PAR_SHARE/par_client.py"
}

@test "client: a program that has a pool of processes changes one line" {
	cat >pool.py <<-'END'
		import os
		from concurrent.futures import ProcessPoolExecutor
		def square(n):
		    os.write(1, b"at %d\n" % n)
		    return n * n
		if __name__ == "__main__":
		    with ProcessPoolExecutor(2) as pool:
		        future = pool.submit(square, n=12)
		        print(future.result(), list(pool.map(square, (n for n in range(300)), chunksize=7)))
		        print(list(pool.map(pow, [2, 3], [5, 6, 7])), list(pool.map(square, [])))
	END
	"$PYTHON" pool.py | sort >want
	sed -i 's/concurrent.futures import/par_client import RunExecutor as/' pool.py
	"$PYTHON" pool.py </dev/null 2>err | sort >got
	same want got
	[ ! -s err ]
}

@test "client: each future has its result once, while workers are killed at any moment" {
	mkdir pids
	program '
heard, killed = [], 0
with RunExecutor(3, initializer=here, tries=30) as pool:
    futures = [pool.submit(double, n) for n in range(2000)]
    for future in futures:
        future.add_done_callback(heard.append)
    for count, future in enumerate(as_completed(futures)):
        if count % 20 == 0:
            for pid in os.listdir("pids")[-2:]:
                os.unlink("pids/" + pid)
                try:
                    os.kill(int(pid), signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:
                    pass
assert [future.result() for future in futures] == [2 * n for n in range(2000)]
assert len(heard) == len(set(heard)) == 2000
assert killed > 50, killed' 2>err || { tail -3 err; return 1; }
}

@test "client: a task that kills its worker is given up by name, and the others are done" {
	program '
with RunExecutor(2, tries=2) as pool:
    futures = [pool.submit(die if n % 10 == 0 else double, n) for n in range(200)]
for n, future in enumerate(futures):
    if n % 10:
        assert future.result() == 2 * n
        continue
    why = future.exception()
    assert type(why) is GivenUp and why.tries == 2, why
    assert why.reason == "worker killed by signal 9 (Killed)", why
    assert why.last_words == f"last of {n}", why
    assert str(why) == f"{why.reason}, at 2 tries; its last words: last of {n}", why' 2>err
	grep -qx 'par-run: 20 records set aside' err
	run grep /dev/fd err
	[ "$status" = 1 ]
}

@test "client: par-run is killed, and another one goes on" {
	program '
with RunExecutor(2) as pool:
    assert pool.submit(double, 1).result() == 2
    futures = [pool.submit(double, n) for n in range(2000)]
    for n in range(0, 2000, 200):
        assert futures[n].result() == 2 * n
        last = pool.submit(par_run)
        os.kill(last.result(), signal.SIGKILL)
    assert [future.result() for future in futures] == [2 * n for n in range(2000)]
    os.kill(pool.submit(par_run).result(), signal.SIGKILL)  # it has nothing to do
    assert pool.submit(double, 4).result() == 8'
}

@test "client: a pool is broken when par-run cannot go on, is told to end, or dies again and again" {
	cat >>tasks.py <<-'END'
		def kill_parent(number):
		    os.kill(par_run(), number)
		    time.sleep(number)
		def no_start():
		    raise OSError("no start")
	END
	program '
pool = RunExecutor(1)
killer = pool.submit(kill_parent, signal.SIGKILL)
assert type(raised(killer)) is BrokenProcessPool
assert str(raised(killer)) == "par-run was killed by signal 9", raised(killer)
try:
    pool.submit(double, 1)
    sys.exit("taken")
except BrokenProcessPool as why:
    assert str(why) == "par-run was killed by signal 9"
with RunExecutor(1) as pool:
    told, others = pool.submit(kill_parent, 1), [pool.submit(double, n) for n in range(99)]
    assert str(raised(others[98])) == "par-run ended with status 4", raised(others[98])
with RunExecutor(2, initializer=no_start) as pool:
    assert str(raised(pool.submit(double, 1))) == "par-run ended with status 3"
with RunExecutor(2, options=["--no-such-option"]) as pool:
    assert str(raised(pool.submit(double, 1))) == "par-run ended with status 2"
try:
    RunExecutor(par_run="./no-such")
    sys.exit("started")
except FileNotFoundError as why:
    assert why.filename == "./no-such"' 2>err
	grep -q 'OSError: no start' err
	grep -q 'no-such-option' err
}

@test "client: exceptions come with what they say in the worker" {
	program '
with RunExecutor(1) as pool:
    why = raised(pool.submit(raises, 5))
    assert type(why) is KeyError and why.args == (5,)
    assert "in raises" in str(why.__cause__) and "raise KeyError(n)" in str(why.__cause__)
    assert "cannot pickle" in str(raised(pool.submit(threading.Lock)))
    assert "ickle" in str(raised(pool.submit(double, threading.Lock())))
    assert "ickle" in str(raised(pool.submit(lambda: 1)))
    why = raised(pool.submit(odd))
    assert type(why) is RemoteError and "raise Odd(1, 2)" in str(why), why
    assert type(raised(pool.submit(unmade))) is SystemExit
    assert type(raised(pool.submit(unloadable))) is ValueError
    assert type(raised(pool.submit(double, Unloadable()))) is ValueError
    assert pool.submit(double, 1).result() == 2
    results = pool.map(double, [1, threading.Lock(), 2])
    assert next(results) == 2
    try:
        next(results)
        sys.exit("none")
    except TypeError:
        pass'
}

@test "client: results come in the order of map, and timeouts are heeded" {
	mkfifo gate other
	program '
with RunExecutor(2) as pool:
    slow = pool.submit(wait_for, "gate")
    assert list(pool.map(double, (n for n in range(50)), timeout=60)) == [2 * n for n in range(50)]
    try:
        slow.result(timeout=0.05)
        sys.exit("no timeout")
    except TimeoutError:
        pass
    assert slow.running() and not slow.cancel()
    try:
        list(pool.map(wait_for, ["other"], timeout=0.05))
        sys.exit("no timeout")
    except TimeoutError:
        pass
    for name in ("gate", "other"):
        with open(name, "w") as gate:
            gate.write("open")
    assert slow.result() == "open"
with RunExecutor(1, options=["-t", "0.2"], tries=1) as pool:
    why = raised(pool.submit(time.sleep, 60))
    assert type(why) is GivenUp, why' 2>err || { cat err; return 1; }
}

@test "client: shutdown ends what runs, and cancels what does not if it is to" {
	mkfifo gate
	program '
pool = RunExecutor(1)
slow = pool.submit(wait_for, "gate")
others = [pool.submit(double, n) for n in range(50)]
assert others[30].cancel()
while not slow.running():
    time.sleep(0.01)
pool.shutdown(wait=False, cancel_futures=True)
assert others[49].cancelled() and not slow.done(), slow
try:
    pool.submit(double, 1)
    sys.exit("taken")
except RuntimeError as why:
    assert str(why) == "cannot schedule new futures after shutdown"
open("gate", "w").close()
pool.shutdown()
assert slow.result() == ""
try:
    pool.submit(double, 1)
    sys.exit("taken")
except BrokenProcessPool:
    raise
except RuntimeError:
    pass
assert all(future.done() for future in others)
with RunExecutor(1) as pool:
    cancelled = [pool.submit(double, n) for n in range(100)][-1]
    done = wait([pool.submit(double, 1)]).done
assert len(done) == 1
RunExecutor(1).shutdown()'
}

@test "client: whoever is killed of those between the program and its workers, each task is done once" {
	mkdir pids
	program '
import random
random.seed(7)
heard, killed = [], 0
def shot(pid):
    global killed
    try:
        os.kill(pid, signal.SIGKILL)
        killed += 1
    except ProcessLookupError:
        pass
def between():
    pid = int(random.choice(os.listdir("pids") or [0]))
    if pid == 0:
        return []
    os.unlink(f"pids/{pid}")
    try:
        return [os.getpgid(pid), pid]  # what stands for a worker, and that
    except ProcessLookupError:
        return []
with RunExecutor(3, initializer=here, tries=30) as pool:
    origin = pool.submit(os.getppid).result()
    assert origin != os.getpid() and origin != pool.submit(par_run).result()
    futures = [pool.submit(double, n) for n in range(3000)]
    for future in futures:
        future.add_done_callback(heard.append)
    for count, future in enumerate(futures):
        future.result()
        if count % 20 == 0:
            for pid in between()[: 1 + count % 40 // 20]:
                shot(pid)
        if count == 1500:
            shot(origin)
    assert pool.submit(par_run).result() == pool.submit(os.getppid).result()  # there is none now
assert [future.result() for future in futures] == [2 * n for n in range(3000)]
assert len(heard) == len(set(heard)) == 3000
assert killed > 50, killed' 2>err || { tail -3 err; return 1; }
}

@test "client: workers are begun as multiprocessing begins them" {
	cat >begun.py <<-'END'
		import multiprocessing, os, sys, threading
		from par_client import BrokenProcessPool, RunExecutor
		def look(_=0):
		    return table, multiprocessing.current_process().name[:4], multiprocessing.parent_process() is None
		lock = threading.Lock()
		table = "old"
		how = sys.argv[1] if len(sys.argv) > 1 else None
		if __name__ == "__main__" or how is None:
		    table = "new"
		    sys.stdout.write("once\n")
		    context = multiprocessing.get_context(how) if how else None
		    with RunExecutor(2, context, (lambda lock: lock.acquire()) if how is None else None,
		                     (lock,) if how is None else ()) as pool:
		        found = pool.submit(look).result()
		    print(*found)
	END
	"$PYTHON" begun.py >out
	same out <(printf '%s\n' once "new Fork False")
	"$PYTHON" begun.py spawn >out
	same out <(printf '%s\n' once "old par_ True")
}

@test "client: what the program holds open is its own, not its children's or of other pools" {
	mkfifo gate
	program '
first = RunExecutor(1)
assert first.submit(double, 1).result() == 2
second = RunExecutor(1)
slow = second.submit(wait_for, "gate")
child = os.fork()
if child == 0:
    try:
        first.submit(double, 2)
    except BrokenProcessPool as why:
        if str(why) == "the pool is of another process":
            first.shutdown()
            with RunExecutor(1) as own:
                if own.submit(double, 3).result() == 6:
                    signal.pause()
    os._exit(1)
first.shutdown()  # though others of ours go on
assert os.waitpid(child, os.WNOHANG) == (0, 0)
open("gate", "w").close()
assert slow.result() == ""
second.shutdown()
os.kill(child, signal.SIGKILL)
assert os.waitpid(child, 0)[1] == signal.SIGKILL'
}

@test "client: a program that is killed leaves nobody" {
	mkfifo ready gate
	write_program '
def tell(n):
    with open("ready", "w") as file:
        file.write(f"{os.getpid()} {os.getpgrp()} {os.getppid()} {par_run()}\n")
    return wait_for("gate")
pool = RunExecutor(1)
pool.submit(tell, 1).result()'
	background "$PYTHON" program.py
	read -r -t "$DEADLINE" -a pids <ready
	[ "${#pids[@]}" = 4 ]
	kill -KILL "$!"
	echo >gate
	for pid in "${pids[@]}"; do
		eventually is_gone "$pid"
	done
}

@test "client: threads of the program, its signals and its locks are no matter of its workers" {
	program '
import logging, multiprocessing
signal.signal(signal.SIGTERM, lambda *_: print("told", flush=True))
signal.signal(signal.SIGUSR1, lambda *_: print("used", flush=True))
lock = threading.Lock()
end = threading.Event()
def busy():
    while not end.is_set():
        logging.warning("busy")
        with lock:
            pass
threads = [threading.Thread(target=busy) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(5):
    with RunExecutor(2) as pool:
        origin = pool.submit(os.getppid).result()
        assert list(pool.map(double, range(100))) == [2 * n for n in range(100)]
        os.kill(origin, signal.SIGINT)
        os.kill(origin, signal.SIGCHLD)
        assert pool.submit(os.getppid).result() == origin
end.set()
for thread in threads:
    thread.join()' 2>/dev/null >out
	[ ! -s out ]
}

@test "client: Ctrl-C ends a map, and nobody is left" {
	cat >mapped.py <<-'END'
		import os, signal, sys
		from par_client import RunExecutor
		from tasks import par_run
		def slow(n):
		    import time
		    if n == 10:
		        with open("ready", "w") as file:
		            file.write(f"{os.getpid()} {os.getppid()} {par_run()}\n")
		    time.sleep(0.01)
		    return n
		if __name__ == "__main__":
		    signal.signal(signal.SIGINT, signal.default_int_handler)
		    os.setpgid(0, 0)
		    with RunExecutor(2) as pool:
		        for n in pool.map(slow, range(1000000)):
		            pass
	END
	mkfifo ready
	background "$PYTHON" mapped.py 2>err
	read -r -t "$DEADLINE" -a pids <ready
	kill -INT -- "-$!"
	wait "$!" || status=$?
	[ "$status" = 130 ]
	grep -q KeyboardInterrupt err
	for pid in "${pids[@]}"; do
		eventually is_gone "$pid"
	done
}

# Nobody is left who was started for the program.
@test "client: what was submitted is done when the interpreter ends, and nobody is left" {
	program '
pool = RunExecutor(2)
for n in range(100):
    pool.submit(double, n).add_done_callback(lambda future: print(future.result()))
dropped = RunExecutor(1)
print(-dropped.submit(os.getpid).result(), -dropped.submit(par_run).result())
del dropped' >out
	[ "$(grep -v '^-' out | sort -n | xargs)" = "$(seq 0 2 198 | xargs)" ]
	# shellcheck disable=SC2046 # words
	set -- $(grep '^-' out)
	eventually is_gone "${1#-}"
	eventually is_gone "${2#-}"
}

is_gone() {
	! kill -0 "$1" 2>/dev/null
}

@test "client: an executor that is dropped ends its par-run" {
	program '
import gc
pool = RunExecutor(1)
parent, last = pool.submit(par_run).result(), pool.submit(double, 4)
del pool
gc.collect()
assert last.result() == 8
end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        os.kill(parent, 0)
    except ProcessLookupError:
        sys.exit(0)
    time.sleep(0.01)
sys.exit("par-run is still there")'
}

@test "client: Ctrl-C ends the program, and nobody is left" {
	mkfifo ready gate
	cat >>tasks.py <<-'END'
		def tell(ready, gate):
		    with open(ready, "w") as file:
		        file.write(f"{os.getpid()} {par_run()}\n")
		    return wait_for(gate)
	END
	cat >group.py <<-'END'
		import os, signal, sys
		signal.signal(signal.SIGINT, signal.default_int_handler)
		os.setpgid(0, 0)
		os.execvp(sys.argv[1], sys.argv[1:])
	END
	cat >interrupted.py <<-'END'
		import time
		from par_client import RunExecutor
		from tasks import tell
		if __name__ == "__main__":
		    with RunExecutor(1) as pool:
		        pool.submit(tell, "ready", "gate")
		        pool.submit(time.sleep, 1000)
		        time.sleep(1000)
	END
	background "$PYTHON" group.py "$PYTHON" interrupted.py 2>err
	read -r -t "$DEADLINE" worker parent <ready
	kill -INT -- "-$!"
	echo >gate
	wait "$!" || status=$?
	[ "$status" = 130 ]
	grep -q KeyboardInterrupt err
	eventually is_gone "$worker"
	eventually is_gone "$parent"
}

@test "client: workers begin as they are told, and are replaced after some tasks" {
	mkdir pids
	program '
with RunExecutor(1, None, here, max_tasks_per_child=3) as pool:
    pids = list(pool.map(whose, range(9)))
assert len(set(pids)) == 3, pids
assert set(map(str, pids)) <= set(os.listdir("pids"))
for bad in (0, -1):
    try:
        RunExecutor(bad)
        sys.exit("taken")
    except ValueError:
        pass'
}

@test "client: a main module that starts workers without asking if it is the main one is told" {
	cat >unguarded.py <<-'END'
		import multiprocessing
		from par_client import RunExecutor
		from tasks import double
		with RunExecutor(1, multiprocessing.get_context("spawn")) as pool:
		    print(pool.submit(double, 1).result())
	END
	run -1 "$PYTHON" unguarded.py
	[[ $output == *'if __name__ =='* ]]
	[[ $output == *'BrokenProcessPool: par-run ended with status 3' ]]
}

@test "client: modules run by -m, and programs from standard input, have workers" {
	cat >module.py <<-'END'
		import par_client
		def triple(n):
		    return 3 * n
		if __name__ == "__main__":
		    with par_client.RunExecutor(1) as pool:
		        print(list(pool.map(triple, [1, 2])))
	END
	[ "$("$PYTHON" -m module)" = '[3, 6]' ]
	[ "$("$PYTHON" - <<<'from tasks import double
from par_client import RunExecutor
print(RunExecutor(1).submit(double, 4).result())')" = 8 ]
}

@test "client: tasks read nothing, and print where the program does" {
	cat >>tasks.py <<-'END'
		def talk():
		    print("out")
		    os.system("echo child; cat")
		    print("err", file=sys.stderr)
		    return sys.stdin.read()
	END
	program 'print(repr(RunExecutor(1).submit(talk).result()))' <<<input >out 2>err
	[ "$(sort out | tr '\n' ' ')" = "'' child out " ]
	[ "$(cat err)" = err ]
}

@test "client: arguments and results of 50 MB are whole, and nobody looks again and again" {
	program '
with RunExecutor(2) as pool:
    large = os.urandom(1 << 16) * 800
    assert pool.submit(bytes.__add__, large, b"1").result() == large + b"1"
    begin = time.process_time()
    pool.submit(time.sleep, 1).result()
    assert time.process_time() - begin < 0.1'
}

# workers N: of the queue tasks, whose process ids are in the file workers
workers() {
	for _ in $(seq "$1"); do
		background bash -c 'exec par-queue work --lease 2s tasks -- par-run -n 2 "$PYTHON" -m par_client program.py 2>>err'
		echo "$!"
	done >workers
}

by_queue() {
	write_program '
heard = []
def kill(pid):
    try:
        os.kill(int(pid), signal.SIGKILL)
    except ProcessLookupError:
        pass
def children():
    return subprocess.run(["ps", "-o", "pid=", "--ppid", str(os.getpid())],
                          stdout=subprocess.PIPE).stdout.split()
with QueueExecutor("tasks") as pool:
    futures = [pool.submit(double, n) for n in range(1000)]
    for future in futures:
        future.add_done_callback(heard.append)
    for count, future in enumerate(as_completed(futures)):
        if count == 100:
            kill(open("workers").readline())
        if count in (200, 250, 400):  # put and get, and ps itself
            for pid in children():
                kill(pid)
assert [future.result() for future in futures] == [2 * n for n in range(1000)]
assert len(heard) == len(set(heard)) == 1000'
	workers 2
	"$PYTHON" program.py
	is tasks running 0
}
@test "client: tasks on a queue have their results once, whoever is killed" {
	QUEUES='redis file' with_queue by_queue
}

by_queue_too() {
	write_program '
with QueueExecutor(Queue("tasks")) as pool:
    assert list(pool.map(double, range(100), chunksize=9)) == [2 * n for n in range(100)]
    assert list(pool.map(triple, range(3))) == [0, 3, 6]
    why = raised(pool.submit(die, 3))
    assert type(why) is GivenUp and why.reason == "worker killed by signal 9 (Killed)", why
    why = raised(pool.submit(raises, 5))
    assert type(why) is KeyError and "raise KeyError(n)" in str(why.__cause__)
    assert "ickle" in str(raised(pool.submit(double, threading.Lock())))
    large = os.urandom(1 << 16) * 100
    assert pool.submit(bytes.__add__, large, b"1").result() == large + b"1"
pool = QueueExecutor(Queue("tasks", "redis://127.0.0.1:1", options=["--patience=0.1"]))
assert str(raised(pool.submit(double, 1))) == "par-queue ended with status 3"
try:
    Queue("tasks", par_queue="./none")
    sys.exit("made")
except FileNotFoundError as why:
    assert why.filename == "./none"'
	workers 1
	"$PYTHON" program.py
	[ "$(number tasks dead)" = 1 ]
}
@test "client: tasks on a queue fail by themselves" {
	QUEUES='file' with_queue by_queue_too
}

plainly() {
	background bash -c 'exec par-queue work --ids q -- par-run -n 2 par-fib 2>err'
	program '
with Queue("q") as queue:
    ids = queue.put(str(n) for n in range(90))
    more = queue.put([b"90", "x"])
    assert len(set(ids + more)) == 92
    assert queue.result(more[0], 60) == [b"90\t2880067194370816120"]
    assert [queue.result(ids[n]) for n in (10, 0, 11)] == [[b"10\t55"], [b"0\t0"], [b"11\t89"]]
    try:
        queue.result(more[1])
        sys.exit("not dead")
    except GivenUp as why:
        assert str(why) == "not a number, at 1 tries", why
    try:
        queue.result(ids[10], 0.05)
        sys.exit("twice")
    except TimeoutError:
        pass
    late = queue.put(["7"], "--after=1h")
    subprocess.run(["par-queue", "revoke", "q", str(late[0])], stdout=subprocess.DEVNULL)
    try:
        queue.result(late[0])
        sys.exit("not dead")
    except GivenUp as why:
        assert "revoked" in why.reason, why
    for bad in (["1\n2"], [b"1", 2]):
        try:
            queue.put(bad)
            sys.exit("taken")
        except (ValueError, AttributeError):
            pass
try:
    queue.result(1)
    sys.exit("closed")
except QueueError:
    pass
for wrong in (lambda: Queue("q?").put(["1"]), lambda: next(Queue("q?").follow()), lambda: Queue("q?").result(1)):
    try:
        wrong()
        sys.exit("taken")
    except QueueError as why:
        assert "ended" in str(why), why' 2>>err
}
@test "client: records of a queue, and the result of one, whichever it is" {
	QUEUES='file redis postgres' with_queue plainly
}

followed() {
	seq 300 | sed '7s/.*/x/' | par-queue put --ids --chunk 1 q >ids
	work --ids q -- par-run -n 2 sh -c 'case $1 in x) exit 1;; *7) ;; *) echo "$1"; echo also;; esac' - {} 2>err ||
		[ $? = 1 ]
	cat >follow.py <<-'END'
		import os, signal, sys
		from par_client import GivenUp, Queue
		last = int(sys.argv[1])
		with open("followed", "a") as out:
		    for count, (number, result) in enumerate(Queue("q").follow(), 1):
		        what = "dead" if isinstance(result, GivenUp) else b",".join(result).decode()
		        print(number, what, file=out, flush=True)
		        if count == last:
		            os.kill(os.getpid(), signal.SIGKILL)
		        if what == "dead" and last == 0:
		            break
	END
	for n in 100 50 1 0; do
		"$PYTHON" follow.py "$n" || [ $? = 137 ]
	done
	# all of them, and what was in hand when it was killed twice
	sort -u followed | same - <(paste ids <(seq 300) |
		awk '{ print $1, NR == 7 ? "dead" : NR % 10 == 7 ? "" : $3 ",also" }' | sort)
	[ "$(grep -vc dead followed)" -le $((299 + 3)) ]
	is q results 0
}
@test "client: who follows results may be killed, and goes on where it was" {
	QUEUES='file redis' with_queue followed
}

# node_program TEXT
node_program() {
	printf '%s\n' "const { GivenUp, Queue, QueueError } = require('par-client');" \
		"const assert = require('assert'), fs = require('fs'), { spawnSync } = require('child_process');" \
		"(async () => { $1 })().catch((error) => { console.error(error); process.exit(9); });" >program.js
	node program.js
}

plainly_in_node() {
	background bash -c 'exec par-queue work --ids q -- par-run -n 2 par-fib 2>err'
	node_program '
		const queue = new Queue("q");
		const ids = await queue.put(Array.from({ length: 90 }, (_, n) => String(n)));
		const more = await queue.put((async function* () { yield Buffer.from("90"); yield "x"; })());
		assert.equal(new Set([...ids, ...more]).size, 92);
		assert.deepEqual((await queue.result(more[0])).map(String), ["90\t2880067194370816120"]);
		const some = [10, 0, 11].map((n) => queue.result(ids[n]));
		assert.deepEqual((await Promise.all(some)).map(String), ["10\t55", "0\t0", "11\t89"]);
		await assert.rejects(queue.result(more[1]), (why) => {
			assert(why instanceof GivenUp);
			assert.deepEqual([why.reason, why.tries, why.lastWords], ["not a number", 1, ""]);
			return why.message === "not a number, at 1 tries";
		});
		await assert.rejects(queue.result(ids[10], { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
		const [late] = await queue.put(["7"], "--after=1h");
		spawnSync("par-queue", ["revoke", "q", late]);
		await assert.rejects(queue.result(late), /revoked/);
		await assert.rejects(queue.put(["1\n2"]), RangeError);
		await assert.rejects(queue.put(["1", 2]), TypeError);
		await assert.rejects(queue.put((function* () { yield "1"; throw new Error("no more"); })()), /no more/);
		const waiting = assert.rejects(queue.result(12345), QueueError);
		await queue.close();
		await waiting;
		await assert.rejects(queue.result(1), QueueError);
		await assert.rejects(new Queue("q?").put(["1"]), QueueError);
		await assert.rejects(new Queue("q?").result(1), QueueError);
		await assert.rejects(new Queue("q", { parQueue: "./none" }).result(1), { code: "ENOENT" });
		const away = new Queue("q", { url: "redis://127.0.0.1:1", options: ["--patience=0.1"] });
		await assert.rejects(away.put((function* () { for (;;) yield "1".repeat(1000); })()), QueueError);
		// that results are read keeps nobody from the end
		assert.equal(String(await new Queue("r").put(["4"])), "1");
		const last = new Queue("r");
		await assert.rejects(last.result(5, { signal: AbortSignal.timeout(50) }));' 2>>err
}
@test "client: Node has records of a queue, and the result of one, whichever it is" {
	needs_node
	QUEUES='file redis' with_queue plainly_in_node
}

followed_in_node() {
	seq 300 | sed '7s/.*/x/' | par-queue put --ids --chunk 1 q >ids
	work --ids q -- par-run -n 2 sh -c 'case $1 in x) exit 1;; *7) ;; *) echo "$1"; echo also;; esac' - {} 2>err ||
		[ $? = 1 ]
	for n in 100 50 1 0; do
		node_program "const last = $n;"'
			let count = 0;
			for await (const { id, result, error } of new Queue("q").follow()) {
				fs.appendFileSync("followed", `${id} ${error ? "dead" : result.join(",")}\n`);
				if (++count === last) process.kill(process.pid, "SIGKILL");
				if (error && last === 0) break;
			}' || [ $? = 137 ]
	done
	sort -u followed | same - <(paste ids <(seq 300) |
		awk '{ print $1, NR == 7 ? "dead" : NR % 10 == 7 ? "" : $3 ",also" }' | sort)
	[ "$(grep -vc dead followed)" -le $((299 + 3)) ]
	is q results 0
}
@test "client: who follows results in Node may be killed, and goes on where it was" {
	needs_node
	QUEUES='file redis' with_queue followed_in_node
}

@test "client: the package for Node has its files, and can be imported" {
	local package=$PAR_SHARE/node/par-client

	needs_node
	node --input-type=module -e "import { Queue } from '$package/index.js'; new Queue('q')"
	node -p 'Object.keys(require("par-client")).join("\n")' | while read -r name; do
		grep -qE "^export class $name\b" "$package/index.d.ts" || { echo "$name"; return 1; }
	done
	command -v npm >/dev/null || skip "no npm"
	cp -r "$package" package
	HOME=$PWD npm --offline pack --dry-run --json ./package >packed 2>err
	[ "$(jq -r '.[0].files[].path' packed | sort | xargs)" = 'README.md index.d.ts index.js package.json' ]
}
