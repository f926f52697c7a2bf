/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-run: commands of --control.  Whatever is written there, and in whatever
 * pieces, somebody is left to do the work, and no two places are one host.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "fuzz.h"
#include "hosts.h"
#include "pool.h"
#include "run.h"

enum { TEXT = 32 << 10 };

static void
check(const struct run *run)
{
	size_t left = 0;

	must(run->phase <= PHASE_DRAIN && run->slot_count >= 1);
	must(run->options->host_list != NULL || run->slot_count <= WORKERS_MAX);
	for (size_t i = 0; i < run->slot_count; i++) {
		const struct slot *slot = run->slots[i];

		left += place_may(&slot->place, PLACE_COUNT);
		must(slot->worker.pid == 0);
		must((slot->host != NULL) == (run->options->host_list != NULL));
		for (size_t k = 0; slot->host != NULL && k < i; k++)
			must(strcmp(slot->host->name, run->slots[k]->host->name) != 0);
	}
	must(left >= 1);
	must(run->options->host_list != NULL || left == run->workers);
}

/* What is to be seen of the state, as text. */
static size_t
describe(const struct run *run, char text[static TEXT])
{
	size_t used = (size_t)snprintf(text, TEXT, "%d %d %d %zu\n", run->paused,
	    run->renewing, (int)run->phase, run->workers);

	for (size_t i = 0; i < run->slot_count && used < TEXT; i++) {
		const struct slot *slot = run->slots[i];
		const struct host *next = slot->next_host;

		used += (size_t)snprintf(text + used, TEXT - used, "%s %d %llu\n",
		    slot->host == NULL ? "" : slot->host->name,
		    place_may(&slot->place, PLACE_COUNT),
		    next == NULL ? 0 : (unsigned long long)next->workers);
	}
	return used < TEXT ? used : TEXT;
}

static void
end(struct run *run)
{
	for (size_t i = 0; i < run->slot_count; i++) {
		host_free(run->slots[i]->host);
		host_free(run->slots[i]->next_host);
		free(run->slots[i]);
	}
	free(run->slots);
}

/* Commands in two pieces, the first of cut bytes. */
static size_t
run_commands(const char *data, size_t len, size_t cut, bool hosts, char text[static TEXT])
{
	char cat[] = "cat", list[] = "first:2,second";
	char *command[] = { cat, NULL };
	struct run_options options = { .command = command,
		.host_list = hosts ? list : NULL };
	struct run run = { .options = &options, .workers = 1 };
	int ends[2];
	size_t used;

	must(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	run.control = (struct control){
		.path = "control", .fd = ends[0], .obey = commands_obey, .context = &run
	};
	if (hosts)
		must(hosts_add(&run, list) == NULL);
	else
		must(pool_add(&run) != NULL);
	if (cut > 0)
		must(write(ends[1], data, cut) == (ssize_t)cut);
	for (size_t i = 0; i <= cut / 4096; i++)
		control_take(&run.control);
	check(&run);
	if (len > cut)
		must(write(ends[1], data + cut, len - cut) == (ssize_t)(len - cut));
	for (size_t i = 0; i <= len / 4096; i++)
		control_take(&run.control);
	check(&run);
	must(run.control.used < CONTROL_LINE);
	used = describe(&run, text);
	close(ends[0]);
	close(ends[1]);
	end(&run);
	return used;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char whole[TEXT], parted[TEXT];
	struct pieces in = pieces_of(data, size);
	bool hosts = pieces_byte(&in) & 1;
	size_t cut = pieces_byte(&in) | (size_t)pieces_byte(&in) << 8, len;

	if (in.left > 60 << 10)
		return 0;
	len = run_commands(in.at, in.left, 0, hosts, whole);
	must(run_commands(
		 in.at, in.left, in.left == 0 ? 0 : cut % in.left, hosts, parted) == len);
	must(memcmp(whole, parted, len) == 0);
	return 0;
}
