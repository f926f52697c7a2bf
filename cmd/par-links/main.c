/* SPDX-License-Identifier: ISC */
/*
 * par-links(1) - the links of pages, as a browser sees them.
 *
 *	main.c         options and the loop over records (this file)
 *	page.[ch]      one page record: its fields, its base, its links put
 *	scan.[ch]      the tags that matter, past comments, scripts and raw text
 *	pattern.[ch]   PCRE2 patterns
 *	entity.[ch]    character references; entity_table.h is made by entities.py
 *	url.[ch]       URLs by the WHATWG URL Standard, resolved and serialised
 *	host.[ch]      their hosts: IDNA, IPv4, IPv6
 */
#include <unistd.h>

#include "opt.h"
#include "page.h"
#include "stage.h"

enum { HEAP_LIMIT = 256 << 10 /* KiB that one search of --regex may take */ };

/* Read pages, write links; the program's exit status. */
static enum status
work(const struct choice *choice, struct scanner *scanner, size_t max_record)
{
	struct stage stage;
	struct record rec;
	struct pages pages = { .stage = &stage, .choice = choice, .scanner = scanner };

	stage_open(&stage,
	    &(struct stage_plan){
		.in = STDIN_FILENO, .out = STDOUT_FILENO, .max_record = max_record });
	while (stage_next(&stage, &rec) == RECORD_OK) {
		const char *why = page_links(&pages, &rec);

		if (why != NULL)
			stage_fail(&stage, &rec, why);
		else
			stage_ok(&stage, rec.number);
	}
	pages_close(&pages);
	return stage_close(&stage);
}

int
main(int argc, char **argv)
{
	uint64_t max_record = RECORD_LIMIT, match_limit = 10000000;
	const char *regex_source = NULL;
	struct choice choice = { 0 };
	const struct opt opts[] = {
		{ 0, "match-limit", OPT_NUMBER, &match_limit, "N",
		    "fail pages on which a search of --regex takes more than\n"
		    "N steps (default 10000000)",
		    1, UINT32_MAX, NULL },
		{ 0, "max-record", OPT_SIZE, &max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0, "regex", OPT_STRING, &regex_source, "PATTERN",
		    "take what the first group of the PCRE2 pattern, or all of\n"
		    "it, matches for links, instead of tags",
		    0, 0, NULL },
		{ 0, "valid", OPT_FLAG, &choice.valid, NULL,
		    "leave out links that are no URLs", 0, 0, NULL },
		{ 0 },
	};
	const struct opt_program program = { .name = "par-links",
		.synopsis = "[OPTION...]",
		.about =
		    "Print the URL of each page, a TAB and a link, for each link of\n"
		    "the page records on standard input, as par-fetch(1) writes them.",
		.opts = opts };
	struct pattern regex;
	struct scanner scanner;
	char why[PATTERN_WHY];
	enum status status;

	if (opt_parse(&program, argc, argv) < argc)
		opt_misuse(&program, "takes no operands");
	if (regex_source != NULL) {
		struct pattern_limits limits = { (uint32_t)match_limit, HEAP_LIMIT };

		if (pattern_open(&regex, regex_source,
			PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
			&limits, why) < 0)
			opt_misuse(&program, "--regex: %s", why);
		choice.regex = &regex;
	}
	if (scanner_open(&scanner, why) < 0)
		die(STATUS_BROKEN, 0, "own patterns: %s", why);
	status = work(&choice, &scanner, max_record);
	scanner_close(&scanner);
	if (choice.regex != NULL)
		pattern_close(&regex);
	return (int)status;
}
