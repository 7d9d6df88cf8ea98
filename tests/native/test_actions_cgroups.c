/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "actions/cgroups.h"
#include "actions/protocol.h"
#include "eunomia/event.h"
#include "test_actions_kit.h"

#define V2   "/sys/fs/cgroup/unified"
#define PIDS "/sys/fs/cgroup/pids"

#define SEEN_MAX 4096

/* Every record as it came, checked on the way: sizes, order, parents before children. */
struct list {
	struct kit_record {
		struct eu_cgroup fixed;
		char path[EU_CGROUP_PATH_MAX + 1];
	} * records;
	size_t n, packets;
	uint32_t last_flags;
	int fail_with;
};

static struct kit_record *find_key(struct list *l, uint64_t key)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->records[i].fixed.key == key)
			return &l->records[i];
	}
	return NULL;
}

static struct kit_record *find_path(struct list *l, uint32_t hierarchy, const char *path)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->records[i].fixed.hierarchy == hierarchy && !strcmp(l->records[i].path, path))
			return &l->records[i];
	}
	return NULL;
}

static void take_record(struct list *l, const char *at)
{
	struct kit_record *r = &l->records[l->n], *parent;

	memcpy(&r->fixed, at, sizeof(r->fixed));
	memcpy(r->path, at + sizeof(r->fixed), r->fixed.path_len);
	r->path[r->fixed.path_len] = '\0';
	assert_int_equal(r->fixed.hdr.size % 8, 0);
	assert_in_range(r->fixed.hdr.size - sizeof(r->fixed) - r->fixed.path_len, 0, 7);
	assert_int_equal(r->fixed.hdr.kind, EU_KIND_CGROUP_MKDIR);
	assert_int_equal(r->fixed.hdr.flags, EU_FLAG_SNAPSHOT);
	assert_int_equal(r->fixed.hdr.seq | r->fixed.hdr.cgroup_key | r->fixed.hdr.tgid, 0);
	assert_true(r->fixed.hdr.ts_ns > 0);
	parent = find_key(l, r->fixed.parent_key);
	if (r->fixed.level == 0) {
		assert_int_equal(r->fixed.parent_key, 0);
		assert_string_equal(r->path, "/");
	} else {
		assert_non_null(parent);
		assert_int_equal(parent->fixed.level + 1, r->fixed.level);
		assert_int_equal(parent->fixed.hierarchy, r->fixed.hierarchy);
	}
	l->n++;
}

static int take_packet(void *data, const void *records, size_t size, uint32_t flags)
{
	struct list *l = data;

	if (l->fail_with)
		return l->fail_with;
	assert_in_range(size, 0, EU_ACTIONS_PAYLOAD_MAX);
	for (const char *at = records; at < (const char *)records + size;) {
		assert_true(l->n < SEEN_MAX);
		take_record(l, at);
		at += l->records[l->n - 1].fixed.hdr.size;
	}
	l->packets++;
	l->last_flags = flags;
	return 0;
}

static void list_free(struct list *l)
{
	free(l->records);
}

static int list_cgroups(int root, size_t max, struct list *l)
{
	free(l->records);
	*l = (struct list){.records = calloc(SEEN_MAX, sizeof(*l->records)),
			   .last_flags = EU_ACTIONS_MORE,
			   .fail_with = l->fail_with};
	assert_non_null(l->records);
	return eu_cgroups_list(root, max, take_packet, l);
}

/* lines: "%s" where the device of the tree stands. */
static void write_mountinfo(const struct kit_tree *t, const char *lines)
{
	char text[4096] = "", dev[32];
	struct stat st;

	assert_int_equal(stat(t->path, &st), 0);
	snprintf(dev, sizeof(dev), "%u:%u", major(st.st_dev), minor(st.st_dev));
	for (const char *at = lines; *at;) {
		size_t n = strcspn(at, "@");

		strncat(text, at, n);
		at += n;
		if (*at == '@') {
			strcat(text, dev);
			at++;
		}
	}
	kit_write(t, "/proc/self/mountinfo", text);
}

