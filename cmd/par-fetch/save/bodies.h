/* SPDX-License-Identifier: ISC */
/*
 * bodies - bodies as files of one folder, for -o.
 *
 * Only what has a status of success becomes a file.  A file appears under its name when
 * it is complete, in place of one that was there.  The name is made of letters, digits,
 * dots, dashes and underscores, so that no URL leads out of the folder, and tells URLs
 * apart by 128 bits of a cryptographic hash, so that no site can name a page of another.
 * Or it is made as the user has it, see naming.h: then files know their URLs, and only
 * one from the same URL is replaced.
 */
#ifndef PAR_FETCH_BODIES_H
#define PAR_FETCH_BODIES_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct bodies {
	const char *path;
	int folder;
	unsigned made; /* files so far */
};

enum { BODIES_NAME = 144, BODIES_TEMPORARY = 64, BODIES_ORIGIN = 1024 };

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

/*
 * Give it its name, and if modified is not -1, that time.  url: the one that it is from,
 * so that it replaces no file that is from another one, EEXIST, nor a folder, EISDIR; in
 * folders that are made if need be, ENOTDIR if they cannot be.  NULL: it replaces any.
 */
int bodies_commit(struct bodies *bodies, struct body_file *file, const char *name,
    const char *url, time_t modified);

/* Is the file of that name there, and known to be from url? */
bool bodies_is_of(const struct bodies *bodies, const char *name, const char *url);

/* What is wrong with a file, by errno, as a person is told. */
const char *bodies_why(int error);

/* Let go of a file that is not complete, if there is one. */
void bodies_abandon(struct bodies *bodies, struct body_file *file);

#endif
