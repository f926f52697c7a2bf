/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "diag.h"
#include "grow.h"
#include "merge.h"
#include "sorted.h"
#include "spool.h"

/* Files merged in one go, even if more can be open: each has a buffer. */
enum { FILES_MOST = 1000 };

/* An input, by its number there. */
struct merge_source {
	bool done; /* ended, or could not be opened */
	bool file; /* opened here, since it is nothing to wait for */
	bool temporary;
	bool taken; /* to be merged now */
	bool unchecked; /* is not in order, which was named; or must be */
	struct bytes
	    previous; /* the record before the next, while the buffer is filled */
};

/* An input that is merged, and its next record. */
struct merge_input {
	size_t index;
	struct sorted now;
};

struct merge {
	struct gather *gather;
	const struct gather_plan *plan;
	struct merge_source *sources; /* of all inputs */
	size_t room;
	struct merge_input *heap; /* the least first */
	size_t live;
	struct record_writer *temporary; /* what is merged to, or NULL: the output */
};

/* Should a come before b? */
static bool
before(const struct gather_plan *plan, const struct merge_input *a,
    const struct merge_input *b)
{
	int order = sorted_compare(plan, &a->now, &b->now);

	return order != 0 ? order < 0 : a->index < b->index;
}

/* The buffer of an input is about to be used: save the record that came last. */
static bool
save_previous(struct merge *merge, size_t index, struct sorted *last)
{
	struct bytes *previous = &merge->sources[index].previous;
	struct field rec = last->rec;

	if (rec.data == previous->data)
		return true;
	if (merge->gather->in.all[index].reader.skipping)
		return false; /* it is overwritten by a record that is too long */
	if (bytes_anew(previous, rec.len + 1) == NULL)
		die(STATUS_BROKEN, errno, "records");
	memcpy(previous->data, rec.data, rec.len);
	rec.data = previous->data;
	sorted_look(merge->plan, rec, last);
	return true;
}

static void
name_unsorted(struct merge *merge, size_t index, const struct record *rec)
{
	char by[SORTED_TEXT];

	sorted_by(merge->plan, by);
	warn("%s: record %llu is out of order: sort it by %s",
	    inputs_name(&merge->gather->in), (unsigned long long)rec->number + 1, by);
	merge->sources[index].unchecked = merge->gather->failed = true;
}

/* The next record of input; false at its end. */
static bool
advance(struct merge *merge, struct merge_input *input)
{
	struct gather *gather = merge->gather;
	struct merge_source *source = &merge->sources[input->index];
	struct sorted last = input->now;
	bool known = last.rec.data != NULL && !source->unchecked;
	enum record_status got;
	struct record rec;

	while ((got = inputs_take_of(&gather->in, input->index, &rec)) != RECORD_OK) {
		if (got == RECORD_EOF)
			return false;
		if (got == RECORD_TOO_LONG) {
			gather_fail_long(gather, inputs_name(&gather->in), &rec);
			known = false;
			continue;
		}
		known = known && save_previous(merge, input->index, &last);
		gather_flush(gather);
		if (inputs_fill_of(&gather->in, input->index) == RECORD_ERROR) {
			gather_fail_input(gather, inputs_name(&gather->in), errno);
			return false;
		}
	}
	sorted_look(merge->plan, (struct field){ rec.data, rec.len }, &input->now);
	if (known && sorted_compare(merge->plan, &input->now, &last) < 0)
		name_unsorted(merge, input->index, &rec);
	return true;
}

/* Move heap[at] down to where it belongs. */
static void
sift(struct merge *merge, size_t at)
{
	struct merge_input moved = merge->heap[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < merge->live &&
		    before(merge->plan, &merge->heap[child + 1], &merge->heap[child]))
			child++;
		if (child >= merge->live ||
		    !before(merge->plan, &merge->heap[child], &moved))
			break;
		merge->heap[at] = merge->heap[child];
		at = child;
	}
	merge->heap[at] = moved;
}

static void
put(struct merge *merge, const char *data, size_t len)
{
	if (merge->temporary == NULL)
		gather_put(merge->gather, data, len);
	else if (writer_put(merge->temporary, data, len) < 0)
		die(STATUS_BROKEN, errno, "%s", spool_what());
}

/* An input has no more records. */
static void
finish(struct merge *merge, size_t index)
{
	bytes_free(&merge->sources[index].previous);
	merge->sources[index].done = true;
	inputs_close_of(&merge->gather->in, index);
}

