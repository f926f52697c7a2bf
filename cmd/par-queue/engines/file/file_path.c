/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_path.h"
#include "mounts.h"

enum { PATH_ROOM = 4096 };

/* The last part is the same on both ways. */
static char *
join(const char *base, const char *under)
{
	size_t size = strlen(base) + strlen(under) + 1;
	char *path = malloc(size);

	if (path != NULL)
		snprintf(path, size, "%s%s", base, under);
	return path;
}

char *
file_path_of(const char *url)
{
	const char *path = strchr(url, ':') + 1, *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (strncmp(path, "///", 3) == 0) /* as URLs of files have it */
		path += 2;
	if (*path != '\0')
		return strdup(path);
	if (state != NULL && state[0] == '/')
		return join(state, "/par/queues");
	if (home != NULL && home[0] == '/')
		return join(home, "/.local/state/par/queues");
	errno = ENOENT;
	return NULL;
}

/* Make a folder and those above it, for the user alone.  0, or -1 with errno. */
static int
make_folder(const char *path)
{
	char part[PATH_ROOM];
	size_t len = strlen(path);

	if (len >= sizeof(part)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST && i == len)
			return -1;
	}
	return 0;
}

/* Do several machines see what is in a file system of that type, each in its own way? */
static bool
is_network(const char *type)
{
	static const char *const types[] = { "nfs", "nfs4", "cifs", "smb3", "smbfs",
		"ncpfs", "afs", "coda", "ceph", "lustre", "gfs2", "ocfs2", "gpfs",
		"glusterfs", "orangefs", "beegfs", "9p", "fuse.sshfs", "fuse.glusterfs",
		"fuse.s3fs", "fuse.rclone", "fuse.davfs", "fuse.ceph", "fuse.curlftpfs",
		"davfs" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

/* Why a folder cannot hold queues, or NULL. */
static const char *
unfit(const struct stat *about, const char *type)
{
	if (is_network(type))
		return "a queue cannot be on a network file system";
	if (about->st_uid != geteuid())
		return "the folder is another user's; see --url";
	if ((about->st_mode & 077) != 0)
		return "others may enter the folder: chmod 700, or name one that is not "
		       "there yet";
	return NULL;
}

int
file_path_open(const char *path, char why[static FILE_PATH_WHY])
{
	int folder =
	    make_folder(path) < 0 ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *what;
	struct stat about;
	char type[MOUNTS_TYPE];

	if (folder < 0 || fstat(folder, &about) < 0) {
		snprintf(
		    why, FILE_PATH_WHY, "%.300s: %s; see --url", path, strerror(errno));
		return -1;
	}
	mounts_type(about.st_dev, type);
	what = unfit(&about, type);
	if (what == NULL)
		return folder;
	close(folder);
	if (is_network(type))
		snprintf(why, FILE_PATH_WHY, "%.300s: %s, and this is %s; see --url",
		    path, what, type);
	else
		snprintf(why, FILE_PATH_WHY, "%.300s: %s", path, what);
	return -1;
}
