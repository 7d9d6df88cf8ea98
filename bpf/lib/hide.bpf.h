/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Before 6.7 the verifier goes through the callback of bpf_loop() only once. What stands on the
 * stack as zero then is zero for it in every step, and it removes the branches that need another
 * value. So a field that steps change and look at must not begin as a zero that it knows.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* A zero of which the verifier knows nothing. */
static __always_inline __u64 hidden_zero(void)
{
	__u64 any = bpf_get_smp_processor_id(), zero = any;

	asm volatile("%0 -= %1" : "+&r"(zero) : "r"(any));
	return zero;
}
