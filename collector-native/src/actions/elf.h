/* SPDX-License-Identifier: Apache-2.0 */
/* The functions in an ELF file. Reads by pread(2) only, and no more at once than a few pages. */
#pragma once

#include "actions/symbols.h"

/* Of each of both tables; what is behind that is not seen. */
#define EU_ELF_SYMBOLS_MAX (8u << 20)

/*
 * offsets: n ascending offsets in the file, of code that is mapped from there. Finds for each the
 * innermost function that has it, in the symbol tables .symtab and .dynsym; assembly without a size
 * reaches to the next function of its section. 0, or -EBADMSG when it is no ELF file of this
 * machine's byte order; *ret is written on success.
 */
int eu_elf_symbols(int fd, const uint64_t *offsets, size_t n, struct eu_symbols *ret);
