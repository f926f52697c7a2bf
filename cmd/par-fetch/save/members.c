/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "diag.h"
#include "fdio.h"
#include "members.h"

enum {
	GZIP = 16 + 15, /* for inflateInit2(): gzip, the largest window */
	STEP = 64 << 10, /* bytes read at a time */
	FIELD_AT = 12, /* where the extra field of a first member stands */
	MARK_AT = FIELD_AT + 4,
	MARK = 8, /* bytes of a mark, the least first */
	MOST_CUTS = 1000 /* files beside it for what was cut */
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

	members->marked = pread(members->fd, head, sizeof(head), 0) == sizeof(head) &&
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
	if (pwrite(members->fd, mark, MARK, MARK_AT) != MARK)
		broken(members);
}

/* Does what is at members->end look like a member, or the first bytes of one? */
static bool
begins_member(const struct members *members)
{
	static const unsigned char begin[] = { 0x1f, 0x8b, 8 };
	unsigned char head[sizeof(begin)];
	ssize_t n = pread(members->fd, head, sizeof(head), (off_t)members->end);

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
			ssize_t n = pread(members->fd, in, sizeof(in), (off_t)at);

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
		ssize_t n = pread(members->fd, data, sizeof(data), (off_t)at);

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
	warn("%s: its last %llu bytes are no whole record; set aside as %s",
	    members->path, (unsigned long long)(size - members->end), name);
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

void
members_append(struct members *members, const void *data, size_t len)
{
	int error;

	if (!members->grows) {
		if (fdio_write(members->fd, data, len) < 0)
			broken(members);
		return;
	}
	lock(members, LOCK_EX);
	mend_end(members);
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
	lock(members, LOCK_UN);
}

void
members_close(struct members *members)
{
	if (close(members->fd) < 0)
		broken(members);
}
