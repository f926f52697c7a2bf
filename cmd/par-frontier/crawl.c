/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anew.h"
#include "clock.h"
#include "command.h"
#include "crawl.h"
#include "fdio.h"
#include "field.h"
#include "flight.h"
#include "frontier.h"
#include "headway.h"
#include "need.h"
#include "num.h"
#include "plural.h"
#include "quotas.h"
#include "record.h"
#include "roles.h"
#include "sig.h"
#include "signs.h"
#include "spawn.h"
#include "spelling.h"
#include "spoken.h"

enum {
	LOOK_EVERY = 1000, /* ms between looks at the command, though no signal told */
	COMMIT_AFTER = 1000, /* milliseconds, or */
	COMMIT_CHANGES = 16384, /* that many changes */
	SEND_AHEAD = 64 << 10, /* bytes that wait to be written to the command */
	ENDLESS_AFTER = 5000, /* milliseconds without one more, after links */
	BARREN_MOST = 3, /* ends of the command, one after the other, without a page */
	EXCHANGE_EVERY = 50, /* ms between looks at what others have left */
	EFFECTIVE = 4 /* its place among the fields of a page */
};

enum poll_slot {
	POLL_START,
	POLL_SIGNALS,
	POLL_OUTPUT,
	POLL_SEND,
	POLL_HEAR,
	POLL_SPOKEN,
	POLLS
};

struct crawl {
	const struct crawl_plan *plan;
	struct frontier *frontier;
	struct flights flights;
	struct crawl_command command;
	struct record_reader starts; /* standard input */
	bool started; /* there was something */
	struct record_writer out;
	const char *out_name;
	uint64_t out_before; /* bytes in the output that earlier runs wrote */
	bool out_begun; /* what else it had is gone */
	struct exchange exchange; /* with those that share the hosts, if any do */
	uint64_t exchanged; /* clock_ms() of the last look at it */
	struct quotas quotas;
	struct bytes text; /* of the URL at work on */
	int signals;
	uint64_t heard; /* clock_ms() of the last sign of life of the command */
	uint64_t committed; /* and of the last commit */
	uint64_t began; /* clock_ms() */
	uint64_t pages; /* that were finished in this run */
	unsigned finished; /* pages, since the command was started */
	unsigned barren;
	bool endless; /* no record ends a page: that was said */
	bool ending; /* the command gets no more, and is to end */
	bool stopped; /* by a signal */
	const char *used_up; /* of the budget, when nothing is in flight any more */
	bool failed;
	struct headway headway;
	uint64_t named; /* that failed */
};

static void
complain(struct crawl *crawl, const char *url, size_t len, const char *why)
{
	warn_record(url, len, why);
	crawl->failed = true;
	crawl->named++;
}

static void
flush(struct crawl *crawl)
{
	if (writer_flush(&crawl->out) < 0)
		die_output(errno, crawl->out_name);
}

/* Does it share the hosts with others? */
static bool
shares(const struct crawl *crawl)
{
	return crawl->plan->share.count > 0;
}

/*
 * Make what was done last: first the output and what is left for others, then the state,
 * which tells of them.
 */
static void
commit(struct crawl *crawl)
{
	bool durable =
	    frontier_changes(crawl->frontier) > 0 && crawl->plan->state != NULL;

	flush(crawl);
	exchange_flush(&crawl->exchange, durable);
	if (durable && fdatasync(crawl->out.to.fd) < 0 && errno != EINVAL &&
	    errno != EROFS)
		die_output(errno, crawl->out_name);
	frontier_commit(crawl->frontier, crawl->out_before + crawl->out.total);
	crawl->committed = clock_ms();
	diag_awaits("URLs");
}

static uint32_t
level_of(const struct crawl *crawl, uint32_t depth)
{
	return crawl->plan->depth == UINT64_MAX ? 0 : depth;
}

