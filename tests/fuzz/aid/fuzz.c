/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sanitizer/lsan_interface.h>

#include "fuzz.h"

void
must(bool holds)
{
	if (!holds)
		abort();
}

struct pieces
pieces_of(const uint8_t *data, size_t size)
{
	return (struct pieces){ .at = (const char *)data, .left = size };
}

unsigned char
pieces_byte(struct pieces *pieces)
{
	if (pieces->left == 0)
		return 0;
	pieces->left--;
	return (unsigned char)*pieces->at++;
}

uint64_t
pieces_number(struct pieces *pieces)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < 64; i += 8)
		number |= (uint64_t)pieces_byte(pieces) << i;
	return number;
}

const char *
pieces_until(struct pieces *pieces, char c, size_t *len)
{
	const char *begin = pieces->at;

	*len = 0;
	while (*len < pieces->left && begin[*len] != c)
		++*len;
	pieces->at += *len;
	pieces->left -= *len;
	if (pieces->left > 0)
		pieces_byte(pieces);
	return begin;
}

char *
copy_of(const void *data, size_t len)
{
	char *copy = malloc(len);

	must(copy != NULL || len == 0);
	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

bool
same_bytes(const void *a, size_t a_len, const void *b, size_t b_len)
{
	return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

/* Where exit(3) leads, if it is armed. */
static struct {
	jmp_buf back;
	bool armed;
	int status;
} ending;

_Noreturn void __real_exit(int status);
_Noreturn void __wrap_exit(int status);

_Noreturn void
__wrap_exit(int status)
{
	if (!ending.armed)
		__real_exit(status);
	ending.status = status;
	longjmp(ending.back, 1);
}

int
status_of(void (*call)(void *arg), void *arg)
{
	ending.armed = true;
	ending.status = -1;
	__lsan_disable();
	if (setjmp(ending.back) == 0)
		call(arg);
	__lsan_enable();
	ending.armed = false;
	return ending.status;
}

int
pipe_of(const void *data, size_t *len)
{
	ssize_t n = 0;
	int ends[2];

	must(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	if (*len > 0)
		n = write(ends[1], data, *len);
	*len = n < 0 ? 0 : (size_t)n;
	close(ends[1]);
	return ends[0];
}

void
own_folder(void)
{
	static bool there;
	const char *folder = getenv("FOLDER");

	must(there || (folder != NULL && chdir(folder) == 0));
	there = true;
}
