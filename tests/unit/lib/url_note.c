/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "url_note.h"

/* Not every file system has it. */
static void
noted(void)
{
	char path[] = "/tmp/url_note.XXXXXX", url[8];
	int fd = mkstemp(path);

	check(fd >= 0);
	unlink(path);
	check(url_note_get(fd, url, sizeof(url)) < 0);
	if (url_note_set(fd, "http://") == 0) {
		check(url_note_get(fd, url, sizeof(url)) == 0);
		check_text(url, "http://");
		check(url_note_set(fd, "http://h") == 0);
		check(url_note_get(fd, url, sizeof(url)) < 0 && errno == ERANGE);
	} else {
		check(errno == ENOTSUP || errno == EOPNOTSUPP);
	}
	close(fd);
}

TESTS("url_note", { "noted, and found", noted })
