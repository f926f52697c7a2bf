/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "gate.h"
#include "hosts.h"
#include "pool.h"
#include "printable.h"

enum {
	HELLO_WAIT = 60 * 1000, /* ms from a link's start to the words of its other end */
	SUSPECT_AFTER = 3, /* links in a row that broke with nothing finished anywhere */
	BROKEN_AFTER = 20
};

/* Before a link that broke is made again. */
static const struct backoff breaks = { .first = 100, .longest = 15 * 1000 };

/* Does it stand, with a par-run that works at its other end? */
static bool
up(const struct slot *slot)
{
	return slot->worker.pid != 0 &&
	    (slot->worker.kind == WORKER_NATIVE || slot->worker.unsure);
}

/* What it is called in diagnostics. */
static const char *
name(const struct slot *slot)
{
	return slot->host->here ? "this host" : slot->host->name;
}

static uint64_t
finished(const struct slot *slot)
{
	return slot->account.done + slot->account.failed;
}

static struct slot *
find(const struct run *run, const char *which)
{
	for (size_t i = 0; i < run->slot_count; i++)
		if (run->slots[i]->host != NULL &&
		    strcmp(run->slots[i]->host->name, which) == 0)
			return run->slots[i];
	return NULL;
}

/* A place for a host, which it takes over. */
static const char *
add(struct run *run, struct host *host)
{
	const char *why = host_prepare(host, run->options);
	struct slot *slot = why == NULL ? pool_add(run) : NULL;

	if (slot == NULL) {
		host_free(host);
		return why == NULL ? host_no_memory : why;
	}
	slot->host = host;
	slot->account.host = host->name;
	slot->command = host->command.list;
	slot->start_at = run->times.now;
	return NULL;
}

/* An entry of a list: a new host, or another number of workers on one. */
static const char *
add_entry(struct run *run, const char *entry, size_t len)
{
	const char *why;
	struct host *host = host_new(entry, len, &why);
	struct slot *slot;

	if (host == NULL)
		return why;
	slot = find(run, host->name);
	if (slot == NULL)
		return add(run, host);
	if (slot->next_host == NULL && slot->host->workers == host->workers) {
		place_event(&slot->place, PLACE_RECALL);
		host_free(host);
		return NULL;
	}
	why = host_prepare(host, run->options);
	if (why != NULL) {
		host_free(host);
		return why;
	}
	/* The link that stands has what it needs of the old one. */
	host_free(slot->next_host);
	slot->next_host = host;
	if (place_may(&slot->place, PLACE_HEAR))
		place_event(&slot->place, PLACE_LET_GO);
	place_event(&slot->place, PLACE_RECALL);
	return NULL;
}

/* The next entry of a list, and what is behind it; false at its end. */
static bool
next_entry(const char **list, const char **entry, size_t *len)
{
	if (*list == NULL)
		return false;
	*entry = *list + strspn(*list, " \t\r\n");
	*len = strcspn(*entry, ",");
	*list = (*entry)[*len] == ',' ? *entry + *len + 1 : NULL;
	while (*len > 0 && strchr(" \t\r\n", (*entry)[*len - 1]) != NULL)
		--*len;
	return true;
}

/* What is wrong in a list, NULL if nothing is. */
static const char *
check_list(const char *list)
{
	const char *why = NULL, *entry;
	size_t len;

	while (why == NULL && next_entry(&list, &entry, &len))
		host_free(host_new(entry, len, &why));
	return why;
}

const char *
hosts_add(struct run *run, const char *list)
{
	const char *why = check_list(list), *entry;
	size_t len;

	while (why == NULL && next_entry(&list, &entry, &len))
		why = add_entry(run, entry, len);
	return why;
}

/* It finishes what it has, and gets no more. */
static void
retire(struct run *run, struct slot *slot)
{
	place_event(&slot->place, PLACE_RETIRE);
	if (run->reserved == slot)
		run->reserved = NULL;
}

const char *
hosts_set(struct run *run, const char *list)
{
	const char *why = check_list(list);

	if (why == NULL && list[strspn(list, "0123456789")] == '\0')
		why = "each host has its own, as in host:N";
	if (why != NULL)
		return why;
	for (size_t i = 0; i < run->slot_count; i++)
		retire(run, run->slots[i]);
	return hosts_add(run, list);
}

