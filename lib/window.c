/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "window.h"

void
window_init(struct window *window)
{
	*window = (struct window){ 0 };
}

int
window_add(struct window *window, struct batch *batch)
{
	struct flight *flight = malloc(sizeof(*flight));

	if (flight == NULL)
		return -1;
	*flight = (struct flight){
		.batch = batch, .base = window->given_records, .at = window->given_bytes
	};
	if (window->head == NULL)
		window->tail = &window->head;
	*window->tail = flight;
	window->tail = &flight->next;
	if (window->unsent == NULL) {
		window->unsent = flight;
		window->unsent_at = 0;
	}
	window->given_records += batch->count;
	window->given_bytes += batch->lead_len + batch->len;
	window->records += batch->count;
	window->bytes += batch->len;
	return 0;
}

static bool
is_done(const struct flight *flight, uint64_t k)
{
	if (k < flight->prefix)
		return true;
	return flight->bits != NULL && (flight->bits[k / 8] >> (k % 8) & 1) != 0;
}

/*
 * Where record k of the flight begins, bytes.  The place is remembered, so that
 * going through a batch in order reads it once.
 */
static size_t
locate(struct flight *flight, uint64_t k)
{
	const struct batch *batch = flight->batch;
	uint64_t passed;

	if (k < flight->found)
		flight->found = flight->found_at = flight->found_len = 0;
	if (k == flight->found + 1 && flight->found_len > 0)
		flight->found_at += flight->found_len;
	else if (k > flight->found)
		flight->found_at += record_span(batch->data + flight->found_at,
		    batch->len - flight->found_at, k - flight->found, SIZE_MAX, &passed);
	if (k != flight->found)
		flight->found_len = 0;
	flight->found = k;
	return flight->found_at;
}

/* Was record k of the flight written to the worker, to its last byte? */
static bool
was_sent(const struct window *window, struct flight *flight, uint64_t k)
{
	if (window->unsent == NULL || flight->at < window->unsent->at)
		return true;
	if (flight != window->unsent)
		return false;
	return k + 1 < flight->batch->count &&
	    locate(flight, k + 1) + flight->batch->lead_len <= window->unsent_at;
}

struct flight *
window_find(struct window *window, uint64_t index)
{
	for (struct flight *f = window->head; f != NULL && f->base <= index;
	     f = f->next) {
		uint64_t k = index - f->base;

		if (k < f->batch->count)
			return is_done(f, k) || !was_sent(window, f, k) ? NULL : f;
	}
	return NULL;
}

/* How many records from k on, at most most, are not done. */
static uint64_t
not_done_from(const struct flight *flight, uint64_t k, uint64_t most)
{
	uint64_t from = k;

	if (most > flight->batch->count - k)
		most = flight->batch->count - k;
	if (k >= flight->prefix && flight->bits == NULL)
		return most;
	while (k - from < most && !is_done(flight, k))
		k++;
	return k - from;
}

/*
 * Are these records what was let go together, and was not told of?  Where that is not
 * done, each of them may be told of alone.
 */
static bool
is_gone(const struct window *window, uint64_t first, uint64_t last)
{
	for (unsigned i = 0; i < window->gone_count; i++) {
		const struct window_gone *gone = &window->gone[i];
		bool whole = last - first + 1 == gone->together &&
		    (first - gone->index) % gone->together == 0;

		if ((whole || first == last) && first - gone->index < gone->count)
			return true;
	}
	return false;
}

bool
window_has_all(struct window *window, uint64_t first, uint64_t last)
{
	if (is_gone(window, first, last))
		return true;
	for (struct flight *f = window->head; f != NULL && f->base <= first;
	     f = f->next) {
		uint64_t count = f->batch->count, k = first - f->base, there;

		if (k >= count)
			continue;
		there = not_done_from(f, k, last - first + 1);
		first += there;
		/* They were sent in their order: if the last was, all were. */
		if (there > 0 && first > last)
			return was_sent(window, f, k + there - 1);
		if (k + there < count)
			return false;
	}
	return false;
}

uint64_t
window_number(const struct window *window, uint64_t index)
{
	const struct flight *f = window->head;

	while (index - f->base >= f->batch->count)
		f = f->next;
	return batch_number(f->batch, index - f->base);
}

bool
window_neighbours(const struct window *window, uint64_t first, uint64_t last)
{
	uint64_t number = window_number(window, first), index = first;

	for (const struct flight *f = window->head; f != NULL; f = f->next) {
		uint64_t k = index - f->base, count = f->batch->count;

		for (; k < count && index <= last; k++, index++)
			if (batch_number(f->batch, k) != number + (index - first))
				return false;
	}
	return true;
}

