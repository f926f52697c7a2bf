/* SPDX-License-Identifier: ISC */
/*
 * source - where records come from: standard input, or lists behind the command.
 */
#ifndef PAR_RUN_SOURCE_H
#define PAR_RUN_SOURCE_H

#include <stdbool.h>

#include "intake.h"
#include "lists.h"
#include "options.h"

/*
 * Read the lists, if there are some; stage: this par-run is one, and may not have any.
 * Does not return if that cannot be.
 */
void source_lists(struct lists *lists, const struct run_options *options, bool stage);

/*
 * Open the intake of what was asked for; name: what standard input is called.  With a
 * checkpoint lists are a file.  Does not return if that cannot be.
 */
void source_open(struct intake *intake, struct lists *lists,
    const struct run_options *options, const char *name);

/*
 * The parent may offer to write records to descriptor fd, if that is not 0, and to
 * say which they are: they come from there, named, where each has a process of its own.
 */
void source_names(struct intake *intake, const struct run_options *options, int fd);

#endif
