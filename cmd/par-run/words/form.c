/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "form.h"

static const char *const texts[] = { [FORM_WHOLE] = "",
	[FORM_STEM] = ".",
	[FORM_BASE] = "/",
	[FORM_FOLDER] = "//",
	[FORM_BASE_STEM] = "/." };

bool
form_read(const char *text, size_t len, enum name_form *form)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strlen(texts[i]) != len || memcmp(texts[i], text, len) != 0)
			continue;
		*form = (enum name_form)i;
		return true;
	}
	return false;
}

size_t
form_len(enum name_form form)
{
	return strlen(texts[form]);
}

/* Without the slashes at its end, but for a first one. */
static struct field
without_slashes(struct field name)
{
	while (name.len > 1 && name.data[name.len - 1] == '/')
		name.len--;
	return name;
}

static struct field
base(struct field name)
{
	const char *slash;

	name = without_slashes(name);
	slash = name.len > 1 ? memrchr(name.data, '/', name.len) : NULL;
	if (slash == NULL)
		return name;
	name.len -= (size_t)(slash + 1 - name.data);
	name.data = slash + 1;
	return name;
}

static struct field
folder(struct field name)
{
	static const struct field here = { ".", 1 };
	const char *slash;

	name = without_slashes(name);
	slash = name.len > 0 ? memrchr(name.data, '/', name.len) : NULL;
	if (slash == NULL)
		return here;
	name.len = (size_t)(slash + 1 - name.data);
	return without_slashes(name);
}

/* Dots at the beginning of the base are no beginning of an extension. */
static struct field
stem(struct field name)
{
	size_t at = name.len;

	while (at > 0 && name.data[at - 1] != '.' && name.data[at - 1] != '/')
		at--;
	if (at == 0 || name.data[at - 1] == '/')
		return name;
	for (size_t before = at - 1; before > 0 && name.data[before - 1] != '/'; before--)
		if (name.data[before - 1] != '.')
			return (struct field){ name.data, at - 1 };
	return name;
}

struct field
form_of(struct field name, enum name_form form)
{
	switch (form) {
	case FORM_WHOLE:
		return name;
	case FORM_STEM:
		return stem(name);
	case FORM_BASE:
		return base(name);
	case FORM_FOLDER:
		return folder(name);
	case FORM_BASE_STEM:
		return stem(base(name));
	}
	return name;
}
