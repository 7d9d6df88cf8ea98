/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The path of a file as the task's own root directory shows it, by walking dentries and mounts
 * upwards; equal to what readlink of /proc/PID/exe or cwd gives inside that root. A path longer
 * than the buffer or deeper than the walk keeps its end, and says that it was cut.
 */
#pragma once

#include "lib/hide.bpf.h"
#include "lib/maps.bpf.h"

#define PATH_NAME_MAX	256
#define PATH_STEPS_MAX	512
#define PATH_BUFFER_LEN (EU_PATH_MAX + PATH_NAME_MAX)

/* The walk writes from the end to the front; the room behind EU_PATH_MAX keeps the verifier's bound
 * simple. */
struct path_buffer {
	char bytes[PATH_BUFFER_LEN];
};

/* One for each CPU; where a walk may be preempted by another one the object says how many buffers
 * there are, and who has which. */
struct {
#ifdef PATH_BUFFERS
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PATH_BUFFERS);
#else
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
#endif
	__type(key, __u32);
	__type(value, struct path_buffer);
} path_scratch SEC(".maps");

/* Kernel addresses as plain numbers, because a loop's context cannot hold typed pointers. */
struct path_walk {
	__u64 dentry;
	__u64 mnt; /* struct mount */
	__u64 root_dentry;
	__u64 root_mnt;
	__u32 start; /* of the path in the buffer */
	__u32 cut;
	__u32 buffer;
	__u32 zero;
};

static __always_inline struct mount *mount_of(struct vfsmount *vfsmnt)
{
	return (void *)vfsmnt - bpf_core_field_offset(struct mount, mnt);
}

/* Crosses from the root of a mount to the place where it is mounted. False at the top of
 * everything. */
static __always_inline bool path_cross_mount(struct path_walk *walk, struct mount *mnt)
{
	struct mount *parent = BPF_CORE_READ(mnt, mnt_parent);

	if (parent == mnt)
		return false;
	walk->dentry = (__u64)BPF_CORE_READ(mnt, mnt_mountpoint);
	walk->mnt = (__u64)parent;
	return true;
}

static long path_step(__u32 i, struct path_walk *walk)
{
	struct dentry *dentry = (void *)walk->dentry;
	struct mount *mnt = (void *)walk->mnt;
	struct dentry *parent;
	struct path_buffer *buf;
	struct qstr name;
	__u32 buffer = walk->buffer, len, at;

	if (walk->dentry == walk->root_dentry && walk->mnt == walk->root_mnt)
		return 1;
	parent = BPF_CORE_READ(dentry, d_parent);
	if (dentry == BPF_CORE_READ(mnt, mnt.mnt_root))
		return path_cross_mount(walk, mnt) ? 0 : 1;
	if (dentry == parent)
		return 1;
	buf = bpf_map_lookup_elem(&path_scratch, &buffer);
	if (!buf)
		return 1;
	name = BPF_CORE_READ(dentry, d_name);
	len = name.len & (PATH_NAME_MAX - 1);
	at = walk->start;
	if (at < len + 1 || at > EU_PATH_MAX) {
		walk->cut = 1;
		return 1;
	}
	at = (at - len - 1) & (EU_PATH_MAX - 1);
	asm volatile("%0 &= 255" : "+r"(len));
	if (bpf_probe_read_kernel(&buf->bytes[at + 1], len, name.name) < 0)
		return 1;
	buf->bytes[at] = '/';
	walk->start = at;
	walk->dentry = (__u64)parent;
	return 0;
}

/* What path_resolve() returns: where the path starts in the buffer (it ends at EU_PATH_MAX), and
 * whether it was cut. */
#define PATH_CUT 0x10000

/*
 * Writes the path at the kernel address of a struct path, below the root of the task at that
 * address, into that path buffer. Global, so that the verifier checks it once.
 */
__noinline int path_resolve_into(__u32 buffer, __u64 path_address, __u64 task_address)
{
	struct path *path = (void *)path_address;
	struct task_struct *task = (void *)task_address;
	struct path root = BPF_CORE_READ(task, fs, root);
	struct path_walk walk = {
	    .dentry = (__u64)BPF_CORE_READ(path, dentry),
	    .mnt = (__u64)mount_of(BPF_CORE_READ(path, mnt)),
	    .root_dentry = (__u64)root.dentry,
	    .root_mnt = (__u64)mount_of(root.mnt),
	    .start = EU_PATH_MAX + hidden_zero(),
	    .buffer = buffer,
	};
	long steps = bpf_loop(PATH_STEPS_MAX, path_step, &walk, 0);
	struct path_buffer *buf = bpf_map_lookup_elem(&path_scratch, &buffer);

	if (buf && walk.start == EU_PATH_MAX) {
		buf->bytes[EU_PATH_MAX - 1] = '/';
		walk.start = EU_PATH_MAX - 1;
	}
	return walk.start | (walk.cut || steps == PATH_STEPS_MAX ? PATH_CUT : 0);
}

/* The same into the path buffer of this CPU. */
static __always_inline int path_resolve(__u64 path_address, __u64 task_address)
{
	return path_resolve_into(0, path_address, task_address);
}
