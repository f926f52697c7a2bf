/* SPDX-License-Identifier: ISC */
/*
 * Preloaded: how often the program named COUNT_IN calls what costs time, one line
 * "CALL NUMBER" each, in the file COUNT_TO at its end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long reads, writes, splices;
static const char *to;

__attribute__((constructor)) static void
begin(void)
{
	const char *name = getenv("COUNT_IN");

	if (name != NULL && strcmp(name, program_invocation_short_name) == 0)
		to = getenv("COUNT_TO");
}

__attribute__((destructor)) static void
end(void)
{
	FILE *file = to == NULL ? NULL : fopen(to, "w");

	if (file == NULL)
		return;
	fprintf(file, "read %ld\nwrite %ld\nsplice %ld\n", reads, writes, splices);
	fclose(file);
}

ssize_t
read(int fd, void *data, size_t size)
{
	reads++;
	return syscall(SYS_read, fd, data, size);
}

ssize_t
write(int fd, const void *data, size_t size)
{
	writes++;
	return syscall(SYS_write, fd, data, size);
}

ssize_t
splice(int from, off_t *from_at, int into, off_t *into_at, size_t size, unsigned flags)
{
	splices++;
	return syscall(SYS_splice, from, from_at, into, into_at, size, flags);
}
