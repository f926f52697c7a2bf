/* SPDX-License-Identifier: ISC */
#include <strings.h>

#include "ascii.h"
#include "robots_words.h"

bool
robots_say_nofollow(const char *words, size_t len)
{
	const char *end = words + len;

	for (; words < end; words++) {
		const char *first = words;

		while (words < end && *words != ',' && !ascii_is_blank(*words))
			words++;
		len = (size_t)(words - first);
		if ((len == 8 && strncasecmp(first, "nofollow", len) == 0) ||
		    (len == 4 && strncasecmp(first, "none", len) == 0))
			return true;
	}
	return false;
}
