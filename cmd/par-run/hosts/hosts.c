/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "diag.h"
#include "gate.h"
#include "host.h"
#include "hosts.h"
#include "ledger.h"
#include "plural.h"
#include "pool.h"
#include "printable.h"

enum {
	HELLO_WAIT = 60 * 1000, /* ms from a link's start to the words of its other end */
	MISSED = 3, /* signs of life that did not come, until a link is doubted */
	SUSPECT_AFTER = 3, /* breaks in a row with nothing finished anywhere */
	BROKEN_AFTER = 24
};

/* Before a link that broke is made again. */
static const struct backoff breaks = {
	.first = 100, .longest = 15 * 1000, .spread = true
};

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
	return slot->link.host->here ? "this host" : slot->link.host->name;
}

static uint64_t
finished(const struct slot *slot)
{
	return slot->account.done + slot->account.failed;
}

static struct slot *
find(const struct hosts *hosts, const char *which)
{
	for (size_t i = 0; i < hosts->pool->count; i++)
		if (hosts->pool->slots[i]->link.host != NULL &&
		    strcmp(hosts->pool->slots[i]->link.host->name, which) == 0)
			return hosts->pool->slots[i];
	return NULL;
}

static const char *
prepare(const struct hosts *hosts, struct host *host)
{
	/* Each line of a record follows on what its process wrote. */
	return host_prepare(host, hosts->options, hosts->header,
	    hosts->facts->named ? NULL : hosts->facts->run,
	    &(struct job_takes){ .runs = hosts->options->results != NULL
		    ? RUNS_NONE
		    : ledger_takes(hosts->ledger),
		.trace = trace_share(hosts->trace) });
}

/* A place for a host, which it takes over. */
static const char *
add(struct hosts *hosts, struct host *host)
{
	const char *why = prepare(hosts, host);
	struct slot *slot = why == NULL ? pool_add(hosts->pool) : NULL;

	if (slot == NULL) {
		host_free(host);
		return why == NULL ? words_no_memory : why;
	}
	host_link_set(&slot->link, host);
	host_link_listed(&slot->link, hosts->round);
	account_link(&slot->account, host->name);
	slot_rest(slot, hosts->times->now);
	return NULL;
}

