/* SPDX-License-Identifier: ISC */
/*
 * show-words - one line with what it was started with: PAR_RECORD, PAR_RECORDS, and its
 * words in hexadecimal, an empty one as "-".
 */
#include <stdio.h>
#include <stdlib.h>

static void
show(const char *word)
{
	putchar(' ');
	if (*word == '\0')
		putchar('-');
	for (; *word != '\0'; word++)
		printf("%02x", (unsigned char)*word);
}

int
main(int argc, char **argv)
{
	const char *record = getenv("PAR_RECORD"), *records = getenv("PAR_RECORDS");

	printf("%s %s", record == NULL ? "-" : record, records == NULL ? "-" : records);
	for (int i = 1; i < argc; i++)
		show(argv[i]);
	putchar('\n');
	return fflush(stdout) == 0 ? 0 : 3;
}
