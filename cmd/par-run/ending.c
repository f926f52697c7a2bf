/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "ending.h"

int
ending_add(struct ending *ending, enum ending_kind kind, int error, const char *what)
{
	if (ending_near(ending))
		return -1;
	ending->kind = kind;
	ending->error = error;
	ending->what = what;
	return -1;
}

int
ending_broken(struct ending *ending, int error, const char *what)
{
	return ending_add(ending, ENDING_BROKEN, error, what);
}

int
ending_output(struct ending *ending, int error, const char *name)
{
	return ending_add(
	    ending, error == EPIPE ? ENDING_NO_READER : ENDING_BROKEN, error, name);
}

int
ending_say(struct ending *ending, enum ending_kind kind, const char *format, ...)
{
	va_list args;

	if (ending_near(ending))
		return -1;
	va_start(args, format);
	vsnprintf(ending->text, ENDING_TEXT, format, args);
	va_end(args);
	return ending_add(ending, kind, 0, NULL);
}
