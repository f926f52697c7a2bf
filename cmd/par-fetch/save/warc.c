/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "diag.h"
#include "need.h"
#include "warc.h"

enum {
	KEEP = 1 << 20, /* larger buffers are given back after use, bytes */
	GZIP = 16 + 15, /* for deflateInit2(): gzip, the largest window */
	ID = 48
};

/* A name for a record that no other has. */
static void
make_id(char id[static ID])
{
	unsigned char b[16];

	if (getentropy(b, sizeof(b)) < 0)
		die(STATUS_BROKEN, errno, "random numbers");
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(id, ID,
	    "urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%"
	    "02x",
	    b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
	    b[12], b[13], b[14], b[15]);
}

/* The header lines that all records have. */
static void
begin(struct warc *warc, const char *type, const char *id)
{
	char date[32];
	time_t now = time(NULL);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &utc);
	warc->record.len = 0;
	need_print(&warc->record, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <%s>\r\n",
	    type, id);
	need_print(&warc->record, "WARC-Date: %s\r\n", date);
}

/* Compress the record, whose member has the header given, and append it. */
static void
append(struct warc *warc, gz_header *header)
{
	enum { MOST = 1 << 30 }; /* that zlib is given at a time */
	z_stream *stream = &warc->stream;
	size_t left;
	int got = Z_OK;

	need_put(&warc->record, "\r\n\r\n", 4);
	left = warc->record.len;
	warc->packed.len = 0;
	deflateSetHeader(stream, header);
	stream->next_in = (unsigned char *)warc->record.data;
	stream->avail_in = 0;
	while (got == Z_OK) {
		size_t room = left < MOST ? deflateBound(stream, left) + 64 : MOST;

		if (stream->avail_in == 0) {
			stream->avail_in = left < MOST ? (unsigned)left : MOST;
			left -= stream->avail_in;
		}
		stream->next_out = (unsigned char *)need_room(&warc->packed, room);
		stream->avail_out = (unsigned)room;
		got = deflate(stream, left == 0 ? Z_FINISH : Z_NO_FLUSH);
		warc->packed.len += room - stream->avail_out;
	}
	if (got != Z_STREAM_END)
		die(STATUS_BROKEN, 0, "%s: compression failed", warc->file.path);
	deflateReset(stream);
	members_append(&warc->file, warc->packed.data, warc->packed.len);
	bytes_clear(&warc->record, KEEP);
	bytes_clear(&warc->packed, KEEP);
}

void
warc_open(struct warc *warc, const char *path, const char *agent)
{
	unsigned char field[MEMBERS_FIELD];
	gz_header header = { .os = 255, .extra = field, .extra_len = sizeof(field) };
	struct bytes info = { 0 };
	char id[ID];

	*warc = (struct warc){ 0 };
	members_open(&warc->file, path);
	members_field(field);
	if (deflateInit2(&warc->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		die(STATUS_BROKEN, ENOMEM, "compression");
	need_print(&info,
	    "software: par-fetch/" PAR_VERSION "\r\nformat: WARC File Format 1.1\r\n");
	need_print(&info, "http-header-user-agent: %s\r\n", agent);
	make_id(id);
	begin(warc, "warcinfo", id);
	need_print(&warc->record, "Content-Type: application/warc-fields\r\n");
	need_print(&warc->record, "Content-Length: %zu\r\n\r\n", info.len);
	need_put(&warc->record, info.data, info.len);
	append(warc, &header);
	bytes_free(&info);
}

void
warc_close(struct warc *warc)
{
	members_close(&warc->file);
	deflateEnd(&warc->stream);
	bytes_free(&warc->record);
	bytes_free(&warc->packed);
}

/* Does the line begin with one of the names, up to its colon? */
static bool
named(const char *line, size_t len, const char *const *names)
{
	for (; *names != NULL; names++) {
		size_t name = strlen(*names);

		if (len > name && line[name] == ':' &&
		    strncasecmp(line, *names, name) == 0)
			return true;
	}
	return false;
}

/* Copy header lines, up to the empty one, without those that names tell. */
static void
put_lines(struct bytes *out, const struct bytes *lines, const char *const *names)
{
	const char *at = lines->data, *end;

	if (lines->len == 0)
		return;
	end = at + lines->len;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline == NULL ? end : newline + 1) - at);

		if (len <= 2 && (at[0] == '\r' || at[0] == '\n'))
			break;
		if (!named(at, len, names))
			need_put(out, at, len);
		at += len;
	}
}

static void
write_part(struct warc *warc, const struct warc_about *about, const char *type,
    const char *id, const char *concurrent, const struct bytes *block)
{
	begin(warc, type, id);
	need_print(&warc->record, "WARC-Target-URI: %s\r\n", about->url);
	if (about->address != NULL && about->address[0] != '\0')
		need_print(&warc->record, "WARC-IP-Address: %s\r\n", about->address);
	if (concurrent != NULL)
		need_print(&warc->record, "WARC-Concurrent-To: <%s>\r\n", concurrent);
	else if (about->truncated != NULL)
		need_print(&warc->record, "WARC-Truncated: %s\r\n", about->truncated);
	need_print(&warc->record, "Content-Type: application/http; msgtype=%s\r\n", type);
	need_print(&warc->record, "Content-Length: %zu\r\n\r\n", block->len);
	need_put(&warc->record, block->data, block->len);
	append(warc, NULL);
}

void
warc_write(struct warc *warc, const struct warc_about *about,
    const struct warc_exchange *exchange)
{
	static const char *const secret[] = { "Authorization", "Proxy-Authorization",
		"Cookie", NULL };
	static const char *const of_chunks[] = { "Transfer-Encoding", "Content-Length",
		NULL };
	static const char *const none[] = { NULL };
	const char *chunked =
	    memmem(exchange->header.data, exchange->header.len, "hunked", 6);
	char request_id[ID], response_id[ID];
	struct bytes block = { 0 };

	make_id(request_id);
	make_id(response_id);
	put_lines(&block, &exchange->header, chunked != NULL ? of_chunks : none);
	if (chunked != NULL)
		need_print(&block, "Content-Length: %zu\r\n", exchange->body.len);
	need_print(&block, "\r\n");
	need_put(&block, exchange->body.data, exchange->body.len);
	write_part(warc, about, "response", response_id, NULL, &block);
	block.len = 0;
	put_lines(&block, &exchange->request, secret);
	need_print(&block, "\r\n");
	need_put(&block, exchange->sent.data, exchange->sent.len);
	write_part(warc, about, "request", request_id, response_id, &block);
	bytes_free(&block);
}

void
warc_exchange_clear(struct warc_exchange *exchange)
{
	bytes_clear(&exchange->request, KEEP);
	bytes_clear(&exchange->sent, KEEP);
	bytes_clear(&exchange->header, KEEP);
	bytes_clear(&exchange->body, KEEP);
}

void
warc_exchange_free(struct warc_exchange *exchange)
{
	bytes_free(&exchange->request);
	bytes_free(&exchange->sent);
	bytes_free(&exchange->header);
	bytes_free(&exchange->body);
}
