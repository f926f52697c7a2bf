/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "host.h"
#include "job.h"
#include "num.h"

/* Nobody is asked for a password; a host that is gone is noticed within a minute. */
static const char ssh[] = "ssh -T -o BatchMode=yes -o ConnectTimeout=10 "
			  "-o ServerAliveInterval=15 -o ServerAliveCountMax=3";

/* A run of bytes of an entry. */
struct part {
	const char *at;
	size_t len;
};

static struct part
part(const char *from, const char *to)
{
	return (struct part){ .at = from, .len = (size_t)(to - from) };
}

static char *
string(struct part p)
{
	return bytes_string(p.at, p.len);
}

/* Take the part up to the first byte c of p, or all of it; p is what is behind c. */
static struct part
cut(struct part *p, int c)
{
	const char *end = p->at + p->len, *at = memchr(p->at, c, p->len);
	struct part first = part(p->at, at == NULL ? end : at);

	*p = at == NULL ? part(end, end) : part(at + 1, end);
	return first;
}

/* The address at the start of p, which may stand in brackets; p is what follows. */
static const char *
take_address(struct part *p, struct part *address)
{
	const char *end = p->at + p->len, *close = memchr(p->at, ']', p->len);

	if (p->len > 0 && *p->at == '[') {
		if (close == NULL || (close + 1 < end && close[1] != ':'))
			return "a bracket is not closed";
		*address = part(p->at + 1, close);
		*p = part(close + 1 == end ? end : close + 2, end);
		return address->len == 0 ? "no host in the brackets" : NULL;
	}
	*address = cut(p, ':');
	if (memchr(p->at, ':', p->len) != NULL)
		return "an IPv6 address stands in brackets";
	return NULL;
}

/* Split the entry p. */
static const char *
take_entry(struct host *host, struct part p)
{
	static const char scheme[] = "ssh://";
	const char *begin = p.at, *at, *why;
	struct part user = { 0 }, address = { 0 }, port = { 0 }, count = { 0 };
	bool url = p.len >= strlen(scheme) && memcmp(p.at, scheme, strlen(scheme)) == 0;

	if (url) {
		p = part(p.at + strlen(scheme), p.at + p.len);
		port = cut(&p, '/');
		count = p;
		p = port;
	}
	at = memrchr(p.at, '@', p.len);
	if (at != NULL) {
		user = part(p.at, at);
		p = part(at + 1, p.at + p.len);
	}
	why = take_address(&p, &address);
	if (url)
		port = p;
	else
		count = p;
	if (why != NULL)
		return why;
	host->user = string(user.at == NULL ? part("", "") : user);
	host->address = string(address);
	host->port = string(port.at == NULL ? part("", "") : port);
	host->here = !url && at == NULL && address.len == 0;
	at = count.at;
	if (at > begin && (at[-1] == ':' || at[-1] == '/') && count.len > 0)
		at--;
	host->name =
	    host->here ? string((struct part){ ":", 1 }) : string(part(begin, at));
	if (host->user == NULL || host->address == NULL || host->port == NULL ||
	    host->name == NULL)
		return words_no_memory;
	if (count.len > 0 &&
	    num_parse_bytes(count.at, count.len, 1, WORKERS_MAX, &host->workers) < 0)
		return "not a number of workers";
	return NULL;
}

/* Could it be taken for something else than a host? */
static const char *
refuse(const struct host *host)
{
	uint64_t port;

	if (!host->here && *host->address == '\0')
		return "no host";
	if (*host->address == '-' || *host->user == '-')
		return "a host does not begin with -";
	if (*host->port != '\0' && num_parse(host->port, 1, 65535, &port) < 0)
		return "not a port";
	for (const char *c = host->name; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || strchr("\"'\\\177", *c) != NULL)
			return "a host has no blanks, and no quotes";
	return strlen(host->name) > HOST_NAME_MOST ? "too long for a host" : NULL;
}

