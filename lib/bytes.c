/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "grow.h"

enum { LEAST = 256 };

char *
bytes_reserve(struct bytes *bytes, size_t more)
{
	size_t most = bytes->most == 0 ? BYTES_MOST : bytes->most, needed;
	char *larger;

	if (bytes->data != NULL && bytes->size - bytes->len >= more)
		return bytes->data + bytes->len;
	if (more > BYTES_MOST) {
		errno = EMSGSIZE;
		return NULL;
	}
	needed = bytes->len + more;
	if (needed < LEAST && most >= LEAST)
		needed = LEAST;
	larger = grow(bytes->data, &bytes->size, needed, 1, most);
	if (larger == NULL)
		return NULL;
	bytes->data = larger;
	return bytes->data + bytes->len;
}

char *
bytes_anew(struct bytes *bytes, size_t size)
{
	bytes->len = 0;
	if (bytes->size < size) { /* there is nothing to copy */
		free(bytes->data);
		bytes->data = NULL;
	}
	return bytes_reserve(bytes, size);
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

int
bytes_print(struct bytes *bytes, const char *format, va_list args)
{
	va_list again;
	char *to;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	to = len < 0 ? NULL : bytes_reserve(bytes, (size_t)len + 1);
	if (to == NULL)
		return -1;
	vsnprintf(to, (size_t)len + 1, format, args);
	bytes->len += (size_t)len;
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
