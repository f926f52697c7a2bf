/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <curl/curl.h>

#include "client.h"
#include "command_line.h"
#include "config.h"
#include "diag.h"
#include "fdio.h"
#include "fifo.h"
#include "naming.h"
#include "need.h"
#include "num.h"
#include "opt.h"
#include "record.h"

enum {
	JOBS_MAX = 10000,
	LOOKAHEAD_MAX = 1 << 20,
	DESCRIPTORS = 2, /* that a transfer may need: a second try to connect, a file */
	OTHER_DESCRIPTORS = 32,
	TIME_MAX = 24 * 60 * 60 * 1000 /* milliseconds */
};

/* A libcurl list with one more line; ends the program without memory. */
static struct curl_slist *
append(struct curl_slist *list, const char *line)
{
	list = curl_slist_append(list, line);
	if (list == NULL)
		die(STATUS_BROKEN, ENOMEM, "options");
	return list;
}

static const char *
set_header(void *target, const char *value)
{
	static const char *const secret[] = { "authorization", "cookie",
		"proxy-authorization" };
	struct settings *set = target;
	size_t name = strcspn(value, ":;");

	if (value[name] == '\0' || name == 0 || strpbrk(value, "\r\n") != NULL)
		return "not a header line, NAME: VALUE";
	set->headers = append(set->headers, value);
	if (strncasecmp(value, "x-", 2) == 0) /* X-Api-Key and its like */
		return NULL;
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		if (strlen(secret[i]) == name && strncasecmp(value, secret[i], name) == 0)
			return NULL;
	set->safe_headers = append(set->safe_headers, value);
	return NULL;
}

static const char *
set_allowed(void *target, const char *value)
{
	struct settings *set = target;
	unsigned char address[16];

	if (inet_pton(AF_INET, value, address) != 1 &&
	    inet_pton(AF_INET6, value, address) != 1)
		return "not an address";
	set->allowed = append(set->allowed, value);
	return NULL;
}

static const char *
set_resolve(void *target, const char *value)
{
	struct settings *set = target;

	if (strchr(value, ':') == NULL)
		return "not HOST:PORT:ADDRESS";
	set->resolve = append(set->resolve, value);
	return NULL;
}

/* What goes into the header of a request must not end a line of it. */
static const char line_end[] = "holds the end of a line";

static bool
breaks_line(const char *value)
{
	return strpbrk(value, "\r\n") != NULL;
}

/* Put a copy of value in place of the old one. */
static void
replace(char **old, const char *value)
{
	free(*old);
	*old = need_string(value, strlen(value));
}

static const char *
set_agent(void *target, const char *value)
{
	struct settings *set = target;

	set->agent = value;
	return breaks_line(value) ? line_end : NULL;
}

static const char *
set_method(void *target, const char *value)
{
	struct settings *set = target;

	set->method = value;
	return breaks_line(value) ? line_end : NULL;
}

static const char *
set_proxy(void *target, const char *value)
{
	struct settings *set = target;

	replace(&set->proxy, value);
	return breaks_line(value) ? line_end : NULL;
}

static const char *
set_user(void *target, const char *value)
{
	struct settings *set = target;
	size_t name = strcspn(value, ":");

	if (breaks_line(value))
		return line_end;
	free(set->user);
	free(set->password);
	set->user = need_string(value, name);
	value += name + (value[name] == ':');
	set->password = need_string(value, strlen(value));
	return NULL;
}

/* NAME=VALUE, or a file of cookies, or none: only those of the run. */
static const char *
set_cookies(void *target, const char *value)
{
	struct settings *set = target;

	if (breaks_line(value))
		return line_end;
	if (strchr(value, '=') != NULL)
		replace(&set->cookies, value);
	else if (value[0] == '\0' || access(value, R_OK) == 0)
		replace(&set->cookie_file, value);
	else
		return strerror(errno);
	return NULL;
}

static const char *
set_cookie_jar(void *target, const char *value)
{
	struct settings *set = target;

	set->cookie_jar = value;
	return strcmp(value, "-") == 0 ? "standard output has the records" : NULL;
}

