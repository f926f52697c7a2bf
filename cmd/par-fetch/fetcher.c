/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>

#include "clock.h"
#include "config.h"
#include "ends.h"
#include "fdio.h"
#include "fetcher.h"
#include "fifo.h"
#include "progress.h"
#include "request.h"
#include "robots.h"
#include "schedule.h"
#include "sig.h"
#include "sockets.h"
#include "spoken.h"
#include "stage.h"
#include "streams.h"
#include "transfer.h"

enum {
	PIPE_SIZE = 1 << 20, /* of standard output, bytes: pages are large */
	AHEAD_BYTES = 64 << 20, /* most input in memory that waits, roughly */
	KEPT_BYTES = 64 << 20, /* most memory of bodies that were cut, roughly */
	NO_CONNECTIONS = 16, /* descriptors for other things */
	MANY_HOSTS = 256, /* from here on connections and names are not retained */
	ROBOTS_REDIRECTS = 5, /* that a robots.txt may take at least */
	CROWDED_MOST =
	    3, /* times that a connection may be another's, then it gets its own */
	WAIT_MAX = 60000 /* of one wait, milliseconds */
};

/* Before a connection is asked for again that was another's. */
static const struct backoff crowds = { .first = 20, .longest = 320 };

enum fetch_input {
	INPUT_READ, /* there may be records in what was read */
	INPUT_EMPTY, /* there are none: more is to be read */
	INPUT_AWAITED, /* it is a FIFO that had no writer so far */
	INPUT_ENDED
};

struct fetcher {
	const struct settings *set;
	struct stage stage;
	struct ends ends;
	struct client client;
	int signals; /* that end the run, with a cookie jar to be written; or -1 */
	struct bodies bodies; /* of -o */
	struct warc warc; /* of --warc */
	struct form form;
	struct connections connections;
	CURLM *multi;
	struct sockets sockets;
	struct schedule schedule;
	struct robots robots;
	struct progress progress;
	struct request *refused, **refused_tail; /* that have no URL */
	struct transfer *idle;
	struct transfer *done, **done_tail; /* their records wait to be written */
	size_t transfers, in_flight; /* made; at work */
	size_t kept, kept_bytes; /* bodies that were cut, to go on with */
	size_t requests; /* of input, wherever they are */
	size_t ahead_bytes; /* of input, of those that wait */
	enum fetch_input input;
	bool stuck; /* the output takes nothing now */
	unsigned short random[3];
};

static _Noreturn void
no_memory(void)
{
	die(STATUS_BROKEN, ENOMEM, "libcurl");
}

/* Go on with the next input, if there is one. */
static void
next_input(struct fetcher *fetcher)
{
	bool awaited = false;
	bool there = stage_next_input_now(&fetcher->stage, &fetcher->ends, &awaited);

	if (fetcher->stage.trouble.kind != TROUBLE_NONE)
		die_of(&fetcher->stage.trouble);
	fetcher->input = !there ? INPUT_ENDED : awaited ? INPUT_AWAITED : INPUT_EMPTY;
}

/* Open the input and the output.  A descriptor for each transfer is there, too. */
static void
open_stage(struct fetcher *fetcher)
{
	const struct settings *set = fetcher->set;
	struct ends *ends = &fetcher->ends;
	struct stage_plan plan = {
		.in = -1,
		.max_record = set->max_record,
		.records = "URLs",
		.hello = { .window = set->lookahead, .jobs = set->jobs },
		.no_wait = true,
		.says = &diag_says,
	};

	if (ends_open(ends, set->paths, set->count, set->output, set->wait_ms) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends->name, fifo_why(errno));
	if (set->count == 0)
		diag_awaits("URLs");
	plan.out_name = ends->out_name;
	plan.out = ends->out;
	if (ends->out == STDOUT_FILENO)
		plan.out = fifo_reopen_write(STDOUT_FILENO);
	if (plan.out < 0)
		die_output(errno, ends->out_name);
	fdio_pipe_size(plan.out, PIPE_SIZE);
	if (stage_open(&fetcher->stage, &plan) < 0)
		die_of(&fetcher->stage.trouble);
	next_input(fetcher);
}

