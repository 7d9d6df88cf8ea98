/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which processes the user asked for. Life-cycle records always flow, so that attribution never
 * depends on a filter; those outside it are compact.
 */
#pragma once

#include "lib/maps.bpf.h"

/* The families (1 << enum eu_family) for which this process passes. */
static __always_inline __u32 filter_families(__u32 tgid, __u64 key)
{
	struct eu_control *ctl = control_get();
	__u32 families, *more;

	if (!ctl || ctl->filter_open)
		return ~0u;
	families = ctl->unfiltered;
	if (ctl->filter_by_pid) {
		more = bpf_map_lookup_elem(&filter_pids, &tgid);
		families |= more ? *more : 0;
	}
	if (ctl->filter_by_cgroup) {
		more = bpf_map_lookup_elem(&filter_cgroups, &key);
		families |= more ? *more : 0;
	}
	return families;
}

static __always_inline bool filter_passes(enum eu_family family, __u32 tgid, __u64 key)
{
	return filter_families(tgid, key) >> family & 1;
}

/* There is no room for a key that should pass: everything does. */
static __always_inline void filter_give_up(struct eu_control *ctl)
{
	ctl->filter_open = 1;
	__sync_fetch_and_add(&ctl->filter_epoch, 1);
}

/* A child of a process that passes passes too. */
static __always_inline void filter_inherit(__u32 parent, __u32 child)
{
	struct eu_control *ctl = control_get();
	__u32 *families;

	if (!ctl || !ctl->filter_by_pid)
		return;
	families = bpf_map_lookup_elem(&filter_pids, &parent);
	if (families && bpf_map_update_elem(&filter_pids, &child, families, BPF_ANY) != 0)
		filter_give_up(ctl);
}

static __always_inline void filter_forget_pid(__u32 tgid)
{
	bpf_map_delete_elem(&filter_pids, &tgid);
}

/* A new cgroup passes until the controller knows whether it belongs to a container the user named.
 */
static __always_inline void filter_add_new_cgroup(__u64 key)
{
	struct eu_control *ctl = control_get();
	__u32 families;

	if (!ctl || !ctl->filter_by_cgroup)
		return;
	families = ctl->new_cgroups;
	if (bpf_map_update_elem(&filter_cgroups, &key, &families, BPF_ANY) != 0)
		filter_give_up(ctl);
}

static __always_inline void filter_forget_cgroup(__u64 key)
{
	bpf_map_delete_elem(&filter_cgroups, &key);
}
