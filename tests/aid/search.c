/* SPDX-License-Identifier: ISC */
/*
 * Compare memchr and memrchr of the static programs, which are fast_ here, with those of
 * the library: each place and length between pages that nobody may read, and the byte at
 * each.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

void *fast_memchr(const void *bytes, int byte, size_t length);
void *fast_memrchr(const void *bytes, int byte, size_t length);

/* How many answers differ for one that begins here. */
static size_t
differ(const unsigned char *start, size_t length)
{
	return (size_t)(fast_memchr(start, 200 + 256, length) !=
		   memchr(start, 200, length)) +
	    (size_t)(fast_memrchr(start, 200 + 256, length) !=
		memrchr(start, 200, length));
}

enum { PAGE = 4096, NEAR = 100 };

/* All within the NEAR bytes from here. */
static size_t
compare(unsigned char *from)
{
	size_t wrong = 0;

	for (size_t at = 0; at <= NEAR; at++) {
		if (at < NEAR)
			from[at] = 200;
		for (size_t start = 0; start <= NEAR; start++)
			for (size_t length = 0; length <= NEAR - start; length++)
				wrong += differ(from + start, length);
		if (at < NEAR)
			from[at] = 0;
	}
	return wrong;
}

int
main(void)
{
	unsigned char *page =
	    mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t wrong;

	if (page == MAP_FAILED ||
	    mprotect(page + PAGE, PAGE, PROT_READ | PROT_WRITE) != 0)
		return 2;
	page += PAGE;
	wrong = compare(page) + compare(page + PAGE - NEAR);
	page[PAGE - 1] = 200;
	wrong += fast_memchr(page, 200, SIZE_MAX) != page + PAGE - 1;
	printf("%zu wrong\n", wrong);
	return wrong != 0;
}
