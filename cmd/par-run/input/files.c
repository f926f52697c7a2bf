/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "fifo.h"
#include "files.h"
#include "lists.h"
#include "roles.h"

/* The first input of ends takes the place of standard input, when it has a writer. */
static void
take_input(struct ends *ends)
{
	int fd;

	if (ends_next(ends, &fd) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends->name, fifo_why(errno));
	if (fifo_check_read(fd) < 0)
		die(STATUS_BROKEN, errno, "%s", ends->name);
	if (fd != STDIN_FILENO && dup2(fd, STDIN_FILENO) < 0)
		die(STATUS_BROKEN, errno, "%s", ends->name);
	ends_close(ends);
}

/* The files of lists were read, and are to be kept. */
static void
add_lists(struct roles *roles, const struct run_options *o)
{
	const char *list = o->list;

	for (char *const *word = o->list_words; list != NULL && *word != NULL; word++)
		if (lists_begin(*word))
			list = *word;
		else if (strncmp(list, "::::", 4) == 0)
			roles_add(roles, ROLE_SETTINGS, list, *word);
}

/* No file may be two of those that are given. */
static void
check_roles(const struct run_options *o)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	roles_add(&roles, ROLE_INPUT, "-i", o->input);
	roles_add(&roles, ROLE_OUTPUT, "-o", o->output);
	if (o->quarantine != NULL)
		roles_add(&roles, ROLE_OUTPUT, "-q", o->quarantine);
	if (o->log != NULL)
		roles_add(&roles, ROLE_OUTPUT, "--log", o->log);
	if (o->trace != NULL)
		roles_add(&roles, ROLE_OUTPUT, "--trace", o->trace);
	roles_add(&roles, ROLE_REPLACED, "--metrics", o->metrics);
	roles_add(&roles, ROLE_REPLACED, "--checkpoint", o->checkpoint);
	roles_add(&roles, ROLE_SETTINGS, "--hosts", o->host_file);
	add_lists(&roles, o);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
}

void
files_open(const struct run_options *o, struct ends *ends)
{
	char *const input[] = { (char *)(uintptr_t)o->input };

	check_roles(o);
	if (ends_open(ends, input, o->input != NULL, o->output, o->wait_ms) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends->name, fifo_why(errno));
	take_input(ends);
}
