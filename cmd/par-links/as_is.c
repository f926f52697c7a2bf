/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "as_is.h"
#include "fdio.h"
#include "field.h"
#include "need.h"

enum { PIECE = 64 << 10, FOLDER = 4096 };

/* Is byte one that is the same in the path of a URL? */
static bool
is_plain(unsigned char byte)
{
	return byte > ' ' && byte < 0x7f && strchr("\"#%<>?\\^`{}", byte) == NULL;
}

/* Put a name of a file as the path of a URL has it. */
static void
put_path(struct bytes *text, const char *name)
{
	for (; *name != '\0'; name++)
		if (is_plain((unsigned char)*name))
			need_put(text, name, 1);
		else
			need_print(text, "%%%02X", (unsigned char)*name);
}

void
as_is_open(struct as_is *pages)
{
	char folder[FOLDER];

	if (getcwd(folder, sizeof(folder)) != NULL)
		pages->folder = need_string(folder, strlen(folder));
}

static void
put_url(struct as_is *pages, const char *name, const char *base)
{
	struct bytes *text = &pages->text;

	if (base != NULL) {
		char *to = need_room(text, 2 * strlen(base));

		text->len += field_escape(to, base, strlen(base));
	} else if (name == NULL || (name[0] != '/' && pages->folder == NULL)) {
		need_put(text, "-", 1);
	} else {
		need_print(text, "file://");
		if (name[0] != '/') {
			put_path(text, pages->folder);
			need_put(text, "/", 1);
		}
		put_path(text, name);
	}
}

/* What a browser takes a file for, by its name; HTML if that does not tell. */
static const char *
type_of(const char *name)
{
	const char *dot = name == NULL ? NULL : strrchr(name, '.');

	if (dot != NULL &&
	    (strcasecmp(dot, ".xhtml") == 0 || strcasecmp(dot, ".xht") == 0))
		return "application/xhtml+xml";
	return "text/html";
}

/* All that fd has; RECORD_TOO_LONG leaves the rest unread. */
static enum record_status
read_body(struct bytes *body, int fd, size_t max)
{
	bytes_clear(body, RECORD_BUFFER);
	for (;;) {
		char *to = need_room(body, PIECE);
		ssize_t got = fdio_read(fd, to, PIECE);

		if (got < 0)
			return RECORD_ERROR;
		if (got == 0)
			return RECORD_OK;
		body->len += (size_t)got;
		if (body->len > max)
			return RECORD_TOO_LONG;
	}
}

enum record_status
as_is_read(struct as_is *pages, int fd, const char *name, const char *base, size_t max,
    struct record *out)
{
	struct bytes *text = &pages->text;
	enum record_status got = read_body(&pages->body, fd, max);

	bytes_clear(text, RECORD_BUFFER);
	put_url(pages, name, base);
	need_print(text, "\t\t%s\t\t", type_of(name));
	if (got == RECORD_OK) {
		char *to;

		need_put(text, "\t", 1);
		to = need_room(text, 2 * pages->body.len);
		text->len += field_escape(to, pages->body.data, pages->body.len);
	}
	*out = (struct record){
		.data = text->data, .len = text->len, .number = pages->count++
	};
	return got;
}

void
as_is_close(struct as_is *pages)
{
	free(pages->folder);
	bytes_free(&pages->body);
	bytes_free(&pages->text);
}
