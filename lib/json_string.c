/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "json_string.h"
#include "utf8_char.h"

/* A byte that is no UTF-8. */
static int
put_broken(struct bytes *to, unsigned char byte, enum json_broken broken)
{
	char text[8];

	if (broken == JSON_REPLACED)
		return bytes_put(to, "\xef\xbf\xbd", 3);
	snprintf(text, sizeof(text), "\\udc%02x", byte);
	return bytes_put(to, text, 6);
}

/* A character that stands in a string only by an escape. */
static int
put_escaped(struct bytes *to, unsigned char byte)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char text[8];

	for (size_t i = 0; i < sizeof(named) - 1; i += 2) {
		if (byte == (unsigned char)named[i]) {
			text[0] = '\\';
			text[1] = named[i + 1];
			return bytes_put(to, text, 2);
		}
	}
	snprintf(text, sizeof(text), "\\u%04x", byte);
	return bytes_put(to, text, 6);
}

int
json_string(struct bytes *to, const char *data, size_t len, enum json_broken broken)
{
	const unsigned char *p = (const unsigned char *)data, *end = p + len;
	int got = bytes_put(to, "\"", 1);

	while (got == 0 && p < end) {
		uint32_t code;
		size_t size = utf8_char((const char *)p, (size_t)(end - p), &code);

		if (size == 0)
			got = put_broken(to, *p, broken);
		else if (*p >= 0x20 && *p != '"' && *p != '\\')
			got = bytes_put(to, p, size);
		else
			got = put_escaped(to, *p);
		p += size == 0 ? 1 : size;
	}
	return got < 0 ? -1 : bytes_put(to, "\"", 1);
}
