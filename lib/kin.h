/* SPDX-License-Identifier: ISC */
/*
 * kin - processes that we started, and those that came of them, wherever they went:
 * so that all of them end when we end the first by force.
 *
 * A leader is a child of ours that was not waited for, and was made the leader of a
 * group, which any system can signal.  Who left that group is found where the system
 * tells of parents (the Linux seam: /proc); one that was an orphan before we looked is
 * not.
 */
#ifndef PAR_KIN_H
#define PAR_KIN_H

#include <stddef.h>
#include <sys/types.h>

struct member;

struct kin {
	struct member *members; /* that were seen below its leaders */
	size_t count, room;
};

/*
 * Send the signal to the groups of count leaders, and to a leader that has left its
 * group.  With SIGKILL all that came of them end, also those that were seen at an
 * earlier signal and are orphans now.  count may be 0.
 */
void kin_signal(struct kin *kin, const pid_t *leaders, size_t count, int number);

void kin_free(struct kin *kin);

#endif
