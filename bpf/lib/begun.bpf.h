/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where threads are within their calls. Most calls return on the CPU that they began on, with
 * nobody else in between: a slot per CPU is all they need. Whoever begins one while another
 * thread's is pending there moves that to a table.
 */
#pragma once

#include "lib/emit.bpf.h"

#define CPUS_MAX 1024

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CPUS_MAX);
	__type(key, __u32);
	__type(value, struct eu_begun);
} begun_slots SEC(".maps");

/* By thread. Entries go with the call's return, or with the thread. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_CALLS_BEGUN_MAX);
	__type(key, __u32);
	__type(value, struct eu_begun);
} calls_begun SEC(".maps");

struct begun_search {
	__u64 thread;
	__u64 since_ns;
	__u32 pid;
	__u32 found;
};

static long begun_search_step(__u32 cpu, struct begun_search *search)
{
	struct eu_begun *slot = bpf_map_lookup_elem(&begun_slots, &cpu);

	if (!slot)
		return 1;
	if (slot->pid != search->pid || slot->thread != search->thread)
		return 0;
	search->since_ns = slot->since_ns;
	/* It is another CPU's slot, and may be somebody else's by now. */
	search->found = __sync_val_compare_and_swap(&slot->pid, search->pid, 0) == search->pid;
	return 1;
}

static __always_inline bool begun_take_moved(__u32 pid, __u64 thread, __u64 *ret_since)
{
	struct eu_begun *begun = bpf_map_lookup_elem(&calls_begun, &pid);

	if (!begun || begun->thread != thread)
		return false;
	*ret_since = begun->since_ns;
	bpf_map_delete_elem(&calls_begun, &pid);
	return true;
}

/*
 * Takes away where a thread is. False: nobody saw the call begin, so that it did not reach the
 * kernel proper.
 */
static __always_inline bool begun_take(struct task_struct *task, __u64 *ret_since)
{
	__u32 cpu = bpf_get_smp_processor_id(), pid = task->pid;
	struct begun_search search = {.thread = task->start_boottime, .pid = pid};
	struct eu_begun *begun = bpf_map_lookup_elem(&begun_slots, &cpu);

	if (begun && begun->pid == pid && begun->thread == search.thread) {
		*ret_since = begun->since_ns;
		begun->pid = 0;
		return true;
	}
	if (begun_take_moved(pid, search.thread, ret_since))
		return true;
	bpf_loop(CPUS_MAX, begun_search_step, &search, 0);
	*ret_since = search.since_ns;
	/* Whoever took the slot meanwhile has moved what stood there first. */
	return search.found || begun_take_moved(pid, search.thread, ret_since);
}

static __always_inline void begun_put(struct task_struct *task, __u64 now)
{
	__u32 cpu = bpf_get_smp_processor_id(), other;
	struct eu_begun *slot = bpf_map_lookup_elem(&begun_slots, &cpu);

	if (!slot)
		return;
	other = slot->pid;
	if (other && other != task->pid &&
	    bpf_map_update_elem(&calls_begun, &other, slot, BPF_ANY) != 0)
		LOSE(lost_map, EU_KIND_SYSCALL);
	/* In this order: others may be looking for their own. */
	*(volatile __u32 *)&slot->pid = 0;
	*(volatile __u64 *)&slot->thread = task->start_boottime;
	*(volatile __u64 *)&slot->since_ns = now;
	*(volatile __u32 *)&slot->pid = task->pid;
}

/* The thread ends: whatever it was in does not return. */
static __always_inline void begun_forget(struct task_struct *task)
{
	__u32 pid = task->pid;
	struct begun_search search = {.thread = task->start_boottime, .pid = pid};

	bpf_map_delete_elem(&calls_begun, &pid);
	bpf_loop(CPUS_MAX, begun_search_step, &search, 0);
}
