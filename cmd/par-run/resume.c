/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fdio.h"
#include "resume.h"
#include "run.h"
#include "saved.h"

enum { READ_SIZE = 256 << 10 };

/* Add a word, or that there is none, so that no two lists of words are alike. */
static void
add_word(struct hash_stream *hash, const char *word)
{
	if (word == NULL)
		hash_add(hash, "-", 1);
	else
		hash_add(hash, "+", 1);
	if (word != NULL)
		hash_add(hash, word, strlen(word) + 1);
}

static uint64_t
hash_command(char *const *words)
{
	struct hash_stream hash;

	hash_begin(&hash);
	while (*words != NULL)
		add_word(&hash, *words++);
	return hash_end(&hash);
}

/* Of the options that change what is written, or where. */
static uint64_t
hash_options(const struct run_options *options)
{
	const uint64_t numbers[] = { options->block_records, options->block_bytes,
		options->keep_order, options->map };
	struct hash_stream hash;

	hash_begin(&hash);
	hash_add(&hash, numbers, sizeof(numbers));
	if (options->raw)
		add_word(&hash, "raw");
	add_word(&hash, options->output);
	add_word(&hash, options->quarantine);
	return hash_end(&hash);
}

static void
describe_file(const struct stat *st, uint64_t base, struct input_file *file)
{
	*file = (struct input_file){ .base = base,
		.device = (uint64_t)st->st_dev,
		.inode = (uint64_t)st->st_ino,
		.size = (uint64_t)st->st_size,
		.changed = (uint64_t)st->st_ctim.tv_sec * 1000000000u +
		    (uint64_t)st->st_ctim.tv_nsec };
}

void
resume_describe(struct run *run, struct saved *saved)
{
	off_t base = lseek(run->intake.fd, 0, SEEK_CUR);
	struct stat in, out, aside;

	if (run->above.fd >= 0)
		die(STATUS_MISUSE, 0, "--checkpoint: not as a stage of another par-run");
	if (base < 0 || fstat(run->intake.fd, &in) < 0 || !S_ISREG(in.st_mode))
		die(STATUS_MISUSE, 0, "--checkpoint: %s must be a file", run->in_name);
	if (fstat(run->output.fd, &out) < 0 || !S_ISREG(out.st_mode))
		die(STATUS_MISUSE, 0, "--checkpoint: %s is not a regular file",
		    run->output.name);
	if (run->quarantine.fd >= 0 &&
	    (fstat(run->quarantine.fd, &aside) < 0 || !S_ISREG(aside.st_mode)))
		die(STATUS_MISUSE, 0, "--checkpoint: %s is not a regular file",
		    run->quarantine.path);
	saved->command = hash_command(run->options->command);
	saved->options = hash_options(run->options);
	describe_file(&in, (uint64_t)base, &saved->input);
}

