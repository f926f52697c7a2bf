/* SPDX-License-Identifier: ISC */
/*
 * tls - a connection that is encrypted, to a server that proves who it is by a
 * certificate of an authority that this machine trusts, or of SSL_CERT_FILE.
 */
#ifndef PAR_QUEUE_TLS_H
#define PAR_QUEUE_TLS_H

#include <stdbool.h>

#include <hiredis/hiredis.h>

/* Was this built with a hiredis that has TLS? */
bool tls_spoken(void);

/*
 * Begin TLS on a connection that is open and blocks.  certificate: a PEM file with
 * ours and its key, for a server that asks for one; or NULL.  If it did not begin, the
 * context's errstr says why.
 */
enum tls_end { TLS_BEGUN, TLS_FAILED, TLS_NEVER /* time does not cure that */ };
enum tls_end tls_begin(redisContext *context, const char *host, const char *certificate);

/* Did the server refuse us by TLS, so that no answer came?  Then errstr says why. */
bool tls_refused(redisContext *context);

#endif
