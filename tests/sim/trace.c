/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "real.h"
#include "shared.h"
#include "trace.h"

enum { SHOWN = 100 };

bool trace_on;

void
trace(const char *format, ...)
{
	va_list args;

	if (!trace_on)
		return;
	fprintf(stderr, "%12.6f ms  ", (double)shared->now / 1e6);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void
fault(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(shared->fault, sizeof(shared->fault), format, args);
	va_end(args);
	trace("FAULT: %s", shared->fault);
	__real__exit(LIFE_FAULT);
}

const char *
shown(const char *data, unsigned long len)
{
	static char text[SHOWN + 8];
	size_t used = 0;

	for (size_t i = 0; i < len && used < SHOWN; i++)
		text[used++] = data[i];
	for (size_t i = 0; i < used; i++)
		if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~')
			text[i] = text[i] == '\t' ? ' ' : '~';
	if (len > SHOWN)
		strcpy(text + used, "...");
	else
		text[used] = '\0';
	return text;
}
