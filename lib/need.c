/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "diag.h"
#include "need.h"

void
need_failed(size_t size)
{
	die(STATUS_BROKEN, errno, "%zu bytes", size);
}
