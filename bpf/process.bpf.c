// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of processes: fork, exec, exit. BTF tracepoints, because they exist on every kernel
 * since 5.5, under lockdown too, and give the task itself.
 */
#include "lib/emit.bpf.h"
#include "lib/env.bpf.h"
#include "lib/exec.bpf.h"
#include "lib/filter.bpf.h"
#include "lib/hold.bpf.h"
#include "lib/regs.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define SIGNAL_GROUP_EXIT 0x00000004 /* include/linux/sched/signal.h */
#define STATUS_CORE	  0x80
#define EEXIST		  17
#define EXITING_MAX	  4096
#define NATIVE_EXECVEAT	  322 /* of x86 */
#define COMPAT_EXECVEAT	  358

struct process_key {
	__u64 start_ns;
	__u32 tgid;
	__u32 zero;
};

/* Which processes have said that they ended. LRU: an entry is needed for microseconds. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, EXITING_MAX);
	__type(key, struct process_key);
	__type(value, __u8);
} exiting SEC(".maps");

SEC("tp_btf/sched_process_fork")
int HELD_PROG(eu_process_fork, struct task_struct *parent, struct task_struct *child)
{
	struct eu_fork rec = {};

	if (child->pid != child->tgid)
		return 0; /* a thread */
	filter_inherit(parent->tgid, child->tgid);
	header_fill(&rec.hdr, child, EU_KIND_PROCESS_FORK);
	rec.parent_start_ns = parent->group_leader->start_boottime;
	rec.parent_tid = parent->pid;
	rec.vpid = task_upid(child).nr;
	rec.uid = child->cred->uid.val;
	rec.gid = child->cred->gid.val;
	bpf_probe_read_kernel(rec.comm, sizeof(rec.comm), &child->comm);
	if (!filter_passes(EU_FAMILY_PROCESS, child->tgid, rec.hdr.cgroup_key))
		rec.hdr.flags |= EU_FLAG_COMPACT;
	emit_lifecycle(&rec.hdr, EU_KIND_PROCESS_FORK, sizeof(rec), false);
	return 0;
}

