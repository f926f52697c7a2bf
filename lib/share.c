/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "share.h"

void
share_open(struct share *share, int fd, const struct says *says)
{
	struct stat st;
	char path[32];

	*share = (struct share){ .fd = fd, .says = says };
	share->on = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
	if (!share->on)
		return;
	/* Processes that inherited one description need one each, to exclude others. */
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	share->fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	share->ours = share->fd >= 0;
	if (!share->ours) /* no /proc */
		share->fd = fd;
}

/*
 * flock(2) and its operations.  Where the description is not ours alone a lock of
 * fcntl(2) keeps away at least those that have to do the same: it is the process's.
 */
static int
lock_file(const struct share *share, int operation)
{
	struct flock whole = { .l_type = operation == LOCK_UN ? F_UNLCK : F_WRLCK,
		.l_whence = SEEK_SET };
	int got;

	if (share->ours)
		return flock(share->fd, operation);
	got = fcntl(share->fd, operation == LOCK_EX ? F_SETLKW : F_SETLK, &whole);
	if (got < 0 && errno == EACCES)
		errno = EWOULDBLOCK;
	return got;
}

void
share_close(struct share *share)
{
	if (share->ours)
		close(share->fd);
	*share = (struct share){ .on = false };
}

/* False if others hold the lock and operation is not to wait. */
static bool
lock(struct share *share, int operation)
{
	int got;

	if (!share->on || share->locked)
		return true;
	do {
		got = lock_file(share, operation);
	} while (got < 0 && errno == EINTR);
	share->locked = got == 0;
	if (got == 0 || errno == EWOULDBLOCK)
		return got == 0;
	share->says->line(
	    "output to a pipe cannot be locked, records of other writers may mix with "
	    "ours: %s",
	    strerror(errno));
	share->on = false;
	return true;
}

void
share_wait(struct share *share)
{
	lock(share, LOCK_EX);
}

bool
share_try(struct share *share)
{
	share->refused = !lock(share, LOCK_EX | LOCK_NB);
	return !share->refused;
}

void
share_leave(struct share *share)
{
	if (!share->locked || share->cut)
		return;
	lock_file(share, LOCK_UN);
	share->locked = false;
}