/* Leave a URL of another's host for that one, if it was not; false: it is ours. */
static bool
leave(struct crawl *crawl, const struct spelling *url, const uint32_t *depth)
{
	const struct exchange_share *share = &crawl->plan->share;
	uint64_t owner = exchange_owner(share, url);

	if (owner == share->number)
		return false;
	if (frontier_know(crawl->frontier, url))
		exchange_put(&crawl->exchange, owner, url, depth);
	return true;
}

/* Add a URL of which the crawl begins. */
static void
add_start(struct crawl *crawl, const struct spelling *url)
{
	if (!leave(crawl, url, &(uint32_t){ 0 }) &&
	    frontier_add(crawl->frontier, url, 0, 0))
		quotas_count(&crawl->quotas, crawl->frontier, url);
}

/* Take the records of standard input that are there. */
static void
take_starts(struct crawl *crawl)
{
	struct record rec;
	enum record_status got;
	struct field first;
	struct spelling url;

	while ((got = record_take(&crawl->starts, &rec)) != RECORD_NONE &&
	    got != RECORD_EOF) {
		crawl->started = true;
		field_split(rec.data, rec.len, &first, 1);
		field_at(rec.data, rec.len, 0, &first);
		if (got == RECORD_TOO_LONG)
			complain(crawl, rec.data, rec.len, "too long; see --max-record");
		else if (!spelling_read(&url, &crawl->text, first.data, first.len))
			complain(crawl, rec.data, rec.len,
			    memmem(first.data, first.len, "://", 3) == NULL
				? "not a URL: no http:// or https:// in front"
				: "not a URL of http or https");
		else
			add_start(crawl, &url);
	}
}

/* A page as far as its links are judged by it. */
struct page_origin {
	struct spelling page, answered; /* the second one of a start alone */
	struct bytes text, answered_text;
	bool moved; /* it is a start, and another URL has answered */
};

/* Does a URL begin as one that --within has? */
static bool
is_within(const struct crawl_plan *plan, const struct spelling *url)
{
	for (size_t i = 0; i < plan->within_count; i++) {
		size_t len = strlen(plan->within[i]);

		if (url->len >= len && memcmp(url->data, plan->within[i], len) == 0)
			return true;
	}
	return plan->within_count == 0;
}

/* Is a link of a page to be followed?  What a start leads to is as good as it. */
static bool
wanted(const struct crawl *crawl, const struct spelling *link,
    const struct page_origin *origin)
{
	const struct crawl_plan *plan = crawl->plan;

	if (plan->same_host && !spelling_same_host(link, &origin->page) &&
	    !(origin->moved && spelling_same_host(link, &origin->answered)))
		return false;
	return is_within(plan, link);
}

/* Who gives a start does not know where it leads, and would wonder why nothing comes. */
static void
tell_of_move(const struct crawl *crawl, const struct page_origin *origin)
{
	enum { WHY = 400 };
	const struct spelling *to = &origin->answered;
	char why[WHY];

	if (!origin->moved || is_within(crawl->plan, to))
		return;
	snprintf(why, sizeof(why), "leads to %.*s, which no --within has",
	    to->len < WHY ? (int)to->len : WHY, to->data);
	warn_record(origin->page.data, origin->page.len, why);
}

/* The page of a flight, and the URL that answered, if there is one. */
static bool
read_origin(struct page_origin *origin, const struct handed_url *flight,
    const struct field *effective)
{
	if (!spelling_read(&origin->page, &origin->text, flight->url, flight->len))
		return false;
	origin->moved = flight->depth == 0 && effective->len > 0 &&
	    spelling_read(&origin->answered, &origin->answered_text, effective->data,
		effective->len) &&
	    (origin->answered.len != origin->page.len ||
		memcmp(origin->answered.data, origin->page.data, origin->page.len) != 0);
	return true;
}

