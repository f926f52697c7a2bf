/* SPDX-License-Identifier: ISC */
/*
 * Doctypes, and what 13.2.6.4.1 of the HTML Standard says of them.
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "quirks.h"

static const char ibm[] = "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd";

static void
doctypes(void)
{
	static const struct {
		bool quirks;
		const char *text; /* where % stands for ibm */
	} rows[] = {
		{ false, " html>" },
		{ false, "HTML>" },
		{ false, "\thtml\f >" },
		{ true, ">" },
		{ true, " htm>" },
		{ true, " htmlx>" },
		{ true, " html" },
		{ true, "" },
		{ true, " html x>" },
		{ false, " html SYSTEM \"about:legacy-compat\">" },
		{ false, " html SYSTEM ''>" },
		{ false, " html system''>" },
		{ true, " html SYSTEM>" },
		{ true, " html SYSTEM \">" },
		{ true, " html SYSTEM x>" },
		{ true, " html SYSTEM \"%\">" },
		{ true, " html SYSTEM '%'>" },
		{ false, " html SYSTEM \"%.\">" },
		{ false, " html SYSTEM \"x%\">" },
		{ true, " html PUBLIC>" },
		{ true, " html PUBLIC x>" },
		{ true, " html PUBLIC \"x>" },
		{ false, " html PUBLIC \"\">" },
		{ false, " html PUBLIC''>" },
		{ true, " html PUBLIC \"HTML\">" },
		{ true, " html PUBLIC 'html'>" },
		{ false, " html PUBLIC \"HTM\">" },
		{ false, " html PUBLIC \"HTMLx\">" },
		{ true, " html PUBLIC \"-/W3C/DTD HTML 4.0 Transitional/EN\">" },
		{ false, " html PUBLIC \"-/W3C/DTD HTML 4.0 Transitional/ENx\">" },
		{ true, " html PUBLIC \"-//W3O//DTD W3 HTML Strict 3.0//EN//\">" },
		{ true, " html PUBLIC \"+//Silmaril//dtd html Pro v0r11 19970101//\">" },
		{ true, " html PUBLIC \"-//webtechs//dtd mozilla html//\">" },
		{ true, " html PUBLIC \"-//WebTechs//DTD Mozilla HTML//x\">" },
		{ false, " html PUBLIC \"-//WebTechs//DTD Mozilla HTML/\">" },
		{ false, " html PUBLIC \"-//W3C//DTD HTML 4.01//EN\">" },
		{ true, " html PUBLIC \"-//W3C//DTD HTML 4.01 Frameset//EN\">" },
		{ true, " html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\" >" },
		{ false, " html PUBLIC \"-//W3C//DTD HTML 4.01 Frameset//EN\" ''>" },
		{ false,
		    " html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"\"x\">" },
		{ true, " html PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\" x>" },
		{ false, " html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\">" },
		{ true, " html PUBLIC \"\" \"%\">" },
		{ false, " html PUBLIC \"%\" \"\">" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *at = strchr(rows[i].text, '%');
		char text[256];

		check_at(i + 1);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)strcspn(rows[i].text, "%"),
		    rows[i].text, at == NULL ? "" : ibm, at == NULL ? "" : at + 1);
		check(quirks_of_doctype(text, strlen(text)) == rows[i].quirks);
	}
}

TESTS("quirks", { "what doctypes ask for", doctypes })
