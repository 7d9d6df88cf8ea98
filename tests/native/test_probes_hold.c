/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "probes/hold.h"

#define OPEN(which)                                                                                \
	{                                                                                          \
		.code = BPF_JMP | BPF_CALL, .imm = EU_HOLD_CALLS + (which)                         \
	}
#define HELPER                                                                                     \
	{                                                                                          \
		.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ktime_get_boot_ns                      \
	}

static void fills_in_the_kernels_functions(void **state)
{
	struct bpf_insn insns[] = {OPEN(EU_HOLD_PREEMPT_DISABLE), HELPER,
				   OPEN(EU_HOLD_IRQ_RESTORE)};
	struct eu_hold hold = {.used = true, .ids = {11, 12, 13, 14}};

	(void)state;
	eu_hold_resolve(&hold, insns, 3);
	assert_int_equal(insns[0].code, BPF_JMP | BPF_CALL);
	assert_int_equal(insns[0].src_reg, BPF_PSEUDO_KFUNC_CALL);
	assert_int_equal(insns[0].imm, 11);
	assert_int_equal(insns[1].src_reg, 0);
	assert_int_equal(insns[1].imm, BPF_FUNC_ktime_get_boot_ns);
	assert_int_equal(insns[2].imm, 14);
}

static void takes_them_out_where_they_are_not_needed(void **state)
{
	struct bpf_insn insns[] = {OPEN(EU_HOLD_PREEMPT_ENABLE), HELPER};
	struct eu_hold hold = {.ids = {11, 12, 13, 14}};

	(void)state;
	eu_hold_resolve(&hold, insns, 2);
	assert_int_equal(insns[0].code, BPF_ALU64 | BPF_MOV | BPF_K);
	assert_int_equal(insns[0].imm, 0);
	assert_int_equal(insns[1].code, BPF_JMP | BPF_CALL);
}

static void is_for_kernels_that_preempt_programs(void **state)
{
	struct eu_hold hold = {.used = true};

	(void)state;
	eu_hold_find("6.18.44-amd64", &hold);
	assert_false(hold.used);
	assert_int_equal(hold.ids[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fills_in_the_kernels_functions),
	    cmocka_unit_test(takes_them_out_where_they_are_not_needed),
	    cmocka_unit_test(is_for_kernels_that_preempt_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
