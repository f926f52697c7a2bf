/* SPDX-License-Identifier: ISC */
/*
 * Fuzz lib: lines of par-stage(7).  What is taken is within the limits, and written
 * again it is the same.
 */
#include <stdlib.h>
#include <string.h>

#include "ack.h"
#include "fuzz.h"

static void
check_hello(const char *line, size_t len)
{
	struct hello hello, again;
	char text[ACK_LINE_MAX];
	size_t used;

	if (hello_parse(line, len, &hello) < 0)
		return;
	must(hello.window <= HELLO_MOST && hello.block <= HELLO_MOST);
	must(hello.jobs >= 1 && hello.jobs <= HELLO_MOST);
	used = hello_format(text, &hello);
	must(used <= ACK_LINE_MAX && memchr(text, '\n', used) == text + used - 1);
	must(hello_parse(text, used - 1, &again) == 0);
	must(again.window == hello.window && again.jobs == hello.jobs &&
	    again.block == hello.block);
	must(again.ahead == hello.ahead && again.joint == hello.joint &&
	    again.waits == hello.waits && again.raw == hello.raw &&
	    again.standing == hello.standing);
}

static bool
same(const struct ack *a, const struct ack *b)
{
	return a->index == b->index && a->more == b->more && a->bytes == b->bytes &&
	    a->run == b->run && (a->counts == NULL) == (b->counts == NULL) &&
	    a->outcome == b->outcome;
}

static void
check_ack(const char *line, size_t len)
{
	struct ack ack, again;
	char text[ACK_LINE_MAX], ok[ACK_OK_MAX];
	size_t used;

	if (ack_parse(line, len, &ack) < 0 || len >= ACK_LINE_MAX)
		return;
	must(ack.run == (ack.more > 0 && memchr(line, '-', len) == NULL) ||
	    ack.reason_len > 0);
	must(ack.bytes <= ACK_BYTES_MOST && ack.index + ack.more >= ack.index);
	must(ack.more == 0 || ack.outcome == OUTCOME_OK);
	must(ack.reason_len == 0 ||
	    (ack.reason > line && ack.reason + ack.reason_len == line + len));
	used = ack_format(text, &ack);
	must(used <= ACK_LINE_MAX && memchr(text, '\n', used) == text + used - 1);
	must(ack_parse(text, used - 1, &again) == 0 && same(&ack, &again));
	if (ack.counts != NULL) {
		const char *counts = ack.counts;

		must(ack_count(&counts, ack.more + 1) == ack.bytes && counts[-1] == ' ');
	}
	must(again.reason_len <= ack.reason_len);
	must(again.reason_len == ack.reason_len || used == ACK_LINE_MAX);
	if (ack.outcome != OUTCOME_OK || ack.more > 0)
		return;
	used = ack_format_ok(ok, ack.index, ack.bytes);
	must(ack_parse(ok, used - 1, &again) == 0 && same(&ack, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = copy_of(data, size), *newline = NULL;

	if (size > 0)
		newline = memchr(line, '\n', size);
	if (newline == NULL) { /* nobody gives them a line with one */
		check_hello(line, size);
		check_ack(line, size);
	}
	free(line);
	return 0;
}
