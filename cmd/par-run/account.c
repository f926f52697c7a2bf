/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "run.h"

enum { LINE_SIZE = 128 + ACCOUNT_NAME };

void
account_given(struct slot *slot, uint64_t count, uint64_t bytes)
{
	slot->account.given += count;
	slot->account.bytes_in += bytes;
	if (slot->account.busy_since == 0)
		slot->account.busy_since = clock_ns();
}

void
account_idle(struct slot *slot)
{
	if (slot->account.busy_since != 0)
		slot->account.busy += clock_ns() - slot->account.busy_since;
	slot->account.busy_since = 0;
}

const char *
account_name(const struct slot *slot, char name[ACCOUNT_NAME])
{
	if (slot->host != NULL)
		return slot->host->name;
	snprintf(name, ACCOUNT_NAME, "%u", slot->worker.number);
	return name;
}

static double
ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

/* One line of the table; name is of the place. */
static int
format(char *line, const char *name, const struct account *account, uint64_t all)
{
	uint64_t jobs = account->done + account->failed, busy = account->busy;

	if (account->busy_since != 0)
		busy += clock_ns() - account->busy_since;
	return snprintf(line, LINE_SIZE,
	    "%10llu %8.2f %12.4f %12.6f %8llu %8llu %8llu %14llu %14llu  %s\n",
	    (unsigned long long)jobs, 100 * ratio((double)jobs, (double)all),
	    (double)busy / 1e9, ratio((double)busy / 1e9, (double)jobs),
	    (unsigned long long)account->failed, (unsigned long long)account->retries,
	    (unsigned long long)account->restarts, (unsigned long long)account->bytes_in,
	    (unsigned long long)account->bytes_out, name);
}

static void
add(struct account *sum, const struct account *account)
{
	sum->starts += account->starts;
	sum->restarts += account->restarts;
	sum->retries += account->retries;
	sum->given += account->given;
	sum->done += account->done;
	sum->failed += account->failed;
	sum->bytes_in += account->bytes_in;
	sum->bytes_out += account->bytes_out;
	sum->busy += account->busy;
}

void
account_show(const struct run *run)
{
	static const char head[] =
	    "      jobs  % of all     time sum     time/job   failed "
	    " retries restarts       bytes in      bytes out  worker\n";
	char *text = malloc(sizeof(head) + (run->slot_count + 1) * LINE_SIZE), *to = text;
	struct account sum = { 0 };

	if (text == NULL)
		return;
	for (size_t i = 0; i < run->slot_count; i++)
		add(&sum, &run->slots[i]->account);
	memcpy(to, head, sizeof(head) - 1);
	to += sizeof(head) - 1;
	for (size_t i = 0; i < run->slot_count; i++) {
		char name[ACCOUNT_NAME];

		to += format(to, account_name(run->slots[i], name),
		    &run->slots[i]->account, sum.done + sum.failed);
	}
	to += format(to, "all", &sum, sum.done + sum.failed);
	diag_text(text, (size_t)(to - text));
	free(text);
}
