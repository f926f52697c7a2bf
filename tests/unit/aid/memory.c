/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "memory.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t align, size_t size);
void __real_free(void *piece);
char *__real_realpath(const char *path, char *resolved);
ssize_t __real___getdelim(char **line, size_t *size, int end, FILE *in);
_Noreturn void __real_exit(int status);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);
char *__wrap_realpath(const char *path, char *resolved);
ssize_t __wrap_getline(char **line, size_t *size, FILE *in);
ssize_t __wrap___getdelim(char **line, size_t *size, int end, FILE *in);
void __wrap_free(void *piece);
_Noreturn void __wrap_exit(int status);

static struct {
	long live;
	unsigned long asked; /* for since the count began */
	unsigned long at; /* the one that fails; 0: none */
	bool on; /* and all after it */
	bool failed;
} memory;

/* Where exit(3) leads, if it is armed. */
static struct {
	jmp_buf back;
	bool armed;
	int status;
} ending;

long
memory_live(void)
{
	return memory.live;
}

bool
memory_failed(void)
{
	return memory.failed;
}

void
memory_back(void)
{
	memory.at = 0;
}

static bool
fails(void)
{
	memory.asked++;
	if (memory.at == 0 || memory.asked < memory.at ||
	    (memory.asked > memory.at && !memory.on))
		return false;
	memory.failed = true;
	errno = ENOMEM;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	void *piece = fails() ? NULL : __real_malloc(size);

	memory.live += piece != NULL;
	return piece;
}

void *
__wrap_calloc(size_t count, size_t size)
{
	void *piece = fails() ? NULL : __real_calloc(count, size);

	memory.live += piece != NULL;
	return piece;
}

void *
__wrap_realloc(void *old, size_t size)
{
	void *piece = fails() ? NULL : __real_realloc(old, size);

	memory.live += piece != NULL && old == NULL;
	return piece;
}

void *
__wrap_aligned_alloc(size_t align, size_t size)
{
	void *piece = fails() ? NULL : __real_aligned_alloc(align, size);

	memory.live += piece != NULL;
	return piece;
}

char *
__wrap_strndup(const char *text, size_t most)
{
	size_t len = strnlen(text, most);
	char *copy = __wrap_malloc(len + 1);

	if (copy == NULL)
		return NULL;
	copy[len] = '\0';
	return memcpy(copy, text, len);
}

char *
__wrap_strdup(const char *text)
{
	return __wrap_strndup(text, strlen(text));
}

char *
__wrap_realpath(const char *path, char *resolved)
{
	char *name = __real_realpath(path, resolved);

	memory.live += name != NULL && resolved == NULL;
	return name;
}

/* What glibc makes of getline(3). */
ssize_t
__wrap___getdelim(char **line, size_t *size, int end, FILE *in)
{
	bool there = *line != NULL;
	ssize_t len = __real___getdelim(line, size, end, in);

	memory.live += *line != NULL && !there;
	return len;
}

ssize_t
__wrap_getline(char **line, size_t *size, FILE *in)
{
	return __wrap___getdelim(line, size, '\n', in);
}

void
__wrap_free(void *piece)
{
	memory.live -= piece != NULL;
	__real_free(piece);
}

static void
torment(void (*run)(void), bool on)
{
	unsigned long at = 1;

	do {
		long live = memory.live;

		check_at(at);
		memory.asked = 0;
		memory.failed = false;
		memory.on = on;
		memory.at = at;
		run();
		memory.at = 0;
		check_is(memory.live, live);
		at++;
	} while (memory.failed);
	check(at > 2);
}

void
memory_torment(void (*run)(void))
{
	torment(run, false);
	torment(run, true);
}

_Noreturn void
__wrap_exit(int status)
{
	if (!ending.armed)
		__real_exit(status);
	ending.status = status;
	longjmp(ending.back, 1);
}

int
memory_status_of(void (*call)(void *arg), void *arg)
{
	long live = memory.live;

	ending.armed = true;
	ending.status = -1;
	if (setjmp(ending.back) == 0)
		call(arg);
	else
		memory.live = live;
	ending.armed = false;
	return ending.status;
}
