/* SPDX-License-Identifier: ISC */
/*
 * sandbox - leave the process nothing but reading, writing and memory.
 */
#ifndef PAR_LINKS_SANDBOX_H
#define PAR_LINKS_SANDBOX_H

/*
 * From now on no file can be opened, no process started, nothing sent: what is
 * open can be read, written and waited for, and the process can end.  Any other
 * call fails with EPERM.  Does nothing where there is no seccomp or libseccomp,
 * and under sanitizers, which need more.
 */
void sandbox_enter(void);

#endif
