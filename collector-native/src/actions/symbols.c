/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "actions/symbols.h"
#include "actions/text.h"

size_t eu_symbols_size(const struct eu_symbols *s)
{
	return offsetof(struct eu_symbols, names) + s->names_len;
}

void eu_symbols_init(struct eu_symbols *s, size_t n)
{
	s->n = (uint32_t)n;
	s->names_len = 0;
	memset(s->named, 0, sizeof(s->named));
}

size_t eu_symbols_search(const uint64_t *numbers, size_t n, uint64_t value)
{
	size_t low = 0;

	while (low < n) {
		size_t middle = low + (n - low) / 2;

		if (numbers[middle] < value)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

static size_t read_name(int fd, const struct eu_symbol_found *found, char end, char *ret)
{
	char raw[EU_RESOLVE_TEXT_SIZE];
	size_t max = sizeof(raw) - 1;
	const char *stop;
	ssize_t n;

	if (found->name_end - found->name < max)
		max = (size_t)(found->name_end - found->name);
	n = pread(fd, raw, max, (off_t)found->name);
	if (n <= 0)
		return 0;
	stop = memchr(raw, end, (size_t)n);
	eu_text_copy(ret, EU_RESOLVE_TEXT_SIZE, raw, stop ? (size_t)(stop - raw) : (size_t)n);
	return strlen(ret);
}

/* Neighbours are often in one function. */
static bool same_name(const struct eu_symbol_found *a, const struct eu_symbol_found *b)
{
	return a->found && b->found && a->name == b->name;
}

void eu_symbols_read(struct eu_symbols *s, int fd, const struct eu_symbol_found *found, char end)
{
	char text[EU_RESOLVE_TEXT_SIZE];

	for (uint32_t i = 0; i < s->n; i++) {
		struct eu_named *named = &s->named[i];

		if (!found[i].found)
			continue;
		if (i > 0 && same_name(&found[i - 1], &found[i])) {
			*named = s->named[i - 1];
		} else {
			named->len = (uint32_t)read_name(fd, &found[i], end, text);
			named->name = s->names_len;
			if (named->len > sizeof(s->names) - s->names_len)
				named->len = 0;
			memcpy(s->names + s->names_len, text, named->len);
			s->names_len += named->len;
		}
		named->offset = named->len ? found[i].offset : 0;
		if (!named->len)
			named->name = 0;
	}
}

static bool is_text(const char *text, size_t len)
{
	char copy[EU_RESOLVE_TEXT_SIZE];

	return len < sizeof(copy) && !memchr(text, '\0', len) &&
	       eu_text_copy(copy, sizeof(copy), text, len);
}

bool eu_symbols_valid(const struct eu_symbols *s, size_t size, size_t n)
{
	if (size < offsetof(struct eu_symbols, names) || s->n != n || n > EU_RESOLVE_MAX ||
	    s->names_len > sizeof(s->names) || size != eu_symbols_size(s))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct eu_named *named = &s->named[i];

		if (named->name > s->names_len || named->len > s->names_len - named->name ||
		    !is_text(s->names + named->name, named->len))
			return false;
	}
	return true;
}
