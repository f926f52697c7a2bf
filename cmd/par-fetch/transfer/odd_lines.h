/* SPDX-License-Identifier: ISC */
/*
 * odd_lines - header lines that libcurl does not take, made such that it takes them.  The
 * seam to libcurl, which fails a whole page for a line without a colon, with a NUL byte,
 * or longer than 100 KiB, and has no option for it.  Browsers leave out the line.
 *
 * Where programs and libraries share names (ELF), libcurl reads by ours, and we see what
 * came first.  Bytes are changed where they are, never added or taken away: a line
 * without a colon gets one in place of its last byte, its CR; a long one is made several.
 */
#ifndef PAR_FETCH_ODD_LINES_H
#define PAR_FETCH_ODD_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "connection.h"

/* The header of an answer by HTTP/1.x, as far as it has come.  All zero is none. */
struct odd_lines {
	struct connection_user place;
	size_t line; /* bytes of the line at work */
	bool first; /* it is the status line */
	bool interim; /* another header follows this one */
	bool colon; /* it needs none, or has one */
	char last; /* byte of it */
};

/*
 * What comes next is a header: on the connection tls, or, where that is NULL, on the
 * socket by which something is sent next, which libcurl does at once.
 */
void odd_lines_expect(struct odd_lines *lines, const void *tls);

/* Nothing more is expected. */
void odd_lines_leave(struct odd_lines *lines);

/* More of it has come, as libcurl is to have it; false: it has ended, or is none. */
bool odd_lines_mend(struct odd_lines *lines, char *data, size_t len);

#endif
