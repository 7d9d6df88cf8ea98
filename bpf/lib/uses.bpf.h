/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a process does too often to tell each time: the first use is told at once, further ones are
 * counted and told by the report. An entry that nobody used since the last report goes, so that the
 * next use is a first one again.
 */
#pragma once

#include "lib/security.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_USES_MAX);
	__type(key, struct eu_use_key);
	__type(value, struct eu_use);
} uses SEC(".maps");

/* Where a new entry is built, and where the reporter, which may be preempted, builds its record. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_use);
} use_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_security);
} use_report SEC(".maps");

/* False: there is no entry, or it is going. */
static __always_inline bool use_count(const struct eu_use_key *key)
{
	struct eu_use *use = bpf_map_lookup_elem(&uses, key);

	return use && !(__sync_fetch_and_add(&use->count, 1) & EU_USE_ENDED);
}

/* One use by current. call, fresh: where it is put together; detail: what is used; value: of the
 * record. */
static __always_inline void use_note_in(struct eu_call *call, struct eu_use *fresh, __u32 kind,
					__u32 detail, __s32 result, __u64 value)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_use_key key = {.kind = kind, .what = detail, .result = result};

	if (!kind_wanted(kind))
		return;
	call_identify(call, task);
	if (!filter_passes(EU_FAMILY_SECURITY, task->tgid, call->cgroup_key))
		return;
	key.start_ns = task->group_leader->start_boottime;
	key.cgroup_key = call->cgroup_key;
	key.tgid = task->tgid;
	if (use_count(&key))
		return;
	security_describe(call, task, &fresh->rec, kind);
	__builtin_memset(fresh->rec.args, 0, sizeof(fresh->rec.args));
	fresh->rec.detail = detail;
	fresh->rec.result = result;
	fresh->rec.value = value;
	fresh->count = fresh->told = 1;
	/* Somebody else's entry counts this use too; without room each use is told. */
	if (bpf_map_update_elem(&uses, &key, fresh, BPF_NOEXIST) != 0 && use_count(&key))
		return;
	emit_event(&fresh->rec.hdr, kind, sizeof(fresh->rec));
}

/* From a tracepoint, which nothing preempts. */
static __always_inline void use_note(__u32 kind, __u32 detail, __s32 result, __u64 value)
{
	struct eu_call *call = call_get();
	__u32 zero = 0;
	struct eu_use *fresh = bpf_map_lookup_elem(&use_scratch, &zero);

	if (call && fresh)
		use_note_in(call, fresh, kind, detail, result, value);
}

/* Where the one program that is not on a tracepoint, and may be preempted by others, does it. */
struct use_by_function {
	struct eu_call call;
	struct eu_use fresh;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct use_by_function);
} use_by_function SEC(".maps");

static __always_inline void use_note_by_function(__u32 kind, __u32 detail, __s32 result,
						 __u64 value)
{
	__u32 zero = 0;
	struct use_by_function *own = bpf_map_lookup_elem(&use_by_function, &zero);

	if (own)
		use_note_in(&own->call, &own->fresh, kind, detail, result, value);
}

#define REPORT_ROOM 4096 /* what others write meanwhile has to fit too */

static __always_inline bool report_fits(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&event_rings, &cpu);

	return ring && bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) + REPORT_ROOM <
			   bpf_ringbuf_query(ring, BPF_RB_RING_SIZE);
}

static __always_inline void report_emit(const struct eu_use *use, __u64 count)
{
	__u32 zero = 0;
	struct eu_security *rec = bpf_map_lookup_elem(&use_report, &zero);

	if (!rec)
		return;
	__builtin_memcpy(rec, &use->rec, sizeof(*rec));
	rec->hdr.ts_ns = bpf_ktime_get_boot_ns();
	rec->count = count;
	emit_event(&rec->hdr, rec->hdr.kind, sizeof(*rec));
}

static long report_use(void *map, struct eu_use_key *key, struct eu_use *use, __u32 *more)
{
	struct eu_use_key own; /* before 6.2 a map wants its key on the stack */
	__u64 count;

	if (!use || !key || use->count & EU_USE_ENDED)
		return 0;
	if (!report_fits()) {
		*more = 1;
		return 1;
	}
	count = use->count;
	if (count == use->told) {
		count = __sync_fetch_and_or(&use->count, EU_USE_ENDED);
		if (count != use->told)
			report_emit(use, count - use->told);
		own = *key;
		bpf_map_delete_elem(&uses, &own);
		return 0;
	}
	report_emit(use, count - use->told);
	use->told = count;
	return 0;
}
