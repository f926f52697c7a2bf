/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-fetch: the archive that is appended to.  Whatever was in the file, when a
 * member was appended all of it are whole members, and nothing that was there is lost.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "fuzz.h"
#include "members.h"

enum { GZIP = 16 + 15, FILE_MOST = 1 << 20, MARK_AT = 16 };

/* A member with that in it, with the field of a first one if that is asked for. */
static size_t
make_member(unsigned char *to, const char *text, bool first)
{
	unsigned char field[MEMBERS_FIELD];
	gz_header header = { .extra = field, .extra_len = sizeof(field), .os = 3 };
	z_stream stream = { .next_in = (unsigned char *)(uintptr_t)text,
		.avail_in = (unsigned)strlen(text),
		.next_out = to,
		.avail_out = 512 };

	members_field(field);
	must(deflateInit2(&stream, 1, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	if (first)
		must(deflateSetHeader(&stream, &header) == Z_OK);
	must(deflate(&stream, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&stream);
	return 512 - stream.avail_out;
}

/* How many whole members data is, to its very end. */
static size_t
count_members(unsigned char *data, size_t len)
{
	unsigned char out[4096];
	size_t count = 0;

	while (len > 0) {
		z_stream stream = { .next_in = data, .avail_in = (unsigned)len };
		int got = Z_OK;

		must(inflateInit2(&stream, GZIP) == Z_OK);
		while (got == Z_OK) {
			stream.next_out = out;
			stream.avail_out = sizeof(out);
			got = inflate(&stream, Z_NO_FLUSH);
		}
		must(got == Z_STREAM_END);
		data = stream.next_in;
		len = stream.avail_in;
		inflateEnd(&stream);
		count++;
	}
	return count;
}

static void
put_file(const char *name, const void *data, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	close(fd);
}

/* What it holds; 0 if it is not there. */
static size_t
get_file(const char *name, unsigned char data[static FILE_MOST])
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, data, FILE_MOST);

	must(n >= 0 && n < FILE_MOST);
	if (fd >= 0)
		close(fd);
	return (size_t)n;
}

static void
append(const unsigned char *member, size_t len, unsigned times)
{
	struct members members;

	members_open(&members, "archive");
	for (unsigned i = 0; i < times; i++)
		members_append(&members, member, len);
	members_close(&members);
}

static void
set_mark(unsigned char *file, uint64_t mark)
{
	for (size_t i = 0; i < 8; i++)
		file[MARK_AT + i] = (unsigned char)(mark >> 8 * i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char had[FILE_MOST], has[FILE_MOST];
	unsigned char member[512];
	struct pieces in = pieces_of(data, size);
	unsigned char way = pieces_byte(&in);
	size_t len = 0, mark = 0, had_len, has_len, cut_len, member_len, kept;

	if (size > 64 << 10)
		return 0;
	own_folder();
	unlink("archive.cut-1");
	if (way & 1) /* as we begin one */
		mark = len = make_member(had, "first", true);
	if (way & 4)
		len += make_member(had + len, "second", false);
	/* A mark is ours: it may be old, or the file cut, but where it is it is true. */
	if (way & 2)
		mark = way & 32 ? 0 : way & 64 ? len : len + in.left + 1 + way;
	if (way & 1)
		set_mark(had, mark);
	memcpy(had + len, in.at, in.left);
	had_len = len + in.left;
	put_file("archive", had, had_len);
	member_len = make_member(member, "appended", had_len == 0);
	append(member, member_len, 1 + (way >> 3 & 1));
	has_len = get_file("archive", has);
	must(count_members(has, has_len) >= 1U + (way >> 3 & 1));
	kept = has_len - member_len * (1 + (way >> 3 & 1));
	cut_len = get_file("archive.cut-1", has + has_len);
	must(
	    kept + cut_len == had_len && memcmp(has + has_len, had + kept, cut_len) == 0);
	for (size_t i = 0; i < kept; i++) /* but for the mark */
		must(has[i] == had[i] || (i >= MARK_AT && i < MARK_AT + 8));
	return 0;
}
