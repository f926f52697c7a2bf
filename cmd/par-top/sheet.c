/* SPDX-License-Identifier: ISC */
#include <langinfo.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "grow.h"
#include "need.h"
#include "printable.h"
#include "sheet.h"
#include "utf8_char.h"

enum { OWN = 512 /* bytes of text of our own at once */ };

/* Styles, and what they are without colours; NULL: nothing. */
static const char *const escapes[SHEET_STYLES][2] = {
	[SHEET_PLAIN] = { "\033[0m", "\033[0m" },
	[SHEET_BOLD] = { "\033[1m", "\033[1m" },
	[SHEET_DIM] = { "\033[36m", NULL },
	[SHEET_BAD] = { "\033[31m", "\033[1m" },
	[SHEET_CHOSEN] = { "\033[7m", "\033[7m" },
};

void
sheet_begin(struct sheet *sheet, size_t width)
{
	bytes_clear(&sheet->text, 1 << 20);
	sheet->width = width;
	sheet->count = 0;
	sheet->column = 0;
	sheet->styled = false;
}

void
sheet_style(struct sheet *sheet, enum sheet_style style)
{
	const char *escape = escapes[style][!sheet->colours];

	if (!sheet->styles || escape == NULL)
		return;
	need_put(&sheet->text, escape, strlen(escape));
	sheet->styled = style != SHEET_PLAIN;
}

/* Add len bytes that are of so many columns, if there is room for them. */
static void
put_cells(struct sheet *sheet, const char *data, size_t len, size_t columns)
{
	if (sheet->width != 0 && sheet->column + columns > sheet->width)
		sheet->column = sheet->width; /* nor is there for what follows */
	else {
		need_put(&sheet->text, data, len);
		sheet->column += columns;
	}
}

void
sheet_put(struct sheet *sheet, const char *format, ...)
{
	char text[OWN];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (const char *p = text; *p != '\0'; p++)
		put_cells(sheet, p, 1, 1);
}

/* How many columns a character has; 0: it is not to be shown. */
static size_t
columns_of(const char *data, size_t left)
{
	uint32_t code = 0;
	int columns;

	if (utf8_char(data, left, &code) < 2)
		return 1;
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return 0;
	columns = wcwidth((wchar_t)code);
	return columns > 0 ? (size_t)columns : 0;
}

void
sheet_quote(struct sheet *sheet, const char *data, size_t len)
{
	const char *end = len == 0 ? data : data + len;

	while (data != end && (sheet->width == 0 || sheet->column < sheet->width)) {
		size_t n = printable_char(data, (size_t)(end - data)), columns;
		char escape[PRINTABLE_ESCAPE];

		if (n == 0) {
			n = printable_escape(escape, (unsigned char)*data++);
			put_cells(sheet, escape, n, n);
			continue;
		}
		columns = columns_of(data, (size_t)(end - data));
		if (columns == 0)
			put_cells(sheet, "?", 1, 1);
		else
			put_cells(sheet, data, n, columns);
		data += n;
	}
}

void
sheet_go_to(struct sheet *sheet, size_t column)
{
	while (
	    sheet->column < column && (sheet->width == 0 || sheet->column < sheet->width))
		put_cells(sheet, " ", 1, 1);
}

void
sheet_end(struct sheet *sheet)
{
	if (sheet->styled)
		sheet_style(sheet, SHEET_PLAIN);
	sheet->ends = grow(
	    sheet->ends, &sheet->room, sheet->count + 1, sizeof(*sheet->ends), SIZE_MAX);
	if (sheet->ends == NULL)
		need_failed((sheet->count + 1) * sizeof(*sheet->ends));
	sheet->ends[sheet->count++] = sheet->text.len;
	need_put(&sheet->text, "\n", 1);
	sheet->column = 0;
}

const char *
sheet_line(const struct sheet *sheet, size_t i, size_t *len)
{
	size_t start = i == 0 ? 0 : sheet->ends[i - 1] + 1;

	*len = sheet->ends[i] - start;
	return sheet->text.data + start;
}

void
sheet_free(struct sheet *sheet)
{
	bytes_free(&sheet->text);
	free(sheet->ends);
	*sheet = (struct sheet){ 0 };
}
