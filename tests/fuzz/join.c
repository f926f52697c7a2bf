/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-gather: keys of --join-keys, and the records for them.  Each key that was
 * asked for is shown where it stands, with all its values; then the others are.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "field.h"
#include "fuzz.h"
#include "gather.h"
#include "groups.h"
#include "need.h"
#include "record.h"

enum { MOST = 40 }; /* records; more make a run slow */

/* Lines, without their newlines. */
struct lines {
	struct field all[MOST];
	size_t count;
};

/* Take lines; false: too many. */
static bool
take_lines(struct lines *lines, struct pieces in)
{
	while (in.left > 0) {
		struct field *line = &lines->all[lines->count];

		if (lines->count == MOST)
			return false;
		line->data = pieces_until(&in, '\n', &line->len);
		lines->count++;
	}
	return true;
}

static struct field
key_of_line(const struct field *line)
{
	struct field key;

	must(field_at(line->data, line->len, 0, &key));
	return key;
}

static bool
same(struct field a, struct field b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* The line of a key: it, and the values of all its records. */
static void
put_key(struct bytes *out, struct field key, const struct lines *records)
{
	need_put(out, key.data, key.len);
	for (size_t i = 0; i < records->count; i++)
		if (same(key_of_line(&records->all[i]), key))
			need_put(out, records->all[i].data + key.len,
			    records->all[i].len - key.len);
	need_put(out, "\n", 1);
}

static bool
seen(struct field key, const struct lines *lines, size_t before)
{
	for (size_t i = 0; i < before; i++)
		if (same(key_of_line(&lines->all[i]), key))
			return true;
	return false;
}

static void
put_file(const char *name, const void *data, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	close(fd);
}

static void
gather(size_t memory)
{
	char input[] = "records";
	char *files[] = { input };
	struct gather_plan plan = { .key = 1,
		.group = true,
		.join_keys = "keys",
		.memory = memory,
		.max_record = RECORD_LIMIT,
		.output = "out" };
	struct gather gather;

	gather_open(&gather, &plan, files, 1);
	groups_run(&gather, &plan);
	must(gather_close(&gather) == STATUS_OK);
}

static void
check(const struct lines *keys, const struct lines *records)
{
	struct bytes wanted = { 0 };
	int fd = open("out", O_RDONLY | O_CLOEXEC);
	char *got;

	for (size_t i = 0; i < keys->count; i++)
		put_key(&wanted, key_of_line(&keys->all[i]), records);
	for (size_t i = 0; i < records->count; i++) {
		struct field key = key_of_line(&records->all[i]);

		if (!seen(key, records, i) && !seen(key, keys, keys->count))
			put_key(&wanted, key, records);
	}
	got = malloc(wanted.len + 1);
	must(fd >= 0 && got != NULL &&
	    read(fd, got, wanted.len + 1) == (ssize_t)wanted.len);
	must(wanted.len == 0 || memcmp(got, wanted.data, wanted.len) == 0);
	close(fd);
	free(got);
	bytes_free(&wanted);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lines keys = { .count = 0 }, records = { .count = 0 };
	struct pieces in = pieces_of(data, size);
	unsigned char way = pieces_byte(&in);
	size_t len;
	const char *first = pieces_until(&in, '\0', &len);

	if (!take_lines(&keys, (struct pieces){ first, len }) ||
	    !take_lines(&records, in))
		return 0;
	own_folder();
	put_file("keys", first, len);
	put_file("records", in.at, in.left);
	gather(way % 16 == 0 ? 1 : 64 << 20);
	check(&keys, &records);
	return 0;
}
