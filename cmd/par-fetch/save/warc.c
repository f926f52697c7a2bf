/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "diag.h"
#include "entropy.h"
#include "need.h"
#include "warc.h"

enum {
	KEEP = 1 << 20, /* larger buffers are given back after use, bytes */
	GZIP = 16 + 15, /* for deflateInit2(): gzip, the largest window */
	ID = CAPTURE_ID,
	DATE = CAPTURE_DATE
};

/* A name for a record that no other has. */
static void
make_id(char id[static ID])
{
	unsigned char b[16];

	if (entropy(b, sizeof(b)) < 0)
		die(STATUS_BROKEN, errno, "random numbers");
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(id, ID,
	    "urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%"
	    "02x",
	    b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
	    b[12], b[13], b[14], b[15]);
}

static void
print_date(char date[static DATE], time_t when)
{
	struct tm utc;

	gmtime_r(&when, &utc);
	strftime(date, DATE, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* The header lines that all records have. */
static void
begin(struct warc *warc, const char *type, const char *id, time_t when)
{
	char date[DATE];

	print_date(date, when);
	warc->record.len = 0;
	need_print(&warc->record, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <%s>\r\n",
	    type, id);
	need_print(&warc->record, "WARC-Date: %s\r\n", date);
}

/* Compress the record, to one more member, which has the header given. */
static void
pack(struct warc *warc, gz_header *header)
{
	enum { MOST = 1 << 30 }; /* that zlib is given at a time */
	z_stream *stream = &warc->stream;
	size_t left;
	int got = Z_OK;

	need_put(&warc->record, "\r\n\r\n", 4);
	left = warc->record.len;
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
}

/* What was packed is no longer of use. */
static void
clear(struct warc *warc)
{
	bytes_clear(&warc->record, KEEP);
	bytes_clear(&warc->packed, KEEP);
}

/* Pack a record that says who we are, as the first of a file. */
static void
pack_info(struct warc *warc)
{
	unsigned char field[MEMBERS_FIELD];
	gz_header header = { .os = 255, .extra = field, .extra_len = sizeof(field) };
	struct bytes info = { 0 };
	char id[ID];

	members_field(field);
	need_print(&info,
	    "software: par-fetch/" PAR_VERSION "\r\nformat: WARC File Format 1.1\r\n");
	need_print(&info, "http-header-user-agent: %s\r\n", warc->agent);
	make_id(id);
	begin(warc, "warcinfo", id, time(NULL));
	need_print(&warc->record, "Content-Type: application/warc-fields\r\n");
	need_print(&warc->record, "Content-Length: %zu\r\n\r\n", info.len);
	need_put(&warc->record, info.data, info.len);
	pack(warc, &header);
	bytes_free(&info);
}

/* Have something for the beginning of the next file, if there may be one. */
static void
prepare_head(struct warc *warc)
{
	if (warc->file.most == 0 || warc->file.head.len > 0)
		return;
	pack_info(warc);
	need_put(&warc->file.head, warc->packed.data, warc->packed.len);
	clear(warc);
}

/* Append what was packed, all of it in one file. */
static void
append(struct warc *warc)
{
	members_append(&warc->file, warc->packed.data, warc->packed.len);
	clear(warc);
	prepare_head(warc);
}

void
warc_open(struct warc *warc, const char *path, const char *agent, uint64_t most)
{
	*warc = (struct warc){ .agent = agent };
	if (sodium_init() < 0)
		die(STATUS_BROKEN, 0, "libsodium does not start");
	members_open(&warc->file, path);
	warc->file.most = warc->file.grows ? most : 0;
	if (deflateInit2(&warc->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		die(STATUS_BROKEN, ENOMEM, "compression");
	pack_info(warc);
	append(warc);
}

void
warc_refer(struct warc *warc, const char *notes)
{
	warc->revisits = true;
	captures_open(&warc->seen, notes);
}

void
warc_close(struct warc *warc)
{
	members_close(&warc->file);
	deflateEnd(&warc->stream);
	bytes_free(&warc->record);
	bytes_free(&warc->packed);
	if (warc->revisits)
		captures_close(&warc->seen);
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

enum { HASH = crypto_hash_sha256_BYTES };

/* A hash in base 32, as archives write it. */
static void
print_digest(
    char text[static CAPTURE_DIGEST + 1], const unsigned char hash[static HASH + 1])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	for (size_t i = 0; i < CAPTURE_DIGEST; i++) {
		unsigned two = (unsigned)hash[i * 5 / 8] << 8 | hash[i * 5 / 8 + 1];

		text[i] = digits[two >> (11 - i * 5 % 8) & 31];
	}
	text[CAPTURE_DIGEST] = '\0';
}

/* A header line with one. */
static void
put_digest(struct warc *warc, const char *name, const unsigned char hash[static HASH + 1])
{
	char text[CAPTURE_DIGEST + 1];

	print_digest(text, hash);
	need_print(&warc->record, "%s: sha256:%s\r\n", name, text);
}

/* One record of an exchange. */
struct warc_part {
	const char *type, *id;
	const char *concurrent; /* of a request: the id of its answer */
	const struct capture *before; /* of an answer: where its payload is */
	struct bytes block;
	size_t payload; /* bytes at the end of block */
	unsigned char hash[HASH + 1]; /* of them, and a zero */
};

static void
hash_payload(struct warc_part *part)
{
	const struct bytes *block = &part->block;

	crypto_hash_sha256(part->hash,
	    (const unsigned char *)block->data + block->len - part->payload,
	    part->payload);
}

/* What was archived with such a payload, or NULL; if nothing was, it is from now on. */
static const struct capture *
seen_before(
    struct warc *warc, const struct warc_about *about, const struct warc_part *part)
{
	char digest[CAPTURE_DIGEST + 1];
	struct capture capture = { .url = about->url };

	if (!warc->revisits || about->truncated != NULL || part->payload == 0)
		return NULL;
	print_digest(digest, part->hash);
	print_date(capture.date, about->when);
	snprintf(capture.id, sizeof(capture.id), "%s", part->id);
	return captures_find(&warc->seen, digest, &capture);
}

/* Where the payload of an answer that was seen before is. */
static void
put_reference(struct warc *warc, const struct capture *before)
{
	need_print(&warc->record,
	    "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/"
	    "identical-payload-digest\r\n");
	need_print(&warc->record, "WARC-Refers-To: <%s>\r\n", before->id);
	need_print(&warc->record, "WARC-Refers-To-Target-URI: %s\r\n", before->url);
	need_print(&warc->record, "WARC-Refers-To-Date: %s\r\n", before->date);
}

static void
pack_part(struct warc *warc, const struct warc_about *about, struct warc_part *part)
{
	unsigned char hash[HASH + 1] = { 0 };

	if (part->before != NULL)
		part->block.len -= part->payload;
	crypto_hash_sha256(
	    hash, (const unsigned char *)part->block.data, part->block.len);
	begin(warc, part->before != NULL ? "revisit" : part->type, part->id, about->when);
	need_print(&warc->record, "WARC-Target-URI: %s\r\n", about->url);
	if (about->address != NULL && about->address[0] != '\0')
		need_print(&warc->record, "WARC-IP-Address: %s\r\n", about->address);
	if (part->concurrent != NULL)
		need_print(
		    &warc->record, "WARC-Concurrent-To: <%s>\r\n", part->concurrent);
	else if (about->truncated != NULL)
		need_print(&warc->record, "WARC-Truncated: %s\r\n", about->truncated);
	if (part->before != NULL)
		put_reference(warc, part->before);
	put_digest(warc, "WARC-Block-Digest", hash);
	put_digest(warc, "WARC-Payload-Digest", part->hash);
	need_print(
	    &warc->record, "Content-Type: application/http; msgtype=%s\r\n", part->type);
	need_print(&warc->record, "Content-Length: %zu\r\n\r\n", part->block.len);
	need_put(&warc->record, part->block.data, part->block.len);
	pack(warc, NULL);
	bytes_free(&part->block);
}

static void
pack_answer(struct warc *warc, const struct warc_about *about,
    const struct warc_exchange *exchange, const char *id)
{
	static const char *const of_chunks[] = { "Transfer-Encoding", "Content-Length",
		NULL };
	static const char *const none[] = { NULL };
	struct warc_part part = {
		.type = "response", .id = id, .payload = exchange->body.len
	};

	put_lines(&part.block, &exchange->header, about->chunked ? of_chunks : none);
	if (about->chunked)
		need_print(&part.block, "Content-Length: %zu\r\n", exchange->body.len);
	need_print(&part.block, "\r\n");
	need_put(&part.block, exchange->body.data, exchange->body.len);
	hash_payload(&part);
	part.before = seen_before(warc, about, &part);
	pack_part(warc, about, &part);
}

void
warc_write(struct warc *warc, const struct warc_about *about,
    const struct warc_exchange *exchange)
{
	static const char *const secret[] = { "Authorization", "Proxy-Authorization",
		"Cookie", NULL };
	char request_id[ID], response_id[ID];
	struct warc_part part = { .type = "request",
		.id = request_id,
		.concurrent = response_id,
		.payload = exchange->sent.len };

	make_id(request_id);
	make_id(response_id);
	pack_answer(warc, about, exchange, response_id);
	put_lines(&part.block, &exchange->request, secret);
	need_print(&part.block, "\r\n");
	need_put(&part.block, exchange->sent.data, exchange->sent.len);
	hash_payload(&part);
	pack_part(warc, about, &part);
	append(warc);
	if (warc->revisits)
		captures_archived(&warc->seen);
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
