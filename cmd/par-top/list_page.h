/* SPDX-License-Identifier: ISC */
/*
 * list_page - the table of all runs.
 */
#ifndef PAR_TOP_LIST_PAGE_H
#define PAR_TOP_LIST_PAGE_H

#include "roster.h"
#include "sheet.h"

/* Put it; chosen: the run that the next key is for, NULL: none is. */
void
list_page(struct sheet *sheet, const struct roster *roster, const struct watched *chosen);

#endif
