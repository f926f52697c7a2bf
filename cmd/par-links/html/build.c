/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "build.h"
#include "foreign.h"

/* By mode, what takes a token in it; true: it is to be taken once more, by another. */
static bool (*const take_in[MODE_COUNT])(struct build *, const struct token *) = {
	[MODE_INITIAL] = mode_initial,
	[MODE_BEFORE_HTML] = mode_before_html,
	[MODE_BEFORE_HEAD] = mode_before_head,
	[MODE_IN_HEAD] = mode_in_head,
	[MODE_IN_NOSCRIPT] = mode_in_noscript,
	[MODE_AFTER_HEAD] = mode_after_head,
	[MODE_IN_BODY] = mode_in_body,
	[MODE_IN_TABLE] = mode_in_table,
	[MODE_IN_CAPTION] = mode_in_caption,
	[MODE_IN_COLGROUP] = mode_in_colgroup,
	[MODE_IN_TBODY] = mode_in_tbody,
	[MODE_IN_ROW] = mode_in_row,
	[MODE_IN_CELL] = mode_in_cell,
	[MODE_IN_TEMPLATE] = mode_in_template,
	[MODE_AFTER_BODY] = mode_after_body,
	[MODE_IN_FRAMESET] = mode_in_frameset,
	[MODE_AFTER_FRAMESET] = mode_after_frameset,
	[MODE_AFTER_AFTER_FRAMESET] = mode_after_frameset,
};

void
build_begin(struct build *build, const char *page, size_t len, const bool *wanted)
{
	tree_begin(&build->tree, page, len, wanted);
	build->tokens =
	    (struct tokens){ .names = &build->names, .at = page, .end = page + len };
	build->mode = MODE_INITIAL;
	build->templates.len = 0;
	build->form = build->head = 0;
	build->has_head = build->has_base = false;
	build->quirks = build->skip_newline = false;
	build->frameset_ok = true;
}

void
build_page(struct build *build, const char *page, size_t len, const bool *wanted)
{
	struct token token;
	bool foreign = false;

	build_begin(build, page, len, wanted);
	while (token_next(&build->tokens, foreign, &token)) {
		build->has_base |= token.name == NAME_BASE;
		if (token.kind == TOKEN_DOCTYPE && build->mode != MODE_INITIAL)
			continue;
		if (!foreign || !foreign_take(build, &token))
			while (take_in[build->mode](build, &token))
				;
		foreign = foreign_is_current(build);
	}
}

void
build_close(struct build *build)
{
	tree_close(&build->tree);
	free(build->templates.data);
}
