/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anew.h"
#include "diag.h"
#include "exchange.h"
#include "fdio.h"
#include "formats.h"
#include "hash.h"
#include "need.h"
#include "num.h"

enum {
	PATH_ROOM = 4096,
	BLOCK = 64 << 10, /* bytes that are read at a time, or wait to be written */
	TAIL = 4096 /* bytes of a file looked at, from its end */
};

static const char format_name[] = "frontier share";

const char *
exchange_parse(void *target, const char *text)
{
	struct exchange_share *share = target;
	const char *slash = strchr(text, '/');

	if (slash == NULL || num_parse(slash + 1, 1, EXCHANGE_MOST, &share->count) < 0 ||
	    num_parse_bytes(
		text, (size_t)(slash - text), 1, share->count, &share->number) < 0)
		return "not NUMBER/COUNT, such as 2/4";
	return NULL;
}

uint64_t
exchange_owner(const struct exchange_share *share, const struct spelling *url)
{
	if (share->count == 0)
		return share->number;
	return hash_bytes(url->data + url->host, url->host_len, 0) % share->count + 1;
}

/* The path of a status, or with to of what from has left for it. */
static void
path_of(const struct exchange *exchange, char path[static PATH_ROOM], uint64_t from,
    uint64_t to)
{
	int len = to == 0 ? snprintf(path, PATH_ROOM, "%s/%llu", exchange->folder,
				(unsigned long long)from)
			  : snprintf(path, PATH_ROOM, "%s/%llu-%llu", exchange->folder,
				(unsigned long long)from, (unsigned long long)to);

	if (len >= PATH_ROOM)
		die(STATUS_BROKEN, ENAMETOOLONG, "%s", exchange->folder);
}

