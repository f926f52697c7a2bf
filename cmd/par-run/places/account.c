/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "clock.h"
#include "diag.h"

/* Room for a name, and for a line, bytes. */
enum { ACCOUNT_NAME = HOST_NAME_MOST + 1, LINE_SIZE = 128 + ACCOUNT_NAME };

void
accounts_add(struct accounts *accounts, struct account *account)
{
	if (accounts->last == NULL)
		accounts->first = account;
	else
		accounts->last->next = account;
	accounts->last = account;
	accounts->count++;
}

void
account_given(struct account *account, uint64_t first, uint64_t count, uint64_t bytes)
{
	account->last = first;
	account->given += count;
	account->bytes_in += bytes;
	if (account->busy_since == 0)
		account->busy_since = clock_ns();
}

uint64_t
account_busy(const struct account *account)
{
	uint64_t since = account->busy_since;

	return account->busy + (since == 0 ? 0 : clock_ns() - since);
}

void
account_ended(struct account *account, const char *how)
{
	account->ends++;
	account_idle(account);
	snprintf(account->ended, sizeof(account->ended), "%s", how == NULL ? "" : how);
}

void
account_idle(struct account *account)
{
	account->busy = account_busy(account);
	account->busy_since = 0;
}

/* What the table calls the place: its number, or its host; name, for at once. */
static const char *
name_of(const struct account *account, char name[static ACCOUNT_NAME])
{
	if (account->host != NULL)
		return account->host;
	snprintf(name, ACCOUNT_NAME, "%u", account->worker->number);
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
	uint64_t jobs = account->done + account->failed, busy = account_busy(account);

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
account_show(const struct accounts *accounts)
{
	static const char head[] =
	    "      jobs  % of all     time sum     time/job   failed "
	    " retries restarts       bytes in      bytes out  worker\n";
	char *text = malloc(sizeof(head) + (accounts->count + 1) * LINE_SIZE), *to = text;
	struct account sum = { 0 };

	if (text == NULL) {
		warn("what each worker did: %s", strerror(errno));
		return;
	}
	for (const struct account *a = accounts->first; a != NULL; a = a->next)
		add(&sum, a);
	to = stpcpy(to, head);
	for (const struct account *a = accounts->first; a != NULL; a = a->next) {
		char name[ACCOUNT_NAME];

		to += format(to, name_of(a, name), a, sum.done + sum.failed);
	}
	to += format(to, "all", &sum, sum.done + sum.failed);
	diag_text(text, (size_t)(to - text));
	free(text);
}
