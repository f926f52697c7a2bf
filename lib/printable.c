/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "printable.h"
#include "utf8_char.h"

size_t
printable_char(const char *data, size_t left)
{
	uint32_t code;
	size_t len = utf8_char(data, left, &code);

	return code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : len;
}

size_t
printable_escape(char dst[static PRINTABLE_ESCAPE], unsigned char byte)
{
	static const char named[] = "\0000\tt\nn\rr";
	static const char hex[] = "0123456789abcdef";

	dst[0] = '\\';
	for (size_t i = 0; i < sizeof(named) - 1; i += 2) {
		if (byte == (unsigned char)named[i]) {
			dst[1] = named[i + 1];
			return 2;
		}
	}
	dst[1] = 'x';
	dst[2] = hex[byte >> 4];
	dst[3] = hex[byte & 15];
	return 4;
}

size_t
printable(char *dst, size_t size, const void *data, size_t len)
{
	const char *p = data, *end = p + len;
	size_t used = 0;

	while (p < end) {
		char escape[PRINTABLE_ESCAPE];
		size_t n = printable_char(p, (size_t)(end - p)), take = n;
		const char *text = p;

		if (n == 0) {
			n = printable_escape(escape, (unsigned char)*p);
			text = escape;
			take = 1;
		}
		if (used + n + sizeof("...") > size) {
			memcpy(dst + used, "...", 3);
			used += 3;
			break;
		}
		memcpy(dst + used, text, n);
		used += n;
		p += take;
	}
	dst[used] = '\0';
	return used;
}
