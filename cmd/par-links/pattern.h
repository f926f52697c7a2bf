/* SPDX-License-Identifier: ISC */
/*
 * pattern - a PCRE2 pattern, compiled to machine code where that is possible.
 */
#ifndef PAR_LINKS_PATTERN_H
#define PAR_LINKS_PATTERN_H

#define PCRE2_CODE_UNIT_WIDTH 8

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pcre2.h>

enum { PATTERN_WHY = 256 };

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	const size_t *groups; /* start and end of the match, then of each group */
	uint32_t group_count; /* groups of the pattern, without group 0 */
	bool direct; /* may be matched without the checks of pcre2_match() */
};

struct pattern_limits {
	uint32_t match; /* steps of one search */
	uint32_t heap; /* KiB of it */
};

/*
 * Compile source with PCRE2 options.  limits NULL: as much as a search takes,
 * for patterns that are known to be linear, of bytes and not of UTF-8.
 * 0, or -1 and a sentence in why.
 */
int pattern_open(struct pattern *pattern, const char *source, uint32_t options,
    const struct pattern_limits *limits, char why[static PATTERN_WHY]);
void pattern_close(struct pattern *pattern);

/* Change how many steps a search may take. */
void pattern_limit(struct pattern *pattern, uint32_t match);

/*
 * Search data, len bytes, from at on.  1 and pattern->groups set, valid until
 * the next search; 0: no match; -1 and a sentence in why (NULL: not wanted).
 */
int pattern_match(
    struct pattern *pattern, const char *data, size_t len, size_t at, char *why);

#endif
