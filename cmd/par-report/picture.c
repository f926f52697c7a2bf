/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <string.h>

#include "amount.h"
#include "axis.h"
#include "markup.h"
#include "need.h"
#include "picture.h"

enum {
	WIDTH = 1200, /* pixels, as all here */
	GUTTER = 150,
	RIGHT = 30,
	TOP = 76,
	BOTTOM = 52,
	PLOT = WIDTH - GUTTER - RIGHT,
	UNITS = 10 * PLOT, /* along the time */
	LABELS_APART = 13,
	LABEL = 20 /* letters */
};

static const char style[] =
    "<style>\n"
    "svg{--back:#fff;--text:#1f2328;--dim:#656d76;--line:#e4e7eb;"
    "--done:#3f7cc4;--part:#a8c5e8;--bad:#cf2e2e;"
    "font:12px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;"
    "background:var(--back)}\n"
    "@media(prefers-color-scheme:dark){svg{--back:#15181c;--text:#e6e8eb;"
    "--dim:#8f98a3;--line:#2a2f36;--done:#5f9be0;--part:#2f4f78;--bad:#ff6b61}}\n"
    "text{fill:var(--dim)}.t{fill:var(--text);font-size:16px;font-weight:600}"
    ".n{fill:var(--text);text-anchor:end}.m{text-anchor:middle}"
    "path{fill:none}.w{stroke:var(--done)}.s{stroke:var(--part)}.f{stroke:var(--bad)}"
    ".g{stroke:var(--line)}\n"
    "</style>\n";

/* Title, and what the run was in one line. */
static void
put_head(struct bytes *to, const struct summary *summary, const char *title)
{
	need_print(to, "<text class=\"t\" x=\"16\" y=\"28\">");
	markup_text(to, title);
	need_print(to, "</text>\n<text x=\"16\" y=\"50\">");
	amount_count(to, summary->records);
	need_print(to, " records in ");
	amount_time(to, summary_took(summary));
	need_print(to, ", ");
	amount_count(to, summary->failed);
	need_print(to, " failed; %zu at once</text>\n", summary_places(summary));
}

/* What the colours are. */
static void
put_legend(struct bytes *to)
{
	static const struct {
		const char *class, *text;
		int x;
	} entries[] = { { "w", "at work", WIDTH - 390 },
		{ "s", "partly: many short ones", WIDTH - 300 },
		{ "f", "failed", WIDTH - 100 } };

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		need_print(to,
		    "<path class=\"%s\" stroke-width=\"10\" d=\"M%d 46h14\"/>"
		    "<text x=\"%d\" y=\"50\">%s</text>\n",
		    entries[i].class, entries[i].x, entries[i].x + 20, entries[i].text);
}

static void
put_axis(struct bytes *to, const struct layout *layout)
{
	struct axis axis;
	unsigned end = TOP + layout->height;

	axis_time(&axis, summary_took(layout->summary));
	for (size_t i = 0; i < axis.count; i++) {
		double x = GUTTER + axis.ticks[i].at * PLOT;

		need_print(to,
		    "<path class=\"g\" d=\"M%.1f %dV%u\"/>"
		    "<text class=\"m\" x=\"%.1f\" y=\"%u\">%s</text>\n",
		    x, TOP, end + 5, x, end + 20, axis.ticks[i].text);
	}
	need_print(to,
	    "<text class=\"m\" x=\"%d\" y=\"%u\">time since the start (%s)</text>\n",
	    GUTTER + PLOT / 2, end + 40, axis.unit);
}

/* The name of a worker, cut short where it is long. */
static void
put_name(struct bytes *to, const struct of_worker *worker, unsigned y)
{
	const char *name = worker->name == NULL ? "others" : worker->name;
	size_t len = strlen(name);

	need_print(to, "<text class=\"n\" x=\"%d\" y=\"%u\">", GUTTER - 10, y);
	if (len > LABEL) {
		for (len = LABEL; len > 0 && ((unsigned char)name[len] & 0xc0) == 0x80;)
			len--;
		markup_put(to, name, len);
		need_print(to, "...");
	} else {
		markup_put(to, name, len);
	}
	need_print(to, "</text>\n");
}

static void
put_names(struct bytes *to, const struct layout *layout)
{
	unsigned free = 0; /* above it another name stands */

	for (size_t i = 0; i < layout->lanes_count; i++) {
		const struct layout_lane *lane = &layout->lanes[i];
		unsigned y = TOP + lane->top + lane->height / 2 + 4;

		if (y < free)
			continue;
		put_name(to, &layout->summary->workers[lane->worker], y);
		free = y + LABELS_APART;
	}
}

static void
put_bars(struct bytes *to, const struct layout *layout, enum layout_bars which,
    const char *class, unsigned thick, double below)
{
	struct bytes path = { 0 };

	for (size_t i = 0; i < layout->rows_count; i++)
		layout_path(&path, layout,
		    &layout->summary->gantt.rows[layout->rows[i].row], which, UNITS,
		    layout->rows[i].top + below);
	if (path.len > 0) {
		need_print(
		    to, "<path class=\"%s\" stroke-width=\"%u\" d=\"", class, thick);
		need_put(to, path.data, path.len);
		need_print(to, "\"/>\n");
	}
	bytes_free(&path);
}

void
picture_put(struct bytes *to, const struct layout *layout, const char *title)
{
	unsigned height = TOP + layout->height + BOTTOM, thick = layout->thick;

	need_print(to,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
	    "viewBox=\"0 0 %d %u\">\n%s"
	    "<rect width=\"%d\" height=\"%u\" style=\"fill:var(--back)\"/>\n",
	    WIDTH, height, WIDTH, height, style, WIDTH, height);
	put_head(to, layout->summary, title);
	put_legend(to);
	put_axis(to, layout);
	put_names(to, layout);
	need_print(to, "<g transform=\"translate(%d %d) scale(.1 1)\">\n", GUTTER, TOP);
	put_bars(to, layout, LAYOUT_PARTLY, "s", thick, thick / 2.0);
	put_bars(to, layout, LAYOUT_WHOLE, "w", thick, thick / 2.0);
	put_bars(to, layout, LAYOUT_FAILED, "f", thick, thick / 2.0);
	put_bars(to, layout, LAYOUT_SOME_FAILED, "f", LAYOUT_STRIP(thick),
	    thick - LAYOUT_STRIP(thick) / 2.0);
	need_print(to, "</g>\n</svg>\n");
}
