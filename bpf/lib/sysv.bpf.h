/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System V shared memory, queues and semaphores: known by their type, id and ipc namespace. What a
 * process does with one is its end of it, until it detaches the memory, removes the object or ends.
 */
#pragma once

#include "lib/ipcend.bpf.h"

#define IPC_RMID 0
#define IPC_64	 0x100 /* 32-bit calls: a flag within the command */
#define MSG_COPY 040000

#define SEMOP_MAX 500 /* SEMOPM: what the kernel takes at once */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_IPC_SYSV_MAX);
	__type(key, struct eu_ipc_key);
	__type(value, struct eu_ipc_end);
} ipc_sysv SEC(".maps");

/* Processes that have an end in ipc_sysv: whose exit and exec have to look there. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_IPC_SYSV_MAX);
	__type(key, __u32);
	__type(value, __u32);
} ipc_sysv_users SEC(".maps");

/* Where a process has which shared memory attached. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EU_IPC_SYSV_MAX);
	__type(key, struct eu_shm_key);
	__type(value, __u32);
} ipc_shm_attached SEC(".maps");

static __always_inline struct eu_ipc_key sysv_key(struct task_struct *task, __u32 type, __u32 id)
{
	struct eu_ipc_key key = {.object = id, .owner = task->tgid, .type = type};

	key.ns = task->nsproxy->ipc_ns->ns.inum;
	return key;
}

/* An end in the scratch, as far as it is known. */
static __always_inline struct eu_ipc_end *sysv_new(struct task_struct *task, __u32 type, int id)
{
	struct eu_ipc_end *end = end_new();
	struct eu_call *call = call_get();

	if (!end || !call)
		return NULL;
	__builtin_memset(end, 0, sizeof(*end) - sizeof(end->name));
	call_describe(call, task, &end->rec.hdr, &end->rec.actor, EU_KIND_IPC_OPEN);
	end->rec.type = type;
	end->rec.id = id;
	end->rec.fd = end->rec.peer_fd = end->last_fd = -1;
	end->rec.ns = task->nsproxy->ipc_ns->ns.inum;
	return end;
}

/* The end of current of that object: the one in the table, after that of the scratch if it is new.
 */
static __always_inline struct eu_ipc_end *sysv_remember(struct eu_ipc_end *new,
							struct eu_ipc_key *key)
{
	__u32 tgid = key->owner, one = 1;
	int err = bpf_map_update_elem(&ipc_sysv, key, new, BPF_NOEXIST);

	if (!err)
		err = bpf_map_update_elem(&ipc_sysv_users, &tgid, &one, BPF_ANY);
	if (err && err != -EEXIST)
		LOSE(lost_map, EU_KIND_IPC_CLOSE);
	return bpf_map_lookup_elem(&ipc_sysv, key);
}

static __always_inline struct eu_ipc_end *sysv_end(struct task_struct *task, __u32 type, __u32 id)
{
	struct eu_ipc_key key = sysv_key(task, type, id);
	struct eu_ipc_end *end = bpf_map_lookup_elem(&ipc_sysv, &key), *new;

	if (end || !ends_wanted())
		return end;
	new = sysv_new(task, type, id);
	if (!new)
		return NULL;
	new->rec.ipc_flags = EU_IPC_INHERITED;
	return sysv_remember(new, &key);
}

static __always_inline void sysv_used(struct eu_ipc_end *end)
{
	if (!end->used && !__sync_lock_test_and_set(&end->used, 1) && kind_wanted(EU_KIND_IPC_USE))
		end_tell(end, EU_KIND_IPC_USE, 0, 0);
}

/* shmget, msgget, semget: result is the id, or -errno. */
__noinline int sysv_get(__u32 type, __u32 ipc_key, __u64 size, __u32 flags, int result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_ipc_key key = sysv_key(task, type, result);
	struct eu_ipc_end *end = sysv_new(task, type, result < 0 ? -1 : result);

	if (!end)
		return 0;
	end->rec.key = ipc_key;
	end->rec.size = size;
	end->rec.open_flags = flags;
	end->rec.opened_ns = end->rec.hdr.ts_ns;
	if (result >= 0 && ends_wanted())
		sysv_remember(end, &key);
	if (kind_wanted(EU_KIND_IPC_OPEN))
		end_tell(end, EU_KIND_IPC_OPEN, 0, result);
	return 0;
}

/* how: as of end_count. */
__noinline int sysv_count(__u32 type, __u32 id, __u64 bytes, __u32 how)
{
	struct eu_ipc_end *end = sysv_end(bpf_get_current_task_btf(), type, id);

	if (!end)
		return 0;
	if (how & COUNT_SENT) {
		__sync_fetch_and_add(&end->rec.bytes_sent, bytes);
		__sync_fetch_and_add(&end->rec.messages_sent, how >> COUNT_MESSAGES);
	} else {
		__sync_fetch_and_add(&end->rec.bytes_received, bytes);
		__sync_fetch_and_add(&end->rec.messages_received, how >> COUNT_MESSAGES);
	}
	sysv_used(end);
	return 0;
}

