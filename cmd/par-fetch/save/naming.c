/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>

#include <sodium.h>

#include "field.h"
#include "naming.h"
#include "need.h"

enum {
	FIELDS_MOST = 1000, /* the number of a field in a template */
	CUT = 150, /* what is kept of a part that is too long, bytes, */
	ENDING = 12 /* and of its ending, with the dot */
};

static const char index_name[] = "index.html";

void
naming_hash(char out[static NAMING_HASH], const char *data, size_t len)
{
	unsigned char hash[NAMING_HASH / 2];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)data, len, NULL, 0);
	sodium_bin2hex(out, NAMING_HASH, hash, sizeof(hash));
}

/* Put text as it may stand in a name; in one part of it if its slashes are not to count.
 */
static void
put_text(struct bytes *out, const char *text, size_t len, bool slashes)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte < 0x20 || byte == 0x7f || (byte == '/' && !slashes))
			need_print(out, "%%%02X", byte);
		else
			need_put(out, text + i, 1);
	}
}

/* The parts of a URL, in its normal form. */
struct url_pieces {
	const char *host, *path, *query, *end;
};

static struct url_pieces
take_apart(const char *url)
{
	struct url_pieces pieces = { .end = url + strlen(url) };

	pieces.host = url + strcspn(url, ":");
	pieces.host += strspn(pieces.host, ":");
	pieces.host += strncmp(pieces.host, "//", 2) == 0 ? 2 : 0;
	pieces.path = pieces.host + strcspn(pieces.host, "/?");
	pieces.query = pieces.path + strcspn(pieces.path, "?");
	return pieces;
}

static void
put_scheme(struct bytes *out, const struct naming_source *source)
{
	put_text(out, source->url, strcspn(source->url, ":"), false);
}

static void
put_host(struct bytes *out, const struct naming_source *source)
{
	struct url_pieces pieces = take_apart(source->url);

	put_text(out, pieces.host, (size_t)(pieces.path - pieces.host), false);
}

static void
put_path(struct bytes *out, const struct naming_source *source)
{
	struct url_pieces pieces = take_apart(source->url);

	put_text(out, pieces.path, (size_t)(pieces.query - pieces.path), true);
}

/* The last part of the path. */
static void
put_file(struct bytes *out, const struct naming_source *source)
{
	struct url_pieces pieces = take_apart(source->url);
	size_t len = (size_t)(pieces.query - pieces.path);
	const char *slash = memrchr(pieces.path, '/', len);
	const char *from = slash == NULL ? pieces.path : slash + 1;

	if (from == pieces.query)
		need_put(out, index_name, sizeof(index_name) - 1);
	put_text(out, from, (size_t)(pieces.query - from), false);
}

static void
put_query(struct bytes *out, const struct naming_source *source)
{
	struct url_pieces pieces = take_apart(source->url);

	put_text(out, pieces.query, (size_t)(pieces.end - pieces.query), false);
}

static void
put_hash(struct bytes *out, const struct naming_source *source)
{
	char hash[NAMING_HASH];
	struct field url;

	field_at(source->record, source->len, 0, &url);
	naming_hash(hash, url.data, url.len);
	need_print(out, "%s", hash);
}

static const struct naming_word {
	const char *name;
	void (*put)(struct bytes *out, const struct naming_source *source);
} words[] = {
	{ "scheme", put_scheme },
	{ "host", put_host },
	{ "path", put_path },
	{ "file", put_file },
	{ "query", put_query },
	{ "hash", put_hash },
};

enum { WORDS = sizeof(words) / sizeof(words[0]) };

/* A field of the record, from 1; one that is not there is empty. */
static void
put_field(struct bytes *out, size_t number, const struct naming_source *source)
{
	struct bytes text = { 0 };
	struct field field;

	if (!field_at(source->record, source->len, number - 1, &field))
		return;
	need_room(&text, field.len);
	text.len = field_unescape(text.data, field.data, field.len);
	put_text(out, text.data, text.len, true);
	bytes_free(&text);
}

/* What a template has next. */
struct naming_token {
	const char *text;
	size_t len;
	const struct naming_word *word; /* NULL: */
	size_t field; /* this field; 0: the text itself */
	bool bad; /* in braces, and nothing that is known */
};

