/* SPDX-License-Identifier: ISC */
/*
 * host - one machine of --host: what its entry says, and the command that makes
 * the link to the par-run there.
 */
#ifndef PAR_RUN_HOST_H
#define PAR_RUN_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "words.h"

enum { HOST_NAME_MOST = 255 }; /* bytes of a name, user and port with it */

struct host {
	char *name; /* its entry, without the number of workers */
	char *user, *address, *port; /* "" where the entry does not say */
	bool here; /* this machine: no transport */
	uint64_t workers; /* 0: it is to decide */
	struct words command; /* the link */
	char *job; /* what the par-run at the other end is told first */
	size_t job_len;
	unsigned losses; /* of links in a row, with nothing finished */
	uint64_t finished; /* records, when the link was made */
	uint64_t hello_by; /* clock_ms() by when the other end must have said hello */
	bool refused; /* what it said cannot be relied on */
};

/* What is known of all links together. */
struct links {
	uint64_t good_at; /* clock_ms() when a host was last up, or none was needed */
	unsigned fruitless; /* links in a row that broke with nothing finished anywhere */
	uint64_t finished; /* records, when the last of them broke */
	char why[400]; /* it broke */
	const char *over; /* why the run cannot go on, see hosts_end(); or NULL */
};

/* What is wrong where there is no memory. */
extern const char host_no_memory[];

/*
 * The host that an entry of len bytes names, NULL if it is not one: *why says why.
 *
 *	[USER@]HOST[:N]  [USER@][V6ADDRESS][:N]  ssh://[USER@]HOST[:PORT][/N]  :[N]
 */
struct host *host_new(const char *entry, size_t len, const char **why);

/* Make command and job, as the options have it.  NULL, or why not. */
const char *host_prepare(struct host *host, const struct run_options *options);

void host_free(struct host *host);

#endif
