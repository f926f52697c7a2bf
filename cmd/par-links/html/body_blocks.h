/* SPDX-License-Identifier: ISC */
/*
 * body_blocks - tags of blocks in the body: paragraphs, headings, lists, forms, and the
 * body itself.
 */
#ifndef PAR_LINKS_BODY_BLOCKS_H
#define PAR_LINKS_BODY_BLOCKS_H

#include "mode.h"

/* Start tags: which do what is in the table of body.c. */
void blocks_begin_any(struct build *build, const struct token *token);
void blocks_begin_body(struct build *build, const struct token *token);
void blocks_begin_frameset(struct build *build, const struct token *token);
void blocks_begin_heading(struct build *build, const struct token *token);
void blocks_begin_pre(struct build *build, const struct token *token);
void blocks_begin_form(struct build *build, const struct token *token);
void blocks_begin_item(struct build *build, const struct token *token);
void blocks_begin_plaintext(struct build *build, const struct token *token);
void blocks_begin_button(struct build *build, const struct token *token);
void blocks_begin_table(struct build *build, const struct token *token);

/* End tags of forms and headings. */
void blocks_end_form(struct build *build);
void blocks_end_heading(struct tree *tree);

#endif
