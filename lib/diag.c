/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "diag.h"
#include "printable.h"
#include "quote.h"
#include "spawn.h"
#include "spoken.h"

enum { LINE_MAX_BYTES = SPOKEN_LINE, SHOWN_RECORD = 240, MOST_URL = 400 };

const char diag_never[] = "it can never work, says its exit status 125";

static const char *program_name = "par";
static char last_failed[160]; /* a record, as it is shown */
static char last_written = '\n'; /* to standard error */
static void (*line_call)(void *context);
static void *line_context;
static void (*end_call)(void *context);
static void *end_context;

void
diag_before_line(void (*call)(void *context), void *context)
{
	line_call = call;
	line_context = context;
}

void
diag_before_end(void (*call)(void *context), void *context)
{
	end_call = call;
	end_context = context;
}

/* Only what may be called in a handler. */
static void
aborted(int number)
{
	static const char what[] = ": a library gave up, as it does without memory\n";

	(void)number;
	if (write(STDERR_FILENO, program_name, strlen(program_name)) < 0 ||
	    write(STDERR_FILENO, what, sizeof(what) - 1) < 0)
		_exit(STATUS_BROKEN); /* there is nobody to tell */
	_exit(STATUS_BROKEN);
}

void
diag_on_abort(void)
{
	struct sigaction action = { .sa_handler = aborted };

	sigaction(SIGABRT, &action, NULL);
}

static void
before_end(void)
{
	if (end_call != NULL)
		end_call(end_context);
}

/* Where the host of a URL may begin that has a user or a password before; 0: it has none.
 */
static size_t
user_end(const char *data, size_t len)
{
	size_t end = 0;

	for (size_t i = 0; i < len && (unsigned char)data[i] > ' ' &&
	     strchr("/?#\"'<>\\", data[i]) == NULL;
	     i++)
		if (data[i] == '@')
			end = i;
	return end;
}

/*
 * Copy text of len bytes to dst, at most size bytes, with *** for what stands before the
 * @ of a URL.  The length.
 */
static size_t
hide_secrets(char *dst, size_t size, const char *data, size_t len)
{
	static const char stars[] = "***";
	size_t used = 0;

	for (size_t i = 0; i < len && used < size; i++) {
		size_t user = 0;

		dst[used++] = data[i];
		if (i >= 2 && memcmp(data + i - 2, "://", 3) == 0)
			user = user_end(data + i + 1, len - i - 1);
		if (user == 0)
			continue;
		i += user;
		for (const char *star = stars; *star != '\0' && used < size; star++)
			dst[used++] = *star;
	}
	return used;
}

static bool
on_terminal(void)
{
	static int known = -1;

	if (known < 0)
		known = isatty(STDERR_FILENO);
	return known > 0;
}

/* Is what was written last in the middle of a line? */
static bool
in_line(void)
{
	return last_written != '\n' && (last_written != '\r' || !on_terminal());
}

static void
put(const char *data, size_t len)
{
	if (len > 0)
		last_written = data[len - 1];
	spoken_put(data, len);
}

void
diag_text(const char *line, size_t len)
{
	if (line_call != NULL)
		line_call(line_context);
	if (in_line())
		put("\n", 1);
	put(line, len);
}

/* Is it a sequence of colours, ESC [ digits and ; m?  Its length, or 0. */
static size_t
colours(const char *data, size_t len)
{
	size_t i = 2;

	if (len < 3 || data[0] != '\033' || data[1] != '[')
		return 0;
	while (i < len && (data[i] == ';' || (data[i] >= '0' && data[i] <= '9')))
		i++;
	return i < len && data[i] == 'm' ? i + 1 : 0;
}

