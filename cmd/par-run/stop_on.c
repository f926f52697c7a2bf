/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "num.h"
#include "plural.h"
#include "stop_on.h"

enum { DECIMALS = 3, WHOLE = 100 * STOP_ON_PERCENT };

/* More records than there ever are: such a count times WHOLE does not overflow. */
#define MOST (UINT64_C(1) << 44)

/* P, with up to three decimals, of len bytes. */
static int
read_percent(const char *text, size_t len, uint64_t *share)
{
	const char *point = memchr(text, '.', len);
	size_t before = point == NULL ? len : (size_t)(point - text);
	size_t after = point == NULL ? 0 : len - before - 1;
	uint64_t whole, part = 0;

	if (num_parse_bytes(text, before, 0, 100, &whole) < 0 || after > DECIMALS ||
	    (point != NULL && num_parse_bytes(point + 1, after, 0, 999, &part) < 0))
		return -1;
	for (; after < DECIMALS; after++)
		part *= 10;
	*share = whole * STOP_ON_PERCENT + part;
	return *share == 0 || *share > WHOLE ? -1 : 0;
}

/* N, P% or P%/N. */
static const char *
read_failures(struct stop_on *stop_on, const char *text, size_t len)
{
	const char *percent = memchr(text, '%', len);
	size_t left = percent == NULL ? 0 : len - (size_t)(percent - text) - 1;

	if (percent == NULL)
		return num_parse_bytes(text, len, 1, MOST, &stop_on->failures) < 0
		    ? "failures: not a number of records from 1, nor a part such as 10%"
		    : NULL;
	if (read_percent(text, (size_t)(percent - text), &stop_on->share) < 0)
		return "failures: not a part above 0% and up to 100%";
	stop_on->least = STOP_ON_LEAST;
	if (left > 0 &&
	    (percent[1] != '/' ||
		num_parse_bytes(percent + 2, left - 1, 1, MOST, &stop_on->least) < 0))
		return "failures: not /N, a number of records, behind the part";
	return NULL;
}

/* Does text begin with name? */
static bool
begins(const char *text, size_t len, const char *name)
{
	return len >= strlen(name) && memcmp(text, name, strlen(name)) == 0;
}

/* One of what commas separate. */
static const char *
read_one(struct stop_on *stop_on, const char *text, size_t len)
{
	static const char failures[] = "failures=", success[] = "success=";

	if (len == strlen("now") && begins(text, len, "now")) {
		stop_on->now = true;
		return NULL;
	}
	if (begins(text, len, failures))
		return read_failures(
		    stop_on, text + strlen(failures), len - strlen(failures));
	if (!begins(text, len, success))
		return "not failures=N, failures=P%, success=N or now";
	return num_parse_bytes(text + strlen(success), len - strlen(success), 1, MOST,
		   &stop_on->success) < 0
	    ? "success: not a number of records from 1"
	    : NULL;
}

const char *
stop_on_read(void *stop_on, const char *value)
{
	struct stop_on read = { 0 };

	for (;;) {
		size_t len = strcspn(value, ",");
		const char *why = read_one(&read, value, len);

		if (why != NULL)
			return why;
		if (value[len] == '\0')
			break;
		value += len + 1;
	}
	if (!stop_on_any(&read))
		return "it needs failures or success, too";
	*(struct stop_on *)stop_on = read;
	return NULL;
}

/* The part of a percentage as it is written. */
static const char *
part_text(uint64_t share, char text[static 16])
{
	snprintf(text, 16, "%g", (double)share / (double)STOP_ON_PERCENT);
	return text;
}

enum stop_on_limit
stop_on_met(const struct stop_on *stop_on, uint64_t done, uint64_t failed,
    char text[static STOP_ON_TEXT])
{
	uint64_t finished = done + failed;
	char part[16];

	if (stop_on->failures != 0 && failed >= stop_on->failures) {
		snprintf(text, STOP_ON_TEXT, "failures=%llu: %llu record%s failed",
		    (unsigned long long)stop_on->failures, (unsigned long long)failed,
		    plural(failed, "", "s"));
		return STOP_ON_FAILURES;
	}
	if (stop_on->share != 0 && finished >= stop_on->least &&
	    failed * WHOLE >= stop_on->share * finished) {
		snprintf(text, STOP_ON_TEXT,
		    "failures=%s%%: %llu of %llu record%s failed",
		    part_text(stop_on->share, part), (unsigned long long)failed,
		    (unsigned long long)finished, plural(finished, "", "s"));
		return STOP_ON_FAILURES;
	}
	if (stop_on->success != 0 && done >= stop_on->success) {
		snprintf(text, STOP_ON_TEXT, "success=%llu: %llu record%s done",
		    (unsigned long long)stop_on->success, (unsigned long long)done,
		    plural(done, "", "s"));
		return STOP_ON_SUCCESS;
	}
	return STOP_ON_NONE;
}
