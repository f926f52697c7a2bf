/* SPDX-License-Identifier: ISC */
/*
 * without ERROR CALL[,CALL...] COMMAND [ARGUMENT...]: run COMMAND where these system
 * calls are refused with ERROR, EPERM or ENOSYS, as filters of containers do it.
 * CALL:N=NUMBER is the call whose argument N, counted from 0, is that number, as one
 * request of ioctl(2), and CALL:N&NUMBER the one where it has all of these bits, as a
 * flag of openat(2).
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* clang-format off */
#define CALL(name) { #name, __NR_##name }
/* clang-format on */

static const struct call {
	const char *name;
	int number;
} calls[] = {
	CALL(accept4),
	CALL(clone),
	CALL(clone3),
#ifdef __NR_close_range
	CALL(close_range),
#endif
	CALL(copy_file_range),
	CALL(dup3),
	CALL(epoll_create1),
	CALL(epoll_ctl),
	CALL(epoll_pwait),
#ifdef __NR_epoll_wait
	CALL(epoll_wait),
#endif
	CALL(eventfd2),
	CALL(fadvise64),
	CALL(fallocate),
	CALL(fcntl),
	CALL(flock),
	CALL(fstatfs),
	CALL(getrandom),
	CALL(inotify_init1),
	CALL(io_uring_setup),
	CALL(ioctl),
	CALL(landlock_create_ruleset),
	CALL(linkat),
	CALL(madvise),
	CALL(membarrier),
	CALL(memfd_create),
	CALL(mlock),
	CALL(openat),
	CALL(pidfd_open),
	CALL(pidfd_send_signal),
	CALL(pipe2),
	CALL(ppoll),
	CALL(prctl),
	CALL(preadv2),
	CALL(prlimit64),
	CALL(pwritev2),
	CALL(renameat2),
	CALL(rseq),
	CALL(sched_getaffinity),
	CALL(seccomp),
	CALL(sendfile),
	CALL(sendmmsg),
	CALL(setpriority),
	CALL(signalfd4),
	CALL(splice),
	CALL(statx),
	CALL(sync_file_range),
	CALL(syncfs),
	CALL(sysinfo),
	CALL(tee),
	CALL(timerfd_create),
	CALL(unshare),
	CALL(vfork),
	CALL(vmsplice),
};

static struct sock_filter code[512];
static unsigned short used;

static void
add(unsigned short what, unsigned char yes, unsigned char no, uint32_t value)
{
	if (used == sizeof(code) / sizeof(code[0])) {
		fputs("without: too many calls\n", stderr);
		exit(125);
	}
	code[used++] = (struct sock_filter){ what, yes, no, value };
}

static uint32_t
number_of(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i].name, name) == 0)
			return (uint32_t)calls[i].number;
	fprintf(stderr, "without: %s: no such call here\n", name);
	exit(125);
}

/* Where the low half of an argument is, which is all that is asked for. */
static uint32_t
argument(const char *digit)
{
	const uint16_t one = 1;
	unsigned low = *(const unsigned char *)&one == 1 ? 0 : 4;

	return (uint32_t)(offsetof(struct seccomp_data, args)) +
	    8 * (uint32_t)(*digit - '0') + low;
}

static void
refuse(char *call, uint32_t error)
{
	char *where = strchr(call, ':');
	uint32_t value = where == NULL ? 0 : (uint32_t)strtoul(where + 3, NULL, 0);
	int bits = where != NULL && where[2] == '&';

	if (where != NULL)
		*where = '\0';
	add(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
	add(BPF_JMP | BPF_JEQ | BPF_K, 0,
	    where == NULL ? 1
		: bits	  ? 4
			  : 3,
	    number_of(call));
	if (where != NULL) {
		add(BPF_LD | BPF_W | BPF_ABS, 0, 0, argument(where + 1));
		if (bits)
			add(BPF_ALU | BPF_AND | BPF_K, 0, 0, value);
		add(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
	}
	add(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | error);
}

int
main(int argc, char **argv)
{
	struct sock_fprog filter = { .filter = code };
	uint32_t error;

	if (argc < 4) {
		fputs(
		    "usage: without EPERM|ENOSYS CALL[,CALL...] COMMAND [ARGUMENT...]\n",
		    stderr);
		return 125;
	}
	error = strcmp(argv[1], "EPERM") == 0 ? EPERM : ENOSYS;
	for (char *call = strtok(argv[2], ","); call != NULL; call = strtok(NULL, ","))
		refuse(call, error);
	add(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
	filter.len = used;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0) {
		perror("without: seccomp");
		return 125;
	}
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 127;
}
