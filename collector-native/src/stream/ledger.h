/* SPDX-License-Identifier: Apache-2.0 */
/* The account: what the eBPF programs counted, and what was lost on the collector's own side. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "eunomia/control.h"

/* One kind, cumulative since the collector's start: offered = handed to the stream or still in a
 * ring + all lost_*. */
struct eu_kind_ledger {
	uint32_t kind;
	uint64_t offered;
	uint64_t lost_ring;
	uint64_t lost_program;
	uint64_t lost_map;
	uint64_t lost_collector;
};

struct eu_ledger {
	const struct eu_cpu_ledger
	    *cpus; /* the kernel's counters, one per possible CPU; borrowed */
	size_t n_cpus;
	uint64_t missed[EU_KIND_SLOTS]; /* runs a program did not get; by its statistics */
	uint64_t lost_collector[EU_KIND_SLOTS];
};

/*
 * Cumulative counts of every kind from 0 to _EU_KIND_MAX - 1, in that order. A missed run counts as
 * offered and as lost by the program: the event happened, nobody counted it. Kind 0 stands for
 * system calls of which it is not known what they would have told. ret has room for _EU_KIND_MAX.
 * Returns how many were written.
 */
size_t eu_ledger_read(const struct eu_ledger *ledger, struct eu_kind_ledger *ret);
