/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grow.h"
#include "seen.h"

enum {
	ROOM_LEAST = 1024, /* keys */
	SHELVES_MOST = 1 << 20,
	WORK = 2 * SEEN_FAN, /* keys merged for one that is added: more than sizes */
	WORK_PART = 32 /* at a time: that part of the keys of a table, or more */
};

static bool
is_empty(const struct hash_wide *key)
{
	return key->words[0] == 0 && key->words[1] == 0;
}

/* Where a key is in the table, or would be. */
static struct hash_wide *
place_of(const struct seen *seen, const struct hash_wide *key)
{
	size_t at = (size_t)(key->words[0] >> seen->shift);

	while (!is_empty(&seen->table[at]) &&
	    memcmp(&seen->table[at], key, sizeof(*key)) != 0)
		at = (at + 1) & (seen->room - 1);
	return &seen->table[at];
}

/* Twice the room. */
static int
widen(struct seen *seen)
{
	struct hash_wide *old = seen->table;
	size_t room = seen->room;

	seen->table = calloc(2 * room, sizeof(*old));
	if (seen->table == NULL) {
		seen->table = old;
		return -1;
	}
	seen->room = 2 * room;
	seen->shift--;
	for (size_t i = 0; i < room; i++)
		if (!is_empty(&old[i]))
			*place_of(seen, &old[i]) = old[i];
	free(old);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return shelf_before(a, b) ? -1 : shelf_before(b, a);
}

/* The keys of the table in its first places, in order, which most of them are already. */
static void
sort_table(struct seen *seen)
{
	size_t count = 0;

	for (size_t i = 0; i < seen->room; i++)
		if (!is_empty(&seen->table[i]))
			seen->table[count++] = seen->table[i];
	qsort(seen->table, count, sizeof(*seen->table), compare);
}

/* Room for one more shelf. */
static int
make_room(struct seen *seen)
{
	struct shelf *more = grow(seen->shelves, &seen->shelf_room, seen->shelf_count + 1,
	    sizeof(*more), SHELVES_MOST);

	if (more == NULL)
		return -1;
	seen->shelves = more;
	return 0;
}

static int
write_table(struct seen *seen, struct shelf_writer *writer)
{
	if (shelf_begin(writer, seen->folder, ++seen->last, seen->count) < 0)
		return -1;
	for (size_t i = 0; i < seen->count; i++)
		if (shelf_put(writer, &seen->table[i]) < 0)
			return -1;
	return shelf_end(writer, &seen->shelves[seen->shelf_count]);
}

/* Let the table have its part of the keys. */
static void
adjust(struct seen *seen)
{
	while (
	    seen->most < SEEN_MOST && seen->shelved_count / SEEN_PART / 2 >= seen->most)
		seen->most *= 2;
}

/* Make the table a shelf. */
static int
shelve(struct seen *seen)
{
	struct shelf_writer *writer = malloc(sizeof(*writer));

	if (writer == NULL)
		return -1;
	writer->fd = -1;
	if (make_room(seen) < 0) {
		free(writer);
		return -1;
	}
	sort_table(seen);
	if (write_table(seen, writer) < 0) {
		shelf_drop(writer);
		free(writer);
		return -1;
	}
	free(writer);
	seen->shelf_count++;
	seen->shelved_count += seen->count;
	adjust(seen);
	memset(seen->table, 0, seen->room * sizeof(*seen->table));
	seen->count = 0;
	bytes_clear(&seen->fresh, SIZE_MAX);
	seen->changed = seen->shelved = true;
	return 0;
}

/* How often shelves were merged until there was one of this size. */
static unsigned
level_of(const struct seen *seen, const struct shelf *shelf)
{
	unsigned level = 0;

	for (uint64_t count = shelf->count; count > seen->most; count /= SEEN_FAN)
		level++;
	return level;
}

