/* SPDX-License-Identifier: ISC */
/*
 * report_page - the report as one file of HTML that refers to nothing outside of it.
 */
#ifndef PAR_REPORT_REPORT_PAGE_H
#define PAR_REPORT_REPORT_PAGE_H

#include "bytes.h"
#include "layout.h"
#include "series.h"

void report_page_put(struct bytes *to, const struct layout *layout,
    const struct series *series, const char *title);

#endif
