/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "near.h"

enum { MOST = 2 /* letters that are wrong */ };

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * How many letters are to be changed, put in, left out or swapped with the next one
 * (optimal string alignment), by three rows of the usual table.
 */
static unsigned
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][NEAR_LONGEST + 1];

	for (unsigned j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3];
		const unsigned *twice = rows[(i + 1) % 3];

		row[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			row[j] = least(above[j], row[j - 1]) + 1;
			row[j] = least(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], twice[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

void
near_try(struct near *near, const char *name)
{
	size_t len = strlen(name);
	unsigned far;

	if (near->len > NEAR_LONGEST || len > NEAR_LONGEST || len < 2)
		return;
	far = distance(near->word, near->len, name, len);
	/* Of a short word more than a third wrong may be any word. */
	if (far > MOST || far * 3 > len || (near->name != NULL && far >= near->distance))
		return;
	near->name = name;
	near->distance = far;
}
