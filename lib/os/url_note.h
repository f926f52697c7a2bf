/* SPDX-License-Identifier: ISC */
/*
 * url_note - from which URL a file is, beside its content, as other programs find it: the
 * attribute user.xdg.origin.url, which browsers and curl --xattr write.
 */
#ifndef PAR_URL_NOTE_H
#define PAR_URL_NOTE_H

#include <stddef.h>

/* Note it of the open file fd.  0, or -1 with errno: the file system may have no such. */
int url_note_set(int fd, const char *url);

/*
 * What is noted of it, to url, size bytes, as a string.  0, or -1 with errno: nothing, or
 * more than fits.
 */
int url_note_get(int fd, char *url, size_t size);

#endif
