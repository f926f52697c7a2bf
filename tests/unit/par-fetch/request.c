/* SPDX-License-Identifier: ISC */
/*
 * Where redirects lead, and which secrets go with them.
 */
#include <string.h>

#include "check.h"
#include "request.h"

static void
redirects(void)
{
	static const struct {
		const char *from, *to, *url; /* url NULL: it is refused */
		const char *user, *password;
		bool foreign;
	} rows[] = {
		{ "http://h/a", "/b", "http://h/b", NULL, NULL, false },
		{ "http://me:pw@h/a", "/b", "http://h/b", "me", "pw", false },
		{ "http://me:pw@h/a", "b?c", "http://h/b?c", "me", "pw", false },
		{ "http://me:pw@h/a", "//g/b", "http://g/b", NULL, NULL, true },
		{ "http://me:pw@h/a", "http://h:81/", "http://h:81/", NULL, NULL, true },
		{ "http://me:pw@h/a", "https://h/", "https://h/", NULL, NULL, true },
		{ "http://h/a", "http://you:x@h/b", "http://h/b", NULL, NULL, false },
		{ "http://h/a", "http://you:x@g/b", "http://g/b", NULL, NULL, true },
		{ "http://me:pw@h/a", "http://you:x@h/b", "http://h/b", "me", "pw",
		    false },
		{ "http://me:pw@h/a", "file:///etc/passwd", NULL, "me", "pw", false },
		{ "http://me:pw@h/a", "http://", NULL, "me", "pw", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct record rec = { .data = rows[i].from,
			.len = strlen(rows[i].from) };
		struct request *request = request_new(&rec, "http,https,file", false);
		const char *why =
		    request_redirect(request, rows[i].to, "http,https,file");

		check_at(i + 1);
		check((why == NULL) == (rows[i].url != NULL));
		check_text(request->target.url,
		    rows[i].url == NULL ? "http://h/a" : rows[i].url);
		check_text(request->target.user, rows[i].user);
		check_text(request->target.password, rows[i].password);
		check(request->foreign == rows[i].foreign);
		check_is(request->redirects, rows[i].url != NULL);
		request_free(request);
	}
}

TESTS("request", { "where redirects lead, and with what", redirects })
