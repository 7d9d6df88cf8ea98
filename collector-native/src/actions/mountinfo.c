/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/sysmacros.h>

#include "actions/mountinfo.h"

/* A piece of the text, not NUL-terminated. */
struct piece {
	const char *at;
	size_t len;
};

static bool is(struct piece p, const char *text)
{
	return p.len == strlen(text) && !memcmp(p.at, text, p.len);
}

/* Cuts off what stands before the first sep and moves rest behind it. */
static struct piece cut(struct piece *rest, char sep)
{
	const char *end = memchr(rest->at, sep, rest->len);
	struct piece head = {rest->at, end ? (size_t)(end - rest->at) : rest->len};
	size_t gone = head.len + (end != NULL);

	rest->at += gone;
	rest->len -= gone;
	return head;
}

static bool number(struct piece p, uint32_t *ret)
{
	uint32_t value = 0;

	if (!p.len || p.len > 9)
		return false;
	for (size_t i = 0; i < p.len; i++) {
		if (p.at[i] < '0' || p.at[i] > '9')
			return false;
		value = value * 10 + (uint32_t)(p.at[i] - '0');
	}
	*ret = value;
	return true;
}

static bool device(struct piece p, dev_t *ret)
{
	uint32_t major_id, minor_id;
	struct piece first = cut(&p, ':');

	if (!number(first, &major_id) || !number(p, &minor_id))
		return false;
	*ret = makedev(major_id, minor_id);
	return true;
}

static bool is_octal(const char *s, size_t len)
{
	return len >= 3 && s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' &&
	       s[2] >= '0' && s[2] <= '7';
}

/* The kernel writes blanks, newlines and backslashes in a path as \ooo. */
static bool unescape(struct piece p, char *dst, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < p.len; i++) {
		char c = p.at[i];

		if (c == '\\' && is_octal(p.at + i + 1, p.len - i - 1)) {
			c = (char)((p.at[i + 1] - '0') << 6 | (p.at[i + 2] - '0') << 3 |
				   (p.at[i + 3] - '0'));
			i += 3;
		}
		if (c == '\0' || n + 1 >= size)
			return false;
		dst[n++] = c;
	}
	dst[n] = '\0';
	return n > 0 && dst[0] == '/';
}

static bool has_option(struct piece options, const char *name)
{
	while (options.len) {
		if (is(cut(&options, ','), name))
			return true;
	}
	return false;
}

/* id parent major:minor root mountpoint options [tags...] - type source superoptions */
static bool parse_line(struct piece line, struct eu_cgroup_mount *ret)
{
	struct piece dev, root, path, type;

	cut(&line, ' ');
	cut(&line, ' ');
	dev = cut(&line, ' ');
	root = cut(&line, ' ');
	path = cut(&line, ' ');
	while (line.len && !is(cut(&line, ' '), "-"))
		;
	type = cut(&line, ' ');
	cut(&line, ' ');
	ret->v2 = is(type, "cgroup2");
	if (!ret->v2 && !(is(type, "cgroup") && has_option(line, "pids")))
		return false;
	return is(root, "/") && device(dev, &ret->dev) &&
	       unescape(path, ret->path, sizeof(ret->path));
}

bool eu_mountinfo_next(const char *text, size_t len, size_t *pos, struct eu_cgroup_mount *ret)
{
	struct piece rest = {text + *pos, len - *pos};
	bool found = false;

	while (rest.len && !found)
		found = parse_line(cut(&rest, '\n'), ret);
	*pos = len - rest.len;
	return found;
}

uint32_t eu_cgroups_pids_hierarchy(const char *text, size_t len)
{
	struct piece rest = {text, len};
	uint32_t hierarchy = 0;

	while (rest.len) {
		struct piece line = cut(&rest, '\n');

		if (is(cut(&line, '\t'), "pids"))
			return number(cut(&line, '\t'), &hierarchy) ? hierarchy : 0;
	}
	return 0;
}
