/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Open files, by descriptor table and descriptor: what went through them and what their paths are,
 * for the record of their end. An entry is made by open and dup, and by the first read or write
 * through a descriptor that was not seen to be opened. There is no tracepoint where the kernel lets
 * go of a descriptor, so its end is told by the call that asks for it, by exec and by exit.
 */
#pragma once

#define FD_TABLES file_tables
#include "lib/fdtable.bpf.h"

#define E2BIG  7
#define EEXIST 17

#define FMODE_CREATED 0x100000 /* include/linux/fs.h, the same since 4.19 */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_OPEN_FILES_MAX);
	__type(key, struct eu_open_key);
	__type(value, struct eu_open_file);
} open_files SEC(".maps");

/* Where a new entry is built. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_open_file);
} open_scratch SEC(".maps");

static __always_inline bool closes_wanted(void)
{
	struct eu_control *ctl = control_get();

	return ctl && (ctl->kinds & (1ull << EU_KIND_FILE_CLOSE | 1ull << EU_KIND_FILE_IO));
}

/*
 * The end of a descriptor. Threads may find the same end at once: whoever marks the entry tells of
 * it. It is out of the table before the record goes out, as others wait for that.
 */
__noinline int open_file_end(struct eu_open_key *key, struct eu_open_file *of, __u32 file_flags,
			     int result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_file_io *rec = record_get();
	struct eu_call *call = call_get();
	struct eu_open_key own; /* before 6.2 a map wants its key on the stack */
	__u32 len;

	if (!key || !of || !rec || !call || __sync_lock_test_and_set(&of->ended, 1))
		return 0;
	__builtin_memcpy(rec, &of->rec, sizeof(*rec));
	__builtin_memcpy(rec + 1, of->path, sizeof(of->path));
	own = *key;
	bpf_map_delete_elem(&open_files, &own);
	if (!kind_wanted(EU_KIND_FILE_CLOSE))
		return 0;
	len = rec->path_len & (2 * EU_OPEN_PATH_MAX - 1);
	call_describe(call, task, &rec->hdr, &rec->actor, EU_KIND_FILE_CLOSE);
	rec->hdr.truncated = of->rec.hdr.truncated;
	rec->file_flags |= file_flags;
	rec->result = result;
	emit_event(&rec->hdr, EU_KIND_FILE_CLOSE, record_size(sizeof(*rec) + len));
	return 0;
}

static long await_step(__u32 i, struct eu_open_key *key)
{
	return !bpf_map_lookup_elem(&open_files, key);
}

/*
 * Puts a new entry into the table. One that is there already has ended unseen, as another thread
 * closed it and has not come to say so, or is saying so right now; except where the new one was
 * found in use: then another thread found it a moment earlier.
 */
static __always_inline void open_file_insert(struct eu_open_key *key, struct eu_open_file *of,
					     __u32 old_flags)
{
	bool found = of->rec.file_flags & EU_FILE_INHERITED;
	struct eu_open_file *old = bpf_map_lookup_elem(&open_files, key);
	int err; /* 32 bits: before 6.4 the rest of the register is not the sign */

	if (old && !found) {
		open_file_end(key, old, old_flags, 0);
		bpf_loop(AWAIT_STEPS, await_step, key, 0);
	}
	err = note_table(key->table, key->fd)
		  ? bpf_map_update_elem(&open_files, key, of, BPF_NOEXIST)
		  : -E2BIG;
	if (err && !(found && err == -EEXIST))
		LOSE(lost_map, EU_KIND_FILE_CLOSE);
}

/* What a struct file is, for whichever record has it. */
#define FILE_DESCRIBE(rec, file)                                                                   \
	({                                                                                         \
		struct inode *inode_ = BPF_CORE_READ(file, f_inode);                               \
		(rec)->inode = BPF_CORE_READ(inode_, i_ino);                                       \
		(rec)->dev = BPF_CORE_READ(inode_, i_sb, s_dev);                                   \
		(rec)->file_mode = BPF_CORE_READ(inode_, i_mode);                                  \
		if (BPF_CORE_READ(inode_, i_nlink) == 0)                                           \
			(rec)->file_flags |= EU_FILE_UNLINKED;                                     \
	})

