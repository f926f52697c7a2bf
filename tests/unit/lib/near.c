/* SPDX-License-Identifier: ISC */
/*
 * The model of distances is the plainest there is: whatever can be done to the last
 * letters, and the rest anew.
 */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "near.h"

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned
model(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned best;

	if (a_len == 0 || b_len == 0)
		return (unsigned)(a_len + b_len);
	best = model(a, a_len - 1, b, b_len - 1) + (a[a_len - 1] != b[b_len - 1]);
	best = least(best, model(a, a_len - 1, b, b_len) + 1);
	best = least(best, model(a, a_len, b, b_len - 1) + 1);
	if (a_len > 1 && b_len > 1 && a[a_len - 1] == b[b_len - 2] &&
	    a[a_len - 2] == b[b_len - 1])
		best = least(best, model(a, a_len - 2, b, b_len - 2) + 1);
	return best;
}

/* A word of at most 6 letters, of few that are different; its length. */
static size_t
make(char word[7])
{
	size_t len = chance_below(7);

	chance_bytes_of(word, len, "abc", 3);
	word[len] = '\0';
	return len;
}

static void
any_words(void)
{
	for (uint64_t step = 1; step <= 1000; step++) {
		char word[7], names[3][7];
		struct near near = { .word = word, .len = make(word) };
		const char *nearest = NULL;
		unsigned best = 3;

		check_at(step);
		for (size_t i = 0; i < COUNT(names); i++) {
			size_t len = make(names[i]);
			unsigned far = model(word, near.len, names[i], len);

			near_try(&near, names[i]);
			if (len < 2 || far * 3 > len || far >= best)
				continue;
			best = far;
			nearest = names[i];
		}
		check(near.name == nearest);
		check(nearest == NULL || near.distance == best);
	}
}

/* The longest that are looked at, a letter more, and one letter. */
static void
lengths(void)
{
	char word[NEAR_LONGEST + 2], name[NEAR_LONGEST + 2];

	for (size_t i = 1; i <= NEAR_LONGEST + 1; i++)
		for (size_t k = 1; k <= NEAR_LONGEST + 1; k++) {
			struct near near = { .word = word, .len = i };
			size_t more = i > k ? i - k : k - i;
			bool found = i <= NEAR_LONGEST && k <= NEAR_LONGEST && k >= 2 &&
			    more <= 2 && more * 3 <= k;

			check_at(100 * i + k);
			memset(word, 'x', sizeof(word));
			memset(name, 'x', k);
			name[k] = '\0';
			near_try(&near, name);
			check((near.name != NULL) == found);
			check(!found || near.distance == more);
		}
}

TESTS("near", { "agrees with the plainest way to count", any_words },
    { "words of each length", lengths })
