/* SPDX-License-Identifier: ISC */
/*
 * multi FILE [TRANSFERS]: fetch the URLs in FILE by libcurl, 16 or TRANSFERS at a time,
 * and throw the pages away: nothing that uses libcurl can take less time.  Prints how
 * many came.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

static size_t
throw_away(char *data, size_t size, size_t count, void *unused)
{
	(void)data;
	(void)unused;
	return size * count;
}

/* Begin the next transfer; 0 if there is none. */
static int
begin(CURLM *multi, CURL *easy, FILE *urls)
{
	char url[8192];

	if (fgets(url, sizeof(url), urls) == NULL)
		return 0;
	url[strcspn(url, "\n")] = '\0';
	curl_easy_setopt(easy, CURLOPT_URL, url);
	return curl_multi_add_handle(multi, easy) == CURLM_OK;
}

int
main(int argc, char **argv)
{
	FILE *urls = argc >= 2 ? fopen(argv[1], "r") : NULL;
	int transfers = argc >= 3 ? atoi(argv[2]) : 16;
	CURLM *multi = curl_multi_init();
	int running = 0, left, in_flight = 0;
	unsigned long done = 0;

	if (urls == NULL || multi == NULL)
		return 1;
	for (int i = 0; i < transfers; i++) {
		CURL *easy = curl_easy_init();

		curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, throw_away);
		in_flight += begin(multi, easy, urls);
	}
	while (in_flight > 0) {
		CURLMsg *message;

		curl_multi_perform(multi, &running);
		while ((message = curl_multi_info_read(multi, &left)) != NULL) {
			CURL *easy = message->easy_handle;

			done += message->data.result == CURLE_OK;
			curl_multi_remove_handle(multi, easy);
			in_flight += begin(multi, easy, urls) - 1;
		}
		if (in_flight > 0)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	printf("%lu\n", done);
	return 0;
}
