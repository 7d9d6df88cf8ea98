/* SPDX-License-Identifier: Apache-2.0 */
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "actions/elf.h"

#define SEGMENTS_MAX 64
#define HEADERS_MAX  0xff00 /* SHN_LORESERVE: an executable has a few dozen */
#define CHUNK_BYTES  65536

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "files of this byte order are read as they are"
#endif

/* Where an address is looked for, and the best that was found there so far. */
struct place {
	uint64_t value; /* of the symbol */
	uint64_t name;	/* offset in the file */
	uint64_t name_end;
	uint64_t reach; /* the symbol has no size: its section's end, else 0 */
	uint8_t rank;	/* 0: nothing was found; a larger one wins */
};

struct segment {
	uint64_t offset;
	uint64_t size;
	uint64_t address;
};

struct elf {
	int fd;
	bool wide; /* 64 bit */
	Elf64_Ehdr header;
	struct segment segments[SEGMENTS_MAX];
	size_t n_segments;
	size_t n;
	uint64_t addresses[EU_RESOLVE_MAX]; /* ascending */
	uint32_t order[EU_RESOLVE_MAX];	    /* whose address that is */
	struct place within[EU_RESOLVE_MAX];
	struct place before[EU_RESOLVE_MAX]; /* nearest symbol at or before; to be carried on */
	char chunk[CHUNK_BYTES];
};

static bool read_at(const struct elf *e, uint64_t offset, void *ret, size_t size)
{
	return offset <= INT64_MAX && pread(e->fd, ret, size, (off_t)offset) == (ssize_t)size;
}

#define WIDEN(to, from, field) ((to)->field = (from)->field)

static int read_header(struct elf *e)
{
	Elf32_Ehdr narrow;

	if (!read_at(e, 0, &narrow, sizeof(narrow)) ||
	    memcmp(narrow.e_ident, ELFMAG, SELFMAG) != 0 || narrow.e_ident[EI_DATA] != ELFDATA2LSB)
		return -EBADMSG;
	e->wide = narrow.e_ident[EI_CLASS] == ELFCLASS64;
	if (e->wide)
		return read_at(e, 0, &e->header, sizeof(e->header)) ? 0 : -EBADMSG;
	if (narrow.e_ident[EI_CLASS] != ELFCLASS32)
		return -EBADMSG;
	WIDEN(&e->header, &narrow, e_phoff);
	WIDEN(&e->header, &narrow, e_shoff);
	WIDEN(&e->header, &narrow, e_phnum);
	WIDEN(&e->header, &narrow, e_shnum);
	return 0;
}

static bool read_segment(const struct elf *e, size_t i, Elf64_Phdr *ret)
{
	Elf32_Phdr narrow;

	if (e->wide)
		return read_at(e, e->header.e_phoff + i * sizeof(*ret), ret, sizeof(*ret));
	if (!read_at(e, e->header.e_phoff + i * sizeof(narrow), &narrow, sizeof(narrow)))
		return false;
	WIDEN(ret, &narrow, p_type);
	WIDEN(ret, &narrow, p_offset);
	WIDEN(ret, &narrow, p_vaddr);
	WIDEN(ret, &narrow, p_filesz);
	WIDEN(ret, &narrow, p_flags);
	return true;
}

static bool read_section(const struct elf *e, size_t i, Elf64_Shdr *ret)
{
	Elf32_Shdr narrow;

	if (i >= e->header.e_shnum || i >= HEADERS_MAX)
		return false;
	if (e->wide)
		return read_at(e, e->header.e_shoff + i * sizeof(*ret), ret, sizeof(*ret));
	if (!read_at(e, e->header.e_shoff + i * sizeof(narrow), &narrow, sizeof(narrow)))
		return false;
	WIDEN(ret, &narrow, sh_type);
	WIDEN(ret, &narrow, sh_addr);
	WIDEN(ret, &narrow, sh_offset);
	WIDEN(ret, &narrow, sh_size);
	WIDEN(ret, &narrow, sh_link);
	return true;
}

static void read_segments(struct elf *e)
{
	for (size_t i = 0; i < e->header.e_phnum && e->n_segments < SEGMENTS_MAX; i++) {
		Elf64_Phdr p;

		if (!read_segment(e, i, &p))
			return;
		if (p.p_type != PT_LOAD || !(p.p_flags & PF_X))
			continue;
		e->segments[e->n_segments++] = (struct segment){p.p_offset, p.p_filesz, p.p_vaddr};
	}
}

static bool address_of(const struct elf *e, uint64_t offset, uint64_t *ret)
{
	for (size_t i = 0; i < e->n_segments; i++) {
		const struct segment *s = &e->segments[i];

		if (offset < s->offset || offset - s->offset >= s->size)
			continue;
		*ret = s->address + (offset - s->offset);
		return true;
	}
	return false;
}

/* Segments need not lie in memory as they do in the file, so the addresses are put in order anew;
 * they nearly are. */
static void place_addresses(struct elf *e, const uint64_t *offsets, size_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint64_t address;
		size_t at = e->n;

		if (!address_of(e, offsets[i], &address))
			continue;
		for (; at > 0 && e->addresses[at - 1] > address; at--) {
			e->addresses[at] = e->addresses[at - 1];
			e->order[at] = e->order[at - 1];
		}
		e->addresses[at] = address;
		e->order[at] = i;
		e->n++;
	}
}

/* A function that others may call has the name they know it by. */
static uint8_t rank_of(uint8_t info)
{
	switch (ELF64_ST_BIND(info)) {
	case STB_GLOBAL:
		return 3;
	case STB_WEAK:
		return 2;
	default:
		return 1;
	}
}

