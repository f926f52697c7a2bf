/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control_group.h"
#include "fdio.h"
#include "oom_kills.h"

/* The number in the line "oom_kill NUMBER" of text; UINT64_MAX: there is none. */
static uint64_t
count_in(const char *text)
{
	static const char name[] = "oom_kill ";
	const char *at = text;

	while ((at = strstr(at, name)) != NULL && at != text && at[-1] != '\n')
		at++;
	return at == NULL ? UINT64_MAX : strtoull(at + strlen(name), NULL, 10);
}

/* In a container our group may be at the top of what can be seen. */
uint64_t
oom_kills_group(void)
{
	static const char *const files[] = { "memory.oom_control", "memory.events" };
	struct control_group group;
	char text[512];

	for (int version = 2; version >= 1; version--) {
		if (control_group_find(&group, version, "memory") < 0)
			continue;
		if (control_group_read(&group, files[version - 1], text, sizeof(text)) ==
		    0)
			return count_in(text);
		if (access(group.folder, F_OK) == 0)
			continue;
		group.folder[group.root] = '\0';
		if (control_group_read(&group, files[version - 1], text, sizeof(text)) ==
		    0)
			return count_in(text);
	}
	return UINT64_MAX;
}

uint64_t
oom_kills_system(void)
{
	char text[16 << 10];
	size_t len = 0;
	ssize_t n = 1;
	int fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return UINT64_MAX;
	while (n > 0 && len < sizeof(text) - 1) {
		n = fdio_read(fd, text + len, sizeof(text) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	text[len] = '\0';
	return count_in(text);
}
