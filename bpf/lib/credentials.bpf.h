/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a thread was allowed to do before a call changed it. At sys_exit the old credentials are
 * gone, so they are written down whenever they are known: when the thread began, at its execs, at
 * the calls that change them, and for who ran before when the tracking begins; each only of threads
 * that pass the filter then, since of others changes would be missed.
 */
#pragma once

#include "lib/call.bpf.h"
#include "lib/filter.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct eu_ids);
} credentials SEC(".maps");

/* Capability sets have 64 bits in every kernel, as two words or as one. */
static __always_inline __u64 capability_set(const void *set)
{
	__u64 bits = 0;

	bpf_probe_read_kernel(&bits, sizeof(bits), set);
	return bits;
}

static __always_inline void ids_fill(struct eu_ids *ids, struct task_struct *task)
{
	const struct cred *cred = task->cred;

	ids->cap_effective = capability_set(&cred->cap_effective);
	ids->cap_permitted = capability_set(&cred->cap_permitted);
	ids->cap_inheritable = capability_set(&cred->cap_inheritable);
	ids->uid = cred->uid.val;
	ids->euid = cred->euid.val;
	ids->suid = cred->suid.val;
	ids->fsuid = cred->fsuid.val;
	ids->gid = cred->gid.val;
	ids->egid = cred->egid.val;
	ids->sgid = cred->sgid.val;
	ids->fsgid = cred->fsgid.val;
}

static __always_inline void credentials_note(struct task_struct *task)
{
	struct eu_ids *ids =
	    bpf_task_storage_get(&credentials, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (ids)
		ids_fill(ids, task);
}

/* Changes of this thread are not seen, so nothing is known from now on. */
static __always_inline void credentials_forget(struct task_struct *task)
{
	bpf_task_storage_delete(&credentials, task);
}

/* What is known of a thread, or nothing. */
static __always_inline struct eu_ids *credentials_known(struct task_struct *task)
{
	return bpf_task_storage_get(&credentials, task, NULL, 0);
}
