/* SPDX-License-Identifier: ISC */
/*
 * voice - how what the process of one place writes is told: with which text before each
 * line.
 */
#ifndef PAR_RUN_VOICE_H
#define PAR_RUN_VOICE_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"
#include "errors.h"
#include "tagged.h"

struct voice {
	struct bytes tag; /* before each line, of both; empty: none */
	struct tagged out; /* the same, of its output */
	uint64_t number; /* of the first of its records */
	uint64_t added; /* bytes of tags in its output so far */
	uint64_t live; /* bytes of its output that went out while it ran */
};

/* A process begins, with that tag, for records from number on. */
static inline void
voice_begin(struct voice *voice, uint64_t number)
{
	voice->out = (struct tagged){ .text = voice->tag.data, .len = voice->tag.len };
	voice->number = number;
	voice->added = 0;
	voice->live = 0;
}

/* So many bytes of tags are in what the process said. */
static inline void
voice_tagged(struct voice *voice, uint64_t bytes)
{
	voice->added += bytes;
}

/* So many bytes of what the process said went out. */
static inline void
voice_heard(struct voice *voice, uint64_t bytes)
{
	voice->live += bytes;
}

#endif
