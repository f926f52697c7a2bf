/* SPDX-License-Identifier: ISC */
/*
 * fuzz - what targets share.
 */
#ifndef PAR_FUZZ_H
#define PAR_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* If it does not hold, libFuzzer keeps the input and shows where it was. */
void must(bool holds);

/* An input that is taken piece by piece. */
struct pieces {
	const char *at;
	size_t left;
};

struct pieces pieces_of(const uint8_t *data, size_t size);

/* The next byte; 0 if there is none. */
unsigned char pieces_byte(struct pieces *pieces);

/* The next eight bytes as a number, the least first; what is missing is 0. */
uint64_t pieces_number(struct pieces *pieces);

/* Bytes up to the next c, which is passed, or all that are left; *len of them. */
const char *pieces_until(struct pieces *pieces, char c, size_t *len);

/* A copy of just so many bytes, so that a step beyond them is seen; the caller's. */
char *copy_of(const void *data, size_t len);

bool same_bytes(const void *a, size_t a_len, const void *b, size_t b_len);

/*
 * Call call(arg), which may end the program: the status of its exit(3), or -1 if it
 * returns.  What it had allocated when it ended is lost.
 */
int status_of(void (*call)(void *arg), void *arg);

/* A pipe's end from which len bytes can be read, and then its end; *len of them at most.
 */
int pipe_of(const void *data, size_t *len);

/* Be in a folder of its own, $FOLDER, from then on. */
void own_folder(void);

#endif