/*
 * Tracks a descriptor of current from now on. The path stands at path_at in the record under
 * construction, path_len bytes long.
 */
__noinline int track(__u32 fd, __u32 path_at, __u32 path_len, __u32 file_flags)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = fd_file(task, fd);
	struct eu_open_key key = open_key(task, fd);
	struct eu_call *call = call_get();
	char *rec = record_get();
	__u32 zero = 0;
	struct eu_open_file *of = bpf_map_lookup_elem(&open_scratch, &zero);

	if (!file || !of || !rec || !call || path_at > EU_RECORD_MAX - EU_OPEN_PATH_MAX)
		return 0;
	__builtin_memset(&of->rec, 0, sizeof(of->rec));
	call_describe(call, task, &of->rec.hdr, &of->rec.actor, EU_KIND_FILE_CLOSE);
	of->rec.hdr.truncated = ((struct eu_event_header *)rec)->truncated & EU_TRUNC_PATH;
	of->file = (__u64)file;
	of->reported_read = of->reported_written = of->ended = 0;
	of->rec.file_flags = file_flags;
	of->rec.opened_ns = file_flags & EU_FILE_INHERITED ? 0 : of->rec.hdr.ts_ns;
	of->rec.fd = fd;
	FILE_DESCRIBE(&of->rec, file);
	if (path_len > EU_OPEN_PATH_MAX) {
		path_len = EU_OPEN_PATH_MAX;
		of->rec.hdr.truncated |= EU_TRUNC_PATH;
	}
	of->rec.path_len = path_len;
	bpf_probe_read_kernel(of->path, sizeof(of->path), rec + path_at);
	open_file_insert(&key, of, 0);
	return 0;
}

/* A descriptor of a regular file that nobody saw being opened: from before, inherited, or sent. */
__noinline int adopt(__u32 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = fd_file(task, fd);
	struct eu_file_io *rec = record_get();
	__u32 len;

	if (!file || !rec || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFREG)
		return 0;
	rec->hdr.truncated = 0;
	len = tail_file(sizeof(*rec), (__u64)file, EU_TRUNC_PATH);
	return track(fd, sizeof(*rec), len, EU_FILE_INHERITED);
}

/* A copy of a tracked descriptor, with totals of its own. Global like the others. */
__noinline int track_copy(__u32 from, __u32 to)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_open_key key = open_key(task, from);
	struct eu_open_file *source = bpf_map_lookup_elem(&open_files, &key);
	__u32 zero = 0;
	struct eu_open_file *of = bpf_map_lookup_elem(&open_scratch, &zero);

	if (!of || !source)
		return 0;
	__builtin_memcpy(of, source, sizeof(*of));
	of->reported_read = of->reported_written = of->ended = 0;
	of->rec.bytes_read = of->rec.bytes_written = 0;
	of->rec.reads = of->rec.writes = 0;
	of->rec.opened_ns = bpf_ktime_get_boot_ns();
	of->rec.fd = to;
	of->rec.file_flags &= ~EU_FILE_CREATED;
	key.fd = to;
	open_file_insert(&key, of, EU_FILE_IMPLICIT);
	return 0;
}

/* Tells of the end of a tracked descriptor, if it has ended: it is gone, or is another file. */
__noinline int end_if_gone(__u32 fd, __u32 file_flags, int result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_open_key key = open_key(task, fd);
	struct eu_open_file *of = bpf_map_lookup_elem(&open_files, &key);

	if (of && of->file != (__u64)fd_file(task, fd))
		open_file_end(&key, of, file_flags, result);
	return 0;
}

static __always_inline void fd_ended(__u32 fd, __u32 file_flags)
{
	struct eu_open_key key = open_key(bpf_get_current_task_btf(), fd);
	struct eu_open_file *of = bpf_map_lookup_elem(&open_files, &key);

	if (of)
		open_file_end(&key, of, file_flags, 0);
}

static __always_inline void fd_check(__u32 fd, __u32 file_flags)
{
	end_if_gone(fd, file_flags, 0);
}
