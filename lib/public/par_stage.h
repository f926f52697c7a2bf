/* SPDX-License-Identifier: ISC */
/*
 * par_stage - native stages of par-stage(7), for programs of others: see par_stage(3).
 *
 * No function exits or prints.  What returns an int returns -1 in trouble, of which
 * par_error() tells, and from then on each call does nothing and returns -1 again.
 */
#ifndef PAR_STAGE_PUBLIC_H
#define PAR_STAGE_PUBLIC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

struct par_stage;

/* What par_next(), par_take() and par_fill() have. */
enum par_got {
	PAR_TROUBLE = -1,
	PAR_END = 0, /* of the input */
	PAR_RECORD = 1,
	PAR_NONE = 2 /* par_take(): no whole record was read yet */
};

/* A stage between standard input and output; NULL without memory. */
struct par_stage *par_new(void);

/* Before par_open().  Numbers of records, bytes, descriptors; on is 0 or 1. */
void par_set_window(struct par_stage *stage, uint64_t records);
void par_set_jobs(struct par_stage *stage, uint64_t records);
void par_set_ahead(struct par_stage *stage, int on);
void par_set_raw(struct par_stage *stage, int on);
void par_set_max_record(struct par_stage *stage, size_t bytes);
void par_set_input(struct par_stage *stage, int fd);
void par_set_output(struct par_stage *stage, int fd);

/* Where there is no supervisor, failed(context, ...) is told of each record that fails.
 */
void par_set_failed(struct par_stage *stage,
    void (*failed)(void *context, const char *data, size_t len, const char *why),
    void *context);

/* Begin: find the supervisor, and tell it what this stage is.  0 or -1. */
int par_open(struct par_stage *stage);

/* Is there a supervisor?  1 or 0. */
int par_supervised(const struct par_stage *stage);

/*
 * The next record, waited for: len bytes, without its newline, which stay as they are
 * until the next call of par_next() or par_fill().
 */
enum par_got par_next(struct par_stage *stage, const char **data, size_t *len);

/* For event loops: a record of what was read, and one read(2). */
enum par_got par_take(struct par_stage *stage, const char **data, size_t *len);
enum par_got par_fill(struct par_stage *stage);

/* The place of the record at hand among those that came, from 0. */
uint64_t par_number(const struct par_stage *stage);

/* Add to the output of the record that is finished next.  0 or -1. */
int par_put(struct par_stage *stage, const void *data, size_t len);
int par_put_escaped(struct par_stage *stage, const void *data, size_t len);

/* Room for len bytes of output, or NULL; so many of them as are then committed count. */
char *par_reserve(struct par_stage *stage, size_t len);
void par_commit(struct par_stage *stage, size_t len);

/* What became of the record at hand.  0 or -1. */
int par_done(struct par_stage *stage);
int par_fail(struct par_stage *stage, const char *why);
int par_retry(struct par_stage *stage, const char *why);

/* The same of any record; data and len are what is shown of it without a supervisor. */
int par_done_at(struct par_stage *stage, uint64_t number);
int par_fail_at(struct par_stage *stage, uint64_t number, const char *data, size_t len,
    const char *why);
int par_retry_at(struct par_stage *stage, uint64_t number, const char *data, size_t len,
    const char *why);

/* Send what is finished, as before a wait for something else than input.  0 or -1. */
int par_flush(struct par_stage *stage);

/* Send all, and close the output.  The exit status that the program should have. */
int par_finish(struct par_stage *stage);

/* What the trouble is, in words, and its errno, or 0; NULL if there is none. */
const char *par_error(const struct par_stage *stage);
int par_errno(const struct par_stage *stage);

/* Give it back, finished or not; NULL is fine. */
void par_free(struct par_stage *stage);

/* Field number index, from 0, of a record, still escaped: 1, or 0 if it has not so many.
 */
int par_field(
    const char *data, size_t len, size_t index, const char **field, size_t *field_len);

/* Escape a field into dst, of 2 * len bytes, or undo it, into len.  The new length. */
size_t par_escape(char *dst, const char *data, size_t len);
size_t par_unescape(char *dst, const char *data, size_t len);

/* Bytes of others as text that upsets no terminal, with a NUL, in size bytes; its length.
 */
size_t par_printable(char *dst, size_t size, const char *data, size_t len);

/* The version of the library, as 0.1.0. */
const char *par_version(void);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
