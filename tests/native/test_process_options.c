/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "process/options.h"

#define ARGS_MAX 24

/* Splits line at blanks and parses it behind a program name. */
static int parse(struct eu_options *ret, const char *line, char *error, size_t size)
{
	static char copy[2048];
	char *argv[ARGS_MAX + 2] = {(char[]){"eunomia-collector"}};
	int argc = 1;

	strcpy(copy, line);
	for (char *word = strtok(copy, " "); word && argc < ARGS_MAX; word = strtok(NULL, " "))
		argv[argc++] = word;
	return eu_options_parse(ret, argc, argv, error, size);
}

static void accept_what_is_documented(void **state)
{
	struct eu_options o;
	char error[256];

	(void)state;
	assert_int_equal(
	    parse(&o,
		  "--socket /run/x.sock --allow-uid 1000 --allow-uid 0 --runtime-root /data "
		  "--ring-bytes 1048576 --verbose",
		  error, sizeof(error)),
	    0);
	assert_string_equal(o.socket_path, "/run/x.sock");
	assert_int_equal(o.n_uids, 2);
	assert_int_equal(o.uids[0], 1000);
	assert_string_equal(o.runtime_roots[0], "/data");
	assert_int_equal(o.ring_bytes, 1048576);
	assert_true(o.verbose);
	assert_false(o.supervise);
}

static void keep_the_command_behind_the_dashes(void **state)
{
	struct eu_options o;
	char error[256];

	(void)state;
	assert_int_equal(
	    parse(&o, "--supervise -- /bin/eunomiactl run --help -- x", error, sizeof(error)), 0);
	assert_true(o.supervise);
	assert_false(o.help);
	assert_string_equal(o.command[0], "/bin/eunomiactl");
	assert_string_equal(o.command[2], "--help");
	assert_string_equal(o.command[4], "x");
	assert_null(o.command[5]);
}

static void refuse_with_one_line_that_names_the_option(void **state)
{
	static const struct {
		const char *line, *named;
	} cases[] = {
	    {"", "--socket"},
	    {"--nonsense", "--nonsense"},
	    {"--socket", "--socket"},
	    {"--socket relative.sock", "relative.sock"},
	    {"--socket /a --socket-fd 3", "--socket"},
	    {"--socket-fd 2", "--socket-fd 2"},
	    {"--socket-fd 99999999999", "--socket-fd"},
	    {"--socket /a --allow-uid -1", "--allow-uid -1"},
	    {"--socket /a --allow-uid 4294967295", "--allow-uid"},
	    {"--socket /a --allow-uid 1x", "--allow-uid 1x"},
	    {"--socket /a --ring-bytes 1", "--ring-bytes 1"},
	    {"--socket /a --runtime-root data", "--runtime-root data"},
	    {"--socket /a --pin pins", "--pin pins"},
	    {"--socket /a --pin", "--pin"},
	    {"--supervise", "--supervise"},
	    {"--supervise --socket /a -- x", "--supervise"},
	    {"--socket /a -- x", "--"},
	};
	struct eu_options o = {.ring_bytes = 42};
	char error[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(&o, cases[i].line, error, sizeof(error)), -EINVAL);
		assert_non_null(strstr(error, cases[i].named));
		assert_null(strchr(error, '\n'));
		assert_int_equal(o.ring_bytes, 42);
	}
}

static void refuse_more_than_the_list_holds(void **state)
{
	struct eu_options o;
	char *argv[2 * (EU_OPTION_LIST_MAX + 1) + 4] = {(char[]){"c"}, (char[]){"--socket"},
							(char[]){"/a"}};
	char error[256];
	int argc = 3;

	(void)state;
	for (int i = 0; i <= EU_OPTION_LIST_MAX; i++) {
		argv[argc++] = (char[]){"--allow-uid"};
		argv[argc++] = (char[]){"1"};
	}
	assert_int_equal(eu_options_parse(&o, argc, argv, error, sizeof(error)), -EINVAL);
	assert_int_equal(eu_options_parse(&o, argc - 2, argv, error, sizeof(error)), 0);
	assert_int_equal(o.n_uids, EU_OPTION_LIST_MAX);
}

static void document_every_option(void **state)
{
	static const char *const names[] = {"--socket",	   "--socket-fd",    "--supervise",
					    "--allow-uid", "--runtime-root", "--ring-bytes",
					    "--verbose",   "--version",	     "--pin"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_non_null(strstr(eu_options_usage, names[i]));
}

static void allow_what_is_said(void **state)
{
	struct eu_options o;
	char error[256];

	(void)state;
	assert_int_equal(parse(&o, "--socket /run/x.sock", error, sizeof(error)), 0);
	assert_int_equal(o.allow, 0);
	assert_int_equal(parse(&o, "--socket /run/x.sock --allow signal,deny --allow-host", error,
			       sizeof(error)),
			 0);
	assert_int_equal(o.allow, EU_ALLOW_SIGNAL | EU_ALLOW_DENY | EU_ALLOW_HOST);
	assert_int_equal(parse(&o, "--socket /run/x.sock --allow signal,", error, sizeof(error)),
			 -EINVAL);
	assert_int_equal(parse(&o, "--socket /run/x.sock --allow seccomp", error, sizeof(error)),
			 -EINVAL);
	assert_int_equal(parse(&o, "--socket /run/x.sock --allow-host", error, sizeof(error)),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accept_what_is_documented),
	    cmocka_unit_test(keep_the_command_behind_the_dashes),
	    cmocka_unit_test(refuse_with_one_line_that_names_the_option),
	    cmocka_unit_test(refuse_more_than_the_list_holds),
	    cmocka_unit_test(document_every_option),
	    cmocka_unit_test(allow_what_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
