/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>

#include "load.h"

int
load_now(double *load)
{
	return getloadavg(load, 1) == 1 ? 0 : -1;
}

int
load_pressures(uint64_t waited[static LOAD_PRESSURES])
{
	(void)waited;
	errno = ENOSYS;
	return -1;
}
