/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "diag.h"
#include "num.h"

enum value_kind {
	TEXT, /* the value is its argument */
	NUMBER,
	FLAG /* it stands for a number */
};

/* What curl has, under the same name. */
static const struct extra {
	const char *name;
	CURLoption option;
	enum value_kind kind;
	long number; /* of FLAG */
} extras[] = {
	{ "anyauth", CURLOPT_HTTPAUTH, FLAG, (long)CURLAUTH_ANY },
	{ "capath", CURLOPT_CAPATH, TEXT, 0 },
	{ "cert", CURLOPT_SSLCERT, TEXT, 0 },
	{ "cert-status", CURLOPT_SSL_VERIFYSTATUS, FLAG, 1 },
	{ "cert-type", CURLOPT_SSLCERTTYPE, TEXT, 0 },
	{ "ciphers", CURLOPT_SSL_CIPHER_LIST, TEXT, 0 },
	{ "crlfile", CURLOPT_CRLFILE, TEXT, 0 },
	{ "curves", CURLOPT_SSL_EC_CURVES, TEXT, 0 },
	{ "digest", CURLOPT_HTTPAUTH, FLAG, (long)CURLAUTH_DIGEST },
	{ "dns-interface", CURLOPT_DNS_INTERFACE, TEXT, 0 },
	{ "dns-servers", CURLOPT_DNS_SERVERS, TEXT, 0 },
	{ "doh-url", CURLOPT_DOH_URL, TEXT, 0 },
	{ "happy-eyeballs-timeout-ms", CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, NUMBER, 0 },
	{ "interface", CURLOPT_INTERFACE, TEXT, 0 },
	{ "ipv4", CURLOPT_IPRESOLVE, FLAG, CURL_IPRESOLVE_V4 },
	{ "ipv6", CURLOPT_IPRESOLVE, FLAG, CURL_IPRESOLVE_V6 },
	{ "keepalive-time", CURLOPT_TCP_KEEPIDLE, NUMBER, 0 },
	{ "key", CURLOPT_SSLKEY, TEXT, 0 },
	{ "key-type", CURLOPT_SSLKEYTYPE, TEXT, 0 },
	{ "negotiate", CURLOPT_HTTPAUTH, FLAG, (long)CURLAUTH_NEGOTIATE },
	{ "noproxy", CURLOPT_NOPROXY, TEXT, 0 },
	{ "ntlm", CURLOPT_HTTPAUTH, FLAG, (long)CURLAUTH_NTLM },
	{ "pass", CURLOPT_KEYPASSWD, TEXT, 0 },
	{ "pinnedpubkey", CURLOPT_PINNEDPUBLICKEY, TEXT, 0 },
	{ "preproxy", CURLOPT_PRE_PROXY, TEXT, 0 },
	{ "proxy-cacert", CURLOPT_PROXY_CAINFO, TEXT, 0 },
	{ "proxy-user", CURLOPT_PROXYUSERPWD, TEXT, 0 },
	{ "proxytunnel", CURLOPT_HTTPPROXYTUNNEL, FLAG, 1 },
	{ "range", CURLOPT_RANGE, TEXT, 0 },
	{ "referer", CURLOPT_REFERER, TEXT, 0 },
	{ "tcp-fastopen", CURLOPT_TCP_FASTOPEN, FLAG, 1 },
	{ "tls13-ciphers", CURLOPT_TLS13_CIPHERS, TEXT, 0 },
	{ "tlsv1.2", CURLOPT_SSLVERSION, FLAG, CURL_SSLVERSION_TLSv1_2 },
	{ "tlsv1.3", CURLOPT_SSLVERSION, FLAG, CURL_SSLVERSION_TLSv1_3 },
	{ "unix-socket", CURLOPT_UNIX_SOCKET_PATH, TEXT, 0 },
};

#define EXTRAS (sizeof(extras) / sizeof(extras[0]))

_Static_assert(EXTRAS <= SETTINGS_EXTRAS, "settings have no room for all");

/* A value that stays while the program runs. */
static const char *
copy_of(struct settings *set, const char *value)
{
	struct curl_slist *copy = curl_slist_append(NULL, value);

	if (copy == NULL)
		die(STATUS_BROKEN, ENOMEM, "options");
	copy->next = set->config;
	set->config = copy;
	return copy->data;
}

