/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "crawl.h"
#include "fdio.h"
#include "field.h"
#include "fifo.h"
#include "flight.h"
#include "frontier.h"
#include "need.h"
#include "record.h"
#include "roles.h"
#include "sig.h"
#include "spawn.h"
#include "spelling.h"

enum {
	LOOK_EVERY = 1000, /* ms between looks at the command, though no signal told */
	COMMIT_AFTER = 1000, /* milliseconds, or */
	COMMIT_CHANGES = 8192, /* that many changes */
	SEND_AHEAD = 64 << 10, /* bytes that wait to be written to the command */
	BARREN_MOST = 3, /* ends of the command, one after the other, without a page */
	EFFECTIVE = 4 /* its place among the fields of a page */
};

enum poll_slot { POLL_START, POLL_SIGNALS, POLL_OUTPUT, POLL_SEND, POLL_HEAR, POLLS };

struct crawl {
	const struct crawl_plan *plan;
	struct frontier *frontier;
	struct flights flights;
	struct crawl_command command;
	struct record_reader starts; /* standard input */
	struct record_writer out;
	const char *out_name;
	uint64_t out_before; /* bytes in the output that earlier runs wrote */
	bool out_begun; /* what else it had is gone */
	struct bytes text; /* of the URL at work on */
	int signals;
	uint64_t heard; /* clock_ms() of the last sign of life of the command */
	uint64_t committed; /* and of the last commit */
	unsigned finished; /* pages, since the command was started */
	unsigned barren;
	bool ending; /* the command gets no more, and is to end */
	bool stopped; /* by a signal */
	bool failed;
};

static void
complain(struct crawl *crawl, const char *url, size_t len, const char *why)
{
	warn_record(url, len, why);
	crawl->failed = true;
}

static void
flush(struct crawl *crawl)
{
	if (writer_flush(&crawl->out) < 0)
		die_output(errno, crawl->out_name);
}

/* Make what was done last: first the output, then the state, which tells its length. */
static void
commit(struct crawl *crawl)
{
	flush(crawl);
	if (frontier_changes(crawl->frontier) > 0 && crawl->plan->state != NULL &&
	    fdatasync(crawl->out.fd) < 0 && errno != EINVAL && errno != EROFS)
		die_output(errno, crawl->out_name);
	frontier_commit(crawl->frontier, crawl->out_before + crawl->out.total);
	crawl->committed = clock_ms();
}

static uint32_t
level_of(const struct crawl *crawl, uint32_t depth)
{
	return crawl->plan->depth == UINT64_MAX ? 0 : depth;
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
		field_split(rec.data, rec.len, &first, 1);
		field_at(rec.data, rec.len, 0, &first);
		if (got == RECORD_TOO_LONG)
			complain(crawl, rec.data, rec.len, "too long");
		else if (!spelling_read(&url, &crawl->text, first.data, first.len))
			complain(crawl, rec.data, rec.len, "not a URL of http or https");
		else
			frontier_add(crawl->frontier, &url, 0, 0);
	}
}

/* Is a link of a page to be followed? */
static bool
wanted(
    const struct crawl *crawl, const struct spelling *link, const struct spelling *page)
{
	const struct crawl_plan *plan = crawl->plan;
	bool within = plan->within_count == 0;

	if (plan->same_host && !spelling_same_host(link, page))
		return false;
	for (size_t i = 0; i < plan->within_count && !within; i++) {
		size_t len = strlen(plan->within[i]);

		within =
		    link->len >= len && memcmp(link->data, plan->within[i], len) == 0;
	}
	return within;
}

/* Follow the links in the records that came of a page. */
static void
follow(struct crawl *crawl, const struct handed_url *flight)
{
	struct bytes own = { 0 };
	struct spelling page, link;
	const char *at = flight->page.data, *end;
	uint32_t depth = flight->depth + 1;

	if (flight->page.len == 0 || flight->depth >= crawl->plan->depth ||
	    !spelling_read(&page, &own, flight->url, flight->len))
		return;
	end = at + flight->page.len;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct field field;

		if (field_at(at, (size_t)(newline - at), 1, &field) && field.len > 0 &&
		    spelling_read(&link, &crawl->text, field.data, field.len) &&
		    wanted(crawl, &link, &page))
			frontier_add(
			    crawl->frontier, &link, depth, level_of(crawl, depth));
		at = newline + 1;
	}
	bytes_free(&own);
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
	if (before == crawl->plan->per_host)
		frontier_list(crawl->frontier, &line);
}

