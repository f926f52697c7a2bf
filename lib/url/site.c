/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "site.h"

#ifdef HAVE_LIBPSL
#include <libpsl.h>

/* libpsl's own type, under a name that does not need its header. */
static const psl_ctx_t *
list_of(const struct sites *sites)
{
	return (const psl_ctx_t *)sites;
}

struct sites *
sites_open(void)
{
	return (struct sites *)psl_latest(NULL);
}

void
sites_close(struct sites *sites)
{
	psl_free((psl_ctx_t *)sites);
}

/* The part of host, len bytes, that can be registered; host itself if it has none. */
static const char *
site_of(const struct sites *sites, char name[static SITE_HOST_MAX + 1], const char *host,
    size_t len)
{
	const char *site;

	memcpy(name, host, len);
	name[len] = '\0';
	if (len > 0 && name[len - 1] == '.')
		name[len - 1] = '\0';
	if (name[0] == '[' || name[strspn(name, "0123456789.")] == '\0')
		return name;
	site = psl_registrable_domain(list_of(sites), name);
	return site != NULL ? site : name;
}

bool
sites_same(
    const struct sites *sites, const char *a, size_t a_len, const char *b, size_t b_len)
{
	char a_name[SITE_HOST_MAX + 1], b_name[SITE_HOST_MAX + 1];

	if (a_len == b_len && memcmp(a, b, a_len) == 0)
		return true;
	if (a_len > SITE_HOST_MAX || b_len > SITE_HOST_MAX)
		return false;
	return strcmp(site_of(sites, a_name, a, a_len),
		   site_of(sites, b_name, b, b_len)) == 0;
}

#else

struct sites *
sites_open(void)
{
	return NULL;
}

void
sites_close(struct sites *sites)
{
	(void)sites;
}

bool
sites_same(
    const struct sites *sites, const char *a, size_t a_len, const char *b, size_t b_len)
{
	(void)sites;
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

#endif
