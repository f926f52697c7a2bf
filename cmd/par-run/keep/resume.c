/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "fdio.h"
#include "fingerprint.h"
#include "plural.h"
#include "record.h"
#include "resume.h"

enum { READ_SIZE = 256 << 10, MISFIT_TEXT = FINGERPRINT_TEXT + 64 };

/* Behind the name of the state: the file of input that cannot be read again. */
static const char spool_suffix[] = ".input";

static uint64_t
hash_command(char *const *words)
{
	struct hash_stream hash;

	hash_begin(&hash);
	while (*words != NULL)
		fingerprint_word(&hash, *words++);
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

static void
look_at_file(int fd, const char *name, const char *unless, struct stat *st)
{
	if (fstat(fd, st) < 0)
		die(STATUS_BROKEN, errno, "%s", name);
	if (!S_ISREG(st->st_mode))
		die(STATUS_MISUSE, 0, "--checkpoint: %s %s", name, unless);
}

/* Is there a file of that name? */
static bool
is_there(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return true;
	if (errno != ENOENT)
		die(STATUS_BROKEN, errno, "%s", path);
	return false;
}

static bool
is_regular(int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		die(STATUS_BROKEN, errno, "%s", name);
	return S_ISREG(st.st_mode);
}

/*
 * Where records are arguments, what is read is spooled if it cannot be read again; and
 * also if what an earlier run read was spooled.  False: it is not.
 */
static bool
spool(struct resume *resume)
{
	const char *state = resume->options->checkpoint;
	const struct separator *separator = &resume->intake->separator;
	size_t len = strlen(state);
	char *path = malloc(len + sizeof(spool_suffix));
	bool again, spooled;

	resume->spool_path = path;
	if (path == NULL)
		die(STATUS_BROKEN, ENOMEM, "checkpoint");
	memcpy(path, state, len);
	memcpy(path + len, spool_suffix, sizeof(spool_suffix));
	again = resume->options->list == NULL &&
	    is_regular(resume->intake->fd, resume->intake->name) &&
	    !(is_there(state) && is_there(path));
	spooled = resume->options->arguments && !again;
	if (spooled && edges_on(&separator->edges))
		die(STATUS_MISUSE, 0,
		    "--checkpoint: with --recstart and --recend %s must be a file",
		    resume->intake->name);
	if (spooled &&
	    spooled_open(&resume->spooled, path, STDIN_FILENO,
		separator->on ? separator->byte : '\n', !is_there(state)) < 0)
		die(STATUS_BROKEN, errno == EBUSY ? 0 : errno, "%s%s", path,
		    errno == EBUSY ? ": another par-run uses it" : "");
	if (spooled)
		intake_spool(resume->intake, &resume->spooled);
	if (spooled) /* what it has is at hand: it is the input from now on */
		resume->intake->fd = resume->spooled.file;
	return spooled;
}

/* Is the output a file that -o names, of which what does not count can be cut off? */
static bool
is_file(const struct resume *resume)
{
	const char *name = resume->options->output;

	return name != NULL && strcmp(name, "-") != 0 &&
	    is_regular(resume->output->fd, resume->output->name);
}

/* What the command and the input are; refuses what cannot be resumed. */
static void
describe(struct resume *resume)
{
	struct saved *same = &resume->same;
	off_t base = lseek(resume->intake->fd, 0, SEEK_CUR);
	struct fingerprint_of of;
	struct stat in, st;

	if (resume->parent->fd >= 0)
		die(STATUS_MISUSE, 0, "--checkpoint: not as a stage of another par-run");
	if (spool(resume))
		base = 0;
	if (base < 0)
		die(STATUS_MISUSE, 0, "--checkpoint: %s must be a file",
		    resume->intake->name);
	look_at_file(resume->intake->fd, resume->intake->name, "must be a file", &in);
	resume->streams = resume->options->arguments && !is_file(resume);
	if (!resume->streams)
		look_at_file(resume->output->fd, resume->output->name,
		    "is not a regular file", &st);
	if (resume->quarantine->fd >= 0)
		look_at_file(resume->quarantine->fd, resume->quarantine->path,
		    "is not a regular file", &st);
	same->command = hash_command(resume->options->command);
	of = (struct fingerprint_of){ .options = resume->options,
		.separator = &resume->intake->separator,
		.header = resume->header,
		.arguments = resume->arguments,
		.spools = resume_spools(resume),
		.streams = resume->streams };
	same->options = fingerprint_all(&of);
	fingerprint_each(&of, same->fingerprints);
	same->each = true;
	same->id = resume->options->block_records != 0 && resume->options->id == NULL
	    ? hash_random_seed() | 1
	    : 0;
	describe_file(&in, (uint64_t)base, &same->input);
}

/* Read len bytes at offset of the input; how many there were. */
static size_t
read_at(struct resume *resume, char *to, size_t len, uint64_t offset)
{
	uint64_t base = resume->same.input.base;
	ssize_t n = fdio_read_at(resume->intake->fd, to, len, base + offset);

	if (n < 0)
		die(STATUS_BROKEN, errno, "%s", resume->intake->name);
	return (size_t)n;
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
rehash(struct resume *resume, const struct saved *saved)
{
	struct hash_stream *hash = &resume->hash;
	char *buffer = malloc(READ_SIZE);
	uint64_t total = saved->hash.total;

	if (buffer == NULL)
		die(STATUS_BROKEN, ENOMEM, "checkpoint");
	if (untouched(&saved->input, &resume->same.input)) {
		*hash = saved->hash;
		hash->total -= total % sizeof(hash->tail);
	}
	while (hash->total < total) {
		uint64_t left = total - hash->total;
		size_t got = read_at(resume, buffer,
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
same_last(struct resume *resume, struct saved *saved)
{
	struct hash_stream *hash = &resume->hash;
	const struct separator *separator = &resume->intake->separator;
	bool at_end = saved->offset == hash->total;
	char byte, last = separator->on ? separator->byte : '\n';

	if (saved->skipping || hash->total == 0 ||
	    (read_at(resume, &byte, 1, hash->total - 1) == 1 && byte == last) ||
	    read_at(resume, &byte, 1, hash->total) == 0)
		return true;
	if (byte != last)
		return false;
	hash_add(hash, &last, 1);
	if (at_end)
		saved->offset++;
	return true;
}

/* Which options differ, where they are known one by one. */
static void
other_options(
    char text[static MISFIT_TEXT], const struct saved *saved, const struct saved *now)
{
	char names[FINGERPRINT_TEXT];
	bool known = saved->each &&
	    fingerprint_differ(names, saved->fingerprints, now->fingerprints);

	snprintf(text, MISFIT_TEXT, "was made with other options (%s)",
	    known ? names : "--map, --raw, --tag, -b, -k, -N, -o, -q or others");
}

/* Why what was saved is not of this command and input; NULL if it is. */
static const char *
misfit(struct resume *resume, struct saved *saved, char text[static MISFIT_TEXT])
{
	const struct saved *now = &resume->same;

	if (saved->command != now->command)
		return "was made by another command";
	if (saved->options != now->options) {
		other_options(text, saved, now);
		return text;
	}
	if (saved->input.base != now->input.base || !rehash(resume, saved) ||
	    !same_last(resume, saved))
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

/*
 * The records of s, read again, as a block; *len: their bytes there, which for another
 * separator are escaped.
 */
static struct block *
read_stretch(struct resume *resume, const struct stretch *s, size_t *len)
{
	const struct separator *separator = &resume->intake->separator;
	char last = separator->on ? separator->byte : '\n';
	struct block *raw = block_new((size_t)s->len), *block;
	size_t got;

	if (raw == NULL)
		die(STATUS_BROKEN, ENOMEM, "checkpoint");
	got = read_at(resume, raw->data, (size_t)s->len, s->offset);
	if (got + 1 == s->len) /* the last record has no newline */
		raw->data[got++] = last;
	if (got != s->len || raw->data[got - 1] != last)
		die(STATUS_BROKEN, 0, "standard input: it changes while it is read");
	*len = (size_t)s->len;
	if (!separator->on)
		return raw;
	block = block_new(2 * (size_t)s->len);
	if (block == NULL)
		die(STATUS_BROKEN, ENOMEM, "checkpoint");
	*len = separator_escape_all(separator, block->data, raw->data, (size_t)s->len);
	block_drop(raw);
	return block;
}

/* Read what was not finished, to be sent again. */
static void
read_again(struct resume *resume, const struct saved *saved)
{
	for (size_t i = 0; i < saved->again_count; i++) {
		const struct stretch *s = &saved->again[i];
		struct block *block;
		struct batch *batch;
		uint64_t count;
		size_t len;

		block = read_stretch(resume, s, &len);
		batch = batch_new(block, block->data, len, s->first, s->count);
		block_drop(block);
		if (batch == NULL)
			die(STATUS_BROKEN, ENOMEM, "checkpoint");
		record_span(batch->data, len, UINT64_MAX, SIZE_MAX, &count);
		if (count != s->count)
			die(STATUS_BROKEN, 0, "checkpoint: it does not fit the input");
		batch->offset = s->offset;
		batch->escaped = resume->intake->separator.on;
		batch_push(resume->requeued, batch);
	}
}

/* In the middle of a record that is lines: what may belong to the end of it. */
static void
read_before(struct resume *resume, const struct saved *saved)
{
	size_t most = resume->intake->separator.edges.end.len;
	size_t len = saved->offset < most ? (size_t)saved->offset : most;

	if (!saved->skipping || len == 0)
		return;
	resume->intake->stream.from = resume->intake->stream.len =
	    read_at(resume, resume->intake->raw, len, saved->offset - len);
}

/* Read on where it was. */
static void
seek(struct resume *resume, const struct saved *saved)
{
	const struct input_file *input = &resume->same.input;

	intake_go_on(resume->intake, saved->offset, saved->next, saved->skipping,
	    !resume_spools(resume) && input->base + saved->offset >= input->size);
	output_go_on(resume->output, saved->output, saved->next);
	read_before(resume, saved);
	if (lseek(resume->intake->fd, (off_t)(input->base + saved->offset), SEEK_SET) < 0)
		die(STATUS_BROKEN, errno, "%s", resume->intake->name);
}

static void
go_on(struct resume *resume, const struct saved *saved)
{
	const char *path = resume->options->checkpoint;
	const struct quarantine *aside = resume->quarantine;

	/* What lies behind goes when output_begin() says that it may. */
	if (!resume->streams)
		check_length(
		    resume->output->fd, resume->output->name, saved->output, path);
	if (!resume->streams &&
	    lseek(resume->output->fd, (off_t)saved->output, SEEK_SET) < 0)
		die(STATUS_BROKEN, errno, "%s", resume->output->name);
	if (aside->fd >= 0) {
		check_length(aside->fd, aside->path, saved->quarantine, path);
		if (fdio_cut(aside->fd, saved->quarantine) < 0)
			die(STATUS_BROKEN, errno, "%s", aside->path);
	}
	read_again(resume, saved);
	seek(resume, saved);
	resume->tally->finished = saved_records(saved);
	resume->tally->failed = saved->failed;
	if (saved->failed > 0)
		warn("%s: %llu record%s failed before", path,
		    (unsigned long long)saved->failed, plural(saved->failed, "", "s"));
}

static const char busy[] = "another par-run uses it";

void
resume_end(struct resume *resume)
{
	if (resume_spools(resume))
		spooled_close(&resume->spooled);
	free(resume->spool_path);
}

void
resume_busy(struct ending *ending, const char *path)
{
	ending_say(ending, ENDING_BROKEN, "%s: %s", path, busy);
}

/* Reading begins, or goes on, with what was spooled. */
static void
begin_reading(struct resume *resume, uint64_t offset)
{
	if (!resume_spools(resume))
		return;
	spooled_seek(&resume->spooled, offset);
	intake_spool(resume->intake, &resume->spooled);
}

bool
resume_begin(struct resume *resume)
{
	const char *path = resume->options->checkpoint, *why;
	char *text, newer[FORMAT_TEXT], other[MISFIT_TEXT];
	struct saved saved;
	bool begun;
	int got;

	hash_begin(&resume->hash);
	describe(resume);
	if (resume->same.id != 0)
		facts_number(resume->facts, resume->same.id);
	got = state_open(&resume->state, path, &text);
	if (got == 0)
		begin_reading(resume, 0);
	if (got == 0)
		return false;
	if (got < 0 && errno == EBUSY)
		die(STATUS_BROKEN, 0, "%s: %s", path, busy);
	if (got < 0 && errno != EBADMSG)
		die(STATUS_BROKEN, errno, "%s", path);
	if (text != NULL && saved_newer(newer, text, strlen(text)) != NULL)
		die(STATUS_BROKEN, 0, "%s: %s, or remove it to start over", path, newer);
	if (got < 0 || saved_parse(&saved, text) < 0)
		die(STATUS_BROKEN, 0, "%s: not a checkpoint of this par-run, or damaged",
		    path);
	free(text);
	why = misfit(resume, &saved, other);
	begun = saved_records(&saved) > 0 || saved.output > 0 || saved.skipping;
	if (why != NULL && begun)
		die(STATUS_MISUSE, 0, "%s: %s; remove it to start over", path, why);
	if (why == NULL && saved.id != 0) {
		resume->same.id = saved.id;
		facts_number(resume->facts, saved.id);
	}
	if (why == NULL)
		go_on(resume, &saved);
	else
		hash_begin(&resume->hash);
	if (why != NULL && resume_spools(resume) && spooled_forget(&resume->spooled) < 0)
		die(STATUS_BROKEN, errno, "%s", resume->spool_path);
	begin_reading(resume, why == NULL ? saved.offset : 0);
	saved_free(&saved);
	return why == NULL;
}
