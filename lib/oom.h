/* SPDX-License-Identifier: ISC */
/*
 * oom - was it the kernel, for want of memory, that killed a process?  It counts whom it
 * kills so: of our control group, or where it does not tell that, of the whole system.
 */
#ifndef PAR_OOM_H
#define PAR_OOM_H

#include <stdint.h>

enum oom {
	OOM_NOT, /* none was killed so, as far as the system tells */
	OOM_PERHAPS, /* one of the whole system was, or nothing is known */
	OOM_SURE /* one of our control group was */
};

/* Those that are accounted for; UINT64_MAX: the system does not tell, or need not. */
struct oom_counts {
	uint64_t group, system;
};

/* Processes that were killed before now are not ours. */
void oom_open(struct oom_counts *counts);

/*
 * A process of ours was killed, not by us: one that was killed for want of memory answers
 * for one such end alone.
 */
enum oom oom_look(struct oom_counts *counts);

/* What it was in words, as they follow how it ended; "" for OOM_NOT. */
const char *oom_text(enum oom oom);

#endif
