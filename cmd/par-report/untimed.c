/* SPDX-License-Identifier: ISC */
#include <inttypes.h>

#include "amount.h"
#include "markup.h"
#include "need.h"
#include "untimed.h"

enum { HOSTS = 200 /* that have a row */ };

const char *
untimed_status_text(unsigned status)
{
	static const char *const texts[] = { "no answer", "on the way", "well",
		"elsewhere, or as it was", "the request is at fault",
		"the server is at fault" };

	return status / 100 < sizeof(texts) / sizeof(texts[0]) ? texts[status / 100] : "";
}

static void
put_count(struct bytes *to, const char *class, uint64_t count)
{
	need_print(to, "<td><data class=%s value=%" PRIu64 ">", class, count);
	amount_count(to, count);
	need_print(to, "</data>");
}

void
untimed_statuses(struct bytes *to, const struct summary *summary)
{
	if (summary->pages == 0)
		return;
	need_print(to,
	    "<h2>Statuses</h2>\n<div class=wide><table class=statuses><thead><tr>"
	    "<th>status<th>pages<th>share<th class=t></thead><tbody>\n");
	for (unsigned i = 0; i < SUMMARY_STATUSES; i++) {
		if (summary->statuses[i] == 0)
			continue;
		need_print(
		    to, "<tr><td%s>%03u", i < 100 || i >= 400 ? " class=bad" : "", i);
		put_count(to, "count", summary->statuses[i]);
		need_print(to, "<td>");
		amount_share(to, (double)summary->statuses[i], (double)summary->pages);
		need_print(to, "<td class=t>%s\n", untimed_status_text(i));
	}
	need_print(to, "</tbody></table></div>\n");
}

static void
put_host(struct bytes *to, const struct of_worker *host)
{
	const struct quantiles *times = &host->times;

	need_print(to, "<tr><td class=\"l n\">");
	markup_text(to, host->name == NULL ? "others" : host->name);
	put_count(to, "records", host->records);
	put_count(to, "failed", host->failed);
	put_count(to, "bytes", host->out);
	need_print(to, "<td>");
	amount_bytes(to, host->out);
	if (times->count == 0) {
		need_print(to, "<td><td><td>\n");
		return;
	}
	need_print(to, "<td>");
	amount_time(to, quantiles_at(times, 500000));
	need_print(to, "<td>");
	amount_time(to, quantiles_at(times, 950000));
	need_print(to, "<td>");
	amount_time(to, times->most);
	need_print(to, "\n");
}

void
untimed_hosts(struct bytes *to, const struct layout *layout)
{
	const struct summary *summary = layout->summary;
	bool pages = summary->pages == summary->records;

	if (summary->workers_count == 0)
		return;
	need_print(to,
	    "<h2>%s side by side</h2>\n<div class=wide><table class=hosts><thead><tr>"
	    "<th class=l><th>%s<th>failed<th>bytes<th><th>median<th>95 %%<th>most"
	    "</thead><tbody>\n",
	    pages ? "Hosts" : "Workers and hosts", pages ? "pages" : "records");
	for (size_t i = 0; i < layout->workers_count && i < HOSTS; i++)
		put_host(to, &summary->workers[layout->workers[i]]);
	if (layout->workers_count > HOSTS)
		need_print(to, "<tr><td class=l colspan=8>and %zu more\n",
		    layout->workers_count - HOSTS);
	need_print(to, "</tbody></table></div>\n");
}
