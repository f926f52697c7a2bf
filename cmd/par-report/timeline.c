/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "timeline.h"

enum { FINEST = 1000 }; /* microseconds */

static void
add(struct timeline_step *to, const struct timeline_step *step)
{
	to->done += step->done;
	to->failed += step->failed;
	to->busy += step->busy;
}

/* Steps are twice as long. */
static void
coarsen(struct timeline *timeline)
{
	uint64_t first = timeline->first / 2;
	struct timeline_step old[TIMELINE_STEPS];

	memcpy(old, timeline->steps, sizeof(old));
	memset(timeline->steps, 0, sizeof(timeline->steps));
	for (size_t i = 0; i < timeline->count; i++)
		add(&timeline->steps[(timeline->first + i) / 2 - first], &old[i]);
	if (timeline->count > 0)
		timeline->count =
		    (size_t)((timeline->first + timeline->count - 1) / 2 - first + 1);
	timeline->first = first;
	timeline->width *= 2;
}

/* Have steps from start to end; the first of these. */
static size_t
reach(struct timeline *timeline, uint64_t start, uint64_t end)
{
	uint64_t first, last;

	if (timeline->count == 0) {
		timeline->width = FINEST;
		timeline->first = start / FINEST;
		timeline->count = 1;
	}
	for (;;) {
		uint64_t had = timeline->first + timeline->count - 1;

		first = start / timeline->width;
		last = end / timeline->width;
		first = first < timeline->first ? first : timeline->first;
		last = last > had ? last : had;
		if (last - first < TIMELINE_STEPS)
			break;
		coarsen(timeline);
	}
	if (first < timeline->first) {
		size_t by = (size_t)(timeline->first - first);

		memmove(timeline->steps + by, timeline->steps,
		    timeline->count * sizeof(timeline->steps[0]));
		memset(timeline->steps, 0, by * sizeof(timeline->steps[0]));
		timeline->first = first;
	}
	timeline->count = (size_t)(last - first + 1);
	return (size_t)(start / timeline->width - first);
}

void
timeline_end(struct timeline *timeline, uint64_t at, uint64_t done, uint64_t failed)
{
	struct timeline_step *step = &timeline->steps[reach(timeline, at, at)];

	step->done += done;
	step->failed += failed;
}

void
timeline_work(struct timeline *timeline, uint64_t start, uint64_t end)
{
	size_t at = reach(timeline, start, end);

	while (start < end) {
		uint64_t until = (timeline->first + at + 1) * timeline->width;

		if (until > end)
			until = end;
		timeline->steps[at++].busy += until - start;
		start = until;
	}
}