/* As much of len bytes as there is room for, as a terminal may have it; its length. */
static size_t
show(char line[static LINE_MAX_BYTES], const char *data, size_t len, size_t *taken)
{
	const char *at = data, *end = data + len;
	size_t used = 0;

	while (at < end) {
		size_t left = (size_t)(end - at), n = colours(at, left);

		if (n == 0)
			n = printable_char(at, left);
		if (n == 0 && strchr("\t\n\r", *at) != NULL && *at != '\0')
			n = 1;
		if (n > SPOKEN_PORTION / 2)
			n = 0; /* no terminal has so many colours */
		if (used + n + 4 > SPOKEN_PORTION)
			break;
		memcpy(line + used, at, n);
		used += n == 0 ? printable_escape(line + used, (unsigned char)*at) : n;
		at += n == 0 ? 1 : n;
	}
	*taken = (size_t)(at - data);
	return used;
}

/*
 * What another program has said, see struct says: as much as one write(2) keeps together.
 * On a terminal, bytes that could act on it are shown as escapes, but for TAB, newline,
 * carriage return and colours.
 */
static size_t
foreign(const char *data, size_t len, bool anew)
{
	char line[LINE_MAX_BYTES];
	bool terminal = on_terminal();
	size_t used, taken;

	spoken_go();
	if (spoken_waits() || !spoken_takes())
		return 0;
	if (line_call != NULL)
		line_call(line_context);
	if (anew && in_line() && (!terminal || *data != '\r')) {
		put("\n", 1);
		if (spoken_waits() || !spoken_takes())
			return 0;
	}
	if (terminal) {
		used = show(line, data, len, &taken);
		put(line, used);
	} else {
		taken = spoken_portion(data, len);
		put(data, taken);
	}
	return taken;
}

const char *
diag_remedy(int error)
{
	return error == EMFILE ? "; see ulimit -n" : "";
}

static void
vwarn(int error, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

static void
vwarn(int error, const char *format, va_list args)
{
	char message[LINE_MAX_BYTES / 4], shown[sizeof(message)], line[LINE_MAX_BYTES];
	int len;
	size_t used, shown_len;

	len = vsnprintf(message, sizeof(message), format, args);
	if (len < 0)
		len = 0;
	if ((size_t)len >= sizeof(message))
		len = (int)sizeof(message) - 1;
	used = (size_t)snprintf(line, 128, "%.100s: ", program_name);
	shown_len = hide_secrets(shown, sizeof(shown), message, (size_t)len);
	used += printable(line + used, sizeof(line) - 256 - used, shown, shown_len);
	if (error != 0)
		used += (size_t)snprintf(
		    line + used, 240, ": %.190s%s", strerror(error), diag_remedy(error));
	line[used++] = '\n';
	diag_text(line, used);
}

void
warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarn(0, format, args);
	va_end(args);
}

void
diag_failed_record(const void *data, size_t len)
{
	char shown[LINE_MAX_BYTES / 4];
	size_t shown_len = hide_secrets(shown, sizeof(shown), data, len);

	printable(last_failed, sizeof(last_failed), len == 0 ? "\"\"" : shown,
	    len == 0 ? 2 : shown_len);
}

const char *
diag_last_failed(void)
{
	return last_failed;
}

void
warn_record(const void *data, size_t len, const char *why)
{
	char line[LINE_MAX_BYTES], shown[LINE_MAX_BYTES / 4];
	size_t used, shown_len = hide_secrets(shown, sizeof(shown), data, len);

	used = (size_t)snprintf(line, 128, "%.100s: ", program_name);
	used += printable(line + used, SHOWN_RECORD, len == 0 ? "\"\"" : shown,
	    len == 0 ? 2 : shown_len);
	line[used++] = ':';
	line[used++] = ' ';
	shown_len = hide_secrets(shown, sizeof(shown), why, strlen(why));
	used += printable(line + used, sizeof(line) - 1 - used, shown, shown_len);
	line[used++] = '\n';
	diag_failed_record(data, len);
	diag_text(line, used);
}

void
die(enum status status, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vwarn(error, format, args);
	va_end(args);
	before_end();
	exit((int)status);
}

