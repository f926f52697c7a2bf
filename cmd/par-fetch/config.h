/* SPDX-License-Identifier: ISC */
/*
 * config - options from a file, as those of curl -K: ours by their long names, and
 * those of curl that matter to a connection and have no option of their own here.
 */
#ifndef PAR_FETCH_CONFIG_H
#define PAR_FETCH_CONFIG_H

#include <curl/curl.h>

#include "opt.h"
#include "roles.h"
#include "settings.h"

/*
 * Take the options of path, whose text is given, NUL at its end; it is changed.  Ends
 * the program on misuse, with the line.
 */
void config_read(const struct opt_program *program, struct settings *set,
    const char *path, char *text);

/* The name of an option that leads past what --deny-private looks at, or NULL. */
const char *config_evades(const struct settings *set);

/* Enter the files that those of curl name. */
void config_roles(struct roles *roles, const struct settings *set);

/* Set those of curl. */
void config_apply(CURL *easy, const struct settings *set);

#endif
