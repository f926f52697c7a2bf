/* SPDX-License-Identifier: ISC */
/*
 * store - where outputs are kept by what they were made of: the command and the
 * record.  One struct store_kind for each sort of store; store_open() chooses.
 */
#ifndef PAR_CACHE_STORE_H
#define PAR_CACHE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "roles.h"

enum {
	KEY_SIZE = 32,
	STORE_LOOKUPS = 256 /* most that are looked up at a time */
};

/* Digest of a command and a record; the record itself is compared as well. */
struct key {
	unsigned char bytes[KEY_SIZE];
};

/* A record that is looked for. */
struct lookup {
	struct key key;
	const char *record; /* without its newline */
	size_t len;
	uint64_t number; /* the caller's */
	const char *output; /* NULL: there is none */
	size_t output_len;
	bool damaged; /* there is one, but not as it was stored */
};

/* An output to be kept, in a list. */
struct saved {
	struct saved *next;
	struct key key;
	const char *record;
	size_t len;
	const char *output;
	size_t output_len;
};

struct store_plan {
	const char *where; /* a folder or URL; NULL: the user's cache folder */
	uint64_t max_size; /* bytes that a folder may take up */
	uint64_t ttl; /* seconds for which an output is good; 0: for ever */
	const char *password_file; /* of a server; NULL: the environment may tell */
};

/* How a key is called on a server: a prefix, and its bytes in hexadecimal. */
enum { STORE_NAME_SIZE = 5 + 2 * KEY_SIZE };
void store_name(char name[static STORE_NAME_SIZE + 1], const struct key *key);

struct store_size {
	uint64_t entries, bytes, limit; /* limit 0: the server's */
};

struct store {
	const struct store_kind *kind;
	void *state; /* the kind's */
	uint64_t ttl;
	uint64_t evicted, refused; /* dropped for room; never stored, being too large */
	uint64_t damaged; /* found, but not as they were stored */
	char *name; /* for diagnostics; holds no password */
	const char *why; /* what is wrong with the store, or NULL */
};

struct store_kind {
	/* NULL, or why not: a text that stays valid. */
	const char *(*open)(struct store *store, const struct store_plan *plan);
	/* Look count records up; what is found stays valid until rest(). */
	int (*get)(struct store *store, struct lookup *lookups, size_t count);
	void (*rest)(struct store *store);
	/* Keep a list of outputs. */
	int (*put)(struct store *store, const struct saved *list);
	int (*size)(struct store *store, struct store_size *size);
	void (*close)(struct store *store);
};

extern const struct store_kind store_lmdb;
#ifdef HAVE_LIBMEMCACHED
extern const struct store_kind store_memcached;
#endif
#ifdef HAVE_HIREDIS
extern const struct store_kind store_redis;
#endif

/* Open what the plan names; ends the program if it cannot be used. */
void store_open(struct store *store, const struct store_plan *plan);

/*
 * A store that fails while it is used is told of once, and does without: nothing
 * is found, nothing kept, and records are computed as if there was no cache.
 */
void store_get(struct store *store, struct lookup *lookups, size_t count);
void store_rest(struct store *store);
void store_put(struct store *store, const struct saved *list);

/* How full it is; ends the program if that cannot be told. */
void store_size(struct store *store, struct store_size *size);

void store_close(struct store *store);

/* Enter the files of a folder that the plan names. */
void store_roles(struct roles *roles, const struct store_plan *plan);

#endif
