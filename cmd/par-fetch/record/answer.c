/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "answer.h"
#include "json.h"
#include "need.h"

enum { KEEP = 128 << 10 }; /* a larger buffer is given back after use, bytes */

static const char part_end[] = ".part";

/* Is it a status whose body goes to a file? */
static bool
good(long status)
{
	return status >= 200 && status <= 299;
}

int
answer_body(struct answer *answer, const struct form *form, const struct request *request,
    const struct page_record_head *head, const char *data, size_t len)
{
	if (form->bodies != NULL) {
		if (!good(head->status))
			return 0;
		if (answer->file.fd < 0 && bodies_begin(form->bodies, &answer->file) < 0)
			return -1;
		return bodies_write(&answer->file, data, len);
	}
	if (form->json) {
		need_put(&answer->raw, data, len);
		return 0;
	}
	if (answer->head == 0) {
		page_record_begin(&answer->out, request, head);
		answer->head = answer->out.len;
	}
	page_record_body(&answer->out, data, len);
	return 0;
}

/* The path of a file becomes the body. */
static void
put_path(struct answer *answer, const struct form *form, const char *name)
{
	need_put(&answer->raw, form->bodies->path, strlen(form->bodies->path));
	need_put(&answer->raw, "/", 1);
	need_put(&answer->raw, name, strlen(name));
}

/* The file of the body gets its name, and the path of it becomes the body. */
static int
finish_file(struct answer *answer, const struct form *form, const struct request *request,
    const struct page_record_head *head, time_t modified)
{
	const char *name = request->had != NULL ? request->had : request->file;

	if (good(head->status)) {
		if (answer->file.fd < 0 && bodies_begin(form->bodies, &answer->file) < 0)
			return -1;
		if (bodies_commit(form->bodies, &answer->file, request->file,
			request->origin, modified) < 0)
			return -1;
		name = request->file;
	} else if (head->status != 304 || bodies_modified(form->bodies, name) == -1) {
		return 0;
	}
	put_path(answer, form, name);
	return 0;
}

/* What came of a body that is not whole becomes a file whose name says so. */
static int
finish_part(struct answer *answer, const struct form *form, const struct request *request)
{
	struct bytes name = { 0 };
	int got;

	need_print(&name, "%s%s", request->file, part_end);
	need_put(&name, "", 1);
	got = bodies_commit(form->bodies, &answer->file, name.data, request->origin, -1);
	if (got == 0)
		put_path(answer, form, name.data);
	bytes_free(&name);
	return got;
}

/* The file of the body, by what came of it.  0, or -1 with errno. */
static int
finish_any(struct answer *answer, const struct form *form, const struct request *request,
    const struct page_record_head *head, enum answer_body body, time_t modified)
{
	if (form->bodies == NULL)
		return 0;
	if (body == ANSWER_WHOLE)
		return finish_file(answer, form, request, head, modified);
	if (body == ANSWER_PART && form->keep && answer->file.fd >= 0)
		return finish_part(answer, form, request);
	bodies_abandon(form->bodies, &answer->file);
	return 0;
}

/* Put the head of a page record, other than the one it has, before the body it has. */
static void
change_head(struct answer *answer, const struct request *request,
    const struct page_record_head *head, enum answer_body body)
{
	struct bytes old = answer->out;
	size_t from = body != ANSWER_NONE && answer->head > 0 ? answer->head : old.len;

	answer->out = (struct bytes){ 0 };
	page_record_begin(&answer->out, request, head);
	need_put(&answer->out, old.data + from, old.len - from);
	bytes_free(&old);
}

int
answer_finish(struct answer *answer, const struct form *form,
    const struct request *request, const struct page_record_head *head,
    enum answer_body body, time_t modified)
{
	if (body == ANSWER_NONE)
		bytes_clear(&answer->raw, KEEP);
	if (finish_any(answer, form, request, head, body, modified) < 0)
		return -1;
	if (form->json) {
		json_record(&answer->out, request, head, &answer->raw,
		    form->bodies != NULL && answer->raw.len > 0);
		return 0;
	}
	if (answer->head == 0)
		page_record_begin(&answer->out, request, head);
	else if (head->error != NULL)
		change_head(answer, request, head, body);
	page_record_body(&answer->out, answer->raw.data, answer->raw.len);
	page_record_end(&answer->out, request, head);
	return 0;
}

void
answer_clear(struct answer *answer, const struct form *form)
{
	if (form->bodies != NULL)
		bodies_abandon(form->bodies, &answer->file);
	bytes_clear(&answer->out, KEEP);
	bytes_clear(&answer->raw, KEEP);
	answer->head = 0;
}

void
answer_free(struct answer *answer)
{
	bytes_free(&answer->out);
	bytes_free(&answer->raw);
}
