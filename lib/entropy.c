/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "entropy.h"
#include "fdio.h"

int
entropy(void *bytes, size_t len)
{
	ssize_t n;
	int fd;

	if (getentropy(bytes, len) == 0)
		return 0;
	fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC); /* the plain way */
	if (fd < 0)
		return -1;
	n = fdio_read(fd, bytes, len);
	close(fd);
	if (n >= 0 && (size_t)n < len)
		errno = EIO;
	return n < 0 || (size_t)n < len ? -1 : 0;
}
