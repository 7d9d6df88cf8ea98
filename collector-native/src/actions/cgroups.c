/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "actions/cgroups.h"
#include "actions/files.h"
#include "actions/mountinfo.h"
#include "actions/protocol.h"
#include "eunomia/event.h"
#include "util/cleanup.h"

#define MOUNTINFO_MAX	(16 * 1024 * 1024)
#define PROC_CGROUP_MAX 65536

/* One open directory on the way from the root of the hierarchy. */
struct level {
	DIR *dir;
	uint64_t key;
	size_t path_len;
};

struct walk {
	eu_cgroups_emit emit;
	void *data;
	size_t left; /* how many more may be listed */
	bool incomplete;
	uint32_t hierarchy;
	dev_t dev;
	int depth; /* of the deepest open level; -1: none */
	struct level levels[EU_CGROUPS_DEPTH_MAX + 1];
	char path[EU_CGROUP_PATH_MAX];
	size_t used;
	_Alignas(8) char records[EU_ACTIONS_PAYLOAD_MAX];
};

_Static_assert(sizeof(struct eu_cgroup) + EU_CGROUP_PATH_MAX <= EU_ACTIONS_PAYLOAD_MAX,
	       "a packet takes any record");

static void close_levels(struct walk *w)
{
	for (; w->depth >= 0; w->depth--)
		closedir(w->levels[w->depth].dir);
}

static void walk_freep(struct walk **w)
{
	if (*w)
		close_levels(*w);
	free(*w);
}

static uint64_t boottime_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int put_record(struct walk *w, uint64_t key, uint64_t parent_key, size_t path_len, bool cut)
{
	size_t size = (sizeof(struct eu_cgroup) + path_len + 7) & ~(size_t)7;
	struct eu_cgroup record = {
	    .hdr.ts_ns = boottime_ns(),
	    .hdr.kind = EU_KIND_CGROUP_MKDIR,
	    .hdr.size = (uint16_t)size,
	    .hdr.flags = EU_FLAG_SNAPSHOT,
	    .hdr.truncated = cut ? EU_TRUNC_CGROUP : 0,
	    .key = key,
	    .parent_key = parent_key,
	    .hierarchy = w->hierarchy,
	    .level = (uint32_t)(w->depth + 1),
	    .path_len = (uint16_t)path_len,
	};
	int r;

	if (w->used + size > sizeof(w->records)) {
		r = w->emit(w->data, w->records, w->used, EU_ACTIONS_MORE);
		if (r < 0)
			return r;
		w->used = 0;
	}
	memset(w->records + w->used + size - 8, 0, 8);
	memcpy(w->records + w->used, &record, sizeof(record));
	memcpy(w->records + w->used + sizeof(record), w->path, path_len);
	w->used += size;
	w->left--;
	return 0;
}

/* Adds "/name" to the path of the level we are in; returns how long it is, at most its maximum. */
static size_t add_name(struct walk *w, const char *name, bool *ret_cut)
{
	size_t at = w->depth > 0 ? w->levels[w->depth].path_len : 0;
	size_t len = strlen(name), room = sizeof(w->path) - at;

	*ret_cut = 1 + len > room;
	if (room > 0) {
		w->path[at++] = '/';
		room--;
	}
	len = len < room ? len : room;
	memcpy(w->path + at, name, len);
	return at + len;
}

/* Writes the record of an open directory and goes down into it. */
static int enter(struct walk *w, DIR *dir, const struct stat *st, const char *name)
{
	EU_CLEANUP(eu_closedirp) DIR *owned = dir;
	uint64_t key = EU_CGROUP_KEY(w->hierarchy, st->st_ino);
	uint64_t parent_key = w->depth >= 0 ? w->levels[w->depth].key : 0;
	bool cut;
	size_t path_len = add_name(w, name, &cut);
	int r;

	r = put_record(w, key, parent_key, path_len, cut);
	if (r < 0)
		return r;
	w->levels[++w->depth] = (struct level){EU_TAKE_PTR(owned), key, path_len};
	return 0;
}

/* A cgroup may go away at any moment, and only that is no reason to call the list incomplete. */
static int visit(struct walk *w, const char *name)
{
	EU_CLEANUP(eu_closep) int fd = -1;
	EU_CLEANUP(eu_closedirp) DIR *dir = NULL;
	struct stat st;

	if (w->depth == EU_CGROUPS_DEPTH_MAX || w->left == 0) {
		w->incomplete = true;
		return 0;
	}
	fd = eu_files_open_beneath(dirfd(w->levels[w->depth].dir), name, O_RDONLY | O_DIRECTORY);
	if (fd < 0) {
		w->incomplete |= fd != -ENOENT && fd != -ENODEV;
		return 0;
	}
	if (fstat(fd, &st) < 0 || st.st_dev != w->dev) /* something else is mounted there */
		return 0;
	dir = fdopendir(fd);
	if (!dir)
		return -errno;
	fd = -1; /* closed with dir */
	return enter(w, EU_TAKE_PTR(dir), &st, name);
}

