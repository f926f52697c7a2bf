/* SPDX-License-Identifier: ISC */
#include "quotas.h"

/* What the URLs share that count for a quota. */
static struct field
shared(struct quotas *quotas, enum quota quota, const struct spelling *url)
{
	if (quota == QUOTA_HOST)
		return (struct field){ url->data + url->host, url->host_len };
	return spelling_shape(url, &quotas->text);
}

bool
quotas_admit(struct quotas *quotas, struct frontier *frontier, const struct spelling *url)
{
	for (enum quota i = 0; i < QUOTAS; i++) {
		struct field of = shared(quotas, i, url);

		if (quotas->most[i] == 0 ||
		    frontier_count(frontier, of.data, of.len) < quotas->most[i])
			continue;
		quotas->over[i]++;
		return false;
	}
	quotas_count(quotas, frontier, url);
	return true;
}

void
quotas_count(struct quotas *quotas, struct frontier *frontier, const struct spelling *url)
{
	for (enum quota i = 0; i < QUOTAS; i++)
		if (quotas->most[i] > 0) {
			struct field of = shared(quotas, i, url);

			frontier_count_more(frontier, of.data, of.len);
		}
}