/* Mark record k, out of order; 0, or -1 without memory. */
static int
mark(struct flight *flight, uint64_t k)
{
	if (flight->bits == NULL)
		flight->bits = calloc((size_t)(flight->batch->count / 8 + 1), 1);
	if (flight->bits == NULL)
		return -1;
	flight->bits[k / 8] |= (unsigned char)(1u << (k % 8));
	return 0;
}

uint64_t
window_done(struct window *window, struct flight *flight, uint64_t index)
{
	uint64_t k = index - flight->base;

	if (k != flight->prefix) {
		if (mark(flight, k) < 0)
			return UINT64_MAX;
	} else {
		flight->prefix++;
		while (flight->bits != NULL && flight->prefix < flight->batch->count &&
		    is_done(flight, flight->prefix))
			flight->prefix++;
	}
	flight->done++;
	window->records--;
	return batch_number(flight->batch, k);
}

uint64_t
window_part(const struct flight *flight, uint64_t index, uint64_t count, bool neighbours)
{
	const struct batch *batch = flight->batch;
	uint64_t k = index - flight->base, part = 1;

	if (count > batch->count - k)
		count = batch->count - k;
	if (!neighbours || batch->notes == NULL)
		return count;
	while (part < count &&
	    batch_number(batch, k + part) == batch_number(batch, k) + part)
		part++;
	return part;
}

int
window_done_part(
    struct window *window, struct flight *flight, uint64_t index, uint64_t count)
{
	if (index - flight->base != flight->prefix || flight->bits != NULL) {
		for (uint64_t i = 0; i < count; i++)
			if (window_done(window, flight, index + i) == UINT64_MAX)
				return -1;
		return 0;
	}
	flight->prefix += count;
	flight->done += count;
	window->records -= count;
	return 0;
}

/* So many records from index on are let go: behind others, or by themselves. */
static void
add_gone(struct window *window, uint64_t index, uint64_t count)
{
	for (unsigned i = 0; i < window->gone_count; i++) {
		struct window_gone *gone = &window->gone[i];

		if (gone->index + gone->count != index || gone->together != count)
			continue;
		gone->left += count;
		gone->count += count;
		return;
	}
	window->gone[window->gone_count++] = (struct window_gone){
		.index = index, .left = count, .count = count, .together = count
	};
}

int
window_let_go(struct window *window, uint64_t index, bool whole)
{
	struct flight *flight = window->head;
	uint64_t count;

	while (flight != NULL && index - flight->base >= flight->batch->count)
		flight = flight->next;
	if (flight == NULL || is_done(flight, index - flight->base))
		return 0;
	count = whole ? flight->batch->count : 1;
	if (window_done_part(window, flight, index, count) < 0)
		return -1;
	add_gone(window, index, count);
	return 0;
}

bool
window_told_gone(struct window *window, uint64_t index, uint64_t count)
{
	for (unsigned i = 0; i < window->gone_count; i++) {
		struct window_gone *gone = &window->gone[i];

		if (index < gone->index || index - gone->index >= gone->count)
			continue;
		gone->left -= count < gone->left ? count : gone->left;
		if (gone->left == 0)
			*gone = window->gone[--window->gone_count];
		return true;
	}
	return false;
}

size_t
window_record_len(struct flight *flight, uint64_t index)
{
	const struct batch *batch = flight->batch;
	const char *data = batch->data + locate(flight, index - flight->base), *newline;

	if (flight->found_len == 0) {
		newline = memchr(data, '\n', batch->len - flight->found_at);
		flight->found_len = (size_t)(newline - data) + 1;
	}
	return flight->found_len;
}

struct batch *
window_record(struct flight *flight, uint64_t index)
{
	uint64_t k = index - flight->base;

	return batch_slice(flight->batch, k, 1, locate(flight, k));
}

bool
window_has_gap(const struct window *window)
{
	const struct flight *flight = window->head;

	while (flight->done == flight->batch->count)
		flight = flight->next;
	return flight->base + flight->prefix < window->given_records - window->records;
}

uint64_t
window_oldest(struct window *window)
{
	window_trim(window);
	return batch_number(window->head->batch, window->head->prefix);
}

/* Which record of the batch has that number: its place, or count if none has. */
static uint64_t
place_of(const struct batch *batch, uint64_t number)
{
	uint64_t k = 0;

	if (batch->notes == NULL)
		return number < batch->first || number - batch->first >= batch->count
		    ? batch->count
		    : number - batch->first;
	while (k < batch->count && batch_number(batch, k) != number)
		k++;
	return k;
}

bool
window_has(const struct window *window, uint64_t number)
{
	for (const struct flight *flight = window->head; flight != NULL;
	     flight = flight->next) {
		uint64_t k = place_of(flight->batch, number);

		if (k < flight->batch->count && !is_done(flight, k))
			return true;
	}
	return false;
}

