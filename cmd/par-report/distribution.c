/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "amount.h"
#include "bytes.h"
#include "distribution.h"
#include "micro.h"

enum { EQUAL_STEPS = 30, RATIO = 12 };

static void
tick(struct axis *axis, double at, uint64_t micros)
{
	struct bytes text = { 0 };
	struct axis_tick *to = &axis->ticks[axis->count];
	size_t len;

	if (axis->count == AXIS_TICKS)
		return;
	amount_exact(&text, micros);
	len = text.len < AXIS_TEXT ? text.len : AXIS_TEXT - 1;
	memcpy(to->text, text.data, len);
	to->text[len] = '\0';
	to->at = at;
	axis->count++;
	bytes_free(&text);
}

/* From start on, in equal steps. */
static void
equal_steps(struct distribution *of, const struct quantiles *quantiles)
{
	uint64_t width = (uint64_t)axis_round_up(
	    (double)(quantiles->most - quantiles->least + 1) / EQUAL_STEPS);
	uint64_t start;

	if (width < quantiles->unit)
		width = quantiles->unit;
	start = quantiles->least / width * width;
	while (of->count < DISTRIBUTION_STEPS && start <= quantiles->most) {
		of->from[of->count++] = start;
		start += width;
	}
	of->from[of->count] = start;
}

/* Five steps for each power of ten; the first one is all below the shortest unit. */
static void
growing_steps(struct distribution *of, const struct quantiles *quantiles)
{
	static const double parts[] = { 1, 1.58, 2.51, 3.98, 6.31 };
	double power = 1;

	while (power * 10 <= (double)quantiles->unit)
		power *= 10;
	while (power * 10 <= (double)quantiles->least)
		power *= 10;
	if ((double)quantiles->least < power)
		of->from[of->count++] = 0;
	while (of->count < DISTRIBUTION_STEPS - 5) {
		for (size_t i = 0; i < 5; i++) {
			of->from[of->count] = (uint64_t)(parts[i] * power);
			if (of->from[of->count] > quantiles->most)
				return;
			of->count++;
		}
		power *= 10;
	}
	of->from[of->count] = UINT64_MAX;
}

/* Is micros 1, 10, 100 ... of them? */
static bool
is_power(uint64_t micros)
{
	while (micros >= 10 && micros % 10 == 0)
		micros /= 10;
	return micros == 1;
}

static void
mark(struct distribution *of, bool equal)
{
	size_t each = equal ? (of->count + 7) / 8 : 1;

	of->x = (struct axis){ .unit = "seconds", .most = 1 };
	if (of->count == 0)
		return;
	for (size_t i = 0; i <= of->count; i++)
		if (of->from[i] != UINT64_MAX &&
		    (equal ? i % each == 0 : of->from[i] == 0 || is_power(of->from[i])))
			tick(&of->x, (double)i / (double)of->count, of->from[i]);
}

void
distribution_make(struct distribution *of, const struct quantiles *quantiles)
{
	bool equal = quantiles->most / RATIO <= quantiles->least;
	size_t step = 0, last;

	*of = (struct distribution){ .count = 0 };
	if (quantiles->count == 0)
		return;
	if (equal)
		equal_steps(of, quantiles);
	else
		growing_steps(of, quantiles);
	last = quantiles_bucket(quantiles, quantiles->most);
	for (size_t i = quantiles_bucket(quantiles, quantiles->least); i <= last; i++) {
		if (quantiles->counts[i] == 0)
			continue;
		while (step + 1 < of->count &&
		    quantiles_least(quantiles, i) >= of->from[step + 1])
			step++;
		of->counts[step] += quantiles->counts[i];
	}
	for (size_t i = 0; i < of->count; i++)
		if (of->counts[i] > of->most)
			of->most = of->counts[i];
	mark(of, equal);
}

double
distribution_at(const struct distribution *of, uint64_t micros)
{
	size_t step = 0;
	double part;

	while (step + 1 < of->count && micros >= of->from[step + 1])
		step++;
	part = (double)(micros - of->from[step]) /
	    (double)(of->from[step + 1] - of->from[step]);
	return ((double)step + (part > 1 ? 1 : part)) / (double)of->count;
}
