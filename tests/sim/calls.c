/* SPDX-License-Identifier: ISC */
/*
 * Calls on descriptors, as the supervisor makes them: the linker's --wrap leads here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "calls.h"
#include "dice.h"
#include "judge.h"
#include "kernel.h"
#include "life.h"
#include "plan.h"
#include "process.h"
#include "shortage.h"
#include "trace.h"
#include "world.h"

enum { PAGE = 4096, MOST_IDLE = 1000 };

/* How often the supervisor was woken and did nothing. */
static unsigned idle;

static struct dice dice;

void
calls_begin(void)
{
	dice = dice_for(plan.seed, "short calls", shared->lives);
}

static int
fails(int error)
{
	errno = error;
	return -1;
}

/* Wait, unless that is not to be or a signal comes: then -1. */
static int
block(const struct opening *opening, bool now)
{
	if (opening->nonblocking || now)
		return fails(EAGAIN);
	world_wait(NEVER);
	return world_deliver() ? fails(EINTR) : 0;
}

/* Some calls do less than they are asked for. */
static size_t
some_of(size_t len)
{
	return len > 1 && dice_one_in(&dice, 16) ? dice_scale(&dice, 1, len) : len;
}

ssize_t
__wrap_read(int fd, void *data, size_t size)
{
	struct opening *opening = table_get(fd);
	size_t n;

	world_tick();
	if (opening == NULL || opening->kind == OPENING_WRITES)
		return fails(EBADF);
	if (opening->kind == OPENING_FILE) {
		idle = 0;
		n = disk_read(opening->file, opening->at, data, some_of(size));
		opening->at += n;
		return (ssize_t)n;
	}
	if (opening->kind == OPENING_NOTHING)
		return 0;
	while (conduit_bytes(opening->conduit) == 0) {
		if (opening->conduit->writers == 0) {
			idle = 0;
			return 0;
		}
		if (block(opening, false) < 0)
			return -1;
	}
	idle = 0;
	n = conduit_bytes(opening->conduit);
	return (ssize_t)conduit_take(
	    opening->conduit, data, some_of(n < size ? n : size));
}

static ssize_t
write_file(struct opening *opening, const char *data, size_t len)
{
	size_t n;

	if (opening->errors) {
		judge_errors(data, len);
		return (ssize_t)len;
	}
	if (opening->appends)
		opening->at = opening->file->size;
	len = shortage_of_room(len);
	n = disk_write(opening->file, opening->at, data, len);
	if (n == 0)
		return fails(ENOSPC);
	judge_file_written(opening->file, opening->at, n);
	opening->at += n;
	return (ssize_t)n;
}

/* The same of one that takes no more: nobody else would be heard meanwhile. */
static int
wait_for_room(const struct opening *opening)
{
	if (!process_in_child())
		fault("the supervisor waits for a reader");
	return block(opening, false);
}

static ssize_t
write_conduit(struct opening *opening, const char *data, size_t len)
{
	struct conduit *conduit = opening->conduit;
	size_t done = 0;

	do {
		if (conduit->readers == 0) {
			if (!world_ignored(SIGPIPE))
				life_end_by(SIGPIPE);
			return fails(EPIPE);
		}
		if (len - done > ATOMIC || conduit->socket ||
		    conduit_free(conduit) >= len - done)
			done += conduit_put(conduit, data + done,
			    opening->nonblocking ? some_of(len - done) : len - done);
		conduit->short_write = done < len;
		if (opening->nonblocking)
			return done == 0 ? fails(EAGAIN) : (ssize_t)done;
		if (done < len && wait_for_room(opening) < 0)
			return done == 0 ? -1 : (ssize_t)done;
	} while (done < len);
	return (ssize_t)done;
}

ssize_t
__wrap_write(int fd, const void *data, size_t len)
{
	struct opening *opening = table_get(fd);

	idle = 0;
	if (!process_in_child())
		world_tick();
	if (opening == NULL || opening->kind == OPENING_READS)
		return fails(EBADF);
	if ((opening->kind == OPENING_NOTHING && !opening->errors) || len == 0)
		return (ssize_t)len;
	return opening->kind == OPENING_FILE || opening->errors
	    ? write_file(opening, data, len)
	    : write_conduit(opening, data, len);
}

ssize_t
__wrap_writev(int fd, const struct iovec *parts, int count)
{
	ssize_t done = 0;

	for (int i = 0; i < count; i++) {
		ssize_t n = __wrap_write(fd, parts[i].iov_base, parts[i].iov_len);

		if (n < 0)
			return done > 0 ? done : -1;
		done += n;
		if ((size_t)n < parts[i].iov_len)
			break;
	}
	return done;
}

/* Never waits, as it is asked for. */
ssize_t
__wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct opening *opening = table_get(fd);
	bool nonblocking;
	ssize_t n;

	if (opening == NULL || opening->kind != OPENING_WRITES ||
	    !opening->conduit->socket)
		return fails(opening == NULL ? EBADF : ENOTSOCK);
	if (flags != MSG_DONTWAIT)
		fault("sendmsg with flags %d is not simulated", flags);
	nonblocking = opening->nonblocking;
	opening->nonblocking = true;
	n = __wrap_writev(fd, message->msg_iov, (int)message->msg_iovlen);
	opening->nonblocking = nonblocking;
	return n;
}

