/* SPDX-License-Identifier: ISC */
#define ZLIB_CONST
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#ifdef HAVE_LIBBROTLIDEC
#include <brotli/decode.h>
#endif
#ifdef HAVE_LIBZSTD
#include <zstd.h>
#endif

#include "decode.h"

enum {
	PIECE = 16 << 10, /* of what comes out, bytes */
	RAW = -15, /* for inflateReset2(): no header, */
	ZLIB = 15, /* that of zlib, */
	GZIP = 32 + 15, /* or whichever is there */
	MAGIC = 0x1f, /* the first byte of gzip */
	ZSTD_WINDOW = 23 /* most memory that a body may ask for, 2 to the power of it */
};

struct decode_piece {
	const unsigned char *in;
	size_t in_len;
	char *out;
	size_t out_len;
};

/* What may follow the end of a body. */
enum next {
	NEXT_NOTHING, /* that we were told of */
	NEXT_MEMBER, /* another one, that begins with MAGIC */
	NEXT_FRAME /* another one, of which the library knows */
};

/* A coding.  step: NULL, or what is wrong; state says if its end was seen. */
struct decode_kind {
	const char *name;
	const char *(*begin)(struct decode_layer *layer, unsigned char first);
	const char *(*step)(struct decode_layer *layer, struct decode_piece *piece);
	void (*clear)(struct decode_layer *layer);
	enum next next;
};

static const char no_memory[] = "no memory";

static enum decode_state
state_of(bool ended)
{
	return ended ? DECODE_ENDED : DECODE_GOES_ON;
}

static const char *
zlib_begin(struct decode_layer *layer, int bits)
{
	if (!layer->zlib_there && inflateInit2(&layer->zlib, bits) != Z_OK)
		return no_memory;
	layer->zlib_there = true;
	return inflateReset2(&layer->zlib, bits) == Z_OK ? NULL : no_memory;
}

/* Servers say deflate with a header of zlib, as they should, or without. */
static const char *
deflate_begin(struct decode_layer *layer, unsigned char first)
{
	return zlib_begin(layer, (first & 0x8f) == 0x08 ? ZLIB : RAW);
}

static const char *
gzip_begin(struct decode_layer *layer, unsigned char first)
{
	(void)first;
	return zlib_begin(layer, GZIP);
}

static const char *
zlib_step(struct decode_layer *layer, struct decode_piece *piece)
{
	z_stream *zlib = &layer->zlib;
	unsigned in =
	    piece->in_len > UINT32_MAX / 2 ? UINT32_MAX / 2 : (unsigned)piece->in_len;
	int code;

	zlib->next_in = piece->in;
	zlib->avail_in = in;
	zlib->next_out = (unsigned char *)piece->out;
	zlib->avail_out = (unsigned)piece->out_len;
	code = inflate(zlib, Z_NO_FLUSH);
	piece->in += in - zlib->avail_in;
	piece->in_len -= in - zlib->avail_in;
	piece->out_len -= zlib->avail_out;
	layer->state = state_of(code == Z_STREAM_END);
	if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR)
		return NULL;
	return zlib->msg != NULL ? zlib->msg : "damaged";
}

static void
zlib_clear(struct decode_layer *layer)
{
	(void)layer; /* it is used again */
}

#ifdef HAVE_LIBBROTLIDEC
static const char *
brotli_begin(struct decode_layer *layer, unsigned char first)
{
	(void)first;
	if (layer->other == NULL)
		layer->other = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	return layer->other == NULL ? no_memory : NULL;
}

static const char *
brotli_step(struct decode_layer *layer, struct decode_piece *piece)
{
	size_t room = piece->out_len;
	unsigned char *out = (unsigned char *)piece->out;
	BrotliDecoderResult result = BrotliDecoderDecompressStream(
	    layer->other, &piece->in_len, &piece->in, &room, &out, NULL);

	piece->out_len -= room;
	layer->state = state_of(result == BROTLI_DECODER_RESULT_SUCCESS);
	return result == BROTLI_DECODER_RESULT_ERROR ? "damaged" : NULL;
}

static void
brotli_clear(struct decode_layer *layer)
{
	if (layer->other != NULL)
		BrotliDecoderDestroyInstance(layer->other);
	layer->other = NULL;
}
#endif

#ifdef HAVE_LIBZSTD
static const char *
zstd_begin(struct decode_layer *layer, unsigned char first)
{
	(void)first;
	if (layer->other == NULL)
		layer->other = ZSTD_createDStream();
	if (layer->other == NULL)
		return no_memory;
	ZSTD_initDStream(layer->other);
	ZSTD_DCtx_setParameter(layer->other, ZSTD_d_windowLogMax, ZSTD_WINDOW);
	return NULL;
}

static const char *
zstd_step(struct decode_layer *layer, struct decode_piece *piece)
{
	ZSTD_inBuffer in = { .src = piece->in, .size = piece->in_len };
	ZSTD_outBuffer out = { .dst = piece->out, .size = piece->out_len };
	size_t left = ZSTD_decompressStream(layer->other, &out, &in);

	piece->in += in.pos;
	piece->in_len -= in.pos;
	piece->out_len = out.pos;
	layer->state = state_of(left == 0);
	return ZSTD_isError(left) ? ZSTD_getErrorName(left) : NULL;
}

static void
zstd_clear(struct decode_layer *layer)
{
	ZSTD_freeDStream(layer->other);
	layer->other = NULL;
}
#endif

