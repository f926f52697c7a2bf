/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "diag.h"
#include "queue.h"

/* In the order in which common.lua names them. */
static const char *const keys[] = { "in", "out", "dead", "delay", "body", "meta",
	"workers" };

bool
queue_name_ok(const char *name, size_t len)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return len > 0 && len <= QUEUE_NAME_MAX && strspn(name, good) >= len;
}

void
queue_init(struct queue *queue, const char *name, const struct address *address,
    uint64_t patience)
{
	*queue = (struct queue){ .name = name };
	link_init(&queue->link, address, patience);
}

const char *
queue_key(const char *name, const char *what, char key[static QUEUE_KEY_MAX])
{
	snprintf(key, QUEUE_KEY_MAX, "pq:{%s}:%s", name, what);
	return key;
}

void
queue_begin(const struct queue *queue, struct command *command, enum script script,
    unsigned extra)
{
	size_t count = sizeof(keys) / sizeof(keys[0]);

	command_begin(command, script);
	command_number(command, count + extra);
	for (size_t i = 0; i < count; i++)
		queue_add_key(command, queue->name, keys[i]);
}

void
queue_add_key(struct command *command, const char *name, const char *what)
{
	char key[QUEUE_KEY_MAX];

	command_text(command, queue_key(name, what, key));
}

void
queue_close(struct queue *queue)
{
	link_close(&queue->link);
}

void
queue_own_name(char name[static QUEUE_ID_MAX])
{
	unsigned long long some;
	char host[32] = "";

	if (getrandom(&some, sizeof(some), 0) != sizeof(some))
		die(STATUS_BROKEN, errno, "getrandom");
	gethostname(host, sizeof(host) - 1);
	snprintf(name, QUEUE_ID_MAX, "%s:%d:%016llx", host, (int)getpid(), some);
}