__noinline int sysv_close(struct eu_ipc_key *key, struct eu_ipc_end *end, __u32 flags)
{
	struct eu_ipc_key own; /* before 6.2 a map wants its key on the stack */

	if (!key || !end || __sync_lock_test_and_set(&end->ended, 1))
		return 0;
	if (kind_wanted(EU_KIND_IPC_CLOSE))
		end_tell(end, EU_KIND_IPC_CLOSE, flags, 0);
	own = *key;
	bpf_map_delete_elem(&ipc_sysv, &own);
	return 0;
}

/* shmctl, msgctl, semctl. */
__noinline int sysv_control(__u32 type, __u32 id, __u32 command, int result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_ipc_key key = sysv_key(task, type, id);
	struct eu_ipc_end *end;

	if (result < 0 || (command & ~IPC_64) != IPC_RMID)
		return 0;
	end = sysv_end(task, type, id);
	/* Memory lives on as long as somebody has it attached. */
	if (end && end->refs)
		end->rec.ipc_flags |= EU_IPC_REMOVED;
	else if (end)
		sysv_close(&key, end, EU_IPC_REMOVED);
	return 0;
}

__noinline int sysv_attach(__u32 id, __u64 address)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_ipc_end *end = sysv_end(task, EU_IPC_SYSV_SHM, id);
	struct eu_shm_key key = {.address = address, .tgid = task->tgid};

	if (!end)
		return 0;
	if (bpf_map_update_elem(&ipc_shm_attached, &key, &id, BPF_ANY) != 0) {
		LOSE(lost_map, EU_KIND_IPC_CLOSE);
		return 0;
	}
	__sync_fetch_and_add(&end->refs, 1);
	sysv_used(end);
	return 0;
}

__noinline int sysv_detach(__u64 address)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct eu_shm_key at = {.address = address, .tgid = task->tgid};
	__u32 *id = bpf_map_lookup_elem(&ipc_shm_attached, &at);
	struct eu_ipc_end *end;
	struct eu_ipc_key key;

	if (!id)
		return 0;
	key = sysv_key(task, EU_IPC_SYSV_SHM, *id);
	bpf_map_delete_elem(&ipc_shm_attached, &at);
	end = bpf_map_lookup_elem(&ipc_sysv, &key);
	if (end && __sync_fetch_and_sub(&end->refs, 1) == 1)
		sysv_close(&key, end, 0);
	return 0;
}

struct semaphores {
	__u64 operations; /* struct sembuf of the caller */
	__u32 released;
	__u32 taken;
};

static long semop_step(__u32 i, struct semaphores *ctx)
{
	struct sembuf op = {};

	bpf_probe_read_user(&op, sizeof(op), (void *)(ctx->operations + i * sizeof(op)));
	ctx->released |= op.sem_op > 0;
	ctx->taken |= op.sem_op <= 0;
	return 0;
}

/* A release is sent to whoever waits, who receives it: one message for all that a call does. */
__noinline int sysv_semop(__u32 id, __u64 operations, __u32 n)
{
	struct semaphores ctx = {.operations = operations};

	bpf_loop(n < SEMOP_MAX ? n : SEMOP_MAX, semop_step, &ctx, 0);
	if (ctx.released)
		sysv_count(EU_IPC_SYSV_SEM, id, 0, 1 << COUNT_MESSAGES | COUNT_SENT);
	if (ctx.taken)
		sysv_count(EU_IPC_SYSV_SEM, id, 0, 1 << COUNT_MESSAGES);
	return 0;
}

struct leaving {
	__u32 tgid;
	__u32 exec; /* only memory is left behind */
};

static long leave_end(void *map, struct eu_ipc_key *key, struct eu_ipc_end *end,
		      struct leaving *leaving)
{
	struct eu_ipc_key own;

	if (!key || !end || key->owner != leaving->tgid ||
	    (leaving->exec && (key->type != EU_IPC_SYSV_SHM || !end->refs)))
		return 0;
	own = *key;
	sysv_close(&own, end, EU_IPC_IMPLICIT);
	return 0;
}

static long leave_memory(void *map, struct eu_shm_key *key, __u32 *id, struct leaving *leaving)
{
	struct eu_shm_key own;

	if (!key || key->tgid != leaving->tgid)
		return 0;
	own = *key;
	bpf_map_delete_elem(&ipc_shm_attached, &own);
	return 0;
}

/* A process ends, or runs another program. */
static __always_inline void sysv_leave(struct task_struct *task, bool exec)
{
	struct leaving leaving = {.tgid = task->tgid, .exec = exec};
	__u32 tgid = task->tgid;

	if (!bpf_map_lookup_elem(&ipc_sysv_users, &tgid))
		return;
	bpf_for_each_map_elem(&ipc_sysv, leave_end, &leaving, 0);
	bpf_for_each_map_elem(&ipc_shm_attached, leave_memory, &leaving, 0);
	if (!exec)
		bpf_map_delete_elem(&ipc_sysv_users, &tgid);
}