/* Take the first flight off the window; its batch is then the caller's. */
static struct batch *
drop_head(struct window *window)
{
	struct flight *flight = window->head;
	struct batch *batch = flight->batch;

	window->head = flight->next;
	window->records -= batch->count - flight->done;
	window->bytes -= batch->len;
	if (window->unsent == flight) {
		window->unsent = flight->next;
		window->unsent_at = 0;
	}
	free(flight->bits);
	free(flight);
	return batch;
}

void
window_trim(struct window *window)
{
	while (window->head != NULL && window->head->done == window->head->batch->count)
		batch_free(drop_head(window));
}

void
window_consumed(struct window *window, uint64_t bytes)
{
	while (window->head != NULL && window->head != window->unsent &&
	    window->head->at + window->head->batch->lead_len + window->head->batch->len <=
		bytes)
		batch_free(drop_head(window));
}

/* Put the records of flight that are not done, from k and before end, into queue. */
static int
requeue(struct flight *flight, uint64_t k, uint64_t end, struct batch_queue *queue)
{
	while (k < end) {
		uint64_t from = k;
		struct batch *slice;

		if (is_done(flight, k)) {
			k = k < flight->prefix ? flight->prefix : k + 1;
			continue;
		}
		while (k < end && !is_done(flight, k))
			k++;
		slice = batch_slice(flight->batch, from, k - from, locate(flight, from));
		if (slice == NULL)
			return -1;
		slice->alone = flight->batch->alone;
		batch_push(queue, slice);
	}
	return 0;
}

int
window_not_done(const struct window *window, struct batch_queue *queue)
{
	for (struct flight *f = window->head; f != NULL; f = f->next)
		if (requeue(f, 0, f->batch->count, queue) < 0)
			return -1;
	return 0;
}

/* The first record of the flight that begins at or after byte at of its batch. */
static uint64_t
record_from(const struct flight *flight, uint64_t at)
{
	const struct batch *batch = flight->batch;
	uint64_t count = 0;
	size_t len;

	if (at <= batch->lead_len)
		return 0;
	at -= batch->lead_len;
	if (at > batch->len)
		return batch->count;
	len = record_span(batch->data, batch->len, UINT64_MAX, (size_t)at, &count);
	return len < at ? count + 1 : count;
}

/* Take all of flight, those from record k on apart; nothing of it without memory. */
static int
take_flight(struct flight *flight, uint64_t k, struct batch_queue *before,
    struct batch_queue *queue)
{
	struct batch_queue first = { 0 }, rest = { 0 };

	if ((before != NULL && requeue(flight, 0, k, &first) < 0) ||
	    requeue(flight, k, flight->batch->count, &rest) < 0) {
		batch_clear(&first);
		batch_clear(&rest);
		return -1;
	}
	if (before != NULL)
		batch_join(before, &first);
	batch_join(queue, &rest);
	return 0;
}

int
window_take_apart(struct window *window, uint64_t offset, struct batch_queue *before,
    struct batch_queue *queue)
{
	while (window->head != NULL) {
		struct flight *flight = window->head;
		uint64_t skip = offset > flight->at ? offset - flight->at : 0;

		if (take_flight(flight, record_from(flight, skip), before, queue) < 0)
			return -1;
		batch_free(drop_head(window));
	}
	window->gone_count = 0;
	return 0;
}

int
window_requeue(struct window *window, uint64_t offset, struct batch_queue *queue)
{
	return window_take_apart(window, offset, NULL, queue);
}

void
window_clear(struct window *window)
{
	while (window->head != NULL)
		batch_free(drop_head(window));
	window->gone_count = 0;
}

void
window_begin_anew(struct window *window, const char *run)
{
	window->given_bytes = window->written = 0;
	for (struct flight *f = window->head; f != NULL; f = f->next) {
		batch_lead(f->batch, run);
		f->at = window->given_bytes;
		window->given_bytes += f->batch->lead_len + f->batch->len;
	}
	window->unsent = window->head;
	window->unsent_at = 0;
}

size_t
window_to_send(const struct window *window, const char **data)
{
	const struct batch *batch;

	if (window->unsent == NULL)
		return 0;
	batch = window->unsent->batch;
	if (window->unsent_at < batch->lead_len) {
		*data = batch->lead + window->unsent_at;
		return batch->lead_len - window->unsent_at;
	}
	*data = batch->data + (window->unsent_at - batch->lead_len);
	return batch->lead_len + batch->len - window->unsent_at;
}

void
window_sent(struct window *window, size_t len)
{
	window->unsent_at += len;
	window->written += len;
	if (window->unsent_at ==
	    window->unsent->batch->lead_len + window->unsent->batch->len) {
		const struct batch *batch = window->unsent->batch;

		block_rest(batch->block, batch->data, batch->len);
		window->unsent = window->unsent->next;
		window->unsent_at = 0;
	}
}
