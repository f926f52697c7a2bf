/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "per_worker.h"
#include "trouble.h"

const char per_worker_few[] = "--env-per-worker has fewer values than there are workers";

/* How long the name is that text begins with; 0: it is none, or not followed by =. */
static size_t
name_len(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return text[len] != '=' || isdigit((unsigned char)*text) ? 0 : len;
}

/* The next byte of a value, and where it goes on; false at its end. */
static bool
next_byte(const char **text, char *byte)
{
	if (**text == '\0' || **text == ',')
		return false;
	if (**text == '\\' && ((*text)[1] == ',' || (*text)[1] == '\\'))
		++*text;
	*byte = *(*text)++;
	return true;
}

/* Each value, with the name of len bytes before it. */
static void
split(struct per_worker_one *one, size_t len)
{
	const char *text = one->text + len + 1;
	char *to = one->values;

	do {
		text += one->count > 0;
		memcpy(to, one->text, len + 1);
		to += len + 1;
		while (next_byte(&text, to))
			to++;
		*to++ = '\0';
		one->count++;
	} while (*text == ',');
}

/* Is there one of that name, of len bytes, already? */
static bool
is_there(const struct per_worker *per_worker, const char *name, size_t len)
{
	for (size_t i = 0; i < per_worker->count; i++)
		if (strncmp(per_worker->list[i].text, name, len + 1) == 0)
			return true;
	return false;
}

const char *
per_worker_read(void *per_worker, const char *value)
{
	struct per_worker *all = per_worker;
	struct per_worker_one one = { .text = value };
	size_t len = name_len(value), values = 1;

	if (len == 0)
		return "not NAME=VALUE,VALUE with the name of a variable";
	if (strncmp(value, "PAR_", strlen("PAR_")) == 0)
		return "variables that begin with PAR_ are par-run's own";
	if (is_there(all, value, len))
		return "it is there twice";
	if (all->count == PER_WORKER_MOST)
		return "more than 8 variables";
	for (const char *at = value; *at != '\0'; at++)
		values += *at == ',';
	one.values = malloc(values * (len + 2) + strlen(value));
	if (one.values == NULL)
		return trouble_no_memory;
	split(&one, len);
	all->list[all->count++] = one;
	return NULL;
}

uint64_t
per_worker_workers(const struct per_worker *per_worker)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < per_worker->count; i++)
		if (per_worker->list[i].count < least)
			least = per_worker->list[i].count;
	return least;
}

size_t
per_worker_env(const struct per_worker *per_worker, uint64_t number, const char **env)
{
	size_t count = 0;

	for (size_t i = 0; i < per_worker->count; i++) {
		const struct per_worker_one *one = &per_worker->list[i];
		const char *value = one->values;

		if (number > one->count)
			continue;
		for (uint64_t n = 1; n < number; n++)
			value += strlen(value) + 1;
		env[count++] = value;
	}
	return count;
}

void
per_worker_free(struct per_worker *per_worker)
{
	for (size_t i = 0; i < per_worker->count; i++)
		free(per_worker->list[i].values);
	*per_worker = (struct per_worker){ 0 };
}
