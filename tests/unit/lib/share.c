/* SPDX-License-Identifier: ISC */
/*
 * Two writers of one pipe, each with a description of its own, as two processes are.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "fdio.h"
#include "record.h"
#include "share.h"

static struct {
	int ends[2], other;
	size_t room; /* of the pipe, bytes */
	struct record_writer one, two;
} pair;

static unsigned said;

static void __attribute__((format(printf, 1, 2))) hear(const char *format, ...)
{
	check(*format != '\0');
	said++;
}

static const struct says hears = { .line = hear };

static void
begin(void)
{
	char path[32];

	check_is(fdio_pipe(pair.ends), 0);
	pair.room = fdio_pipe_size(pair.ends[1], 1 << 20);
	fdio_nonblocking(pair.ends[0]);
	snprintf(path, sizeof(path), "/dev/fd/%d", pair.ends[1]);
	pair.other = open(path, O_WRONLY | O_CLOEXEC);
	check(pair.other >= 0);
	said = 0;
	check_is(writer_open(&pair.one, pair.ends[1]), 0);
	check_is(writer_open(&pair.two, pair.other), 0);
	writer_share(&pair.one, &hears);
	writer_share(&pair.two, &hears);
}

static void
end(void)
{
	check_is(said, 0);
	writer_close(&pair.one);
	writer_close(&pair.two);
	close(pair.ends[0]);
	close(pair.ends[1]);
	close(pair.other);
}

/* Can the second write now?  What it would write stays in its buffer if not. */
static bool
second_may(void)
{
	bool refused;

	check_is(writer_put(&pair.two, "b\n", 2), 0);
	check_is(writer_flush_now(&pair.two), 0);
	refused = pair.two.share.refused;
	check_is(pair.two.used, refused ? 2 : 0);
	pair.two.used = 0;
	return !refused;
}

static void
put(const char *text)
{
	check_is(writer_put(&pair.one, text, strlen(text)), 0);
}

static char large[RECORD_BUFFER];

/* A record that is larger than the buffer, where the pipe takes it. */
static void
past_the_buffer(void)
{
	memset(large, 'a', sizeof(large));
	put("x");
	check_is(writer_put(&pair.one, large, sizeof(large)), 0);
	check_is(pair.one.used, 0);
	check(!second_may());
	large[sizeof(large) - 1] = '\n';
	put("x");
	check_is(writer_put(&pair.one, large, sizeof(large)), 0);
	check_is(pair.one.used, 0);
	check(second_may());
}

/* From its first byte to its newline a record keeps others away, however it is written.
 */
static void
whole(void)
{
	begin();
	check(second_may());
	put("half");
	check(second_may()); /* it is not written yet */
	check_is(writer_flush(&pair.one), 0);
	check(!second_may());
	put(" and half\n");
	check(!second_may());
	check_is(writer_flush(&pair.one), 0);
	check(second_may());
	if (pair.room >= 1 << 20)
		past_the_buffer();
	/* without waiting */
	memset(large, 'a', sizeof(large));
	put("half");
	check_is(writer_flush_now(&pair.one), 0);
	check(!second_may());
	check_is(writer_offer(&pair.one, large, 20000), 20000);
	check(!second_may());
	put("\n");
	check_is(writer_flush_now(&pair.one), 0);
	check(second_may());
	end();
}

/* Who leaves, leaves the lock. */
static void
leaves(void)
{
	begin();
	put("half");
	check_is(writer_flush(&pair.one), 0);
	check(!second_may());
	writer_close(&pair.one);
	check(second_may());
	check_is(writer_open(&pair.one, pair.ends[1]), 0);
	end();
}

/* What is no pipe is nobody's to lock. */
static void
files(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct share one, two;

	share_open(&one, fd, &hears);
	share_open(&two, fd, &hears);
	check(!one.on && !two.on);
	check(share_try(&one));
	share_wrote(&one, 'a');
	check(share_try(&two));
	share_leave(&one);
	share_wait(&two);
	share_close(&one);
	share_close(&two);
	close(fd);
}

/* Where there is no lock it is said, once, and records are written without one. */
static void
no_lock(void)
{
	char back[10];

	begin();
	close(pair.one.share.fd);
	put("a\n");
	check_is(writer_flush(&pair.one), 0);
	check_is(said, 1);
	put("half");
	check_is(writer_flush(&pair.one), 0);
	check(share_try(&pair.one.share));
	check_is(said, 1);
	check(second_may());
	check_is(read(pair.ends[0], back, sizeof(back)), 8);
	check_bytes(back, 8, "a\nhalfb\n", 8);
	pair.one.share.ours = false;
	said = 0;
	end();
}

/* Where a description of its own cannot be had, processes keep each other away. */
static void
processes(void)
{
	struct share one, two;
	int ends[2], status = -1;

	check_is(fdio_pipe(ends), 0);
	one = (struct share){ .fd = ends[1], .on = true, .says = &hears };
	two = one;
	check(share_try(&one));
	share_wrote(&one, 'a');
	share_leave(&one);
	if (fork() == 0)
		_exit(share_try(&two) || !two.refused);
	wait(&status);
	check_is(status, 0);
	share_wrote(&one, '\n');
	share_leave(&one);
	if (fork() == 0) {
		share_wait(&two);
		_exit(!two.locked);
	}
	wait(&status);
	check_is(status, 0);
	close(ends[0]);
	close(ends[1]);
}

TESTS("share", { "a record is whole, however it is written", whole },
    { "who leaves, leaves the lock", leaves }, { "what is no pipe", files },
    { "what cannot be locked", no_lock }, { "between processes", processes })
