/* SPDX-License-Identifier: ISC */
/* With it recv(2) is an inline function of the C library, and here it is ours. */
#undef _FORTIFY_SOURCE

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "odd_lines.h"

enum {
	LONGEST = 64 << 10, /* bytes of a line */
	STATUS = 9 /* where the status begins in its line */
};

static void
begin_line(struct odd_lines *lines)
{
	lines->line = 0;
	lines->colon = false;
	lines->last = '\0';
}

static void
begin_header(struct odd_lines *lines)
{
	begin_line(lines);
	lines->first = true;
	lines->interim = false;
}

/*
 * A byte of the status line: is it one?  A status of four digits is none; newer
 * libcurls would read three of them.
 */
static bool
take_status(struct odd_lines *lines, char *data, size_t at)
{
	static const char http[] = "HTTP/";
	char byte = data[at];

	if (lines->line == STATUS + 3 && byte >= '0' && byte <= '9' && at > 3 &&
	    data[at - 4] == ' ')
		data[at - 3] = 'x';
	if (lines->line < sizeof(http) - 1 && byte != http[lines->line])
		return false;
	if (lines->line == STATUS)
		lines->interim = byte == '1';
	lines->colon = true;
	return true;
}

/* The newline at data[at] ends a line; false if that ends the header. */
static bool
end_line(struct odd_lines *lines, char *data, size_t at)
{
	bool empty = lines->line == 0 || (lines->line == 1 && lines->last == '\r');

	if (empty && !lines->interim)
		return false;
	if (!empty && !lines->colon && at > 0)
		data[at - 1] = ':';
	lines->first = false;
	if (empty)
		begin_header(lines);
	else
		begin_line(lines);
	return true;
}

/* The line is too long: another one begins in the three bytes at data. */
static void
split_line(struct odd_lines *lines, char *data)
{
	if (!lines->colon)
		data[-1] = ':';
	memcpy(data, "\nX:", 3);
	begin_line(lines);
	lines->first = false;
}

/* A byte of a header line. */
static void
take_byte(struct odd_lines *lines, char *byte)
{
	if (*byte == '\0')
		*byte = ' ';
	if (lines->line == 0 && (*byte == ' ' || *byte == '\t'))
		lines->colon = true; /* it belongs to the one before it */
	if (*byte == '\r' && lines->line > 0 && !lines->colon)
		*byte = ':';
	if (*byte == ':')
		lines->colon = true;
}

bool
odd_lines_mend(struct odd_lines *lines, char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n') {
			if (!end_line(lines, data, i))
				return false;
			continue;
		}
		if (lines->line >= LONGEST && i > 0 && i + 3 < len)
			split_line(lines, data + i);
		if (!lines->first)
			take_byte(lines, &data[i]);
		else if (!take_status(lines, data, i))
			return false;
		lines->last = data[i];
		lines->line++;
	}
	return true;
}

#ifdef __ELF__

#include <dlfcn.h>

/* Whose answers are expected on which connections; other threads have none. */
static _Thread_local struct {
	struct connections on;
	struct odd_lines *next; /* on the one on which something is sent now */
	int (*SSL_read)(void *, void *, int); /* what ours stands before */
} expected;

static const void *
key_of(int socket)
{
	return (const void *)(intptr_t)(socket + 1);
}

/* len bytes have come on a connection. */
static void
hear_bytes(const void *connection, char *data, size_t len)
{
	struct connection_user *user = connections_find(&expected.on, connection);

	if (user != NULL && !odd_lines_mend(user->transfer, data, len))
		connections_leave(user);
}

/* These are the three that libcurl calls. */
ssize_t
send(int fd, const void *buf, size_t n, int flags)
{
	if (expected.next != NULL)
		connections_enter(&expected.on, &expected.next->place, key_of(fd));
	expected.next = NULL;
	return sendto(fd, buf, n, flags, NULL, 0);
}

ssize_t
recv(int fd, void *buf, size_t n, int flags)
{
	ssize_t got = recvfrom(fd, buf, n, flags, NULL, NULL);

	if (got > 0 && (flags & MSG_PEEK) == 0)
		hear_bytes(key_of(fd), buf, (size_t)got);
	return got;
}

int SSL_read(void *ssl, void *buf, int num);

int
SSL_read(void *ssl, void *buf, int num)
{
	int got;

	if (expected.SSL_read == NULL)
		*(void **)&expected.SSL_read = dlsym(RTLD_NEXT, "SSL_read");
	got = expected.SSL_read(ssl, buf, num);
	if (got > 0)
		hear_bytes(ssl, buf, (size_t)got);
	return got;
}

void
odd_lines_expect(struct odd_lines *lines, const void *tls)
{
	begin_header(lines);
	lines->place.transfer = lines;
	expected.next = tls == NULL ? lines : NULL;
	if (tls != NULL)
		connections_enter(&expected.on, &lines->place, tls);
}

void
odd_lines_leave(struct odd_lines *lines)
{
	if (expected.next == lines)
		expected.next = NULL;
	connections_leave(&lines->place);
}

#else

void
odd_lines_expect(struct odd_lines *lines, const void *tls)
{
	(void)tls;
	begin_header(lines);
}

void
odd_lines_leave(struct odd_lines *lines)
{
	(void)lines;
}

#endif
