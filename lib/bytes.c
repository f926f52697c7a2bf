/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "diag.h"

enum { LEAST = 256 };

char *
bytes_reserve(struct bytes *bytes, size_t more)
{
	size_t size = bytes->size < LEAST ? LEAST : bytes->size;
	char *larger;

	if (bytes->data != NULL && bytes->size - bytes->len >= more)
		return bytes->data + bytes->len;
	while (size - bytes->len < more)
		size += size / 2;
	larger = realloc(bytes->data, size);
	if (larger == NULL)
		die(STATUS_BROKEN, errno, "%zu bytes", size);
	bytes->data = larger;
	bytes->size = size;
	return bytes->data + bytes->len;
}

void
bytes_put(struct bytes *bytes, const void *data, size_t len)
{
	if (len == 0)
		return;
	memcpy(bytes_reserve(bytes, len), data, len);
	bytes->len += len;
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
	*bytes = (struct bytes){ 0 };
}

char *
bytes_string(const char *data, size_t len)
{
	char *text = malloc(len + 1);

	if (text == NULL)
		die(STATUS_BROKEN, errno, "%zu bytes", len + 1);
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	return text;
}
