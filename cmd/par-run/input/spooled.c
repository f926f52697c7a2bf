/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fdio.h"
#include "hash.h"
#include "spooled.h"

enum { PIECE = 64 << 10, KEPT = 1 << 20, LEAST_PLACES = 1024 };

struct spooled_known {
	uint64_t hash; /* with more, of its bytes */
	uint32_t more;
	uint32_t count; /* so many of them may come once more; */
	/* a place with neither hash nor more is free, one with count 0 is not */
};

/* The place of a record, or a free one for it. */
static struct spooled_known *
place_of(struct spooled_known *all, size_t mask, uint64_t hash, uint32_t more)
{
	size_t i = (size_t)hash & mask;

	while ((all[i].hash != 0 || all[i].more != 0) &&
	    (all[i].hash != hash || all[i].more != more))
		i = (i + 1) & mask;
	return &all[i];
}

/* Twice the places.  0, or -1 without memory. */
static int
make_places(struct spooled *s)
{
	size_t places = s->known == NULL ? LEAST_PLACES : 2 * (s->mask + 1);
	struct spooled_known *more = calloc(places, sizeof(*more));

	if (more == NULL)
		return -1;
	for (size_t i = 0; s->known != NULL && i <= s->mask; i++) {
		const struct spooled_known *known = &s->known[i];

		if (known->hash != 0 || known->more != 0)
			*place_of(more, places - 1, known->hash, known->more) = *known;
	}
	free(s->known);
	s->known = more;
	s->mask = places - 1;
	return 0;
}

/* The place of a record of len bytes, without its end. */
static struct spooled_known *
find(struct spooled *s, const char *data, size_t len, struct spooled_known *record)
{
	record->hash = hash_bytes(data, len, 0);
	record->more = (uint32_t)hash_bytes(data, len, 1) | 1;
	return place_of(s->known, s->mask, record->hash, record->more);
}

/* One more of these may come once more.  0, or -1 without memory. */
static int
know(struct spooled *s, const char *data, size_t len)
{
	struct spooled_known record = { 0 }, *place;

	if ((s->known == NULL || s->used > s->mask / 2) && make_places(s) < 0)
		return -1;
	place = find(s, data, len, &record);
	if (place->more == 0)
		s->used++;
	record.count = place->count + 1;
	*place = record;
	s->left++;
	return 0;
}

/* Has it come before?  Then it counts as come once more. */
static bool
is_known(struct spooled *s, const char *data, size_t len)
{
	struct spooled_known record, *place = find(s, data, len, &record);

	if (place->more == 0 || place->count == 0)
		return false;
	place->count--;
	s->left--;
	return true;
}

/* Call each() for each whole record of data, and put the rest in part; 0, or -1 with
 * errno. */
static int
each_record(struct spooled *s, const char *data, size_t len,
    int (*each)(struct spooled *, const char *, size_t))
{
	const char *end;

	while ((end = memchr(data, s->end, len)) != NULL) {
		size_t n = (size_t)(end - data);
		int done;

		if (s->part.len > 0 && bytes_put(&s->part, data, n) < 0)
			return -1;
		done = s->part.len > 0 ? each(s, s->part.data, s->part.len)
				       : each(s, data, n);
		bytes_clear(&s->part, KEPT);
		if (done < 0)
			return -1;
		data += n + 1;
		len -= n + 1;
	}
	return bytes_put(&s->part, data, len);
}

/* Know what the file has; a record that is not whole there was given to nobody. */
static int
learn(struct spooled *s)
{
	char *piece = malloc(PIECE);
	uint64_t at = 0;
	int status = piece == NULL ? -1 : 0;

	while (status == 0 && at < s->size) {
		ssize_t n = fdio_read_at(s->file, piece, PIECE, at);

		if (n <= 0)
			status = -1;
		else
			status = each_record(s, piece, (size_t)n, know);
		at += n > 0 ? (uint64_t)n : 0;
	}
	free(piece);
	if (status == 0 && s->part.len > 0) {
		s->size -= s->part.len;
		bytes_clear(&s->part, KEPT);
		status = ftruncate(s->file, (off_t)s->size);
	}
	return status;
}

int
spooled_open(struct spooled *s, const char *path, int in, char end, bool fresh)
{
	struct stat st;

	*s = (struct spooled){ .in = in, .end = end };
	s->file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (s->file < 0)
		return -1;
	if (fdio_lock(s->file) < 0 || fstat(s->file, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	s->size = (uint64_t)st.st_size;
	return fresh ? spooled_forget(s) : learn(s);
}

int
spooled_forget(struct spooled *s)
{
	free(s->known);
	s->known = NULL;
	s->mask = s->used = 0;
	s->left = s->at = s->size = 0;
	return ftruncate(s->file, 0);
}

void
spooled_seek(struct spooled *s, uint64_t at)
{
	s->at = at;
}

int
spooled_fd(const struct spooled *s)
{
	return s->at < s->size ? s->file : s->in;
}

/* Add to the file.  0, or -1 with errno. */
static int
put(struct spooled *s, const char *data, size_t len)
{
	if (fdio_write(s->file, data, len) < 0)
		return -1;
	s->size += len;
	s->open = len > 0 ? data[len - 1] != s->end : s->open;
	return 0;
}

/* A record of the input: the file has it, or gets it. */
static int
take(struct spooled *s, const char *data, size_t len)
{
	if (is_known(s, data, len))
		return 0;
	return put(s, data, len) < 0 ? -1 : put(s, &s->end, 1);
}

/* The input has ended: so does its last record. */
static int
finish(struct spooled *s)
{
	s->ended = true;
	if (s->part.len > 0)
		return each_record(s, &s->end, 1, take);
	return s->open ? put(s, &s->end, 1) : 0;
}

/* Read on, where some records are known. */
static int
sift(struct spooled *s)
{
	char piece[PIECE];
	ssize_t n = read(s->in, piece, sizeof(piece));

	if (n < 0)
		return -1;
	return n == 0 ? finish(s) : each_record(s, piece, (size_t)n, take);
}

/* What the file has more. */
static ssize_t
replay(struct spooled *s, char *to, size_t size)
{
	uint64_t left = s->size - s->at;
	ssize_t n = fdio_read_at(s->file, to, left < size ? (size_t)left : size, s->at);

	if (n > 0)
		s->at += (uint64_t)n;
	return n;
}

ssize_t
spooled_read(struct spooled *s, char *to, size_t size)
{
	ssize_t n;

	if (s->at < s->size)
		return replay(s, to, size);
	if (s->ended)
		return 0;
	if (s->left > 0 || s->part.len > 0) {
		if (sift(s) < 0)
			return -1;
	} else {
		n = read(s->in, to, size);
		if (n < 0 || (n == 0 ? finish(s) : put(s, to, (size_t)n)) < 0)
			return -1;
		if (n > 0) {
			s->at = s->size;
			return n;
		}
	}
	if (s->at < s->size)
		return replay(s, to, size);
	if (s->ended)
		return 0;
	errno = EAGAIN;
	return -1;
}

void
spooled_close(struct spooled *s)
{
	if (s->file >= 0)
		close(s->file);
	s->file = -1;
	free(s->known);
	s->known = NULL;
	bytes_free(&s->part);
}