static void make_hybrid(const struct kit_tree *t)
{
	write_mountinfo(t, "30 1 @ / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
			   "35 1 @ / " PIDS " rw - cgroup cgroup rw,pids\n"
			   "36 1 @ / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
			   "41 1 @ / " V2 " rw - cgroup2 cgroup2 rw\n");
	kit_write(t, "/proc/cgroups", "#subsys_name\thierarchy\nmemory\t4\t1\t1\npids\t8\t1\t1\n");
	kit_mkdirs(t, V2 "/docker/c1/init", 1);
	kit_mkdirs(t, V2 "/docker/c2", 1);
	kit_mkdirs(t, PIDS "/docker/c1", 1);
	kit_mkdirs(t, "/sys/fs/cgroup/memory/not-this", 1);
	kit_write(t, V2 "/cgroup.procs", "1\n");
	kit_link(t, "docker", V2 "/link");
}

static uint64_t key_of(const struct kit_tree *t, uint32_t hierarchy, const char *path)
{
	struct stat st;

	assert_int_equal(stat(kit_path(t, path), &st), 0);
	return EU_CGROUP_KEY(hierarchy, st.st_ino);
}

static void list_hybrid_tree(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(list_free) struct list l = {0};

	make_hybrid(t);
	assert_int_equal(list_cgroups(t->root, 100, &l), 0);
	assert_int_equal(l.n, 8);
	assert_int_equal(l.packets, 1);
	assert_int_equal(l.last_flags, 0);
	assert_int_equal(l.records[0].fixed.key, key_of(t, 0, V2));
	assert_int_equal(find_path(&l, 0, "/docker/c1/init")->fixed.key,
			 key_of(t, 0, V2 "/docker/c1/init"));
	assert_int_equal(find_path(&l, 0, "/docker/c1/init")->fixed.level, 3);
	assert_int_equal(find_path(&l, 0, "/docker/c2")->fixed.parent_key,
			 key_of(t, 0, V2 "/docker"));
	assert_int_equal(find_path(&l, 8, "/docker/c1")->fixed.key,
			 key_of(t, 8, PIDS "/docker/c1"));
	assert_non_null(find_path(&l, 8, "/"));
	assert_null(find_path(&l, 0, "/link"));
}

static void list_v2_only(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(list_free) struct list l = {0};

	make_hybrid(t);
	kit_write(t, "/proc/cgroups", "pids\t0\t1\t1\n");
	assert_int_equal(list_cgroups(t->root, 100, &l), 0);
	assert_int_equal(l.n, 5);
	assert_int_equal(unlink(kit_path(t, "/proc/cgroups")), 0);
	assert_int_equal(list_cgroups(t->root, 100, &l), 0);
	assert_int_equal(l.n, 5);
}

static void list_nothing_without_mounts(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(list_free) struct list l = {0};

	make_hybrid(t);
	write_mountinfo(t, "30 1 @ / / rw - ext4 x rw\n");
	assert_int_equal(list_cgroups(t->root, 100, &l), 0);
	assert_int_equal(l.n, 0);
	assert_int_equal(l.packets, 1);
	assert_int_equal(l.last_flags, 0);
	assert_int_equal(unlink(kit_path(t, "/proc/self/mountinfo")), 0);
	assert_int_equal(list_cgroups(t->root, 100, &l), -ENOENT);
}

/* The first entry's directory is another file system by now, or gone: the next one is taken. */
static void take_mount_that_is_there(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(list_free) struct list l = {0};

	make_hybrid(t);
	write_mountinfo(t, "1 1 @ / /gone rw - cgroup2 c rw\n"
			   "1 1 999:9 / " PIDS " rw - cgroup2 c rw\n"
			   "1 1 @ / " V2 " rw - cgroup2 c rw\n");
	assert_int_equal(list_cgroups(t->root, 100, &l), 0);
	assert_int_equal(l.n, 5);
}

