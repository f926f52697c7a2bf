/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "ahead.h"
#include "num.h"

enum {
	DEFAULT_BYTES = 64 << 20,
	DEFAULT_RECORDS = 1 << 20,
	SIZE_TEXT = 32 /* bytes of SIZE as a word, at most */
};

/* Far beyond what a disk holds; sums of it do not overflow. */
#define AHEAD_MOST (UINT64_C(1) << 48)

void
ahead_default(struct ahead_limit *limit)
{
	*limit =
	    (struct ahead_limit){ .bytes = DEFAULT_BYTES, .records = DEFAULT_RECORDS };
}

const char *
ahead_read(void *limit, const char *value)
{
	struct ahead_limit read = { .records = DEFAULT_RECORDS, .given = true };
	const char *slash = strchr(value, '/');
	size_t len = slash == NULL ? strlen(value) : (size_t)(slash - value);
	char size[SIZE_TEXT];

	if (len >= sizeof(size))
		return "not SIZE or SIZE/N";
	memcpy(size, value, len);
	size[len] = '\0';
	if (num_size(size, 1, AHEAD_MOST, &read.bytes) < 0)
		return "not a size, such as 64M or 1G";
	if (slash != NULL && num_parse(slash + 1, 1, AHEAD_MOST, &read.records) < 0)
		return "not a number of records behind the slash";
	*(struct ahead_limit *)limit = read;
	return NULL;
}

static uint64_t
times_at_most(uint64_t value, uint64_t times)
{
	return value > AHEAD_MOST / times ? AHEAD_MOST : value * times;
}

struct ahead_limit
ahead_times(const struct ahead_limit *limit, uint64_t times)
{
	return (struct ahead_limit){ .bytes = times_at_most(limit->bytes, times),
		.records = times_at_most(limit->records, times),
		.given = limit->given };
}
