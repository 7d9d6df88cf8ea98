/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "probes/kernel.h"
#include "util/cleanup.h"

#define FRAME_POINTER BPF_REG_10

/* Whether a program may read the kernel's memory. Not asked when it may not even end at once. */
static bool may_read_kernel(void)
{
	static const struct bpf_insn read_and_end[] = {
	    {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = FRAME_POINTER},
	    {.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3},
	    {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	const size_t n = sizeof(read_and_end) / sizeof(read_and_end[0]);
	EU_CLEANUP(eu_closep)
	int end =
	    bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL, "GPL", read_and_end + n - 2, 2, NULL);
	EU_CLEANUP(eu_closep)
	int read = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL, "GPL", read_and_end, n, NULL);

	return read >= 0 || end < 0;
}

const char *eu_kernel_lack(void)
{
	if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_loop, NULL) == 0)
		return "this kernel is too old, it has no bpf_loop(): Linux 6.1 is the oldest that "
		       "Eunomia is tested on";
	if (!may_read_kernel())
		return "this kernel is locked down for confidentiality, so eBPF may not read its "
		       "memory: Eunomia works with lockdown=integrity";
	return NULL;
}
