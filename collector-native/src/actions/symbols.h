/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for addresses, taken out of a file that a stranger wrote: an ELF file (elf.h) or what a
 * runtime tells of the code that it made (perfmap.h). Run by the extractor's child only; the reader
 * of its answer checks that.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "actions/protocol.h"

#define EU_SYMBOL_NAMES_SIZE 65536 /* of all functions of one file together */

struct eu_named {
	uint64_t offset; /* into the function */
	uint32_t name;	 /* where it begins among the names */
	uint32_t len;	 /* 0: not known */
};

/* The answer for one file. What has no room among the names stays unknown. */
struct eu_symbols {
	uint32_t n;
	uint32_t names_len;
	struct eu_named named[EU_RESOLVE_MAX]; /* by the addresses, in their order */
	char names[EU_SYMBOL_NAMES_SIZE];      /* not NUL-terminated; valid UTF-8 each */
};

/* So much of it is sent. */
size_t eu_symbols_size(const struct eu_symbols *s);

/* Starts an answer of n unknown functions. */
void eu_symbols_init(struct eu_symbols *s, size_t n);

/* Where the name of an address's function stands in the file. */
struct eu_symbol_found {
	uint64_t name;	   /* offset in the file */
	uint64_t name_end; /* it ends before this, or at the byte end */
	uint64_t offset;   /* into the function */
	bool found;
};

/* Reads the names that were found, each once, and puts them into the answer. */
void eu_symbols_read(struct eu_symbols *s, int fd, const struct eu_symbol_found *found, char end);

/* Index of the first of n ascending numbers that is not below value. */
size_t eu_symbols_search(const uint64_t *numbers, size_t n, uint64_t value);

/* Could the functions above have left this, size bytes long, for n addresses? */
bool eu_symbols_valid(const struct eu_symbols *s, size_t size, size_t n);
