/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "grow.h"
#include "near.h"
#include "num.h"
#include "template.h"

const char template_too_long[] = "too long for the arguments of a process";

/* Bytes of a word that holds no place: it is a program, a pattern or a variable. */
static const char program[] = " \t\n\v\f\r'\"`$()[]";

enum { NUMBER_MOST = 20 }; /* digits */
enum { ENDING_MOST = TEMPLATE_ENDING - 1 };

enum what { WHAT_RECORD, WHAT_FIELD, WHAT_NUMBER, WHAT_WORKER, WHAT_FILE };

/* A place in a word. */
struct template_piece {
	enum what what;
	enum name_form form;
	size_t field; /* from 0 */
	size_t at; /* bytes of the word that stand before it, from the piece before on */
	size_t len; /* of its own text */
};

struct template_word {
	const char *text;
	size_t len;
	size_t piece, pieces; /* the first, and how many */
	size_t literal; /* bytes that are in no place */
	size_t files; /* of the pieces, that are the name of one */
	size_t sources; /* that are bytes of a record: if there are some it is repeated */
};

/* The number of the field with that name; false if there is none. */
static bool
find_name(
    const struct template_rules *rules, const char *name, size_t len, size_t *number)
{
	struct field field;

	*number = 0;
	for (size_t i = 0; rules->names != NULL; i++) {
		if (!field_at(rules->names, rules->names_len, i, &field))
			break;
		if (field.len != len || memcmp(field.data, name, len) != 0)
			continue;
		*number = i;
		return true;
	}
	return rules->unread;
}

/* A name of a field, with a form behind it or none. */
static bool
read_name(const struct template_rules *rules, const char *text, size_t len,
    struct template_piece *piece)
{
	for (enum name_form form = FORM_WHOLE; form <= FORM_BASE_STEM; form++) {
		size_t behind = form_len(form);
		enum name_form found;

		if (behind >= len || !form_read(text + len - behind, behind, &found) ||
		    found != form || !find_name(rules, text, len - behind, &piece->field))
			continue;
		piece->what = WHAT_FIELD;
		piece->form = form;
		return true;
	}
	return false;
}

/* Would {3} behind this byte be how often it comes in a pattern? */
static bool
is_counted(char before)
{
	unsigned char c = (unsigned char)before;

	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	    c >= 0x80;
}

/* Can that be the ending of a name of a file, as {@.png} has one? */
static bool
is_ending(const char *text, size_t len)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-+";

	return len == 0 ||
	    (len > 1 && len <= ENDING_MOST && *text == '.' && strspn(text, plain) >= len);
}

/* What stands between the braces, as a place; before it is the byte before. */
static bool
read_braces(const struct template_rules *rules, const char *text, size_t len, char before,
    struct template_piece *piece)
{
	if (len == 1 && (*text == '#' || *text == '%')) {
		piece->what = *text == '#' ? WHAT_NUMBER : WHAT_WORKER;
		return true;
	}
	if (*text == '@' && !rules->text && is_ending(text + 1, len - 1)) {
		piece->what = WHAT_FILE;
		return true;
	}
	if (form_read(text, len, &piece->form)) {
		piece->what = WHAT_RECORD;
		return true;
	}
	if (*text >= '1' && *text <= '9' && form_read(text + 1, len - 1, &piece->form)) {
		piece->what = WHAT_FIELD;
		piece->field = (size_t)(*text - '1');
		return rules->text || !is_counted(before);
	}
	return read_name(rules, text, len, piece);
}

/* The next place of word from byte at on; false if there is none.  *at is behind it. */
static bool
next_piece(const struct template_rules *rules, const char *word, size_t *at,
    struct template_piece *piece)
{
	const char *from = word + *at, *open = from, *close;

	*piece = (struct template_piece){ 0 };
	if (rules->mark != NULL) {
		open = *rules->mark == '\0' ? NULL : strstr(from, rules->mark);
		if (open == NULL)
			return false;
		close = open + strlen(rules->mark);
	} else {
		for (;; open++) {
			open = strchr(open, '{');
			close = open == NULL ? NULL : strchr(open, '}');
			if (close == NULL)
				return false;
			if (read_braces(rules, open + 1, (size_t)(close - open) - 1,
				open == word ? '\0' : open[-1], piece))
				break;
		}
		close++;
	}
	piece->at = (size_t)(open - from);
	piece->len = (size_t)(close - open);
	*at = (size_t)(close - word);
	return true;
}