/* Is it new, and within the quotas?  Without any, frontier_add() sees to it. */
static bool
admitted(struct crawl *crawl, const struct spelling *link)
{
	const struct crawl_plan *plan = crawl->plan;

	return (plan->host_pages == 0 && plan->alike_pages == 0) ||
	    (!frontier_is_seen(crawl->frontier, link) &&
		quotas_admit(&crawl->quotas, crawl->frontier, link));
}

/* Add a URL to which some steps lead. */
static void
add_link(struct crawl *crawl, const struct spelling *link, uint32_t depth)
{
	if (!leave(crawl, link, &depth) && admitted(crawl, link))
		frontier_add(crawl->frontier, link, depth, level_of(crawl, depth));
}

/* A record that another one has left. */
static void
take_foreign(void *context, const char *data, size_t len)
{
	struct crawl *crawl = context;
	struct field fields[2] = { { "", 0 }, { "", 0 } };
	struct spelling url;
	uint64_t depth;

	field_at(data, len, 0, &fields[0]);
	field_at(data, len, 1, &fields[1]);
	if (!spelling_read(&url, &crawl->text, fields[0].data, fields[0].len) ||
	    exchange_owner(&crawl->plan->share, &url) != crawl->plan->share.number)
		complain(crawl, data, len, "was left by another one, and is not ours");
	else if (num_parse_bytes(
		     fields[1].data, fields[1].len, 0, UINT32_MAX - 1, &depth) < 0)
		frontier_know(crawl->frontier, &url);
	else if (depth == 0)
		add_start(crawl, &url);
	else if (depth <= crawl->plan->depth)
		add_link(crawl, &url, (uint32_t)depth);
}

/* Follow the links in the records that came of a page. */
static void
follow_links(struct crawl *crawl, const struct handed_url *flight,
    const struct page_origin *origin)
{
	struct spelling link;
	const char *at = flight->page.data, *end = at + flight->page.len;
	uint32_t depth = flight->depth + 1;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct field field;

		if (field_at(at, (size_t)(newline - at), 1, &field) && field.len > 0 &&
		    spelling_read(&link, &crawl->text, field.data, field.len) &&
		    wanted(crawl, &link, origin))
			add_link(crawl, &link, depth);
		at = newline + 1;
	}
}

static void
follow(
    struct crawl *crawl, const struct handed_url *flight, const struct field *effective)
{
	struct page_origin origin = { 0 };

	if (flight->page.len == 0 || flight->depth >= crawl->plan->depth)
		return;
	if (read_origin(&origin, flight, effective)) {
		tell_of_move(crawl, &origin);
		follow_links(crawl, flight, &origin);
	}
	bytes_free(&origin.text);
	bytes_free(&origin.answered_text);
}

/* Take a URL out of those in flight, and out of the queue. */
static void
finish(struct crawl *crawl, struct handed_url *flight)
{
	struct line line = flight->line;
	uint64_t last;
	size_t before = flights_of_line(&crawl->flights, &line, &last);

	frontier_remove(crawl->frontier, &line, flight->seq);
	flights_remove(&crawl->flights, flight);
	crawl->pages++;
	if (before == crawl->plan->per_host)
		frontier_list(crawl->frontier, &line);
}

/* The record that ends a page: the URL that answered in the end is known, too. */
static void
end_page(struct crawl *crawl, struct handed_url *flight, const struct record *rec)
{
	struct field effective = { "", 0 };
	struct spelling url;

	field_at(rec->data, rec->len, EFFECTIVE, &effective);
	follow(crawl, flight, &effective);
	if (effective.len > 0 &&
	    spelling_read(&url, &crawl->text, effective.data, effective.len) &&
	    !leave(crawl, &url, NULL))
		frontier_know(crawl->frontier, &url);
	if (writer_put(&crawl->out, flight->page.data, flight->page.len) < 0)
		die_output(errno, crawl->out_name);
	finish(crawl, flight);
	crawl->finished++;
}

