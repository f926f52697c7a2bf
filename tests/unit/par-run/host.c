/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "host.h"
#include "memory.h"

static char *command[] = { (char[]){ "stage" }, (char[]){ "{}" }, NULL };

/* A host and what it is told, or that there is no memory for it. */
static void
make_one(void)
{
	static const char entry[] = "ssh://me@far:77/3";
	static const struct run_options options = { .command = command,
		.block_records = 4,
		.block_bytes = SIZE_MAX,
		.retries = 2,
		.rsh = "reach -l '%u' %h" };
	const char *why;
	struct host *host = host_new(entry, strlen(entry), &why);

	if (host != NULL) {
		why = host_prepare(host, &options, &(struct header){ 0 }, "run",
		    &(struct job_takes){ .runs = RUNS_SUMMED, .trace = 7 });
		check(memory_failed() || host->workers == 3);
		check(memory_failed() || host->command.count == 6);
		check(memory_failed() || host->job_len > 0);
	}
	check_text(why, memory_failed() ? words_no_memory : NULL);
	host_free(host);
}

static void
without_memory(void)
{
	memory_torment(make_one);
}

/* What of the words of a transport is ours, and what ssh's own. */
static void
transports(void)
{
	static const char entry[] = "me@far";
	const struct {
		const char *rsh, *words;
	} rows[] = {
		{ "ssh", "ssh me@far" },
		{ "reach %h x=%h", "reach far x=far" },
		{ "reach %%h", "reach %h me@far" },
		{ "ssh -o ControlPath=/x/%r@%h:%p",
		    "ssh -o ControlPath=/x/%r@%h:%p me@far" },
		{ "ssh -oControlPath=/x/%h", "ssh -oControlPath=/x/%h me@far" },
		{ "ssh -S /x/%h -l %u %h", "ssh -S /x/%h -l me far" },
		{ "ssh -o ControlPath=/x/%%h", "ssh -o ControlPath=/x/%h me@far" },
		{ "ssh -- %h -o", "ssh -- far -o" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct run_options options = {
			.command = command, .block_bytes = SIZE_MAX, .rsh = rows[i].rsh
		};
		char text[128] = "";
		const char *why;
		struct host *host = host_new(entry, strlen(entry), &why);

		check(host != NULL);
		check_text(host_prepare(host, &options, &(struct header){ 0 }, "run",
			       &(struct job_takes){ 0 }),
		    NULL);
		for (size_t word = 0; word + 2 < host->command.count; word++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
			    word > 0 ? " " : "", host->command.list[word]);
		check_text(text, rows[i].words);
		host_free(host);
	}
}

/* What an entry names, and why not. */
static void
entries(void)
{
	char longest[HOST_NAME_MOST + 1], longer[HOST_NAME_MOST + 2];
	char counted[HOST_NAME_MOST + 3];
	const struct {
		const char *entry, *why, *name, *user, *address, *port;
		uint64_t workers;
	} rows[] = {
		{ "a", NULL, "a", "", "a", "", 0 },
		{ "a:3", NULL, "a", "", "a", "", 3 },
		{ "a:", NULL, "a:", "", "a", "", 0 },
		{ "me@a:3", NULL, "me@a", "me", "a", "", 3 },
		{ "me@b@a:3", NULL, "me@b@a", "me@b", "a", "", 3 },
		{ "fe80::1", "an IPv6 address stands in brackets", "", "", "", "", 0 },
		{ ":", NULL, ":", "", "", "", 0 },
		{ ":2", NULL, ":", "", "", "", 2 },
		{ "[fe80::1]", NULL, "[fe80::1]", "", "fe80::1", "", 0 },
		{ "[fe80::1]:4", NULL, "[fe80::1]", "", "fe80::1", "", 4 },
		{ "ssh://me@a:22/3", NULL, "ssh://me@a:22", "me", "a", "22", 3 },
		{ "ssh://a:65535", NULL, "ssh://a:65535", "", "a", "65535", 0 },
		{ "ssh://a:1", NULL, "ssh://a:1", "", "a", "1", 0 },
		{ "ssh://a:65536", "not a port", "", "", "", "", 0 },
		{ "ssh://a:0", "not a port", "", "", "", "", 0 },
		{ "ssh://", "no host", "", "", "", "", 0 },
		{ "me@", "no host", "", "", "", "", 0 },
		{ "", "no host", "", "", "", "", 0 },
		{ "a:0", "not a number of workers", "", "", "", "", 0 },
		{ longest, NULL, longest, "", longest, "", 0 },
		{ counted, NULL, longest, "", longest, "", 5 },
		{ longer, "too long for a host", "", "", "", "", 0 },
	};

	memset(longest, 'h', HOST_NAME_MOST);
	memset(longer, 'h', HOST_NAME_MOST + 1);
	longest[HOST_NAME_MOST] = longer[HOST_NAME_MOST + 1] = '\0';
	snprintf(counted, sizeof(counted), "%s:5", longest);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *why;
		struct host *host = host_new(rows[i].entry, strlen(rows[i].entry), &why);

		check_at(i + 1);
		check_text(why, rows[i].why);
		if (rows[i].why != NULL) {
			check(host == NULL);
			continue;
		}
		check_text(host->name, rows[i].name);
		check_text(host->user, rows[i].user);
		check_text(host->address, rows[i].address);
		check_text(host->port, rows[i].port);
		check_is(host->workers, rows[i].workers);
		check(host->here == (*rows[i].address == '\0'));
		host_free(host);
	}
}

TESTS("host", { "what entries name", entries }, { "words of transports", transports },
    { "without memory", without_memory })
