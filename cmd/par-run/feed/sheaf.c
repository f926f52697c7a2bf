/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "field.h"
#include "record.h"
#include "sheaf.h"

bool
sheaf_cut(struct sheaf *sheaf, const char *data, size_t len, uint64_t number)
{
	sheaf->data = data;
	sheaf->number = (uint32_t)number;
	sheaf->starts[0] = 0;
	sheaf->count = record_ends(
	    data, len < SHEAF_BYTES ? len : SHEAF_BYTES, sheaf->starts + 1, SHEAF_MOST);
	return sheaf->count > 0;
}

/* whole: the first field is all of each.  What is constant makes a loop of its own. */
static inline void
by_first(struct sheaf *sheaf, struct key_classes *classes, struct hash_key hash,
    bool whole, bool told)
{
	const char *data = sheaf->data;
	size_t at = 0, count = sheaf->count;

	for (size_t i = 0; i < count; i++) {
		size_t end = sheaf->starts[i + 1], len = end - at - 1;

		if (!whole)
			len = field_first(data + at, len);
		sheaf_set_class(
		    sheaf, i, classes, hash_class(data + at, len, &hash), told);
		at = end;
	}
}

void
sheaf_by_first(struct sheaf *sheaf, struct key_classes *classes,
    const struct hash_key *hash, bool told)
{
	bool whole = memchr(sheaf->data, '\t', sheaf->starts[sheaf->count]) == NULL;

	if (whole && !told)
		by_first(sheaf, classes, *hash, true, false);
	else
		by_first(sheaf, classes, *hash, whole, told);
}

void
sheaf_put(const struct sheaf *sheaf, size_t i, size_t j, unsigned char owner,
    struct lane_space *lane_space)
{
	struct lane_space space = *lane_space;
	const char *data = sheaf->data; /* what is stored might be these, else */
	uint32_t number = sheaf->number;

	for (; i < j; i += MATCH_SPAN) {
		uint64_t mine = match(sheaf->owners + i, owner);

		if (j - i < MATCH_SPAN)
			mine &= (UINT64_C(1) << (j - i)) - 1;
		for (; mine != 0; mine &= mine - 1) {
			size_t k = i + (size_t)__builtin_ctzll(mine);

			lane_add(&space, data + sheaf->starts[k], sheaf_len(sheaf, k),
			    (struct batch_note){ number + (uint32_t)k, sheaf->tags[k] });
		}
	}
	*lane_space = space;
}
