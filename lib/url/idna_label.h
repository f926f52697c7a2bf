/* SPDX-License-Identifier: ISC */
/*
 * idna_label - what UTS 46, 4.1, asks of a label, a part between the dots of a name.
 */
#ifndef PAR_IDNA_LABEL_H
#define PAR_IDNA_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * May a label be of these, len characters that are valid each and in Normalization Form
 * C?  It begins with no mark, and joiners stand where they may (RFC 5892, A.1, A.2).
 */
bool idna_label_is_valid(const uint32_t *label, size_t len);

/* Is there one in it that is written from right to left (RFC 5893, 1.4)? */
bool idna_label_is_rtl(const uint32_t *label, size_t len);

/* Does it keep the Bidi Rule (RFC 5893, 2), of names some label of which is so? */
bool idna_label_keeps_order(const uint32_t *label, size_t len);

#endif
