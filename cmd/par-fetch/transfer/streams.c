/* SPDX-License-Identifier: ISC */
#include <stddef.h>

#include "streams.h"

#if defined(HAVE_LIBNGHTTP2) && defined(__ELF__)

#include <dlfcn.h>

#include <nghttp2/nghttp2.h>

#define SETTER "nghttp2_session_callbacks_set_on_frame_recv_callback"

/* libnghttp2 has no place for it: what it hands on to its functions is libcurl's. */
static struct {
	void (*ended)(CURL *easy);
	nghttp2_on_frame_recv_callback theirs;
} watch;

/* A frame has come whole.  libcurl forgets the handle of its stream after the last. */
static int
hear_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
	bool body = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;

	if (body && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
		CURL *easy =
		    nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

		if (easy != NULL)
			watch.ended(easy);
	}
	return watch.theirs(session, frame, user);
}

/* This is the one that libcurl calls. */
void
nghttp2_session_callbacks_set_on_frame_recv_callback(
    nghttp2_session_callbacks *cbs, nghttp2_on_frame_recv_callback on_frame_recv_callback)
{
	void (*set)(nghttp2_session_callbacks *, nghttp2_on_frame_recv_callback);

	*(void **)&set = dlsym(RTLD_NEXT, SETTER);
	if (watch.ended == NULL) {
		set(cbs, on_frame_recv_callback);
		return;
	}
	watch.theirs = on_frame_recv_callback;
	set(cbs, hear_frame);
}

void
streams_watch(void (*ended)(CURL *easy))
{
	watch.ended = ended;
}

bool
streams_watched(void)
{
	return watch.theirs != NULL;
}

#else

void
streams_watch(void (*ended)(CURL *easy))
{
	(void)ended;
}

bool
streams_watched(void)
{
	return false;
}

#endif
