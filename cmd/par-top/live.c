/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "fdio.h"
#include "grow.h"
#include "keyboard.h"
#include "list_page.h"
#include "live.h"
#include "need.h"
#include "orders.h"
#include "run_page.h"
#include "sig.h"
#include "terminal.h"

enum { NOTE = 200, KEYS = 64 /* bytes read at once */, LOW = 12 /* rows */ };

/* What poll(2) waits for: these two, and the runs that are asked. */
enum { POLL_KEYS, POLL_SIGNALS, POLL_RUNS };

struct live {
	const struct top_plan *plan;
	struct roster *roster;
	struct terminal terminal;
	struct sheet head, body, foot;
	struct pollfd *polls;
	size_t polls_room;
	int signals;
	struct watched *shown; /* on its page; NULL: the list is shown */
	bool choosing; /* if there is one run only, that is shown at first */
	size_t chosen; /* in the list */
	size_t first; /* line that is shown of what can be scrolled */
	uint64_t next; /* clock_ms() when runs are looked for, and asked, again */
	double wanted; /* workers that were asked for, and are not there yet; 0: none */
	bool sure; /* the next key says whether the run is drained */
	char note[NOTE]; /* stands in the last line; "": the keys do */
	bool over;
	int signal; /* that ended it */
};

static void
note(struct live *live, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
note(struct live *live, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(live->note, sizeof(live->note), format, args);
	va_end(args);
}

/* How many lines there are for what can be scrolled. */
static size_t
lines(const struct live *live)
{
	size_t taken = live->head.count + 1;

	return live->terminal.rows > taken ? live->terminal.rows - taken : 1;
}

static void
scroll(struct live *live)
{
	size_t room = lines(live), count = live->body.count;
	size_t last = count > room ? count - room : 0;

	if (live->shown == NULL) { /* the chosen one is to be seen, below the heads */
		size_t line = live->chosen + 1;

		live->first = line >= room ? line + 1 - room : 0;
	}
	if (live->first > last)
		live->first = last;
}

static bool
is_paused(const struct watched *run)
{
	static const char paused[] = "paused";
	struct field state = run->sight.state;

	return state.len == sizeof(paused) - 1 &&
	    memcmp(state.data, paused, state.len) == 0;
}

static void
make_foot(struct live *live)
{
	const struct watched *run = live->shown;

	if (live->note[0] != '\0')
		sheet_quote(&live->foot, live->note, strlen(live->note));
	else if (run == NULL)
		sheet_put(&live->foot,
		    live->roster->count == 0 ? "q quit; no par-run is running"
					     : "q quit  Enter show");
	else if (run->sight.control.data == NULL)
		sheet_put(&live->foot, "q quit  Left list  (it has no --control)");
	else
		sheet_put(&live->foot, "q quit  Left list  p %s%s  d drain",
		    is_paused(run) ? "resume" : "pause",
		    run->sight.hosts ? "" : "  + - workers");
	sheet_end(&live->foot);
}

static void
draw(struct live *live)
{
	size_t width;

	terminal_measure(&live->terminal);
	width = live->terminal.columns > 1 ? live->terminal.columns - 1 : 1;
	sheet_begin(&live->head, width);
	sheet_begin(&live->body, width);
	sheet_begin(&live->foot, width);
	if (live->shown == NULL) {
		const struct watched *chosen = live->chosen < live->roster->count
		    ? live->roster->runs[live->chosen]
		    : NULL;

		list_page(&live->body, live->roster, chosen);
	} else {
		/* On a low one what stands above workers is scrolled, too. */
		run_page_head(
		    live->terminal.rows < LOW ? &live->body : &live->head, live->shown);
		run_page_workers(&live->body, live->shown);
	}
	make_foot(live);
	scroll(live);
	if (terminal_show(
		&live->terminal, &live->head, &live->body, live->first, &live->foot) < 0)
		die(STATUS_BROKEN, errno, "standard output");
}

/* Look for runs, and ask what is to be shown of them. */
static void
look(struct live *live)
{
	struct roster *roster = live->roster;

	live->next = clock_ms() + live->plan->interval;
	if (roster_look(roster, live->shown) < 0)
		die(STATUS_BROKEN, errno, "%s", roster->folder);
	if (live->chosen >= roster->count)
		live->chosen = roster->count > 0 ? roster->count - 1 : 0;
	if (live->shown != NULL)
		roster_ask(live->shown);
	for (size_t i = 0; live->shown == NULL && i < roster->count; i++)
		roster_ask(roster->runs[i]);
}

static void
show(struct live *live, struct watched *run)
{
	live->shown = run;
	live->first = 0;
	live->wanted = 0;
	live->next = 0;
}

/* At first all are asked: if one of them is no other's, it is shown at once. */
static void
choose(struct live *live)
{
	struct watched *only = NULL, *outer = NULL;
	size_t outers = 0;

	for (size_t i = 0; i < live->roster->count; i++) {
		struct watched *run = live->roster->runs[i];

		if (run->fd >= 0)
			return; /* not all have answered */
		only = run;
		if (run->state != WATCHED_SEEN || !run->sight.inner) {
			outer = run;
			outers++;
		}
	}
	live->choosing = false;
	if (outers == 1)
		show(live, outer);
	else if (live->roster->count == 1)
		show(live, only);
}

/* Give the run an order. */
static void
order(struct live *live, const char *line)
{
	struct field control = live->shown->sight.control;
	const char *why =
	    control.data == NULL ? "it has none" : orders_give(control, line);

	if (why != NULL)
		note(live, "--control: %s", why);
	else
		note(live, "told it: %.*s", (int)strcspn(line, "\n"), line);
	live->next = 0;
}

/* So many workers more, or fewer. */
static void
order_workers(struct live *live, int more)
{
	const struct sight *sight = &live->shown->sight;
	double count = live->wanted > 0 ? live->wanted : sight->workers;
	char line[64];

	if (sight->hosts) {
		note(live, "it has hosts: see host and drop of --control");
		return;
	}
	if (count + more < 1)
		return;
	live->wanted = count + more;
	snprintf(line, sizeof(line), "workers %.0f\n", live->wanted);
	order(live, line);
}

/* A key on the page of one run. */
static void
obey(struct live *live, enum stroke key)
{
	bool sure = live->sure;

	live->sure = false;
	live->note[0] = '\0';
	switch (key) {
	case KEY_UP:
		live->first -= live->first > 0;
		return;
	case KEY_DOWN:
		live->first++;
		return;
	case KEY_PAGE_UP:
		live->first -= live->first < lines(live) ? live->first : lines(live);
		return;
	case KEY_PAGE_DOWN:
		live->first += lines(live);
		return;
	case KEY_BACK:
		show(live, NULL);
		return;
	case KEY_PAUSE:
		order(live, is_paused(live->shown) ? "resume\n" : "pause\n");
		return;
	case KEY_MORE:
		order_workers(live, 1);
		return;
	case KEY_FEWER:
		order_workers(live, -1);
		return;
	case KEY_DRAIN:
		live->sure = true;
		note(live, "finish what it has, and end?  y: yes");
		return;
	case KEY_YES:
		if (sure)
			order(live, "drain\n");
		return;
	case KEY_ENTER:
	case KEY_QUIT:
	case KEY_NONE:
		return;
	}
}

/* A key on the list. */
static void
move(struct live *live, enum stroke key)
{
	size_t last = live->roster->count > 0 ? live->roster->count - 1 : 0;

	if (key == KEY_UP && live->chosen > 0)
		live->chosen--;
	else if (key == KEY_DOWN && live->chosen < last)
		live->chosen++;
	else if (key == KEY_PAGE_UP)
		live->chosen = 0;
	else if (key == KEY_PAGE_DOWN)
		live->chosen = last;
	else if (key == KEY_ENTER && live->chosen < live->roster->count)
		show(live, live->roster->runs[live->chosen]);
}

static void
take_keys(struct live *live)
{
	char data[KEYS];
	ssize_t n = read(STDIN_FILENO, data, sizeof(data));
	size_t at = 0, used;

	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		live->over = true; /* the terminal has gone */
	for (; n > 0 && at < (size_t)n && !live->over; at += used) {
		enum stroke key = keyboard_stroke(data + at, (size_t)n - at, &used);

		live->choosing = false;
		if (key == KEY_QUIT)
			live->over = true;
		else if (live->shown != NULL)
			obey(live, key);
		else
			move(live, key);
	}
}

/* Have the terminal, also after others had it. */
static void
take_terminal(struct live *live)
{
	if (terminal_take(&live->terminal) < 0)
		die(STATUS_BROKEN, errno, "terminal");
}

static void
take_signals(struct live *live)
{
	int number;

	while ((number = sig_next(live->signals)) != 0) {
		if (number == SIGTSTP) {
			terminal_give_back(&live->terminal);
			kill(getpid(), SIGSTOP);
		}
		if (number == SIGTSTP || number == SIGCONT) {
			take_terminal(live);
		} else if (number != SIGWINCH) {
			live->signal = number;
			live->over = true;
			return;
		}
	}
}

/* How long to wait, ms. */
static int
wait_for(const struct live *live)
{
	uint64_t due = live->next, now = clock_ms();

	for (size_t i = 0; i < live->roster->count; i++) {
		const struct watched *run = live->roster->runs[i];

		if (run->fd >= 0 && run->until < due)
			due = run->until;
	}
	return due > now ? (int)(due - now) : 0;
}

/* Wait for something to happen, and see to it. */
static void
turn(struct live *live)
{
	struct roster *roster = live->roster;
	nfds_t count = POLL_RUNS;
	struct pollfd *polls = grow(live->polls, &live->polls_room,
	    POLL_RUNS + roster->count, sizeof(*polls), SIZE_MAX);

	if (polls == NULL)
		need_failed((POLL_RUNS + roster->count) * sizeof(*polls));
	live->polls = polls;
	polls[POLL_KEYS] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	polls[POLL_SIGNALS] = (struct pollfd){ .fd = live->signals, .events = POLLIN };
	for (size_t i = 0; i < roster->count; i++)
		if (roster->runs[i]->fd >= 0)
			polls[count++] = roster_poll(roster->runs[i]);
	if (poll(polls, count, wait_for(live)) < 0) {
		if (errno != EINTR)
			die(STATUS_BROKEN, errno, "poll");
		polls[POLL_KEYS].revents = 0;
	}
	take_signals(live);
	if (polls[POLL_KEYS].revents != 0 && !live->over)
		take_keys(live);
	for (size_t i = 0; i < roster->count; i++)
		roster_take(roster->runs[i]);
	if (live->shown != NULL && live->shown->sight.workers == live->wanted)
		live->wanted = 0;
}

static void
begin(struct live *live)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT,
		SIGWINCH };

	signal(SIGPIPE, SIG_IGN);
	live->signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	if (live->signals < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	live->head.styles = live->body.styles = live->foot.styles = true;
	live->head.colours = live->body.colours = terminal_has_colours();
	diag_before_end(terminal_give_back, &live->terminal);
	take_terminal(live);
}

static void
end(struct live *live)
{
	diag_before_end(NULL, NULL);
	terminal_free(&live->terminal);
	sheet_free(&live->head);
	sheet_free(&live->body);
	sheet_free(&live->foot);
	free(live->polls);
	close(live->signals);
}

int
live_show(struct roster *roster, const struct top_plan *plan)
{
	struct live live = { .plan = plan, .roster = roster, .choosing = plan->pid == 0 };

	begin(&live);
	look(&live);
	if (plan->pid != 0)
		live.shown = roster_find(roster, (pid_t)plan->pid);
	while (!live.over) {
		if (clock_ms() >= live.next)
			look(&live);
		if (live.choosing)
			choose(&live);
		draw(&live);
		turn(&live);
	}
	end(&live);
	return live.signal;
}
