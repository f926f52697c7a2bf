/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anew.h"
#include "entropy.h"
#include "fdio.h"

enum { DIGITS = 16, SUFFIX = sizeof(".0123456789abcdef") };

/* Make a file of a name that nobody can foresee, and lock it.  Its descriptor, or -1. */
static int
make_beside(char *name, size_t len)
{
	for (;;) {
		uint64_t number;
		int fd;

		if (entropy(&number, sizeof(number)) < 0)
			return -1;
		snprintf(name + len, SUFFIX, ".%016llx", (unsigned long long)number);
		fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (fd >= 0 && fdio_lock_new(fd, AT_FDCWD, name))
			return fd;
		if (fd >= 0)
			close(fd);
		else if (errno != EEXIST && errno != EINTR)
			return -1;
	}
}

int
anew_begin(struct anew *anew, const char *path)
{
	size_t len = strlen(path);

	*anew = (struct anew){ .path = path, .beside = malloc(len + SUFFIX), .fd = -1 };
	if (anew->beside == NULL)
		return -1;
	memcpy(anew->beside, path, len);
	anew->fd = make_beside(anew->beside, len);
	if (anew->fd >= 0)
		return 0;
	free(anew->beside);
	anew->beside = NULL;
	return -1;
}

/* One name of the folder that begins with base: is it one that was left? */
static void
sweep_one(int folder, const char *name, const char *base, size_t len)
{
	int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, fd;
	struct stat st;

	if (strncmp(name, base, len) != 0 || name[len] != '.' ||
	    strspn(name + len + 1, "0123456789abcdef") != DIGITS ||
	    name[len + 1 + DIGITS] != '\0' ||
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid())
		return;
	fd = openat(folder, name, flags);
	if (fd < 0)
		return;
	if (fdio_lock(fd) == 0)
		unlinkat(folder, name, 0);
	close(fd);
}

void
anew_sweep(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;
	char *name = slash == NULL ? strdup(".") : strndup(path, (size_t)(base - path));
	DIR *folder = name == NULL ? NULL : opendir(name);
	const struct dirent *entry;

	free(name);
	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL)
		sweep_one(dirfd(folder), entry->d_name, base, strlen(base));
	closedir(folder);
}

/* Give it a name that no file has. */
static int
name_first(const struct anew *anew)
{
	if (link(anew->beside, anew->path) == 0) {
		unlink(anew->beside);
		return 0;
	}
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK)
		return -1;
	if (access(anew->path, F_OK) == 0) { /* a file system without links */
		errno = EEXIST;
		return -1;
	}
	return rename(anew->beside, anew->path);
}

/* Have the folder of a name on the disk, as far as the system lets us; the name goes. */
static void
sync_folder(char *name)
{
	char *slash = strrchr(name, '/');
	int fd;

	if (slash != NULL)
		slash[slash == name] = '\0';
	fd = open(slash == NULL ? "." : name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

int
anew_commit(struct anew *anew, unsigned flags)
{
	if (((flags & ANEW_SYNC) != 0 && fdatasync(anew->fd) < 0) ||
	    ((flags & ANEW_FIRST) != 0 ? name_first(anew)
				       : rename(anew->beside, anew->path)) < 0) {
		anew_drop(anew);
		return -1;
	}
	if ((flags & ANEW_SYNC) != 0)
		sync_folder(anew->beside);
	free(anew->beside);
	anew->beside = NULL;
	return 0;
}

void
anew_sync_name(const char *path)
{
	char *name = realpath(path, NULL);

	if (name != NULL)
		sync_folder(name);
	free(name);
}

void
anew_drop(struct anew *anew)
{
	int error = errno;

	unlink(anew->beside); /* make no full disk fuller */
	close(anew->fd);
	free(anew->beside);
	*anew = (struct anew){ .fd = -1 };
	errno = error;
}

int
anew_plain(const char *path)
{
	int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open(path, flags, 0600);
	struct stat st;
	bool plain;

	if (fd < 0)
		return errno == ELOOP ? -1 : 0;
	plain = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	close(fd);
	errno = EINVAL;
	return plain ? 0 : -1;
}
