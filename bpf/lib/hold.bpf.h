/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From Linux 7.0 on a program on a tracepoint may be preempted. The kernel then leaves out every
 * run of the same program on that CPU until it goes on, and others there write where it writes. So
 * programs that run where a task may be preempted hold their CPU while they work. On kernels before
 * that these calls are not there: see probes/hold.c.
 */
#pragma once

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "eunomia/control.h"

static void (*const preempt_disable)(void) = (void *)(EU_HOLD_CALLS + EU_HOLD_PREEMPT_DISABLE);
static void (*const preempt_enable)(void) = (void *)(EU_HOLD_CALLS + EU_HOLD_PREEMPT_ENABLE);
static void (*const local_irq_save)(__u64 *) = (void *)(EU_HOLD_CALLS + EU_HOLD_IRQ_SAVE);
static void (*const local_irq_restore)(__u64 *) = (void *)(EU_HOLD_CALLS + EU_HOLD_IRQ_RESTORE);

static __always_inline void hold_cpu(void)
{
	preempt_disable();
}

/*
 * A switch that became due meanwhile would happen right here, still within the program. With
 * interrupts off it does not, and comes when the kernel is done with the program.
 */
static __always_inline void release_cpu(void)
{
	__u64 flags;

	local_irq_save(&flags);
	preempt_enable();
	local_irq_restore(&flags);
}

/* As BPF_PROG, for such a program. No tail calls: it gives its CPU back first. */
/* clang-format off */
#define HELD_PROG(name, args...)                                                                   \
	name(unsigned long long *ctx);                                                             \
	static __always_inline int name##_held(unsigned long long *ctx, ##args);                   \
	int name(unsigned long long *ctx)                                                          \
	{                                                                                          \
		int result_;                                                                       \
		hold_cpu();                                                                        \
		_Pragma("GCC diagnostic push")                                                     \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")                             \
		result_ = name##_held(___bpf_ctx_cast(args));                                      \
		_Pragma("GCC diagnostic pop")                                                      \
		release_cpu();                                                                     \
		return result_;                                                                    \
	}                                                                                          \
	static __always_inline int name##_held(unsigned long long *ctx, ##args)
/* clang-format on */
