/* SPDX-License-Identifier: ISC */
/*
 * reply - what a server answered, checked as a whole before any of it is used.
 */
#ifndef PAR_QUEUE_REPLY_H
#define PAR_QUEUE_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include <hiredis/hiredis.h>

enum { REPLY_TEXT_MAX = 64 }; /* a text is shorter */

/*
 * Is the reply what shape says?
 *
 *	i	an integer
 *	n	an integer from 0, or a string of digits that is one
 *	#	a string of digits, as short as a text, such as a number that is passed on
 *	d	a string that is a decimal number
 *	t	a short text: a string or status without control bytes
 *	b	any string
 *	[...]	an array of just these
 *	{...}	at the end of an array: these again and again
 */
bool reply_fits(const redisReply *reply, const char *shape);

/* Is it an error that begins with this word? */
bool reply_is(const redisReply *reply, const char *word);

/* An integer, or a string of digits; 0 for anything else. */
uint64_t reply_number(const redisReply *reply);

/* What it is, for diagnostics. */
const char *reply_kind(const redisReply *reply);

/* Does entry id of a stream come after another one?  No, if one of them is no id. */
bool reply_later(const char *id, const char *other);

#endif
