/* SPDX-License-Identifier: ISC */
/*
 * par-links(1) - the links of pages, as a browser sees them.
 * README lists its files, lowest layer first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "as_is.h"
#include "bytes.h"
#include "diag.h"
#include "ends.h"
#include "field.h"
#include "fifo.h"
#include "grow.h"
#include "opt.h"
#include "page.h"
#include "roles.h"
#include "sandbox.h"
#include "sig.h"
#include "site.h"
#include "stage.h"

/* What one search of a user's pattern may take: steps, unless told, and KiB. */
enum { MATCH_LIMIT = 10000000, HEAP_LIMIT = 256 << 10 };

enum { WHY = 400 /* bytes of a reason, with its NUL */ };

/* The options. */
struct options {
	struct choice choice;
	uint64_t max_record, match_limit;
	const char *regex;
	bool html; /* pages come as they are */
	const char *base; /* their URL, or NULL */
	bool sandbox, must_have_sandbox;
	bool sealed; /* it was entered: patterns must stay as they are */
	const char *output;
	uint64_t wait_ms;
	char *const *paths; /* of the input */
	size_t count;
};

static const uint32_t user_pattern =
    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

static const char *
take_kinds(void *target, const char *value)
{
	return kind_choose(target, value);
}

enum { MOST_PATTERNS = 1 << 20 }; /* of an option */

static const char *
take_pattern(void *target, const char *value)
{
	struct pattern_list *list = target;
	const struct pattern_limits limits = { MATCH_LIMIT, HEAP_LIMIT };
	struct pattern *all =
	    grow(list->all, &list->room, list->count + 1, sizeof(*all), MOST_PATTERNS);

	if (all == NULL)
		return trouble_no_memory;
	list->all = all;
	if (pattern_open(&all[list->count], value, user_pattern, &limits, list->why) < 0)
		return list->why;
	list->count++;
	return NULL;
}

static const char *
take_fragments(void *target, const char *value)
{
	bool drop = strcmp(value, "drop") == 0;

	if (!drop && strcmp(value, "keep") != 0)
		return "neither keep nor drop";
	*(bool *)target = drop;
	return NULL;
}

/* Is it a URL that links can be resolved on? */
static const char *
take_base(void *target, const char *value)
{
	struct bytes text = { 0 };
	struct url url;
	char *clean = need_room(&text, strlen(value));
	size_t len = url_clean(clean, value, strlen(value));
	struct bytes href = { 0 };
	bool good =
	    link_url(&url, need_room(&href, url_room(len, NULL)), clean, len, NULL);

	bytes_free(&text);
	bytes_free(&href);
	*(const char **)target = value;
	return good ? NULL : "not a URL";
}

static void
limit_patterns(struct pattern_list *list, uint32_t match)
{
	for (size_t i = 0; i < list->count; i++)
		pattern_limit(&list->all[i], match);
}

static void
free_patterns(struct pattern_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		pattern_close(&list->all[i]);
	free(list->all);
}

/* What cannot be done option by option. */
static void
open_what_is_chosen(struct options *o)
{
	const struct pattern_limits limits = { (uint32_t)o->match_limit, HEAP_LIMIT };
	struct choice *c = &o->choice;
	char why[PATTERN_WHY];

	limit_patterns(&c->include, limits.match);
	limit_patterns(&c->exclude, limits.match);
	if (o->regex == NULL)
		c->regex = NULL;
	else if (pattern_open(c->regex, o->regex, user_pattern, &limits, why) < 0)
		die_misuse("--regex: %s", why);
	if (!c->same_site)
		return;
	c->sites = sites_open();
	if (c->sites == NULL)
		die_misuse("--same-site: no public suffix list: packages have it as "
			   "publicsuffix");
}

