/* SPDX-License-Identifier: ISC */
/*
 * store - where outputs are kept by what they were made of: the command and the
 * record.  What is asked of each kind of store; see stores.h.
 */
#ifndef PAR_CACHE_STORE_H
#define PAR_CACHE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	KEY_SIZE = 32,
	STORE_LOOKUPS = 256 /* most that are looked up at a time */
};

/* Digest of a command and a record; the record itself is compared as well. */
struct digest {
	unsigned char bytes[KEY_SIZE];
};

/* A record that is looked for. */
struct lookup {
	struct digest key;
	const char *record; /* without its newline */
	size_t len;
	uint64_t number; /* the caller's */
	const char *output; /* NULL: there is none */
	size_t output_len;
	bool damaged; /* there is one, but not as it was stored */
};

/* An output to be kept, in a list. */
struct stored {
	struct stored *next;
	struct digest key;
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
	int (*put)(struct store *store, const struct stored *list);
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

#endif
