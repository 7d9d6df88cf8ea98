/* SPDX-License-Identifier: GPL-2.0-only */
/* What all security records have in common. */
#pragma once

#include "lib/credentials.bpf.h"
#include "lib/names.bpf.h"

/* Who, and nothing else yet. */
static __always_inline void security_describe(const struct eu_call *call, struct task_struct *task,
					      struct eu_security *rec, __u16 kind)
{
	const struct cred *cred = task->cred;

	call_describe(call, task, &rec->hdr, &rec->actor, kind);
	rec->cap_effective = capability_set(&cred->cap_effective);
	rec->cap_permitted = capability_set(&cred->cap_permitted);
	rec->euid = cred->euid.val;
	rec->flags = rec->value = 0;
	rec->count = 1;
	rec->target_pid = rec->target_vpid = 0;
	rec->detail = 0;
	rec->result = 0;
	rec->reserved = 0;
	rec->call = EU_CALL_NONE;
	rec->security_flags = 0;
	rec->path_len = rec->raw_len = rec->base_len = 0;
	rec->source_len = rec->name_len = rec->data_len = 0;
}

/* A process by its number in the caller's pid namespace, which may be the initial one. */
static __always_inline void security_target(struct eu_security *rec, struct task_struct *task,
					    __s32 number)
{
	if (number <= 0)
		return;
	rec->target_vpid = number;
	if (BPF_CORE_READ(task, thread_pid, level) == 0)
		rec->target_pid = number;
}

/* The call as it was made. */
static __always_inline void security_call(const struct eu_call *call, struct task_struct *task,
					  struct eu_security *rec)
{
	security_describe(call, task, rec, call->route.kind);
	__builtin_memcpy(rec->args, &call->args[1], sizeof(rec->args));
	rec->flags = (__u32)call_arg(call, call->route.flags);
	rec->result = call->result;
	rec->call = call->route.op;
	if (call->abi == EU_ABI_COMPAT)
		rec->security_flags = EU_SECURITY_COMPAT;
	if (call->route.target != EU_ARG_NONE)
		security_target(rec, task, call_arg(call, call->route.target));
}

/* Whether a kernel string is this one of 8 bytes, the final NUL and those behind it included. */
static __always_inline bool is_text(const char *text, const char (*wanted)[8])
{
	__u64 has = 0;

	bpf_probe_read_kernel_str(&has, sizeof(has), text);
	return has == *(const __u64 *)wanted;
}

/* What a pidfd stands for, or NULL: since 6.9 it is a file of pidfs, before an anonymous one. */
static __always_inline struct pid *pidfd_pid(struct file *file)
{
	const char pidfs[8] __attribute__((aligned(8))) = "pidfs";
	const char pidfd[8] __attribute__((aligned(8))) = "[pidfd]";

	if (is_text(BPF_CORE_READ(file, f_inode, i_sb, s_type, name), &pidfs))
		return BPF_CORE_READ(file, f_inode, i_private);
	if (is_text((const char *)BPF_CORE_READ(file, f_path.dentry, d_name.name), &pidfd))
		return BPF_CORE_READ(file, private_data);
	return NULL;
}

static __always_inline void security_target_of_pidfd(struct eu_security *rec, struct file *file)
{
	struct pid *pid = file ? pidfd_pid(file) : NULL;

	if (pid)
		bpf_probe_read_kernel(&rec->target_pid, sizeof(rec->target_pid),
				      &pid->numbers[0].nr);
}
