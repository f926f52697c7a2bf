/* SPDX-License-Identifier: ISC */
/*
 * sections - the parts of the page, each from what the summary has.
 */
#ifndef PAR_REPORT_SECTIONS_H
#define PAR_REPORT_SECTIONS_H

#include "bytes.h"
#include "layout.h"

/* The figures at the top. */
void sections_keys(struct bytes *to, const struct summary *summary);

/* The bars of workers; and what the script knows of them, as JSON that has no text. */
void sections_gantt(struct bytes *to, const struct layout *layout);
void sections_data(struct bytes *to, const struct layout *layout);

/* Charts over the time: records that ended, and how much was at work. */
void sections_throughput(struct bytes *to, const struct summary *summary);

/* Seconds a record. */
void sections_times(struct bytes *to, const struct summary *summary);

/* What other numbers of workers would take. */
void sections_whatif(struct bytes *to, const struct summary *summary);

/* Workers and hosts, side by side. */
void sections_workers(struct bytes *to, const struct layout *layout);

/* Records that failed, those that took longest, and how often records were tried. */
void sections_failed(struct bytes *to, const struct summary *summary);
void sections_slowest(struct bytes *to, const struct summary *summary);
void sections_tries(struct bytes *to, const struct summary *summary);

#endif
