/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fdio.h"
#include "num.h"
#include "os.h"
#include "shelf.h"
#include "spool.h"

enum {
	BUCKET_KEYS = 40, /* on average: 11 bits of its filter for each */
	PROBES = 6, /* bits of a filter for each key */
	PROBE_BITS = 10, /* of a key that say which one */
	BEGIN_EVERY = 1 << 20 /* bytes: the disk has little left to do at the end */
};

static const char prefix[] = "seen.";

void
shelf_name(char name[static SHELF_NAME], uint64_t number)
{
	snprintf(name, SHELF_NAME, "%s%llu", prefix, (unsigned long long)number);
}

uint64_t
shelf_number(const char *name)
{
	char again[SHELF_NAME];
	uint64_t number;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0 ||
	    num_parse(name + sizeof(prefix) - 1, 1, UINT64_MAX, &number) < 0)
		return 0;
	shelf_name(again, number);
	return strcmp(name, again) == 0 ? number : 0;
}

static uint64_t
buckets_for(uint64_t count)
{
	return count / BUCKET_KEYS + 1;
}

/* Bytes before the keys. */
static size_t
front_size(uint64_t count)
{
	return (size_t)(buckets_for(count) + 1) * sizeof(struct shelf_bucket);
}

static size_t
file_size(uint64_t count)
{
	return front_size(count) + (size_t)count * sizeof(struct hash_wide);
}

/* Bit number probe of a key in a filter. */
static uint64_t
filter_bit(const struct hash_wide *key, int probe)
{
	uint64_t some = key->words[1] >> probe * PROBE_BITS & ((1 << PROBE_BITS) - 1);

	return some * FILTER_WORDS * 64 >> PROBE_BITS;
}

static bool
filter_has(const struct shelf_bucket *bucket, const struct hash_wide *key)
{
	for (int i = 0; i < PROBES; i++) {
		uint64_t bit = filter_bit(key, i);

		if ((bucket->filter[bit / 64] >> bit % 64 & 1) == 0)
			return false;
	}
	return true;
}

/* The file of a descriptor, in memory. */
static int
map(struct shelf *shelf, int fd)
{
	size_t size = file_size(shelf->count);
	struct stat about;
	void *at;

	if (fstat(fd, &about) < 0)
		return -1;
	if ((uint64_t)about.st_size != size) {
		errno = EBADMSG;
		return -1;
	}
	at = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -1;
	shelf->bucket_count = buckets_for(shelf->count);
	shelf->buckets = at;
	shelf->keys = (const void *)((const char *)at + front_size(shelf->count));
	return 0;
}

int
shelf_open(struct shelf *shelf, int folder, uint64_t number, uint64_t count)
{
	enum { WORTH = sizeof(struct hash_wide) + sizeof(struct shelf_bucket) };
	char name[SHELF_NAME];
	int fd, got, error;

	*shelf = (struct shelf){ .number = number, .count = count };
	if (count == 0 || count > SIZE_MAX / WORTH) {
		errno = EBADMSG;
		return -1;
	}
	shelf_name(name, number);
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	got = map(shelf, fd);
	error = errno;
	close(fd);
	errno = error;
	return got;
}

/* About which place a key has among those of its bucket: they are spread evenly. */
static uint64_t
expected(const struct shelf *shelf, const struct hash_wide *key, uint64_t count)
{
	uint32_t part = (uint32_t)((key->words[0] >> 32) * shelf->bucket_count);

	return (uint64_t)part * (uint32_t)count >> 32;
}

/* Is a key among some in order?  From at on: it is some steps away. */
static bool
keys_have(const struct hash_wide *keys, uint64_t count, uint64_t at,
    const struct hash_wide *key)
{
	while (at > 0 && !shelf_before(&keys[at - 1], key))
		at--;
	while (at < count && shelf_before(&keys[at], key))
		at++;
	return at < count && memcmp(&keys[at], key, sizeof(*key)) == 0;
}

