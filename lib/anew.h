/* SPDX-License-Identifier: ISC */
/*
 * anew - a file written anew: another one beside it, which then takes its name.
 *
 * Whoever reads the file finds the old one or the new one, whenever the process ends.
 * The one beside has a name that nobody knows before, and is made by us or not at all:
 * a link or a file that others laid is never followed, nor written.
 */
#ifndef PAR_ANEW_H
#define PAR_ANEW_H

struct anew {
	const char *path;
	char *beside;
	int fd; /* to be written to */
};

enum anew_flags {
	ANEW_SYNC = 1, /* on the disk, first its content, then its name */
	ANEW_FIRST = 2 /* only if there is none yet: EEXIST */
};

/*
 * Begin: fd is an empty file, with a lock of fcntl(2) for as long as it is open: no child
 * has that.  path must stay as it is.  0, or -1 with errno.
 */
int anew_begin(struct anew *anew, const char *path);

/*
 * Remove what processes that were killed have left beside path: files of this user's with
 * such a name, and without a lock.
 */
void anew_sweep(const char *path);

/*
 * Give it the name, by flags.  0, and fd is the caller's to close; or -1 with errno, and
 * all is as it was before anew_begin().
 */
int anew_commit(struct anew *anew, unsigned flags);

/* Have the name of a file that there is on the disk, too, as far as the system lets us.
 */
void anew_sync_name(const char *path);

/* Do without it; errno stays. */
void anew_drop(struct anew *anew);

/*
 * For a library that opens a fixed name in a folder and would follow links: have a file
 * there that is none, empty if it is new, of mode 0600.  -1 with errno ELOOP if it is a
 * link, EINVAL if it is no file; other troubles are left to the library.
 */
int anew_plain(const char *path);

#endif