/* The record that ends a page: the URL that answered in the end is known, too. */
static void
end_page(struct crawl *crawl, struct handed_url *flight, const struct record *rec)
{
	struct field effective;
	struct spelling url;

	follow(crawl, flight);
	if (field_at(rec->data, rec->len, EFFECTIVE, &effective) && effective.len > 0 &&
	    spelling_read(&url, &crawl->text, effective.data, effective.len))
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
	int how = command_reap(&crawl->command);

	crawl->ending = false;
	if (crawl->stopped || (asked && crawl->flights.count == 0)) {
		say_how_it_ended(crawl, how);
		return;
	}
	if (asked &&
	    (how == STATUS_OK || how == STATUS_FAILED || crawl->command.kill_at != 0)) {
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
		warn("%s: ended with %zu URLs in flight, which are handed out again",
		    crawl->plan->command[0], crawl->flights.count);
	requeue_all(crawl);
	if (crawl->barren < BARREN_MOST)
		return;
	say_how_it_ended(crawl, how);
	commit(crawl);
	die(STATUS_BROKEN, 0, "%s: ended %d times without a page",
	    crawl->plan->command[0], BARREN_MOST);
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
			complain(crawl, rec.data, rec.len, "too long");
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
	if (!crawl->out_begun && fdio_cut(crawl->out.fd, crawl->out_before) < 0)
		die_output(errno, crawl->out_name);
	crawl->out_begun = true;
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

	if (!frontier_turn(crawl->frontier, &line) ||
	    flights_off_level(flights, line.level) > 0)
		return false;
	count = flights_of_line(flights, &line, &last);
	if (!frontier_take(crawl->frontier, &line, last, &entry))
		return true;
	if (crawl->command.pid == 0) {
		crawl->finished = 0;
		command_start(&crawl->command);
		begin_output(crawl);
	}
	command_give(&crawl->command, entry.url, entry.len);
	flights_add(flights, &entry);
	crawl->heard = clock_ms();
	if (count + 1 < crawl->plan->per_host)
		frontier_list(crawl->frontier, &line);
	return true;
}

static void
hand_out(struct crawl *crawl)
{
	struct crawl_command *command = &crawl->command;

	while (!crawl->ending && !crawl->stopped &&
	    crawl->flights.count < crawl->plan->in_flight &&
	    command->send.len < SEND_AHEAD && hand_out_one(crawl))
		;
	command_feed(command);
	if (crawl->ending && !command_unsent(command))
		command_end_input(command);
}

/* Is there nothing left to be done, now or later? */
static bool
at_end(struct crawl *crawl)
{
	struct line line;

	if (crawl->flights.count > 0)
		return false;
	return crawl->stopped ||
	    (crawl->starts.eof && !frontier_turn(crawl->frontier, &line));
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

/* How long to wait for something, milliseconds. */
static int
time_to_wait(const struct crawl *crawl)
{
	uint64_t now = clock_ms(), due = UINT64_MAX;

	if (frontier_changes(crawl->frontier) > 0)
		due = crawl->committed + COMMIT_AFTER;
	if (crawl->flights.count > 0 && !crawl->ending &&
	    crawl->heard + crawl->plan->patience < due)
		due = crawl->heard + crawl->plan->patience;
	if (crawl->command.kill_at > now && crawl->command.kill_at < due)
		due = crawl->command.kill_at;
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
		[POLL_OUTPUT] = { .fd = crawl->out.fd }, /* has its reader left? */
		[POLL_SEND] = { .fd = command_unsent(&crawl->command) ? crawl->command.in
								      : -1,
		    .events = POLLOUT },
		[POLL_HEAR] = { .fd = crawl->command.pid > 0 && !crawl->command.silent
			? crawl->command.out
			: -1,
		    .events = POLLIN },
	};

	flush(crawl);
	if (poll(polls, POLLS, time_to_wait(crawl)) < 0) {
		if (errno != EINTR)
			die(STATUS_BROKEN, errno, "poll");
		return;
	}
	if ((polls[POLL_OUTPUT].revents & POLLERR) != 0 && fifo_is(crawl->out.fd))
		die_output(EPIPE, crawl->out_name);
	if (polls[POLL_START].revents != 0 && record_fill(&crawl->starts) == RECORD_ERROR)
		die(STATUS_BROKEN, errno, "standard input");
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

static void
open_crawl(struct crawl *crawl)
{
	static const int caught[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP };
	const struct crawl_plan *plan = crawl->plan;

	check_roles(plan);
	crawl->frontier = frontier_open(plan->state);
	open_output(crawl);
	crawl->signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	sig_last_resort(3);
	signal(SIGPIPE, SIG_IGN);
	if (crawl->signals < 0 ||
	    record_open(&crawl->starts, STDIN_FILENO, plan->max_record) < 0 ||
	    flights_open(&crawl->flights, plan->in_flight) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	crawl->committed = clock_ms();
}

static enum status
close_crawl(struct crawl *crawl)
{
	struct line line;
	bool left = !crawl->starts.eof || crawl->flights.count > 0;

	requeue_all(crawl);
	left = left || frontier_turn(crawl->frontier, &line);
	if (!crawl->stopped)
		begin_output(crawl);
	commit(crawl);
	frontier_close(crawl->frontier);
	flights_close(&crawl->flights);
	record_close(&crawl->starts);
	writer_close(&crawl->out);
	bytes_free(&crawl->command.send);
	bytes_free(&crawl->text);
	close(crawl->signals);
	if (close(crawl->out.fd) < 0 && errno != EINTR)
		die_output(errno, crawl->out_name);
	if (!crawl->stopped || !left)
		return crawl->failed ? STATUS_FAILED : STATUS_OK;
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
