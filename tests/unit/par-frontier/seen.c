/* SPDX-License-Identifier: ISC */
/*
 * The model is a flag for each of some keys: is it there, and was it noted?  What was
 * noted is what a process finds that goes on after another one was killed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "memory.h"
#include "seen.h"

enum { KEYS = 3000, MOST = 16, FILES = 64, NOTED = 4096 };

/* What a caller has noted. */
struct note {
	struct seen_file files[FILES];
	size_t file_count;
	struct hash_wide recent[NOTED];
	size_t recent_count;
	bool has[KEYS];
};

static struct note note;
static char path[32];
static int folder;

/* Keys as a hash has them; the first one is all zero. */
static struct hash_wide
key_of(uint64_t number)
{
	static const struct hash_key key = { { 1, 2 } };

	return number == 0 ? (struct hash_wide){ { 0 } }
			   : hash_keyed_wide(&number, sizeof(number), &key);
}

static void
begin(void)
{
	strcpy(path, "/tmp/par-unit.XXXXXX");
	check(mkdtemp(path) != NULL);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check(folder >= 0);
	memset(&note, 0, sizeof(note));
}

/* How many files there are; they are removed. */
static size_t
empty(void)
{
	DIR *all = opendir(path);
	const struct dirent *entry;
	size_t count = 0;

	while ((entry = readdir(all)) != NULL)
		count += unlinkat(dirfd(all), entry->d_name, 0) == 0;
	closedir(all);
	return count;
}

static size_t
end(void)
{
	size_t count = empty();

	close(folder);
	check_is(rmdir(path), 0);
	return count;
}

static void
take_note(struct seen *seen, const bool has[static KEYS])
{
	const struct hash_wide *fresh = (const void *)seen->fresh.data;
	size_t count = seen->fresh.len / sizeof(*fresh);

	if (seen->shelved)
		note.recent_count = 0;
	if (seen->changed) {
		note.file_count = seen->shelf_count;
		check(note.file_count <= FILES);
		for (size_t i = 0; i < seen->shelf_count; i++)
			note.files[i] = seen_file(seen, i);
	}
	for (size_t i = 0; i < count; i++)
		note.recent[note.recent_count++] = fresh[i];
	memcpy(note.has, has, sizeof(note.has));
	seen_noted(seen);
}

static void
go_on(struct seen *seen)
{
	check_is(seen_open(seen, folder, MOST, note.files, note.file_count), 0);
	for (size_t i = 0; i < note.recent_count; i++)
		check_is(seen_recall(seen, &note.recent[i]), 0);
}

static void
same_as(const struct seen *seen, const bool has[static KEYS])
{
	for (uint64_t i = 0; i < KEYS; i++) {
		struct hash_wide key = key_of(i);

		check_is(seen_has(seen, &key), has[i]);
	}
}

/* The shelves are few, and of sizes that are a power of the smallest. */
static void
in_shape(const struct seen *seen)
{
	check(seen->count < MOST);
	check(seen->shelf_count <= 30);
	for (size_t i = 0; i < seen->shelf_count; i++) {
		uint64_t count = seen->shelves[i].count;

		while (count > MOST && count % SEEN_FAN == 0)
			count /= SEEN_FAN;
		check_is(count, MOST);
	}
}

static void
agrees(void)
{
	bool has[KEYS] = { false };
	struct seen seen;

	begin();
	go_on(&seen);
	for (int step = 0; step < 2000; step++) {
		uint64_t number = chance_below(KEYS);
		struct hash_wide key = key_of(number);

		check_at((uint64_t)step);
		check_is(seen_add(&seen, &key), !has[number]);
		check_is(seen_has(&seen, &key), 1);
		has[number] = true;
		if (chance_one_in(20))
			take_note(&seen, has);
		if (chance_one_in(100)) { /* killed */
			seen_close(&seen);
			memcpy(has, note.has, sizeof(has));
			go_on(&seen);
			same_as(&seen, has);
		}
		in_shape(&seen);
	}
	same_as(&seen, has);
	take_note(&seen, has);
	seen_close(&seen);
	check_is(end(), note.file_count);
}

