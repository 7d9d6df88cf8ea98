/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "elf_kit.h"

#define NAMES	 0x700u
#define SYMBOLS	 0x900u
#define SECTIONS 0xe00u

#define HEADER(bits, class)                                                                        \
	(Elf##bits##_Ehdr)                                                                         \
	{                                                                                          \
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, class, ELFDATA2LSB, EV_CURRENT},   \
		.e_type = ET_EXEC, .e_version = EV_CURRENT, .e_phoff = 0x100, .e_shoff = SECTIONS, \
		.e_ehsize = sizeof(Elf##bits##_Ehdr), .e_phentsize = sizeof(Elf##bits##_Phdr),     \
		.e_phnum = 1, .e_shentsize = sizeof(Elf##bits##_Shdr), .e_shnum = 4                \
	}

#define BUILD(bits, class)                                                                         \
	static void build_##bits(uint8_t *to, const struct kit_symbol *symbols, size_t n,          \
				 const uint32_t *names, uint32_t names_len)                        \
	{                                                                                          \
		Elf##bits##_Ehdr header = HEADER(bits, class);                                     \
		Elf##bits##_Phdr load = {.p_type = PT_LOAD,                                        \
					 .p_flags = PF_R | PF_X,                                   \
					 .p_vaddr = KIT_ELF_ADDRESS,                               \
					 .p_filesz = KIT_ELF_TEXT + KIT_ELF_TEXT_SIZE};            \
		Elf##bits##_Shdr sections[4] = {                                                   \
		    [1] = {.sh_type = SHT_PROGBITS,                                                \
			   .sh_addr = KIT_ELF_ADDRESS + KIT_ELF_TEXT,                              \
			   .sh_offset = KIT_ELF_TEXT,                                              \
			   .sh_size = KIT_ELF_TEXT_SIZE},                                          \
		    [2] = {.sh_type = SHT_SYMTAB,                                                  \
			   .sh_offset = SYMBOLS,                                                   \
			   .sh_size = (n + 1) * sizeof(Elf##bits##_Sym),                           \
			   .sh_link = 3},                                                          \
		    [3] = {.sh_type = SHT_STRTAB, .sh_offset = NAMES, .sh_size = names_len},       \
		};                                                                                 \
		memcpy(to, &header, sizeof(header));                                               \
		memcpy(to + 0x100, &load, sizeof(load));                                           \
		memcpy(to + SECTIONS, sections, sizeof(sections));                                 \
		for (size_t i = 0; i < n; i++) {                                                   \
			Elf##bits##_Sym s = {                                                      \
			    .st_name = names[i],                                                   \
			    .st_value = KIT_ELF_ADDRESS + KIT_ELF_TEXT + symbols[i].value,         \
			    .st_size = symbols[i].size,                                            \
			    .st_info = ELF64_ST_INFO(symbols[i].bind, symbols[i].type),            \
			    .st_shndx = 1};                                                        \
			memcpy(to + SYMBOLS + (i + 1) * sizeof(s), &s, sizeof(s));                 \
		}                                                                                  \
	}

BUILD(64, ELFCLASS64)
BUILD(32, ELFCLASS32)

size_t kit_elf(uint8_t *ret, int bits, const struct kit_symbol *symbols, size_t n)
{
	uint32_t names[32], len = 1;

	memset(ret, 0, KIT_ELF_MAX);
	for (size_t i = 0; i < n && i < 32; i++) {
		names[i] = len;
		strcpy((char *)ret + NAMES + len, symbols[i].name);
		len += (uint32_t)strlen(symbols[i].name) + 1;
	}
	if (bits == 64)
		build_64(ret, symbols, n, names, len);
	else
		build_32(ret, symbols, n, names, len);
	return KIT_ELF_MAX;
}
