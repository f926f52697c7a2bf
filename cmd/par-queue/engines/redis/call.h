/* SPDX-License-Identifier: ISC */
/*
 * call - what a server is asked to do, in the protocol's form, and what it answered.
 */
#ifndef PAR_QUEUE_CALL_H
#define PAR_QUEUE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hiredis/hiredis.h>

#include "bytes.h"
#include "scripts.h"

/* All zero is an empty one. */
struct call {
	enum script script; /* SCRIPT_NONE: the first word is the command */
	unsigned count; /* words */
	struct bytes words; /* in the protocol's form */
	bool cut; /* there was no memory for all of its words: it is not made */
	redisReply *reply; /* NULL: not answered */
};

/* Begin a call: of a script, with its keys to follow, or of a command. */
void call_begin(struct call *call, enum script script);

/* One more word. */
void call_bytes(struct call *call, const void *data, size_t len);
void call_text(struct call *call, const char *text);
void call_number(struct call *call, uint64_t number);

/* As if it had not been answered. */
void call_forget(struct call *call);

/* Free what it owns; it can begin again. */
void call_free(struct call *call);

#endif
