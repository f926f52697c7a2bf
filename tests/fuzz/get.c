/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-queue: the file of get --state.  What is taken is the name of an entry and a
 * length that the output has, to which it is cut; and what was saved is found again.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "fuzz.h"
#include "reached.h"

enum { OUTPUT = 5000 };

static void
open_state(void *state)
{
	reached_open(state, "state", "0-0");
}

static void
put_file(const void *data, size_t len)
{
	int fd = open("state", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	close(fd);
}

/* Standard output is a file of that length. */
static void
make_output(void)
{
	int fd = open("out", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && ftruncate(fd, OUTPUT) == 0);
	must(dup2(fd, STDOUT_FILENO) == STDOUT_FILENO);
	close(fd);
}

static off_t
output_length(void)
{
	struct stat st;

	must(fstat(STDOUT_FILENO, &st) == 0);
	return st.st_size;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reached state, again;
	char text[256] = "", *digits;
	int status;

	if (size >= sizeof(text))
		return 0;
	own_folder();
	put_file(data, size);
	make_output();
	status = status_of(open_state, &state);
	if (status == STATUS_BROKEN) {
		must(output_length() == OUTPUT);
		return 0;
	}
	must(status == -1 && strlen(state.last) < ENGINE_ID_SIZE);
	must(same_bytes(state.last, strlen(state.last), data, strlen(state.last)));
	must(data[strlen(state.last)] == ' ' && output_length() <= OUTPUT);
	memcpy(text, data, size);
	digits = text + strlen(state.last) + 1;
	must(strtoull(digits, NULL, 10) == (unsigned long long)output_length());
	reached_save(&state, "12-34");
	must(write(STDOUT_FILENO, "more", 4) == 4);
	must(status_of(open_state, &again) == -1 && strcmp(again.last, "12-34") == 0);
	must(strtoull(digits, NULL, 10) == (unsigned long long)output_length());
	return 0;
}
