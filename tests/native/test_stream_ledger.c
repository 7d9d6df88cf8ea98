/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stream/ledger.h"
#include "stream/pace.h"

#define EXEC	  EU_KIND_PROCESS_EXEC
#define ROW(kind) (kind)

static void read_sums_all_cpus(void **state)
{
	struct eu_cpu_ledger *cpus = aligned_alloc(EU_CACHE_LINE, 2 * sizeof(*cpus));
	struct eu_kind_ledger rows[_EU_KIND_MAX];
	struct eu_ledger ledger = {.cpus = cpus, .n_cpus = 2};

	(void)state;
	cpus[0] = cpus[1] = (struct eu_cpu_ledger){0};
	cpus[0].offered[EXEC] = 10;
	cpus[1].offered[EXEC] = 5;
	cpus[1].lost_ring[EXEC] = 3;
	cpus[0].lost_program[EXEC] = 1;
	cpus[0].lost_map[EXEC] = 1;
	ledger.lost_collector[EXEC] = 4;
	assert_int_equal(eu_ledger_read(&ledger, rows), _EU_KIND_MAX);
	assert_int_equal(rows[ROW(EXEC)].kind, EXEC);
	assert_int_equal(rows[ROW(EXEC)].offered, 15);
	assert_int_equal(rows[ROW(EXEC)].lost_ring, 3);
	assert_int_equal(rows[ROW(EXEC)].lost_program, 1);
	assert_int_equal(rows[ROW(EXEC)].lost_map, 1);
	assert_int_equal(rows[ROW(EXEC)].lost_collector, 4);
	assert_int_equal(rows[ROW(EU_KIND_PROCESS_FORK)].offered, 0);
	free(cpus);
}

static void count_a_missed_run_as_offered_and_lost(void **state)
{
	struct eu_kind_ledger rows[_EU_KIND_MAX];
	struct eu_ledger ledger = {.missed[EXEC] = 7, .missed[EU_KIND_UNSPECIFIED] = 3};

	(void)state;
	eu_ledger_read(&ledger, rows);
	assert_int_equal(rows[ROW(EXEC)].offered, 7);
	assert_int_equal(rows[ROW(EXEC)].lost_program, 7);
	assert_int_equal(rows[ROW(EU_KIND_UNSPECIFIED)].offered, 3);
	assert_int_equal(rows[ROW(EU_KIND_UNSPECIFIED)].lost_program, 3);
}

static void pause_grows_while_records_come(void **state)
{
	struct eu_pace pace = {0};

	(void)state;
	assert_int_equal(eu_pace_next(&pace, false), 0);
	assert_int_equal(eu_pace_next(&pace, true), EU_PACE_MIN_NS);
	assert_int_equal(eu_pace_next(&pace, true), 2 * EU_PACE_MIN_NS);
	for (int i = 0; i < 10; i++)
		assert_true(eu_pace_next(&pace, true) <= EU_PACE_MAX_NS);
	assert_int_equal(eu_pace_next(&pace, true), EU_PACE_MAX_NS);
	assert_int_equal(eu_pace_next(&pace, false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read_sums_all_cpus),
	    cmocka_unit_test(count_a_missed_run_as_offered_and_lost),
	    cmocka_unit_test(pause_grows_while_records_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
