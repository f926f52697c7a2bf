/* SPDX-License-Identifier: ISC */
/*
 * address - where a Redis server is, and who asks: a URL, and a password that stands
 * in no argument.
 *
 *	redis://[USER@]HOST[:PORT][,...][/DB]	rediss:// is the same by TLS
 *	redis-sentinel://[USER@]HOST[:PORT][,...][/DB]?master=NAME	rediss-sentinel://
 *	unix:///PATH[?db=DB]		also redis+unix:// and redis+socket://
 */
#ifndef PAR_ADDRESS_H
#define PAR_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address_place {
	char *host;
	uint64_t port;
};

struct address {
	struct address_place *places; /* any of them will do; NULL: path */
	size_t count;
	char *master; /* they are Sentinels, which know where this one is; or NULL */
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

/* What address_parse() says of another scheme. */
extern const char address_none[];

/* What to say where TLS is not spoken. */
extern const char address_no_tls[];

/* The password is the first line of file.  0, or -1 with errno. */
int address_password(struct address *address, const char *file);

void address_free(struct address *address);

#endif