/* A record of the command. */
static void
hear(struct crawl *crawl, const struct record *rec)
{
	struct field fields[2];
	struct handed_url *flight;
	struct field link = { "", 0 };

	field_at(rec->data, rec->len, 0, &fields[0]);
	if (field_at(rec->data, rec->len, 1, &fields[1]))
		link = fields[1];
	flight = flights_find(&crawl->flights, fields[0].data, fields[0].len);
	if (flight == NULL) {
		complain(crawl, fields[0].data, fields[0].len,
		    "came back, and is not in flight");
		return;
	}
	need_put(&flight->page, rec->data, rec->len);
	need_put(&flight->page, "\n", 1);
	if (link.len == 0)
		end_page(crawl, flight, rec);
}

static void
say_endless(struct crawl *crawl)
{
	if (!crawl->endless)
		warn("%s: has written no record that ends a page, as 'par-links "
		     "--pages' does",
		    crawl->plan->command[0]);
	crawl->endless = true;
}

/* Have all URLs that are in flight handed out again. */
static void
requeue_all(struct crawl *crawl)
{
	for (size_t i = 0; i < crawl->flights.count; i++)
		frontier_list(crawl->frontier, &crawl->flights.all[i].line);
	flights_clear(&crawl->flights);
}

static void
say_how_it_ended(struct crawl *crawl, int how)
{
	const char *name = crawl->plan->command[0];

	if (how < 0)
		warn("%s: ended by signal %d", name, -how);
	else if (how > STATUS_FAILED)
		warn("%s: exit status %d", name, how);
	crawl->failed = crawl->failed || how != 0;
}

/* The command and its output have ended. */
static void
handle_end(struct crawl *crawl)
{
	bool asked = crawl->ending;
	char remedy[SIGNS_REMEDY];
	int how = command_reap(&crawl->command);

	crawl->ending = false;
	if (crawl->stopped || (asked && crawl->flights.count == 0)) {
		say_how_it_ended(crawl, how);
		return;
	}
	if (asked &&
	    (how == STATUS_OK || how == STATUS_FAILED || crawl->command.kill_at != 0)) {
		if (crawl->finished == 0)
			say_endless(crawl);
		while (crawl->flights.count > 0) {
			struct handed_url *flight = &crawl->flights.all[0];

			complain(crawl, flight->url, flight->len, "did not come back");
			finish(crawl, flight);
		}
		return;
	}
	if (how == STATUS_NEVER) {
		requeue_all(crawl);
		commit(crawl);
		die(STATUS_BROKEN, 0, "%s: %s", crawl->plan->command[0], diag_never);
	}
	crawl->barren = crawl->finished > 0 ? 0 : crawl->barren + 1;
	if (crawl->flights.count > 0)
		warn("%s: ended with %zu %s handed out again", crawl->plan->command[0],
		    crawl->flights.count,
		    plural(crawl->flights.count, "URL in flight, which is",
			"URLs in flight, which are"));
	requeue_all(crawl);
	if (crawl->barren < BARREN_MOST)
		return;
	say_how_it_ended(crawl, how);
	commit(crawl);
	signs_remedy(remedy, "par-frontier", crawl->plan->command);
	die(STATUS_BROKEN, 0, "%s: ended %d times without a page%s",
	    crawl->plan->command[0], BARREN_MOST,
	    how == STATUS_OK ? "; see --pages of par-links" : remedy);
}

/* Take the records of the command that are there. */
static void
take_pages(struct crawl *crawl)
{
	struct record_reader *from = &crawl->command.from;
	struct record rec;
	enum record_status got;

	if (crawl->command.pid == 0 || crawl->command.silent)
		return;
	for (;;) {
		got = record_take(from, &rec);
		if (got == RECORD_OK)
			hear(crawl, &rec);
		else if (got == RECORD_TOO_LONG)
			complain(crawl, rec.data, rec.len, "too long; see --max-record");
		else if (got == RECORD_EOF)
			break;
		else if (record_fill_now(from) == RECORD_NONE)
			return;
		crawl->heard = clock_ms();
	}
	crawl->command.silent = true;
	if (crawl->flights.count > 0 && !crawl->ending)
		command_force(&crawl->command, clock_ms()); /* nobody hears it any more */
}

