/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "columns.h"

/* Is it to be seen there? */
static bool
fits(const struct sheet *sheet, const struct table_column *column)
{
	return sheet->width == 0 || sheet->width >= column->from;
}

static void
put(struct sheet *sheet, const struct table_column *column, const char *text)
{
	size_t start = sheet->column, len = strlen(text);

	if (!column->left && len < column->width)
		sheet_go_to(sheet, start + column->width - len);
	sheet_quote(sheet, text, len);
	if (column->width == 0)
		return;
	if (column->left)
		sheet_go_to(sheet, start + column->width);
	sheet_put(sheet, " ");
}

void
columns_heads(struct sheet *sheet, const struct table_column *columns)
{
	sheet_style(sheet, SHEET_BOLD);
	for (; columns->head != NULL; columns++)
		if (fits(sheet, columns))
			put(sheet, columns, columns->head);
	sheet_end(sheet);
}

void
columns_row(struct sheet *sheet, const struct table_column *columns, const void *row)
{
	for (; columns->head != NULL; columns++) {
		char text[FIGURE];

		if (columns->width == 0 || !fits(sheet, columns))
			continue;
		columns->figure(row, text);
		put(sheet, columns, text);
	}
}
