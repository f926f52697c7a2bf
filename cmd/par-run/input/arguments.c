/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "diag.h"
#include "os.h"
#include "rivals.h"
#include "spawn.h"

enum {
	KEPT = 1 << 20, /* room kept from one process to the next, bytes */
	SPARE = 4096 /* for variables of ours, and those that POSIX wants left */
};

/* What there is for words, beside the environment and what the system wants free. */
static size_t
most_bytes(void)
{
	long all = sysconf(_SC_ARG_MAX);
	size_t used = SPARE;

	for (char **var = environ; *var != NULL; var++)
		used += strlen(*var) + 1 + sizeof(*var);
	return all < 0 ? SIZE_MAX / 2 : (size_t)all > used ? (size_t)all - used : 0;
}

/* What was left alone, and looks as if a record was meant to stand there, is said. */
static void
warn_left(const struct arguments *arguments, const struct run_options *options)
{
	if (arguments->template.left != NULL)
		warn("'%s': left alone, as words with blanks, quotes, $ or brackets are; "
		     "records go into a program by sh -c '... \"$1\"' _ {}",
		    arguments->template.left);
	if (options->replace != NULL)
		return;
	for (char *const *word = options->command; *word != NULL; word++) {
		if (!rivals_has_place(*word))
			continue;
		warn("'%s': left alone; parts of names are {.}, {/}, {//} and {/.}, and "
		     "others are for a program: sh -c 'echo \"${1%%.tar.gz}\"' _ {}",
		    *word);
		return;
	}
}

/* Names are there, and no word asks for one, or for anything else of a record. */
static void
refuse_unused(const char *names, bool header)
{
	die_misuse("no word of the command has a place for a record, as {%.*s}%s%s",
	    (int)strcspn(names, "\t"), names, field_hint(names, strlen(names)),
	    header ? "; processes that read them want -b or -N, and -I '' where a word "
		     "has braces"
		   : "");
}

/* {step} where there is {steps} would be the same word for each record, unnoticed. */
static void
refuse_misspelt(const struct template *template)
{
	struct field meant = { 0 };
	size_t len;
	const char *found = template_misspelt(template, &len, &meant);

	if (found != NULL)
		die_misuse("{%.*s}: no such field; did you mean {%.*s}?", (int)len, found,
		    (int)meant.len, meant.data);
}

void
arguments_open(struct arguments *arguments, const struct run_options *options,
    const char *names, const char *folder)
{
	struct template_rules rules = { .mark = options->replace,
		.names = names,
		.names_len = names == NULL ? 0 : strlen(names),
		.escaped = options->escaped,
		.longest = os_longest_word(),
		.folder = folder };

	if (options->map || options->key.kind != KEY_RECORD)
		return;
	arguments->on = options->arguments;
	arguments->most = most_bytes();
	arguments->names = names;
	if (template_read(&arguments->template, options->command, &rules) < 0)
		die(STATUS_BROKEN, errno, "words of the command");
	if (!options->serve)
		warn_left(arguments, options);
	if (arguments->on)
		refuse_misspelt(&arguments->template);
	if (arguments->on && names != NULL && !template_used(&arguments->template))
		refuse_unused(names, options->header != 0);
}

uint64_t
arguments_fit(
    const struct arguments *arguments, const char *data, uint64_t count, size_t len)
{
	return count <= 1
	    ? count
	    : template_fit(&arguments->template, data, count, len, arguments->most);
}

bool
arguments_fill(struct arguments *arguments, const struct batch *records, unsigned worker,
    struct template_fault *fault)
{
	bytes_clear(&arguments->room, KEPT);
	arguments->words = template_fill(&arguments->template,
	    &(struct template_records){ .data = records->data,
		.len = records->len,
		.count = records->count,
		.first = records->origin,
		.worker = worker },
	    &arguments->room, fault);
	return arguments->words != NULL;
}

const char *
arguments_why(const struct arguments *arguments, int error)
{
	if (!arguments->on)
		return NULL;
	if (error == E2BIG)
		return template_too_long;
	return template_names_command(&arguments->template) && error != ETXTBSY &&
		!spawn_is_shortage(error)
	    ? strerror(error)
	    : NULL;
}

void
arguments_close(struct arguments *arguments)
{
	template_free(&arguments->template);
	bytes_free(&arguments->room);
}
