/* SPDX-License-Identifier: ISC */
/*
 * json_string - bytes as a string of JSON.
 */
#ifndef PAR_JSON_STRING_H
#define PAR_JSON_STRING_H

#include "bytes.h"

/* What becomes of bytes that are no UTF-8. */
enum json_broken {
	JSON_REPLACED, /* each is U+FFFD */
	JSON_KEPT /* 0xff is \udcff, from which the byte can be had back, as Python does
		   */
};

/* Add len bytes, in quotes.  0, or -1 with errno. */
int json_string(struct bytes *to, const char *data, size_t len, enum json_broken broken);

#endif