/* Is there something of a record that was asked for, it seems? */
static bool
holds_place(const struct template_rules *rules, const char *word)
{
	struct template_piece piece;
	size_t at = 0;

	while (next_piece(rules, word, &at, &piece))
		if ((piece.what == WHAT_RECORD && piece.form == FORM_WHOLE) ||
		    piece.what == WHAT_FILE ||
		    (piece.what == WHAT_FIELD && rules->names != NULL))
			return true;
	return false;
}

/* The place of a file has that text, with braces: it is the name of all of them. */
static void
take_ending(struct template *template, const char *text, size_t len)
{
	struct field ending = { text + strlen("{@"), len - strlen("{@}") };
	const struct field *known = &template->ending;

	template->unlike = template->unlike ||
	    (template->files > 0 &&
		(known->len != ending.len ||
		    memcmp(known->data, ending.data, ending.len) != 0));
	template->ending = ending;
	template->files++;
}

static int
add_piece(struct template *template, const struct template_piece *piece)
{
	struct template_piece *larger = grow(template->pieces, &template->piece_room,
	    template->piece_count + 1, sizeof(*piece), SIZE_MAX);

	if (larger == NULL)
		return -1;
	template->pieces = larger;
	template->pieces[template->piece_count++] = *piece;
	return 0;
}

static int
add_word(struct template *template, const char *text)
{
	struct template_word *larger = grow(template->words, &template->word_room,
				 template->word_count + 1, sizeof(*larger), SIZE_MAX),
			     *word;
	const struct template_rules *rules = &template->rules;
	struct template_piece piece;
	size_t at = 0;

	if (larger == NULL)
		return -1;
	template->words = larger;
	word = &larger[template->word_count++];
	*word = (struct template_word){ .text = text,
		.len = strlen(text),
		.literal = strlen(text),
		.piece = template->piece_count };
	if (rules->mark == NULL && !rules->text && strpbrk(text, program) != NULL) {
		if (template->left == NULL && holds_place(rules, text))
			template->left = text;
		return 0;
	}
	while (next_piece(rules, text, &at, &piece)) {
		if (add_piece(template, &piece) < 0)
			return -1;
		word->literal -= piece.len;
		word->sources += piece.what == WHAT_RECORD || piece.what == WHAT_FIELD;
		word->files += piece.what == WHAT_FILE;
		if (piece.what == WHAT_FILE)
			take_ending(template, text + at - piece.len, piece.len);
	}
	word->pieces = template->piece_count - word->piece;
	template->repeated += word->sources > 0;
	return 0;
}

int
template_read(
    struct template *template, char *const *words, const struct template_rules *rules)
{
	*template = (struct template){ .rules = *rules };
	if (rules->folder != NULL)
		template->folder_len = strlen(rules->folder) + 1;
	for (; *words != NULL; words++) {
		if (add_word(template, *words) < 0) {
			template_free(template);
			return -1;
		}
	}
	return 0;
}

/* The field whose name is nearest to these bytes; NULL if none is near. */
static const char *
nearest(
    const struct template_rules *rules, const char *text, size_t len, struct field *meant)
{
	struct near near = { .word = text, .len = len };
	char name[NEAR_LONGEST + 1];
	struct field field;
	unsigned before;

	for (size_t i = 0; field_at(rules->names, rules->names_len, i, &field); i++) {
		if (field.len > NEAR_LONGEST)
			continue;
		before = near.name == NULL ? UINT_MAX : near.distance;
		snprintf(name, sizeof(name), "%.*s", (int)field.len, field.data);
		near_try(&near, name);
		if (near.name != NULL && near.distance < before)
			*meant = field;
	}
	return near.name == NULL ? NULL : text;
}

