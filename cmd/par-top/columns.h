/* SPDX-License-Identifier: ISC */
/*
 * columns - tables on a sheet, with fewer columns where it is narrow.
 */
#ifndef PAR_TOP_COLUMNS_H
#define PAR_TOP_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "figures.h"
#include "sheet.h"

/* What stands in one column of what the row is of. */
struct table_column {
	const char *head;
	size_t width; /* 0: what is left, and text is put by the caller */
	size_t from; /* columns that the sheet has to have */
	void (*figure)(const void *row, char text[static FIGURE]);
	bool left; /* it begins on the left */
};

/* Put the heads of columns, up to the one without a head, and end the line. */
void columns_heads(struct sheet *sheet, const struct table_column *columns);

/* Put a row up to the column that is the caller's. */
void
columns_row(struct sheet *sheet, const struct table_column *columns, const void *row);

#endif
