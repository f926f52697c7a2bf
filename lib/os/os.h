/* SPDX-License-Identifier: ISC */
/*
 * os - what one system can do and another cannot: faster ways, for which there is a plain
 * one, and a few small things.  lib/os/linux and lib/os/posix each have all of them.
 *
 * Any of them may be refused, by a system that has it not, or the filter of a container.
 * Then nothing was done, and the caller takes the plain way: -1 with ENOTSUP, where no
 * other error is named.  What was refused is remembered, for the whole process, and not
 * tried again.  With PAR_PLAIN in the environment all faster ways are refused.
 */
#ifndef PAR_OS_H
#define PAR_OS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Pipes. */

/* pipe(2), both ends close-on-exec; errno of that, too, as EMFILE. */
int os_pipe(int ends[2]);

/* Ask for a pipe buffer of about size bytes.  How many it has, or -1. */
int os_pipe_size(int fd, size_t size);

/* How many bytes it may hold, or -1. */
int os_pipe_room(int fd);

/* How many bytes the pipe fd holds, at either end; of what is none, too, where that is 0.
 */
int os_pending(int fd, size_t *bytes);

/* An end to read the pipe from, non-blocking, of one that fd writes to; or -1. */
int os_pipe_reader(int fd);

/*
 * Move some of len bytes from a pipe, without a copy: how many, 0 at its end, or -1 with
 * EAGAIN.  With now it does not wait, whatever the ends are.
 */
ssize_t os_splice(int from, int to, size_t len, bool now);

/* See some of len bytes of a pipe in another one: as os_splice() now, but they stay. */
ssize_t os_tee(int from, int to, size_t len);

/* Files. */

/*
 * Copy some of len bytes of a file, from *at on, which goes on by them: how many, 0 at
 * its end, or -1 with EAGAIN, EPIPE, ENOSPC and the like, of writing.
 */
ssize_t os_copy(int from, off_t *at, int to, size_t len);

/* A new file in folder, without a name; -1 with any error. */
int os_nameless(const char *folder);

/* Have the file's first size bytes on the disk; it gets no longer.  0, or an error
 * number: 0 also where that cannot be done. */
int os_keep_room(int fd, off_t size);

/* Begin to write a part of a file to the disk, not waiting for it; -1: by no such way. */
int os_begin_writing(int fd, off_t at, off_t len);

/* Memory, of whole pages, whose content is of no use any more. */
void os_forget(void *pages, size_t len);

/*
 * malloc(3) keeps up to most bytes of what was freed for what comes, and has all that is
 * smaller than that from there: a system that is asked for pages clears each.
 */
void os_reuse(size_t most);

/* Processes. */

/* In a child: do not outlive parent.  False if that is dead already. */
bool os_die_with(pid_t parent);

/*
 * Start a process that has our memory, while we wait until it has called exec, or has
 * returned from become(data), with its status.  argc: how many arguments it may come to
 * pass on.  Its number, or -1, also with errno of fork(2), as EAGAIN.
 */
pid_t os_begin(int (*become)(void *data), void *data, size_t argc);

/* The longest word, with its NUL, that exec takes; SIZE_MAX: what it takes of all. */
size_t os_longest_word(void);

/* Many descriptors watched. */

/* A descriptor that is readable when something happened on one of those watched. */
int os_watch_open(void);

/*
 * Watch fd for events, as of poll(2), from now on, 0: no longer.  known: it is watched
 * already, as far as the caller knows.
 */
int os_watch(int watch, int fd, short events, bool known);

/* Wait at most timeout ms.  How many of most there are, or -1 with errno. */
int os_watch_wait(int watch, struct pollfd *happened, int most, int timeout);

#endif
