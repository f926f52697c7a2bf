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
#include "control.h"
#include "fuzz.h"
#include "host.h"
#include "hosts.h"
#include "pool.h"
#include "report.h"

enum { TEXT = 32 << 10 };

/* What commands change, and what that stands on. */
struct scene {
	struct run_options options;
	struct times times;
	struct accounts accounts;
	struct nature nature;
	struct gate gate;
	struct admission admission;
	struct pool pool;
	struct paced paced;
	struct header header;
	struct record_facts facts;
	struct log log;
	struct outflow output;
	struct supervisor parent;
	struct ledger ledger;
	struct trace trace;
	struct hosts hosts;
	struct intake intake;
	struct tally tally;
	size_t waiting;
	struct report report;
	struct record_files files;
	struct commands commands;
	struct control control;
};

static void
check(const struct scene *scene)
{
	size_t left = 0;

	must(scene->gate.phase <= PHASE_DRAIN && scene->pool.count >= 1);
	must(scene->options.host_list != NULL || scene->pool.count <= WORKERS_MAX);
	for (size_t i = 0; i < scene->pool.count; i++) {
		const struct slot *slot = scene->pool.slots[i];

		left += place_may(&slot->place, PLACE_COUNT);
		must(slot->worker.pid == 0);
		must((slot->link.host != NULL) == (scene->options.host_list != NULL));
		for (size_t k = 0; slot->link.host != NULL && k < i; k++)
			must(strcmp(slot->link.host->name,
				 scene->pool.slots[k]->link.host->name) != 0);
	}
	must(left >= 1);
	must(scene->options.host_list != NULL || left == scene->pool.workers);
}

/* What is to be seen of the state, as text. */
static size_t
describe(const struct scene *scene, char text[static TEXT])
{
	size_t used = (size_t)snprintf(text, TEXT, "%d %d %d %zu\n", scene->gate.paused,
	    scene->pool.renewing, (int)scene->gate.phase, scene->pool.workers);

	for (size_t i = 0; i < scene->pool.count && used < TEXT; i++) {
		const struct slot *slot = scene->pool.slots[i];
		const struct host *next = slot->link.next;

		used += (size_t)snprintf(text + used, TEXT - used, "%s %d %llu\n",
		    slot->link.host == NULL ? "" : slot->link.host->name,
		    place_may(&slot->place, PLACE_COUNT),
		    next == NULL ? 0 : (unsigned long long)next->workers);
	}
	return used < TEXT ? used : TEXT;
}

/* Commands in two pieces, the first of cut bytes. */
static size_t
run_commands(const char *data, size_t len, size_t cut, bool hosts, char text[static TEXT])
{
	static char line[CONTROL_LINE];
	char cat[] = "cat", list[] = "first:2,second";
	static const char control[] = "control";
	char *command[] = { cat, NULL };
	struct scene scene = { .options = { .command = command,
				   .host_list = hosts ? list : NULL,
				   .control = control } };
	int ends[2];
	size_t used;

	scene.gate.options = scene.hosts.options = scene.commands.options =
	    &scene.options;
	scene.pool = (struct pool){ .options = &scene.options,
		.times = &scene.times,
		.admission = &scene.admission,
		.accounts = &scene.accounts };
	scene.hosts.times = &scene.times;
	scene.hosts.header = &scene.header;
	scene.hosts.facts = &scene.facts;
	scene.parent.fd = -1;
	scene.ledger = (struct ledger){ .options = &scene.options,
		.output = &scene.output,
		.log = &scene.log,
		.parent = &scene.parent };
	scene.hosts.ledger = &scene.ledger;
	scene.hosts.trace = &scene.trace;
	scene.paced.rate = &scene.admission.limits.key;
	scene.commands.paced = &scene.paced;
	scene.report = (struct report){ .intake = &scene.intake,
		.accounts = &scene.accounts,
		.tally = &scene.tally,
		.files = &scene.files,
		.waiting = &scene.waiting };
	scene.commands.report = &scene.report;
	scene.commands.nature = &scene.nature;
	scene.hosts.gate = scene.commands.gate = &scene.gate;
	scene.hosts.pool = scene.commands.pool = &scene.pool;
	scene.commands.hosts = &scene.hosts;
	pool_begin(&scene.pool, 1);
	must(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	scene.control = (struct control){ .path = control,
		.line = line,
		.fd = ends[0],
		.obey = commands_obey,
		.context = &scene.commands };
	if (hosts)
		must(hosts_add(&scene.hosts, list) == NULL);
	else
		must(pool_add(&scene.pool) != NULL);
	if (cut > 0)
		must(write(ends[1], data, cut) == (ssize_t)cut);
	for (size_t i = 0; i <= cut / 4096; i++)
		control_take(&scene.control);
	check(&scene);
	if (len > cut)
		must(write(ends[1], data + cut, len - cut) == (ssize_t)(len - cut));
	for (size_t i = 0; i <= len / 4096; i++)
		control_take(&scene.control);
	check(&scene);
	must(scene.control.used < CONTROL_LINE);
	used = describe(&scene, text);
	close(ends[0]);
	close(ends[1]);
	hosts_close(&scene.hosts);
	pool_close(&scene.pool);
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
