/* SPDX-License-Identifier: ISC */
/*
 * picture - the workers alone, as a file of SVG.
 */
#ifndef PAR_REPORT_PICTURE_H
#define PAR_REPORT_PICTURE_H

#include "bytes.h"
#include "layout.h"
#include "summary.h"

void picture_put(struct bytes *to, const struct layout *layout, const char *title);

#endif
