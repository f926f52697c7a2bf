/* SPDX-License-Identifier: ISC */
/*
 * real - what the linker's --wrap leaves of the system for the simulator itself.
 */
#ifndef SIM_REAL_H
#define SIM_REAL_H

#include <stddef.h>
#include <sys/types.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
pid_t __real_waitpid(pid_t pid, int *status, int options);
long __real_sysconf(int name);
int __real_prctl(int option, ...);
unsigned __real_alarm(unsigned seconds);
_Noreturn void __real__exit(int status);
_Noreturn void __real_exit(int status);

#endif
