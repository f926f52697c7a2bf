/* SPDX-License-Identifier: ISC */
/*
 * crawl - the loop: URLs handed out to the command, links taken from what comes back,
 * until nothing is left and nothing in flight.
 */
#ifndef PAR_FRONTIER_CRAWL_H
#define PAR_FRONTIER_CRAWL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "budget.h"
#include "diag.h"
#include "exchange.h"

struct crawl_plan {
	char *const *command;
	uint64_t in_flight, per_host; /* most URLs */
	uint64_t depth; /* steps from a start; UINT64_MAX: any number */
	bool same_host;
	const char **within; /* prefixes, as spelling_read() writes them */
	size_t within_count, within_room;
	uint64_t host_pages, alike_pages; /* see quotas.h */
	struct budget budget;
	const char *state; /* folder, or NULL */
	struct exchange_share share; /* with a state alone */
	const char *exchange; /* folder of those that share */
	const char *output; /* file, or NULL */
	uint64_t patience; /* milliseconds */
	uint64_t max_record; /* bytes */
	bool progress;
};

enum status crawl_run(const struct crawl_plan *plan);

#endif
