/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "bodies.h"
#include "diag.h"
#include "fdio.h"
#include "hash.h"
#include "naming.h"
#include "need.h"
#include "url_find.h"
#include "url_note.h"

enum {
	READABLE = 96, /* most of a URL that is in a name, bytes */
	ETAG_MOST = 4096 /* bytes of one that is remembered */
};

static const char temporary[] = ".par-fetch.";

/* Is name that of a file that is being written, of this user? */
static bool
is_temporary(int folder, const char *name)
{
	size_t len = sizeof(temporary) - 1;
	struct stat st;

	return strncmp(name, temporary, len) == 0 &&
	    name[len + strspn(name + len, "0123456789.")] == '\0' &&
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid();
}

/* Remove what processes that were killed have left: nobody has a lock on it. */
static void
sweep(const char *path)
{
	int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, fd;
	DIR *folder = opendir(path);
	const struct dirent *entry;

	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL) {
		if (!is_temporary(dirfd(folder), entry->d_name))
			continue;
		fd = openat(dirfd(folder), entry->d_name, flags);
		if (fd < 0)
			continue;
		if (fdio_lock(fd) == 0)
			unlinkat(dirfd(folder), entry->d_name, 0);
		close(fd);
	}
	closedir(folder);
}

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
	sweep(path);
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
	size_t at = put_readable(name, url, len, host_of(url, len));

	name[at++] = '-';
	naming_hash(name + at, url, len);
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

