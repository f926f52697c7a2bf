/* SPDX-License-Identifier: ISC */
#include "sandbox.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(HAVE_LIBSECCOMP) && !defined(SANITIZED)
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <seccomp.h>

/* Reading, writing in turn, and waiting; memory; ending. */
static const int allowed[] = {
	SCMP_SYS(brk),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(close),
	SCMP_SYS(exit_group),
	SCMP_SYS(flock),
	SCMP_SYS(getpid),
	SCMP_SYS(getrandom),
	SCMP_SYS(gettid),
	SCMP_SYS(madvise),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(read),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(write),
	SCMP_SYS(writev),
};

/* Memory, but none that could be executed; a signal to this process, as abort(3) does. */
static int
allow_some(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct scmp_arg_cmp own = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0);
	const struct {
		int call;
		struct scmp_arg_cmp if_so;
	} rules[] = {
		{ SCMP_SYS(mmap), no_code },
		{ SCMP_SYS(mprotect), no_code },
		{ SCMP_SYS(tgkill), own },
	};
	int error = 0;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && error == 0; i++)
		error = seccomp_rule_add(
		    filter, SCMP_ACT_ALLOW, rules[i].call, 1, rules[i].if_so);
	return error;
}

/* 0, or an error number below 0. */
static int
set_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int error = filter == NULL ? -ENOMEM : allow_some(filter);

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]) && error == 0; i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	if (error == 0)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}

/* Take writing away from memory that can be executed: that of patterns.  0, or -1. */
static int
seal_code(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], *rest;
	unsigned long long start, end;
	int error = 0;

	if (maps == NULL)
		return -1;
	while (error == 0 && fgets(line, sizeof(line), maps) != NULL) {
		start = strtoull(line, &rest, 16); /* START-END rwxp ... */
		if (*rest != '-')
			continue;
		end = strtoull(rest + 1, &rest, 16);
		if (strncmp(rest, " rwx", 4) == 0)
			error = mprotect((void *)(uintptr_t)start, (size_t)(end - start),
			    PROT_READ | PROT_EXEC);
	}
	if (ferror(maps))
		error = -1;
	fclose(maps);
	return error;
}

enum sandbox
sandbox_enter(const char **why)
{
	int error = seal_code() < 0 ? -errno : set_filter();

	if (error == 0)
		return SANDBOX_SET;
	*why = strerror(-error);
	return SANDBOX_FAILED;
}

#else

enum sandbox
sandbox_enter(const char **why)
{
	*why = "there is none in this build";
	return SANDBOX_NONE;
}

#endif
