/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "collector/kernel_symbol.h"

static void parse_text_by_table(void **state)
{
	static const struct {
		const char *text, *function, *module;
		uint64_t offset;
	} cases[] = {
	    {"vfs_read+0x1c/0x3d0", "vfs_read", "[kernel]", 0x1c},
	    {"do_syscall_64+0x0/0x290", "do_syscall_64", "[kernel]", 0},
	    {"nft_do_chain+0x9f/0x4a0 [nf_tables]", "nft_do_chain", "[nf_tables]", 0x9f},
	    {"bpf_prog_6deef7357e7b4530_x+0x1/0x7 [bpf]", "bpf_prog_6deef7357e7b4530_x", "[bpf]",
	     1},
	    {"a_name_that_was_cut", "a_name_that_was_cut", "[kernel]", 0},
	    {"bad\xff+0x1/0x2", "bad?", "[kernel]", 1},
	    {"0xffffffffc0201000", "", "", 0},
	    {"0x0", "", "", 0},
	    {"", "", "", 0},
	};
	static eunomia_collector_v1_Symbol symbol;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		eu_kernel_symbol_parse(cases[i].text, &symbol);
		assert_string_equal(symbol.function, cases[i].function);
		assert_string_equal(symbol.module, cases[i].module);
		assert_int_equal(symbol.offset, cases[i].offset);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parse_text_by_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