/*
 * See whether the command has ended.  One that has no output any more, or gets no more
 * input, is given the time of the patience to do so; so are those that it left with its
 * output.
 */
static void
look_at_command(struct crawl *crawl)
{
	struct crawl_command *command = &crawl->command;
	uint64_t now = clock_ms();
	bool ended;

	if (command->pid == 0)
		return;
	ended = command_ended(command);
	if (ended && (command->silent || command->kill_at == UINT64_MAX)) {
		handle_end(crawl);
		return;
	}
	if (command->kill_at != 0 ||
	    ((ended || command->silent || crawl->ending) &&
		now - crawl->heard >= 2 * crawl->plan->patience))
		command_force(command, now);
}

/* The command could be started, or need not be: empty an output that is a file. */
static void
begin_output(struct crawl *crawl)
{
	if (!crawl->out_begun && fdio_cut(crawl->out.to.fd, crawl->out_before) < 0)
		die_output(errno, crawl->out_name);
	crawl->out_begun = true;
}

/* The line from which the next URL is handed out; false: none, or others come first. */
static bool
next_line(struct crawl *crawl, struct line *line)
{
	return frontier_next(crawl->frontier, line) &&
	    (!shares(crawl) || line->level <= crawl->exchange.own->passed);
}

/* Hand out the next URL; false if there is none, or it has to wait. */
static bool
hand_out_one(struct crawl *crawl)
{
	struct flights *flights = &crawl->flights;
	struct line line;
	struct entry entry;
	uint64_t last;
	size_t count;

	if (!next_line(crawl, &line) || flights_off_level(flights, line.level) > 0)
		return false;
	count = flights_of_line(flights, &line, &last);
	if (!frontier_take(crawl->frontier, &line, last, &entry))
		return true;
	if (crawl->command.pid == 0) {
		if (!command_start(&crawl->command, clock_ms())) {
			frontier_list(crawl->frontier, &line);
			return false;
		}
		crawl->finished = 0;
		begin_output(crawl);
	}
	command_give(&crawl->command, entry.url, entry.len);
	flights_add(flights, &entry);
	crawl->heard = clock_ms();
	if (count + 1 < crawl->plan->per_host)
		frontier_list(crawl->frontier, &line);
	return true;
}

/* What of the budget is used up, counting pages in flight; NULL: there is some of all. */
static const char *
spent(const struct crawl *crawl)
{
	const struct budget used = { .pages = crawl->pages + crawl->flights.count,
		.bytes = crawl->out.total,
		.time = clock_ms() - crawl->began };

	return budget_spent(&crawl->plan->budget, &used);
}

static void
hand_out(struct crawl *crawl)
{
	struct crawl_command *command = &crawl->command;

	while (!crawl->ending && !crawl->stopped && spent(crawl) == NULL &&
	    crawl->flights.count < crawl->plan->in_flight &&
	    command->send.len < SEND_AHEAD && hand_out_one(crawl))
		;
	command_feed(command);
	if (crawl->ending && !command_unsent(command))
		command_end_input(command);
}

static void
keep_read(struct crawl *crawl)
{
	frontier_keep(crawl->frontier, "read", crawl->exchange.own->read,
	    (size_t)crawl->plan->share.count * sizeof(uint64_t));
}

/* Take what others have left; when there is nothing to do, see whether they have. */
static void
exchange_some(struct crawl *crawl)
{
	struct line line;
	uint64_t now = clock_ms();

	if (!shares(crawl) || crawl->stopped || now - crawl->exchanged < EXCHANGE_EVERY)
		return;
	if (exchange_read(
		&crawl->exchange, take_foreign, crawl, (size_t)crawl->plan->max_record)) {
		keep_read(crawl);
		return; /* there may be more */
	}
	crawl->exchanged = now;
	if (crawl->flights.count > 0 || !crawl->starts.eof || next_line(crawl, &line))
		return;
	commit(crawl);
	exchange_meet(&crawl->exchange, frontier_waits(crawl->frontier));
}

