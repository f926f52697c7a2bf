/* SPDX-License-Identifier: ISC */
/*
 * par-fetch(1) - one page record for each URL on standard input.
 * README lists its files, lowest layer first.
 */
#include <signal.h>

#include "command_line.h"
#include "fetcher.h"
#include "sig.h"

int
main(int argc, char **argv)
{
	struct settings set;
	enum status status;

	sig_begin();
	command_line_read(&set, argc, argv);
	signal(SIGPIPE, SIG_IGN); /* of connections; that of the output is minded */
	status = fetcher_run(&set);
	command_line_release(&set);
	return (int)status;
}
