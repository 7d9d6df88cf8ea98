/* SPDX-License-Identifier: Apache-2.0 */
#include "actions/args.h"
#include "test_actions_kit.h"

#define ARGS(text) text, sizeof(text) /* the literal's own NUL ends the last argument */

static void find_value_by_table(void **state)
{
	static const struct {
		const char *args;
		size_t len;
		const char *value; /* of -n, --name */
	} cases[] = {
	    {ARGS("conmon\0-c\0abc\0-n\0web\0-b\0/x"), "web"},
	    {ARGS("conmon\0--name\0web"), "web"},
	    {ARGS("conmon\0--name=web"), "web"},
	    {ARGS("conmon\0--name=\0x"), ""},
	    {ARGS("conmon\0-n\0one\0-n\0two"), "one"},
	    {ARGS("conmon\0-n\0-n\0two"), "-n"},
	    {ARGS("conmon\0-n\0"), ""},
	    {ARGS("conmon\0-n"), NULL},
	    {ARGS("conmon\0-name\0web"), NULL},
	    {ARGS("conmon\0--n\0web"), NULL},
	    {ARGS("conmon\0--names\0web"), NULL},
	    {ARGS("conmon\0n\0web"), NULL},
	    {ARGS("conmon\0--exit-command-arg\0-n\0evil\0-n\0web"), "web"},
	    {ARGS("conmon\0--runtime-arg\0--name=evil"), NULL},
	    {ARGS("conmon\0--runtime-arg=x\0--name=web"), "web"},
	    {ARGS("-arg\0-n\0web"), "web"}, /* too short to be an option */
	    {ARGS(""), NULL},
	    {"", 0, NULL},
	    {"conmon\0-n\0web", 13, NULL}, /* cut: it may go on */
	    {"conmon\0--name=web", 17, NULL},
	    {"-", 1, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* A copy of just that size, so that a sanitizer sees a read behind it. */
		EU_CLEANUP(eu_freep) char *args = malloc(cases[i].len + !cases[i].len);
		const char *value;

		assert_non_null(args);
		memcpy(args, cases[i].args, cases[i].len);
		print_message("# arguments %zu\n", i);
		value = eu_args_value(args, cases[i].len, "n", "name");
		assert_int_equal(value != NULL, cases[i].value != NULL);
		if (value)
			assert_string_equal(value, cases[i].value);
	}
}

static void find_flag(void **state)
{
	static const char args[] = "conmon\0-e\0-c\0abc\0--syslog";

	(void)state;
	assert_true(eu_args_flag(args, sizeof(args), "e", "exec"));
	assert_true(eu_args_flag(args, sizeof(args), NULL, "syslog"));
	assert_false(eu_args_flag(args, sizeof(args), "s", "sys"));
	assert_false(eu_args_flag(args, sizeof(args), "abc", "abc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(find_value_by_table),
	    cmocka_unit_test(find_flag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