static const char *
set_hsts(void *target, const char *value)
{
	struct settings *set = target;

	if (!client_has_hsts())
		return "libcurl is one without HSTS";
	set->hsts = value;
	return strcmp(value, "-") == 0 ? "standard output has the records" : NULL;
}

/* The content of a file, which is remembered as one that is read. */
static const char *
read_file(struct settings *set, struct bytes *to, const char *path)
{
	int fd = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd < 0)
		return path[0] == '-' ? "standard input has the URLs" : strerror(errno);
	set->read = append(set->read, path);
	while ((n = fdio_read(fd, need_room(to, 1 << 16), 1 << 16)) > 0)
		to->len += (size_t)n;
	close(fd);
	return n < 0 ? strerror(errno) : NULL;
}

static const char *
set_data(void *target, const char *value)
{
	struct settings *set = target;

	if (set->post)
		need_put(&set->data, "&", 1);
	set->post = true;
	if (value[0] == '@')
		return read_file(set, &set->data, value + 1);
	need_put(&set->data, value, strlen(value));
	return NULL;
}

/* Where options of a file go. */
struct config {
	const struct opt_program *program;
	struct settings *set;
};

static const char *
set_config(void *target, const char *value)
{
	const struct config *config = target;
	struct bytes text = { 0 };
	const char *why = read_file(config->set, &text, value);

	need_put(&text, "", 1);
	if (why == NULL)
		config_read(config->program, config->set, value, text.data);
	bytes_free(&text);
	return why;
}

static const char *
set_names(void *target, const char *value)
{
	struct settings *set = target;

	set->names = value;
	return naming_check(value);
}

/* One of the words of --fail-on: 404, 5xx or 400-499. */
static bool
read_statuses(struct settings *set, const char *word, size_t len)
{
	uint64_t first, last;

	if (len == 3 && memcmp(word + 1, "xx", 2) == 0 && word[0] >= '1' &&
	    word[0] <= '9') {
		first = (uint64_t)(word[0] - '0') * 100;
		last = first + 99;
	} else if (len == 7 && word[3] == '-') {
		if (num_parse_bytes(word, 3, 100, 999, &first) < 0 ||
		    num_parse_bytes(word + 4, 3, first, 999, &last) < 0)
			return false;
	} else if (num_parse_bytes(word, len, 100, 999, &first) == 0) {
		last = first;
	} else {
		return false;
	}
	while (first <= last)
		set->fail_on[first++] = true;
	return true;
}

static const char *
set_fail_on(void *target, const char *value)
{
	for (;;) {
		size_t len = strcspn(value, ",");

		if (!read_statuses(target, value, len))
			return "not a list of statuses, as 404,429,5xx,600-699";
		if (value[len] == '\0')
			return NULL;
		value += len + 1;
	}
}

