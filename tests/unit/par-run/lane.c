/* SPDX-License-Identifier: ISC */
/*
 * The model is a queue of records as they were put.
 */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "lane.h"
#include "memory.h"

enum { MOST = 20000, LONGEST = 40, LARGE = 60 << 10, TAKEN = 8 };

struct model_put {
	char text[LONGEST + LANE_STEP];
	size_t len;
	uint64_t number;
	uint32_t tag;
};

static struct {
	struct lane lane;
	struct model_put puts[MOST];
	size_t begin, end;
	uint64_t number, highest; /* of the next record, and of all so far */
	struct batch *taken[TAKEN]; /* in use for a while: blocks are not used again */
	size_t taken_first[TAKEN];
} model;

static char large[LARGE + 1];

static void
put_large(void)
{
	struct model_put *put = &model.puts[model.end];

	*put = (struct model_put){ .len = LARGE, .number = model.number };
	check_is(lane_put(&model.lane,
		     &(struct lane_record){
			 .data = large, .len = put->len, .number = put->number },
		     false),
	    0);
	model.end++;
}

static void
put_short(void)
{
	struct model_put *put = &model.puts[model.end];
	struct lane *lane = &model.lane;

	put->len = chance_from(1, chance_one_in(3) ? LONGEST : LANE_STEP);
	chance_bytes_of(put->text, sizeof(put->text), "\nab", 3);
	memset(put->text, 'x', put->len - 1);
	put->text[put->len - 1] = '\n';
	put->number = model.number;
	put->tag = (uint32_t)chance();
	if (put->number >= model.highest && chance_one_in(2)) {
		check_is(lane_open(lane, put->number, chance_from(1, 100),
			     put->len + chance_below(3000), chance_one_in(4)),
		    0);
		lane_add(&lane->space, put->text, put->len,
		    (struct batch_note){ (uint32_t)put->number, put->tag });
	} else {
		check_is(lane_put(lane,
			     &(struct lane_record){
				 put->text, put->len, put->number, put->tag },
			     chance_one_in(4)),
		    0);
	}
	model.end++;
}

static void
do_put(void)
{
	if (model.end == MOST)
		return;
	model.number += chance_from(1, 3);
	if (chance_one_in(200))
		model.number += UINT64_C(1) << 32;
	if (chance_one_in(300)) /* it comes from another lane */
		model.number -= chance_below(model.number);
	if (chance_one_in(400))
		put_large();
	else
		put_short();
	if (model.highest < model.number)
		model.highest = model.number;
	model.number = model.highest;
}

/* What was taken is what was put, from there on. */
static void
agrees_with(const struct batch *batch, size_t first)
{
	const char *data = batch->data;

	check_is(batch->first, model.puts[first].number);
	for (uint64_t k = 0; k < batch->count; k++) {
		const struct model_put *put = &model.puts[first + k];

		check_is(batch_number(batch, k), put->number);
		check_is(batch_note(batch, k)->tag, put->tag);
		check_bytes(
		    data, put->len, put->len == LARGE ? large : put->text, put->len);
		data += put->len;
	}
	check_is(batch->len, (size_t)(data - batch->data));
}

/* How many at the front are neighbours: of those in its batch, which has at least one. */
static void
check_followers(void)
{
	const struct model_put *put = &model.puts[model.begin];
	uint64_t there = lane_followers(&model.lane, 3);

	check(there >= 1 && there <= 3);
	for (uint64_t k = 1; k < there; k++)
		check_is(put[k].number, put->number + k);
	if (model.begin + there < model.end && there < 3 &&
	    there < model.lane.fresh.head->count)
		check(put[there].number != put->number + there);
}

static void
do_take(void)
{
	size_t i = chance_below(TAKEN);
	struct batch *front;
	uint64_t most = chance_one_in(3) ? UINT64_MAX : chance_from(1, 5000);
	size_t most_bytes = chance_one_in(3) ? SIZE_MAX : chance_from(1, 100000);

	if (chance_one_in(2))
		check_followers();
	check_is(lane_cut(&model.lane, most, most_bytes, &front), 0);
	check((front != NULL) == (model.begin < model.end));
	if (front == NULL)
		return;
	check(front->count <= most && (front->len <= most_bytes || front->count == 1));
	if (model.taken[i] != NULL)
		agrees_with(model.taken[i], model.taken_first[i]);
	batch_free(model.taken[i]);
	model.taken[i] = front;
	model.taken_first[i] = model.begin;
	agrees_with(front, model.begin);
	model.begin += front->count;
}

/* Was a batch opened, and nothing put? */
static bool
is_unused(const struct lane *lane)
{
	const struct batch *open = lane->space.open;

	return open != NULL && open->count == 0 && lane_uncounted(lane) == 0;
}

static void
agrees(void)
{
	memset(large, 'l', LARGE - 1);
	large[LARGE - 1] = '\n';
	for (uint64_t round = 0; round < 6; round++) {
		uint64_t takes = chance_one_in(2) ? 20 : 3000;

		memset(&model, 0, sizeof(model));
		while (model.end < MOST) {
			check_at(round * MOST + model.end);
			do_put();
			if (chance_one_in(takes))
				do_take();
			if (chance_one_in(300)) /* and nothing comes */
				check_is(
				    lane_open(&model.lane, model.number, 9, 99, false),
				    0);
			if (chance_one_in(100) || is_unused(&model.lane))
				lane_shut(&model.lane);
			check_is(lane_waiting(&model.lane), model.end - model.begin);
		}
		while (model.begin < model.end)
			do_take();
		check_is(lane_waiting(&model.lane), 0);
		for (size_t i = 0; i < TAKEN; i++)
			batch_free(model.taken[i]);
		lane_clear(&model.lane);
	}
}

/* Without memory nothing is put, and what was stays. */
static void
starve(void)
{
	struct lane lane = { 0 };
	struct lane_record record = { .data = "a\n", .len = 2, .number = 7 };

	if (lane_put(&lane, &record, false) == 0) {
		struct batch *front;
		int got;

		record.number = 9;
		check_is(lane_put(&lane, &record, false), 0);
		got = lane_cut(&lane, 1, SIZE_MAX, &front);
		check(got == 0 || (memory_failed() && front == NULL));
		check_is(lane_waiting(&lane), front == NULL ? 2 : 1);
		batch_free(front);
	} else {
		check_is(lane_waiting(&lane), 0);
	}
	lane_clear(&lane);
}

static void
starves(void)
{
	memory_torment(starve);
}

/* A record from another place stands before those that are here: just, or far. */
static void
goes_back(void)
{
	for (uint64_t by = 1; by <= 1000; by *= 10) {
		struct lane lane = { 0 };
		struct lane_record record = { .data = "a\n", .len = 2, .number = 5000 };
		struct batch *front;

		check_at(by);
		check_is(lane_put(&lane, &record, false), 0);
		record.number -= by;
		check_is(lane_put(&lane, &record, false), 0);
		for (uint64_t number = 5000; number >= 5000 - by; number -= by) {
			check_is(lane_cut(&lane, 1, SIZE_MAX, &front), 0);
			check_is(batch_number(front, 0), number);
			batch_free(front);
		}
		lane_clear(&lane);
	}
}

TESTS("lane", { "agrees with a model", agrees }, { "goes back", goes_back },
    { "without memory", starves })
