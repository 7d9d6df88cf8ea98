/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/sysmacros.h>

#include "actions/mountinfo.h"
#include "test_actions_kit.h"

static const char hybrid[] =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "39 31 0:36 / /sys/fs/cgroup/pids rw,relatime shared:7 master:2 - cgroup cgroup rw,pids\n"
    "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

static size_t find_all(const char *text, struct eu_cgroup_mount *ret, size_t max)
{
	size_t pos = 0, n = 0;

	while (n < max && eu_mountinfo_next(text, strlen(text), &pos, &ret[n]))
		n++;
	return n;
}

static void find_mounts_of_hybrid_machine(void **state)
{
	struct eu_cgroup_mount m[4];

	(void)state;
	assert_int_equal(find_all(hybrid, m, 4), 2);
	assert_false(m[0].v2);
	assert_string_equal(m[0].path, "/sys/fs/cgroup/pids");
	assert_int_equal(m[0].dev, makedev(0, 36));
	assert_true(m[1].v2);
	assert_string_equal(m[1].path, "/sys/fs/cgroup/unified");
	assert_int_equal(m[1].dev, makedev(0, 38));
}

static void find_mount_by_table(void **state)
{
	static const struct {
		const char *line;
		const char *path; /* NULL: no mount of a whole hierarchy */
	} cases[] = {
	    {"1 0 0:1 / /a\\040b rw - cgroup2 none rw", "/a b"},
	    {"1 0 0:1 / /a\\134b\\012c rw - cgroup2 none rw", "/a\\b\nc"},
	    {"1 0 0:1 / /a\\04 rw - cgroup2 none rw", "/a\\04"},
	    {"1 0 0:1 / /a\\999 rw - cgroup2 none rw", "/a\\999"},
	    {"1 0 0:1 / /a rw - cgroup none rw,cpu,pids,cpuacct", "/a"},
	    {"1 0 0:1 / /a rw - cgroup none rw,pidsx,xpids", NULL},
	    {"1 0 0:1 / /a rw - cgroup none rw,name=pids", NULL},
	    {"1 0 0:1 /docker/x /a rw - cgroup2 none rw", NULL},
	    {"1 0 0:1 /.. /a rw - cgroup2 none rw", NULL},
	    {"1 0 0:1 / a rw - cgroup2 none rw", NULL},
	    {"1 0 0:1 / /a\\000b rw - cgroup2 none rw", NULL},
	    {"1 0 x:1 / /a rw - cgroup2 none rw", NULL},
	    {"1 0 0 / /a rw - cgroup2 none rw", NULL},
	    {"1 0 0:99999999999 / /a rw - cgroup2 none rw", NULL},
	    {"1 0 0:1 / /a rw cgroup2 none rw", NULL},
	    {"1 0 0:1 / /a rw -", NULL},
	    {"- cgroup2 cgroup2", NULL},
	    {"", NULL},
	    {"\n\n\n", NULL},
	    {"       ", NULL},
	};
	struct eu_cgroup_mount m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# line %s\n", cases[i].line[0] == '\n' ? "(empty)" : cases[i].line);
		assert_int_equal(find_all(cases[i].line, &m, 1), cases[i].path != NULL);
		if (cases[i].path)
			assert_string_equal(m.path, cases[i].path);
	}
}

static void skip_mount_with_path_too_long(void **state)
{
	char text[3 * PATH_MAX];
	struct eu_cgroup_mount m[2];
	int n = snprintf(text, sizeof(text), "1 0 0:1 / /");

	(void)state;
	memset(text + n, 'x', PATH_MAX);
	snprintf(text + n + PATH_MAX, sizeof(text) - (size_t)n - PATH_MAX, " rw - cgroup2 c rw\n%s",
		 hybrid);
	assert_int_equal(find_all(text, m, 2), 2);
	assert_string_equal(m[0].path, "/sys/fs/cgroup/pids");
}

