/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "chance.h"
#include "check.h"
#include "memory.h"

enum { MOST = 20000 };

static struct {
	char data[MOST];
	size_t len;
} model;

static void
do_put(struct bytes *bytes, size_t len)
{
	chance_bytes(model.data + model.len, len);
	check(bytes_put(bytes, model.data + model.len, len) == 0);
	model.len += len;
}

static void
do_reserve(struct bytes *bytes, size_t len)
{
	char *room = bytes_reserve(bytes, len + 10);

	check(room == bytes->data + bytes->len);
	check(bytes->size - bytes->len >= len + 10);
	memset(room, 'x', len + 10);
	chance_bytes(model.data + model.len, len);
	memcpy(room, model.data + model.len, len);
	bytes->len += len;
	model.len += len;
}

static void
agrees(void)
{
	struct bytes bytes = { 0 };

	model.len = 0;
	for (uint64_t step = 1; step <= 100000; step++) {
		size_t len = chance_below(chance_one_in(20) ? 2000 : 30);

		check_at(step);
		if (chance_one_in(50) || model.len + 2000 > MOST) {
			size_t keep = chance_below(30000), size = bytes.size;

			bytes_clear(&bytes, keep);
			check_is(bytes.size, size > keep ? 0 : size);
			check((bytes.data == NULL) == (bytes.size == 0));
			model.len = 0;
		} else if (chance_one_in(2)) {
			do_put(&bytes, len);
		} else {
			do_reserve(&bytes, len);
		}
		check_bytes(bytes.data, bytes.len, model.data, model.len);
	}
	bytes_free(&bytes);
	check(bytes.data == NULL);
	check_is(bytes.len, 0);
	check_is(bytes.size, 0);
}

/* What is there is used to its last byte, and is doubled, not grown by what is asked for.
 */
static void
growth(void)
{
	struct bytes bytes = { 0 };
	size_t moves = 0;
	char *room = bytes_reserve(&bytes, 1);

	bytes.len = bytes.size;
	check(bytes_reserve(&bytes, 0) == room + bytes.size);
	for (size_t i = 0; i < 1000000; i++) {
		size_t size = bytes.size;

		check(bytes_put(&bytes, "x", 1) == 0);
		moves += bytes.size != size;
		check(bytes.size == size || bytes.size == 2 * size);
	}
	check(moves < 14);
	bytes_clear(&bytes, bytes.size);
	check(bytes.data != NULL); /* just as much as is to be kept */
	bytes_clear(&bytes, bytes.size - 1);
	check(bytes.data == NULL);
	check(bytes_put(&bytes, "", 0) == 0);
	check(bytes.data == NULL);
	bytes_free(&bytes);
}

static void
strings(void)
{
	char *text = bytes_string("abcd", 3);

	check_text(text, "abc");
	free(text);
	text = bytes_string(NULL, 0);
	check_text(text, "");
	free(text);
}

static void
limits(void)
{
	struct bytes bytes = { .most = 5 };

	check(bytes_put(&bytes, "1234", 4) == 0);
	check(bytes_put(&bytes, "5", 1) == 0);
	check(bytes_put(&bytes, "6", 1) < 0 && errno == EMSGSIZE);
	check(bytes_put(&bytes, "", 0) == 0);
	check(bytes_reserve(&bytes, SIZE_MAX) == NULL && errno == EMSGSIZE);
	check_bytes(bytes.data, bytes.len, "12345", 5);
	bytes_free(&bytes);
	check(bytes_reserve(&bytes, 6) == NULL && errno == EMSGSIZE);
	bytes.most = 0;
	check(bytes_reserve(&bytes, SIZE_MAX) == NULL && errno == EMSGSIZE);
	check(bytes_string("", SIZE_MAX) == NULL && errno == EMSGSIZE);
}

__attribute__((format(printf, 2, 3))) static int
print(struct bytes *bytes, const char *format, ...)
{
	va_list args;
	int got;

	va_start(args, format);
	got = bytes_print(bytes, format, args);
	va_end(args);
	return got;
}

static void
prints(void)
{
	struct bytes bytes = { .most = 500 };
	char text[400];

	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	check_is(print(&bytes, "%s %d", "x", 17), 0);
	check_bytes(bytes.data, bytes.len, "x 17", 4);
	check_is(print(&bytes, "%s", text), 0);
	check_is(bytes.len, 4 + strlen(text));
	check_is(print(&bytes, "%s", text), -1);
	check_is(errno, EMSGSIZE);
	check_is(bytes.len, 4 + strlen(text));
	check(memcmp(bytes.data + 4, text, strlen(text)) == 0);
	bytes_free(&bytes);
}

static void
starved(void)
{
	struct bytes bytes = { 0 };
	char *text = bytes_string("text", 4);
	bool first = bytes_put(&bytes, "abc", 3) == 0;
	bool more = bytes_reserve(&bytes, 1 << 20) != NULL;

	check((text == NULL || !first || !more) == memory_failed());
	if (!more || !first)
		check_is(errno, ENOMEM);
	check_bytes(first ? bytes.data : "", bytes.len, "abc", first ? 3 : 0);
	if (text != NULL)
		check_text(text, "text");
	free(text);
	bytes_free(&bytes);
}

static void
without_memory(void)
{
	memory_torment(starved);
}

TESTS("bytes", { "agree with an array", agrees }, { "are doubled", growth },
    { "strings", strings }, { "keep their maximum", limits }, { "print", prints },
    { "tell of memory", without_memory })