/* Choose shelves of one level, the lowest that has enough.  False: none has. */
static bool
choose(struct seen *seen)
{
	for (unsigned level = 0;; level++) {
		size_t chosen = 0;
		bool above = false;

		for (size_t i = 0; i < seen->shelf_count && chosen < SEEN_FAN; i++) {
			unsigned has = level_of(seen, &seen->shelves[i]);

			if (has == level)
				seen->from[chosen++] = i;
			above = above || has > level;
		}
		if (chosen == SEEN_FAN)
			return true;
		if (!above)
			return false;
	}
}

static int
begin_merge(struct seen *seen)
{
	uint64_t count = 0;

	if (!choose(seen))
		return 0;
	for (int i = 0; i < SEEN_FAN; i++) {
		seen->at[i] = 0;
		count += seen->shelves[seen->from[i]].count;
	}
	seen->merge = malloc(sizeof(*seen->merge));
	if (seen->merge == NULL)
		return -1;
	seen->merge->fd = -1;
	return shelf_begin(seen->merge, seen->folder, ++seen->last, count);
}

/* The next key of those that are merged, or NULL. */
static const struct hash_wide *
next_key(struct seen *seen)
{
	const struct hash_wide *first = NULL;
	int of = 0;

	for (int i = 0; i < SEEN_FAN; i++) {
		const struct shelf *shelf = &seen->shelves[seen->from[i]];

		if (seen->at[i] < shelf->count &&
		    (first == NULL || shelf_before(&shelf->keys[seen->at[i]], first))) {
			first = &shelf->keys[seen->at[i]];
			of = i;
		}
	}
	if (first != NULL)
		seen->at[of]++;
	return first;
}

/* Put what was merged where the first one of them was. */
static int
end_merge(struct seen *seen)
{
	struct shelf merged;
	uint64_t *more = grow(seen->gone, &seen->gone_room, seen->gone_count + SEEN_FAN,
	    sizeof(*more), SHELVES_MOST);

	if (more == NULL)
		return -1;
	seen->gone = more;
	if (shelf_end(seen->merge, &merged) < 0)
		return -1;
	free(seen->merge);
	seen->merge = NULL;
	for (int i = SEEN_FAN; i-- > 0;) { /* the last ones first: places stay */
		size_t from = seen->from[i];
		struct shelf *shelf = &seen->shelves[from];

		seen->gone[seen->gone_count++] = shelf->number;
		shelf_close(shelf);
		memmove(
		    shelf, shelf + 1, (seen->shelf_count - from - 1) * sizeof(*shelf));
		seen->shelf_count--;
	}
	memmove(&seen->shelves[seen->from[0] + 1], &seen->shelves[seen->from[0]],
	    (seen->shelf_count - seen->from[0]) * sizeof(merged));
	seen->shelves[seen->from[0]] = merged;
	seen->shelf_count++;
	seen->changed = true;
	return 0;
}

/* Merge some keys, if there are shelves to be merged. */
static int
work(struct seen *seen, uint64_t keys)
{
	if (seen->merge == NULL && begin_merge(seen) < 0)
		return -1;
	for (; seen->merge != NULL && keys > 0; keys--) {
		const struct hash_wide *key = next_key(seen);

		if ((key != NULL ? shelf_put(seen->merge, key) : end_merge(seen)) < 0)
			return -1;
	}
	return 0;
}

/* A key as it is kept: none is all zero. */
static struct hash_wide
kept(const struct hash_wide *key)
{
	return is_empty(key) ? (struct hash_wide){ { 0, 1 } } : *key;
}

static int
find(const struct seen *seen, const struct hash_wide *key)
{
	__builtin_prefetch(&seen->table[key->words[0] >> seen->shift]);
	for (size_t i = seen->shelf_count; i-- > 0;)
		shelf_fetch(&seen->shelves[i], key);
	if (!is_empty(place_of(seen, key)))
		return 1;
	for (size_t i = seen->shelf_count; i-- > 0;) {
		int got = shelf_has(&seen->shelves[i], key);

		if (got != 0)
			return got;
	}
	return 0;
}

int
seen_has(const struct seen *seen, const struct hash_wide *key)
{
	struct hash_wide as = kept(key);

	return find(seen, &as);
}

