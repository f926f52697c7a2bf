/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-fetch: the header and the body of an answer.  They mean the same in whatever
 * pieces they come, and what was compressed comes back, but is not whole a byte before.
 */
#include <stdlib.h>
#include <string.h>

#include "need.h"
#include "fuzz.h"
#include "whole.h"

enum { MOST = 1 << 18 }; /* bytes of a body; more are refused, as by --max-body */

static bool
take(void *user, const char *data, size_t len)
{
	struct bytes *out = user;

	must(len > 0);
	if (out->len + len > MOST)
		return false;
	need_put(out, data, len);
	return true;
}

/* The body in pieces of some bytes; is it whole? */
static bool
decode(struct whole *whole, const char *body, size_t len, size_t some, struct bytes *out)
{
	const struct decode_sink sink = { .take = take, .user = out };

	while (len > 0) {
		size_t piece = len < some ? len : some;
		char *copy = copy_of(body, piece);
		bool good = decode_put(&whole->decode, copy, piece, &sink);

		free(copy);
		if (!good)
			return false;
		body += piece;
		len -= piece;
	}
	return whole_end(whole, STREAM_NONE) == NULL;
}

/* Lines of header, each as it comes. */
static void
read_header(struct whole *whole, struct pieces in)
{
	const char *why = NULL;

	whole_begin(whole, true);
	while (in.left > 0 && why == NULL) {
		size_t len;
		const char *line = pieces_until(&in, '\n', &len);
		char *copy = malloc(len + 1);

		must(copy != NULL);
		memcpy(copy, line, len);
		copy[len] = '\n';
		why = whole_header(whole, copy, len + 1);
		must(why == NULL || whole->doubt != NULL);
		free(copy);
	}
	must(whole->decode.count <= DECODE_DEEP);
}

static void
check_any(struct pieces head, struct pieces body, size_t some)
{
	struct whole whole = { 0 };
	struct bytes at_once = { 0 }, parted = { 0 };
	bool good;

	read_header(&whole, head);
	good = decode(&whole, body.at, body.left, SIZE_MAX, &at_once);
	read_header(&whole, head);
	must(decode(&whole, body.at, body.left, some, &parted) == good);
	if (good)
		must(same_bytes(at_once.data, at_once.len, parted.data, parted.len));
	bytes_free(&at_once);
	bytes_free(&parted);
	decode_free(&whole.decode);
}

/* Compressed once, by zlib, with a header of that kind. */
static char *
compress_as(int bits, const char *data, size_t len, size_t *out_len)
{
	size_t room = len + len / 100 + 1000;
	char *out = malloc(room);
	z_stream stream = { .next_in = (unsigned char *)(uintptr_t)data,
		.avail_in = (unsigned)len,
		.next_out = (unsigned char *)out,
		.avail_out = (unsigned)room };

	must(out != NULL);
	must(deflateInit2(&stream, 1, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	must(deflate(&stream, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&stream);
	*out_len = room - stream.avail_out;
	return out;
}

static void
check_own(struct pieces body, bool gzip, size_t some)
{
	static char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
			     "Content-Encoding: deflate , GZIP\r\n\r\n";
	struct whole whole = { 0 };
	struct bytes out = { 0 };
	size_t inner_len, len;
	char *inner = compress_as(gzip ? 15 : -15, body.at, body.left, &inner_len);
	char *outer = compress_as(31, inner, inner_len, &len);
	struct pieces lines = { head, sizeof(head) - 1 };

	read_header(&whole, lines);
	must(whole.header && whole.decode.count == 2);
	must(decode(&whole, outer, len, some, &out));
	must(same_bytes(out.data, out.len, body.at, body.left));
	read_header(&whole, lines);
	bytes_clear(&out, 0);
	must(!decode(&whole, outer, len - 1, some, &out));
	free(inner);
	free(outer);
	bytes_free(&out);
	decode_free(&whole.decode);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = pieces_of(data, size), head;
	size_t some = 1U + pieces_byte(&in) % 64;

	head.at = pieces_until(&in, '\0', &head.left);
	check_any(head, in, some);
	if (in.left < MOST)
		check_own(in, some & 1, some);
	return 0;
}
