/* SPDX-License-Identifier: ISC */
/*
 * page_record - the page record: URL, status, content type, effective URL, error, body,
 * and then the fields that followed the URL in the input.
 *
 * It is made piece by piece as the answer comes, so that a body is escaped
 * while it is still in the processor's cache, and copied no more.
 */
#ifndef PAR_FETCH_PAGE_RECORD_H
#define PAR_FETCH_PAGE_RECORD_H

#include <stddef.h>

#include "bytes.h"
#include "request.h"

struct page_record_head {
	long status; /* 0: no answer */
	const char *type; /* of content, or NULL */
	const char *error; /* or NULL */
	size_t body; /* bytes of it to make room for, at a guess */
};

/* All before the body. */
void page_record_begin(struct bytes *out, const struct request *request,
    const struct page_record_head *head);

/* More of the body. */
void page_record_body(struct bytes *out, const char *data, size_t len);

/* All after the body, newline included. */
void page_record_end(struct bytes *out, const struct request *request);

#endif
