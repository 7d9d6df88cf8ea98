/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU's counters say. The loader opens them for each CPU; what was counted between two
 * readings belongs to the thread that ran.
 */
#pragma once

#include "lib/emit.bpf.h"
#include "lib/filter.bpf.h"
#include "lib/task.bpf.h"

#define PF_KTHREAD 0x00200000

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} perf_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_perf_cpu);
} perf_cpus SEC(".maps");

struct perf_delta {
	__u64 counters[EU_PERF_COUNTER_SLOTS];
	__u32 available;
	__u32 zero;
};

#define SCALE_SHIFT 10 /* keeps the product below within 64 bits */

/* What it would have been, had the counter never given its place to another. */
static __always_inline __u64 reading_delta(const struct eu_perf_reading *last,
					   const struct bpf_perf_event_value *now)
{
	__u64 counter = now->counter - last->counter, enabled = now->enabled - last->enabled;
	__u64 running = now->running - last->running;

	if (running >= enabled)
		return counter;
	running >>= SCALE_SHIFT;
	return running ? counter * (enabled >> SCALE_SHIFT) / running : 0;
}

static __always_inline void read_counter(struct eu_perf_cpu *cpu, __u32 number, __u32 which,
					 struct perf_delta *delta)
{
	struct eu_perf_reading *last = &cpu->last[which];
	struct bpf_perf_event_value now = {};

	if (!(cpu->available >> which & 1) ||
	    bpf_perf_event_read_value(&perf_events, number * EU_PERF_COUNTER_SLOTS + which, &now,
				      sizeof(now)) < 0)
		return;
	if (cpu->begun)
		delta->counters[which] = reading_delta(last, &now);
	last->counter = now.counter;
	last->enabled = now.enabled;
	last->running = now.running;
}

/* The clock counts always, and to ask how long it did costs as much as to read it. */
static __always_inline void read_clock(struct eu_perf_cpu *cpu, __u32 number,
				       struct perf_delta *delta)
{
	struct eu_perf_reading *last = &cpu->last[EU_PERF_CPU_CLOCK];
	__u64 now;

	if (!(cpu->available >> EU_PERF_CPU_CLOCK & 1))
		return;
	now = bpf_perf_event_read(&perf_events, number * EU_PERF_COUNTER_SLOTS + EU_PERF_CPU_CLOCK);
	if ((__s64)now < 0)
		return;
	if (cpu->begun)
		delta->counters[EU_PERF_CPU_CLOCK] = now - last->counter;
	last->counter = now;
}

/* Interrupts are off. */
static __always_inline void perf_read(struct perf_delta *delta)
{
	__u32 number = bpf_get_smp_processor_id();
	struct eu_perf_cpu *cpu = bpf_map_lookup_elem(&perf_cpus, &number);
	__u32 which;

	if (!cpu)
		return;
	for (which = 0; which < EU_PERF_CPU_CLOCK; which++)
		read_counter(cpu, number, which, delta);
	read_clock(cpu, number, delta);
	delta->available = cpu->available;
	cpu->begun = 1;
}

/* Kernel threads are the host's: a filter is never for them. */
static __always_inline bool perf_passes(struct task_struct *task, __u32 tgid, __u64 cgroup_key)
{
	struct eu_control *ctl = control_get();

	if (ctl && task->flags & PF_KTHREAD)
		return ctl->filter_open || ctl->unfiltered >> EU_FAMILY_PERF & 1;
	return filter_passes(EU_FAMILY_PERF, tgid, cgroup_key);
}

static __always_inline void perf_actor(struct eu_actor *actor, struct task_struct *task)
{
	actor->uid = task->cred->uid.val;
	actor->gid = task->cred->gid.val;
	actor->vpid = task_upid(task).nr;
	actor->syscall = 0;
	actor->syscall_abi = actor->syscall_part = 0;
	bpf_probe_read_kernel(actor->comm, sizeof(actor->comm), &task->comm);
}
