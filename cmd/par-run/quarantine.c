/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

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
	return quarantine->fd < 0 ? -1 : 0;
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
	status = fdio_write(quarantine->fd, line, (size_t)(to - line));
	free(line);
	quarantine->records++;
	return status;
}
