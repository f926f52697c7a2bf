/* SPDX-License-Identifier: ISC */
/*
 * keyboard - keys, out of the bytes that a terminal sends for them.
 */
#ifndef PAR_TOP_KEYBOARD_H
#define PAR_TOP_KEYBOARD_H

#include <stddef.h>

enum stroke {
	KEY_NONE, /* one that means nothing */
	KEY_UP,
	KEY_DOWN,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_ENTER,
	KEY_BACK,
	KEY_QUIT,
	KEY_PAUSE,
	KEY_MORE,
	KEY_FEWER,
	KEY_DRAIN,
	KEY_YES
};

/* The next key of len bytes, at least 1; *used: how many of them it is. */
enum stroke keyboard_stroke(const char *data, size_t len, size_t *used);

#endif
