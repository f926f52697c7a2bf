/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "field.h"
#include "verbatim.h"

enum { KEPT = 1 << 20 }; /* room kept from one process to the next, bytes */

/* Put each record apart, which did not end with a newline. */
static size_t
put_each(const struct verbatim *verbatim, char *to, const char *data, size_t len)
{
	const char *end = data + len;
	char *begin = to;

	while (data < end) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		size_t record = (size_t)(newline - data);

		if (verbatim->escaped)
			to += field_unescape(to, data, record);
		else
			to = (char *)memcpy(to, data, record) + record;
		*to++ = verbatim->end;
		data = newline + 1;
	}
	return (size_t)(to - begin);
}

int
verbatim_make(
    const struct verbatim *verbatim, struct bytes *text, const char *data, size_t len)
{
	char *to;

	bytes_clear(text, KEPT);
	to = bytes_reserve(text, verbatim->header_len + len);
	if (to == NULL)
		return -1;
	if (verbatim->header_len > 0)
		memcpy(to, verbatim->header, verbatim->header_len);
	to += verbatim->header_len;
	if (verbatim->end != '\n')
		len = put_each(verbatim, to, data, len);
	else if (verbatim->escaped)
		len = field_unescape(to, data, len);
	else
		memcpy(to, data, len);
	text->len = verbatim->header_len + len;
	return 0;
}
