/* SPDX-License-Identifier: ISC */
/*
 * plain_text - the report for a terminal, as wide as it is.
 */
#ifndef PAR_REPORT_PLAIN_TEXT_H
#define PAR_REPORT_PLAIN_TEXT_H

#include "bytes.h"
#include "layout.h"
#include "series.h"
#include "summary.h"

void plain_text_put(struct bytes *to, const struct layout *layout,
    const struct series *series, const char *title, size_t columns, bool utf8);

#endif
