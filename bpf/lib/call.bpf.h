/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system call that just returned, and who made it. What identifies a task is looked up once and
 * kept with the task: finding out whose cgroup it is in costs more than the rest of a record.
 */
#pragma once

#include "lib/emit.bpf.h"
#include "lib/filter.bpf.h"
#include "lib/hold.bpf.h"
#include "lib/task.bpf.h"

/* The loader gives the same map to every object. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_call);
} call_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_routes);
} routes SEC(".maps");

/* The families' programs by enum eu_handler; the loader puts them there. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, _EU_HANDLER_MAX);
	__type(key, __u32);
	__type(value, __u32);
} handlers SEC(".maps");

struct identity {
	__u64 css_set; /* it changes when the task is moved to another cgroup */
	__u64 v2_id;   /* and this with it, should a new set get the address of the old one */
	__u64 cgroup_key;
	__u32 pidns;
	__u32 vpid;
	__u32 families;	      /* 1 << enum eu_family: whose filter lets it pass, as of epoch */
	__u32 epoch;	      /* of the filter, 0 = never looked */
	__u64 connecting;     /* struct sock: an attempt began within the connect call it is in */
	__u64 failed_quietly; /* struct sock: it failed, and why only the call's result tells */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct identity);
} identities SEC(".maps");

static __always_inline void identity_fill(struct identity *id, struct task_struct *task)
{
	struct upid upid = task_upid(task);

	id->css_set = address_of(task->cgroups);
	id->v2_id = task->cgroups->dfl_cgrp->kn->id;
	id->cgroup_key = task_cgroup_key(task);
	id->pidns = BPF_CORE_READ(upid.ns, ns.inum);
	id->vpid = upid.nr;
	id->epoch = 0;
}

/* NULL when there is no memory, or when this interrupted the storage's own work. */
static __always_inline struct identity *identity_of(struct task_struct *task)
{
	struct identity *id =
	    bpf_task_storage_get(&identities, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (id && (id->css_set != address_of(task->cgroups) ||
		   id->v2_id != task->cgroups->dfl_cgrp->kn->id))
		identity_fill(id, task);
	return id;
}

static __always_inline struct eu_call *call_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&call_scratch, &zero);
}

/* Notes who current is, and who wants to know of it. */
static __always_inline void call_identify(struct eu_call *call, struct task_struct *task)
{
	struct identity fresh = {}, *id = identity_of(task);
	struct eu_control *ctl = control_get();
	__u32 epoch = ctl ? *(volatile __u32 *)&ctl->filter_epoch : 0;

	if (!id) {
		id = &fresh;
		identity_fill(id, task);
	}
	if (id->epoch != epoch || !epoch) {
		id->families = filter_families(task->tgid, id->cgroup_key);
		id->epoch = epoch;
	}
	call->families = id->families;
	call->cgroup_key = id->cgroup_key;
	call->pidns = id->pidns;
	call->vpid = id->vpid;
	call->syscall = 0;
	call->syscall_abi = call->syscall_part = 0;
}

/* For totals, and what comes later than the call that it began with. */
static __always_inline void actor_without_call(struct eu_actor *actor)
{
	actor->syscall = 0;
	actor->syscall_abi = actor->syscall_part = 0;
}

static __always_inline __u64 call_arg(const struct eu_call *call, __u8 which)
{
	return call->args[which & (EU_ARGS - 1)];
}

/* The parts of a record that say who: header and actor. */
static __always_inline void call_describe(const struct eu_call *call, struct task_struct *task,
					  struct eu_event_header *hdr, struct eu_actor *actor,
					  __u16 kind)
{
	hdr->ts_ns = bpf_ktime_get_boot_ns();
	hdr->seq = 0;
	hdr->cgroup_key = call->cgroup_key;
	hdr->start_ns = task->group_leader->start_boottime;
	hdr->tgid = task->tgid;
	hdr->tid = task->pid;
	hdr->ppid = task->real_parent->tgid;
	hdr->pidns = call->pidns;
	hdr->mntns = task->nsproxy->mnt_ns->ns.inum;
	hdr->kind = kind;
	hdr->size = 0;
	hdr->cpu = 0;
	hdr->flags = 0;
	hdr->truncated = 0;
	actor->uid = task->cred->uid.val;
	actor->gid = task->cred->gid.val;
	actor->vpid = call->vpid;
	actor->syscall = call->syscall;
	actor->syscall_abi = call->syscall_abi;
	actor->syscall_part = call->syscall_part;
	bpf_probe_read_kernel(actor->comm, sizeof(actor->comm), &task->comm);
}

/* The struct file behind a descriptor of current, 0 when there is none. */
static __always_inline struct file *fd_file(struct task_struct *task, __u32 fd)
{
	struct file *file = NULL;

	if (!task->files || fd >= task->files->fdt->max_fds)
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), &task->files->fdt->fd[fd]);
	return file;
}

/*
 * Hands the call to the next family that wants it, starting with that route, and does not come back
 * if there is one.
 */
static __always_inline void call_enter(void *ctx, struct eu_call *call, __u32 route)
{
	__u32 zero = 0;
	struct eu_routes *table = bpf_map_lookup_elem(&routes, &zero);
	int i;

	if (!table)
		return;
	for (i = 0; i < EU_ROUTES_PER_CALL && route; i++) {
		call->route = table->routes[route & (EU_ROUTES_MAX - 1)];
		if (call->families >> (call->route.family & 31) & 1) {
			bpf_tail_call(ctx, &handlers, call->route.handler);
			LOSE(lost_program, call->route.kind); /* there is no such program */
		}
		route = call->route.next[call->abi & 1];
	}
}

/* The last thing a handler does. */
static __always_inline int call_done(void *ctx)
{
	struct eu_call *call = call_get();

	if (call)
		call_enter(ctx, call, call->route.next[call->abi & 1]);
	return 0;
}

/*
 * A handler: the program that the dispatcher enters, and the function that is its work. Whatever
 * that does, the family behind it gets the call too.
 */
#define CALL_HANDLER(name)                                                                         \
	static __always_inline void name##_work(struct eu_call *call, struct task_struct *task);   \
	SEC("tp_btf/sys_exit")                                                                     \
	int name(void *ctx)                                                                        \
	{                                                                                          \
		struct eu_call *handled_ = call_get();                                             \
		hold_cpu();                                                                        \
		if (handled_)                                                                      \
			name##_work(handled_, bpf_get_current_task_btf());                         \
		release_cpu();                                                                     \
		return call_done(ctx);                                                             \
	}                                                                                          \
	static __always_inline void name##_work(struct eu_call *call, struct task_struct *task)
