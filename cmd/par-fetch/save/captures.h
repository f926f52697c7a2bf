/* SPDX-License-Identifier: ISC */
/*
 * captures - which bodies are in an archive, so that another answer with one of them can
 * refer to it; and a file of notes that later runs know them by.
 *
 * A note is a line: the digest of the body as the archive has it, and of its record the
 * date, the id, and the URL, with TABs between.  Several processes may append to it.
 */
#ifndef PAR_FETCH_CAPTURES_H
#define PAR_FETCH_CAPTURES_H

#include "bytes.h"
#include "table.h"

enum { CAPTURE_DIGEST = 52, CAPTURE_ID = 48, CAPTURE_DATE = 24 };

struct capture {
	char date[CAPTURE_DATE], id[CAPTURE_ID]; /* as they stand in the record */
	const char *url;
};

struct captures {
	const char *path; /* of the notes; NULL: there are none */
	int fd;
	struct table seen; /* by the digest */
	struct bytes note; /* to be written when the record is; first what is read */
};

/* Know what is noted at path, if that is not NULL; ends the program if it cannot. */
void captures_open(struct captures *captures, const char *path);

/*
 * What there is with that digest, CAPTURE_DIGEST bytes; NULL: nothing, and capture is
 * what there will be from now on, as far as there is memory for it.  Valid until the next
 * call.
 */
const struct capture *captures_find(
    struct captures *captures, const char *digest, const struct capture *capture);

/* What captures_find() took last is in the archive. */
void captures_archived(struct captures *captures);

void captures_close(struct captures *captures);

#endif
