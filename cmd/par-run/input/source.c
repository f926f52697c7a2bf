/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "diag.h"
#include "fdio.h"
#include "separator.h"
#include "source.h"
#include "spool.h"

enum {
	PIECE = 64 << 10, /* of lists, bytes */
	LEAST_NAMED = 1 << 10 /* the line before records is no longer, bytes */
};

void
source_lists(struct lists *lists, const struct run_options *o, bool stage)
{
	const char *name;

	if (stage && o->header != 0)
		die(STATUS_MISUSE, 0,
		    "--header: not as a stage of another par-run, which has the header; "
		    "--fields names fields");
	if (stage && !o->framed && o->separator.on)
		die(STATUS_MISUSE, 0,
		    "%s: not as a stage of another par-run, which has the records",
		    edges_on(&o->separator.edges) ? "--recstart and --recend"
						  : "-0 and -d");
	if (o->list == NULL)
		return;
	if (stage)
		die(STATUS_MISUSE, 0, "%s: not as a stage of another par-run", o->list);
	if (lists_read(lists, o->list, o->list_words,
		o->separator.on ? o->separator.byte : '\n', &name) < 0)
		die(STATUS_BROKEN, errno, "%s", name == NULL ? "cannot begin" : name);
}

/* Standard input is a file of them, so that reading may go on anywhere in it. */
static void
spool_lists(struct lists *lists, const char *name)
{
	char *piece = malloc(PIECE);
	int fd = piece == NULL ? -1 : spool_file();
	long n = fd < 0 ? -1 : 1;

	while (n > 0) {
		n = lists_next(lists, piece, PIECE);
		if (n > 0 && fdio_write(fd, piece, (size_t)n) < 0)
			n = -1;
	}
	if (n < 0 || lseek(fd, 0, SEEK_SET) < 0 || dup2(fd, STDIN_FILENO) < 0)
		die(STATUS_BROKEN, errno, "%s", name);
	close(fd);
	free(piece);
}

void
source_open(struct intake *intake, struct lists *lists, const struct run_options *o,
    const char *name)
{
	static const struct separator newline = { 0 };

	if (o->list != NULL && o->checkpoint != NULL)
		spool_lists(lists, o->list);
	if (intake_open(intake, STDIN_FILENO, name, (size_t)o->max_record) < 0 ||
	    intake_separate(
		intake, o->list == NULL && !o->framed ? &o->separator : &newline) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	if (o->list != NULL && o->checkpoint == NULL)
		intake_lists(intake, lists);
}

void
source_names(struct intake *intake, const struct run_options *o, int fd)
{
	bool plain = o->input == NULL && !o->separator.on;

	intake->named = fd > 0 && plain && o->block_records == 1 &&
	    o->block_bytes == SIZE_MAX && o->max_record >= LEAST_NAMED;
	if (intake->named)
		intake->fd = fd;
}
