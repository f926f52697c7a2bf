/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-queue: what a PostgreSQL server answers, as libpq hands it on, and what libpq
 * says of a connection that failed.  What fits a shape is within its bounds, and a reason
 * is one line of what was said.
 */
#include "fuzz.h"

#ifdef HAVE_LIBPQ
#include <stdlib.h>
#include <string.h>

#include "pg_answer.h"

/* A cell: its length, 255 for NULL, and that many bytes, as far as there are some. */
static void
set_cell(PGresult *result, int row, int column, const uint8_t **data, size_t *size)
{
	char value[256];
	size_t len = 0;
	int wanted = -1;

	if (*size > 0) {
		wanted = **data == 255 ? -1 : **data;
		++*data;
		--*size;
	}
	if (wanted > 0)
		len = (size_t)wanted < *size ? (size_t)wanted : *size;
	memcpy(value, *data, len);
	*data += len;
	*size -= len;
	must(PQsetvalue(result, row, column, value, wanted < 0 ? -1 : (int)len) != 0);
}

static void
check_value(const PGresult *result, int row, int column, char shape)
{
	char text[ENGINE_ID_SIZE];
	struct engine_text bytes = pg_answer_bytes(result, row, column);

	must(PQgetisnull(result, row, column) == 0);
	must(bytes.data[bytes.len] == '\0');
	if (shape == 'n')
		must(pg_answer_number(result, row, column) <= INT64_MAX);
	if (shape == 's' || shape == 't')
		for (size_t i = 0; i < bytes.len; i++)
			must(
			    (unsigned char)bytes.data[i] >= ' ' && bytes.data[i] != 0x7f);
	if (shape != 't')
		return;
	pg_answer_copy(text, result, row, column);
	must(strlen(text) == bytes.len);
}

static void
check_rows(const uint8_t *data, size_t size)
{
	static const char *const shapes[] = { "1nnn", "tibb", "tttnnnb", "n", "1nnns",
		"tb", "ttttbbb", "iiiiiiiiiiit", "ntnnnn", "1tttttn" };
	const char *shape = shapes[data[0] % (sizeof(shapes) / sizeof(shapes[0]))];
	const char *letters = shape + (*shape == '1');
	int columns = (int)strlen(letters), rows = data[1] % 4;
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	char name[] = "x";
	PGresAttDesc attributes[16] = { 0 };

	must(result != NULL);
	for (int i = 0; i < columns; i++)
		attributes[i] = (PGresAttDesc){ .name = name, .format = data[1] < 250 };
	must(PQsetResultAttrs(result, columns, attributes) != 0);
	data += 2;
	size -= 2;
	for (int row = 0; row < rows; row++)
		for (int i = 0; i < columns; i++)
			set_cell(result, row, i, &data, &size);
	if (pg_answer_fits(result, shape)) {
		must(*shape != '1' || rows == 1);
		for (int row = 0; row < rows; row++)
			for (int i = 0; i < columns; i++)
				check_value(result, row, i, letters[i]);
	}
	PQclear(result);
}

static void
check_reason(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct engine_text said;
	bool passes;

	must(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	said = pg_failure(text, &passes);
	must(memchr(said.data, '\n', said.len) == NULL);
	if (said.data >= text && said.data <= text + size)
		must(said.len <= (size_t)(text + size - said.data));
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3)
		return 0;
	if (data[2] == 'c')
		check_reason(data + 2, size - 2);
	else
		check_rows(data, size);
	return 0;
}
#else
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)data;
	(void)size;
	return 0;
}
#endif
