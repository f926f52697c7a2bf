/* SPDX-License-Identifier: ISC */
/*
 * When a block that is not full is begun: by a clock that the test turns.
 */
#include <string.h>
#include <unistd.h>

#include "blocks.h"
#include "check.h"
#include "fdio.h"

enum { WAIT = 10 /* ms */ };

static struct {
	struct blocks blocks;
	struct intake intake;
	int ends[2];
} play;

static const struct run_options options = {
	.block_records = 3, .block_bytes = SIZE_MAX, .block_wait = WAIT
};
static const struct arguments arguments;
static struct ending ending;
static struct times times;

static void
begin(void)
{
	memset(&play, 0, sizeof(play));
	times.now = 1000;
	check_is(fdio_pipe(play.ends), 0);
	fdio_nonblocking(play.ends[0]);
	check_is(intake_open(&play.intake, play.ends[0], "input", 100), 0);
	play.blocks = (struct blocks){ .options = &options,
		.times = &times,
		.arguments = &arguments,
		.intake = &play.intake,
		.ending = &ending };
	blocks_begin(&play.blocks);
}

/* More input comes. */
static void
feed(const char *text)
{
	check_is(write(play.ends[1], text, strlen(text)), strlen(text));
	play.intake.gathering = true;
	check_is(intake_fill(&play.intake), 0);
}

/* Nothing is given now, and a block is due at that time. */
static void
none_until(uint64_t due)
{
	struct batch *batch;

	blocks_turn(&play.blocks);
	check_is(blocks_next(&play.blocks, &batch), 0);
	check_is(play.blocks.due, due);
}

static void
some(uint64_t count)
{
	struct batch *batch;

	blocks_turn(&play.blocks);
	check_is(blocks_next(&play.blocks, &batch), 1);
	check_is(batch->count, count);
	batch_free(batch);
}

/* Each block has all of its time, whatever became of the one before it. */
static void
waiting(void)
{
	begin();
	feed("a\n");
	none_until(1000 + WAIT);
	times.now += WAIT - 1;
	none_until(1000 + WAIT);
	feed("b\n");
	times.now++;
	some(2);
	times.now += 5;
	feed("c\nd\n");
	none_until(1015 + WAIT);
	times.now += 5;
	feed("e\nf\n");
	some(3);
	times.now += WAIT;
	none_until(1030 + WAIT);
	times.now += WAIT;
	some(1);
	intake_close(&play.intake);
	close(play.ends[0]);
	close(play.ends[1]);
}

TESTS("blocks", { "what waits for others, and how long", waiting })
