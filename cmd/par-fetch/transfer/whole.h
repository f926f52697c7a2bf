/* SPDX-License-Identifier: ISC */
/*
 * whole - is an answer whole?  What its header says of itself, read beside libcurl,
 * which does not tell where a header ended, and believes the last of two lengths.
 */
#ifndef PAR_FETCH_WHOLE_H
#define PAR_FETCH_WHOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"

struct whole {
	unsigned status; /* of the header that is coming, or has come */
	bool header; /* it has come, to its end, and is not one of those before it */
	bool coded; /* its body is to be decoded */
	bool chunked, counted; /* how the end of the body is told, if it is */
	uint64_t length; /* if counted */
	const char *doubt; /* why length cannot be believed, or NULL */
	struct decode decode;
};

/* Another answer begins.  decodes: its body is to be decoded. */
void whole_begin(struct whole *whole, bool decodes);

/* One line of header; NULL, or why the answer cannot be taken. */
const char *whole_header(struct whole *whole, const char *line, size_t len);

/* The stream of HTTP/2 that it was, if it was one. */
enum whole_stream {
	STREAM_NONE,
	STREAM_ENDED,
	STREAM_CUT /* it ended, and not by its end */
};

/* The answer has ended; NULL, or what is missing. */
const char *whole_end(struct whole *whole, enum whole_stream stream);

#endif