/* How many connections libcurl may have: all at work, and one to each of many hosts. */
static long
connections_most(const struct settings *set)
{
	long descriptors = sysconf(_SC_OPEN_MAX), most = (long)set->jobs + MANY_HOSTS;

	if (descriptors > 0 && most > descriptors / 2 - NO_CONNECTIONS)
		most = descriptors / 2 - NO_CONNECTIONS;
	return most < (long)set->jobs ? (long)set->jobs : most;
}

static void
open_form(struct fetcher *fetcher)
{
	fetcher->form.json = fetcher->set->json;
	fetcher->form.keep = fetcher->set->keep;
	if (fetcher->set->warc != NULL) {
		warc_open(&fetcher->warc, fetcher->set->warc, fetcher->set->agent,
		    fetcher->set->warc_size);
		if (fetcher->set->warc_revisit)
			warc_refer(&fetcher->warc, fetcher->set->warc_seen);
		fetcher->form.warc = &fetcher->warc;
	}
	if (fetcher->set->folder == NULL)
		return;
	bodies_open(&fetcher->bodies, fetcher->set->folder);
	fetcher->form.bodies = &fetcher->bodies;
}

/* No file may be two of those that are given. */
static void
check_roles(const struct settings *set)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	roles_add_inputs(&roles, set->paths, set->count);
	roles_add(&roles, ROLE_OUTPUT, "--output", set->output);
	if (set->warc != NULL)
		roles_add(&roles, ROLE_OUTPUT, "--warc", set->warc);
	if (set->warc_seen != NULL)
		roles_add(&roles, ROLE_OUTPUT, "--warc-seen", set->warc_seen);
	roles_add(&roles, ROLE_JAR, "--cookie", set->cookie_file);
	roles_add(&roles, ROLE_JAR, "--cookie-jar", set->cookie_jar);
	if (set->hsts != NULL && set->hsts[0] != '\0')
		roles_add(&roles, ROLE_OUTPUT, "--hsts", set->hsts);
	roles_add(&roles, ROLE_SETTINGS, "--cacert", set->cacert);
	for (const struct curl_slist *file = set->read; file != NULL; file = file->next)
		roles_add(&roles, ROLE_SETTINGS, NULL, file->data);
	config_roles(&roles, set);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
}

/* With a cookie jar, or the like, signals that end a run are caught: it is written. */
static void
open_signals(struct fetcher *fetcher)
{
	static const int caught[] = { SIGHUP, SIGINT, SIGTERM };

	fetcher->signals = -1;
	if (!client_keeps(fetcher->set))
		return;
	fetcher->signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	if (fetcher->signals < 0)
		die(STATUS_BROKEN, errno, "signals");
}

/* End as a signal has it that has come, if one has, but with the cookies kept. */
static void
mind_signals(struct fetcher *fetcher)
{
	int number = fetcher->signals < 0 ? 0 : sig_next(fetcher->signals);

	if (number == 0)
		return;
	client_save(&fetcher->client);
	signal(number, SIG_DFL);
	raise(number);
	_exit(128 + number); /* process 1 has no default */
}

static void
fetcher_open(struct fetcher *fetcher, const struct settings *set)
{
	uint64_t now = clock_ns();

	*fetcher = (struct fetcher){ .set = set };
	spoken_buffer();
	check_roles(set);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		no_memory();
	streams_watch(transfer_stream_ended);
	fetcher->multi = curl_multi_init();
	if (fetcher->multi == NULL)
		no_memory();
	sockets_open(&fetcher->sockets, fetcher->multi);
	curl_multi_setopt(fetcher->multi, CURLMOPT_PIPELINING,
	    client_shares(set) ? (long)CURLPIPE_MULTIPLEX : (long)CURLPIPE_NOTHING);
	client_open(&fetcher->client, set);
	open_form(fetcher);
	robots_open(&fetcher->robots, set->agent);
	schedule_open(&fetcher->schedule, (unsigned)set->per_host, set->delay);
	fetcher->refused_tail = &fetcher->refused;
	fetcher->done_tail = &fetcher->done;
	now ^= (uint64_t)getpid() << 24;
	memcpy(fetcher->random, &now, sizeof(fetcher->random));
	open_stage(fetcher);
	progress_open(&fetcher->progress, set->progress, fetcher->stage.in.fd);
	open_signals(fetcher);
	curl_multi_setopt(
	    fetcher->multi, CURLMOPT_MAXCONNECTS, connections_most(fetcher->set));
}

