/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's performance events of each CPU: clocks that run a program, and counters that
 * programs read. CPUs that are not online have none. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "eunomia/event.h"

#define EU_PERF_CLOCKS 2 /* how many programs may be run by clocks of their own */

/*
 * Some kernels let only CAP_SYS_ADMIN open events (Debian's and Ubuntu's, with
 * kernel.perf_event_paranoid above 2). On these they are opened, and left standing, before that is
 * given up.
 */
struct eu_perf_reserve {
	int *fds; /* by CPU: counters, then clocks; or -errno. NULL: nothing is reserved */
	size_t n_cpus;
};

/* Without the right, or where there is no need, there is no reserve. */
void eu_perf_reserve_open(struct eu_perf_reserve *ret);
void eu_perf_reserve_close(struct eu_perf_reserve *reserve);
/* They stand again. */
void eu_perf_reserve_stop(const struct eu_perf_reserve *reserve);

/*
 * Has every CPU's clock run the program, hz times a second of not being idle. which: below
 * EU_PERF_CLOCKS, not in use. Returns how many links that makes, at most n_cpus, one each in
 * ret_links: the caller's, who ends it by closing them. -errno when one is refused; then nothing is
 * left attached.
 */
int eu_perf_clocks_attach(const struct eu_perf_reserve *reserve, uint32_t which, int program,
			  uint32_t hz, size_t n_cpus, int *ret_links);

/*
 * Begins to count. The events live until they are taken out of the map again (events: by CPU and
 * enum eu_perf_counter); cpus is told which there are. 0, or -errno when not a single one can be
 * had.
 */
int eu_perf_counters_open(const struct eu_perf_reserve *reserve, int events, int cpus,
			  size_t n_cpus);
void eu_perf_counters_close(int events, size_t n_cpus);

/* Why events are refused, in one line. */
void eu_perf_refusal(int err, char *buf, size_t size);
