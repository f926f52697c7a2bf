/* SPDX-License-Identifier: ISC */
/*
 * scripts - what happens in the server, in one step each.  The files *.lua of this
 * folder are built in.
 */
#ifndef PAR_QUEUE_SCRIPTS_H
#define PAR_QUEUE_SCRIPTS_H

#include "bytes.h"

enum script {
	SCRIPT_BEGIN,
	SCRIPT_PUT,
	SCRIPT_TAKE,
	SCRIPT_COMMIT,
	SCRIPT_COMMIT_FULL, /* the server had no memory for it */
	SCRIPT_BEAT,
	SCRIPT_LEAVE,
	SCRIPT_READ,
	SCRIPT_REVOKE,
	SCRIPT_UNDEAD,
	SCRIPT_STAT,
	SCRIPT_WORKERS,
	SCRIPT_CONTROL,
	SCRIPT_MARK,
	SCRIPT_STOCK,
	SCRIPT_COPIED,
	SCRIPT_COUNT,
	SCRIPT_NONE = SCRIPT_COUNT
};

/*
 * Put the whole text of a script, as the server is to load it, into an empty text.  0, or
 * -1 without memory.
 */
int script_text(enum script script, struct bytes *text);

#endif
