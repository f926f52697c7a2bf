/* SPDX-License-Identifier: ISC */
/*
 * bodies - bodies as files of one folder, for -o.
 *
 * Only what has a status of success becomes a file.  A file appears under its name when
 * it is complete, in place of one that was there.  The name is made of letters, digits,
 * dots, dashes and underscores, so that no URL leads out of the folder, and tells URLs
 * apart by 128 bits of a cryptographic hash, so that no site can name a page of another.
 */
#ifndef PAR_FETCH_BODIES_H
#define PAR_FETCH_BODIES_H

#include <stddef.h>
#include <time.h>

struct bodies {
	const char *path;
	int folder;
	unsigned made; /* files so far */
};

enum { BODIES_NAME = 144, BODIES_TEMPORARY = 64 };

/* A file that is being written. */
struct body_file {
	int fd; /* -1: there is none */
	char temporary[BODIES_TEMPORARY];
};

/*
 * Open the folder, made if it is not there; ends the program if it cannot be.  What
 * processes that were killed have left in it goes.
 */
void bodies_open(struct bodies *bodies, const char *path);
void bodies_close(struct bodies *bodies);

/* The name for the len bytes of url. */
void bodies_name(char name[static BODIES_NAME], const char *url, size_t len);

/* The name that it had in versions before 0.2: anybody can make another URL for it. */
void bodies_old_name(char name[static BODIES_NAME], const char *url, size_t len);

/* When the file of that name was modified; -1 if there is none. */
time_t bodies_modified(const struct bodies *bodies, const char *name);

/*
 * The ETag that the file of that name came with from url, the caller's to free(3); NULL
 * if it is not known, or the file is another one by now.
 */
char *bodies_etag(const struct bodies *bodies, const char *name, const char *url);

/* Remember it; that it cannot be is no failure. */
void bodies_remember(
    struct bodies *bodies, const char *name, const char *url, const char *etag);

/* All: 0, or -1 with errno. */
int bodies_begin(struct bodies *bodies, struct body_file *file);
int bodies_write(struct body_file *file, const void *data, size_t len);

/* Give it its name, and if modified is not -1, that time. */
int bodies_commit(
    struct bodies *bodies, struct body_file *file, const char *name, time_t modified);

/* Let go of a file that is not complete, if there is one. */
void bodies_abandon(struct bodies *bodies, struct body_file *file);

#endif
