/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	return (struct number){ .units = (__int128)(plan->group ? state->values
								: state->records) };
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
		return (size_t)(num_format(dst, (uint64_t)count.units) - dst);
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

/*
 * The length of the UTF-8 sequence at p, or 0 if it is none: overlong forms,
 * surrogates, and what is no Unicode are none.
 */
static size_t
sequence(const unsigned char *p, size_t left)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t code;

	if (len == 1)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len > left)
		return 0;
	code = p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if ((len == 3 && code < 0x800) || (len == 4 && code < 0x10000) ||
	    (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
		return 0;
	return len;
}

/* One character of a JSON string; *used tells its bytes.  -1 if no memory. */
static int
put_character(struct render *render, const unsigned char *p, size_t left, size_t *used)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char text[8];
	size_t len = sequence(p, left);

	*used = len == 0 ? 1 : len;
	if (len == 0)
		return put_text(render, "\xef\xbf\xbd");
	if (p[0] >= 0x20 && p[0] != '"' && p[0] != '\\')
		return put(render, (const char *)p, len);
	for (size_t i = 0; i < sizeof(named) - 1; i += 2) {
		if (p[0] == (unsigned char)named[i]) {
			text[0] = '\\';
			text[1] = named[i + 1];
			return put(render, text, 2);
		}
	}
	snprintf(text, sizeof(text), "\\u%04x", p[0]);
	return put_text(render, text);
}

/* A field as a JSON string, its escapes undone. */
static int
put_string(struct render *render, const char *field, size_t len)
{
	char *plain = bytes_anew(&render->plain, len);
	const unsigned char *p, *end;
	int got = plain == NULL ? -1 : put(render, "\"", 1);

	if (plain == NULL)
		return -1;
	len = field_unescape(memcpy(plain, field, len), field, len);
	p = (const unsigned char *)plain;
	for (end = p + len; got == 0 && p < end;) {
		size_t used;

		got = put_character(render, p, (size_t)(end - p), &used);
		p += used;
	}
	return got < 0 ? -1 : put(render, "\"", 1);
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
