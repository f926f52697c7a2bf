/* SPDX-License-Identifier: ISC */
/*
 * stage_model - what one process that is a stage has in mind: for stage.c, which steps
 * it, and answer.c, which says what it does with a record.
 */
#ifndef SIM_STAGE_MODEL_H
#define SIM_STAGE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dice.h"
#include "link.h"
#include "parcel.h"
#include "scene.h"

struct conduit;
struct process;

/* Bytes that it is to write. */
struct pending {
	char *data;
	size_t start, end, size;
	uint64_t sent, made; /* bytes, from its beginning on */
};

enum answer { ANSWER_NONE, ANSWER_OK, ANSWER_FAIL, ANSWER_RETRY };

/* A record that it was given. */
struct task {
	unsigned record;
	uint64_t begin, end; /* of it in the bytes given */
	enum answer answer;
	uint64_t bytes; /* of its output */
	bool told; /* the supervisor can know */
	bool left; /* its process ended with it */
	uint64_t told_at; /* so many bytes of what it tells must be sent for that, */
	uint64_t out_at; /* and of its output */
	size_t block; /* it is the first of so many that are a block, over a link */
};

/* Tasks that were answered one after the other, and have no line yet. */
struct group {
	size_t first, count; /* of tasks */
	uint64_t bytes; /* of their output */
	char counts[2048]; /* of each */
	size_t counts_len;
};

enum death { DEATH_KILL, DEATH_SEGV, DEATH_EXIT_1, DEATH_EXIT_0, DEATHS };

/* What one tells that is not so. */
enum lie {
	LIE_UNKNOWN,
	LIE_TWICE,
	LIE_FAR,
	LIE_FAR_RUN,
	LIE_BYTES,
	LIE_TAIL,
	LIE_WORDS,
	LIES
};

struct stage_model {
	struct process *process;
	const struct conduit *in; /* it stays when the process has ended */
	struct dice dice;
	/* what it was given */
	size_t line_len;
	struct link link; /* of a host */
	uint64_t given; /* bytes, */
	size_t before; /* of which so many are those that come before records */
	struct task *tasks;
	size_t count, room;
	size_t first; /* those before it are answered */
	size_t read; /* those before it were read */
	size_t tell_next; /* those answered before it are told; in order of *order */
	unsigned *order; /* tasks as they were answered */
	size_t answered;
	uint64_t taken; /* bytes that it has read */
	bool end; /* of its input */
	/* what it writes */
	struct pending out, tell; /* a host has all in out */
	struct pending body; /* output of those that are told of next, over a link */
	struct group group; /* that is told of next */
	size_t tail_len;
	bool said_hello;
	bool known; /* all of its hello is sent */
	bool said_unsure; /* that it does not know yet what it is */
	uint64_t known_at; /* so many bytes of what it tells must be sent for the hello */
	bool leaves; /* it has answered all, and ends when all is written */
	int status; /* then */
	/* its life */
	uint64_t pace; /* ns from step to step, about */
	uint64_t hello_after; /* ns */
	uint64_t steps_left; /* 0: it does not die by itself */
	enum death death;
	bool frozen;
	unsigned hesitated; /* ms, before it hangs */
	bool liar; /* it tells what is not so, instead of dying */
	bool lied; /* it did */
	bool strict; /* joint: it does nothing with fewer than it can have */
	bool waits; /* and has said so */
	bool unsure; /* it says so first, and hello later */
	bool stubborn;
	bool shuffles;
	uint64_t chunk; /* bytes that it reads at once */
	uint64_t batch; /* records that it answers at once, at most */
	uint64_t flush_one_in;
	uint64_t appetite; /* records that it has at the same time */
	/* not zeroed, since most of it is never used */
	char line[TEXT_MOST]; /* of what it was given */
	char tail[TEXT_MOST]; /* of its output, after the last newline */
};

void pending_add(struct pending *pending, const char *data, size_t len);

/* Answer a task: its output and its line are to be written. False if that kills it. */
bool answer_task(struct stage_model *stage, size_t task);

/* The group gets its line. */
void answer_tell(struct stage_model *stage);

/* Tell a lie: how it is about a record, by chance. */
void answer_lie(struct stage_model *stage);

/* All that a process for a block has; its exit status. */
int answer_block(struct stage_model *stage);

/* Is that record one that kills, this time? */
bool answer_is_deadly(unsigned record);

#endif
