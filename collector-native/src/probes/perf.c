/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

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

#define EVENTS_OF_CPU (_EU_PERF_COUNTER_MAX + EU_PERF_CLOCKS)
#define CLOCK(which)  (_EU_PERF_COUNTER_MAX + (which))
#define PARANOID_PATH "/proc/sys/kernel/perf_event_paranoid"
#define PARANOID_MAX  2 /* above it a kernel may ask for CAP_SYS_ADMIN */

static int paranoid(void)
{
	EU_CLEANUP(eu_fclosep) FILE *f = fopen(PARANOID_PATH, "re");
	int level = 0;

	return f && fscanf(f, "%d", &level) == 1 ? level : 0;
}

/* The event of one CPU, whoever runs there; it stands. which: a counter, or CLOCK(). */
static int open_event(size_t cpu, uint32_t which)
{
	struct perf_event_attr attr = {.size = sizeof(attr), .disabled = 1};
	long fd;

	if (which < _EU_PERF_COUNTER_MAX) {
		attr.type = counters[which].type;
		attr.config = counters[which].config;
		attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	} else {
		/* With a period and not a frequency: for a clock it is the same, and is not held
		 * against kernel.perf_event_max_sample_rate. */
		attr.type = PERF_TYPE_SOFTWARE;
		attr.config = PERF_COUNT_SW_CPU_CLOCK;
		attr.sample_period = NS_PER_SECOND;
		attr.exclude_idle = 1;
	}
	fd = syscall(SYS_perf_event_open, &attr, -1, (int)cpu, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

void eu_perf_reserve_open(struct eu_perf_reserve *ret)
{
	int cpus = paranoid() > PARANOID_MAX ? libbpf_num_possible_cpus() : 0;

	*ret = (struct eu_perf_reserve){0};
	if (cpus <= 0)
		return;
	ret->fds = calloc((size_t)cpus * EVENTS_OF_CPU, sizeof(*ret->fds));
	if (!ret->fds)
		return;
	ret->n_cpus = (size_t)cpus;
	for (size_t i = 0; i < ret->n_cpus * EVENTS_OF_CPU; i++)
		ret->fds[i] = open_event(i / EVENTS_OF_CPU, i % EVENTS_OF_CPU);
}

void eu_perf_reserve_close(struct eu_perf_reserve *reserve)
{
	for (size_t i = 0; i < reserve->n_cpus * EVENTS_OF_CPU; i++)
		eu_close(reserve->fds[i]);
	free(reserve->fds);
	*reserve = (struct eu_perf_reserve){0};
}

void eu_perf_reserve_stop(const struct eu_perf_reserve *reserve)
{
	for (size_t i = 0; i < reserve->n_cpus * EVENTS_OF_CPU; i++) {
		if (reserve->fds[i] >= 0)
			(void)ioctl(reserve->fds[i], PERF_EVENT_IOC_DISABLE, 0);
	}
}

/* -ENODEV: that CPU is not online. */
static int take_event(const struct eu_perf_reserve *reserve, size_t cpu, uint32_t which)
{
	int fd;

	if (cpu >= reserve->n_cpus)
		return open_event(cpu, which);
	fd = reserve->fds[cpu * EVENTS_OF_CPU + which];
	if (fd < 0)
		return fd;
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

/* The link keeps the event alive. */
static int attach_clock(const struct eu_perf_reserve *reserve, size_t cpu, uint32_t which,
			int program, uint64_t period_ns)
{
	EU_CLEANUP(eu_closep) int event = take_event(reserve, cpu, CLOCK(which));
	int link;

	if (event < 0)
		return event;
	if (ioctl(event, PERF_EVENT_IOC_PERIOD, &period_ns) < 0)
		return -errno;
	link = bpf_link_create(program, event, BPF_PERF_EVENT, NULL);
	if (link < 0)
		return -errno;
	if (ioctl(event, PERF_EVENT_IOC_ENABLE, 0) < 0) {
		int r = -errno;

		eu_close(link);
		return r;
	}
	return link;
}

int eu_perf_clocks_attach(const struct eu_perf_reserve *reserve, uint32_t which, int program,
			  uint32_t hz, size_t n_cpus, int *ret_links)
{
	int n = 0;

	for (size_t cpu = 0; cpu < n_cpus; cpu++) {
		int link = attach_clock(reserve, cpu, which, program, NS_PER_SECOND / hz);

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
static int open_counter(const struct eu_perf_reserve *reserve, int events, uint32_t cpu,
			uint32_t counter)
{
	EU_CLEANUP(eu_closep) int event = take_event(reserve, cpu, counter);
	uint32_t index = cpu * EU_PERF_COUNTER_SLOTS + counter;

	if (event < 0)
		return event;
	if (ioctl(event, PERF_EVENT_IOC_ENABLE, 0) < 0)
		return -errno;
	return bpf_map_update_elem(events, &index, &event, BPF_ANY) < 0 ? -errno : 0;
}

int eu_perf_counters_open(const struct eu_perf_reserve *reserve, int events, int cpus,
			  size_t n_cpus)
{
	uint32_t any = 0;
	int r = 0;

	for (uint32_t cpu = 0; cpu < n_cpus; cpu++) {
		struct eu_perf_cpu state = {0};

		for (uint32_t i = 0; i < _EU_PERF_COUNTER_MAX; i++) {
			int err = open_counter(reserve, events, cpu, i);

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

void eu_perf_counters_close(int events, size_t n_cpus)
{
	for (uint32_t i = 0; i < n_cpus * EU_PERF_COUNTER_SLOTS; i++)
		(void)bpf_map_delete_elem(events, &i);
}

void eu_perf_refusal(int err, char *buf, size_t size)
{
	int level = paranoid();

	if (err == -EACCES && level > PARANOID_MAX)
		snprintf(
		    buf, size,
		    "perf_event_open(2) needs CAP_SYS_ADMIN while kernel.perf_event_paranoid is %d",
		    level);
	else
		snprintf(buf, size, "perf_event_open(2): %s", strerror(-err));
}
