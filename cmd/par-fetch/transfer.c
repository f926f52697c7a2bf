/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "transfer.h"

enum {
	KEEP = 1 << 20, /* a larger buffer is given back after use, bytes */
	READ_SIZE = 100 << 10 /* libcurl's buffer, bytes: best for pages by measurement */
};

/* Is status one that another attempt may change? */
static bool
may_pass(long status)
{
	return status == 408 || status == 429 || status == 500 || status == 502 ||
	    status == 503 || status == 504;
}

/* Does status lead elsewhere, when there is a Location too? */
static bool
leads_on(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 ||
	    status == 308;
}

long
transfer_status(struct transfer *transfer)
{
	long status = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

const char *
transfer_location(struct transfer *transfer)
{
	char *url = NULL;

	curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &url);
	return url;
}

uint64_t
transfer_retry_after(struct transfer *transfer)
{
	curl_off_t seconds = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &seconds);
	return seconds > 0 ? (uint64_t)seconds * 1000 : 0;
}

/* The record up to its body.  Protocols that have no status get 200 for a success. */
static void
begin_record(struct transfer *transfer, const char *error)
{
	struct page_head head = { .status = transfer_status(transfer), .error = error };
	char *type = NULL;

	curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &type);
	head.type = type;
	if (head.status == 0 && error == NULL)
		head.status = 200;
	page_begin(&transfer->out, transfer->request, &head);
	transfer->begun = true;
}

/* The answer breaks a limit: say so, and have libcurl end the transfer. */
static size_t
refuse(struct transfer *transfer, const char *what, uint64_t limit)
{
	snprintf(transfer->why, sizeof(transfer->why), "%s longer than %llu bytes", what,
	    (unsigned long long)limit);
	return 0;
}

static bool
will_move(struct transfer *transfer)
{
	return transfer->set->max_redirs > 0 && leads_on(transfer_status(transfer)) &&
	    transfer_location(transfer) != NULL;
}

/* libcurl has more of the body: CURLOPT_WRITEFUNCTION. */
static size_t
take_body(char *data, size_t one, size_t len, void *user)
{
	struct transfer *transfer = user;

	(void)one;
	if (transfer->body == 0)
		transfer->moved = will_move(transfer);
	transfer->body += len;
	if (transfer->body > transfer->set->max_body)
		return refuse(transfer, "body", transfer->set->max_body);
	if (transfer->moved)
		return len;
	if (!transfer->begun)
		begin_record(transfer, NULL);
	page_body(&transfer->out, data, len);
	return len;
}

/* libcurl has a header line: CURLOPT_HEADERFUNCTION. */
static size_t
take_header(char *data, size_t one, size_t len, void *user)
{
	struct transfer *transfer = user;

	(void)one;
	(void)data;
	transfer->header += len;
	if (transfer->header > transfer->set->max_header)
		return refuse(transfer, "header", transfer->set->max_header);
	return len;
}

static void
set_limits(CURL *easy, const struct settings *set)
{
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)set->connect_timeout);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)set->max_time);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, set->proto);
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, set->proto);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* we do, by our rules */
}

/* What is the same for all requests. */
static int
configure(struct transfer *transfer)
{
	const struct settings *set = transfer->set;
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->curl_why);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)READ_SIZE);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* it was normalised once */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "par-fetch/" PAR_VERSION);
	set_limits(easy, set);
	return curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK ? 0 : -1;
}

struct transfer *
transfer_new(const struct settings *set)
{
	struct transfer *transfer = calloc(1, sizeof(*transfer));

	if (transfer == NULL)
		return NULL;
	transfer->set = set;
	transfer->easy = curl_easy_init();
	if (transfer->easy == NULL || configure(transfer) < 0) {
		transfer_free(transfer);
		return NULL;
	}
	return transfer;
}

void
transfer_free(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	bytes_free(&transfer->out);
	free(transfer);
}

void
transfer_begin(struct transfer *transfer, struct request *request, bool last)
{
	const struct target *target = &request->target;
	bool tls = target->url != NULL && strncmp(target->url, "https:", 6) == 0;

	transfer->request = request;
	transfer->begun = transfer->moved = false;
	transfer->body = transfer->header = 0;
	transfer->why[0] = transfer->curl_why[0] = '\0';
	curl_easy_setopt(transfer->easy, CURLOPT_URL, target->url);
	curl_easy_setopt(transfer->easy, CURLOPT_USERNAME, target->user);
	curl_easy_setopt(transfer->easy, CURLOPT_PASSWORD, target->password);
	curl_easy_setopt(transfer->easy, CURLOPT_FORBID_REUSE, last ? 1L : 0L);
	/* Where many requests may share a connection, wait for the first. */
	curl_easy_setopt(transfer->easy, CURLOPT_PIPEWAIT, tls ? 1L : 0L);
	request->attempts++;
}

/* Did it fail for a reason that may pass? */
static bool
passing(struct transfer *transfer, CURLcode code)
{
	long error = 0;

	switch ((int)code) {
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return true;
	case CURLE_COULDNT_CONNECT:
		curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
		return error != ECONNREFUSED && error != 0;
	default:
		return false;
	}
}

enum verdict
transfer_judge(struct transfer *transfer, CURLcode code)
{
	if (code == CURLE_OK || transfer->moved) {
		if (will_move(transfer))
			return VERDICT_MOVED;
		return may_pass(transfer_status(transfer)) ? VERDICT_RETRY
							   : VERDICT_ANSWER;
	}
	if (transfer->why[0] != '\0')
		return VERDICT_FAIL;
	snprintf(transfer->why, sizeof(transfer->why), "%s",
	    transfer->curl_why[0] != '\0' ? transfer->curl_why
					  : curl_easy_strerror(code));
	return passing(transfer, code) ? VERDICT_RETRY : VERDICT_FAIL;
}

void
transfer_finish(struct transfer *transfer, bool failed)
{
	transfer->failed = failed;
	if (failed) {
		bytes_clear(&transfer->out, KEEP);
		begin_record(transfer, transfer->why);
	} else if (!transfer->begun) {
		begin_record(transfer, NULL);
	}
	page_end(&transfer->out, transfer->request);
}

void
transfer_refuse(struct transfer *transfer, struct request *request)
{
	const struct page_head head = { .error = request->refusal };

	transfer->request = request;
	transfer->failed = true;
	snprintf(transfer->why, sizeof(transfer->why), "%s", request->refusal);
	page_begin(&transfer->out, request, &head);
	page_end(&transfer->out, request);
}

struct request *
transfer_release(struct transfer *transfer)
{
	struct request *request = transfer->request;

	bytes_clear(&transfer->out, KEEP);
	transfer->request = NULL;
	transfer->sent = 0;
	return request;
}
