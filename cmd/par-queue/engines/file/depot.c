/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "anew.h"
#include "clock.h"
#include "depot.h"
#include "diag.h"
#include "disk.h"
#include "fdio.h"
#include "lmdb_format.h"
#include "procs.h"
#include "watch.h"

enum {
	TICK = 500, /* ms between looks at who has the lock */
	STOPPED_MOST = 5000 /* ms that one may be stopped that has it */
};

/* Of the file at first: address space, not memory or disk. */
static const size_t MAP = (size_t)64 << 20;

struct depot *
depot_new(char *path)
{
	struct depot *depot = calloc(1, sizeof(*depot));

	if (depot == NULL)
		return NULL;
	depot->path = path;
	depot->folder = depot->lock = depot->alive = -1;
	return depot;
}

static void
close_all(struct depot *depot)
{
	if (depot->env != NULL)
		mdb_env_close(depot->env);
	if (depot->lock >= 0)
		close(depot->lock);
	if (depot->folder >= 0)
		close(depot->folder);
	depot->env = NULL;
	depot->lock = depot->folder = -1;
}

void
depot_free(struct depot *depot)
{
	if (depot->alive >= 0) {
		watch_bury(depot->folder, depot->process);
		close(depot->alive);
	}
	close_all(depot);
	free(depot->path);
	free(depot);
}

static const char remedy[] = "move the folder away to start over";

/* Is the file not as LMDB leaves it? */
static bool
is_damage(int error)
{
	return error == MDB_INVALID || error == MDB_CORRUPTED || error == MDB_PANIC ||
	    error == MDB_PAGE_NOTFOUND || error == MDB_VERSION_MISMATCH;
}

static enum engine_end
broken(struct depot *depot, struct engine *engine, int error)
{
	error = disk_error(depot->path, error);
	if (error == DEPOT_TOLD)
		return ENGINE_BROKEN;
	if (is_damage(error))
		return engine_broken(engine, "%s: the queues are damaged: %s; %s",
		    depot->path, mdb_strerror(error), remedy);
	return engine_broken(engine, "%s: %s", depot->path, mdb_strerror(error));
}

static void
ignore(int number)
{
	(void)number;
}

/* SIGALRM, as it is for others. */
struct alarm {
	struct sigaction action;
	struct itimerval timer; /* lib/sig has one, once the program was told to end */
};

/* Have waiting for the lock interrupted again and again. */
static void
begin_ticks(struct alarm *others)
{
	struct sigaction action = { .sa_handler = ignore };
	const struct timeval tick = { .tv_usec = TICK * 1000 };
	const struct itimerval timer = { .it_value = tick, .it_interval = tick };

	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, &others->action);
	setitimer(ITIMER_REAL, &timer, &others->timer);
}

static void
end_ticks(const struct alarm *others)
{
	setitimer(ITIMER_REAL, &others->timer, NULL);
	sigaction(SIGALRM, &others->action, NULL);
}

/* Who has the lock; 0: nobody, or that cannot be told. */
static pid_t
holder(const struct depot *depot)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(depot->lock, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid > 0 ? lock.l_pid : 0;
}

/* Kill who has the lock, if it has it still: not another one of its number. */
static void
end_holder(const struct depot *depot, pid_t pid)
{
	int held = procs_hold(pid);

	if (held < 0)
		return;
	if (holder(depot) == pid && procs_stopped(pid) && procs_kill(held) == 0)
		warn("%s: process %d was stopped while all others waited for it; killed",
		    depot->path, (int)pid);
	close(held);
}

/* The wait for the lock was interrupted: is it to go on? */
static enum engine_end
look(struct depot *depot, struct engine *engine, uint64_t begin, uint64_t *stopped)
{
	struct pollfd wake = { .fd = engine->wake, .events = POLLIN };
	uint64_t now = clock_ms();
	pid_t pid;

	if (poll(&wake, 1, 0) > 0) {
		engine->woken = true;
		return ENGINE_WOKEN;
	}
	pid = holder(depot);
	if (pid == 0 || !procs_stopped(pid))
		*stopped = now;
	else if (now - *stopped >= STOPPED_MOST)
		end_holder(depot, pid);
	if (now - begin < engine->patience)
		return ENGINE_OK;
	return engine_broken(engine,
	    "%s: process %d keeps it locked; given up after %g s", depot->path, (int)pid,
	    (double)(now - begin) / 1000);
}

