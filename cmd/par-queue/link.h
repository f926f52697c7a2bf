/* SPDX-License-Identifier: ISC */
/*
 * link - the connection to a server, which outlives it: a lost connection, a server
 * that starts again, and the errors of one that is not ready are waited out, and
 * what was not answered is sent again.  So each command must be one that may be sent
 * twice.  What cannot be waited out ends the program with a diagnostic.
 */
#ifndef PAR_QUEUE_LINK_H
#define PAR_QUEUE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "bytes.h"
#include "reply.h"
#include "scripts.h"

enum { SHA_SIZE = 41 };

struct link {
	const struct address *address;
	uint64_t patience; /* how long to go on without an answer, ms */
	int wake; /* readable: wait no longer; -1: none */
	bool woken; /* it was: what was not answered is not */
	redisContext *context; /* NULL: not connected */
	redisReplyObjectFunctions functions; /* of its reader */
	char *moved_host; /* where a cluster sent us; NULL: address */
	int moved_port;
	char sha[SCRIPT_COUNT][SHA_SIZE]; /* of the scripts loaded */
};

struct command {
	enum script script; /* SCRIPT_NONE: the first word is the command */
	unsigned count; /* words */
	struct bytes words; /* in the protocol's form */
	redisReply *reply; /* NULL: not answered */
};

/* Begin a command: a script with its keys to follow, or SCRIPT_NONE. */
void command_begin(struct command *command, enum script script);

void command_bytes(struct command *command, const void *data, size_t len);
void command_text(struct command *command, const char *text);
void command_number(struct command *command, uint64_t number);

/* Free what it owns; it can begin again. */
void command_free(struct command *command);

/* The connection is made with the first command; address must stay. */
void link_init(struct link *link, const struct address *address, uint64_t patience);

/*
 * Send count commands at once and wait for their replies.  0, or -1 if it was woken
 * before all were there.  A reply may be an error of the server's that waiting does
 * not cure, and that link_fail() names.
 */
int link_send(struct link *link, struct command *commands, size_t count);

/* One command, whose reply must fit that shape (reply.h); NULL if it was woken. */
redisReply *link_ask(struct link *link, struct command *command, const char *shape);

/* End with the error that the server answered. */
_Noreturn void link_fail(const struct link *link, const redisReply *reply);

/* End with a reply that is none to what was asked, or with its error. */
_Noreturn void link_odd(const struct link *link, const redisReply *reply);

/* Wait for ms, less if it is woken. */
void link_pause(struct link *link, uint64_t ms);

void link_close(struct link *link);

#endif
