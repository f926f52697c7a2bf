/* SPDX-License-Identifier: ISC */
/*
 * page_record - the page record: URL, status, content type, effective URL, error, body,
 * with --headers how it came, and then the fields that followed the URL in the input.
 *
 * It is made piece by piece as the answer comes, so that a body is escaped
 * while it is still in the processor's cache, and copied no more.
 */
#ifndef PAR_FETCH_PAGE_RECORD_H
#define PAR_FETCH_PAGE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "request.h"

/* How an answer came, for --headers: after the body. */
struct page_record_way {
	const char *version; /* of HTTP, or NULL */
	const char *address; /* that was connected to, or NULL */
	uint64_t usec; /* that it took */
	const struct bytes *lines; /* its header */
};

struct page_record_head {
	long status; /* 0: no answer */
	const char *type; /* of content, or NULL */
	const char *error; /* or NULL */
	size_t body; /* bytes of it to make room for, at a guess */
	const struct page_record_way *way; /* NULL: it is not asked for */
};

/* All before the body. */
void page_record_begin(struct bytes *out, const struct request *request,
    const struct page_record_head *head);

/* More of the body. */
void page_record_body(struct bytes *out, const char *data, size_t len);

/* All after the body, newline included. */
void page_record_end(struct bytes *out, const struct request *request,
    const struct page_record_head *head);

#endif
