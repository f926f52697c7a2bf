/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "config.h"
#include "decode.h"
#include "diag.h"

enum {
	READ_SIZE = 100 << 10, /* bytes at once: best for pages by measurement, */
	READ_MANY = 16 << 10, /* but less for very many transfers, */
	READ_ALL = 32 << 20, /* which would take more than this */
	READ_LEAST = 1 << 10, /* the least that it takes */
	READS_A_SECOND = 256 /* of a transfer with a limit to its rate: libcurl makes up
				to 100 before it looks at the limit */
};

bool
client_repeats(const struct settings *set)
{
	static const char *const harmless[] = { "GET", "HEAD", "OPTIONS", "TRACE", "PUT",
		"DELETE" };

	if (set->method == NULL)
		return !set->post;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (strcmp(set->method, harmless[i]) == 0)
			return true;
	return false;
}

bool
client_shares(const struct settings *set)
{
	return !set->http1 && set->warc == NULL && client_repeats(set);
}

bool
client_proxied(const struct settings *set)
{
	static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY" };

	if (set->proxy != NULL)
		return set->proxy[0] != '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !set->deny_private;
	     i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return true;
	}
	return config_evades(set) != NULL;
}

bool
client_has_hsts(void)
{
#if LIBCURL_VERSION_NUM >= 0x075800
	return (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HSTS) != 0;
#else
	return false;
#endif
}

static bool
has_hsts_file(const struct settings *set)
{
	return set->hsts != NULL && set->hsts[0] != '\0';
}

bool
client_keeps(const struct settings *set)
{
	return set->cookie_jar != NULL || has_hsts_file(set);
}

/* The jar is written at the end, and libcurl keeps silent about failure: try now. */
static void
try_jar(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	close(fd);
}

/*
 * The hosts of the file are read once: libcurl reads it with the first transfer of a
 * handle that has it, and writes it with the end of each.
 */
static void
share_hsts(struct client *client)
{
#if LIBCURL_VERSION_NUM >= 0x075800
	CURL *easy;

	curl_share_setopt(client->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_HSTS);
	if (!has_hsts_file(client->set))
		return;
	easy = curl_easy_init();
	if (easy == NULL)
		die(STATUS_BROKEN, ENOMEM, "%s", client->set->hsts);
	curl_easy_setopt(easy, CURLOPT_SHARE, client->share);
	curl_easy_setopt(easy, CURLOPT_HSTS_CTRL, (long)CURLHSTS_ENABLE);
	curl_easy_setopt(easy, CURLOPT_HSTS, client->set->hsts);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "file");
	curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(easy, CURLOPT_URL, "file:///dev/null");
	curl_easy_perform(easy); /* whatever comes of it */
	curl_easy_setopt(easy, CURLOPT_HSTS, NULL);
	curl_easy_cleanup(easy);
#else
	(void)client;
#endif
}

void
client_open(struct client *client, const struct settings *set)
{
	*client = (struct client){ .set = set };
	if (set->cookie_jar != NULL)
		try_jar(set->cookie_jar);
	if (has_hsts_file(set))
		try_jar(set->hsts);
	client->share = curl_share_init();
	if (client->share == NULL)
		die(STATUS_BROKEN, ENOMEM, "connections");
	/* A handle would know those alone that it has made. */
	curl_share_setopt(client->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	if (set->cookie_file != NULL || set->cookie_jar != NULL)
		curl_share_setopt(client->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
	if (set->hsts != NULL)
		share_hsts(client);
}

static void
set_limits(CURL *easy, const struct settings *set)
{
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)set->connect_timeout);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)set->max_time);
	curl_easy_setopt(easy, CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)set->limit_rate);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, set->proto);
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, set->proto);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* we do, by our rules */
}

static long
http_version(const struct settings *set)
{
	/* An archive has no form for HTTP/2. */
	return set->http1 || set->warc != NULL ? CURL_HTTP_VERSION_1_1
					       : CURL_HTTP_VERSION_2TLS;
}

static void
set_connection(CURL *easy, const struct settings *set)
{
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, http_version(set));
	curl_easy_setopt(easy, CURLOPT_RESOLVE, set->resolve);
	if (set->cacert != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, set->cacert);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, set->insecure ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, set->insecure ? 0L : 2L);
	/* A proxy from the environment would connect where we must not. */
	if (set->proxy != NULL || set->deny_private)
		curl_easy_setopt(
		    easy, CURLOPT_PROXY, set->proxy != NULL ? set->proxy : "");
}

static void
set_request(CURL *easy, const struct client *client)
{
	const struct settings *set = client->set;

	curl_easy_setopt(easy, CURLOPT_USERAGENT, set->agent);
	curl_easy_setopt(
	    easy, CURLOPT_NETRC, set->netrc ? CURL_NETRC_OPTIONAL : CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_SHARE, client->share);
	if (set->cookie_file != NULL || set->cookie_jar != NULL)
		curl_easy_setopt(easy, CURLOPT_COOKIEFILE,
		    set->cookie_file != NULL ? set->cookie_file : "");
	if (set->hsts != NULL)
		curl_easy_setopt(easy, CURLOPT_HSTS_CTRL, (long)CURLHSTS_ENABLE);
	curl_easy_setopt(easy, CURLOPT_FILETIME, set->folder != NULL ? 1L : 0L);
}

/* libcurl keeps to a rate by pauses between reads: they must be small then. */
static long
read_size(const struct settings *set)
{
	uint64_t size = set->limit_rate / READS_A_SECOND, most = READ_ALL / set->jobs;

	if (most > READ_SIZE)
		most = READ_SIZE;
	if (most < READ_MANY)
		most = READ_MANY;
	if (size == 0 || size > most)
		return (long)most;
	return size < READ_LEAST ? READ_LEAST : (long)size;
}

CURL *
client_handle(const struct client *client)
{
	CURL *easy = curl_easy_init();

	if (easy == NULL)
		return NULL;
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, read_size(client->set));
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* it was normalised once */
	/* An archive is to have what the server sent, not what was made of it. */
	if (client->set->warc == NULL) {
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, decode_accepted());
		curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L); /* we do */
	}
	config_apply(easy, client->set); /* what we set goes before it */
	set_limits(easy, client->set);
	set_connection(easy, client->set);
	set_request(easy, client);
	return easy;
}

void
client_save(struct client *client)
{
	const struct settings *set = client->set;
	CURL *easy;

	if (!client_keeps(set))
		return;
	easy = curl_easy_init();
	if (easy == NULL)
		return;
	curl_easy_setopt(easy, CURLOPT_SHARE, client->share);
	if (set->cookie_jar != NULL)
		curl_easy_setopt(easy, CURLOPT_COOKIEJAR, set->cookie_jar);
	if (has_hsts_file(set)) {
		curl_easy_setopt(easy, CURLOPT_HSTS_CTRL, (long)CURLHSTS_ENABLE);
		curl_easy_setopt(easy, CURLOPT_HSTS, set->hsts);
	}
	curl_easy_cleanup(easy);
}

void
client_close(struct client *client)
{
	client_save(client);
	curl_share_cleanup(client->share);
}