static uint64_t
size_of(int fd, const char *path)
{
	struct stat about;

	if (fstat(fd, &about) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	return (uint64_t)about.st_size;
}

/* Where the last whole record of a file ends. */
static uint64_t
whole(int fd, const char *path)
{
	uint64_t end = size_of(fd, path);
	char tail[TAIL];

	while (end > 0) {
		size_t len = end < TAIL ? (size_t)end : TAIL;
		ssize_t got = fdio_read_at(fd, tail, len, end - len);
		const char *newline;

		if (got < 0 || (size_t)got != len)
			die(STATUS_BROKEN, got < 0 ? errno : EIO, "%s", path);
		newline = memrchr(tail, '\n', len);
		if (newline != NULL)
			return end - len + (size_t)(newline - tail) + 1;
		end -= len;
	}
	return 0;
}

/* Open what is left for another one; half of a record goes, and nobody has read it. */
static void
open_peer(struct exchange *exchange, uint64_t to, bool first)
{
	struct exchange_peer *peer = &exchange->peers[to - 1];
	char path[PATH_ROOM];
	uint64_t end;

	path_of(exchange, path, exchange->share.number, to);
	peer->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (peer->fd < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	end = whole(peer->fd, path);
	if (first && end > 0)
		die(STATUS_BROKEN, 0,
		    "%s: is of another crawl, or its --state is lost; remove the folder",
		    path);
	if (end < size_of(peer->fd, path) && ftruncate(peer->fd, (off_t)end) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
}

static void
open_status(struct exchange_status *status, size_t count)
{
	*status = (struct exchange_status){ .written = calloc(count, sizeof(uint64_t)),
		.read = calloc(count, sizeof(uint64_t)) };
	if (status->written == NULL || status->read == NULL)
		need_failed(count * sizeof(uint64_t));
}

/* Write what we say, if it is not what we said last. */
static void
say(struct exchange *exchange)
{
	const struct exchange_status *own = exchange->own;
	struct bytes *text = &exchange->block;
	struct anew anew;
	char path[PATH_ROOM];

	bytes_clear(text, SIZE_MAX);
	need_print(text, "%s %d\npassed %llu\nidle %d\nwaits %d\n", format_name,
	    (int)FORMAT_FRONTIER_SHARE, (unsigned long long)own->passed, own->idle,
	    own->waits);
	for (uint64_t i = 0; i < exchange->share.count; i++)
		need_print(text, "%llu written %llu read %llu\n",
		    (unsigned long long)i + 1, (unsigned long long)own->written[i],
		    (unsigned long long)own->read[i]);
	if (text->len == exchange->said.len &&
	    memcmp(text->data, exchange->said.data, text->len) == 0)
		return;
	path_of(exchange, path, exchange->share.number, 0);
	if (anew_begin(&anew, path) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	if (fdio_write(anew.fd, text->data, text->len) < 0) {
		anew_drop(&anew);
		die(STATUS_BROKEN, errno, "%s", path);
	}
	if (anew_commit(&anew, 0) < 0) /* one that is lost is said again */
		die(STATUS_BROKEN, errno, "%s", path);
	close(anew.fd);
	bytes_clear(&exchange->said, SIZE_MAX);
	need_put(&exchange->said, text->data, text->len);
}

void
exchange_open(struct exchange *exchange, const struct exchange_share *share,
    const char *folder, const uint64_t *read, bool first)
{
	size_t count = (size_t)share->count;
	char path[PATH_ROOM];

	*exchange = (struct exchange){ .share = *share, .folder = folder };
	exchange->peers = calloc(count, sizeof(*exchange->peers));
	if (exchange->peers == NULL)
		need_failed(count * sizeof(*exchange->peers));
	exchange->all = calloc(count, sizeof(*exchange->all));
	if (exchange->all == NULL)
		need_failed(count * sizeof(*exchange->all));
	for (size_t i = 0; i < count; i++)
		open_status(&exchange->all[i], count);
	exchange->own = &exchange->all[share->number - 1];
	if (!first)
		memcpy(exchange->own->read, read, count * sizeof(*read));
	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		die(STATUS_BROKEN, errno, "%s", folder);
	for (uint64_t to = 1; to <= share->count; to++) {
		exchange->peers[to - 1].fd = -1;
		if (to != share->number)
			open_peer(exchange, to, first);
	}
	say(exchange); /* not idle, whatever was said last */
	path_of(exchange, path, share->number, 0);
	anew_sync_name(path);
	anew_sync_name(folder);
}

void
exchange_close(struct exchange *exchange)
{
	for (uint64_t i = 0; i < exchange->share.count; i++) {
		if (exchange->peers[i].fd >= 0)
			close(exchange->peers[i].fd);
		bytes_free(&exchange->peers[i].unwritten);
		free(exchange->all[i].written);
		free(exchange->all[i].read);
	}
	free(exchange->peers);
	free(exchange->all);
	bytes_free(&exchange->block);
	bytes_free(&exchange->said);
}

static void
write_peer(struct exchange *exchange, uint64_t to)
{
	struct exchange_peer *peer = &exchange->peers[to - 1];
	char path[PATH_ROOM];

	if (peer->unwritten.len > 0 &&
	    fdio_write(peer->fd, peer->unwritten.data, peer->unwritten.len) < 0) {
		path_of(exchange, path, exchange->share.number, to);
		die(STATUS_BROKEN, errno, "%s", path);
	}
	bytes_clear(&peer->unwritten, BLOCK);
}

void
exchange_put(struct exchange *exchange, uint64_t number, const struct spelling *url,
    const uint32_t *depth)
{
	struct bytes *to = &exchange->peers[number - 1].unwritten;

	need_put(to, url->data, url->len);
	if (depth != NULL)
		need_print(to, "\t%lu\n", (unsigned long)*depth);
	else
		need_put(to, "\tknown\n", 7);
	if (to->len >= BLOCK)
		write_peer(exchange, number);
}

void
exchange_flush(struct exchange *exchange, bool durable)
{
	for (uint64_t to = 1; to <= exchange->share.count; to++) {
		int fd = exchange->peers[to - 1].fd;

		if (fd < 0)
			continue;
		write_peer(exchange, to);
		if (durable && fdatasync(fd) < 0)
			die(STATUS_BROKEN, errno, "%s", exchange->folder);
	}
}

/* Read what stands in a file from an offset on, up to size bytes; how many. */
static size_t
read_some(struct exchange *exchange, const char *path, uint64_t from, size_t size)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t got;

	bytes_clear(&exchange->block, SIZE_MAX);
	if (fd < 0) {
		if (errno != ENOENT) /* nothing was left yet */
			die(STATUS_BROKEN, errno, "%s", path);
		return 0;
	}
	if (size_of(fd, path) < from)
		die(STATUS_BROKEN, 0, "%s: shorter than what was read of it", path);
	got = fdio_read_at(fd, need_room(&exchange->block, size), size, from);
	if (got < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	close(fd);
	return (size_t)got;
}

/* The whole records of the next bytes of a file, how many bytes; they are in block. */
static size_t
next_records(struct exchange *exchange, uint64_t from, size_t max_record)
{
	uint64_t at = exchange->own->read[from - 1];
	char path[PATH_ROOM];

	path_of(exchange, path, from, exchange->share.number);
	for (size_t size = BLOCK;; size *= 2) {
		size_t len = read_some(exchange, path, at, size);
		const char *newline =
		    len == 0 ? NULL : memrchr(exchange->block.data, '\n', len);

		if (newline != NULL)
			return (size_t)(newline - exchange->block.data) + 1;
		if (len < size)
			return 0; /* the rest is to come */
		if (len > max_record)
			die(STATUS_BROKEN, 0,
			    "%s: a record is too long; see --max-record", path);
	}
}

bool
exchange_read(struct exchange *exchange,
    void (*take)(void *context, const char *data, size_t len), void *context,
    size_t max_record)
{
	bool any = false;

	for (uint64_t from = 1; from <= exchange->share.count; from++) {
		size_t len = from == exchange->share.number
		    ? 0
		    : next_records(exchange, from, max_record);
		const char *at = exchange->block.data, *end = at + len;

		while (at < end) {
			const char *newline = memchr(at, '\n', (size_t)(end - at));

			take(context, at, (size_t)(newline - at));
			at = newline + 1;
		}
		exchange->own->read[from - 1] += len;
		any = any || len > 0;
	}
	return any;
}

/* The next number of a text that has words, too; false: there is none. */
static bool
next_number(const char **at, const char *end, uint64_t *out)
{
	size_t len = 0;

	while (*at < end && (**at < '0' || **at > '9'))
		++*at;
	while (*at + len < end && (*at)[len] >= '0' && (*at)[len] <= '9')
		len++;
	if (num_parse_bytes(*at, len, 0, UINT64_MAX, out) < 0)
		return false;
	*at += len;
	return true;
}

/* Read what another one says; false: nothing yet, or it has another number of them. */
static bool
hear_status(struct exchange *exchange, uint64_t number)
{
	struct exchange_status *other = &exchange->all[number - 1];
	size_t room = (size_t)(exchange->share.count + 2) * 80, len;
	uint64_t version, idle, waits, line;
	char path[PATH_ROOM], newer[FORMAT_TEXT];
	const char *at, *end, *why;

	path_of(exchange, path, number, 0);
	len = read_some(exchange, path, 0, room);
	if (len == 0)
		return false;
	at = exchange->block.data;
	end = at + len;
	why = formats_newer(newer, format_name, FORMAT_FRONTIER_SHARE, at, len);
	if (why != NULL)
		die(STATUS_BROKEN, 0, "%s: %s", path, why);
	if (!next_number(&at, end, &version) || !next_number(&at, end, &other->passed) ||
	    !next_number(&at, end, &idle) || !next_number(&at, end, &waits))
		return false;
	other->idle = idle != 0;
	other->waits = waits != 0;
	for (uint64_t i = 0; i < exchange->share.count; i++)
		if (!next_number(&at, end, &line) || line != i + 1 ||
		    !next_number(&at, end, &other->written[i]) ||
		    !next_number(&at, end, &other->read[i]))
			return false;
	if (next_number(&at, end, &line))
		die(STATUS_BROKEN, 0, "%s: is one of more than %llu", path,
		    (unsigned long long)exchange->share.count);
	return true;
}

/* Have two that are idle read what each has written for the other? */
static bool
even(const struct exchange *exchange, size_t a, size_t b)
{
	const struct exchange_status *one = &exchange->all[a], *two = &exchange->all[b];

	return one->written[b] == two->read[a] && two->written[a] == one->read[b];
}

/* Has none anything to do of this step? */
static bool
all_done(const struct exchange *exchange)
{
	size_t count = (size_t)exchange->share.count;

	for (size_t i = 0; i < count; i++) {
		const struct exchange_status *status = &exchange->all[i];

		if (!status->idle ||
		    (status->passed != exchange->own->passed &&
			status->passed != UINT64_MAX))
			return false;
		for (size_t k = 0; k < i; k++)
			if (!even(exchange, i, k))
				return false;
	}
	return true;
}

/* What all have passed by what others say, which is more than we do if they know more. */
static uint64_t
passed_by(const struct exchange *exchange)
{
	uint64_t passed = exchange->own->passed;
	bool waits = false;

	for (size_t i = 0; i < (size_t)exchange->share.count; i++) {
		const struct exchange_status *status = &exchange->all[i];

		waits = waits || status->waits;
		if (status->passed > passed && status->passed != UINT64_MAX)
			passed = status->passed;
	}
	if (passed > exchange->own->passed || !all_done(exchange))
		return passed;
	return waits ? passed + 1 : UINT64_MAX;
}

void
exchange_meet(struct exchange *exchange, bool waits)
{
	struct exchange_status *own = exchange->own;
	uint64_t passed;

	own->idle = true;
	own->waits = waits;
	for (size_t i = 0; i < (size_t)exchange->share.count; i++)
		if (exchange->peers[i].fd >= 0)
			own->written[i] =
			    size_of(exchange->peers[i].fd, exchange->folder);
	say(exchange);
	for (uint64_t number = 1; number <= exchange->share.count; number++)
		if (number != exchange->share.number && !hear_status(exchange, number))
			return;
	passed = passed_by(exchange);
	if (passed == own->passed)
		return;
	own->passed = passed;
	own->idle = passed == UINT64_MAX;
	say(exchange);
}
