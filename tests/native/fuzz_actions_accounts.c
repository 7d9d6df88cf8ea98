/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as /etc/passwd and /etc/group: whatever is answered is well-formed, and a user's is two
 * colons and what stands around them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "actions/accounts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint64_t at[] = {0, 0, 1, 33, 1000, 65534, UINT32_MAX};
#define N (sizeof(at) / sizeof(at[0]))

static size_t colons(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == ':';
	return n;
}

static void check(int fd, int (*find)(int, const uint64_t *, size_t, struct eu_symbols *),
		  size_t wanted)
{
	static struct eu_symbols answer;

	if (lseek(fd, 0, SEEK_SET) < 0 || find(fd, at, N, &answer) != 0 ||
	    !eu_symbols_valid(&answer, eu_symbols_size(&answer), N))
		abort();
	for (size_t i = 0; i < N; i++) {
		const struct eu_named *named = &answer.named[i];

		if (named->len && colons(answer.names + named->name, named->len) != wanted)
			abort();
	}
	if (answer.named[N - 1].len)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	check(fd, eu_passwd_names, 2);
	check(fd, eu_group_names, 0);
	close(fd);
	return 0;
}
