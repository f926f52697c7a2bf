/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "polls.h"
#include "spoken.h"

/* Add a descriptor to what is waited for; -1 keeps the place. */
static void
await(struct polls *polls, int fd, short events)
{
	polls->places[polls->count++] = (struct pollfd){ .fd = fd, .events = events };
}

/*
 * poll(2), which takes no more places than descriptors may be open, those with none
 * among them.
 */
static int
wait_for(struct polls *polls, int timeout)
{
	nfds_t asked = 0;
	int found;

	for (size_t i = 0; i < polls->count; i++)
		if (polls->places[i].fd >= 0)
			polls->asked[asked++] = polls->places[i];
	found = poll(polls->asked, asked, timeout);
	asked = 0;
	for (size_t i = 0; i < polls->count && found > 0; i++)
		if (polls->places[i].fd >= 0)
			polls->places[i].revents = polls->asked[asked++].revents;
	return found;
}

/* What is waited for of one worker, in the order of enum polls_of_one. */
static void
await_worker(struct polls *polls, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	bool hears = collect_hears(polls->collect);
	bool room = worker_hungry(worker) ||
	    (worker->kind == WORKER_PLAIN && !worker->stdin_closed &&
		slot->quantum.state == QUANTUM_GIVEN);
	bool output = (!worker_is_counted(worker) || output_absorbs(&slot->spout)) &&
	    !output_full(polls->output, &slot->spout) && hears;

	await(polls, room ? worker->in : -1, POLLOUT);
	await(polls, hears ? worker->ack : -1, POLLIN);
	await(polls, output ? worker->out : -1, POLLIN);
	polls->places[polls->count++] = errors_poll(&worker->errors);
}

/* What is waited for of the run itself, in the order of enum polls_of_all. */
static void
await_all(struct polls *polls, bool wanted)
{
	const struct outflow *output = polls->output;
	const struct intake *intake = polls->intake;
	const struct ledger *ledger = polls->ledger;

	await(polls, polls->signals, POLLIN);
	/* If the reader of the output leaves: POLLERR. */
	await(
	    polls, output->to.fd, output->stuck && !output->share.refused ? POLLOUT : 0);
	await(polls, wanted && intake_reads(intake) ? intake->fd : -1, POLLIN);
	await(polls, polls->control->fd, POLLIN);
	await(polls, notes_stuck(polls->notes) || spoken_waits() ? STDERR_FILENO : -1,
	    POLLOUT);
	await(polls, ledger->parent->stuck ? ledger->parent->fd : -1, POLLOUT);
	await(polls,
	    ledger->log->stuck && !ledger->log->out.share.refused ? ledger->log->out.to.fd
								  : -1,
	    POLLOUT);
	await(polls, ledger->quarantine->stuck ? ledger->quarantine->fd : -1, POLLOUT);
	await(polls, busy_awaited(polls->busy), POLLIN);
	await(polls, offer_awaits(polls->offer), POLLIN);
}

/* Room for what is waited for of all workers.  0, or -1 and the run ends. */
static int
make_room(struct polls *polls)
{
	size_t workers = polls->pool->count, count = POLLS_ALL + POLLS_ONE * workers;

	if (polls->places != NULL && polls->room >= workers)
		return 0;
	polls_close(polls);
	polls->places = calloc(count, sizeof(struct pollfd));
	polls->asked = calloc(count, sizeof(struct pollfd));
	if (polls->places == NULL || polls->asked == NULL)
		return ending_broken(polls->ending, errno, "cannot wait");
	polls->room = workers;
	return 0;
}

int
polls_wait(struct polls *polls, bool wanted, int timeout)
{
	if (make_room(polls) < 0)
		return -1;
	polls->count = 0;
	await_all(polls, wanted);
	for (size_t i = 0; i < polls->pool->count; i++)
		await_worker(polls, polls->pool->slots[i]);
	if (wait_for(polls, timeout) < 0 && errno != EINTR)
		return ending_broken(polls->ending, errno, "poll");
	return 0;
}

void
polls_close(struct polls *polls)
{
	free(polls->places);
	free(polls->asked);
	polls->places = polls->asked = NULL;
}
