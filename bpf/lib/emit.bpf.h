/* SPDX-License-Identifier: GPL-2.0-only */
/* The only way out: every record is offered, then handed to the ring or counted as lost. */
#pragma once

#include "lib/maps.bpf.h"

#define LEDGER_ADD(l, counter, kind)                                                               \
	__sync_fetch_and_add(&(l)->counter[(kind) & (EU_KIND_SLOTS - 1)], 1)

static __always_inline void count_cgroup_loss(__u64 key)
{
	__u64 one = 1, *n = bpf_map_lookup_elem(&cgroup_losses, &key);

	if (!n && bpf_map_update_elem(&cgroup_losses, &key, &one, BPF_NOEXIST) == 0)
		return;
	if (!n)
		n = bpf_map_lookup_elem(&cgroup_losses, &key);
	if (!n) {
		key = EU_CGROUP_KEY_OTHER;
		n = bpf_map_lookup_elem(&cgroup_losses, &key);
	}
	if (n)
		__sync_fetch_and_add(n, 1);
}

#define WAKE_CHECK_MASK 63

/*
 * Submitting never wakes, because a wake-up costs the traced program microseconds. The reader's
 * state is read afterwards (committing to the ring is a full barrier): either the reader's re-check
 * sees the record, or we see that it sleeps. One writer wins the exchange and wakes it, with an
 * empty discarded record. Whether a ring gets full while the reader dozes is looked at now and
 * then.
 */
static __always_inline void wake_reader(void *ring, __u64 seq, bool urgent)
{
	struct eu_control *ctl = control_get();
	__u32 state;
	void *nothing;

	if (!ctl)
		return;
	state = *(volatile __u32 *)&ctl->sleeping;
	if (state == EU_AWAKE)
		return;
	if (state == EU_DOZING && !urgent &&
	    ((seq & WAKE_CHECK_MASK) || bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) <
					    bpf_ringbuf_query(ring, BPF_RB_RING_SIZE) / 2))
		return;
	if (__sync_lock_test_and_set(&ctl->sleeping, EU_AWAKE) == EU_AWAKE)
		return;
	nothing = bpf_ringbuf_reserve(ring, 8, 0);
	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
}

/*
 * Takes the next sequence number of this CPU: from here on the record counts as offered. What was
 * begun on another CPU, or lay in a map since, is this one's now.
 */
static __always_inline struct eu_cpu_ledger *offer(struct eu_event_header *hdr, __u32 kind)
{
	struct eu_cpu_ledger *l = ledger_get();

	if (!l)
		return NULL;
	LEDGER_ADD(l, offered, kind);
	hdr->seq = __sync_fetch_and_add(&l->seq, 1);
	hdr->cpu = bpf_get_smp_processor_id();
	return l;
}

/* Counts an event for which no record could be made. counter: lost_program or lost_map. */
#define LOSE(counter, kind)                                                                        \
	({                                                                                         \
		struct eu_cpu_ledger *lose_l_ = ledger_get();                                      \
		if (lose_l_) {                                                                     \
			LEDGER_ADD(lose_l_, offered, kind);                                        \
			LEDGER_ADD(lose_l_, counter, kind);                                        \
			__sync_fetch_and_add(&lose_l_->seq, 1);                                    \
		}                                                                                  \
	})

/* False: it was lost, and counted so. */
static __always_inline bool emit(void *rings, struct eu_event_header *hdr, __u32 kind, __u32 size,
				 bool urgent)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct eu_cpu_ledger *l = offer(hdr, kind);
	void *ring = bpf_map_lookup_elem(rings, &cpu);
	bool lost;

	hdr->size = size;
	if (!l)
		return false;
	lost = !ring || (int)bpf_ringbuf_output(ring, hdr, size, BPF_RB_NO_WAKEUP) < 0;
	if (lost) {
		LEDGER_ADD(l, lost_ring, kind);
		count_cgroup_loss(hdr->cgroup_key);
	}
	if (ring)
		wake_reader(ring, hdr->seq, urgent);
	return !lost;
}

/*
 * hdr: the record, complete but for seq and size; size: its length, at most EU_RECORD_MAX, a
 * multiple of 8. urgent: a reader that sleeps for a moment is woken too.
 */
static __always_inline void emit_lifecycle(struct eu_event_header *hdr, __u32 kind, __u32 size,
					   bool urgent)
{
	emit(&lifecycle_rings, hdr, kind, size, urgent);
}

static __always_inline bool emit_event(struct eu_event_header *hdr, __u32 kind, __u32 size)
{
	return emit(&event_rings, hdr, kind, size, false);
}

/* Whether this CPU's ring has room for a report's record, and as much again for what goes on. */
static __always_inline bool event_ring_has_room(__u32 size)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&event_rings, &cpu);

	return ring && bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) + size <
			   bpf_ringbuf_query(ring, BPF_RB_RING_SIZE) / 2;
}

/* Whether anybody asked for this file or net kind. */
static __always_inline bool kind_wanted(__u32 kind)
{
	struct eu_control *ctl = control_get();

	return ctl && (ctl->kinds >> (kind & (EU_KIND_SLOTS - 1)) & 1);
}
