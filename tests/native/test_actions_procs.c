/* SPDX-License-Identifier: Apache-2.0 */
#include "actions/procs.h"
#include "test_actions_kit.h"

static void read_uid_by_table(void **state)
{
	static const struct {
		const char *text;
		int64_t uid; /* -1: none */
	} cases[] = {
	    {"Name:\tx\nUid:\t0\t0\t0\t0\nNSpid:\t77\nCap:\t0\n", 0},
	    {"Name:\tx\nUid:\t0\t0\t0\t0\nNSpid:\t77", 0},
	    {"Name:\tx\nUid:\t1000\t1000\t1000\t1000\nNSpid:\t77\n", 1000},
	    {"Name:\tx\nUid:\t4294967294\t4294967294\t4294967294\t4294967294\nNSpid:\t7\n",
	     4294967294},
	    {"Name:\tx\nUid:\t4294967296\t4294967296\t4294967296\t4294967296\nNSpid:\t7\n", -1},
	    {"Name:\tx\nUid:\t99999999999999999999\t0\t0\t0\nNSpid:\t7\n", -1},
	    {"Name:\tx\nUid:\t1000\t0\t0\t0\nNSpid:\t77\n", -1},
	    {"Name:\tx\nUid:\t0\t0\t0\t1\nNSpid:\t77\n", -1},
	    {"Name:\tx\nUid:\t0\t0\t0\nNSpid:\t77\n", -1},
	    {"Name:\tx\nUid:\t0\t0\t0\t0\t0\nNSpid:\t77\n", -1},
	    {"Name:\tx\nUid:\t0x0\t0\t0\t0\nNSpid:\t77\n", -1},
	    {"Name:\tx\nUid:\t\nNSpid:\t77\n", -1},
	    {"Name:\tx\nUid:\t0\t0\t0\t0\nNSpid:\t77\t1\n", -1},
	    {"Name:\tx\nUid:\t0\t0\t0\t0\nNSpid:\t77\t77\n", -1},
	    {"Name:\tx\nUid:\t0\t0\t0\t0\nNSpid:\t\n", -1},
	    {"Name:\tx\nUid:\t0\t0\t0\t0\n", -1},
	    {"Name:\tUid:\t0\t0\t0\t0\nNSpid:\t77\n", -1},
	    {"Name:\t\\nUid:\t0\t0\t0\t0\nUid:\t5\t5\t5\t5\nNSpid:\t77\n", 5},
	    {"Uid:\t0\t0\t0\t0\nNSpid:\t77\n", -1}, /* never the first line */
	    {"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uid_t uid = 12345;
		bool known = eu_status_uid(cases[i].text, strlen(cases[i].text), &uid);

		print_message("# status %zu\n", i);
		assert_int_equal(known, cases[i].uid >= 0);
		if (known)
			assert_int_equal(uid, cases[i].uid);
	}
}

static bool is_tool(const char *program)
{
	return !strcmp(program, "tool");
}

static bool count(void *data, int process)
{
	int *n = data;

	assert_true(process >= 0);
	return ++*n == 3;
}

static void find_processes_by_their_program(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(eu_closep) int proc = -1;
	int n = 0;

	kit_link(t, "/usr/bin/tool", "/proc/10/exe");
	kit_link(t, "/usr/bin/tool (deleted)", "/proc/11/exe");
	kit_link(t, "/usr/bin/tools", "/proc/12/exe");
	kit_link(t, "/usr/tool/other", "/proc/13/exe");
	kit_link(t, "tool", "/proc/14/exe");
	kit_link(t, " (deleted)", "/proc/15/exe");
	kit_link(t, "/usr/bin/tool", "/proc/self/exe");
	kit_mkdirs(t, "/proc/16", 1);
	proc = eu_files_open_dir(t->root, "proc", O_PATH);
	assert_false(eu_procs_search(proc, is_tool, count, &n));
	assert_int_equal(n, 2);
	assert_true(eu_procs_search(proc, is_tool, count, &n));
	assert_int_equal(n, 3);
}

static void read_own_pid_by_table(void **state)
{
	static const struct {
		const char *text;
		bool known;
		uid_t uid;
		pid_t pid;
	} cases[] = {
	    {"Name:\ta\nUid:\t1\t2\t3\t4\nNSpid:\t4711\t23\t7\n", true, 2, 7},
	    {"Name:\ta\nUid:\t1\t1\t1\t1\nNSpid:\t4711\n", true, 1, 4711},
	    {"Name:\ta\nUid:\t1\nNSpid:\t4711\n", false, 0, 0},
	    {"Name:\ta\nUid:\t1\t1\nNSpid:\t\n", false, 0, 0},
	    {"Name:\ta\nUid:\t1\t1\nNSpid:\t1 x\n", false, 0, 0},
	    {"Name:\ta\nUid:\t1\t1\nNSpid:\t4294967294\n", false, 0, 0},
	    {"", false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uid_t uid = 0;
		pid_t pid = 0;

		assert_int_equal(eu_status_own(cases[i].text, strlen(cases[i].text), &uid, &pid),
				 cases[i].known);
		assert_int_equal(uid, cases[i].uid);
		assert_int_equal(pid, cases[i].pid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read_uid_by_table),
	    cmocka_unit_test(read_own_pid_by_table),
	    cmocka_unit_test_setup_teardown(find_processes_by_their_program, kit_setup,
					    kit_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
