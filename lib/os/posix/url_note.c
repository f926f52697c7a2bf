/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "url_note.h"

int
url_note_set(int fd, const char *url)
{
	(void)fd;
	(void)url;
	errno = ENOTSUP;
	return -1;
}

int
url_note_get(int fd, char *url, size_t size)
{
	(void)fd;
	(void)url;
	(void)size;
	errno = ENOTSUP;
	return -1;
}
