/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "num.h"
#include "rate.h"

enum {
	MOST = 1000000,
	LATE = 20 /* ms: what came so much too late does not put off the next one */
};

int
rate_read(struct rate *rate, char *text)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = { { "s", 1000 }, { "m", 60 * 1000 }, { "h", 60 * 60 * 1000 } };
	char *slash = strchr(text, '/');

	if (slash == NULL)
		return -1;
	*slash = '\0';
	if (num_parse(text, 1, MOST, &rate->count) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(slash + 1, units[i].name) == 0) {
			rate->within = units[i].ms;
			return 0;
		}
	return -1;
}

void
rate_taken(const struct rate *rate, struct rate_clock *clock, uint64_t now)
{
	uint64_t each;

	if (rate->count == 0)
		return;
	each = rate->within / rate->count;
	if (now > clock->next + (each < LATE ? each : LATE))
		clock->over = 0;
	else if (clock->next != 0)
		now = clock->next;
	clock->over += rate->within % rate->count;
	clock->next = now + each + clock->over / rate->count;
	clock->over %= rate->count;
}
