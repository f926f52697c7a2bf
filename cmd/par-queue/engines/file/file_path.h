/* SPDX-License-Identifier: ISC */
/*
 * file_path - the folder that a URL of files means, and whether it can hold queues.
 */
#ifndef PAR_QUEUE_FILE_PATH_H
#define PAR_QUEUE_FILE_PATH_H

enum { FILE_PATH_WHY = 512 };

/*
 * The folder of file:PATH, or of file:, which is the user's own; the caller's to free.
 * NULL with errno, ENOENT if there is no home for that.
 */
char *file_path_of(const char *url);

/*
 * Make the folder, and those above it, if they are not there, and open it: it must be
 * ours, closed to others, and of this machine.  A descriptor, or -1 with why.
 */
int file_path_open(const char *path, char why[static FILE_PATH_WHY]);

#endif
