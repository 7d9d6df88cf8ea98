/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "test_actions_kit.h"

/* Opens "dir/file" of the tree as a state file; returns 0 or -errno. */
static int open_state(const struct kit_tree *t, const char *path)
{
	struct stat st;
	int fd = eu_files_open_state(t->root, path, 0, &st);

	if (fd < 0)
		return fd;
	assert_true(S_ISREG(st.st_mode));
	close(fd);
	return 0;
}

static void open_state_that_is_fine(void **state)
{
	const struct kit_tree *t = *state;

	kit_require_root();
	kit_write(t, "/dir/file", "{}");
	assert_int_equal(open_state(t, "dir/file"), 0);
	assert_int_equal(open_state(t, "dir/none"), -ENOENT);
	assert_int_equal(open_state(t, "file/none"), -ENOENT);
}

static void refuse_state_behind_links(void **state)
{
	const struct kit_tree *t = *state;

	kit_require_root();
	kit_write(t, "/dir/file", "{}");
	kit_link(t, "file", "/dir/link");
	kit_link(t, "dir", "/linked");
	kit_link(t, "/etc/hostname", "/dir/out");
	assert_int_equal(open_state(t, "dir/link"), -ELOOP);
	assert_int_equal(open_state(t, "linked/file"), -ELOOP);
	assert_int_equal(open_state(t, "dir/out"), -ELOOP);
}

static void refuse_state_outside(void **state)
{
	const struct kit_tree *t = *state;

	kit_write(t, "/dir/file", "{}");
	assert_int_equal(open_state(t, "../etc/hostname"), -EXDEV);
	assert_int_equal(open_state(t, "/etc/hostname"), -EXDEV);
	assert_int_equal(open_state(t, "dir/../../etc/hostname"), -EXDEV);
}

static void refuse_state_of_others(void **state)
{
	const struct kit_tree *t = *state;

	kit_require_root();
	kit_write(t, "/mine", "{}");
	kit_write(t, "/theirs", "{}");
	kit_write(t, "/open", "{}");
	assert_int_equal(chown(kit_path(t, "/theirs"), 1000, 0), 0);
	assert_int_equal(chmod(kit_path(t, "/open"), 0666), 0);
	assert_int_equal(open_state(t, "mine"), 0);
	assert_int_equal(open_state(t, "theirs"), -EPERM);
	assert_int_equal(open_state(t, "open"), -EPERM);
}

static void refuse_state_over_cap(void **state)
{
	const struct kit_tree *t = *state;

	kit_require_root();
	kit_write(t, "/full", "");
	kit_write(t, "/over", "");
	assert_int_equal(truncate(kit_path(t, "/full"), EU_STATE_FILE_MAX), 0);
	assert_int_equal(truncate(kit_path(t, "/over"), EU_STATE_FILE_MAX + 1), 0);
	assert_int_equal(open_state(t, "full"), 0);
	assert_int_equal(open_state(t, "over"), -EFBIG);
}

/* alarm: a test that hangs is a test that fails. */
static void refuse_state_that_is_no_file(void **state)
{
	const struct kit_tree *t = *state;

	kit_require_root();
	kit_mkdirs(t, "/dir", 1);
	assert_int_equal(mkfifo(kit_path(t, "/fifo"), 0600), 0);
	assert_int_equal(mknod(kit_path(t, "/null"), S_IFCHR | 0600, 0x103), 0);
	alarm(10);
	assert_int_equal(open_state(t, "fifo"), -EPERM);
	assert_int_equal(open_state(t, "null"), -EPERM);
	assert_int_equal(open_state(t, "dir"), -EPERM);
	alarm(0);
}

static void follow_links_to_directory_inside_only(void **state)
{
	const struct kit_tree *t = *state;
	int fd;

	kit_write(t, "/data/docker/file", "{}");
	kit_link(t, "/data", "/var/lib");
	kit_link(t, "../../../../etc", "/up");
	kit_mkdirs(t, "/etc/here", 1);
	fd = eu_files_open_dir(t->root, "/var/lib/docker", O_PATH);
	assert_true(fd >= 0);
	close(fd);
	fd = eu_files_open_dir(t->root, "/up/here", O_PATH);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(eu_files_open_dir(t->root, "/data/docker/file", O_PATH), -ENOTDIR);
}

static void read_text_up_to_max(void **state)
{
	const struct kit_tree *t = *state;
	EU_CLEANUP(eu_freep) char *text = NULL;
	EU_CLEANUP(eu_freep) char *big = calloc(1, 200000);
	size_t len = 7;

	kit_write(t, "/empty", "");
	assert_int_equal(eu_files_read_text(t->root, "empty", 10, &text, &len), 0);
	assert_int_equal(len, 0);
	free(EU_TAKE_PTR(text));
	kit_write_bytes(t, "/big", big, 200000);
	assert_int_equal(eu_files_read_text(t->root, "big", 200000, &text, &len), 0);
	assert_int_equal(len, 200000);
	free(EU_TAKE_PTR(text));
	assert_int_equal(eu_files_read_text(t->root, "big", 199999, &text, &len), -EFBIG);
	assert_null(text);
	assert_int_equal(eu_files_read_text(t->root, "none", 10, &text, &len), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(open_state_that_is_fine, kit_setup, kit_teardown),
	    cmocka_unit_test_setup_teardown(refuse_state_behind_links, kit_setup, kit_teardown),
	    cmocka_unit_test_setup_teardown(refuse_state_outside, kit_setup, kit_teardown),
	    cmocka_unit_test_setup_teardown(refuse_state_of_others, kit_setup, kit_teardown),
	    cmocka_unit_test_setup_teardown(refuse_state_over_cap, kit_setup, kit_teardown),
	    cmocka_unit_test_setup_teardown(refuse_state_that_is_no_file, kit_setup, kit_teardown),
	    cmocka_unit_test_setup_teardown(follow_links_to_directory_inside_only, kit_setup,
					    kit_teardown),
	    cmocka_unit_test_setup_teardown(read_text_up_to_max, kit_setup, kit_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
