/* SPDX-License-Identifier: ISC */
/*
 * address - where a Redis server is, and who asks: a URL, and a password that stands
 * in no argument.
 *
 *	redis://[USER@]HOST[:PORT][/DB]		rediss:// is the same by TLS
 *	unix:///PATH[?db=DB]		also redis+unix:// and redis+socket://
 */
#ifndef PAR_ADDRESS_H
#define PAR_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

struct address {
	char *host; /* NULL: path */
	uint64_t port;
	bool tls;
	const char
	    *certificate; /* ours, for tls: the caller's to set and keep, or NULL */
	char *path;
	char *user; /* NULL: the default one */
	char *password; /* NULL: none */
	uint64_t db;
};

/*
 * Parse url; a password in it is taken only if secret, that is if it comes from
 * where others cannot see it.  NULL, trouble_no_memory, or what is wrong with it.
 */
const char *address_parse(struct address *address, const char *url, bool secret);

/*
 * Take the password out of the variable name of the environment, which holds a URL or,
 * if whole, nothing else: what is started from here has no need of it.  In a URL of
 * another kind it may stand behind the question mark, too, as password=PASSWORD.
 */
void address_hide(const char *name, bool whole);

/* What to say of a password where others can see it. */
extern const char address_no_password[];

/* What to say of tls where it is not spoken. */
extern const char address_none[]; /* what address_parse() says of another scheme */
extern const char address_no_tls[];

/* The password is the first line of file.  0, or -1 with errno. */
int address_password(struct address *address, const char *file);

void address_free(struct address *address);

#endif
