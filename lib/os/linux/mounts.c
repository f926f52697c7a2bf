/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "mounts.h"

enum { LINE_ROOM = 8192 };

void
mounts_type(dev_t device, char type[static MOUNTS_TYPE])
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[LINE_ROOM], wanted[48];

	*type = '\0';
	snprintf(wanted, sizeof(wanted), " %u:%u ", major(device), minor(device));
	while (mounts != NULL && *type == '\0' &&
	    fgets(line, sizeof(line), mounts) != NULL) {
		const char *rest = strstr(line, " - ");

		if (rest != NULL && strstr(line, wanted) != NULL)
			sscanf(rest, " - %63s", type);
	}
	if (mounts != NULL)
		fclose(mounts);
}
