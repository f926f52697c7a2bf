/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "trouble.h"

const char trouble_no_memory[] = "no memory";

static int set(struct trouble *trouble, enum trouble_kind kind, enum status status,
    int error, const char *format, va_list args) __attribute__((format(printf, 5, 0)));

static int
set(struct trouble *trouble, enum trouble_kind kind, enum status status, int error,
    const char *format, va_list args)
{
	if (trouble->kind != TROUBLE_NONE)
		return -1;
	trouble->kind = kind;
	trouble->status = status;
	trouble->error = error;
	if (vsnprintf(trouble->what, sizeof(trouble->what), format, args) < 0)
		trouble->what[0] = '\0';
	return -1;
}

int
trouble_set(
    struct trouble *trouble, enum status status, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(trouble, TROUBLE_STATUS, status, error, format, args);
	va_end(args);
	return -1;
}

int
trouble_usage(struct trouble *trouble, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(trouble, TROUBLE_USAGE, STATUS_MISUSE, 0, format, args);
	va_end(args);
	return -1;
}

int
trouble_output(struct trouble *trouble, int error, const char *name)
{
	bool first = trouble->kind == TROUBLE_NONE;

	trouble_set(trouble, STATUS_BROKEN, error, "%s", name);
	if (first)
		trouble->kind = TROUBLE_OUTPUT;
	return -1;
}
