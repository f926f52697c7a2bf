/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-links: any bytes are a page.  The first two bytes of an input choose
 * options and the encoding, the rest is the body of a page, or a whole record, or
 * a link.  Besides not crashing: what is written are whole records, and URLs obey
 * what the URL Standard says of them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "page.h"
#include "stage.h"
#include "url_find.h"
#include "url_join.h"

/* What is set up once. */
struct program {
	struct pairs_encoders encoders;
	struct kind_set anchor_kinds, all_kinds;
	struct pattern regex;
};

static struct program *
program(void)
{
	static struct program *only;
	char why[PATTERN_WHY];
	const struct pattern_limits limits = { 100000, 1024 };

	if (only != NULL)
		return only;
	only = calloc(1, sizeof(*only));
	if (only == NULL)
		abort();
	kind_choose(&only->anchor_kinds, "a,area");
	kind_choose(&only->all_kinds, "all");
	if (pattern_open(&only->regex, "href=(?:\"(.*?)\"|(\\S*))",
		PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &limits, why) < 0)
		abort();
	return only;
}

/* The parts of a URL are in order, it reads as itself, and a plain link as a parsed one.
 */
static void
check_url(const char *link, size_t len)
{
	static const char *const bases[] = { "http://h/a/b/c?q#f", "https://u:p@h:81",
		"file:///C:/a/b", "x:/a/..//b", "mailto:x" };

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		struct url base, url, again;
		char base_text[1024];
		char *text, *copy, *plain, *clean = malloc(len + 1);
		size_t clean_len = url_clean(clean, link, len), plain_len;

		if (url_parse(&base, base_text, bases[i], strlen(bases[i]), NULL) < 0)
			abort();
		text = malloc(url_room(clean_len, &base));
		plain = malloc(url_room(clean_len, &base));
		plain_len = url_join(plain, link, len, &base);
		if (url_parse(&url, text, clean, clean_len, &base) == 0) {
			if (url.scheme_end > url.host || url.host > url.host_end) {
				if (url.has_host)
					abort();
			}
			if (url.path > url.query || url.query > url.fragment ||
			    url.fragment > url.len)
				abort();
			copy = malloc(url_room(url.len, NULL));
			if (url_parse(&again, copy, text, url.len, NULL) < 0 ||
			    again.len != url.len || memcmp(copy, text, url.len) != 0)
				abort();
			if (url_find_host(copy, text, url.len) !=
				(long)(url.host_end - url.host) ||
			    memcmp(copy, text + url.host, url.host_end - url.host) != 0)
				abort();
			free(copy);
			if (plain_len > 0 &&
			    (plain_len != url.len || memcmp(plain, text, url.len) != 0))
				abort();
		} else if (plain_len > 0) {
			abort();
		}
		free(plain);
		free(text);
		free(clean);
	}
}

/* A page record with body, after its fields up to the error. */
static char *
page_of(const char *type, const char *body, size_t len, size_t *record_len)
{
	char *record = malloc(2 * len + 128), *to = record;

	to += sprintf(to, "http://h/p\t200\t%s\thttp://h/d/p\t\t", type);
	to += field_escape(to, body, len);
	*record_len = (size_t)(to - record);
	return record;
}

/* escaped: data is a record as it should be. */
static void
run(const struct choice *choice, const char *data, size_t len, bool escaped)
{
	struct stage stage;
	struct record rec = { .data = data, .len = len };
	struct sink sink = {
		.stage = &stage, .choice = choice, .encoders = &program()->encoders
	};
	struct pages pages = { .choice = choice, .sink = &sink };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const char *out;

	stage_open(&stage,
	    &(struct stage_plan){ .in = null, .out = null, .max_record = RECORD_LIMIT });
	pages_open(&pages);
	page_links(&pages, &rec);
	out = stage.out.buffer;
	if (stage.out.used > 0 && out[stage.out.used - 1] != '\n')
		abort();
	for (size_t i = 0; i < stage.out.used && escaped; i++)
		if (out[i] == '\0' || out[i] == '\r')
			abort();
	pages_close(&pages);
	sink_close(&sink);
	stage_close(&stage, &(enum status){ STATUS_OK });
	if (null > STDERR_FILENO)
		close(null);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "text/html", "text/html;charset=utf-8",
		"text/html;charset=utf-16", "text/html;charset=shift_jis",
		"text/html;charset=iso-2022-jp", "text/html;charset=gbk",
		"application/xhtml+xml", "text/xml", "text/html;charset=euc-jp",
		"text/html;charset=big5", "text/html;charset=euc-kr",
		"text/html;charset=gb18030", "text/html;charset=utf-16be",
		"text/html;charset=windows-1251", "text/plain", "image/png" };
	struct choice choice = { 0 };
	const char *body = (const char *)data + 2;
	char *record;
	size_t len;

	if (size < 2)
		return 0;
	size -= 2;
	choice.kinds = data[0] & 1 ? program()->all_kinds : program()->anchor_kinds;
	choice.json = data[0] & 2;
	choice.show_text = choice.show_rel = data[0] & 4;
	choice.unique = data[0] & 8;
	choice.drop_fragments = data[0] & 16;
	choice.regex = data[0] & 32 ? &program()->regex : NULL;
	choice.raw = choice.valid = data[0] & 64;
	if (data[0] & 128)
		check_url(body, size);
	if (data[1] & 8) {
		record = malloc(size + 1);
		memcpy(record, body, size);
		for (char *p = record;
		     (p = memchr(p, '\n', (size_t)(record + size - p)));)
			*p = '\t';
		len = size;
	} else {
		record =
		    page_of(types[(data[1] & 7) | (data[1] >> 1 & 8)], body, size, &len);
	}
	run(&choice, record, len, (data[1] & 8) == 0);
	free(record);
	return 0;
}
