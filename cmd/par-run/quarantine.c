/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdio.h"
#include "field.h"
#include "num.h"
#include "quarantine.h"

int
quarantine_open(struct quarantine *quarantine, const char *path)
{
	*quarantine = (struct quarantine){ .fd = -1, .path = path };
	if (path == NULL)
		return 0;
	quarantine->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (quarantine->fd < 0)
		return -1;
	lseek(quarantine->fd, 0, SEEK_END); /* so that it tells how long the file is */
	return 0;
}

static int
put(struct quarantine *quarantine, const char *line, size_t len)
{
	quarantine->records++;
	return fdio_write(quarantine->fd, line, len);
}

int
quarantine_in_turn(struct quarantine *quarantine)
{
	struct order *later = &quarantine->later;

	while (later->count > 0 && later->heap[0]->first < *quarantine->turn) {
		struct held *held = order_take(later);
		int status = put(quarantine, held->data, held->len);

		order_free(later, held);
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
	to += field_escape(to, record->data, record->len);
	*to++ = '\t';
	to = num_format(to, attempts);
	*to++ = '\t';
	to += field_escape(to, why, why_len);
	*to++ = '\t';
	to += field_escape(to, last_line, last_len);
	*to++ = '\n';
	if (quarantine->turn == NULL)
		status = put(quarantine, line, (size_t)(to - line));
	else if (order_keep(&quarantine->later, NULL, record->number, 1, line,
		     (size_t)(to - line)) < 0)
		status = -1;
	else
		status = quarantine_in_turn(quarantine);
	free(line);
	return status;
}

void
quarantine_close(struct quarantine *quarantine)
{
	order_close(&quarantine->later);
	if (quarantine->fd >= 0)
		close(quarantine->fd);
}
