/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Signals: who sent what to whom. One that the kernel sends comes in whatever context the reason
 * for it arose, so nothing is said of who that was. Of a flood between two processes the first few
 * are told, and then how many more there were.
 */
#pragma once

#include "lib/call.bpf.h"
#include "lib/emit.bpf.h"
#include "lib/filter.bpf.h"
#include "lib/regs.bpf.h"

#define SI_USER	  0 /* include/uapi/asm-generic/siginfo.h, like the next */
#define SI_QUEUE  (-1)
#define SI_TKILL  (-6)
#define SI_KERNEL 0x80

#define SEND_SIG_PRIV 1 /* include/linux/sched/signal.h: no siginfo; below, none and no reason */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_SIGNALS_MAX);
	__type(key, struct eu_signal_key);
	__type(value, struct eu_signal_flood);
} ipc_signals SEC(".maps");

/* Interrupts may send signals while a call's record is built, but not while a signal's is: it is
 * sent with interrupts off. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_signal_flood);
} signal_scratch SEC(".maps");

/* Where the reporter builds its records, as it may be preempted. Only one runs at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_signal);
} signal_report SEC(".maps");

static __always_inline bool sent_by_kernel(const struct kernel_siginfo *info, int *code)
{
	if ((__u64)info <= SEND_SIG_PRIV) {
		*code = SI_KERNEL;
		return true;
	}
	*code = BPF_CORE_READ(info, si_code);
	return *code != SI_USER && *code != SI_QUEUE && *code != SI_TKILL;
}

static __always_inline void describe_target(struct eu_signal *rec, struct task_struct *target,
					    const struct eu_call *who)
{
	rec->target_start_ns = target->group_leader->start_boottime;
	rec->target_cgroup_key = who->cgroup_key;
	rec->target_tgid = target->tgid;
	rec->target_tid = target->pid;
	rec->target_vpid = task_upid(target->group_leader).nr;
	rec->target_pidns = who->pidns;
	bpf_probe_read_kernel(rec->target_comm, sizeof(rec->target_comm),
			      &target->group_leader->comm);
}

/* Tells of it, or counts it when there were many like it since the last report. */
static __always_inline void signal_tell(struct eu_signal_flood *new)
{
	struct eu_signal_key key = {.target = new->rec.target_tgid, .signal = new->rec.signal};
	struct eu_signal_flood *flood;

	if (!(new->rec.signal_flags &EU_SIGNAL_KERNEL))
		key.sender = new->rec.hdr.tgid;
	flood = bpf_map_lookup_elem(&ipc_signals, &key);
	if (!flood) {
		/* Without room each one is told: nothing is lost with it. */
		bpf_map_update_elem(&ipc_signals, &key, new, BPF_NOEXIST);
	} else if (__sync_fetch_and_add(&flood->seen, 1) >= EU_SIGNAL_TOLD_EACH) {
		flood->rec = new->rec;
		__sync_fetch_and_add(&flood->untold, 1);
		return;
	}
	emit_event(&new->rec.hdr, EU_KIND_IPC_SIGNAL, sizeof(new->rec));
}

SEC("tp_btf/signal_generate")
int BPF_PROG(eu_ipc_signal, int signal, struct kernel_siginfo *info, struct task_struct *target,
	     int group, int result)
{
	struct task_struct *sender = bpf_get_current_task_btf();
	struct eu_call from = {}, to = {};
	struct eu_signal_flood *new;
	__u32 zero = 0;
	bool kernel;
	int code;

	if (!kind_wanted(EU_KIND_IPC_SIGNAL))
		return 0;
	kernel = sent_by_kernel(info, &code);
	call_identify(&to, target);
	if (!kernel) {
		call_identify(&from, sender);
		call_name_current(&from);
	}
	if (!filter_passes(EU_FAMILY_IPC, target->tgid, to.cgroup_key) &&
	    (kernel || !filter_passes(EU_FAMILY_IPC, sender->tgid, from.cgroup_key)))
		return 0;
	new = bpf_map_lookup_elem(&signal_scratch, &zero);
	if (!new) {
		LOSE(lost_program, EU_KIND_IPC_SIGNAL);
		return 0;
	}
	new->seen = 1;
	new->zero = 0;
	new->untold = 0;
	call_describe(kernel ? &to : &from, kernel ? target : sender, &new->rec.hdr,
		      &new->rec.actor, EU_KIND_IPC_SIGNAL);
	describe_target(&new->rec, target, &to);
	new->rec.count = 1;
	new->rec.signal = signal;
	new->rec.code = code;
	new->rec.result = result;
	new->rec.signal_flags = (kernel ? EU_SIGNAL_KERNEL : 0) | (group ? 0 : EU_SIGNAL_THREAD);
	signal_tell(new);
	return 0;
}

/* One that was quiet is forgotten; whoever comes after that is told as a first one. */
static long signal_report_step(void *map, struct eu_signal_key *key, struct eu_signal_flood *flood,
			       __u32 *more)
{
	struct eu_signal_key own;
	__u32 zero = 0, seen;
	struct eu_signal *rec;

	if (!key || !flood)
		return 0;
	if (!flood->untold) {
		own = *key;
		seen = __sync_lock_test_and_set(&flood->seen, 0);
		if (!seen)
			bpf_map_delete_elem(map, &own);
		return 0;
	}
	rec = bpf_map_lookup_elem(&signal_report, &zero);
	if (!rec || !event_ring_has_room(sizeof(*rec))) {
		*more = 1;
		return 1;
	}
	__builtin_memcpy(rec, &flood->rec, sizeof(*rec));
	rec->count = __sync_lock_test_and_set(&flood->untold, 0);
	__sync_lock_test_and_set(&flood->seen, 0);
	if (!emit_event(&rec->hdr, EU_KIND_IPC_SIGNAL, sizeof(*rec))) {
		__sync_fetch_and_add(&flood->untold, rec->count);
		*more = 1;
	}
	return 0;
}
