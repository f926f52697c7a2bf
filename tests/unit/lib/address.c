/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "check.h"
#include "memory.h"
#include "trouble.h"

static void
starved(void)
{
	static const char *const urls[] = { "redis://us%65r:pa%73s@host:1/2",
		"redis:///3", "unix:///so%63ket?db=4" };

	for (size_t i = 0; i < COUNT(urls); i++) {
		struct address address = { 0 };
		const char *why = address_parse(&address, urls[i], true);

		check(why == NULL || (memory_failed() && why == trouble_no_memory));
		address_free(&address);
	}
}

static void
without_memory(void)
{
	memory_torment(starved);
}

static void
refuses(void)
{
	static const char *const rows[][2] = {
		{ "redis://a%0:b@h", "the user is not rightly encoded" },
		{ "redis://a:b%00@h", "the password is not rightly encoded" },
		{ "unix:///%zz", "the path is not rightly encoded" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address address = { 0 };

		check_text(address_parse(&address, rows[i][0], true), rows[i][1]);
		address_free(&address);
	}
}

/* What is left of a URL in the environment; nothing of the password is behind its end. */
static void
hides(void)
{
	static const char *const rows[][2] = {
		{ "redis://user:secret@host:1/2", "redis://user@host:1/2" },
		{ "redis://:secret@host", "redis://host" },
		{ "redis://user@host", "redis://user@host" },
		{ "redis://host/a:secret@b", "redis://host/a:secret@b" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char variable[64] = "PAR_UNIT=";

		strcat(variable, rows[i][0]);
		check(putenv(variable) == 0);
		address_hide("PAR_UNIT", false);
		check_text(getenv("PAR_UNIT"), rows[i][1]);
		check(strcmp(rows[i][0], rows[i][1]) == 0 ||
		    memmem(variable, sizeof(variable), "secret", 6) == NULL);
		unsetenv("PAR_UNIT");
	}
}

TESTS("address", { "tells no memory from what is wrong", without_memory },
    { "refuses what is wrong", refuses }, { "hides passwords", hides })
