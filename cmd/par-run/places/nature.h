/* SPDX-License-Identifier: ISC */
/*
 * nature - the first worker has shown what the command is: do the options fit that, and
 * what is the parent supervisor told?
 */
#ifndef PAR_RUN_NATURE_H
#define PAR_RUN_NATURE_H

#include "ack.h"
#include "ending.h"
#include "options.h"
#include "output.h"
#include "supervisor.h"
#include "worker.h"

struct nature {
	const struct run_options *options;
	struct outflow *output;
	struct supervisor *parent;
	struct ending *ending;
	enum worker_kind kind; /* of the command, as far as it is known */
	struct hello hello; /* what the first worker said that it is */
	bool named; /* the parent is to say which records it gives */
	struct hello ours; /* what was told to the parent */
};

/* Tell the parent supervisor that we are there, if what our workers are is not known yet.
 */
void nature_not_yet(struct nature *nature);

/* The command is of that kind; hello if it is native; there are so many workers of it. */
void nature_as(struct nature *nature, enum worker_kind kind, const struct hello *hello,
    size_t workers);

/* Where the options say what the command is, it is that. */
void nature_by_options(struct nature *nature, size_t workers);

/*
 * May a worker leave before it has said what it is, as a command does that wants none of
 * the input?  Else it is one that died.
 */
bool nature_may_leave(const struct nature *nature);

/* Tell the parent supervisor this of us. */
void nature_greet(struct nature *nature, const struct hello *hello);

#endif
