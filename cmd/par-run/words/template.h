/* SPDX-License-Identifier: ISC */
/*
 * template - the words of a command with places that records are put into: read once,
 * then filled for each process, in memory that is kept from one to the next.
 *
 * The rule of what is such a place stands in par-run(1).
 */
#ifndef PAR_RUN_TEMPLATE_H
#define PAR_RUN_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "field.h"

enum { TEMPLATE_WHY = 80, TEMPLATE_ENDING = 33 /* bytes of one, with a NUL */ };

struct template_rules {
	/* What stands for the record, in any word; NULL: {} and its like; "": nothing. */
	const char *mark;
	const char *names; /* a record that names the fields, names_len bytes; or NULL */
	size_t names_len;
	bool unread; /* they are not known yet: what stands in braces may be one */
	bool escaped; /* records are, as a whole, and get their bytes back */
	/* Where the files with records are, each called as its worker's number; needed
	 * for words that name one. */
	const char *folder;
	size_t longest; /* word that a process may have, with its NUL; 0: no matter */
	/*
	 * The template is no word, but a text: places count wherever they stand, records
	 * and their fields stand there as they are, and one that is missing is empty.
	 */
	bool text;
};

struct template_piece;
struct template_word;

struct template
{
	struct template_rules rules;
	struct template_piece *pieces; /* of all words, one after the other */
	struct template_word *words;
	size_t piece_count, piece_room, word_count, word_room;
	size_t files; /* places for the name of a file */
	struct field ending; /* of that name, in all of them */
	bool unlike; /* no: there are two */
	size_t folder_len; /* with a slash */
	size_t repeated; /* words that hold something of a record: one for each */
	const char *left; /* a word that was left alone though it holds one; or NULL */
};

/* The records of one process. */
struct template_records {
	const char *data; /* len bytes, each with its newline */
	size_t len;
	uint64_t count;
	uint64_t first; /* number of the first, from 0; the others follow */
	unsigned worker;
};

extern const char template_too_long[]; /* why some are refused, also by the system */

/* Why they cannot be arguments. */
struct template_fault {
	/* Which is the first of them, from 0; UINT64_MAX: there is no memory. */
	uint64_t record;
	char why[TEMPLATE_WHY];
};

/*
 * Read the words, ended by NULL; they and what rules point to must stay.  0, or -1 with
 * errno.
 */
int template_read(
    struct template *template, char *const *words, const struct template_rules *rules);

/* Is there a place for something of a record in any word, or for a number? */
static inline bool
template_used(const struct template *template)
{
	return template->piece_count > 0;
}

/*
 * A name in braces that is no field's, and nearly one's: where it stands, *len bytes, and
 * *meant is the field; or NULL.
 */
const char *
template_misspelt(const struct template *template, size_t *len, struct field *meant);

/* Is the command itself, its first word, made of the record? */
bool template_names_command(const struct template *template);

/*
 * The words for these records, ended by NULL, in room, until that is used again; NULL if
 * that cannot be, and *fault says why.
 */
char **
template_fill(const struct template *template, const struct template_records *records,
    struct bytes *room, struct template_fault *fault);

/* Add the text of the first word for the first of these records.  0, or -1 with errno. */
int template_text(const struct template *template, const struct template_records *records,
    struct bytes *to);

/*
 * How many of the first of these records, at least one, are words and pointers to them of
 * at most room bytes together.
 */
uint64_t template_fit(const struct template *template, const char *data, uint64_t count,
    size_t len, size_t room);

void template_free(struct template *template);

#endif
