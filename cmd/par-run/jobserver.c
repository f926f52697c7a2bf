/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "fdio.h"
#include "jobserver.h"
#include "num.h"
#include "spool.h"

enum { LONGEST_READ = 20 * 1000 /* us that one may wait that another was faster than */ };

static const char blanks[] = " \t";

static const char *const words[] = { [JOBSERVER_JOIN] = "join",
	[JOBSERVER_NONE] = "none",
	[JOBSERVER_FIFO] = "fifo",
	[JOBSERVER_PIPE] = "pipe" };

const char *
jobserver_word(enum jobserver_how how)
{
	return words[how];
}

const char *
jobserver_read(void *how, const char *value)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(value, words[i]) == 0) {
			*(enum jobserver_how *)how = (enum jobserver_how)i;
			return NULL;
		}
	return "not join, none, fifo or pipe";
}

/* The next word of text, which begins behind it then; 0 bytes: there is none. */
static size_t
next_word(const char **text)
{
	*text += strspn(*text, blanks);
	return strcspn(*text, blanks);
}

/* Behind it are variables, which may have any value. */
static bool
is_last(const char *word, size_t len)
{
	return len == 2 && memcmp(word, "--", 2) == 0;
}

/* What stands behind prefix in a word; NULL: it begins otherwise. */
static const char *
behind(const char *word, size_t len, const char *prefix)
{
	size_t skip = strlen(prefix);

	return len >= skip && memcmp(word, prefix, skip) == 0 ? word + skip : NULL;
}

/* R,W */
static void
read_pair(struct jobserver_named *named, const char *text, size_t len)
{
	const char *comma = memchr(text, ',', len);
	uint64_t from, to;

	if (comma == NULL ||
	    num_parse_bytes(text, (size_t)(comma - text), 0, INT_MAX, &from) < 0 ||
	    num_parse_bytes(
		comma + 1, len - (size_t)(comma - text) - 1, 0, INT_MAX, &to) < 0)
		return; /* negative: it is none for us, says make(1) */
	named->from = (int)from;
	named->to = (int)to;
}

struct jobserver_named
jobserver_find(const char *flags)
{
	static const struct jobserver_named none = { .from = -1, .to = -1 };
	struct jobserver_named named = none;
	size_t len;

	if (flags == NULL)
		return none;
	for (; (len = next_word(&flags)) > 0 && !is_last(flags, len); flags += len) {
		const char *value = behind(flags, len, "--jobserver-auth="), *fifo;

		if (value == NULL)
			value = behind(flags, len, "--jobserver-fds="); /* before 4.2 */
		if (value == NULL)
			continue;
		named = none;
		fifo = behind(value, (size_t)(flags + len - value), "fifo:");
		if (fifo != NULL)
			named.fifo = fifo;
		named.len = (size_t)(flags + len - (fifo != NULL ? fifo : value));
		if (fifo == NULL)
			read_pair(&named, value, named.len);
	}
	return named;
}

/* Is it a word that says how many jobs there may be? */
static bool
is_of_jobs(const char *word, size_t len)
{
	return behind(word, len, "--jobserver-") != NULL ||
	    behind(word, len, "-j") != NULL;
}

char *
jobserver_flags(const char *flags, uint64_t jobs, const char *auth)
{
	size_t len, size = (flags == NULL ? 0 : strlen(flags)) + strlen(auth) + 64;
	char *text = malloc(size), *end = text;

	if (text == NULL)
		return NULL;
	if (flags == NULL)
		flags = "";
	for (; (len = next_word(&flags)) > 0 && !is_last(flags, len); flags += len) {
		if (is_of_jobs(flags, len))
			continue;
		if (end > text)
			*end++ = ' ';
		memcpy(end, flags, len);
		end += len;
	}
	/* A word in front that has no dash is letters, for make(1). */
	snprintf(end, size - (size_t)(end - text), " -j%llu --jobserver-auth=%s%s%s",
	    (unsigned long long)jobs, auth, len > 0 ? " " : "", flags);
	return text;
}

/* Is it one end of a pipe, to be read or written? */
static bool
is_end(int fd, bool writes, struct stat *st)
{
	int mode = fcntl(fd, F_GETFL);

	if (mode < 0 || fstat(fd, st) < 0 || !S_ISFIFO(st->st_mode))
		return false;
	mode &= O_ACCMODE;
	return mode == O_RDWR || mode == (writes ? O_WRONLY : O_RDONLY);
}

