/* SPDX-License-Identifier: ISC */
/*
 * answer - the record that is made of what comes of a request, in the form that
 * was asked for: a page record or JSON, with the body in it or in a file.
 */
#ifndef PAR_FETCH_ANSWER_H
#define PAR_FETCH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "bodies.h"
#include "bytes.h"
#include "page_record.h"
#include "request.h"

struct warc;

/* What records are to be like. */
struct form {
	bool json;
	struct bodies *bodies; /* bodies go to files; or NULL */
	bool keep; /* those that are not whole, too, with other names */
	struct warc *warc; /* exchanges are archived; or NULL */
};

/* All zero, but for file.fd of -1, is an empty one. */
struct answer {
	struct bytes out; /* the record, as far as it is made */
	size_t head; /* length of what it has before the body; 0: not begun */
	struct bytes raw; /* the body, where out cannot have it before the end */
	struct body_file file; /* or there */
};

/*
 * More of the body has come, after a head that will not change unless something
 * goes wrong.  0, or -1 with errno: it could not be written to its file.
 */
int
answer_body(struct answer *answer, const struct form *form, const struct request *request,
    const struct page_record_head *head, const char *data, size_t len);

enum answer_body {
	ANSWER_NONE, /* nothing of it is in the record */
	ANSWER_PART, /* what came is; as a file only if form says so */
	ANSWER_WHOLE
};

/*
 * Make the record complete, with so much of the body that came.
 * modified: of a file, -1 if that is not known.  0, or -1 with errno: the file could
 * not be made; call it again, with an error in the head and no body.
 */
int answer_finish(struct answer *answer, const struct form *form,
    const struct request *request, const struct page_record_head *head,
    enum answer_body body, time_t modified);

/* Forget all of it; memory beyond a limit is given back. */
void answer_clear(struct answer *answer, const struct form *form);

void answer_free(struct answer *answer);

#endif
