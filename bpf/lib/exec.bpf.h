/* SPDX-License-Identifier: GPL-2.0-only */
/* What an exec record says of a process image: used when it happens and when what already runs is
 * listed. */
#pragma once

#include "lib/tail.bpf.h"
#include "lib/task.bpf.h"

#define OVERLAYFS_MAGIC 0x794c7630
#define TMPFS_MAGIC	0x01021994
#define MODE_OWNER_W	0200
#define MODE_GROUP_W	0020
#define MODE_OTHER_W	0002

/* An overlay inode is followed by the dentry it has in the upper layer, if it has one there. */
static __always_inline bool in_upper_layer(struct inode *inode)
{
	struct dentry *upper = NULL;

	if (BPF_CORE_READ(inode, i_sb, s_magic) != OVERLAYFS_MAGIC)
		return false;
	bpf_probe_read_kernel(&upper, sizeof(upper),
			      (void *)inode + bpf_core_type_size(struct inode));
	return upper && BPF_CORE_READ(upper, d_inode);
}

/* memfd files have no directory: their dentry is a root of its own, called "memfd:NAME". */
static __always_inline bool is_memfd(struct dentry *dentry, struct inode *inode)
{
	char name[6] = {};

	if (BPF_CORE_READ(inode, i_sb, s_magic) != TMPFS_MAGIC ||
	    BPF_CORE_READ(dentry, d_parent) != dentry)
		return false;
	bpf_probe_read_kernel(name, sizeof(name), BPF_CORE_READ(dentry, d_name.name));
	return name[0] == 'm' && name[1] == 'e' && name[2] == 'm' && name[3] == 'f' &&
	       name[4] == 'd' && name[5] == ':';
}

/* By owner, group and mode; capabilities are left out, or everything root runs would count. */
static __always_inline bool is_writable(struct inode *inode, const struct cred *cred)
{
	__u32 mode = BPF_CORE_READ(inode, i_mode);

	if (BPF_CORE_READ(inode, i_uid.val) == BPF_CORE_READ(cred, fsuid.val))
		return mode & MODE_OWNER_W;
	if (BPF_CORE_READ(inode, i_gid.val) == BPF_CORE_READ(cred, fsgid.val))
		return mode & MODE_GROUP_W;
	return mode & MODE_OTHER_W;
}

static __always_inline __u32 exe_flags(struct file *exe, struct inode *inode,
				       const struct cred *cred)
{
	__u32 flags = 0;

	if (is_memfd(BPF_CORE_READ(exe, f_path.dentry), inode))
		flags |= EU_EXE_MEMFD;
	if (in_upper_layer(inode))
		flags |= EU_EXE_UPPER_LAYER;
	if (is_writable(inode, cred))
		flags |= EU_EXE_WRITABLE;
	if (BPF_CORE_READ(inode, i_nlink) == 0)
		flags |= EU_EXE_UNLINKED;
	return flags;
}

/* Times of an inode, as kernels before this one had them. */
struct inode___6_1 {
	struct timespec64 i_ctime;
	struct timespec64 i_mtime;
};

struct inode___6_7 {
	struct timespec64 __i_ctime;
	struct timespec64 __i_mtime;
};

#define NSEC_PER_SEC 1000000000ull
#define NSEC_MASK    0x3fffffff /* since 6.13 a mark stands above the nanoseconds of ctime */
#define TIMESPEC_NS(of, time)                                                                      \
	(BPF_CORE_READ(of, time.tv_sec) * NSEC_PER_SEC + BPF_CORE_READ(of, time.tv_nsec))

static __always_inline __u64 inode_ctime(struct inode *inode)
{
	struct inode___6_1 *old = (void *)inode;
	struct inode___6_7 *newer = (void *)inode;

	if (bpf_core_field_exists(inode->i_ctime_sec))
		return BPF_CORE_READ(inode, i_ctime_sec) * NSEC_PER_SEC +
		       (BPF_CORE_READ(inode, i_ctime_nsec) & NSEC_MASK);
	if (bpf_core_field_exists(newer->__i_ctime)) /* since 6.6 */
		return TIMESPEC_NS(newer, __i_ctime);
	return bpf_core_field_exists(old->i_ctime) ? TIMESPEC_NS(old, i_ctime) : 0;
}

static __always_inline __u64 inode_mtime(struct inode *inode)
{
	struct inode___6_1 *old = (void *)inode;
	struct inode___6_7 *newer = (void *)inode;

	if (bpf_core_field_exists(inode->i_mtime_sec))
		return BPF_CORE_READ(inode, i_mtime_sec) * NSEC_PER_SEC +
		       BPF_CORE_READ(inode, i_mtime_nsec);
	if (bpf_core_field_exists(newer->__i_mtime))
		return TIMESPEC_NS(newer, __i_mtime);
	return bpf_core_field_exists(old->i_mtime) ? TIMESPEC_NS(old, i_mtime) : 0;
}

