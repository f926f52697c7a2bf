/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "amount.h"
#include "micro.h"
#include "need.h"
#include "num.h"

void
amount_count(struct bytes *to, uint64_t count)
{
	char digits[20];
	size_t len = (size_t)(num_format(digits, count) - digits);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			need_put(to, ",", 1);
		need_put(to, digits + i, 1);
	}
}

void
amount_time(struct bytes *to, uint64_t micros)
{
	uint64_t seconds = (micros + MICRO_SECOND / 2) / MICRO_SECOND;

	if (micros == 0)
		need_print(to, "0 s");
	else if (micros < 1000)
		need_print(to, "%" PRIu64 " us", micros);
	else if (micros < 10000)
		need_print(to, "%.3g ms", (double)micros / 1e3);
	else if (micros < 999500)
		need_print(to, "%.0f ms", (double)micros / 1e3);
	else if (micros < 9999500)
		need_print(to, "%.3f s", (double)micros / 1e6);
	else if (micros < 59995000)
		need_print(to, "%.2f s", (double)micros / 1e6);
	else if (seconds < 3600)
		need_print(
		    to, "%" PRIu64 " min %02" PRIu64 " s", seconds / 60, seconds % 60);
	else if (seconds < 86400)
		need_print(to, "%" PRIu64 " h %02" PRIu64 " min", seconds / 3600,
		    seconds / 60 % 60);
	else
		need_print(to, "%" PRIu64 " d %" PRIu64 " h", seconds / 86400,
		    seconds / 3600 % 24);
}

void
amount_bytes(struct bytes *to, uint64_t size)
{
	static const char units[] = "kMGTPE";
	double value = (double)size / 1000;
	size_t unit = 0;

	if (size < 1000) {
		need_print(to, "%" PRIu64 " B", size);
		return;
	}
	for (; value >= 999.5 && unit + 2 < sizeof(units); unit++)
		value /= 1000;
	need_print(to, value < 9.95 ? "%.1f %cB" : "%.0f %cB", value, units[unit]);
}

void
amount_short(struct bytes *to, double value)
{
	static const char *const units[] = { "", " k", " M", " G", " T" };
	size_t unit = 0;

	for (; value >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		value /= 1000;
	if (value >= 100)
		need_print(to, "%.0f%s", value, units[unit]);
	else
		need_print(to, "%.3g%s", value, units[unit]);
}

void
amount_share(struct bytes *to, double part, double whole)
{
	double percent = whole > 0 ? 100 * part / whole : 0;

	if (percent > 0 && percent < 0.01)
		need_print(to, "<0.01 %%");
	else if (percent > 0 && percent < 1)
		need_print(to, "%.2g %%", percent);
	else if (percent > 99 && part < whole)
		need_print(to, percent > 99.99 ? ">99.99 %%" : "%.2f %%", percent);
	else
		need_print(to, "%.0f %%", percent);
}

void
amount_exact(struct bytes *to, uint64_t micros)
{
	char fraction[8];
	size_t len = 6;

	snprintf(fraction, sizeof(fraction), "%06u", (unsigned)(micros % MICRO_SECOND));
	while (len > 0 && fraction[len - 1] == '0')
		len--;
	need_print(to, "%" PRIu64 "%s%.*s", micros / MICRO_SECOND, len > 0 ? "." : "",
	    (int)len, fraction);
}
