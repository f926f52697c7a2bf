/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "tagged.h"

bool
tagged_next(struct tagged *tagged, const char **data, size_t *left, const char **piece,
    size_t *len)
{
	const char *newline = NULL;

	if (*left == 0)
		return false;
	if (tagged->len > 0 && !tagged->in_line) {
		tagged->in_line = true;
		*piece = tagged->text;
		*len = tagged->len;
		return true;
	}
	if (tagged->len > 0)
		newline = memchr(*data, '\n', *left);
	tagged->in_line = newline == NULL;
	*piece = *data;
	*len = newline == NULL ? *left : (size_t)(newline + 1 - *data);
	*data += *len;
	*left -= *len;
	return true;
}

int
tagged_buffer(
    struct tagged *tagged, struct buffered *buffered, const char *data, size_t len)
{
	const char *piece;
	size_t size;

	while (tagged_next(tagged, &data, &len, &piece, &size)) {
		if (buffered_room(buffered, size) < 0)
			return -1;
		memcpy(buffered->data + buffered->end, piece, size);
		buffered_came(buffered, size);
	}
	return 0;
}
