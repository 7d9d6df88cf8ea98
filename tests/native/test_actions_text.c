/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "actions/text.h"
#include "test_actions_kit.h"

static void copy_text_by_table(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* into 8 bytes */
		bool whole;
	} cases[] = {
	    {"", "", true},
	    {"short", "short", true},
	    {"1234567", "1234567", true},
	    {"12345678", "1234567", false},
	    {"123456\xc3\xa9", "123456", false}, /* cut before the character */
	    {"12345\xe2\x82\xac", "12345", false},
	    {"1234\xe2\x82\xac", "1234\xe2\x82\xac", true},
	    {"\xf0\x9f\x90\xb3", "\xf0\x9f\x90\xb3", true},
	    {"a\xff"
	     "b",
	     "a", false},	       /* not UTF-8 */
	    {"a\x80", "a", false},     /* begins in the middle */
	    {"a\xc3", "a", false},     /* ends in the middle */
	    {"a\xc0\xaf", "a", false}, /* overlong */
	    {"a\xe0\x80\xaf", "a", false},
	    {"a\xed\xa0\x80", "a", false},     /* surrogate */
	    {"a\xf4\x90\x80\x80", "a", false}, /* beyond U+10FFFF */
	    {"a\xf8\x88\x80\x80", "a", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[8] = "xxxxxxx";

		print_message("# text %zu\n", i);
		assert_int_equal(eu_text_copy(out, sizeof(out), cases[i].in, strlen(cases[i].in)),
				 cases[i].whole);
		assert_string_equal(out, cases[i].out);
		assert_true(eu_text_valid(out, sizeof(out)));
	}
}

static void refuse_text_nobody_copied(void **state)
{
	(void)state;
	assert_false(eu_text_valid("abcd", 4)); /* no end */
	assert_false(eu_text_valid("a\0b", 4)); /* something behind the end */
	assert_false(eu_text_valid("a\xff\0", 4));
	assert_true(eu_text_valid("abc", 4));
	assert_true(eu_text_valid("\0\0\0", 4));
}

static void parse_time_by_table(void **state)
{
	static const struct {
		const char *text;
		int r;
		int64_t ns;
	} cases[] = {
	    {"1970-01-01T00:00:00Z", 0, 0},
	    {"1970-01-01T00:00:00.000000001Z", 0, 1},
	    {"2026-11-23T09:33:08.083992033Z", 0, 1795426388083992033},
	    {"2026-11-23T10:33:08.083992033+01:00", 0, 1795426388083992033},
	    {"2026-11-23T04:03:08.083992033-05:30", 0, 1795426388083992033},
	    {"2000-02-29T12:00:00Z", 0, 951825600000000000},
	    {"2100-03-01T00:00:00Z", 0, 4107542400000000000},
	    {"2024-12-31T23:59:60Z", 0, 1735689600000000000},
	    {"2261-12-31T23:59:59.999999999Z", 0, 9214646399999999999},
	    {"2020-01-01T00:00:00.5Z", 0, 1577836800500000000},
	    {"2020-01-01T00:00:00.1234567899999Z", 0, 1577836800123456789},
	    {"0001-01-01T00:00:00Z", -ERANGE, 0},
	    {"2262-01-01T00:00:00Z", -ERANGE, 0},
	    {"9999-12-31T23:59:59Z", -ERANGE, 0},
	    {"", -EINVAL, 0},
	    {"2020", -EINVAL, 0},
	    {"2020-13-01T00:00:00Z", -EINVAL, 0},
	    {"2020-00-01T00:00:00Z", -EINVAL, 0},
	    {"2020-01-32T00:00:00Z", -EINVAL, 0},
	    {"2020-01-01T24:00:00Z", -EINVAL, 0},
	    {"2020-01-01T00:00:00", -EINVAL, 0},
	    {"2020-01-01T00:00:00.Z", -EINVAL, 0},
	    {"2020-01-01 00:00:00Z", -EINVAL, 0},
	    {"2020-01-01T00:00:00Zx", -EINVAL, 0},
	    {"2020-01-01T00:00:00+1:00", -EINVAL, 0},
	    {"2020-01-01T00:00:00+01:00x", -EINVAL, 0},
	    {"-020-01-01T00:00:00Z", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ns = 0;

		print_message("# time %s\n", cases[i].text);
		assert_int_equal(eu_parse_rfc3339(cases[i].text, &ns), cases[i].r);
		assert_int_equal(ns, cases[i].ns);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(copy_text_by_table),
	    cmocka_unit_test(refuse_text_nobody_copied),
	    cmocka_unit_test(parse_time_by_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