/* Is there nothing left to be done, now or later? */
static bool
at_end(struct crawl *crawl)
{
	if (crawl->stopped && crawl->command.pid == 0)
		return true; /* what is still in flight is for the next run */
	if (crawl->flights.count > 0)
		return false;
	crawl->used_up = spent(crawl);
	if (crawl->stopped)
		return true;
	if (!frontier_waits(crawl->frontier)) /* what comes yet is waited for */
		return (crawl->starts.eof &&
			   (!shares(crawl) || exchange_ended(&crawl->exchange))) ||
		    budget_over(&crawl->plan->budget, clock_ms() - crawl->began);
	return crawl->used_up != NULL;
}

static bool
is_command(const void *context, pid_t pid)
{
	const struct crawl *crawl = context;

	return crawl->command.pid == pid;
}

static void
take_signals(struct crawl *crawl)
{
	int number;

	while ((number = sig_next(crawl->signals)) != 0) {
		if (number == SIGCHLD) {
			spawn_reap_others(is_command, crawl);
			continue;
		}
		if (crawl->stopped && crawl->command.pid > 0)
			command_force(&crawl->command, clock_ms());
		crawl->stopped = true;
		crawl->ending = true;
	}
}

/* Tell how far it is, if it is time, or over. */
static void
tell(struct crawl *crawl, bool over)
{
	struct headway_facts facts = {
		.what = "page", .done = crawl->pages, .failed = crawl->named
	};

	if (!crawl->headway.ticker.on)
		return;
	if (crawl->flights.count > 0)
		snprintf(facts.more, sizeof(facts.more), ", %zu in flight",
		    crawl->flights.count);
	if (over)
		headway_end(&crawl->headway, &facts);
	else if (headway_is_due(&crawl->headway))
		headway_tell(&crawl->headway, &facts);
}

/* How long to wait for something, milliseconds. */
static int
time_to_wait(const struct crawl *crawl)
{
	uint64_t now = clock_ms(), due = UINT64_MAX;

	if (frontier_changes(crawl->frontier) > 0)
		due = crawl->committed + COMMIT_AFTER;
	if (shares(crawl) && !crawl->stopped && crawl->exchanged + EXCHANGE_EVERY < due)
		due = crawl->exchanged + EXCHANGE_EVERY;
	if (crawl->flights.count > 0 && !crawl->ending &&
	    crawl->heard + crawl->plan->patience < due)
		due = crawl->heard + crawl->plan->patience;
	if (crawl->command.kill_at > now && crawl->command.kill_at < due)
		due = crawl->command.kill_at;
	if (crawl->command.pid == 0 && crawl->command.start_at > now &&
	    crawl->command.start_at < due)
		due = crawl->command.start_at;
	if (due <= now)
		return 0;
	return due - now > LOOK_EVERY ? LOOK_EVERY : (int)(due - now);
}

static void
wait_for_something(struct crawl *crawl)
{
	struct pollfd polls[POLLS] = {
		[POLL_START] = { .fd = crawl->starts.eof ? -1 : crawl->starts.fd,
		    .events = POLLIN },
		[POLL_SIGNALS] = { .fd = crawl->signals, .events = POLLIN },
		[POLL_OUTPUT] = { .fd = crawl->out.to.fd }, /* has its reader left? */
		[POLL_SEND] = { .fd = command_unsent(&crawl->command) ? crawl->command.in
								      : -1,
		    .events = POLLOUT },
		[POLL_HEAR] = { .fd = crawl->command.pid > 0 && !crawl->command.silent
			? crawl->command.out
			: -1,
		    .events = POLLIN },
		[POLL_SPOKEN] = spoken_poll(),
	};

	flush(crawl);
	exchange_flush(&crawl->exchange, false);
	tell(crawl, false);
	if (poll(polls, POLLS, headway_timeout(&crawl->headway, time_to_wait(crawl))) <
	    0) {
		if (errno != EINTR)
			die(STATUS_BROKEN, errno, "poll");
		return;
	}
	spoken_go();
	if (fdio_unread(polls[POLL_OUTPUT].revents))
		die_output(EPIPE, crawl->out_name);
	if (polls[POLL_START].revents != 0 && record_fill(&crawl->starts) == RECORD_ERROR)
		die(STATUS_BROKEN, errno, "standard input");
}

