/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "amount.h"
#include "axis.h"
#include "bytes.h"
#include "need.h"

enum { VALUE_STEPS = 4, TIME_STEPS = 8 };

/* The least whole number that is not below value, but for what rounding does. */
static int
round_up(double value)
{
	int whole = (int)value;

	return value - whole > 1e-9 ? whole + 1 : whole;
}

double
axis_round_up(double value)
{
	double unit = 1;

	while (unit < value)
		unit *= 10;
	while (unit / 10 >= value * (1 - 1e-9))
		unit /= 10;
	if (unit / 5 >= value * (1 - 1e-9))
		return unit / 5;
	return unit / 2 >= value * (1 - 1e-9) ? unit / 2 : unit;
}

static void
add(struct axis *axis, double at, const struct bytes *text)
{
	struct axis_tick *tick = &axis->ticks[axis->count++];
	size_t len = text->len < AXIS_TEXT ? text->len : AXIS_TEXT - 1;

	tick->at = at;
	memcpy(tick->text, text->data, len);
	tick->text[len] = '\0';
}

void
axis_values(struct axis *axis, double most)
{
	double step = axis_round_up((most > 0 ? most : 1) / VALUE_STEPS);
	int steps = round_up((most > 0 ? most : 1) / step);
	struct bytes text = { 0 };

	*axis = (struct axis){ .unit = "", .most = steps * step };
	for (int i = 0; i <= steps && i < AXIS_TICKS; i++) {
		bytes_clear(&text, SIZE_MAX);
		amount_short(&text, i * step);
		add(axis, (double)i / steps, &text);
	}
	bytes_free(&text);
}

/* Seconds of a step, and what it is counted in. */
static double
time_step(double seconds, const char **unit)
{
	static const double rounds[] = { 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800,
		21600, 43200, 86400, 172800, 604800 };
	double least = seconds / TIME_STEPS;

	*unit = seconds < 120	  ? "seconds"
	    : seconds < 7200	  ? "minutes:seconds"
	    : seconds < 3 * 86400 ? "hours:minutes"
				  : "days";
	if (least > 30)
		for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++)
			if (rounds[i] >= least)
				return rounds[i];
	if (least > 10 && least <= 30)
		return 30;
	return least > 30 ? 86400 * axis_round_up(least / 86400) : axis_round_up(least);
}

static void
time_text(struct bytes *text, double seconds, double step, const char *unit)
{
	char room[AXIS_TEXT];
	long whole = (long)(seconds + 0.5);
	bool whole_days = step >= 86400;
	int len, digits = 0;

	while (step < 1 - 1e-9 && digits < 8) {
		step *= 10;
		digits++;
	}
	if (strcmp(unit, "seconds") == 0)
		len = snprintf(room, sizeof(room), "%.*f", digits, seconds);
	else if (strcmp(unit, "minutes:seconds") == 0)
		len = snprintf(room, sizeof(room), "%ld:%02ld", whole / 60, whole % 60);
	else if (strcmp(unit, "hours:minutes") == 0)
		len = snprintf(
		    room, sizeof(room), "%ld:%02ld", whole / 3600, whole / 60 % 60);
	else
		len = snprintf(
		    room, sizeof(room), "%.*f", whole_days ? 0 : 1, seconds / 86400);
	bytes_clear(text, SIZE_MAX);
	need_put(text, room, (size_t)len);
}

void
axis_time(struct axis *axis, uint64_t micros)
{
	double seconds = micros > 0 ? (double)micros / 1e6 : 1;
	struct bytes text = { 0 };
	double step;

	*axis = (struct axis){ .most = seconds };
	step = time_step(seconds, &axis->unit);
	for (int i = 0; i * step <= seconds * (1 + 1e-9) && i < AXIS_TICKS; i++) {
		time_text(&text, i * step, step, axis->unit);
		add(axis, i * step / seconds, &text);
	}
	bytes_free(&text);
}