/* Begin with the first record of each input that is taken. */
static void
begin(struct merge *merge)
{
	size_t count = merge->gather->in.count;

	merge->live = 0;
	merge->heap = calloc(count, sizeof(*merge->heap));
	if (merge->heap == NULL)
		die(STATUS_BROKEN, errno, "inputs");
	for (size_t i = 0; i < count; i++) {
		if (!merge->sources[i].taken || merge->sources[i].done)
			continue;
		merge->heap[merge->live] = (struct merge_input){ .index = i };
		if (advance(merge, &merge->heap[merge->live]))
			merge->live++;
		else
			finish(merge, i);
	}
	for (size_t i = merge->live / 2; i-- > 0;)
		sift(merge, i);
}

/* Merge the inputs that are taken. */
static void
merge_taken(struct merge *merge)
{
	begin(merge);
	while (merge->live > 0) {
		struct merge_input *least = &merge->heap[0];

		put(merge, least->now.rec.data, least->now.rec.len);
		put(merge, "\n", 1);
		if (merge->temporary == NULL)
			gather_taken(merge->gather, 1, least->now.rec.len + 1);
		if (!advance(merge, least)) {
			finish(merge, least->index);
			merge->heap[0] = merge->heap[--merge->live];
		}
		if (merge->live > 0)
			sift(merge, 0);
	}
	free(merge->heap);
}

static bool
is_open(const struct merge *merge, size_t index)
{
	return merge->gather->in.all[index].reader.buffer != NULL;
}

/* Open the files that are not yet; false if that are more than can be. */
static bool
open_all(struct merge *merge)
{
	struct gather *gather = merge->gather;
	size_t files = 0;

	for (size_t i = 0; i < gather->in.count; i++) {
		struct merge_source *source = &merge->sources[i];

		source->file |= !is_open(merge, i);
		if (source->done || !source->file)
			continue;
		if (files++ == FILES_MOST)
			return false;
		if (inputs_open_of(&gather->in, i) == 0)
			continue;
		if (errno == EMFILE || errno == ENFILE)
			return false;
		gather_fail_input(gather, inputs_name(&gather->in), errno);
		source->done = true;
	}
	return true;
}

/*
 * Take as many of the files as it takes for the others to be open together, beside what
 * these are merged to; it has the descriptor of one that is closed again.
 */
static void
take_some(struct merge *merge)
{
	struct inputs *in = &merge->gather->in;
	size_t files = 0, temporaries = 0, most = 1, last = 0;
	bool all;

	for (size_t i = 0; i < in->count; i++) {
		const struct merge_source *source = &merge->sources[i];

		if (source->done || !source->file)
			continue;
		most += !is_open(merge, i);
		temporaries += source->temporary;
		files += is_open(merge, i) && !source->temporary;
		last = is_open(merge, i) && !source->temporary ? i : last;
	}
	if (files == 0 || files + temporaries < 3)
		die(STATUS_BROKEN, EMFILE, "%s", in->all[last].name);
	inputs_close_of(in, last);
	all = files < 3 || temporaries >= files;
	for (size_t i = 0; i < in->count && most > 0; i++) {
		struct merge_source *source = &merge->sources[i];

		source->taken = source->file && !source->done && is_open(merge, i) &&
		    (all || !source->temporary);
		most -= source->taken;
	}
}

/* Let each input from this one on have a source. */
static void
list_sources(struct merge *merge, size_t from)
{
	size_t count = merge->gather->in.count;
	struct merge_source *sources =
	    grow(merge->sources, &merge->room, count, sizeof(*sources), SIZE_MAX);

	if (sources == NULL)
		die(STATUS_BROKEN, errno, "inputs");
	merge->sources = sources;
	for (; from < count; from++)
		sources[from] = (struct merge_source){ .done = false };
}

/* Merge some of the files to a temporary one, which is an input then. */
static void
merge_some(struct merge *merge)
{
	struct inputs *in = &merge->gather->in;
	struct record_writer writer;
	size_t index = in->count;
	int fd;

	take_some(merge);
	fd = spool_file();
	if (fd < 0)
		die(STATUS_BROKEN, errno, "%s", spool_what());
	if (writer_open(&writer, fd) < 0)
		die(STATUS_BROKEN, errno, "buffers");
	merge->temporary = &writer;
	merge_taken(merge);
	merge->temporary = NULL;
	if (writer_flush(&writer) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		die(STATUS_BROKEN, errno, "%s", spool_what());
	writer_close(&writer);
	if (inputs_add(in, fd, spool_what()) < 0)
		die(STATUS_BROKEN, errno, "inputs");
	list_sources(merge, index);
	merge->sources[index] =
	    (struct merge_source){ .file = true, .temporary = true, .unchecked = true };
}

void
merge_run(struct gather *gather, const struct gather_plan *plan)
{
	struct merge merge = { .gather = gather, .plan = plan };

	list_sources(&merge, 0);
	while (!open_all(&merge))
		merge_some(&merge);
	for (size_t i = 0; i < gather->in.count; i++)
		merge.sources[i].taken = true;
	merge_taken(&merge);
	free(merge.sources);
}
