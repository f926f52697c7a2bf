/* SPDX-License-Identifier: ISC */
/*
 * par-fetch(1) - one page record for each URL on standard input.
 *
 *	main.c         (this file)
 *	options.[ch]   the command line
 *	config.[ch]    options from a file, and those of curl that are only there
 *	settings.h     what they say
 *	fetcher.[ch]   the event loop: input, transfers, output
 *	progress.[ch]  how far it is, on a terminal
 *	sockets.[ch]   libcurl's sockets and timer (the Linux seam)
 *	schedule.[ch]  whose turn it is: queues for each host
 *	request.[ch]   one record of input on its way to its record of output
 *	robots.[ch]    the robots.txt of each server
 *	rules.[ch]     what one says
 *	transfer.[ch]  one attempt at a request, by libcurl
 *	client.[ch]    what is the same for all requests; cookies
 *	lane.[ch]      which attempts are on which connection
 *	whole.[ch]     whether the answer is all there
 *	streams.[ch]   the ends of HTTP/2 streams (the seam to old versions of libcurl)
 *	decode.[ch]    bodies as they were before they were compressed
 *	answer.[ch]    the record, while it is made
 *	page.[ch]      the page record
 *	json.[ch]      the same as JSON
 *	warc.[ch]      the archive of exchanges
 *	members.[ch]   its file, which others append to as well, and which may be cut
 *	store.[ch]     bodies as files
 *	guard.[ch]     which addresses are public
 *	target.[ch]    URLs: checked, normalised, taken apart
 */
#include <signal.h>

#include "fetcher.h"
#include "options.h"
#include "sig.h"

int
main(int argc, char **argv)
{
	struct settings set;
	enum status status;

	sig_begin();
	options_read(&set, argc, argv);
	signal(SIGPIPE, SIG_IGN); /* of connections; that of the output is minded */
	status = fetcher_run(&set);
	options_release(&set);
	return (int)status;
}