/* What poll(2) says of it. */
static short
events_of(const struct opening *opening, short asked)
{
	const struct conduit *conduit = opening->conduit;
	int events = 0;

	if (opening->kind == OPENING_FILE || opening->kind == OPENING_NOTHING)
		return (short)(asked & (POLLIN | POLLOUT));
	if (opening->kind == OPENING_READS) {
		if (conduit_bytes(conduit) > 0)
			events |= asked & POLLIN;
		if (conduit->writers == 0 && conduit->had_writer)
			events |= POLLHUP;
		return (short)events;
	}
	if (conduit->readers == 0)
		events |= POLLERR;
	if (conduit_bytes(conduit) == 0 ||
	    conduit_free(conduit) >= (conduit->socket ? 1 : PAGE))
		events |= asked & POLLOUT;
	return (short)events;
}

static int
look(struct pollfd *polls, nfds_t count)
{
	int found = 0;

	for (nfds_t i = 0; i < count; i++) {
		const struct opening *opening;

		polls[i].revents = 0;
		if (polls[i].fd < 0)
			continue;
		opening = table_get(polls[i].fd);
		polls[i].revents =
		    opening == NULL ? POLLNVAL : events_of(opening, polls[i].events);
		found += polls[i].revents != 0;
	}
	return found;
}

int
__wrap_poll(struct pollfd *polls, nfds_t count, int timeout)
{
	uint64_t until = timeout < 0 ? NEVER : shared->now + (uint64_t)timeout * MS;
	int found;

	world_tick();
	judge_turn();
	while ((found = look(polls, count)) == 0) {
		if (timeout == 0 || !world_wait(until)) {
			idle = 0;
			return 0;
		}
		if (world_deliver())
			return fails(EINTR);
	}
	if (++idle > MOST_IDLE)
		fault("the supervisor is woken again and again, and does nothing");
	return found;
}

int
__wrap_pipe2(int ends[2], int flags)
{
	struct conduit *conduit;

	world_tick();
	if (shortage_of_descriptors())
		return -1;
	conduit = kernel_conduit();
	ends[0] = table_add(kernel_table, kernel_open_conduit(conduit, OPENING_READS),
	    (flags & O_CLOEXEC) != 0, 0);
	ends[1] = table_add(kernel_table, kernel_open_conduit(conduit, OPENING_WRITES),
	    (flags & O_CLOEXEC) != 0, 0);
	if (ends[0] < 0 || ends[1] < 0)
		fault("more than %d descriptors are open", DESCRIPTORS);
	return 0;
}

int
__wrap_close(int fd)
{
	if (!process_in_child())
		world_tick();
	return table_close(kernel_table, fd);
}

int
__wrap_dup2(int fd, int to)
{
	struct opening *opening = table_get(fd);

	if (opening == NULL)
		return -1;
	if (fd == to)
		return to;
	table_close(kernel_table, to);
	opening->uses++;
	return table_add(kernel_table, opening, false, to);
}

static int
set_pipe_size(struct conduit *conduit, size_t size)
{
	size_t room = PAGE;

	if (conduit->fixed)
		return fails(EPERM);
	while (room < size)
		room *= 2;
	if (room < conduit_bytes(conduit))
		return fails(EBUSY);
	conduit->room = room;
	return (int)room;
}

/* The flags that F_GETFL tells. */
static int
flags_of(const struct opening *opening)
{
	int access = opening->kind == OPENING_READS ? O_RDONLY
	    : opening->kind == OPENING_WRITES	    ? O_WRONLY
						    : O_RDWR;

	return access | (opening->nonblocking ? O_NONBLOCK : 0) |
	    (opening->appends ? O_APPEND : 0);
}

int
__wrap_fcntl(int fd, int command, ...)
{
	struct opening *opening = table_get(fd);
	struct descriptor *descriptor;
	va_list args;
	long argument;

	va_start(args, command);
	argument = va_arg(args, long);
	va_end(args);
	if (opening == NULL)
		return -1;
	descriptor = &kernel_table->all[fd];
	switch (command) {
	case F_GETFD:
		return descriptor->cloexec ? FD_CLOEXEC : 0;
	case F_SETFD:
		descriptor->cloexec = (argument & FD_CLOEXEC) != 0;
		return 0;
	case F_GETFL:
		return flags_of(opening);
	case F_SETFL:
		opening->nonblocking = (argument & O_NONBLOCK) != 0;
		return 0;
	case F_DUPFD_CLOEXEC:
		opening->uses++;
		return table_add(kernel_table, opening, true, (int)argument);
	case F_SETPIPE_SZ:
		return opening->conduit == NULL
		    ? fails(EBADF)
		    : set_pipe_size(opening->conduit, (size_t)(int)argument);
	case F_GETPIPE_SZ:
		return opening->conduit == NULL ? fails(EBADF)
						: (int)opening->conduit->room;
	case F_SETLK:
	case F_SETLKW:
		return 0;
	}
	fault("fcntl %d is not simulated", command);
}

