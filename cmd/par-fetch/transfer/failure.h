/* SPDX-License-Identifier: ISC */
/*
 * failure - why an attempt has failed, in words that show no insides of libraries.
 */
#ifndef PAR_FETCH_FAILURE_H
#define PAR_FETCH_FAILURE_H

#include <stddef.h>

/*
 * Write to out, room for size bytes, what libcurl means by what it said.  error: an
 * errno that tells why nobody was reached, or 0.
 */
void failure_say(char *out, size_t size, const char *said, int error);

/* What is to be added to that, as "; see --OPTION", or "". */
const char *failure_remedy(const char *said);

#endif
