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

#include "header.h"
#include "job.h"
#include "options.h"
#include "words.h"

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
	uint64_t begun_at; /* clock_ms() when it was */
	uint64_t hello_by; /* clock_ms() by when the other end must have said hello */
	bool refused; /* what it said cannot be relied on */
};

/*
 * The host that an entry of len bytes names, NULL if it is not one: *why says why, that
 *is words_no_memory where there is none.
 *
 *	[USER@]HOST[:N]  [USER@][V6ADDRESS][:N]  ssh://[USER@]HOST[:PORT][/N]  :[N]
 */
struct host *host_new(const char *entry, size_t len, const char **why);

/* Make command and job, see job_write().  NULL, or why not. */
const char *host_prepare(struct host *host, const struct run_options *options,
    const struct header *header, const char *id, const struct job_takes *takes);

void host_free(struct host *host);

#endif
