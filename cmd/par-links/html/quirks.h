/* SPDX-License-Identifier: ISC */
/*
 * quirks - which pages browsers show in quirks mode: in it a table does not end a
 * paragraph.
 */
#ifndef PAR_LINKS_QUIRKS_H
#define PAR_LINKS_QUIRKS_H

#include <stdbool.h>
#include <stddef.h>

/* Does a doctype ask for it?  text follows "<!DOCTYPE", up to and with ">". */
bool quirks_of_doctype(const char *text, size_t len);

#endif
