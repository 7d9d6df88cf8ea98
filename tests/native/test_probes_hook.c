/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probes/hook.h"

/* A kernel: what a trial of each hook gives there; what is not listed is missing. */
struct kernel {
	struct {
		enum eu_hook hook;
		const char *target;
		int result;
	} hooks[4];
	int trials;
};

static int try_in(void *data, enum eu_hook hook, const char *target)
{
	struct kernel *kernel = data;

	kernel->trials++;
	for (size_t i = 0; i < 4 && kernel->hooks[i].target; i++) {
		if (kernel->hooks[i].hook == hook && strcmp(kernel->hooks[i].target, target) == 0)
			return kernel->hooks[i].result;
	}
	return -ENOENT;
}

static const struct eu_program programs[] = {
    {.name = "always", .use = EU_PROGRAM_ATTACH},
    {.name = "tracepoint",
     .hook = EU_HOOK_TRACEPOINT,
     .target = "cap_capable",
     .need = "security.capability"},
    {.name = "new",
     .hook = EU_HOOK_TRACEPOINT,
     .target = "submit_req",
     .need = "security.io_uring_op"},
    {.name = "exit", .hook = EU_HOOK_FEXIT, .target = "cap_capable", .need = "security.capability"},
    {.name = "old",
     .hook = EU_HOOK_TRACEPOINT,
     .target = "submit_sqe",
     .need = "security.io_uring_op"},
    {.name = "handler", .use = EU_PROGRAM_HANDLER},
    {.name = NULL},
};

enum { ALWAYS, TRACEPOINT, NEW, EXIT, OLD, HANDLER };

static struct eu_hook_choice choice_in(struct kernel *kernel)
{
	struct eu_hook_choice choice;

	memset(&choice, 0xff, sizeof(choice));
	eu_hooks_choose(programs, try_in, kernel, &choice);
	/* What needs no choice is used whatever the kernel has. */
	assert_true(choice.used[ALWAYS]);
	assert_true(choice.used[HANDLER]);
	return choice;
}

static void choose_takes_the_first_that_works_and_no_other(void **state)
{
	struct kernel kernel = {{{EU_HOOK_TRACEPOINT, "cap_capable", 0},
				 {EU_HOOK_FEXIT, "cap_capable", 0},
				 {EU_HOOK_TRACEPOINT, "submit_req", 0}},
				0};
	struct eu_hook_choice choice = choice_in(&kernel);

	(void)state;
	assert_true(choice.used[TRACEPOINT]);
	assert_false(choice.used[EXIT]);
	assert_true(choice.used[NEW]);
	assert_false(choice.used[OLD]);
	assert_string_equal(choice.hook, "tp_btf");
	assert_string_equal(choice.reason, "");
	assert_int_equal(kernel.trials, 2); /* what stands behind is not even tried */
}

static void choose_falls_back_and_says_so(void **state)
{
	struct kernel kernel = {
	    {{EU_HOOK_FEXIT, "cap_capable", 0}, {EU_HOOK_TRACEPOINT, "submit_sqe", 0}}, 0};
	struct eu_hook_choice choice = choice_in(&kernel);

	(void)state;
	assert_false(choice.used[TRACEPOINT]);
	assert_true(choice.used[EXIT]);
	assert_false(choice.used[NEW]);
	assert_true(choice.used[OLD]);
	assert_string_equal(choice.hook, "tp_btf, fexit cap_capable");
	assert_string_equal(choice.reason, "");
}

static void choose_goes_on_behind_a_refusal(void **state)
{
	struct kernel kernel = {{{EU_HOOK_TRACEPOINT, "cap_capable", -EPERM},
				 {EU_HOOK_FEXIT, "cap_capable", 0},
				 {EU_HOOK_TRACEPOINT, "submit_req", 0}},
				0};
	struct eu_hook_choice choice = choice_in(&kernel);

	(void)state;
	assert_false(choice.used[TRACEPOINT]);
	assert_true(choice.used[EXIT]);
	assert_string_equal(choice.reason, "");
}

