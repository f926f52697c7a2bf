/* SPDX-License-Identifier: ISC */
/*
 * Preloaded into par-links: what a page could do that has taken it over.  When the word
 * "attack" is read, each of these is tried and its error number said.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static char said[256];

static void
try(const char *what, long result)
{
	size_t used = strlen(said);

	snprintf(said + used, sizeof(said) - used, "%s %d\n", what, result < 0 ? errno : 0);
}

static void
attack(void)
{
	void *page = mmap(
	    NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	try("signal-parent", syscall(SYS_tgkill, getppid(), getppid(), 0));
	try("signal-self", syscall(SYS_tgkill, getpid(), gettid(), 0));
	try("kill", syscall(SYS_kill, getpid(), 0));
	try("open", syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0));
	try("socket", syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
	try("code", syscall(SYS_mprotect, page, 4096L, PROT_READ | PROT_EXEC));
	syscall(SYS_write, STDERR_FILENO, said, strlen(said));
}

ssize_t
read(int fd, void *data, size_t size)
{
	ssize_t n = syscall(SYS_read, fd, data, size);

	if (n > 0 && memmem(data, (size_t)n, "attack", 6) != NULL)
		attack();
	return n;
}
