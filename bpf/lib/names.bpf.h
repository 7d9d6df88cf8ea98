/* SPDX-License-Identifier: GPL-2.0-only */
/* Files in a record's tail: what a descriptor stands for, and paths as a system call was passed
 * them. */
#pragma once

#include "lib/call.bpf.h"
#include "lib/tail.bpf.h"

#define S_IFMT	      0170000
#define S_IFDIR	      0040000
#define AT_FDCWD      (-100)
#define TAIL_RELATIVE 0x10000

static __always_inline void *record_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

/* The size of a record whose tail ends at at. */
static __always_inline __u32 record_size(__u32 at)
{
	__u32 size = (at + 7) & ~7u;

	return size > EU_RECORD_MAX ? EU_RECORD_MAX : size;
}

/*
 * Writes the path of the struct file at that address behind the record. What has no directory is
 * shown by the name the kernel gave it (a memfd), or that of its file system (pipefs).
 */
__noinline int tail_file(__u32 at, __u64 file_address, __u32 cut_bit)
{
	struct file *file = (void *)file_address;
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	__u32 type = BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT;
	const char *name = (const char *)BPF_CORE_READ(dentry, d_name.name);

	if (type != S_IFDIR && BPF_CORE_READ(dentry, d_parent) == dentry) {
		if (BPF_CORE_READ(dentry, d_name.len) <= 1) /* "" or "/" */
			name = BPF_CORE_READ(dentry, d_sb, s_type, name);
		return tail_string(at, (__u64)name, cut_bit);
	}
	return tail_path(at, file_address + bpf_core_field_offset(struct file, f_path),
			 address_of(bpf_get_current_task_btf()), cut_bit);
}

/*
 * The path as passed. Returns its length, and TAIL_RELATIVE when it does not begin at the root. One
 * that cannot be read (EFAULT, mostly) is marked as cut.
 */
__noinline int tail_raw(__u32 at, __u64 user, __u32 cut_bit)
{
	char *rec = record_get(), last = 0;
	long len;

	if (!rec || at > EU_RECORD_MAX - EU_PATH_MAX)
		return 0;
	len = bpf_probe_read_user_str(rec + at, EU_PATH_MAX, (void *)user);
	if (len == EU_PATH_MAX) /* just fits, or was cut */
		bpf_probe_read_user(&last, 1, (void *)(user + EU_PATH_MAX - 1));
	if (len <= 0 || last)
		record_cut(cut_bit);
	if (len <= 1)
		return len == 1 ? TAIL_RELATIVE : 0;
	return (len - 1) | (rec[at] == '/' ? 0 : TAIL_RELATIVE);
}

/* The directory that a relative path is relative to. */
__noinline int tail_base(__u32 at, int dirfd, __u32 cut_bit)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file;

	if (dirfd == AT_FDCWD)
		return tail_path(at, address_of(&task->fs->pwd), address_of(task), cut_bit);
	file = fd_file(task, dirfd);
	return file ? tail_file(at, (__u64)file, cut_bit) : 0;
}

/* Text in user memory of less than max bytes, at most EU_PATH_MAX. */
__noinline int tail_user(__u32 at, __u64 user, __u32 max, __u32 cut_bit)
{
	char *rec = record_get(), last = 0;
	long len;

	asm volatile("" : "+r"(max));
	if (!rec || !user || at > EU_RECORD_MAX - EU_PATH_MAX || max > EU_PATH_MAX)
		return 0;
	len = bpf_probe_read_user_str(rec + at, max, (void *)user);
	if (len == max)
		bpf_probe_read_user(&last, 1, (void *)(user + max - 1));
	if (len <= 0 || last)
		record_cut(cut_bit);
	return len <= 1 ? 0 : len - 1;
}
