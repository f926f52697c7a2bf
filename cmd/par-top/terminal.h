/* SPDX-License-Identifier: ISC */
/*
 * terminal - the screen of a terminal, taken for a while and given back as it was.
 */
#ifndef PAR_TOP_TERMINAL_H
#define PAR_TOP_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "bytes.h"
#include "sheet.h"

struct terminal {
	struct termios usual; /* how it was */
	bool taken;
	size_t rows, columns;
	struct bytes frame; /* what is written */
};

/* Are standard input and output one with a cursor that can be moved? */
bool terminal_is_there(void);

/* May text have colours there? */
bool terminal_has_colours(void);

/* How wide standard output is; 0: it is no terminal. */
size_t terminal_width(void);

/*
 * Take it: keys come at once and unseen, and the screen is ours.  Or take it again, after
 * others had it.  0, or -1 with errno.
 */
int terminal_take(struct terminal *terminal);

/* Look how large it is. */
void terminal_measure(struct terminal *terminal);

/*
 * Show head, those lines of body from first on that there is room for, and foot as the
 * last line.  0, or -1 with errno.
 */
int terminal_show(struct terminal *terminal, const struct sheet *head,
    const struct sheet *body, size_t first, const struct sheet *foot);

/* Give it, a struct terminal, back.  Harmless when it was not taken. */
void terminal_give_back(void *context);

void terminal_free(struct terminal *terminal);

#endif