int
__wrap_ioctl(int fd, unsigned long request, ...)
{
	struct opening *opening = table_get(fd);
	va_list args;
	void *argument;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	if (opening == NULL)
		return -1;
	if (request != FIONREAD || opening->conduit == NULL)
		return fails(ENOTTY);
	*(int *)argument = (int)conduit_bytes(opening->conduit);
	return 0;
}

int
__wrap_isatty(int fd)
{
	(void)fd;
	return 0;
}

/* Wait until from has something and to has room; how many bytes could go, -1, or 0. */
static ssize_t
room_between(struct opening *from, const struct opening *to, bool now)
{
	for (;;) {
		size_t bytes = conduit_bytes(from->conduit);
		size_t room = to->conduit == NULL ? SIZE_MAX : conduit_free(to->conduit);

		if (to->conduit != NULL && to->conduit->readers == 0)
			return fails(EPIPE);
		if (bytes > 0 && room > 0)
			return (ssize_t)(bytes < room ? bytes : room);
		if (bytes == 0 && from->conduit->writers == 0)
			return 0;
		if ((bytes == 0			     ? block(from, now)
			    : now || to->nonblocking ? fails(EAGAIN)
						     : wait_for_room(to)) < 0)
			return -1;
	}
}

ssize_t
__wrap_splice(int in, off_t *in_at, int out, off_t *out_at, size_t len, unsigned flags)
{
	struct opening *from = table_get(in), *to = table_get(out);
	struct conduit *conduit;
	ssize_t n;

	(void)in_at, (void)out_at;
	world_tick();
	if (from == NULL || to == NULL)
		return -1;
	if (from->kind != OPENING_READS || to->appends || to->kind == OPENING_READS)
		return fails(EINVAL);
	n = room_between(from, to, (flags & SPLICE_F_NONBLOCK) != 0);
	if (n <= 0)
		return n;
	if ((size_t)n > len)
		n = (ssize_t)len;
	n = (ssize_t)some_of((size_t)n);
	conduit = from->conduit;
	if (to->kind == OPENING_WRITES)
		n = (ssize_t)conduit_put(
		    to->conduit, conduit->data + conduit->start, (size_t)n);
	else if (to->kind == OPENING_FILE)
		n = write_file(to, conduit->data + conduit->start, (size_t)n);
	if (n > 0) {
		char scrap[PAGE];

		for (size_t left = (size_t)n; left > 0;)
			left -= conduit_take(
			    conduit, scrap, left < sizeof(scrap) ? left : sizeof(scrap));
	}
	return n;
}

ssize_t
__wrap_tee(int in, int out, size_t len, unsigned flags)
{
	struct opening *from = table_get(in), *to = table_get(out);
	ssize_t n;

	world_tick();
	if (from == NULL || to == NULL)
		return -1;
	n = room_between(from, to, (flags & SPLICE_F_NONBLOCK) != 0);
	if (n <= 0)
		return n;
	if ((size_t)n > len)
		n = (ssize_t)len;
	return (ssize_t)conduit_put(
	    to->conduit, from->conduit->data + from->conduit->start, (size_t)n);
}

off_t
__wrap_lseek(int fd, off_t at, int whence)
{
	struct opening *opening = table_get(fd);

	if (opening == NULL)
		return -1;
	if (opening->kind != OPENING_FILE)
		return fails(ESPIPE);
	if (whence == SEEK_SET)
		opening->at = (uint64_t)at;
	else if (whence == SEEK_CUR)
		opening->at += (uint64_t)at;
	else
		opening->at = opening->file->size + (uint64_t)at;
	return (off_t)opening->at;
}

ssize_t
__wrap_pread(int fd, void *data, size_t size, off_t at)
{
	struct opening *opening = table_get(fd);

	world_tick();
	if (opening == NULL || opening->kind != OPENING_FILE)
		return fails(EBADF);
	return (ssize_t)disk_read(opening->file, (uint64_t)at, data, some_of(size));
}

int
__wrap_ftruncate(int fd, off_t size)
{
	struct opening *opening = table_get(fd);

	world_tick();
	if (opening == NULL || opening->kind != OPENING_FILE)
		return fails(EINVAL);
	if (disk_size(opening->file, (uint64_t)size) < 0)
		return -1;
	judge_file_cut(opening->file, (uint64_t)size);
	return 0;
}

int
__wrap_posix_fallocate(int fd, off_t at, off_t len)
{
	struct opening *opening = table_get(fd);
	uint64_t end = (uint64_t)at + (uint64_t)len;

	if (opening == NULL || opening->kind != OPENING_FILE)
		return EINVAL;
	if (end > FILE_BYTES ||
	    (end > opening->file->size &&
		shortage_of_whole((size_t)(end - opening->file->size))))
		return ENOSPC;
	return end > opening->file->size && disk_size(opening->file, end) < 0 ? ENOSPC
									      : 0;
}
