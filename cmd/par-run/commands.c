/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "control.h"
#include "diag.h"
#include "hosts.h"
#include "load.h"
#include "num.h"
#include "pool.h"
#include "printable.h"

struct command {
	const char *name;
	const char *argument; /* as help shows it; NULL: it takes none */
	const char *help;
	/* NULL, or why it was not done; argument is "" where there is none. */
	const char *(*act)(struct commands *commands, const char *argument);
};

static const char *
set_workers(struct commands *commands, const char *argument)
{
	uint64_t count;

	if (options_hosts(commands->options))
		return hosts_set(commands->hosts, argument);
	if (strcmp(argument, "auto") == 0) {
		commands->pool->tuned = true;
		return NULL;
	}
	if (num_parse(argument, 1, WORKERS_MAX, &count) < 0)
		return "not a number of workers";
	if (count > per_worker_workers(&commands->options->per_worker))
		return per_worker_few;
	commands->pool->tuned = false;
	return pool_resize(commands->pool, (size_t)count) < 0 ? strerror(errno) : NULL;
}

static const char *
add_hosts(struct commands *commands, const char *argument)
{
	return options_hosts(commands->options) ? hosts_add(commands->hosts, argument)
						: "only where --host began with some";
}

static const char *
drop_host(struct commands *commands, const char *argument)
{
	return hosts_drop(commands->hosts, argument);
}

static const char *
admit(struct commands *commands, const char *argument)
{
	struct admission_limits limits = commands->pool->admission->limits;
	uint64_t waited[LOAD_PRESSURES];
	const char *why;

	if (options_hosts(commands->options))
		return "only where there are no hosts";
	why = admission_read(&limits, argument);
	if (why == NULL && limits.memory != 0 && commands->options->block_records == 0)
		return "memory needs -b, -N or {}";
	if (why == NULL && limits.pressure != 0 && load_pressures(waited) < 0)
		return "pressure: /proc/pressure does not tell of it";
	if (why == NULL && limits.keyed && !commands->options->admit.keyed)
		why = "key needs --key and --admit key from the start";
	if (why != NULL)
		return why;
	admission_change(commands->pool->admission, &limits);
	paced_change(commands->paced, commands->pool->times->now);
	return NULL;
}

static const char *
pause_run(struct commands *commands, const char *argument)
{
	(void)argument;
	gate_pause(commands->gate, true);
	return NULL;
}

static const char *
resume_run(struct commands *commands, const char *argument)
{
	(void)argument;
	gate_pause(commands->gate, false);
	return NULL;
}

static const char *
drain_run(struct commands *commands, const char *argument)
{
	(void)argument;
	gate_drain(commands->gate);
	return NULL;
}

static const char *
restart_workers(struct commands *commands, const char *argument)
{
	(void)argument;
	if (commands->nature->kind == WORKER_BLOCK)
		return "each block has a process of its own anyway";
	pool_renew(commands->pool);
	return NULL;
}

static const char *
show_stats(struct commands *commands, const char *argument)
{
	(void)argument;
	report_now(commands->report);
	return NULL;
}

static const char *show_help(struct commands *commands, const char *argument);

/* A new command is a new line here, and a word in the manual page. */
static const struct command table[] = {
	{ "workers", "N|LIST", "run N workers or, where there are hosts, on just these",
	    set_workers },
	{ "host", "LIST", "run on these hosts, too, or with other numbers of workers",
	    add_hosts },
	{ "drop", "HOST", "use it no more, when it has finished what it has", drop_host },
	{ "admit", "LIST", "start workers within these limits, as --admit", admit },
	{ "pause", NULL, "give out nothing more", pause_run },
	{ "resume", NULL, "go on after pause", resume_run },
	{ "restart", NULL, "replace the workers, one after the other", restart_workers },
	{ "drain", NULL, "finish what workers have, and end", drain_run },
	{ "stats", NULL, "show what each worker did", show_stats },
	{ "help", NULL, "show this", show_help },
};

static const char *
show_help(struct commands *commands, const char *argument)
{
	char text[1024];
	size_t used = 0;

	(void)commands, (void)argument;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct command *c = &table[i];
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
perform(struct commands *commands, const char *name, size_t len, const char *argument)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct command *c = &table[i];

		if (strlen(c->name) != len || memcmp(c->name, name, len) != 0)
			continue;
		if (c->argument == NULL && *argument != '\0')
			return "takes no argument";
		return c->act(commands, argument);
	}
	return "not a command, see help";
}

void
commands_obey(void *context, char *line, size_t len)
{
	struct commands *commands = context;
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
	    : perform(commands, name, (size_t)(argument - name),
		  argument + strspn(argument, " \t"));
	if (why != NULL)
		warn("%s: %s: %s", commands->options->control, shown, why);
}
