/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "num.h"
#include "renewal.h"

enum { WORD = 32 /* bytes of one limit as a word, at most */ };

/* Sums with it do not overflow. */
#define MOST (UINT64_C(1) << 62)

void
renewal_none(struct renewal_limit *limit)
{
	*limit = (struct renewal_limit){
		.records = UINT64_MAX, .bytes = UINT64_MAX, .time = UINT64_MAX
	};
}

/* Which limit word is, and its value; NULL: it is none. */
static uint64_t *
read_word(struct renewal_limit *limit, const char *word, uint64_t *value)
{
	size_t len = strlen(word);

	if (num_parse(word, 1, MOST, value) == 0)
		return &limit->records;
	if (len == 0 || (word[len - 1] >= '0' && word[len - 1] <= '9'))
		return NULL;
	if (num_duration(word, 1, MOST, value) == 0)
		return &limit->time;
	return num_size(word, 1, MOST, value) == 0 ? &limit->bytes : NULL;
}

const char *
renewal_read(void *limit, const char *value)
{
	struct renewal_limit read;
	const char *at = value, *comma;

	renewal_none(&read);
	read.given = value;
	do {
		uint64_t *which, found;
		char word[WORD];
		size_t len = strcspn(at, ",");

		comma = at[len] == ',' ? at + len : NULL;
		if (len >= sizeof(word))
			return "not N, SIZE or TIME";
		memcpy(word, at, len);
		word[len] = '\0';
		which = read_word(&read, word, &found);
		if (which == NULL)
			return "not N, SIZE or TIME, such as 1000, 1G or 10m";
		if (*which != UINT64_MAX)
			return "two limits of one kind";
		*which = found;
		at += len + 1;
	} while (comma != NULL);
	*(struct renewal_limit *)limit = read;
	return NULL;
}
