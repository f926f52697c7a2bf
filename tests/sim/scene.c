/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "life.h"
#include "machines.h"
#include "others.h"
#include "parent.h"
#include "plan.h"
#include "process.h"
#include "scene.h"
#include "trace.h"

static struct descriptor_table ours;

/* The end of each thing that is not the supervisor's. */
static struct {
	struct actor source, reader, parent, signaller, commander, killer;
	struct dice source_dice, reader_dice, parent_dice, signal_dice, command_dice,
	    kill_dice;
	struct opening *to_input, *from_output, *from_lines, *to_control;
	struct conduit *control;
	unsigned next; /* record that the source writes */
	size_t written; /* bytes of it, */
	uint64_t supplied; /* and of all */
	uint64_t signals, commands; /* that were sent */
	bool stopped;
} scene;

unsigned
scene_key(unsigned number)
{
	struct dice dice = dice_for(plan.seed, "key", number);

	return (unsigned)dice_scale(&dice, 0, 12);
}

size_t
scene_record(unsigned number, char text[TEXT_MOST])
{
	struct dice dice = dice_for(plan.seed, "record", number);
	uint64_t fill = dice_scale(&dice, 0, plan.longest);
	unsigned key = scene_key(number);
	size_t len;

	if (fill > TEXT_MOST - 64)
		fill = TEXT_MOST - 64;
	len = (size_t)snprintf(text, 64, "r%u\tk%u\t", number, key);
	for (size_t i = 0; i < fill; i++)
		text[len++] = (char)('a' + (key + i) % 26);
	text[len++] = '\n';
	return len;
}

bool
scene_is_refused(unsigned number)
{
	char text[TEXT_MOST];

	return plan.max_record != 0 && scene_record(number, text) - 1 > plan.max_record;
}

unsigned
scene_number_of(const char *text, size_t len, const char *where)
{
	char expected[TEXT_MOST];
	unsigned number;

	if (sscanf(text, "r%u\t", &number) != 1 || number >= plan.records ||
	    scene_record(number, expected) != len || memcmp(text, expected, len) != 0)
		fault("%s: no record of the input: %s", where, shown(text, len));
	return number;
}

static size_t
input_record(unsigned number, char text[TEXT_MOST])
{
	size_t len = scene_record(number, text);

	return len - (number + 1 == plan.records && (plan.seed & 1) != 0);
}

void
scene_files(void)
{
	char text[TEXT_MOST];
	struct disk_file *file;

	if (plan.input_file != 0) {
		file = disk_make("input");
		for (unsigned i = 0; i < plan.records; i++)
			disk_write(file, file->size, text, input_record(i, text));
	}
	if (plan.control != 0)
		disk_make("control")->fifo = true;
	if (plan.jobs_most != 0)
		disk_make("jobserver")->fifo = true;
}

/* The source writes some more. */
static void
supply(struct actor *actor)
{
	struct conduit *conduit = scene.to_input->conduit;
	uint64_t some = dice_scale(&scene.source_dice, 1, 40);
	char text[TEXT_MOST];

	while (some-- > 0 && scene.next < plan.records) {
		size_t len = input_record(scene.next, text);
		size_t part = len - scene.written, n;

		if (some == 0)
			part = (size_t)dice_from(&scene.source_dice, 1, part);
		n = conduit_put(conduit, text + scene.written, part);
		scene.written += n;
		scene.supplied += n;
		if (n == 0)
			return;
		if (scene.written == len) {
			scene.written = 0;
			scene.next++;
		}
	}
	if (scene.next == plan.records) {
		trace("the input ends");
		kernel_close(scene.to_input);
		actor->gone = true;
		return;
	}
	world_wake(
	    actor, dice_scale(&scene.source_dice, 1000, plan.slow_source * MS + 1000));
}

static void
wake_source(void *who)
{
	(void)who;
	if (!scene.source.gone)
		world_wake(&scene.source, 1000);
}

/* The reader of the output takes some. */
static void
consume(struct actor *actor)
{
	char scrap[4096];
	uint64_t some = dice_scale(&scene.reader_dice, 1, 64 << 10);

	while (some > 0) {
		size_t n = conduit_take(scene.from_output->conduit, scrap,
		    some < sizeof(scrap) ? (size_t)some : sizeof(scrap));

		if (n == 0)
			return; /* it is woken */
		some -= n;
	}
	world_wake(
	    actor, dice_scale(&scene.reader_dice, 1000, plan.slow_reader * MS + 1000));
}

static void
wake_reader(void *who)
{
	(void)who;
	world_wake(&scene.reader,
	    dice_scale(&scene.reader_dice, 1000, plan.slow_reader * MS + 1000));
}

uint64_t
scene_bytes_read(void)
{
	const struct opening *input = ours.all[0].opening;

	return input->kind == OPENING_FILE
	    ? input->at
	    : scene.supplied - conduit_bytes(input->conduit);
}

void
scene_drain(void)
{
	char scrap[4096];

	if (scene.from_output == NULL)
		return;
	while (conduit_take(scene.from_output->conduit, scrap, sizeof(scrap)) > 0)
		;
}

