/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include "url_note.h"

static const char attribute[] = "user.xdg.origin.url";

int
url_note_set(int fd, const char *url)
{
	return fsetxattr(fd, attribute, url, strlen(url), 0);
}

int
url_note_get(int fd, char *url, size_t size)
{
	ssize_t len = fgetxattr(fd, attribute, url, size);

	if (len < 0)
		return -1;
	if ((size_t)len >= size) {
		errno = ERANGE;
		return -1;
	}
	url[len] = '\0';
	return 0;
}