/* The word or the field that stands in braces, without them. */
static void
read_word(struct naming_token *token, const char *name, size_t len)
{
	for (size_t i = 0; i < WORDS && token->word == NULL; i++)
		if (strlen(words[i].name) == len && memcmp(words[i].name, name, len) == 0)
			token->word = &words[i];
	for (size_t i = 0; i < len && token->word == NULL; i++) {
		bool digit = name[i] >= '0' && name[i] <= '9';

		token->field = token->field * 10 + (digit ? (size_t)(name[i] - '0') : 0);
		token->bad = token->bad || !digit || token->field > FIELDS_MOST;
	}
	token->bad = token->bad || (token->word == NULL && token->field == 0);
}

/* False at the end of the template, *at. */
static bool
next_token(const char **at, struct naming_token *token)
{
	size_t len = strcspn(*at, "{");

	*token = (struct naming_token){ .text = *at, .len = len };
	if (**at == '\0')
		return false;
	if (len == 0) {
		len = strcspn(*at, "}");
		token->bad = (*at)[len] == '\0';
		if (!token->bad)
			read_word(token, *at + 1, len - 1);
		len += !token->bad;
	}
	*at += len;
	return true;
}

const char *
naming_check(const char *template)
{
	struct naming_token token;

	if (template[0] == '\0')
		return "empty";
	while (next_token(&template, &token))
		if (token.bad)
			return "not of {scheme}, {host}, {path}, {file}, {query}, {hash} "
			       "and fields, {2}";
	return NULL;
}

/* Would the part be taken for a way up, or a file of ours? */
static bool
is_special(const char *part, size_t len)
{
	static const char ours[] = ".par-fetch.", etag[] = ".etag";
	size_t our = sizeof(ours) - 1, end = sizeof(etag) - 1;

	if (part[0] != '.')
		return false;
	return len == 1 || (len == 2 && part[1] == '.') ||
	    (len >= our && memcmp(part, ours, our) == 0) ||
	    (len > end && memcmp(part + len - end, etag, end) == 0);
}

/* Put a part that is too long: its beginning, a hash of all of it, its ending. */
static void
put_long(struct bytes *out, const char *part, size_t len)
{
	const char *dot = memrchr(part + len - ENDING, '.', ENDING);
	size_t cut = CUT;
	char hash[NAMING_HASH];

	naming_hash(hash, part, len);
	while (cut > CUT - 3 && ((unsigned char)part[cut] & 0xc0) == 0x80)
		cut--; /* not within a character */
	need_put(out, part, cut);
	need_print(out, "-%s", hash);
	if (dot != NULL)
		need_put(out, dot, (size_t)(part + len - dot));
}

static void
put_part(struct bytes *out, const char *part, size_t len)
{
	size_t most = NAMING_PART;

	if (out->len > 0)
		need_put(out, "/", 1);
	if (len == 2 && is_special(part, len)) {
		need_print(out, "%%2E%%2E");
		return;
	}
	if (is_special(part, len)) {
		need_print(out, "%%2E");
		part++;
		len--;
		most -= 3;
	}
	if (len > most)
		put_long(out, part, len);
	else
		need_put(out, part, len);
}

/* Put a path part by part; what is too much of it becomes a hash of all. */
static void
put_parts(struct bytes *out, const struct bytes *path)
{
	size_t at = 0;

	while (at < path->len) {
		const char *part = path->data + at;
		const char *slash = memchr(part, '/', path->len - at);
		size_t len = slash == NULL ? path->len - at : (size_t)(slash - part);
		char hash[NAMING_HASH];

		at += len + 1;
		if (len == 0)
			continue;
		if (out->len + NAMING_PART > NAMING_MOST) {
			naming_hash(hash, path->data, path->len);
			put_part(out, hash, sizeof(hash) - 1);
			return;
		}
		put_part(out, part, len);
	}
}

void
naming_put(struct bytes *out, const char *template, const struct naming_source *source)
{
	struct bytes path = { 0 };
	struct naming_token token;

	while (next_token(&template, &token)) {
		if (token.word != NULL)
			token.word->put(&path, source);
		else if (token.field > 0)
			put_field(&path, token.field, source);
		else
			put_text(&path, token.text, token.len, true);
	}
	if (path.len == 0 || path.data[path.len - 1] == '/')
		need_put(&path, index_name, sizeof(index_name) - 1);
	put_parts(out, &path);
	need_put(out, "", 1);
	bytes_free(&path);
}
