/* SPDX-License-Identifier: ISC */
/*
 * decode - bodies as they were before they were compressed.
 *
 * libcurl could do it, but keeps silent about a body that ends too early: whoever
 * decodes knows.
 */
#ifndef PAR_FETCH_DECODE_H
#define PAR_FETCH_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include <zlib.h>

enum { DECODE_DEEP = 5, DECODE_WHY = 80 };

enum decode_state {
	DECODE_NEW, /* nothing of it has come */
	DECODE_GOES_ON,
	DECODE_ENDED, /* what may follow is another such piece */
	DECODE_OVER /* what follows is not ours */
};

struct decode_layer {
	const struct decode_kind *kind;
	enum decode_state state;
	bool again; /* it is another such piece, */
	bool came; /* of which something has come out */
	z_stream zlib;
	bool zlib_there;
	void *other; /* the state of another library */
};

/* All zero decodes nothing. */
struct decode {
	struct decode_layer layers[DECODE_DEEP]; /* the last one is the outermost */
	size_t count;
	char why[DECODE_WHY]; /* what is wrong, if something is */
};

/* Who gets what comes out: take, which returns false if it wants no more. */
struct decode_sink {
	bool (*take)(void *user, const char *data, size_t len);
	void *user;
};

/* What servers are told that may be, as in Accept-Encoding. */
const char *decode_accepted(void);

/*
 * One more coding that was applied, by its name; false, with why: they are too many.  A
 * name that is not known is none: servers have charsets and the like here.
 */
bool decode_add(struct decode *decode, const char *name, size_t len);

/* Decode more of the body; false if sink wants no more (why is empty) or it is damaged.
 */
bool decode_put(
    struct decode *decode, const char *data, size_t len, const struct decode_sink *sink);

/* All has come: was that all?  False, with why. */
bool decode_end(struct decode *decode);

/* Forget all codings. */
void decode_clear(struct decode *decode);

void decode_free(struct decode *decode);

#endif