static void choose_names_what_is_missing_and_keeps_the_rest(void **state)
{
	struct kernel kernel = {
	    {{EU_HOOK_FEXIT, "cap_capable", -EBUSY}, {EU_HOOK_TRACEPOINT, "submit_req", 0}}, 0};
	struct eu_hook_choice choice = choice_in(&kernel);

	(void)state;
	assert_false(choice.used[TRACEPOINT]);
	assert_false(choice.used[EXIT]);
	assert_true(choice.used[NEW]);
	assert_string_equal(choice.hook, "tp_btf");
	assert_string_equal(choice.reason, "no security.capability: tp_btf cap_capable missing, "
					   "fexit cap_capable: Device or resource busy");
}

static void choose_tells_of_a_hook_that_is_switched_off(void **state)
{
	struct kernel kernel = {{{EU_HOOK_FEXIT, "cap_capable", EU_HOOK_FTRACE_OFF},
				 {EU_HOOK_TRACEPOINT, "submit_req", 0}},
				0};
	struct eu_hook_choice choice = choice_in(&kernel);

	(void)state;
	assert_false(choice.used[EXIT]);
	assert_string_equal(choice.reason, "no security.capability: tp_btf cap_capable missing, "
					   "fexit cap_capable: kernel.ftrace_enabled is 0");
}

static void choose_without_any_names_each_need_once(void **state)
{
	struct kernel kernel = {0};
	struct eu_hook_choice choice = choice_in(&kernel);

	(void)state;
	for (size_t i = TRACEPOINT; i <= OLD; i++)
		assert_false(choice.used[i]);
	assert_string_equal(choice.reason,
			    "no security.capability: tp_btf cap_capable missing, fexit cap_capable "
			    "missing; no security.io_uring_op: tp_btf submit_req missing, tp_btf "
			    "submit_sqe missing");
}

/* The families that this build has. */
static void every_choice_of_a_family_is_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < _EU_OBJECT_MAX; i++) {
		size_t n = 0;

		for (const struct eu_program *p = eu_families[i].programs; p->name; p++, n++) {
			bool chosen = p->hook != EU_HOOK_SURE;

			assert_int_equal(chosen, p->target != NULL);
			assert_int_equal(chosen || p->use == EU_PROGRAM_CLOCK, p->need != NULL);
			assert_true(!chosen || p->use == EU_PROGRAM_ATTACH);
		}
		assert_true(n <= EU_LOADER_PROGRAMS_MAX);
	}
}

/* No other family is touched by what one lacks: without any of the hooks that are chosen, all
 * programs of the others are used. */
static void choose_costs_the_other_families_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < _EU_OBJECT_MAX; i++) {
		const struct eu_program *p = eu_families[i].programs;
		struct kernel kernel = {0};
		struct eu_hook_choice choice;

		eu_hooks_choose(p, try_in, &kernel, &choice);
		assert_int_equal(choice.reason[0] != '\0', i == EU_FAMILY_SECURITY);
		for (size_t k = 0; p[k].name; k++)
			assert_int_equal(choice.used[k], p[k].hook == EU_HOOK_SURE);
		assert_string_equal(choice.hook,
				    i == EU_FAMILY_PERF ? "tp_btf, perf_event" : "tp_btf");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(choose_takes_the_first_that_works_and_no_other),
	    cmocka_unit_test(choose_falls_back_and_says_so),
	    cmocka_unit_test(choose_goes_on_behind_a_refusal),
	    cmocka_unit_test(choose_names_what_is_missing_and_keeps_the_rest),
	    cmocka_unit_test(choose_tells_of_a_hook_that_is_switched_off),
	    cmocka_unit_test(choose_without_any_names_each_need_once),
	    cmocka_unit_test(every_choice_of_a_family_is_complete),
	    cmocka_unit_test(choose_costs_the_other_families_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
