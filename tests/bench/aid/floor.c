/* SPDX-License-Identifier: ISC */
/*
 * floor N COMMAND - N processes, two at a time, with nothing around them: no faster can
 * it be done from one process.
 */
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

int
main(int argc, char **argv)
{
	char *none[] = { NULL };
	int status, failed = 0;

	for (int n = argc > 2 ? atoi(argv[1]) : 0, running = 0; n > 0 || running > 0;) {
		if (n > 0 && running < 2) {
			if (posix_spawn(
				&(pid_t){ 0 }, argv[2], NULL, NULL, argv + 2, none) != 0)
				return 3;
			running++;
			n--;
		} else {
			if (wait(&status) < 0)
				return 3;
			failed |= status;
			running--;
		}
	}
	return failed != 0;
}
