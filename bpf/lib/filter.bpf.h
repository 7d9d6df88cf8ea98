/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which processes the user asked for. Life-cycle records always flow, so that attribution never
 * depends on a filter; those outside it are compact.
 */
#pragma once

#include "lib/maps.bpf.h"

static __always_inline bool filter_passes(__u32 tgid, __u64 key)
{
	struct eu_control *ctl = control_get();

	if (!ctl || ctl->filter_open || (!ctl->filter_by_pid && !ctl->filter_by_cgroup))
		return true;
	return (ctl->filter_by_pid && bpf_map_lookup_elem(&filter_pids, &tgid)) ||
	       (ctl->filter_by_cgroup && bpf_map_lookup_elem(&filter_cgroups, &key));
}

/* A child of a process that passes passes too. */
static __always_inline void filter_inherit(__u32 parent, __u32 child)
{
	struct eu_control *ctl = control_get();
	__u32 *mask;

	if (!ctl || !ctl->filter_by_pid)
		return;
	mask = bpf_map_lookup_elem(&filter_pids, &parent);
	if (mask && bpf_map_update_elem(&filter_pids, &child, mask, BPF_ANY) != 0)
		ctl->filter_open = 1;
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
	__u32 on = 1;

	if (!ctl || !ctl->filter_by_cgroup)
		return;
	if (bpf_map_update_elem(&filter_cgroups, &key, &on, BPF_ANY) != 0)
		ctl->filter_open = 1;
}

static __always_inline void filter_forget_cgroup(__u64 key)
{
	bpf_map_delete_elem(&filter_cgroups, &key);
}
