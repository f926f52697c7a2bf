/* SPDX-License-Identifier: ISC */
/*
 * Some that share a crawl, in one process: each step one of them, by chance, does some
 * work, reads, notes what it knows, is killed and goes on with what it noted, or has
 * nothing to do and says so.  None may take a step, or end, while there is anything of an
 * earlier one anywhere, done or noted.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "exchange.h"
#include "num.h"

enum { SITES = 3, LEVELS = 3, ROOM = 64, STEPS = 20000 };

/* What one of them knows. */
struct knowledge {
	uint64_t left[LEVELS]; /* URLs to be handed out, of each step */
	uint64_t read[SITES];
};

struct site {
	struct exchange exchange;
	struct knowledge now, noted;
	bool ended;
};

static struct site sites[SITES];
static char folder[32];
static uint64_t most; /* URLs that are still to be found */

static void
start(uint64_t i, bool first)
{
	const struct exchange_share share = { i + 1, SITES };

	sites[i].now = sites[i].noted;
	exchange_open(
	    &sites[i].exchange, &share, folder, first ? NULL : sites[i].now.read, first);
}

static void
begin(void)
{
	strcpy(folder, "/tmp/par-unit.XXXXXX");
	check(mkdtemp(folder) != NULL);
	memset(sites, 0, sizeof(sites));
	most = 200;
	sites[0].noted.left[0] = 1;
	for (uint64_t i = 0; i < SITES; i++)
		start(i, true);
}

static void
end(void)
{
	DIR *all = opendir(folder);
	const struct dirent *entry;

	for (int i = 0; i < SITES; i++)
		exchange_close(&sites[i].exchange);
	while ((entry = readdir(all)) != NULL)
		unlinkat(dirfd(all), entry->d_name, 0);
	closedir(all);
	check_is(rmdir(folder), 0);
}

static uint64_t
level_of(const char *data, size_t len)
{
	const char *tab = memchr(data, '\t', len);
	uint64_t level;

	check(tab != NULL);
	check_is(num_parse_bytes(
		     tab + 1, len - (size_t)(tab + 1 - data), 0, LEVELS - 1, &level),
	    0);
	return level;
}

static void
take(void *context, const char *data, size_t len)
{
	struct site *site = context;

	site->now.left[level_of(data, len)]++;
}

static bool
reads(struct site *site)
{
	bool any = exchange_read(&site->exchange, take, site, ROOM);

	memcpy(site->now.read, site->exchange.own->read, sizeof(site->now.read));
	return any;
}

static void
notes(struct site *site)
{
	exchange_flush(&site->exchange, false);
	site->noted = site->now;
}

/* Hand out a URL of a step that has begun; what it leads to is ours or another's. */
static void
works(struct site *site)
{
	const struct spelling url = { .data = "http://h/", .len = 9 };

	for (uint32_t level = 0; level < LEVELS; level++) {
		if (site->now.left[level] == 0 || level > site->exchange.own->passed)
			continue;
		for (uint32_t found = 0; most > 0 && found < 2; found++, most--) {
			uint64_t to = chance_from(1, SITES);
			uint32_t next = level + (level + 1 < LEVELS);

			if (to == site->exchange.share.number)
				site->now.left[next]++;
			else
				exchange_put(&site->exchange, to, &url, &next);
		}
		site->now.left[level]--;
		return;
	}
}

static uint64_t
left_before(const struct knowledge *knowledge, uint64_t level)
{
	uint64_t left = 0;

	for (uint64_t i = 0; i < level && i < LEVELS; i++)
		left += knowledge->left[i];
	return left;
}

/* URLs of earlier steps that were left for site and that it has not noted. */
static uint64_t
unread_before(const struct site *site, uint64_t from, uint64_t level)
{
	char path[ROOM], line[ROOM];
	uint64_t count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%d-%d", folder, (int)from + 1,
	    (int)site->exchange.share.number);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	fseek(file, (long)site->noted.read[from], SEEK_SET);
	while (fgets(line, sizeof(line), file) != NULL)
		count += level_of(line, strlen(line) - 1) < level;
	fclose(file);
	return count;
}

/* Nothing of steps before this one is anywhere. */
static void
none_before(uint64_t level)
{
	for (uint64_t i = 0; i < SITES; i++) {
		check_is(left_before(&sites[i].now, level), 0);
		check_is(left_before(&sites[i].noted, level), 0);
		for (uint64_t from = 0; from < SITES; from++)
			check_is(unread_before(&sites[i], from, level), 0);
	}
}

/* It has nothing to do now, if that is so. */
static void
meets(struct site *site)
{
	uint64_t before = site->exchange.own->passed;

	if (left_before(&site->now, before + 1) > 0 || reads(site))
		return;
	notes(site);
	exchange_meet(&site->exchange, left_before(&site->now, LEVELS) > 0);
	if (site->exchange.own->passed > before)
		none_before(site->exchange.own->passed);
	site->ended = exchange_ended(&site->exchange);
}

static void
one_step(uint64_t i)
{
	struct site *site = &sites[i];

	if (site->ended)
		return;
	switch (chance_below(8)) {
	case 0:
		reads(site);
		break;
	case 1:
		notes(site);
		break;
	case 2:
		if (chance_one_in(4)) {
			exchange_close(&site->exchange);
			start(i, false);
		}
		break;
	case 3:
		exchange_flush(&site->exchange, false);
		break;
	case 4:
	case 5:
		meets(site);
		break;
	default:
		works(site);
	}
}

static void
end_together(void)
{
	for (int round = 0; round < 2; round++) {
		uint64_t step = 0;

		begin();
		while (!sites[0].ended || !sites[1].ended || !sites[2].ended) {
			check_at(step);
			check(++step < STEPS);
			one_step(chance_below(SITES));
		}
		none_before(LEVELS);
		end();
	}
}

static void
parse(void)
{
	static const char *const wrong[] = { "", "/", "1", "1/", "/2", "0/2", "3/2",
		"1/257", "1/2/3", "a/b", " 1/2", "1/ 2", "-1/2" };
	struct exchange_share share;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		check_at(i);
		check(exchange_parse(&share, wrong[i]) != NULL);
	}
	check(exchange_parse(&share, "256/256") == NULL);
	check_is(share.number, 256);
	check_is(share.count, 256);
}

/* It is the same for all, and for ever: others have agreed on it. */
static void
owners(void)
{
	static const unsigned char of[] = { 1, 1, 2, 2, 2, 2, 1, 1, 1, 2, 1, 2 };
	const struct exchange_share two = { 1, 2 }, all = { 0, 0 };

	for (unsigned i = 0; i < COUNT(of); i++) {
		char text[ROOM];
		int len = snprintf(text, sizeof(text), "http://h%u.example/", i + 1);
		const struct spelling url = { text, (size_t)len, 7, (size_t)len - 8 };

		check_at(i);
		check_is(exchange_owner(&two, &url), of[i]);
		check_is(exchange_owner(&all, &url), 0);
	}
}

TESTS("exchange", { "ends where nothing is left, however it is killed", end_together },
    { "which of how many", parse }, { "whose a host is", owners })