/* Which links are found. */
static void
finding_options(struct options *o, struct opt_table *table)
{
	struct choice *c = &o->choice;
	const struct opt rows[] = {
		{ .help = "Which links" },
		{ 0, "kinds", OPT_CALL, .context = &c->kinds, "LIST",
		    "elements to take links of (default a,area): a, area, audio,\n"
		    "base, blockquote, body, button, del, embed, form, frame,\n"
		    "iframe, image, img, input, ins, link, meta, object, q,\n"
		    "script, source, track, use, video; canonical, sitemap, feed;\n"
		    "or all",
		    0, 0, take_kinds },
		{ 0, "include", OPT_CALL, .context = &c->include, "PATTERN",
		    "only links that the PCRE2 pattern matches", 0, 0, take_pattern },
		{ 0, "exclude", OPT_CALL, .context = &c->exclude, "PATTERN",
		    "leave out links that PATTERN (PCRE2) matches", 0, 0, take_pattern },
		{ 0, "same-host", OPT_FLAG, .flag = &c->same_host, NULL,
		    "only links to the host of the page", 0, 0, NULL },
		{ 0, "same-site", OPT_FLAG, .flag = &c->same_site, NULL,
		    "only links to the site of the page (public suffix list)", 0, 0,
		    NULL },
		{ 0, "skip-nofollow", OPT_FLAG, .flag = &c->skip_nofollow, NULL,
		    "leave out links whose rel, or whose page, says nofollow", 0, 0,
		    NULL },
		{ 0, "valid", OPT_FLAG, .flag = &c->valid, NULL,
		    "leave out links that are no URLs", 0, 0, NULL },
		{ 0, "unique", OPT_FLAG, .flag = &c->unique, NULL,
		    "give each link of a page once", 0, 0, NULL },
		{ 0, "first", OPT_NUMBER, .number = &c->first, "N",
		    "at most N links of each page", 1, 0, NULL },
		{ 0, "regex", OPT_STRING, .text = &o->regex, "PATTERN",
		    "links are what PATTERN, or its first group, matches", 0, 0, NULL },
		{ 0, "match-limit", OPT_NUMBER, .number = &o->match_limit, "N",
		    "most steps of a search for a PATTERN (default 10000000)", 1,
		    UINT32_MAX, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* The others. */
static void
writing_options(struct options *o, struct opt_table *table)
{
	struct choice *c = &o->choice;
	const struct opt rows[] = {
		{ .help = "What is written" },
		{ 0, "json", OPT_FLAG, .flag = &c->json, NULL, "write JSON objects", 0, 0,
		    NULL },
		{ 0, "kind", OPT_FLAG, .flag = &c->show_kind, NULL,
		    "add the name of the element", 0, 0, NULL },
		{ 0, "rel", OPT_FLAG, .flag = &c->show_rel, NULL,
		    "add the rel attribute of the element", 0, 0, NULL },
		{ 0, "text", OPT_FLAG, .flag = &c->show_text, NULL,
		    "add the text of the link", 0, 0, NULL },
		{ 0, "pages", OPT_FLAG, .flag = &c->pages, NULL,
		    "after its links, write a record of each page itself", 0, 0, NULL },
		{ 0, "raw", OPT_FLAG, .flag = &c->raw, NULL,
		    "give links as they stand in the page, not resolved", 0, 0, NULL },
		{ 0, "fragments", OPT_CALL, .context = &c->drop_fragments, "WHAT",
		    "keep or drop what follows # (default keep)", 0, 0, take_fragments },
		{ 'o', "output", OPT_STRING, .text = &o->output, "FILE",
		    "write to FILE, not to standard output", 0, 0, NULL },
		{ .help = "Input and safety" },
		{ 0, "headers", OPT_FLAG, .flag = &c->headers, NULL,
		    "page records are those of par-fetch --headers", 0, 0, NULL },
		{ 0, "html", OPT_FLAG, .flag = &o->html, NULL,
		    "each FILE is a page as it is, not page records", 0, 0, NULL },
		{ 0, "base", OPT_CALL, .context = &o->base, "URL",
		    "the URL of the pages of --html (default that of the file)", 0, 0,
		    take_base },
		{ 0, "max-record", OPT_SIZE, .number = &o->max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0, "wait", OPT_DURATION, .number = &o->wait_ms, "TIME",
		    "give up FIFOs without another end after TIME (default never)", 1, 0,
		    NULL },
		{ 0, "sandbox", OPT_FLAG, .flag = &o->must_have_sandbox, NULL,
		    "end with 3 where system calls cannot be taken away", 0, 0, NULL },
		{ 0, "no-sandbox", OPT_OFF, .flag = &o->sandbox, NULL,
		    "leave system calls alone, for debuggers", 0, 0, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

static void
parse_options(struct options *o, int argc, char **argv)
{
	struct opt_table table = { 0 };
	struct opt_program program = { .name = "par-links",
		.synopsis = "[OPTION ...] [FILE ...]",
		.about =
		    "Print the URL of each page, a TAB and a link, for each link of\n"
		    "the page records of the input, as par-fetch(1) writes them.",
		.examples =
		    "  par-fetch <urls | par-links                page, TAB, link\n"
		    "  par-links --same-site --unique <pages      links within the site\n"
		    "  par-links --html --kinds img page.html     images of a page as it "
		    "is\n" };
	int first;

	finding_options(o, &table);
	writing_options(o, &table);
	program.opts = table.rows;
	first = diag_options(&program, argc, argv);
	opt_free(&table);
	o->paths = argv + first;
	o->count = (size_t)(argc - first);
	for (size_t i = 0; i < o->count; i++)
		diag_refuse_url(o->paths[i], "FILE", "par-fetch | par-links");
	if (o->choice.pages && o->choice.json)
		die_misuse("--pages does not go with --json");
	if (o->choice.headers && o->html)
		die_misuse("--headers does not go with --html: a page has none");
	if (o->base != NULL && !o->html)
		die_misuse("--base needs --html: page records have their URLs");
	if (o->must_have_sandbox && !o->sandbox)
		die_misuse("--sandbox does not go with --no-sandbox");
	if (o->choice.skip_nofollow)
		o->choice.kinds.names[NAME_META] = true; /* it may say so of all links */
	open_what_is_chosen(o);
}

/* A page is named by its URL. */
static void
fail(struct stage *stage, struct record rec, const char *why)
{
	struct field url;

	if (field_at(rec.data, rec.len, 0, &url))
		rec.len = url.len;
	stage_fail(stage, &rec, why);
}

static void
enter_sandbox(struct options *options)
{
	const char *why;
	enum sandbox sandbox = sandbox_enter(&why);

	options->sealed = sandbox == SANDBOX_SET;
	if (!options->sealed && options->must_have_sandbox)
		die(STATUS_BROKEN, 0,
		    "--sandbox: %s; without it pages are read all the same", why);
	if (sandbox == SANDBOX_FAILED)
		warn("no sandbox: %s; goes on without: see --sandbox, --no-sandbox", why);
}

/* Open the input and the output, and give up what is not needed from then on. */
static void
open_ends(struct ends *ends, struct stage *stage, struct options *options)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	roles_add_inputs(&roles, options->paths, options->count);
	roles_add(&roles, ROLE_OUTPUT, "-o", options->output);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
	if (ends_open(ends, options->paths, options->count, options->output,
		options->wait_ms) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends->name, fifo_why(errno));
	if (options->count == 0)
		diag_awaits(
		    options->html ? "a page" : "page records, as par-fetch writes them,");
	if (stage_open(stage,
		&(struct stage_plan){ .in = -1,
		    .out = ends->out,
		    .out_name = ends->out_name,
		    .max_record = options->max_record,
		    .records = options->html ? NULL : "page records",
		    .says = &diag_says }) < 0)
		die_of(&stage->trouble);
	if (!options->sandbox)
		return;
	if (ends_open_all(ends) && ends_empty(ends) < 0)
		die_output(errno, ends->out_name);
	enter_sandbox(options);
}

/* The record of the page itself: URL, no link, and the rest but the body. */
static void
put_page(struct stage *stage, const struct record *rec)
{
	enum { URL, STATUS, ERROR = 4, BODY, FIELDS };
	struct field fields[FIELDS];

	if (field_split(rec->data, rec->len, fields, FIELDS) <= ERROR)
		return; /* it is no page */
	stage_put(stage, fields[URL].data, fields[URL].len);
	stage_put(stage, "\t", 1);
	for (size_t i = STATUS; i <= ERROR; i++) {
		stage_put(stage, "\t", 1);
		stage_put(stage, fields[i].data, fields[i].len);
	}
	stage_put(stage, "\n", 1);
}

/* Is that error just the status of the page, which is whole? */
static bool
is_status(struct field error, struct field status)
{
	static const char begin[] = "status ";
	size_t len = strlen(begin);

	return error.len == len + status.len && memcmp(error.data, begin, len) == 0 &&
	    memcmp(error.data + len, status.data, status.len) == 0;
}

/*
 * The error of a page that has a body: it came in part only.  Its links are given, but
 * not as if nothing was wrong.
 */
static const char *
doubt(const struct record *rec, char why[static WHY])
{
	enum { STATUS = 1, ERROR = 4, BODY, FIELDS };
	struct field fields[FIELDS], *error = &fields[ERROR];

	if (field_split(rec->data, rec->len, fields, FIELDS) <= BODY || error->len == 0 ||
	    fields[BODY].len == 0 || is_status(*error, fields[STATUS]))
		return NULL;
	snprintf(why, WHY, "links of a page with an error: %.*s",
	    error->len < WHY ? (int)error->len : WHY, error->data);
	return why;
}

/* Put the links of a page. */
static void
put_links(struct stage *stage, struct pages *pages, const struct record *rec)
{
	char error[WHY];
	const char *why = page_links(pages, rec);

	if (why == NULL)
		why = doubt(rec, error);
	if (pages->choice->pages)
		put_page(stage, rec);
	if (why == NULL)
		stage_ok(stage, rec->number);
	else
		fail(stage, *rec, why);
}

/* What was too long to be read has no links, and is a page all the same. */
static void
fail_long(struct stage *stage, const struct choice *choice, const struct record *rec,
    uint64_t limit)
{
	char why[WHY];

	snprintf(why, sizeof(why), "longer than %llu bytes", (unsigned long long)limit);
	if (choice->pages)
		put_page(stage, rec);
	fail(stage, *rec, why);
}

/* The input at work is a page. */
static void
put_input(struct stage *stage, struct pages *pages, const struct options *options,
    const struct ends *ends, struct as_is *as_is)
{
	bool standard = stage->in.fd == STDIN_FILENO;
	struct record rec;
	enum record_status got = as_is_read(as_is, stage->in.fd,
	    standard ? NULL : ends->name, options->base, options->max_record, &rec);

	if (got == RECORD_OK)
		put_links(stage, pages, &rec);
	else if (got == RECORD_TOO_LONG)
		fail_long(stage, pages->choice, &rec, options->max_record);
	else
		stage_input_failed(stage, ends, errno);
}

/* Read pages, write links; the program's exit status. */
static enum status
work(struct options *options)
{
	const struct choice *choice = &options->choice;
	struct pairs_encoders encoders = { 0 };
	struct stage stage;
	struct ends ends;
	struct sink sink = { .stage = &stage, .choice = choice, .encoders = &encoders };
	struct pages pages = { .choice = choice, .sink = &sink };
	struct as_is as_is = { 0 };
	struct record rec;
	enum status status;

	if (options->html) {
		unsetenv("PAR_STAGE"); /* what is read are no records */
		as_is_open(&as_is);
	}
	pages_open(&pages);
	open_ends(&ends, &stage, options);
	while (stage_next_input(&stage, &ends))
		if (options->html)
			put_input(&stage, &pages, options, &ends, &as_is);
		else
			while (stage_next(&stage, &rec) == RECORD_OK)
				put_links(&stage, &pages, &rec);
	ends_close(&ends);
	as_is_close(&as_is);
	pages_close(&pages);
	sink_close(&sink);
	pairs_release(&encoders);
	if (stage_close(&stage, &status) < 0)
		die_of(&stage.trouble);
	return status;
}

int
main(int argc, char **argv)
{
	struct pattern regex = { 0 };
	struct options options = {
		.choice = { .regex = &regex },
		.max_record = RECORD_LIMIT,
		.match_limit = MATCH_LIMIT,
		.sandbox = true,
	};
	enum status status;

	sig_begin();
	kind_choose(&options.choice.kinds, "a,area");
	parse_options(&options, argc, argv);
	status = work(&options);
	if (!options.sealed) {
		pattern_close(&regex);
		free_patterns(&options.choice.include);
		free_patterns(&options.choice.exclude);
	}
	sites_close(options.choice.sites);
	return (int)status;
}
