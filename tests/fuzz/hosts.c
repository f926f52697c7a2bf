/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-run: entries of --host, and the words of --rsh.  What is taken is a host
 * that no command takes for an option, and its name means the same again.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "host.h"

static void
check_host(const struct host *host)
{
	const char *why;
	struct host *again = host_new(host->name, strlen(host->name), &why);

	must(strlen(host->name) <= HOST_NAME_MOST && host->workers <= WORKERS_MAX);
	must(host->address[0] != '-' && host->user[0] != '-');
	must(host->here || host->address[0] != '\0');
	must(strtoul(host->port, NULL, 10) <= 65535);
	for (const char *c = host->name; *c != '\0'; c++)
		must((unsigned char)*c > ' ' && *c != 127);
	must(again != NULL && again->workers == 0 && again->here == host->here);
	must(strcmp(again->name, host->name) == 0 &&
	    strcmp(again->user, host->user) == 0 &&
	    strcmp(again->address, host->address) == 0 &&
	    strcmp(again->port, host->port) == 0);
	host_free(again);
}

/* The command that leads there has the host as one of its words, or in one. */
static void
check_command(struct host *host, const char *rsh)
{
	char cat[] = "cat", *words[] = { cat, NULL };
	struct run_options options = { .rsh = rsh, .command = words };
	bool named = host->here;
	size_t count = 0;

	if (host_prepare(host, &options, &(struct header){ 0 }, "",
		&(struct job_takes){ 0 }) != NULL)
		return;
	for (char **word = host->command.list; *word != NULL; word++, count++)
		named = named || strstr(*word, host->address) != NULL;
	must(named && count == host->command.count && host->job_len > 0);
	must(strcmp(host->command.list[count - 1], "--serve") == 0);
}

/* Words that are quoted and put together are taken apart again. */
static void
check_words(struct pieces in)
{
	struct words given = { 0 }, taken = { 0 };
	size_t room = 3 * in.left + 3, used = 0;
	char *text = malloc(room);

	must(text != NULL);
	while (in.left > 0) {
		size_t len;
		const char *word = pieces_until(&in, '\n', &len);
		char quote = len > 0 && memchr(word, '\'', len) != NULL ? '"' : '\'';

		if (len == 0 || memchr(word, '\0', len) != NULL ||
		    memchr(word, quote, len) != NULL)
			continue;
		words_add(&given, word, len);
		text[used++] = quote;
		memcpy(text + used, word, len);
		used += len;
		text[used++] = quote;
		text[used++] = ' ';
	}
	text[used] = '\0';
	must((words_split(&taken, text) == NULL) == (given.count > 0));
	must(taken.count == given.count);
	for (size_t i = 0; i < given.count; i++)
		must(strcmp(taken.list[i], given.list[i]) == 0);
	words_free(&taken);
	words_free(&given);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = pieces_of(data, size);
	size_t len, rsh_len;
	const char *entry = pieces_until(&in, '\n', &len), *why, *at;
	char *copy, *rsh;
	struct host *host;

	at = pieces_until(&in, '\n', &rsh_len);
	rsh = calloc(rsh_len + 1, 1);
	must(rsh != NULL);
	if (rsh_len > 0)
		memcpy(rsh, at, rsh_len);
	copy = copy_of(entry, len);
	if (len > 0 && memchr(copy, '\0', len) != NULL) /* they come of strings */
		len = strlen(copy);
	host = host_new(copy, len, &why);
	must((host == NULL) == (why != NULL));
	if (host != NULL) {
		check_host(host);
		check_command(host, rsh);
	}
	host_free(host);
	check_words(pieces_of(data, size));
	free(copy);
	free(rsh);
	return 0;
}
