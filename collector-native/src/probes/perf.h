/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's performance events of each CPU: clocks that run a program, and counters that
 * programs read. CPUs that are not online have none. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Has every CPU's clock run the program, hz times a second of not being idle. Returns how many
 * links that makes, at most n_cpus, one each in ret_links: the caller's, who stops the clock by
 * closing it. -errno when one is refused; then nothing is left attached.
 */
int eu_perf_clocks_attach(int program, uint32_t hz, size_t n_cpus, int *ret_links);

/*
 * Begins to count. The events live until they are taken out of the map again (events: by CPU and
 * enum eu_perf_counter); cpus is told which there are. 0, or -errno when not a single one can be
 * had.
 */
int eu_perf_counters_open(int events, int cpus, size_t n_cpus);