/* Has a page in flight links already? */
static bool
links_came(const struct crawl *crawl)
{
	for (size_t i = 0; i < crawl->flights.count; i++)
		if (crawl->flights.all[i].page.len > 0)
			return true;
	return false;
}

/* What is due by the clock. */
static void
mind_the_clock(struct crawl *crawl)
{
	uint64_t now = clock_ms();

	if (frontier_changes(crawl->frontier) >= COMMIT_CHANGES ||
	    (frontier_changes(crawl->frontier) > 0 &&
		now - crawl->committed >= COMMIT_AFTER))
		commit(crawl);
	if (crawl->flights.count > 0 && now - crawl->heard >= crawl->plan->patience)
		crawl->ending = true;
	if (crawl->finished == 0 && now - crawl->heard >= ENDLESS_AFTER &&
	    links_came(crawl))
		say_endless(crawl);
}

/* The output: what an earlier run wrote and did not get to commit is to be cut off. */
static void
open_output(struct crawl *crawl)
{
	const char *path = crawl->plan->output;
	int fd = STDOUT_FILENO;
	struct stat about;

	crawl->out_name = "standard output";
	crawl->out_begun = true;
	if (path != NULL && strcmp(path, "-") != 0) {
		crawl->out_name = path;
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
		if (fd < 0 || fstat(fd, &about) < 0)
			die(STATUS_BROKEN, errno, "%s", path);
		if (S_ISREG(about.st_mode)) {
			crawl->out_before = frontier_output(crawl->frontier);
			if ((uint64_t)about.st_size < crawl->out_before)
				die(STATUS_BROKEN, 0,
				    "%s: shorter than when the crawl was left", path);
			crawl->out_begun = false;
			if (crawl->plan->state != NULL)
				anew_sync_name(path);
		}
	}
	if (writer_open(&crawl->out, fd) < 0)
		die(STATUS_BROKEN, errno, "buffers");
}

/* No file may be two of those that are given. */
static void
check_roles(const struct crawl_plan *plan)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	roles_add(&roles, ROLE_INPUT, NULL, "-");
	roles_add(&roles, ROLE_OUTPUT, "-o", plan->output);
	if (plan->state != NULL)
		roles_add_in(
		    &roles, ROLE_REPLACED, "--state", plan->state, frontier_file);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
}

/* The state is of the same share as before, or of none; others have its other URLs. */
static void
open_exchange(struct crawl *crawl)
{
	struct exchange_share share = crawl->plan->share, before = { 0, 0 };
	const void *kept = frontier_kept(crawl->frontier, "share", sizeof(before));
	bool first = kept == NULL;

	if (!first)
		memcpy(&before, kept, sizeof(before));
	if (!first && (before.number != share.number || before.count != share.count))
		die(STATUS_BROKEN, 0, "%s: is of --share %llu/%llu", crawl->plan->state,
		    (unsigned long long)before.number, (unsigned long long)before.count);
	if (!shares(crawl))
		return;
	kept = frontier_kept(
	    crawl->frontier, "read", (size_t)share.count * sizeof(uint64_t));
	exchange_open(
	    &crawl->exchange, &share, crawl->plan->exchange, kept, kept == NULL);
	frontier_keep(crawl->frontier, "share", &share, sizeof(share));
	keep_read(crawl);
	frontier_commit(crawl->frontier, crawl->out_before); /* before any is written */
}