static enum status
fetcher_close(struct fetcher *fetcher)
{
	enum status status;

	if (stage_close(&fetcher->stage, &status) < 0)
		die_of(&fetcher->stage.trouble);
	ends_close(&fetcher->ends);
	progress_close(&fetcher->progress);
	while (fetcher->idle != NULL) {
		struct transfer *transfer = fetcher->idle;

		fetcher->idle = transfer->next;
		transfer_free(transfer);
	}
	client_close(&fetcher->client);
	if (fetcher->form.bodies != NULL)
		bodies_close(&fetcher->bodies);
	if (fetcher->form.warc != NULL)
		warc_close(&fetcher->warc);
	robots_close(&fetcher->robots);
	schedule_close(&fetcher->schedule);
	curl_multi_cleanup(fetcher->multi);
	sockets_close(&fetcher->sockets);
	curl_global_cleanup();
	return status;
}

/* Is there room for another record of the input? */
static bool
wants_input(const struct fetcher *fetcher)
{
	return fetcher->input != INPUT_ENDED && !fetcher->stuck &&
	    fetcher->requests < fetcher->set->jobs + fetcher->set->lookahead &&
	    fetcher->ahead_bytes < AHEAD_BYTES;
}

/* The request is not made: its record is to say why. */
static void
refuse(struct fetcher *fetcher, struct request *request)
{
	request->next = NULL;
	*fetcher->refused_tail = request;
	fetcher->refused_tail = &request->next;
}

/* To the queue of its host with request, if robots.txt does not speak against it. */
static void
admit(struct fetcher *fetcher, struct request *request, bool first, uint64_t now)
{
	enum robots_word word = ROBOTS_GO;
	struct robots_entry *entry;

	if (fetcher->set->robots && request->robots == NULL && request->target.http)
		word = robots_check(&fetcher->robots, request, now, &entry);
	switch (word) {
	case ROBOTS_GO:
		schedule_add(&fetcher->schedule, request, first, now);
		break;
	case ROBOTS_NO:
		refuse(fetcher, request);
		break;
	case ROBOTS_ASK:
		request = robots_request(entry, fetcher->set->proto);
		schedule_add(&fetcher->schedule, request, true, now);
		break;
	case ROBOTS_PARKED:
		break;
	}
}

static void
accept_record(struct fetcher *fetcher, const struct record *rec)
{
	struct request *request =
	    request_new(rec, fetcher->set->proto, fetcher->set->guess);

	if (fetcher->form.bodies != NULL)
		request_name_file(request, fetcher->form.bodies, fetcher->set->names,
		    fetcher->set->if_modified);
	fetcher->requests++;
	fetcher->ahead_bytes += request->input.len;
	if (request->refusal == NULL)
		admit(fetcher, request, false, clock_ms());
	else
		refuse(fetcher, request);
}

/* Take what was read of the input. */
static void
take_input(struct fetcher *fetcher)
{
	struct record rec;

	while (wants_input(fetcher)) {
		switch (stage_take(&fetcher->stage, &rec)) {
		case RECORD_OK:
			accept_record(fetcher, &rec);
			break;
		case RECORD_EOF:
			next_input(fetcher);
			return;
		case RECORD_ERROR:
			die_of(&fetcher->stage.trouble);
		case RECORD_NONE:
		case RECORD_TOO_LONG:
			if (fetcher->input == INPUT_READ)
				fetcher->input = INPUT_EMPTY;
			return;
		}
	}
}

/* A transfer that has nothing to do; NULL if all have. */
static struct transfer *
idle_transfer(struct fetcher *fetcher)
{
	struct transfer *transfer = fetcher->idle;

	if (transfer != NULL) {
		fetcher->idle = transfer->next;
		return transfer;
	}
	if (fetcher->transfers == fetcher->set->jobs)
		return NULL;
	transfer = transfer_new(&fetcher->client, &fetcher->form,
	    client_shares(fetcher->set) ? &fetcher->connections : NULL);
	if (transfer == NULL)
		no_memory();
	fetcher->transfers++;
	return transfer;
}

static void
put_idle(struct fetcher *fetcher, struct transfer *transfer)
{
	transfer->next = fetcher->idle;
	fetcher->idle = transfer;
}

/* The record of transfer is complete: it is to be written. */
static void
put_done(struct fetcher *fetcher, struct transfer *transfer)
{
	transfer->next = NULL;
	*fetcher->done_tail = transfer;
	fetcher->done_tail = &transfer->next;
}