/* The list that an option gave, whose name is what. */
static void
add_listed(struct run *run, const char *list, const char *what)
{
	const char *entry;
	size_t len;

	while (next_entry(&list, &entry, &len)) {
		const char *why = add_entry(run, entry, len);

		if (why != NULL)
			die(why == host_no_memory ? STATUS_BROKEN : STATUS_MISUSE, 0,
			    "%s: %.*s: %s", what, (int)len, entry, why);
	}
}

static void
read_file(struct run *run, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (file == NULL)
		die(STATUS_MISUSE, errno, "%s", path);
	while ((len = getline(&line, &size, file)) >= 0) {
		if (strlen(line) != (size_t)len)
			die(STATUS_MISUSE, 0, "%s: a line with a NUL", path);
		line[strcspn(line, "#\n")] = '\0';
		if (line[strspn(line, " \t\r")] != '\0')
			add_listed(run, line, path);
	}
	if (ferror(file) || fclose(file) != 0)
		die(STATUS_MISUSE, errno, "%s", path);
	free(line);
}

void
hosts_open(struct run *run)
{
	const struct run_options *options = run->options;

	if (options->host_list != NULL)
		add_listed(run, options->host_list, "--host");
	if (options->host_file != NULL)
		read_file(run, options->host_file);
	if (run->slot_count == 0)
		die(STATUS_MISUSE, 0, "%s: no host in it", options->host_file);
	run->workers = run->slot_count;
	run->links.good_at = run->times.now;
}

const char *
hosts_drop(struct run *run, const char *which)
{
	struct slot *slot = find(run, which);
	size_t left = 0;

	for (size_t i = 0; i < run->slot_count; i++)
		left += place_may(&run->slots[i]->place, PLACE_COUNT);
	if (slot == NULL || !place_may(&slot->place, PLACE_COUNT))
		return "no such host";
	if (left == 1)
		return "the last one; see drain";
	retire(run, slot);
	return NULL;
}

void
hosts_begin(struct run *run, struct slot *slot)
{
	if (slot->next_host != NULL) {
		host_free(slot->host);
		slot->host = slot->next_host;
		slot->next_host = NULL;
		slot->account.host = slot->host->name;
		slot->command = slot->host->command.list;
	}
	slot->host->finished = finished(slot);
	slot->host->hello_by = run->times.now + HELLO_WAIT;
	slot->host->refused = false;
	slot->pace = (struct pace){ 0 };
	slot->worker.errors.last_len = 0;
}

/* It cannot go on: what was last heard of a host is told with it. */
static void
end(struct run *run, const char *what)
{
	const char *why = run->links.why;

	ending_say(&run->ending, ENDING_BROKEN, "%s%s%s", what,
	    *why == '\0' ? "" : ", the last: ", why);
}

void
hosts_end(struct run *run)
{
	if (run->links.over != NULL)
		end(run, run->links.over);
}

/*
 * Is it of no use to try again?  Misuse, and what cannot be run, stay as they are, and
 * so does a command with which the par-run there gave in before it finished anything.
 */
static bool
is_final(const struct run *run, const struct slot *slot)
{
	int code = slot->worker.exit_code;
	bool blocks = run->options->block_records != 0;

	return slot->host->refused || code == STATUS_MISUSE ||
	    code == STATUS_CANNOT_RUN || code == STATUS_NOT_FOUND ||
	    worker_never(&slot->worker, blocks && finished(slot) > 0) ||
	    (code == STATUS_BROKEN && finished(slot) == slot->host->finished);
}

/* Say what happened to a link, if that is news, and remember it. */
static void
say(struct run *run, const struct slot *slot, uint64_t back, const char *how)
{
	const struct worker *worker = &slot->worker;
	char last[200], sent[64] = "";
	size_t len = worker->errors.last_len;

	if (len > 0 && worker->errors.last[len - 1] == '\r') /* ssh(1) ends lines so */
		len--;
	printable(last, sizeof(last), worker->errors.last, len);
	snprintf(run->links.why, sizeof(run->links.why), "%s: %s%s%s", name(slot), how,
	    *last == '\0' ? "" : ": ", last);
	if (back == 0 && !is_final(run, slot) && slot->host->losses > 1)
		return;
	if (back > 0)
		snprintf(sent, sizeof(sent), "; %llu records sent again",
		    (unsigned long long)back);
	warn("%s%s%s", run->links.why,
	    is_final(run, slot) ? "; this host is given up" : "", sent);
}

