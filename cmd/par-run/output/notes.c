/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "notes.h"
#include "spool.h"

enum {
	NOW = 0, /* the position of what waits for no output */
	PIECE = 4 << 10 /* bytes that go at once */
};

/* Is the position of what waits first the next? */
static bool
is_next(const struct notes *notes)
{
	const struct outflow *output = notes->output;
	uint64_t position;

	if (notes->waiting.count == 0 || output_midway(output))
		return false;
	position = notes->waiting.heap[0]->first;
	if (position == NOW)
		return true;
	if (!output->in_order)
		return output_past(output, position - 1);
	return position <= output->order.next && !output_offers(output);
}

/* Tell more of the one that is going; false: standard error takes none now. */
static bool
tell(struct notes *notes)
{
	struct retained *retained = notes->going;
	char piece[PIECE];
	ssize_t n =
	    order_read(&notes->waiting, retained, notes->at, piece, sizeof(piece));
	size_t told;

	if (n <= 0) { /* its file fails */
		warn("%s: %s", spool_what(), n < 0 ? strerror(errno) : "it was cut");
		notes->at = retained->len;
	} else {
		told = diag_says.foreign(piece, (size_t)n, notes->at == 0);
		notes->at += told;
		if (told == 0)
			return false;
	}
	if (notes->at < retained->len)
		return true;
	order_free(&notes->waiting, retained);
	notes->going = NULL;
	return true;
}

/* Begin with the first. */
static void
begin(struct notes *notes)
{
	notes->going = order_pull(&notes->waiting);
	notes->at = 0;
}

void
notes_go(struct notes *notes)
{
	notes->stuck = false;
	while (!notes->stuck && (notes->going != NULL || is_next(notes))) {
		if (notes->going == NULL)
			begin(notes);
		notes->stuck = !tell(notes);
	}
}

/* Between two outputs. */
static bool
between(void *context)
{
	struct notes *notes = context;

	if (notes->going != NULL || notes->waiting.count > 0)
		notes_go(notes);
	return notes->going == NULL || !notes->same_file;
}

void
notes_open(struct notes *notes)
{
	struct stat out, err;

	notes->same_file = fstat(notes->output->fd, &out) == 0 &&
	    fstat(STDERR_FILENO, &err) == 0 && out.st_dev == err.st_dev &&
	    out.st_ino == err.st_ino;
	notes->output->between = between;
	notes->output->between_context = notes;
}

/* All of buffered goes to a file.  0, or -1 with errno. */
static int
move_all(struct buffered *buffered, int fd)
{
	while (buffered_bytes(buffered) > 0) {
		uint64_t left = buffered_bytes(buffered);
		ssize_t n = buffered_move(buffered, (struct fdio_sink){ .fd = fd },
		    left > INT32_MAX ? INT32_MAX : (size_t)left);

		if (n <= 0)
			return -1;
	}
	return 0;
}

/* Have buffered wait at that position.  0, or -1 with errno. */
static int
add(struct notes *notes, struct buffered *buffered, uint64_t position)
{
	const struct extent extent = {
		.first = position, .count = 1, .bytes = (size_t)buffered_bytes(buffered)
	};
	int fd;

	if (buffered_filed(buffered) == 0 && !order_files(&notes->waiting, extent.bytes))
		return order_retain(
		    &notes->waiting, NULL, &extent, buffered_at(buffered));
	if (order_reserve(&notes->waiting, extent.bytes) < 0 ||
	    order_retain_filed(&notes->waiting, &extent, &fd) == NULL)
		return -1;
	if (move_all(buffered, fd) < 0)
		ending_broken(notes->ending, errno, spool_what());
	return 0;
}

/* Take what was buffered; where there is no room for it, it is passed on at once. */
static void
take(struct notes *notes, struct errors *errors, uint64_t position)
{
	if (errors_buffered(errors) == 0)
		return;
	if (add(notes, &errors->buffered, position) < 0) {
		errors_pass_on(errors);
		return;
	}
	buffered_drop(&errors->buffered, buffered_bytes(&errors->buffered));
	notes_go(notes);
}

void
notes_done(struct notes *notes, struct errors *errors, uint64_t number)
{
	take(notes, errors,
	    1 + (notes->output->in_order ? number : notes->output->tickets));
}

void
notes_failed(struct notes *notes, struct errors *errors)
{
	take(notes, errors, NOW);
}

void
notes_end(struct notes *notes)
{
	while (notes->going != NULL || notes->waiting.count > 0) {
		if (notes->going == NULL)
			begin(notes);
		if (!tell(notes) && !diag_says.wait())
			break;
	}
	order_close(&notes->waiting);
}
