/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anew.h"
#include "diag.h"
#include "fdio.h"
#include "formats.h"
#include "num.h"
#include "reached.h"

/* Version 1 has one line, "ID LENGTH"; later ones begin with this, and their number. */
static const char format_name[] = "par-queue state";

enum { LINE_SIZE = ENGINE_ID_SIZE + 32 };

/* The line of the file, "ID LENGTH"; false if there is no such file. */
static bool
read_line(const char *path, char line[static LINE_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	len = fdio_read(fd, line, LINE_SIZE - 1);
	if (len < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	line[len] = '\0';
	close(fd);
	return true;
}

void
reached_open(struct reached *reached, const char *path, const char *start)
{
	char line[LINE_SIZE], newer[FORMAT_TEXT], *space, *newline;
	struct stat out;
	uint64_t length;

	*reached = (struct reached){ .path = path };
	anew_sweep(path);
	anew_sync_name("/dev/stdout");
	if (fstat(STDOUT_FILENO, &out) < 0 || !S_ISREG(out.st_mode))
		die_misuse(
		    "--state: standard output is not a file; append to one with >>");
	if (!read_line(path, line)) {
		if (lseek(STDOUT_FILENO, 0, SEEK_END) < 0)
			die(STATUS_BROKEN, errno, "standard output");
		reached_save(reached, start);
		return;
	}
	if (formats_newer(newer, format_name, FORMAT_REACHED, line, strlen(line)) != NULL)
		die(STATUS_BROKEN, 0, "%s: %s", path, newer);
	space = strchr(line, ' ');
	newline = strchr(line, '\n');
	if (space == NULL || newline == NULL || newline < space || newline[1] != '\0' ||
	    space - line >= ENGINE_ID_SIZE ||
	    num_parse_bytes(
		space + 1, (size_t)(newline - space - 1), 0, INT64_MAX, &length) < 0)
		die(STATUS_BROKEN, 0,
		    "%s: not a file that --state has written; name another one", path);
	memcpy(reached->last, line, (size_t)(space - line));
	reached->last[space - line] = '\0';
	if ((uint64_t)out.st_size < length)
		die(STATUS_BROKEN, 0,
		    "standard output is shorter than %s says; append to it with >>",
		    path);
	if (ftruncate(STDOUT_FILENO, (off_t)length) < 0 ||
	    lseek(STDOUT_FILENO, 0, SEEK_END) < 0)
		die(STATUS_BROKEN, errno, "standard output");
}

void
reached_save(struct reached *reached, const char *last)
{
	char line[LINE_SIZE];
	struct anew anew;
	struct stat out;
	int n;

	snprintf(reached->last, sizeof(reached->last), "%s", last);
	if (fstat(STDOUT_FILENO, &out) < 0 || fdatasync(STDOUT_FILENO) < 0)
		die_output(errno, "standard output");
	n = snprintf(line, sizeof(line), "%s %lld\n", last, (long long)out.st_size);
	if (anew_begin(&anew, reached->path) < 0)
		die(STATUS_BROKEN, errno, "%s", reached->path);
	if (fdio_write(anew.fd, line, (size_t)n) < 0) {
		anew_drop(&anew);
		die(STATUS_BROKEN, errno, "%s", reached->path);
	}
	if (anew_commit(&anew, ANEW_SYNC) < 0)
		die(STATUS_BROKEN, errno, "%s", reached->path);
	close(anew.fd);
}