static const struct decode_kind kinds[] = {
	{ "gzip", gzip_begin, zlib_step, zlib_clear, NEXT_MEMBER },
	{ "x-gzip", gzip_begin, zlib_step, zlib_clear, NEXT_MEMBER },
	{ "deflate", deflate_begin, zlib_step, zlib_clear, NEXT_NOTHING },
#ifdef HAVE_LIBBROTLIDEC
	{ "br", brotli_begin, brotli_step, brotli_clear, NEXT_NOTHING },
#endif
#ifdef HAVE_LIBZSTD
	{ "zstd", zstd_begin, zstd_step, zstd_clear, NEXT_FRAME },
#endif
};

const char *
decode_accepted(void)
{
	return "gzip, deflate"
#ifdef HAVE_LIBBROTLIDEC
	       ", br"
#endif
#ifdef HAVE_LIBZSTD
	       ", zstd"
#endif
	    ;
}

static bool
is(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && strncasecmp(name, text, len) == 0;
}

bool
decode_add(struct decode *decode, const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct decode_layer *layer = &decode->layers[decode->count];

		if (!is(kinds[i].name, name, len))
			continue;
		if (decode->count == DECODE_DEEP) {
			snprintf(decode->why, sizeof(decode->why),
			    "more than %d content encodings", DECODE_DEEP);
			return false;
		}
		layer->kind = &kinds[i];
		layer->state = DECODE_NEW;
		decode->count++;
		return true;
	}
	return true;
}

static bool
wrong(struct decode *decode, const struct decode_layer *layer, const char *why)
{
	snprintf(decode->why, sizeof(decode->why), "%s: %s", layer->kind->name, why);
	return false;
}

/* The layer has not begun, or has ended: what begins with the byte first? */
static bool
begin(struct decode *decode, struct decode_layer *layer, unsigned char first)
{
	enum next next = layer->kind->next;
	const char *why;

	layer->again = layer->state != DECODE_NEW;
	layer->came = false;
	if (layer->again && (next != NEXT_MEMBER || first != MAGIC)) {
		if (next != NEXT_FRAME)
			layer->state = DECODE_OVER;
		return true;
	}
	why = layer->kind->begin(layer, first);
	layer->state = DECODE_GOES_ON;
	return why == NULL || wrong(decode, layer, why);
}

static bool put(struct decode *decode, size_t depth, const char *data, size_t len,
    const struct decode_sink *sink);

/* Decode a run of bytes that is not empty as far as it goes; *len is what is left. */
static bool
step(struct decode *decode, size_t depth, const char **data, size_t *len,
    const struct decode_sink *sink)
{
	struct decode_layer *layer = &decode->layers[depth];
	char out[PIECE];
	struct decode_piece piece;
	const char *why;

	do {
		piece = (struct decode_piece){ .in = (const unsigned char *)*data,
			.in_len = *len,
			.out = out,
			.out_len = sizeof(out) };
		why = layer->kind->step(layer, &piece);
		if (piece.out_len > 0 && !put(decode, depth, out, piece.out_len, sink))
			return false;
		if (why == NULL && piece.in_len == *len && piece.out_len == 0 &&
		    *len > 0 && layer->state == DECODE_GOES_ON)
			why = "damaged";
		layer->came = layer->came || piece.out_len > 0;
		if (why != NULL && layer->again && !layer->came) {
			layer->state = DECODE_OVER; /* it was padding */
			return true;
		}
		if (why != NULL)
			return wrong(decode, layer, why);
		*data += *len - piece.in_len;
		*len = piece.in_len;
	} while (
	    layer->state == DECODE_GOES_ON && (*len > 0 || piece.out_len == sizeof(out)));
	return true;
}

/* len bytes have come out of the layer at depth: to the one within it, or out. */
static bool
put(struct decode *decode, size_t depth, const char *data, size_t len,
    const struct decode_sink *sink)
{
	struct decode_layer *layer;

	if (depth == 0)
		return sink->take(sink->user, data, len);
	layer = &decode->layers[--depth];
	while (len > 0 && layer->state != DECODE_OVER) {
		if (layer->state != DECODE_GOES_ON &&
		    !begin(decode, layer, (unsigned char)*data))
			return false;
		if (layer->state != DECODE_OVER &&
		    !step(decode, depth, &data, &len, sink))
			return false;
	}
	return true;
}

bool
decode_put(
    struct decode *decode, const char *data, size_t len, const struct decode_sink *sink)
{
	if (decode->why[0] != '\0')
		return false;
	return put(decode, decode->count, data, len, sink);
}

bool
decode_end(struct decode *decode)
{
	for (size_t i = decode->count; i-- > 0;) {
		struct decode_layer *layer = &decode->layers[i];

		if (layer->state == DECODE_GOES_ON)
			return wrong(decode, layer, "ends too early");
	}
	return true;
}

void
decode_clear(struct decode *decode)
{
	for (size_t i = 0; i < decode->count; i++)
		decode->layers[i].kind->clear(&decode->layers[i]);
	decode->count = 0;
	decode->why[0] = '\0';
}

void
decode_free(struct decode *decode)
{
	decode_clear(decode);
	for (size_t i = 0; i < DECODE_DEEP; i++)
		if (decode->layers[i].zlib_there)
			inflateEnd(&decode->layers[i].zlib);
}
