/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an ELF file. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "actions/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t at[] = {0, 0x200, 0x240, 0x345, 0x1000, 0x401000, UINT64_MAX};
	const size_t n = sizeof(at) / sizeof(at[0]);
	static struct eu_symbols symbols;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (eu_elf_symbols(fd, at, n, &symbols) == 0 &&
	    !eu_symbols_valid(&symbols, eu_symbols_size(&symbols), n))
		abort();
	close(fd);
	return 0;
}
