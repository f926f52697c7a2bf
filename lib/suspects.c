/* SPDX-License-Identifier: ISC */
#include "suspects.h"

bool
suspects_guilty(const struct batch_queue *had, enum suspects_by by)
{
	const struct batch *batch = had->head;

	return batch != NULL && batch->next == NULL && batch->alone &&
	    (batch->count == 1 || by == SUSPECTS_WHOLE);
}

/* The first count records of batch, and the rest: 0; or -1, and there are no parts. */
static int
cut(const struct batch *batch, uint64_t count, struct batch **first, struct batch **rest)
{
	*first = batch_slice(batch, 0, count, 0);
	*rest = *first == NULL
	    ? NULL
	    : batch_slice(batch, count, batch->count - count, (*first)->len);
	if (*rest != NULL)
		return 0;
	batch_free(*first);
	*first = NULL;
	return -1;
}

/* A batch that a place is to have alone, at once. */
static void
add_alone(struct batch_queue *to, struct batch *batch)
{
	batch->alone = true;
	batch->not_before = 0;
	batch_push(to, batch);
}

/* One batch.  Takes it. */
static int
add_one(struct batch_queue *to, struct batch *batch, enum suspects_by by)
{
	struct batch *first, *rest;

	if (by == SUSPECTS_WHOLE || (by == SUSPECTS_HALVES && batch->count == 1)) {
		add_alone(to, batch);
		return 0;
	}
	if (by == SUSPECTS_SINGLY || cut(batch, batch->count / 2, &first, &rest) < 0) {
		batch_push(to, batch);
		return by == SUSPECTS_SINGLY ? 0 : -1;
	}
	add_alone(to, first);
	add_alone(to, rest);
	batch_free(batch);
	return 0;
}

int
suspects_add(struct batch_queue *to, struct batch_queue *had, enum suspects_by by)
{
	struct batch *batch;
	int status = 0;

	while ((batch = batch_pop(had, UINT64_MAX)) != NULL)
		if (add_one(to, batch, by) < 0)
			status = -1;
	return status;
}

int
suspects_add_late(struct batch_queue *to, struct batch_queue *had, enum suspects_by by)
{
	struct batch *batch = batch_pop(had, UINT64_MAX), *oldest, *rest;
	int status = 0;

	if (batch == NULL)
		return 0;
	if (batch->count == 1) {
		status = add_one(to, batch, by);
	} else if (cut(batch, 1, &oldest, &rest) < 0) {
		batch_push(to, batch);
		status = -1;
	} else {
		batch_free(batch);
		if (add_one(to, oldest, by) < 0 || add_one(to, rest, by) < 0)
			status = -1;
	}
	return suspects_add(to, had, by) < 0 ? -1 : status;
}

int
suspects_pick(struct batch_queue *had, uint64_t number, struct batch_queue *others,
    struct batch **found)
{
	struct batch *batch, *rest;
	int status = 0;

	*found = NULL;
	while ((batch = batch_pop(had, UINT64_MAX)) != NULL) {
		if (*found != NULL || batch->first != number) {
			batch_push(others, batch);
		} else if (batch->count == 1) {
			*found = batch;
		} else if (cut(batch, 1, found, &rest) < 0) {
			batch_push(others, batch);
			status = -1;
		} else {
			batch_push(others, rest);
			batch_free(batch);
		}
	}
	return status;
}

int
suspects_next(struct batch_queue *queue, struct batch **record)
{
	if (batch_cut(queue, 1, record) < 0)
		return -1;
	if (*record != NULL)
		(*record)->alone = true;
	return 0;
}
