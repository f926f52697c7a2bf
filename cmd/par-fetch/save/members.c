/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>

#include "diag.h"
#include "fdio.h"
#include "members.h"
#include "need.h"
#include "plural.h"

enum {
	GZIP = 16 + 15, /* for inflateInit2(): gzip, the largest window */
	STEP = 64 << 10, /* bytes read at a time */
	FIELD_AT = 12, /* where the extra field of a first member stands */
	MARK_AT = FIELD_AT + 4,
	MARK = 8, /* bytes of a mark, the least first */
	MOST_CUTS = 1000, /* files beside it for what was cut */
	TIME = 14, /* digits of a time in a name, */
	SERIAL = 5 /* and of a serial, at least */
};

static const unsigned char field_begin[] = { 'P', 'E', MARK, 0 };

void
members_field(unsigned char field[static MEMBERS_FIELD])
{
	memset(field, 0, MEMBERS_FIELD);
	memcpy(field, field_begin, sizeof(field_begin));
}

static _Noreturn void
broken(const struct members *members)
{
	die(STATUS_BROKEN, errno, "%s", members->path);
}

void
members_open(struct members *members, const char *path)
{
	struct stat st;
	bool other = stat(path, &st) == 0 && !S_ISREG(st.st_mode);

	*members = (struct members){ .path = path };
	members->fd = open(path, (other ? O_WRONLY : O_RDWR | O_CREAT) | O_CLOEXEC, 0666);
	if (members->fd < 0 || fstat(members->fd, &st) < 0)
		broken(members);
	members->grows = S_ISREG(st.st_mode);
}

static void
lock(const struct members *members, int operation)
{
	while (flock(members->fd, operation) < 0)
		if (errno != EINTR)
			broken(members);
}

static uint64_t
size_of(const struct members *members)
{
	struct stat st;

	if (fstat(members->fd, &st) < 0)
		broken(members);
	return (uint64_t)st.st_size;
}

/* Where the last whole member ends, by the first one's word or what we saw. */
static void
read_mark(struct members *members)
{
	static const unsigned char begin[] = { 0x1f, 0x8b, 8, 4 };
	unsigned char head[MARK_AT + MARK];
	uint64_t mark = 0;

	members->marked =
	    fdio_read_at(members->fd, head, sizeof(head), 0) == sizeof(head) &&
	    memcmp(head, begin, sizeof(begin)) == 0 && head[10] == MEMBERS_FIELD &&
	    head[11] == 0 &&
	    memcmp(head + FIELD_AT, field_begin, sizeof(field_begin)) == 0;
	if (!members->marked)
		return;
	for (size_t i = MARK; i-- > 0;)
		mark = mark << 8U | head[MARK_AT + i];
	members->end = mark;
}

static void
write_mark(const struct members *members)
{
	unsigned char mark[MARK];

	for (size_t i = 0; i < MARK; i++)
		mark[i] = (unsigned char)(members->end >> 8 * i);
	if (fdio_write_at(members->fd, mark, MARK, MARK_AT) < 0)
		broken(members);
}

/* Does what is at members->end look like a member, or the first bytes of one? */
static bool
begins_member(const struct members *members)
{
	static const unsigned char begin[] = { 0x1f, 0x8b, 8 };
	unsigned char head[sizeof(begin)];
	ssize_t n = fdio_read_at(members->fd, head, sizeof(head), members->end);

	return n > 0 && memcmp(head, begin, (size_t)n) == 0;
}

/* Go on over whole members from members->end, which it sets behind the last one. */
static void
look_on(struct members *members)
{
	unsigned char in[STEP], out[STEP];
	z_stream stream = { 0 };
	uint64_t at = members->end; /* of what is read next */
	int got = Z_OK;

	if (inflateInit2(&stream, GZIP) != Z_OK)
		die(STATUS_BROKEN, ENOMEM, "%s", members->path);
	while (got == Z_OK || got == Z_BUF_ERROR) {
		if (stream.avail_in == 0) {
			ssize_t n = fdio_read_at(members->fd, in, sizeof(in), at);

			if (n < 0)
				broken(members);
			if (n == 0)
				break;
			at += (uint64_t)n;
			stream.next_in = in;
			stream.avail_in = (unsigned)n;
		}
		stream.next_out = out;
		stream.avail_out = sizeof(out);
		got = inflate(&stream, Z_NO_FLUSH);
		if (got == Z_STREAM_END) {
			members->end = at - stream.avail_in;
			got = inflateReset(&stream);
		}
	}
	inflateEnd(&stream);
}

