/* SPDX-License-Identifier: ISC */
/*
 * body_phrases - text and tags of phrases in the body: formatting, links, what is void,
 * what holds raw text.
 */
#ifndef PAR_LINKS_BODY_PHRASES_H
#define PAR_LINKS_BODY_PHRASES_H

#include "mode.h"

void phrases_text(struct build *build, const struct token *token);

/* Start tags: which do what is in the table of body.c. */
void phrases_begin_any(struct build *build, const struct token *token);
void phrases_begin_a(struct build *build, const struct token *token);
void phrases_begin_format(struct build *build, const struct token *token);
void phrases_begin_nobr(struct build *build, const struct token *token);
void phrases_begin_object(struct build *build, const struct token *token);
void phrases_begin_void(struct build *build, const struct token *token);
void phrases_begin_image(struct build *build, const struct token *token);
void phrases_begin_param(struct build *build, const struct token *token);
void phrases_begin_raw(struct build *build, const struct token *token);
void phrases_begin_ruby(struct build *build, const struct token *token);
void phrases_begin_math(struct build *build, const struct token *token);
void phrases_begin_svg(struct build *build, const struct token *token);
void phrases_begin_input(struct build *build, const struct token *token);
void phrases_begin_select(struct build *build, const struct token *token);
void phrases_begin_option(struct build *build, const struct token *token);
void phrases_begin_hr(struct build *build, const struct token *token);

/* End tags: of formatting, of object and the like, </br>, and of what has no rule. */
void phrases_end_format(struct tree *tree, const struct token *token);
void phrases_end_object(struct tree *tree, const struct token *token);
void phrases_end_br(struct build *build, const struct token *token);
void phrases_end_any(struct tree *tree, const struct token *token);

#endif
