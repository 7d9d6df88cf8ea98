/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls in registers: which table a number belongs to, and where arguments stand. */
#pragma once

#include "lib/maps.bpf.h"

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

#if defined(__TARGET_ARCH_x86)

#define TS_COMPAT 0x0002	/* arch/x86/include/asm/thread_info.h */
#define X32_BIT	  0x40000000ull /* arch/x86/include/uapi/asm/unistd.h */
#define SIGRETURNS                                                                                 \
	{                                                                                          \
		15, 173                                                                            \
	}

static __always_inline bool is_compat(struct task_struct *task)
{
	return task->thread_info.status & TS_COMPAT;
}

static __always_inline __u64 call_number(struct pt_regs *regs)
{
	return regs->orig_ax;
}

static __always_inline __u64 call_first_arg(struct pt_regs *regs)
{
	return regs->bx; /* of 32-bit calls */
}

static __always_inline void call_read_args(struct eu_call *call, struct pt_regs *regs, bool compat)
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
#define X32_BIT	  0ull
#define SIGRETURNS                                                                                 \
	{                                                                                          \
		139, 173                                                                           \
	}

static __always_inline bool is_compat(struct task_struct *task)
{
	return task->thread_info.flags & (1ul << TIF_32BIT);
}

static __always_inline __u64 call_number(struct pt_regs *regs)
{
	return (__s64)regs->syscallno;
}

static __always_inline __u64 call_first_arg(struct pt_regs *regs)
{
	return regs->orig_x0;
}

static __always_inline void call_read_args(struct eu_call *call, struct pt_regs *regs, bool compat)
{
	call->args[1] = regs->orig_x0;
	bpf_probe_read_kernel(&call->args[2], 5 * sizeof(__u64), &regs->regs[1]);
}

#endif

/* Which call it is. */
struct call_id {
	__u16 abi;    /* enum eu_abi */
	__u16 number; /* or EU_SYSCALL_UNKNOWN */
	__u16
	    slot; /* in tables of EU_CALL_NUMBERS: the number, the last one for all unknown ones */
};

#define SLOT_UNKNOWN (EU_CALL_NUMBERS - 1)

/*
 * raw: as in sys_enter, or in the registers at sys_exit, where -1 means that the call was a
 * sigreturn: it put the registers of whatever the signal had interrupted back.
 */
static __always_inline struct call_id call_id_of(struct task_struct *task, __u64 raw)
{
	const __u16 sigreturns[2] = SIGRETURNS;
	struct call_id id = {.abi = is_compat(task) ? EU_ABI_COMPAT : EU_ABI_NATIVE};

	if (X32_BIT && id.abi == EU_ABI_NATIVE && (raw & ~(X32_BIT - 1)) == X32_BIT) {
		id.abi = EU_ABI_X32;
		raw -= X32_BIT;
	}
	if (raw == ~0ull || raw == (__u32)~0u)
		raw = sigreturns[id.abi & 1];
	id.number = raw < SLOT_UNKNOWN ? raw : EU_SYSCALL_UNKNOWN;
	id.slot = raw < SLOT_UNKNOWN ? raw : SLOT_UNKNOWN;
	return id;
}

#define COMPAT_SOCKETCALL 102 /* of i386: which call is their first argument */
#define COMPAT_IPC	  117

/* Notes for the actors of records which call it is. first: its first argument. */
static __always_inline void call_name(struct eu_call *call, struct call_id id, __u64 first)
{
	bool is_several = id.number == COMPAT_SOCKETCALL || id.number == COMPAT_IPC;

	call->syscall = id.number;
	call->syscall_abi = 1 + id.abi;
	call->syscall_part = id.abi == EU_ABI_COMPAT && is_several ? first : 0;
}

/* The same outside of the dispatcher: of the call that current is in, if it is in one. */
static __always_inline void call_name_current(struct eu_call *call)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	__u64 raw = call_number(regs);

	if (!(task->flags & PF_KTHREAD) && (__s32)raw >= 0)
		call_name(call, call_id_of(task, raw), call_first_arg(regs));
}

/*
 * A new process or thread returns from the call that made it, too: but it did not make it.
 */
static __always_inline bool is_childs_return(struct call_id id, long result)
{
#if defined(__TARGET_ARCH_x86)
	bool is_clone = id.abi == EU_ABI_COMPAT
			    ? id.number == 2 || id.number == 120 || id.number == 190
			    : id.number >= 56 && id.number <= 58;
#else
	bool is_clone = id.abi == EU_ABI_COMPAT
			    ? id.number == 2 || id.number == 120 || id.number == 190
			    : id.number == 220;
#endif
	return result == 0 && (is_clone || id.number == 435 /* clone3 */);
}

/* Whether anybody wants to know of this call at all, if only to count it. */
static __always_inline bool call_counted(const struct eu_control *ctl, struct call_id id)
{
	return ctl->counted[id.abi & 1][(id.slot >> 6) & (EU_CALL_NUMBERS / 64 - 1)] >>
		   (id.slot & 63) &
	       1;
}
