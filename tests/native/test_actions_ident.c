/* SPDX-License-Identifier: Apache-2.0 */
#include "actions/ident.h"
#include "actions/protocol.h"
#include "test_actions_kit.h"

static void validate_id_by_table(void **state)
{
	static const struct {
		const char *id;
		bool valid;
	} cases[] = {
	    {KIT_ID, true},
	    {"a", true},
	    {"7", true},
	    {"web-1_x.y+z", true},
	    {"a..b", true},
	    {"", false},
	    {".", false},
	    {"..", false},
	    {"../x", false},
	    {"a/b", false},
	    {"/a", false},
	    {"a/../b", false},
	    {"-id", false},
	    {"_a", false},
	    {"+a", false},
	    {".hidden", false},
	    {"a b", false},
	    {"a\n", false},
	    {"a\tb", false},
	    {"a%2f", false},
	    {"a\\b", false},
	    {"a:b", false},
	    {"a*", false},
	    {"a\x7f", false},
	    {"caf\xc3\xa9", false},
	    {"\xe2\x80\xae"
	     "a",
	     false},
	    {"a\xff", false},
	    {"a\x01", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# id %zu \"%s\"\n", i, cases[i].valid ? cases[i].id : "(bad)");
		assert_int_equal(eu_container_id_valid(cases[i].id, strlen(cases[i].id) + 1),
				 cases[i].valid);
	}
}

static void validate_id_at_the_longest(void **state)
{
	char id[EU_ACTIONS_ID_MAX + 2];

	(void)state;
	memset(id, 'a', sizeof(id));
	id[EU_ACTIONS_ID_MAX] = '\0';
	assert_true(eu_container_id_valid(id, sizeof(id)));
	id[EU_ACTIONS_ID_MAX] = 'a';
	id[EU_ACTIONS_ID_MAX + 1] = '\0';
	assert_false(eu_container_id_valid(id, sizeof(id)));
}

static void refuse_id_without_end(void **state)
{
	char id[4] = {'a', 'a', 'a', 'a'};

	(void)state;
	assert_false(eu_container_id_valid(id, sizeof(id)));
	assert_false(eu_container_id_valid(id, 0));
}

static void validate_docker_id_by_table(void **state)
{
	(void)state;
	assert_true(eu_docker_id_valid(KIT_ID));
	assert_false(eu_docker_id_valid("b2b2a3c3f4f5"));
	assert_false(eu_docker_id_valid(KIT_ID "0"));
	assert_false(
	    eu_docker_id_valid("B2b2a3c3f4f5bead884fd30c50275505c3a71d9b582b22b53f889c041368473b"));
	assert_false(eu_docker_id_valid(""));
}

static void simplify_host_path_by_table(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* NULL: refused */
	} cases[] = {
	    {"/run/x", "run/x"},
	    {"/a", "a"},
	    {"/var/run/a/b", "run/a/b"},
	    {"/var/runner", "var/runner"},
	    {"/var/run", "var/run"},
	    {"/a/..b", "a/..b"},
	    {"/a/...", "a/..."},
	    {"", NULL},
	    {"/", NULL},
	    {"a/b", NULL},
	    {"//a", NULL},
	    {"/a//b", NULL},
	    {"/a/", NULL},
	    {"/a/../b", NULL},
	    {"/..", NULL},
	    {"/a/.", NULL},
	    {"/./a", NULL},
	    {"/var/run/", NULL},
	    {"/var/run/../x", NULL},
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r = eu_host_path(out, sizeof(out), cases[i].in);

		print_message("# path %s\n", cases[i].in);
		assert_int_equal(r, cases[i].out ? 0 : -22);
		if (cases[i].out)
			assert_string_equal(out, cases[i].out);
	}
}

static void refuse_host_path_too_long(void **state)
{
	char out[4];

	(void)state;
	assert_int_equal(eu_host_path(out, sizeof(out), "/abc"), 0);
	assert_int_equal(eu_host_path(out, sizeof(out), "/abcd"), -22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(validate_id_by_table),
	    cmocka_unit_test(validate_id_at_the_longest),
	    cmocka_unit_test(refuse_id_without_end),
	    cmocka_unit_test(validate_docker_id_by_table),
	    cmocka_unit_test(simplify_host_path_by_table),
	    cmocka_unit_test(refuse_host_path_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
