/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "real.h"
#include "trace.h"

struct descriptor_table *kernel_table;

static void *
there(void *memory)
{
	if (memory == NULL)
		fault("the simulator has no memory");
	return memory;
}

void *
kernel_memory(size_t size)
{
	return there(__real_calloc(1, size));
}

void *
kernel_room(size_t size)
{
	return there(__real_malloc(size));
}

struct conduit *
kernel_conduit(void)
{
	struct conduit *conduit = kernel_memory(sizeof(*conduit));

	conduit->room = 64 << 10;
	return conduit;
}

static struct opening *
make_opening(enum opening_kind kind)
{
	struct opening *opening = kernel_memory(sizeof(*opening));

	opening->kind = kind;
	opening->uses = 1;
	return opening;
}

struct opening *
kernel_open_conduit(struct conduit *conduit, enum opening_kind kind)
{
	struct opening *opening = make_opening(kind);

	opening->conduit = conduit;
	if (kind == OPENING_READS)
		conduit->readers++;
	else
		conduit->writers++;
	conduit->had_writer = conduit->had_writer || kind == OPENING_WRITES;
	return opening;
}

struct opening *
kernel_open_file(struct disk_file *file)
{
	struct opening *opening = make_opening(OPENING_FILE);

	opening->file = file;
	file->uses++;
	return opening;
}

struct opening *
kernel_open_nothing(void)
{
	return make_opening(OPENING_NOTHING);
}

static void
tell(const struct listener *listener)
{
	if (listener->wake != NULL)
		listener->wake(listener->who);
}

/* Nobody has it open any more. */
static void
leave_conduit(struct conduit *conduit)
{
	if (conduit->readers > 0 || conduit->writers > 0)
		return;
	free(conduit->data);
	conduit->data = NULL;
	conduit->start = conduit->end = conduit->size = 0;
}

void
kernel_close(struct opening *opening)
{
	struct conduit *conduit = opening->conduit;

	if (--opening->uses > 0)
		return;
	if (opening->kind == OPENING_READS) {
		conduit->readers--;
		tell(&conduit->writes);
		leave_conduit(conduit);
	} else if (opening->kind == OPENING_WRITES) {
		conduit->writers--;
		tell(&conduit->reads);
		leave_conduit(conduit);
	} else if (opening->kind == OPENING_FILE) {
		disk_drop(opening->file);
	}
	free(opening);
}

size_t
conduit_bytes(const struct conduit *conduit)
{
	return conduit->end - conduit->start;
}

size_t
conduit_free(const struct conduit *conduit)
{
	size_t bytes = conduit_bytes(conduit);

	return bytes < conduit->room ? conduit->room - bytes : 0;
}

/* Have room for len bytes at the end. */
static void
make_room(struct conduit *conduit, size_t len)
{
	size_t bytes = conduit_bytes(conduit), size = conduit->size;
	char *data;

	if (conduit->end + len <= size)
		return;
	if (bytes + len <= size) {
		memmove(conduit->data, conduit->data + conduit->start, bytes);
	} else {
		size = 2 * (bytes + len) + 256;
		data = kernel_memory(size);
		if (bytes > 0)
			memcpy(data, conduit->data + conduit->start, bytes);
		free(conduit->data);
		conduit->data = data;
		conduit->size = size;
	}
	conduit->start = 0;
	conduit->end = bytes;
}

size_t
conduit_put(struct conduit *conduit, const char *data, size_t len)
{
	if (len > conduit_free(conduit))
		len = conduit_free(conduit);
	if (len == 0)
		return 0;
	make_room(conduit, len);
	memcpy(conduit->data + conduit->end, data, len);
	conduit->end += len;
	if (conduit->heard != NULL)
		conduit->heard(conduit->hears, data, len);
	tell(&conduit->reads);
	return len;
}

size_t
conduit_take(struct conduit *conduit, char *data, size_t len)
{
	if (len > conduit_bytes(conduit))
		len = conduit_bytes(conduit);
	if (len == 0)
		return 0;
	memcpy(data, conduit->data + conduit->start, len);
	conduit->start += len;
	if (conduit->start == conduit->end)
		conduit->start = conduit->end = 0;
	tell(&conduit->writes);
	return len;
}

int
table_add(
    struct descriptor_table *table, struct opening *opening, bool cloexec, int least)
{
	for (int fd = least; fd < DESCRIPTORS; fd++) {
		if (table->all[fd].opening != NULL)
			continue;
		table->all[fd] =
		    (struct descriptor){ .opening = opening, .cloexec = cloexec };
		if (fd >= table->end)
			table->end = fd + 1;
		return fd;
	}
	errno = EMFILE;
	return -1;
}

struct opening *
table_get(int fd)
{
	struct opening *opening =
	    fd < 0 || fd >= kernel_table->end ? NULL : kernel_table->all[fd].opening;

	if (opening == NULL)
		errno = EBADF;
	return opening;
}

int
table_close(struct descriptor_table *table, int fd)
{
	if (fd < 0 || fd >= table->end || table->all[fd].opening == NULL) {
		errno = EBADF;
		return -1;
	}
	kernel_close(table->all[fd].opening);
	table->all[fd] = (struct descriptor){ .opening = NULL };
	while (table->end > 0 && table->all[table->end - 1].opening == NULL)
		table->end--;
	return 0;
}

void
table_copy(struct descriptor_table *to, const struct descriptor_table *from)
{
	memset(to->all, 0, sizeof(to->all));
	memcpy(to->all, from->all, (size_t)from->end * sizeof(from->all[0]));
	to->end = from->end;
	for (int fd = 0; fd < to->end; fd++)
		if (to->all[fd].opening != NULL)
			to->all[fd].opening->uses++;
}

struct disk_file *
disk_find(const char *name)
{
	for (size_t i = 0; i < FILES_MOST; i++)
		if (shared->files[i].number != 0 &&
		    strcmp(shared->files[i].name, name) == 0)
			return &shared->files[i];
	return NULL;
}

struct disk_file *
disk_make(const char *name)
{
	struct disk_file *file = shared->files;

	while (file < shared->files + FILES_MOST && file->number != 0)
		file++;
	if (file == shared->files + FILES_MOST || strlen(name) >= sizeof(file->name))
		return NULL;
	strcpy(file->name, name);
	file->number = ++shared->next_inode;
	file->uses = *name != '\0';
	file->size = 0;
	file->fifo = false;
	file->changed = shared->now;
	return file;
}

void
disk_drop(struct disk_file *file)
{
	if (--file->uses == 0)
		file->number = 0;
}

size_t
disk_write(struct disk_file *file, uint64_t at, const char *data, size_t len)
{
	if (at >= FILE_BYTES)
		return 0;
	if (len > FILE_BYTES - at)
		len = FILE_BYTES - at;
	if (file->size < at && disk_size(file, at) < 0)
		return 0;
	memcpy(file->data + at, data, len);
	if (file->size < at + len)
		file->size = at + len;
	file->changed = shared->now;
	return len;
}

size_t
disk_read(const struct disk_file *file, uint64_t at, char *data, size_t len)
{
	if (at >= file->size)
		return 0;
	if (len > file->size - at)
		len = file->size - at;
	memcpy(data, file->data + at, len);
	return len;
}

int
disk_size(struct disk_file *file, uint64_t size)
{
	if (size > FILE_BYTES) {
		errno = ENOSPC;
		return -1;
	}
	if (size > file->size)
		memset(file->data + file->size, 0, size - file->size);
	file->size = size;
	file->changed = shared->now;
	return 0;
}
