/* SPDX-License-Identifier: ISC */
/*
 * admission - when another worker may be started: by how many there were in a time, what
 * this machine has to do, and what memory workers have, or will come to have; and how
 * often with a record of one key.
 *
 * Pure: times, ms of any clock that only goes forward, and what is measured are
 * arguments.
 */
#ifndef PAR_RUN_ADMISSION_H
#define PAR_RUN_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rate.h"

enum {
	ADMISSION_EVERY = 200, /* ms from one look at the system to the next */
	ADMISSION_PARTS = 1000, /* of a load of 1 */
	ADMISSION_WANTS = 3 /* kinds of pressure */
};

/* All zero: no limit. */
struct admission_limits {
	uint64_t load; /* of this machine, see ADMISSION_PARTS; 0: none */
	uint64_t memory; /* of all workers together, bytes; 0: none */
	uint64_t pressure; /* of this machine, in ADMISSION_PARTS of a percent; 0: none */
	struct rate starts;
	struct rate key; /* of those for records of one key: see paced.h */
	bool keyed; /* was there said something of it? */
	const char *given; /* as an option; NULL: it was not */
};

/*
 * Read load=N, load=P%, memory=SIZE, pressure=P%, starts=N/s, /m or /h and the same of
 * key, or none instead of a number, with commas between them, into a struct
 * admission_limits: those that are not named stay as they are.  For OPT_CALL; value must
 * stay valid.
 */
const char *admission_read(void *limits, const char *value);

/* All zero but for its limits: nothing was started yet. */
struct admission {
	struct admission_limits limits;
	struct rate_clock clock; /* of starts */
	double load; /* when it was looked at last */
	unsigned since; /* starts after that */
	uint64_t waited[ADMISSION_WANTS]; /* us, when it was looked at last, */
	uint64_t waited_at; /* at that time; 0: never */
	uint64_t pressed; /* how much it was until then, as the limit */
	size_t beside; /* so many may run by it */
	uint64_t largest; /* bytes that one came to lately, of those that have ended; */
	bool any; /* has one? */
	uint64_t first_at; /* before that: when the first was started; 0: none was */
	uint64_t living; /* the most that one has now, */
	uint64_t expected; /* and what all will come to, bytes */
};

/* Other limits from here on. */
static inline void
admission_change(struct admission *admission, const struct admission_limits *limits)
{
	admission->limits = *limits;
	admission->clock = (struct rate_clock){ 0 };
}

/* What a worker comes to, as far as is known, bytes. */
uint64_t admission_estimate(const struct admission *admission, uint64_t now);

/* The load is so high now. */
void admission_load(struct admission *admission, double load);

/*
 * Something of the machine has waited so long for want of each, us, and living workers
 * run.  One more may, from each look to the next, as long as it is not pressed.
 */
void admission_pressure(struct admission *admission,
    const uint64_t waited[static ADMISSION_WANTS], size_t living, uint64_t now);

/* count workers have so many bytes each, 0 where there is none. */
void admission_memory(struct admission *admission, const uint64_t *bytes, size_t count,
    size_t living, uint64_t now);

/* One more was started, at now. */
void admission_started(struct admission *admission, uint64_t now);

/* One has ended that had come to so many bytes; 0: that is not known. */
void admission_ended(struct admission *admission, uint64_t bytes);

/* May one be started beside so many? */
bool admission_may(const struct admission *admission, size_t others, uint64_t now);

/* What is said of one that has too much alone. */
void admission_text(const struct admission *admission, char *text, size_t size);

/* Is what they have too much? */
static inline bool
admission_over(const struct admission *admission, uint64_t bytes)
{
	return admission->limits.memory != 0 && bytes > admission->limits.memory;
}

#endif
