/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "memory.h"
#include "roles.h"

static void
starved(void)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };
	int got;

	for (int i = 0; i < 20; i++)
		roles_add(&roles, ROLE_SETTINGS, "--settings", "/dev/null");
	roles_add_in(&roles, ROLE_REPLACED, "--state", "/tmp/nowhere", "file");
	got = roles_check(&roles, &trouble);
	check_is(got, memory_failed() ? -1 : 0);
	if (got < 0) {
		check(trouble.status == STATUS_BROKEN && trouble.error == ENOMEM);
		check_text(trouble.what, "files");
	}
}

static void
without_memory(void)
{
	memory_torment(starved);
}

static void
clash(void)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };
	char name[] = "/tmp/par-unit-XXXXXX", what[100];
	int fd = mkstemp(name);

	check(fd >= 0 && close(fd) == 0);
	roles_add(&roles, ROLE_INPUT, "-i", name);
	roles_add(&roles, ROLE_REPLACED, "--state", name);
	check_is(roles_check(&roles, &trouble), -1);
	snprintf(what, sizeof(what), "--state %s: the same file as -i %s", name, name);
	check_text(trouble.what, what);
	check_is(trouble.status, STATUS_MISUSE);
	check_is(trouble.kind, TROUBLE_STATUS);
	trouble = (struct trouble){ 0 };
	roles_add(&roles, ROLE_OUTPUT, "-o", "/nowhere/file");
	check_is(roles_check(&roles, &trouble), -1);
	check(trouble.status == STATUS_BROKEN && trouble.error == ENOENT);
	check_text(trouble.what, "/nowhere/file");
	unlink(name);
}

TESTS("roles", { "tell of memory", without_memory }, { "tell of a clash", clash })
