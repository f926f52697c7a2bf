/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "pg_answer.h"

enum { NUMBER_SIZE = 8, STATE_LEN = 5 };

static uint64_t
number_at(const char *value)
{
	uint64_t number = 0;

	for (int i = 0; i < NUMBER_SIZE; i++)
		number = number << 8 | (unsigned char)value[i];
	return number;
}

/* A text that is safe to show and to pass on. */
static bool
is_text(const char *value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return false;
	return true;
}

static bool
value_fits(const PGresult *result, int row, int column, char shape)
{
	const char *value = PQgetvalue(result, row, column);
	size_t len = (size_t)PQgetlength(result, row, column);

	if (PQgetisnull(result, row, column) != 0)
		return false;
	switch (shape) {
	case 'n':
		return len == NUMBER_SIZE && number_at(value) <= INT64_MAX;
	case 'i':
		return len == NUMBER_SIZE;
	case 't':
		return len < ENGINE_ID_SIZE && is_text(value, len);
	case 's':
		return is_text(value, len);
	default:
		return true;
	}
}

bool
pg_answer_fits(const PGresult *result, const char *shape)
{
	int rows = PQntuples(result), columns;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		return false;
	if (*shape == '1' && rows != 1)
		return false;
	shape += *shape == '1';
	columns = (int)strlen(shape);
	if (PQnfields(result) != columns)
		return false;
	for (int i = 0; i < columns; i++)
		if (PQfformat(result, i) != 1)
			return false;
	for (int row = 0; row < rows; row++)
		for (int i = 0; i < columns; i++)
			if (!value_fits(result, row, i, shape[i]))
				return false;
	return true;
}

uint64_t
pg_answer_number(const PGresult *result, int row, int column)
{
	return number_at(PQgetvalue(result, row, column));
}

struct engine_text
pg_answer_bytes(const PGresult *result, int row, int column)
{
	return (struct engine_text){ PQgetvalue(result, row, column),
		(size_t)PQgetlength(result, row, column) };
}

void
pg_answer_copy(
    char to[static ENGINE_ID_SIZE], const PGresult *result, int row, int column)
{
	snprintf(to, ENGINE_ID_SIZE, "%s", PQgetvalue(result, row, column));
}

/*
 * 08 the connection, 40 a deadlock, 53 no room, 55 and 57 the server starts, ends, or
 * somebody has locked or cancelled it, 58 its disk; 25006 it is a standby, for now; and
 * 3F000, 42P01, 42883: what we know is there no more, which another connection looks at
 * anew.
 */
bool
pg_passes(const char *state)
{
	static const char *const begins[] = { "08", "40", "53", "55", "57", "58", "25006",
		"25P03", "3F000", "42P01", "42883" };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(state, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

/* Does SEVERITY:  STATE: stand there?  Then where what is said begins, and the state. */
static const char *
find_state(const char *line, size_t len, char state[static STATE_LEN + 1])
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *end = line + len;

	for (const char *at = line; at + 3 + STATE_LEN + 2 <= end; at++) {
		if (strncmp(at, ":  ", 3) != 0 || strspn(at + 3, digits) != STATE_LEN ||
		    strncmp(at + 3 + STATE_LEN, ": ", 2) != 0)
			continue;
		snprintf(state, STATE_LEN + 1, "%s", at + 3);
		return at + 3 + STATE_LEN + 2;
	}
	return NULL;
}

/* Does text, len bytes, have word in it? */
static bool
has(const char *text, size_t len, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= len; i++)
		if (memcmp(text + i, word, size) == 0)
			return true;
	return false;
}

/* Of what libpq says by itself, in its own words. */
static bool
lasts(const char *text, size_t len)
{
	static const char *const words[] = { "SSL error", "certificate", "private key",
		"support SSL", "SSL was required", "password", "authentication",
		"channel binding", "GSSAPI", "SCRAM", "does not match host name",
		"invalid ", "option", "service" };

	if (has(text, len, "SYSCALL") || has(text, len, "unexpectedly") ||
	    has(text, len, "name or service") || has(text, len, "Name or service"))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has(text, len, words[i]))
			return true;
	return false;
}

/* The last line that says more than where it was. */
struct engine_text
pg_failure(const char *text, bool *passes)
{
	static const char mark[] = "failed: ";
	struct engine_text said = { "no connection", strlen("no connection") };
	bool marked = false;

	*passes = true;
	for (const char *next; *text != '\0'; text = next) {
		size_t len = strcspn(text, "\n");
		char state[STATE_LEN + 1];
		const char *failed = strstr(text, mark), *at;

		next = text + len + (text[len] != '\0');
		if (len == 0 || *text == '\t' ||
		    (marked && (failed == NULL || failed >= text + len)))
			continue;
		at = failed != NULL && failed < text + len ? failed + strlen(mark) : text;
		marked = marked || at != text;
		len -= (size_t)(at - text);
		said = (struct engine_text){ at, len };
		*passes = !lasts(at, len);
		at = find_state(said.data, len, state);
		if (at != NULL) {
			said.len -= (size_t)(at - said.data);
			said.data = at;
			*passes = pg_passes(state);
		}
	}
	return said;
}