/*
 * The ends of a pipe that others have, too, whose reads must go on to wait if they do:
 * one of our own is opened, where the system does not just give that one again.
 */
static int
open_pipe(struct jobserver *jobserver, int from, int to)
{
	char path[32];
	int mode;

	snprintf(path, sizeof(path), "/dev/fd/%d", from);
	jobserver->from = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (jobserver->from < 0)
		jobserver->from = fcntl(from, F_DUPFD_CLOEXEC, 3);
	jobserver->to = fcntl(to, F_DUPFD_CLOEXEC, 3);
	jobserver->on = true;
	if (jobserver->from < 0 || jobserver->to < 0)
		return -1;
	mode = fcntl(jobserver->from, F_GETFL);
	jobserver->waits = mode < 0 || (mode & O_NONBLOCK) == 0;
	return 0;
}

/* Open both ends of a FIFO.  0, or -1 with errno. */
static int
open_fifo(struct jobserver *jobserver, const char *path)
{
	struct stat st;

	jobserver->on = true;
	jobserver->to = -1;
	jobserver->from = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (jobserver->from < 0)
		return -1;
	if (fstat(jobserver->from, &st) < 0 || !S_ISFIFO(st.st_mode)) {
		errno = ENOTSUP;
		return -1;
	}
	jobserver->to = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	return jobserver->to < 0 ? -1 : 0;
}

/* Join the one of a FIFO.  As jobserver_join(). */
static bool
join_fifo(struct jobserver *jobserver, const struct jobserver_named *named, char *why)
{
	char path[PATH_MAX];
	int error = ENAMETOOLONG;

	if (named->len < sizeof(path)) {
		memcpy(path, named->fifo, named->len);
		path[named->len] = '\0';
		if (open_fifo(jobserver, path) == 0)
			return true;
		error = errno;
		jobserver_close(jobserver);
	}
	snprintf(why, JOBSERVER_TEXT, "%.*s: %s",
	    (int)(named->len < 200 ? named->len : 200), named->fifo,
	    error == ENOTSUP ? "not a FIFO" : strerror(error));
	return false;
}

bool
jobserver_join(struct jobserver *jobserver, char why[static JOBSERVER_TEXT])
{
	struct jobserver_named named = jobserver_find(getenv("MAKEFLAGS"));
	struct stat from, to;

	if (named.fifo != NULL)
		return join_fifo(jobserver, &named, why);
	if (named.from < 0)
		return true;
	if (!is_end(named.from, false, &from) || !is_end(named.to, true, &to) ||
	    from.st_dev != to.st_dev || from.st_ino != to.st_ino) {
		snprintf(why, JOBSERVER_TEXT,
		    "descriptors %d and %d are no pipe here; a recipe has it with + in "
		    "front",
		    named.from, named.to);
		return false;
	}
	if (open_pipe(jobserver, named.from, named.to) == 0)
		return true;
	snprintf(why, JOBSERVER_TEXT, "%s", strerror(errno));
	jobserver_close(jobserver);
	return false;
}

/* A folder of ours, with a FIFO.  0, or -1 with errno. */
static int
make_fifo(struct jobserver *jobserver)
{
	static const char name[] = "/par-run.XXXXXX", in[] = "/jobserver";
	const char *folder = spool_folder();
	size_t size = strlen(folder) + sizeof(name);
	char *made = malloc(size);

	if (made == NULL)
		return -1;
	snprintf(made, size, "%s%s", folder, name);
	if (mkdtemp(made) == NULL) {
		free(made);
		return -1;
	}
	jobserver->folder = made;
	jobserver->fifo = malloc(size + sizeof(in));
	if (jobserver->fifo == NULL)
		return -1;
	snprintf(jobserver->fifo, size + sizeof(in), "%s%s", made, in);
	if (mkfifo(jobserver->fifo, 0600) < 0)
		return -1;
	return open_fifo(jobserver, jobserver->fifo);
}

/* A pipe, whose ends what we start inherits.  0, or -1 with errno. */
static int
make_pipe(struct jobserver *jobserver)
{
	int *ends = jobserver->ends;

	if (fdio_pipe(ends) < 0)
		return -1;
	if (fcntl(ends[0], F_SETFD, 0) == 0 && fcntl(ends[1], F_SETFD, 0) == 0)
		return open_pipe(jobserver, ends[0], ends[1]);
	return -1;
}

