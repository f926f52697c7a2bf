/* SPDX-License-Identifier: ISC */
/*
 * transfer - one attempt at a request, by a libcurl handle that is used again
 * for the next one, and the record that comes of it.
 */
#ifndef PAR_FETCH_TRANSFER_H
#define PAR_FETCH_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <curl/curl.h>

#include "answer.h"
#include "bytes.h"
#include "client.h"
#include "connection.h"
#include "odd_lines.h"
#include "request.h"
#include "rest.h"
#include "settings.h"
#include "warc.h"
#include "whole.h"

enum { TRANSFER_WHY = CURL_ERROR_SIZE + 64 };

struct transfer {
	struct transfer *next; /* in whichever queue it is */
	const struct settings *set;
	CURL *easy;
	struct connections
	    *connections; /* all connections; NULL if none is ever shared */
	struct connection_user connection; /* the one it is on */
	struct odd_lines lines; /* the header that comes there */
	struct request *request; /* the one it is at */
	const struct form *form;
	struct whole whole; /* is the answer? */
	struct answer answer; /* its record, as far as it is made */
	size_t sent; /* bytes of that record that were written */
	bool moved; /* the answer leads elsewhere, and its body is nobody's */
	bool enough; /* of a robots.txt, and the rest does not matter */
	bool asked; /* the request was sent, */
	uint64_t asked_at; /* when so many bytes of header had come */
	bool crowded; /* it was not sent: its connection is another's, */
	bool mixed; /* that speaks HTTP/1.x, or says that it is what it is not */
	bool broken; /* the answer is not there, or not whole, */
	bool cut_short; /* but could be another time */
	bool dropped; /* its body is nobody's: it is too long, or a redirect's */
	bool stream_ended; /* that of HTTP/2, by its end */
	struct curl_slist *conditional; /* header lines of this request alone, or NULL */
	uint64_t from; /* where the rest of a body that was asked for begins, or 0; */
	char *validator; /* with this If-Range; */
	bool settled, went_on; /* the answer has come, and it is that rest */
	struct bytes header_lines; /* for -I and --headers only */
	struct page_record_way way; /* for --headers only */
	struct warc_exchange exchange; /* for --warc only, */
	time_t begun_at; /* as this */
	uint64_t body, header; /* bytes of the answer, decoded */
	CURLcode code; /* how it ended */
	char why[TRANSFER_WHY]; /* what is wrong, if something is: the record has an error
				 */
	char curl_why[CURL_ERROR_SIZE];
};

/* What is to become of the request after an attempt. */
enum attempt_verdict {
	ATTEMPT_ANSWER, /* it has its answer */
	ATTEMPT_FAIL, /* it has none, or not a whole one: see why */
	ATTEMPT_RETRY, /* another attempt may do better */
	ATTEMPT_CROWDED, /* its connection was not its own: this was no attempt */
	ATTEMPT_MOVED /* the answer lies elsewhere, see transfer_location() */
};

/* NULL without memory.  connections are for all that share connections, or NULL. */
struct transfer *transfer_new(const struct client *client, const struct form *form,
    struct connections *connections);
void transfer_free(struct transfer *transfer);

/* Take request over and make easy ready for it; last: its connection is for no other. */
void transfer_begin(struct transfer *transfer, struct request *request, bool last);

/* The stream of HTTP/2 of a transfer's handle has come to its end. */
void transfer_stream_ended(CURL *easy);

/* The attempt has ended, with code. */
enum attempt_verdict transfer_judge(struct transfer *transfer, CURLcode code);

/* Where the answer sends us, as it says it, until the next attempt; NULL if nowhere. */
const char *transfer_location(struct transfer *transfer);

/* How long the server wants us to wait, milliseconds; 0 if it does not say. */
uint64_t transfer_retry_after(struct transfer *transfer);

/* The HTTP status, 0 if there was no answer. */
long transfer_status(struct transfer *transfer);

/* Put the exchange into the archive, if there is one and there was an answer. */
void transfer_archive(struct transfer *transfer);

/* Finish the record: that of a failure if why has a reason. */
void transfer_finish(struct transfer *transfer);

/* Make the record of a request that is not to be asked for at all, and why not. */
void transfer_refuse(struct transfer *transfer, struct request *request);

/*
 * Another attempt follows: keep what came of the body with the request, if the rest of it
 * can be asked for.  Does it?
 */
bool transfer_keep(struct transfer *transfer);

/* Give the request back to its owner, and be free for the next. */
struct request *transfer_release(struct transfer *transfer);

#endif
