/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "check.h"
#include "memory.h"
#include "trouble.h"

static void
starved(void)
{
	static const char *const urls[] = { "redis://us%65r:pa%73s@host:1,i,j/2",
		"redis-sentinel://h,i?master=%6d", "redis:///3",
		"unix:///so%63ket?db=4" };

	for (size_t i = 0; i < COUNT(urls); i++) {
		struct address address = { 0 };
		const char *why = address_parse(&address, urls[i], true);

		check(why == NULL || (memory_failed() && why == trouble_no_memory));
		address_free(&address);
	}
}

static void
without_memory(void)
{
	memory_torment(starved);
}

static void
refuses(void)
{
	static const char *const rows[][2] = {
		{ "redis://a%0:b@h", "the user is not rightly encoded" },
		{ "redis://a:b%00@h", "the password is not rightly encoded" },
		{ "redis://%@h", "the user is not rightly encoded" },
		{ "redis://a:%4@h", "the password is not rightly encoded" },
		{ "redis://a:%4g@h", "the password is not rightly encoded" },
		{ "redis://a:%/4@h", "the port is not right" }, /* the host is "a" */
		{ "redis://a:%:4@h", "the password is not rightly encoded" },
		{ "unix:///%zz", "the path is not rightly encoded" },
		{ "unix://p", "the path of the socket does not begin with /" },
		{ "unix:///p?db", "the database is not a number" },
		{ "unix:///p?db=", "the database is not a number" },
		{ "unix:///p?db=x", "the database is not a number" },
		{ "redis://h:0", "the port is not right" },
		{ "redis://h:65536", "the port is not right" },
		{ "redis://h:", "the port is not right" },
		{ "redis://h:x", "the port is not right" },
		{ "redis://[::1]x", "the port is not right" },
		{ "redis://[::1", "a [ is not closed" },
		{ "redis://a[::1]", "brackets stand around an address only" },
		{ "redis://[a[b]", "brackets stand around an address only" },
		{ "redis://a]", "brackets stand around an address only" },
		{ "redis://h/x", "the database is not a number" },
		{ "redis://h/-1", "the database is not a number" },
		{ "redis://h?1", "the database is not a number" },
		{ "redis://h?master=m", "the database is not a number" },
		{ "redis://h,", "a comma has no server beside it" },
		{ "redis://,h", "a comma has no server beside it" },
		{ "redis://h,,i", "a comma has no server beside it" },
		{ "redis://h,i:0", "the port is not right" },
		{ "redis-sentinel://h", "Sentinel is to be asked for ?master=NAME" },
		{ "redis-sentinel://h?master=",
		    "Sentinel is to be asked for ?master=NAME" },
		{ "redis-sentinel://h/2?m=a",
		    "Sentinel is to be asked for ?master=NAME" },
		{ "redis-sentinel://h/x?master=a", "the database is not a number" },
		{ "redis-sentinel://h?master=%",
		    "the name of the master is not rightly encoded" },
		{ "http://h", "not redis://HOST or unix:///PATH" },
		{ "redis:/h", "not redis://HOST or unix:///PATH" },
		{ "", "not redis://HOST or unix:///PATH" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address address = { 0 };

		check_text(address_parse(&address, rows[i][0], true), rows[i][1]);
		address_free(&address);
	}
}

struct parts {
	const char *host, *path, *user, *password;
	uint64_t port, db;
	bool tls;
};

/* Each part of a URL, there and left out. */
static void
takes_apart(void)
{
	static const struct {
		const char *url;
		struct parts parts;
	} rows[] = {
		{ "redis://", { .host = "127.0.0.1", .port = 6379 } },
		{ "redis:///", { .host = "127.0.0.1", .port = 6379 } },
		{ "redis://h", { .host = "h", .port = 6379 } },
		{ "REDIS://h/", { .host = "h", .port = 6379 } },
		{ "redis://h/0", { .host = "h", .port = 6379 } },
		{ "redis://h/12", { .host = "h", .port = 6379, .db = 12 } },
		{ "redis://h:1", { .host = "h", .port = 1 } },
		{ "redis://h:65535/3", { .host = "h", .port = 65535, .db = 3 } },
		{ "redis://:80", { .host = "127.0.0.1", .port = 80 } },
		{ "rediss://h", { .host = "h", .port = 6379, .tls = true } },
		{ "redis://[::1]", { .host = "::1", .port = 6379 } },
		{ "redis://[::1]:7/2", { .host = "::1", .port = 7, .db = 2 } },
		{ "redis://u@h", { .host = "h", .port = 6379, .user = "u" } },
		{ "redis://u:p@h",
		    { .host = "h", .port = 6379, .user = "u", .password = "p" } },
		{ "redis://:p@h", { .host = "h", .port = 6379, .password = "p" } },
		{ "redis://u%40%3a:p%2Fq:@h",
		    { .host = "h", .port = 6379, .user = "u@:", .password = "p/q:" } },
		{ "redis://a@b@h", { .host = "h", .port = 6379, .user = "a@b" } },
		{ "unix:///p", { .path = "/p" } },
		{ "redis+unix:///p/q?db=4", { .path = "/p/q", .db = 4 } },
		{ "redis+socket:///p%3f", { .path = "/p?" } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct parts *want = &rows[i].parts;
		struct address address = { 0 };

		check_at(i + 1);
		check_text(address_parse(&address, rows[i].url, true), NULL);
		check_text(address.count > 0 ? address.places[0].host : NULL, want->host);
		check_text(address.path, want->path);
		check_text(address.user, want->user);
		check_text(address.password, want->password);
		check_is(address.count > 0 ? address.places[0].port : 0, want->port);
		check_is(address.db, want->db);
		check_is(address.tls, want->tls);
		address_free(&address);
		check(address.places == NULL && address.path == NULL);
	}
}

/* Several servers, of each kind. */
static void
several(void)
{
	static const struct {
		const char *url, *master;
		struct {
			const char *host;
			uint64_t port;
		} places[3];
		uint64_t db;
	} rows[] = {
		{ "redis://a,b:1,[::1]:2/3", NULL,
		    { { "a", 6379 }, { "b", 1 }, { "::1", 2 } }, 3 },
		{ "redis-sentinel://u@a,b:7/4?master=m%2f", "m/",
		    { { "a", 26379 }, { "b", 7 } }, 4 },
		{ "rediss-sentinel://?master=m", "m", { { "127.0.0.1", 26379 } }, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address address = { 0 };
		size_t count = 0;

		check_at(i + 1);
		check_text(address_parse(&address, rows[i].url, true), NULL);
		check_text(address.master, rows[i].master);
		check_is(address.db, rows[i].db);
		while (
		    count < COUNT(rows[i].places) && rows[i].places[count].host != NULL)
			count++;
		check_is(address.count, count);
		for (size_t k = 0; k < count; k++) {
			check_text(address.places[k].host, rows[i].places[k].host);
			check_is(address.places[k].port, rows[i].places[k].port);
		}
		address_free(&address);
	}
}

/* Of a password that others can see, and of one in a file. */
static void
passwords(void)
{
	static const char *const files[][2] = {
		{ "secret\n", "secret" },
		{ "secret", "secret" },
		{ "secret\r\nmore\n", "secret" },
		{ "\n", "" },
		{ " a b \n", " a b " },
	};
	struct address address = { 0 };
	char path[] = "/tmp/par-unit.XXXXXX";
	int fd = mkstemp(path);

	check(address_parse(&address, "redis://u:p@h", false) != NULL);
	address_free(&address);
	check(address_parse(&address, "redis://u@h", false) == NULL);
	for (size_t i = 0; i < COUNT(files); i++) {
		check_at(i + 1);
		check_is(ftruncate(fd, 0), 0);
		check_is(
		    pwrite(fd, files[i][0], strlen(files[i][0]), 0), strlen(files[i][0]));
		check_is(address_password(&address, path), 0);
		check_text(address.password, files[i][1]);
	}
	check_is(ftruncate(fd, 0), 0);
	check_is(address_password(&address, path), -1);
	check_is(errno, ENODATA);
	check_text(address.password, " a b "); /* stays */
	unlink(path);
	check_is(address_password(&address, path), -1);
	check_is(errno, ENOENT);
	address_free(&address);
	close(fd);
}

/* What is left of a URL in the environment; nothing of the password is behind its end. */
static void
hides(void)
{
	static const char *const rows[][2] = {
		{ "redis://user:secret@host:1/2", "redis://user@host:1/2" },
		{ "redis://:secret@host", "redis://host" },
		{ "redis://user@host", "redis://user@host" },
		{ "redis://host/a:secret@b", "redis://host/a:secret@b" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char variable[64] = "PAR_UNIT=";

		strcat(variable, rows[i][0]);
		check(putenv(variable) == 0);
		address_hide("PAR_UNIT", false);
		check_text(getenv("PAR_UNIT"), rows[i][1]);
		check(strcmp(rows[i][0], rows[i][1]) == 0 ||
		    memmem(variable, sizeof(variable), "secret", 6) == NULL);
		unsetenv("PAR_UNIT");
	}
}

TESTS("address", { "tells no memory from what is wrong", without_memory },
    { "takes URLs apart", takes_apart }, { "takes several servers", several },
    { "passwords", passwords }, { "refuses what is wrong", refuses },
    { "hides passwords", hides })
