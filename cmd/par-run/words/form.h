/* SPDX-License-Identifier: ISC */
/*
 * form - the parts of a name of a file, as {.}, {/}, {//} and {/.} ask for them.
 */
#ifndef PAR_RUN_FORM_H
#define PAR_RUN_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "field.h"

enum name_form {
	FORM_WHOLE, /* the name itself */
	FORM_STEM, /* without its extension */
	FORM_BASE, /* what follows the last slash, as basename(1) */
	FORM_FOLDER, /* what stands before it, as dirname(1) */
	FORM_BASE_STEM /* the base without its extension */
};

/* The form that len bytes at text ask for: "", ".", "/", "//" or "/."; else false. */
bool form_read(const char *text, size_t len, enum name_form *form);

/* How long the text of a form is. */
size_t form_len(enum name_form form);

/* That part of name: bytes of it, or a text that is always there. */
struct field form_of(struct field name, enum name_form form);

#endif