int
shelf_has(const struct shelf *shelf, const struct hash_wide *key)
{
	const struct shelf_bucket *bucket =
	    &shelf->buckets[shelf_bucket_of(key, shelf->bucket_count)];
	uint64_t low = bucket[0].first, high = bucket[1].first;

	if (!filter_has(bucket, key))
		return 0;
	if (low > high || high > shelf->count) {
		errno = EBADMSG;
		return -1;
	}
	return keys_have(
	    shelf->keys + low, high - low, expected(shelf, key, high - low), key);
}

void
shelf_close(struct shelf *shelf)
{
	if (shelf->buckets != NULL)
		munmap((void *)(uintptr_t)shelf->buckets, file_size(shelf->count));
	shelf->buckets = NULL;
}

static int
open_new(int folder, uint64_t number)
{
	char name[SHELF_NAME];

	if (folder < 0)
		return spool_file();
	shelf_name(name, number);
	return openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

int
shelf_begin(struct shelf_writer *writer, int folder, uint64_t number, uint64_t count)
{
	writer->folder = folder;
	writer->number = number;
	writer->count = count;
	writer->put = writer->bucket = 0;
	writer->now = (struct shelf_bucket){ 0 };
	writer->buckets.used = writer->keys.used = 0;
	writer->buckets.at = writer->buckets.begun = 0;
	writer->keys.at = writer->keys.begun = front_size(count);
	writer->fd = open_new(folder, number);
	return writer->fd < 0 ? -1 : 0;
}

static int
write_part(struct shelf_writer *writer, struct shelf_part *part)
{
	if (fdio_write_at(writer->fd, part->data, part->used, part->at) < 0)
		return -1;
	part->at += part->used;
	part->used = 0;
	if (part->at - part->begun < BEGIN_EVERY || writer->folder < 0)
		return 0;
	os_begin_writing(writer->fd, (off_t)part->begun, (off_t)(part->at - part->begun));
	part->begun = part->at;
	return 0;
}

static int
add(struct shelf_writer *writer, struct shelf_part *part, const void *data, size_t len)
{
	if (sizeof(part->data) - part->used < len && write_part(writer, part) < 0)
		return -1;
	memcpy(part->data + part->used, data, len);
	part->used += len;
	return 0;
}

/* End buckets up to this one, which begins at the next key. */
static int
go_to(struct shelf_writer *writer, uint64_t bucket)
{
	for (; writer->bucket < bucket; writer->bucket++) {
		if (add(writer, &writer->buckets, &writer->now, sizeof(writer->now)) < 0)
			return -1;
		writer->now = (struct shelf_bucket){ .first = writer->put };
	}
	return 0;
}

int
shelf_put(struct shelf_writer *writer, const struct hash_wide *key)
{
	if (go_to(writer, shelf_bucket_of(key, buckets_for(writer->count))) < 0 ||
	    add(writer, &writer->keys, key, sizeof(*key)) < 0)
		return -1;
	for (int i = 0; i < PROBES; i++) {
		uint64_t bit = filter_bit(key, i);

		writer->now.filter[bit / 64] |= (uint64_t)1 << bit % 64;
	}
	writer->put++;
	return 0;
}

int
shelf_end(struct shelf_writer *writer, struct shelf *out)
{
	*out = (struct shelf){ .number = writer->number, .count = writer->count };
	if (go_to(writer, buckets_for(writer->count) + 1) < 0 ||
	    write_part(writer, &writer->buckets) < 0 ||
	    write_part(writer, &writer->keys) < 0)
		return -1;
	if (writer->folder >= 0 &&
	    (fdatasync(writer->fd) < 0 ||
		(fsync(writer->folder) < 0 && errno != EINVAL && errno != EROFS)))
		return -1;
	if (map(out, writer->fd) < 0)
		return -1;
	close(writer->fd);
	writer->fd = -1;
	return 0;
}

void
shelf_drop(struct shelf_writer *writer)
{
	char name[SHELF_NAME];
	int error = errno;

	if (writer->fd < 0)
		return;
	close(writer->fd);
	writer->fd = -1;
	shelf_name(name, writer->number);
	if (writer->folder >= 0)
		unlinkat(writer->folder, name, 0);
	errno = error;
}
