/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What processes use. Each thread has in its storage what was seen of it last; what it used since
 * is added to its process when it leaves a CPU. That happens with the run queue locked, where
 * nothing may be allocated for the storage: it is made when a thread begins, and for those that run
 * already behind attaching.
 */
#pragma once

#include "lib/perf.bpf.h"

#define TASK_DEAD      0x80 /* include/linux/sched.h */
#define EEXIST	       17
#define LEFT_GRACE_NS  500000000ull
#define PERF_TASK_USES 6

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_PERF_PROCESSES_MAX);
	__type(key, struct eu_perf_key);
	__type(value, struct eu_perf_process);
} perf_processes SEC(".maps");

struct perf_thread {
	struct eu_perf_key key; /* of its process, in the cgroup where it is */
	__u64 css_set;		/* as in struct identity */
	__u64 v2_id;
	__u32 epoch; /* of the filter, 0 = never looked */
	__u32 passes;
	__u32 joined;  /* it is one of its entry's threads */
	__u32 refused; /* there was no room, which was counted */
	__u64 used[PERF_TASK_USES];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct perf_thread);
} perf_threads SEC(".maps");

/* Where an entry is made: by a CPU with interrupts off, and by one that may be interrupted. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct eu_perf_process);
} perf_fresh SEC(".maps");

enum perf_context {
	PERF_IRQS_OFF = 0,
	PERF_IRQS_ON = 1,
};

static __always_inline void task_uses(struct task_struct *task, __u64 *uses)
{
	uses[0] = task->se.sum_exec_runtime;
	uses[1] = task->nvcsw;
	uses[2] = task->nivcsw;
	uses[3] = task->min_flt;
	uses[4] = task->maj_flt;
	uses[5] = task->se.nr_migrations;
}

/* A thread that begins, or that nobody saw begin: what it used so far does not count. */
static __always_inline void thread_begin(struct task_struct *task, bool is_new)
{
	struct perf_thread *t =
	    bpf_task_storage_get(&perf_threads, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!t)
		return;
	__builtin_memset(t, 0, sizeof(*t));
	t->key.start_ns = task->group_leader->start_boottime;
	t->key.tgid = task->tgid;
	if (!is_new)
		task_uses(task, t->used);
}

static __always_inline void leave(struct perf_thread *t, bool over)
{
	struct eu_perf_process *p;

	if (!t->joined)
		return;
	t->joined = 0;
	p = bpf_map_lookup_elem(&perf_processes, &t->key);
	if (!p)
		return;
	if (over)
		p->over = 1;
	p->left_ns = bpf_ktime_get_boot_ns();
	__sync_fetch_and_add(&p->threads, -1);
}

/* Looks again where the thread is, and whether anybody wants to know. */
static __always_inline void thread_look(struct perf_thread *t, struct task_struct *task)
{
	struct eu_control *ctl = control_get();
	__u32 epoch = ctl ? *(volatile __u32 *)&ctl->filter_epoch : 0;
	__u64 css_set = (__u64)task->cgroups, v2_id = task->cgroups->dfl_cgrp->kn->id;
	__u64 cgroup_key;

	if (t->css_set != css_set || t->v2_id != v2_id) {
		cgroup_key = task_cgroup_key(task);
		if (cgroup_key != t->key.cgroup_key) {
			leave(t, false);
			t->key.cgroup_key = cgroup_key;
		}
		t->epoch = 0;
		t->css_set = css_set;
		t->v2_id = v2_id;
	}
	if (t->epoch == epoch && epoch)
		return;
	t->passes = perf_passes(task, t->key.tgid, t->key.cgroup_key);
	t->epoch = epoch;
}

static __always_inline void process_describe(struct eu_perf_counters *rec, struct task_struct *task)
{
	header_fill(&rec->hdr, task, EU_KIND_PERF_COUNTERS);
	rec->hdr.tid = task->tgid;
	perf_actor(&rec->actor, task);
}

/* The entry of a process that has none. */
static __always_inline struct eu_perf_process *
process_new(const struct eu_perf_key *key, struct task_struct *task, enum perf_context context)
{
	__u32 slot = context;
	struct eu_perf_process *fresh = bpf_map_lookup_elem(&perf_fresh, &slot);

	if (!fresh)
		return NULL;
	__builtin_memset(fresh, 0, sizeof(*fresh));
	process_describe(&fresh->rec, task);
	fresh->rec.hdr.start_ns = key->start_ns;
	fresh->rec.hdr.tgid = key->tgid;
	fresh->rec.hdr.cgroup_key = key->cgroup_key;
	fresh->left_ns = fresh->rec.hdr.ts_ns;
	bpf_map_update_elem(&perf_processes, key, fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&perf_processes, key); /* ours, or that of another thread */
}

