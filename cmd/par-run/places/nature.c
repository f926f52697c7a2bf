/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "diag.h"
#include "nature.h"
#include "wrapped.h"

void
nature_greet(struct nature *nature, const struct hello *hello)
{
	struct hello told = *hello;

	if (nature->options->serve && told.standing != STANDING_PLAIN)
		told.beat = nature->options->host_beat;
	if (supervisor_greet(nature->parent, &told) < 0)
		ending_output(nature->ending, errno, nature->output->name);
	else
		output_report(nature->output);
}

void
nature_not_yet(struct nature *nature)
{
	if (nature->parent->fd < 0 || nature->kind != WORKER_UNKNOWN)
		return;
	nature->ours = (struct hello){ .standing = STANDING_UNSURE };
	nature_greet(nature, &nature->ours);
}

/* The option that needs what a plain command is not; NULL: none does. */
static const char *
needs_words(const struct nature *nature)
{
	const struct run_options *o = nature->options;
	const struct {
		bool is;
		const char *name;
	} options[] = {
		{ o->checkpoint != NULL, "--checkpoint" },
		{ nature->output->in_order, "-k" },
		{ o->serve, "on a host" },
		{ o->log != NULL, "--log" },
		{ stop_on_any(&o->stop_on), "--stop-on" },
		{ o->tuned, "-n auto" },
		{ o->speculate != 0, "--speculate" },
		{ o->timeout != 0, "-t" },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].is)
			return options[i].name;
	return NULL;
}

bool
nature_may_leave(const struct nature *nature)
{
	return nature->kind != WORKER_NATIVE && needs_words(nature) == NULL;
}

/* Of a par-run among the words it is that one which is to know. */
static void
say_plain(const struct nature *nature, const char *option)
{
	char *const *command = nature->options->command;
	struct bytes words = { .most = ENDING_TEXT / 2 };
	bool below = wrapped_is(command) && wrapped_words(&words, "--map", command) == 0;

	ending_say(nature->ending, ENDING_MISUSE,
	    "%s: %s is not a native stage; see --map%s%.*s", option, command[0],
	    below ? ", below it: " : "", below ? (int)words.len : 0,
	    below ? words.data : "");
	bytes_free(&words);
}

/* Does an option need what a plain command is not?  Then the run ends. */
static bool
refuses_plain(struct nature *nature)
{
	const char *option = needs_words(nature), *list = nature->options->list;
	const char *command = nature->options->command[0];

	if (option != NULL)
		say_plain(nature, option);
	else if (list != NULL)
		ending_say(nature->ending, ENDING_MISUSE,
		    "%s: no word has {} for what follows %s; or see --map", command,
		    list);
	return ending_near(nature->ending);
}

void
nature_as(struct nature *nature, enum worker_kind kind, const struct hello *hello,
    size_t workers)
{
	struct hello ours = { .jobs = hello->jobs * workers,
		.ahead = hello->ahead || kind == WORKER_MAP,
		.joint = hello->joint,
		.block = hello->block,
		.raw = hello->raw,
		.named = nature->named };

	nature->kind = kind;
	nature->hello = *hello;
	if ((kind == WORKER_PLAIN && refuses_plain(nature)) || nature->parent->fd < 0)
		return;
	if (kind == WORKER_PLAIN) {
		/* The parent is to take our output for that of a plain command. */
		nature_greet(nature, &(struct hello){ .standing = STANDING_PLAIN });
		supervisor_withdraw(nature->parent);
		return;
	}
	if (hello->window != 0)
		ours.window = hello->window * workers;
	nature->ours = ours;
	nature_greet(nature, &ours);
}

/* How many records processes for blocks of them can take at once, each. */
static uint64_t
block_jobs(const struct run_options *options)
{
	return options->block_records < HELLO_MOST ? options->block_records : HELLO_MOST;
}

void
nature_by_options(struct nature *nature, size_t workers)
{
	if (nature->options->map)
		nature_as(nature, WORKER_MAP, &(struct hello){ .jobs = 1 }, workers);
	if (nature->options->block_records != 0)
		nature_as(nature, WORKER_BLOCK,
		    &(struct hello){ .jobs = block_jobs(nature->options),
			.joint = nature->options->block_records > 1,
			.raw = nature->options->raw,
			.block = !nature->options->framed &&
				nature->options->block_bytes == SIZE_MAX &&
				nature->options->block_records > 1
			    ? block_jobs(nature->options)
			    : 0 },
		    workers);
}
