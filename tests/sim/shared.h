/* SPDX-License-Identifier: ISC */
/*
 * shared - what outlives a supervisor that is killed: the disk, what became of each
 * record, and counts.  A run is a child of the simulator, and one more for each time that
 * its supervisor is started again; this is memory that all of them see.
 */
#ifndef SIM_SHARED_H
#define SIM_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	UNSURE = 1 << 30,
	RECORDS_MOST = 2000,
	FILES_MOST = 32,
	FILE_BYTES = 1 << 20,
	FAULT_TEXT = 1024
};

/* How a life of the supervisor ended, as its exit status. */
enum life_end { LIFE_DONE = 40, LIFE_KILLED = 41, LIFE_FAULT = 42 };

struct disk_file {
	char name[64]; /* "": it has none any more */
	unsigned uses; /* names and openings */
	uint64_t number; /* of its inode; 0: there is no such file */
	size_t size;
	uint64_t changed; /* ns */
	bool fifo;
	char *data; /* FILE_BYTES */
};

/* One record of the input, and what became of it. */
struct entry {
	unsigned given; /* times that a worker was given it */
	unsigned second; /* the same of one that has a copy of it; 0 */
	unsigned holder; /* serial of a living one that has it and has not answered; 0 */
	unsigned retried; /* times that it was answered with retry */
	unsigned blamed; /* times that it was alone with one that died or was late */
	unsigned named; /* times that it was given up by name */
	unsigned said; /* of these, on standard error though there is -q */
	bool quiet; /* a process answered ok without output */
	unsigned done_by; /* the last that answered ok; 0: nobody has */
	bool read; /* by one of them, or begun to be */
	bool tried; /* one died with it that had read something, or was late */
	bool unknown; /* nobody can know whether it was, of a plain command */
	unsigned answered_by; /* the last that told ok or fail */
	unsigned died; /* processes that ended and had it */
	unsigned suspects; /* serial of the one that died with it; 0: it is no suspect */
	unsigned suspected_with; /* so many records in all */
	bool out; /* its output is there, of process */
	unsigned out_by;
	uint64_t out_at; /* where it begins */
	uint64_t out_bytes; /* that there are of it */
	bool failed; /* answered with fail */
	bool told; /* the parent was */
	unsigned lines; /* of its output that came, a bit each, of a plain command */
	unsigned block_first, block_count; /* records that it was given with, last */
	unsigned block_tries; /* of these, that failed */
	unsigned block_failures; /* and of all that it was in */
	bool too_long; /* no process could have it, as its only word */
};

/* All are sums. */
struct counts {
	uint64_t runs, records, starts, turns;
	uint64_t workers, hosts, supervisors; /* that died */
};

struct shared {
	struct disk_file files[FILES_MOST];
	char data[FILES_MOST][FILE_BYTES];
	struct entry entries[RECORDS_MOST];
	unsigned next_serial;
	uint64_t next_inode;
	uint64_t now; /* ns */
	unsigned lives;
	bool resumed;
	bool hung; /* one hangs, or did, as the plan says */
	char run_id[64]; /* what ids of records begin with */
	struct counts counts;
	char fault[FAULT_TEXT];
	unsigned deaths_left;
};

extern struct shared *shared;

#endif
