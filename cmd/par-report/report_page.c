/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <time.h>

#include "amount.h"
#include "markup.h"
#include "micro.h"
#include "need.h"
#include "page_script.h"
#include "page_style.h"
#include "report_page.h"
#include "sections.h"
#include "series_page.h"
#include "untimed.h"

/* What may run is our script, and nothing may be loaded, whatever a record holds. */
static void
put_head(struct bytes *to, const char *title)
{
	need_print(to,
	    "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	    "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
	    "style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; "
	    "form-action 'none'\">\n"
	    "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
	    "<meta name=generator content=\"par-report %s\">\n<title>",
	    page_script_hash, PAR_VERSION);
	markup_text(to, title);
	need_print(to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>",
	    page_style);
	markup_text(to, title);
	need_print(to, "</h1>\n");
}

static void
put_moment(struct bytes *to, uint64_t micros, bool day)
{
	time_t seconds = (time_t)(micros / MICRO_SECOND);
	struct tm parts;
	char text[64];
	size_t len = 0;

	if (gmtime_r(&seconds, &parts) != NULL)
		len = day ? strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts)
			  : strftime(text, sizeof(text), "%H:%M:%S", &parts);
	need_put(to, text, len);
}

/* From when to when. */
static void
put_when(struct bytes *to, const struct summary *summary)
{
	bool same_day = summary->begun / MICRO_SECOND / 86400 ==
	    summary->ended / MICRO_SECOND / 86400;

	need_print(to, "<p>From ");
	put_moment(to, summary->begun, true);
	need_print(to, " to ");
	put_moment(to, summary->ended, !same_day);
	need_print(to, " UTC</p>\n");
}

/* How the numbers were made. */
static void
put_notes(struct bytes *to, const struct summary *summary)
{
	need_print(to, "<footer>\n<p>");
	if (summary->together > 0) {
		amount_count(to, summary->together);
		need_print(to,
		    " records are of workers that told of several together: these are "
		    "one "
		    "stretch of work, and each of its records has the seconds of all. ");
	}
	if (summary->timed < summary->records) {
		amount_count(to, summary->records - summary->timed);
		need_print(to, " records do not say when they were worked on. ");
	}
	if (summary->nobody > 0) {
		amount_count(to, summary->nobody);
		need_print(to, " records were given to no worker. ");
	}
	if (summary->timed > 0) {
		need_print(
		    to, "Neighbours in the picture that together are shorter than ");
		amount_time(to, summary->gantt.width);
		need_print(to, " are one bar. ");
	}
	need_print(to,
	    "Quantiles are exact up to 32 s, and to 0.003 %% beyond; those of single "
	    "workers to 0.8 %%. All other numbers are those of the input.</p>\n");
	if (summary->timed > 0)
		need_print(to,
		    "<p>Zoom with the buttons, a double click, or the wheel and Shift; "
		    "drag to move; keys: + - 0 and arrows.</p>\n");
	need_print(to, "<p>Made by par-report %s.</p>\n</footer>\n", PAR_VERSION);
}

void
report_page_put(struct bytes *to, const struct layout *layout,
    const struct series *series, const char *title)
{
	const struct summary *summary = layout->summary;

	put_head(to, title);
	series_page_put(to, series);
	if (summary->records == 0) {
		need_print(to, "%s</main>\n</body>\n</html>\n",
		    series->count > 0 ? "" : "<p>There are no records in it.</p>\n");
		return;
	}
	if (summary->timed > 0)
		put_when(to, summary);
	sections_keys(to, summary);
	if (layout->rows_count > 0) {
		sections_gantt(to, layout);
		sections_throughput(to, summary);
	}
	if (summary->times.count > 0)
		sections_times(to, summary);
	untimed_statuses(to, summary);
	if (summary->timed > 0) {
		sections_whatif(to, summary);
		sections_workers(to, layout);
	} else {
		untimed_hosts(to, layout);
	}
	sections_tries(to, summary);
	sections_slowest(to, summary);
	sections_failed(to, summary);
	put_notes(to, summary);
	need_print(to, "</main>\n<div id=tip></div>\n");
	if (layout->rows_count > 0) {
		sections_data(to, layout);
		need_print(to, "<script>%s</script>\n", page_script);
	}
	need_print(to, "</body>\n</html>\n");
}