/* Read len bytes at offset of the input; how many there were. */
static size_t
read_at(struct run *run, char *to, size_t len, uint64_t offset)
{
	uint64_t base = run->checkpoint.saved->input.base;
	size_t got = 0;

	while (got < len) {
		ssize_t n = pread(
		    run->intake.fd, to + got, len - got, (off_t)(base + offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die(STATUS_BROKEN, errno, "%s", run->in_name);
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return got;
}

/* Is the file the very one that was read, so that it need not be read again? */
static bool
untouched(const struct input_file *a, const struct input_file *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	    a->changed == b->changed;
}

/* Put the hash back to where it was; false if the input is not what it was. */
static bool
rehash(struct run *run, const struct saved *saved)
{
	struct hash_stream *hash = &run->checkpoint.hash;
	char *buffer = malloc(READ_SIZE);
	uint64_t total = saved->hash.total;

	if (buffer == NULL)
		die(STATUS_BROKEN, ENOMEM, "checkpoint");
	if (untouched(&saved->input, &run->checkpoint.saved->input)) {
		*hash = saved->hash;
		hash->total -= total % sizeof(hash->tail);
	}
	while (hash->total < total) {
		uint64_t left = total - hash->total;
		size_t got = read_at(run, buffer,
		    left < READ_SIZE ? (size_t)left : READ_SIZE, hash->total);

		if (got == 0)
			break;
		hash_add(hash, buffer, got);
	}
	free(buffer);
	return hash->total == total && hash_end(hash) == saved->digest;
}

/*
 * The last record may have had no newline; then the input may go on with one, but
 * the record may not be longer now.
 */
static bool
same_last(struct run *run, struct saved *saved)
{
	struct hash_stream *hash = &run->checkpoint.hash;
	bool at_end = saved->offset == hash->total;
	char byte;

	if (saved->skipping || hash->total == 0 ||
	    (read_at(run, &byte, 1, hash->total - 1) == 1 && byte == '\n') ||
	    read_at(run, &byte, 1, hash->total) == 0)
		return true;
	if (byte != '\n')
		return false;
	hash_add(hash, "\n", 1);
	if (at_end)
		saved->offset++;
	return true;
}

/* Why what was saved is not of this command and input; NULL if it is. */
static const char *
misfit(struct run *run, struct saved *saved)
{
	const struct saved *now = run->checkpoint.saved;

	if (saved->command != now->command)
		return "was made by another command";
	if (saved->options != now->options)
		return "was made with other options (--map, --raw, -b, -k, -N, -o, -q)";
	if (saved->input.base != now->input.base || !rehash(run, saved) ||
	    !same_last(run, saved))
		return "was made with other input: what was read of it has changed";
	return NULL;
}

/* A file has len bytes that count. */
static void
check_length(int fd, const char *path, uint64_t len, const char *state)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	if ((uint64_t)st.st_size < len)
		die(STATUS_BROKEN, 0, "%s: shorter than %s says: %llu bytes, not %llu",
		    path, state, (unsigned long long)st.st_size, (unsigned long long)len);
}

/* Read what was not finished, to be sent again. */
static void
read_again(struct run *run, const struct saved *saved)
{
	for (size_t i = 0; i < saved->again_count; i++) {
		const struct stretch *s = &saved->again[i];
		struct block *block = block_new(s->len);
		struct batch *batch;
		uint64_t count;
		size_t got;

		if (block == NULL)
			die(STATUS_BROKEN, ENOMEM, "checkpoint");
		got = read_at(run, block->data, s->len, s->offset);
		if (got + 1 == s->len) /* the last record has no newline */
			block->data[got++] = '\n';
		batch = batch_new(block, block->data, s->len, s->first, s->count);
		block_drop(block);
		if (batch == NULL)
			die(STATUS_BROKEN, ENOMEM, "checkpoint");
		if (got != s->len || block->data[got - 1] != '\n')
			die(STATUS_BROKEN, 0,
			    "standard input: it changes while it is read");
		record_span(batch->data, s->len, UINT64_MAX, SIZE_MAX, &count);
		if (count != s->count)
			die(STATUS_BROKEN, 0, "checkpoint: it does not fit the input");
		batch->offset = s->offset;
		batch_push(&run->again, batch);
	}
}

/* Read on where it was. */
static void
seek(struct run *run, const struct saved *saved)
{
	const struct input_file *input = &run->checkpoint.saved->input;

	run->intake.offset = saved->offset;
	run->intake.next = saved->next;
	run->intake.skipping = saved->skipping;
	run->intake.end = input->base + saved->offset >= input->size;
	run->output.order.next = saved->next;
	if (lseek(run->intake.fd, (off_t)(input->base + saved->offset), SEEK_SET) < 0)
		die(STATUS_BROKEN, errno, "%s", run->in_name);
}

static void
go_on(struct run *run, const struct saved *saved)
{
	const char *path = run->options->checkpoint;
	const struct quarantine *aside = &run->quarantine;

	/* What lies behind goes when output_begin() says that it may. */
	check_length(run->output.fd, run->output.name, saved->output, path);
	run->output.start = saved->output;
	if (lseek(run->output.fd, (off_t)saved->output, SEEK_SET) < 0)
		die(STATUS_BROKEN, errno, "%s", run->output.name);
	if (aside->fd >= 0) {
		check_length(aside->fd, aside->path, saved->quarantine, path);
		if (fdio_cut(aside->fd, saved->quarantine) < 0)
			die(STATUS_BROKEN, errno, "%s", aside->path);
	}
	read_again(run, saved);
	seek(run, saved);
	run->tally.settled = saved_records(saved);
	run->tally.failed = saved->failed;
	if (saved->failed > 0)
		warn("%s: %llu records failed before", path,
		    (unsigned long long)saved->failed);
}

static const char busy[] = "another par-run uses it";

void
resume_busy(struct ending *ending, const char *path)
{
	ending_say(ending, ENDING_BROKEN, "%s: %s", path, busy);
}

bool
resume(struct run *run)
{
	const char *path = run->options->checkpoint, *why;
	char *text = NULL;
	struct saved saved;
	bool begun;
	int got = state_open(&run->checkpoint.state, path, &text);

	if (got == 0)
		return false;
	if (got < 0 && errno == EBUSY)
		die(STATUS_BROKEN, 0, "%s: %s", path, busy);
	if (got < 0 && errno != EBADMSG)
		die(STATUS_BROKEN, errno, "%s", path);
	if (got < 0 || saved_parse(&saved, text) < 0)
		die(STATUS_BROKEN, 0, "%s: not a checkpoint of this par-run, or damaged",
		    path);
	free(text);
	why = misfit(run, &saved);
	begun = saved_records(&saved) > 0 || saved.output > 0 || saved.skipping;
	if (why != NULL && begun)
		die(STATUS_MISUSE, 0, "%s: %s; remove it to start over", path, why);
	if (why == NULL)
		go_on(run, &saved);
	else
		hash_begin(&run->checkpoint.hash);
	saved_free(&saved);
	return why == NULL;
}
