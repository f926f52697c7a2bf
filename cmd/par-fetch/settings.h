/* SPDX-License-Identifier: ISC */
/*
 * settings - what the command line asks for.  Fixed while the program runs.
 */
#ifndef PAR_FETCH_SETTINGS_H
#define PAR_FETCH_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "backoff.h"
#include "bytes.h"

enum { SETTINGS_STATUSES = 1000, SETTINGS_EXTRAS = 40 };

struct curl_slist;

/* Times in milliseconds, sizes in bytes; strings and lists are NULL if not given. */
struct settings {
	/* how fast */
	uint64_t jobs; /* most transfers in flight */
	uint64_t per_host; /* and to one host */
	uint64_t delay; /* between requests to one host */
	uint64_t lookahead; /* most records read and not yet begun; 0: see options.c */
	uint64_t limit_rate; /* of one transfer, bytes a second; 0: no limit */

	/* where from and to */
	char *const *paths; /* of the input, count of them */
	size_t count;
	const char *output; /* path; NULL: standard output */
	uint64_t wait_ms; /* for other ends of FIFOs; 0: for ever */

	/* limits */
	uint64_t max_record; /* of the input */
	uint64_t max_body; /* decoded */
	uint64_t max_header; /* all header lines of an answer */
	uint64_t connect_timeout;
	uint64_t max_time; /* of one attempt; 0: no limit */
	uint64_t speed_limit, speed_time; /* bytes a second; how long it may be slower */
	uint64_t max_redirs;
	const char *proto; /* schemes, with commas between */
	bool guess; /* a URL without a scheme is one of http */
	bool deny_private; /* connect to public addresses only, */
	struct curl_slist *allowed; /* and to these */

	/* what may pass */
	uint64_t retries;
	struct backoff backoff; /* before a retry; longest even if the server asks */
	bool fail_on[SETTINGS_STATUSES]; /* statuses that are failures */

	/* what to ask, and how */
	struct curl_slist *headers; /* of -H */
	struct curl_slist *safe_headers; /* those of them that hold no secret */
	struct curl_slist *resolve;
	const char *agent, *cacert, *method;
	char *proxy;
	char *user, *password;
	char *cookies; /* name=value, for all hosts in the input */
	char *cookie_file;
	const char *cookie_jar;
	const char *hsts; /* file of hosts that are to be asked by https; "": none */
	struct bytes data; /* of -d */
	bool post; /* data is there, if only empty */
	bool location; /* as it is anyway */
	const char *folder; /* for bodies */
	const char *names; /* of their files, a template; or NULL */
	const char *warc; /* archive, */
	uint64_t warc_size; /* of so many bytes at most, then another; 0: of any */
	bool warc_revisit; /* that refers to what it has already, */
	const char
	    *warc_seen; /* or archives that are noted in this file; NULL: none are */
	bool if_modified, json, progress, robots;
	bool keep; /* bodies that are cut or too long, as far as they came */
	bool tell; /* with each answer, how it came */
	bool head, netrc, insecure, http1;
	const char *extras[SETTINGS_EXTRAS]; /* options of curl, see config.c */
	struct curl_slist *config; /* values that came from files, */
	struct curl_slist *read; /* and these files, of -K and -d */
};

#endif
