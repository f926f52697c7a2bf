/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

enum { LEAST = 256 };

/* A size for needed bytes, which are at most most: twice what there is, if it is enough.
 */
static size_t
larger_size(size_t size, size_t needed, size_t most)
{
	if (size < LEAST)
		size = LEAST;
	else if (size < most)
		size = size <= most / 2 ? 2 * size : most;
	if (size < needed)
		size = needed;
	return size < most ? size : most;
}

char *
bytes_reserve(struct bytes *bytes, size_t more)
{
	size_t most = bytes->most == 0 ? BYTES_MOST : bytes->most, size;
	char *larger;

	if (bytes->data != NULL && bytes->size - bytes->len >= more)
		return bytes->data + bytes->len;
	if (more > most || bytes->len > most - more) {
		errno = EMSGSIZE;
		return NULL;
	}
	size = larger_size(bytes->size, bytes->len + more, most);
	larger = realloc(bytes->data, size);
	if (larger == NULL)
		return NULL;
	bytes->data = larger;
	bytes->size = size;
	return bytes->data + bytes->len;
}

int
bytes_put(struct bytes *bytes, const void *data, size_t len)
{
	char *to;

	if (len == 0)
		return 0;
	to = bytes_reserve(bytes, len);
	if (to == NULL)
		return -1;
	memcpy(to, data, len);
	bytes->len += len;
	return 0;
}

void
bytes_clear(struct bytes *bytes, size_t keep)
{
	if (bytes->size > keep)
		bytes_free(bytes);
	bytes->len = 0;
}

void
bytes_free(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){ .most = bytes->most };
}

char *
bytes_string(const char *data, size_t len)
{
	char *text;

	if (len >= BYTES_MOST) {
		errno = EMSGSIZE;
		return NULL;
	}
	text = malloc(len + 1);
	if (text == NULL)
		return NULL;
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	return text;
}
