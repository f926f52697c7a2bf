/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "grow.h"
#include "roles.h"

enum { MOST = 1 << 24 }; /* files: no command line names more */

struct role_entry {
	enum role role;
	const char *option, *name;
	char *ours; /* name, if it is to be freed */
	int standard; /* descriptor; -1: it has a name */
	size_t order; /* in which it was added */
	bool known; /* which file it is: */
	dev_t device;
	ino_t inode; /* of it, or of the folder if it is to be made there */
	const char *base; /* its name there; "" if it exists */
};

static bool
is_output(enum role role)
{
	return role != ROLE_INPUT && role != ROLE_SETTINGS;
}

/* False without memory, as roles->error tells. */
static bool
add(struct roles *roles, enum role role, const char *option, const char *name, char *ours)
{
	struct role_entry *entry;

	entry = grow(roles->all, &roles->room, roles->count + 1, sizeof(*entry), MOST);
	if (entry == NULL) {
		roles->error = errno;
		return false;
	}
	roles->all = entry;
	entry = &roles->all[roles->count];
	*entry = (struct role_entry){ .role = role,
		.option = option,
		.name = name,
		.ours = ours,
		.standard = -1,
		.order = roles->count++ };
	if (strcmp(name, "-") == 0)
		entry->standard = is_output(role) ? STDOUT_FILENO : STDIN_FILENO;
	roles->inputs += role == ROLE_INPUT;
	return true;
}

void
roles_add(struct roles *roles, enum role role, const char *option, const char *name)
{
	if (name == NULL && role != ROLE_INPUT && role != ROLE_OUTPUT &&
	    role != ROLE_OUTPUT_LAST)
		return;
	add(roles, role, option, name == NULL ? "-" : name, NULL);
}

void
roles_add_in(struct roles *roles, enum role role, const char *option, const char *folder,
    const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (path == NULL) {
		roles->error = errno;
		return;
	}
	snprintf(path, size, "%s/%s", folder, name);
	if (!add(roles, role, option, path, path))
		free(path);
}

void
roles_add_inputs(struct roles *roles, char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		roles_add(roles, ROLE_INPUT, NULL, paths[i]);
	if (count == 0)
		roles_add(roles, ROLE_INPUT, NULL, "-");
}

/* How a message calls it, cut if it is longer than a message. */
static void
describe(const struct role_entry *entry, char text[static TROUBLE_TEXT])
{
	const char *option = entry->option != NULL ? entry->option : "";
	const char *name = entry->standard == STDIN_FILENO ? "standard input"
	    : entry->standard == STDOUT_FILENO		   ? "standard output"
							   : entry->name;

	if (entry->standard >= 0 || entry->option == NULL)
		snprintf(text, TROUBLE_TEXT, "%s", name);
	else
		snprintf(text, TROUBLE_TEXT, "%s %s", option, name);
}

static int
refuse(const struct role_entry *a, const struct role_entry *b, struct trouble *trouble)
{
	bool swap = is_output(b->role) && !is_output(a->role);
	char one[TROUBLE_TEXT], other[TROUBLE_TEXT];

	describe(swap ? b : a, one);
	describe(swap ? a : b, other);
	if (strcmp(one, other) == 0)
		return trouble_set(
		    trouble, STATUS_MISUSE, 0, "%s: given twice, and written", one);
	return trouble_set(
	    trouble, STATUS_MISUSE, 0, "%s: the same file as %s", one, other);
}

