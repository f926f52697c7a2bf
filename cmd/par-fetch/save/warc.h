/* SPDX-License-Identifier: ISC */
/*
 * warc - an archive of what was asked and answered, WARC 1.1 (ISO 28500).
 *
 * Each record is compressed by itself, and several processes may share a file: see
 * members.h.
 */
#ifndef PAR_FETCH_WARC_H
#define PAR_FETCH_WARC_H

#include <stdbool.h>
#include <time.h>

#include <zlib.h>

#include "bytes.h"
#include "captures.h"
#include "members.h"

struct warc {
	struct members file;
	z_stream stream;
	struct bytes record, packed; /* at work on */
	const char *agent;
	bool revisits; /* what was seen before is told, and not kept again, */
	struct captures seen; /* by the hashes of payloads */
};

/* One exchange, as it went over the wire but for chunks, which are put together. */
struct warc_exchange {
	struct bytes request; /* its header lines */
	struct bytes sent; /* and body */
	struct bytes header; /* of the answer, its empty line included */
	struct bytes body;
};

/*
 * Open the file to append to, and say who we are; ends the program if it cannot.  most:
 * bytes of a file, see members.h; 0: any.
 */
void warc_open(struct warc *warc, const char *path, const char *agent, uint64_t most);

/*
 * From now on only the header of an answer is archived, whose payload is one that this
 * process has archived, or is noted in the file notes; NULL: there is none.
 */
void warc_refer(struct warc *warc, const char *notes);
void warc_close(struct warc *warc);

struct warc_about {
	const char *url;
	const char *address; /* of the server; or NULL */
	const char *truncated; /* why, by ISO 28500; NULL: the body is whole */
	time_t when; /* it was asked for */
	bool chunked; /* the answer says that it is in chunks */
};

/* Append a record of the request and one of the answer; ends the program if it cannot. */
void warc_write(struct warc *warc, const struct warc_about *about,
    const struct warc_exchange *exchange);

/* Forget the exchange. */
void warc_exchange_clear(struct warc_exchange *exchange);
void warc_exchange_free(struct warc_exchange *exchange);

#endif