static void say_incomplete_when_too_many(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(list_free) struct list l = {0};

	make_hybrid(t);
	for (size_t max = 1; max < 8; max++) {
		assert_int_equal(list_cgroups(t->root, max, &l), 0);
		assert_int_equal(l.n, max);
		assert_int_equal(l.last_flags, EU_ACTIONS_INCOMPLETE);
	}
	assert_int_equal(list_cgroups(t->root, 8, &l), 0);
	assert_int_equal(l.last_flags, 0);
}

/* n directories in one another below path, each with this name. */
static void make_deep(const struct kit_tree *t, const char *path, const char *name, int n)
{
	int fd = open(kit_path(t, path), O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < n; i++) {
		int below;

		assert_int_equal(mkdirat(fd, name, 0755), 0);
		below = openat(fd, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = below;
		assert_true(fd >= 0);
	}
	close(fd);
}

static void say_incomplete_when_too_deep(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(list_free) struct list l = {0};

	make_hybrid(t);
	make_deep(t, V2 "/docker/c2", "d", EU_CGROUPS_DEPTH_MAX - 2);
	assert_int_equal(list_cgroups(t->root, 1000, &l), 0);
	assert_int_equal(l.n, 8 + EU_CGROUPS_DEPTH_MAX - 2);
	assert_int_equal(l.last_flags, 0);
	make_deep(t, V2 "/docker/c1", "d", EU_CGROUPS_DEPTH_MAX);
	assert_int_equal(list_cgroups(t->root, 1000, &l), 0);
	assert_int_equal(l.n, 8 + 2 * (EU_CGROUPS_DEPTH_MAX - 2));
	assert_int_equal(l.last_flags, EU_ACTIONS_INCOMPLETE);
}

static void cut_path_too_long(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(list_free) struct list l = {0};
	char name[NAME_MAX + 1];
	size_t cut = 0;

	make_hybrid(t);
	memset(name, 'n', NAME_MAX);
	name[NAME_MAX] = '\0';
	make_deep(t, V2, name, 20);
	assert_int_equal(list_cgroups(t->root, 100, &l), 0);
	assert_int_equal(l.n, 28);
	for (size_t i = 0; i < l.n; i++) {
		const struct eu_cgroup *r = &l.records[i].fixed;

		assert_int_equal(r->hdr.truncated, r->level > 16 ? EU_TRUNC_CGROUP : 0);
		assert_true(r->level <= 16 || r->path_len == EU_CGROUP_PATH_MAX);
		cut += r->hdr.truncated != 0;
	}
	assert_int_equal(cut, 4);
	assert_int_equal(l.last_flags, 0);
}

static void send_many_in_packets(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(list_free) struct list l = {0};
	char path[128];

	make_hybrid(t);
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), V2 "/docker/c1/container-%064d", i);
		kit_mkdirs(t, path, 1);
	}
	assert_int_equal(list_cgroups(t->root, EU_CGROUPS_MAX, &l), 0);
	assert_int_equal(l.n, 1008);
	assert_in_range(l.packets, 6, 8);
	assert_int_equal(l.last_flags, 0);
}

static void end_when_emit_fails(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(list_free) struct list l = {.fail_with = -EPIPE};

	make_hybrid(t);
	assert_int_equal(list_cgroups(t->root, 100, &l), -EPIPE);
}

