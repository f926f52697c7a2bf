/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fdio.h"
#include "hash.h"
#include "num.h"
#include "offers.h"

enum { BACKLOG = 64, NAME = 32, STALE = 60 /* s until a name that was never one is */ };

const char *
offers_folder(char path[static OFFERS_PATH])
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	struct stat st;
	int len;

	if (base == NULL || *base != '/')
		return "XDG_RUNTIME_DIR is not set: export it as a folder of your own, "
		       "before par-run";
	if (stat(base, &st) < 0)
		return strerror(errno);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return "XDG_RUNTIME_DIR is not a folder of this user";
	len = snprintf(path, OFFERS_PATH, "%s/par", base);
	if (len + NAME >= OFFERS_PATH)
		return "XDG_RUNTIME_DIR has a path too long for sockets";
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return strerror(errno);
	if (lstat(path, &st) < 0)
		return strerror(errno);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return "XDG_RUNTIME_DIR/par is not a folder of this user alone";
	return NULL;
}

/* A socket that does not block and is closed in children; -1 with errno. */
static int
new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), error;

	if (fd < 0 || (fdio_cloexec(fd) == 0 && fdio_nonblocking(fd) == 0))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* The address of path, which fits. */
static struct sockaddr_un
address_of(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return address;
}

/*
 * Have fd listen at path.  It does before it has that name, so that a name where nobody
 * listens is always one of the dead.
 */
static int
listen_at(int fd, const char *path, const char *early)
{
	struct sockaddr_un address = address_of(early);

	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	if (chmod(early, 0600) < 0 || listen(fd, BACKLOG) < 0 ||
	    rename(early, path) < 0) {
		unlink(early);
		return -1;
	}
	return 0;
}

/* Write the path of name in folder.  0, or -1 with errno. */
static int
path_of(char path[static OFFERS_PATH], const char *folder, const char *name)
{
	int len = snprintf(path, OFFERS_PATH, "%s/%s", folder, name);

	if (len > 0 && len < OFFERS_PATH)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int
offers_listen(const char *folder, char path[static OFFERS_PATH])
{
	char name[NAME], early[OFFERS_PATH];
	int fd, error;

	snprintf(name, sizeof(name), ".%ld.%08x", (long)getpid(),
	    (unsigned)hash_random_seed());
	if (path_of(path, folder, name + 1) < 0 || path_of(early, folder, name) < 0)
		return -1;
	fd = new_socket();
	if (fd < 0 || listen_at(fd, path, early) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int
offers_accept(int fd)
{
	int to = accept(fd, NULL, NULL);

	if (to < 0 || (fdio_cloexec(to) == 0 && fdio_nonblocking(to) == 0))
		return to;
	close(to);
	return -1;
}

int
offers_connect(const char *path)
{
	struct sockaddr_un address = address_of(path);
	int fd = new_socket(), error;
	struct stat st;

	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	error = errno;
	close(fd);
	if (error == ECONNREFUSED && lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	errno = error;
	return -1;
}

/* The process that name is of: PID.HEX, behind a dot while it does not listen; 0: none.
 */
static pid_t
process_of(const char *name)
{
	char digits[NAME];
	size_t len = strcspn(name, ".");
	uint64_t pid;

	if (name[len] != '.' || len >= sizeof(digits) ||
	    strlen(name + len + 1) != strspn(name + len + 1, "0123456789abcdef"))
		return 0;
	memcpy(digits, name, len);
	digits[len] = '\0';
	return num_parse(digits, 1, INT32_MAX, &pid) == 0 ? (pid_t)pid : 0;
}

/*
 * Take path away if its process is dead.  It may be one of a container, which has other
 * numbers for its processes; and one that does not listen yet is let alone for a while.
 */
static void
sweep(const char *path, bool early, pid_t pid)
{
	struct stat st;
	int fd;

	if (kill(pid, 0) == 0 || errno != ESRCH ||
	    (early && (lstat(path, &st) < 0 || time(NULL) - st.st_mtime < STALE)))
		return;
	fd = offers_connect(path);
	if (fd >= 0)
		close(fd);
}

/* See to one name in the folder. */
static void
look_at(const char *folder, const char *name, offers_found *found, void *context)
{
	bool early = *name == '.';
	pid_t pid = process_of(name + early);
	char path[OFFERS_PATH];

	if (pid == 0 || path_of(path, folder, name) < 0)
		return;
	if (found == NULL || early)
		sweep(path, early, pid);
	else
		found(context, path, pid);
}

int
offers_each(const char *folder, offers_found *found, void *context)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	int error;

	if (dir == NULL)
		return -1;
	for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0)
		look_at(folder, entry->d_name, found, context);
	error = errno;
	closedir(dir);
	errno = error;
	return error == 0 ? 0 : -1;
}
