/* SPDX-License-Identifier: ISC */
/*
 * nothing - a program that only ends, without a library: what starting it costs is what
 * the system takes for a process, and who starts it.  For -static -nostdlib.
 */
#include <sys/syscall.h>

void _start(void);

void
_start(void)
{
#if defined(__x86_64__)
	__asm__ volatile("syscall" : : "a"(SYS_exit), "D"(0) : "memory");
#elif defined(__aarch64__)
	register long number __asm__("x8") = SYS_exit, status __asm__("x0") = 0;

	__asm__ volatile("svc 0" : : "r"(number), "r"(status) : "memory");
#else
#error "how a process ends here is not known"
#endif
	for (;;)
		;
}
