/* SPDX-License-Identifier: ISC */
/*
 * engines - which kinds of engine there are, and the one that a URL is of.
 */
#ifndef PAR_QUEUE_ENGINES_H
#define PAR_QUEUE_ENGINES_H

#include "engine.h"

/* The URL of the engine where none is given, and what that was in an earlier release. */
extern const char engines_usual[], engines_elder[];

/* The kind that plan->url is of; never NULL: the last one takes any, and says what is
 * wrong. */
const struct engine_kind *engines_find(const char *url);

/*
 * A queue by its name, which stays the caller's, or an engine itself with NULL; plan must
 * stay.  Ends the program without memory.
 */
void
engines_open(struct engine *engine, const struct engine_plan *plan, const char *queue);
void engines_close(struct engine *engine);

/* Is it answered?  False if it was woken; ends the program, saying why, if it is broken.
 */
bool engines_answered(const struct engine *engine, enum engine_end end);

/* See that it can be trusted with a queue, before one is used. */
void engines_ready(struct engine *engine);

/* Is there no such queue? */
bool engines_missing(struct engine *engine);

/* The same, and that is said, with what follows from it, as engines_put: what makes one.
 */
bool engines_say_missing(struct engine *engine, const char *so);
extern const char engines_put[];

/* Ends the program if there is none. */
void engines_must_exist(struct engine *engine);

/* The same, of one that is to be told something; new: --new would make it. */
void engines_must_be_told(struct engine *engine, bool new);

#endif