static enum engine_end
lock(struct depot *depot, struct engine *engine)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	uint64_t begin, stopped;
	enum engine_end end = ENGINE_OK;
	struct alarm others;

	if (fcntl(depot->lock, F_SETLK, &lock) == 0)
		return ENGINE_OK;
	if (errno != EAGAIN && errno != EACCES)
		return broken(depot, engine, errno);
	begin = stopped = clock_ms();
	begin_ticks(&others);
	while (end == ENGINE_OK && fcntl(depot->lock, F_SETLKW, &lock) < 0)
		end = errno == EINTR ? look(depot, engine, begin, &stopped)
				     : broken(depot, engine, errno);
	end_ticks(&others);
	return end;
}

static void
unlock(struct depot *depot)
{
	struct flock lock = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	fcntl(depot->lock, F_SETLK, &lock);
}

/* LMDB finds that its file contradicts itself. */
static void
give_up(MDB_env *env, const char *what)
{
	const char *file = NULL;

	mdb_env_get_path(env, &file);
	die(STATUS_BROKEN, 0, "%s: the queues are damaged: %s; %s", file, what, remedy);
}

/* Is the file of a version that we know? */
static int
check_format(struct depot *depot, MDB_txn *txn)
{
	char newer[FORMAT_TEXT];
	int error = lmdb_format_check(txn, "queue folder", FORMAT_QUEUE_FILE, newer);

	if (*newer == '\0')
		return error;
	snprintf(depot->why, sizeof(depot->why), "%.300s: %s", depot->path, newer);
	return DEPOT_TOLD;
}

static int
open_tables(struct depot *depot)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(depot->env, NULL, 0, &txn);

	if (error != 0)
		return error;
	error = check_format(depot, txn);
	if (error == 0)
		error = mdb_dbi_open(txn, "queues", MDB_CREATE, &depot->queues);
	if (error == 0)
		error = mdb_dbi_open(txn, "bodies", MDB_CREATE, &depot->bodies);
	if (error == 0)
		error = mdb_dbi_open(txn, "items", MDB_CREATE, &depot->items);
	if (error == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return error;
}

/* Under the lock. */
static int
open_file(struct depot *depot)
{
	char path[4096 + 16];
	struct stat about;
	size_t map = MAP;
	int error;

	snprintf(path, sizeof(path), "%s/data.mdb", depot->path);
	if (anew_plain(path) < 0)
		return errno;
	/* Of less than its first two pages LMDB makes a file that nobody can open. */
	if (disk_reserve(path, 2 * sysconf(_SC_PAGESIZE), DISK_KEEP) < 0)
		return errno;
	if (stat(path, &about) == 0)
		while (map < (uint64_t)about.st_size * 2 && map < SIZE_MAX / 4)
			map *= 2;
	error = mdb_env_create(&depot->env);
	if (error == 0)
		error = mdb_env_set_assert(depot->env, give_up);
	if (error == 0)
		error = mdb_env_set_mapsize(depot->env, map);
	if (error == 0)
		error = mdb_env_set_maxdbs(depot->env, 3);
	if (error == 0)
		error = mdb_env_open(
		    depot->env, depot->path, MDB_NOLOCK | MDB_NOMEMINIT, 0600);
	if (error == 0)
		watch_sweep(depot->folder);
	return error == 0 ? open_tables(depot) : error;
}

