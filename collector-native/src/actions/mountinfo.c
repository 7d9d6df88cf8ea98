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
struct mount_line {
	struct piece id, dev, root, path, type, super;
};

static struct mount_line parse_line(struct piece line)
{
	struct mount_line m;

	m.id = cut(&line, ' ');
	cut(&line, ' ');
	m.dev = cut(&line, ' ');
	m.root = cut(&line, ' ');
	m.path = cut(&line, ' ');
	while (line.len && !is(cut(&line, ' '), "-"))
		;
	m.type = cut(&line, ' ');
	cut(&line, ' ');
	m.super = line;
	return m;
}

static bool is_hierarchy(struct piece line, struct eu_cgroup_mount *ret)
{
	struct mount_line m = parse_line(line);

	ret->v2 = is(m.type, "cgroup2");
	if (!ret->v2 && !(is(m.type, "cgroup") && has_option(m.super, "pids")))
		return false;
	return is(m.root, "/") && device(m.dev, &ret->dev) &&
	       unescape(m.path, ret->path, sizeof(ret->path));
}

bool eu_mountinfo_next(const char *text, size_t len, size_t *pos, struct eu_cgroup_mount *ret)
{
	struct piece rest = {text + *pos, len - *pos};
	bool found = false;

	while (rest.len && !found)
		found = is_hierarchy(cut(&rest, '\n'), ret);
	*pos = len - rest.len;
	return found;
}

static bool is_local(struct piece type)
{
	static const char *const types[] = {
	    "ext2", "ext3", "ext4",  "xfs",	"btrfs",    "f2fs",
	    "zfs",  "jfs",  "tmpfs", "overlay", "bcachefs", "ecryptfs",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (is(type, types[i]))
			return true;
	}
	return false;
}

/* Is path the mount point or below it? */
static bool is_behind(const char *path, const char *mount, size_t len)
{
	return len == 1 || (!strncmp(path, mount, len) && (!path[len] || path[len] == '/'));
}

int eu_mountinfo_local(const char *text, size_t len, const char *path)
{
	struct piece rest = {text, len};
	char mount[PATH_MAX];
	int longest = -1;

	while (rest.len) {
		struct mount_line m = parse_line(cut(&rest, '\n'));
		int n;

		if (!unescape(m.path, mount, sizeof(mount)))
			continue;
		n = (int)strlen(mount);
		if (!is_behind(path, mount, (size_t)n))
			continue;
		if (!is_local(m.type))
			return -1;
		longest = n > longest ? n : longest;
	}
	return longest;
}

static bool has_overlay(const char *text, size_t len, dev_t wanted)
{
	struct piece rest = {text, len};

	while (rest.len) {
		struct mount_line m = parse_line(cut(&rest, '\n'));
		dev_t dev;

		if (is(m.type, "overlay") && device(m.dev, &dev) && dev == wanted)
			return true;
	}
	return false;
}

bool eu_mountinfo_trusted(const char *theirs, size_t theirs_len, const char *ours, size_t ours_len,
			  uint64_t id)
{
	struct piece rest = {theirs, theirs_len};

	while (rest.len) {
		struct mount_line m = parse_line(cut(&rest, '\n'));
		uint32_t line_id;
		dev_t dev;

		if (!number(m.id, &line_id) || line_id != id)
			continue;
		if (!is(m.type, "overlay"))
			return is_local(m.type);
		return device(m.dev, &dev) && has_overlay(ours, ours_len, dev);
	}
	return false;
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