static void find_pids_hierarchy_by_table(void **state)
{
	static const struct {
		const char *text;
		uint32_t hierarchy;
	} cases[] = {
	    {"#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t1\t1\npids\t8\t1\t1\n", 8},
	    {"pids\t0\t1\t1\n", 0},
	    {"pids\t12\t1\t1", 12},
	    {"cpu\t1\t1\t1\n", 0},
	    {"xpids\t3\t1\t1\n", 0},
	    {"pids\n", 0},
	    {"pids\tx\n", 0},
	    {"pids\t-1\t\n", 0},
	    {"pids\t4294967297\t\n", 0},
	    {"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(eu_cgroups_pids_hierarchy(cases[i].text, strlen(cases[i].text)),
				 cases[i].hierarchy);
}

static void find_local_mount_by_table(void **state)
{
	static const struct {
		const char *mounts;
		int len; /* of the mount point that /home/u/b lies behind */
	} cases[] = {
	    {"1 0 8:1 / / rw - ext4 x rw", 1},
	    {"1 0 8:1 / / rw - ext4 x rw\n2 1 8:2 / /home rw - xfs x rw", 5},
	    {"2 1 8:2 / /home rw - xfs x rw\n1 0 8:1 / / rw - ext4 x rw", 5},
	    {"1 0 8:1 / / rw - ext4 x rw\n2 1 8:2 / /home/u/b rw - xfs x rw", 9},
	    {"1 0 8:1 / / rw - ext4 x rw\n2 1 8:2 / /home/u/b/c rw - fuse x rw", 1},
	    {"1 0 8:1 / / rw - ext4 x rw\n2 1 8:2 / /home/u/bc rw - fuse x rw", 1},
	    {"1 0 8:1 / / rw - ext4 x rw\n2 1 8:2 / /hom rw - fuse x rw", 1},
	    {"1 0 8:1 / / rw - ext4 x rw\n2 1 8:2 / /home rw - fuse x rw", -1},
	    {"1 0 8:1 / / rw - ext4 x rw\n2 1 8:2 / /home rw - fuse.ext4 x rw", -1},
	    {"1 0 0:9 / / rw - nfs x rw\n2 1 8:2 / /home rw - ext4 x rw", -1},
	    {"1 0 8:1 / / rw - ext4 x rw\n2 1 8:2 / /home rw", -1},
	    {"2 1 8:2 / /var rw - ext4 x rw", -1},
	    {"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# mounts %zu\n", i);
		assert_int_equal(
		    eu_mountinfo_local(cases[i].mounts, strlen(cases[i].mounts), "/home/u/b"),
		    cases[i].len);
	}
}

/* What a user can have the kernel wait for is not to be opened: his own overlay may be of that. */
static void trust_mount_by_table(void **state)
{
	static const char ours[] = "30 1 0:50 / /var/lib/docker/x/merged rw - overlay o rw\n"
				   "31 1 0:51 / /somewhere rw - fuse.x f rw\n"
				   "32 1 8:1 / / rw - ext4 x rw\n";
	static const struct {
		const char *theirs;
		bool trusted;
	} cases[] = {
	    {"700 1 8:1 / / rw - ext4 x rw", true},
	    {"6 1 8:1 / / rw - ext4 x rw\n700 6 0:60 / /tmp rw shared:3 - tmpfs t rw", true},
	    {"700 1 0:50 / / rw - overlay o rw", true},
	    {"700 1 0:52 / / rw - overlay o rw", false},
	    {"700 1 0:51 / / rw - overlay o rw", false},
	    {"700 1 0:51 / / rw - fuse.x o rw", false},
	    {"700 1 0:61 / / rw - nfs4 o rw", false},
	    {"701 1 8:1 / / rw - ext4 x rw", false},
	    {"700 1 8:1 / / rw", false},
	    {"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(eu_mountinfo_trusted(cases[i].theirs, strlen(cases[i].theirs),
						      ours, strlen(ours), 700),
				 cases[i].trusted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(find_mounts_of_hybrid_machine),
	    cmocka_unit_test(find_mount_by_table),
	    cmocka_unit_test(find_local_mount_by_table),
	    cmocka_unit_test(trust_mount_by_table),
	    cmocka_unit_test(skip_mount_with_path_too_long),
	    cmocka_unit_test(find_pids_hierarchy_by_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