/* What tells a file from one that has its name later, and where it is from. */
static int
print_identity(
    const struct bodies *bodies, struct bytes *out, const char *name, const char *url)
{
	struct stat st;

	if (fstatat(bodies->folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	need_print(out, "%llu %lld %lld.%09ld %s\n", (unsigned long long)st.st_ino,
	    (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, url);
	return 0;
}

/* The file beside a body that has its identity and its ETag, a line each. */
static void
put_etag_name(struct bytes *out, const char *name)
{
	const char *slash = strrchr(name, '/');
	int folder = slash == NULL ? 0 : (int)(slash + 1 - name);

	need_print(out, "%.*s.%s.etag", folder, name, name + folder);
	need_put(out, "", 1);
}

/* All that is in the file of that name; empty if there is none. */
static void
read_all(const struct bodies *bodies, struct bytes *out, const char *name)
{
	int fd =
	    openat(bodies->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = fdio_read(fd, need_room(out, ETAG_MOST), ETAG_MOST)) > 0)
		out->len += (size_t)n;
	close(fd);
}

char *
bodies_etag(const struct bodies *bodies, const char *name, const char *url)
{
	struct bytes identity = { 0 }, text = { 0 }, beside = { 0 };
	char *etag = NULL;

	put_etag_name(&beside, name);
	read_all(bodies, &text, beside.data);
	if (text.len > 0 && print_identity(bodies, &identity, name, url) == 0 &&
	    text.len > identity.len && text.data[text.len - 1] == '\n' &&
	    memcmp(text.data, identity.data, identity.len) == 0)
		etag = need_string(text.data + identity.len, text.len - identity.len - 1);
	bytes_free(&identity);
	bytes_free(&text);
	bytes_free(&beside);
	return etag;
}

void
bodies_remember(
    struct bodies *bodies, const char *name, const char *url, const char *etag)
{
	struct body_file file = { .fd = -1 };
	struct bytes text = { 0 }, beside = { 0 };

	if (strlen(etag) > ETAG_MOST || strpbrk(etag, "\r\n") != NULL ||
	    print_identity(bodies, &text, name, url) < 0 ||
	    bodies_begin(bodies, &file) < 0) {
		bytes_free(&text);
		return;
	}
	need_print(&text, "%s\n", etag);
	put_etag_name(&beside, name);
	if (bodies_write(&file, text.data, text.len) < 0 ||
	    bodies_commit(bodies, &file, beside.data, NULL, -1) < 0)
		bodies_abandon(bodies, &file);
	bytes_free(&text);
	bytes_free(&beside);
}

int
bodies_begin(struct bodies *bodies, struct body_file *file)
{
	for (;;) {
		snprintf(file->temporary, sizeof(file->temporary), "%s%ld.%u", temporary,
		    (long)getpid(), bodies->made++);
		file->fd = openat(bodies->folder, file->temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (file->fd >= 0 &&
		    fdio_lock_new(file->fd, bodies->folder, file->temporary))
			return 0;
		if (file->fd < 0 && errno != EEXIST)
			return -1;
		if (file->fd >= 0)
			close(file->fd);
	}
}

int
bodies_write(struct body_file *file, const void *data, size_t len)
{
	return fdio_write(file->fd, data, len);
}

/* Make the folders on the way to name.  0, or -1 with errno. */
static int
make_folders(const struct bodies *bodies, const char *name)
{
	char *path = need_string(name, strlen(name));
	int made = 0;

	for (char *slash = strchr(path, '/'); slash != NULL && made == 0;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdirat(bodies->folder, path, 0777) < 0 && errno != EEXIST)
			made = -1;
		*slash = '/';
	}
	free(path);
	return made;
}

/* What is noted of files from url: url itself, if it is not too long. */
static void
shorten(char origin[static BODIES_ORIGIN], const char *url)
{
	enum { BEGINNING = BODIES_ORIGIN - NAMING_HASH - 1 };
	size_t len = strlen(url);

	if (len < BODIES_ORIGIN) {
		memcpy(origin, url, len + 1);
		return;
	}
	memcpy(origin, url, BEGINNING);
	origin[BEGINNING] = '#';
	naming_hash(origin + BEGINNING + 1, url, len);
}

bool
bodies_is_of(const struct bodies *bodies, const char *name, const char *url)
{
	char origin[BODIES_ORIGIN], wanted[BODIES_ORIGIN];
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(bodies->folder, name, flags), got;

	if (fd < 0)
		return false;
	shorten(wanted, url);
	got = url_note_get(fd, origin, sizeof(origin));
	close(fd);
	return got == 0 && strcmp(origin, wanted) == 0;
}

/* Why there cannot be a file of that name, where there is something: an errno. */
static int
occupied(const struct bodies *bodies, const char *name)
{
	struct stat st;

	return fstatat(bodies->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISDIR(st.st_mode)
	    ? EISDIR
	    : EEXIST;
}

/* Give the file its name, and never that of a file from another URL than url. */
static int
take_name(const struct bodies *bodies, struct body_file *file, const char *name,
    const char *url)
{
	char origin[BODIES_ORIGIN];
	int linked;

	shorten(origin, url);
	url_note_set(file->fd, origin); /* if it cannot be, nothing will be replaced */
	linked = linkat(bodies->folder, file->temporary, bodies->folder, name, 0);
	if (linked < 0 && errno == ENOENT && make_folders(bodies, name) == 0)
		linked = linkat(bodies->folder, file->temporary, bodies->folder, name, 0);
	if (linked == 0)
		return unlinkat(bodies->folder, file->temporary, 0);
	if (errno != EEXIST)
		return -1;
	if (bodies_is_of(bodies, name, url))
		return renameat(bodies->folder, file->temporary, bodies->folder, name);
	errno = occupied(bodies, name);
	return -1;
}

int
bodies_commit(struct bodies *bodies, struct body_file *file, const char *name,
    const char *url, time_t modified)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = modified } };
	int named;

	if (modified != -1)
		futimens(file->fd, times);
	named = url != NULL
	    ? take_name(bodies, file, name, url)
	    : renameat(bodies->folder, file->temporary, bodies->folder, name);
	if (named < 0)
		return -1;
	close(file->fd);
	file->fd = -1;
	return 0;
}

const char *
bodies_why(int error)
{
	switch (error) {
	case EEXIST:
		return "there is one of that name, from another URL; see --name";
	case EISDIR:
		return "there is a folder of that name; see --name";
	case ENOTDIR:
		return "what should be its folder is a file; see --name";
	default:
		return strerror(error);
	}
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