/* inode may be NULL: a kernel thread has no executable. */
static __always_inline void exec_exe(struct eu_exec *rec, struct file *exe, struct inode *inode,
				     const struct cred *cred)
{
	rec->exe_inode = inode ? BPF_CORE_READ(inode, i_ino) : 0;
	rec->exe_dev = inode ? BPF_CORE_READ(inode, i_sb, s_dev) : 0;
	rec->exe_mode = inode ? BPF_CORE_READ(inode, i_mode) : 0;
	rec->exe_ctime_ns = inode ? inode_ctime(inode) : 0;
	rec->exe_mtime_ns = inode ? inode_mtime(inode) : 0;
	rec->exe_flags = inode ? exe_flags(exe, inode, cred) : 0;
}

static __always_inline void exec_credentials(struct eu_exec *rec, struct task_struct *task,
					     const struct cred *cred)
{
	rec->uid = BPF_CORE_READ(cred, uid.val);
	rec->gid = BPF_CORE_READ(cred, gid.val);
	rec->euid = BPF_CORE_READ(cred, euid.val);
	rec->egid = BPF_CORE_READ(cred, egid.val);
	/* 64 bits in every kernel, as two words or as one. */
	bpf_probe_read_kernel(&rec->cap_effective, sizeof(rec->cap_effective),
			      &cred->cap_effective);
	bpf_probe_read_kernel(&rec->cap_permitted, sizeof(rec->cap_permitted),
			      &cred->cap_permitted);
	bpf_probe_read_kernel(&rec->cap_inheritable, sizeof(rec->cap_inheritable),
			      &cred->cap_inheritable);
	rec->userns = BPF_CORE_READ(cred, user_ns, ns.inum);
	rec->loginuid = EU_ID_UNSET;
	rec->audit_session = EU_ID_UNSET;
	if (bpf_core_field_exists(task->loginuid)) {
		rec->loginuid = BPF_CORE_READ(task, loginuid.val);
		rec->audit_session = BPF_CORE_READ(task, sessionid);
	}
}

/* Everything but the strings. exe may be NULL: a kernel thread. */
static __always_inline void exec_fixed(struct eu_exec *rec, struct task_struct *task,
				       struct file *exe)
{
	const struct cred *cred = task->cred;
	struct inode *inode = exe ? BPF_CORE_READ(exe, f_inode) : NULL;

	header_fill(&rec->hdr, task, EU_KIND_PROCESS_EXEC);
	exec_credentials(rec, task, cred);
	exec_exe(rec, exe, inode, cred);
	rec->sid = task_group_pid(task, PIDTYPE_SID);
	rec->pgid = task_group_pid(task, PIDTYPE_PGID);
	rec->tty = task_tty(task);
	rec->vpid = task_upid(task).nr;
	rec->vsid = task_group_vpid(task, PIDTYPE_SID);
	rec->vpgid = task_group_vpid(task, PIDTYPE_PGID);
	rec->argc = 0;
	bpf_probe_read_kernel(rec->comm, sizeof(rec->comm), &task->comm);
	rec->exe_len = 0;
	rec->filename_len = 0;
	rec->cwd_len = 0;
	rec->args_len = 0;
	rec->env_len = 0;
	rec->syscall = 0;
	rec->syscall_abi = rec->reserved = 0;
}

static __always_inline void exec_exe_path(struct eu_exec *rec, __u32 *at, struct task_struct *task,
					  struct file *exe)
{
	if (rec->exe_flags & EU_EXE_MEMFD)
		rec->exe_len = tail_string(
		    *at, (__u64)BPF_CORE_READ(exe, f_path.dentry, d_name.name), EU_TRUNC_EXE);
	else
		rec->exe_len =
		    tail_path(*at, address_of(&exe->f_path), address_of(task), EU_TRUNC_EXE);
	*at += rec->exe_len;
}

static __always_inline void exec_cwd(struct eu_exec *rec, __u32 *at, struct task_struct *task)
{
	struct fs_struct *fs = task->fs;

	rec->cwd_len = tail_path(*at, address_of(&fs->pwd), address_of(task), EU_TRUNC_CWD);
	*at += rec->cwd_len;
}

/* The length of a record whose tail ends at at. */
static __always_inline __u32 exec_size(__u32 at)
{
	__u32 size = (at + 7) & ~7u;

	return size > EU_RECORD_MAX ? EU_RECORD_MAX : size;
}
