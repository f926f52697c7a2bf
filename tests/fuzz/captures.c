/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-fetch: files of --warc-seen.  One that is refused stays as it is; of another
 * nothing comes into an archive that breaks its lines, and what is noted in it is known
 * from then on.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "captures.h"
#include "diag.h"
#include "fuzz.h"

enum { FILE_MOST = 1 << 20 };

static struct captures captures;

static void
open_them(void *arg)
{
	captures_open(&captures, arg);
}

static void
put_file(const char *name, const char *begin, const void *data, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, begin, strlen(begin)) == (ssize_t)strlen(begin));
	must(write(fd, data, len) == (ssize_t)len);
	close(fd);
}

/* Is it begin and then that, and no more? */
static bool
file_is(const char *name, const char *begin, const void *data, size_t len)
{
	static char has[FILE_MOST];
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, has, sizeof(has));

	close(fd);
	return n == (ssize_t)(strlen(begin) + len) &&
	    memcmp(has, begin, strlen(begin)) == 0 &&
	    memcmp(has + strlen(begin), data, len) == 0;
}

static void
check_line(const char *text)
{
	must(*text != '\0');
	for (; *text != '\0'; text++)
		must(*text > ' ' && *text <= '~');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char notes[] = "notes";
	static const char digest[] =
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7";
	struct capture capture = { .date = "2026-11-30T12:00:00Z",
		.id = "urn:uuid:00000000-0000-4000-8000-000000000000",
		.url = "http://h/" };
	struct pieces in = pieces_of(data, size);
	const char *begin = pieces_byte(&in) & 1 ? "par-fetch captures 1\n" : "";
	const struct capture *found;
	int status;

	if (size > FILE_MOST / 2)
		return 0;
	own_folder();
	put_file("notes", begin, in.at, in.left);
	status = status_of(open_them, notes);
	if (status >= 0) {
		must(status == STATUS_BROKEN);
		must(file_is("notes", begin, in.at, in.left));
		captures_close(&captures);
		return 0;
	}
	found = captures_find(&captures, digest, &capture);
	if (found != NULL) {
		check_line(found->date);
		check_line(found->id);
		check_line(found->url);
	}
	captures_archived(&captures);
	captures_close(&captures);
	must(status_of(open_them, notes) < 0);
	must(captures_find(&captures, digest, &capture) != NULL);
	captures_close(&captures);
	return 0;
}
