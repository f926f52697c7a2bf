/* SPDX-License-Identifier: ISC */
/*
 * sheet - lines of text for a terminal, or for a pipe: each as wide as that at most, and
 * what comes from others without a byte that would control it.
 */
#ifndef PAR_TOP_SHEET_H
#define PAR_TOP_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"

enum sheet_style {
	SHEET_PLAIN,
	SHEET_BOLD,
	SHEET_DIM,
	SHEET_BAD,
	SHEET_CHOSEN,
	SHEET_STYLES
};

struct sheet {
	size_t width; /* columns; 0: as many as it takes */
	bool styles; /* text may have some, */
	bool colours; /* and colours */
	struct bytes text;
	size_t *ends; /* of lines in that, before their newlines */
	size_t count, room; /* of these */
	size_t column; /* of the line that goes on */
	bool styled; /* so is what comes in it */
};

/* Begin anew, for so many columns. */
void sheet_begin(struct sheet *sheet, size_t width);

/* What follows in the line is of that style. */
void sheet_style(struct sheet *sheet, enum sheet_style style);

/* Add text of our own, of ASCII; or of others, of any bytes. */
void sheet_put(struct sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sheet_quote(struct sheet *sheet, const char *data, size_t len);

/* Add blanks up to that column. */
void sheet_go_to(struct sheet *sheet, size_t column);

/* The line ends; the next one is plain. */
void sheet_end(struct sheet *sheet);

/* Line i, without its newline. */
const char *sheet_line(const struct sheet *sheet, size_t i, size_t *len);

void sheet_free(struct sheet *sheet);

#endif
