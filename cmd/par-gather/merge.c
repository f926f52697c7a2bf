/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "field.h"
#include "merge.h"
#include "number.h"

/* An input that has not ended, and its next record. */
struct merge_input {
	size_t index;
	struct record rec;
	struct field key;
	struct number number; /* of the key, with --numeric */
};

struct merge {
	struct gather *gather;
	const struct gather_plan *plan;
	struct merge_input *heap; /* the least first */
	size_t live;
};

/* The number that a key begins with, after blanks; 0 if there is none. */
static struct number
leading_number(struct field key)
{
	struct number number = { 0 };
	size_t at = 0, len, point;

	while (at < key.len && (key.data[at] == ' ' || key.data[at] == '\t'))
		at++;
	len = at < key.len && key.data[at] == '-';
	while (
	    at + len < key.len && key.data[at + len] >= '0' && key.data[at + len] <= '9')
		len++;
	point = len;
	if (at + len < key.len && key.data[at + len] == '.')
		for (len++; at + len < key.len && key.data[at + len] >= '0' &&
		     key.data[at + len] <= '9';)
			len++;
	if (number_parse(key.data + at, len, &number) < 0 &&
	    number_parse(key.data + at, point, &number) < 0)
		number = (struct number){ 0 };
	return number;
}

static int
compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t len = a_len < b_len ? a_len : b_len;
	int order = len == 0 ? 0 : memcmp(a, b, len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* Should a come before b? */
static bool
before(const struct gather_plan *plan, const struct merge_input *a,
    const struct merge_input *b)
{
	int order;

	if (plan->numeric)
		order = number_compare(&a->number, &b->number);
	else
		order = compare_bytes(a->key.data, a->key.len, b->key.data, b->key.len);
	if (order == 0)
		order = compare_bytes(a->rec.data, a->rec.len, b->rec.data, b->rec.len);
	if (plan->reverse)
		order = -order;
	return order != 0 ? order < 0 : a->index < b->index;
}

/* The next record of input; false at its end. */
static bool
advance(struct merge *merge, struct merge_input *input)
{
	struct gather *gather = merge->gather;
	struct record *rec = &input->rec;
	enum record_status got;

	while ((got = inputs_take_of(&gather->in, input->index, rec)) != RECORD_OK) {
		if (got == RECORD_EOF)
			return false;
		if (got == RECORD_TOO_LONG) {
			gather_fail_long(gather, inputs_name(&gather->in), rec);
			continue;
		}
		gather_flush(gather);
		if (inputs_fill_of(&gather->in, input->index) == RECORD_ERROR) {
			gather_fail_input(gather, inputs_name(&gather->in), errno);
			return false;
		}
	}
	input->key = (struct field){ rec->data, rec->len };
	if (merge->plan->key > 0 &&
	    !field_at(rec->data, rec->len, merge->plan->key - 1, &input->key))
		input->key.len = 0;
	if (merge->plan->numeric)
		input->number = leading_number(input->key);
	return true;
}

/* Move heap[at] down to where it belongs. */
static void
sift(struct merge *merge, size_t at)
{
	struct merge_input moved = merge->heap[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < merge->live &&
		    before(merge->plan, &merge->heap[child + 1], &merge->heap[child]))
			child++;
		if (child >= merge->live ||
		    !before(merge->plan, &merge->heap[child], &moved))
			break;
		merge->heap[at] = merge->heap[child];
		at = child;
	}
	merge->heap[at] = moved;
}

void
merge_run(struct gather *gather, const struct gather_plan *plan)
{
	struct merge merge = { .gather = gather, .plan = plan };

	merge.heap = calloc(gather->in.count, sizeof(*merge.heap));
	if (merge.heap == NULL)
		die(STATUS_BROKEN, errno, "inputs");
	for (size_t i = 0; i < gather->in.count; i++) {
		merge.heap[merge.live].index = i;
		if (advance(&merge, &merge.heap[merge.live]))
			merge.live++;
	}
	for (size_t i = merge.live / 2; i-- > 0;)
		sift(&merge, i);
	while (merge.live > 0) {
		struct merge_input *least = &merge.heap[0];

		gather_put(gather, least->rec.data, least->rec.len);
		gather_put(gather, "\n", 1);
		if (!advance(&merge, least))
			merge.heap[0] = merge.heap[--merge.live];
		if (merge.live > 0)
			sift(&merge, 0);
	}
	free(merge.heap);
}
