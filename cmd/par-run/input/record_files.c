/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diag.h"
#include "fdio.h"
#include "grow.h"
#include "need.h"
#include "record_files.h"
#include "spool.h"
#include "template.h"
#include "verbatim.h"

enum { NAME = 16 + TEMPLATE_ENDING }; /* bytes of one */

static void
name_of(const struct record_files *files, unsigned worker, char name[static NAME])
{
	snprintf(
	    name, NAME, "%u%.*s", worker, (int)files->ending.len, files->ending.data);
}

static void
drop(const struct record_files *files, unsigned worker)
{
	char name[NAME];

	name_of(files, worker, name);
	unlinkat(files->fd, name, 0);
}

/* Take it away, with all that is in it: also what processes have put there. */
static void
clear(const struct record_files *files)
{
	DIR *list;
	struct dirent *entry;

	for (unsigned n = 1; n <= WORKERS_MAX; n++) /* which takes no memory */
		drop(files, n);
	if (rmdir(files->folder) == 0 || errno == ENOENT)
		return;
	list = opendir(files->folder);
	while (list != NULL && (entry = readdir(list)) != NULL)
		unlinkat(files->fd, entry->d_name, 0);
	if (list != NULL)
		closedir(list);
	rmdir(files->folder);
}

/*
 * The keeper: out of the way of signals to us, and of who waits for ends of ours; an
 * orphan, so that it is not ended with what came of us.
 */
static _Noreturn void
keep(const struct record_files *files, int leash)
{
	static const int passed[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1 };
	long most = sysconf(_SC_OPEN_MAX);
	pid_t pid = setsid() < 0 ? -1 : fork();
	char byte;

	if (pid != 0)
		_exit(pid < 0 ? 1 : 0);
	for (size_t i = 0; i < sizeof(passed) / sizeof(*passed); i++)
		signal(passed[i], SIG_IGN);
	for (int fd = 0; fd < most; fd++)
		if (fd != leash && fd != files->fd)
			close(fd);
	if (chdir("/") == 0)
		(void)!fdio_read(leash, &byte, 1);
	clear(files);
	_exit(0);
}

/* Let another process take the folder away when we have ended.  0, or -1 with errno. */
static int
leave_keeper(struct record_files *files)
{
	int ends[2], error, status = 0;
	pid_t pid;

	if (fdio_pipe(ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		keep(files, ends[0]);
	error = errno;
	close(ends[0]);
	files->leash = ends[1];
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	errno = pid > 0 ? EAGAIN : error;
	return pid > 0 && status == 0 ? 0 : -1;
}

void
record_files_open(struct record_files *files, const struct run_options *o)
{
	static const char name[] = "/par-run-XXXXXX";
	const char *above = spool_folder();
	struct bytes pattern = { 0 };
	char *path;
	int error;

	if (!o->on_file)
		return;
	need_put(&pattern, above, strlen(above));
	need_put(&pattern, name, sizeof(name));
	files->folder = pattern.data;
	files->ending = o->file_ending;
	if (o->dry_run || options_hosts(o))
		return;
	path = mkdtemp(pattern.data) == NULL ? NULL : realpath(pattern.data, NULL);
	if (path == NULL) {
		error = errno;
		rmdir(pattern.data);
		die(STATUS_BROKEN, error, "%s", above);
	}
	files->folder = path;
	bytes_free(&pattern);
	files->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	files->on = files->fd >= 0;
	if (files->on && leave_keeper(files) == 0)
		return;
	error = errno;
	rmdir(path);
	die(STATUS_BROKEN, error, "cannot begin");
}

/* A file that was not there, for its owner alone.  0, or -1 with errno. */
static int
write_file(int folder, const char *name, const struct bytes *text)
{
	int fd = openat(
	    folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int error;

	if (fd < 0)
		return -1;
	error = fdio_write(fd, text->data, text->len) < 0 ? errno : 0;
	if (close(fd) < 0 && error == 0)
		error = errno;
	errno = error;
	return error == 0 ? 0 : -1;
}

/* Remember how large the file of a worker is.  0, or -1 with errno. */
static int
note_size(struct record_files *files, unsigned worker, size_t size)
{
	size_t had = files->room;
	uint64_t *larger =
	    grow(files->sizes, &files->room, worker, sizeof(*larger), WORKERS_MAX);

	if (larger == NULL)
		return -1;
	memset(larger + had, 0, (files->room - had) * sizeof(*larger));
	files->sizes = larger;
	files->sizes[worker - 1] = (uint64_t)size + 1;
	files->bytes += size;
	files->count++;
	return 0;
}

int
record_files_put(struct record_files *files, const struct run_options *o,
    const struct header *header, const struct batch *records, unsigned worker)
{
	const struct verbatim verbatim = { .escaped = o->escaped,
		.end = o->separator.on ? o->separator.byte : '\n',
		.header = header->text.data,
		.header_len = header->text.len };
	struct bytes *text = &files->text;
	char name[NAME];

	if (verbatim_make(&verbatim, text, records->data, records->len) < 0)
		return -1;
	if (o->block_records == 1 && verbatim.end != '\n')
		text->len--; /* it is whole without */
	name_of(files, worker, name);
	if (write_file(files->fd, name, text) < 0)
		return -1;
	return note_size(files, worker, text->len);
}

void
record_files_drop(struct record_files *files, unsigned worker)
{
	if (!files->on)
		return;
	drop(files, worker);
	if (worker > files->room || files->sizes[worker - 1] == 0)
		return;
	files->bytes -= files->sizes[worker - 1] - 1;
	files->sizes[worker - 1] = 0;
	files->count--;
}

void
record_files_close(struct record_files *files)
{
	if (files->on) {
		clear(files);
		close(files->leash);
		close(files->fd);
	}
	bytes_free(&files->text);
	free(files->sizes);
	free(files->folder);
	*files = (struct record_files){ 0 };
}