/* Without a folder, and with as many keys that merges are under way. */
static void
without_names(void)
{
	enum { MANY = 100000, HERE = 1024 };
	struct seen seen;

	check_is(seen_open(&seen, -1, HERE, NULL, 0), 0);
	for (uint64_t i = 0; i < MANY; i++) {
		struct hash_wide key = key_of(i);

		check_is(seen_add(&seen, &key), 1);
	}
	for (uint64_t i = 0; i < MANY; i++) {
		struct hash_wide key = key_of(i), other = key_of(i + MANY);

		check_is(seen_add(&seen, &key), 0);
		check_is(seen_has(&seen, &other), 0);
	}
	check(seen.shelf_count <= 16);
	seen_close(&seen);
}

/* Fill one, and have it noted. */
static void
fill(struct seen *seen, uint64_t count)
{
	bool has[KEYS] = { false };

	for (uint64_t i = 0; i < count; i++) {
		struct hash_wide key = key_of(i);

		check_is(seen_add(seen, &key), 1);
		has[i] = true;
	}
	take_note(seen, has);
}

/* Files that are missing, cut, or say what cannot be. */
static void
damaged(void)
{
	struct hash_wide key;
	struct seen seen;
	char name[SHELF_NAME];
	int fd, wrong = 0;

	begin();
	go_on(&seen);
	fill(&seen, MOST);
	seen_close(&seen);
	shelf_name(name, note.files[0].number);
	fd = openat(folder, name, O_RDWR | O_CLOEXEC);
	for (uint64_t i = 0; i < 2 * 8; i++) /* where the keys of buckets begin */
		check_is(pwrite(fd, "\xff", 1, (off_t)(56 + i % 8 + i / 8 * 64)), 1);
	go_on(&seen);
	for (uint64_t i = 0; i < MOST; i++) {
		key = key_of(i);
		errno = 0;
		wrong += seen_has(&seen, &key) == -1 && errno == EBADMSG;
	}
	check_is(wrong, MOST);
	seen_close(&seen);
	check_is(ftruncate(fd, 100), 0);
	close(fd);
	check_is(seen_open(&seen, folder, MOST, note.files, 1), -1);
	check_is(errno, EBADMSG);
	check_is(seen.last, note.files[0].number);
	check_is(unlinkat(folder, name, 0), 0);
	check_is(seen_open(&seen, folder, MOST, note.files, 1), -1);
	check_is(errno, ENOENT);
	note.files[0].count = UINT64_MAX / 16;
	check_is(seen_open(&seen, folder, MOST, note.files, 1), -1);
	end();
}

/* Names of others are left alone. */
static void
names(void)
{
	static const char *const rows[] = { "seen.0", "seen.01", "seen.", "seen.x",
		"seen", "seen.1x", "frontier", "seen.99999999999999999999", "Seen.1" };
	char name[SHELF_NAME];

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i);
		check_is(shelf_number(rows[i]), 0);
	}
	shelf_name(name, UINT64_MAX);
	check_is(shelf_number(name), UINT64_MAX);
}

/* Each allocation that fails is told, or not needed. */
static void
starve(void)
{
	struct seen seen;

	if (seen_open(&seen, -1, MOST, NULL, 0) < 0) {
		check(memory_failed());
		return;
	}
	for (uint64_t i = 0; i < 10 * MOST; i++) {
		struct hash_wide key = key_of(i);

		if (seen_add(&seen, &key) != 1) {
			check(memory_failed());
			break;
		}
	}
	seen_close(&seen);
}

static void
starved(void)
{
	memory_torment(starve);
}

TESTS("seen", { "agrees with a model, however it is killed", agrees },
    { "holds more than its table without a folder", without_names },
    { "tells of files that are damaged", damaged }, { "names of files", names },
    { "tells of want of memory", starved })
