/* SPDX-License-Identifier: ISC */
/*
 * grave - dead records as lines.
 */
#ifndef PAR_QUEUE_GRAVE_H
#define PAR_QUEUE_GRAVE_H

#include "bytes.h"
#include "engine.h"

/*
 * Add for each record a line: itself, how often it was tried, why it is dead, the last
 * line of its stage, its number; or that first, behind mark, if there is one.
 */
void grave_lines(const struct engine_grave *grave, const char *mark, struct bytes *lines);

#endif
