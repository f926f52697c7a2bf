/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "budget.h"
#include "num.h"

enum { VALUE = 32 /* bytes of a number, with its NUL */ };

/* Is it "name=value"?  Then value is read into *out, and *good tells if it is one. */
static bool
take(const char *item, const char *name,
    int (*read)(const char *, uint64_t, uint64_t, uint64_t *), uint64_t *out, bool *good)
{
	size_t len = strlen(name);

	if (strncmp(item, name, len) != 0 || item[len] != '=')
		return false;
	*good = read(item + len + 1, 1, UINT64_MAX, out) == 0;
	return true;
}

const char *
budget_read(void *target, const char *text)
{
	struct budget *budget = target;

	for (;;) {
		size_t len = strcspn(text, ",");
		char item[VALUE];
		bool good = false;

		if (len >= sizeof(item))
			return "too long";
		memcpy(item, text, len);
		item[len] = '\0';
		if (!take(item, "pages", num_parse, &budget->pages, &good) &&
		    !take(item, "bytes", num_size, &budget->bytes, &good) &&
		    !take(item, "time", num_duration, &budget->time, &good))
			return "not of the form pages=N,bytes=SIZE,time=TIME";
		if (!good)
			return "not a number above 0 behind =";
		if (text[len] == '\0')
			return NULL;
		text += len + 1;
	}
}

const char *
budget_spent(const struct budget *budget, const struct budget *used)
{
	if (budget->pages > 0 && used->pages >= budget->pages)
		return "pages";
	if (budget->bytes > 0 && used->bytes >= budget->bytes)
		return "bytes";
	if (budget_over(budget, used->time))
		return "time";
	return NULL;
}
