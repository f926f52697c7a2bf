/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_string.h"
#include "num.h"
#include "render.h"

static int
put(struct render *render, const char *data, size_t len)
{
	return bytes_put(&render->text, data, len);
}

static int
put_text(struct render *render, const char *text)
{
	return put(render, text, strlen(text));
}

static struct number
count_of(const struct gather_plan *plan, const struct group_state *state)
{
	return (struct number){ .units = wide_of(
				    plan->group ? state->values : state->records) };
}

struct number
render_rank(const struct gather_plan *plan, const struct group_state *state)
{
	if (plan->columns_count == 0)
		return (struct number){ 0 };
	switch (plan->columns[0].kind) {
	case COLUMN_COUNT:
		return count_of(plan, state);
	case COLUMN_MEAN:
		return (struct number){ .inexact = true,
			.approx = state->records == 0 ? 0
						      : number_value(&state->numbers[0]) /
				(long double)state->records };
	case COLUMN_SUM:
	case COLUMN_MIN:
	case COLUMN_MAX:
		break;
	}
	return state->numbers[0];
}

/* A column in text at dst, NUMBER_TEXT bytes; 0 if there is no such number. */
static size_t
column_text(
    const struct gather_plan *plan, const struct group_state *state, size_t i, char *dst)
{
	struct number count;

	switch (plan->columns[i].kind) {
	case COLUMN_COUNT:
		count = count_of(plan, state);
		return (size_t)(num_format(dst, count.units.low) - dst);
	case COLUMN_SUM:
		return number_format(dst, &state->numbers[i]);
	case COLUMN_MIN:
	case COLUMN_MAX:
		if (state->records > 0)
			return number_format(dst, &state->numbers[i]);
		break;
	case COLUMN_MEAN:
		if (state->records > 0)
			return number_format_value(dst,
			    number_value(&state->numbers[i]) /
				(long double)state->records);
		break;
	}
	return 0;
}

static int
put_list(struct render *render, const struct list *list)
{
	size_t len = list_len(list);
	char *to;

	if (len == 0)
		return 0;
	to = bytes_reserve(&render->text, len);
	if (to == NULL)
		return -1;
	list_copy(list, to);
	render->text.len += len;
	return 0;
}

static int
render_fields(struct render *render, const struct gather_plan *plan,
    const struct table_entry *key, const struct group_state *state)
{
	if (put(render, key->key, key->len) < 0 ||
	    (gather_plan_values(plan) && put_list(render, &state->list) < 0))
		return -1;
	for (size_t i = 0; i < plan->columns_count; i++) {
		char text[NUMBER_TEXT + 1] = "\t";

		if (put(render, text, 1 + column_text(plan, state, i, text + 1)) < 0)
			return -1;
	}
	return put(render, "\n", 1);
}

/* A field as a JSON string, its escapes undone. */
static int
put_string(struct render *render, const char *field, size_t len)
{
	char *plain = bytes_anew(&render->plain, len);

	if (plain == NULL)
		return -1;
	len = field_unescape(memcpy(plain, field, len), field, len);
	return json_string(&render->text, plain, len, JSON_REPLACED);
}

static int
put_values(struct render *render, const struct list *list)
{
	size_t len = list_len(list);
	char *values = bytes_anew(&render->values, len);
	const char *at, *end;

	if (values == NULL || put_text(render, ",\"values\":[") < 0)
		return -1;
	if (len == 0)
		return put(render, "]", 1);
	list_copy(list, values);
	for (at = values, end = at + len; at < end;) {
		const char *tab = memchr(at + 1, '\t', (size_t)(end - at) - 1);
		const char *stop = tab == NULL ? end : tab;

		if ((at != values && put(render, ",", 1) < 0) ||
		    put_string(render, at + 1, (size_t)(stop - at) - 1) < 0)
			return -1;
		at = stop;
	}
	return put(render, "]", 1);
}

static int
put_column(struct render *render, const struct gather_plan *plan,
    const struct group_state *state, size_t i)
{
	static const char *const names[] = { [COLUMN_COUNT] = "count",
		[COLUMN_SUM] = "sum",
		[COLUMN_MIN] = "min",
		[COLUMN_MAX] = "max",
		[COLUMN_MEAN] = "mean" };
	const struct column *column = &plan->columns[i];
	char name[48], text[NUMBER_TEXT];
	size_t len;

	if (column->kind == COLUMN_COUNT)
		snprintf(name, sizeof(name), ",\"count\":");
	else
		snprintf(name, sizeof(name), ",\"%s_%llu\":", names[column->kind],
		    (unsigned long long)column->field);
	len = column_text(plan, state, i, text);
	if (put_text(render, name) < 0)
		return -1;
	return len == 0 ? put_text(render, "null") : put(render, text, len);
}

static int
render_json(struct render *render, const struct gather_plan *plan,
    const struct table_entry *key, const struct group_state *state)
{
	if (put_text(render, "{\"key\":") < 0 ||
	    put_string(render, key->key, key->len) < 0)
		return -1;
	if (gather_plan_values(plan) && put_values(render, &state->list) < 0)
		return -1;
	for (size_t i = 0; i < plan->columns_count; i++)
		if (put_column(render, plan, state, i) < 0)
			return -1;
	return put_text(render, "}\n");
}

int
render_key(struct render *render, const struct gather_plan *plan,
    const struct table_entry *key, const struct group_state *state)
{
	render->text.len = 0;
	return plan->json ? render_json(render, plan, key, state)
			  : render_fields(render, plan, key, state);
}

void
render_close(struct render *render)
{
	bytes_free(&render->text);
	bytes_free(&render->values);
	bytes_free(&render->plain);
}