static bool is_child(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

static int walk_down(struct walk *w)
{
	int r = 0;

	while (w->depth >= 0 && r == 0) {
		const struct dirent *entry = readdir(w->levels[w->depth].dir);

		if (!entry)
			closedir(w->levels[w->depth--].dir);
		else if (is_child(entry))
			r = visit(w, entry->d_name);
	}
	return r;
}

/* -ENOENT when something else stands at the mount point by now. */
static int walk_mount(struct walk *w, int root, const struct eu_cgroup_mount *mount)
{
	EU_CLEANUP(eu_closep) int top = eu_files_open_dir(root, mount->path, O_PATH);
	EU_CLEANUP(eu_closedirp) DIR *dir = NULL;
	struct stat st;
	int r;

	if (w->left == 0) {
		w->incomplete = true;
		return 0;
	}
	if (top < 0)
		return top;
	if (fstat(top, &st) < 0)
		return -errno;
	if (st.st_dev != mount->dev)
		return -ENOENT;
	dir = eu_files_read_dir(top);
	if (!dir)
		return -errno;
	w->dev = mount->dev;
	r = enter(w, EU_TAKE_PTR(dir), &st, "");
	return r < 0 ? r : walk_down(w);
}

struct mounts {
	char *text;
	size_t len;
	uint32_t pids_hierarchy; /* 0: pids is not on v1 */
};

static void mounts_clean(struct mounts *m)
{
	free(m->text);
}

static int read_mounts(struct mounts *m, int root)
{
	EU_CLEANUP(eu_closep) int proc = eu_files_open_dir(root, "proc", O_PATH);
	EU_CLEANUP(eu_closep) int self = eu_files_open_dir(root, "proc/self", O_PATH);
	EU_CLEANUP(eu_freep) char *cgroups = NULL;
	size_t len;
	int r;

	if (proc < 0 || self < 0)
		return proc < 0 ? proc : self;
	r = eu_files_read_text(proc, "cgroups", PROC_CGROUP_MAX, &cgroups, &len);
	if (r == 0)
		m->pids_hierarchy = eu_cgroups_pids_hierarchy(cgroups, len);
	else if (r != -ENOENT) /* a kernel without v1 has no such file */
		return r;
	return eu_files_read_text(self, "mountinfo", MOUNTINFO_MAX, &m->text, &m->len);
}

/* The first mount of the hierarchy that is really there. None at all is no failure. */
static int walk_hierarchy(struct walk *w, int root, const struct mounts *m, uint32_t hierarchy)
{
	struct eu_cgroup_mount mount;
	size_t pos = 0;
	int r = -ENOENT;

	w->hierarchy = hierarchy;
	while (r == -ENOENT && eu_mountinfo_next(m->text, m->len, &pos, &mount)) {
		if (mount.v2 == (hierarchy == 0))
			r = walk_mount(w, root, &mount);
	}
	return r == -ENOENT ? 0 : r;
}

int eu_cgroups_list(int root, size_t max, eu_cgroups_emit emit, void *data)
{
	EU_CLEANUP(mounts_clean) struct mounts m = {0};
	EU_CLEANUP(walk_freep) struct walk *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->emit = emit;
	w->data = data;
	w->left = max;
	w->depth = -1;
	r = read_mounts(&m, root);
	if (r == 0)
		r = walk_hierarchy(w, root, &m, 0);
	if (r == 0 && m.pids_hierarchy > 0 && m.pids_hierarchy < 256)
		r = walk_hierarchy(w, root, &m, m.pids_hierarchy);
	if (r < 0)
		return r;
	return emit(data, w->records, w->used, w->incomplete ? EU_ACTIONS_INCOMPLETE : 0);
}

int eu_cgroups_open(int root, uint32_t hierarchy, const char *path, uint64_t key)
{
	EU_CLEANUP(mounts_clean) struct mounts m = {0};
	struct eu_cgroup_mount mount;
	size_t pos = 0;
	int r = read_mounts(&m, root);

	while (r == 0 && eu_mountinfo_next(m.text, m.len, &pos, &mount)) {
		EU_CLEANUP(eu_closep) int top = -1;
		EU_CLEANUP(eu_closep) int dir = -1;
		struct stat st;

		if (mount.v2 != (hierarchy == 0))
			continue;
		top = eu_files_open_dir(root, mount.path, O_PATH);
		dir = top < 0 ? top : eu_files_open_beneath(top, path + 1, O_PATH | O_DIRECTORY);
		if (dir >= 0 && fstat(dir, &st) == 0 && st.st_dev == mount.dev &&
		    EU_CGROUP_KEY(hierarchy, st.st_ino) == key)
			return EU_TAKE_FD(dir);
	}
	return r < 0 ? r : -ENOENT;
}
