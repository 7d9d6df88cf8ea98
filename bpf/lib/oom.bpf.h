/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that the kernel kills for want of memory. It is seldom the current one, and older
 * kernels give its number only; so all of it is read as untyped memory.
 */
#pragma once

#include "lib/security.bpf.h"

#define TASKS_MAX (1u << 16)

struct task_search {
	__u64 task;
	__u32 tgid;
	__u32 found;
};

static long search_step(__u32 i, struct task_search *search)
{
	struct task_struct *task = (void *)search->task;

	if ((__u32)BPF_CORE_READ(task, tgid) == search->tgid) {
		search->found = 1;
		return 1;
	}
	search->task = (__u64)BPF_CORE_READ(task, tasks.next) -
		       bpf_core_field_offset(struct task_struct, tasks);
	return 0;
}

/* what: the tracepoint's first argument, a task since 6.8, before its number. All processes stand
 * in a ring, of which any is a beginning. */
static __always_inline __u64 oom_victim(__u64 what)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct task_search search = {.task = address_of(current->group_leader), .tgid = what};

	if (bpf_core_field_exists(struct trace_event_raw_mark_victim, uid))
		return what;
	bpf_loop(TASKS_MAX, search_step, &search, 0);
	return search.found ? search.task : 0;
}

/* As task_cgroup_key() does. */
static __always_inline __u64 oom_cgroup_key(struct task_struct *task)
{
	int id = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup *v2 = BPF_CORE_READ(set, dfl_cgrp), *v1 = NULL;
	struct cgroup_subsys_state *css = NULL;

	bpf_probe_read_kernel(&css, sizeof(css), &set->subsys[id]);
	if (css)
		v1 = BPF_CORE_READ(css, cgroup);
	if (!v1 || BPF_CORE_READ(v1, root) == BPF_CORE_READ(v2, root) || in_container((__u64)v2))
		v1 = v2;
	return EU_CGROUP_KEY(BPF_CORE_READ(v1, root, hierarchy_id), BPF_CORE_READ(v1, kn, id));
}

static __always_inline void oom_header(struct eu_event_header *hdr, struct task_struct *task,
				       const struct upid *upid)
{
	hdr->ts_ns = bpf_ktime_get_boot_ns();
	hdr->cgroup_key = oom_cgroup_key(task);
	hdr->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	hdr->tgid = BPF_CORE_READ(task, tgid);
	hdr->tid = BPF_CORE_READ(task, pid);
	hdr->ppid = BPF_CORE_READ(task, real_parent, tgid);
	hdr->pidns = BPF_CORE_READ(upid, ns, ns.inum);
	hdr->mntns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	hdr->kind = EU_KIND_SECURITY_OOM;
	hdr->cpu = 0;
}

static __always_inline void oom_describe(struct eu_security *rec, struct task_struct *task)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct upid upid = {};

	bpf_probe_read_kernel(&upid, sizeof(upid), &pid->numbers[BPF_CORE_READ(pid, level)]);
	__builtin_memset(rec, 0, sizeof(*rec));
	oom_header(&rec->hdr, task, &upid);
	rec->actor.uid = BPF_CORE_READ(cred, uid.val);
	rec->actor.gid = BPF_CORE_READ(cred, gid.val);
	rec->actor.vpid = upid.nr;
	bpf_probe_read_kernel(rec->actor.comm, sizeof(rec->actor.comm), &task->comm);
	rec->cap_effective = capability_set(&cred->cap_effective);
	rec->cap_permitted = capability_set(&cred->cap_permitted);
	rec->euid = BPF_CORE_READ(cred, euid.val);
	rec->count = 1;
	rec->detail = (__s32)BPF_CORE_READ(task, signal, oom_score_adj);
}
