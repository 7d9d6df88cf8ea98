/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From Linux 7.0 on a program on a tracepoint may be preempted. The kernel then leaves out every
 * run of the same program on that CPU until it goes on, and others there write where it writes. So
 * programs that run where a task may be preempted hold their CPU while they work.
 */
#pragma once

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define PREEMPTED_SINCE 0x070000 /* as KERNEL_VERSION() */

extern int LINUX_KERNEL_VERSION __kconfig;
void bpf_preempt_disable(void) __ksym __weak;
void bpf_preempt_enable(void) __ksym __weak;
void bpf_local_irq_save(unsigned long *flags) __ksym __weak;
void bpf_local_irq_restore(unsigned long *flags) __ksym __weak;

static __always_inline void hold_cpu(void)
{
	if (LINUX_KERNEL_VERSION >= PREEMPTED_SINCE)
		bpf_preempt_disable();
}

/*
 * A switch that became due meanwhile would happen right here, still within the program. With
 * interrupts off it does not, and comes when the kernel is done with the program.
 */
static __always_inline void release_cpu(void)
{
	unsigned long flags;

	if (LINUX_KERNEL_VERSION < PREEMPTED_SINCE)
		return;
	bpf_local_irq_save(&flags);
	bpf_preempt_enable();
	bpf_local_irq_restore(&flags);
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
