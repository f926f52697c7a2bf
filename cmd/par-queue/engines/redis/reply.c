/* SPDX-License-Identifier: ISC */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"
#include "reply.h"

static bool
is_text(const redisReply *reply)
{
	if ((reply->type != REDIS_REPLY_STRING && reply->type != REDIS_REPLY_STATUS) ||
	    reply->len >= REPLY_TEXT_MAX)
		return false;
	for (size_t i = 0; i < (size_t)reply->len; i++)
		if ((unsigned char)reply->str[i] < ' ' || reply->str[i] == 0x7f)
			return false;
	return true;
}

static bool
is_digits(const redisReply *reply)
{
	uint64_t number;

	return reply->type == REDIS_REPLY_STRING && reply->len < REPLY_TEXT_MAX &&
	    num_parse_bytes(reply->str, reply->len, 0, UINT64_MAX, &number) == 0;
}

static bool
is_decimal(const redisReply *reply)
{
	return is_text(reply) && reply->len > 0 &&
	    strspn(reply->str, "0123456789.e+-") == (size_t)reply->len &&
	    isfinite(strtod(reply->str, NULL));
}

static bool
fits_plain(const redisReply *reply, char kind)
{
	switch (kind) {
	case 'i':
		return reply->type == REDIS_REPLY_INTEGER;
	case 'n':
		return (reply->type == REDIS_REPLY_INTEGER && reply->integer >= 0) ||
		    is_digits(reply);
	case '#':
		return is_digits(reply);
	case 'd':
		return is_decimal(reply);
	case 't':
		return is_text(reply);
	default:
		return kind == 'b' && reply->type == REDIS_REPLY_STRING;
	}
}

/* The end of the first item of a shape. */
static const char *
item_end(const char *shape)
{
	int depth = 0;

	do {
		depth += (*shape == '[') - (*shape == ']');
		shape++;
	} while (depth > 0);
	return shape;
}

/* The elements of an array from the one at i on, as a group says. */
static bool
fits_group(const redisReply *reply, size_t i, const char *group)
{
	while (i < reply->elements)
		for (const char *at = group; *at != '}'; at = item_end(at))
			if (i == reply->elements || !reply_fits(reply->element[i++], at))
				return false;
	return true;
}

bool
reply_fits(const redisReply *reply, const char *shape)
{
	size_t i = 0;

	if (*shape != '[')
		return fits_plain(reply, *shape);
	if (reply->type != REDIS_REPLY_ARRAY)
		return false;
	for (const char *at = shape + 1; *at != ']'; at = item_end(at)) {
		if (*at == '{')
			return fits_group(reply, i, at + 1);
		if (i == reply->elements || !reply_fits(reply->element[i++], at))
			return false;
	}
	return i == reply->elements;
}

bool
reply_is(const redisReply *reply, const char *word)
{
	return reply->type == REDIS_REPLY_ERROR &&
	    strncmp(reply->str, word, strlen(word)) == 0;
}

uint64_t
reply_number(const redisReply *reply)
{
	uint64_t number = 0;

	if (reply->type == REDIS_REPLY_INTEGER)
		return reply->integer < 0 ? 0 : (uint64_t)reply->integer;
	if (reply->type == REDIS_REPLY_STRING)
		num_parse_bytes(reply->str, reply->len, 0, UINT64_MAX, &number);
	return number;
}

const char *
reply_kind(const redisReply *reply)
{
	switch (reply->type) {
	case REDIS_REPLY_STRING:
		return "a string";
	case REDIS_REPLY_ARRAY:
		return "an array";
	case REDIS_REPLY_INTEGER:
		return "an integer";
	case REDIS_REPLY_NIL:
		return "nil";
	case REDIS_REPLY_STATUS:
		return "a status";
	case REDIS_REPLY_ERROR:
		return "an error";
	default:
		return "of a kind of its own";
	}
}

/* TIME-COUNT; false if it is not. */
static bool
read_id(const char *id, uint64_t part[static 2])
{
	size_t len = strcspn(id, "-");

	return id[len] == '-' && num_parse_bytes(id, len, 0, UINT64_MAX, &part[0]) == 0 &&
	    num_parse(id + len + 1, 0, UINT64_MAX, &part[1]) == 0;
}

bool
reply_later(const char *id, const char *other)
{
	uint64_t a[2], b[2];

	if (!read_id(id, a) || !read_id(other, b))
		return false;
	return a[0] > b[0] || (a[0] == b[0] && a[1] > b[1]);
}
