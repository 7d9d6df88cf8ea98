/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "eunomia/control.h"
#include "probes/perf.h"
#include "util/cleanup.h"

#define NS_PER_SECOND 1000000000u

static const struct {
	uint32_t type;
	uint64_t config;
} counters[] = {
    [EU_PERF_CPU_CYCLES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    [EU_PERF_INSTRUCTIONS] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    [EU_PERF_CACHE_REFERENCES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES},
    [EU_PERF_CACHE_MISSES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
    [EU_PERF_BRANCHES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS},
    [EU_PERF_BRANCH_MISSES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
    [EU_PERF_CPU_CLOCK] = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK},
};

_Static_assert(sizeof(counters) / sizeof(counters[0]) == _EU_PERF_COUNTER_MAX, "a row per counter");

/* The event of one CPU, whoever runs there. */
static int open_event(struct perf_event_attr *attr, size_t cpu)
{
	long fd = syscall(SYS_perf_event_open, attr, -1, (int)cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

/* -ENODEV: that CPU is not online. The link keeps the event alive. */
static int attach_clock(int program, uint64_t period_ns, size_t cpu)
{
	/* With a period and not a frequency: for a clock it is the same, and is not held against
	 * kernel.perf_event_max_sample_rate. */
	struct perf_event_attr attr = {.size = sizeof(attr),
				       .type = PERF_TYPE_SOFTWARE,
				       .config = PERF_COUNT_SW_CPU_CLOCK,
				       .sample_period = period_ns,
				       .exclude_idle = 1};
	EU_CLEANUP(eu_closep) int event = open_event(&attr, cpu);
	int link;

	if (event < 0)
		return event;
	link = bpf_link_create(program, event, BPF_PERF_EVENT, NULL);
	return link < 0 ? -errno : link;
}

int eu_perf_clocks_attach(int program, uint32_t hz, size_t n_cpus, int *ret_links)
{
	int n = 0;

	for (size_t cpu = 0; cpu < n_cpus; cpu++) {
		int link = attach_clock(program, NS_PER_SECOND / hz, cpu);

		if (link >= 0)
			ret_links[n++] = link;
		if (link >= 0 || link == -ENODEV)
			continue;
		while (n > 0)
			eu_close(ret_links[--n]);
		return link;
	}
	return n;
}

/* 0, or why it does not count there. */
static int open_counter(int events, size_t cpu, uint32_t counter)
{
	struct perf_event_attr attr = {.size = sizeof(attr),
				       .type = counters[counter].type,
				       .config = counters[counter].config,
				       .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
						      PERF_FORMAT_TOTAL_TIME_RUNNING};
	EU_CLEANUP(eu_closep) int event = open_event(&attr, cpu);
	uint32_t index = (uint32_t)cpu * EU_PERF_COUNTER_SLOTS + counter;

	if (event < 0)
		return event;
	return bpf_map_update_elem(events, &index, &event, BPF_ANY) < 0 ? -errno : 0;
}

int eu_perf_counters_open(int events, int cpus, size_t n_cpus)
{
	uint32_t any = 0;
	int r = 0;

	for (uint32_t cpu = 0; cpu < n_cpus; cpu++) {
		struct eu_perf_cpu state = {0};

		for (uint32_t i = 0; i < _EU_PERF_COUNTER_MAX; i++) {
			int err = open_counter(events, cpu, i);

			if (err == 0)
				state.available |= 1u << i;
			else if (i == EU_PERF_CPU_CLOCK && err != -ENODEV)
				r = err;
		}
		any |= state.available;
		if (bpf_map_update_elem(cpus, &cpu, &state, BPF_ANY) < 0)
			return -errno;
	}
	return any ? 0 : r;
}
