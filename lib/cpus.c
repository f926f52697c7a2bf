/* SPDX-License-Identifier: ISC */
#include <unistd.h>

#include "cpu_limits.h"
#include "cpus.h"

unsigned
cpus_usable(void)
{
	unsigned count = cpu_limits_mask(), limit = cpu_limits_quota();
	long online;

	if (count == 0) {
		online = sysconf(_SC_NPROCESSORS_ONLN);
		count = online < 1 ? 1 : (unsigned)online;
	}
	return limit != 0 && limit < count ? limit : count;
}
