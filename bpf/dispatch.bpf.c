// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one program on sys_exit, for all families: each further program there costs every system call
 * of the machine 60 to 85 ns. A table says which calls are wanted; whoever makes another one pays
 * for a look at it. At sys_exit the arguments still stand in the registers, and what they point to
 * has been paged in by the call itself.
 */
#include "lib/call.bpf.h"
#include "lib/emit.bpf.h"
#include "lib/filter.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define AT_FDCWD (-100)

#if defined(__TARGET_ARCH_x86)

#define TS_COMPAT 0x0002 /* arch/x86/include/asm/thread_info.h */

static __always_inline bool is_compat(struct task_struct *task)
{
	return task->thread_info.status & TS_COMPAT;
}

static __always_inline __u64 call_number(struct pt_regs *regs, bool compat)
{
	return regs->orig_ax;
}

static __always_inline void read_args(struct eu_call *call, struct pt_regs *regs, bool compat)
{
	call->args[1] = compat ? (__u32)regs->bx : regs->di;
	call->args[2] = compat ? (__u32)regs->cx : regs->si;
	call->args[3] = compat ? (__u32)regs->dx : regs->dx;
	call->args[4] = compat ? (__u32)regs->si : regs->r10;
	call->args[5] = compat ? (__u32)regs->di : regs->r8;
	call->args[6] = compat ? (__u32)regs->bp : regs->r9;
}

#elif defined(__TARGET_ARCH_arm64)

#define TIF_32BIT 22 /* arch/arm64/include/asm/thread_info.h */

static __always_inline bool is_compat(struct task_struct *task)
{
	return task->thread_info.flags & (1ul << TIF_32BIT);
}

static __always_inline __u64 call_number(struct pt_regs *regs, bool compat)
{
	return (__u32)regs->syscallno;
}

static __always_inline void read_args(struct eu_call *call, struct pt_regs *regs, bool compat)
{
	call->args[1] = regs->orig_x0;
	bpf_probe_read_kernel(&call->args[2], 5 * sizeof(__u64), &regs->regs[1]);
}

#endif

SEC("tp_btf/sys_exit")
int BPF_PROG(eu_sys_exit, struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 abi = is_compat(task) ? EU_ABI_COMPAT : EU_ABI_NATIVE, zero = 0, route;
	__u64 number = call_number(regs, abi);
	struct eu_routes *table = bpf_map_lookup_elem(&routes, &zero);
	struct eu_call *call;

	if (!table || number >= EU_CALL_NUMBERS)
		return 0;
	route = table->first[abi][number];
	if (!route)
		return 0;
	call = call_get();
	if (!call)
		return 0;
	call_identify(call, task);
	call->families = filter_families(task->tgid, call->cgroup_key);
	if (!call->families)
		return 0;
	call->abi = abi;
	call->number = number;
	call->result = result;
	read_args(call, regs, abi);
	call->args[EU_ARG_CWD] = AT_FDCWD;
	call->args[EU_ARG_NONE] = 0;
	call_enter(ctx, call, route);
	return 0;
}
