/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "num.h"
#include "statuses.h"

enum { MOST = 255 };

/* One number, or a range, of len bytes. */
static int
add(struct statuses *statuses, const char *text, size_t len)
{
	const char *dash = memchr(text, '-', len);
	size_t first_len = dash == NULL ? len : (size_t)(dash - text);
	uint64_t first, last;

	if (num_parse_bytes(text, first_len, 0, MOST, &first) < 0)
		return -1;
	last = first;
	if (dash != NULL &&
	    num_parse_bytes(dash + 1, len - first_len - 1, first, MOST, &last) < 0)
		return -1;
	for (; first <= last; first++)
		statuses->bits[first / 32] |= UINT32_C(1) << first % 32;
	return 0;
}

const char *
statuses_read(void *target, const char *text)
{
	struct statuses *statuses = target;

	*statuses = (struct statuses){ .given = text };
	for (;;) {
		size_t len = strcspn(text, ",");

		if (add(statuses, text, len) < 0)
			return "not statuses from 0 to 255, such as 0,1 or 0-3";
		if (text[len] == '\0')
			return NULL;
		text += len + 1;
	}
}

bool
statuses_fine(const struct statuses *statuses, int status)
{
	if (status == 0 || statuses == NULL || status < 0 || status > MOST)
		return status == 0;
	return (statuses->bits[status / 32] >> status % 32 & 1) != 0;
}
