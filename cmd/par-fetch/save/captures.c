/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "captures.h"
#include "diag.h"
#include "fdio.h"
#include "field.h"
#include "formats.h"
#include "hash.h"
#include "need.h"

enum {
	SEEN_MOST = 64 << 20, /* bytes of memory for what was seen */
	LINE_MOST = 128 << 10, /* bytes of a note; a URL is shorter */
	DATE = CAPTURE_DATE - 4, /* bytes of one; and of the rest of an id: */
	UUID = 36
};

static const char format[] = "par-fetch captures", urn[] = "urn:uuid:";

static _Noreturn void
broken(const struct captures *captures)
{
	die(STATUS_BROKEN, errno, "%s", captures->path);
}

static void
lock(const struct captures *captures, int operation)
{
	while (flock(captures->fd, operation) < 0)
		if (errno != EINTR)
			broken(captures);
}

/* Is each of the bytes one of those, or visible if that is NULL? */
static bool
is_of(const char *data, size_t len, const char *those)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] <= ' ' || data[i] > '~' ||
		    (those != NULL && strchr(those, data[i]) == NULL))
			return false;
	return true;
}

/* Know it from now on; false if it is known, or there is no memory for it. */
static bool
add(struct captures *captures, const char *digest, const struct capture *capture,
    size_t url_len)
{
	struct table *seen = &captures->seen;
	struct capture *kept;
	bool fresh;
	uint32_t index = table_add(seen, digest, CAPTURE_DIGEST,
	    hash_bytes(digest, CAPTURE_DIGEST, seen->seed), &fresh);
	char *url = index == TABLE_FULL || !fresh ? NULL : table_take(seen, url_len + 1);

	if (url == NULL)
		return false;
	kept = table_state(seen, index);
	*kept = *capture;
	kept->url = memcpy(url, capture->url, url_len);
	url[url_len] = '\0';
	return true;
}

/* Know what a line says; false if it is no note. */
static bool
take_note(struct captures *captures, const char *line, size_t len)
{
	struct field part[4];
	struct capture capture = { .url = NULL };
	size_t prefix = sizeof(urn) - 1;

	if (field_split(line, len, part, 4) != 4 || part[0].len != CAPTURE_DIGEST ||
	    !is_of(part[0].data, part[0].len, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") ||
	    part[1].len != DATE || !is_of(part[1].data, DATE, "0123456789-T:Z") ||
	    part[2].len != prefix + UUID || memcmp(part[2].data, urn, prefix) != 0 ||
	    !is_of(part[2].data + prefix, UUID, "0123456789abcdef-") ||
	    part[3].len == 0 || !is_of(part[3].data, part[3].len, NULL))
		return false;
	memcpy(capture.date, part[1].data, part[1].len);
	memcpy(capture.id, part[2].data, part[2].len);
	capture.url = part[3].data;
	add(captures, part[0].data, &capture, part[3].len);
	return true;
}

/* The first line says what the file is. */
static void
take_first(const struct captures *captures, const char *line, size_t len)
{
	char text[FORMAT_TEXT];
	const char *newer = formats_newer(text, format, FORMAT_CAPTURES, line, len);

	if (newer != NULL)
		die(STATUS_BROKEN, 0, "%s: %s", captures->path, newer);
	if (len != sizeof(format) + 1 || memcmp(line, format, sizeof(format) - 1) != 0)
		die(STATUS_BROKEN, 0, "%s: not a file of --warc-seen", captures->path);
}

/* Know what all whole lines say; where they end, bytes. */
static uint64_t
read_notes(struct captures *captures)
{
	char *room = need_room(&captures->note, LINE_MOST), *newline;
	size_t used = 0;
	uint64_t end = 0, lines = 0;
	ssize_t n;

	while ((n = fdio_read_at(
		    captures->fd, room + used, LINE_MOST - used, end + used)) > 0) {
		size_t at = 0;

		used += (size_t)n;
		while ((newline = memchr(room + at, '\n', used - at)) != NULL) {
			size_t len = (size_t)(newline - room) - at;

			if (lines++ == 0)
				take_first(captures, room, len);
			else if (!take_note(captures, room + at, len))
				die(STATUS_BROKEN, 0, "%s: line %llu: no note of a body",
				    captures->path, (unsigned long long)lines);
			at += len + 1;
		}
		memmove(room, room + at, used - at);
		used -= at;
		end += at;
		if (used == LINE_MOST)
			die(STATUS_BROKEN, 0, "%s: line %llu: no note of a body",
			    captures->path, (unsigned long long)lines + 1);
	}
	if (n < 0)
		broken(captures);
	if (lines == 0 && used > 0)
		take_first(captures, room, used);
	return end;
}

/* Append what stands in note, or nothing. */
static void
append(struct captures *captures)
{
	struct stat st;
	int error;

	if (fstat(captures->fd, &st) < 0)
		broken(captures);
	if (fdio_write(captures->fd, captures->note.data, captures->note.len) < 0) {
		error = errno;
		if (ftruncate(captures->fd, st.st_size) < 0)
			warn("%s: ends in a note that was cut", captures->path);
		errno = error;
		broken(captures);
	}
	bytes_clear(&captures->note, LINE_MOST);
}

void
captures_open(struct captures *captures, const char *path)
{
	struct stat st;
	uint64_t end;

	*captures = (struct captures){ .path = path, .fd = -1 };
	if (table_open(&captures->seen, sizeof(struct capture), SEEN_MOST, 0) < 0)
		die(STATUS_BROKEN, ENOMEM, "bodies that are archived");
	if (path == NULL)
		return;
	captures->fd =
	    open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
	if (captures->fd < 0 || fstat(captures->fd, &st) < 0)
		broken(captures);
	if (!S_ISREG(st.st_mode))
		die(STATUS_BROKEN, 0, "%s: not a regular file", path);
	lock(captures, LOCK_EX);
	end = read_notes(captures);
	/* What was killed may have left part of one. */
	if (ftruncate(captures->fd, (off_t)end) < 0)
		broken(captures);
	if (end == 0) {
		need_print(&captures->note, "%s %d\n", format, FORMAT_CAPTURES);
		append(captures);
	}
	lock(captures, LOCK_UN);
}

const struct capture *
captures_find(
    struct captures *captures, const char *digest, const struct capture *capture)
{
	struct table *seen = &captures->seen;
	uint32_t index = table_find(
	    seen, digest, CAPTURE_DIGEST, hash_bytes(digest, CAPTURE_DIGEST, seen->seed));
	const struct capture *known =
	    index == TABLE_FULL ? NULL : table_state(seen, index);
	size_t len = strlen(capture->url);

	if (known != NULL)
		return known->url == NULL ? NULL : known;
	if (add(captures, digest, capture, len) && captures->path != NULL &&
	    is_of(capture->url, len, NULL))
		need_print(&captures->note, "%.*s\t%s\t%s\t%s\n", (int)CAPTURE_DIGEST,
		    digest, capture->date, capture->id, capture->url);
	return NULL;
}

void
captures_archived(struct captures *captures)
{
	if (captures->note.len == 0)
		return;
	lock(captures, LOCK_EX);
	append(captures);
	lock(captures, LOCK_UN);
}

void
captures_close(struct captures *captures)
{
	table_close(&captures->seen);
	bytes_free(&captures->note);
	if (captures->fd >= 0)
		close(captures->fd);
}
