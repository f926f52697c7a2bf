/* SPDX-License-Identifier: ISC */
/*
 * offer - a socket at which the run can be looked at: who connects reads a snapshot, and
 * the connection ends.  Nothing is read there.
 *
 * A run that is over soon offers nothing.  Later it waits for connections, and that is
 * all until there is one: what it says is made then, once for those who come together,
 * and not so often that it would cost much.  Who does not read has a second for that.
 */
#ifndef PAR_RUN_OFFER_H
#define PAR_RUN_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "offers.h"
#include "snapshot.h"

enum { OFFER_VIEWERS = 16 /* that read the same snapshot */ };

struct offer {
	const struct times *times;
	struct snapshot *snapshot;
	int fd; /* that listens; -1: none does */
	uint64_t next; /* clock_ms() from when it listens, or again; UINT64_MAX: never */
	uint64_t until; /* when those who read have had their time */
	struct bytes text; /* for them */
	struct {
		int fd;
		size_t at; /* what was sent, bytes */
	} viewers[OFFER_VIEWERS];
	size_t count; /* of these */
	char path[OFFERS_PATH];
};

/* The run begins; hidden: it offers nothing. */
void offer_open(struct offer *offer, bool hidden);

/* What poll(2) is to wait for, to be read from; -1: nothing. */
int offer_awaits(const struct offer *offer);

/* Once a turn of the loop; some: somebody has connected. */
void offer_turn(struct offer *offer, bool some);

/* When it is to be called at the latest, clock_ms(). */
uint64_t offer_due(const struct offer *offer);

void offer_close(struct offer *offer);

#endif
