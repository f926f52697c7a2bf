/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "media_type.h"

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

bool
media_is_text(const struct field *type)
{
	static const char *const others[] = { "application/xml", "application/json",
		"application/javascript", "image/svg+xml" };

	if (type->len >= 5 && strncasecmp(type->data, "text/", 5) == 0)
		return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (type_is(type, others[i]))
			return true;
	return memmem(type->data, type->len, "+xml", 4) != NULL ||
	    memmem(type->data, type->len, "+json", 5) != NULL;
}
