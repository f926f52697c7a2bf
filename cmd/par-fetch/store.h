/* SPDX-License-Identifier: ISC */
/*
 * store - bodies as files of one folder, for -o.
 *
 * Only what has a status of success becomes a file.  A file appears under its name when
 * it is complete, in place of one that was there.  The name is made of letters, digits,
 * dots, dashes and underscores, so that no URL leads out of the folder, and tells URLs
 * apart by 128 bits of a cryptographic hash, so that no site can name a page of another.
 */
#ifndef PAR_FETCH_STORE_H
#define PAR_FETCH_STORE_H

#include <stddef.h>
#include <time.h>

struct store {
	const char *path;
	int folder;
	unsigned made; /* files so far */
};

enum { STORE_NAME = 144, STORE_TEMPORARY = 64 };

/* A file that is being written. */
struct store_file {
	int fd; /* -1: there is none */
	char temporary[STORE_TEMPORARY];
};

/* Open the folder, made if it is not there; ends the program if it cannot be. */
void store_open(struct store *store, const char *path);
void store_close(struct store *store);

/* The name for the len bytes of url. */
void store_name(char name[static STORE_NAME], const char *url, size_t len);

/* The name that it had in versions before 0.2: anybody can make another URL for it. */
void store_old_name(char name[static STORE_NAME], const char *url, size_t len);

/* When the file of that name was modified; -1 if there is none. */
time_t store_modified(const struct store *store, const char *name);

/* All: 0, or -1 with errno. */
int store_begin(struct store *store, struct store_file *file);
int store_write(struct store_file *file, const void *data, size_t len);

/* Give it its name, and if modified is not -1, that time. */
int store_commit(
    struct store *store, struct store_file *file, const char *name, time_t modified);

/* Let go of a file that is not complete, if there is one. */
void store_abandon(struct store *store, struct store_file *file);

#endif
