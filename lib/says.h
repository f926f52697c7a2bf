/* SPDX-License-Identifier: ISC */
/*
 * says - what a module has to say that is no error of its caller, and to whom: in
 * programs that is diag, see diag_says, in tests anything.  Only a header.
 */
#ifndef PAR_SAYS_H
#define PAR_SAYS_H

#include <stdbool.h>
#include <stddef.h>

struct says {
	void (*line)(const char *format, ...) __attribute__((format(printf, 1, 2)));
	void (*record)(const void *data, size_t len, const char *why); /* it failed */

	/*
	 * Another program has said it, len bytes: as many of them as go together, and
	 * without waiting; anew: on a line of their own.  How many: 0, not now.
	 */
	size_t (*foreign)(const char *data, size_t len, bool anew);
	bool (*wait)(void); /* until it may be; false: nobody waits for that any more */
	bool (*in_line)(void); /* what was said so is in the middle of a line */
	bool (*terminal)(void); /* a person may read it as it comes */
};

#endif