/* A new file beside it, for what was cut; name has room for size bytes. */
static int
open_aside(const struct members *members, char *name, size_t size)
{
	int fd = -1;

	for (int i = 1; i < MOST_CUTS && fd < 0; i++) {
		if ((size_t)snprintf(name, size, "%s.cut-%d", members->path, i) >= size) {
			errno = ENAMETOOLONG;
			break;
		}
		fd = open(
		    name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

/* Move what is behind the last whole member, up to size, to a file beside it. */
static void
set_aside(const struct members *members, uint64_t size)
{
	char data[STEP], name[4096];
	int fd = open_aside(members, name, sizeof(name));
	uint64_t at = members->end;

	while (fd >= 0 && at < size) {
		ssize_t n = fdio_read_at(members->fd, data, sizeof(data), at);

		if (n < 0)
			broken(members);
		if (n == 0)
			break;
		if (fdio_write(fd, data, (size_t)n) < 0)
			die(STATUS_BROKEN, errno, "%s", name);
		at += (uint64_t)n;
	}
	if (fd < 0 || close(fd) < 0)
		die(STATUS_BROKEN, errno, "%s", name);
	if (ftruncate(members->fd, (off_t)members->end) < 0)
		broken(members);
	warn("%s: its last %llu %s no whole record; set aside as %s", members->path,
	    (unsigned long long)(size - members->end),
	    plural(size - members->end, "byte is", "bytes are"), name);
}

/* See to it that the file ends with a whole member. */
static void
mend_end(struct members *members)
{
	uint64_t size = size_of(members);

	read_mark(members);
	if (members->end == size)
		return;
	if (members->end > size || !begins_member(members))
		members->end = 0; /* what we know is wrong: read it all */
	look_on(members);
	if (members->end < size)
		set_aside(members, size);
}

/* Let go of the file, and open what has its name now. */
static void
open_anew(struct members *members)
{
	if (close(members->fd) < 0)
		broken(members);
	members->fd = open(members->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (members->fd < 0)
		broken(members);
	members->end = 0;
	members->marked = false;
}

/* Lock the file that has the name now: another process may have given it another. */
static void
lock_current(struct members *members)
{
	struct stat here, there;

	for (;;) {
		lock(members, LOCK_EX);
		if (members->most == 0)
			return;
		if (fstat(members->fd, &here) < 0)
			broken(members);
		if (stat(members->path, &there) == 0 && here.st_ino == there.st_ino &&
		    here.st_dev == there.st_dev)
			return;
		open_anew(members);
	}
}

/* The serial of a full file's name, base-TIME-SERIAL and then end; 0 if it is none. */
static unsigned long
serial_of(const char *name, const char *base, size_t len, const char *end)
{
	static const char digits[] = "0123456789";
	unsigned long serial;
	char *rest;

	if (strncmp(name, base, len) != 0 || name[len] != '-' ||
	    strspn(name + len + 1, digits) != TIME || name[len + 1 + TIME] != '-' ||
	    strspn(name + len + 2 + TIME, digits) < SERIAL)
		return 0;
	serial = strtoul(name + len + 2 + TIME, &rest, 10);
	return strcmp(rest, end) == 0 ? serial : 0;
}

/* The last serial of full files in the folder: with another one none is written over. */
static unsigned long
last_serial(const char *folder, const char *base, size_t len, const char *end)
{
	DIR *names = opendir(folder);
	const struct dirent *entry;
	unsigned long last = 0;

	if (names == NULL)
		die(STATUS_BROKEN, errno, "%s", folder);
	for (errno = 0; (entry = readdir(names)) != NULL; errno = 0) {
		unsigned long serial = serial_of(entry->d_name, base, len, end);

		last = serial > last ? serial : last;
	}
	if (errno != 0)
		die(STATUS_BROKEN, errno, "%s", folder);
	closedir(names);
	return last;
}

/* The file is full: its name becomes one with time and serial, and another begins. */
static void
turn_over(struct members *members)
{
	const char *slash = strrchr(members->path, '/');
	const char *base = slash == NULL ? members->path : slash + 1;
	const char *end = strstr(base + 1, ".warc");
	char *folder = slash == NULL
	    ? need_string(".", 1)
	    : need_string(members->path, (size_t)(base - members->path));
	time_t now = time(NULL);
	struct bytes name = { 0 };
	char when[TIME + 1];
	struct tm utc;
	size_t len;

	end = end != NULL ? end : base + strlen(base);
	len = (size_t)(end - base);
	gmtime_r(&now, &utc);
	strftime(when, sizeof(when), "%Y%m%d%H%M%S", &utc);
	need_put(&name, members->path, (size_t)(end - members->path));
	need_print(&name, "-%s-%0*lu%s", when, SERIAL,
	    last_serial(folder, base, len, end) + 1, end);
	need_put(&name, "", 1);
	if (rename(members->path, name.data) < 0)
		broken(members);
	free(folder);
	bytes_free(&name);
	open_anew(members);
}

/* Write one whole member to the end; what of it was written by an error is taken back. */
static void
put_member(struct members *members, const void *data, size_t len)
{
	int error;

	if (lseek(members->fd, (off_t)members->end, SEEK_SET) < 0)
		broken(members);
	if (fdio_write(members->fd, data, len) < 0) {
		error = errno;
		if (ftruncate(members->fd, (off_t)members->end) < 0)
			warn("%s: ends in a record that was cut", members->path);
		errno = error;
		broken(members);
	}
	if (members->end == 0)
		read_mark(members); /* of the member that was written now */
	members->end = size_of(members);
	if (members->marked)
		write_mark(members);
}

void
members_append(struct members *members, const void *data, size_t len)
{
	if (!members->grows) {
		if (fdio_write(members->fd, data, len) < 0)
			broken(members);
		return;
	}
	lock_current(members);
	mend_end(members);
	while (
	    members->most > 0 && members->end > 0 && members->end + len > members->most) {
		turn_over(members);
		lock_current(members);
		mend_end(members);
	}
	if (members->end == 0 && members->head.len > 0) {
		put_member(members, members->head.data, members->head.len);
		members->head.len = 0;
	}
	put_member(members, data, len);
	lock(members, LOCK_UN);
}

void
members_close(struct members *members)
{
	if (close(members->fd) < 0)
		broken(members);
	bytes_free(&members->head);
}