/*
 * libcurl looks at every name it remembers and every host it has known a
 * connection to, after each transfer: with many hosts it must not remember.
 */
static bool
forget_connection(struct fetcher *fetcher, struct transfer *transfer)
{
	bool many = fetcher->schedule.hosts_seen > MANY_HOSTS;

	curl_easy_setopt(transfer->easy, CURLOPT_DNS_CACHE_TIMEOUT, many ? 0L : 60L);
	return many && transfer->request->host->head == NULL;
}

static void
start(struct fetcher *fetcher, struct transfer *transfer, struct request *request)
{
	transfer->request = request;
	if (request->rest != NULL) {
		fetcher->kept--;
		fetcher->kept_bytes -= request->kept;
	}
	transfer_begin(transfer, request, forget_connection(fetcher, transfer));
	if (curl_multi_add_handle(fetcher->multi, transfer->easy) != CURLM_OK)
		no_memory();
	fetcher->in_flight++;
}

/* Make the records of requests that have no URL. */
static void
answer_refused(struct fetcher *fetcher)
{
	while (fetcher->refused != NULL) {
		struct transfer *transfer = idle_transfer(fetcher);
		struct request *request = fetcher->refused;

		if (transfer == NULL)
			return;
		fetcher->refused = request->next;
		if (fetcher->refused == NULL)
			fetcher->refused_tail = &fetcher->refused;
		transfer_refuse(transfer, request);
		put_done(fetcher, transfer);
	}
}

/* Begin all that may be begun now. */
static void
start_all(struct fetcher *fetcher)
{
	uint64_t now = clock_ms();

	answer_refused(fetcher);
	while (!fetcher->stuck && fetcher->schedule.waiting > 0) {
		struct transfer *transfer = idle_transfer(fetcher);
		struct request *request;

		if (transfer == NULL)
			return;
		request = schedule_next(&fetcher->schedule, now);
		if (request == NULL) {
			put_idle(fetcher, transfer);
			return;
		}
		start(fetcher, transfer, request);
	}
}

/* How long to wait before the next attempt, milliseconds. */
static uint64_t
back_off(struct fetcher *fetcher, const struct request *request)
{
	return backoff_wait(&fetcher->set->backoff, request->attempts,
	    (uint64_t)nrand48(fetcher->random));
}

/* Keep what came of a body that was cut, within limits of memory and descriptors. */
static void
keep(struct fetcher *fetcher, struct transfer *transfer)
{
	if (fetcher->kept == fetcher->set->jobs || fetcher->kept_bytes > KEPT_BYTES ||
	    !transfer_keep(transfer))
		return;
	fetcher->kept++;
	fetcher->kept_bytes += transfer->request->kept;
}

/* Try again later, if that is allowed; false if not. */
static bool
retry(struct fetcher *fetcher, struct transfer *transfer, uint64_t now)
{
	struct request *request = transfer->request;
	uint64_t wanted = transfer_retry_after(transfer);
	uint64_t delay = back_off(fetcher, request);

	if (request->attempts > fetcher->set->retries ||
	    wanted > fetcher->set->backoff.longest)
		return false;
	if (wanted > delay)
		delay = wanted;
	keep(fetcher, transfer);
	schedule_later(&fetcher->schedule, transfer_release(transfer), now + delay);
	put_idle(fetcher, transfer);
	return true;
}

/*
 * The connection was not its own: ask again, without haste, and at last on one that
 * is.
 */
static void
ask_again(struct fetcher *fetcher, struct transfer *transfer, uint64_t now)
{
	struct request *request = transfer->request;

	request->attempts--;
	request->alone =
	    (transfer->mixed && !transfer->crowded) || ++request->crowded == CROWDED_MOST;
	now += backoff_wait(&crowds, 2 * request->crowded - 1, 0); /* by twos */
	schedule_later(&fetcher->schedule, transfer_release(transfer), now);
	put_idle(fetcher, transfer);
}