/* The entry that the thread counts in; NULL when there is none to be had now. */
static __always_inline struct eu_perf_process *join(struct perf_thread *t, struct task_struct *task)
{
	struct eu_perf_process *p = bpf_map_lookup_elem(&perf_processes, &t->key);

	if (p && t->joined)
		return p;
	if (!p)
		p = process_new(&t->key, task, PERF_IRQS_OFF);
	if (!p && !t->refused) {
		t->refused = 1;
		LOSE(lost_map, EU_KIND_PERF_COUNTERS);
	}
	if (!p)
		return NULL;
	if (__sync_fetch_and_add(&p->threads, 1) & EU_PERF_GONE)
		return NULL;
	t->joined = 1;
	t->refused = 0;
	return p;
}

static __always_inline void add(__u64 *sum, __u64 n)
{
	if (n)
		__sync_fetch_and_add(sum, n);
}

static __always_inline __u64 since(const __u64 *uses, const __u64 *before, __u32 which)
{
	__s64 delta = uses[which] - before[which];

	return delta > 0 ? delta : 0;
}

/* Adds what the running thread used since it was seen last. Interrupts are off. */
static __always_inline void account(struct perf_thread *t, struct task_struct *task,
				    const struct perf_delta *delta)
{
	struct eu_perf_process *p = t->passes ? join(t, task) : NULL;
	__u64 uses[PERF_TASK_USES];
	__u32 i;

	/* Without an entry it is added later, should there be one then. */
	if (t->passes && !p)
		return;
	task_uses(task, uses);
	if (p) {
		add(&p->rec.cpu_ns, since(uses, t->used, 0));
		add(&p->rec.voluntary_switches, since(uses, t->used, 1));
		add(&p->rec.involuntary_switches, since(uses, t->used, 2));
		add(&p->rec.minor_faults, since(uses, t->used, 3));
		add(&p->rec.major_faults, since(uses, t->used, 4));
		add(&p->rec.migrations, since(uses, t->used, 5));
		for (i = 0; i < _EU_PERF_COUNTER_MAX; i++)
			add(&p->rec.counters[i], delta->counters[i]);
		p->rec.available |= delta->available;
	}
	__builtin_memcpy(t->used, uses, sizeof(uses));
}

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_perf_counters);
} perf_report SEC(".maps");

static __always_inline __u64 take(__u64 *sum)
{
	return *(volatile __u64 *)sum ? __sync_lock_test_and_set(sum, 0) : 0;
}

/* Moves what was added into the record; what it is of the process that was told. */
static __always_inline __u64 take_all(struct eu_perf_counters *rec, struct eu_perf_process *p)
{
	__u64 any;
	__u32 i;

	any = rec->cpu_ns = take(&p->rec.cpu_ns);
	any |= rec->voluntary_switches = take(&p->rec.voluntary_switches);
	any |= rec->involuntary_switches = take(&p->rec.involuntary_switches);
	any |= rec->minor_faults = take(&p->rec.minor_faults);
	any |= rec->major_faults = take(&p->rec.major_faults);
	any |= rec->migrations = take(&p->rec.migrations);
	for (i = 0; i < _EU_PERF_COUNTER_MAX; i++)
		any |= rec->counters[i] = take(&p->rec.counters[i]);
	return any;
}

struct report_state {
	__u64 now;
	__u32 final;
	__u32 more;
};

/* Whether the entry goes: all of its threads are gone, and none came for a while. */
static __always_inline bool retire(struct eu_perf_process *p, const struct report_state *state)
{
	if (p->threads || (!state->final && p->left_ns + LEFT_GRACE_NS > state->now))
		return false;
	return __sync_val_compare_and_swap(&p->threads, 0, EU_PERF_GONE) == 0;
}

static long report_process(void *map, struct eu_perf_key *key, struct eu_perf_process *p,
			   struct report_state *state)
{
	__u32 zero = 0;
	struct eu_perf_counters *rec = bpf_map_lookup_elem(&perf_report, &zero);
	struct eu_perf_key own; /* before 6.2 a map wants its key on the stack */
	bool goes;

	if (!rec || !p || !key || p->threads & EU_PERF_GONE)
		return 0;
	if (!event_ring_has_room(sizeof(*rec))) {
		state->more = 1;
		return 1;
	}
	goes = retire(p, state);
	rec->hdr = p->rec.hdr;
	rec->actor = p->rec.actor;
	rec->hdr.ts_ns = bpf_ktime_get_boot_ns();
	rec->hdr.cpu = bpf_get_smp_processor_id();
	rec->available = p->rec.available;
	rec->final = goes && p->over;
	if (take_all(rec, p) || rec->final)
		emit_event(&rec->hdr, EU_KIND_PERF_COUNTERS, sizeof(*rec));
	if (!goes)
		return 0;
	own = *key;
	bpf_map_delete_elem(&perf_processes, &own);
	return 0;
}
