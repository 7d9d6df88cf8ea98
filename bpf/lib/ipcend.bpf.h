/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends of pipes, unix sockets, queues and shared memory: what a process has open of one, and what
 * went through it. An end is known by its struct file and the table of descriptors, which all
 * descriptors that are copies of each other share; a second map says which descriptors those are,
 * so that the last one's close is the end of it.
 */
#pragma once

#define FD_TABLES ipc_tables
#include "lib/fdtable.bpf.h"
#include "lib/ipcobject.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_IPC_ENDS_MAX);
	__type(key, struct eu_ipc_key);
	__type(value, struct eu_ipc_end);
} ipc_ends SEC(".maps");

/* By descriptor: the struct file of the end that it is of. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_IPC_FDS_MAX);
	__type(key, struct eu_open_key);
	__type(value, __u64);
} ipc_fds SEC(".maps");

/* Where a new end is built. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct eu_ipc_end);
} ipc_scratch SEC(".maps");

#define END_SILENT 0x80000000u /* beside EU_IPC_* flags of a new end: see eu_ipc_end.silent */

static __always_inline struct eu_ipc_end *end_new(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&ipc_scratch, &zero);
}

static __always_inline bool ends_wanted(void)
{
	struct eu_control *ctl = control_get();

	return ctl && (ctl->kinds & (1ull << EU_KIND_IPC_USE | 1ull << EU_KIND_IPC_TRAFFIC |
				     1ull << EU_KIND_IPC_CLOSE));
}

static __always_inline struct eu_ipc_key end_key(struct task_struct *task, const struct file *file)
{
	struct eu_ipc_key key = {.object = (__u64)file, .owner = address_of(task->files)};

	return key;
}

/*
 * Tells of an end, in the name of current. The header's part of rec is written anew; the counters
 * are copied one by one, as others may be adding to them.
 */
__noinline int end_tell(struct eu_ipc_end *end, __u32 kind, __u32 flags, int result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_call *call = call_get();
	struct eu_ipc *rec = record_get();
	__u32 len, cut;

	if (!end || !call)
		return 0;
	if (!rec) {
		LOSE(lost_program, kind);
		return 0;
	}
	__builtin_memcpy(rec, &end->rec, sizeof(*rec));
	__builtin_memcpy(rec + 1, end->name, sizeof(end->name));
	len = rec->name_len & (2 * EU_OPEN_PATH_MAX - 1);
	cut = rec->hdr.truncated;
	call_describe(call, task, &rec->hdr, &rec->actor, kind);
	rec->hdr.truncated = cut;
	rec->ipc_flags |= flags;
	rec->result = result;
	emit_event(&rec->hdr, kind, record_size(sizeof(*rec) + len));
	return 0;
}

/* Whoever marks the end tells of it. */
__noinline int end_close(struct eu_ipc_key *key, struct eu_ipc_end *end, __u32 flags, int result)
{
	struct eu_ipc_key own; /* before 6.2 a map wants its key on the stack */

	if (!key || !end || __sync_lock_test_and_set(&end->ended, 1))
		return 0;
	if (kind_wanted(EU_KIND_IPC_CLOSE) && !end->silent)
		end_tell(end, EU_KIND_IPC_CLOSE, flags, result);
	own = *key;
	bpf_map_delete_elem(&ipc_ends, &own);
	return 0;
}

/* A descriptor is not one of this file any more. */
static __always_inline int fd_release(__u64 file, __u32 fd, __u32 flags, int result)
{
	struct eu_ipc_key key = end_key(bpf_get_current_task_btf(), (struct file *)file);
	struct eu_ipc_end *end = bpf_map_lookup_elem(&ipc_ends, &key);

	if (!end)
		return 0;
	if (end->last_fd == (int)fd)
		end->last_fd = -1;
	if (__sync_fetch_and_sub(&end->refs, 1) == 1)
		end_close(&key, end, flags, result);
	return 0;
}

/* Forgets a descriptor that is gone, or is another file by now. Whoever takes it away lets go. */
__noinline int fd_gone(__u32 fd, __u32 flags, int result, __u32 surely)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_open_key key = open_key(task, fd);
	__u64 *known = bpf_map_lookup_elem(&ipc_fds, &key), file;

	if (!known)
		return 0;
	file = *known;
	if (!surely && file == (__u64)fd_file(task, fd))
		return 0;
	if ((int)bpf_map_delete_elem(&ipc_fds, &key) == 0)
		fd_release(file, fd, flags, result);
	return 0;
}

static __always_inline void fd_ended(__u32 fd, __u32 flags)
{
	fd_gone(fd, flags, 0, true);
}

static __always_inline void fd_check(__u32 fd, __u32 flags)
{
	fd_gone(fd, flags, 0, false);
}

/* Notes that a descriptor of current is one of this end. */
__noinline int fd_note(__u32 fd, struct eu_ipc_end *end)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_open_key key = open_key(task, fd);
	__u64 file = (__u64)fd_file(task, fd);

	if (!end || !file)
		return 0;
	fd_gone(fd, EU_IPC_IMPLICIT, 0, false); /* of another file, whose close nobody saw */
	if (!note_table(key.table, fd))
		LOSE(lost_map, EU_KIND_IPC_CLOSE);
	else if ((int)bpf_map_update_elem(&ipc_fds, &key, &file, BPF_NOEXIST) == 0)
		__sync_fetch_and_add(&end->refs, 1);
	else if (!bpf_map_lookup_elem(&ipc_fds, &key))
		LOSE(lost_map, EU_KIND_IPC_CLOSE);
	end->last_fd = fd;
	return 0;
}

