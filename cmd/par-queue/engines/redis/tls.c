/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tls.h"

#if defined(HAVE_HIREDIS_SSL) && defined(HAVE_OPENSSL)
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

bool
tls_spoken(void)
{
	return true;
}

/* What the server must be called: hiredis before 1.5 does not look. */
static int
expect(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);

	if (X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1)
		return 0;
	return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
		SSL_set_tlsext_host_name(ssl, (char *)(uintptr_t)host) == 1
	    ? 0
	    : -1;
}

/* Can a file that is needed be read?  NULL is none. */
static bool
readable(redisContext *context, const char *file)
{
	if (file == NULL || access(file, R_OK) == 0)
		return true;
	context->err = REDIS_ERR_OTHER;
	snprintf(
	    context->errstr, sizeof(context->errstr), "%.90s: %s", file, strerror(errno));
	return false;
}

static SSL *
prepare(redisContext *context, SSL_CTX *shared, const char *host, const char *certificate)
{
	SSL *ssl;

	if (!readable(context, getenv("SSL_CERT_FILE")) ||
	    !readable(context, certificate) ||
	    SSL_CTX_set_min_proto_version(shared, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_default_verify_paths(shared) != 1)
		return NULL;
	SSL_CTX_set_verify(shared, SSL_VERIFY_PEER, NULL);
	if (certificate != NULL &&
	    (SSL_CTX_use_certificate_chain_file(shared, certificate) != 1 ||
		SSL_CTX_use_PrivateKey_file(shared, certificate, SSL_FILETYPE_PEM) != 1))
		return NULL;
	ssl = SSL_new(shared);
	if (ssl != NULL && expect(ssl, host) < 0) {
		SSL_free(ssl);
		return NULL;
	}
	return ssl;
}

/* Why OpenSSL failed, and what it says of the server's certificate; ssl may be NULL. */
static void
say(redisContext *context, const SSL *ssl)
{
	const char *why = ERR_reason_error_string(ERR_peek_error());
	long verified = ssl == NULL ? X509_V_OK : SSL_get_verify_result(ssl);

	if (context->err == 0)
		context->err = REDIS_ERR_OTHER;
	snprintf(context->errstr, sizeof(context->errstr), "TLS: %s%s%s",
	    why == NULL ? "it failed" : why, verified == X509_V_OK ? "" : ": ",
	    verified == X509_V_OK ? "" : X509_verify_cert_error_string(verified));
}

/* Is what went wrong an error of TLS itself, and not of the connection below it? */
static bool
is_final(void)
{
	unsigned long error = ERR_peek_error();

	return ERR_GET_LIB(error) == ERR_LIB_SSL
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
	    && ERR_GET_REASON(error) != SSL_R_UNEXPECTED_EOF_WHILE_READING
#endif
	    ;
}

enum tls_end
tls_begin(redisContext *context, const char *host, const char *certificate)
{
	SSL_CTX *shared = SSL_CTX_new(TLS_client_method());
	SSL *ssl = shared == NULL ? NULL : prepare(context, shared, host, certificate);
	enum tls_end end = TLS_BEGUN;

	if (ssl == NULL || redisInitiateSSL(context, ssl) != REDIS_OK) {
		end = ssl == NULL || is_final() ? TLS_NEVER : TLS_FAILED;
		if (context->err == 0 || ERR_peek_error() != 0)
			say(context, ssl);
		SSL_free(ssl);
	}
	ERR_clear_error();
	SSL_CTX_free(shared); /* ssl has its share of it */
	return end;
}

bool
tls_refused(redisContext *context)
{
	bool refused = is_final();

	if (refused)
		say(context, NULL);
	ERR_clear_error();
	return refused;
}
#else
bool
tls_spoken(void)
{
	return false;
}

enum tls_end
tls_begin(redisContext *context, const char *host, const char *certificate)
{
	(void)host;
	(void)certificate;
	context->err = REDIS_ERR_OTHER;
	snprintf(context->errstr, sizeof(context->errstr), "TLS is not spoken here");
	return TLS_NEVER;
}

bool
tls_refused(redisContext *context)
{
	(void)context;
	return false;
}
#endif
