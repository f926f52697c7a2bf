/* SPDX-License-Identifier: ISC */
/*
 * engines - which kinds of engine there are, and the one that a URL is of.
 */
#ifndef PAR_QUEUE_ENGINES_H
#define PAR_QUEUE_ENGINES_H

#include "engine.h"

/* The URL of the engine where none is given. */
extern const char engines_usual[];

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

#endif
