/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "actions/perfmap.h"

#define CHUNK_BYTES 65536 /* longer lines are passed over */

struct line {
	uint64_t start;
	uint64_t size;
	size_t name; /* where it begins */
};

/* A hexadecimal number with or without "0x"; moves *at behind it and the blank that follows. */
static bool take_number(const char *text, size_t len, size_t *at, uint64_t *ret)
{
	size_t i = *at, first;
	uint64_t value = 0;

	if (i + 2 <= len && text[i] == '0' && text[i + 1] == 'x')
		i += 2;
	for (first = i; i < len && text[i] != ' '; i++) {
		char c = text[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0 || value >> 60)
			return false;
		value = value << 4 | (uint64_t)digit;
	}
	if (i == first || i == len)
		return false;
	*at = i + 1;
	*ret = value;
	return true;
}

static bool parse_line(const char *text, size_t len, struct line *ret)
{
	size_t at = 0;

	if (!take_number(text, len, &at, &ret->start) || !take_number(text, len, &at, &ret->size) ||
	    at == len)
		return false;
	ret->name = at;
	return true;
}

static void take_line(const struct line *line, uint64_t at, size_t len, const uint64_t *addresses,
		      size_t n, struct eu_symbol_found *found)
{
	size_t i = eu_symbols_search(addresses, n, line->start);

	for (; i < n && addresses[i] - line->start < line->size; i++)
		found[i] = (struct eu_symbol_found){.name = at + line->name,
						    .name_end = at + len,
						    .offset = addresses[i] - line->start,
						    .found = true};
}

/* Takes the whole lines of a chunk that stands at offset at in the file; returns their length. */
static size_t take_lines(const char *chunk, size_t len, uint64_t at, const uint64_t *addresses,
			 size_t n, struct eu_symbol_found *found)
{
	size_t pos = 0;
	const char *end;

	while ((end = memchr(chunk + pos, '\n', len - pos))) {
		size_t line_len = (size_t)(end - (chunk + pos));
		struct line line;

		if (parse_line(chunk + pos, line_len, &line))
			take_line(&line, at + pos, line_len, addresses, n, found);
		pos += line_len + 1;
	}
	return pos;
}

int eu_perf_map_symbols(int fd, const uint64_t *addresses, size_t n, struct eu_symbols *ret)
{
	static char chunk[CHUNK_BYTES];
	struct eu_symbol_found found[EU_RESOLVE_MAX] = {0};
	uint64_t at = 0;
	bool skipping = false;

	if (n > EU_RESOLVE_MAX)
		return -EINVAL;
	while (at < EU_PERF_MAP_MAX) {
		ssize_t got = pread(fd, chunk, sizeof(chunk), (off_t)at);
		const char *end;
		size_t taken = 0;

		if (got < 0)
			return -errno;
		end = memchr(chunk, '\n', (size_t)got);
		if (!end && (size_t)got < sizeof(chunk))
			break; /* the end, or a line that is still being written */
		if (skipping && end)
			taken = (size_t)(end - chunk) + 1;
		if (end)
			taken += take_lines(chunk + taken, (size_t)got - taken, at + taken,
					    addresses, n, found);
		skipping = !end;
		at += end ? taken : (size_t)got;
	}
	eu_symbols_init(ret, n);
	eu_symbols_read(ret, fd, found, '\n');
	return 0;
}
