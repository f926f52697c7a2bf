/* SPDX-License-Identifier: ISC */
/*
 * renewal - how much one worker does before another takes its place.
 */
#ifndef PAR_RUN_RENEWAL_H
#define PAR_RUN_RENEWAL_H

#include <stdbool.h>
#include <stdint.h>

/* UINT64_MAX where there is no such limit. */
struct renewal_limit {
	uint64_t records, bytes; /* that it is given */
	uint64_t time; /* ms since it was started */
	const char *given; /* the option as it was given; NULL: none of the three */
};

/* There is no limit. */
void renewal_none(struct renewal_limit *limit);

/*
 * Read N, SIZE and TIME, in any order with commas between, into a struct renewal_limit;
 * for OPT_CALL.  value must stay valid.
 */
const char *renewal_read(void *limit, const char *value);

/* How many more, records or bytes, it may have that has so many, of most. */
static inline uint64_t
renewal_left(uint64_t most, uint64_t has)
{
	return most == UINT64_MAX ? UINT64_MAX : most > has ? most - has : 0;
}

/* At which moment one that was started at since is too old; UINT64_MAX: never. */
static inline uint64_t
renewal_at(const struct renewal_limit *limit, uint64_t since)
{
	return limit->time == UINT64_MAX ? UINT64_MAX : since + limit->time;
}

#endif