static __always_inline void *record_get(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

/* The arguments stand in the new image's stack, written by the kernel a moment ago. Returns their
 * length. */
__noinline int tail_args(__u32 at, __u64 start, __u64 end)
{
	struct eu_exec *rec = record_get();
	__u64 len = end - start;

	if (!rec || at > EU_RECORD_MAX - EU_ARGS_MAX)
		return 0;
	if (len > EU_ARGS_MAX) {
		len = EU_ARGS_MAX;
		rec->hdr.truncated |= EU_TRUNC_ARGS;
	}
	asm volatile("" : "+r"(len));
	if (len > EU_ARGS_MAX || bpf_probe_read_user((char *)rec + at, len, (void *)start) < 0) {
		rec->hdr.truncated |= EU_TRUNC_ARGS;
		return 0;
	}
	return len;
}

__noinline int tail_env(__u32 at, __u64 start, __u64 end)
{
	struct eu_exec *rec = record_get();
	__u32 zero = 0, picked = env_pick(start, end), len = picked & (ENV_CUT - 1);
	struct env_buffer *buf = bpf_map_lookup_elem(&env_scratch, &zero);

	if (!rec || !buf || at > EU_RECORD_MAX - EU_ENV_MAX)
		return 0;
	if (picked & ENV_CUT)
		rec->hdr.truncated |= EU_TRUNC_ENV;
	asm volatile("" : "+r"(len));
	if (len > EU_ENV_MAX || bpf_probe_read_kernel((char *)rec + at, len, buf->picked) < 0)
		return 0;
	return len;
}

static __always_inline void exec_tail(struct eu_exec *rec, __u32 *at, struct task_struct *task,
				      struct linux_binprm *bprm)
{
	struct eu_control *ctl = control_get();
	struct mm_struct *mm = task->mm;

	rec->filename_len = tail_string(*at, address_of(bprm->filename), EU_TRUNC_FILENAME);
	*at += rec->filename_len;
	exec_cwd(rec, at, task);
	rec->args_len = tail_args(*at, mm->arg_start, mm->arg_end);
	*at += rec->args_len;
	if (ctl && ctl->n_env_names)
		rec->env_len = tail_env(*at, mm->env_start, mm->env_end);
	*at += rec->env_len;
}

/*
 * On x86 the kernel has written the number of execve into the registers by now, whichever it was;
 * execveat with a descriptor shows by what it makes of the path.
 */
static __always_inline void exec_call(struct eu_exec *rec, struct task_struct *task,
				      struct linux_binprm *bprm)
{
	struct call_id id = call_id_of(task, call_number((struct pt_regs *)bpf_task_pt_regs(task)));

	rec->syscall = id.number;
	rec->syscall_abi = 1 + id.abi;
#if defined(__TARGET_ARCH_x86)
	if (bpf_core_field_exists(bprm->fdpath) && BPF_CORE_READ(bprm, fdpath))
		rec->syscall = id.abi == EU_ABI_COMPAT ? COMPAT_EXECVEAT : NATIVE_EXECVEAT;
#endif
}

SEC("tp_btf/sched_process_exec")
int HELD_PROG(eu_process_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct eu_exec *rec = record_get();
	__u32 at = sizeof(*rec);

	if (!rec) {
		LOSE(lost_program, EU_KIND_PROCESS_EXEC);
		return 0;
	}
	exec_fixed(rec, task, bprm->file);
	rec->hdr.tid = old_pid;
	rec->argc = bprm->argc;
	exec_call(rec, task, bprm);
	exec_exe_path(rec, &at, task, bprm->file);
	if (filter_passes(EU_FAMILY_PROCESS, rec->hdr.tgid, rec->hdr.cgroup_key))
		exec_tail(rec, &at, task, bprm);
	else
		rec->hdr.flags |= EU_FLAG_COMPACT;
	emit_lifecycle(&rec->hdr, EU_KIND_PROCESS_EXEC, exec_size(at), false);
	return 0;
}

/*
 * live reaches 0 with the last thread. Threads that end together may all see 0, whoever got to it,
 * and how many the process once had cannot be told any more; so whoever gets its key into the map
 * first speaks for it. (Only newer kernels say which thread was the last.)
 */
static __always_inline bool is_process_end(struct task_struct *task)
{
	struct process_key key = {.start_ns = task->group_leader->start_boottime,
				  .tgid = task->tgid};
	__u8 one = 1;
	int err; /* 32 bits: before 6.4 the rest of the register is not the sign */

	if (task->signal->live.counter != 0)
		return false;
	err = bpf_map_update_elem(&exiting, &key, &one, BPF_NOEXIST);
	if (err && err != -EEXIST)
		LOSE(lost_map, EU_KIND_PROCESS_EXIT);
	return err == 0;
}

/* What wait(2) will report: the group's status if exit_group or a signal ended it, else the
 * leader's own. */
static __always_inline __u32 wait_status(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;

	return signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code
						 : task->group_leader->exit_code;
}

/* Threads already reaped are summed up in signal; this one and a leader that waits as a zombie are
 * not. */
static __always_inline __u64 process_cpu_ns(struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	__u64 ns = task->signal->sum_sched_runtime + task->se.sum_exec_runtime;

	return leader == task ? ns : ns + leader->se.sum_exec_runtime;
}

SEC("tp_btf/sched_process_exit")
int HELD_PROG(eu_process_exit, struct task_struct *task)
{
	struct eu_exit rec = {};
	__u32 status;

	if (!is_process_end(task))
		return 0;
	status = wait_status(task);
	header_fill(&rec.hdr, task, EU_KIND_PROCESS_EXIT);
	rec.duration_ns = rec.hdr.ts_ns - rec.hdr.start_ns;
	rec.cpu_ns = process_cpu_ns(task);
	rec.exit_code = (status >> 8) & 0xff;
	rec.signal = status & 0x7f;
	rec.exit_flags = status & STATUS_CORE ? EU_EXIT_CORE : 0;
	rec.vpid = task_upid(task).nr;
	rec.uid = task->cred->uid.val;
	rec.gid = task->cred->gid.val;
	bpf_probe_read_kernel(rec.comm, sizeof(rec.comm), &task->comm);
	if (!filter_passes(EU_FAMILY_PROCESS, rec.hdr.tgid, rec.hdr.cgroup_key))
		rec.hdr.flags |= EU_FLAG_COMPACT;
	filter_forget_pid(rec.hdr.tgid);
	emit_lifecycle(&rec.hdr, EU_KIND_PROCESS_EXIT, sizeof(rec), false);
	return 0;
}
