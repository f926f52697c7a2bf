/* SPDX-License-Identifier: ISC */
/*
 * members - a file of gzip members that several processes append to, any of which may be
 * killed: what comes after the last whole member is set aside before more is appended.
 *
 * The first member keeps, in an extra field of its header ("PE", RFC 1952 2.3.1.1), where
 * the last whole one ends, so that nobody has to read the file to know.  Without that
 * field, as in a file by another program, it is read once.
 */
#ifndef PAR_FETCH_MEMBERS_H
#define PAR_FETCH_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

struct members {
	const char *path; /* the caller's */
	int fd;
	bool grows; /* a regular file; any other is just written to */
	bool marked; /* its first member has the field */
	uint64_t end; /* of the last whole member, when we last looked */
	uint64_t most; /* bytes of a file that is not full; 0: it never is */
	struct bytes
	    head; /* a member to begin another file with, for the one that makes it */
};

enum { MEMBERS_FIELD = 12 };

/* The extra field of a first member: for deflateSetHeader(3). */
void members_field(unsigned char field[static MEMBERS_FIELD]);

/* Open the file, or make it.  Ends the program if that cannot be. */
void members_open(struct members *members, const char *path);

/*
 * Append one whole member.  A file that would have more than most bytes then is full: it
 * gets a name beside path, NAME-TIME-SERIAL.warc.gz, and another one is begun at path, by
 * one of those who append to it, with its head, which is empty then.  What of it was
 * written by an error is taken back.  Ends the program if it cannot.
 */
void members_append(struct members *members, const void *data, size_t len);

void members_close(struct members *members);

#endif