/* In a mount namespace of its own, so that nobody else sees the mount. */
static void leave_out_other_mounts(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(list_free) struct list l = {0};
	EU_CLEANUP(eu_closep) int root = -1;

	kit_require_root();
	make_hybrid(t);
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("tmpfs", kit_path(t, V2 "/docker/c2"), "tmpfs", 0, NULL), 0);
	kit_mkdirs(t, V2 "/docker/c2/inside", 1);
	root = eu_files_open_root(t->path); /* the other one is still in the old namespace */
	assert_int_equal(list_cgroups(root, 100, &l), 0);
	assert_int_equal(umount2(kit_path(t, V2 "/docker/c2"), MNT_DETACH), 0);
	assert_int_equal(l.n, 7);
	assert_null(find_path(&l, 0, "/docker/c2"));
}

/* -- against the machine's own hierarchies -- */

static size_t count_directories(const char *path)
{
	char command[256];
	size_t n = 0;

	snprintf(command, sizeof(command), "find %s -xdev -type d 2>/dev/null | wc -l", path);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%zu", &n), 1);
	pclose(f);
	return n;
}

/* What the kernel calls the cgroup: the id that eBPF programs see. */
static uint64_t kernel_id(const char *path)
{
	union {
		struct file_handle handle;
		char bytes[sizeof(struct file_handle) + 8];
	} h = {.handle.handle_bytes = 8};
	uint64_t id;
	int mount_id;

	assert_int_equal(name_to_handle_at(AT_FDCWD, path, &h.handle, &mount_id, 0), 0);
	memcpy(&id, h.handle.f_handle, sizeof(id));
	return id;
}

static const char *first_mount(const char *const *candidates)
{
	for (; *candidates; candidates++) {
		char file[256];

		snprintf(file, sizeof(file), "%s/cgroup.procs", *candidates);
		if (access(file, F_OK) == 0)
			return *candidates;
	}
	return NULL;
}

static size_t count_hierarchy(const struct list *l, bool v2)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += (l->records[i].fixed.hierarchy == 0) == v2;
	return n;
}

/* Others may make and remove cgroups: only counts that were the same before and after say
 * something. */
static void compare_counts(int root, const char *mount, bool v2)
{
	for (int i = 0; i < 20; i++) {
		EU_CLEANUP(list_free) struct list l = {0};
		size_t before = count_directories(mount);

		assert_int_equal(list_cgroups(root, EU_CGROUPS_MAX, &l), 0);
		if (before == count_directories(mount) && before == count_hierarchy(&l, v2)) {
			print_message("# %s: %zu cgroups\n", mount, before);
			return;
		}
	}
	fail_msg("%s: never as many cgroups as directories", mount);
}

static void list_this_machine(void **state)
{
	static const char *const v2[] = {"/sys/fs/cgroup/unified", "/sys/fs/cgroup", NULL};
	static const char *const pids[] = {"/sys/fs/cgroup/pids", NULL};
	EU_CLEANUP(eu_closep) int root = eu_files_open_root(NULL);
	EU_CLEANUP(list_free) struct list l = {0};
	const char *unified = first_mount(v2);

	(void)state;
	if (!unified) {
		print_message("# SKIP no cgroup v2 hierarchy is mounted here\n");
		skip();
	}
	assert_int_equal(list_cgroups(root, EU_CGROUPS_MAX, &l), 0);
	assert_int_equal(l.records[0].fixed.key, kernel_id(unified));
	compare_counts(root, unified, true);
	if (first_mount(pids)) {
		assert_int_equal(find_path(&l, l.records[l.n - 1].fixed.hierarchy, "/")->fixed.key &
				     0x00ffffffffffffffull,
				 kernel_id(pids[0]));
		compare_counts(root, pids[0], false);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(list_hybrid_tree),
	    TEST(list_v2_only),
	    TEST(list_nothing_without_mounts),
	    TEST(take_mount_that_is_there),
	    TEST(say_incomplete_when_too_many),
	    TEST(say_incomplete_when_too_deep),
	    TEST(cut_path_too_long),
	    TEST(send_many_in_packets),
	    TEST(end_when_emit_fails),
	    cmocka_unit_test(list_this_machine),
	    TEST(leave_out_other_mounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
