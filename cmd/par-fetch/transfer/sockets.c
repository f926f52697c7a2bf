/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "grow.h"
#include "os.h"
#include "sockets.h"

enum { EXTRA_MOST = 4, EVENTS = 256 };

static int
set_timer(CURLM *multi, long timeout, void *data)
{
	struct sockets *sockets = data;

	(void)multi;
	sockets->due = timeout < 0 ? UINT64_MAX : clock_ms() + (uint64_t)timeout;
	return 0;
}

/* Something happened on a socket. */
static CURLMcode
act(struct sockets *sockets, curl_socket_t fd, bool in, bool out, bool error)
{
	int running,
	    what = (in ? CURL_CSELECT_IN : 0) | (out ? CURL_CSELECT_OUT : 0) |
	    (error ? CURL_CSELECT_ERR : 0);

	return curl_multi_socket_action(sockets->multi, fd, what, &running);
}

/* Those of poll(2), which libcurl wants to be called for. */
static short
events_of(int what)
{
	return (short)(((what & CURL_POLL_IN) != 0 ? POLLIN : 0) |
	    ((what & CURL_POLL_OUT) != 0 ? POLLOUT : 0));
}

/* Note what to wait for on fd where there is no faster way. */
static int
list(struct sockets *sockets, curl_socket_t fd, int what)
{
	struct pollfd *more;
	size_t i = 0;

	while (i < sockets->count && sockets->polls[i].fd != fd)
		i++;
	if (what == CURL_POLL_REMOVE) {
		if (i < sockets->count)
			sockets->polls[i] = sockets->polls[--sockets->count];
		return 0;
	}
	more = grow(sockets->polls, &sockets->room, i + 1, sizeof(*more), INT_MAX);
	if (more == NULL)
		return -1;
	sockets->polls = more;
	if (i == sockets->count)
		sockets->count++;
	sockets->polls[i] = (struct pollfd){ .fd = fd, .events = events_of(what) };
	return 0;
}

/* What libcurl waits for on fd has changed. */
static int
watch(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
	struct sockets *sockets = data;

	(void)easy;
	if (sockets->watch < 0)
		return list(sockets, fd, what);
	if (what == CURL_POLL_REMOVE)
		return os_watch(sockets->watch, fd, 0, true);
	curl_multi_assign(sockets->multi, fd, sockets);
	return os_watch(sockets->watch, fd, events_of(what), known != NULL);
}

/* What libcurl says, as by errno. */
static int
in_errno(CURLMcode code)
{
	if (code == CURLM_OK)
		return 0;
	errno = ENOMEM;
	return -1;
}

/* What poll(2) returned; a signal is nothing. */
static int
polled(int got)
{
	return got < 0 && errno != EINTR ? -1 : 0;
}

/* Something happened, perhaps, on sockets. */
static CURLMcode
act_on(struct sockets *sockets, const struct pollfd *polls, size_t count)
{
	CURLMcode code = CURLM_OK;

	for (size_t i = 0; i < count && code == CURLM_OK; i++)
		if (polls[i].revents != 0)
			code = act(sockets, polls[i].fd, (polls[i].revents & POLLIN) != 0,
			    (polls[i].revents & POLLOUT) != 0,
			    (polls[i].revents & (POLLERR | POLLHUP)) != 0);
	return code;
}

static int
wait_watching(struct sockets *sockets, const struct pollfd *extra, size_t count, int wait)
{
	struct pollfd polls[1 + EXTRA_MOST] = { { .fd = sockets->watch,
	    .events = POLLIN } };
	struct pollfd happened[EVENTS];
	int got;

	if (count > 0) {
		memcpy(polls + 1, extra, count * sizeof(*extra));
		got = poll(polls, (nfds_t)(1 + count), wait);
		if (got <= 0 || polls[0].revents == 0)
			return polled(got);
		wait = 0;
	}
	got = os_watch_wait(sockets->watch, happened, EVENTS, wait);
	return got < 0 ? polled(got) : in_errno(act_on(sockets, happened, (size_t)got));
}

static int
wait_polling(struct sockets *sockets, const struct pollfd *extra, size_t count, int wait)
{
	/* libcurl changes the list while it works. */
	size_t number = sockets->count;
	struct pollfd *polls = malloc((number + EXTRA_MOST) * sizeof(*polls));
	CURLMcode code = CURLM_OK;
	int got;

	if (polls == NULL)
		return -1;
	if (number > 0)
		memcpy(polls, sockets->polls, number * sizeof(*polls));
	if (count > 0)
		memcpy(polls + number, extra, count * sizeof(*extra));
	got = polled(poll(polls, (nfds_t)(number + count), wait));
	if (got == 0)
		code = act_on(sockets, polls, number);
	free(polls);
	return got < 0 ? -1 : in_errno(code);
}

void
sockets_open(struct sockets *sockets, CURLM *multi)
{
	*sockets = (struct sockets){
		.multi = multi, .due = UINT64_MAX, .watch = os_watch_open()
	};
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, sockets);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, sockets);
}

void
sockets_close(struct sockets *sockets)
{
	if (sockets->watch >= 0)
		close(sockets->watch);
	free(sockets->polls);
}

CURLMcode
sockets_tick(struct sockets *sockets)
{
	int running;

	if (sockets->due > clock_ms())
		return CURLM_OK;
	sockets->due = UINT64_MAX;
	return curl_multi_socket_action(sockets->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

int
sockets_wait(
    struct sockets *sockets, const struct pollfd *extra, size_t count, int timeout)
{
	uint64_t now = clock_ms();

	if (sockets->due <= now)
		timeout = 0;
	else if (sockets->due - now < (uint64_t)timeout)
		timeout = (int)(sockets->due - now);
	return sockets->watch < 0 ? wait_polling(sockets, extra, count, timeout)
				  : wait_watching(sockets, extra, count, timeout);
}
