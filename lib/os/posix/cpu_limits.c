/* SPDX-License-Identifier: ISC */
#include "cpu_limits.h"

unsigned
cpu_limits_mask(void)
{
	return 0;
}

unsigned
cpu_limits_quota(void)
{
	return 0;
}
