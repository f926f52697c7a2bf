/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fdio.h"
#include "need.h"
#include "terminal.h"

enum { USUAL_ROWS = 24, USUAL_COLUMNS = 80 };

/* The other screen, where there is one, without a cursor; and back. */
static const char take[] = "\033[?1049h\033[?25l\033[2J";
static const char give_back[] = "\033[0m\033[?25h\033[?1049l";

static bool
knows_escapes(void)
{
	const char *term = getenv("TERM");

	return term != NULL && *term != '\0' && strcmp(term, "dumb") != 0;
}

bool
terminal_is_there(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && knows_escapes();
}

bool
terminal_has_colours(void)
{
	const char *none = getenv("NO_COLOR");

	return none == NULL || *none == '\0';
}

size_t
terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0
	    ? USUAL_COLUMNS
	    : size.ws_col;
}

/* As tcsetattr(3); one in the background is stopped in it, and continued by a signal. */
static int
set(const struct termios *how)
{
	int got;

	do {
		got = tcsetattr(STDIN_FILENO, TCSADRAIN, how);
	} while (got < 0 && errno == EINTR);
	return got;
}

int
terminal_take(struct terminal *terminal)
{
	struct termios raw;

	if (!terminal->taken && tcgetattr(STDIN_FILENO, &terminal->usual) < 0)
		return -1;
	raw = terminal->usual;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (set(&raw) < 0)
		return -1;
	terminal->taken = true;
	return fdio_write(STDOUT_FILENO, take, sizeof(take) - 1);
}

void
terminal_measure(struct terminal *terminal)
{
	struct winsize size;

	terminal->rows = USUAL_ROWS;
	terminal->columns = USUAL_COLUMNS;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return;
	terminal->rows = size.ws_row;
	terminal->columns = size.ws_col;
}

/* Put line i of sheet into row, which is cleared behind it. */
static void
put_line(struct terminal *terminal, size_t row, const struct sheet *sheet, size_t i)
{
	size_t len;
	const char *line = sheet_line(sheet, i, &len);

	need_print(&terminal->frame, "\033[%zuH", row + 1);
	need_put(&terminal->frame, line, len);
	need_print(&terminal->frame, "\033[K");
}

int
terminal_show(struct terminal *terminal, const struct sheet *head,
    const struct sheet *body, size_t first, const struct sheet *foot)
{
	size_t room = terminal->rows > 0 ? terminal->rows - 1 : 0, row = 0;

	bytes_clear(&terminal->frame, 1 << 20);
	for (size_t i = 0; i < head->count && row < room; i++)
		put_line(terminal, row++, head, i);
	for (size_t i = first; i < body->count && row < room; i++)
		put_line(terminal, row++, body, i);
	need_print(&terminal->frame, "\033[%zuH\033[J", row + 1);
	if (foot->count > 0)
		put_line(terminal, room, foot, 0);
	return fdio_write(STDOUT_FILENO, terminal->frame.data, terminal->frame.len);
}

void
terminal_give_back(void *context)
{
	struct terminal *terminal = context;

	if (!terminal->taken)
		return;
	terminal->taken = false;
	fdio_write(STDOUT_FILENO, give_back, sizeof(give_back) - 1);
	set(&terminal->usual);
}

void
terminal_free(struct terminal *terminal)
{
	terminal_give_back(terminal);
	bytes_free(&terminal->frame);
}
