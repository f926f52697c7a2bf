/* SPDX-License-Identifier: ISC */
/*
 * quote - words as a shell reads them back.
 */
#ifndef PAR_QUOTE_H
#define PAR_QUOTE_H

#include "bytes.h"

/* Add the words, ended by NULL, as a line.  0, or -1 with errno. */
int quote_words(struct bytes *line, char *const *words);

#endif
