/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "gunzip.h"
#include "need.h"

enum { WINDOW = 15 + 16 /* the largest, and a header of gzip */, PIECE = 64 << 10 };

bool
gunzip_is(const char *data, size_t len)
{
	return len >= 2 && memcmp(data, "\x1f\x8b", 2) == 0;
}

const char *
gunzip(struct bytes *out, const char *data, size_t len, size_t most)
{
	z_stream stream = { 0 };
	const char *why = NULL;
	int got = Z_OK;

	if (len > UINT_MAX)
		return "too long";
	if (inflateInit2(&stream, WINDOW) != Z_OK)
		need_failed(PIECE);
	stream.next_in = (Bytef *)(uintptr_t)data;
	stream.avail_in = (uInt)len;
	while (why == NULL && got != Z_STREAM_END) {
		stream.next_out = (Bytef *)need_room(out, PIECE);
		stream.avail_out = PIECE;
		got = inflate(&stream, Z_NO_FLUSH);
		out->len += PIECE - stream.avail_out;
		if (got == Z_MEM_ERROR)
			need_failed(PIECE);
		if (out->len > most)
			why = "longer than a record may be, unpacked";
		else if (got != Z_OK && got != Z_STREAM_END)
			why = "gzip that is damaged or cut short";
	}
	inflateEnd(&stream);
	return why;
}
