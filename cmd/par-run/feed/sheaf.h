/* SPDX-License-Identifier: ISC */
/*
 * sheaf - some of the next records of the input, each with the class of its key and the
 * place that this belongs to: found for all of them, and then put place by place, which
 * is far quicker than record by record, since where the next one goes is not read back
 * from memory then.
 */
#ifndef PAR_RUN_SHEAF_H
#define PAR_RUN_SHEAF_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash.h"
#include "lane.h"
#include "match.h"

enum {
	KEY_CLASSES = 1 << HASH_CLASS_BITS,
	SHEAF_MOST = 512, /* records, */
	SHEAF_BYTES = 32 << 10 /* and bytes of them */
};

/* Of keys that hash alike. */
struct key_classes {
	uint16_t owners[KEY_CLASSES]; /* index of the place plus one; 0: nobody's; */
	unsigned char near[KEY_CLASSES]; /* the same, in less memory; 0: look closer */
	uint32_t records[KEY_CLASSES]; /* given out or waiting, as far as anybody tells */
};

/* A class is the place's of that number now. */
static inline void
key_classes_own(struct key_classes *classes, uint32_t tag, uint16_t number)
{
	classes->owners[tag] = number;
	classes->near[tag] = number > UCHAR_MAX ? 0 : (unsigned char)number;
}

struct sheaf {
	const char *data;
	size_t count;
	uint32_t number; /* of the first in the input, without its upper half */
	bool lacking; /* the record behind them has no key: the caller's */
	uint32_t starts[SHEAF_MOST + 1]; /* where each begins, and the last one ends; */
	uint16_t tags[SHEAF_MOST]; /* the class of each; */
	/* and the number of the place where others of that are; or 0: look closer */
	unsigned char owners[SHEAF_MOST + MATCH_SPAN];
};

static inline const char *
sheaf_record(const struct sheaf *sheaf, size_t i)
{
	return sheaf->data + sheaf->starts[i];
}

/* With its newline. */
static inline size_t
sheaf_len(const struct sheaf *sheaf, size_t i)
{
	return sheaf->starts[i + 1] - sheaf->starts[i];
}

static inline struct batch_note
sheaf_note(const struct sheaf *sheaf, size_t i)
{
	return (struct batch_note){ sheaf->number + (uint32_t)i, sheaf->tags[i] };
}

/*
 * Take what is whole of the len bytes at data, which stay; the first record there is that
 * of this number.  False: there is none, it is long.
 */
bool sheaf_cut(struct sheaf *sheaf, const char *data, size_t len, uint64_t number);

/*
 * Record i is of class tag.  Where told is set it is counted if it will be where others
 * of them are, as are most once all keys were seen.
 */
static inline void
sheaf_set_class(
    struct sheaf *sheaf, size_t i, struct key_classes *classes, uint32_t tag, bool told)
{
	unsigned owner = classes->near[tag];

	if (told) {
		uint32_t records = classes->records[tag];

		if (records == 0 || records == UINT32_MAX)
			owner = 0;
		classes->records[tag] = records + (owner != 0);
	}
	sheaf->tags[i] = (uint16_t)tag;
	sheaf->owners[i] = (unsigned char)owner;
}

/* The classes of all by their first fields; HASH_GLANCE bytes can be read behind them. */
void sheaf_by_first(struct sheaf *sheaf, struct key_classes *classes,
    const struct hash_key *hash, bool told);

/*
 * Put those of records i to j, without j, that belong to the place of that number into
 * its space, where there is room.
 */
void sheaf_put(const struct sheaf *sheaf, size_t i, size_t j, unsigned char owner,
    struct lane_space *lane_space);

#endif
