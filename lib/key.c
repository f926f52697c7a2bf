/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "key.h"
#include "num.h"

const char key_lacking[] = "lacks the field that is the key";

const char *
key_parse(struct key *key, const char *value)
{
	key->kind = strcmp(value, "host") == 0 ? KEY_HOST : KEY_FIELD;
	if (key->kind == KEY_FIELD && num_parse(value, 1, UINT32_MAX, &key->field) < 0)
		return "not a field number, counted from 1, or 'host'";
	return NULL;
}

/*
 * The host of the URL at the start of a record, in small letters in room, which
 * takes size bytes; its length, 0 if there is none.
 */
static size_t
host_of(const char *data, size_t len, char *room, size_t size)
{
	const char *end, *at, *stop;
	size_t used = 0;

	if (len == 0)
		return 0;
	end = memchr(data, '\t', len);
	if (end == NULL)
		end = data + len;
	at = memmem(data, (size_t)(end - data), "://", 3);
	if (at == NULL)
		return 0;
	at += 3;
	for (stop = at; stop < end && strchr("/?#", *stop) == NULL; stop++)
		if (*stop == '@')
			at = stop + 1;
	if (at < stop && *at == '[') {
		const char *bracket = memchr(at, ']', (size_t)(stop - at));

		stop = bracket == NULL ? stop : bracket + 1;
	} else {
		const char *port = memchr(at, ':', (size_t)(stop - at));

		stop = port == NULL ? stop : port;
	}
	for (; at < stop && used < size; at++)
		room[used++] = (char)(*at >= 'A' && *at <= 'Z' ? *at | 0x20 : *at);
	return used;
}

bool
key_of(const struct key *key, const char *data, size_t len, char room[KEY_HOST_MAX],
    struct field *out)
{
	switch (key->kind) {
	case KEY_RECORD:
		*out = (struct field){ data, len };
		return true;
	case KEY_FIELD:
		return field_at(data, len, (size_t)key->field - 1, out);
	case KEY_HOST:
		out->data = room;
		out->len = host_of(data, len, room, KEY_HOST_MAX);
		return true;
	}
	return false;
}
