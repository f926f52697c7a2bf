/* SPDX-License-Identifier: ISC */
/*
 * watch - how processes that share a folder wake each other, and notice each other's
 * death: by FIFOs, whose ends the kernel closes whoever is killed and however.
 *
 * Who waits opens a FIFO of the queue to read, under the lock of the folder, as the last
 * thing of the look that found nothing.  Who changes the queue later opens it to write,
 * under the lock and before the change is there, removes its name, writes a byte and
 * closes it: whoever has it open then sees that.  No byte is taken out, so all do. Killed
 * at any point, the writer has woken nobody, and changed nothing, or has woken all, since
 * its end closes; a reader that is killed is nobody who waits.
 *
 * Who may die with something of the queue's has a FIFO of its own open for both.  It is
 * alive as long as others can open it to write, and who has done so hears of its end.
 */
#ifndef PAR_QUEUE_WATCH_H
#define PAR_QUEUE_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is waited for, as bits. */
enum watch_for {
	WATCH_WORK = 1, /* there is something to take, or to hear */
	WATCH_RESULTS = 2, /* results, or the end of records */
	WATCH_ROOM = 4, /* fewer records are unfinished, */
	WATCH_READ = 8, /* or fewer results are there */
	WATCH_ALL = 15,
	WATCH_KINDS = 4
};

/* What one user of a queue waits for. */
struct watch {
	int folder;
	const char *queue;
	struct pollfd *polls; /* first one for each kind, then one for each process */
	uint64_t *processes; /* behind those */
	size_t count, polls_room, processes_room;
};

/* folder and queue must stay.  0, or -1 with errno. */
int watch_open(struct watch *watch, int folder, const char *queue);
void watch_close(struct watch *watch);

/* Wait for these and no others, under the lock.  0, or -1 with errno. */
int watch_for(struct watch *watch, unsigned kinds);

/*
 * Is the process with that FIFO alive?  Yes, if that cannot be told.  One that is alive
 * is waited for from now on.
 */
bool watch_alive(struct watch *watch, uint64_t process);

/* Wake those that wait for any of these, under the lock.  0, or -1 with errno. */
int watch_wake(int folder, const char *queue, unsigned kinds);

/* A FIFO of our own: its descriptor, which is to stay open; or -1 with errno. */
int watch_live(int folder, uint64_t process);

/* Remove that of a process that is dead or done, and those of all that are dead. */
void watch_bury(int folder, uint64_t process);
void watch_sweep(int folder);

#endif
