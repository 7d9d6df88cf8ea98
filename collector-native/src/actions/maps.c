/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "actions/maps.h"

#define DELETED " (deleted)"

static int digit_of(char c, unsigned int base)
{
	int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;

	return (unsigned int)digit < base ? digit : -1;
}

/* Digits up to the separator; moves *at behind that. */
static bool take_number(const char *line, size_t len, size_t *at, unsigned int base, char end,
			uint64_t *ret)
{
	uint64_t value = 0;
	size_t i = *at;

	for (; i < len && line[i] != end; i++) {
		int digit = digit_of(line[i], base);

		if (digit < 0 || __builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value))
			return false;
	}
	if (i == *at || i == len)
		return false;
	*at = i + 1;
	*ret = value;
	return true;
}

/* Moves behind the next blank. */
static bool skip_word(const char *line, size_t len, size_t *at)
{
	const char *blank = memchr(line + *at, ' ', len - *at);

	if (!blank)
		return false;
	*at = (size_t)(blank - line) + 1;
	return true;
}

/* start-end perms offset dev inode, blanks, path */
bool eu_maps_parse(const char *line, size_t len, struct eu_mapping *ret)
{
	size_t at = 0;

	if (!take_number(line, len, &at, 16, '-', &ret->start) ||
	    !take_number(line, len, &at, 16, ' ', &ret->end) || ret->end <= ret->start ||
	    !skip_word(line, len, &at) || !take_number(line, len, &at, 16, ' ', &ret->offset) ||
	    !skip_word(line, len, &at))
		return false;
	if (!take_number(line, len, &at, 10, ' ', &ret->inode))
		return false;
	while (at < len && line[at] == ' ')
		at++;
	len -= at;
	if (len >= sizeof(ret->path))
		len = sizeof(ret->path) - 1;
	memcpy(ret->path, line + at, len);
	ret->path[len] = '\0';
	return true;
}

static bool is_deleted(const char *path)
{
	size_t len = strlen(path), end = strlen(DELETED);

	return len > end && !strcmp(path + len - end, DELETED);
}

size_t eu_mapping_path_len(const char *path)
{
	return strlen(path) - (is_deleted(path) ? strlen(DELETED) : 0);
}

bool eu_mapping_is_file(const struct eu_mapping *m)
{
	return m->inode && m->path[0] == '/' && !is_deleted(m->path);
}

bool eu_mapping_is_anonymous(const struct eu_mapping *m)
{
	static const char *const made[] = {"/memfd:", "/dev/zero", "[anon", "[heap]", "[stack]"};

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		if (!strncmp(m->path, made[i], strlen(made[i])))
			return true;
	}
	return !m->path[0];
}
