/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "hosts.h"
#include "num.h"
#include "pool.h"
#include "printable.h"

struct command {
	const char *name;
	const char *argument; /* as help shows it; NULL: it takes none */
	const char *help;
	/* NULL, or why it was not done; argument is "" where there is none. */
	const char *(*act)(struct run *run, const char *argument);
};

static const char *
set_workers(struct run *run, const char *argument)
{
	uint64_t count;

	if (hosts_used(run->options))
		return hosts_set(run, argument);
	if (num_parse(argument, 1, WORKERS_MAX, &count) < 0)
		return "not a number of workers";
	return pool_resize(run, (size_t)count) < 0 ? strerror(errno) : NULL;
}

static const char *
add_hosts(struct run *run, const char *argument)
{
	return hosts_used(run->options) ? hosts_add(run, argument)
					: "only where --host began with some";
}

static const char *
drop_host(struct run *run, const char *argument)
{
	return hosts_drop(run, argument);
}

static const char *
pause_run(struct run *run, const char *argument)
{
	(void)argument;
	run->paused = true;
	return NULL;
}

static const char *
resume_run(struct run *run, const char *argument)
{
	(void)argument;
	run->paused = false;
	return NULL;
}

static const char *
drain_run(struct run *run, const char *argument)
{
	(void)argument;
	if (run->phase == PHASE_RUN)
		run->phase = PHASE_DRAIN;
	return NULL;
}

static const char *
restart_workers(struct run *run, const char *argument)
{
	(void)argument;
	if (run->kind == WORKER_BLOCK)
		return "each block has a process of its own anyway";
	pool_renew(run);
	return NULL;
}

static const char *
show_stats(struct run *run, const char *argument)
{
	(void)argument;
	account_show(&run->accounts);
	return NULL;
}

static const char *show_help(struct run *run, const char *argument);

/* A new command is a new line here, and a word in the manual page. */
static const struct command commands[] = {
	{ "workers", "N|LIST", "run N workers or, where there are hosts, on just these",
	    set_workers },
	{ "host", "LIST", "run on these hosts, too, or with other numbers of workers",
	    add_hosts },
	{ "drop", "HOST", "use it no more, when it has finished what it has", drop_host },
	{ "pause", NULL, "give out nothing more", pause_run },
	{ "resume", NULL, "go on after pause", resume_run },
	{ "restart", NULL, "replace the workers, one after the other", restart_workers },
	{ "drain", NULL, "finish what workers have, and end", drain_run },
	{ "stats", NULL, "show what each worker did", show_stats },
	{ "help", NULL, "show this", show_help },
};

static const char *
show_help(struct run *run, const char *argument)
{
	char text[1024];
	size_t used = 0;

	(void)run, (void)argument;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *c = &commands[i];
		char name[32];
		int len;

		snprintf(name, sizeof(name), "%s %s", c->name,
		    c->argument == NULL ? "" : c->argument);
		len = snprintf(
		    text + used, sizeof(text) - used, "  %-14s %s\n", name, c->help);
		if (len < 0 || (size_t)len >= sizeof(text) - used)
			break;
		used += (size_t)len;
	}
	diag_text(text, used);
	return NULL;
}

/* Do the command of this name, len bytes long.  NULL, or why not. */
static const char *
perform(struct run *run, const char *name, size_t len, const char *argument)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *c = &commands[i];

		if (strlen(c->name) != len || memcmp(c->name, name, len) != 0)
			continue;
		if (c->argument == NULL && *argument != '\0')
			return "takes no argument";
		return c->act(run, argument);
	}
	return "not a command, see help";
}

void
commands_obey(void *context, char *line, size_t len)
{
	struct run *run = context;
	const char *why, *name, *argument;
	char shown[CONTROL_LINE];

	printable(shown, sizeof(shown), line, len);
	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL && line[len - 1] != '\0')
		len--;
	if (len == 0)
		return;
	line[len] = '\0';
	name = line + strspn(line, " \t");
	argument = name + strcspn(name, " \t");
	why = memchr(line, '\0', len) != NULL
	    ? "not a command, see help"
	    : perform(run, name, (size_t)(argument - name),
		  argument + strspn(argument, " \t"));
	if (why != NULL)
		warn("%s: %s: %s", run->control.path, shown, why);
}
