/* SPDX-License-Identifier: ISC */
/*
 * key - the part of a record that says where it goes, or whether it came before.
 */
#ifndef PAR_KEY_H
#define PAR_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "field.h"

enum key_kind {
	KEY_RECORD, /* all of it */
	KEY_FIELD,
	KEY_HOST /* the host of the URL that is the first field */
};

enum {
	KEY_URL_MAX = 4096, /* bytes of that field that are read */
	KEY_HOST_MAX = 256 /* bytes of a host that count */
};

struct key {
	enum key_kind kind;
	uint64_t field; /* for KEY_FIELD: its number, from 1 */
};

/* Why a record of len bytes has failed that key_of() finds no key in. */
const char *key_lacking(const char *data, size_t len);

/* Read what an option says: a number or 'host'.  NULL, or why it is neither. */
const char *key_parse(struct key *key, const char *value);

/*
 * The key of a record of len bytes: a view of it, or for KEY_HOST of it or room.  False
 * if it lacks the field.
 */
bool key_of(const struct key *key, const char *data, size_t len, char room[KEY_HOST_MAX],
    struct field *out);

#endif
