/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "util/cleanup.h"

int eu_close(int fd)
{
	if (fd >= 0) {
		int saved = errno;

		close(fd);
		errno = saved;
	}
	return -1;
}
