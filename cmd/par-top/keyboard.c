/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "keyboard.h"

struct stroke_text {
	const char *text;
	enum stroke key;
};

/* Longer ones before those that they begin with. */
static const struct stroke_text texts[] = {
	{ "\033[A", KEY_UP },
	{ "\033OA", KEY_UP },
	{ "k", KEY_UP },
	{ "\033[B", KEY_DOWN },
	{ "\033OB", KEY_DOWN },
	{ "j", KEY_DOWN },
	{ "\033[5~", KEY_PAGE_UP },
	{ "\033[6~", KEY_PAGE_DOWN },
	{ " ", KEY_PAGE_DOWN },
	{ "\033[C", KEY_ENTER },
	{ "\033OC", KEY_ENTER },
	{ "\r", KEY_ENTER },
	{ "\n", KEY_ENTER },
	{ "\033[D", KEY_BACK },
	{ "\033OD", KEY_BACK },
	{ "\177", KEY_BACK },
	{ "\b", KEY_BACK },
	{ "q", KEY_QUIT },
	{ "p", KEY_PAUSE },
	{ "+", KEY_MORE },
	{ "-", KEY_FEWER },
	{ "d", KEY_DRAIN },
	{ "y", KEY_YES },
};

/* How long an escape sequence is that means nothing here; a lone escape is 1. */
static size_t
sequence(const char *data, size_t len)
{
	size_t at = 1;

	if (len < 2 || (data[1] != '[' && data[1] != 'O'))
		return 1;
	for (at = 2; at < len && data[at] >= 0x20 && data[at] < 0x40; at++)
		;
	return at < len ? at + 1 : at;
}

enum stroke
keyboard_stroke(const char *data, size_t len, size_t *used)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t n = strlen(texts[i].text);

		if (n <= len && memcmp(data, texts[i].text, n) == 0) {
			*used = n;
			return texts[i].key;
		}
	}
	*used = *data == '\033' ? sequence(data, len) : 1;
	return *data == '\033' && *used == 1 ? KEY_BACK : KEY_NONE;
}
