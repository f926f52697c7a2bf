/* SPDX-License-Identifier: ISC */
/*
 * streams - do streams of HTTP/2 end by their end, or by a reset?  The seam to libcurl,
 * which takes a reset without an error for the end, and tells nobody: before 8.0, and in
 * 8.14 again.
 *
 * libcurl gives libnghttp2 the function that is to hear of frames.  Where programs and
 * libraries share names (ELF), it calls ours in its place, and we listen first.
 */
#ifndef PAR_FETCH_STREAMS_H
#define PAR_FETCH_STREAMS_H

#include <stdbool.h>

#include <curl/curl.h>

/* Call ended for each handle whose stream came to its end, where that can be known. */
void streams_watch(void (*ended)(CURL *easy));

/* Is it known?  Only after an answer by HTTP/2. */
bool streams_watched(void);

#endif