struct host *
host_new(const char *entry, size_t len, const char **why)
{
	struct host *host = calloc(1, sizeof(*host));

	*why = words_no_memory;
	if (host == NULL)
		return NULL;
	*why = len == 0 ? "no host"
			: take_entry(host, (struct part){ .at = entry, .len = len });
	if (*why == NULL)
		*why = refuse(host);
	if (*why == NULL)
		return host;
	host_free(host);
	return NULL;
}

/* Add to a word of the link. */
static void
put(struct host *host, struct bytes *text, const char *data, size_t len)
{
	if (bytes_put(text, data, len) < 0)
		host->command.short_of = true;
}

/* Is it the value of an option of ssh(1) whose %h is its own? */
static bool
is_setting(const struct words *words, size_t i)
{
	const char *before = i > 0 ? words->list[i - 1] : "";

	return strcmp(before, "-o") == 0 || strcmp(before, "-S") == 0 ||
	    strncmp(words->list[i], "-o", 2) == 0;
}

/* What a letter after % stands for; NULL if nothing. */
static const char *
meaning(const struct host *host, char letter, bool setting)
{
	if (letter == '%')
		return "%";
	if (setting)
		return NULL;
	return letter == 'h' ? host->address
	    : letter == 'u'  ? host->user
	    : letter == 'p'  ? host->port
			     : NULL;
}

/* Add a word of the transport, with what its % stand for; is the host in it? */
static bool
add_word(struct host *host, const char *word, bool setting)
{
	struct bytes text = { 0 };
	bool named = false;

	for (; *word != '\0'; word++) {
		const char *value =
		    word[0] == '%' ? meaning(host, word[1], setting) : NULL;

		if (value == NULL) {
			put(host, &text, word, 1);
			continue;
		}
		named = named || word[1] == 'h';
		put(host, &text, value, strlen(value));
		word++;
	}
	words_add(&host->command, text.data, text.len);
	bytes_free(&text);
	return named;
}

/* A transport that does not say where the host stands gets it as ssh(1) does. */
static void
add_host(struct host *host)
{
	struct bytes text = { 0 };

	if (*host->port != '\0') {
		words_add(&host->command, "-p", 2);
		words_add(&host->command, host->port, strlen(host->port));
	}
	if (*host->user != '\0') {
		put(host, &text, host->user, strlen(host->user));
		put(host, &text, "@", 1);
	}
	put(host, &text, host->address, strlen(host->address));
	words_add(&host->command, text.data, text.len);
	bytes_free(&text);
}

static const char *
add_transport(struct host *host, const char *rsh)
{
	struct words words = { 0 };
	const char *why = words_split(&words, rsh);
	bool named = false;

	for (size_t i = 0; why == NULL && i < words.count; i++)
		if (add_word(host, words.list[i], is_setting(&words, i)))
			named = true;
	if (why == NULL && !named)
		add_host(host);
	words_free(&words);
	return why;
}

/* This program. */
static void
add_self(struct host *host)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

	if (len <= 0 || (size_t)len >= sizeof(path))
		words_add(&host->command, "par-run", strlen("par-run"));
	else
		words_add(&host->command, path, (size_t)len);
}

const char *
host_prepare(struct host *host, const struct run_options *options,
    const struct header *header, const char *id, const struct job_takes *takes)
{
	const char *why = NULL;

	if (host->here)
		add_self(host);
	else
		why = add_transport(host, options->rsh == NULL ? ssh : options->rsh);
	if (why != NULL)
		return why;
	if (!host->here && options->remote != NULL)
		why = words_split(&host->command, options->remote);
	else if (!host->here)
		words_add(&host->command, "par-run", strlen("par-run"));
	words_add(&host->command, "--serve", strlen("--serve"));
	if (host->workers > per_worker_workers(&options->per_worker))
		return per_worker_few;
	host->job =
	    job_write(host->name, host->workers != 0 ? host->workers : options->workers,
		options, header, id, takes, &host->job_len);
	if (why == NULL && (host->job == NULL || host->command.short_of))
		why = words_no_memory;
	return why;
}

void
host_free(struct host *host)
{
	if (host == NULL)
		return;
	words_free(&host->command);
	free(host->name);
	free(host->user);
	free(host->address);
	free(host->port);
	free(host->job);
	free(host);
}
