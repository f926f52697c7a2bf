/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "grow.h"
#include "json_reader.h"
#include "micro.h"
#include "need.h"
#include "series.h"

enum { NAME_MOST = 100 };

static const char head[] = "{\"queue\":\"";

static const char *const names[SERIES_NUMBERS] = { "waiting", "delayed", "running",
	"results", "accepted", "done", "dead" };

bool
series_is(const char *data, size_t len)
{
	return len >= sizeof(head) && memcmp(data, head, sizeof(head) - 1) == 0;
}

/* Take what item says, of a point: NULL, or why that is nothing. */
static const char *
take_item(struct series_point *point, unsigned *seen, const struct json_item *item)
{
	if (json_is(item, "time")) {
		if (micro_parse(item->value.data, item->value.len, &point->time) < 0)
			return "\"time\" is no time";
		*seen |= 1U << SERIES_NUMBERS;
	}
	for (unsigned i = 0; i < SERIES_NUMBERS; i++) {
		if (!json_is(item, names[i]))
			continue;
		if (!json_count(item, &point->number[i]))
			return "a number is none";
		*seen |= 1U << i;
	}
	return NULL;
}

/* Is it what a queue may be called? */
static bool
is_name(const struct field *name)
{
	for (size_t i = 0; i < name->len; i++)
		if (!isalnum((unsigned char)name->data[i]) &&
		    strchr("._-", name->data[i]) == NULL)
			return false;
	return name->len > 0 && name->len <= NAME_MOST;
}

/* The queue of that name; NULL: there are too many. */
static struct series_queue *
find(struct series *series, const struct field *name)
{
	for (size_t i = 0; i < series->count; i++)
		if (strlen(series->queues[i].name) == name->len &&
		    memcmp(series->queues[i].name, name->data, name->len) == 0)
			return &series->queues[i];
	if (series->count == SERIES_QUEUES)
		return NULL;
	series->queues = grow(series->queues, &series->room, series->count + 1,
	    sizeof(*series->queues), SERIES_QUEUES);
	if (series->queues == NULL)
		need_failed(sizeof(*series->queues));
	series->queues[series->count] =
	    (struct series_queue){ .name = need_string(name->data, name->len) };
	return &series->queues[series->count++];
}

/* Every other point is enough; the first and the last ones stay. */
static void
thin_out(struct series_queue *queue)
{
	size_t kept = 1;

	for (size_t i = 2; i + 1 < queue->count; i += 2)
		queue->points[kept++] = queue->points[i];
	queue->points[kept++] = queue->points[queue->count - 1];
	queue->count = kept;
	queue->apart = 2 * (series_took(queue) / SERIES_POINTS);
}

static void
add(struct series_queue *queue, const struct series_point *point)
{
	size_t count = queue->count;

	queue->lines++;
	for (size_t i = 0; i < SERIES_NUMBERS; i++)
		if (point->number[i] > queue->most[i])
			queue->most[i] = point->number[i];
	if (count >= 2 && point->time - queue->points[count - 2].time < queue->apart) {
		queue->points[count - 1] = *point;
		return;
	}
	if (count == SERIES_POINTS)
		thin_out(queue);
	queue->points = grow(queue->points, &queue->room, queue->count + 1,
	    sizeof(*queue->points), SERIES_POINTS);
	if (queue->points == NULL)
		need_failed(sizeof(*queue->points));
	queue->points[queue->count++] = *point;
}

const char *
series_line(struct series *series, const char *data, size_t len)
{
	unsigned seen = 0, all = (1U << (SERIES_NUMBERS + 1)) - 1;
	struct series_point point = { 0 };
	struct field name = { 0 };
	struct series_queue *queue;
	struct json_reader json;
	struct json_item item;
	const char *why;

	json_begin(&json, data, len);
	while (json_each(&json, 1, &item)) {
		if (json_is(&item, "queue"))
			name = item.value;
		why = take_item(&point, &seen, &item);
		if (why != NULL)
			return why;
	}
	if (!json_over(&json) || !is_name(&name))
		return "not a line of stat --json";
	if ((seen & all) != all)
		return seen >> SERIES_NUMBERS == 0
		    ? "no \"time\", as an earlier par-queue wrote it"
		    : "a number is missing";
	queue = find(series, &name);
	if (queue == NULL)
		return "a queue too many";
	if (queue->count > 0 && point.time < queue->points[queue->count - 1].time)
		return "earlier than the one before it";
	add(queue, &point);
	return NULL;
}

double
series_rate(const struct series_queue *queue, size_t i)
{
	const struct series_point *at = &queue->points[i], *next = at + 1;

	if (i + 1 >= queue->count || next->time == at->time ||
	    next->number[SERIES_DONE] < at->number[SERIES_DONE])
		return 0;
	return (double)(next->number[SERIES_DONE] - at->number[SERIES_DONE]) *
	    MICRO_SECOND / (double)(next->time - at->time);
}

double
series_most_rate(const struct series_queue *queue)
{
	double most = 0;

	for (size_t i = 0; i < queue->count; i++) {
		double rate = series_rate(queue, i);

		most = rate > most ? rate : most;
	}
	return most;
}

uint64_t
series_took(const struct series_queue *queue)
{
	return queue->points[queue->count - 1].time - queue->points[0].time;
}

void
series_free(struct series *series)
{
	for (size_t i = 0; i < series->count; i++) {
		free(series->queues[i].name);
		free(series->queues[i].points);
	}
	free(series->queues);
	*series = (struct series){ 0 };
}
