/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "formats.h"
#include "num.h"

const char *
formats_newer_text(char text[static FORMAT_TEXT], const char *name,
    enum format_version version, uint64_t newer)
{
	snprintf(text, FORMAT_TEXT,
	    "made by a newer par (%s %llu, and this one reads %d): use that one", name,
	    (unsigned long long)newer, (int)version);
	return text;
}

const char *
formats_newer(char text[static FORMAT_TEXT], const char *name,
    enum format_version version, const char *data, size_t len)
{
	size_t at = strlen(name), end;
	uint64_t newer;

	if (len <= at || memcmp(data, name, at) != 0 || data[at] != ' ')
		return NULL;
	for (end = ++at; end < len && data[end] >= '0' && data[end] <= '9';)
		end++;
	if ((end < len && data[end] != ' ' && data[end] != '\n') ||
	    num_parse_bytes(
		data + at, end - at, (uint64_t)version + 1, UINT64_MAX, &newer) < 0)
		return NULL;
	return formats_newer_text(text, name, version, newer);
}