static bool is_better(const struct place *p, const struct place *than)
{
	return !than->rank || p->value > than->value ||
	       (p->value == than->value && p->rank > than->rank);
}

struct table {
	Elf64_Shdr symbols;
	Elf64_Shdr names;
	/* The section of the last symbol without a size: most are of one. */
	uint32_t section;
	uint64_t section_end;
};

static uint64_t section_end(const struct elf *e, struct table *t, uint32_t section)
{
	Elf64_Shdr s;

	if (section != t->section) {
		t->section = section;
		t->section_end = read_section(e, section, &s) ? s.sh_addr + s.sh_size : 0;
	}
	return t->section_end;
}

static void take_symbol(struct elf *e, struct table *t, const Elf64_Sym *s)
{
	struct place p = {.value = s->st_value, .rank = rank_of(s->st_info)};
	uint8_t type = ELF64_ST_TYPE(s->st_info);
	size_t i;

	if ((type != STT_FUNC && type != STT_GNU_IFUNC) || s->st_shndx == SHN_UNDEF ||
	    s->st_name == 0 || s->st_name >= t->names.sh_size)
		return;
	i = eu_symbols_search(e->addresses, e->n, s->st_value);
	if (i == e->n)
		return;
	p.name = t->names.sh_offset + s->st_name;
	p.name_end = t->names.sh_offset + t->names.sh_size;
	if (s->st_size == 0)
		p.reach = section_end(e, t, s->st_shndx);
	if (is_better(&p, &e->before[i]))
		e->before[i] = p;
	for (; i < e->n && e->addresses[i] - s->st_value < s->st_size; i++) {
		if (is_better(&p, &e->within[i]))
			e->within[i] = p;
	}
}

static void widen_symbol(const Elf32_Sym *narrow, Elf64_Sym *ret)
{
	WIDEN(ret, narrow, st_name);
	WIDEN(ret, narrow, st_info);
	WIDEN(ret, narrow, st_shndx);
	WIDEN(ret, narrow, st_value);
	WIDEN(ret, narrow, st_size);
}

static void take_chunk(struct elf *e, struct table *t, size_t entry, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		Elf64_Sym symbol;
		Elf32_Sym narrow;

		if (e->wide) {
			memcpy(&symbol, e->chunk + i * entry, sizeof(symbol));
		} else {
			memcpy(&narrow, e->chunk + i * entry, sizeof(narrow));
			widen_symbol(&narrow, &symbol);
		}
		take_symbol(e, t, &symbol);
	}
}

static void read_table(struct elf *e, struct table *t)
{
	const size_t entry = e->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	const size_t per_chunk = CHUNK_BYTES / entry;
	uint64_t left = t->symbols.sh_size / entry, at = t->symbols.sh_offset;

	if (left > EU_ELF_SYMBOLS_MAX)
		left = EU_ELF_SYMBOLS_MAX;
	while (left > 0 && at <= INT64_MAX) {
		size_t wanted = left < per_chunk ? (size_t)left : per_chunk;
		ssize_t n = pread(e->fd, e->chunk, wanted * entry, (off_t)at);
		size_t got = n > 0 ? (size_t)n / entry : 0;

		if (got == 0)
			return;
		take_chunk(e, t, entry, got);
		left -= got;
		at += got * entry;
	}
}

static void read_tables(struct elf *e)
{
	bool have[2] = {false, false};

	for (size_t i = 0; i < e->header.e_shnum && i < HEADERS_MAX; i++) {
		struct table t = {.section = SHN_UNDEF};
		bool *done;

		if (!read_section(e, i, &t.symbols))
			return;
		if (t.symbols.sh_type != SHT_SYMTAB && t.symbols.sh_type != SHT_DYNSYM)
			continue;
		done = &have[t.symbols.sh_type == SHT_DYNSYM];
		if (*done || !read_section(e, t.symbols.sh_link, &t.names) ||
		    t.names.sh_type != SHT_STRTAB ||
		    t.names.sh_offset > (uint64_t)INT64_MAX - t.names.sh_size)
			continue;
		*done = true;
		read_table(e, &t);
	}
}

static void choose(const struct elf *e, struct eu_symbol_found *found)
{
	const struct place *before = NULL;

	for (size_t i = 0; i < e->n; i++) {
		const struct place *p = &e->within[i];

		if (e->before[i].rank)
			before = &e->before[i];
		if (!p->rank && before && e->addresses[i] < before->reach)
			p = before;
		if (!p->rank)
			continue;
		found[e->order[i]] = (struct eu_symbol_found){.name = p->name,
							      .name_end = p->name_end,
							      .offset = e->addresses[i] - p->value,
							      .found = true};
	}
}

int eu_elf_symbols(int fd, const uint64_t *offsets, size_t n, struct eu_symbols *ret)
{
	static struct elf e; /* the process has this one file to read */
	struct eu_symbol_found found[EU_RESOLVE_MAX] = {0};
	int r;

	if (n > EU_RESOLVE_MAX)
		return -EINVAL;
	memset(&e, 0, sizeof(e));
	e.fd = fd;
	r = read_header(&e);
	if (r < 0)
		return r;
	read_segments(&e);
	place_addresses(&e, offsets, n);
	if (e.n > 0)
		read_tables(&e);
	choose(&e, found);
	eu_symbols_init(ret, n);
	eu_symbols_read(ret, fd, found, '\0');
	return 0;
}
