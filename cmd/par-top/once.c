/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "clock.h"
#include "list_page.h"
#include "need.h"
#include "once.h"
#include "run_page.h"

static bool
is_asked_for(const struct watched *run, const struct top_plan *plan)
{
	return plan->pid == 0 || (uint64_t)run->pid == plan->pid;
}

/* Wait for answers.  How many are missing still, or -1 with errno. */
static int
await(struct roster *roster, struct pollfd *polls)
{
	uint64_t until = clock_ms(), now = until;
	nfds_t count = 0;

	for (size_t i = 0; i < roster->count; i++) {
		if (roster->runs[i]->fd < 0)
			continue;
		polls[count++] = roster_poll(roster->runs[i]);
		if (roster->runs[i]->until > until)
			until = roster->runs[i]->until;
	}
	if (count > 0 && poll(polls, count, (int)(until - now)) < 0 && errno != EINTR)
		return -1;
	for (size_t i = 0; i < roster->count; i++)
		roster_take(roster->runs[i]);
	return (int)count;
}

int
once_ask(struct roster *roster, const struct top_plan *plan)
{
	struct pollfd *polls;
	int left = 1;

	if (roster_look(roster, NULL) < 0)
		return -1;
	if (roster->error != 0) {
		errno = roster->error;
		return -1;
	}
	for (size_t i = 0; i < roster->count; i++)
		if (is_asked_for(roster->runs[i], plan))
			roster_ask(roster->runs[i]);
	polls = calloc(roster->count + 1, sizeof(*polls));
	if (polls == NULL)
		return -1;
	while (left > 0)
		left = await(roster, polls);
	free(polls);
	return left;
}

static void
put_json(struct bytes *text, const struct roster *roster, const struct top_plan *plan)
{
	for (size_t i = 0; i < roster->count; i++) {
		const struct watched *run = roster->runs[i];

		if (run->state != WATCHED_SEEN || run->said.len == 0 ||
		    !is_asked_for(run, plan))
			continue;
		need_put(text, run->said.data, run->said.len);
		if (text->data[text->len - 1] != '\n')
			need_put(text, "\n", 1);
	}
}

void
once_put(struct bytes *text, const struct roster *roster, const struct top_plan *plan,
    size_t width)
{
	const struct watched *run =
	    plan->pid == 0 ? NULL : roster_find(roster, (pid_t)plan->pid);
	struct sheet sheet = { 0 };

	if (plan->json) {
		put_json(text, roster, plan);
		return;
	}
	sheet_begin(&sheet, width);
	if (plan->pid == 0) {
		list_page(&sheet, roster, NULL);
	} else if (run != NULL) {
		run_page_head(&sheet, run);
		run_page_workers(&sheet, run);
	}
	need_put(text, sheet.text.data, sheet.text.len);
	sheet_free(&sheet);
}
