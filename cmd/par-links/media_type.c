/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "media_type.h"

/* Where the type at begin ends: at a comma that is not in quotes. */
static const char *
end_of_type(const char *at, const char *end)
{
	bool quoted = false;

	for (; at < end && (quoted || *at != ','); at++)
		quoted ^= *at == '"';
	return at;
}

/* Length of a type without its parameters; 0 if it is none. */
static size_t
essence(const struct field *type)
{
	size_t len = 0;

	while (len < type->len && strchr("; \\", type->data[len]) == NULL)
		len++;
	if (memchr(type->data, '/', len) == NULL ||
	    (len == 3 && memcmp(type->data, "*/*", 3) == 0))
		return 0;
	return len;
}

struct field
media_type(const struct field *all)
{
	const char *at = all->data, *end = at + all->len;
	struct field found = { at, 0 };

	while (at < end) {
		struct field type;
		size_t len;

		while (at < end && (*at == ' ' || *at == ','))
			at++;
		type.data = at;
		at = end_of_type(at, end);
		type.len = (size_t)(at - type.data);
		len = essence(&type);
		/* The same once more tells nothing, unless it has parameters. */
		if (len > 0 &&
		    (len < type.len || len != essence(&found) ||
			strncasecmp(type.data, found.data, len) != 0))
			found = type;
	}
	return found.len > 0 ? found : *all;
}

/* Is the type, without its parameters, name? */
static bool
type_is(const struct field *type, const char *name)
{
	size_t len = strlen(name);

	if (type->len < len || strncasecmp(type->data, name, len) != 0)
		return false;
	return type->len == len || strchr("; \\", type->data[len]) != NULL;
}

bool
media_is_xhtml(const struct field *type)
{
	return type_is(type, "application/xhtml+xml");
}

bool
media_is_html(const struct field *type)
{
	return type->len == 0 || type_is(type, "text/html") || media_is_xhtml(type);
}

/* Does the type, without its parameters, end so? */
static bool
ends_with(const struct field *type, const char *suffix)
{
	size_t len = essence(type), suffix_len = strlen(suffix);

	return len > suffix_len &&
	    strncasecmp(type->data + len - suffix_len, suffix, suffix_len) == 0;
}

bool
media_is_xml(const struct field *type)
{
	return type_is(type, "application/xml") || type_is(type, "text/xml") ||
	    ends_with(type, "+xml");
}

bool
media_is_gzip(const struct field *type)
{
	return type_is(type, "application/gzip") || type_is(type, "application/x-gzip");
}

bool
media_is_text(const struct field *type)
{
	static const char *const others[] = { "application/json",
		"application/javascript" };

	if (type->len >= 5 && strncasecmp(type->data, "text/", 5) == 0)
		return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (type_is(type, others[i]))
			return true;
	return media_is_xml(type) || ends_with(type, "+json");
}
