/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "course.h"
#include "plan.h"
#include "shared.h"
#include "shrink.h"
#include "trace.h"

/* Is it the same kind of fault?  By its first words, since numbers differ. */
static bool
same(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		while (*a >= '0' && *a <= '9')
			a++;
		while (*b >= '0' && *b <= '9')
			b++;
		if (*a != *b)
			return false;
		if (*a == ':' || *a == '\0')
			return true;
	}
	return *a == *b;
}

/* Does it fail in the same way with that number? */
static bool
still_fails(uint64_t *field, uint64_t value, const char *fault)
{
	uint64_t before = *field;
	const char *got;

	*field = value;
	got = course_run();
	if (got != NULL && same(got, fault))
		return true;
	*field = before;
	return false;
}

/* Make one number smaller: none, half of it, one less.  True if that went. */
static bool
lower(uint64_t *field, uint64_t least, const char *fault)
{
	bool any = false;

	if (*field > least && still_fails(field, least, fault))
		return true;
	while (*field / 2 > least && still_fails(field, *field / 2, fault))
		any = true;
	for (int i = 0;
	     i < 8 && *field > least + 1 && still_fails(field, *field - 1, fault); i++)
		any = true;
	return any;
}

void
shrink(const char *what)
{
	char fault[FAULT_TEXT];
	struct plan drawn = plan;
	bool any = true;

	snprintf(fault, sizeof(fault), "%s", what);
	trace_on = false;
	for (int i = 0; any && i < 4; i++) {
		any = false;
		for (size_t field = 0; field < plan_field_count; field++)
			any =
			    lower(plan_number(field), plan_fields[field].least, fault) ||
			    any;
	}
	trace_on = true;
	course_run();
	printf("sim %llu 1", (unsigned long long)plan.seed);
	for (size_t field = 0; field < plan_field_count; field++) {
		uint64_t now = *plan_number(field);
		uint64_t then =
		    *(uint64_t *)(void *)((char *)&drawn + plan_fields[field].at);

		if (now != then)
			printf(
			    " %s=%llu", plan_fields[field].name, (unsigned long long)now);
	}
	printf("\n");
}
