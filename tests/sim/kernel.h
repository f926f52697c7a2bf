/* SPDX-License-Identifier: ISC */
/*
 * kernel - pipes, files and descriptors that are only memory: what the calls of the
 * supervisor, see calls.c, and the processes of process.h work on.
 */
#ifndef SIM_KERNEL_H
#define SIM_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "shared.h"

enum { DESCRIPTORS = 400, ATOMIC = 4096 };

struct process;
struct conduit;

/* Who is told when there is something new at an end of a pipe. */
struct listener {
	void (*wake)(void *who);
	void *who;
};

/* A pipe. */
struct conduit {
	char *data;
	size_t start, end, size; /* of data */
	size_t room; /* that it has, bytes */
	bool fixed; /* it cannot have more */
	bool socket; /* it takes what there is room for, however little */
	unsigned readers, writers; /* openings */
	bool had_writer;
	bool short_write; /* the last one had no room for all */
	struct listener reads, writes;
	/* Hears of each byte that comes into it. */
	void (*heard)(void *who, const char *data, size_t len);
	void *hears;
};

enum opening_kind { OPENING_READS, OPENING_WRITES, OPENING_FILE, OPENING_NOTHING };

/* An open file description. */
struct opening {
	enum opening_kind kind;
	unsigned uses;
	bool nonblocking, appends, reads_too;
	struct conduit *conduit;
	struct disk_file *file;
	uint64_t at;
	bool errors; /* the supervisor's standard error */
};

struct descriptor {
	struct opening *opening; /* NULL: it is closed */
	bool cloexec;
};

struct descriptor_table {
	struct descriptor all[DESCRIPTORS];
	int end; /* above all that are open */
};

/* The table of the process whose calls are made: the supervisor's, or a child's. */
extern struct descriptor_table *kernel_table;

/* Memory of the simulator's own, the second not zeroed: never fails, and is not counted.
 */
void *kernel_memory(size_t size);
void *kernel_room(size_t size);

struct conduit *kernel_conduit(void);
struct opening *kernel_open_conduit(struct conduit *conduit, enum opening_kind kind);
struct opening *kernel_open_file(struct disk_file *file);
struct opening *kernel_open_nothing(void);
void kernel_close(struct opening *opening);

size_t conduit_bytes(const struct conduit *conduit);
size_t conduit_free(const struct conduit *conduit);

/* Both as far as goes at once; how many bytes. */
size_t conduit_put(struct conduit *conduit, const char *data, size_t len);
size_t conduit_take(struct conduit *conduit, char *data, size_t len);

/* The lowest free descriptor from least on; -1 with EMFILE. */
int
table_add(struct descriptor_table *, struct opening *opening, bool cloexec, int least);
struct opening *table_get(int fd); /* or NULL with EBADF */
int table_close(struct descriptor_table *table, int fd);
void table_copy(struct descriptor_table *to, const struct descriptor_table *from);

struct disk_file *disk_find(const char *name); /* or NULL */
struct disk_file *disk_make(const char *name); /* or NULL: there is no room */
void disk_drop(struct disk_file *file); /* one use less */

/* Write len bytes at at; how many, 0 if the disk is full. */
size_t disk_write(struct disk_file *file, uint64_t at, const char *data, size_t len);
size_t disk_read(const struct disk_file *file, uint64_t at, char *data, size_t len);
int disk_size(struct disk_file *file, uint64_t size);

#endif
