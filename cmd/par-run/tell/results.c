/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fdio.h"
#include "field.h"
#include "json_string.h"
#include "results.h"
#include "spool.h"

enum {
	A_LEVEL = 1000, /* folders in one of the first level */
	NAME = 64,
	IS_FILE = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
	IS_FOLDER = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
};

static const char index_name[] = "index.jsonl", fresh_name[] = ".new";
static const char *const file_names[] = { "stdout", "stderr", "status", "tries" };

enum { FILES = sizeof(file_names) / sizeof(file_names[0]) };

static int
broken(struct results *results)
{
	return ending_broken(results->ending, errno,
	    results->carry.on ? spool_what() : results->options->results);
}

/* Remove a folder of one process. */
static void
remove_one(int parent, const char *name)
{
	int folder = openat(parent, name, IS_FOLDER);

	for (size_t i = 0; i < FILES && folder >= 0; i++)
		unlinkat(folder, file_names[i], 0);
	if (folder >= 0)
		close(folder);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* Remove all that have no number, as a run that was killed leaves them. */
static void
sweep(const struct results *results)
{
	int copy = openat(results->fresh, ".", IS_FOLDER);
	DIR *all = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	if (all == NULL)
		return;
	while ((entry = readdir(all)) != NULL)
		if (*entry->d_name != '.')
			remove_one(results->fresh, entry->d_name);
	closedir(all);
}

/*
 * Is there something in the folder that is not of this run, as there is none yet?  1, 0,
 * or -1 with errno.
 */
static int
is_used(const struct results *results)
{
	int copy = openat(results->folder, ".", IS_FOLDER), error;
	DIR *all = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	struct stat st;
	bool used = fstat(results->index, &st) == 0 && st.st_size > 0;

	if (all == NULL) {
		error = errno;
		if (copy >= 0)
			close(copy);
		errno = error;
		return -1;
	}
	for (errno = 0; !used && (entry = readdir(all)) != NULL; errno = 0)
		used = *entry->d_name != '.' && strcmp(entry->d_name, index_name) != 0;
	error = errno;
	closedir(all);
	errno = error;
	return used ? 1 : error == 0 ? 0 : -1;
}

/* A last line that was not written to its end goes.  0, or -1 with errno. */
static int
mend_index(const struct results *results)
{
	struct stat st;
	off_t len;
	char byte = '\n';

	if (fstat(results->index, &st) < 0)
		return -1;
	for (len = st.st_size; len > 0; len--) {
		if (fdio_read_at(results->index, &byte, 1, (uint64_t)len - 1) != 1)
			return -1;
		if (byte == '\n')
			break;
	}
	return len == st.st_size ? 0 : ftruncate(results->index, len);
}

/* The folder at name in parent, made if it is not there; or -1 with errno. */
static int
open_folder(int parent, const char *name)
{
	if (mkdirat(parent, name, 0777) < 0 && errno != EEXIST)
		return -1;
	return openat(
	    parent, name, parent == AT_FDCWD ? IS_FOLDER & ~O_NOFOLLOW : IS_FOLDER);
}

/* The three of them.  0, or -1 with errno. */
static int
open_all(struct results *results)
{
	struct stat st;

	results->folder = open_folder(AT_FDCWD, results->options->results);
	if (results->folder < 0)
		return -1;
	results->index = openat(results->folder, index_name,
	    O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | IS_FILE, 0666);
	if (results->index < 0 || fstat(results->index, &st) < 0)
		return -1;
	errno = EINVAL;
	if (!S_ISREG(st.st_mode))
		return -1;
	results->fresh = open_folder(results->folder, fresh_name);
	return results->fresh < 0 ? -1 : 0;
}

void
results_open(struct results *results, bool resumed)
{
	const char *path = results->options->results;
	int used;

	results->folder = results->index = results->fresh = -1;
	if (path == NULL)
		return;
	results->on = true;
	results->carry.on = results->options->serve;
	if (results->carry.on)
		return;
	results->resumed = resumed;
	if (open_all(results) < 0) {
		broken(results);
		return;
	}
	results->ours = fdio_lock(results->index) == 0;
	if (!results->ours)
		ending_say(
		    results->ending, ENDING_BROKEN, "%s: another par-run uses it", path);
	else if ((used = resumed ? 0 : is_used(results)) > 0)
		ending_say(results->ending, ENDING_MISUSE,
		    "%s: has results of another run; remove it first", path);
	else if (used < 0 || mend_index(results) < 0)
		broken(results);
	else
		sweep(results);
}

/* A file of the folder, empty; or -1 with errno. */
static int
make_file(int folder, size_t which)
{
	return openat(folder, file_names[which],
	    O_WRONLY | O_APPEND | O_CREAT | O_EXCL | IS_FILE, 0666);
}

/* A new folder without a number, and its first files.  0, or -1 with errno. */
static int
make_files(struct results *results, struct slot *slot)
{
	struct result_files *files = &slot->files;
	char name[NAME];
	int folder;

	if (results->carry.on) {
		*files = (struct result_files){ .results = results };
		return carry_files(files);
	}
	snprintf(name, sizeof(name), "%u", slot->worker.number);
	folder = open_folder(results->fresh, name);
	if (folder < 0)
		return -1;
	*files = (struct result_files){ .results = results,
		.out = make_file(folder, 0),
		.err = make_file(folder, 1) };
	close(folder);
	files->open = files->out >= 0 && files->err >= 0;
	return files->open ? 0 : -1;
}

int
results_begin(struct results *results, struct slot *slot)
{
	struct result_files *files = &slot->files;

	if (!results->on)
		return 0;
	if (!files->open && make_files(results, slot) < 0)
		return broken(results);
	if (files->used && (ftruncate(files->out, 0) < 0 || ftruncate(files->err, 0) < 0))
		return broken(results);
	files->used = false;
	return 0;
}

bool
results_came(struct results *results, struct slot *slot, const struct ack *ack)
{
	const struct flight *flight = window_find(&slot->worker.window, ack->index);

	if (flight == NULL || results_begin(results, slot) < 0)
		return flight != NULL;
	output_clear(results->carry.output, &slot->spout); /* what came before it */
	if (ending_near(results->ending))
		return true;
	if (slot->worker.lost != 0 || carry_take(slot, flight->batch->first, ack) < 0) {
		if (slot->worker.lost != 0)
			errno = slot->worker.lost;
		else if (errno == EPROTO)
			return false;
		broken(results);
	}
	return true;
}

static void
put(struct result_files *files, int fd, const char *data, size_t len)
{
	files->used = true;
	if (!ending_near(files->results->ending) && fdio_write(fd, data, len) < 0)
		broken(files->results);
}

void
results_out(struct slot *slot, const char *data, size_t len)
{
	if (slot->files.open)
		put(&slot->files, slot->files.out, data, len);
}

void
results_err(void *context, const char *data, size_t len)
{
	struct result_files *files = context;

	if (files->open)
		put(files, files->err, data, len);
}

/* A file with one number.  0, or -1 with errno. */
static int
put_number(const struct results *results, int folder, size_t which, uint64_t number)
{
	int fd = make_file(folder, which), got;
	char line[32];

	if (fd < 0)
		return -1;
	got = fdio_write(
	    fd, line, (size_t)snprintf(line, sizeof(line), "%" PRIu64 "\n", number));
	if (got == 0 && results->options->sync)
		got = fsync(fd);
	if (close(fd) < 0 && errno != EINTR)
		got = -1;
	return got;
}

/* As a shell has it. */
static uint64_t
status_of(const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	if (slot->link.host != NULL)
		return slot->files.status;
	return (uint64_t)(worker->exit_signal != 0 ? 128 + worker->exit_signal
						   : worker->exit_code);
}

/* All is in the folder name, and with --sync on the disk.  0, or -1 with errno. */
static int
finish(const struct results *results, struct slot *slot, const char *name, unsigned tries)
{
	int folder = openat(results->fresh, name, IS_FOLDER), got = 0;
	bool sync = results->options->sync;

	if (folder < 0)
		return -1;
	if (sync && (fsync(slot->files.out) < 0 || fsync(slot->files.err) < 0))
		got = -1;
	result_files_close(&slot->files);
	if (got == 0)
		got = put_number(results, folder, 2, status_of(slot));
	if (got == 0)
		got = put_number(results, folder, 3, tries);
	if (got == 0 && sync)
		got = fsync(folder);
	close(folder);
	return got;
}

/*
 * What an earlier run, which was killed, has left at path goes: its records were done
 * again, here by name.  0, or -1 with errno.
 */
static int
remove_old(const struct results *results, const char *name, const char *path)
{
	char old[NAME + sizeof(".old")];

	snprintf(old, sizeof(old), "%s.old", name);
	if (renameat(results->folder, path, results->fresh, old) < 0)
		return -1;
	remove_one(results->fresh, old);
	return 0;
}

/* Give the folder name its number.  0, or -1 with errno. */
static int
number_it(
    const struct results *results, const char *name, const char *level, const char *path)
{
	int folder = open_folder(results->folder, level), got;

	if (folder < 0)
		return -1;
	got = renameat(results->fresh, name, results->folder, path);
	if (got < 0 && (errno == ENOTEMPTY || errno == EEXIST)) {
		got = remove_old(results, name, path);
		if (got == 0)
			got = renameat(results->fresh, name, results->folder, path);
	}
	if (got == 0 && results->options->sync &&
	    (fsync(folder) < 0 || fsync(results->folder) < 0))
		got = -1;
	close(folder);
	return got;
}

static int
print(struct bytes *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int
print(struct bytes *to, const char *format, ...)
{
	va_list args;
	int got;

	va_start(args, format);
	got = bytes_print(to, format, args);
	va_end(args);
	return got;
}

/* The first record, with its own bytes. */
static int
print_record(struct results *results, const struct batch *batch)
{
	const char *newline = memchr(batch->data, '\n', batch->len);
	size_t len = (size_t)(newline - batch->data);
	char *plain;

	if (!results->options->escaped)
		return json_string(&results->line, batch->data, len, JSON_KEPT);
	plain = bytes_anew(&results->plain, len);
	if (plain == NULL)
		return -1;
	len = field_unescape(plain, batch->data, len);
	return json_string(&results->line, plain, len, JSON_KEPT);
}

/* How long the process took, ms. */
static uint64_t
time_of(const struct results *results, const struct slot *slot, const struct batch *batch)
{
	return slot->link.host != NULL ? slot->files.took
				       : times_work(results->times) - batch->given_at;
}

/* Add the line of the index; path: of its folder, or NULL.  0, or -1 with errno. */
static int
add_line(struct results *results, const struct slot *slot, const struct batch *batch,
    unsigned tries, const char *why, const char *path)
{
	uint64_t took = time_of(results, slot, batch);
	struct bytes *line = &results->line;

	bytes_clear(line, 1 << 20);
	if (print(line, "{\"number\":%" PRIu64 ",\"records\":%" PRIu64 ",\"record\":",
		batch->first + 1, batch->count) < 0 ||
	    print_record(results, batch) < 0 ||
	    print(line,
		",\"fate\":\"%s\",\"status\":%" PRIu64
		",\"tries\":%u,\"seconds\":%" PRIu64 ".%03" PRIu64,
		why == NULL ? "done" : "failed", status_of(slot), tries, took / 1000,
		took % 1000) < 0)
		return -1;
	if (why != NULL &&
	    (print(line, ",\"reason\":") < 0 ||
		json_string(line, why, strlen(why), JSON_REPLACED) < 0))
		return -1;
	if ((path == NULL ? print(line, ",\"folder\":null}\n")
			  : print(line, ",\"folder\":\"%s\"}\n", path)) < 0 ||
	    fdio_write(results->index, line->data, line->len) < 0)
		return -1;
	return results->options->sync ? fdatasync(results->index) : 0;
}

void
results_end(struct results *results, struct slot *slot, const struct batch *batch,
    unsigned tries, const char *why)
{
	char name[NAME], level[NAME], path[2 * NAME];
	uint64_t number = batch->first + 1;

	if (!slot->files.open || ending_near(results->ending))
		return;
	if (results->carry.on) {
		slot->files.status = status_of(slot);
		slot->files.took = time_of(results, slot, batch);
		if (carry_send(&results->carry, slot, batch->first,
			why != NULL || !results->options->results_failed) < 0)
			broken(results);
		return;
	}
	if (slot->link.host != NULL && !carry_has(&slot->files, batch))
		return;
	result_files_forget(&slot->files);
	snprintf(name, sizeof(name), "%u", slot->worker.number);
	snprintf(level, sizeof(level), "%03" PRIu64, number / A_LEVEL);
	snprintf(path, sizeof(path), "%s/%06" PRIu64, level, number);
	if (why == NULL && results->options->results_failed) {
		if (results->resumed && remove_old(results, name, path) == 0 &&
		    add_line(results, slot, batch, tries, why, NULL) < 0)
			broken(results);
		return;
	}
	if (finish(results, slot, name, tries) < 0 ||
	    number_it(results, name, level, path) < 0 ||
	    add_line(results, slot, batch, tries, why, path) < 0)
		broken(results);
}

void
results_close(struct results *results)
{
	if (!results->on || results->carry.on)
		return;
	if (results->ours) {
		sweep(results);
		unlinkat(results->folder, fresh_name, AT_REMOVEDIR);
	}
	if (results->fresh >= 0)
		close(results->fresh);
	if (results->index >= 0)
		close(results->index);
	if (results->folder >= 0)
		close(results->folder);
	bytes_free(&results->line);
	bytes_free(&results->plain);
}