/* Make an output that is not there; see whether one can be written.  0, or -1. */
static int
make(const struct role_entry *entry, struct trouble *trouble)
{
	int flags = O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, fd;
	struct stat st;
	bool there = stat(entry->name, &st) == 0;

	if (entry->standard >= 0 ||
	    (entry->role != ROLE_OUTPUT && entry->role != ROLE_OUTPUT_LAST))
		return 0;
	if (there && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0; /* opened once only: others may wait for that */
	if (!there && errno != ENOENT)
		return trouble_set(trouble, STATUS_BROKEN, errno, "%s", entry->name);
	do {
		fd = open(entry->name, flags, 0666);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return trouble_set(trouble, STATUS_BROKEN, errno, "%s", entry->name);
	close(fd);
	return 0;
}

/* The folder that a file is to be made in.  0, or -1 with errno. */
static int
stat_folder(const char *name, const char *base, struct stat *st)
{
	char *folder;
	int got;

	if (base == name)
		return stat(".", st);
	folder = bytes_string(name, (size_t)(base - name));
	if (folder == NULL)
		return -1;
	got = stat(folder, st);
	free(folder);
	return got;
}

/* Find out which file it is.  0, or -1 without memory. */
static int
identify(struct role_entry *entry)
{
	const char *slash = strrchr(entry->name, '/');
	struct stat st;

	entry->base = "";
	if (entry->standard >= 0) {
		entry->known = fstat(entry->standard, &st) == 0 && S_ISREG(st.st_mode);
	} else if (stat(entry->name, &st) == 0) {
		entry->known = S_ISREG(st.st_mode);
	} else if (errno == ENOENT && is_output(entry->role)) {
		entry->base = slash == NULL ? entry->name : slash + 1;
		entry->known = stat_folder(entry->name, entry->base, &st) == 0;
		if (!entry->known && errno == ENOMEM)
			return -1;
	}
	if (!entry->known)
		return 0;
	entry->device = st.st_dev;
	entry->inode = st.st_ino;
	return 0;
}

/* The order of files; 0 for one and the same. */
static int
compare_files(const struct role_entry *a, const struct role_entry *b)
{
	if (a->known != b->known)
		return a->known ? -1 : 1;
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	return strcmp(a->base, b->base);
}

static int
compare(const void *one, const void *other)
{
	const struct role_entry *a = one, *b = other;
	int order = compare_files(a, b);

	return order != 0 ? order : a->order < b->order ? -1 : a->order > b->order;
}

/*
 * May standard input be standard output?  What it writes must not be read again, as
 * cat(1) says, nor may it be written over before it is read: a record may grow.
 */
static bool
nothing_to_read(void)
{
	off_t in = lseek(STDIN_FILENO, 0, SEEK_CUR), out;
	int flags = fcntl(STDOUT_FILENO, F_GETFL);
	struct stat st;

	if (in < 0 || flags < 0 || fstat(STDIN_FILENO, &st) < 0)
		return false;
	out = (flags & O_APPEND) != 0 ? st.st_size : lseek(STDOUT_FILENO, 0, SEEK_CUR);
	return in >= st.st_size && in >= out;
}

/* Two that are one file: must that not be? */
static bool
clash(const struct roles *roles, const struct role_entry *a, const struct role_entry *b)
{
	bool to_read = a->role == ROLE_INPUT || b->role == ROLE_INPUT;
	bool last = a->role == ROLE_OUTPUT_LAST || b->role == ROLE_OUTPUT_LAST;

	if (!is_output(a->role) && !is_output(b->role))
		return false;
	if (a->role == ROLE_JAR && b->role == ROLE_JAR)
		return false;
	if (a->standard >= 0 && a->standard == b->standard)
		return false; /* with one offset, so that one goes on behind the other */
	if (to_read && last)
		return false;
	if (to_read && a->standard >= 0 && b->standard >= 0 && roles->inputs == 1)
		return !nothing_to_read();
	return true;
}

/* From first up to end they are one file.  0, or -1 and trouble. */
static int
check_one(const struct roles *roles, const struct role_entry *first,
    const struct role_entry *end, struct trouble *trouble)
{
	bool written = false;

	for (const struct role_entry *a = first; a < end; a++)
		written = written || is_output(a->role);
	if (!written || !first->known)
		return 0;
	for (const struct role_entry *a = first; a < end; a++)
		for (const struct role_entry *b = a + 1; b < end; b++)
			if (clash(roles, a, b))
				return refuse(a, b, trouble);
	return 0;
}

static int
check(const struct roles *roles, struct trouble *trouble)
{
	struct role_entry *first = roles->all, *end = first + roles->count, *next;

	if (roles->error != 0)
		return trouble_set(trouble, STATUS_BROKEN, roles->error, "files");
	for (next = first; next < end; next++)
		if (make(next, trouble) < 0)
			return -1;
	for (next = first; next < end; next++)
		if (identify(next) < 0)
			return trouble_set(trouble, STATUS_BROKEN, ENOMEM, "files");
	if (roles->count > 1)
		qsort(first, roles->count, sizeof(*first), compare);
	for (; first < end; first = next) {
		next = first + 1;
		while (next < end && compare_files(first, next) == 0)
			next++;
		if (check_one(roles, first, next, trouble) < 0)
			return -1;
	}
	return 0;
}

int
roles_check(struct roles *roles, struct trouble *trouble)
{
	int checked = check(roles, trouble);

	for (size_t i = 0; i < roles->count; i++)
		free(roles->all[i].ours);
	free(roles->all);
	*roles = (struct roles){ 0 };
	return checked;
}
