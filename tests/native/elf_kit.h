/* SPDX-License-Identifier: Apache-2.0 */
/* A small executable file, made as the test wants it. */
#pragma once

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define KIT_ELF_MAX	  4096
#define KIT_ELF_TEXT	  0x200u /* offset of .text in the file */
#define KIT_ELF_TEXT_SIZE 0x400u
#define KIT_ELF_ADDRESS	  0x400000u /* what offset 0 is mapped to */

struct kit_symbol {
	const char *name;
	uint64_t value; /* offset in .text */
	uint64_t size;
	unsigned char type;
	unsigned char bind;
};

/* Writes it, 64 or 32 bit, into ret of KIT_ELF_MAX bytes; returns its length. Section 1 is .text, 2
 * .symtab, 3 .strtab. */
size_t kit_elf(uint8_t *ret, int bits, const struct kit_symbol *symbols, size_t n);