const char *
template_misspelt(const struct template *template, size_t *len, struct field *meant)
{
	const struct template_rules *rules = &template->rules;
	struct template_piece piece = { 0 };
	const char *open, *close, *found;

	if (rules->names == NULL || rules->mark != NULL)
		return NULL;
	for (size_t i = 0; i < template->word_count; i++) {
		open = template->words[i].text;
		if (strpbrk(open, program) != NULL)
			continue; /* its braces are its own */
		for (; (open = strchr(open, '{')) != NULL; open++) {
			close = strchr(open, '}');
			if (close == NULL)
				break;
			*len = (size_t)(close - open) - 1;
			if (read_braces(rules, open + 1, *len, '\0', &piece))
				continue;
			found = nearest(rules, open + 1, *len, meant);
			if (found != NULL)
				return found;
		}
	}
	return NULL;
}

bool
template_names_command(const struct template *template)
{
	return template->word_count > 0 && template->words[0].sources > 0;
}

uint64_t
template_fit(const struct template *template, const char *data, uint64_t count,
    size_t len, size_t room)
{
	const char *end = data + len;
	size_t fixed = sizeof(char *), each = 0, sources = 0;
	uint64_t fit = 0;

	for (size_t i = 0; i < template->word_count; i++) {
		const struct template_word *word = &template->words[i];
		size_t size = word->literal + 1 +
		    NUMBER_MOST * (word->pieces - word->sources) +
		    (template->folder_len + template->ending.len) * word->files +
		    sizeof(char *);

		*(word->sources > 0 ? &each : &fixed) += size;
		sources += word->sources;
	}
	while (fit < count) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));

		fixed += each + sources * (size_t)(newline - data);
		if (fixed > room && fit > 0)
			break;
		data = newline + 1;
		fit++;
	}
	return fit;
}

void
template_free(struct template *template)
{
	free(template->pieces);
	free(template->words);
	*template = (struct template){ 0 };
}

/* One record, on its way into words. */
struct filling {
	const struct template *template;
	struct field record;
	uint64_t number; /* from 0 */
	unsigned worker;
	char *to; /* the next byte of text */
	struct template_fault *fault;
};

/* What of a record stands there, as it is, at filling->to or in the record; false: not.
 */
static bool
find_source(
    struct filling *filling, const struct template_piece *piece, struct field *source)
{
	const struct template_rules *rules = &filling->template->rules;
	bool escaped = !rules->text && (piece->what == WHAT_FIELD || rules->escaped);

	*source = filling->record;
	if (piece->what == WHAT_FIELD &&
	    !field_at(filling->record.data, filling->record.len, piece->field, source)) {
		*source = (struct field){ "", 0 };
		if (rules->text)
			return true;
		snprintf(filling->fault->why, TEMPLATE_WHY, "has no field %zu%s",
		    piece->field + 1,
		    field_hint(filling->record.data, filling->record.len));
		return false;
	}
	if (escaped && source->len > 0 &&
	    memchr(source->data, '\\', source->len) != NULL) {
		source->len = field_unescape(filling->to, source->data, source->len);
		source->data = filling->to;
	}
	*source = form_of(*source, piece->form);
	if (rules->text || source->len == 0 ||
	    memchr(source->data, '\0', source->len) == NULL)
		return true;
	snprintf(filling->fault->why, TEMPLATE_WHY, "holds a NUL, which no argument can");
	return false;
}

/* Put text there; false with filling->fault. */
static bool
put_piece(struct filling *filling, const struct template_piece *piece)
{
	const struct template *template = filling->template;
	struct field source;

	if (piece->what == WHAT_FILE) {
		const struct field *ending = &template->ending;

		memcpy(filling->to, template->rules.folder, template->folder_len - 1);
		filling->to += template->folder_len;
		filling->to[-1] = '/';
		filling->to = num_format(filling->to, filling->worker);
		memcpy(filling->to, ending->data, ending->len);
		filling->to += ending->len;
		return true;
	}
	if (piece->what == WHAT_NUMBER || piece->what == WHAT_WORKER) {
		filling->to = num_format(filling->to,
		    piece->what == WHAT_NUMBER ? filling->number + 1 : filling->worker);
		return true;
	}
	if (!find_source(filling, piece, &source))
		return false;
	memmove(filling->to, source.data, source.len);
	filling->to += source.len;
	return true;
}