/* Go where the answer leads; false with transfer->why if that cannot be. */
static bool
move(struct fetcher *fetcher, struct transfer *transfer, uint64_t now)
{
	struct request *request = transfer->request;
	const char *why = "too many redirects; see --max-redirs";
	long status = transfer_status(transfer);
	uint64_t limit = fetcher->set->max_redirs;

	transfer_archive(transfer);
	if (request->robots != NULL && limit < ROBOTS_REDIRECTS)
		limit = ROBOTS_REDIRECTS;
	if (request->redirects < limit)
		why = request_redirect(
		    request, transfer_location(transfer), fetcher->set->proto);
	if (why != NULL) {
		snprintf(transfer->why, sizeof(transfer->why), "%s%s",
		    request->redirects < limit ? "redirect: " : "", why);
		transfer->broken = transfer->dropped = true;
		return false;
	}
	if (status == 303 || (status <= 302 && fetcher->set->post))
		request->as_get = true;
	admit(fetcher, transfer_release(transfer), true, now);
	put_idle(fetcher, transfer);
	return true;
}

/* What came of asking for a robots.txt: let those that wait for it go on. */
static void
robots_landed(struct fetcher *fetcher, struct transfer *transfer, long status)
{
	struct request *request = transfer->request, *parked;
	struct robots_entry *entry = request->robots;

	robots_answer(&fetcher->robots, entry, status, transfer->answer.raw.data,
	    transfer->answer.raw.len);
	request_free(transfer_release(transfer));
	put_idle(fetcher, transfer);
	while ((parked = robots_unpark(entry)) != NULL)
		admit(fetcher, parked, false, clock_ms());
}

/* Slow down for a host that is too busy, and for that host only. */
static void
mind_status(struct fetcher *fetcher, struct transfer *transfer, uint64_t now)
{
	long status = transfer_status(transfer);
	struct host_queue *host = transfer->request->host;

	if (status == 429 || status == 503)
		schedule_busy(host, now, transfer_retry_after(transfer),
		    fetcher->set->backoff.longest);
	else if (status != 0)
		schedule_fine(host);
}

/* An attempt has ended. */
static void
landed(struct fetcher *fetcher, struct transfer *transfer, CURLcode code)
{
	uint64_t now = clock_ms();
	enum attempt_verdict verdict = transfer_judge(transfer, code);
	bool hopeless;
	long status = transfer->broken ? 0 : transfer_status(transfer);

	mind_status(fetcher, transfer, now);
	if (transfer->mixed && transfer->request->host->version == HOST_PLAIN)
		transfer->request->host->version = HOST_MIXED;
	hopeless = transfer->request->host->refusals >= SCHEDULE_HOPELESS;
	schedule_landed(&fetcher->schedule, transfer->request, now);
	switch (verdict) {
	case ATTEMPT_MOVED:
		if (move(fetcher, transfer, now))
			return;
		break;
	case ATTEMPT_CROWDED:
		ask_again(fetcher, transfer, now);
		return;
	case ATTEMPT_RETRY:
		if (!hopeless && retry(fetcher, transfer, now))
			return;
		transfer_archive(transfer);
		break;
	case ATTEMPT_ANSWER:
	case ATTEMPT_FAIL:
		transfer_archive(transfer);
		break;
	}
	if (transfer->request->robots != NULL) {
		robots_landed(fetcher, transfer, status);
		return;
	}
	transfer_finish(transfer);
	put_done(fetcher, transfer);
}

/* Take the transfers that have ended from libcurl; how many there were. */
static size_t
collect(struct fetcher *fetcher)
{
	size_t count = 0;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(fetcher->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct transfer *transfer;
		char *private;

		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		transfer = (struct transfer *)(void *)private;
		curl_multi_remove_handle(fetcher->multi, transfer->easy);
		fetcher->in_flight--;
		landed(fetcher, transfer, code);
		count++;
	}
	return count;
}

/* The whole record of transfer was written: tell, and let go of it. */
static void
written(struct fetcher *fetcher, struct transfer *transfer)
{
	struct record name = request_name(transfer->request);
	struct request *request;

	progress_count(&fetcher->progress, transfer);
	if (transfer->why[0] != '\0')
		stage_fail(&fetcher->stage, &name, transfer->why);
	else
		stage_ok(&fetcher->stage, name.number);
	request = transfer_release(transfer);
	fetcher->requests--;
	fetcher->ahead_bytes -= request->input.len;
	request_free(request);
	put_idle(fetcher, transfer);
}

