/* SPDX-License-Identifier: ISC */
/*
 * sockets - libcurl's sockets and its timer: what costs work is a socket on which
 * something happened, not one that is open.
 *
 * On Linux it is epoll(7), elsewhere poll(2).
 */
#ifndef PAR_FETCH_SOCKETS_H
#define PAR_FETCH_SOCKETS_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

struct sockets {
	CURLM *multi; /* the caller's */
	uint64_t due; /* clock_ms() when libcurl wants to be called; UINT64_MAX: never */
	int epoll; /* or -1 */
	struct pollfd *polls; /* those watched, where there is no epoll */
	size_t count, room;
};

/* Have multi tell what it waits for.  0, or -1 with errno. */
int sockets_open(struct sockets *sockets, CURLM *multi);
void sockets_close(struct sockets *sockets);

/*
 * Let libcurl do what is due by the clock, such as to begin transfers that were added.
 * CURLM_OK or its error.
 */
CURLMcode sockets_tick(struct sockets *sockets);

/*
 * Wait at most timeout milliseconds until something happens on a socket, the clock,
 * or the count descriptors of extra, at most two; then let libcurl work.
 */
CURLMcode sockets_wait(
    struct sockets *sockets, const struct pollfd *extra, size_t count, int timeout);

#endif
