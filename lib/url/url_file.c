/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "url_file.h"
#include "url_host.h"

/* Does s begin with a drive, which a slash or nothing follows? */
static bool
begins_with_drive(struct url_slice s)
{
	struct url_slice two = { s.at, s.at + 2 };

	return url_length(s) >= 2 && url_is_drive(two) &&
	    (url_length(s) == 2 || url_is_slash(SCHEME_FILE, s.at[2]));
}

/* An empty host, behind which the path begins. */
static void
put_no_host(struct url_parser *p)
{
	parser_put(p, "//", 2);
	p->url->has_host = true;
	p->url->host = p->url->host_end = p->url->path = parser_offset(p);
}

/* File host state; s is what follows the two slashes. */
static int
parse_file_host(struct url_parser *p, struct url_slice s)
{
	struct url_slice path = s, host = url_take_to_slash(SCHEME_FILE, &path);
	size_t len;

	if (url_is_drive(host)) {
		put_no_host(p);
		parser_put_path(p, s);
		return 0;
	}
	parser_put(p, "//", 2);
	if (parser_put_host(p, host) < 0)
		return -1;
	len = parser_offset(p) - p->url->host;
	if (host_is_local(p->dst + p->url->host, len)) {
		p->to -= len;
		p->url->host_end = p->url->host;
	}
	parser_start_path(p, path);
	return 0;
}

/* File slash state with one slash: an absolute path on the host, and drive, of the base.
 */
static void
parse_file_path(struct url_parser *p, struct url_slice s)
{
	const struct url *base = p->base;
	const char *path;

	if (base == NULL || base->scheme != SCHEME_FILE) {
		put_no_host(p);
		parser_put_path(p, s);
		return;
	}
	parser_copy_authority(p);
	path = base->href + base->path;
	if (!begins_with_drive(s) && base->query - base->path >= 3 &&
	    begins_with_drive((struct url_slice){ path + 1, base->href + base->query }))
		parser_put(p, path, 3);
	parser_put_path(p, s);
}

int
url_file_put(struct url_parser *p)
{
	struct url_slice rest = p->rest;

	if (parser_slash_at(p, rest, 0) && parser_slash_at(p, rest, 1))
		return parse_file_host(p, (struct url_slice){ rest.at + 2, rest.end });
	if (parser_slash_at(p, rest, 0)) {
		parse_file_path(p, (struct url_slice){ rest.at + 1, rest.end });
		return 0;
	}
	if (p->base == NULL || p->base->scheme != SCHEME_FILE) {
		parse_file_path(p, rest);
		return 0;
	}
	parser_copy_authority(p);
	if (url_length(rest) == 0) {
		parser_keep_path(p);
		return 0;
	}
	if (!begins_with_drive(rest)) {
		parser_copy_path(p);
		parser_shorten(p);
	}
	parser_put_path(p, rest);
	return 0;
}
