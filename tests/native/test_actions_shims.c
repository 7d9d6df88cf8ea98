/* SPDX-License-Identifier: Apache-2.0 */
#include "actions/shims.h"
#include "test_actions_kit.h"

#define ARGS(text) text, sizeof(text) /* the literal's own NUL ends the last argument */

static void find_option_by_table(void **state)
{
	static const struct {
		const char *args;
		size_t len;
		bool found;
	} cases[] = {
	    {ARGS("shim\0-namespace\0moby\0-id\0abc\0-address\0/x"), true},
	    {ARGS("shim\0-id\0abc"), true},
	    {ARGS("shim\0--id\0abc"), true},
	    {ARGS("shim\0-id=abc"), true},
	    {ARGS("shim\0--id=abc"), true},
	    {ARGS("shim\0-id\0abcd"), false},
	    {ARGS("shim\0-id\0ab"), false},
	    {ARGS("shim\0-idx\0abc"), false},
	    {ARGS("shim\0-xid\0abc"), false},
	    {ARGS("shim\0id\0abc"), false},
	    {ARGS("shim\0---id\0abc"), false},
	    {ARGS("shim\0abc\0-id"), false},
	    {ARGS("shim\0-id\0"), false},
	    {ARGS(""), false},
	    {"", 0, false},
	    {"shim\0-id\0abc", 12, false}, /* cut: it may go on */
	    {"shim\0-id=abc", 12, false},
	    {"-", 1, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* A copy of just that size, so that a sanitizer sees a read behind it. */
		EU_CLEANUP(eu_freep) char *args = malloc(cases[i].len + !cases[i].len);

		assert_non_null(args);
		memcpy(args, cases[i].args, cases[i].len);
		print_message("# arguments %zu\n", i);
		assert_int_equal(eu_args_have(args, cases[i].len, "id", "abc"), cases[i].found);
	}
}

#define SHIM	"/usr/bin/containerd-shim-runc-v2"
#define TRUSTED "Name:\tx\nUid:\t0\t0\t0\t0\nNSpid:\t7\n"

/* args: space for NUL. */
static void add_process(const struct kit_tree *t, const char *pid, const char *exe,
			const char *status, const char *args, const char *cwd)
{
	char path[64], line[256];
	size_t len = strlen(args) + 1;

	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	kit_link(t, exe, path);
	snprintf(path, sizeof(path), "/proc/%s/cwd", pid);
	kit_link(t, kit_path(t, cwd), path);
	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	kit_write(t, path, status);
	memcpy(line, args, len);
	for (char *at = line; (at = strchr(at, ' '));)
		*at++ = '\0';
	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	kit_write_bytes(t, path, line, len);
}

struct seen {
	const struct kit_tree *tree;
	const char *want; /* a directory of the tree: found there */
	int calls;
	bool docker;
};

static bool see(void *data, int bundle, bool docker)
{
	struct seen *s = data;
	struct stat got, want;

	s->calls++;
	s->docker = docker;
	assert_int_equal(fstat(bundle, &got), 0);
	assert_int_equal(stat(kit_path(s->tree, s->want), &want), 0);
	return got.st_ino == want.st_ino;
}

static bool search(const struct kit_tree *t, const char *id, const char *want, struct seen *s)
{
	EU_CLEANUP(eu_closep) int proc = eu_files_open_dir(t->root, "proc", O_PATH);

	*s = (struct seen){.tree = t, .want = want};
	assert_true(proc >= 0);
	return eu_shims_search(proc, id, see, s);
}

static void find_bundle_of_shim(void **state)
{
	const struct kit_tree *t = *state;
	struct seen s;

	kit_mkdirs(t, "/state/ns/b1", 1); /* not named by the id: only the option tells */
	kit_mkdirs(t, "/proc/self", 1);
	add_process(t, "1", "/sbin/init", TRUSTED, "init -id c1", "/state/ns/b1");
	add_process(t, "30", SHIM, TRUSTED, "shim -namespace k8s.io -id c1", "/state/ns/b1");
	assert_true(search(t, "c1", "/state/ns/b1", &s));
	assert_false(s.docker);
	assert_false(search(t, "c2", "/state/ns/b1", &s));
	assert_int_equal(s.calls, 0);
}

static void find_bundle_beside_that_of_shim(void **state)
{
	const struct kit_tree *t = *state;
	struct seen s;

	kit_mkdirs(t, "/state/ns/pod", 1);
	kit_mkdirs(t, "/state/ns/c1", 1);
	kit_mkdirs(t, "/state/other", 1);
	kit_link(t, "../other", "/state/ns/c2");
	add_process(t, "30", SHIM, TRUSTED, "shim -namespace moby -id pod", "/state/ns/pod");
	assert_true(search(t, "c1", "/state/ns/c1", &s));
	assert_true(s.docker);
	assert_false(search(t, "c2", "/state/other", &s)); /* a link */
	assert_int_equal(s.calls, 0);
}

static void ignore_process_by_table(void **state)
{
	static const struct {
		const char *name, *exe, *status;
	} cases[] = {
	    {"another file", "/tmp/containerd-shim-runc-v2/evil", TRUSTED},
	    {"relative file", "containerd-shim", TRUSTED},
	    {"uid", SHIM, "Name:\tx\nUid:\t0\t0\t1000\t0\nNSpid:\t7\n"},
	    {"in a container", SHIM, "Name:\tx\nUid:\t0\t0\t0\t0\nNSpid:\t7\t1\n"},
	    {"no status", SHIM, ""},
	};
	const struct kit_tree *t = *state;
	struct seen s;

	kit_mkdirs(t, "/state/ns/c1", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char pid[16];

		snprintf(pid, sizeof(pid), "%zu", 100 + i);
		print_message("# %s\n", cases[i].name);
		add_process(t, pid, cases[i].exe, cases[i].status, "shim -id c1", "/state/ns/c1");
		assert_false(search(t, "c1", "/state/ns/c1", &s));
		assert_int_equal(s.calls, 0);
	}
	add_process(t, "200", SHIM " (deleted)", TRUSTED, "shim -id c1", "/state/ns/c1");
	assert_true(search(t, "c1", "/state/ns/c1", &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(find_option_by_table),
	    cmocka_unit_test_setup_teardown(find_bundle_of_shim, kit_setup, kit_teardown),
	    cmocka_unit_test_setup_teardown(find_bundle_beside_that_of_shim, kit_setup,
					    kit_teardown),
	    cmocka_unit_test_setup_teardown(ignore_process_by_table, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
