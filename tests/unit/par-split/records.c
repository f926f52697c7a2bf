/* SPDX-License-Identifier: ISC */
/*
 * The model goes through the bytes one by one.
 */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "records.h"

enum { MOST = 200 };

/* Whole records: any bytes, the last of them a newline, or none. */
static struct records
any(char *bytes)
{
	size_t len = chance_below(MOST);

	chance_bytes_of(bytes, len, "a\n\0b", 4);
	while (len > 0 && bytes[len - 1] != '\n')
		len--;
	return (struct records){ bytes, len };
}

/* The length of the first count records, or of all; *count is how many there are. */
static size_t
first(const struct records *records, uint64_t *count)
{
	uint64_t found = 0;
	size_t at = 0;

	while (at < records->len && found < *count)
		found += records->data[at++] == '\n';
	*count = found;
	return at;
}

static void
are_counted(void)
{
	char bytes[MOST];

	for (uint64_t step = 1; step <= 20000; step++) {
		struct records records = any(bytes);
		uint64_t all = UINT64_MAX, some = chance_below(MOST / 2), got = some;

		check_at(step);
		first(&records, &all);
		check_is(records_count(&records), all);
		check_is(records_first(&records, &got), first(&records, &some));
		check_is(got + some, got == 0 ? some : all + got);
		check(got == 0 || some == all);
	}
}

static void
fit(void)
{
	char bytes[MOST];

	for (uint64_t step = 1; step <= 20000; step++) {
		struct records records = any(bytes);
		size_t room = chance_below(MOST + 2), got, more;
		uint64_t count;

		check_at(step);
		got = records_fit(&records, room);
		count = records_count(&(struct records){ records.data, got });
		check_is(first(&records, &count), got);
		check(got <= room || count == 1);
		count++;
		more = first(&records, &count);
		check(more > room || more == got || got == records.len);
		records_skip(&records, got);
		check(records.data == bytes + got);
	}
}

TESTS("records", { "are counted", are_counted }, { "fit in what room there is", fit })
