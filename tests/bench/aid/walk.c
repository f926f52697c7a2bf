/* SPDX-License-Identifier: ISC */
/*
 * walk N AHEAD - the command of a crawl of N pages that fetches nothing: page i of one of
 * a thousand hosts links to page i + AHEAD, which is new, and to two that are not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOSTS = 1000, SECTIONS = 77, BLOCK = 1 << 16, MIX = 2654435761 % 1000003 };

static void
put_url(unsigned long page, char after)
{
	printf("http://host%lu.example/section/%lu/page-%lu.html%c", page % HOSTS,
	    page % SECTIONS, page, after);
}

static void
answer(const char *url, unsigned long count, unsigned long ahead)
{
	const char *number = strrchr(url, '-');
	unsigned long page = strtoul(number == NULL ? "" : number + 1, NULL, 10);
	unsigned long links[] = { page + ahead, page / 2, page * MIX % (page + 1) };

	for (int i = 0; i < 3; i++)
		if (links[i] < count) {
			put_url(page, '\t');
			put_url(links[i], '\n');
		}
	put_url(page, '\n');
}

int
main(int argc, char **argv)
{
	unsigned long count = strtoul(argv[argc - 2], NULL, 10);
	unsigned long ahead = strtoul(argv[argc - 1], NULL, 10);
	static char block[BLOCK + 1];
	size_t len = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, block + len, BLOCK - len)) > 0) {
		char *from = block, *newline;

		len += (size_t)got;
		for (;
		     (newline = memchr(from, '\n', len - (size_t)(from - block))) != NULL;
		     from = newline + 1) {
			*newline = '\0';
			answer(from, count, ahead);
		}
		len -= (size_t)(from - block);
		memmove(block, from, len);
		fflush(stdout); /* it may be all that it gets for now */
	}
	return 0;
}
