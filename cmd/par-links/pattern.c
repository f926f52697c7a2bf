/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "diag.h"
#include "pattern.h"

enum { STACK_START = 32 << 10, STACK_MAX = 16 << 20 };

/* Memory for matching.  0, or -1. */
static int
prepare(struct pattern *pattern, const struct pattern_limits *limits)
{
	uint32_t unit = UINT32_MAX;

	pattern->data = pcre2_match_data_create_from_pattern(pattern->code, NULL);
	pattern->context = pcre2_match_context_create(NULL);
	pattern->stack = pcre2_jit_stack_create(STACK_START, STACK_MAX, NULL);
	if (pattern->data == NULL || pattern->context == NULL || pattern->stack == NULL)
		return -1;
	pattern->groups = pcre2_get_ovector_pointer(pattern->data);
	pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &pattern->group_count);
	pcre2_jit_stack_assign(pattern->context, NULL, pattern->stack);
	pcre2_set_match_limit(pattern->context, limits == NULL ? unit : limits->match);
	pcre2_set_heap_limit(pattern->context, limits == NULL ? unit : limits->heap);
	return 0;
}

int
pattern_open(struct pattern *pattern, const char *source, uint32_t options,
    const struct pattern_limits *limits, char why[static PATTERN_WHY])
{
	size_t offset = 0;
	int error;
	bool fast;

	*pattern = (struct pattern){ 0 };
	pattern->code = pcre2_compile(
	    (PCRE2_SPTR)source, PCRE2_ZERO_TERMINATED, options, &error, &offset, NULL);
	if (pattern->code == NULL && error == PCRE2_ERROR_HEAP_FAILED)
		die(STATUS_BROKEN, ENOMEM, "pattern");
	if (pattern->code == NULL) {
		PCRE2_UCHAR text[PATTERN_WHY / 2];

		pcre2_get_error_message(error, text, sizeof(text));
		snprintf(why, PATTERN_WHY, "%s, at byte %zu", (char *)text, offset + 1);
		return -1;
	}
	fast = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) == 0;
	pattern->direct = fast && limits == NULL;
	if (prepare(pattern, limits) < 0)
		die(STATUS_BROKEN, ENOMEM, "pattern");
	return 0;
}

void
pattern_close(struct pattern *pattern)
{
	pcre2_jit_stack_free(pattern->stack);
	pcre2_match_context_free(pattern->context);
	pcre2_match_data_free(pattern->data);
	pcre2_code_free(pattern->code);
}

void
pattern_limit(struct pattern *pattern, uint32_t match)
{
	pcre2_set_match_limit(pattern->context, match);
}

int
pattern_match(struct pattern *pattern, const char *data, size_t len, size_t at, char *why)
{
	PCRE2_UCHAR text[PATTERN_WHY / 2];
	int got;

	if (pattern->direct)
		got = pcre2_jit_match(pattern->code, (PCRE2_SPTR)data, len, at, 0,
		    pattern->data, pattern->context);
	else
		got = pcre2_match(pattern->code, (PCRE2_SPTR)data, len, at, 0,
		    pattern->data, pattern->context);
	if (got > 0)
		return 1;
	if (got == PCRE2_ERROR_NOMATCH)
		return 0;
	if (why != NULL) {
		pcre2_get_error_message(got, text, sizeof(text));
		snprintf(why, PATTERN_WHY, "%s%s", (char *)text,
		    got == PCRE2_ERROR_MATCHLIMIT ? "; see --match-limit" : "");
	}
	return -1;
}