/* One of curl's: NULL, or what is wrong with it. */
static const char *
set_extra(struct settings *set, const char *name, const char *value)
{
	uint64_t number;

	for (size_t i = 0; i < EXTRAS; i++) {
		if (strcmp(name, extras[i].name) != 0)
			continue;
		if (extras[i].kind == FLAG && value != NULL)
			return "takes no value";
		if (extras[i].kind != FLAG && value == NULL)
			return "needs a value";
		if (extras[i].kind == NUMBER && num_parse(value, 0, 1 << 30, &number) < 0)
			return "not a number";
		set->extras[i] = value == NULL ? "" : value;
		return NULL;
	}
	return "no such option";
}

/* The value that begins at text, or NULL; its quotes and escapes are taken out. */
static char *
take_value(char *text)
{
	char *to = text, *from = text + 1;
	size_t len = strlen(text);

	if (*text != '"') {
		while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
			text[--len] = '\0';
		return len > 0 ? text : NULL;
	}
	for (; *from != '\0' && *from != '"'; from++) {
		static const char letters[] = "tnrv", means[] = "\t\n\r\v";
		const char *letter;

		if (*from == '\\' && from[1] != '\0') {
			letter = strchr(letters, *++from);
			*to++ = letter != NULL ? means[letter - letters] : *from;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return text;
}

/* An option and its value: NULL, or what is wrong with it. */
static const char *
take_option(const struct opt_program *program, struct settings *set, const char *name,
    const char *value)
{
	struct trouble trouble = { 0 };

	if (strcmp(name, "config") == 0 || strcmp(name, "K") == 0)
		return "not in such a file";
	if (value != NULL)
		value = copy_of(set, value);
	switch (opt_set(program, name, value, &trouble)) {
	case OPT_SET:
		break;
	case OPT_UNKNOWN:
		return set_extra(set, name, value);
	case OPT_LACKS_VALUE:
		return "needs a value";
	case OPT_HAS_VALUE:
		return "takes no value";
	case OPT_REFUSED:
		die_of(&trouble);
	}
	return NULL;
}

/* One line without its newline: NAME, NAME VALUE, NAME = VALUE or NAME: VALUE. */
static void
take_line(const struct opt_program *program, struct settings *set, char *line,
    const char *where)
{
	char *name = line + strspn(line, " \t"), *end;
	const char *why, *value = NULL;

	if (*name == '#' || name[strspn(name, "\r")] == '\0')
		return;
	name += strspn(name, "-");
	end = name + strcspn(name, " \t\r=:");
	if (*end != '\0') {
		char *at = end + strspn(end, " \t");

		at += *at == '=' || *at == ':';
		*end = '\0';
		value = take_value(at + strspn(at, " \t"));
	}
	why = take_option(program, set, name, value);
	if (why != NULL)
		die_misuse("%s: %s: %s", where, name, why);
}

void
config_read(
    const struct opt_program *program, struct settings *set, const char *path, char *text)
{
	for (unsigned long number = 1; text != NULL; number++) {
		char *newline = strchr(text, '\n');
		char where[4096];

		if (newline != NULL)
			*newline = '\0';
		snprintf(where, sizeof(where), "%s:%lu", path, number);
		take_line(program, set, text, where);
		text = newline == NULL ? NULL : newline + 1;
	}
}

const char *
config_evades(const struct settings *set)
{
	for (size_t i = 0; i < EXTRAS; i++)
		if (set->extras[i] != NULL &&
		    (extras[i].option == CURLOPT_PRE_PROXY ||
			extras[i].option == CURLOPT_UNIX_SOCKET_PATH))
			return extras[i].name;
	return NULL;
}

void
config_roles(struct roles *roles, const struct settings *set)
{
	static const CURLoption files[] = { CURLOPT_SSLCERT, CURLOPT_SSLKEY,
		CURLOPT_CRLFILE, CURLOPT_PROXY_CAINFO };

	for (size_t i = 0; i < EXTRAS; i++)
		for (size_t k = 0; k < sizeof(files) / sizeof(files[0]); k++)
			if (extras[i].option == files[k])
				roles_add(
				    roles, ROLE_SETTINGS, extras[i].name, set->extras[i]);
}

void
config_apply(CURL *easy, const struct settings *set)
{
	for (size_t i = 0; i < EXTRAS; i++) {
		CURLcode code = CURLE_OK;
		const char *value = set->extras[i];

		if (value == NULL)
			continue;
		if (extras[i].kind == TEXT)
			code = curl_easy_setopt(easy, extras[i].option, value);
		else
			code = curl_easy_setopt(easy, extras[i].option,
			    extras[i].kind == FLAG ? extras[i].number
						   : strtol(value, NULL, 10));
		if (code != CURLE_OK)
			die(STATUS_MISUSE, 0, "%s: %s", extras[i].name,
			    curl_easy_strerror(code));
	}
}