/* Put a new key into the table, which may be shelved then. */
static int
put(struct seen *seen, const struct hash_wide *key)
{
	if (2 * (seen->count + 1) > seen->room && widen(seen) < 0)
		return -1;
	*place_of(seen, key) = *key;
	seen->count++;
	return seen->count == seen->most ? shelve(seen) : 0;
}

int
seen_recall(struct seen *seen, const struct hash_wide *key)
{
	struct hash_wide as = kept(key);

	return is_empty(place_of(seen, &as)) ? put(seen, &as) : 0;
}

int
seen_add(struct seen *seen, const struct hash_wide *key)
{
	struct hash_wide as = kept(key);
	int got = find(seen, &as);

	if (got != 0)
		return got < 0 ? -1 : 0;
	if (bytes_put(&seen->fresh, &as, sizeof(as)) < 0 || put(seen, &as) < 0)
		return -1;
	seen->owed += WORK;
	if (seen->owed >= seen->most / WORK_PART) {
		if (work(seen, seen->owed) < 0)
			return -1;
		seen->owed = 0;
	}
	return 1;
}

struct seen_file
seen_file(const struct seen *seen, size_t i)
{
	return (struct seen_file){ seen->shelves[i].number, seen->shelves[i].count };
}

static void
remove_file(const struct seen *seen, uint64_t number)
{
	char name[SHELF_NAME];

	shelf_name(name, number);
	if (seen->folder >= 0)
		unlinkat(seen->folder, name, 0);
}

void
seen_noted(struct seen *seen)
{
	while (seen->gone_count > 0)
		remove_file(seen, seen->gone[--seen->gone_count]);
	bytes_clear(&seen->fresh, SIZE_MAX);
	seen->changed = seen->shelved = false;
}

static bool
is_shelf(const struct seen *seen, uint64_t number)
{
	for (size_t i = 0; i < seen->shelf_count; i++)
		if (seen->shelves[i].number == number)
			return true;
	return false;
}

/* Remove files that a process which was killed left before it noted them. */
static int
sweep(struct seen *seen)
{
	int fd = openat(seen->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (folder == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((entry = readdir(folder)) != NULL) {
		uint64_t number = shelf_number(entry->d_name);

		if (number > 0 && !is_shelf(seen, number))
			remove_file(seen, number);
	}
	closedir(folder);
	return 0;
}

static int
open_files(struct seen *seen, const struct seen_file *files, size_t count)
{
	uint64_t last = 0;

	for (size_t i = 0; i < count; i++) {
		seen->last = files[i].number;
		if (make_room(seen) < 0 ||
		    shelf_open(&seen->shelves[seen->shelf_count], seen->folder,
			files[i].number, files[i].count) < 0)
			return -1;
		seen->shelf_count++;
		seen->shelved_count += files[i].count;
		last = files[i].number > last ? files[i].number : last;
	}
	seen->last = last;
	adjust(seen);
	return 0;
}

int
seen_open(struct seen *seen, int folder, size_t least, const struct seen_file *files,
    size_t count)
{
	size_t room = ROOM_LEAST < 2 * least ? ROOM_LEAST : 2 * least;

	*seen =
	    (struct seen){ .folder = folder, .most = least, .room = room, .shift = 64 };
	for (size_t left = room; left > 1; left /= 2)
		seen->shift--;
	seen->table = calloc(room, sizeof(*seen->table));
	if (seen->table == NULL || open_files(seen, files, count) < 0 ||
	    (folder >= 0 && sweep(seen) < 0)) {
		int error = errno;

		seen_close(seen);
		errno = error;
		return -1;
	}
	return 0;
}

void
seen_close(struct seen *seen)
{
	if (seen->merge != NULL)
		shelf_drop(seen->merge);
	free(seen->merge);
	for (size_t i = 0; i < seen->shelf_count; i++)
		shelf_close(&seen->shelves[i]);
	free(seen->shelves);
	free(seen->table);
	free(seen->gone);
	bytes_free(&seen->fresh);
}
