/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts of system calls by process and call. There are two tables: one counts, the other rests
 * until the report empties it, so that an entry is only taken away when nobody can still be adding
 * to it. Part of the dispatcher itself, because a tail call would cost as much as the counting.
 */
#pragma once

#include "lib/call.bpf.h"

#define MAX_ERRNO 4095

struct counts {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_COUNTS_MAX);
	__type(key, struct eu_count_key);
	__type(value, struct eu_syscall);
};

struct counts counts_even SEC(".maps"), counts_odd SEC(".maps");

/* Calls of processes that found no room, by ABI (x32 counts as native) and number; there is room
 * for all of them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * EU_CALL_NUMBERS);
	__type(key, __u32);
	__type(value, struct eu_count_overflow);
} counts_overflow SEC(".maps");

/* Where a new entry is built. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_syscall);
} count_scratch SEC(".maps");

/* A call that returned. */
struct counted {
	struct eu_count_key key;
	__s64 result;
	__u64 latency_ns; /* 0: not known */
	bool refused;
};

/* The look-ups stay apart: one call with either of two maps cannot be inlined, which nearly doubles
 * the price of counting. */
static __always_inline struct eu_syscall *count_find(const struct eu_control *ctl,
						     const struct eu_count_key *key)
{
	struct eu_syscall *entry;

	if (ctl->count_buffer & 1) {
		entry = bpf_map_lookup_elem(&counts_odd, key);
		asm volatile("%0 = %0" : "+r"(entry));
	} else {
		entry = bpf_map_lookup_elem(&counts_even, key);
	}
	return entry;
}

static __always_inline struct eu_syscall *count_insert(const struct eu_control *ctl,
						       const struct eu_count_key *key,
						       const struct eu_syscall *new)
{
	if (ctl->count_buffer & 1)
		bpf_map_update_elem(&counts_odd, key, new, BPF_NOEXIST);
	else
		bpf_map_update_elem(&counts_even, key, new, BPF_NOEXIST);
	return count_find(ctl, key); /* ours, or that of a thread that was faster */
}

/* The entry of a process that makes this call for the first time in an interval. */
static __always_inline struct eu_syscall *
count_new(const struct eu_control *ctl, const struct eu_count_key *key, struct task_struct *task)
{
	__u32 zero = 0;
	struct eu_syscall *new = bpf_map_lookup_elem(&count_scratch, &zero);
	struct eu_call *call = call_get();

	if (!new || !call)
		return NULL;
	call_identify(call, task);
	if (!(call->families >> EU_FAMILY_SYSCALL & 1))
		return NULL;
	__builtin_memset(new, 0, sizeof(*new));
	call_describe(call, task, &new->hdr, &new->actor, EU_KIND_SYSCALL);
	new->number = key->number;
	new->abi = key->abi;
	return count_insert(ctl, key, new);
}

static __always_inline void count_error(struct eu_syscall *entry, __u32 error)
{
	int i;

	__sync_fetch_and_add(&entry->errors, 1);
	for (i = 0; i < EU_SYSCALL_ERRNOS; i++) {
		struct eu_syscall_errno *slot = &entry->errnos[i];
		__u32 number = slot->number;

		if (number == 0)
			number = __sync_val_compare_and_swap(&slot->number, 0, error);
		if (number == 0 || number == error) {
			__sync_fetch_and_add(&slot->count, 1);
			return;
		}
	}
}

/* floor(log2(n)) of n > 0. */
static __always_inline __u32 log2_of(__u64 n)
{
	__u32 log = 0, high = n >> 32, v = high ? high : n;

	log = (high != 0) << 5;
	if (v >> 16)
		log |= 16, v >>= 16;
	if (v >> 8)
		log |= 8, v >>= 8;
	if (v >> 4)
		log |= 4, v >>= 4;
	if (v >> 2)
		log |= 2, v >>= 2;
	return log | v >> 1;
}

static __always_inline void count_latency(struct eu_syscall *entry, __u64 ns)
{
	__u32 log = log2_of(ns | 1), bucket = log > 6 ? log - 6 : 0;

	if (bucket >= EU_SYSCALL_BUCKETS)
		bucket = EU_SYSCALL_BUCKETS - 1;
	__sync_fetch_and_add(&entry->latency_total_ns, ns);
	__sync_fetch_and_add(&entry->latency[bucket & (EU_SYSCALL_BUCKETS - 1)], 1);
	if (ns > entry->latency_max_ns)
		entry->latency_max_ns = ns;
}

static __always_inline bool is_error(__s64 result)
{
	return result < 0 && result >= -MAX_ERRNO;
}

static __always_inline void count_overflow(const struct counted *c, __u32 slot)
{
	__u32 index = (c->key.abi & 1) * EU_CALL_NUMBERS + (slot & (EU_CALL_NUMBERS - 1));
	struct eu_count_overflow none = {}, *over = bpf_map_lookup_elem(&counts_overflow, &index);

	if (!over) {
		bpf_map_update_elem(&counts_overflow, &index, &none, BPF_NOEXIST);
		over = bpf_map_lookup_elem(&counts_overflow, &index);
	}
	if (!over) {
		LOSE(lost_map, EU_KIND_SYSCALL);
		return;
	}
	__sync_fetch_and_add(&over->count, 1);
	if (is_error(c->result))
		__sync_fetch_and_add(&over->errors, 1);
}

/* slot: the number, or SLOT_UNKNOWN. */
static __always_inline void count_call(const struct eu_control *ctl, const struct counted *c,
				       __u32 slot, struct task_struct *task)
{
	bool filtered = !(ctl->unfiltered >> EU_FAMILY_SYSCALL & 1);
	struct eu_syscall *entry;
	struct eu_call *call;

	if (filtered) {
		call = call_get();
		if (!call)
			return;
		call_identify(call, task);
		if (!(call->families >> EU_FAMILY_SYSCALL & 1))
			return;
	}
	entry = count_find(ctl, &c->key);
	if (!entry)
		entry = count_new(ctl, &c->key, task);
	if (!entry) {
		count_overflow(c, slot);
		return;
	}
	__sync_fetch_and_add(&entry->count, 1);
	if (is_error(c->result))
		count_error(entry, -c->result);
	if (c->refused)
		__sync_fetch_and_add(&entry->refused, 1);
	if (c->latency_ns)
		count_latency(entry, c->latency_ns);
}
