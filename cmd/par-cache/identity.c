/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fdio.h"
#include "formats.h"
#include "grow.h"
#include "identity.h"
#include "need.h"
#include "value.h"

_Static_assert(
    KEY_SIZE >= crypto_generichash_BYTES_MIN && KEY_SIZE <= crypto_generichash_BYTES_MAX,
    "a key is a digest");

enum { READ_SIZE = 256 << 10, MOST_FILES = 1 << 24 };

/* A file that a word names, as it was when it was read. */
struct known {
	char *path;
	struct stat about;
};

struct identity {
	crypto_generichash_state sum; /* of the command; a record comes next */
	struct known *files;
	size_t count, room;
};

/* Parts of what is summed, each with its length, so that none runs into the next. */
static void
add(crypto_generichash_state *sum, char kind, const void *data, size_t len)
{
	char head[9] = { kind };

	value_put_number(head + 1, len);
	crypto_generichash_update(sum, (const unsigned char *)head, sizeof(head));
	crypto_generichash_update(sum, data, len);
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* What is in the file; -1 with errno. */
static int
add_content(crypto_generichash_state *sum, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	unsigned char digest[KEY_SIZE], *data = malloc(READ_SIZE);
	crypto_generichash_state content;
	ssize_t got = -1;

	if (fd >= 0 && data != NULL) {
		crypto_generichash_init(&content, NULL, 0, sizeof(digest));
		while ((got = fdio_read(fd, data, READ_SIZE)) > 0)
			crypto_generichash_update(&content, data, (size_t)got);
		crypto_generichash_final(&content, digest, sizeof(digest));
	}
	if (fd >= 0)
		close(fd);
	free(data);
	if (got == 0)
		add(sum, 'c', digest, sizeof(digest));
	return (int)got;
}

/* One that may be run and not read counts by where it is and when it was changed. */
static void
add_place(crypto_generichash_state *sum, const struct stat *about)
{
	const uint64_t facts[] = { (uint64_t)about->st_dev, (uint64_t)about->st_ino,
		(uint64_t)about->st_size, (uint64_t)about->st_ctim.tv_sec,
		(uint64_t)about->st_ctim.tv_nsec };

	add(sum, 'p', facts, sizeof(facts));
}

/* If path is a regular file, what is in it counts.  0, or -1 with errno. */
static int
add_file(struct identity *identity, const char *path)
{
	struct known *more, *known;

	more = grow(identity->files, &identity->room, identity->count + 1, sizeof(*more),
	    MOST_FILES);
	if (more == NULL)
		return -1;
	identity->files = more;
	known = &more[identity->count];
	if (stat(path, &known->about) < 0 || !S_ISREG(known->about.st_mode))
		return 0;
	known->path = need_string(path, strlen(path));
	identity->count++;
	if (add_content(&identity->sum, path) == 0)
		return 0;
	if (errno == ENOMEM)
		return -1;
	add_place(&identity->sum, &known->about);
	return 0;
}

/* Is there a program of that name in the folder, len bytes, and what is it called? */
static bool
is_program(struct bytes *path, const char *folder, size_t len, const char *name)
{
	struct stat about;

	path->len = 0;
	need_put(path, len == 0 ? "." : folder, len == 0 ? 1 : len);
	need_put(path, "/", 1);
	need_put(path, name, strlen(name) + 1);
	return stat(path->data, &about) == 0 && S_ISREG(about.st_mode) &&
	    access(path->data, X_OK) == 0;
}

/*
 * If word is the name of a program, that one counts.  Each word may be: commands have
 * others to run.  0, or -1 with errno.
 */
static int
add_program(struct identity *identity, const char *word)
{
	const char *folder = getenv("PATH");
	struct bytes path = { 0 };
	int result = 0;

	if (*word == '\0' || strchr(word, '/') != NULL)
		return 0;
	if (folder == NULL)
		folder = "/bin:/usr/bin";
	for (;; folder++) {
		size_t len = strcspn(folder, ":");
		bool found = is_program(&path, folder, len, word);

		if (found)
			result = add_file(identity, path.data);
		folder += len;
		if (found || *folder == '\0')
			break;
	}
	bytes_free(&path);
	return result;
}

/* A word, and the file or program that it names, or that stands behind its "=". */
static int
add_word(struct identity *identity, const char *word)
{
	const char *value = strchr(word, '=');

	add(&identity->sum, 'w', word, strlen(word));
	if (add_file(identity, word) < 0 || add_program(identity, word) < 0)
		return -1;
	return value == NULL ? 0 : add_file(identity, value + 1);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Variables, in one order, and told from those that are not set.  0, or -1. */
static int
add_environment(struct identity *identity, const struct identity_plan *plan)
{
	const char **names = calloc(plan->env_count + 1, sizeof(*names));

	if (names == NULL)
		return -1;
	for (size_t i = 0; i < plan->env_count; i++)
		names[i] = plan->env[i];
	qsort(names, plan->env_count, sizeof(*names), compare);
	for (size_t i = 0; i < plan->env_count; i++) {
		const char *value = getenv(names[i]);

		if (i > 0 && strcmp(names[i], names[i - 1]) == 0)
			continue;
		add(&identity->sum, 'e', names[i], strlen(names[i]));
		if (value != NULL)
			add(&identity->sum, 'v', value, strlen(value));
	}
	free(names);
	return 0;
}

static int
add_all(struct identity *identity, const struct identity_plan *plan)
{
	char version[32];

	/* First of all, so that other versions have other keys. */
	snprintf(version, sizeof(version), "par-cache %d", FORMAT_CACHE);
	add(&identity->sum, plan->map ? 'm' : 'n', version, strlen(version));
	if (add_environment(identity, plan) < 0)
		return -1;
	if (plan->as != NULL) {
		add(&identity->sum, 'a', plan->as, strlen(plan->as));
		return 0;
	}
	for (char *const *word = plan->words; *word != NULL; word++)
		if (add_word(identity, *word) < 0)
			return -1;
	return 0;
}

struct identity *
identity_new(const struct identity_plan *plan)
{
	/* The library wants its state at an address that is a multiple of 64. */
	struct identity *identity = aligned_alloc(64, (sizeof(*identity) + 63) / 64 * 64);
	unsigned char digest[KEY_SIZE];

	if (identity == NULL || sodium_init() < 0) {
		free(identity);
		errno = ENOMEM;
		return NULL;
	}
	*identity = (struct identity){ 0 };
	crypto_generichash_init(&identity->sum, NULL, 0, sizeof(digest));
	if (add_all(identity, plan) < 0) {
		identity_free(identity);
		errno = ENOMEM;
		return NULL;
	}
	/* One block with the record, where that is short. */
	crypto_generichash_final(&identity->sum, digest, sizeof(digest));
	crypto_generichash_init(&identity->sum, NULL, 0, KEY_SIZE);
	crypto_generichash_update(&identity->sum, digest, sizeof(digest));
	return identity;
}

void
identity_free(struct identity *identity)
{
	if (identity == NULL)
		return;
	for (size_t i = 0; i < identity->count; i++)
		free(identity->files[i].path);
	free(identity->files);
	free(identity);
}

void
identity_key(
    const struct identity *identity, const void *record, size_t len, struct digest *key)
{
	crypto_generichash_state sum = identity->sum;

	crypto_generichash_update(&sum, record, len);
	crypto_generichash_final(&sum, key->bytes, KEY_SIZE);
}

const char *
identity_changed(const struct identity *identity)
{
	for (size_t i = 0; i < identity->count; i++) {
		const struct known *known = &identity->files[i];
		struct stat about;

		if (stat(known->path, &about) < 0 || !same_file(&about, &known->about))
			return known->path;
	}
	return NULL;
}
