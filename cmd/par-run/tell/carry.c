/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "carry.h"
#include "fdio.h"
#include "num.h"
#include "spool.h"

enum { AT_ONCE = 64 << 10 /* bytes read */, NUMBERS = 80 /* as text */ };

/* A file to write to behind what it has; or -1 with errno. */
static int
make_file(void)
{
	int fd = spool_file();

	if (fd >= 0 && fcntl(fd, F_SETFL, O_APPEND) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int
carry_files(struct result_files *files)
{
	files->out = make_file();
	files->err = files->out < 0 ? -1 : make_file();
	if (files->err < 0 && files->out >= 0)
		close(files->out);
	files->open = files->err >= 0;
	return files->open ? 0 : -1;
}

/* Add what the file holds.  How much, or -1 with errno. */
static int64_t
add_file(struct buffered *to, int fd)
{
	uint64_t at = 0;
	ssize_t n;

	do {
		if (buffered_room(to, AT_ONCE) < 0)
			return -1;
		n = fdio_read_at(fd, to->data + to->end, AT_ONCE, at);
		if (n < 0)
			return -1;
		if (n > 0)
			buffered_came(to, (size_t)n);
		at += (uint64_t)n;
	} while (n > 0);
	return (int64_t)at;
}

int
carry_send(struct carry *carry, struct slot *slot, uint64_t number, bool content)
{
	const struct result_files *files = &slot->files;
	struct buffered *buffered = &slot->worker.buffered, rest = *buffered;
	int64_t out = 0, err = 0;
	char text[NUMBERS];

	/* It goes before the output of the records: that waits here meanwhile. */
	*buffered = (struct buffered){ 0 };
	if (content && files->used) {
		out = add_file(buffered, files->out);
		err = out < 0 ? -1 : add_file(buffered, files->err);
	}
	if (err >= 0) {
		snprintf(text, sizeof(text), "%" PRId64 " %" PRIu64 " %" PRIu64, out,
		    files->status, files->took);
		supervisor_report(carry->parent,
		    &(struct ack){ .index = number,
			.bytes = (uint64_t)(out + err),
			.outcome = OUTCOME_KEPT,
			.reason = text,
			.reason_len = strlen(text) });
		output_add(carry->output, &slot->spout, (size_t)(out + err));
		output_clear(carry->output, &slot->spout);
	}
	buffered_free(buffered);
	*buffered = rest;
	return err < 0 ? -1 : 0;
}

/* The next of numbers with blanks between; false if there is none. */
static bool
take_number(const char **at, const char *end, uint64_t *out)
{
	const char *blank = memchr(*at, ' ', (size_t)(end - *at));
	const char *stop = blank == NULL ? end : blank;

	if (num_parse_bytes(*at, (size_t)(stop - *at), 0, UINT64_MAX, out) < 0)
		return false;
	*at = blank == NULL ? end : blank + 1;
	return true;
}

/* The next bytes of its output go to a file.  0, or -1 with errno. */
static int
move(struct worker *worker, int fd, size_t len)
{
	return len == 0 ? 0 : worker_move(worker, (struct fdio_sink){ .fd = fd }, &len);
}

int
carry_take(struct slot *slot, uint64_t number, const struct ack *ack)
{
	struct result_files *files = &slot->files;
	const char *at = ack->reason, *end = at + ack->reason_len;
	uint64_t out;

	if (!take_number(&at, end, &out) || !take_number(&at, end, &files->status) ||
	    !take_number(&at, end, &files->took) || out > ack->bytes) {
		errno = EPROTO;
		return -1;
	}
	files->number = number;
	files->used = true;
	if (move(&slot->worker, files->out, (size_t)out) < 0 ||
	    move(&slot->worker, files->err, (size_t)(ack->bytes - out)) < 0)
		return -1;
	files->kept = true;
	return 0;
}