/* A link that had records broke: did anybody finish something since the last did? */
static bool
suspicious(struct run *run)
{
	struct links *links = &run->links;
	uint64_t sum = 0;

	for (size_t i = 0; i < run->slot_count; i++)
		sum += finished(run->slots[i]);
	links->fruitless = sum > links->finished ? 1 : links->fruitless + 1;
	links->finished = sum;
	if (links->fruitless >= BROKEN_AFTER)
		links->over = "link after link broke with nothing finished";
	return links->fruitless >= SUSPECT_AFTER;
}

/* A host is given up: is there another one? */
static void
give_up(struct run *run, struct slot *slot)
{
	retire(run, slot);
	for (size_t i = 0; i < run->slot_count; i++)
		if (place_may(&run->slots[i]->place, PLACE_COUNT))
			return;
	run->links.over = "no host is left";
}

bool
hosts_lost(struct run *run, struct slot *slot, uint64_t back, const char *how)
{
	struct host *host = slot->host;
	bool known = slot->worker.kind == WORKER_NATIVE || slot->worker.unsure;

	if (run->phase >= PHASE_STOP || (slot->worker.in < 0 && !known))
		return false;
	if (slot->worker.in < 0 && back == 0) { /* all is done, whatever its end was */
		run->trouble = run->trouble || slot->worker.exit_code == STATUS_FAILED;
		if (slot->worker.exit_code == STATUS_NEVER)
			gate_give_in(run, diag_never);
		return false;
	}
	host->losses = finished(slot) > host->finished ? 1 : host->losses + 1;
	say(run, slot, back, how == NULL ? "ended early" : how);
	if (is_final(run, slot))
		give_up(run, slot);
	return known && back > 0 && !is_final(run, slot) && suspicious(run);
}

uint64_t
hosts_pause(const struct slot *slot)
{
	return backoff_wait(&breaks, slot->host->losses, 0);
}

void
hosts_forgo(struct run *run, struct slot *slot)
{
	if (slot->worker.kind != WORKER_UNKNOWN || slot->worker.in < 0 ||
	    slot->worker.window.records > 0)
		return;
	worker_signal(&slot->worker, SIGTERM); /* before it can wonder at the end */
	pool_end_input(run, slot);
}

/* Is a link being made? */
static bool
connecting(const struct slot *slot)
{
	return slot->host != NULL && slot->worker.pid != 0 && !slot->worker.ended &&
	    slot->worker.kind == WORKER_UNKNOWN && !slot->worker.unsure;
}

/* Does it matter that no host is up? */
static bool
none_up(const struct run *run)
{
	if (!hosts_used(run->options) || run->phase >= PHASE_STOP || !gate_has_input(run))
		return false;
	for (size_t i = 0; i < run->slot_count; i++)
		if (up(run->slots[i]))
			return false;
	return true;
}

void
hosts_turn(struct run *run)
{
	char what[80];

	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = run->slots[i];

		if (!connecting(slot) || run->times.now < slot->host->hello_by)
			continue;
		warn("%s: no word of a par-run there", name(slot));
		place_tell(&slot->place, PLACE_STUCK);
		worker_signal(&slot->worker, SIGKILL);
		slot->host->hello_by = UINT64_MAX;
	}
	if (!none_up(run)) {
		run->links.good_at = run->times.now;
	} else if (run->times.now - run->links.good_at >= run->options->host_wait) {
		snprintf(what, sizeof(what), "no host for %g s",
		    (double)run->options->host_wait / 1000);
		end(run, what);
	}
}

uint64_t
hosts_due(const struct run *run)
{
	uint64_t due =
	    none_up(run) ? run->links.good_at + run->options->host_wait : UINT64_MAX;

	for (size_t i = 0; i < run->slot_count; i++)
		if (connecting(run->slots[i]) && run->slots[i]->host->hello_by < due)
			due = run->slots[i]->host->hello_by;
	return due;
}
