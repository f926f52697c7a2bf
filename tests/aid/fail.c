/* SPDX-License-Identifier: ISC */
/*
 * Preloaded: the allocation number FAIL_AT of the program named FAIL_IN fails, and with
 * FAIL_ON all after it; FAIL_SEEN is a file that is made when it does.  The count is of one
 * process: what it starts begins anew if it is of that name, too.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_long count;
static long at;
static int on;

__attribute__((constructor)) static void
begin(void)
{
	const char *name = getenv("FAIL_IN"), *number = getenv("FAIL_AT");

	if (name == NULL || number == NULL ||
	    strcmp(name, program_invocation_short_name) != 0)
		return;
	on = getenv("FAIL_ON") != NULL;
	atomic_store(&count, 0);
	at = atol(number);
}

static int
fails(void)
{
	long n;
	const char *seen;

	if (at == 0)
		return 0;
	n = atomic_fetch_add(&count, 1) + 1;
	if (n != at && !(on && n > at))
		return 0;
	seen = getenv("FAIL_SEEN");
	if (n == at && seen != NULL)
		close(open(seen, O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t number, size_t size)
{
	return fails() ? NULL : __libc_calloc(number, size);
}

void *
realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
