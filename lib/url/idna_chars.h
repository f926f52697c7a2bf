/* SPDX-License-Identifier: ISC */
/*
 * idna_chars - characters as UTS 46 sees them, and Unicode's Normalization Form C of
 * them.
 */
#ifndef PAR_IDNA_CHARS_H
#define PAR_IDNA_CHARS_H

#include <stddef.h>
#include <stdint.h>

#include "idna_property.h"

/* Canonical decompositions are no longer. */
enum { IDNA_APART_MAX = 4 };

/* Of a code point, up to 0x10ffff. */
const struct idna_property *idna_property_of(uint32_t code);

/*
 * What stands for a valid or mapped character before it is put together again: what it is
 * mapped to, taken apart; *count code points, or NULL if it is itself.  Hangul syllables
 * stay whole.
 */
const uint32_t *idna_expand(uint32_t code, size_t *count);

/* Put together len code points that were expanded, in place.  How many there are then. */
size_t idna_compose(uint32_t *text, size_t len);

#endif
