/* SPDX-License-Identifier: ISC */
/*
 * says - what a module has to say that is no error of its caller, and to whom: in
 * programs that is diag, see diag_says, in tests anything.  Only a header.
 */
#ifndef PAR_SAYS_H
#define PAR_SAYS_H

#include <stddef.h>

struct says {
	void (*line)(const char *format, ...) __attribute__((format(printf, 1, 2)));
	void (*record)(const void *data, size_t len, const char *why); /* it failed */
	void (*foreign)(const char *data, size_t len); /* another program has said it */
};

#endif
