/* SPDX-License-Identifier: ISC */
/*
 * run_page - one run: how far it is, and what each of its workers does.
 */
#ifndef PAR_TOP_RUN_PAGE_H
#define PAR_TOP_RUN_PAGE_H

#include "roster.h"
#include "sheet.h"

/* Put what stands above the workers, with their heads; and the workers. */
void run_page_head(struct sheet *sheet, const struct watched *run);
void run_page_workers(struct sheet *sheet, const struct watched *run);

#endif
