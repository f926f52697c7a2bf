/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "diag.h"
#include "fdio.h"
#include "fifo.h"
#include "move.h"
#include "outlets.h"
#include "plural.h"

int
outlets_init(struct outlets *outlets, const struct split_plan *plan, char *const *paths,
    size_t count)
{
	uint64_t now_ms = clock_ms();

	*outlets = (struct outlets){ .plan = plan, .count = count, .left = count };
	outlets->all = calloc(count, sizeof(*outlets->all));
	if (outlets->all == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		outlet_init(&outlets->all[i], paths[i], now_ms);
		outlets->all[i].own = plan->own;
	}
	if (plan->mode == SPLIT_FILL)
		outlets->all[0].state = OUTLET_GONE;
	return 0;
}

void
outlets_close(struct outlets *outlets)
{
	free(outlets->all);
	free(outlets->back_data);
}

/* Have what outlet did not take given to the others. */
static void
give_back(struct outlets *outlets, struct outlet *outlet)
{
	struct records *back = &outlets->back;
	size_t len;
	const char *data = outlet_unwritten(outlet, &len);
	char *joined = malloc(back->len + len + 1);

	if (joined == NULL)
		die(STATUS_BROKEN, errno, "%s", outlet->name);
	if (back->len > 0)
		memcpy(joined, back->data, back->len);
	if (len > 0)
		memcpy(joined + back->len, data, len);
	free(outlets->back_data);
	outlets->back_data = joined;
	*back = (struct records){ joined, back->len + len };
}

/* Say that a reader has left, and what that costs. */
static void
name_gone(struct outlets *outlets, struct outlet *outlet, bool follow)
{
	size_t unread = outlet->pipe ? move_pending(outlet->fd) : 0;
	bool passed_on = follow || outlets->plan->mode == SPLIT_DEMAND;

	if (unread > 0)
		outlets->lost += move_pending_lines(outlet->fd);
	if (unread == MOVE_SOME)
		warn("%s: its reader left, with some bytes unread%s", outlet->name,
		    follow ? "" : "; see --follow");
	else if (unread > 0)
		warn("%s: its reader left, with %zu byte%s unread%s", outlet->name,
		    unread, plural(unread, "", "s"), follow ? "" : "; see --follow");
	else
		warn("%s: its reader left", outlet->name);
	if (unread > 0 || !passed_on)
		outlets->failed = true;
}

/* Close outlet, whose buffered records go to the others, or are lost with it. */
static void
lose(struct outlets *outlets, struct outlet *outlet)
{
	struct records lost;

	if (outlets->plan->mode == SPLIT_DEMAND) {
		give_back(outlets, outlet);
	} else {
		lost.data = outlet_unwritten(outlet, &lost.len);
		outlets->lost += records_count(&lost);
	}
	outlet_close(outlet, OUTLET_GONE);
	outlets->left--;
}

/* Close outlet until it has another reader. */
static void
lose_for_now(struct outlets *outlets, struct outlet *outlet)
{
	if (outlets->plan->mode == SPLIT_DEMAND) {
		give_back(outlets, outlet);
		outlet->start = outlet->used = 0;
	}
	outlet_await_another(outlet, clock_ms());
}

void
outlets_failed(struct outlets *outlets, struct outlet *outlet)
{
	bool follow = outlets->plan->follow && outlet->path != NULL;

	if (errno != EPIPE || (outlets->count == 1 && outlet->path == NULL))
		die_output(errno, outlet->name);
	name_gone(outlets, outlet, follow);
	if (follow)
		lose_for_now(outlets, outlet);
	else
		lose(outlets, outlet);
}

/* Give up a FIFO that had no reader in time. */
static void
give_up(struct outlets *outlets, struct outlet *outlet)
{
	warn("%s: %s", outlet->name, fifo_why(ETIME));
	outlets->failed = true;
	lose(outlets, outlet);
}

int
outlets_open(struct outlets *outlets)
{
	uint64_t now_ms = clock_ms(), wait_ms = outlets->plan->wait_ms;
	int soonest = -1;

	for (size_t i = 0; i < outlets->count; i++) {
		struct outlet *outlet = &outlets->all[i];
		int pause;

		if (outlet->state != OUTLET_CLOSED)
			continue;
		if (outlet_try_open(outlet, now_ms) < 0)
			die(STATUS_BROKEN, errno, "%s", outlet->name);
		if (outlet->state != OUTLET_CLOSED)
			continue;
		if (wait_ms > 0 && now_ms - outlet->closed_ms >= wait_ms) {
			give_up(outlets, outlet);
			continue;
		}
		pause = (int)(outlet->next_try_ms - now_ms);
		if (soonest < 0 || pause < soonest)
			soonest = pause;
	}
	return soonest;
}

void
outlets_begin_file(struct outlets *outlets, const char *name)
{
	outlet_init(&outlets->all[0], name, clock_ms());
	outlets->left = 1;
	outlets_open(outlets);
}

/* Has the reader of a pipe left, that nothing more will be written to? */
static bool
has_left(const struct outlet *outlet)
{
	struct pollfd p = { .fd = outlet->fd };

	return outlet->pipe && poll(&p, 1, 0) > 0 && fdio_unread(p.revents);
}

/* Write what outlet buffers; with last, close it after that. */
static void
flush(struct outlets *outlets, struct outlet *outlet, bool last)
{
	if (outlet_flush(outlet) < 0) {
		outlets_failed(outlets, outlet);
	} else if (last && !outlet_buffers(outlet) && has_left(outlet)) {
		errno = EPIPE;
		outlets_failed(outlets, outlet);
	} else if (last && !outlet_buffers(outlet)) {
		if (outlet_close(outlet, OUTLET_GONE) < 0)
			die_output(errno, outlet->name);
		outlets->left--;
	}
}

bool
outlets_flush(struct outlets *outlets, bool last)
{
	bool emptied = false;

	for (size_t i = 0; i < outlets->count; i++) {
		struct outlet *outlet = &outlets->all[i];
		bool buffered = outlet_buffers(outlet);

		if (last && outlet->state == OUTLET_CLOSED && outlet->served &&
		    !buffered) {
			outlet_close(outlet, OUTLET_GONE); /* it has had all of it */
			outlets->left--;
		}
		if (outlet->state != OUTLET_OPEN)
			continue;
		flush(outlets, outlet, last);
		emptied = emptied || (buffered && !outlet_buffers(outlet));
	}
	return emptied;
}

nfds_t
outlets_poll(const struct outlets *outlets, struct pollfd *polls, int *timeout)
{
	nfds_t n = 0;

	for (size_t i = 0; i < outlets->count; i++) {
		const struct outlet *outlet = &outlets->all[i];
		bool buffered = outlet_buffers(outlet), refused = outlet->share.refused;

		if (outlet->state == OUTLET_OPEN)
			polls[n++] = (struct pollfd){ .fd = outlet->fd,
				.events = buffered && !refused ? POLLOUT : 0 };
		if (buffered && refused && (*timeout < 0 || *timeout > SHARE_PAUSE))
			*timeout = SHARE_PAUSE;
	}
	return n;
}

void
outlets_hear(struct outlets *outlets, const struct pollfd *polls)
{
	for (size_t i = 0; i < outlets->count; i++) {
		struct outlet *outlet = &outlets->all[i];

		if (outlet->state != OUTLET_OPEN)
			continue;
		if (fdio_unread(polls++->revents)) {
			errno = EPIPE;
			outlets_failed(outlets, outlet);
		}
	}
}
