/* SPDX-License-Identifier: ISC */
/*
 * group - what is known of each key, in a table of bounded memory.
 */
#ifndef PAR_GATHER_GROUP_H
#define PAR_GATHER_GROUP_H

#include "bytes.h"
#include "field.h"
#include "gather_plan.h"
#include "number.h"
#include "table.h"

/* A piece of a list of bytes. */
struct list_piece {
	struct list_piece *next;
	uint32_t used, size;
	char bytes[];
};

struct list {
	struct list_piece *head, *tail;
};

struct group_state {
	uint64_t records; /* that have the key */
	uint64_t values; /* how many, if that is asked or limited */
	struct list list; /* TAB value TAB value ..., if they are shown */
	struct list again; /* with --join-keys: later places of the key, uint64_t */
	struct number numbers[]; /* one for each column */
};

struct group {
	const struct gather_plan *plan;
	struct table table; /* entry.seq: the place in the output */
	uint64_t seq; /* for the next key */
	struct bytes joined; /* scratch of joining values */
};

/* What a record, or a key from the disk, adds.  At most one of its lists is not empty. */
struct group_add {
	struct field key, values; /* values: the other fields, each after a TAB */
	uint64_t hash; /* of the key */
	uint64_t seq; /* for a new key, and for one that is asked for */
	uint64_t records, count; /* how many records, and values if they are counted */
	struct field again;
	const struct number *numbers; /* of each column, if records is not 0 */
	bool asked; /* --join-keys names the key */
};

enum { GROUP_ASKED = 1 }; /* flag of an entry: --join-keys has named its key */

/* 0, or -1 with errno. */
int group_open(struct group *group, const struct gather_plan *plan);
void group_close(struct group *group);

/*
 * Take the len bytes of a record apart: key and values.  NULL, trouble_no_memory, or what
 * is the matter with the field that is the key.
 */
const char *group_take_apart(
    struct group *group, const char *data, size_t len, struct group_add *out);

/*
 * Its numbers: one of each column, for which there is room.  NULL, or what is the matter
 * with field *number.
 */
const char *group_take_numbers(const struct gather_plan *plan, const char *data,
    size_t len, struct number *numbers, uint64_t *number);

/*
 * Add to a key.  0, or -1 if there is no room: then nothing was added but perhaps
 * the key.  There is room for one key without regard to the limit; if there is
 * not, table.exhausted tells that the system has no memory.
 */
int group_add(struct group *group, const struct group_add *add);

static inline struct group_state *
group_state(const struct group *group, uint32_t index)
{
	return table_state(&group->table, index);
}

/* The bytes of a list, and copying them to dst. */
size_t list_len(const struct list *list);
void list_copy(const struct list *list, char *dst);

#endif
