/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bodies.h"
#include "diag.h"
#include "field.h"
#include "naming.h"
#include "need.h"
#include "request.h"
#include "url_find.h"

struct request *
request_new(const struct record *rec, const char *protocols, bool guess)
{
	struct request *request = calloc(1, sizeof(*request));
	struct bytes url = { 0 };
	struct field first;

	if (request == NULL)
		die(STATUS_BROKEN, errno, "request");
	need_put(&request->input, rec->data, rec->len);
	request->number = rec->number;
	field_at(rec->data, rec->len, 0, &first);
	request->field = first.len;
	need_room(&url, first.len);
	url.len = field_unescape(url.data, first.data, first.len);
	if (guess)
		target_guess(&url, protocols);
	request->refusal =
	    target_read(&request->target, NULL, url.data, url.len, protocols);
	bytes_free(&url);
	return request;
}

const char *
request_redirect(struct request *request, const char *url, const char *protocols)
{
	struct target next;
	const char *why =
	    target_read(&next, request->target.url, url, strlen(url), protocols);

	if (why != NULL)
		return why;
	if (!next.http) { /* what the input may ask for is not for servers to choose */
		target_release(&next);
		return "protocol is not allowed; see --proto";
	}
	free(next.user);
	free(next.password);
	next.user = next.password = NULL;
	if (target_same_origin(&request->target, &next)) {
		next.user = request->target.user;
		next.password = request->target.password;
		request->target.user = request->target.password = NULL;
	} else {
		request->foreign = true;
	}
	target_release(&request->target);
	request->target = next;
	request->attempts = request->crowded = 0;
	request->alone = request->anew = false;
	request->redirects++;
	return NULL;
}

void
request_upgrade(struct request *request, const char *protocols)
{
	struct target next, *target = &request->target;
	struct bytes url = { 0 };

	need_print(&url, "https:%s", target->url + strcspn(target->url, ":") + 1);
	if (target_read(&next, NULL, url.data, url.len, protocols) == NULL) {
		free(target->url);
		free(target->key);
		target->url = next.url;
		target->key = next.key;
		next.url = next.key = NULL;
		target_release(&next);
	}
	bytes_free(&url);
}

struct record
request_name(const struct request *request)
{
	struct record name = { .number = request->number };
	const char *url = request->input.data;
	const char *slashes;

	name.data = url;
	name.len = request->field;
	if (request->field == 0)
		return name;
	slashes = memmem(url, request->field, "//", 2);
	if (slashes != NULL) {
		size_t begin = (size_t)(slashes - url) + 2;
		size_t end = url_skip_credentials(url, request->field, begin);

		name.data += end > begin ? end : 0;
		name.len -= end > begin ? end : 0;
	}
	return name;
}

/* By a template, which may give a name to many. */
static void
name_by(struct request *request, const struct bodies *bodies, const char *template,
    bool if_modified)
{
	const struct naming_source source = { .url = request->target.url,
		.record = request->input.data,
		.len = request->input.len };
	struct bytes name = { 0 };

	naming_put(&name, template, &source);
	request->file = name.data;
	request->origin = need_string(source.url, strlen(source.url));
	if (if_modified &&
	    (bodies_modified(bodies, name.data) == -1 ||
		bodies_is_of(bodies, name.data, source.url)))
		request->had = need_string(name.data, name.len - 1);
}

void
request_name_file(struct request *request, const struct bodies *bodies,
    const char *template, bool if_modified)
{
	char name[BODIES_NAME];

	if (request->target.url == NULL)
		return; /* there is nothing to be fetched */
	if (template != NULL) {
		name_by(request, bodies, template, if_modified);
		return;
	}
	bodies_name(name, request->input.data, request->field);
	request->file = need_string(name, strlen(name));
	if (!if_modified)
		return;
	if (bodies_modified(bodies, name) == -1)
		bodies_old_name(name, request->input.data, request->field);
	request->had = need_string(name, strlen(name));
}

void
request_free(struct request *request)
{
	bytes_free(&request->input);
	free(request->file);
	free(request->origin);
	free(request->had);
	target_release(&request->target);
	free(request);
}
