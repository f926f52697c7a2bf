/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "offer.h"

enum {
	SOON = 100, /* ms that a run takes before it offers anything */
	PAUSE = 50, /* ms at least from one snapshot to the next, and so many */
	PART = 50, /* times as long as it took to make it, but no more than */
	LONGEST = 1000, /* ms */
	AGAIN = 20, /* ms until one who read too slowly is tried again */
	PATIENCE = 1000, /* ms for reading */
	KEEP = 64 << 10 /* bytes of memory that stay */
};

void
offer_open(struct offer *offer, bool hidden)
{
	snapshot_begin(offer->snapshot);
	offer->fd = -1;
	offer->next = hidden || getenv("XDG_RUNTIME_DIR") == NULL
	    ? UINT64_MAX
	    : offer->times->now + SOON;
}

/* Listen, if there is a place for that; and see to what the dead left there. */
static void
begin(struct offer *offer)
{
	char folder[OFFERS_PATH];

	offer->next = UINT64_MAX;
	if (offers_folder(folder) != NULL)
		return;
	offers_each(folder, NULL, NULL);
	offer->fd = offers_listen(folder, offer->path);
	if (offer->fd >= 0)
		offer->next = 0;
}

int
offer_awaits(const struct offer *offer)
{
	return offer->count == 0 && offer->times->now >= offer->next ? offer->fd : -1;
}

static void
drop(struct offer *offer, size_t i)
{
	close(offer->viewers[i].fd);
	offer->viewers[i] = offer->viewers[--offer->count];
}

/* Send them what they take. */
static void
send_all(struct offer *offer)
{
	bool late = offer->times->now >= offer->until;

	for (size_t i = offer->count; i-- > 0;) {
		const char *data = offer->text.data + offer->viewers[i].at;
		size_t left = offer->text.len - offer->viewers[i].at;
		ssize_t n = write(offer->viewers[i].fd, data, left);
		bool wait = n >= 0 ? (size_t)n < left : errno == EAGAIN || errno == EINTR;

		if (n > 0)
			offer->viewers[i].at += (size_t)n;
		if (!wait || late)
			drop(offer, i);
	}
	if (offer->count == 0)
		bytes_clear(&offer->text, KEEP);
}

/* Let in who has connected, and make what they read. */
static void
let_in(struct offer *offer)
{
	uint64_t before = clock_ns(), took;

	while (offer->count < OFFER_VIEWERS) {
		int fd = offers_accept(offer->fd);

		if (fd < 0)
			break;
		offer->viewers[offer->count].fd = fd;
		offer->viewers[offer->count++].at = 0;
	}
	if (offer->count > 0 && snapshot_put(offer->snapshot, &offer->text) < 0)
		while (offer->count > 0) /* without memory they come again */
			drop(offer, 0);
	took = (clock_ns() - before) / 1000000 * PART;
	if (took < PAUSE)
		took = PAUSE;
	offer->next = offer->times->now + (took < LONGEST ? took : LONGEST);
	offer->until = offer->times->now + PATIENCE;
}

void
offer_turn(struct offer *offer, bool some)
{
	if (offer->fd < 0) {
		if (offer->times->now >= offer->next)
			begin(offer);
		return;
	}
	if (some)
		let_in(offer);
	if (offer->count > 0)
		send_all(offer);
}

uint64_t
offer_due(const struct offer *offer)
{
	if (offer->count > 0)
		return offer->times->now + AGAIN;
	/* Nobody knows whether somebody waits for it to listen again. */
	return offer->times->now < offer->next ? offer->next : UINT64_MAX;
}

void
offer_close(struct offer *offer)
{
	while (offer->count > 0)
		drop(offer, 0);
	if (offer->fd >= 0) {
		unlink(offer->path);
		close(offer->fd);
	}
	offer->fd = -1;
	offer->next = UINT64_MAX;
	bytes_free(&offer->text);
}