/* The part of an end, and of a record, that the object itself tells. type: as found out already. */
static __always_inline void end_describe(struct eu_ipc_end *end, struct file *file, __u32 type,
					 __u32 fd)
{
	struct eu_call *call = call_get();
	struct task_struct *task = bpf_get_current_task_btf();

	__builtin_memset(end, 0, sizeof(*end) - sizeof(end->name));
	if (call)
		call_describe(call, task, &end->rec.hdr, &end->rec.actor, EU_KIND_IPC_OPEN);
	end->last_fd = -1;
	end->rec.id = end->rec.peer_fd = -1;
	end->rec.fd = fd;
	object_describe(end, file, type);
}

/* A socket that is known already was bound, connected, or listens. */
static __always_inline void end_update(struct eu_ipc_end *known, struct eu_ipc_end *now)
{
	known->rec.role = now->rec.role;
	known->rec.peer_pid = now->rec.peer_pid;
	known->rec.peer_inode = now->rec.peer_inode;
	known->rec.name_len = now->rec.name_len;
	__builtin_memcpy(known->name, now->name, sizeof(known->name));
	known->silent = 0;
}

/*
 * Makes an end of what a descriptor of current is, in the scratch, and remembers it if somebody
 * wants to know what becomes of it. Returns whether the descriptor is an end of anything.
 */
__noinline int end_track(__u32 fd, __u32 type, __u32 role, __u32 flags)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = fd_file(task, fd);
	struct eu_ipc_key key = end_key(task, file);
	struct eu_ipc_end *end = end_new(), *known;
	int err;

	if (!file || !end)
		return false;
	end_describe(end, file, type, fd);
	end->rec.ipc_flags = flags;
	if (!(flags & EU_IPC_INHERITED))
		end->rec.opened_ns = end->rec.hdr.ts_ns;
	if (role)
		end->rec.role = role;
	end->silent = flags & END_SILENT ? 1 : 0;
	end->rec.ipc_flags &= ~END_SILENT;
	if (type == EU_IPC_POSIX_SHM && !below_shm(end))
		return false;
	if (!ends_wanted())
		return true;
	known = bpf_map_lookup_elem(&ipc_ends, &key);
	if (known && type == EU_IPC_UNIX && known->rec.inode == end->rec.inode) {
		end_update(known, end);
	} else if (known && (!(flags & EU_IPC_INHERITED) || known->inode != end->inode)) {
		end_close(&key, known, EU_IPC_IMPLICIT, 0); /* nobody saw how it ended */
		known = NULL;
	}
	if (!known) {
		err = bpf_map_update_elem(&ipc_ends, &key, end, BPF_NOEXIST);
		if (err && err != -EEXIST)
			LOSE(lost_map, EU_KIND_IPC_CLOSE);
	}
	known = bpf_map_lookup_elem(&ipc_ends, &key);
	if (known)
		fd_note(fd, known);
	return true;
}

#define COUNT_SENT     0x1u /* else received */
#define COUNT_MESSAGES 16   /* how many, above this bit */

/* A socket is told its peer when the other side accepts: until then it is looked for. */
__noinline int end_refresh(struct eu_ipc_end *end, __u64 file)
{
	if (!end || end->rec.peer_inode)
		return 0;
	end->rec.peer_inode = socket_peer_inode(file_socket((struct file *)file));
	return 0;
}

/*
 * Counts what went through a descriptor. type: of queues, which only their own calls move something
 * through; 0 = find out. Whatever is no end of anything leaves after its mode was looked at.
 */
__noinline int end_count(__u32 fd, __u64 bytes, __u32 how, __u32 type)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = fd_file(task, fd);
	struct eu_ipc_key key;
	struct eu_ipc_end *end;
	struct inode *inode;

	if (!file)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	if (!type && !may_be_ipc(inode))
		return 0;
	key = end_key(task, file);
	end = bpf_map_lookup_elem(&ipc_ends, &key);
	if (!end || end->inode != (__u64)inode) {
		type = type ? type : object_type(file, inode);
		if (!type || !end_track(fd, type, EU_IPC_ROLE_NONE, EU_IPC_INHERITED))
			return 0;
		end = bpf_map_lookup_elem(&ipc_ends, &key);
		if (!end)
			return 0;
	}
	if (end->last_fd != (int)fd)
		fd_note(fd, end);
	/* Nothing: the end of a stream; but a datagram may be empty. */
	if (!bytes && end->rec.type != EU_IPC_POSIX_MQ &&
	    !(end->rec.socket_type == SOCK_DGRAM ||
	      (end->rec.socket_type == SOCK_SEQPACKET && (how & COUNT_SENT))))
		return 0;
	if (end->rec.type == EU_IPC_UNIX)
		end_refresh(end, (__u64)file);
	if (how & COUNT_SENT) {
		__sync_fetch_and_add(&end->rec.bytes_sent, bytes);
		__sync_fetch_and_add(&end->rec.messages_sent, how >> COUNT_MESSAGES);
	} else {
		__sync_fetch_and_add(&end->rec.bytes_received, bytes);
		__sync_fetch_and_add(&end->rec.messages_received, how >> COUNT_MESSAGES);
	}
	end->silent = 0;
	if (!end->used && !__sync_lock_test_and_set(&end->used, 1) && kind_wanted(EU_KIND_IPC_USE))
		end_tell(end, EU_KIND_IPC_USE, 0, 0);
	return 0;
}
