/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdio.h"
#include "field.h"
#include "num.h"
#include "quarantine.h"

/* Does a file of len bytes end without a newline, as far as that can be known? */
static bool
is_cut(const char *path, off_t len)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char last = '\n';

	if (fd < 0)
		return false;
	if (fdio_read_at(fd, &last, 1, (uint64_t)len - 1) != 1)
		last = '\n';
	close(fd);
	return last != '\n';
}

int
quarantine_open(struct quarantine *quarantine, const char *path)
{
	off_t len;

	*quarantine = (struct quarantine){ .fd = -1, .path = path };
	if (path == NULL)
		return 0;
	quarantine->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (quarantine->fd < 0 || writer_open(&quarantine->out, quarantine->fd) < 0)
		return -1;
	fdio_nonblocking(quarantine->fd); /* now that it has a reader */
	/* so that it tells how long the file is */
	len = lseek(quarantine->fd, 0, SEEK_END);
	return len > 0 && is_cut(path, len) ? fdio_write(quarantine->fd, "\n", 1) : 0;
}

/* It cannot be written on: what waits for that is dropped.  -1 with errno. */
static int
broken(struct quarantine *quarantine)
{
	quarantine->error = errno;
	quarantine->out.used = 0;
	quarantine->stuck = false;
	return -1;
}

static int
put(struct quarantine *quarantine, const char *line, size_t len)
{
	ssize_t taken;
	char *to;

	if (quarantine->error != 0) {
		errno = quarantine->error;
		return -1;
	}
	taken = quarantine->stuck ? 0 : writer_offer(&quarantine->out, line, len);
	if (taken < 0)
		return broken(quarantine);
	len -= (size_t)taken;
	to = writer_room(&quarantine->out, len);
	if (to == NULL)
		return broken(quarantine);
	quarantine->records++;
	memcpy(to, line + taken, len);
	writer_commit(&quarantine->out, len);
	return quarantine->stuck ? 0 : quarantine_go(quarantine);
}

int
quarantine_go(struct quarantine *quarantine)
{
	if (writer_flush_now(&quarantine->out) < 0)
		return broken(quarantine);
	quarantine->stuck = quarantine->out.used > 0;
	return 0;
}

int
quarantine_in_order(struct quarantine *quarantine)
{
	struct order *later = &quarantine->later;

	while (later->count > 0 && later->heap[0]->first < *quarantine->next) {
		struct retained *retained = order_take(later);
		int status = put(quarantine, retained->data, retained->len);

		order_free(later, retained);
		if (status < 0)
			return -1;
	}
	return 0;
}

int
quarantine_add(struct quarantine *quarantine, const struct record *record,
    uint64_t attempts, const char *why, const char *last_line, size_t last_len)
{
	size_t why_len = strlen(why);
	char *line = malloc(2 * (record->len + why_len + last_len) + 32), *to = line;
	int status;

	if (line == NULL)
		return -1;
	if (quarantine->escaped) {
		memcpy(to, record->data, record->len);
		to += record->len;
	} else {
		to += field_escape(to, record->data, record->len);
	}
	*to++ = '\t';
	to = num_format(to, attempts);
	*to++ = '\t';
	to += field_escape(to, why, why_len);
	*to++ = '\t';
	to += field_escape(to, last_line, last_len);
	*to++ = '\n';
	if (quarantine->next == NULL)
		status = put(quarantine, line, (size_t)(to - line));
	else if (order_retain(&quarantine->later, NULL,
		     &(struct extent){ .first = record->number,
			 .count = 1,
			 .done = 1,
			 .bytes = (size_t)(to - line) },
		     line) < 0)
		status = -1;
	else
		status = quarantine_in_order(quarantine);
	free(line);
	return status;
}

void
quarantine_close(struct quarantine *quarantine)
{
	order_close(&quarantine->later);
	if (quarantine->fd < 0)
		return;
	writer_close(&quarantine->out);
	close(quarantine->fd);
}
