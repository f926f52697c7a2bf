/* SPDX-License-Identifier: ISC */
/*
 * settings - what the command line asks for.  Fixed while the program runs.
 */
#ifndef PAR_FETCH_SETTINGS_H
#define PAR_FETCH_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

/* Times in milliseconds, sizes in bytes. */
struct settings {
	uint64_t jobs; /* most transfers in flight */
	uint64_t per_host; /* and to one host */
	uint64_t lookahead; /* most records read and not yet begun; 0: see main.c */
	uint64_t max_record; /* of the input */
	uint64_t max_body; /* decoded */
	uint64_t max_header; /* all header lines of an answer */
	uint64_t connect_timeout;
	uint64_t max_time; /* of one attempt; 0: no limit */
	uint64_t max_redirs;
	uint64_t retries;
	uint64_t retry_delay; /* before the first retry; doubled for each further one */
	uint64_t retry_max_delay;
	const char *proto; /* schemes, with commas between */
};

#endif
