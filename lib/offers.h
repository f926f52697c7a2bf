/* SPDX-License-Identifier: ISC */
/*
 * offers - where what runs can be looked at: sockets in $XDG_RUNTIME_DIR/par, a folder
 * that is one user's alone, each named PID.HEX for the process that listens there.
 *
 * A name stands there from when somebody listens until that process takes it away, or is
 * killed: then nobody does any more, and who comes next takes it away.
 */
#ifndef PAR_OFFERS_H
#define PAR_OFFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { OFFERS_PATH = 100 }; /* bytes of the longest path of a socket, on all systems */

/*
 * Write the path of the folder, and make it if it is not there.  NULL, or why there is
 * none: it is not set, or somebody else's, or open to others.
 */
const char *offers_folder(char path[static OFFERS_PATH]);

/*
 * Listen at a new name in the folder, written to path.  The descriptor, close-on-exec,
 * that does not block; or -1 with errno.
 */
int offers_listen(const char *folder, char path[static OFFERS_PATH]);

/*
 * One connection to a descriptor that listens, which does not block; -1 if there is none
 * now.
 */
int offers_accept(int fd);

/*
 * Connect to path, without waiting.  The descriptor, as above; or -1 with errno:
 * ECONNREFUSED if nobody listens there any more, and then the name is taken away.
 */
int offers_connect(const char *path);

/* Called for each name; pid is the process that it says. */
typedef void offers_found(void *context, const char *path, pid_t pid);

/*
 * Call found for each name in the folder.  With found NULL those of processes that were
 * killed are taken away.  0, or -1 with errno.
 */
int offers_each(const char *folder, offers_found *found, void *context);

#endif
