/* SPDX-License-Identifier: ISC */
/*
 * scene - what is around the supervisor: who writes its input and reads its output, who
 * sends it signals and commands, and who kills its children.
 */
#ifndef SIM_SCENE_H
#define SIM_SCENE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

enum { TEXT_MOST = 8 << 10 };

/* Write the files that there are before the first life. */
void scene_files(void);

/* Open descriptors 0 to 2 of the supervisor, and begin all that happens by itself. */
void scene_open(void);

/* The pipe of a FIFO on the disk. */
struct conduit *scene_fifo(const struct disk_file *file);

/* Record number of the input with its newline; its length.  From 0 on. */
size_t scene_record(unsigned number, char text[TEXT_MOST]);

/* Is it longer than par-run takes? */
bool scene_is_refused(unsigned number);

/* The key of that record. */
unsigned scene_key(unsigned number);

/* Which record is that, of len bytes with its newline?  A fault if it is none. */
unsigned scene_number_of(const char *text, size_t len, const char *where);

/* Was it told to stop, by a signal or a command? */
bool scene_stopped(void);

/* How many bytes of its input has the supervisor read? */
uint64_t scene_bytes_read(void);

/* The reader of the output takes all that is left, after the end. */
void scene_drain(void);

#endif
