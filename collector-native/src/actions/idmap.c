/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "actions/idmap.h"

/* The next number of the line, or false at its end. */
static bool next(const char **at, const char *end, uint64_t *ret)
{
	uint64_t value = 0;

	while (*at < end && **at == ' ')
		(*at)++;
	if (*at == end || **at < '0' || **at > '9')
		return false;
	for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
		value = value * 10 + (uint64_t)(**at - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*ret = value;
	return true;
}

bool eu_idmap_inside(const char *text, size_t len, uint32_t outside, uint32_t *ret)
{
	const char *end = text + len;

	for (const char *line = text; line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		uint64_t first, from, count;

		stop = stop ? stop : end;
		if (next(&line, stop, &first) && next(&line, stop, &from) &&
		    next(&line, stop, &count) && outside >= from && outside - from < count) {
			*ret = (uint32_t)(first + (outside - from));
			return true;
		}
		line = stop + 1;
	}
	return false;
}