enum status
warn_start(int error, const char *name)
{
	bool shortage = spawn_is_shortage(error);

	warn("%s%s: %s%s", shortage ? "cannot start " : "", name, strerror(error),
	    diag_remedy(error));
	return error == ENOENT ? STATUS_NOT_FOUND
	    : shortage	       ? STATUS_BROKEN
			       : STATUS_CANNOT_RUN;
}

void
die_start(int error, const char *name)
{
	enum status status = warn_start(error, name);

	before_end();
	exit((int)status);
}

void
die_output(int error, const char *name)
{
	sigset_t set;

	if (error != EPIPE)
		die(STATUS_BROKEN, error, "%s", name);
	before_end();
	spoken_end(); /* no exit(3) does it */
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	raise(SIGPIPE);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	_exit(128 + SIGPIPE);
}

void
diag_awaits(const char *what)
{
	if (isatty(STDIN_FILENO) != 0 && on_terminal())
		warn("waits for %s to be typed, one a line; Ctrl-D ends them", what);
}

static _Noreturn void
misused(const char *what)
{
	warn("%s", what);
	warn("try '%s --help'", program_name);
	before_end();
	exit(STATUS_MISUSE);
}

void
die_misuse(const char *format, ...)
{
	struct trouble trouble = { .kind = TROUBLE_NONE };
	va_list args;

	va_start(args, format);
	vsnprintf(trouble.what, sizeof(trouble.what), format, args);
	va_end(args);
	misused(trouble.what);
}

void
diag_refuse_url(const char *word, const char *as, const char *then)
{
	char copy[MOST_URL], *words[] = { copy, NULL };
	struct bytes quoted = { 0 };

	if (strstr(word, "://") == NULL || access(word, F_OK) == 0)
		return;
	snprintf(copy, sizeof(copy), "%s", word);
	if (strlen(word) >= sizeof(copy) || quote_words(&quoted, words) < 0)
		die_misuse("%s: not a %s; URLs are lines of the input", word, as);
	die_misuse("%s: not a %s; URLs are lines of the input: echo %.*s | %s", word, as,
	    (int)quoted.len - 1, quoted.data, then);
}

void
die_missing(const struct opt_program *program, char *const *argv, const char *what,
    const char *then)
{
	struct bytes words = { .most = LINE_MAX_BYTES / 8 };

	if (argv[1] != NULL && quote_words(&words, argv + 1) == 0)
		die_misuse("%s, as in %s %.*s %s", what, program->name,
		    (int)words.len - 1, words.data, then);
	if (argv[1] != NULL)
		die_misuse("%s", what);
	warn("%s, as in", what);
	diag_text(program->examples, strlen(program->examples));
	warn("try '%s --help'", program_name);
	before_end();
	exit(STATUS_MISUSE);
}

void
die_of(const struct trouble *trouble)
{
	switch (trouble->kind) {
	case TROUBLE_USAGE:
		misused(trouble->what);
	case TROUBLE_OUTPUT:
		die_output(trouble->error, trouble->what);
	case TROUBLE_STATUS:
		die(trouble->status, trouble->error, "%s", trouble->what);
	case TROUBLE_NONE:
	case TROUBLE_DONE:
		break;
	}
	before_end();
	exit(STATUS_OK);
}

int
diag_options(const struct opt_program *program, int argc, char **argv)
{
	struct trouble trouble = { 0 };
	int first;

	program_name = program->name;
	first = opt_parse(program, argc, argv, &trouble);
	if (first < 0) {
		if (trouble.status == STATUS_MISUSE && program->misled != NULL)
			program->misled(program->context);
		die_of(&trouble);
	}
	return first;
}

const struct says diag_says = {
	.line = warn,
	.record = warn_record,
	.foreign = foreign,
	.wait = spoken_wait,
	.in_line = in_line,
	.terminal = on_terminal,
};
