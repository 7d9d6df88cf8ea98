/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/ledger.h"

static void add_cpu(struct eu_kind_ledger *counts, const struct eu_cpu_ledger *cpu)
{
	uint32_t kind = counts->kind;

	/* Lost before offered: offered is counted first, so no reading can show more lost than
	 * offered. */
	counts->lost_ring += __atomic_load_n(&cpu->lost_ring[kind], __ATOMIC_ACQUIRE);
	counts->lost_program += __atomic_load_n(&cpu->lost_program[kind], __ATOMIC_ACQUIRE);
	counts->lost_map += __atomic_load_n(&cpu->lost_map[kind], __ATOMIC_ACQUIRE);
	counts->offered += __atomic_load_n(&cpu->offered[kind], __ATOMIC_ACQUIRE);
}

size_t eu_ledger_read(const struct eu_ledger *ledger, struct eu_kind_ledger *ret)
{
	size_t n = 0;

	for (uint32_t kind = 0; kind < _EU_KIND_MAX; kind++, n++) {
		ret[n] = (struct eu_kind_ledger){
		    .kind = kind,
		    .offered = ledger->missed[kind],
		    .lost_program = ledger->missed[kind],
		    .lost_collector = ledger->lost_collector[kind],
		};
		for (size_t cpu = 0; cpu < ledger->n_cpus; cpu++)
			add_cpu(&ret[n], &ledger->cpus[cpu]);
	}
	return n;
}
