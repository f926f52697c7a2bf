/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdio.h>

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

static SSL *
prepare(SSL_CTX *shared, const char *host, const char *certificate)
{
	SSL *ssl;

	if (SSL_CTX_set_min_proto_version(shared, TLS1_2_VERSION) != 1 ||
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

int
tls_begin(redisContext *context, const char *host, const char *certificate)
{
	SSL_CTX *shared = SSL_CTX_new(TLS_client_method());
	SSL *ssl = shared == NULL ? NULL : prepare(shared, host, certificate);
	bool begun = ssl != NULL && redisInitiateSSL(context, ssl) == REDIS_OK;

	if (!begun && context->err == 0) {
		const char *why = ERR_reason_error_string(ERR_peek_error());

		context->err = REDIS_ERR_OTHER;
		snprintf(context->errstr, sizeof(context->errstr), "%s",
		    why == NULL ? "TLS" : why);
	}
	ERR_clear_error();
	if (!begun)
		SSL_free(ssl);
	SSL_CTX_free(shared); /* ssl has its share of it */
	return begun ? 0 : -1;
}
#else
bool
tls_spoken(void)
{
	return false;
}

int
tls_begin(redisContext *context, const char *host, const char *certificate)
{
	(void)host;
	(void)certificate;
	context->err = REDIS_ERR_OTHER;
	snprintf(context->errstr, sizeof(context->errstr), "TLS is not spoken here");
	return -1;
}
#endif
