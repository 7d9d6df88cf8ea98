// SPDX-License-Identifier: GPL-2.0-only
/*
 * The beginnings of system calls, attached only when somebody wants to know how long calls take or
 * which a seccomp filter answered. seccomp comes before this tracepoint: a call that it refuses
 * returns without having begun here.
 */
#include "lib/begun.bpf.h"
#include "lib/hold.bpf.h"
#include "lib/regs.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* exit and exit_group never return. */
static __always_inline bool is_last(struct call_id id)
{
#if defined(__TARGET_ARCH_x86)
	return id.abi == EU_ABI_COMPAT ? id.number == 1 || id.number == 252
				       : id.number == 60 || id.number == 231;
#else
	return id.abi == EU_ABI_COMPAT ? id.number == 1 || id.number == 248
				       : id.number == 93 || id.number == 94;
#endif
}

SEC("tp_btf/sys_enter")
int HELD_PROG(eu_sys_enter, struct pt_regs *regs, long number)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct call_id id = call_id_of(task, number);
	struct eu_control *ctl = control_get();

	if (ctl && call_counted(ctl, id) && !is_last(id))
		begun_put(task, bpf_ktime_get_ns());
	return 0;
}

SEC("tp_btf/sched_process_exit")
int HELD_PROG(eu_thread_exit, struct task_struct *task)
{
	begun_forget(task);
	return 0;
}

/*
 * Who is in a call already, behind attaching: nobody saw it begin, and it is no refusal when it
 * ends. A thread that an interrupt stopped outside of one has the interrupt's number there, which
 * is negative.
 */
SEC("iter/task")
int eu_begun_before(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct eu_begun begun = {};
	struct pt_regs *regs;
	__u32 pid;

	if (!task || !task->mm)
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	if ((__s64)call_number(regs) < 0)
		return 0;
	pid = task->pid;
	begun.thread = task->start_boottime;
	begun.pid = pid;
	bpf_map_update_elem(&calls_begun, &pid, &begun, BPF_NOEXIST);
	return 0;
}
