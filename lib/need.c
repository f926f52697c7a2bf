/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "diag.h"
#include "need.h"

void
need_failed(size_t size)
{
	die(STATUS_BROKEN, errno, "%zu bytes", size);
}

void
need_print(struct bytes *bytes, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (bytes_print(bytes, format, args) < 0)
		need_failed(bytes->len);
	va_end(args);
}
