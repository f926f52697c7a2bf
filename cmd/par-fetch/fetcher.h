/* SPDX-License-Identifier: ISC */
/*
 * fetcher - one event loop over the input, the transfers and the output.
 *
 * Nothing in it waits for one of them alone.  While nobody reads the output,
 * transfers in flight go on into memory, and no others are begun.
 */
#ifndef PAR_FETCH_FETCHER_H
#define PAR_FETCH_FETCHER_H

#include "diag.h"
#include "settings.h"

/* Fetch what the input asks for; the program's exit status. */
enum status fetcher_run(const struct settings *set);

#endif
