/* SPDX-License-Identifier: ISC */
/*
 * series_page - the numbers of queues over time, on a page and as text.
 */
#ifndef PAR_REPORT_SERIES_PAGE_H
#define PAR_REPORT_SERIES_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"
#include "series.h"

/* Sections of a page: one for each queue. */
void series_page_put(struct bytes *to, const struct series *series);

/* The same for a terminal of so many columns. */
void series_page_text(
    struct bytes *to, const struct series *series, size_t columns, bool utf8);

#endif
