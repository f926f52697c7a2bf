/* SPDX-License-Identifier: ISC */
#include "chart.h"
#include "markup.h"
#include "need.h"

void
chart_begin(struct bytes *to, const char *title, const char *unit, unsigned height,
    const struct axis *y, bool time)
{
	need_print(to,
	    "<figure class=chart>\n<figcaption><b>%s</b> <span>%s</span></figcaption>\n"
	    "<div class=grid style=\"--h:%upx\"><div class=y>",
	    title, unit, height);
	for (size_t i = 0; i < y->count; i++)
		need_print(to, "<span style=\"bottom:%.4g%%\">%s</span>",
		    100 * y->ticks[i].at, y->ticks[i].text);
	need_print(to, "</div><div class=box>");
	for (size_t i = 1; i < y->count; i++)
		need_print(
		    to, "<i class=g style=\"bottom:%.4g%%\"></i>", 100 * y->ticks[i].at);
	need_print(to,
	    "<svg class=plot%s viewBox=\"0 0 %d %d\" "
	    "preserveAspectRatio=none aria-hidden=true>",
	    time ? " data-time" : "", CHART_WIDE, CHART_HIGH);
}

void
chart_plotted(struct bytes *to)
{
	need_print(to, "</svg>");
}

void
chart_ticks(struct bytes *to, const struct axis *x, bool time)
{
	need_print(to, "<div class=x%s>", time ? " data-time" : "");
	for (size_t i = 0; i < x->count; i++)
		need_print(to, "<span%s style=\"left:%.5g%%\">%s</span>",
		    i % 2 == 1 ? " class=odd" : "", 100 * x->ticks[i].at,
		    x->ticks[i].text);
	need_print(to, "</div>");
}

void
chart_end(struct bytes *to, const struct axis *x, const char *unit, bool time)
{
	need_print(to, "</div><div></div>");
	chart_ticks(to, x, time);
	need_print(to, "<div></div><div class=unit%s>%s</div></div>\n</figure>\n",
	    time ? " data-time" : "", unit);
}