/* Open what is not open yet, and take the lock. */
static enum engine_end
enter(struct depot *depot, struct engine *engine)
{
	enum engine_end end;
	int error;

	if (depot->folder < 0) {
		depot->folder = file_path_open(depot->path, depot->why);
		if (depot->folder < 0)
			return engine_broken(engine, "%s", depot->why);
		depot->lock = openat(depot->folder, "lock",
		    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
	if (depot->lock < 0)
		return broken(depot, engine, errno);
	end = lock(depot, engine);
	if (end != ENGINE_OK || depot->env != NULL)
		return end;
	depot->why[0] = '\0';
	error = open_file(depot);
	if (error == 0)
		return ENGINE_OK;
	end = depot->why[0] != '\0' ? engine_broken(engine, "%s", depot->why)
				    : broken(depot, engine, error);
	close_all(depot); /* and with it the lock */
	return end;
}

/* The file needs more address space.  0, or an error number. */
static int
enlarge(struct depot *depot)
{
	MDB_envinfo info;
	int error = mdb_env_info(depot->env, &info);

	if (error == 0 && info.me_mapsize > SIZE_MAX / 2)
		return ENOMEM;
	return error == 0 ? mdb_env_set_mapsize(depot->env, info.me_mapsize * 2) : error;
}

static int
begin(struct depot *depot)
{
	int error = mdb_txn_begin(depot->env, NULL, 0, &depot->txn);
	struct timespec now;

	if (error == MDB_MAP_RESIZED) { /* by another process */
		error = mdb_env_set_mapsize(depot->env, 0);
		if (error == 0)
			error = mdb_txn_begin(depot->env, NULL, 0, &depot->txn);
	}
	if (error != 0)
		return error;
	clock_gettime(CLOCK_REALTIME, &now);
	depot->now = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	memset(depot->wakes, 0, sizeof(depot->wakes));
	error = mdb_cursor_open(depot->txn, depot->items, &depot->cursor);
	if (error != 0)
		mdb_txn_abort(depot->txn);
	return error;
}

/* Once before the change is there: whoever is killed in between, none sleeps on. */
static int
wake_all(struct depot *depot)
{
	for (size_t i = 0; i < 2; i++)
		if (depot->wakes[i].queue != NULL &&
		    watch_wake(
			depot->folder, depot->wakes[i].queue, depot->wakes[i].kinds) < 0)
			return errno;
	return 0;
}

/* Run a step once; an error number, DEPOT_DONE or DEPOT_SAME. */
static int
run(struct depot *depot, struct engine *engine, const struct depot_step *step)
{
	int error = begin(depot);

	if (error != 0)
		return error;
	error = step->run(engine, step->context);
	mdb_cursor_close(depot->cursor);
	if (error == 0)
		error = wake_all(depot);
	if (error != 0) {
		mdb_txn_abort(depot->txn);
		return error;
	}
	mdb_env_set_flags(depot->env, MDB_NOMETASYNC, step->sync == DEPOT_LATER);
	return mdb_txn_commit(depot->txn);
}

enum engine_end
depot_take(struct depot *depot, struct engine *engine, const struct depot_step *step)
{
	sigset_t stops, old;
	enum engine_end end;
	int error;

	/* A stop by the terminal waits until nobody waits for us. */
	sigemptyset(&stops);
	sigaddset(&stops, SIGTSTP);
	sigprocmask(SIG_BLOCK, &stops, &old);
	end = enter(depot, engine);
	if (end == ENGINE_OK) {
		while ((error = run(depot, engine, step)) == MDB_MAP_FULL &&
		    (error = enlarge(depot)) == 0)
			continue;
		unlock(depot);
		if (error != DEPOT_DONE && error != DEPOT_SAME)
			end = broken(depot, engine, error);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return end;
}

static int
nothing(struct engine *engine, void *context)
{
	(void)engine;
	(void)context;
	return DEPOT_SAME;
}

enum engine_end
depot_ready(struct depot *depot, struct engine *engine)
{
	return depot_take(depot, engine, &(struct depot_step){ .run = nothing });
}

void
depot_wake(struct depot *depot, const char *queue, unsigned kinds)
{
	size_t i = 0;

	while (depot->wakes[i].queue != NULL && strcmp(depot->wakes[i].queue, queue) != 0)
		i++;
	depot->wakes[i].queue = queue;
	depot->wakes[i].kinds |= kinds;
}
