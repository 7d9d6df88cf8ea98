// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of cgroups, and so of containers: a container's cgroup is made before its first
 * instruction runs and removed after its last. On cgroup v1 each controller announces its own
 * directory: only the unified hierarchy and the one with the pids controller count.
 */
#include "lib/emit.bpf.h"
#include "lib/filter.bpf.h"
#include "lib/hold.bpf.h"
#include "lib/task.bpf.h"

char LICENSE[] SEC("license") = "GPL";

static __always_inline bool is_identity_hierarchy(struct cgroup *cgrp, struct task_struct *task)
{
	struct cgroup *pids;

	if (cgrp->root->hierarchy_id == 0)
		return true;
	pids = pids_cgroup(task);
	return pids && BPF_CORE_READ(pids, root) == cgrp->root;
}

static __always_inline void emit_cgroup(struct cgroup *cgrp, const char *path, __u16 kind)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 zero = 0, size;
	struct eu_cgroup *rec = bpf_map_lookup_elem(&scratch, &zero);
	long len;

	if (!rec) {
		LOSE(lost_program, kind);
		return;
	}
	header_fill(&rec->hdr, task, kind);
	rec->key = cgroup_key(cgrp);
	rec->parent_key = EU_CGROUP_KEY(cgrp->root->hierarchy_id,
					BPF_CORE_READ(cgrp, self.parent, cgroup, kn, id));
	rec->hierarchy = cgrp->root->hierarchy_id;
	rec->level = cgrp->level;
	len = bpf_probe_read_kernel_str(rec + 1, EU_CGROUP_PATH_MAX, path);
	len = len > 0 ? len - 1 : 0;
	if (len == EU_CGROUP_PATH_MAX - 1)
		rec->hdr.truncated |= EU_TRUNC_CGROUP;
	rec->path_len = len;
	__builtin_memset(rec->reserved, 0, sizeof(rec->reserved));
	size = (sizeof(*rec) + len + 7) & ~7u & (EU_RECORD_MAX - 1);
	emit_lifecycle(&rec->hdr, kind, size, true);
}

SEC("tp_btf/cgroup_mkdir")
int HELD_PROG(eu_cgroup_mkdir, struct cgroup *cgrp, const char *path)
{
	if (!is_identity_hierarchy(cgrp, bpf_get_current_task_btf()))
		return 0;
	filter_add_new_cgroup(cgroup_key(cgrp));
	emit_cgroup(cgrp, path, EU_KIND_CGROUP_MKDIR);
	return 0;
}

SEC("tp_btf/cgroup_rmdir")
int HELD_PROG(eu_cgroup_rmdir, struct cgroup *cgrp, const char *path)
{
	if (!is_identity_hierarchy(cgrp, bpf_get_current_task_btf()))
		return 0;
	filter_forget_cgroup(cgroup_key(cgrp));
	emit_cgroup(cgrp, path, EU_KIND_CGROUP_RMDIR);
	return 0;
}
