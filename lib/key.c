/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "ascii.h"
#include "key.h"
#include "num.h"
#include "url.h"
#include "url_find.h"
#include "url_host.h"

const char *
key_lacking(const char *data, size_t len)
{
	return *field_hint(data, len) == '\0'
	    ? "lacks the field that is the key"
	    : "lacks the field that is the key; TABs separate fields";
}

const char *
key_parse(struct key *key, const char *value)
{
	key->kind = strcmp(value, "host") == 0 ? KEY_HOST : KEY_FIELD;
	if (key->kind == KEY_FIELD && num_parse(value, 1, UINT32_MAX, &key->field) < 0)
		return "not a field number, counted from 1, or 'host'";
	return NULL;
}

/* The host of the URL in a field that has to be looked at closely, in room. */
static size_t
find_host(const char *data, size_t len, char room[KEY_HOST_MAX])
{
	char text[KEY_URL_MAX], host[3 * KEY_URL_MAX + HOST_ROOM];
	long got;

	if (len > KEY_URL_MAX)
		len = KEY_URL_MAX;
	if (len > 0 && (memchr(data, '\\', len) != NULL || url_is_dirty(data, len))) {
		len = field_unescape(text, data, len);
		len = url_clean(text, text, len);
		data = text;
	}
	got = url_find_host(host, data, len);
	if (got <= 0)
		return 0;
	len = got < KEY_HOST_MAX ? (size_t)got : KEY_HOST_MAX;
	memcpy(room, host, len);
	return len;
}

/* The host of the URL in a field: in it, or in room. */
static struct field
host_of(const char *data, size_t len, char room[KEY_HOST_MAX])
{
	bool capitals;
	struct field host;

	host.len = url_plain_host(&host.data, &capitals, data, len);
	if (host.len == 0)
		return (struct field){ room, find_host(data, len, room) };
	if (host.len > KEY_HOST_MAX)
		host.len = KEY_HOST_MAX;
	if (!capitals)
		return host;
	for (size_t i = 0; i < host.len; i++)
		room[i] = ascii_lower(host.data[i]);
	host.data = room;
	return host;
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
		field_at(data, len, 0, out);
		*out = host_of(out->data, out->len, room);
		return true;
	}
	return false;
}
