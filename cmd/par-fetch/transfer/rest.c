/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "need.h"
#include "rest.h"

enum { STRONG = 60 /* seconds after which a page that changes has another date */ };

/* The value of a header field, or NULL. */
static const char *
value_of(CURL *easy, const char *name)
{
	struct curl_header *header;

	return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK
	    ? header->value
	    : NULL;
}

char *
rest_validator(CURL *easy)
{
	const char *value = value_of(easy, "ETag");
	char *modified;
	const char *date;
	time_t then, now;

	if (value != NULL)
		return value[0] == '"' ? need_string(value, strlen(value)) : NULL;
	value = value_of(easy, "Last-Modified");
	if (value == NULL)
		return NULL;
	modified = need_string(value, strlen(value));
	date = value_of(easy, "Date");
	then = curl_getdate(modified, NULL);
	now = date == NULL ? -1 : curl_getdate(date, NULL);
	if (then >= 0 && now >= 0 && now - then >= STRONG)
		return modified;
	free(modified);
	return NULL;
}

bool
rest_follows(CURL *easy, uint64_t from)
{
	const char *value = value_of(easy, "Content-Range");
	char begin[40];

	snprintf(begin, sizeof(begin), "bytes %" PRIu64 "-", from);
	return value != NULL && strncasecmp(value, begin, strlen(begin)) == 0;
}
