/* SPDX-License-Identifier: ISC */
/*
 * request - one record of the input on its way to its one record of output:
 * the URL to ask for next, how often that was tried, how far it was redirected.
 */
#ifndef PAR_FETCH_REQUEST_H
#define PAR_FETCH_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "record.h"
#include "target.h"

struct host_queue;
struct rest;
struct robots_entry;
struct bodies;

struct request {
	struct request *next; /* in whichever queue it is */
	struct bytes input; /* the record */
	size_t field; /* length of its first field */
	uint64_t number; /* of the record */
	struct target target; /* what to ask for; empty if the record holds no URL */
	char *file; /* name for its body, or NULL */
	char *origin; /* the first target, if others may have that name; or NULL */
	char *had; /* --if-modified: name of the file that is there; or NULL */
	const char *refusal; /* why it is not asked for, or NULL */
	struct host_queue *host; /* while it is asked for, or waits to be */
	struct robots_entry *robots; /* it is for a robots.txt, and makes no record */
	uint64_t delay; /* that the robots.txt wants between requests, ms */
	struct rest *rest; /* what came of its body, to go on with; NULL */
	size_t kept; /* bytes of memory that has */
	unsigned attempts; /* that were made of this target */
	unsigned redirects;
	bool foreign; /* redirected to another server: it gets no secrets of ours */
	bool as_get; /* redirected so that it is a GET from now on */
	unsigned crowded; /* times that its connection was another's */
	bool anew; /* it failed on a connection that others may share: not there again */
	bool alone; /* it has a connection of its own, by HTTP/1.1 */
};

/* A request for rec, whose URL may lack a scheme if it is to be guessed; its refusal is
 * set if that is no URL that may be asked for. */
struct request *request_new(const struct record *rec, const char *protocols, bool guess);

/*
 * Ask for url instead, perhaps relative, to which the target redirects.  Only http and
 * https will do.  Credentials in the URL that it had are kept only for the same origin.
 * NULL, or why it cannot be asked for; the target is then as it was.
 */
const char *
request_redirect(struct request *request, const char *url, const char *protocols);

/* It was asked for by https, not by http, as its host wants it: so is its target. */
void request_upgrade(struct request *request, const char *protocols);

/* How to name it in a diagnostic: its URL, without password, as a record. */
struct record request_name(const struct request *request);

/*
 * Give it a name for a file of bodies, by template, see naming.h, or NULL; if_modified:
 * find the one that is there.
 */
void request_name_file(struct request *request, const struct bodies *bodies,
    const char *template, bool if_modified);

void request_free(struct request *request);

#endif
