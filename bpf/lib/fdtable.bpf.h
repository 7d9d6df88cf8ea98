/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptor tables: which file a descriptor is, and which of those that are tracked are gone.
 * There is no tracepoint where the kernel lets go of a descriptor, so its end is told by the call
 * that asks for it, by exec and by exit. Whoever includes this names the map of tables in
 * FD_TABLES, and has fd_ended() and fd_check() for the walk.
 */
#pragma once

#include "lib/call.bpf.h"
#include "lib/emit.bpf.h"
#include "lib/names.bpf.h"

#define S_IFREG 0100000

#define OPEN_FDS_MAX (1u << 20)

/* The highest descriptor that was ever tracked in a table: how far exec and exit have to look. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_FILE_TABLES_MAX);
	__type(key, __u64);
	__type(value, __u32);
} FD_TABLES SEC(".maps");

static __always_inline struct eu_open_key open_key(struct task_struct *task, __u32 fd)
{
	struct eu_open_key key = {.table = address_of(task->files), .fd = fd};

	return key;
}

static __always_inline bool note_table(__u64 table, __u32 fd)
{
	__u32 *highest = bpf_map_lookup_elem(&FD_TABLES, &table);

	if (!highest && bpf_map_update_elem(&FD_TABLES, &table, &fd, BPF_NOEXIST) == 0)
		return true;
	if (!highest)
		highest = bpf_map_lookup_elem(&FD_TABLES, &table);
	if (highest && *highest < fd)
		*highest = fd;
	return highest;
}

/*
 * The kernel lets go of the descriptor table right after this. Threads share it, and ones that end
 * together may all find others still there; when the whole process ends, nobody is left to use it.
 * (A table shared with another process by clone(CLONE_FILES) lives on.)
 */
static __always_inline bool table_ends(struct task_struct *task)
{
	int users = task->files->count.counter;

	return users == 1 || (task->signal->live.counter == 0 && users <= task->signal->nr_threads);
}

/* A tracked descriptor of current ends, its table with it. */
static __always_inline void fd_ended(__u32 fd, __u32 flags);

/* A descriptor of current may be gone. */
static __always_inline void fd_check(__u32 fd, __u32 flags);

struct walk_range {
	__u32 first;
	__u32 flags;
	__u32 all; /* the table itself ends: everything does */
};

static long walk_step(__u32 i, struct walk_range *range)
{
	if (range->all)
		fd_ended(range->first + i, range->flags);
	else
		fd_check(range->first + i, range->flags);
	return 0;
}

/* Looks at all tracked descriptors of current from first to last. flags: for who tells of an end.
 */
static __always_inline void walk_table(__u32 first, __u32 last, __u32 flags, bool all)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct walk_range range = {.first = first, .flags = flags, .all = all};
	__u64 table = address_of(task->files);
	__u32 *highest = bpf_map_lookup_elem(&FD_TABLES, &table);

	if (!highest || first > *highest)
		return;
	if (last > *highest)
		last = *highest;
	if (last - first < OPEN_FDS_MAX)
		bpf_loop(last - first + 1, walk_step, &range, 0);
	if (all)
		bpf_map_delete_elem(&FD_TABLES, &table);
}
