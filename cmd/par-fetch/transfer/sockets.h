/* SPDX-License-Identifier: ISC */
/*
 * sockets - libcurl's sockets and its timer: what costs work is a socket on which
 * something happened, not one that is open.
 *
 * On Linux it is epoll(7), where that is not refused; else poll(2).
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
	int watch; /* of os_watch_open(), or -1 */
	struct pollfd *polls; /* those watched, where there is none */
	size_t count, room;
};

/* Have multi tell what it waits for. */
void sockets_open(struct sockets *sockets, CURLM *multi);
void sockets_close(struct sockets *sockets);

/*
 * Let libcurl do what is due by the clock, such as to begin transfers that were added.
 * CURLM_OK or its error.
 */
CURLMcode sockets_tick(struct sockets *sockets);

/*
 * Wait at most timeout milliseconds until something happens on a socket, the clock,
 * or the count descriptors of extra, at most three; then let libcurl work.  0, or -1 with
 * errno.
 */
int sockets_wait(
    struct sockets *sockets, const struct pollfd *extra, size_t count, int timeout);

#endif