/* Write finished records as far as the output takes them now; how many it took. */
static size_t
emit(struct fetcher *fetcher)
{
	size_t count = 0;

	fetcher->stuck = false;
	for (; fetcher->done != NULL; count++) {
		struct transfer *transfer = fetcher->done;
		size_t left = transfer->answer.out.len - transfer->sent;
		ssize_t taken = stage_offer(
		    &fetcher->stage, transfer->answer.out.data + transfer->sent, left);

		if (taken < 0)
			die_of(&fetcher->stage.trouble);
		transfer->sent += (size_t)taken;
		if ((size_t)taken < left) {
			fetcher->stuck = true;
			break;
		}
		fetcher->done = transfer->next;
		if (fetcher->done == NULL)
			fetcher->done_tail = &fetcher->done;
		written(fetcher, transfer);
	}
	return count;
}

static bool
reads_input(const struct fetcher *fetcher)
{
	return fetcher->input != INPUT_READ && wants_input(fetcher);
}

/* Do others write to the output at the moment, so that it takes nothing of ours? */
static bool
output_refused(const struct fetcher *fetcher)
{
	return fetcher->stage.out.share.refused;
}

/* How long a wait may last, milliseconds. */
static int
poll_timeout(const struct fetcher *fetcher, bool flushed)
{
	uint64_t due = schedule_due(&fetcher->schedule), now = clock_ms();
	int most = fetcher->progress.headway.ticker.terminal ? TICKER_EVERY : WAIT_MAX;

	if (!flushed && output_refused(fetcher))
		return SHARE_PAUSE;
	if (fetcher->input == INPUT_AWAITED && reads_input(fetcher)) {
		int left = ends_time_left(&fetcher->ends);

		most = left >= 0 && left < most ? left : most;
	}
	if (fetcher->stuck || due >= now + (uint64_t)most)
		return most;
	return due > now ? (int)(due - now) : 0;
}

/* Wait until there is something to do. */
static void
wait_for_events(struct fetcher *fetcher)
{
	struct pollfd extra[4];
	int sent = stage_flush_now(&fetcher->stage);
	bool flushed = sent > 0 && !fetcher->stuck;
	unsigned count = 0;

	if (sent < 0)
		die_of(&fetcher->stage.trouble);
	progress_show(&fetcher->progress, fetcher->in_flight);
	if (reads_input(fetcher))
		extra[count++] =
		    (struct pollfd){ .fd = fetcher->stage.in.fd, .events = POLLIN };
	if (!flushed && !output_refused(fetcher))
		extra[count++] =
		    (struct pollfd){ .fd = fetcher->stage.out.to.fd, .events = POLLOUT };
	if (spoken_waits())
		extra[count++] = spoken_poll();
	if (fetcher->signals >= 0)
		extra[count++] =
		    (struct pollfd){ .fd = fetcher->signals, .events = POLLIN };
	if (sockets_wait(
		&fetcher->sockets, extra, count, poll_timeout(fetcher, flushed)) < 0)
		die(STATUS_BROKEN, errno, "poll");
	spoken_go();
}

/* Read what has come of the input, if more of it is wanted. */
static void
read_input(struct fetcher *fetcher)
{
	struct pollfd input = { .fd = fetcher->stage.in.fd, .events = POLLIN };

	if (!reads_input(fetcher))
		return;
	if (poll(&input, 1, 0) > 0) {
		if (stage_fill(&fetcher->stage) < 0)
			die_of(&fetcher->stage.trouble);
		fetcher->input = INPUT_READ;
	} else if (fetcher->input == INPUT_AWAITED &&
	    ends_time_left(&fetcher->ends) == 0) {
		stage_input_failed(&fetcher->stage, &fetcher->ends, ETIME);
		next_input(fetcher);
	}
}

static bool
finished(const struct fetcher *fetcher)
{
	return fetcher->input == INPUT_ENDED && fetcher->requests == 0;
}

enum status
fetcher_run(const struct settings *set)
{
	struct fetcher fetcher;

	fetcher_open(&fetcher, set);
	while (!finished(&fetcher)) {
		mind_signals(&fetcher);
		take_input(&fetcher);
		start_all(&fetcher);
		if (sockets_tick(&fetcher.sockets) != CURLM_OK)
			no_memory();
		if (collect(&fetcher) + emit(&fetcher) == 0 && !finished(&fetcher))
			wait_for_events(&fetcher);
		read_input(&fetcher);
	}
	return fetcher_close(&fetcher);
}
