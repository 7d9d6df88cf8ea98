/* SPDX-License-Identifier: GPL-2.0-only */
/* Who a task is: the parts of struct task_struct that records carry. */
#pragma once

#include "lib/maps.bpf.h"

#define NESTED_CGROUPS_MAX 6
#define CONTAINER_ID_HEX   64

/* kernfs_node.id is the directory's inode number on every 64-bit kernel. */
static __always_inline __u64 cgroup_key(struct cgroup *cgrp)
{
	return EU_CGROUP_KEY(cgrp->root->hierarchy_id, cgrp->kn->id);
}

/* The task's cgroup in the hierarchy that has the pids controller: a v1 one, or the unified one. */
static __always_inline struct cgroup *pids_cgroup(struct task_struct *task)
{
	struct css_set *set = task->cgroups;
	struct cgroup_subsys_state *css = NULL;
	int id = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);

	bpf_probe_read_kernel(&css, sizeof(css), &set->subsys[id]);
	return css ? BPF_CORE_READ(css, cgroup) : NULL;
}

/*
 * "<64 hex>", "docker-<64 hex>.scope" and the like: a name that long. A host unit with such a name
 * is taken for one too, which does no harm: it only means that its v2 key is used, and the
 * controller reads the path.
 */
static __always_inline bool names_container(struct cgroup *cgrp)
{
	char name[CONTAINER_ID_HEX + 1];

	return bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(cgrp, kn, name)) ==
	       sizeof(name);
}

/*
 * Is this v2 cgroup, or one a few levels above it, that of a container? Takes its address: as a
 * global function, which the verifier checks once and not once per caller's state.
 */
__noinline int in_container(__u64 cgroup)
{
	struct cgroup *cgrp = (void *)cgroup;
	int i;

	for (i = 0; i < NESTED_CGROUPS_MAX; i++) {
		struct cgroup *parent = BPF_CORE_READ(cgrp, self.parent, cgroup);

		if (!parent)
			return false;
		if (names_container(cgrp))
			return true;
		cgrp = parent;
	}
	return false;
}

/*
 * The cgroup that says which container a task is in. Without a v1 pids hierarchy that is the v2
 * cgroup. In hybrid mode it is the v2 one only where the runtime made one for the container;
 * otherwise v1 pids knows.
 */
static __always_inline __u64 task_cgroup_key(struct task_struct *task)
{
	struct cgroup *v2 = task->cgroups->dfl_cgrp;
	struct cgroup *v1 = pids_cgroup(task);

	if (!v1 || BPF_CORE_READ(v1, root) == v2->root || in_container(address_of(v2)))
		return cgroup_key(v2);
	return EU_CGROUP_KEY(BPF_CORE_READ(v1, root, hierarchy_id), BPF_CORE_READ(v1, kn, id));
}

/* The number of the task's process, not that of a thread, in its own pid namespace. */
static __always_inline struct upid task_upid(struct task_struct *task)
{
	struct pid *pid = task->group_leader->thread_pid;
	struct upid upid = {};

	bpf_probe_read_kernel(&upid, sizeof(upid), &pid->numbers[pid->level]);
	return upid;
}

/* The global number of a process group or session leader. */
static __always_inline __u32 task_group_pid(struct task_struct *task, enum pid_type type)
{
	struct pid *pid = NULL;
	__u32 nr = 0;

	bpf_probe_read_kernel(&pid, sizeof(pid), &task->signal->pids[type]);
	bpf_probe_read_kernel(&nr, sizeof(nr), &pid->numbers[0].nr);
	return nr;
}

/* The same in the task's own pid namespace; 0: it is not of there. */
static __always_inline __u32 task_group_vpid(struct task_struct *task, enum pid_type type)
{
	unsigned int level = task->group_leader->thread_pid->level;
	struct pid *pid = NULL;
	struct upid upid = {};

	bpf_probe_read_kernel(&pid, sizeof(pid), &task->signal->pids[type]);
	if (!pid || BPF_CORE_READ(pid, level) < level)
		return 0;
	bpf_probe_read_kernel(&upid, sizeof(upid), &pid->numbers[level]);
	return upid.ns == task_upid(task).ns ? upid.nr : 0;
}

static __always_inline __u32 task_tty(struct task_struct *task)
{
	struct tty_struct *tty = task->signal->tty;

	if (!tty)
		return 0;
	return (__u32)tty->driver->major << 20 | (__u32)(tty->driver->minor_start + tty->index);
}

static __always_inline void header_fill(struct eu_event_header *hdr, struct task_struct *task,
					__u16 kind)
{
	hdr->ts_ns = bpf_ktime_get_boot_ns();
	hdr->seq = 0;
	hdr->cgroup_key = task_cgroup_key(task);
	hdr->start_ns = task->group_leader->start_boottime;
	hdr->tgid = task->tgid;
	hdr->tid = task->pid;
	hdr->ppid = task->real_parent->tgid;
	hdr->pidns = BPF_CORE_READ(task_upid(task).ns, ns.inum);
	hdr->mntns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	hdr->kind = kind;
	hdr->size = 0;
	hdr->cpu = 0;
	hdr->flags = 0;
	hdr->truncated = 0;
}