static void
send_signal(struct actor *actor)
{
	static const int all[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	int number = all[dice_from(&scene.signal_dice, 0, 3)];

	trace("the supervisor is sent signal %d", number);
	scene.stopped = scene.stopped || number != SIGUSR1;
	world_signal(number);
	if (++scene.signals < plan.signals)
		world_wake(actor, dice_scale(&scene.signal_dice, 1, 3000 * MS));
}

/* One of those that are the same wherever workers are. */
static const char *
usual_command(void)
{
	static const char *const all[] = { "workers 1\n", "workers 3\n", "workers 7\n",
		"pause\nresume\n", "restart\n", "stats\n", "nonsense\n", "help\n",
		"restart\nworkers 2\n" };
	size_t least = plan.hosts != 0 ? 3 : 0;
	size_t most = sizeof(all) / sizeof(all[0]) - (plan.hosts != 0 ? 2 : 1);

	if (dice_one_in(&scene.command_dice, 20))
		return "drain\n";
	return all[dice_from(&scene.command_dice, least, most)];
}

static void
send_command(struct actor *actor)
{
	const char *words;

	if (scene.control->readers > 0) {
		words = plan.hosts != 0 && dice_one_in(&scene.command_dice, 2)
		    ? machines_command(&scene.command_dice)
		    : usual_command();
		trace("control: %s", shown(words, strlen(words)));
		scene.stopped = scene.stopped || strcmp(words, "drain\n") == 0;
		conduit_put(scene.control, words, strlen(words));
	}
	if (++scene.commands < plan.commands)
		world_wake(actor, dice_scale(&scene.command_dice, 1, 200 * MS));
}

/* The control FIFO is empty. */
static void
wake_commander(void *who)
{
	(void)who;
	if (conduit_bytes(scene.control) == 0)
		machines_read();
}

static void
kill_somebody(struct actor *actor)
{
	struct process *process = process_somebody(&scene.kill_dice);

	if (shared->deaths_left == 0)
		return;
	if (process != NULL) {
		shared->deaths_left--;
		trace("somebody kills process %u", process->serial);
		process->by_itself = true;
		process_end(process, 0, SIGKILL);
	}
	world_wake(actor, dice_scale(&scene.kill_dice, 1000, 2 * plan.killer * MS));
}

static void
begin(struct actor *actor, void (*act)(struct actor *actor), struct dice *dice,
    const char *name, uint64_t within)
{
	*dice = dice_for(plan.seed, name, shared->lives);
	*actor = (struct actor){ .act = act, .due = NEVER };
	world_add(actor);
	if (within != 0)
		world_wake(actor, dice_scale(dice, 1, within));
}

static struct opening *
open_input(void)
{
	struct opening *opening;

	if (plan.input_file != 0)
		return kernel_open_file(disk_find("input"));
	opening = kernel_open_conduit(kernel_conduit(), OPENING_READS);
	scene.to_input = kernel_open_conduit(opening->conduit, OPENING_WRITES);
	opening->conduit->writes = (struct listener){ .wake = wake_source };
	begin(&scene.source, supply, &scene.source_dice, "source", MS);
	return opening;
}

static struct opening *
open_output(void)
{
	struct opening *opening = kernel_open_conduit(kernel_conduit(), OPENING_WRITES);

	scene.from_output = kernel_open_conduit(opening->conduit, OPENING_READS);
	opening->conduit->fixed = plan.narrow != 0;
	if (plan.narrow != 0)
		opening->conduit->room = ATOMIC;
	if (plan.socket != 0) {
		opening->conduit->socket = opening->conduit->fixed = true;
		opening->conduit->room = plan.socket;
	}
	opening->conduit->heard =
	    plan.serve == PARENT_STREAM ? parent_heard : judge_output;
	opening->conduit->reads = (struct listener){ .wake = wake_reader };
	begin(&scene.reader, consume, &scene.reader_dice, "reader", 0);
	return opening;
}

static struct opening *
open_errors(void)
{
	struct opening *opening = kernel_open_nothing();

	opening->errors = true;
	return opening;
}

/* The parent hears at once. */
static void
hear(struct actor *actor)
{
	char scrap[4096];

	(void)actor;
	while (conduit_take(scene.from_lines->conduit, scrap, sizeof(scrap)) > 0)
		;
}

static void
wake_parent(void *who)
{
	(void)who;
	world_wake(&scene.parent, MS / 10);
}

static void
open_lines(void)
{
	struct opening *opening = kernel_open_conduit(kernel_conduit(), OPENING_WRITES);

	scene.from_lines = kernel_open_conduit(opening->conduit, OPENING_READS);
	opening->conduit->heard = parent_heard;
	opening->conduit->reads = (struct listener){ .wake = wake_parent };
	begin(&scene.parent, hear, &scene.parent_dice, "lines", 0);
	table_add(&ours, opening, false, 3);
}

void
scene_open(void)
{
	bool last = shared->lives > plan.kills + 1; /* to have an end */

	kernel_table = &ours;
	table_add(&ours, open_input(), false, 0);
	table_add(&ours, open_output(), false, 1);
	table_add(&ours, open_errors(), false, 2);
	if (plan.serve == PARENT_LINES)
		open_lines();
	if (plan.signals > 0 && !last)
		begin(&scene.signaller, send_signal, &scene.signal_dice, "signals",
		    3000 * MS);
	machines_begin();
	others_begin();
	if (plan.control != 0) {
		scene.control = kernel_conduit();
		scene.control->writes = (struct listener){ .wake = wake_commander };
	}
	if (plan.control != 0 && plan.commands > 0)
		begin(&scene.commander, send_command, &scene.command_dice, "commands",
		    200 * MS);
	if (plan.killer != 0)
		begin(&scene.killer, kill_somebody, &scene.kill_dice, "killer",
		    2 * plan.killer * MS);
}

struct conduit *
scene_fifo(const struct disk_file *file)
{
	return strcmp(file->name, "control") == 0 ? scene.control : others_fifo();
}

bool
scene_stopped(void)
{
	return scene.stopped;
}