static void
open_crawl(struct crawl *crawl)
{
	static const int caught[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP };
	const struct crawl_plan *plan = crawl->plan;

	check_roles(plan);
	crawl->frontier = frontier_open(plan->state);
	open_output(crawl);
	open_exchange(crawl);
	crawl->signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	sig_last_resort(3);
	spoken_buffer();
	signal(SIGPIPE, SIG_IGN);
	if (crawl->signals < 0 ||
	    record_open(&crawl->starts, STDIN_FILENO, plan->max_record) < 0 ||
	    flights_open(&crawl->flights, plan->in_flight) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	crawl->quotas.most[QUOTA_HOST] = plan->host_pages;
	crawl->quotas.most[QUOTA_ALIKE] = plan->alike_pages;
	crawl->began = crawl->committed = clock_ms();
	headway_open(&crawl->headway, plan->progress);
}

/* What was not followed for a quota is no failure, but not for nobody to know. */
static void
tell_of_quotas(const struct crawl *crawl)
{
	static const char *const names[] = { "--host-pages", "--alike-pages" };

	for (enum quota i = 0; i < QUOTAS; i++)
		if (crawl->quotas.over[i] > 0)
			warn("%s left out %llu link%s", names[i],
			    (unsigned long long)crawl->quotas.over[i],
			    plural(crawl->quotas.over[i], "", "s"));
}

/* A service or a timer gives nobody's input, of which no crawl begins. */
static void
tell_of_no_start(const struct crawl *crawl)
{
	if (!crawl->started && crawl->plan->state == NULL && fdio_is_null(STDIN_FILENO))
		warn("no URL to begin with, as the input is /dev/null: echo URL | "
		     "par-frontier ...");
}

static enum status
close_crawl(struct crawl *crawl)
{
	bool left = !crawl->starts.eof || crawl->flights.count > 0;

	tell(crawl, true);
	requeue_all(crawl);
	left = left || frontier_waits(crawl->frontier) ||
	    (shares(crawl) && !exchange_ended(&crawl->exchange));
	if (!crawl->stopped)
		begin_output(crawl);
	commit(crawl);
	frontier_close(crawl->frontier);
	exchange_close(&crawl->exchange);
	flights_close(&crawl->flights);
	record_close(&crawl->starts);
	writer_close(&crawl->out);
	bytes_free(&crawl->command.send);
	bytes_free(&crawl->text);
	bytes_free(&crawl->quotas.text);
	close(crawl->signals);
	if (close(crawl->out.to.fd) < 0 && errno != EINTR)
		die_output(errno, crawl->out_name);
	tell_of_quotas(crawl);
	tell_of_no_start(crawl);
	if ((!crawl->stopped && crawl->used_up == NULL) || !left)
		return crawl->failed ? STATUS_FAILED : STATUS_OK;
	if (crawl->used_up != NULL)
		warn("stopped early by --budget %s: URLs are left", crawl->used_up);
	else
		warn("stopped early: URLs are left");
	return STATUS_STOPPED;
}

enum status
crawl_run(const struct crawl_plan *plan)
{
	struct crawl crawl = { .plan = plan,
		.command = { .argv = plan->command,
		    .max_record = plan->max_record,
		    .in = -1,
		    .out = -1 } };

	open_crawl(&crawl);
	for (;;) {
		take_signals(&crawl);
		take_starts(&crawl);
		exchange_some(&crawl);
		take_pages(&crawl);
		look_at_command(&crawl);
		mind_the_clock(&crawl);
		hand_out(&crawl);
		if (at_end(&crawl)) {
			if (crawl.command.pid == 0)
				break;
			crawl.ending = true;
			command_end_input(&crawl.command);
		}
		wait_for_something(&crawl);
	}
	return close_crawl(&crawl);
}
