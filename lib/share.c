/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "share.h"

void
share_open(struct share *share, int fd)
{
	struct stat st;
	char path[32];

	*share = (struct share){ .fd = fd };
	share->on = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
	if (!share->on)
		return;
	/* Processes that inherited one description need one each, to exclude others. */
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	share->fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	share->ours = share->fd >= 0;
	if (!share->ours)
		share->fd = fd;
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

	if (!share->on || share->held)
		return true;
	do {
		got = flock(share->fd, operation);
	} while (got < 0 && errno == EINTR);
	share->held = got == 0;
	/* Where there are no locks, as on some systems, records are not kept apart. */
	return got == 0 || errno != EWOULDBLOCK;
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
	if (!share->held || share->cut)
		return;
	flock(share->fd, LOCK_UN);
	share->held = false;
}
