/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/epoll.h>
#endif

#include "clock.h"
#include "grow.h"
#include "sockets.h"

enum { EXTRA_MOST = 2, EVENTS = 256 };

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

#ifdef __linux__

/* What libcurl waits for on fd has changed. */
static int
watch(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
	struct sockets *sockets = data;
	struct epoll_event event = { .data.fd = fd };
	int how = known == NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(sockets->epoll, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	event.events = ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) |
	    ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
	curl_multi_assign(sockets->multi, fd, sockets);
	if (epoll_ctl(sockets->epoll, how, fd, &event) == 0)
		return 0;
	/* A socket of that number may have been closed, or never heard of. */
	how = errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	return epoll_ctl(sockets->epoll, how, fd, &event) < 0 ? -1 : 0;
}

static int
open_watch(struct sockets *sockets)
{
	sockets->epoll = epoll_create1(EPOLL_CLOEXEC);
	return sockets->epoll < 0 ? -1 : 0;
}

static CURLMcode
wait_and_act(struct sockets *sockets, const struct pollfd *extra, size_t count, int wait)
{
	struct epoll_event events[EVENTS];
	struct pollfd polls[1 + EXTRA_MOST] = { { .fd = sockets->epoll,
	    .events = POLLIN } };
	CURLMcode code = CURLM_OK;
	int got;

	if (count > 0) {
		memcpy(polls + 1, extra, count * sizeof(*extra));
		if (poll(polls, (nfds_t)(1 + count), wait) <= 0 || polls[0].revents == 0)
			return CURLM_OK;
		wait = 0;
	}
	got = epoll_wait(sockets->epoll, events, EVENTS, wait);
	for (int i = 0; i < got && code == CURLM_OK; i++)
		code = act(sockets, events[i].data.fd, (events[i].events & EPOLLIN) != 0,
		    (events[i].events & EPOLLOUT) != 0,
		    (events[i].events & (EPOLLERR | EPOLLHUP)) != 0);
	return code;
}

#else

/* What libcurl waits for on fd has changed. */
static int
watch(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
	struct sockets *sockets = data;
	struct pollfd *more;
	size_t i = 0;

	(void)easy;
	(void)known;
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
	sockets->polls[i] = (struct pollfd){ .fd = fd,
		.events = (short)(((what & CURL_POLL_IN) != 0 ? POLLIN : 0) |
		    ((what & CURL_POLL_OUT) != 0 ? POLLOUT : 0)) };
	return 0;
}

static int
open_watch(struct sockets *sockets)
{
	sockets->epoll = -1;
	return 0;
}

static CURLMcode
wait_and_act(struct sockets *sockets, const struct pollfd *extra, size_t count, int wait)
{
	/* libcurl changes the list while it works. */
	size_t number = sockets->count;
	struct pollfd *polls = malloc((number + EXTRA_MOST) * sizeof(*polls));
	CURLMcode code = CURLM_OK;

	if (polls == NULL)
		return CURLM_OUT_OF_MEMORY;
	if (number > 0)
		memcpy(polls, sockets->polls, number * sizeof(*polls));
	if (count > 0)
		memcpy(polls + number, extra, count * sizeof(*extra));
	if (poll(polls, (nfds_t)(number + count), wait) > 0)
		for (size_t i = 0; i < number && code == CURLM_OK; i++)
			if (polls[i].revents != 0)
				code = act(sockets, polls[i].fd,
				    (polls[i].revents & POLLIN) != 0,
				    (polls[i].revents & POLLOUT) != 0,
				    (polls[i].revents & (POLLERR | POLLHUP)) != 0);
	free(polls);
	return code;
}

#endif

int
sockets_open(struct sockets *sockets, CURLM *multi)
{
	*sockets = (struct sockets){ .multi = multi, .due = UINT64_MAX };
	if (open_watch(sockets) < 0)
		return -1;
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, sockets);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, sockets);
	return 0;
}

void
sockets_close(struct sockets *sockets)
{
	if (sockets->epoll >= 0)
		close(sockets->epoll);
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

CURLMcode
sockets_wait(
    struct sockets *sockets, const struct pollfd *extra, size_t count, int timeout)
{
	uint64_t now = clock_ms();

	if (sockets->due <= now)
		timeout = 0;
	else if (sockets->due - now < (uint64_t)timeout)
		timeout = (int)(sockets->due - now);
	return wait_and_act(sockets, extra, count, timeout);
}