static void
add_pace(struct opt_table *table, struct settings *set)
{
	const struct opt rows[] = {
		{ .help = "How much at once" },
		{ 0, "delay", OPT_DURATION, .number = &set->delay, "TIME",
		    "wait TIME from one request to a host to the next", 0, TIME_MAX,
		    NULL },
		{ 'j', "jobs", OPT_NUMBER, .number = &set->jobs, "N",
		    "N transfers in flight (default 16); also -P", 1, JOBS_MAX, NULL },
		{ 'P', NULL, OPT_NUMBER, .number = &set->jobs, "N", "", 1, JOBS_MAX,
		    NULL },
		{ 0, "limit-rate", OPT_SIZE, .number = &set->limit_rate, "SIZE",
		    "read no more than SIZE a second in a transfer", 1, 1ULL << 40,
		    NULL },
		{ 0, "lookahead", OPT_NUMBER, .number = &set->lookahead, "N",
		    "read N records ahead, so that hosts take turns (default 2 x -j)", 1,
		    LOOKAHEAD_MAX, NULL },
		{ 0, "robots", OPT_FLAG, .flag = &set->robots, NULL, "obey robots.txt", 0,
		    0, NULL },
		{ 0, "per-host", OPT_NUMBER, .number = &set->per_host, "N",
		    "N transfers in flight to one host (default 6)", 1, JOBS_MAX, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

static void
add_limits(struct opt_table *table, struct settings *set)
{
	const struct opt rows[] = {
		{ .help = "Limits" },
		{ 0, "allow", OPT_CALL, .context = set, "ADDRESS",
		    "allow ADDRESS in spite of --deny-private", 0, 0, set_allowed },
		{ 0, "connect-timeout", OPT_DURATION, .number = &set->connect_timeout,
		    "TIME", "give up connecting after TIME (default 10s)", 1, TIME_MAX,
		    NULL },
		{ 0, "max-body", OPT_SIZE, .number = &set->max_body, "SIZE",
		    "fail bodies longer than SIZE, decoded (default 32M)", 0, 1 << 30,
		    NULL },
		{ 0, "max-header", OPT_SIZE, .number = &set->max_header, "SIZE",
		    "fail answers with more than SIZE of header (default 256K)", 1,
		    1 << 30, NULL },
		{ 0, "max-record", OPT_SIZE, .number = &set->max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0, "max-redirs", OPT_NUMBER, .number = &set->max_redirs, "N",
		    "follow N redirects (default 20); 0: a redirect is an answer", 0,
		    1000, NULL },
		{ 0, "deny-private", OPT_FLAG, .flag = &set->deny_private, NULL,
		    "connect to public addresses only", 0, 0, NULL },
		{ 'L', "location", OPT_FLAG, .flag = &set->location, NULL,
		    "follow redirects (the default)", 0, 0, NULL },
		{ 'm', "max-time", OPT_DURATION, .number = &set->max_time, "TIME",
		    "give up an attempt after TIME (default 60s); 0: never", 0, TIME_MAX,
		    NULL },
		{ 'Y', "speed-limit", OPT_SIZE, .number = &set->speed_limit, "SIZE",
		    "give up a transfer slower than SIZE a second", 0, 1 << 30, NULL },
		{ 'y', "speed-time", OPT_DURATION, .number = &set->speed_time, "TIME",
		    "when it has been that slow for TIME (default 30s)", 1000, TIME_MAX,
		    NULL },
		{ 0, "proto", OPT_STRING, .text = &set->proto, "LIST",
		    "protocols allowed (default http,https)", 0, 0, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

static void
add_requests(struct opt_table *table, struct settings *set)
{
	const struct opt rows[] = {
		{ .help = "Requests" },
		{ 'b', "cookie", OPT_SECRET, .context = set, "COOKIES|FILE",
		    "send COOKIES, NAME=VALUE, or those in FILE", 0, 0, set_cookies },
		{ 'c', "cookie-jar", OPT_CALL, .context = set, "FILE",
		    "keep cookies, and write them to FILE at the end", 0, 0,
		    set_cookie_jar },
		{ 'd', "data", OPT_SECRET, .context = set, "DATA",
		    "POST DATA, or @FILE; several are joined by &", 0, 0, set_data },
		{ 'H', "header", OPT_SECRET, .context = set, "LINE",
		    "add LINE to the header", 0, 0, set_header },
		{ 0, "guess-scheme", OPT_FLAG, .flag = &set->guess, NULL,
		    "take example.org/x for http://example.org/x", 0, 0, NULL },
		{ 0, "hsts", OPT_CALL, .context = set, "FILE",
		    "ask hosts by https that have said so; FILE keeps them", 0, 0,
		    set_hsts },
		{ 'I', "head", OPT_FLAG, .flag = &set->head, NULL,
		    "ask for the header only; it stands for the body", 0, 0, NULL },
		{ 0, "netrc", OPT_FLAG, .flag = &set->netrc, NULL,
		    "take user and password from ~/.netrc", 0, 0, NULL },
		{ 'u', "user", OPT_SECRET, .context = set, "NAME:PASSWORD",
		    "user and password for the hosts of the input", 0, 0, set_user },
		{ 'A', "user-agent", OPT_CALL, .context = set, "NAME",
		    "say NAME (default par-fetch/VERSION)", 0, 0, set_agent },
		{ 'X', "request", OPT_CALL, .context = set, "METHOD",
		    "use METHOD instead of GET or POST", 0, 0, set_method },
		{ 0 },
	};

	opt_add(table, rows);
}

static void
add_connection(struct opt_table *table, struct settings *set, struct config *config)
{
	const struct opt rows[] = {
		{ .help = "Connections" },
		{ 'K', "config", OPT_CALL, .context = config, "FILE",
		    "take options from FILE, also some of curl's", 0, 0, set_config },
		{ 0, "cacert", OPT_STRING, .text = &set->cacert, "FILE",
		    "trust the certificates in FILE", 0, 0, NULL },
		{ 0, "http1.1", OPT_FLAG, .flag = &set->http1, NULL, "use HTTP/1.1", 0, 0,
		    NULL },
		{ 0, "http2", OPT_OFF, .flag = &set->http1, NULL,
		    "use HTTP/2 where the server has it (the default)", 0, 0, NULL },
		{ 'k', "insecure", OPT_FLAG, .flag = &set->insecure, NULL,
		    "do not check certificates", 0, 0, NULL },
		{ 'x', "proxy", OPT_SECRET, .context = set, "URL",
		    "connect through a proxy", 0, 0, set_proxy },
		{ 0, "resolve", OPT_CALL, .context = set, "HOST:PORT:ADDRESS",
		    "find HOST at ADDRESS", 0, 0, set_resolve },
		{ 0 },
	};

	opt_add(table, rows);
}

static void
add_retries(struct opt_table *table, struct settings *set)
{
	const struct opt rows[] = {
		{ .help = "When it fails" },
		{ 0, "fail-on", OPT_CALL, .context = set, "LIST",
		    "fail answers of these statuses, as 404,5xx,400-499", 0, 0,
		    set_fail_on },
		{ 0, "retries", OPT_NUMBER, .number = &set->retries, "N",
		    "try again N times what may pass (default 2)", 0, 1000, NULL },
		{ 0, "retry-delay", OPT_DURATION, .number = &set->backoff.first, "TIME",
		    "wait TIME before the first retry, twice that, ... (default 500ms)",
		    0, TIME_MAX, NULL },
		{ 0, "retry-max-delay", OPT_DURATION, .number = &set->backoff.longest,
		    "TIME", "wait no longer, even if the server asks (default 60s)", 0,
		    TIME_MAX, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

static void
add_output(struct opt_table *table, struct settings *set)
{
	const struct opt rows[] = {
		{ .help = "Records and files" },
		{ 0, "headers", OPT_FLAG, .flag = &set->tell, NULL,
		    "add HTTP version, address, seconds and header to records", 0, 0,
		    NULL },
		{ 0, "if-modified", OPT_FLAG, .flag = &set->if_modified, NULL,
		    "with -o: fetch what is newer than its file", 0, 0, NULL },
		{ 0, "json", OPT_FLAG, .flag = &set->json, NULL,
		    "write records as JSON objects", 0, 0, NULL },
		{ 0, "keep-truncated", OPT_FLAG, .flag = &set->keep, NULL,
		    "of bodies that are too long or cut keep what came", 0, 0, NULL },
		{ 0, "name", OPT_CALL, .context = set, "TEMPLATE",
		    "with -o: name files so, as {host}/{path}{query}", 0, 0, set_names },
		{ 0, "output", OPT_STRING, .text = &set->output, "FILE",
		    "write records to FILE, not to standard output", 0, 0, NULL },
		{ 'o', "output-dir", OPT_STRING, .text = &set->folder, "DIR",
		    "write bodies to files in DIR; records have their paths", 0, 0,
		    NULL },
		{ 0, "progress", OPT_FLAG, .flag = &set->progress, NULL,
		    "show how far it is on standard error", 0, 0, NULL },
		{ 0, "wait", OPT_DURATION, .number = &set->wait_ms, "TIME",
		    "give up FIFOs without another end after TIME (default never)", 1, 0,
		    NULL },
		{ 0, "warc", OPT_STRING, .text = &set->warc, "FILE",
		    "append requests and answers to FILE, a WARC", 0, 0, NULL },
		{ 0, "warc-revisit", OPT_FLAG, .flag = &set->warc_revisit, NULL,
		    "with --warc: only refer to bodies that it has already", 0, 0, NULL },
		{ 0, "warc-seen", OPT_STRING, .text = &set->warc_seen, "FILE",
		    "the same for bodies that runs with FILE have archived", 0, 0, NULL },
		{ 0, "warc-size", OPT_SIZE, .number = &set->warc_size, "SIZE",
		    "with --warc: begin another file before one is longer", 1, 1ULL << 50,
		    NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* Whoever knows other programs gives URLs as arguments; these are FILEs here. */
static void
refuse_urls(const struct settings *set)
{
	for (size_t i = 0; i < set->count; i++)
		diag_refuse_url(set->paths[i], "FILE", "par-fetch");
}

/* A transfer that finds no descriptor would fail its record: rather have fewer. */
static void
fit_jobs(struct settings *set)
{
	long all, most;

	fifo_expect_many();
	all = sysconf(_SC_OPEN_MAX);
	most = (all - OTHER_DESCRIPTORS) / DESCRIPTORS;
	if (all < 0 || set->jobs <= (uint64_t)(most < 1 ? 1 : most))
		return;
	set->jobs = (uint64_t)(most < 1 ? 1 : most);
	warn("-j %" PRIu64 ", as only %ld files may be open at once (ulimit -n)",
	    set->jobs, all);
}

void
command_line_read(struct settings *set, int argc, char **argv)
{
	struct opt_table table = { 0 };
	struct opt_program program = { .name = "par-fetch",
		.synopsis = "[-j N] [OPTION ...] [FILE ...]",
		.about = "Fetch each URL of the input; print a record of URL, status, "
			 "content type,\neffective URL, error and body, in the order in "
			 "which they finish.",
		.examples =
		    "  par-fetch <urls | cut -f 1,2               URL, TAB, status\n"
		    "  par-fetch -o files --json <urls            bodies in files\n"
		    "  par-fetch --fail-on 4xx,5xx <urls          status 1 if any\n" };
	struct config config = { .program = &program, .set = set };
	int first;

	*set = (struct settings){
		.jobs = 16,
		.per_host = 6,
		.max_record = RECORD_LIMIT,
		.max_body = 32 << 20,
		.max_header = 256 << 10,
		.agent = "par-fetch/" PAR_VERSION,
		.connect_timeout = 10000,
		.max_time = 60000,
		.speed_time = 30000,
		.max_redirs = 20,
		.retries = 2,
		.backoff = { .first = 500, .longest = 60 * 1000, .spread = true },
		.proto = "http,https",
	};
	add_requests(&table, set);
	add_connection(&table, set, &config);
	add_pace(&table, set);
	add_limits(&table, set);
	add_retries(&table, set);
	add_output(&table, set);
	program.opts = table.rows;
	first = diag_options(&program, argc, argv);
	opt_free(&table);
	set->paths = argv + first;
	set->count = (size_t)(argc - first);
	refuse_urls(set);
	if (set->deny_private && set->proxy != NULL)
		die_misuse("--deny-private cannot look behind a --proxy");
	if (set->deny_private && config_evades(set) != NULL)
		die_misuse("--deny-private cannot look behind %s", config_evades(set));
	if (set->if_modified && set->folder == NULL)
		die_misuse("--if-modified needs -o");
	if (set->names != NULL && set->folder == NULL)
		die_misuse("--name needs -o");
	if (set->warc == NULL && set->warc_seen != NULL)
		die_misuse("--warc-seen needs --warc");
	set->warc_revisit = set->warc_revisit || set->warc_seen != NULL;
	if (set->warc == NULL && (set->warc_size > 0 || set->warc_revisit))
		die_misuse(
		    "--warc-%s needs --warc", set->warc_revisit ? "revisit" : "size");
	fit_jobs(set);
	if (set->lookahead == 0)
		set->lookahead = 2 * set->jobs;
}

void
command_line_release(struct settings *set)
{
	curl_slist_free_all(set->headers);
	curl_slist_free_all(set->safe_headers);
	curl_slist_free_all(set->resolve);
	curl_slist_free_all(set->allowed);
	curl_slist_free_all(set->config);
	curl_slist_free_all(set->read);
	free(set->user);
	free(set->password);
	free(set->proxy);
	free(set->cookies);
	free(set->cookie_file);
	bytes_free(&set->data);
}
