/* SPDX-License-Identifier: ISC */
/*
 * sandbox - leave the process nothing but reading, writing and memory.
 */
#ifndef PAR_LINKS_SANDBOX_H
#define PAR_LINKS_SANDBOX_H

enum sandbox {
	SANDBOX_NONE, /* this build has none: no seccomp, or sanitizers, which need more
		       */
	SANDBOX_SET,
	SANDBOX_FAILED /* the system has refused it */
};

/*
 * From now on no file can be opened, no process started, nothing sent: what is
 * open can be read, written and waited for, and the process can end, by a signal of its
 * own, too.  Any other call fails with EPERM.  No memory can be written and executed;
 * patterns that are compiled can be matched, and must not be freed any more.  *why is
 * set if it is not SANDBOX_SET.
 */
enum sandbox sandbox_enter(const char **why);

#endif
