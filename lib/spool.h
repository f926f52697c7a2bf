/* SPDX-License-Identifier: ISC */
/*
 * spool - bytes put aside in a temporary file, to be read back in order.
 *
 * The file is made when the first buffer is full, in TMPDIR or /tmp, and has no
 * name: it is gone with the process, however that ends.
 */
#ifndef PAR_SPOOL_H
#define PAR_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "fdio.h"

/* All zero is an empty one. */
struct spool {
	int fd_plus_one; /* 0: no file yet */
	char *buffer;
	size_t used, at; /* filled, and of that read back */
	uint64_t bytes; /* put so far */
};

/* The folder of temporary files. */
const char *spool_folder(void);

/* What is told to have failed with such a file: the same words everywhere. */
const char *spool_what(void);

/* A file without a name, for the caller to close; or -1 with errno. */
int spool_file(void);

/*
 * Copy some of the *len bytes at offset of such a file; *len is how many then: 0 if to
 * takes none now.  0, or -1 with errno.
 */
int spool_copy(int fd, uint64_t offset, uint64_t *len, struct fdio_sink to);

/* Add len bytes.  0, or -1 with errno. */
int spool_put(struct spool *spool, const void *data, size_t len);

/* From now on, read from the start.  0, or -1 with errno. */
int spool_rewind(struct spool *spool);

/* The next len bytes: 1, 0 at the end, or -1 with errno. */
int spool_get(struct spool *spool, void *data, size_t len);

/* Free it and its file; it is empty, and may be used again. */
void spool_close(struct spool *spool);

#endif