/* The word for that record, with its NUL; false with filling->fault. */
static bool
put_word(struct filling *filling, const struct template_word *word)
{
	const struct template_piece *piece = filling->template->pieces + word->piece;
	const char *from = word->text, *word_start = filling->to;
	size_t longest = filling->template->rules.longest, rest;

	for (size_t i = 0; i < word->pieces; i++, piece++) {
		memcpy(filling->to, from, piece->at);
		filling->to += piece->at;
		from += piece->at + piece->len;
		if (!put_piece(filling, piece))
			return false;
	}
	rest = strlen(from) + 1;
	memcpy(filling->to, from, rest);
	filling->to += rest;
	if (longest == 0 || (size_t)(filling->to - word_start) <= longest)
		return true;
	snprintf(filling->fault->why, TEMPLATE_WHY, "%s", template_too_long);
	return false;
}

/* The next of the records at *data, which is behind it then. */
static void
next_record(struct filling *filling, const char **data, const char *end)
{
	const char *newline = memchr(*data, '\n', (size_t)(end - *data));

	filling->record = (struct field){ *data, (size_t)(newline - *data) };
	*data = newline + 1;
}

/*
 * The words that one of the template becomes, for the first count records.  How many, or
 * 0 with filling->fault: which record it is, counted from the first.
 */
static size_t
put_words(struct filling *filling, const struct template_word *word,
    const struct template_records *records, uint64_t count, char **words)
{
	const char *data = records->data, *end = data + records->len;

	if (word->sources == 0)
		count = 1;
	for (uint64_t k = 0; k < count; k++) {
		next_record(filling, &data, end);
		filling->number = records->first + k;
		words[k] = filling->to;
		if (put_word(filling, word))
			continue;
		filling->fault->record = k;
		return 0;
	}
	return (size_t)count;
}

/*
 * All of them, in words.  False with filling->fault: which is the first record that some
 * word cannot have.
 */
static bool
put_all(struct filling *filling, const struct template_records *records, char **words)
{
	uint64_t count = records->count; /* before the first that is at fault */

	for (size_t i = 0; i < filling->template->word_count && count > 0; i++) {
		size_t put = put_words(
		    filling, &filling->template->words[i], records, count, words);

		words += put;
		if (put == 0)
			count = filling->fault->record;
	}
	*words = NULL;
	return count == records->count;
}

/* At most so many bytes of text; 0 if that is no number of bytes. */
static size_t
text_size(const struct template *template, const struct template_records *records)
{
	size_t sum = 0;

	for (size_t i = 0; i < template->word_count; i++) {
		const struct template_word *word = &template->words[i];
		size_t count = word->sources > 0 ? (size_t)records->count : 1;
		size_t each = word->len + 1 + NUMBER_MOST * word->pieces +
		    (template->folder_len + template->ending.len) * word->files;
		size_t fixed, varied;

		if (__builtin_mul_overflow(count, each, &fixed) ||
		    __builtin_mul_overflow(word->sources, records->len, &varied) ||
		    __builtin_add_overflow(sum, fixed, &sum) ||
		    __builtin_add_overflow(sum, varied, &sum))
			return 0;
	}
	return sum;
}

char **
template_fill(const struct template *template, const struct template_records *records,
    struct bytes *room, struct template_fault *fault)
{
	size_t count = template->word_count - template->repeated +
	    template->repeated * (size_t)records->count;
	size_t size = text_size(template, records);
	struct filling filling = {
		.template = template, .worker = records->worker, .fault = fault
	};
	char **words;

	*fault = (struct template_fault){ .record = UINT64_MAX };
	if (size == 0 || count >= SIZE_MAX / 2 / sizeof(*words) ||
	    bytes_anew(room, size + (count + 1) * sizeof(*words)) == NULL)
		return NULL;
	words = (void *)room->data;
	filling.to = room->data + (count + 1) * sizeof(*words);
	return put_all(&filling, records, words) ? words : NULL;
}

int
template_text(const struct template *template, const struct template_records *records,
    struct bytes *to)
{
	size_t size = text_size(template, records);
	const char *data = records->data;
	struct template_fault fault;
	struct filling filling = { .template = template,
		.worker = records->worker,
		.number = records->first,
		.fault = &fault };

	filling.to = size == 0 ? NULL : bytes_reserve(to, size);
	if (filling.to == NULL)
		return -1;
	next_record(&filling, &data, data + records->len);
	put_word(&filling, &template->words[0]);
	to->len = (size_t)(filling.to - to->data) - 1;
	return 0;
}
