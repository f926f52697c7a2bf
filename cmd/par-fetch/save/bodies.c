/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "bodies.h"
#include "diag.h"
#include "fdio.h"
#include "hash.h"
#include "url_find.h"

enum {
	READABLE = 96, /* most of a URL that is in a name, bytes */
	HASH = 16 /* of the hash, bytes */
};

void
bodies_open(struct bodies *bodies, const char *path)
{
	*bodies = (struct bodies){ .path = path };
	if (sodium_init() < 0)
		die(STATUS_BROKEN, 0, "libsodium does not start");
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		die(STATUS_BROKEN, errno, "%s", path);
	bodies->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (bodies->folder < 0)
		die(STATUS_BROKEN, errno, "%s", path);
}

void
bodies_close(struct bodies *bodies)
{
	close(bodies->folder);
}

/* What of a URL can be read in a name, from its byte at from on; the length. */
static size_t
put_readable(char name[static READABLE], const char *url, size_t len, size_t from)
{
	size_t at = 0;

	for (size_t i = from; i < len && at < READABLE && url[i] != '?'; i++) {
		unsigned char byte = (unsigned char)url[i];
		bool plain = isalnum(byte) || byte == '-' || (byte == '.' && at > 0);

		name[at++] = plain ? (char)byte : '_';
	}
	return at;
}

/* Where the host of a URL begins: before it is nobody's business. */
static size_t
host_of(const char *url, size_t len)
{
	const char *begin = memmem(url, len, "://", 3);
	size_t from = begin == NULL ? 0 : (size_t)(begin - url) + 3;

	return url_skip_credentials(url, len, from);
}

void
bodies_name(char name[static BODIES_NAME], const char *url, size_t len)
{
	unsigned char hash[HASH];
	size_t at = put_readable(name, url, len, host_of(url, len));

	crypto_generichash(hash, HASH, (const unsigned char *)url, len, NULL, 0);
	name[at++] = '-';
	sodium_bin2hex(name + at, 2 * HASH + 1, hash, HASH);
}

void
bodies_old_name(char name[static BODIES_NAME], const char *url, size_t len)
{
	const char *begin = memmem(url, len, "://", 3);
	size_t from = begin == NULL ? 0 : (size_t)(begin - url) + 3, at;

	/* Any @ among the first bytes began it anew. */
	for (size_t i = from; i < len && i < from + READABLE && url[i] != '?'; i++)
		if (url[i] == '@')
			from = i + 1;
	at = put_readable(name, url, len, from);
	snprintf(name + at, BODIES_NAME - at, "-%016" PRIx64, hash_bytes(url, len, 0));
}

time_t
bodies_modified(const struct bodies *bodies, const char *name)
{
	struct stat st;

	if (fstatat(bodies->folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return S_ISREG(st.st_mode) ? st.st_mtime : -1;
}

int
bodies_begin(struct bodies *bodies, struct body_file *file)
{
	do {
		snprintf(file->temporary, sizeof(file->temporary), ".par-fetch.%ld.%u",
		    (long)getpid(), bodies->made++);
		file->fd = openat(bodies->folder, file->temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	} while (file->fd < 0 && errno == EEXIST);
	return file->fd < 0 ? -1 : 0;
}

int
bodies_write(struct body_file *file, const void *data, size_t len)
{
	return fdio_write(file->fd, data, len);
}

int
bodies_commit(
    struct bodies *bodies, struct body_file *file, const char *name, time_t modified)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = modified } };

	if (modified != -1)
		futimens(file->fd, times);
	if (renameat(bodies->folder, file->temporary, bodies->folder, name) < 0)
		return -1;
	close(file->fd);
	file->fd = -1;
	return 0;
}

void
bodies_abandon(struct bodies *bodies, struct body_file *file)
{
	if (file->fd < 0)
		return;
	close(file->fd);
	file->fd = -1;
	unlinkat(bodies->folder, file->temporary, 0);
}
