/* SPDX-License-Identifier: ISC */
/*
 * robots_words - the words for robots of a meta element, or of a header line.
 */
#ifndef PAR_LINKS_ROBOTS_WORDS_H
#define PAR_LINKS_ROBOTS_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Is one of them nofollow, or none? */
bool robots_say_nofollow(const char *words, size_t len);

#endif
