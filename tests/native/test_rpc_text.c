/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rpc/text.h"

static int64_t timeout_of(const char *text)
{
	int64_t ns = -2;

	return eu_rpc_timeout_parse((const uint8_t *)text, strlen(text), &ns) ? ns : -1;
}

static void parse_every_unit(void **state)
{
	(void)state;
	assert_int_equal(timeout_of("0n"), 0);
	assert_int_equal(timeout_of("7n"), 7);
	assert_int_equal(timeout_of("7u"), 7000);
	assert_int_equal(timeout_of("300m"), 300000000);
	assert_int_equal(timeout_of("5S"), 5000000000);
	assert_int_equal(timeout_of("2M"), 120000000000);
	assert_int_equal(timeout_of("1H"), 3600000000000);
	assert_int_equal(timeout_of("00000001S"), 1000000000);
	assert_int_equal(timeout_of("99999999S"), 99999999000000000);
}

static void cap_what_does_not_fit(void **state)
{
	(void)state;
	assert_int_equal(timeout_of("99999999H"), INT64_MAX);
}

static void refuse_malformed_timeout(void **state)
{
	static const char *const wrong[] = {"",	    "1",   "S",		 "1s", "-1S",
					    "1.5S", "1 S", "100000000n", "1SS"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(timeout_of(wrong[i]), -1);
}

static void cut_at_character_border(void **state)
{
	const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x9bz"; /* 1, 2, 3, 4 and 1 bytes */
	static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

	(void)state;
	for (size_t max = 0; max < sizeof(want) / sizeof(want[0]); max++)
		assert_int_equal(eu_utf8_cut(text, strlen(text), max), want[max]);
	/* What is no UTF-8 is cut anywhere. */
	assert_int_equal(eu_utf8_cut("\x80\x80\x80\x80\x80", 5, 4), 4);
	assert_int_equal(eu_utf8_cut("\xff\xff\xff", 3, 2), 2);
}

static void know_characters(void **state)
{
	static const char *const good[] = {"a",
					   "\xc2\x80",
					   "\xe0\xa0\x80",
					   "\xed\x9f\xbf",
					   "\xef\xbf\xbf",
					   "\xf0\x90\x80\x80",
					   "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {
	    "",	     "\x80",	     "\xc0\x80",	 "\xc1\xbf",	     "\xc2",
	    "\xc2z", "\xe0\x9f\xbf", "\xed\xa0\x80",	 "\xe2\x82",	     "\xff",
	    "\xfe",  "\xf8\x88",     "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(eu_utf8_character(good[i]), strlen(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(eu_utf8_character(bad[i]), 0);
}

static void quote_message(void **state)
{
	char quoted[EU_RPC_MESSAGE_QUOTED];

	(void)state;
	eu_rpc_message_quote(quoted, "");
	assert_string_equal(quoted, "");
	eu_rpc_message_quote(quoted, " ~%\t\x7f\n\xc3\xa4");
	assert_string_equal(quoted, " ~%25%09%7F%0A%C3%A4");
}

static void quote_longest_message(void **state)
{
	char text[2 * EU_RPC_MESSAGE_MAX + 1];
	char quoted[EU_RPC_MESSAGE_QUOTED];

	(void)state;
	memset(text, '%', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	eu_rpc_message_quote(quoted, text);
	assert_int_equal(strlen(quoted), 3 * EU_RPC_MESSAGE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parse_every_unit),		cmocka_unit_test(cap_what_does_not_fit),
	    cmocka_unit_test(refuse_malformed_timeout), cmocka_unit_test(cut_at_character_border),
	    cmocka_unit_test(know_characters),		cmocka_unit_test(quote_message),
	    cmocka_unit_test(quote_longest_message),
	};

	return cmocka_run_group_tests_name("rpc_text", tests, NULL, NULL);
}
