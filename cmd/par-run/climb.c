/* SPDX-License-Identifier: ISC */
#include "climb.h"

enum {
	SETTLE = 200, /* ms after the number has changed */
	MEASURE = 500, /* ms that a measure takes at least, */
	ROUNDS = 2, /* and so many records for each worker */
	REST = 8
};

/* More workers must get so much more done, and fewer no less than that. */
static const double gain = 1.05, loss = 0.98;

/* Measure anew, from now on. */
static void
measure(struct climb *climb, size_t workers, uint64_t now, uint64_t finished)
{
	climb->settling = workers != climb->trying;
	climb->trying = workers;
	climb->since = now;
	climb->finished = finished;
}

void
climb_begin(struct climb *climb, size_t workers, size_t most, uint64_t now)
{
	*climb = (struct climb){ .most = most, .best = workers };
	measure(climb, workers, now, 0);
}

/* Which number is tried next, from the best on? */
static size_t
next(const struct climb *climb)
{
	size_t best = climb->best, step = best < 4 ? 1 : best / 4;

	if (climb->down)
		return best > step ? best - step : 1;
	step = best < 2 ? 1 : best / 2;
	return best + step < climb->most ? best + step : climb->most;
}

/* What was tried does not do: back to the best, and then the other way. */
static size_t
reverse(struct climb *climb)
{
	climb->rest = climb->down ? REST : 0;
	climb->down = !climb->down;
	return climb->best;
}

/* So much was done with the number that is tried: which one is next? */
static size_t
judge(struct climb *climb, double rate)
{
	size_t other;

	if (climb->trying == climb->best) {
		climb->rate = rate;
		if (climb->rest > 0) {
			climb->rest--;
			return climb->best;
		}
		other = next(climb);
		return other == climb->best ? reverse(climb) : other;
	}
	if (rate < climb->rate * (climb->down ? loss : gain))
		return reverse(climb);
	climb->best = climb->trying;
	if (rate > climb->rate) /* what is lost by steps adds up */
		climb->rate = rate;
	other = next(climb);
	return other == climb->best ? reverse(climb) : other;
}

size_t
climb_turn(struct climb *climb, uint64_t now, uint64_t finished)
{
	uint64_t took = now - climb->since, done = finished - climb->finished;

	if (climb->settling) {
		if (took >= SETTLE && done >= climb->trying)
			measure(climb, climb->trying, now, finished);
		return climb->trying;
	}
	if (took >= MEASURE && done >= (uint64_t)ROUNDS * climb->trying)
		measure(climb, judge(climb, (double)done / (double)took), now, finished);
	return climb->trying;
}
