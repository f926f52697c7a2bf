/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "figures.h"

/* In thousands, millions and so on, with three digits that count. */
static void
put_large(char text[static FIGURE], double value)
{
	static const char units[] = "kMGTPE";
	size_t unit = 0;

	for (value /= 1000; value >= 999.5 && unit < sizeof(units) - 2; unit++)
		value /= 1000;
	snprintf(text, FIGURE, "%.*f%c",
	    value < 9.995	? 2
		: value < 99.95 ? 1
				: 0,
	    value, units[unit]);
}

void
figures_count(char text[static FIGURE], double count)
{
	if (count < 99999.5)
		snprintf(text, FIGURE, "%.0f", count);
	else
		put_large(text, count);
}

void
figures_rate(char text[static FIGURE], double rate)
{
	if (rate >= 99999.5)
		put_large(text, rate);
	else
		snprintf(text, FIGURE, "%.*f",
		    rate == 0 || rate >= 99.5 ? 0
			: rate >= 9.95	      ? 1
					      : 2,
		    rate);
}

void
figures_time(char text[static FIGURE], double seconds)
{
	unsigned long long whole = seconds < 1e12 ? (unsigned long long)seconds : 0;

	if (seconds >= 1e12)
		snprintf(text, FIGURE, "long");
	else if (seconds < 10)
		snprintf(text, FIGURE, "%.1fs", seconds);
	else if (whole < 60)
		snprintf(text, FIGURE, "%llus", whole);
	else if (whole < 3600)
		snprintf(text, FIGURE, "%llu:%02llu", whole / 60, whole % 60);
	else if (whole < 86400)
		snprintf(text, FIGURE, "%llu:%02llu:%02llu", whole / 3600,
		    whole / 60 % 60, whole % 60);
	else
		snprintf(text, FIGURE, "%llud%02lluh", whole / 86400, whole / 3600 % 24);
}
