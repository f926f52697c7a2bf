/* SPDX-License-Identifier: ISC */
/*
 * quotas - how many pages of a host, and of those whose URLs are alike, a crawl takes: a
 * site may have pages without end.
 */
#ifndef PAR_FRONTIER_QUOTAS_H
#define PAR_FRONTIER_QUOTAS_H

#include <stdint.h>

#include "bytes.h"
#include "frontier.h"

enum quota { QUOTA_HOST, QUOTA_ALIKE, QUOTAS };

struct quotas {
	uint64_t most[QUOTAS]; /* pages; 0: all */
	uint64_t
	    over[QUOTAS]; /* links that were left out, one page as often as it was met */
	struct bytes text; /* at work on */
};

/* May a URL that is not known be added?  It is counted then. */
bool quotas_admit(
    struct quotas *quotas, struct frontier *frontier, const struct spelling *url);

/* Count one that is added whatever the quotas are. */
void quotas_count(
    struct quotas *quotas, struct frontier *frontier, const struct spelling *url);

#endif
