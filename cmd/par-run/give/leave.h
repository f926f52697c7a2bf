/* SPDX-License-Identifier: ISC */
/*
 * leave - workers that get no more have their input ended.
 */
#ifndef PAR_RUN_LEAVE_H
#define PAR_RUN_LEAVE_H

#include "hosts.h"
#include "pool.h"
#include "speculate.h"
#include "supply.h"

struct leave {
	const struct supply *supply;
	const struct speculate *speculate;
	struct pool *pool;
	struct hosts *hosts;
};

/*
 * End the input of workers once there is no more, and of those that are to go.
 * Whatever they do not finish goes to a worker that is started for it.
 */
void leave_turn(struct leave *leave);

#endif