/* Have MAKEFLAGS name it.  0, or -1 with errno. */
static int
name_it(const struct jobserver *jobserver, uint64_t jobs)
{
	size_t size = (jobserver->fifo == NULL ? 0 : strlen(jobserver->fifo)) + 32;
	char *auth = malloc(size), *flags = NULL;
	int done = -1;

	if (auth != NULL && jobserver->fifo != NULL)
		snprintf(auth, size, "fifo:%s", jobserver->fifo);
	else if (auth != NULL)
		snprintf(auth, size, "%d,%d", jobserver->ends[0], jobserver->ends[1]);
	if (auth != NULL)
		flags = jobserver_flags(getenv("MAKEFLAGS"), jobs, auth);
	if (flags != NULL)
		done = setenv("MAKEFLAGS", flags, 1);
	free(auth);
	free(flags);
	return done;
}

int
jobserver_make(struct jobserver *jobserver, enum jobserver_how how, uint64_t jobs)
{
	if (how == JOBSERVER_FIFO &&
	    spool_folder()[strcspn(spool_folder(), blanks)] != '\0') {
		errno = EINVAL; /* nobody would find it in MAKEFLAGS */
		return -1;
	}
	if ((how == JOBSERVER_FIFO ? make_fifo(jobserver) : make_pipe(jobserver)) < 0)
		return -1;
	for (uint64_t i = 1; i < jobs && i < JOBSERVER_MOST; i++)
		if (fdio_write(jobserver->to, "+", 1) < 0)
			return -1;
	return name_it(jobserver, jobs);
}

static void
nothing(int number)
{
	(void)number;
}

/*
 * Read one byte, though that may wait: a timer ends it then, again and again, so that it
 * does not matter when it began.  Whose alarm it was before has it again.
 */
static ssize_t
read_in_time(int fd, char *byte)
{
	static const struct itimerval often = { .it_interval = { .tv_usec =
								     LONGEST_READ },
		.it_value = { .tv_usec = LONGEST_READ } };
	struct sigaction wake = { .sa_handler = nothing }, before;
	struct itimerval alarm;
	ssize_t n;
	int error;

	sigemptyset(&wake.sa_mask);
	sigaction(SIGALRM, &wake, &before);
	setitimer(ITIMER_REAL, &often, &alarm);
	n = read(fd, byte, 1);
	error = errno;
	setitimer(ITIMER_REAL, &alarm, NULL);
	sigaction(SIGALRM, &before, NULL);
	errno = error;
	return n;
}

/* The jobserver is of no use any more: everybody may run. */
static bool
lost(struct jobserver *jobserver)
{
	jobserver_give_back(jobserver, 0);
	jobserver->on = false;
	return true;
}

bool
jobserver_take(struct jobserver *jobserver)
{
	struct pollfd some = { .fd = jobserver->from, .events = POLLIN };
	char *byte = &jobserver->tokens[jobserver->count];
	ssize_t n;

	if (jobserver->count == JOBSERVER_MOST ||
	    (jobserver->waits && poll(&some, 1, 0) <= 0))
		return false;
	n = jobserver->waits ? read_in_time(jobserver->from, byte)
			     : read(jobserver->from, byte, 1);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0)
		return lost(jobserver);
	jobserver->count++;
	return true;
}

void
jobserver_give_back(struct jobserver *jobserver, size_t count)
{
	while (jobserver->count > count) {
		jobserver->count--;
		fdio_write(jobserver->to, &jobserver->tokens[jobserver->count], 1);
	}
}

static void
close_one(int *fd)
{
	if (*fd > 0)
		close(*fd);
	*fd = 0;
}

void
jobserver_close(struct jobserver *jobserver)
{
	jobserver_give_back(jobserver, 0);
	close_one(&jobserver->from);
	close_one(&jobserver->to);
	close_one(&jobserver->ends[0]);
	close_one(&jobserver->ends[1]);
	if (jobserver->fifo != NULL)
		unlink(jobserver->fifo);
	if (jobserver->folder != NULL)
		rmdir(jobserver->folder);
	free(jobserver->fifo);
	free(jobserver->folder);
	jobserver->fifo = jobserver->folder = NULL;
	jobserver->on = false;
}
