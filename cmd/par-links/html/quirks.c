/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "field.h"
#include "quirks.h"

/* Beginnings of public identifiers, from 13.2.6.4.1 of the HTML Standard. */
static const char *const old[] = {
	"+//Silmaril//dtd html Pro v0r11 19970101//",
	"-//AS//DTD HTML 3.0 asWedit + extensions//",
	"-//AdvaSoft Ltd//DTD HTML 3.0 asWedit + extensions//",
	"-//IETF//DTD HTML 2.0 Level 1//",
	"-//IETF//DTD HTML 2.0 Level 2//",
	"-//IETF//DTD HTML 2.0 Strict Level 1//",
	"-//IETF//DTD HTML 2.0 Strict Level 2//",
	"-//IETF//DTD HTML 2.0 Strict//",
	"-//IETF//DTD HTML 2.0//",
	"-//IETF//DTD HTML 2.1E//",
	"-//IETF//DTD HTML 3.0//",
	"-//IETF//DTD HTML 3.2 Final//",
	"-//IETF//DTD HTML 3.2//",
	"-//IETF//DTD HTML 3//",
	"-//IETF//DTD HTML Level 0//",
	"-//IETF//DTD HTML Level 1//",
	"-//IETF//DTD HTML Level 2//",
	"-//IETF//DTD HTML Level 3//",
	"-//IETF//DTD HTML Strict Level 0//",
	"-//IETF//DTD HTML Strict Level 1//",
	"-//IETF//DTD HTML Strict Level 2//",
	"-//IETF//DTD HTML Strict Level 3//",
	"-//IETF//DTD HTML Strict//",
	"-//IETF//DTD HTML//",
	"-//Metrius//DTD Metrius Presentational//",
	"-//Microsoft//DTD Internet Explorer 2.0 HTML Strict//",
	"-//Microsoft//DTD Internet Explorer 2.0 HTML//",
	"-//Microsoft//DTD Internet Explorer 2.0 Tables//",
	"-//Microsoft//DTD Internet Explorer 3.0 HTML Strict//",
	"-//Microsoft//DTD Internet Explorer 3.0 HTML//",
	"-//Microsoft//DTD Internet Explorer 3.0 Tables//",
	"-//Netscape Comm. Corp.//DTD HTML//",
	"-//Netscape Comm. Corp.//DTD Strict HTML//",
	"-//O'Reilly and Associates//DTD HTML 2.0//",
	"-//O'Reilly and Associates//DTD HTML Extended 1.0//",
	"-//O'Reilly and Associates//DTD HTML Extended Relaxed 1.0//",
	"-//SQ//DTD HTML 2.0 HoTMetaL + extensions//",
	"-//SoftQuad Software//DTD HoTMetaL PRO 6.0::19990601::extensions to HTML 4.0//",
	"-//SoftQuad//DTD HoTMetaL PRO 4.0::19971010::extensions to HTML 4.0//",
	"-//Spyglass//DTD HTML 2.0 Extended//",
	"-//Sun Microsystems Corp.//DTD HotJava HTML//",
	"-//Sun Microsystems Corp.//DTD HotJava Strict HTML//",
	"-//W3C//DTD HTML 3 1995-03-24//",
	"-//W3C//DTD HTML 3.2 Draft//",
	"-//W3C//DTD HTML 3.2 Final//",
	"-//W3C//DTD HTML 3.2//",
	"-//W3C//DTD HTML 3.2S Draft//",
	"-//W3C//DTD HTML 4.0 Frameset//",
	"-//W3C//DTD HTML 4.0 Transitional//",
	"-//W3C//DTD HTML Experimental 19960712//",
	"-//W3C//DTD HTML Experimental 970421//",
	"-//W3C//DTD W3 HTML//",
	"-//W3O//DTD W3 HTML 3.0//",
	"-//WebTechs//DTD Mozilla HTML 2.0//",
	"-//WebTechs//DTD Mozilla HTML//",
};

static bool
begins(struct field id, const char *text)
{
	size_t len = strlen(text);

	return id.len >= len && strncasecmp(id.data, text, len) == 0;
}

static bool
is(struct field id, const char *text)
{
	return id.len == strlen(text) && begins(id, text);
}

static bool
is_old(struct field public, struct field system, bool has_system)
{
	if (is(public, "-//W3O//DTD W3 HTML Strict 3.0//EN//") ||
	    is(public, "-/W3C/DTD HTML 4.0 Transitional/EN") || is(public, "HTML") ||
	    is(system, "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd"))
		return true;
	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
		if (begins(public, old[i]))
			return true;
	return !has_system &&
	    (begins(public, "-//W3C//DTD HTML 4.01 Frameset//") ||
		begins(public, "-//W3C//DTD HTML 4.01 Transitional//"));
}

/* An identifier in quotes at *p; false if there is none that is closed. */
static bool
read_id(const char **p, const char *end, struct field *id)
{
	const char *close;

	*p = ascii_skip_blanks(*p, end);
	if (*p == end || (**p != '"' && **p != '\''))
		return false;
	close = memchr(*p + 1, **p, (size_t)(end - *p - 1));
	if (close == NULL)
		return false;
	*id = (struct field){ *p + 1, (size_t)(close - *p - 1) };
	*p = close + 1;
	return true;
}

bool
quirks_of_doctype(const char *text, size_t len)
{
	struct field public = { "", 0 }, system = { "", 0 }, name;
	const char *p, *end;

	if (len == 0 || text[len - 1] != '>')
		return true;
	end = text + len - 1;
	name.data = p = ascii_skip_blanks(text, end);
	while (p < end && !ascii_is_blank(*p))
		p++;
	name.len = (size_t)(p - name.data);
	p = ascii_skip_blanks(p, end);
	if (!is(name, "html") || p == end)
		return !is(name, "html");
	if (end - p >= 6 && strncasecmp(p, "system", 6) == 0) {
		p += 6;
		return !read_id(&p, end, &system) || is_old(public, system, true);
	}
	if (end - p < 6 || strncasecmp(p, "public", 6) != 0)
		return true;
	p += 6;
	if (!read_id(&p, end, &public))
		return true;
	p = ascii_skip_blanks(p, end);
	if (p == end)
		return is_old(public, system, false);
	return !read_id(&p, end, &system) || is_old(public, system, true);
}