/* An entry of a list: a new host, or another number of workers on one. */
static const char *
add_entry(struct hosts *hosts, const char *entry, size_t len)
{
	const char *why;
	struct host *host = host_new(entry, len, &why);
	struct slot *slot;

	if (host == NULL)
		return why;
	slot = find(hosts, host->name);
	if (slot == NULL)
		return add(hosts, host);
	host_link_listed(&slot->link, hosts->round);
	if (slot->link.next == NULL && slot->link.host->workers == host->workers) {
		place_event(&slot->place, PLACE_RECALL);
		host_free(host);
		return NULL;
	}
	why = prepare(hosts, host);
	if (why != NULL) {
		host_free(host);
		return why;
	}
	/* The link that stands has what it needs of the old one. */
	host_free(slot->link.next);
	host_link_next(&slot->link, host);
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
hosts_add(struct hosts *hosts, const char *list)
{
	const char *why = check_list(list), *entry;
	size_t len;

	while (why == NULL && next_entry(&list, &entry, &len))
		why = add_entry(hosts, entry, len);
	return why;
}

const char *
hosts_set(struct hosts *hosts, const char *list)
{
	const char *why = check_list(list);

	if (why == NULL && list[strspn(list, "0123456789")] == '\0')
		why = "each host has its own, as in host:N";
	if (why != NULL)
		return why;
	hosts->round++;
	why = hosts_add(hosts, list);
	/* Without memory all stay, since there may be none of the list. */
	for (size_t i = 0; why == NULL && i < hosts->pool->count; i++)
		if (hosts->pool->slots[i]->link.listed != hosts->round)
			place_event(&hosts->pool->slots[i]->place, PLACE_RETIRE);
	return why;
}

/* The list that an option gave, whose name is what. */
static void
add_listed(struct hosts *hosts, const char *list, const char *what)
{
	const char *entry;
	size_t len;

	while (next_entry(&list, &entry, &len)) {
		const char *why = add_entry(hosts, entry, len);

		if (why != NULL)
			die(why == words_no_memory ? STATUS_BROKEN : STATUS_MISUSE, 0,
			    "%s: %.*s: %s", what, (int)len, entry, why);
	}
}

/* The file cannot be read, as errno says: it is the wrong one, or there is no memory. */
static _Noreturn void
unreadable(const char *path)
{
	die(errno == ENOMEM ? STATUS_BROKEN : STATUS_MISUSE, errno, "%s", path);
}

static void
read_file(struct hosts *hosts, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (file == NULL)
		unreadable(path);
	errno = 0;
	while ((len = getline(&line, &size, file)) >= 0) {
		if (strlen(line) != (size_t)len)
			die(STATUS_MISUSE, 0, "%s: a line with a NUL", path);
		line[strcspn(line, "#\n")] = '\0';
		if (line[strspn(line, " \t\r")] != '\0')
			add_listed(hosts, line, path);
	}
	if (ferror(file) || errno == ENOMEM)
		unreadable(path);
	fclose(file);
	free(line);
}

void
hosts_open(struct hosts *hosts)
{
	const struct run_options *options = hosts->options;

	if (options->host_list != NULL)
		add_listed(hosts, options->host_list, "--host");
	if (options->host_file != NULL)
		read_file(hosts, options->host_file);
	if (hosts->pool->count == 0)
		die(STATUS_MISUSE, 0, "%s: no host in it", options->host_file);
	pool_begin(hosts->pool, hosts->pool->count);
	hosts->good_at = hosts->times->now;
}

const char *
hosts_drop(struct hosts *hosts, const char *which)
{
	struct slot *slot = find(hosts, which);
	size_t left = 0;

	for (size_t i = 0; i < hosts->pool->count; i++)
		left += place_may(&hosts->pool->slots[i]->place, PLACE_COUNT);
	if (slot == NULL || !place_may(&slot->place, PLACE_COUNT))
		return "no such host";
	if (left == 1)
		return "the last one; see drain";
	place_event(&slot->place, PLACE_RETIRE);
	return NULL;
}

void
hosts_begin(struct hosts *hosts, struct slot *slot)
{
	if (slot->link.next != NULL) {
		host_free(slot->link.host);
		host_link_set(&slot->link, slot->link.next);
		host_link_next(&slot->link, NULL);
		account_link(&slot->account, slot->link.host->name);
	}
	slot->link.host->finished = finished(slot);
	slot->link.host->begun_at = hosts->times->now;
	slot->link.host->hello_by = hosts->times->now + HELLO_WAIT;
	slot->link.host->refused = false;
	host_link_begin(&slot->link);
	host_link_heard(&slot->link, hosts->times->now);
	result_files_forget(&slot->files);
}

/* The run cannot go on: what was last heard of a host is told with it. */
static void
end(struct hosts *hosts, const char *what)
{
	const char *why = hosts->why;

	ending_say(hosts->ending, ENDING_BROKEN, "%s%s%s", what,
	    *why == '\0' ? "" : ", the last: ", why);
}

void
hosts_end(struct hosts *hosts)
{
	if (hosts->over != NULL)
		end(hosts, hosts->over);
}

/*
 * Is it of no use to try again?  Misuse, and what cannot be run, stay as they are, and
 * so does a command with which the par-run there gave in before it finished anything.
 */
static bool
is_final(const struct hosts *hosts, const struct slot *slot)
{
	int code = slot->worker.exit_code;
	bool blocks = hosts->options->block_records != 0;

	return slot->link.host->refused || code == STATUS_MISUSE ||
	    code == STATUS_CANNOT_RUN || code == STATUS_NOT_FOUND ||
	    worker_never(&slot->worker, blocks && finished(slot) > 0) ||
	    (code == STATUS_BROKEN && finished(slot) == slot->link.host->finished);
}

/* Say what happened to a link, if that is news, and remember it. */
static void
say(struct hosts *hosts, const struct slot *slot, uint64_t back, const char *how)
{
	const struct worker *worker = &slot->worker;
	char last[200], sent[64] = "";
	size_t len = worker->errors.last_len;

	if (len > 0 && worker->errors.last[len - 1] == '\r') /* ssh(1) ends lines so */
		len--;
	printable(last, sizeof(last), worker->errors.last, len);
	snprintf(hosts->why, sizeof(hosts->why), "%s: %s%s%s", name(slot), how,
	    *last == '\0' ? "" : ": ", last);
	if (back == 0 && !is_final(hosts, slot) && slot->link.host->losses > 1)
		return;
	if (back > 0)
		snprintf(sent, sizeof(sent), "; %llu record%s sent again",
		    (unsigned long long)back, plural(back, "", "s"));
	warn("%s%s%s%s", hosts->why,
	    is_final(hosts, slot) ? "; this host is given up" : "",
	    worker->exit_code == STATUS_NOT_FOUND ? ", see --remote" : "", sent);
}

/* A link that had records broke: did anybody finish something since the last did? */
static bool
suspicious(struct hosts *hosts, const struct slot *slot, uint64_t first)
{
	bool another = link_break_add(
	    &hosts->cut, slot->link.host->begun_at, hosts->times->now, first);
	uint64_t sum = 0;

	for (size_t i = 0; i < hosts->pool->count; i++)
		sum += finished(hosts->pool->slots[i]);
	hosts->fruitless = sum > hosts->finished ? 1 : hosts->fruitless + another;
	hosts->finished = sum;
	if (hosts->fruitless >= BROKEN_AFTER)
		hosts->over = "link after link broke with nothing finished";
	return hosts->fruitless >= SUSPECT_AFTER;
}

/* A host is given up: is there another one? */
static void
give_up(struct hosts *hosts, struct slot *slot)
{
	place_event(&slot->place, PLACE_RETIRE);
	for (size_t i = 0; i < hosts->pool->count; i++)
		if (place_may(&hosts->pool->slots[i]->place, PLACE_COUNT))
			return;
	hosts->over = "no host is left";
}

bool
hosts_lost(struct hosts *hosts, struct slot *slot, uint64_t back, uint64_t first,
    const char *how)
{
	struct host *host = slot->link.host;
	bool known = slot->worker.kind == WORKER_NATIVE || slot->worker.unsure;

	if (hosts->gate->phase >= PHASE_STOP || (slot->worker.in < 0 && !known) ||
	    slot->place.cause == PLACE_BEATEN)
		return false;
	if (slot->worker.in < 0 && back == 0) { /* all is done, whatever its end was */
		if (slot->worker.exit_code == STATUS_FAILED)
			ledger_trouble(hosts->ledger);
		if (slot->worker.exit_code == STATUS_NEVER)
			gate_give_in(hosts->gate, HOPE_GIVEN_UP, diag_never);
		return false;
	}
	host->losses = finished(slot) > host->finished ? 1 : host->losses + 1;
	say(hosts, slot, back, how == NULL ? "ended early" : how);
	if (is_final(hosts, slot))
		give_up(hosts, slot);
	return known && back > 0 && !is_final(hosts, slot) &&
	    suspicious(hosts, slot, first);
}

uint64_t
hosts_pause(const struct slot *slot)
{
	const struct host *host = slot->link.host;

	return backoff_wait(
	    &breaks, host->losses, host->begun_at + slot->worker.number * UINT64_C(7919));
}

void
hosts_cancel(struct hosts *hosts, struct slot *slot)
{
	if (slot->worker.kind != WORKER_UNKNOWN || slot->worker.in < 0 ||
	    slot->worker.window.records > 0)
		return;
	worker_signal(&slot->worker, SIGTERM); /* before it can wonder at the end */
	pool_end_input(hosts->pool, slot);
}

/* Is a link being made? */
static bool
connecting(const struct slot *slot)
{
	return slot->link.host != NULL && slot->worker.pid != 0 && !slot->worker.ended &&
	    slot->worker.kind == WORKER_UNKNOWN && !slot->worker.unsure;
}

/* When the next sign of life of a link is to be there at the latest, clock_ms(). */
static uint64_t
beat_by(const struct slot *slot)
{
	uint64_t beat = slot->worker.hello.beat;

	if (slot->link.host == NULL || !up(slot) || slot->worker.ended || beat == 0)
		return UINT64_MAX;
	return slot->link.doubt_at != 0 ? slot->link.doubt_at + beat
					: slot->link.heard_at + MISSED * beat;
}

/* The other end of the link does not answer: what it has goes elsewhere. */
static void
cut(struct slot *slot, const char *what)
{
	warn("%s: %s", name(slot), what);
	place_terminate(&slot->place, PLACE_STUCK);
	worker_signal(&slot->worker, SIGKILL);
}

/* See whether the other end of the link lives, as it said that it would. */
static void
look_for_beat(struct hosts *hosts, struct slot *slot)
{
	uint64_t now = hosts->times->now;
	char what[80];

	if (now < beat_by(slot))
		return;
	if (slot->link.doubt_at == 0) {
		host_link_doubt(&slot->link, now);
		return;
	}
	snprintf(what, sizeof(what), "no sign of life for %g s",
	    (double)(now - slot->link.heard_at) / 1000);
	host_link_heard(&slot->link, now);
	cut(slot, what);
}

/* Does it matter that no host is up? */
static bool
none_up(const struct hosts *hosts)
{
	if (!options_hosts(hosts->options) || hosts->gate->phase >= PHASE_STOP ||
	    !supply_left(hosts->supply))
		return false;
	for (size_t i = 0; i < hosts->pool->count; i++)
		if (up(hosts->pool->slots[i]))
			return false;
	return true;
}

void
hosts_turn(struct hosts *hosts)
{
	char what[80];

	for (size_t i = 0; i < hosts->pool->count; i++) {
		struct slot *slot = hosts->pool->slots[i];

		look_for_beat(hosts, slot);
		if (!connecting(slot) || hosts->times->now < slot->link.host->hello_by)
			continue;
		cut(slot, "no word of a par-run there");
		slot->link.host->hello_by = UINT64_MAX;
	}
	if (!none_up(hosts)) {
		hosts->good_at = hosts->times->now;
	} else if (hosts->times->now - hosts->good_at >= hosts->options->host_wait) {
		snprintf(what, sizeof(what), "no host for %g s",
		    (double)hosts->options->host_wait / 1000);
		end(hosts, what);
	}
}

uint64_t
hosts_due(const struct hosts *hosts)
{
	uint64_t due =
	    none_up(hosts) ? hosts->good_at + hosts->options->host_wait : UINT64_MAX;

	for (size_t i = 0; i < hosts->pool->count; i++) {
		const struct slot *slot = hosts->pool->slots[i];
		uint64_t by =
		    connecting(slot) ? slot->link.host->hello_by : beat_by(slot);

		due = by < due ? by : due;
	}
	return due;
}

void
hosts_close(const struct hosts *hosts)
{
	for (size_t i = 0; i < hosts->pool->count; i++) {
		struct slot *slot = hosts->pool->slots[i];

		host_free(slot->link.host);
		host_free(slot->link.next);
		host_link_set(&slot->link, NULL);
		host_link_next(&slot->link, NULL);
	}
}
